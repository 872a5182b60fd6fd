//! The store: Delta tables that jqlx keeps itself.
//!
//! `manifest` says what the tables consist of, version by version. Files never change: a row that no longer counts is listed in
//! a deletion vector (`vectors`), until `compact` writes the file anew. `load` brings datasets in, `intervals` and
//! `coverage` derive what the language asks for often, `transaction` makes it one commit, `publish` tells the Delta logs.

mod cluster;
mod columns;
mod compact;
mod coverage;
mod error;
mod intervals;
mod journal;
mod known;
mod layout;
mod load;
mod manifest;
mod merge;
mod order;
mod places;
mod publish;
mod scan;
mod state;
mod status;
mod transaction;
mod vacuum;
mod vectors;
mod verify;
mod write;

use std::path::{Path, PathBuf};
use std::time::Duration;

use error::data;
use manifest::{Commits, Manifest};
use transaction::Transaction;

pub use compact::{Compacted, CompactedStore};
pub use load::{LoadOptions, Loaded, Progress, Told};
pub use status::{Covered, Status, TableStatus, VersionStatus};
pub use vacuum::Vacuumed;
pub use verify::Verified;

use crate::diagnostic::codes;
use crate::error::Error;
use crate::exec;
use crate::plan::Tables;

/// Which state of a store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum At {
    /// The last commit.
    #[default]
    Latest,
    /// The commit of that number.
    Version(u64),
    /// The last commit that was there at an instant.
    Time(jiff::Timestamp),
}

/// A store at one of its commits. Later commits do not change it.
#[derive(Clone, Debug)]
pub struct Store {
    root: PathBuf,
    manifest: Manifest,
}

impl Store {
    /// Opens a store for reading.
    ///
    /// # Errors
    ///
    /// [`Error::Data`] where there is no store, no such version, or one of a newer layout, and where its last commit is damaged.
    pub fn open(root: impl AsRef<Path>, at: At) -> Result<Self, Error> {
        let root = root.as_ref();
        let commits = Commits::of(root);
        let versions = commits.versions()?;
        let Some(last) = versions.last() else {
            return Err(missing(root));
        };
        let manifest = match at {
            At::Latest => commits.read(*last)?,
            At::Version(version) if versions.contains(&version) => commits.read(version)?,
            At::Version(version) => return Err(no_version(&versions, &format!("version {version}"), version > *last)),
            At::Time(time) => at_time(&commits, &versions, time)?,
        };
        Ok(Self { root: root.to_owned(), manifest })
    }

    /// Whether there is a store, of whatever layout and however damaged.
    pub fn is_at(root: impl AsRef<Path>) -> bool {
        Commits::of(root.as_ref()).versions().is_ok_and(|versions| !versions.is_empty())
    }

    /// The number of its commit.
    pub fn version(&self) -> u64 {
        self.manifest.version
    }

    /// How far the sync of a live site is, as the sync itself said it with its last load; none where there was no sync.
    pub fn sync_position(&self) -> Option<&serde_json::Value> {
        self.manifest.sync.as_ref()
    }

    /// Its tables.
    ///
    /// # Errors
    ///
    /// Where a file is missing or has another length than was written.
    pub fn tables(&self) -> Result<Tables, Error> {
        state::committed(&self.root, &self.manifest)
    }

    /// What it holds and covers.
    ///
    /// # Errors
    ///
    /// Where the folder cannot be read.
    pub fn status(&self) -> Result<Status, Error> {
        status::status(&self.root, &self.manifest)
    }

    /// Reads everything: each file against its checksum, the Delta logs against the commit, the derived tables against the events
    /// that they are made of.
    ///
    /// # Errors
    ///
    /// Where it could not be finished. What is wrong with the store is no error of this call.
    pub async fn verify(&self, options: LoadOptions) -> Result<Verified, Error> {
        let context = exec::context(options.threads, options.memory_limit)?;
        let commits = Commits::of(&self.root);
        let all = commits.versions()?.into_iter().filter_map(|version| commits.read(version).ok());
        verify::verify(&context, &self.root, &self.manifest, &all.collect::<Vec<_>>()).await
    }

    /// Writes small files, and files with rows that no longer count, anew as few sorted ones; with `derive`, makes the derived
    /// tables anew as well.
    ///
    /// # Errors
    ///
    /// As [`Store::load`].
    pub async fn compact(root: impl AsRef<Path>, derive: bool, options: LoadOptions) -> Result<CompactedStore, Error> {
        compact::compact(root.as_ref(), derive, &options).await
    }

    /// Removes versions that were not the last one at any time of the `retention`, and files that no version needs.
    ///
    /// # Errors
    ///
    /// As [`Store::load`].
    pub async fn vacuum(root: impl AsRef<Path>, retention: Duration, dry_run: bool) -> Result<Vacuumed, Error> {
        vacuum::vacuum(root.as_ref(), retention, dry_run).await
    }

    /// Takes the right to write the store at `root`, which is made if there is none. One at a time has it.
    ///
    /// # Errors
    ///
    /// Where another run has it, and where the folder holds something else than a store.
    pub async fn writer(root: impl AsRef<Path>) -> Result<Writer, Error> {
        Ok(Writer { change: Transaction::begin(root.as_ref(), true).await? })
    }

    /// Brings the dataset in a folder into the store at `root`, which is made if there is none. What the store knows already is
    /// merged with what comes; where nothing is new, there is no commit.
    ///
    /// # Errors
    ///
    /// Where the dataset cannot be read, another run is writing the store, or it cannot be written. The store is then as it was.
    pub async fn load(root: impl AsRef<Path>, dataset: impl AsRef<Path>, options: LoadOptions) -> Result<Loaded, Error> {
        Self::writer(root).await?.load(dataset, options).await
    }
}

/// The right to write a store. Dropped, it leaves the store as it was.
pub struct Writer {
    change: Transaction,
}

/// Where a writer prepares what it brings.
pub(crate) const STAGING: &str = ".import";

impl Writer {
    /// A folder of the store's, not there yet, for a dataset to be brought in.
    pub fn staging(&self) -> PathBuf {
        self.change.root().join(STAGING)
    }

    /// Commits how far the sync of a live site is, where there are no rows to go with it.
    ///
    /// # Errors
    ///
    /// Where the store cannot be written.
    pub async fn note_sync(mut self, position: serde_json::Value) -> Result<Loaded, Error> {
        self.change.set_sync(position);
        let committed = self.change.commit("sync").await?;
        let (version, warnings) = committed.map_or((None, Vec::new()), |done| (Some(done.version), done.warnings));
        Ok(Loaded { version, warnings, ..Loaded::default() })
    }

    /// See [`Store::load`].
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn load(self, dataset: impl AsRef<Path>, options: LoadOptions) -> Result<Loaded, Error> {
        load::load(self.change, dataset.as_ref(), options).await
    }
}

/// There is no store at a place, and maybe something else.
fn missing(root: &Path) -> Error {
    let message = format!("there is no store at {}", root.display());
    let has = |table: &str| root.join(table).is_dir() || root.join(format!("{table}.parquet")).is_file();
    let help = match has("events") || has("issues") {
        true => "it looks like a folder of Parquet, which is asked with --data and imported into a store elsewhere",
        false => "`jqlx import FILES --store DIR` makes one",
    };
    data(codes::STORE_MISSING, message, help)
}

fn at_time(commits: &Commits, versions: &[u64], time: jiff::Timestamp) -> Result<Manifest, Error> {
    let time = time.as_microsecond();
    let mut found = None;
    let (mut from, mut to) = (0, versions.len());
    // Each commit is later than the one before it.
    while from < to {
        let middle = from + (to - from) / 2;
        let manifest = commits.read(versions[middle])?;
        if manifest.time <= time {
            from = middle + 1;
            found = Some(manifest);
        } else {
            to = middle;
        }
    }
    found.ok_or_else(|| no_version(versions, "a version of that time", false))
}

fn no_version(versions: &[u64], what: &str, is_ahead: bool) -> Error {
    let (first, last) = (versions.first().copied().unwrap_or_default(), versions.last().copied().unwrap_or_default());
    let gone = if first > 0 && !is_ahead { "; older ones went with `jqlx vacuum`" } else { "" };
    let help = format!("it has the versions {first} to {last}{gone}; `jqlx status` names them");
    data(codes::STORE_NO_VERSION, format!("the store does not have {what}"), &help)
}
