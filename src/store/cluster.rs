//! Rows that wait to be written, by what they are about: so that a file holds few kinds of rows, and a question reads few files.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch, RecordBatchOptions, UInt32Array};
use datafusion::arrow::compute::{cast, concat_batches, take_record_batch};
use datafusion::arrow::datatypes::{DataType, Int32Type, SchemaRef};
use datafusion::arrow::error::ArrowError;

/// Rows that are parted at once: of fewer, the parts would be small.
const STAGED: usize = 1 << 16;

/// Rows and bytes that wait in memory for others of their kind.
const WAITING: (usize, usize) = (2_000_000, 256 << 20);

/// What all rows of a cluster have in common.
type Name = Vec<Option<String>>;

/// Rows by the values of some columns.
pub(super) struct Clusters {
    schema: SchemaRef,
    by: &'static [&'static str],
    staged: Vec<RecordBatch>,
    staged_rows: usize,
    parted: BTreeMap<Name, Part>,
}

#[derive(Default)]
struct Part {
    batches: Vec<RecordBatch>,
    rows: usize,
    bytes: usize,
}

impl Part {
    fn join(&mut self, other: Self) {
        self.rows += other.rows;
        self.bytes += other.bytes;
        self.batches.extend(other.batches);
    }
}

impl Clusters {
    pub(super) fn new(schema: SchemaRef, by: &'static [&'static str]) -> Self {
        Self { schema, by, staged: Vec::new(), staged_rows: 0, parted: BTreeMap::new() }
    }

    /// Whether so many rows wait that some should be written.
    pub(super) fn is_full(&self) -> bool {
        let (rows, bytes) = self.parted.values().fold((0, 0), |(rows, bytes), part| (rows + part.rows, bytes + part.bytes));
        rows > WAITING.0 || bytes > WAITING.1
    }

    pub(super) fn add(&mut self, batch: &RecordBatch) -> Result<(), ArrowError> {
        self.staged_rows += batch.num_rows();
        self.staged.push(batch.clone());
        if self.staged_rows >= STAGED { self.part() } else { Ok(()) }
    }

    /// Brings the staged rows to their clusters.
    fn part(&mut self) -> Result<(), ArrowError> {
        if self.staged.is_empty() {
            return Ok(());
        }
        let batch = concat_batches(&self.schema, &self.staged)?;
        self.staged.clear();
        self.staged_rows = 0;
        for (name, rows) in names(&batch, self.by)? {
            let rows = match rows.len() == batch.num_rows() {
                true => batch.clone(),
                false => take_record_batch(&batch, &UInt32Array::from(rows))?,
            };
            let rows = compact(&rows)?;
            let part = Part { rows: rows.num_rows(), bytes: bytes(&rows), batches: vec![rows] };
            self.parted.entry(name).or_default().join(part);
        }
        Ok(())
    }

    /// The rows of the largest cluster, which wait no longer.
    pub(super) fn largest(&mut self) -> Result<Option<RecordBatch>, ArrowError> {
        self.part()?;
        let largest = self.parted.iter().max_by_key(|(_, part)| part.bytes).map(|(name, _)| name.clone());
        let Some(part) = largest.and_then(|name| self.parted.remove(&name)) else { return Ok(None) };
        concat_batches(&self.schema, &part.batches).map(Some)
    }

    /// All rows that wait: clusters after each other, several together while they are small.
    pub(super) fn rest(&mut self) -> Result<Vec<RecordBatch>, ArrowError> {
        self.part()?;
        let mut files: Vec<Part> = Vec::new();
        for part in std::mem::take(&mut self.parted).into_values() {
            match files.last_mut().filter(|last| last.rows + part.rows <= WAITING.0) {
                Some(last) => last.join(part),
                None => files.push(part),
            }
        }
        files.iter().map(|part| concat_batches(&self.schema, &part.batches)).collect()
    }
}

/// The rows of each cluster, in their order.
pub(super) fn names(batch: &RecordBatch, by: &[&str]) -> Result<Vec<(Name, Vec<u32>)>, ArrowError> {
    let category = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let columns = by.iter().filter_map(|name| batch.column_by_name(name)).map(|column| cast(column, &category));
    let columns = columns.collect::<Result<Vec<ArrayRef>, _>>()?;
    let columns: Vec<_> = columns.iter().filter_map(|column| column.as_dictionary_opt::<Int32Type>()).collect();
    let code = |row: usize| -> Vec<Option<i32>> {
        columns.iter().map(|column| column.is_valid(row).then(|| column.keys().value(row))).collect()
    };
    // The same name may have several codes.
    let mut by_code: HashMap<Vec<Option<i32>>, usize> = HashMap::new();
    let mut by_name: HashMap<Name, usize> = HashMap::new();
    let mut clusters: Vec<(Name, Vec<u32>)> = Vec::new();
    for row in 0..batch.num_rows() {
        let code = code(row);
        let at = match by_code.get(&code) {
            Some(at) => *at,
            None => {
                let text = |(column, code): (&&datafusion::arrow::array::DictionaryArray<Int32Type>, &Option<i32>)| {
                    let values = column.values().as_string::<i32>();
                    code.and_then(|code| usize::try_from(code).ok())
                        .filter(|code| *code < values.len())
                        .map(|code| values.value(code).to_owned())
                };
                let name: Name = columns.iter().zip(&code).map(text).collect();
                let at = *by_name.entry(name.clone()).or_insert_with(|| {
                    clusters.push((name, Vec::new()));
                    clusters.len() - 1
                });
                by_code.insert(code, at);
                at
            }
        };
        if let (Some((_, rows)), Ok(row)) = (clusters.get_mut(at), u32::try_from(row)) {
            rows.push(row);
        }
    }
    Ok(clusters)
}

/// Rows that hold on to no text but their own.
fn compact(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let columns = batch.columns().iter().map(|column| match column.as_string_view_opt() {
        Some(texts) if !texts.data_buffers().is_empty() => Arc::new(texts.gc()) as ArrayRef,
        _ => column.clone(),
    });
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(batch.schema(), columns.collect(), &options)
}

/// What the rows themselves take; dictionaries are shared.
fn bytes(batch: &RecordBatch) -> usize {
    let of = |column: &ArrayRef| match column.data_type() {
        DataType::Dictionary(..) => column.len() * 4,
        DataType::List(_) => column.to_data().get_slice_memory_size().unwrap_or_default(),
        _ => column.get_buffer_memory_size(),
    };
    batch.columns().iter().map(of).sum()
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{DictionaryArray, StringViewArray};

    use super::*;

    fn batch(kinds: &[Option<&str>], texts: &[&str]) -> Result<RecordBatch, ArrowError> {
        let kinds: ArrayRef = Arc::new(kinds.iter().copied().collect::<DictionaryArray<Int32Type>>());
        let texts: ArrayRef = Arc::new(StringViewArray::from_iter_values(texts));
        RecordBatch::try_from_iter_with_nullable([("kind", kinds, true), ("text", texts, true)])
    }

    fn texts(batch: &RecordBatch) -> Vec<String> {
        batch.column(1).as_string_view().iter().flatten().map(str::to_owned).collect()
    }

    #[test]
    fn the_largest_cluster_goes_first_and_the_rest_stays_together() -> Result<(), ArrowError> {
        let first = batch(&[Some("b"), Some("a"), None], &["1", "2", "3"])?;
        let second = batch(&[Some("a"), Some("b"), Some("b")], &["4", "5", "6"])?;
        let mut clusters = Clusters::new(first.schema(), &["kind"]);
        clusters.add(&first)?;
        clusters.add(&second)?;
        assert!(!clusters.is_full());
        assert_eq!(clusters.largest()?.as_ref().map(texts), Some(vec!["1".to_owned(), "5".into(), "6".into()]));
        let rest = clusters.rest()?;
        assert_eq!(rest.iter().map(texts).collect::<Vec<_>>(), [["3", "2", "4"]]);
        Ok(())
    }
}
