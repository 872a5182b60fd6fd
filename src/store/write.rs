//! Parquet files of a table: sorted, with statistics, checksummed while they are written.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, Encoding, ZstdLevel};
use datafusion::parquet::file::metadata::{ParquetMetaData, SortingColumn};
use datafusion::parquet::file::properties::{EnabledStatistics, WriterProperties};
use datafusion::parquet::file::statistics::Statistics;
use datafusion::parquet::schema::types::ColumnPath;

use super::cluster::Clusters;
use super::error::{failed, unwritable};
use super::layout::{Layout, has_range, layout};
use super::manifest::{ColumnState, FileState, Value};
use super::{columns, journal, order};
use crate::data::schema::ColumnKind;
use crate::error::Error;

/// Rows of a row group: small enough that its statistics prune a period of a large table.
const ROW_GROUP: usize = 262_144;
/// Rows of a page: so many are read for one.
const PAGE: usize = 10_000;
/// Files with fewer rows are small: several of them are better one.
pub(super) const FILE_ROWS: usize = 200_000;

/// Writes rows of one table into files, each of which is sorted and holds few kinds of rows.
pub(crate) struct TableWriter {
    folder: PathBuf,
    layout: Option<&'static Layout>,
    columns: Vec<ColumnState>,
    schema: SchemaRef,
    waiting: Clusters,
    done: Vec<FileState>,
}

impl TableWriter {
    /// Begins to write rows of `columns` into the table's folder.
    pub(crate) fn new(root: &Path, table: &str, columns: &[ColumnState]) -> Result<Self, Error> {
        let folder = root.join(table);
        fs::create_dir_all(&folder).map_err(|error| unwritable(&folder, &error))?;
        let schema = columns::schema_of(columns);
        let layout = layout(table);
        let waiting = Clusters::new(schema.clone(), layout.map_or(&[], |layout| layout.cluster));
        Ok(Self { folder, layout, columns: columns.to_vec(), schema, waiting, done: Vec::new() })
    }

    fn order(&self) -> &'static [&'static str] {
        self.layout.map_or(&[], |layout| layout.order)
    }

    /// Adds rows with the schema of the columns, in any order.
    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        self.waiting.add(batch).map_err(|error| failed(&self.folder, &error))?;
        while self.waiting.is_full() {
            let Some(rows) = self.waiting.largest().map_err(|error| failed(&self.folder, &error))? else { break };
            self.sort(rows)?;
        }
        Ok(())
    }

    /// Writes rows as a file, in the table's order.
    fn sort(&mut self, rows: RecordBatch) -> Result<(), Error> {
        let rows = order::sorted(rows, self.order()).map_err(|error| failed(&self.folder, &error))?;
        self.file(&rows)
    }

    /// Adds rows that are in the table's order: many make a file of their own, few wait for others.
    pub(crate) fn write_sorted(&mut self, rows: &RecordBatch) -> Result<(), Error> {
        if rows.num_rows() < FILE_ROWS { self.write(rows) } else { self.file(rows) }
    }

    /// Writes rows that are in order as a file.
    fn file(&mut self, rows: &RecordBatch) -> Result<(), Error> {
        let name = format!("{}.parquet", uuid::Uuid::new_v4());
        journal::note(&self.folder, &name)?;
        let path = self.folder.join(name);
        let file = File::create_new(&path).map_err(|error| unwritable(&path, &error))?;
        let written = self.fill(file, &path, rows);
        // What was not finished is in no commit and never will be.
        written.inspect_err(|_| {
            let _ = fs::remove_file(&path);
        })
    }

    fn fill(&mut self, file: File, path: &Path, rows: &RecordBatch) -> Result<(), Error> {
        let checked = Checked { file: BufWriter::with_capacity(1 << 20, file), crc32: crc32fast::Hasher::new(), bytes: 0 };
        let writer = ArrowWriter::try_new(checked, self.schema.clone(), Some(self.properties()));
        let mut writer = writer.map_err(|error| failed(path, &error))?;
        writer.write(rows).map_err(|error| from_parquet(path, error))?;
        let metadata = writer.finish().map_err(|error| from_parquet(path, error))?;
        let checked = writer.inner_mut();
        let synced = checked.flush().and_then(|()| checked.file.get_ref().sync_all());
        synced.map_err(|error| unwritable(path, &error))?;
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
                .filter(|(_, column)| has_range(column.kind) || self.order().contains(&column.name.as_str()))
                .filter_map(|(at, column)| Some((column.name.clone(), range(&metadata, at)?)))
                .collect(),
            gone: None,
        });
        Ok(())
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
            .set_data_page_row_count_limit(PAGE)
            .set_statistics_enabled(EnabledStatistics::Page)
            .set_sorting_columns((!sorting.is_empty()).then_some(sorting));
        for column in &self.columns {
            let path = ColumnPath::from(column.name.as_str());
            if matches!(column.kind, ColumnKind::Int | ColumnKind::Time) {
                // Of numbers near each other the differences are short, and nothing is left to compress.
                properties = properties
                    .set_column_dictionary_enabled(path.clone(), false)
                    .set_column_encoding(path.clone(), Encoding::DELTA_BINARY_PACKED)
                    .set_column_compression(path, Compression::UNCOMPRESSED);
            } else if self.layout.is_some_and(|layout| layout.unlike.contains(&column.name.as_str())) {
                properties = properties.set_column_dictionary_enabled(path.clone(), false);
                if self.layout.is_some_and(|layout| layout.key.contains(&column.name.as_str())) {
                    properties = properties.set_column_encoding(path, Encoding::DELTA_BYTE_ARRAY);
                }
            }
        }
        if let Some(column) = self.layout.and_then(|layout| layout.bloom) {
            let path = ColumnPath::from(column);
            properties = properties
                .set_column_bloom_filter_enabled(path.clone(), true)
                .set_column_bloom_filter_max_ndv(path, ROW_GROUP as u64);
        }
        properties.build()
    }

    /// Writes what waits and gives all files.
    pub(crate) fn finish(mut self) -> Result<Vec<FileState>, Error> {
        for rows in self.waiting.rest().map_err(|error| failed(&self.folder, &error))? {
            self.sort(rows)?;
        }
        Ok(std::mem::take(&mut self.done))
    }
}

impl Drop for TableWriter {
    /// What was not finished is in no commit and never will be.
    fn drop(&mut self) {
        for file in &self.done {
            let _ = fs::remove_file(self.folder.join(&file.name));
        }
    }
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
    let mut ranges = Vec::new();
    for group in metadata.row_groups() {
        match group.column(column).statistics()? {
            Statistics::Int64(found) => {
                if let (Some(min), Some(max)) = (found.min_opt(), found.max_opt()) {
                    ranges.push((Value::Int(*min), Value::Int(*max)));
                }
            }
            // Bounds of long texts are cut so that they still are bounds.
            Statistics::ByteArray(found) => {
                if let (Some(min), Some(max)) = (found.min_opt(), found.max_opt()) {
                    let text = |bytes: &[u8]| std::str::from_utf8(bytes).ok().map(|text| Value::Text(text.to_owned()));
                    ranges.push((text(min.data())?, text(max.data())?));
                }
            }
            _ => return None,
        }
    }
    ranges.into_iter().reduce(|(least, greatest), (min, max)| (least.min(min), greatest.max(max)))
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
