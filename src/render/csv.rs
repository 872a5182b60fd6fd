//! CSV as RFC 4180 quotes it, and TSV with backslash escapes.
//!
//! Lines end with a line feed: the tools that read pipes stumble over carriage returns, spreadsheets over neither.

use std::io::{self, Write};

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;

use super::cell::columns;
use super::{RowWriter, Summary};

/// Writes separated values, names first.
pub(super) struct Csv<'w> {
    out: Box<dyn Write + 'w>,
    schema: SchemaRef,
    separator: u8,
    safe: bool,
    headed: bool,
    rows: u64,
    text: Vec<u8>,
}

impl<'w> Csv<'w> {
    /// Comma-separated.
    pub(super) fn commas(schema: SchemaRef, out: Box<dyn Write + 'w>, safe: bool) -> Self {
        Self { out, schema, separator: b',', safe, headed: false, rows: 0, text: Vec::new() }
    }

    /// Tab-separated.
    pub(super) fn tabs(schema: SchemaRef, out: Box<dyn Write + 'w>, safe: bool) -> Self {
        Self { separator: b'\t', ..Self::commas(schema, out, safe) }
    }

    fn field(&mut self, text: &str) {
        if self.separator == b'\t' { escape(text, &mut self.text) } else { quote(text, &mut self.text) }
    }

    fn head(&mut self) {
        if std::mem::replace(&mut self.headed, true) {
            return;
        }
        let schema = self.schema.clone();
        for (i, field) in schema.fields().iter().enumerate() {
            if i > 0 {
                self.text.push(self.separator);
            }
            self.field(field.name());
        }
        self.text.push(b'\n');
    }
}

impl RowWriter for Csv<'_> {
    fn batch(&mut self, batch: &RecordBatch) -> io::Result<()> {
        self.text.clear();
        self.head();
        let columns = columns(batch.columns());
        let mut text = String::new();
        for row in 0..batch.num_rows() {
            for (i, column) in columns.iter().enumerate() {
                if i > 0 {
                    self.text.push(self.separator);
                }
                let cell = column.cell(row);
                text.clear();
                let _ = std::fmt::Write::write_fmt(&mut text, format_args!("{cell}"));
                if self.safe && cell.is_text() && text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
                    text.insert(0, '\'');
                }
                self.field(&text);
            }
            self.text.push(b'\n');
        }
        self.rows += batch.num_rows() as u64;
        self.out.write_all(&self.text)
    }

    fn finish(&mut self) -> io::Result<Summary> {
        self.text.clear();
        self.head();
        self.out.write_all(&self.text)?;
        self.out.flush()?;
        Ok(Summary { rows: self.rows, ..Summary::default() })
    }
}

/// Quotes where RFC 4180 asks for it.
fn quote(text: &str, out: &mut Vec<u8>) {
    if !text.contains(['"', ',', '\n', '\r']) && !text.starts_with(' ') && !text.ends_with(' ') {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    out.push(b'"');
    for byte in text.bytes() {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    out.push(b'"');
}

/// Escapes what would end the field or the line.
fn escape(text: &str, out: &mut Vec<u8>) {
    for byte in text.bytes() {
        match byte {
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            byte => out.push(byte),
        }
    }
}
