//! Aligned columns for people: no frame, one line a row, widths from the first rows.

use std::io::{self, Write};

use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use jiff::civil::{DateTime, Time};

use super::cell::{Cell, columns, is_number};
use super::layout::{GAP, Layout, Measured, cut, fit, tame, text_width};
use super::{RowWriter, Settings, Summary};

/// Rows that are held back to choose the widths.
const SAMPLE: usize = 5_000;
const BOLD: &str = "\u{1b}[1m";
const DIM: &str = "\u{1b}[2m";
const RESET: &str = "\u{1b}[0m";

/// How much of an instant's clock time is shown. The finest that a column needs is used for all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Precision {
    Day,
    Minute,
    Second,
}

/// A value on its way to the table; clock times wait for their column's precision.
enum Held {
    Text(String),
    Clock(DateTime),
}

/// Holds the first rows, then writes.
pub(super) struct Table<'w> {
    out: Box<dyn Write + 'w>,
    schema: SchemaRef,
    settings: Settings,
    held: Vec<Vec<Held>>,
    precision: Vec<Precision>,
    layout: Option<Layout>,
    rows: u64,
    zoned: bool,
}

impl<'w> Table<'w> {
    pub(super) fn new(schema: SchemaRef, out: Box<dyn Write + 'w>, settings: Settings) -> Self {
        let precision = vec![Precision::Day; schema.fields().len()];
        Self { out, schema, settings, held: Vec::new(), precision, layout: None, rows: 0, zoned: false }
    }

    fn hold(&mut self, cell: &Cell<'_>) -> Held {
        match cell {
            Cell::Instant(instant) => {
                self.zoned = true;
                Held::Clock(self.settings.zone.to_datetime(*instant))
            }
            Cell::Local(clock) => Held::Clock(*clock),
            Cell::Float(v) => Held::Text(float(*v)),
            other => Held::Text(tame(&other.to_string())),
        }
    }

    /// Chooses the widths from the rows held, and writes the head and those rows.
    fn start(&mut self) -> io::Result<()> {
        if self.layout.is_some() {
            return Ok(());
        }
        let held = std::mem::take(&mut self.held);
        for row in &held {
            for (precision, value) in self.precision.iter_mut().zip(row) {
                if let Held::Clock(clock) = value {
                    *precision = (*precision).max(needed(clock));
                }
            }
        }
        let rows: Vec<Vec<String>> = held.into_iter().map(|row| self.texts(row)).collect();
        let measured: Vec<Measured> = self
            .schema
            .fields()
            .iter()
            .enumerate()
            .map(|(i, field)| Measured {
                name: text_width(field.name()),
                widest: rows.iter().map(|row| text_width(&row[i])).max().unwrap_or(0),
                rigid: is_rigid(field.data_type()),
                empty: rows.iter().all(|row| row[i].is_empty()),
            })
            .collect();
        self.layout = Some(fit(&measured, self.settings.width));
        let names: Vec<String> = self.schema.fields().iter().map(|field| tame(field.name())).collect();
        let rule: Vec<String> = self.shown().iter().map(|&(_, width)| "─".repeat(width)).collect();
        let gap = " ".repeat(GAP);
        let (bold, dim, reset) = if self.settings.color { (BOLD, DIM, RESET) } else { ("", "", "") };
        let head = self.line(&names);
        writeln!(self.out, "{bold}{head}{reset}")?;
        writeln!(self.out, "{dim}{}{reset}", rule.join(&gap))?;
        for row in &rows {
            let line = self.line(row);
            writeln!(self.out, "{line}")?;
        }
        Ok(())
    }

    fn shown(&self) -> &[(usize, usize)] {
        self.layout.as_ref().map(|layout| layout.shown.as_slice()).unwrap_or_default()
    }

    fn texts(&self, row: Vec<Held>) -> Vec<String> {
        row.into_iter()
            .zip(&self.precision)
            .map(|(value, precision)| match value {
                Held::Text(text) => text,
                Held::Clock(clock) => clock_text(&clock, *precision),
            })
            .collect()
    }

    fn line(&self, row: &[String]) -> String {
        let mut line = String::new();
        for (position, &(i, width)) in self.shown().iter().enumerate() {
            if position > 0 {
                line.push_str(&" ".repeat(GAP));
            }
            let data_type = self.schema.field(i).data_type();
            let text = if is_rigid(data_type) { row[i].clone() } else { cut(&row[i], width) };
            let padding = " ".repeat(width.saturating_sub(text_width(&text)));
            if is_number(data_type) {
                line.push_str(&padding);
                line.push_str(&text);
            } else {
                line.push_str(&text);
                line.push_str(&padding);
            }
        }
        line.truncate(line.trim_end().len());
        line
    }
}

impl RowWriter for Table<'_> {
    fn batch(&mut self, batch: &RecordBatch) -> io::Result<()> {
        self.rows += batch.num_rows() as u64;
        let columns = columns(batch.columns());
        for row in 0..batch.num_rows() {
            let held: Vec<Held> = columns.iter().map(|column| self.hold(&column.cell(row))).collect();
            if self.layout.is_some() {
                let line = self.line(&self.texts(held));
                writeln!(self.out, "{line}")?;
            } else {
                self.held.push(held);
                if self.held.len() == SAMPLE {
                    self.start()?;
                }
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> io::Result<Summary> {
        self.start()?;
        self.out.flush()?;
        let layout = self.layout.take().unwrap_or_default();
        let names = |columns: &[usize]| columns.iter().map(|&i| self.schema.field(i).name().clone()).collect();
        Ok(Summary { rows: self.rows, zoned: self.zoned, empty: names(&layout.empty), narrow: names(&layout.narrow) })
    }
}

fn is_rigid(data_type: &DataType) -> bool {
    is_number(data_type) || matches!(data_type, DataType::Timestamp(..) | DataType::Date32 | DataType::Date64 | DataType::Boolean)
}

/// Floats with at most three places: a mean of seconds is read, not computed with.
fn float(value: f64) -> String {
    let text = format!("{value:.3}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

fn needed(clock: &DateTime) -> Precision {
    match clock.time() {
        t if t == Time::midnight() => Precision::Day,
        t if t.second() == 0 && t.subsec_nanosecond() == 0 => Precision::Minute,
        _ => Precision::Second,
    }
}

fn clock_text(clock: &DateTime, precision: Precision) -> String {
    // A row after the first thousands may need more than they did.
    let format = match precision.max(needed(clock)) {
        Precision::Day => "%Y-%m-%d",
        Precision::Minute => "%Y-%m-%d %H:%M",
        Precision::Second => "%Y-%m-%d %H:%M:%S",
    };
    clock.strftime(format).to_string()
}
