//! What no commit needs any longer is removed.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::error::{unreadable, unwritable};
use super::layout::LAYOUTS;
use super::manifest::{Commits, Manifest};
use super::transaction::Transaction;
use super::{journal, vectors};
use crate::error::Error;

/// What vacuum removed, or would remove.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Vacuumed {
    /// Versions that cannot be read any longer.
    pub versions: Vec<u64>,
    /// Files that no other version needs.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// Removes versions whose successor is older than `retention`, and files that no version needs.
pub(crate) async fn vacuum(root: &Path, retention: Duration, dry_run: bool) -> Result<Vacuumed, Error> {
    // Nobody else writes meanwhile, so a file that no commit names is nobody's.
    let change = Transaction::begin(root, false).await?;
    let commits = Commits::of(root);
    let manifests = commits.versions()?.into_iter().map(|version| commits.read(version)).collect::<Result<Vec<_>, _>>()?;
    let retention = i64::try_from(retention.as_micros()).unwrap_or(i64::MAX);
    let oldest = jiff::Timestamp::now().as_microsecond().saturating_sub(retention);
    let mut vacuumed = Vacuumed::default();
    let mut kept: Vec<&Manifest> = Vec::new();
    for (at, manifest) in manifests.iter().enumerate() {
        // A version is that of all instants until the next.
        match manifests.get(at + 1) {
            Some(next) if next.time < oldest => vacuumed.versions.push(manifest.version),
            _ => kept.push(manifest),
        }
    }
    let needed: HashSet<PathBuf> = kept.iter().flat_map(|manifest| files(root, manifest)).collect();
    let strays = strays(root, &needed)?;
    for (_, bytes) in &strays {
        vacuumed.files += 1;
        vacuumed.bytes += bytes;
    }
    if !dry_run {
        // A vacuum that is killed has its files removed by the next run.
        for (path, _) in &strays {
            if let (Some(folder), Some(name)) = (path.parent(), path.file_name()) {
                journal::note(folder, &name.to_string_lossy())?;
            }
        }
        // Versions first: one that is there can be read.
        for version in &vacuumed.versions {
            commits.remove(*version)?;
        }
        for (path, _) in strays {
            fs::remove_file(&path).map_err(|error| unwritable(&path, &error))?;
        }
        journal::clear(root)?;
    }
    drop(change);
    Ok(vacuumed)
}

/// The files that a version needs.
pub(crate) fn files(root: &Path, manifest: &Manifest) -> BTreeSet<PathBuf> {
    let mut files = BTreeSet::new();
    for (table, state) in &manifest.tables {
        let folder = root.join(table);
        for file in &state.files {
            files.insert(folder.join(&file.name));
            files.extend(file.gone.as_ref().map(|gone| folder.join(vectors::file_name(&gone.file))));
        }
    }
    files
}

/// Files of tables that are not needed, with their sizes.
pub(crate) fn strays(root: &Path, needed: &HashSet<PathBuf>) -> Result<Vec<(PathBuf, u64)>, Error> {
    let mut strays = Vec::new();
    for layout in LAYOUTS {
        let folder = root.join(layout.table);
        if !folder.is_dir() {
            continue;
        }
        let entries = fs::read_dir(&folder).map_err(|error| unreadable(&folder, &error))?;
        for entry in entries {
            let entry = entry.map_err(|error| unreadable(&folder, &error))?;
            let path = entry.path();
            let ours = path.extension().is_some_and(|extension| extension == "parquet" || extension == "bin");
            if ours && !needed.contains(&path) {
                let bytes = entry.metadata().map_or(0, |metadata| metadata.len());
                strays.push((path, bytes));
            }
        }
    }
    Ok(strays)
}
