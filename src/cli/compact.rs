//! `jqlx compact`: few sorted files for many small ones.

use super::arguments::{Kept, Work};
use super::config::Config;
use super::failure::Failure;
use super::place;
use super::session::Running;
use super::status::{count, size};
use super::terminal::Terminal;
use crate::store::Store;

const AFTER: &str = "\
Examples:
  jqlx compact
  jqlx compact --store ./store --derive

Earlier versions stay readable until `jqlx vacuum` removes them, so the store grows at first.";

/// Write small files of a store, and files with rows that no longer count, anew as few sorted ones
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER)]
pub(super) struct Arguments {
    #[command(flatten)]
    kept: Kept,
    /// Make the derived tables of the events anew as well
    #[arg(long)]
    derive: bool,
    #[command(flatten)]
    work: Work,
}

pub(super) fn run(arguments: Arguments, terminal: &Terminal) -> Result<(), Failure> {
    let config = Config::load(arguments.work.config.as_deref())?;
    let store = place::store(arguments.kept.store, &config)?;
    let running = Running::start(terminal, arguments.work.threads.map(usize::from), None)?;
    let (root, derive, options) = (store.clone(), arguments.derive, arguments.work.options());
    let done = super::progress::shown(terminal, &options.progress.clone(), || {
        running.wait(async move { Store::compact(root, derive, options).await })
    })??;
    terminal.warn(&done.warnings);
    match done.version {
        None => terminal.say(&format!("the store {} is compact already", store.display())),
        Some(version) => {
            for (table, done) in done.tables {
                let (before, after) = (size(done.bytes_before), size(done.bytes_after));
                terminal.say(&format!("{table}: {} ({before}) before, {} ({after}) now", count(done.before, "file"), done.after));
            }
            terminal.say(&format!("version {version} of {}", store.display()));
        }
    }
    Ok(())
}
