//! Commits: what every table of the store consists of, version by version.
//!
//! `commits/N.json` is version N of the whole store. A version exists when its file does, and the file comes into being
//! whole: so a commit is atomic over all tables, and a reader that has read one file knows all that it will read. Each table
//! has a Delta log as well, for other readers; it follows the commits (see `publish`).

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::error::{damaged, data, unreadable, unwritable};
use crate::data::schema::ColumnKind;
use crate::diagnostic::codes;
use crate::error::Error;

/// The layout that this program writes. It reads all up to this one.
pub(crate) const LAYOUT: u32 = 1;

pub(crate) const COMMITS: &str = "commits";

/// One version of the store.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    /// The layout of the store's files.
    pub(crate) layout: u32,
    /// From 0 on, one more with each commit.
    pub(crate) version: u64,
    /// When it was committed, in UTC microseconds.
    pub(crate) time: i64,
    /// The command that made it.
    pub(crate) operation: String,
    /// The program that made it.
    pub(crate) program: String,
    pub(crate) tables: BTreeMap<String, TableState>,
    /// The fields of which the table of intervals has rows.
    #[serde(default)]
    pub(crate) histories: Vec<History>,
    /// How far the sync of a live site is, as the sync itself says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sync: Option<serde_json::Value>,
}

/// A field as events call it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct History {
    pub(crate) field: String,
    pub(crate) field_id: Option<String>,
    /// It has rows for each element.
    pub(crate) several: bool,
}

/// One table in one version.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct TableState {
    pub(crate) columns: Vec<ColumnState>,
    pub(crate) files: Vec<FileState>,
    /// The version of the table's Delta log that holds this state.
    pub(crate) delta: u64,
}

/// One column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ColumnState {
    pub(crate) name: String,
    pub(crate) kind: ColumnKind,
}

/// One Parquet file, which never changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct FileState {
    /// Its name in the table's folder.
    pub(crate) name: String,
    pub(crate) bytes: u64,
    pub(crate) crc32: u32,
    /// When it was written, in UTC milliseconds.
    pub(crate) written: i64,
    /// The rows of each row group.
    pub(crate) groups: Vec<u64>,
    /// The least and greatest value of some columns; a column of nothing but nulls has none.
    pub(crate) ranges: BTreeMap<String, (Value, Value)>,
    /// Rows that no longer count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) gone: Option<Gone>,
}

impl FileState {
    /// All rows of the file.
    pub(crate) fn written_rows(&self) -> u64 {
        self.groups.iter().sum()
    }

    /// The rows that count.
    pub(crate) fn rows(&self) -> u64 {
        self.written_rows() - self.gone.as_ref().map_or(0, |gone| gone.rows)
    }
}

/// Where the numbers of a file's rows are that no longer count: a deletion vector of Delta's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Gone {
    /// The UUID in the vector file's name.
    pub(crate) file: String,
    /// Where the vector begins in it.
    pub(crate) offset: i32,
    pub(crate) bytes: i32,
    /// How many rows are gone.
    pub(crate) rows: u64,
}

/// A bound of a column in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Value {
    /// Whole numbers; of a time, UTC microseconds.
    Int(i64),
    Text(String),
}

impl TableState {
    /// The rows that count.
    pub(crate) fn rows(&self) -> u64 {
        self.files.iter().map(FileState::rows).sum()
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }
}

/// The commits of a store.
#[derive(Clone, Debug)]
pub(crate) struct Commits {
    folder: PathBuf,
}

impl Commits {
    pub(crate) fn of(root: &Path) -> Self {
        Self { folder: root.join(COMMITS) }
    }

    /// The versions that are there, in order; none where there is no store.
    pub(crate) fn versions(&self) -> Result<Vec<u64>, Error> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(unreadable(&self.folder, &error)),
        };
        let mut versions = Vec::new();
        for entry in entries {
            let name = entry.map_err(|error| unreadable(&self.folder, &error))?.file_name();
            versions.extend(name.to_str().and_then(|name| name.strip_suffix(".json")).and_then(|n| n.parse::<u64>().ok()));
        }
        versions.sort_unstable();
        Ok(versions)
    }

    /// The last commit; none where there is no store.
    pub(crate) fn latest(&self) -> Result<Option<Manifest>, Error> {
        self.versions()?.last().map(|version| self.read(*version)).transpose()
    }

    /// One commit.
    pub(crate) fn read(&self, version: u64) -> Result<Manifest, Error> {
        #[derive(Deserialize)]
        struct Head {
            layout: u32,
            program: String,
        }
        let path = self.path(version);
        let text = fs::read(&path).map_err(|error| unreadable(&path, &error))?;
        // A newer layout may have another shape altogether, so its number is read first.
        let head: Head = serde_json::from_slice(&text).map_err(|error| damaged(&path, &error.to_string()))?;
        if head.layout > LAYOUT {
            let message = format!(
                "the store was written by {} in layout {}, and this program reads up to layout {LAYOUT}",
                head.program, head.layout
            );
            return Err(data(codes::STORE_NEWER, message, "use that version of jqlx or a newer one"));
        }
        let manifest: Manifest = serde_json::from_slice(&text).map_err(|error| damaged(&path, &error.to_string()))?;
        if manifest.version != version {
            return Err(damaged(&path, &format!("it holds version {}", manifest.version)));
        }
        Ok(manifest)
    }

    /// Makes a version exist, unless it does.
    pub(crate) fn write(&self, manifest: &Manifest) -> Result<(), Error> {
        let path = self.path(manifest.version);
        fs::create_dir_all(&self.folder).map_err(|error| unwritable(&self.folder, &error))?;
        let draft = self.folder.join(format!(".{}.draft", manifest.version));
        let failed = |error: &std::io::Error| unwritable(&path, error);
        let text = serde_json::to_vec(manifest).map_err(|error| failed(&error.into()))?;
        let _ = fs::remove_file(&draft);
        let written = File::create_new(&draft).and_then(|mut file| file.write_all(&text).and_then(|()| file.sync_all()));
        // A link is refused where the name is taken; a rename would take the place of a commit.
        let linked = written.and_then(|()| fs::hard_link(&draft, &path));
        let _ = fs::remove_file(&draft);
        linked.map_err(|error| failed(&error))?;
        sync_folder(&self.folder).map_err(|error| failed(&error))
    }

    /// Removes a version.
    pub(crate) fn remove(&self, version: u64) -> Result<(), Error> {
        let path = self.path(version);
        fs::remove_file(&path).map_err(|error| unwritable(&path, &error))
    }

    fn path(&self, version: u64) -> PathBuf {
        self.folder.join(format!("{version:020}.json"))
    }
}

/// Makes the names in a folder durable.
#[cfg(unix)]
pub(crate) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Folders cannot be opened everywhere.
#[cfg(not(unix))]
pub(crate) fn sync_folder(_folder: &Path) -> std::io::Result<()> {
    Ok(())
}
