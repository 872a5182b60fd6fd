//! `jqlx import`: files of many formats, or folders in the interchange layout, into a store or into a folder of Parquet.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::tz::TimeZone;

use super::arguments::{self, Work};
use super::config::Config;
use super::failure::{Failure, with_options};
use super::place;
use super::progress::shown;
use super::session::Running;
use super::status::count;
use super::terminal::Terminal;
use super::watch::Watch;
use crate::data::known::{Known, Place};
use crate::diagnostic::Report;
use crate::source::files::{self, Beside, ImportOptions, ImportSummary, Progress};
use crate::source::formats::{self, FORMATS, Format};
use crate::store::{At, Loaded, Store};

const EXAMPLES: &str = "\
Examples:
  jqlx import issues.ndjson.gz webhooks/*.json audit.csv
  jqlx import page-*.json --store ./store
  jqlx import export.csv --as issue-csv --tz Europe/Berlin
  jqlx import ./export events.parquet --store ./store
  jqlx import issues.ndjson.gz --data ./export --replace
  jqlx query --store ./store 'comment DELETED AFTER -30d'
";
const NOTES: &str = "\
Each file, and in files of JSON each record, is read as what it looks like; several formats go in one call, plain or
gzipped. A bad record is named on stderr and left out; it does not end the run. A folder holds tables in the interchange
layout.

The store keeps what it knows and takes what is new: importing twice changes nothing. With --data, a folder of Parquet is
written instead.";

/// What stands behind the options, the formats of the table among it.
fn after() -> String {
    let width = FORMATS.iter().map(|format| format.name.len()).max().unwrap_or_default();
    let formats: Vec<String> = FORMATS.iter().map(|format| format!("  {:width$}  {}", format.name, format.title)).collect();
    format!("{EXAMPLES}\nFormats:\n{}\n\n{NOTES}", formats.join("\n"))
}

fn formats() -> impl TypedValueParser<Value = &'static Format> {
    let names = FORMATS.iter().map(|format| format.name);
    PossibleValuesParser::new(names).try_map(|name| formats::format(&name).ok_or("no such format"))
}

/// Bring issues, webhooks, audit logs, exports and Parquet into a store
#[derive(clap::Args, Debug)]
#[command(after_help = after())]
pub(super) struct Arguments {
    /// Files of any of the formats below, or folders of Parquet in the interchange layout
    #[arg(value_name = "FILE|DIR", required = true)]
    inputs: Vec<PathBuf>,
    /// The store to bring them into [default: JQLX_STORE, then the configuration's, then the one in the platform's data folder]
    #[arg(long, value_name = "DIR", conflicts_with = "data")]
    store: Option<PathBuf>,
    /// Write a folder of Parquet instead
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Replace the dataset that is in the folder
    #[arg(long, requires = "data")]
    replace: bool,
    /// What all files are, whatever they look like; a record that is none is left out
    #[arg(long = "as", value_name = "FORMAT", value_parser = formats(), hide_possible_values = true)]
    format: Option<&'static Format>,
    /// Time zone of times that tell none, as those of CSV exports: a name such as Europe/Berlin, or `local` [default: the
    /// configuration's, then UTC]
    #[arg(long, value_name = "ZONE", env = "JQLX_TZ", hide_env_values = true, value_parser = arguments::zone)]
    tz: Option<TimeZone>,
    #[command(flatten)]
    work: Work,
}

pub(super) fn run(arguments: Arguments, terminal: &Terminal) -> Result<(), Failure> {
    let inputs = Inputs::of(arguments.inputs, arguments.format);
    let config = Config::load(arguments.work.config.as_deref())?;
    let zone = arguments.tz.or_else(|| config.tz.clone()).unwrap_or(TimeZone::UTC);
    let how = ImportOptions { format: arguments.format, zone, ..ImportOptions::default() };
    match arguments.data {
        Some(data) => {
            if let Some(folder) = inputs.folders.first() {
                let message = format!(
                    "the folder {} holds no JSON; folders of Parquet are imported into a store, with --store",
                    folder.display()
                );
                return Err(Failure::Usage(message));
            }
            if let Some(file) = inputs.columns.first() {
                let message = format!("{} has columns already; it is imported into a store, with --store", file.display());
                return Err(Failure::Usage(message));
            }
            let watch = Watch::start(terminal, None)?;
            let options = ImportOptions { replace: arguments.replace, ..how };
            let summary = read(&inputs.records, &data, &options, (&watch, terminal), &files::Nothing)?;
            say(&summary, &data, terminal);
            Ok(())
        }
        None if arguments.replace => {
            Err(Failure::Usage("--replace goes with --data; a store keeps what it has and takes what is new".to_owned()))
        }
        None => {
            let options = ImportOptions { may_be_empty: true, ..how };
            into_store(&inputs, &place::store(arguments.store, &config)?, &options, &arguments.work, terminal)
        }
    }
}

/// What is to be imported, by how that is done.
struct Inputs {
    folders: Vec<PathBuf>,
    /// Files of Parquet and Arrow.
    columns: Vec<PathBuf>,
    /// All others.
    records: Vec<PathBuf>,
}

impl Inputs {
    fn of(paths: Vec<PathBuf>, format: Option<&Format>) -> Self {
        let (folders, files): (Vec<PathBuf>, Vec<PathBuf>) = paths.into_iter().partition(|path| path.is_dir());
        let (mut columns, mut records) = (Vec::new(), Vec::new());
        for file in files {
            // What cannot be opened is told by who reads it.
            let is = files::are_columns(&file, format).unwrap_or(false);
            if is { columns.push(file) } else { records.push(file) }
        }
        Self { folders, columns, records }
    }
}

/// Reads files and writes a dataset.
fn read(
    files: &[PathBuf],
    to: &Path,
    options: &ImportOptions,
    (watch, terminal): (&Watch, &Terminal),
    beside: &dyn Beside,
) -> Result<ImportSummary, Failure> {
    let bar = Bar::new(terminal, watch);
    // A stop unwinds through the import, so that it removes its temporary files on the way.
    let result = catch_unwind(AssertUnwindSafe(|| files::import_beside(files, to, options, &bar, beside)));
    bar.bar.finish_and_clear();
    match result {
        Ok(Ok(summary)) => {
            problems(&summary, terminal);
            Ok(summary)
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

/// Brings files and folders into a store: all files of records in one commit, those of columns in another, then each folder in
/// its own.
fn into_store(inputs: &Inputs, store: &Path, options: &ImportOptions, work: &Work, terminal: &Terminal) -> Result<(), Failure> {
    let running = Running::start(terminal, work.threads.map(usize::from), None)?;
    if !inputs.records.is_empty() {
        let root = store.to_path_buf();
        let writer = running.wait(Store::writer(root))??;
        let staging = writer.staging();
        let known = InStore::of(&running, store)?;
        let summary = read(&inputs.records, &staging, options, (&running.watch, terminal), &known)?;
        known.failed.into_inner().map_or(Ok(()), Err)?;
        terminal.say(&text(&summary, ""));
        if summary.rows.is_empty() {
            terminal.say(&format!("nothing new for {}", store.display()));
        } else {
            let (options, folder) = (work.options(), staging.clone());
            let progress = options.progress.clone();
            let loaded = shown(terminal, &progress, || running.wait(async move { writer.load(folder, options).await }));
            let _ = std::fs::remove_dir_all(&staging);
            say_loaded(&loaded??, store, terminal);
        }
    }
    if !inputs.columns.is_empty() {
        let root = store.to_path_buf();
        let writer = running.wait(Store::writer(root))??;
        let staging = writer.staging();
        files::stage(&inputs.columns, options.format, &staging)?;
        let (folder, how) = (staging.clone(), work.options());
        let progress = how.progress.clone();
        let loaded = shown(terminal, &progress, || running.wait(async move { writer.load(folder, how).await }));
        let _ = std::fs::remove_dir_all(&staging);
        say_loaded(&loaded??, store, terminal);
    }
    for folder in &inputs.folders {
        let (root, folder, options) = (store.to_owned(), folder.clone(), work.options());
        let progress = options.progress.clone();
        let loaded = shown(terminal, &progress, || running.wait(async move { Store::load(root, folder, options).await }))??;
        say_loaded(&loaded, store, terminal);
    }
    Ok(())
}

/// What the store knows beside which files are read.
struct InStore<'a> {
    running: &'a Running,
    store: Option<Store>,
    known: Known,
    /// Why it could not be asked.
    failed: RefCell<Option<Failure>>,
}

impl<'a> InStore<'a> {
    fn of(running: &'a Running, root: &Path) -> Result<Self, Failure> {
        let store = if Store::is_at(root) { Some(Store::open(root, At::Latest)?) } else { None };
        let known = match store.clone() {
            Some(store) => running.wait(async move { store.known().await })??,
            None => Known::default(),
        };
        Ok(Self { running, store, known, failed: RefCell::default() })
    }
}

impl Beside for InStore<'_> {
    fn known(&self) -> Known {
        self.known.clone()
    }

    fn issues(&self, ids: &HashSet<i64>, keys: &HashSet<String>) -> Vec<Place> {
        let Some(store) = self.store.clone() else { return Vec::new() };
        let (ids, keys) = (ids.clone(), keys.clone());
        let found = self.running.wait(async move { store.places(&ids, &keys).await });
        found.and_then(|found| Ok(found?)).unwrap_or_else(|failure| {
            self.failed.replace(Some(failure));
            Vec::new()
        })
    }
}

fn say_loaded(loaded: &Loaded, store: &Path, terminal: &Terminal) {
    terminal.warn(&loaded.warnings);
    let Some(version) = loaded.version else {
        terminal.say(&format!("nothing new for {}", store.display()));
        return;
    };
    let part = |rows: &BTreeMap<String, u64>, what: &str| {
        let of = |table: &str, one: &str| rows.get(table).map(|n| count(*n, one));
        let rest: u64 = rows.iter().filter(|(table, _)| !["issues", "events"].contains(&table.as_str())).map(|(_, n)| n).sum();
        let rest = (rest > 0).then(|| count(rest, "row") + " of other tables");
        let parts: Vec<String> = [of("issues", "issue"), of("events", "event"), rest].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| format!("{what} {}", parts.join(", ")))
    };
    let parts: Vec<String> = [part(&loaded.added, "new:"), part(&loaded.changed, "changed:"), part(&loaded.known, "known:")]
        .into_iter()
        .flatten()
        .collect();
    terminal.say(&format!("version {version} of {}; {}", store.display(), parts.join("; ")));
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

fn say(summary: &ImportSummary, folder: &Path, terminal: &Terminal) {
    terminal.say(&text(summary, &format!(" in {}", folder.display())));
}

fn text(summary: &ImportSummary, place: &str) -> String {
    let rows = |table: &str| summary.rows.get(table).copied().unwrap_or(0);
    let mut text = format!(
        "{} and {} from {}{place}",
        count(rows("issues"), "issue"),
        count(rows("events"), "event"),
        count(summary.files as u64, "file"),
    );
    for (n, what) in
        [(summary.bad_records, "bad record"), (summary.bad_values, "bad value"), (summary.duplicate_issues, "duplicate issue")]
    {
        if n > 0 {
            text.push_str(&format!(", {} left out", count(n, what)));
        }
    }
    text
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
