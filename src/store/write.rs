//! Parquet files of a table: sorted, with statistics, checksummed while they are written.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::{SortColumn, SortOptions, lexsort_to_indices, take_record_batch};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::row::{OwnedRow, RowConverter, SortField};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::metadata::{ParquetMetaData, SortingColumn};
use datafusion::parquet::file::properties::{EnabledStatistics, WriterProperties};
use datafusion::parquet::file::statistics::Statistics;
use datafusion::parquet::schema::types::ColumnPath;

use super::error::{failed, unwritable};
use super::layout::{Layout, has_range, layout};
use super::manifest::{ColumnState, FileState, Value};
use super::{columns, journal};
use crate::error::Error;

/// Rows of a row group: small enough that its statistics prune a period of a large table.
const ROW_GROUP: usize = 100_000;
/// Rows after which a table goes on in another file.
pub(super) const FILE_ROWS: usize = 2_000_000;

/// Writes rows of one table into as many files as their order needs.
pub(crate) struct TableWriter {
    folder: PathBuf,
    layout: Option<&'static Layout>,
    columns: Vec<ColumnState>,
    schema: SchemaRef,
    rows: Option<RowConverter>,
    open: Option<Open>,
    done: Vec<FileState>,
}

struct Open {
    writer: ArrowWriter<Checked>,
    path: PathBuf,
    rows: usize,
    last: Option<OwnedRow>,
}

impl TableWriter {
    /// Begins to write rows of `columns` into the table's folder.
    pub(crate) fn new(root: &Path, table: &str, columns: &[ColumnState]) -> Result<Self, Error> {
        let folder = root.join(table);
        fs::create_dir_all(&folder).map_err(|error| unwritable(&folder, &error))?;
        let schema = columns::schema_of(columns);
        let layout = layout(table);
        let mut writer =
            Self { folder, layout, columns: columns.to_vec(), schema: schema.clone(), rows: None, open: None, done: Vec::new() };
        let fields: Option<Vec<SortField>> = writer
            .order()
            .iter()
            .map(|name| {
                let field = schema.field_with_name(name).ok()?;
                Some(SortField::new_with_options(field.data_type().clone(), ASCENDING))
            })
            .collect();
        if let Some(fields) = fields.filter(|fields| !fields.is_empty()) {
            writer.rows = Some(RowConverter::new(fields).map_err(|error| failed(&writer.folder, &error))?);
        }
        Ok(writer)
    }

    fn order(&self) -> &'static [&'static str] {
        self.layout.map_or(&[], |layout| layout.order)
    }

    /// Adds rows with the schema of the columns, in any order: they are sorted among themselves, and begin another file where they
    /// do not follow what came before.
    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        self.add(batch).map_err(|error| match error {
            Failed::Write(error) => error,
            Failed::Arrow(error) => failed(&self.folder, &error),
        })
    }

    fn add(&mut self, batch: &RecordBatch) -> Result<(), Failed> {
        let sorted;
        let mut batch = batch;
        let mut ends = None;
        let order = self.order();
        if let Some(converter) = &self.rows {
            let key = |batch: &RecordBatch| {
                let columns = order.iter().filter_map(|name| batch.column_by_name(name).cloned()).collect::<Vec<_>>();
                converter.convert_columns(&columns)
            };
            let mut keys = key(batch)?;
            if !(1..keys.num_rows()).all(|at| keys.row(at - 1) <= keys.row(at)) {
                sorted = sort(batch, order)?;
                batch = &sorted;
                keys = key(batch)?;
            }
            let (first, last) = (keys.row(0).owned(), keys.row(keys.num_rows() - 1).owned());
            if self.open.as_ref().and_then(|open| open.last.as_ref()).is_some_and(|before| *before > first) {
                self.close()?;
            }
            ends = Some(last);
        }
        if self.open.as_ref().is_some_and(|open| open.rows >= FILE_ROWS) {
            self.close()?;
        }
        let open = self.file()?;
        open.writer.write(batch).map_err(|error| failed(&open.path, &error))?;
        open.rows += batch.num_rows();
        open.last = ends;
        Ok(())
    }

    fn file(&mut self) -> Result<&mut Open, Error> {
        let open = match self.open.take() {
            Some(open) => open,
            None => {
                let name = format!("{}.parquet", uuid::Uuid::new_v4());
                journal::note(&self.folder, &name)?;
                let path = self.folder.join(name);
                let file = File::create_new(&path).map_err(|error| unwritable(&path, &error))?;
                let checked = Checked { file: BufWriter::with_capacity(1 << 20, file), crc32: crc32fast::Hasher::new(), bytes: 0 };
                let writer = ArrowWriter::try_new(checked, self.schema.clone(), Some(self.properties()));
                Open { writer: writer.map_err(|error| failed(&path, &error))?, path, rows: 0, last: None }
            }
        };
        Ok(self.open.insert(open))
    }

    fn properties(&self) -> WriterProperties {
        let index = |name: &&str| self.columns.iter().position(|c| c.name == **name).and_then(|i| i32::try_from(i).ok());
        let sorting: Vec<SortingColumn> = self
            .order()
            .iter()
            .filter_map(index)
            .map(|column_idx| SortingColumn { column_idx, descending: false, nulls_first: true })
            .collect();
        let mut properties = WriterProperties::builder()
            .set_created_by(concat!("jqlx ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_row_count(Some(ROW_GROUP))
            .set_statistics_enabled(EnabledStatistics::Page)
            .set_sorting_columns((!sorting.is_empty()).then_some(sorting));
        if let Some(column) = self.layout.and_then(|layout| layout.bloom) {
            let path = ColumnPath::from(column);
            properties = properties
                .set_column_bloom_filter_enabled(path.clone(), true)
                .set_column_bloom_filter_max_ndv(path, ROW_GROUP as u64);
        }
        properties.build()
    }

    fn close(&mut self) -> Result<(), Error> {
        let Some(open) = self.open.take() else { return Ok(()) };
        let path = open.path.clone();
        self.end(open).inspect_err(|_| {
            let _ = fs::remove_file(path);
        })
    }

    fn end(&mut self, open: Open) -> Result<(), Error> {
        let Open { mut writer, path, .. } = open;
        let metadata = writer.finish().map_err(|error| from_parquet(&path, error))?;
        let checked = writer.inner_mut();
        let synced = checked.flush().and_then(|()| checked.file.get_ref().sync_all());
        synced.map_err(|error| unwritable(&path, &error))?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        self.done.push(FileState {
            name,
            bytes: checked.bytes,
            crc32: checked.crc32.clone().finalize(),
            written: jiff::Timestamp::now().as_millisecond(),
            groups: metadata.row_groups().iter().map(|group| group.num_rows().unsigned_abs()).collect(),
            ranges: self
                .columns
                .iter()
                .enumerate()
                .filter(|(_, column)| has_range(column.kind))
                .filter_map(|(at, column)| Some((column.name.clone(), range(&metadata, at)?)))
                .collect(),
            gone: None,
        });
        Ok(())
    }

    /// Ends the last file and gives all.
    pub(crate) fn finish(mut self) -> Result<Vec<FileState>, Error> {
        self.close()?;
        Ok(std::mem::take(&mut self.done))
    }
}

impl Drop for TableWriter {
    /// What was not finished is in no commit and never will be.
    fn drop(&mut self) {
        let open = self.open.take().map(|open| open.path);
        let done = self.done.iter().map(|file| self.folder.join(&file.name));
        for path in open.into_iter().chain(done) {
            let _ = fs::remove_file(path);
        }
    }
}

enum Failed {
    Write(Error),
    Arrow(ArrowError),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Write(error)
    }
}

impl From<ArrowError> for Failed {
    fn from(error: ArrowError) -> Self {
        Self::Arrow(error)
    }
}

const ASCENDING: SortOptions = SortOptions { descending: false, nulls_first: true };

fn sort(batch: &RecordBatch, order: &[&str]) -> Result<RecordBatch, ArrowError> {
    let columns = order.iter().filter_map(|name| batch.column_by_name(name));
    let columns: Vec<_> = columns.map(|c| SortColumn { values: c.clone(), options: Some(ASCENDING) }).collect();
    take_record_batch(batch, &lexsort_to_indices(&columns, None)?)
}

/// A full disk comes wrapped.
fn from_parquet(path: &Path, error: datafusion::parquet::errors::ParquetError) -> Error {
    use datafusion::parquet::errors::ParquetError;
    match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(error) => unwritable(path, &error),
            Err(other) => failed(path, &other),
        },
        other => failed(path, &other),
    }
}

fn range(metadata: &ParquetMetaData, column: usize) -> Option<(Value, Value)> {
    let mut range: Option<(i64, i64)> = None;
    for group in metadata.row_groups() {
        let Some(Statistics::Int64(found)) = group.column(column).statistics() else { continue };
        let (Some(min), Some(max)) = (found.min_opt(), found.max_opt()) else { continue };
        range = Some(range.map_or((*min, *max), |(least, greatest)| (least.min(*min), greatest.max(*max))));
    }
    range.map(|(min, max)| (Value::Int(min), Value::Int(max)))
}

/// A file that knows its length and checksum.
struct Checked {
    file: BufWriter<File>,
    crc32: crc32fast::Hasher,
    bytes: u64,
}

impl Write for Checked {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.crc32.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
