//! A dataset into the store: what is new is added, what is known is merged, what is known already changes nothing.

mod entries;
mod keys;
mod rows;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::cast;
use datafusion::prelude::SessionContext;
use futures::TryStreamExt;

use super::error::data;
use super::layout::{INTERVALS, layout};
use super::transaction::Transaction;
use super::{columns, compact, coverage, intervals};
use crate::data::read;
use crate::data::schema::{self, TABLES};
use crate::diagnostic::{Diagnostic, codes};
use crate::error::Error;
use crate::exec;
use crate::plan::{Tables, plain};

/// What may be used to load.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// Partitions that work in parallel; none: one a core.
    pub threads: Option<usize>,
    /// Bytes that sorting may hold in memory before it goes to temporary files; none: no limit.
    pub memory_limit: Option<usize>,
    /// Is told how far the work is.
    pub progress: Progress,
    /// What a live site tells that an export does not.
    pub told: Option<Told>,
}

/// What a live site tells with a dataset that an export does not.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Tables that come whole: rows that are not among those that come are gone.
    pub whole: BTreeSet<&'static str>,
    /// Issues come with all their fields and links: what an issue does not have any more is gone.
    pub issues: bool,
    /// How far the sync is with this; it is committed together with the rows.
    pub position: serde_json::Value,
}

/// How far work on a store is. Whoever watches has a clone.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<Meter>);

#[derive(Debug, Default)]
struct Meter {
    stage: Mutex<String>,
    rows: AtomicU64,
}

impl Progress {
    /// What is being done now.
    pub fn stage(&self) -> String {
        self.0.stage.lock().map(|stage| stage.clone()).unwrap_or_default()
    }

    /// Rows written in this stage.
    pub fn rows(&self) -> u64 {
        self.0.rows.load(Ordering::Relaxed)
    }

    pub(super) fn begin(&self, stage: impl Into<String>) {
        if let Ok(mut now) = self.0.stage.lock() {
            *now = stage.into();
        }
        self.0.rows.store(0, Ordering::Relaxed);
    }

    pub(super) fn add(&self, rows: usize) {
        self.0.rows.fetch_add(rows as u64, Ordering::Relaxed);
    }
}

/// What loading did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Loaded {
    /// The version that it made; none where the store held it all already.
    pub version: Option<u64>,
    /// Rows that are new, by table.
    pub added: BTreeMap<String, u64>,
    /// Rows that were known and are told better now, by table.
    pub changed: BTreeMap<String, u64>,
    /// Rows that the store holds as they are, by table.
    pub known: BTreeMap<String, u64>,
    /// What did not go well besides.
    pub warnings: Vec<Diagnostic>,
}

/// What a table's rows came to.
#[derive(Clone, Debug, Default)]
struct Tally {
    added: u64,
    changed: u64,
    known: u64,
    /// Issues whose intervals are to be derived anew.
    touched: Touched,
    coverage: coverage::Tally,
}

/// Issues of which something changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Touched {
    pub(super) issues: HashSet<i64>,
    /// All of them: there was no store before.
    pub(super) all: bool,
}

impl Touched {
    fn join(&mut self, other: Self) {
        self.issues.extend(other.issues);
        self.all |= other.all;
    }

    fn is_empty(&self) -> bool {
        !self.all && self.issues.is_empty()
    }
}

/// Loads the dataset in a folder.
pub(super) async fn load(mut change: Transaction, dataset: &Path, options: LoadOptions) -> Result<Loaded, Error> {
    let incoming = read::open(dataset)?;
    let context = exec::context(options.threads, options.memory_limit)?;
    let mut loaded = Loaded::default();
    let mut touched = Touched::default();
    let mut covered = coverage::Tally::default();
    let had_fields = intervals::fields(&context, change.root(), change.tables()).await?;
    for table in TABLES {
        let Some(provider) = incoming.get(table.name) else { continue };
        options.progress.begin(format!("loading {}", table.name));
        let stored = change.table(table.name);
        let found = columns::columns_of(table.name, &provider.schema());
        let mut told: Vec<String> = found.iter().map(|column| column.name.clone()).collect();
        let (merged, widened) = columns::merged(&stored.columns, &found);
        let live = options.told.as_ref();
        if table.name == "issues" && live.is_some_and(|live| live.issues) {
            told = merged.iter().map(|column| column.name.clone()).collect();
        }
        if widened.is_empty() {
            change.set_columns(table.name, merged);
        } else {
            compact::rewrite_all(&context, &mut change, table.name, merged).await?;
        }
        let rows = context.read_table(provider.clone())?;
        let tally = match table.name {
            "events" | "issues" => rows::load(&mut change, table.name, rows, &told, &options.progress).await?,
            _ => {
                let issues = match layout(table.name).is_some_and(|layout| !layout.ends.is_empty()) {
                    true => issue_keys(&context, &incoming).await?,
                    false => HashSet::new(),
                };
                let scope = entries::Scope {
                    issues: &issues,
                    with_all_links: live.is_some_and(|live| live.issues),
                    whole: live.is_some_and(|live| live.whole.contains(table.name)),
                };
                entries::load(&mut change, table.name, rows, &told, scope).await?
            }
        };
        let name = table.name.to_owned();
        for (of, rows) in [(&mut loaded.added, tally.added), (&mut loaded.changed, tally.changed), (&mut loaded.known, tally.known)]
        {
            if rows > 0 {
                of.insert(name.clone(), rows);
            }
        }
        touched.join(tally.touched);
        covered.join(tally.coverage);
    }
    change.settle()?;
    // Which fields hold several values decides how their history reads.
    touched.all |= !change.tables().contains_key(INTERVALS);
    touched.all |= intervals::fields(&context, change.root(), change.tables()).await? != had_fields;
    if !touched.is_empty() {
        options.progress.begin("deriving intervals");
        intervals::derive(&context, &mut change, &touched, &options.progress).await?;
    }
    options.progress.begin("committing");
    coverage::add(&mut change, &covered)?;
    let operation = match options.told {
        Some(told) => {
            change.set_sync(told.position);
            "sync"
        }
        None => "import",
    };
    if let Some(committed) = change.commit(operation).await? {
        loaded.version = Some(committed.version);
        loaded.warnings = committed.warnings;
    }
    Ok(loaded)
}

/// The columns that make two rows of a table the same.
fn key_of(table: &str) -> &'static [&'static str] {
    layout(table).map_or(&[], |layout| layout.key)
}

/// The keys of the issues that come.
async fn issue_keys(context: &SessionContext, incoming: &Tables) -> Result<HashSet<String>, Error> {
    let mut keys = HashSet::new();
    let Some(provider) = incoming.get("issues") else { return Ok(keys) };
    let mut rows =
        context.read_table(provider.clone())?.select(vec![cast(plain("key"), DataType::Utf8View)])?.execute_stream().await?;
    while let Some(batch) = rows.try_next().await? {
        keys.extend(batch.columns().iter().flat_map(|column| column.as_string_view().iter().flatten()).map(str::to_owned));
    }
    Ok(keys)
}

/// A row that does not say what it is about could be told from no other.
fn identified(table: &str, key: &[&str], rows: &RecordBatch) -> Result<(), Error> {
    let required = |name: &&&str| schema::table(table).and_then(|t| t.column(name)).is_some_and(|column| column.required);
    for name in key.iter().filter(required) {
        let nulls = rows.column_by_name(name).map_or(0, |column| column.null_count());
        if nulls > 0 {
            let message = format!("rows of the table `{table}` have no `{name}`, by which the store knows them");
            return Err(data(codes::STORE_REFUSED, message, "give each row one, or ask the folder in place with --data"));
        }
    }
    Ok(())
}
