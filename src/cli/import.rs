//! `jqlx import`: Jira REST JSON to the interchange layout.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::failure::{Failure, with_options};
use super::terminal::Terminal;
use super::watch::Watch;
use crate::diagnostic::Report;
use crate::source::files::{self, ImportOptions, ImportSummary, Progress};

const AFTER: &str = "\
Examples:
  jqlx import issues.ndjson.gz --data ./export
  jqlx import page-*.json --data ./export --replace
  jqlx query --data ./export 'comment DELETED AFTER -30d'

Files hold issues as Jira's REST API gives them, best with their change logs, comments and work logs: one a line, a list,
or search pages; plain or gzipped. A bad record is named on stderr and left out; it does not end the run.";

/// Turn Jira REST JSON into a folder of Parquet that queries read
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER)]
pub(super) struct Arguments {
    /// Files of Jira REST JSON
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Folder to write
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Replace the dataset that is in the folder
    #[arg(long)]
    replace: bool,
}

pub(super) fn run(arguments: Arguments, terminal: &Terminal) -> Result<(), Failure> {
    let watch = Watch::start(terminal, None)?;
    let bar = Bar::new(terminal, &watch);
    let options = ImportOptions { replace: arguments.replace, ..ImportOptions::default() };
    // A stop unwinds through the import, so that it removes its temporary files on the way.
    let result = catch_unwind(AssertUnwindSafe(|| files::import(&arguments.files, &arguments.data, &options, &bar)));
    bar.bar.finish_and_clear();
    match result {
        Ok(Ok(summary)) => {
            problems(&summary, terminal);
            say(&summary, &arguments, terminal);
            Ok(())
        }
        Ok(Err(error)) => {
            let diagnostics = error.diagnostics().into_iter().map(with_options).collect();
            terminal.report(&Report::new("", "", diagnostics));
            Err(Failure::Reported)
        }
        Err(payload) => match watch.is_stopped() {
            Some(stop) if payload.is::<Stopped>() => Err(stop.into()),
            _ => resume_unwind(payload),
        },
    }
}

/// Each bad record on a line of its own, as long as there are few.
fn problems(summary: &ImportSummary, terminal: &Terminal) {
    for problem in &summary.problems {
        terminal.line(&format!("warning[{}]: {problem}", problem.code));
    }
    let all = summary.bad_records + summary.bad_values;
    let left = all.saturating_sub(summary.problems.len() as u64);
    if left > 0 {
        terminal.line(&format!("warning: {left} more like these"));
    }
}

fn say(summary: &ImportSummary, arguments: &Arguments, terminal: &Terminal) {
    let count = |n: u64, one: &str| format!("{n} {one}{}", if n == 1 { "" } else { "s" });
    let rows = |table: &str| summary.rows.get(table).copied().unwrap_or(0);
    let mut text = format!(
        "{} and {} from {} in {}",
        count(rows("issues"), "issue"),
        count(rows("events"), "event"),
        count(summary.files as u64, "file"),
        arguments.data.display(),
    );
    for (n, what) in
        [(summary.bad_records, "bad record"), (summary.bad_values, "bad value"), (summary.duplicate_issues, "duplicate issue")]
    {
        if n > 0 {
            text.push_str(&format!(", {} left out", count(n, what)));
        }
    }
    terminal.say(&text);
}

/// Thrown out of a progress call when the run is to stop.
struct Stopped;

/// A bar on a terminal, silence in a pipe; in both, the place where a stop is noticed.
struct Bar<'a> {
    bar: ProgressBar,
    watch: &'a Watch,
    total: Cell<u64>,
}

impl<'a> Bar<'a> {
    fn new(terminal: &Terminal, watch: &'a Watch) -> Self {
        let target = if terminal.notes { ProgressDrawTarget::stderr_with_hz(8) } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(0), target);
        if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes} {prefix}") {
            bar.set_style(style);
        }
        Self { bar, watch, total: Cell::new(0) }
    }

    fn stop(&self) {
        if self.watch.is_stopped().is_some() {
            resume_unwind(Box::new(Stopped));
        }
    }
}

impl Progress for Bar<'_> {
    fn bytes(&self, done: u64, total: u64) {
        if self.total.replace(total) != total {
            self.bar.set_length(total);
        }
        self.bar.set_position(done);
        self.stop();
    }

    fn records(&self, done: u64) {
        self.bar.set_prefix(format!("{done} records"));
        self.stop();
    }

    fn stage(&self, name: &str) {
        self.bar.set_message(name.to_owned());
        self.stop();
    }
}
