//! CSV: lines of values under a header, whose names may stand twice.

pub(super) mod audit;
pub(super) mod issues;

use std::collections::VecDeque;
use std::io::{self, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use csv::{ByteRecord, Position, StringRecord};
use jiff::tz::TimeZone;

use super::dates::Dates;

/// A record larger than this is refused: a quote that is never closed would take in the rest of the file.
const MAX_RECORD: u64 = 64 << 20;
/// Records that are looked at to learn how dates are written.
const LOOKED_AT: usize = 1000;
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The names of a file's columns.
#[derive(Clone, Debug, Default)]
pub(super) struct Header {
    names: Vec<String>,
    /// In lower case, with single spaces.
    plain: Vec<String>,
}

impl Header {
    fn of(names: &StringRecord) -> Self {
        let names: Vec<String> = names.iter().map(|name| name.trim_matches(['\u{feff}', ' ', '\t']).to_owned()).collect();
        let plain = names.iter().map(|name| name.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        Self { names, plain }
    }

    /// Whether there is a column of one of these names.
    pub(super) fn has(&self, names: &[&str]) -> bool {
        self.plain.iter().any(|plain| names.contains(&plain.as_str()))
    }

    /// The first names, for messages.
    pub(super) fn shown(&self) -> String {
        let shown: Vec<&str> = self.names.iter().take(8).map(String::as_str).collect();
        let more = if self.names.len() > 8 { ", ..." } else { "" };
        format!("{}{more}", shown.join(", "))
    }
}

/// One record.
pub(super) struct Row<'a> {
    header: &'a Header,
    values: &'a StringRecord,
}

impl<'a> Row<'a> {
    /// The cells that hold something: name, name in lower case, value.
    pub(super) fn cells(&self) -> impl Iterator<Item = (&'a str, &'a str, &'a str)> {
        let names = self.header.names.iter().zip(&self.header.plain);
        let cells = names.zip(self.values.iter()).map(|((name, plain), value)| (name.as_str(), plain.as_str(), value));
        cells.filter(|(_, _, value)| !value.trim().is_empty())
    }

    /// The first value under one of these names, of the names in their order.
    pub(super) fn one(&self, names: &[&str]) -> Option<&'a str> {
        names.iter().find_map(|wanted| self.cells().find(|(_, plain, _)| plain == wanted).map(|(_, _, value)| value.trim()))
    }

    /// All values under a name.
    pub(super) fn all(&self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.cells().filter(move |(_, plain, _)| *plain == name).map(|(_, _, value)| value.trim())
    }

    /// Whether the name stands more than once.
    pub(super) fn repeats(&self, plain: &str) -> bool {
        self.header.plain.iter().filter(|name| *name == plain).nth(1).is_some()
    }
}

/// Why a record cannot be read.
pub(super) struct Flaw {
    pub at: Position,
    pub reason: String,
    /// Nothing comes after it.
    pub last: bool,
}

/// The records of a file.
pub(super) struct Lines<R> {
    reader: csv::Reader<Bounded<R>>,
    read: Arc<AtomicU64>,
    header: Header,
    ahead: VecDeque<(Position, Result<StringRecord, Flaw>)>,
    ended: bool,
    pub(super) dates: Dates,
}

/// The header of the text that a file begins with. None: it has none that could be one.
pub(super) fn header(head: &[u8]) -> Option<Header> {
    let mut lines = Lines::new(Cursor::new(head), head, &TimeZone::UTC).ok()?;
    let good = lines.header.plain.len() > 1 && lines.header.plain.iter().all(|name| !name.chars().any(char::is_control));
    lines.ahead.clear();
    good.then_some(lines.header)
}

impl<R: Read> Lines<R> {
    /// Begins a file; `head` is what it begins with.
    pub(super) fn new(input: R, head: &[u8], zone: &TimeZone) -> Result<Self, String> {
        let read = Arc::new(AtomicU64::new(0));
        let (delimiter, skipped) = shape(head);
        let bounded = Bounded { input, since: Arc::clone(&read) };
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(bounded);
        let mut names = StringRecord::new();
        for _ in 0..=usize::from(skipped) {
            read.store(0, Ordering::Relaxed);
            match reader.read_record(&mut names) {
                Ok(true) => {}
                Ok(false) => return Err("the file is empty".into()),
                Err(error) => return Err(format!("its header cannot be read: {}", shown(&error))),
            }
        }
        let mut lines =
            Self { reader, read, header: Header::of(&names), ahead: VecDeque::new(), ended: false, dates: Dates::of(zone) };
        lines.look_ahead();
        Ok(lines)
    }

    pub(super) fn header(&self) -> &Header {
        &self.header
    }

    /// Learns from the first records how dates are written.
    fn look_ahead(&mut self) {
        while self.ahead.len() < LOOKED_AT && !self.ended {
            let Some(found) = self.read() else { break };
            if let Ok(values) = &found.1 {
                for (_, plain, value) in (Row { header: &self.header, values }).cells() {
                    if issues::may_hold_date(plain) {
                        // `24/Jan/22 8:48 AM;who;what`
                        value.split(';').take(2).for_each(|part| self.dates.learn(part.trim()));
                    }
                }
            }
            self.ahead.push_back(found);
        }
    }

    fn read(&mut self) -> Option<(Position, Result<StringRecord, Flaw>)> {
        if self.ended {
            return None;
        }
        let mut record = ByteRecord::new();
        self.read.store(0, Ordering::Relaxed);
        let at = self.reader.position().clone();
        let flaw = |reason: String, last: bool| Err(Flaw { at: at.clone(), reason, last });
        let found = match self.reader.read_byte_record(&mut record) {
            Ok(false) => {
                self.ended = true;
                return None;
            }
            Err(error) => {
                self.ended = true;
                flaw(format!("the file cannot be read further: {}", shown(&error)), true)
            }
            Ok(true) => match StringRecord::from_byte_record(record) {
                Ok(values) if values.len() == self.header.plain.len() => Ok(values),
                Ok(values) => {
                    flaw(format!("it has {} values, and the header {} names", values.len(), self.header.plain.len()), false)
                }
                Err(_) => flaw("it is no UTF-8 text".to_owned(), false),
            },
        };
        let at = found.as_ref().ok().and_then(|values| values.position().cloned()).unwrap_or(at);
        Some((at, found))
    }

    /// Gives the next record to `with`. None at the end.
    pub(super) fn next<T>(&mut self, with: impl FnOnce(&Position, Result<(Row<'_>, &Dates), Flaw>) -> T) -> Option<T> {
        let (at, found) = match self.ahead.pop_front() {
            Some(found) => found,
            None => self.read()?,
        };
        Some(match found {
            Ok(values) => with(&at, Ok((Row { header: &self.header, values: &values }, &self.dates))),
            Err(flaw) => with(&at, Err(flaw)),
        })
    }
}

fn shown(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Io(error) => error.to_string(),
        csv::ErrorKind::Utf8 { .. } => "it is no UTF-8 text".to_owned(),
        _ => error.to_string(),
    }
}

/// What parts the values, and whether the first line only says so, as spreadsheets like it.
fn shape(head: &[u8]) -> (u8, bool) {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    if let Some(rest) = head.strip_prefix(b"sep=")
        && let (Some(delimiter), Some(b'\r' | b'\n')) = (rest.first(), rest.get(1))
    {
        return (*delimiter, true);
    }
    let (mut counts, mut quoted) = ([0_usize; DELIMITERS.len()], false);
    for byte in head {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            _ if quoted => {}
            _ => {
                if let Some(at) = DELIMITERS.iter().position(|delimiter| delimiter == byte) {
                    counts[at] += 1;
                }
            }
        }
    }
    let most = (0..DELIMITERS.len()).rev().max_by_key(|at| counts[*at]).unwrap_or(0);
    (DELIMITERS[most], false)
}

/// A reader that ends where a record becomes too large.
struct Bounded<R> {
    input: R,
    since: Arc<AtomicU64>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.input.read(buffer)?;
        if self.since.fetch_add(n as u64, Ordering::Relaxed) > MAX_RECORD {
            return Err(io::Error::other("a record is larger than 64 MiB; perhaps a quote is never closed"));
        }
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Result<Vec<String>, String>> {
        let mut lines = Lines::new(text.as_bytes(), text.as_bytes(), &TimeZone::UTC).unwrap_or_else(|e| panic!("{e}"));
        let mut rows = Vec::new();
        while let Some(row) =
            lines.next(|_, row| row.map(|(row, _)| row.cells().map(|(n, _, v)| format!("{n}={v}")).collect()).map_err(|f| f.reason))
        {
            rows.push(row);
        }
        rows
    }

    #[test]
    fn delimiters_are_found() {
        for (text, delimiter) in
            [("a,b\n", b','), ("a;b;c,d\n", b';'), ("a\tb\n", b'\t'), ("\"a;b;c\",d\n", b','), ("a\n", b','), ("a|b|c", b'|')]
        {
            assert_eq!(shape(text.as_bytes()), (delimiter, false), "{text}");
        }
        assert_eq!(shape(b"\xef\xbb\xbfsep=;\r\na,b;c\r\n"), (b';', true));
    }

    #[test]
    fn odd_spellings_are_read() {
        let text = "\u{feff}Name ,Text,Text\r\n\"Ann \"\"A\"\"\",\"two\r\nlines\",x\r\n\r\nBob,,\r\nCleo,one\r\n";
        let expected = [
            Ok(vec!["Name=Ann \"A\"".to_owned(), "Text=two\r\nlines".to_owned(), "Text=x".to_owned()]),
            Ok(vec!["Name=Bob".to_owned()]),
            Err("it has 2 values, and the header 3 names".to_owned()),
        ];
        assert_eq!(rows(text), expected);
        assert_eq!(rows("sep=;\na;b\n1;2\n"), [Ok(vec!["a=1".to_owned(), "b=2".to_owned()])]);
    }

    #[test]
    fn text_that_is_no_table_has_no_header() {
        assert!(header(b"hello").is_none());
        assert!(header(b"\x00\x01,\x02\n").is_none());
        assert!(header(b"a,b\n1,2\n").is_some());
    }
}
