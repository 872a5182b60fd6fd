//! The order of a table's rows in a file.

use std::cmp::Ordering;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringViewArray, UInt32Array};
use datafusion::arrow::compute::{cast, take_record_batch};
use datafusion::arrow::datatypes::{DataType, Int32Type, Int64Type};
use datafusion::arrow::error::ArrowError;

/// A column that rows are compared by; null is before everything.
enum Key {
    /// Numbers in whose order the values are.
    Numbers(Vec<Option<i64>>),
    Texts(StringViewArray),
}

impl Key {
    fn of(column: &ArrayRef) -> Result<Self, ArrowError> {
        if let Some(dictionary) = column.as_dictionary_opt::<Int32Type>() {
            let ranks = ranks(dictionary.values())?;
            let rank = |key: Option<i32>| key.and_then(|key| ranks.get(usize::try_from(key).ok()?).copied().flatten());
            return Ok(Self::Numbers(dictionary.keys().iter().map(rank).collect()));
        }
        match column.data_type() {
            DataType::Int64 | DataType::Timestamp(..) | DataType::Date32 | DataType::Boolean => {
                let numbers = cast(column, &DataType::Int64)?;
                Ok(Self::Numbers(numbers.as_primitive::<Int64Type>().iter().collect()))
            }
            _ => Ok(Self::Texts(cast(column, &DataType::Utf8View)?.as_string_view().clone())),
        }
    }

    fn compare(&self, a: usize, b: usize) -> Ordering {
        match self {
            Self::Numbers(numbers) => numbers[a].cmp(&numbers[b]),
            Self::Texts(texts) => {
                let at = |row| texts.is_valid(row).then(|| texts.value(row));
                at(a).cmp(&at(b))
            }
        }
    }
}

/// The place of each text among all of them; equal ones have the same.
fn ranks(values: &ArrayRef) -> Result<Vec<Option<i64>>, ArrowError> {
    let texts = cast(values, &DataType::Utf8View)?;
    let texts = texts.as_string_view();
    let mut order: Vec<usize> = (0..texts.len()).filter(|at| texts.is_valid(*at)).collect();
    order.sort_unstable_by(|a, b| texts.value(*a).cmp(texts.value(*b)));
    let mut ranks = vec![None; texts.len()];
    let (mut rank, mut before) = (0, None);
    for at in order {
        let text = texts.value(at);
        if before.is_some_and(|before| before != text) {
            rank += 1;
        }
        before = Some(text);
        if let Some(place) = ranks.get_mut(at) {
            *place = Some(rank);
        }
    }
    Ok(ranks)
}

/// The rows ordered by columns, of which those that are missing do not count.
pub(super) fn sorted(batch: RecordBatch, order: &[&str]) -> Result<RecordBatch, ArrowError> {
    let keys = order.iter().filter_map(|name| batch.column_by_name(name)).map(Key::of).collect::<Result<Vec<_>, _>>()?;
    let compare = |a: usize, b: usize| keys.iter().map(|key| key.compare(a, b)).find(|o| o.is_ne()).unwrap_or(Ordering::Equal);
    if (1..batch.num_rows()).all(|row| compare(row - 1, row).is_le()) {
        return Ok(batch);
    }
    let mut rows: Vec<u32> = (0..batch.num_rows()).filter_map(|row| u32::try_from(row).ok()).collect();
    rows.sort_by(|a, b| compare(*a as usize, *b as usize));
    take_record_batch(&batch, &UInt32Array::from(rows))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use datafusion::arrow::array::{DictionaryArray, Int64Array};

    use super::*;

    #[test]
    fn rows_are_ordered_by_values_and_not_by_codes() -> Result<(), ArrowError> {
        let keys = datafusion::arrow::array::Int32Array::from(vec![Some(0), Some(2), None, Some(1), Some(3)]);
        let values: ArrayRef = Arc::new(datafusion::arrow::array::StringArray::from(vec!["b", "a", "c", "a"]));
        let kind: ArrayRef = Arc::new(DictionaryArray::<Int32Type>::try_new(keys, values)?);
        let number: ArrayRef = Arc::new(Int64Array::from(vec![Some(5), Some(4), Some(3), Some(2), None]));
        let batch = RecordBatch::try_from_iter([("kind", kind), ("number", number)])?;
        let found = sorted(batch, &["kind", "missing", "number"])?;
        let numbers: Vec<Option<i64>> = found.column(1).as_primitive::<Int64Type>().iter().collect();
        assert_eq!(numbers, [Some(3), None, Some(2), Some(5), Some(4)]);
        Ok(())
    }
}
