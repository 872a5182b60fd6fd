//! Files of Parquet and Arrow with tables of the interchange layout, made ready as a folder that the store takes.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use datafusion::arrow::array::{RecordBatch, RecordBatchReader};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::ipc::reader::{FileReader, StreamReader};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::properties::WriterProperties;

use super::input::{self, Container};
use crate::data::schema::{TABLES, Table};
use crate::diagnostic::{Diagnostic, codes};
use crate::error::Error;
use crate::source::formats::{Format, Shape};

/// Whether a file is one of Parquet or Arrow, by its first bytes or because it is said to be.
///
/// # Errors
///
/// The file cannot be opened.
pub fn are_columns(file: &Path, format: Option<&Format>) -> std::io::Result<bool> {
    let container = input::container(file)?;
    Ok(match format {
        Some(format) => matches!(format.shape, Shape::Columns),
        None => container != Container::Text,
    })
}

/// Puts files of Parquet and Arrow into a folder in the interchange layout, which must not exist. Nothing is left of it
/// where one of them cannot be read.
///
/// # Errors
///
/// `jqlx::data::bad_file`: a file is damaged, or not what it is said to be. `jqlx::data::missing_column`: a file's columns
/// are those of no table.
pub fn stage(files: &[PathBuf], format: Option<&Format>, folder: &Path) -> Result<(), Error> {
    let staged = files.iter().enumerate().try_for_each(|(at, file)| one(at, file, format, folder));
    if staged.is_err() {
        let _ = std::fs::remove_dir_all(folder);
    }
    staged
}

fn one(at: usize, path: &Path, format: Option<&Format>, folder: &Path) -> Result<(), Error> {
    let found = input::container(path).map_err(|error| bad(path, &error.to_string()))?;
    let is = match found {
        Container::Parquet => Some("parquet"),
        Container::ArrowFile | Container::ArrowStream => Some("arrow"),
        Container::Text => None,
    };
    if let Some(format) = format
        && is != Some(format.name)
    {
        return Err(bad(path, &format!("it is no file of the format {}, as which it is to be read", format.name)));
    }
    let open = || File::open(path).map_err(|error| bad(path, &error.to_string()));
    let broken = |error: ArrowError| bad(path, &error.to_string());
    match found {
        Container::Parquet => {
            let reader = ParquetRecordBatchReaderBuilder::try_new(open()?).map_err(|error| bad(path, &error.to_string()))?;
            let schema = reader.schema().clone();
            let rows = reader.build().map_err(|error| bad(path, &error.to_string()))?;
            write(at, path, folder, &schema, rows)
        }
        Container::ArrowFile => {
            let rows = FileReader::try_new(BufReader::new(open()?), None).map_err(broken)?;
            let schema = rows.schema();
            write(at, path, folder, &schema, rows)
        }
        _ => {
            let rows = StreamReader::try_new(BufReader::new(open()?), None).map_err(broken)?;
            let schema = RecordBatchReader::schema(&rows);
            write(at, path, folder, &schema, rows)
        }
    }
}

/// Writes the rows as a file of their table.
fn write(
    at: usize,
    path: &Path,
    folder: &Path,
    schema: &SchemaRef,
    rows: impl Iterator<Item = Result<RecordBatch, ArrowError>>,
) -> Result<(), Error> {
    let table = table_of(path, schema)?;
    let failed = |reason: String| {
        Error::Environment(Box::new(Diagnostic::error(
            codes::WRITE_FAILED,
            format!("cannot write below {}: {reason}", folder.display()),
        )))
    };
    let place = folder.join(table.name);
    std::fs::create_dir_all(&place).map_err(|error| failed(error.to_string()))?;
    // Named after the file, so that what is wrong with a column is told of it.
    let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let file = File::create(place.join(format!("{name}-{at}.parquet"))).map_err(|error| failed(error.to_string()))?;
    let properties = WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default())).build();
    let mut writer = ArrowWriter::try_new(file, schema.clone(), Some(properties)).map_err(|error| bad(path, &error.to_string()))?;
    for batch in rows {
        let batch = batch.map_err(|error| bad(path, &error.to_string()))?;
        writer.write(&batch).map_err(|error| failed(error.to_string()))?;
    }
    writer.close().map_err(|error| failed(error.to_string()))?;
    Ok(())
}

/// The table that a file holds: the one whose name it has, or else the one whose columns fit best.
fn table_of(path: &Path, schema: &SchemaRef) -> Result<&'static Table, Error> {
    let fits = |table: &&Table| table.columns.iter().filter(|c| c.required).all(|c| schema.column_with_name(c.name).is_some());
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().to_lowercase()).unwrap_or_default();
    let named = |table: &&Table| {
        let rest = stem.strip_prefix(table.name);
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphabetic() || c == '_') || rest.is_empty())
    };
    let known = |table: &&Table| table.columns.iter().filter(|c| schema.column_with_name(c.name).is_some()).count();
    let by_name = TABLES.iter().filter(named).find(fits);
    let required = |table: &&Table| table.columns.iter().filter(|c| c.required).count();
    // `id` and `name` are what many small tables have: no table is guessed from as little.
    let by_columns = || {
        let mut fitting: Vec<&Table> = TABLES.iter().filter(fits).filter(|table| known(table) > required(table).min(2)).collect();
        fitting.sort_by_key(|table| std::cmp::Reverse(known(table)));
        match fitting[..] {
            [best, next, ..] if known(&best) == known(&next) => None,
            [best, ..] => Some(best),
            [] => None,
        }
    };
    by_name.or_else(by_columns).ok_or_else(|| {
        let columns: Vec<&str> = schema.fields().iter().take(8).map(|field| field.name().as_str()).collect();
        let message =
            format!("the columns of {} are those of no table of the interchange layout: {}", path.display(), columns.join(", "));
        let help = "name the file after its table, such as users.parquet, and give it the columns that the table needs";
        Error::Data(Box::new(Diagnostic::error(codes::MISSING_COLUMN, message).help(help)))
    })
}

fn bad(path: &Path, reason: &str) -> Error {
    Error::Data(Box::new(Diagnostic::error(codes::BAD_FILE, format!("the file {} cannot be read: {reason}", path.display()))))
}
