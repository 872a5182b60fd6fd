//! Writing the interchange layout, all or nothing.
//!
//! A dataset is written into a folder beside its destination and renamed into place at the end.
//! Whatever goes wrong before, the destination is as it was.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::{Array, RecordBatch, UInt32Array};
use datafusion::arrow::compute::{self, SortColumn};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::error::ArrowError;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::errors::ParquetError;
use datafusion::parquet::file::metadata::SortingColumn;
use datafusion::parquet::file::properties::{EnabledStatistics, WriterProperties};

use super::rows::Tables;
use super::schema;
use super::staging::Staging;
use crate::diagnostic::codes;
use crate::diagnostic::{Code, Diagnostic};

/// Rows of a row group: small enough that its statistics prune a period of a large table.
const ROW_GROUP: usize = 100_000;
/// Rows after which a folder's table goes on in another file, so that files can be read in parallel.
const FILE_ROWS: usize = 4_000_000;

/// Why a dataset could not be written. The destination is as it was.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct WriteError {
    /// Its code.
    pub code: Code,
    /// The file or folder at fault.
    pub path: PathBuf,
    /// One sentence with the path and the reason.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl WriteError {
    /// The operating system refused to `what` at `path`.
    pub(crate) fn io(what: &str, path: &Path, error: &std::io::Error) -> Self {
        let message = format!("cannot {what} {}: {error}", path.display());
        let help = match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                Some("free some space, or write to another disk; what was there before is intact".into())
            }
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                Some("choose a folder that you may write to".into())
            }
            _ => None,
        };
        Self { code: codes::WRITE_FAILED, path: path.to_owned(), message, help }
    }

    pub(super) fn refused(code: Code, path: &Path, message: String, help: &str) -> Self {
        Self { code, path: path.to_owned(), message, help: Some(help.into()) }
    }

    fn parquet(path: &Path, error: ParquetError) -> Self {
        if let ParquetError::External(cause) = &error
            && let Some(cause) = cause.downcast_ref::<std::io::Error>()
        {
            return Self::io("write", path, cause);
        }
        let message = format!("cannot write {}: {error}", path.display());
        Self { code: codes::WRITE_FAILED, path: path.to_owned(), message, help: None }
    }

    pub(crate) fn arrow(path: &Path, error: ArrowError) -> Self {
        let message = format!("cannot write {}: {error}", path.display());
        Self { code: codes::WRITE_FAILED, path: path.to_owned(), message, help: None }
    }

    /// The error as a diagnostic.
    pub fn diagnostic(&self) -> Diagnostic {
        Diagnostic::error(self.code, self.message.clone()).maybe_help(self.help.clone())
    }
}

/// Writes all tables into `folder`, which must not exist, be empty or, with `replace`, be a dataset.
pub fn write_tables(folder: &Path, tables: &Tables, replace: bool) -> Result<(), WriteError> {
    let mut writer = DatasetWriter::create(folder, replace)?;
    let batches = tables.batches().map_err(|e| WriteError::arrow(folder, e))?;
    for (table, batch) in &batches {
        writer.write(table, batch)?;
    }
    writer.finish()
}

/// A dataset being written, a batch at a time.
///
/// `events` come out sorted by time and `issues` by id within each file: batches in that order are
/// written as they come, one out of order is sorted and begins another file.
pub struct DatasetWriter {
    staging: Staging,
    tables: BTreeMap<String, TableWriter>,
}

impl DatasetWriter {
    /// Begins a dataset at `folder`, which must not exist, be empty or, with `replace`, be a dataset.
    pub fn create(folder: &Path, replace: bool) -> Result<Self, WriteError> {
        Ok(Self { staging: Staging::begin(folder, replace)?, tables: BTreeMap::new() })
    }

    /// The folder that is being written, which vanishes if the writing fails.
    pub(crate) fn folder(&self) -> &Path {
        self.staging.folder()
    }

    /// Adds rows to a table. All batches of one table have one schema.
    pub fn write(&mut self, table: &str, batch: &RecordBatch) -> Result<(), WriteError> {
        if !self.tables.contains_key(table) {
            let writer = TableWriter::new(self.staging.folder(), table)?;
            self.tables.insert(table.to_owned(), writer);
        }
        match self.tables.get_mut(table) {
            Some(writer) => writer.write(batch),
            None => Ok(()),
        }
    }

    /// Puts everything into place.
    pub fn finish(mut self) -> Result<(), WriteError> {
        for writer in self.tables.values_mut() {
            writer.close()?;
        }
        self.staging.commit()
    }
}

struct TableWriter {
    folder: PathBuf,
    name: String,
    /// Files so far; none for a table of one file.
    parts: Option<usize>,
    /// Columns that every file is sorted by.
    order: &'static [&'static str],
    open: Option<OpenFile>,
}

struct OpenFile {
    writer: ArrowWriter<File>,
    path: PathBuf,
    rows: usize,
    /// The last row written, if the table is sorted.
    last: Option<RecordBatch>,
}

impl TableWriter {
    fn new(root: &Path, table: &str) -> Result<Self, WriteError> {
        let is_folder = schema::table(table).is_none_or(|t| t.folder);
        let folder = if is_folder { root.join(table) } else { root.to_owned() };
        fs::create_dir_all(&folder).map_err(|e| WriteError::io("create", &folder, &e))?;
        let order: &[&str] = match table {
            "events" => &["time", "event_id"],
            "issues" => &["id"],
            _ => &[],
        };
        Ok(Self { folder, name: table.to_owned(), parts: is_folder.then_some(0), order, open: None })
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<(), WriteError> {
        let sorted;
        let mut batch = batch;
        if !self.order.is_empty() && batch.num_rows() > 0 {
            let arrow = |e| WriteError::arrow(&self.folder, e);
            if !is_sorted(batch, self.order).map_err(arrow)? {
                sorted = sort(batch, self.order).map_err(arrow)?;
                batch = &sorted;
            }
            let follows = match self.open.as_ref().and_then(|o| o.last.as_ref()) {
                Some(last) => follows(last, batch, self.order).map_err(arrow)?,
                None => true,
            };
            if !follows {
                self.close()?;
            }
        }
        if self.parts.is_some() && self.open.as_ref().is_some_and(|o| o.rows >= FILE_ROWS) {
            self.close()?;
        }
        let order = self.order;
        let file = self.file(batch.schema())?;
        file.writer.write(batch).map_err(|e| WriteError::parquet(&file.path, e))?;
        file.rows += batch.num_rows();
        if !order.is_empty() && batch.num_rows() > 0 {
            let index = UInt32Array::from(vec![batch.num_rows() as u32 - 1]);
            let last = compute::take_record_batch(batch, &index);
            file.last = Some(last.map_err(|e| WriteError::arrow(&file.path, e))?);
        }
        Ok(())
    }

    fn file(&mut self, schema: SchemaRef) -> Result<&mut OpenFile, WriteError> {
        let open = match self.open.take() {
            Some(open) => open,
            None => {
                let name = match &mut self.parts {
                    Some(part) => {
                        *part += 1;
                        format!("{}-{:05}.parquet", self.name, *part - 1)
                    }
                    None => format!("{}.parquet", self.name),
                };
                let path = self.folder.join(name);
                let file = File::create(&path).map_err(|e| WriteError::io("create", &path, &e))?;
                let properties = properties(&schema, self.order);
                let writer = ArrowWriter::try_new(file, schema, Some(properties));
                let writer = writer.map_err(|e| WriteError::parquet(&path, e))?;
                OpenFile { writer, path, rows: 0, last: None }
            }
        };
        Ok(self.open.insert(open))
    }

    fn close(&mut self) -> Result<(), WriteError> {
        let Some(mut open) = self.open.take() else {
            return Ok(());
        };
        open.writer.finish().map_err(|e| WriteError::parquet(&open.path, e))?;
        // A rename is durable before the data that it names unless the data is forced out first.
        let synced = open.writer.inner().sync_all();
        synced.map_err(|e| WriteError::io("write", &open.path, &e))
    }
}

fn properties(schema: &SchemaRef, order: &[&str]) -> WriterProperties {
    let sorting: Vec<SortingColumn> = order
        .iter()
        .filter_map(|name| leaf_index(schema, name))
        .map(|column_idx| SortingColumn { column_idx, descending: false, nulls_first: true })
        .collect();
    WriterProperties::builder()
        .set_created_by(concat!("jqlx ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(ROW_GROUP))
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_sorting_columns((!sorting.is_empty()).then_some(sorting))
        .build()
}

/// Parquet counts leaves, of which every column of ours has one.
fn leaf_index(schema: &SchemaRef, name: &str) -> Option<i32> {
    schema.index_of(name).ok().and_then(|i| i32::try_from(i).ok())
}

fn sort_columns(batch: &RecordBatch, order: &[&str]) -> Result<Vec<SortColumn>, ArrowError> {
    order
        .iter()
        .map(|name| {
            let index = batch.schema().index_of(name)?;
            Ok(SortColumn { values: Arc::clone(batch.column(index)), options: None })
        })
        .collect()
}

fn sort(batch: &RecordBatch, order: &[&str]) -> Result<RecordBatch, ArrowError> {
    let indices = compute::lexsort_to_indices(&sort_columns(batch, order)?, None)?;
    compute::take_record_batch(batch, &indices)
}

fn is_sorted(batch: &RecordBatch, order: &[&str]) -> Result<bool, ArrowError> {
    let columns = sort_columns(batch, order)?;
    let comparator = compute::LexicographicalComparator::try_new(&columns)?;
    Ok((1..batch.num_rows()).all(|i| comparator.compare(i - 1, i).is_le()))
}

fn follows(last: &RecordBatch, batch: &RecordBatch, order: &[&str]) -> Result<bool, ArrowError> {
    let first = batch.slice(0, 1);
    let mut columns = Vec::new();
    for name in order {
        let (before, after) = (last.column_by_name(name), first.column_by_name(name));
        let (Some(before), Some(after)) = (before, after) else {
            return Ok(true);
        };
        let values = compute::concat(&[before as &dyn Array, after])?;
        columns.push(SortColumn { values, options: None });
    }
    Ok(compute::LexicographicalComparator::try_new(&columns)?.compare(0, 1).is_le())
}
