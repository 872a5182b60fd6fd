//! `jqlx verify`: whether a store is what was written.

use super::arguments::{Kept, Work};
use super::config::Config;
use super::failure::Failure;
use super::place;
use super::session::Running;
use super::status::{count, size};
use super::terminal::Terminal;
use crate::diagnostic::Report;
use crate::store::{At, Store};

const AFTER: &str = "\
Examples:
  jqlx verify
  jqlx verify --store ./store --at-version 12";

/// Read everything of a store: each file against its checksum, derived tables against the events that they are made of
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER)]
pub(super) struct Arguments {
    #[command(flatten)]
    kept: Kept,
    /// An earlier version
    #[arg(long, value_name = "N")]
    at_version: Option<u64>,
    #[command(flatten)]
    work: Work,
}

pub(super) fn run(arguments: Arguments, terminal: &Terminal) -> Result<(), Failure> {
    let config = Config::load(arguments.work.config.as_deref())?;
    let folder = place::store(arguments.kept.store, &config)?;
    let store = Store::open(&folder, arguments.at_version.map_or(At::Latest, At::Version))?;
    let running = Running::start(terminal, arguments.work.threads.map(usize::from), None)?;
    let (version, options) = (store.version(), arguments.work.options());
    let found = running.wait(async move { store.verify(options).await })??;
    if found.strays > 0 {
        terminal.say(&format!("{} of no version; `jqlx vacuum` removes them", count(found.strays, "file")));
    }
    if !found.problems.is_empty() {
        terminal.report(&Report::new("", "", found.problems));
        return Err(Failure::Reported);
    }
    terminal.say(&format!(
        "version {version} of {} is sound: {}, {}, {}",
        folder.display(),
        count(found.files, "file"),
        size(found.bytes),
        count(found.rows, "row")
    ));
    Ok(())
}
