//! Rows that have the same key.

use std::collections::{HashMap, HashSet};

use datafusion::arrow::array::{BooleanArray, RecordBatch, UInt32Array};
use datafusion::arrow::compute::{concat_batches, filter_record_batch, take_record_batch};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::row::{RowConverter, Rows, SortField};

/// The keys of rows, to be compared with those of rows of the same types.
pub(super) struct Keys(Rows);

impl Keys {
    pub(super) fn of(batch: &RecordBatch, key: &[&str]) -> Result<Self, ArrowError> {
        let columns: Vec<_> = key.iter().filter_map(|name| batch.column_by_name(name).cloned()).collect();
        let fields = columns.iter().map(|column| SortField::new(column.data_type().clone())).collect();
        Ok(Self(RowConverter::new(fields)?.convert_columns(&columns)?))
    }

    pub(super) fn at(&self, row: usize) -> Vec<u8> {
        self.0.row(row).data().to_vec()
    }
}

/// Rows of two batches that have the same key.
pub(super) struct Pairs {
    pub(super) there: Vec<u32>,
    pub(super) comes: Vec<u32>,
    /// Rows of what comes that have no partner.
    pub(super) alone: Vec<u32>,
}

/// Pairs the rows of two batches; in each, a key comes once.
pub(super) fn pairs(there: &RecordBatch, comes: &RecordBatch, key: &[&str]) -> Result<Pairs, ArrowError> {
    let keys = Keys::of(there, key)?;
    let places: HashMap<Vec<u8>, usize> = (0..there.num_rows()).map(|row| (keys.at(row), row)).collect();
    let keys = Keys::of(comes, key)?;
    let mut pairs = Pairs { there: Vec::new(), comes: Vec::new(), alone: Vec::new() };
    for row in 0..comes.num_rows() {
        match places.get(&keys.at(row)) {
            Some(place) => {
                pairs.there.push(*place as u32);
                pairs.comes.push(row as u32);
            }
            None => pairs.alone.push(row as u32),
        }
    }
    Ok(pairs)
}

/// The rows in rounds, each of which holds a key once: the first holds the first rows of all keys.
pub(super) fn rounds(rows: &RecordBatch, key: &[&str]) -> Result<Vec<RecordBatch>, ArrowError> {
    let keys = Keys::of(rows, key)?;
    let mut times: HashMap<Vec<u8>, usize> = HashMap::new();
    let mut rounds: Vec<Vec<u32>> = Vec::new();
    for row in 0..rows.num_rows() {
        let round = times.entry(keys.at(row)).or_default();
        if rounds.len() <= *round {
            rounds.push(Vec::new());
        }
        if let Some(round) = rounds.get_mut(*round) {
            round.push(row as u32);
        }
        *round += 1;
    }
    rounds.iter().map(|round| taken(rows, round)).collect()
}

/// Some of the rows.
pub(super) fn taken(rows: &RecordBatch, which: &[u32]) -> Result<RecordBatch, ArrowError> {
    take_record_batch(rows, &UInt32Array::from(which.to_vec()))
}

/// The rows with `by` in the place of some of them.
pub(super) fn replaced(rows: &RecordBatch, which: &[u32], by: RecordBatch) -> Result<RecordBatch, ArrowError> {
    let which: HashSet<u32> = which.iter().copied().collect();
    let rest: BooleanArray = (0..rows.num_rows()).map(|row| Some(!which.contains(&(row as u32)))).collect();
    concat_batches(rows.schema_ref(), &[filter_record_batch(rows, &rest)?, by])
}
