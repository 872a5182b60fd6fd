//! The records of one file after the other, given to the formats.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::Value;

use super::ImportError;
use super::input::{self, Container};
use super::run::Run;
use super::splitter::{Piece, Position, Splitter};
use crate::diagnostic::codes;
use crate::source::formats::{self, FORMATS, Format, Reading, Shape};
use crate::source::jira::{Context, Mapped};
use crate::source::tables::{self, Lines};

type Text = Box<dyn Read + Send>;

impl Run<'_> {
    pub(super) fn read(&mut self, path: &Path, done: &Arc<AtomicU64>, total: u64) -> Result<(), ImportError> {
        let unreadable = |reason| ImportError::Unreadable { path: path.to_owned(), reason };
        if input::container(path).map_err(unreadable)? != Container::Text {
            let reason = "it is a file of Parquet or Arrow, which is imported into a store, with --store".to_owned();
            self.bad(path, Position { line: 1, ..Position::default() }, None, reason);
            self.summary.records += 1;
            return Ok(());
        }
        let opened = input::open(path, done).map_err(unreadable)?;
        let (head, text) = input::peek(opened);
        let forced = self.options.format;
        let progress = (done.as_ref(), total);
        match forced.map(|format| format.shape) {
            Some(Shape::Json(..)) => self.json(path, text, forced, progress),
            Some(Shape::Csv(..) | Shape::Columns) => self.csv(path, &head, text, forced, progress),
            None => match looks_like_table(&head) {
                true => self.csv(path, &head, text, None, progress),
                false => self.json(path, text, None, progress),
            },
        }
    }

    fn json(&mut self, path: &Path, text: Text, forced: Option<&Format>, progress: (&AtomicU64, u64)) -> Result<(), ImportError> {
        let mut pieces = Splitter::new(text);
        let mut any = false;
        while let Some(piece) = pieces.next() {
            let position = pieces.position();
            match piece {
                Piece::Page => {
                    if let Ok(Value::Object(page)) = serde_json::from_slice(pieces.bytes()) {
                        self.site.names.expanded(&page);
                    }
                    any = true;
                    self.answers += 1;
                    continue;
                }
                Piece::Broken(reason) => {
                    // What a cut-off stream left of a record is reported with the stream.
                    if pieces.error().is_none() {
                        self.bad(path, position, None, reason);
                    }
                }
                Piece::Record => {
                    let page = pieces.page_head().and_then(page);
                    self.record(path, position, pieces.bytes(), page.as_ref(), forced)?;
                }
            }
            any = true;
            self.count(progress);
        }
        if let Some(error) = pieces.error() {
            let reason = format!("the file cannot be read further: {error}");
            self.bad(path, pieces.position(), None, reason);
            self.summary.records += 1;
        } else if !any && pieces.saw_list() {
            self.answers += 1;
        } else if !any {
            self.bad(path, Position { line: 1, ..Position::default() }, None, "the file is empty".into());
            self.summary.records += 1;
        }
        Ok(())
    }

    fn record(
        &mut self,
        path: &Path,
        at: Position,
        bytes: &[u8],
        page: Option<&Value>,
        forced: Option<&Format>,
    ) -> Result<(), ImportError> {
        let value: Value = match serde_json::from_slice(bytes) {
            Ok(value) => value,
            Err(error) => {
                self.bad(path, at, None, format!("it is no JSON: {error}"));
                return Ok(());
            }
        };
        let context = Context { page, stream: None };
        let mut reading = Reading { site: &mut self.site, context, dates: &self.dates };
        let found = formats::record(&value, forced, &mut reading);
        self.take(path, at, || name(&value), found)
    }

    fn csv(
        &mut self,
        path: &Path,
        head: &[u8],
        text: Text,
        forced: Option<&Format>,
        progress: (&AtomicU64, u64),
    ) -> Result<(), ImportError> {
        let first = Position { line: 1, ..Position::default() };
        let mut lines = match Lines::new(text, head, &self.dates.zone) {
            Ok(lines) => lines,
            Err(reason) => {
                self.bad(path, first, None, reason);
                self.summary.records += 1;
                return Ok(());
            }
        };
        let tried = forced.map_or(FORMATS, std::slice::from_ref);
        let found = tried.iter().find_map(|format| match format.shape {
            Shape::Csv(csv) => {
                let fits = if forced.is_some() { csv.can_be } else { csv.is };
                fits(lines.header()).then_some(csv.read)
            }
            _ => None,
        });
        let Some(read) = found else {
            let wanted = match forced {
                Some(format) => format!("its columns are not those of {}, as which it is to be read", format.name),
                None => "its columns are those of no known export".to_owned(),
            };
            self.bad(path, first, None, format!("{wanted}: {}", lines.header().shown()));
            self.summary.records += 1;
            return Ok(());
        };
        self.answers += 1;
        loop {
            let site = &mut self.site;
            let next = lines.next(|at, row| {
                let at = Position { line: at.line(), element: None, offset: at.byte() };
                match row {
                    Ok((row, dates)) => {
                        let named = row.one(&["issue key", "work item key", "id", "event id"]).map(str::to_owned);
                        let mut reading = Reading { site, context: Context::default(), dates };
                        (at, named, read(&row, &mut reading), false)
                    }
                    Err(flaw) => {
                        let at = Position { line: flaw.at.line(), element: None, offset: flaw.at.byte() };
                        (at, None, Err(flaw.reason), flaw.last)
                    }
                }
            });
            let Some((at, named, found, last)) = next else { return Ok(()) };
            self.take(path, at, || named, found)?;
            self.count(progress);
            if last {
                return Ok(());
            }
        }
    }

    fn count(&mut self, (done, total): (&AtomicU64, u64)) {
        self.summary.records += 1;
        if self.summary.records.is_multiple_of(256) {
            self.progress.records(self.summary.records);
            self.progress.bytes(done.load(Ordering::Relaxed), total);
        }
    }

    /// Takes what a record told, or why it told nothing.
    fn take(
        &mut self,
        path: &Path,
        at: Position,
        name: impl FnOnce() -> Option<String>,
        found: Result<Mapped, String>,
    ) -> Result<(), ImportError> {
        let mapped = match found {
            Ok(mapped) => mapped,
            Err(reason) => {
                self.bad(path, at, name(), reason);
                return Ok(());
            }
        };
        let is_issue = mapped.counts.webhooks == 0;
        if let Some(reason) = mapped.issue.as_ref().and_then(|row| self.foreign(row, is_issue)) {
            self.bad(path, at, name(), reason);
            return Ok(());
        }
        if !mapped.flaws.is_empty() || !mapped.incomplete.is_empty() {
            let name = name();
            for flaw in &mapped.flaws {
                self.summary.bad_values += 1;
                self.problem(codes::IMPORT_BAD_VALUE, path, at, name.clone(), flaw.clone());
            }
            for lack in &mapped.incomplete {
                self.summary.incomplete += 1;
                self.problem(codes::IMPORT_INCOMPLETE, path, at, name.clone(), lack.clone());
            }
        }
        self.summary.counts.add(mapped.counts);
        self.keep(mapped)
    }
}

/// Whether a text is lines of values rather than JSON.
fn looks_like_table(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
    first.is_some_and(|byte| !matches!(byte, b'{' | b'[' | 0x1e)) && tables::header(head).is_some()
}

/// The page around an element, closed where its list began.
fn page(bytes: &[u8]) -> Option<Value> {
    let closed = [bytes, b"[]}"].concat();
    serde_json::from_slice(&closed).ok()
}

/// What to call a record in a message.
fn name(value: &Value) -> Option<String> {
    let record = value.get("data").filter(|d| d.is_object()).unwrap_or(value);
    let text = |name: &str| record.get(name).filter(|v| v.is_string() || v.is_number());
    let named = text("key").or_else(|| text("id")).or_else(|| text("name"))?;
    Some(named.as_str().map_or_else(|| named.to_string(), str::to_owned))
}
