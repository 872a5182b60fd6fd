//! The engine's batches as the oracle's cells.

use datafusion::arrow::array::Array;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::ScalarValue;
use jiff::civil::{Date, date};
use jiff::{ToSpan, Unit};

use super::Cell;

/// The rows of an answer. Empty lists and null lists are alike.
pub fn cells(batches: &[RecordBatch]) -> Vec<Vec<Cell>> {
    let mut out = Vec::new();
    for batch in batches {
        for row in 0..batch.num_rows() {
            let cell = |column: &datafusion::arrow::array::ArrayRef| {
                cell(&ScalarValue::try_from_array(column, row).expect("a value of the answer"))
            };
            out.push(batch.columns().iter().map(cell).collect());
        }
    }
    out
}

fn cell(scalar: &ScalarValue) -> Cell {
    match scalar {
        ScalarValue::List(list) if list.is_null(0) => Cell::List(Vec::new()),
        ScalarValue::List(list) => {
            let values = list.value(0);
            let text = |at| match cell(&ScalarValue::try_from_array(&values, at).expect("a member of a list")) {
                Cell::Text(text) => text,
                other => panic!("{other:?} in a list of texts"),
            };
            Cell::List((0..values.len()).map(text).collect())
        }
        ScalarValue::Dictionary(_, inner) => cell(inner),
        _ if scalar.is_null() => Cell::Null,
        ScalarValue::Utf8(Some(t)) | ScalarValue::Utf8View(Some(t)) => Cell::Text(t.clone()),
        ScalarValue::Int64(Some(n)) => Cell::Int(*n),
        ScalarValue::Float64(Some(n)) => Cell::Float(*n),
        ScalarValue::Boolean(Some(b)) => Cell::Bool(*b),
        ScalarValue::TimestampMicrosecond(Some(t), _) => Cell::Time(*t),
        ScalarValue::Date32(Some(day)) => Cell::Date(*day),
        other => panic!("{other:?} is no value that an answer may hold"),
    }
}

/// A number of days since 1970-01-01 as a date.
pub fn civil(days: i32) -> Date {
    date(1970, 1, 1) + i64::from(days).days()
}

/// The days since 1970-01-01.
pub fn days(day: Date) -> i32 {
    day.since((Unit::Day, date(1970, 1, 1))).expect("dates of tests are in range").get_days()
}

/// The day as history writes it.
pub fn day(days: i32) -> String {
    civil(days).to_string()
}
