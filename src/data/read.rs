//! Plain Parquet in the interchange layout, read in place.
//!
//! Opening reads the footers of all files, so that a broken file or a wrong column is reported before anything runs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};

use super::schema::{self, ColumnKind, TABLES, Table};
use crate::diagnostic::{Diagnostic, codes};
use crate::error::Error;
use crate::plan::Tables;

/// Opens every table of a folder.
///
/// # Errors
///
/// `jqlx::data::*`: no folder, neither events nor issues in it, an unreadable file, a missing or mistyped column.
pub fn open(folder: &Path) -> Result<Tables, Error> {
    if let Err(reason) = std::fs::read_dir(folder) {
        let message = match reason.kind() {
            std::io::ErrorKind::NotFound => format!("there is no folder {}", folder.display()),
            _ => format!("the folder {} cannot be read: {reason}", folder.display()),
        };
        return Err(data(codes::NO_FOLDER, message, Some("--data takes a folder with events/ and issues/ in Parquet".into())));
    }
    // A store has tables of the same names, and in their folders rows that no longer count.
    if folder.join("commits").is_dir() {
        let message = format!("the folder {} is a store, and no folder of plain Parquet", folder.display());
        return Err(data(codes::NO_PARQUET, message, Some("a store is asked with --store DIR".into())));
    }
    let mut tables = Tables::default();
    for table in TABLES {
        let files = files_of(folder, table)?;
        if !files.is_empty() {
            tables.insert(table.name, Arc::new(listing(table, &files)?));
        }
    }
    if tables.get("events").is_none() && tables.get("issues").is_none() {
        return Err(data(
            codes::NO_PARQUET,
            format!("the folder {} holds neither events nor issues", folder.display()),
            Some("looked for events/**/*.parquet, events.parquet, issues/**/*.parquet and issues.parquet".into()),
        ));
    }
    Ok(tables)
}

fn data(code: crate::diagnostic::Code, message: String, help: Option<String>) -> Error {
    Error::Data(Box::new(Diagnostic::error(code, message).maybe_help(help)))
}

/// `name.parquet` and everything under `name/`, in the order of their paths.
fn files_of(folder: &Path, table: &Table) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    let single = folder.join(format!("{}.parquet", table.name));
    if single.is_file() {
        files.push(single);
    }
    let mut folders = vec![folder.join(table.name)];
    while let Some(next) = folders.pop() {
        if !next.is_dir() {
            continue;
        }
        let entries = std::fs::read_dir(&next).and_then(|entries| entries.collect::<Result<Vec<_>, _>>());
        let entries =
            entries.map_err(|e| data(codes::BAD_FILE, format!("the folder {} cannot be read: {e}", next.display()), None))?;
        for entry in entries {
            let path = entry.path();
            let hidden = entry.file_name().to_string_lossy().starts_with(['.', '_']);
            if hidden {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("parquet")) {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

fn listing(table: &Table, files: &[PathBuf]) -> Result<ListingTable, Error> {
    let mut fields: Vec<Field> = Vec::new();
    for file in files {
        let found = footer(file)?;
        for (name, required) in table.columns.iter().map(|c| (c.name, c.required)) {
            if required && found.column_with_name(name).is_none() {
                let message = format!("the file {} has no column `{name}`, which the table `{}` needs", file.display(), table.name);
                return Err(data(codes::MISSING_COLUMN, message, None));
            }
        }
        for field in found.fields() {
            let field = checked(table, field, file)?;
            if !fields.iter().any(|f| f.name() == field.name()) {
                fields.push(field);
            }
        }
    }
    let urls = files.iter().map(|f| url(f)).collect::<Result<Vec<_>, _>>()?;
    let options = ListingOptions::new(Arc::new(ParquetFormat::default())).with_file_extension("");
    let config =
        ListingTableConfig::new_with_multi_paths(urls).with_listing_options(options).with_schema(Arc::new(Schema::new(fields)));
    Ok(ListingTable::try_new(config)?)
}

fn url(file: &Path) -> Result<ListingTableUrl, Error> {
    let bad = |reason: String| data(codes::BAD_FILE, format!("the file {} cannot be read: {reason}", file.display()), None);
    let full = std::fs::canonicalize(file).map_err(|e| bad(e.to_string()))?;
    let url = url::Url::from_file_path(&full).map_err(|()| bad("its path is no URL".into()))?;
    Ok(ListingTableUrl::try_new(url, None)?)
}

fn footer(file: &Path) -> Result<SchemaRef, Error> {
    let bad = |reason: String| {
        data(
            codes::BAD_FILE,
            format!("the file {} cannot be read as Parquet: {reason}", file.display()),
            Some("the file may have been cut short while it was copied or written".into()),
        )
    };
    let opened = std::fs::File::open(file).map_err(|e| bad(e.to_string()))?;
    let metadata = ArrowReaderMetadata::load(&opened, ArrowReaderOptions::new()).map_err(|e| bad(e.to_string()))?;
    Ok(metadata.schema().clone())
}

/// The type that a column is read as, or what is wrong with it.
fn checked(table: &Table, field: &Field, file: &Path) -> Result<Field, Error> {
    let Some(column) = table.column(field.name()) else {
        return Ok(free(field));
    };
    let found = field.data_type();
    let wanted = match (column.kind, found) {
        (ColumnKind::Text | ColumnKind::Category, DataType::Dictionary(_, value)) if is_text(value) => Some(found.clone()),
        // Not as views: those of the few rows that pass a filter would keep whole pages in memory.
        (ColumnKind::Text | ColumnKind::Category, found) if is_text(found) => Some(DataType::Utf8),
        // Ids are written as numbers by some tools.
        (ColumnKind::Text | ColumnKind::Category, found) if found.is_integer() && column.name.ends_with("id") => {
            Some(DataType::Utf8)
        }
        (ColumnKind::Int, found) if found.is_integer() => Some(DataType::Int64),
        (ColumnKind::Float, found) if found.is_numeric() => Some(DataType::Float64),
        (ColumnKind::Bool, DataType::Boolean) => Some(DataType::Boolean),
        (ColumnKind::Date, DataType::Date32 | DataType::Date64 | DataType::Timestamp(..)) => Some(DataType::Date32),
        (ColumnKind::Time, DataType::Timestamp(_, zone)) => {
            check_zone(table, field, zone.as_deref(), file)?;
            Some(DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())))
        }
        (ColumnKind::TextList, DataType::List(item) | DataType::LargeList(item)) if is_any_text(item.data_type()) => {
            Some(found.clone())
        }
        // A column of nothing but nulls has no type.
        (kind, DataType::Null) => Some(kind.arrow_type()),
        _ => None,
    };
    match wanted {
        Some(wanted) => Ok(Field::new(field.name(), wanted, true)),
        None => Err(data(
            codes::BAD_COLUMN,
            format!(
                "the column `{}` of {} holds {found}, and the table `{}` wants {}",
                field.name(),
                file.display(),
                table.name,
                kind_name(column.kind)
            ),
            None,
        )),
    }
}

fn check_zone(table: &Table, field: &Field, zone: Option<&str>, file: &Path) -> Result<(), Error> {
    const UTC: &[&str] = &["UTC", "+00:00", "Z", "+00", "Etc/UTC", "GMT"];
    if zone.is_some_and(|z| UTC.contains(&z)) {
        return Ok(());
    }
    let what = zone.map_or("no zone".to_string(), |z| format!("the zone {z}"));
    Err(data(
        codes::BAD_ZONE,
        format!("the times in `{}` of {} have {what}; the table `{}` wants UTC", field.name(), file.display(), table.name),
        Some("write the column as timestamp[us, tz=UTC]".into()),
    ))
}

/// Columns that jqlx does not know are kept as they are; text as views, custom fields in the type of their kind.
fn free(field: &Field) -> Field {
    let wanted = match field.data_type() {
        found if is_text(found) => DataType::Utf8,
        found if schema::is_custom(field.name()) && found.is_integer() => DataType::Int64,
        found if schema::is_custom(field.name()) && found.is_floating() => DataType::Float64,
        DataType::Timestamp(_, Some(_)) if schema::is_custom(field.name()) => {
            DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
        }
        DataType::Date64 if schema::is_custom(field.name()) => DataType::Date32,
        other => other.clone(),
    };
    Field::new(field.name(), wanted, true)
}

fn is_text(of: &DataType) -> bool {
    matches!(of, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

fn is_any_text(of: &DataType) -> bool {
    is_text(of) || matches!(of, DataType::Dictionary(_, v) if is_text(v)) || matches!(of, DataType::Null)
}

fn kind_name(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Text | ColumnKind::Category => "text",
        ColumnKind::Int => "whole numbers",
        ColumnKind::Float => "numbers",
        ColumnKind::Bool => "true or false",
        ColumnKind::Time => "times in UTC",
        ColumnKind::Date => "dates",
        ColumnKind::TextList => "lists of text",
    }
}
