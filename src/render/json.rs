//! JSON: one array, or one object a line.
//!
//! Instants are RFC 3339 in UTC, days `yyyy-mm-dd`, lists arrays; NaN and infinities are null, as JSON has no such numbers.

use std::io::{self, Write};

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;

use super::cell::{Cell, Column, columns};
use super::{RowWriter, Summary};

/// Writes objects, in an array or a line each.
pub(super) struct Json<'w> {
    out: Box<dyn Write + 'w>,
    /// `"name":` of each column, quoted once.
    names: Vec<Vec<u8>>,
    array: bool,
    rows: u64,
    /// The text of the batch that is being written.
    text: Vec<u8>,
}

impl<'w> Json<'w> {
    /// One array.
    pub(super) fn array(schema: SchemaRef, out: Box<dyn Write + 'w>) -> Self {
        Self::new(schema, out, true)
    }

    /// One object a line.
    pub(super) fn lines(schema: SchemaRef, out: Box<dyn Write + 'w>) -> Self {
        Self::new(schema, out, false)
    }

    fn new(schema: SchemaRef, out: Box<dyn Write + 'w>, array: bool) -> Self {
        let names = schema
            .fields()
            .iter()
            .map(|field| {
                let mut name = Vec::new();
                quote(field.name(), &mut name);
                name.push(b':');
                name
            })
            .collect();
        Self { out, names, array, rows: 0, text: Vec::new() }
    }
}

impl RowWriter for Json<'_> {
    fn batch(&mut self, batch: &RecordBatch) -> io::Result<()> {
        let columns = columns(batch.columns());
        self.text.clear();
        for row in 0..batch.num_rows() {
            if self.array {
                self.text.extend_from_slice(if self.rows == 0 { b"[\n" } else { b",\n" });
            }
            self.text.push(b'{');
            for (i, (name, column)) in self.names.iter().zip(&columns).enumerate() {
                if i > 0 {
                    self.text.push(b',');
                }
                self.text.extend_from_slice(name);
                value(&column.cell(row), &mut self.text);
            }
            self.text.push(b'}');
            if !self.array {
                self.text.push(b'\n');
            }
            self.rows += 1;
        }
        self.out.write_all(&self.text)
    }

    fn finish(&mut self) -> io::Result<Summary> {
        if self.array {
            self.out.write_all(if self.rows == 0 { b"[]\n" } else { b"\n]\n" })?;
        }
        self.out.flush()?;
        Ok(Summary { rows: self.rows, ..Summary::default() })
    }
}

fn quote(text: &str, out: &mut Vec<u8>) {
    // Writing to a vector does not fail.
    let _ = serde_json::to_writer(out, text);
}

fn value(cell: &Cell<'_>, out: &mut Vec<u8>) {
    match cell {
        Cell::Null => out.extend_from_slice(b"null"),
        Cell::Float(v) => {
            let _ = serde_json::to_writer(out, v);
        }
        Cell::Bool(_) | Cell::Int(_) | Cell::UInt(_) | Cell::Number(_) => {
            let _ = write!(out, "{cell}");
        }
        Cell::Instant(_) | Cell::Local(_) | Cell::Day(_) => {
            let _ = write!(out, "\"{cell}\"");
        }
        Cell::Text(text) => quote(text, out),
        Cell::Made(text) => quote(text, out),
        Cell::List(values) => {
            let column = Column::new(values.as_ref());
            out.push(b'[');
            for row in 0..values.len() {
                if row > 0 {
                    out.push(b',');
                }
                value(&column.cell(row), out);
            }
            out.push(b']');
        }
    }
}
