//! Whether the store is what was written, and its derived tables are what the others make them.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::error::ArrowError;
use datafusion::parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use datafusion::prelude::SessionContext;
use futures::TryStreamExt;

use super::error::{damaged, data, unreadable};
use super::layout::{COVERAGE, INTERVALS};
use super::load::Touched;
use super::manifest::{FileState, Manifest, TableState};
use super::scan::StoredTable;
use super::{columns, coverage, intervals, places, publish, vacuum, vectors};
use crate::diagnostic::{Diagnostic, codes};
use crate::error::Error;
use crate::plan::plain;

/// What verify found.
#[derive(Clone, Debug, Default)]
pub struct Verified {
    /// Files that are as they were written.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Rows that count.
    pub rows: u64,
    /// Files that no version needs; `vacuum` removes them.
    pub strays: u64,
    /// What is wrong.
    pub problems: Vec<Diagnostic>,
}

/// Reads everything of a version.
pub(crate) async fn verify(
    context: &SessionContext,
    root: &Path,
    manifest: &Manifest,
    needed: &[Manifest],
) -> Result<Verified, Error> {
    let mut verified = Verified::default();
    for (table, state) in &manifest.tables {
        for file in &state.files {
            match check(&root.join(table), file) {
                Ok(()) => {
                    verified.files += 1;
                    verified.bytes += file.bytes;
                    verified.rows += file.rows();
                }
                Err(error) => verified.problems.extend(error.diagnostics().iter().cloned()),
            }
        }
        // The log is that of the last version.
        let is_last = needed.iter().all(|other| other.version <= manifest.version);
        if is_last && let Err(error) = same_as_log(root, table, state).await {
            verified.problems.extend(error.diagnostics().iter().cloned());
        }
    }
    for table in [INTERVALS, COVERAGE] {
        if manifest.tables.contains_key("events") && !manifest.tables.contains_key(table) {
            let message = format!("the store has no table `{table}`, which is derived from the events");
            verified.problems.push(Diagnostic::error(codes::STORE_DAMAGED, message).help("`jqlx compact --derive` makes it"));
        }
    }
    // What is broken cannot be computed with.
    if verified.problems.is_empty() {
        for found in [check_intervals(context, root, manifest).await, check_coverage(context, root, manifest).await] {
            if let Err(error) = found {
                verified.problems.extend(error.diagnostics().iter().cloned());
            }
        }
    }
    let needed = needed.iter().flat_map(|manifest| vacuum::files(root, manifest)).collect();
    verified.strays = vacuum::strays(root, &needed)?.len() as u64;
    Ok(verified)
}

/// Whether a file has the length, checksum and rows that it was written with.
pub(crate) fn check(folder: &Path, state: &FileState) -> Result<(), Error> {
    let path = folder.join(&state.name);
    let mut file = File::open(&path).map_err(|error| unreadable(&path, &error))?;
    let (mut hasher, mut bytes) = (crc32fast::Hasher::new(), 0);
    let mut buffer = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut buffer).map_err(|error| unreadable(&path, &error))?;
        let Some(part) = buffer.get(..read).filter(|part| !part.is_empty()) else { break };
        hasher.update(part);
        bytes += read as u64;
    }
    if bytes != state.bytes {
        return Err(damaged(&path, &format!("it has {bytes} bytes, and {} were written", state.bytes)));
    }
    if hasher.finalize() != state.crc32 {
        return Err(damaged(&path, "its checksum is not that of what was written"));
    }
    let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(|e| damaged(&path, &e.to_string()))?;
    let groups: Vec<u64> = metadata.metadata().row_groups().iter().map(|group| group.num_rows().unsigned_abs()).collect();
    if groups != state.groups {
        return Err(damaged(&path, "it has other rows than the commit says"));
    }
    state.gone.as_ref().map(|gone| vectors::read(folder, gone)).transpose().map(drop)
}

/// Whether the Delta log says of a table what the commit says.
async fn same_as_log(root: &Path, table: &str, state: &TableState) -> Result<(), Error> {
    let logged = publish::files(root, table).await?;
    let differs = |what: &str| {
        let message = format!("the Delta log of the table `{table}` {what}");
        data(
            codes::STORE_DAMAGED,
            message,
            "jqlx does not read it, but other programs do: remove the table's folder _delta_log, and the next import or compact writes it anew",
        )
    };
    let Some((version, mut files)) = logged else { return Err(differs("is missing")) };
    if version != state.delta {
        return Err(differs(&format!("is at version {version}, and the commit at {}", state.delta)));
    }
    let mut wanted: Vec<_> = state.files.iter().map(|file| (file.name.clone(), file.gone.clone())).collect();
    files.sort_by(|a, b| a.0.cmp(&b.0));
    wanted.sort_by(|a, b| a.0.cmp(&b.0));
    if files == wanted { Ok(()) } else { Err(differs("lists other files than the commit")) }
}

fn not_derived(table: &str) -> Error {
    let message = format!("the table `{table}` is not what the events make it");
    data(codes::STORE_DAMAGED, message, "`jqlx compact --derive` makes it anew")
}

async fn check_intervals(context: &SessionContext, root: &Path, manifest: &Manifest) -> Result<(), Error> {
    let Some(state) = manifest.tables.get(INTERVALS) else { return Ok(()) };
    let several = intervals::fields(context, root, &manifest.tables).await?;
    let all = Touched { all: true, ..Touched::default() };
    let mut derived = Digest::default();
    if let Some(derivation) = intervals::Derivation::of(context, root, &manifest.tables, several, &all).await? {
        derivation.each(|batch| derived.add(batch)).await?;
    }
    let mut stored = Digest::default();
    let provider = StoredTable::open(root, INTERVALS, state)?;
    // An earlier layout has columns besides.
    let columns = intervals::table_columns();
    let columns: Vec<_> = columns.iter().map(|column| plain(&column.name)).collect();
    let mut stream = context.read_table(std::sync::Arc::new(provider))?.select(columns)?.execute_stream().await?;
    while let Some(batch) = stream.try_next().await? {
        stored.add(&batch).map_err(datafusion::error::DataFusionError::from)?;
    }
    if derived == stored { Ok(()) } else { Err(not_derived(INTERVALS)) }
}

/// The sum of rows in any order.
#[derive(Default, PartialEq, Eq)]
struct Digest {
    rows: u64,
    sum: u64,
}

impl Digest {
    fn add(&mut self, batch: &RecordBatch) -> Result<(), ArrowError> {
        let names: Vec<&str> = batch.schema_ref().fields().iter().map(|field| field.name().as_str()).collect();
        for hash in places::hashes(batch, &names)? {
            self.rows += 1;
            self.sum = self.sum.wrapping_add(hash);
        }
        Ok(())
    }
}

async fn check_coverage(context: &SessionContext, root: &Path, manifest: &Manifest) -> Result<(), Error> {
    let (Some(state), Some(events)) = (manifest.tables.get(COVERAGE), manifest.tables.get("events")) else { return Ok(()) };
    let counted = coverage::count(context, root, events).await?;
    let schema = columns::schema_of(&coverage::table_columns());
    let stored = places::all(root, COVERAGE, state, &schema)?;
    if coverage::agrees(&stored, &counted) { Ok(()) } else { Err(not_derived(COVERAGE)) }
}
