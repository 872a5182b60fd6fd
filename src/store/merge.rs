//! Two rows that tell of the same thing become one.
//!
//! Rows are merged column by column in pairs: the row that is there, and the one that comes. What comes later is taken to know
//! better, unless it says nothing. Of an event, the actor comes from the source that states one, and an exact time is
//! better than an interval; where two sources state times, the change log's counts. The origin is that of the time: so the
//! next source to tell of the event is measured against the one whose time it would replace. Of something that was made, the
//! text that was told first stays: it may have been edited since, and what comes later tells what it became.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::compute::kernels::zip::zip;
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::row::{RowConverter, SortField};

use crate::data::certainty::{self, When};

/// How rows of a table are merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// See the top of this file.
    Event,
    /// The one that was updated later counts as a whole: a value that it lacks was taken away.
    Issue,
    /// What the later one says counts, and what it does not say stays. Of times at which something was last seen the later counts.
    Entry,
}

impl Rule {
    pub(crate) fn of(table: &str) -> Self {
        match table {
            "events" => Self::Event,
            "issues" => Self::Issue,
            _ => Self::Entry,
        }
    }
}

/// The rows of `there` and `comes` merged in pairs; `told` are the columns of which the source of `comes` speaks at all.
pub(crate) fn merged(rule: Rule, there: &RecordBatch, comes: &RecordBatch, told: &[String]) -> Result<RecordBatch, ArrowError> {
    let later = match rule {
        Rule::Issue => not_older(there, comes)?,
        _ => BooleanArray::from(vec![true; comes.num_rows()]),
    };
    let (actor, time) = match rule {
        Rule::Event => (Some(knows_actor_better(there, comes)?), Some(knows_time_better(there, comes)?)),
        _ => (None, None),
    };
    let actions = if rule == Rule::Event { texts(there, "action")? } else { None };
    let mut columns: Vec<ArrayRef> = Vec::with_capacity(there.num_columns());
    for (at, field) in there.schema_ref().fields().iter().enumerate() {
        let (old, new) = (there.column(at), comes.column(at));
        let name = field.name().as_str();
        let takes: BooleanArray = match (name, &actor, &time) {
            ("actor" | "actor_kind" | "actor_basis", Some(better), _) => better.clone(),
            ("time" | "time_after", _, Some(better)) => better.clone(),
            ("origin", _, Some(better)) => better.iter().enumerate().map(|(row, is)| Some(is? && new.is_valid(row))).collect(),
            ("text", ..) if rule == Rule::Event => (0..new.len())
                .map(|row| Some(new.is_valid(row) && (old.is_null(row) || text_at(actions.as_ref(), row) != Some("created"))))
                .collect(),
            _ if !told.iter().any(|column| column == name) => BooleanArray::from(vec![false; new.len()]),
            _ if rule == Rule::Issue => later.clone(),
            // When an account was last seen: an older export has not seen what came after it.
            _ if rule == Rule::Entry && name.starts_with("last_") => {
                (0..new.len()).map(|row| Some(number_at(Some(new), row) > number_at(Some(old), row))).collect()
            }
            _ => (0..new.len()).map(|row| Some(new.is_valid(row))).collect(),
        };
        columns.push(zip(&takes, new, old)?);
    }
    RecordBatch::try_new(Arc::clone(there.schema_ref()), columns)
}

/// Whether the rows of two batches differ, row by row.
pub(crate) fn differ(a: &RecordBatch, b: &RecordBatch) -> Result<Vec<bool>, ArrowError> {
    let fields = a.schema_ref().fields().iter().map(|field| SortField::new(field.data_type().clone())).collect();
    let converter = RowConverter::new(fields)?;
    let (a, b) = (converter.convert_columns(a.columns())?, converter.convert_columns(b.columns())?);
    Ok((0..a.num_rows()).map(|row| a.row(row) != b.row(row)).collect())
}

fn texts(batch: &RecordBatch, column: &str) -> Result<Option<ArrayRef>, ArrowError> {
    batch.column_by_name(column).map(|column| cast(column, &DataType::Utf8View)).transpose()
}

fn number_at(column: Option<&ArrayRef>, row: usize) -> Option<i64> {
    let column = column?.as_primitive_opt::<datafusion::arrow::datatypes::TimestampMicrosecondType>()?;
    column.is_valid(row).then(|| column.value(row))
}

fn text_at(column: Option<&ArrayRef>, row: usize) -> Option<&str> {
    let column = column?.as_string_view_opt()?;
    column.is_valid(row).then(|| column.value(row))
}

/// Whether what comes was updated at the same time or later. An issue without a time of its update is taken to be new.
fn not_older(there: &RecordBatch, comes: &RecordBatch) -> Result<BooleanArray, ArrowError> {
    let (old, new) = (there.column_by_name("updated"), comes.column_by_name("updated"));
    Ok((0..comes.num_rows())
        .map(|row| {
            Some(match (number_at(old, row), number_at(new, row)) {
                (Some(old), Some(new)) => new >= old,
                _ => true,
            })
        })
        .collect())
}

/// Whether what comes knows better who it was.
fn knows_actor_better(there: &RecordBatch, comes: &RecordBatch) -> Result<BooleanArray, ArrowError> {
    let side = |batch| -> Result<_, ArrowError> { Ok((texts(batch, "actor")?, texts(batch, "actor_basis")?)) };
    let (old, new) = (side(there)?, side(comes)?);
    let certainty = |(actor, basis): &(Option<ArrayRef>, Option<ArrayRef>), row: usize| {
        certainty::of_actor(text_at(actor.as_ref(), row), text_at(basis.as_ref(), row))
    };
    Ok((0..comes.num_rows()).map(|row| Some(certainty(&new, row) > 0 && certainty(&new, row) >= certainty(&old, row))).collect())
}

fn when<'a>(batch: &RecordBatch, origins: Option<&'a ArrayRef>, row: usize) -> When<'a> {
    let time = |column: &str| number_at(batch.column_by_name(column), row);
    // An event without a time is of no interval either.
    let after = time("time").and_then(|_| time("time_after"));
    When { time: time("time").unwrap_or_default(), after, origin: text_at(origins, row) }
}

/// Whether what comes knows better when it was.
fn knows_time_better(there: &RecordBatch, comes: &RecordBatch) -> Result<BooleanArray, ArrowError> {
    let origins = (texts(there, "origin")?, texts(comes, "origin")?);
    Ok((0..comes.num_rows())
        .map(|row| {
            let (old, new) = (when(there, origins.0.as_ref(), row), when(comes, origins.1.as_ref(), row));
            let (old_span, new_span) = (old.uncertainty(), new.uncertainty());
            Some(new_span < old_span || (new_span == old_span && !new.is_beaten_by(&old)))
        })
        .collect())
}
