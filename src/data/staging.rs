//! A folder that appears, or is replaced, as a whole.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::lock::Lock;
use super::schema;
use super::write::WriteError;
use crate::diagnostic::codes;

/// A folder beside the destination that takes its place at [`Staging::commit`], or vanishes.
///
/// Beside `DIR` there are for that time `.DIR.jqlx-new` (what is being written), `.DIR.jqlx-old`
/// (what was there, while the two change places) and `.DIR.jqlx-lock`. What a killed run leaves of
/// them, the next run clears away.
pub(super) struct Staging {
    destination: PathBuf,
    new: PathBuf,
    old: PathBuf,
    lock: Option<Lock>,
    done: bool,
}

impl Staging {
    pub(super) fn begin(destination: &Path, replace: bool) -> Result<Self, WriteError> {
        let destination = std::path::absolute(destination).map_err(|e| WriteError::io("resolve", destination, &e))?;
        let (Some(parent), Some(name)) = (destination.parent(), destination.file_name()) else {
            return Err(WriteError::refused(
                codes::NOT_A_DATASET,
                &destination,
                format!("the path {} is no place for a dataset", destination.display()),
                "name a folder below it",
            ));
        };
        fs::create_dir_all(parent).map_err(|e| WriteError::io("create", parent, &e))?;
        let beside = |suffix: &str| {
            let mut file = OsString::from(".");
            file.push(name);
            file.push(suffix);
            parent.join(file)
        };
        let (new, old) = (beside(".jqlx-new"), beside(".jqlx-old"));
        let lock = lock(&beside(".jqlx-lock"), &destination)?;
        // A run that was killed between the two renames of `commit` left the former data here.
        if old.exists() {
            if destination.exists() {
                remove(&old)?;
            } else {
                fs::rename(&old, &destination).map_err(|e| WriteError::io("restore", &destination, &e))?;
            }
        }
        if new.exists() {
            remove(&new)?;
        }
        may_write(&destination, replace)?;
        fs::create_dir(&new).map_err(|e| WriteError::io("create", &new, &e))?;
        Ok(Self { destination, new, old, lock: Some(lock), done: false })
    }

    /// The folder to write into.
    pub(super) fn folder(&self) -> &Path {
        &self.new
    }

    /// Puts the folder into place.
    pub(super) fn commit(mut self) -> Result<(), WriteError> {
        let replaced = self.destination.exists();
        if replaced {
            fs::rename(&self.destination, &self.old).map_err(|e| WriteError::io("replace", &self.destination, &e))?;
        }
        if let Err(error) = fs::rename(&self.new, &self.destination) {
            if replaced {
                // The former data is what the user has; if this fails too, the next run restores it.
                let _ = fs::rename(&self.old, &self.destination);
            }
            return Err(WriteError::io("create", &self.destination, &error));
        }
        self.done = true;
        if replaced {
            remove(&self.old)?;
        }
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if !self.done {
            let _ = fs::remove_dir_all(&self.new);
        }
        self.lock.take();
    }
}

fn lock(path: &Path, destination: &Path) -> Result<Lock, WriteError> {
    Lock::take(path).map_err(|error| WriteError::io("lock", path, &error))?.ok_or_else(|| {
        WriteError::refused(
            codes::DATASET_BUSY,
            destination,
            format!("the folder {} is being written by another run", destination.display()),
            "wait for it to end",
        )
    })
}

fn remove(folder: &Path) -> Result<(), WriteError> {
    fs::remove_dir_all(folder).map_err(|e| WriteError::io("remove", folder, &e))
}

/// Nothing but an empty folder or a dataset is ever replaced.
fn may_write(destination: &Path, replace: bool) -> Result<(), WriteError> {
    let entries = match fs::read_dir(destination) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(WriteError::io("read", destination, &e)),
    };
    let mut found = false;
    for entry in entries {
        let entry = entry.map_err(|e| WriteError::io("read", destination, &e))?;
        let name = entry.file_name();
        let table = name.to_str().map(|n| n.strip_suffix(".parquet").unwrap_or(n));
        if table.and_then(schema::table).is_none() {
            return Err(WriteError::refused(
                codes::NOT_A_DATASET,
                destination,
                format!("the folder {} holds {}, which is no table", destination.display(), name.display()),
                "write to a new folder; only datasets are replaced",
            ));
        }
        found = true;
    }
    if found && !replace {
        return Err(WriteError::refused(
            codes::DATASET_EXISTS,
            destination,
            format!("the folder {} holds a dataset already", destination.display()),
            "write to a new folder, or say that it is to be replaced",
        ));
    }
    Ok(())
}
