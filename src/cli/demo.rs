//! `jqlx demo`, and the copy of the sample dataset that `--demo` uses.

use std::path::PathBuf;

use super::failure::Failure;

/// The sample dataset in the cache folder, written where it is missing, and the instant that its `now()` is.
pub(super) fn cached() -> Result<(PathBuf, jiff::Timestamp), Failure> {
    Err(Failure::Usage("--demo has no data yet".to_owned()))
}
