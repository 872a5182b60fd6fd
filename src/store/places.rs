//! Finding rows of a stored table by their keys, and reading just those.

use std::collections::HashSet;
use std::fs::File;
use std::path::Path;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::compute::{cast, concat_batches};
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::arrow::error::ArrowError;
use datafusion::common::hash_utils::{RandomState, create_hashes};
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelection, RowSelector,
};

use super::error::{damaged, unreadable};
use super::manifest::{FileState, TableState, Value};
use super::scan::selection;
use super::{columns, vectors, verify};
use crate::error::Error;

/// Keys up to this number are looked for with Bloom filters: of more, some seem to be in every row group.
const FEW: usize = 100;

/// Where a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// The hash of its key.
    pub(crate) hash: u64,
    /// Which of the table's files.
    pub(crate) file: usize,
    /// Which row of the file.
    pub(crate) row: u64,
}

/// Keys that are looked for.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    hashes: HashSet<u64, RandomState>,
    /// The keys themselves, as long as they are texts and few.
    texts: Option<Vec<String>>,
    /// The least and greatest of keys that are numbers.
    numbers: Option<(i64, i64)>,
}

impl Wanted {
    /// None so far.
    pub(crate) fn new() -> Self {
        Self { hashes: HashSet::default(), texts: Some(Vec::new()), numbers: None }
    }

    /// Adds the keys of rows; those that were there already go to `again`.
    pub(crate) fn add(&mut self, batch: &RecordBatch, key: &[&str], again: &mut HashSet<u64>) -> Result<(), ArrowError> {
        for hash in hashes(batch, key)? {
            if !self.hashes.insert(hash) {
                again.insert(hash);
            }
        }
        let only = match key {
            [only] => batch.column_by_name(only),
            _ => None,
        };
        let Some(column) = only else {
            self.texts = None;
            return Ok(());
        };
        if column.data_type() == &DataType::Int64 {
            self.texts = None;
            for number in column.as_primitive::<datafusion::arrow::datatypes::Int64Type>().iter().flatten() {
                let (least, greatest) = self.numbers.unwrap_or((number, number));
                self.numbers = Some((least.min(number), greatest.max(number)));
            }
        } else if let Some(texts) = &mut self.texts {
            let values = cast(column, &DataType::Utf8View)?;
            texts.extend(values.as_string_view().iter().flatten().map(str::to_owned));
            if texts.len() > FEW {
                self.texts = None;
            }
        }
        Ok(())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }
}

/// A hash of each row's key, the same in every run.
pub(crate) fn hashes(batch: &RecordBatch, key: &[&str]) -> Result<Vec<u64>, ArrowError> {
    // The hash of a text must not depend on how it is encoded.
    let plain = |column: &ArrayRef| match column.data_type() {
        DataType::Dictionary(..) | DataType::Utf8 | DataType::LargeUtf8 => cast(column, &DataType::Utf8View),
        _ => Ok(column.clone()),
    };
    let columns = key.iter().filter_map(|name| batch.column_by_name(name)).map(plain).collect::<Result<Vec<_>, _>>()?;
    let mut hashes = vec![0; batch.num_rows()];
    create_hashes(&columns, &RandomState::with_seed(0x6a71_6c78), &mut hashes)?;
    Ok(hashes)
}

/// The places of rows that count and whose keys are wanted, in the order of files and rows.
pub(crate) fn find(root: &Path, table: &str, state: &TableState, key: &[&str], wanted: &Wanted) -> Result<Vec<Place>, Error> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let folder = root.join(table);
    let in_range = |file: &FileState| match (key, wanted.numbers) {
        ([only], Some((least, greatest))) => match file.ranges.get(*only) {
            Some((Value::Int(min), Value::Int(max))) => *min <= greatest && *max >= least,
            _ => true,
        },
        _ => true,
    };
    let files: Vec<usize> = (0..state.files.len()).filter(|at| state.files.get(*at).is_some_and(in_range)).collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(files.len().max(1));
    let found: Vec<Result<Vec<Place>, Error>> = std::thread::scope(|scope| {
        let work = |part: usize| {
            let files = &files;
            let folder = &folder;
            move || -> Result<Vec<Place>, Error> {
                let mut places = Vec::new();
                for at in files.iter().skip(part).step_by(threads) {
                    if let Some(file) = state.files.get(*at) {
                        in_file(folder, *at, file, key, wanted, &mut places)?;
                    }
                }
                Ok(places)
            }
        };
        let running: Vec<_> = (0..threads).map(|part| scope.spawn(work(part))).collect();
        running.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    });
    let mut places = Vec::new();
    for part in found {
        places.extend(part?);
    }
    places.sort_unstable_by_key(|place| (place.file, place.row));
    Ok(places)
}

fn in_file(
    folder: &Path,
    at: usize,
    file: &FileState,
    key: &[&str],
    wanted: &Wanted,
    places: &mut Vec<Place>,
) -> Result<(), Error> {
    let path = folder.join(&file.name);
    let broken = |error: &dyn std::fmt::Display| damaged(&path, &error.to_string());
    let opened = File::open(&path).map_err(|error| unreadable(&path, &error))?;
    // The footer is read once for all row groups.
    let metadata = ArrowReaderMetadata::load(&opened, ArrowReaderOptions::new()).map_err(|error| broken(&error))?;
    let reader_of = || -> Result<_, Error> {
        let file = opened.try_clone().map_err(|error| unreadable(&path, &error))?;
        Ok(ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata.clone()))
    };
    let mut groups: Vec<usize> = (0..metadata.metadata().num_row_groups()).collect();
    if let (Some(texts), [only]) = (&wanted.texts, key) {
        let builder = reader_of()?;
        let mut held = Vec::new();
        for group in groups {
            if may_hold(&builder, group, only, texts).map_err(|error| broken(&error))? {
                held.push(group);
            }
        }
        groups = held;
    }
    if groups.is_empty() {
        return Ok(());
    }
    let starts: Vec<u64> = file.groups.iter().scan(0, |sum, rows| Some(std::mem::replace(sum, *sum + rows))).collect();
    let gone = file.gone.as_ref().map(|gone| vectors::read(folder, gone)).transpose()?;
    let mask = ProjectionMask::columns(metadata.parquet_schema(), key.iter().copied());
    for group in groups {
        let reader = reader_of()?.with_projection(mask.clone()).with_row_groups(vec![group]).build();
        let mut row = starts.get(group).copied().unwrap_or_default();
        for batch in reader.map_err(|error| broken(&error))? {
            let batch = batch.map_err(|error| broken(&error))?;
            for hash in hashes(&batch, key).map_err(|error| broken(&error))? {
                if wanted.hashes.contains(&hash) && gone.as_ref().is_none_or(|gone| !gone.contains(row)) {
                    places.push(Place { hash, file: at, row });
                }
                row += 1;
            }
        }
    }
    Ok(())
}

fn may_hold(
    builder: &ParquetRecordBatchReaderBuilder<File>,
    group: usize,
    key: &str,
    texts: &[String],
) -> Result<bool, datafusion::parquet::errors::ParquetError> {
    let column = builder.parquet_schema().columns().iter().position(|column| column.name() == key);
    let Some(column) = column else { return Ok(true) };
    match builder.get_row_group_column_bloom_filter(group, column)? {
        Some(filter) => Ok(texts.iter().any(|text| filter.check(text.as_str()))),
        None => Ok(true),
    }
}

/// The rows at places, which are in the order of files and rows.
pub(crate) fn rows(
    root: &Path,
    table: &str,
    state: &TableState,
    schema: &SchemaRef,
    places: &[Place],
) -> Result<RecordBatch, Error> {
    let folder = root.join(table);
    let mut batches = Vec::new();
    for of_file in places.chunk_by(|a, b| a.file == b.file) {
        let Some(file) = of_file.first().and_then(|place| state.files.get(place.file)) else { continue };
        let path = folder.join(&file.name);
        let broken = |error: &dyn std::fmt::Display| damaged(&path, &error.to_string());
        let (mut selectors, mut next) = (Vec::new(), 0);
        for place in of_file {
            let skipped = place.row.saturating_sub(next);
            selectors.push(RowSelector::skip(usize::try_from(skipped).unwrap_or(usize::MAX)));
            selectors.push(RowSelector::select(1));
            next = place.row + 1;
        }
        let reader = open(&path)?.with_row_selection(RowSelection::from(selectors)).build();
        for batch in reader.map_err(|error| broken(&error))? {
            let batch = batch.map_err(|error| broken(&error))?;
            batches.push(columns::fitted(&batch, schema).map_err(|error| broken(&error))?);
        }
    }
    concat_batches(schema, &batches).map_err(|error| damaged(&folder, &error.to_string()))
}

/// All rows of a table that count. For tables that are small.
pub(crate) fn all(root: &Path, table: &str, state: &TableState, schema: &SchemaRef) -> Result<RecordBatch, Error> {
    let folder = root.join(table);
    let mut batches = Vec::new();
    for file in &state.files {
        let path = folder.join(&file.name);
        let broken = |error: &dyn std::fmt::Display| damaged(&path, &error.to_string());
        verify::check(&folder, file)?;
        let mut builder = open(&path)?;
        if let Some(gone) = &file.gone {
            builder = builder.with_row_selection(selection(&vectors::read(&folder, gone)?, file.written_rows()));
        }
        for batch in builder.build().map_err(|error| broken(&error))? {
            let batch = batch.map_err(|error| broken(&error))?;
            batches.push(columns::fitted(&batch, schema).map_err(|error| broken(&error))?);
        }
    }
    concat_batches(schema, &batches).map_err(|error| damaged(&folder, &error.to_string()))
}

fn open(path: &Path) -> Result<ParquetRecordBatchReaderBuilder<File>, Error> {
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| damaged(path, &error.to_string()))
}
