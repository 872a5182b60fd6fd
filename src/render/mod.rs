//! Batches to text: one file a format.
//!
//! Every writer streams. Only the table holds rows back, a few thousand of them, to choose its widths.
//! Instants are stored in UTC; JSON, CSV, TSV and Markdown keep them so, the table shows them in the session's zone.

mod cell;
mod csv;
mod json;
mod layout;
mod markdown;
mod table;
#[cfg(test)]
mod tests;

use std::io::{self, Write};
use std::path::Path;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;
use jiff::tz::TimeZone;

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Aligned columns for people.
    Table,
    /// One JSON array.
    Json,
    /// One JSON object a line.
    Ndjson,
    /// Comma-separated values, quoted as RFC 4180 says, lines ended by a line feed.
    Csv,
    /// Tab-separated values; backslash, tab and line ends are escaped, so that a line is always a record.
    Tsv,
    /// A Markdown table.
    Markdown,
}

impl Format {
    /// Every format with its name.
    pub const ALL: &[(Format, &str)] = &[
        (Format::Table, "table"),
        (Format::Json, "json"),
        (Format::Ndjson, "ndjson"),
        (Format::Csv, "csv"),
        (Format::Tsv, "tsv"),
        (Format::Markdown, "markdown"),
    ];

    /// The format that a file's extension stands for.
    pub fn from_extension(path: &Path) -> Option<Format> {
        Some(match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "txt" => Format::Table,
            "json" => Format::Json,
            "ndjson" | "jsonl" => Format::Ndjson,
            "csv" => Format::Csv,
            "tsv" => Format::Tsv,
            "md" | "markdown" => Format::Markdown,
            _ => return None,
        })
    }
}

/// What the writers need to know of the place that they write to.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The zone in which the table shows instants.
    pub zone: TimeZone,
    /// Columns of the terminal; none: as wide as the rows are.
    pub width: Option<usize>,
    /// Whether the table may use bold and dim.
    pub color: bool,
    /// Whether CSV and TSV put an apostrophe before texts that a spreadsheet would take for a formula.
    pub safe_csv: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { zone: TimeZone::UTC, width: None, color: false, safe_csv: false }
    }
}

/// What was written, for the line below the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Rows written.
    pub rows: u64,
    /// Whether instants were shown in the session's zone.
    pub zoned: bool,
    /// Columns left out because they are empty in every row and the others would not fit with them.
    pub empty: Vec<String>,
    /// Columns left out because the terminal is too narrow.
    pub narrow: Vec<String>,
}

/// A writer of rows. Call [`RowWriter::finish`] at the end, or the output is not complete.
pub trait RowWriter {
    /// Writes the rows of one batch.
    fn batch(&mut self, batch: &RecordBatch) -> io::Result<()>;

    /// Writes what is held back and what closes the output, and flushes.
    fn finish(&mut self) -> io::Result<Summary>;
}

/// The writer of a format.
pub fn writer<'w>(format: Format, schema: SchemaRef, out: Box<dyn Write + 'w>, settings: Settings) -> Box<dyn RowWriter + 'w> {
    match format {
        Format::Table => Box::new(table::Table::new(schema, out, settings)),
        Format::Json => Box::new(json::Json::array(schema, out)),
        Format::Ndjson => Box::new(json::Json::lines(schema, out)),
        Format::Csv => Box::new(csv::Csv::commas(schema, out, settings.safe_csv)),
        Format::Tsv => Box::new(csv::Csv::tabs(schema, out, settings.safe_csv)),
        Format::Markdown => Box::new(markdown::Markdown::new(schema, out)),
    }
}
