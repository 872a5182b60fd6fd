//! One import: read every record, sort and deduplicate, write.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use datafusion::arrow::array::RecordBatch;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::sorter::Sorter;
use super::splitter::{Piece, Position, Splitter};
use super::{ImportError, ImportOptions, ImportSummary, Problem, Progress, input};
use crate::data::rows::{CustomColumns, CustomValue, EventRow, IssueRow, LinkRow, PropertyRow, events_batch};
use crate::data::schema;
use crate::data::write::DatasetWriter;
use crate::diagnostic::{Code, codes};
use crate::source::jira::{self, Context, Event, Mapped, Site};

/// Rows written at once.
const BATCH: usize = 8192;

/// An issue on its way, with what only its latest copy may add.
#[derive(Serialize, Deserialize)]
struct Copy {
    row: IssueRow,
    links: Vec<LinkRow>,
    properties: Vec<PropertyRow>,
}

pub(super) struct Run<'a> {
    options: &'a ImportOptions,
    progress: &'a dyn Progress,
    out: PathBuf,
    spool: PathBuf,
    site: Site,
    issues: Sorter<Copy>,
    events: Sorter<Event>,
    /// When each issue was created: two of one id and different times are of different sites.
    created: HashMap<i64, i64>,
    /// Issues that records without a key belong to.
    wanted: HashMap<i64, Option<(String, Option<String>)>>,
    /// Ids by key, for records that only tell a key.
    wanted_keys: HashMap<String, Option<i64>>,
    /// Search pages and lists, with records or without.
    answers: u64,
    summary: ImportSummary,
    /// Opened first, so that a folder that cannot be written costs no reading.
    writer: DatasetWriter,
}

impl<'a> Run<'a> {
    pub(super) fn new(
        inputs: &[PathBuf],
        out: &Path,
        options: &'a ImportOptions,
        progress: &'a dyn Progress,
    ) -> Result<Self, ImportError> {
        let mut total = 0;
        for path in inputs {
            let unreadable = |reason| ImportError::Unreadable { path: path.clone(), reason };
            total += std::fs::metadata(path).map_err(unreadable)?.len();
            input::open(path, &Arc::default()).map_err(unreadable)?;
        }
        let writer = DatasetWriter::create(out, options.replace)?;
        let spool = writer.folder().to_owned();
        // Issues and events share the memory; rows are larger in memory than their texts.
        let budget = options.memory / 4;
        let mut run = Self {
            options,
            progress,
            out: out.to_owned(),
            site: Site::default(),
            issues: Sorter::new(|a, b| latest_first(&a.row, &b.row), &spool, budget),
            events: Sorter::new(|a, b| identity(a).cmp(&identity(b)), &spool, budget),
            spool,
            created: HashMap::new(),
            wanted: HashMap::new(),
            wanted_keys: HashMap::new(),
            answers: 0,
            summary: ImportSummary::default(),
            writer,
        };
        progress.stage("reading");
        let done = Arc::new(AtomicU64::new(0));
        for path in inputs {
            run.read(path, &done, total)?;
            run.summary.files += 1;
        }
        progress.bytes(total, total);
        Ok(run)
    }

    fn read(&mut self, path: &Path, done: &Arc<AtomicU64>, total: u64) -> Result<(), ImportError> {
        let opened = input::open(path, done);
        let opened = opened.map_err(|reason| ImportError::Unreadable { path: path.to_owned(), reason })?;
        let mut pieces = Splitter::new(opened);
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
                    let page = pieces.page_head().and_then(head);
                    self.record(path, position, pieces.bytes(), page.as_ref())?;
                }
            }
            any = true;
            self.summary.records += 1;
            if self.summary.records.is_multiple_of(256) {
                self.progress.records(self.summary.records);
                self.progress.bytes(done.load(Ordering::Relaxed), total);
            }
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

    fn record(&mut self, path: &Path, at: Position, bytes: &[u8], page: Option<&Value>) -> Result<(), ImportError> {
        let value: Value = match serde_json::from_slice(bytes) {
            Ok(value) => value,
            Err(error) => {
                self.bad(path, at, None, format!("it is no JSON: {error}"));
                return Ok(());
            }
        };
        let name = name(&value);
        let mapped = match jira::record(&value, Context { page }, &mut self.site) {
            Ok(mapped) => mapped,
            Err(reason) => {
                self.bad(path, at, name, reason);
                return Ok(());
            }
        };
        if let Some(reason) = mapped.issue.as_ref().and_then(|row| self.foreign(row)) {
            self.bad(path, at, name, reason);
            return Ok(());
        }
        for flaw in &mapped.flaws {
            self.summary.bad_values += 1;
            self.problem(codes::IMPORT_BAD_VALUE, path, at, name.clone(), flaw.clone());
        }
        for lack in &mapped.incomplete {
            self.summary.incomplete += 1;
            self.problem(codes::IMPORT_INCOMPLETE, path, at, name.clone(), lack.clone());
        }
        self.summary.counts.add(mapped.counts);
        self.keep(mapped).map_err(|reason| ImportError::Spool { folder: self.spool.clone(), reason })
    }

    /// Notes the issue's identity. Some: it is that of an issue of another site.
    fn foreign(&mut self, row: &IssueRow) -> Option<String> {
        let created = row.created.unwrap_or_default();
        match self.created.insert(row.id, created) {
            None => None,
            Some(known) if known == created => {
                self.summary.duplicate_issues += 1;
                None
            }
            Some(known) => {
                self.created.insert(row.id, known);
                Some(format!(
                    "its id {} is that of another issue, created at another time; import each Jira site into a \
                     folder of its own",
                    row.id
                ))
            }
        }
    }

    fn keep(&mut self, mapped: Mapped) -> io::Result<()> {
        for event in mapped.events {
            if mapped.issue.is_none() {
                match (event.row.issue_id, &event.row.issue_key) {
                    (Some(id), None) => drop(self.wanted.entry(id).or_default()),
                    (None, Some(key)) => drop(self.wanted_keys.entry(key.clone()).or_default()),
                    _ => {}
                }
            }
            let size = event_size(&event.row);
            self.events.push(event, size)?;
        }
        if let Some(row) = mapped.issue {
            let properties: usize = mapped.properties.iter().map(property_size).sum();
            let size = issue_size(&row) + properties;
            self.issues.push(Copy { row, links: mapped.links, properties: mapped.properties }, size)?;
        }
        Ok(())
    }

    fn bad(&mut self, path: &Path, at: Position, record: Option<String>, reason: String) {
        self.summary.bad_records += 1;
        self.problem(codes::IMPORT_BAD_RECORD, path, at, record, reason);
    }

    fn problem(&mut self, code: Code, path: &Path, at: Position, record: Option<String>, reason: String) {
        if self.summary.problems.len() < self.options.problems {
            let Position { line, element, offset } = at;
            self.summary.problems.push(Problem { code, file: path.to_owned(), line, element, offset, record, reason });
        }
    }

    /// Sorts, drops duplicates and writes.
    pub(super) fn finish(mut self) -> Result<ImportSummary, ImportError> {
        let counts = self.summary.counts;
        let events = counts.change_groups + counts.comments + counts.worklogs;
        if counts.issues + events + counts.others == 0 {
            // A page or a list without a record is an answer: there was nothing to tell.
            let is_answer = self.answers > 0 && self.summary.bad_records == 0 && self.options.may_be_empty;
            return if is_answer { Ok(self.summary) } else { Err(ImportError::Nothing(Box::new(self.summary))) };
        }
        let spool = self.spool.clone();
        let spooled = |reason| ImportError::Spool { folder: spool.clone(), reason };
        let Self { issues, events, .. } = self;

        self.progress.stage("writing issues");
        for id in self.site.remote_link_issues() {
            self.wanted.entry(id).or_default();
        }
        // The columns must be known before the first row is written, and are when the last is seen.
        let mut columns = CustomColumns::default();
        let known = self.site.names.known();
        let mut settled = Sorter::new(|a: &IssueRow, b| a.id.cmp(&b.id), &spool, self.options.memory / 4);
        let mut last = None;
        for copy in issues.finish().map_err(spooled)? {
            let Copy { mut row, links, properties } = copy.map_err(spooled)?;
            if last.replace(row.id) == Some(row.id) {
                continue;
            }
            self.site.names.settle(&known, &mut row);
            columns.observe(&row);
            links.into_iter().for_each(|link| self.site.link(link));
            self.site.properties(properties);
            row.organizations.iter().for_each(|name| self.site.organization(name, None));
            if let Some(found) = self.wanted.get_mut(&row.id) {
                *found = Some((row.key.clone(), row.project.clone()));
            }
            if let Some(found) = self.wanted_keys.get_mut(&row.key) {
                *found = Some(row.id);
            }
            let size = issue_size(&row);
            settled.push(row, size).map_err(spooled)?;
        }
        let mixed = columns.mixed().map(|(name, a, b)| format!("{name} ({a:?} and {b:?})"));
        self.summary.mixed_fields = mixed.collect();
        let mut tables = Counter { writer: self.writer, rows: BTreeMap::new(), out: self.out };
        let mut batch: Vec<IssueRow> = Vec::with_capacity(BATCH);
        for row in settled.finish().map_err(spooled)? {
            batch.push(row.map_err(spooled)?);
            if batch.len() == BATCH {
                tables.write("issues", columns.batch(&batch))?;
                batch.clear();
            }
        }
        tables.write("issues", columns.batch(&batch))?;

        self.progress.stage("sorting events");
        let mut by_time = Sorter::new(in_time, &spool, self.options.memory / 4);
        let mut last = String::new();
        for event in events.finish().map_err(spooled)? {
            let mut row = event.map_err(spooled)?.row;
            if row.event_id == last {
                self.summary.duplicate_events += 1;
                continue;
            }
            last.clone_from(&row.event_id);
            if let Some(Some((key, project))) = row.issue_id.and_then(|id| self.wanted.get(&id))
                && row.issue_key.is_none()
            {
                row.issue_key = Some(key.clone());
                row.project.clone_from(project);
            }
            if row.issue_id.is_none()
                && let Some(key) = &row.issue_key
            {
                row.issue_id = self.wanted_keys.get(key).copied().flatten();
            }
            for row in jira::elements(&self.site, row) {
                let size = event_size(&row);
                by_time.push(row, size).map_err(spooled)?;
            }
        }
        self.progress.stage("writing events");
        let mut batch: Vec<EventRow> = Vec::with_capacity(BATCH);
        for row in by_time.finish().map_err(spooled)? {
            batch.push(row.map_err(spooled)?);
            if batch.len() == BATCH {
                tables.write("events", events_batch(&batch))?;
                batch.clear();
            }
        }
        tables.write("events", events_batch(&batch))?;

        let (wanted, looked_at) = (self.wanted, self.site.tables_looked_at());
        let side = self.site.into_tables(|id| wanted.get(&id)?.as_ref().map(|(key, _)| key.clone()));
        match side.side_batches() {
            Ok(batches) => {
                for (table, batch) in batches {
                    tables.write(table, Ok(batch))?;
                }
            }
            Err(error) => tables.write("users", Err(error))?,
        }
        // That there is none of what was looked for is an answer; an absent table is none.
        for table in looked_at.into_iter().filter_map(schema::table) {
            if !tables.rows.contains_key(table.name) {
                tables.write(table.name, Ok(RecordBatch::new_empty(table.schema())))?;
            }
        }
        self.summary.rows = tables.rows;
        tables.writer.finish()?;
        Ok(self.summary)
    }
}

/// A dataset being written, with its rows counted.
struct Counter {
    writer: DatasetWriter,
    rows: BTreeMap<String, u64>,
    out: PathBuf,
}

impl Counter {
    fn write(&mut self, table: &str, batch: Result<RecordBatch, datafusion::arrow::error::ArrowError>) -> Result<(), ImportError> {
        let batch = batch.map_err(|e| crate::data::write::WriteError::arrow(&self.out, e))?;
        *self.rows.entry(table.to_owned()).or_default() += batch.num_rows() as u64;
        Ok(self.writer.write(table, &batch)?)
    }
}

/// One issue's copies from the last updated on.
fn latest_first(a: &IssueRow, b: &IssueRow) -> std::cmp::Ordering {
    (a.id, Reverse(a.updated)).cmp(&(b.id, Reverse(b.updated)))
}

fn identity(event: &Event) -> (&str, u8) {
    (&event.row.event_id, event.hearsay)
}

fn in_time(a: &EventRow, b: &EventRow) -> std::cmp::Ordering {
    (a.time, &a.event_id).cmp(&(b.time, &b.event_id))
}

/// The page around an element, closed where its list began.
fn head(bytes: &[u8]) -> Option<Value> {
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

fn event_size(row: &EventRow) -> usize {
    let texts = [&row.text, &row.from_value, &row.to_value, &row.from_id, &row.to_id];
    let texts: usize = texts.into_iter().flatten().map(String::len).sum();
    // The struct, and its dozen short texts.
    size_of::<EventRow>() + 400 + texts
}

fn property_size(row: &PropertyRow) -> usize {
    size_of::<PropertyRow>() + 100 + row.value.as_ref().map_or(0, String::len)
}

fn issue_size(row: &IssueRow) -> usize {
    let texts = [&row.description, &row.environment, &row.summary];
    let texts: usize = texts.into_iter().flatten().map(String::len).sum();
    let custom: usize = row
        .custom
        .iter()
        .map(|(_, value)| match value {
            CustomValue::Text(t) => 64 + t.len(),
            CustomValue::TextList(l) => 64 + l.iter().map(|t| 32 + t.len()).sum::<usize>(),
            _ => 64,
        })
        .sum();
    size_of::<IssueRow>() + 400 + texts + custom
}
