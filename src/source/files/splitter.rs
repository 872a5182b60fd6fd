//! Cuts a stream of JSON into its records without holding more than one.
//!
//! It takes one object a line, documents one after the other (pretty-printed or not), one array of
//! records, and pages such as `{"total": 2, "issues": [..]}`, whose elements come one by one. What
//! is damaged is told with its place, and reading goes on at the next record that can be found.

use std::io::Read;

use super::machine::{Machine, Step};

/// Lists at the top of a page that hold records.
const LISTS: &[&str] =
    &["issues", "values", "histories", "comments", "worklogs", "issueChangeLogs", "records", "entities", "results", "data"];
/// A record larger than this is refused: nothing that Jira answers comes near.
const MAX_RECORD: usize = 512 << 20;
const CHUNK: usize = 1 << 16;

/// Where a record begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Position {
    /// Line, from 1.
    pub line: u64,
    /// Place in its list, from 1; none outside lists.
    pub element: Option<u64>,
    /// Bytes before it, uncompressed.
    pub offset: u64,
}

/// What was cut out.
#[derive(Debug, PartialEq)]
pub(super) enum Piece {
    /// A value at the top, or an element of a list there: [`Splitter::bytes`].
    Record,
    /// What surrounds the elements of a page, its list empty: [`Splitter::bytes`]. It comes after them.
    Page,
    /// Something that is no JSON, and why.
    Broken(String),
}

/// See the module.
pub(super) struct Splitter<R> {
    source: Source<R>,
    record: Vec<u8>,
    list: Option<List>,
    /// Lists begun so far.
    lists: u64,
    position: Position,
}

struct List {
    elements: u64,
    /// The page around it: what was captured up to the list, and the state there.
    page: Option<(Vec<u8>, Machine, Position)>,
}

impl<R: Read> Splitter<R> {
    pub(super) fn new(input: R) -> Self {
        let source = Source { input, buffer: Vec::new(), at: 0, offset: 0, line: 1, error: None };
        Self { source, record: Vec::new(), list: None, lists: 0, position: Position::default() }
    }

    /// Whether there was a list, of records or of none.
    pub(super) fn saw_list(&self) -> bool {
        self.lists > 0
    }

    /// The JSON of the last piece.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.record
    }

    /// Where the last piece begins.
    pub(super) fn position(&self) -> Position {
        self.position
    }

    /// The page around the current element as far as it was read, if the element is in one.
    pub(super) fn page_head(&self) -> Option<&[u8]> {
        self.list.as_ref()?.page.as_ref().map(|(head, _, _)| head.as_slice())
    }

    /// Why reading ended, where it was not the end of the input.
    pub(super) fn error(&self) -> Option<&std::io::Error> {
        self.source.error.as_ref()
    }

    /// The next piece; none at the end.
    pub(super) fn next(&mut self) -> Option<Piece> {
        loop {
            self.source.skip_blank(self.list.is_some());
            let Some(byte) = self.source.peek() else {
                return self.list.take().map(|_| {
                    self.position = self.source.position(None);
                    Piece::Broken("the file ends within a list".into())
                });
            };
            match &mut self.list {
                None if byte == b'[' => {
                    self.source.skip(1);
                    self.lists += 1;
                    self.list = Some(List { elements: 0, page: None });
                }
                None => {
                    self.record.clear();
                    self.position = self.source.position(None);
                    match self.capture(Machine::default(), true) {
                        Some(piece) => return Some(piece),
                        None => continue,
                    }
                }
                Some(_) if byte == b']' => {
                    self.source.skip(1);
                    let Some((head, machine, position)) = self.list.take().and_then(|l| l.page) else {
                        continue;
                    };
                    self.record = head;
                    self.record.extend_from_slice(b"[]");
                    self.position = position;
                    if let Some(piece) = self.capture(machine, false) {
                        return Some(match piece {
                            Piece::Record => Piece::Page,
                            other => other,
                        });
                    }
                }
                Some(list) => {
                    list.elements += 1;
                    let element = list.elements;
                    self.record.clear();
                    self.position = self.source.position(Some(element));
                    return Some(self.capture_element());
                }
            }
        }
    }

    /// Captures a value at the top. None: it turned out to be a page, and its list has been entered.
    ///
    /// `whole` says that the record holds everything since its start, as it does not behind a list.
    fn capture(&mut self, mut machine: Machine, whole: bool) -> Option<Piece> {
        loop {
            let bulk = machine.plain_text(self.source.available());
            if bulk > 0 {
                self.record.extend_from_slice(&self.source.available()[..bulk]);
                self.source.skip(bulk);
            }
            if self.record.len() > MAX_RECORD {
                return Some(self.give_up("it is larger than 512 MiB", whole));
            }
            let Some(byte) = self.source.peek() else {
                if machine.ends_at_end() {
                    return Some(Piece::Record);
                }
                return Some(self.give_up("the file ends within this record", whole));
            };
            if byte == b'[' && machine.at_value_of_top(&self.record, LISTS) {
                self.source.skip(1);
                let head = std::mem::take(&mut self.record);
                machine.skip_value();
                self.lists += 1;
                self.list = Some(List { elements: 0, page: Some((head, machine, self.position)) });
                return None;
            }
            match machine.step(byte, self.record.len()) {
                Ok(Step::More) => self.take(byte),
                Ok(Step::Done) => {
                    self.take(byte);
                    return Some(Piece::Record);
                }
                Ok(Step::DoneBefore) => return Some(Piece::Record),
                Err(reason) => return Some(self.give_up(reason, whole)),
            }
        }
    }

    fn capture_element(&mut self) -> Piece {
        let mut machine = Machine::default();
        let mut broken: Option<&'static str> = None;
        loop {
            let bulk = machine.plain_text(self.source.available());
            if bulk > 0 {
                if broken.is_none() {
                    self.record.extend_from_slice(&self.source.available()[..bulk]);
                }
                self.source.skip(bulk);
            }
            if self.record.len() > MAX_RECORD {
                self.record.clear();
                broken = Some("it is larger than 512 MiB");
            }
            let Some(byte) = self.source.peek() else {
                self.list = None;
                return Piece::Broken("the file ends within this record".into());
            };
            if byte == b'\n' && machine.in_text() {
                // Quotes no longer pair up, so nothing in this line can be told apart.
                self.source.skip_line();
                return Piece::Broken("a line ends within a text".into());
            }
            let step = match broken {
                None => machine.step(byte, self.record.len()),
                Some(_) => Ok(machine.step_loosely(byte)),
            };
            match step {
                Ok(Step::More) if broken.is_none() => self.take(byte),
                Ok(Step::More) => self.source.skip(1),
                Ok(Step::Done) => {
                    self.take(byte);
                    return broken.map_or(Piece::Record, |r| Piece::Broken(r.into()));
                }
                Ok(Step::DoneBefore) => {
                    return broken.map_or(Piece::Record, |r| Piece::Broken(r.into()));
                }
                Err(reason) => {
                    broken = Some(reason);
                    if machine.is_outermost() {
                        // No bracket is open: what is wrong is the element itself.
                        self.source.skip(1);
                        return Piece::Broken(reason.into());
                    }
                }
            }
        }
    }

    fn take(&mut self, byte: u8) {
        self.record.push(byte);
        self.source.skip_byte(byte);
    }

    /// Gives up the record that is being captured at the top, and finds the next line that may begin one.
    fn give_up(&mut self, reason: &str, whole: bool) -> Piece {
        let first_line = self.record.iter().position(|b| *b == b'\n');
        if let Some(end) = first_line.filter(|_| whole) {
            self.source.unread(&self.record[end + 1..]);
        } else {
            self.source.skip_line();
        }
        self.record.clear();
        let mut lines = 0;
        while let Some(byte) = self.source.peek() {
            if matches!(byte, b'{' | b'[') {
                break;
            }
            lines += u64::from(!matches!(byte, b'\r' | b'\n'));
            self.source.skip_line();
        }
        Piece::Broken(match lines {
            0 => reason.into(),
            1 => format!("{reason}; the line after it begins no record and was skipped too"),
            n => format!("{reason}; {n} lines after it begin no record and were skipped too"),
        })
    }
}

/// Buffered input that knows where it is.
struct Source<R> {
    input: R,
    buffer: Vec<u8>,
    at: usize,
    offset: u64,
    line: u64,
    error: Option<std::io::Error>,
}

impl<R: Read> Source<R> {
    fn position(&self, element: Option<u64>) -> Position {
        Position { line: self.line, element, offset: self.offset }
    }

    fn available(&self) -> &[u8] {
        self.buffer.get(self.at..).unwrap_or_default()
    }

    fn peek(&mut self) -> Option<u8> {
        if self.at >= self.buffer.len() {
            self.fill();
        }
        self.buffer.get(self.at).copied()
    }

    fn fill(&mut self) {
        self.buffer.clear();
        self.at = 0;
        if self.error.is_some() {
            return;
        }
        self.buffer.resize(CHUNK, 0);
        let read = loop {
            match self.input.read(&mut self.buffer) {
                Ok(n) => break n,
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                Err(e) => {
                    self.error = Some(e);
                    break 0;
                }
            }
        };
        self.buffer.truncate(read);
    }

    fn skip(&mut self, n: usize) {
        let end = (self.at + n).min(self.buffer.len());
        self.line += self.buffer[self.at..end].iter().filter(|b| **b == b'\n').count() as u64;
        self.offset += (end - self.at) as u64;
        self.at = end;
    }

    /// Skips the byte that was peeked at.
    fn skip_byte(&mut self, byte: u8) {
        self.at += 1;
        self.offset += 1;
        self.line += u64::from(byte == b'\n');
    }

    /// Goes to the start of the next line.
    fn skip_line(&mut self) {
        while self.peek().is_some() {
            match self.available().iter().position(|b| *b == b'\n') {
                Some(end) => return self.skip(end + 1),
                None => self.skip(self.available().len()),
            }
        }
    }

    /// White space, a byte order mark, the separators of JSON text sequences; in a list, commas.
    fn skip_blank(&mut self, in_list: bool) {
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | 0x1e => self.skip(1),
                b',' if in_list => self.skip(1),
                0xef | 0xbb | 0xbf if self.offset < 3 => self.skip(1),
                _ => return,
            }
        }
    }

    /// Puts back what was last skipped.
    fn unread(&mut self, bytes: &[u8]) {
        let mut buffer = bytes.to_vec();
        buffer.extend_from_slice(self.available());
        self.offset -= bytes.len() as u64;
        self.line -= bytes.iter().filter(|b| **b == b'\n').count() as u64;
        self.buffer = buffer;
        self.at = 0;
    }
}
