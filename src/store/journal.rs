//! Which files a run is making, noted before they are made: what a killed run leaves behind, the next one removes.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Component, Path, PathBuf};

use super::error::{unreadable, unwritable};
use crate::error::Error;

const JOURNAL: &str = ".journal";

/// Notes that a file of a table is about to be made.
pub(crate) fn note(folder: &Path, name: &str) -> Result<(), Error> {
    let (Some(root), Some(table)) = (folder.parent(), folder.file_name()) else { return Ok(()) };
    let path = root.join(JOURNAL);
    let line = format!("{}/{name}\n", table.to_string_lossy());
    let noted = OpenOptions::new().create(true).append(true).open(&path).and_then(|mut file| file.write_all(line.as_bytes()));
    noted.map_err(|error| unwritable(&path, &error))
}

/// Removes the noted files but those that are needed, and the notes.
pub(crate) fn sweep(root: &Path, needed: &BTreeSet<PathBuf>) -> Result<(), Error> {
    let path = root.join(JOURNAL);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unreadable(&path, &error)),
    };
    for line in text.lines() {
        let file = Path::new(line);
        let parts: Vec<Component<'_>> = file.components().collect();
        // A line that was cut short names no file of a table.
        let is_ours = matches!(parts.as_slice(), [Component::Normal(_), Component::Normal(_)]);
        let file = root.join(file);
        if is_ours && !needed.contains(&file) && file.is_file() {
            fs::remove_file(&file).map_err(|error| unwritable(&file, &error))?;
        }
    }
    clear(root)
}

/// Removes the notes: what they name is in a commit, or gone.
pub(crate) fn clear(root: &Path) -> Result<(), Error> {
    let path = root.join(JOURNAL);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(unwritable(&path, &error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_noted_and_not_needed_goes() {
        let root = tempfile::tempdir().unwrap();
        let table = root.path().join("events");
        fs::create_dir(&table).unwrap();
        for name in ["a.parquet", "b.parquet", "c.parquet"] {
            fs::write(table.join(name), "x").unwrap();
        }
        for name in ["a.parquet", "b.parquet", "never-made.parquet"] {
            note(&table, name).unwrap();
        }
        fs::write(root.path().join("outside"), "x").unwrap();
        fs::write(root.path().join(JOURNAL), fs::read_to_string(root.path().join(JOURNAL)).unwrap() + "../outside\noutside\n")
            .unwrap();
        sweep(root.path(), &BTreeSet::from([table.join("a.parquet")])).unwrap();
        let left = |name: &str| table.join(name).exists();
        assert_eq!([left("a.parquet"), left("b.parquet"), left("c.parquet")], [true, false, true]);
        assert!(root.path().join("outside").exists() && !root.path().join(JOURNAL).exists());
        sweep(root.path(), &BTreeSet::new()).unwrap();
    }
}
