//! `jqlx demo`, and the copy of the sample dataset that `--demo` uses.

use std::io;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use super::failure::{Failure, with_options};
use super::terminal::Terminal;
use crate::Error;
use crate::data::demo;
use crate::data::write::{WriteError, write_tables};

const AFTER: &str = "\
Examples:
  jqlx demo ./sample
  jqlx query --data ./sample --now 2026-06-15T12:00:00Z 'worklog DELETED'";

/// Write the sample dataset: an invented company, the same on every machine
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER)]
pub(super) struct Arguments {
    /// Folder to write
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Replace the dataset that is in the folder
    #[arg(long)]
    replace: bool,
}

pub(super) fn run(arguments: Arguments, terminal: &Terminal) -> Result<(), Failure> {
    write_tables(&arguments.folder, &demo::demo(), arguments.replace).map_err(|error| failure(&error))?;
    let now = now()?;
    terminal.say(&format!("sample data in {}; its clock stands at {now}, so ask with --now {now}", arguments.folder.display()));
    Ok(())
}

/// The sample dataset in the cache folder, written where it is missing, and the instant that its `now()` is.
pub(super) fn cached() -> Result<(PathBuf, jiff::Timestamp), Failure> {
    let cache = match etcetera::choose_base_strategy() {
        Ok(strategy) => strategy.cache_dir(),
        // No home: the system's folder for temporary files is as good.
        Err(_) => std::env::temp_dir(),
    };
    let cache = cache.join("jqlx");
    let folder = cache.join(format!("demo-{}-{FINGERPRINT:016x}", env!("CARGO_PKG_VERSION")));
    if !folder.is_dir() {
        make(&cache, &folder)?;
    }
    Ok((folder, now()?))
}

/// Writes the dataset beside its place and moves it there whole. Where another process was faster, its copy is as good.
fn make(cache: &Path, folder: &Path) -> Result<(), Failure> {
    let failed = |error: io::Error| Failure::writing(cache.display(), &error);
    std::fs::create_dir_all(cache).map_err(failed)?;
    let place = tempfile::Builder::new().prefix(".demo-").tempdir_in(cache).map_err(failed)?;
    let made = place.path().join("demo");
    demo::write_demo(&made).map_err(|error| failure(&error))?;
    match std::fs::rename(&made, folder) {
        Err(error) if !folder.is_dir() => Err(failed(error)),
        _ => Ok(()),
    }
}

fn now() -> Result<jiff::Timestamp, Failure> {
    jiff::Timestamp::from_microsecond(demo::NOW).map_err(|error| Failure::Usage(error.to_string()))
}

fn failure(error: &WriteError) -> Failure {
    Failure::Error(Error::Environment(Box::new(with_options(error.diagnostic()))))
}

/// Changes whenever code that makes the dataset does, so that no old copy is taken for the present one.
const FINGERPRINT: u64 = fingerprint(&[
    include_bytes!("../data/batch.rs"),
    include_bytes!("../data/rows.rs"),
    include_bytes!("../data/schema.rs"),
    include_bytes!("../data/write.rs"),
    include_bytes!("../data/demo/actions.rs"),
    include_bytes!("../data/demo/activity.rs"),
    include_bytes!("../data/demo/audit/access.rs"),
    include_bytes!("../data/demo/audit/case.rs"),
    include_bytes!("../data/demo/audit/crowds.rs"),
    include_bytes!("../data/demo/audit/mod.rs"),
    include_bytes!("../data/demo/audit/records.rs"),
    include_bytes!("../data/demo/audit/requests.rs"),
    include_bytes!("../data/demo/audit/setting.rs"),
    include_bytes!("../data/demo/cast.rs"),
    include_bytes!("../data/demo/details.rs"),
    include_bytes!("../data/demo/issues.rs"),
    include_bytes!("../data/demo/mod.rs"),
    include_bytes!("../data/demo/random.rs"),
    include_bytes!("../data/demo/settings.rs"),
    include_bytes!("../data/demo/site.rs"),
    include_bytes!("../data/demo/story.rs"),
    include_bytes!("../data/demo/tables.rs"),
]);

/// FNV-1a over all bytes.
const fn fingerprint(sources: &[&[u8]]) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut i = 0;
    while i < sources.len() {
        let mut j = 0;
        while j < sources[i].len() {
            hash = (hash ^ sources[i][j] as u64).wrapping_mul(0x0000_0100_0000_01b3);
            j += 1;
        }
        i += 1;
    }
    hash
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_file_that_makes_the_dataset_counts() {
        let own = include_str!("demo.rs");
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/data/demo");
        let mut folders = vec![folder.clone()];
        while let Some(within) = folders.pop() {
            for path in std::fs::read_dir(within).expect("a folder").map(|entry| entry.expect("an entry").path()) {
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let name = path.strip_prefix(&folder).expect("within the folder").display().to_string();
                assert!(own.contains(&format!("include_bytes!(\"../data/demo/{name}\")")), "{name}");
            }
        }
    }
}
