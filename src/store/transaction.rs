//! A change of the store: from the last commit to the next, or to none.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use roaring::RoaringTreemap;

use super::error::{data, unwritable};
use super::manifest::{COMMITS, ColumnState, Commits, FileState, History, LAYOUT, Manifest, TableState, sync_folder};
use super::publish;
use super::{STAGING, journal, vacuum, vectors};
use crate::data::lock::Lock;
use crate::diagnostic::{Diagnostic, codes};
use crate::error::Error;

/// What holds the right to write.
const LOCK: &str = ".lock";

/// A change that was made.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Committed {
    pub(crate) version: u64,
    /// Why the Delta logs are behind.
    pub(crate) warnings: Vec<Diagnostic>,
}

/// A change that is being prepared. Dropped without a commit, it leaves the store as it was.
pub(crate) struct Transaction {
    root: PathBuf,
    commits: Commits,
    before: Option<Manifest>,
    tables: BTreeMap<String, TableState>,
    histories: Vec<History>,
    sync: Option<serde_json::Value>,
    /// Tables whose Delta log somebody removed, to have it made anew.
    unlogged: BTreeSet<String>,
    /// Rows that shall no longer count, by table and file.
    gone: BTreeMap<(String, String), RoaringTreemap>,
    /// Files made for this change.
    made: Vec<PathBuf>,
    _lock: Lock,
}

impl Transaction {
    /// Takes the right to write and brings to an end what a killed run began: its commit stands, and the Delta logs learn of it.
    pub(crate) async fn begin(root: &Path, create: bool) -> Result<Self, Error> {
        let commits = Commits::of(root);
        let versions = commits.versions()?;
        if versions.is_empty() {
            may_create(root, create)?;
            fs::create_dir_all(root).map_err(|error| unwritable(root, &error))?;
        }
        let path = root.join(LOCK);
        let Some(lock) = Lock::take(&path).map_err(|error| unwritable(&path, &error))? else {
            let message = format!("the store {} is being written by another run", root.display());
            return Err(data(codes::STORE_BUSY, message, "wait for it to end; queries can run meanwhile"));
        };
        let before = commits.latest()?;
        let needed = before.as_ref().map(|manifest| vacuum::files(root, manifest)).unwrap_or_default();
        journal::sweep(root, &needed)?;
        clear_drafts(root)?;
        let mut unlogged = BTreeSet::new();
        if let Some(now) = &before {
            let earlier = now.version.checked_sub(1).filter(|version| versions.contains(version));
            let earlier = earlier.map(|version| commits.read(version)).transpose()?;
            let mut logged = now.clone();
            logged.tables.retain(|name, _| publish::has_log(root, name) || is_new(earlier.as_ref(), name));
            unlogged.extend(now.tables.keys().filter(|name| !logged.tables.contains_key(*name)).cloned());
            publish::publish(root, earlier.as_ref(), &logged).await?;
        }
        let tables = before.as_ref().map(|manifest| manifest.tables.clone()).unwrap_or_default();
        let histories = before.as_ref().map(|manifest| manifest.histories.clone()).unwrap_or_default();
        let sync = before.as_ref().and_then(|manifest| manifest.sync.clone());
        Ok(Self {
            root: root.to_owned(),
            commits,
            before,
            tables,
            histories,
            sync,
            unlogged,
            gone: BTreeMap::new(),
            made: Vec::new(),
            _lock: lock,
        })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The tables as they are so far.
    pub(crate) fn tables(&self) -> &BTreeMap<String, TableState> {
        &self.tables
    }

    /// One table as it is so far.
    pub(crate) fn table(&self, name: &str) -> TableState {
        self.tables.get(name).cloned().unwrap_or_default()
    }

    /// The fields of which there are intervals.
    pub(crate) fn histories(&self) -> &[History] {
        &self.histories
    }

    pub(crate) fn set_histories(&mut self, histories: Vec<History>) {
        self.histories = histories;
    }

    /// Says how far the sync of a live site is.
    pub(crate) fn set_sync(&mut self, position: serde_json::Value) {
        self.sync = Some(position);
    }

    /// Sets a table's columns; the table is there from now on.
    pub(crate) fn set_columns(&mut self, table: &str, columns: Vec<ColumnState>) {
        self.tables.entry(table.to_owned()).or_default().columns = columns;
    }

    /// Adds files that a writer has finished.
    pub(crate) fn add(&mut self, table: &str, files: Vec<FileState>) {
        self.made.extend(files.iter().map(|file| self.root.join(table).join(&file.name)));
        self.tables.entry(table.to_owned()).or_default().files.extend(files);
    }

    /// Takes all files from a table.
    pub(crate) fn clear(&mut self, table: &str) {
        self.gone.retain(|(of, _), _| of != table);
        if let Some(state) = self.tables.get_mut(table) {
            state.files.clear();
        }
    }

    /// Takes some files from a table.
    pub(crate) fn remove_files(&mut self, table: &str, names: &[String]) {
        self.gone.retain(|(of, file), _| of != table || !names.contains(file));
        if let Some(state) = self.tables.get_mut(table) {
            state.files.retain(|file| !names.contains(&file.name));
        }
    }

    /// Says of rows of a file that they no longer count.
    pub(crate) fn remove_rows(&mut self, table: &str, file: &str, rows: RoaringTreemap) {
        *self.gone.entry((table.to_owned(), file.to_owned())).or_default() |= rows;
    }

    /// Writes the vectors of what is gone so far, so that the tables can be read as they are.
    pub(crate) fn settle(&mut self) -> Result<(), Error> {
        let gone = std::mem::take(&mut self.gone);
        let mut by_table: BTreeMap<String, Vec<(String, RoaringTreemap)>> = BTreeMap::new();
        for ((table, file), rows) in gone {
            by_table.entry(table).or_default().push((file, rows));
        }
        for (table, files) in by_table {
            let folder = self.root.join(&table);
            let Some(state) = self.tables.get_mut(&table) else { continue };
            let mut vectors = Vec::new();
            for (name, mut rows) in files {
                let Some(file) = state.files.iter().find(|file| file.name == name) else { continue };
                if let Some(gone) = &file.gone {
                    rows |= vectors::read(&folder, gone)?;
                }
                if rows.len() == file.written_rows() {
                    state.files.retain(|file| file.name != name);
                } else if !rows.is_empty() {
                    vectors.push((name, rows));
                }
            }
            let (names, vectors): (Vec<_>, Vec<_>) = vectors.into_iter().unzip();
            if names.is_empty() {
                continue;
            }
            let written = vectors::write(&folder, &vectors)?;
            self.made.extend(written.iter().map(|gone| folder.join(vectors::file_name(&gone.file))));
            for (name, gone) in names.into_iter().zip(written) {
                if let Some(file) = state.files.iter_mut().find(|file| file.name == name) {
                    file.gone = Some(gone);
                }
            }
        }
        Ok(())
    }

    /// Makes the change the next version, and gives it; none where nothing changed.
    pub(crate) async fn commit(mut self, operation: &str) -> Result<Option<Committed>, Error> {
        self.settle()?;
        let earlier = self.before.as_ref().map(|manifest| &manifest.tables);
        let mut changed = self.before.as_ref().is_none_or(|before| before.sync != self.sync);
        for (name, state) in &mut self.tables {
            let folder = self.root.join(name);
            match earlier.and_then(|tables| tables.get(name)) {
                Some(_) if self.unlogged.contains(name) => state.delta = 0,
                Some(before) if *before == *state => continue,
                Some(before) => state.delta = before.delta + 1,
                None => state.delta = 0,
            }
            changed = true;
            fs::create_dir_all(&folder).and_then(|()| sync_folder(&folder)).map_err(|error| unwritable(&folder, &error))?;
        }
        if !changed {
            return Ok(None);
        }
        let version = self.before.as_ref().map_or(0, |before| before.version + 1);
        // Versions are found by their time, so a clock that was set back must not undo their order.
        let earliest = self.before.as_ref().map_or(i64::MIN, |before| before.time + 1);
        let manifest = Manifest {
            layout: LAYOUT,
            version,
            time: jiff::Timestamp::now().as_microsecond().max(earliest),
            operation: operation.to_owned(),
            program: concat!("jqlx ", env!("CARGO_PKG_VERSION")).to_owned(),
            tables: std::mem::take(&mut self.tables),
            histories: std::mem::take(&mut self.histories),
            sync: self.sync.take(),
        };
        sync_folder(&self.root).map_err(|error| unwritable(&self.root, &error))?;
        if let Err(error) = self.commits.write(&manifest) {
            // A commit that is there for all that keeps its files.
            if self.commits.versions().map_or(true, |versions| versions.contains(&version)) {
                self.made.clear();
            }
            return Err(error);
        }
        // What was made on the way and is in no table is of no use to anybody.
        let kept = vacuum::files(&self.root, &manifest);
        self.made.retain(|path| !kept.contains(path));
        for path in &self.made {
            let _ = fs::remove_file(path);
        }
        self.made.clear();
        // A journal that stays names files of this commit, which the next run does not remove.
        let _ = journal::clear(&self.root);
        // The commit stands, whatever becomes of the logs.
        let published = publish::publish(&self.root, self.before.as_ref(), &manifest).await;
        let warnings = published.err().map_or_else(Vec::new, |error| error.diagnostics().iter().map(behind).collect());
        Ok(Some(Committed { version: manifest.version, warnings }))
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        for path in &self.made {
            let _ = fs::remove_file(path);
        }
    }
}

/// Why a Delta log is behind, as a warning.
fn behind(reason: &Diagnostic) -> Diagnostic {
    let message = format!("the commit stands, but a Delta log could not be brought up to it: {}", reason.message);
    Diagnostic::warning(reason.code, message).help("queries do not need it; the next commit writes what is missing")
}

/// Removes what killed runs prepared: folders of imports, and drafts of commits.
fn clear_drafts(root: &Path) -> Result<(), Error> {
    let names = |folder: &Path| -> Vec<(PathBuf, String)> {
        let entries = fs::read_dir(folder).map(|entries| entries.flatten().collect::<Vec<_>>()).unwrap_or_default();
        entries.into_iter().map(|entry| (entry.path(), entry.file_name().to_string_lossy().into_owned())).collect()
    };
    for (path, name) in names(root) {
        // Writing a dataset makes folders beside it, with its name behind another dot.
        if path.is_dir() && name.starts_with('.') && name.trim_start_matches('.').starts_with(STAGING.trim_start_matches('.')) {
            fs::remove_dir_all(&path).map_err(|error| unwritable(&path, &error))?;
        }
    }
    for (path, name) in names(&root.join(COMMITS)) {
        if name.starts_with('.') && name.ends_with(".draft") {
            fs::remove_file(&path).map_err(|error| unwritable(&path, &error))?;
        }
    }
    Ok(())
}

/// Whether a commit is the table's first.
fn is_new(earlier: Option<&Manifest>, table: &str) -> bool {
    earlier.is_none_or(|earlier| !earlier.tables.contains_key(table))
}

/// A store begins in a new or an empty folder.
fn may_create(root: &Path, create: bool) -> Result<(), Error> {
    if !create {
        return Err(super::missing(root));
    }
    let entries = match fs::read_dir(root) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(super::error::unreadable(root, &error)),
    };
    // What a run left that was killed before its first commit is no hindrance.
    let ours = |name: &str| {
        let table = super::layout::layout(name).is_some() && root.join(name).is_dir();
        name.starts_with('.') || name == "commits" || (table && holds_only_ours(&root.join(name)))
    };
    let strange = entries.flatten().map(|entry| entry.file_name()).find(|name| name.to_str().is_none_or(|name| !ours(name)));
    match strange {
        None => Ok(()),
        Some(name) => {
            let message = format!("the folder {} holds {}, which is no part of a store", root.display(), name.display());
            Err(data(codes::STORE_REFUSED, message, "make the store in a folder of its own"))
        }
    }
}

/// Whether a table's folder holds nothing but what a store writes there. A folder of Parquet in the interchange layout has
/// tables of the same names, and vacuum would take its files for strays.
fn holds_only_ours(folder: &Path) -> bool {
    let ours = |name: &str| {
        let id = name.strip_suffix(".parquet").or_else(|| name.strip_prefix("deletion_vector_")?.strip_suffix(".bin"));
        name == "_delta_log" || id.is_some_and(|id| uuid::Uuid::try_parse(id).is_ok())
    };
    fs::read_dir(folder)
        .is_ok_and(|mut entries| entries.all(|entry| entry.is_ok_and(|entry| entry.file_name().to_str().is_some_and(ours))))
}
