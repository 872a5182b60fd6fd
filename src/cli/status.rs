//! `jqlx status`: what a store holds and covers.

use std::io::Write;
use std::path::PathBuf;

use clap::ValueEnum;

use super::arguments::Kept;
use super::config::Config;
use super::failure::Failure;
use super::place;
use crate::store::{At, Status, Store};

const AFTER: &str = "\
Examples:
  jqlx status
  jqlx status --store ./store --format json";

/// Say what a store holds: its versions, tables, sizes, and the times that its events cover
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER)]
pub(super) struct Arguments {
    #[command(flatten)]
    kept: Kept,
    /// An earlier version
    #[arg(long, value_name = "N")]
    at_version: Option<u64>,
    /// How to say it
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Configuration file [default: JQLX_CONFIG, then jqlx/config.toml in the platform's configuration folder]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let config = Config::load(arguments.config.as_deref())?;
    let folder = place::store(arguments.kept.store.clone(), &config)?;
    let store = Store::open(&folder, arguments.at_version.map_or(At::Latest, At::Version))?;
    let status = store.status()?;
    let out = match arguments.format {
        Format::Json => serde_json::to_string_pretty(&status).map_err(|error| Failure::writing("to stdout", &error.into()))?,
        Format::Text => text(&folder, &status),
    };
    writeln!(std::io::stdout(), "{out}").map_err(|error| Failure::writing("to stdout", &error))
}

/// Versions that the text names.
const SHOWN: usize = 10;

fn text(folder: &std::path::Path, status: &Status) -> String {
    let mut lines = vec![format!("{}: version {}", folder.display(), status.version)];
    lines.extend(status.sync.as_ref().map(synced));
    lines.push(String::new());
    let mut versions = vec![["version", "committed (UTC)", "by"].map(str::to_owned).to_vec()];
    // The time in full, so that --at-time finds the version by it.
    let committed = |at: jiff::Timestamp| at.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string();
    for of in status.versions.iter().rev().take(SHOWN) {
        versions.push(vec![of.version.to_string(), committed(of.committed), of.operation.clone()]);
    }
    lines.extend(aligned(&versions, &[0]));
    if let Some(more) = status.versions.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        lines.push(format!("and {more} older; --format json has all"));
    }
    let day = |at: Option<jiff::Timestamp>| at.map(|at| at.strftime("%Y-%m-%d").to_string()).unwrap_or_default();
    lines.push(String::new());
    let mut tables = vec![["table", "rows", "gone", "files", "size", "first", "last"].map(str::to_owned).to_vec()];
    for table in &status.tables {
        tables.push(vec![
            table.name.clone(),
            table.rows.to_string(),
            if table.gone > 0 { table.gone.to_string() } else { String::new() },
            table.files.to_string(),
            size(table.bytes),
            day(table.first),
            day(table.last),
        ]);
    }
    lines.extend(aligned(&tables, &[1, 2, 3, 4]));
    if !status.coverage.is_empty() {
        lines.push(String::new());
        let mut covered = vec![["origin", "entity", "events", "first", "last"].map(str::to_owned).to_vec()];
        for of in &status.coverage {
            let origin = of.origin.clone().unwrap_or_default();
            covered.push(vec![origin, of.entity.clone(), of.events.to_string(), day(of.first), day(of.last)]);
        }
        lines.extend(aligned(&covered, &[2]));
    }
    if status.strays > 0 {
        lines.push(String::new());
        let files = count(status.strays, "file");
        lines.push(format!("{files} ({}) of no version; `jqlx vacuum` removes them", size(status.stray_bytes)));
    }
    lines.join("\n")
}

/// Which site a store is kept up to date with, and until when.
fn synced(position: &serde_json::Value) -> String {
    let time = |name: &str| position[name].as_i64().and_then(|time| jiff::Timestamp::from_microsecond(time).ok());
    let said = |what: &str, at: Option<jiff::Timestamp>| {
        at.map(|at| format!(", {what} until {}", at.strftime("%Y-%m-%d %H:%M"))).unwrap_or_default()
    };
    let site = position["site"].as_str().unwrap_or_default();
    format!("synced with {site}{}{} (UTC)", said("updates", time("updated")), said("deletions", time("scanned")))
}

/// Columns side by side, some of them to the right.
fn aligned(rows: &[Vec<String>], right: &[usize]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).enumerate().map(|(at, (cell, width))| match right.contains(&at) {
            true => format!("{cell:>width$}"),
            false => format!("{cell:<width$}"),
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

/// A number of things.
pub(super) fn count(n: u64, one: &str) -> String {
    format!("{n} {one}{}", if n == 1 { "" } else { "s" })
}

/// Bytes as people read them.
pub(super) fn size(bytes: u64) -> String {
    let (mut value, mut unit) = (bytes as f64, "B");
    for next in ["kB", "MB", "GB", "TB"] {
        if value < 1000.0 {
            break;
        }
        (value, unit) = (value / 1000.0, next);
    }
    if unit == "B" { format!("{bytes} B") } else { format!("{value:.1} {unit}") }
}
