//! The Delta logs, by which other programs read the tables. They follow the commits: a log that lacks an entry is behind, not
//! damaged, and is brought up to date before the next commit.

mod entry;
#[cfg(test)]
mod tests;

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use deltalake_core::checkpoints::create_checkpoint;
use deltalake_core::{DeltaTable, DeltaTableBuilder};

use super::error::{damaged, data, failed, unreadable, unwritable};
use super::manifest::{Gone, Manifest, TableState, sync_folder};
use crate::diagnostic::codes;
use crate::error::Error;

const LOG: &str = "_delta_log";

/// A reader has at most that many entries to read after a checkpoint.
const CHECKPOINT_EVERY: u64 = 20;

/// Writes what the Delta logs lack of a commit. Commits are published in their order; one that was published before is left
/// as it is.
pub(crate) async fn publish(root: &Path, before: Option<&Manifest>, now: &Manifest) -> Result<(), Error> {
    for (name, state) in &now.tables {
        let before = before.and_then(|manifest| manifest.tables.get(name));
        let table = Table { folder: root.join(name), name, before, now: state };
        table.publish(now).await?;
        table.checkpoint().await?;
    }
    Ok(())
}

/// Whether a table has a Delta log at all.
pub(crate) fn has_log(root: &Path, table: &str) -> bool {
    root.join(table).join(LOG).is_dir()
}

/// The version of a table's Delta log, and the files it then has, in the order of their names, each with the rows that no
/// longer count in it.
pub(crate) type Logged = (u64, Vec<(String, Option<Gone>)>);

/// What a table's Delta log says last; none where there is no log.
pub(crate) async fn files(root: &Path, table: &str) -> Result<Option<Logged>, Error> {
    let folder = root.join(table);
    let log = folder.join(LOG);
    match fs::read_dir(&log) {
        // An entry that was being written is no entry.
        Ok(mut names) => {
            if names.all(|name| name.is_ok_and(|name| name.file_name().as_encoded_bytes().starts_with(b"."))) {
                return Ok(None);
            }
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(&log, &error)),
    }
    let table = open(&folder, None).await?;
    let state = table.snapshot().map_err(|error| damaged(&log, &first_line(&error)))?;
    let mut files = Vec::with_capacity(state.log_data().num_files());
    for file in state.log_data().iter() {
        let gone = file.deletion_vector_descriptor().map(|vector| entry::gone(&vector).map_err(|reason| damaged(&log, &reason)));
        files.push((file.path().into_owned(), gone.transpose()?));
    }
    files.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(Some((state.version(), files)))
}

/// The library's errors may end with a backtrace.
fn first_line(error: &dyn std::fmt::Display) -> String {
    error.to_string().lines().next().unwrap_or_default().trim().to_owned()
}

/// One table of the commit that is being published.
struct Table<'a> {
    folder: PathBuf,
    name: &'a str,
    before: Option<&'a TableState>,
    now: &'a TableState,
}

impl Table<'_> {
    /// Writes the entry of the table's version, unless it is there.
    async fn publish(&self, commit: &Manifest) -> Result<(), Error> {
        let path = self.entry_path(self.now.delta);
        if exists(&path)? {
            return self.check_owner(&path, commit);
        }
        let identity = match self.now.delta.checked_sub(1) {
            None => entry::Identity::new(commit.time),
            Some(last) => {
                self.check_last(last)?;
                if self.columns_changed() { self.identity(last).await? } else { entry::Identity::new(commit.time) }
            }
        };
        let known = if self.now.delta == 0 { None } else { self.before };
        let text = entry::text(self.name, known, self.now, commit, &identity).map_err(|error| failed(&path, &error))?;
        write_new(&path, &text)
    }

    /// An entry without its predecessor would leave the log unreadable.
    fn check_last(&self, last: u64) -> Result<(), Error> {
        let path = self.entry_path(last);
        if self.before.is_none_or(|before| before.delta != last) || !exists(&path)? {
            return Err(damaged(&path, "an entry of the Delta log is missing"));
        }
        Ok(())
    }

    /// Another program that wrote to the table took the number of our entry.
    fn check_owner(&self, path: &Path, commit: &Manifest) -> Result<(), Error> {
        // A table that did not change has an entry that was looked at when it was written.
        if self.before.is_some_and(|before| before.delta == self.now.delta) {
            return Ok(());
        }
        let text = fs::read(path).map_err(|error| unreadable(path, &error))?;
        match entry::store_version(&text) {
            Some(version) if version <= commit.version => Ok(()),
            _ => {
                let message = format!("the entry {} of a Delta log is not what jqlx wrote", path.display());
                let help = "the store reads its own commits, so nothing is lost; remove the table's folder _delta_log, and the next \
                            commit writes it anew";
                Err(data(codes::STORE_DAMAGED, message, help))
            }
        }
    }

    fn columns_changed(&self) -> bool {
        self.before.is_none_or(|before| before.columns != self.now.columns)
    }

    /// What the log says of the table that must stay so.
    async fn identity(&self, version: u64) -> Result<entry::Identity, Error> {
        let table = open(&self.folder, Some(version)).await?;
        let state = table.snapshot().map_err(|error| damaged(&self.folder.join(LOG), &first_line(&error)))?;
        Ok(entry::Identity { id: state.metadata().id().to_owned(), created: state.metadata().created_time() })
    }

    /// Writes the checkpoint of the table's version where one is due.
    async fn checkpoint(&self) -> Result<(), Error> {
        let version = self.now.delta;
        let log = self.folder.join(LOG);
        let path = log.join(format!("{version:020}.checkpoint.parquet"));
        if version == 0 || !version.is_multiple_of(CHECKPOINT_EVERY) || exists(&path)? {
            return Ok(());
        }
        let table = open(&self.folder, Some(version)).await?;
        create_checkpoint(&table, None).await.map_err(|error| failed(&path, &error))?;
        let synced = File::options().write(true).open(&path).and_then(|file| file.sync_all()).and_then(|()| sync_folder(&log));
        synced.map_err(|error| unwritable(&path, &error))
    }

    fn entry_path(&self, version: u64) -> PathBuf {
        self.folder.join(LOG).join(format!("{version:020}.json"))
    }
}

/// The table in one version of its log, or the last.
async fn open(folder: &Path, version: Option<u64>) -> Result<DeltaTable, Error> {
    let path = std::path::absolute(folder).map_err(|error| unreadable(folder, &error))?;
    let wrong = |reason: &dyn std::fmt::Display| damaged(&folder.join(LOG), &reason.to_string());
    let url = url::Url::from_directory_path(&path).map_err(|()| wrong(&"its path has no URL"))?;
    let builder = DeltaTableBuilder::from_url(url).map_err(|error| wrong(&error))?;
    let builder = match version {
        Some(version) => builder.with_version(version),
        None => builder,
    };
    builder.load().await.map_err(|error| wrong(&error))
}

fn exists(path: &Path) -> Result<bool, Error> {
    path.try_exists().map_err(|error| unreadable(path, &error))
}

/// Makes a file of the log exist, whole and durably, under a name that is not taken.
fn write_new(path: &Path, text: &[u8]) -> Result<(), Error> {
    let log = path.parent().unwrap_or(path);
    let draft = path.with_file_name(".entry.draft");
    // A run that was killed may have left it as a second name of an entry, which must not be written to.
    let _ = fs::remove_file(&draft);
    let written = fs::create_dir_all(log)
        .and_then(|()| log.parent().map_or(Ok(()), sync_folder))
        .and_then(|()| File::create_new(&draft))
        .and_then(|mut file| file.write_all(text).and_then(|()| file.sync_all()))
        .and_then(|()| fs::hard_link(&draft, path));
    let _ = fs::remove_file(&draft);
    written.and_then(|()| sync_folder(log)).map_err(|error| unwritable(path, &error))
}
