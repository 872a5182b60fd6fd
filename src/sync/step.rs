//! One step: records of the site's, and what is gone, into one commit of the store.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::{Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use datafusion::parquet::arrow::ArrowWriter;

use super::position::Position;
use super::spooled;
use crate::data::rows::{EventRow, events_batch};
use crate::data::write::{DatasetWriter, WriteError};
use crate::diagnostic::{Diagnostic, codes};
use crate::error::Error;
use crate::source::files::{self, ImportOptions, ImportSummary, NoProgress};
use crate::store::{LoadOptions, Loaded, Store, Told};

/// An issue that is no longer there.
pub(super) struct GoneIssue {
    pub(super) id: i64,
    pub(super) key: String,
    pub(super) event: EventRow,
}

/// Brings files of records and events of what is gone into the store.
pub(super) async fn records(
    store: &Path,
    inputs: Vec<PathBuf>,
    gone: Vec<EventRow>,
    whole: &BTreeSet<&'static str>,
    position: &Position,
    options: &LoadOptions,
) -> Result<(ImportSummary, Loaded), Error> {
    let writer = Store::writer(store).await?;
    let staging = writer.staging();
    let to = staging.clone();
    let import = move || {
        let options = ImportOptions { may_be_empty: true, ..ImportOptions::default() };
        let summary = files::import(&inputs, &to, &options, &NoProgress).map_err(|error| first(error.diagnostics()))?;
        // Records may be of nothing but a site that shows nothing.
        if summary.rows.is_empty() {
            let written = DatasetWriter::create(&to, true).and_then(|mut writer| {
                writer.write("events", &batch(&to, &[])?)?;
                writer.finish()
            });
            written.map_err(|error| first(vec![error.diagnostic()]))?;
        }
        if !gone.is_empty() {
            add_events(&to, &gone)?;
        }
        Ok::<_, Error>(summary)
    };
    let imported = tokio::task::spawn_blocking(import).await.map_err(|error| panicked(&error))?;
    let told = Told { whole: whole.clone(), issues: true, position: position.value() };
    let loaded = match imported {
        Ok(summary) => {
            writer.load(&staging, LoadOptions { told: Some(told), ..options.clone() }).await.map(|loaded| (summary, loaded))
        }
        Err(error) => Err(error),
    };
    let _ = std::fs::remove_dir_all(&staging);
    loaded
}

/// Brings the deletion of issues into the store.
pub(super) async fn gone_issues(
    store: &Path,
    gone: Vec<GoneIssue>,
    position: &Position,
    options: &LoadOptions,
) -> Result<Loaded, Error> {
    let writer = Store::writer(store).await?;
    let staging = writer.staging();
    let to = staging.clone();
    let write = move || {
        let events: Vec<EventRow> = gone.iter().map(|gone| gone.event.clone()).collect();
        let deleted = TimestampMicrosecondArray::from_iter_values(events.iter().map(|event| event.time)).with_timezone("UTC");
        // Only these columns: all that the store knows of the issue besides stays.
        let issues = RecordBatch::try_from_iter([
            ("id", Arc::new(Int64Array::from_iter_values(gone.iter().map(|gone| gone.id))) as _),
            ("key", Arc::new(StringArray::from_iter_values(gone.iter().map(|gone| &gone.key))) as _),
            ("deleted_at", Arc::new(deleted) as _),
        ]);
        let mut writer = DatasetWriter::create(&to, true)?;
        writer.write("issues", &issues.map_err(|error| WriteError::arrow(&to, error))?)?;
        writer.write("events", &batch(&to, &events)?)?;
        writer.finish()
    };
    let written = tokio::task::spawn_blocking(write).await.map_err(|error| panicked(&error))?;
    let told = Told { position: position.value(), ..Told::default() };
    let loaded = match written {
        Ok(()) => writer.load(&staging, LoadOptions { told: Some(told), ..options.clone() }).await,
        Err(error) => Err(first(vec![error.diagnostic()])),
    };
    let _ = std::fs::remove_dir_all(&staging);
    loaded
}

fn batch(folder: &Path, events: &[EventRow]) -> Result<RecordBatch, WriteError> {
    events_batch(events).map_err(|error| WriteError::arrow(folder, error))
}

/// Adds events to a dataset that is complete otherwise.
fn add_events(dataset: &Path, events: &[EventRow]) -> Result<(), Error> {
    let path = dataset.join("events").join("gone.parquet");
    let failed = |error: &dyn std::fmt::Display| spooled(&path, &std::io::Error::other(error.to_string()));
    let batch = events_batch(events).map_err(|error| failed(&error))?;
    let file = File::create(&path).map_err(|error| spooled(&path, &error))?;
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).map_err(|error| failed(&error))?;
    writer.write(&batch).map_err(|error| failed(&error))?;
    writer.close().map_err(|error| failed(&error)).map(drop)
}

/// The error that a list of diagnostics begins with.
fn first(diagnostics: Vec<Diagnostic>) -> Error {
    let unknown = || Diagnostic::error(codes::INTERNAL, "what was fetched cannot be read, and nothing says why");
    Error::Environment(Box::new(diagnostics.into_iter().next().unwrap_or_else(unknown)))
}

fn panicked(error: &tokio::task::JoinError) -> Error {
    let message = format!("jqlx failed while it wrote what was fetched: {error}");
    Error::Internal(Box::new(Diagnostic::error(codes::INTERNAL, message)))
}
