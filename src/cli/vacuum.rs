//! `jqlx vacuum`: what no version needs any longer is removed.

use std::path::PathBuf;
use std::time::Duration;

use super::arguments::Kept;
use super::config::Config;
use super::failure::Failure;
use super::place;
use super::session::Running;
use super::status::{count, size};
use super::terminal::Terminal;
use crate::store::Store;

const AFTER: &str = "\
Examples:
  jqlx vacuum --dry-run
  jqlx vacuum --retention 30d --store ./store

The last version always stays. A query that runs longer than the retention may find its files gone.";

/// Remove versions of a store that are older than the retention, and files that no version needs
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER)]
pub(super) struct Arguments {
    #[command(flatten)]
    kept: Kept,
    /// How far back versions can still be read, such as 12h, 7d or 4w
    #[arg(long, value_name = "TIME", default_value = "7d", value_parser = retention)]
    retention: Duration,
    /// Only say what would be removed
    #[arg(long)]
    dry_run: bool,
    /// Configuration file [default: JQLX_CONFIG, then jqlx/config.toml in the platform's configuration folder]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

pub(super) fn run(arguments: Arguments, terminal: &Terminal) -> Result<(), Failure> {
    let config = Config::load(arguments.config.as_deref())?;
    let store = place::store(arguments.kept.store, &config)?;
    let running = Running::start(terminal, None, None)?;
    let (root, retention, dry_run) = (store.clone(), arguments.retention, arguments.dry_run);
    let done = running.wait(async move { Store::vacuum(root, retention, dry_run).await })??;
    let removed = if dry_run { "would be removed" } else { "removed" };
    terminal.say(&format!(
        "{}: {} and {} ({}) {removed}",
        store.display(),
        count(done.versions.len() as u64, "version"),
        count(done.files, "file"),
        size(done.bytes)
    ));
    Ok(())
}

/// A number of hours, days or weeks.
fn retention(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text:?} is no length of time such as 12h, 7d or 4w");
    let end = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
    let (number, unit) = text.split_at(end);
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let hours: u64 = match unit {
        "h" => 1,
        "d" => 24,
        "w" => 24 * 7,
        _ => return Err(wrong()),
    };
    number.checked_mul(hours * 3600).map(Duration::from_secs).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retention_has_a_unit() {
        assert_eq!(retention("12h"), Ok(Duration::from_secs(12 * 3600)));
        assert_eq!(retention("0d"), Ok(Duration::ZERO));
        assert_eq!(retention("4w"), Ok(Duration::from_secs(28 * 24 * 3600)));
        for wrong in ["", "7", "d", "-1d", "7 days", "99999999999999999999h"] {
            assert!(retention(wrong).is_err(), "{wrong}");
        }
    }
}
