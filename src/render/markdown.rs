//! A Markdown table, safe to paste: what Markdown would take for a column end, a tag or a line end is escaped.

use std::io::{self, Write};

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;

use super::cell::{columns, is_number};
use super::{RowWriter, Summary};

/// Writes a table with pipes.
pub(super) struct Markdown<'w> {
    out: Box<dyn Write + 'w>,
    schema: SchemaRef,
    headed: bool,
    rows: u64,
}

impl<'w> Markdown<'w> {
    pub(super) fn new(schema: SchemaRef, out: Box<dyn Write + 'w>) -> Self {
        Self { out, schema, headed: false, rows: 0 }
    }

    fn head(&mut self, text: &mut String) {
        if std::mem::replace(&mut self.headed, true) {
            return;
        }
        for field in self.schema.fields() {
            text.push_str("| ");
            escape(field.name(), text);
            text.push(' ');
        }
        text.push_str("|\n");
        for field in self.schema.fields() {
            text.push_str(if is_number(field.data_type()) { "| ---: " } else { "| --- " });
        }
        text.push_str("|\n");
    }
}

impl RowWriter for Markdown<'_> {
    fn batch(&mut self, batch: &RecordBatch) -> io::Result<()> {
        let mut text = String::new();
        self.head(&mut text);
        let columns = columns(batch.columns());
        for row in 0..batch.num_rows() {
            for column in &columns {
                text.push_str("| ");
                escape(&column.cell(row).to_string(), &mut text);
                text.push(' ');
            }
            text.push_str("|\n");
        }
        self.rows += batch.num_rows() as u64;
        self.out.write_all(text.as_bytes())
    }

    fn finish(&mut self) -> io::Result<Summary> {
        let mut text = String::new();
        self.head(&mut text);
        self.out.write_all(text.as_bytes())?;
        self.out.flush()?;
        Ok(Summary { rows: self.rows, ..Summary::default() })
    }
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '|' => out.push_str("\\|"),
            '\\' => out.push_str("\\\\"),
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '\n' => out.push_str("<br>"),
            '\r' => {}
            c => out.push(c),
        }
    }
}
