//! Large tables: rows stream through, only those that are known already are looked up.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, BooleanArray, RecordBatch};
use datafusion::arrow::compute::{cast, concat_batches, filter_record_batch};
use datafusion::arrow::datatypes::{DataType, Int64Type, SchemaRef};
use datafusion::arrow::error::ArrowError;
use datafusion::common::hash_utils::RandomState;
use datafusion::prelude::DataFrame;
use futures::TryStreamExt;
use roaring::RoaringTreemap;

use super::keys::{self, Pairs, pairs, replaced, taken};
use super::{Progress, Tally, Touched, Transaction, identified, key_of};
use crate::diagnostic::codes;
use crate::error::Error;
use crate::store::error::{data, failed};
use crate::store::manifest::{FileState, TableState};
use crate::store::merge::Rule;
use crate::store::places::{self, Place, Wanted};
use crate::store::write::TableWriter;
use crate::store::{columns, merge};

/// Known rows that are looked up at once.
const CHUNK: usize = 250_000;

/// Brings rows into a table.
pub(super) async fn load(
    change: &mut Transaction,
    table: &str,
    rows: DataFrame,
    told: &[String],
    progress: &Progress,
) -> Result<Tally, Error> {
    let key = key_of(table);
    let stored = change.table(table);
    let (wanted, again) = wanted(rows.clone(), key, change.root()).await?;
    let found = places::find(change.root(), table, &stored, key, &wanted)?;
    let task = Arc::new(Task {
        root: change.root().to_owned(),
        table: table.to_owned(),
        key,
        rule: Rule::of(table),
        told: told.to_vec(),
        schema: columns::schema_of(&stored.columns),
        known: by_hash(&found),
        first: stored.files.is_empty(),
        again,
        stored,
    });
    drop(wanted);
    let streams = rows.execute_stream_partitioned().await?;
    let running: Vec<_> = streams
        .into_iter()
        .map(|mut stream| {
            let (task, progress) = (task.clone(), progress.clone());
            tokio::spawn(async move {
                let mut part = Part::new(&task)?;
                while let Some(batch) = stream.try_next().await? {
                    part.take(&batch)?;
                    progress.add(batch.num_rows());
                }
                part.end()
            })
        })
        .collect();
    let mut ended = Vec::new();
    for part in running {
        // All parts are waited for, so that none goes on writing behind an error.
        ended.push(part.await.map_err(|error| failed(&task.root, &error)).and_then(|part| part));
    }
    let mut tally = Tally::default();
    let (mut repeated, mut broken) = (Vec::new(), None);
    for part in ended {
        // The change has to know all files, so that they go with it.
        match part {
            Ok(part) => {
                change.add(table, part.files);
                remove(change, &task, &part.gone);
                tally.join(part.tally);
                repeated.extend(part.repeated);
            }
            Err(error) => broken = Some(error),
        }
    }
    if let Some(error) = broken {
        return Err(error);
    }
    let mut last = Part::new(&task)?;
    last.repeated(repeated)?;
    let part = last.end()?;
    change.add(table, part.files);
    remove(change, &task, &part.gone);
    tally.join(part.tally);
    tally.touched.all = task.first && tally.added > 0;
    if task.first {
        tally.touched.issues.clear();
    }
    Ok(tally)
}

/// The keys of all rows, and the hashes of those that come more than once.
async fn wanted(rows: DataFrame, key: &[&str], root: &std::path::Path) -> Result<(Wanted, HashSet<u64>), Error> {
    let (mut wanted, mut again) = (Wanted::new(), HashSet::new());
    let mut stream = rows.select_columns(key)?.execute_stream().await?;
    while let Some(batch) = stream.try_next().await? {
        wanted.add(&batch, key, &mut again).map_err(|error| failed(root, &error))?;
    }
    Ok((wanted, again))
}

fn by_hash(found: &[Place]) -> HashMap<u64, Vec<Place>, RandomState> {
    let mut known: HashMap<u64, Vec<Place>, RandomState> = HashMap::with_capacity_and_hasher(found.len(), RandomState::default());
    for place in found {
        known.entry(place.hash).or_default().push(*place);
    }
    known
}

fn remove(change: &mut Transaction, task: &Task, gone: &[Place]) {
    let mut by_file: HashMap<usize, RoaringTreemap> = HashMap::new();
    for place in gone {
        by_file.entry(place.file).or_default().insert(place.row);
    }
    for (file, rows) in by_file {
        if let Some(file) = task.stored.files.get(file) {
            change.remove_rows(&task.table, &file.name, rows);
        }
    }
}

impl Tally {
    fn join(&mut self, other: Self) {
        self.added += other.added;
        self.changed += other.changed;
        self.known += other.known;
        self.touched.join(other.touched);
        self.coverage.join(other.coverage);
    }
}

/// What all parts of a load share.
struct Task {
    root: PathBuf,
    table: String,
    key: &'static [&'static str],
    rule: Rule,
    told: Vec<String>,
    schema: SchemaRef,
    stored: TableState,
    /// Where rows are whose keys come again.
    known: HashMap<u64, Vec<Place>, RandomState>,
    /// Whether the table held nothing.
    first: bool,
    /// Keys that come several times.
    again: HashSet<u64>,
}

/// One stream of rows.
struct Part<'a> {
    task: &'a Task,
    writer: TableWriter,
    /// Rows that are in the store already.
    waiting: Vec<RecordBatch>,
    repeated: Vec<RecordBatch>,
    gone: Vec<Place>,
    tally: Tally,
}

struct Ended {
    files: Vec<FileState>,
    gone: Vec<Place>,
    repeated: Vec<RecordBatch>,
    tally: Tally,
}

impl<'a> Part<'a> {
    fn new(task: &'a Task) -> Result<Self, Error> {
        Ok(Self {
            task,
            writer: TableWriter::new(&task.root, &task.table, &task.stored.columns)?,
            waiting: Vec::new(),
            repeated: Vec::new(),
            gone: Vec::new(),
            tally: Tally::default(),
        })
    }

    fn failed(&self, error: &ArrowError) -> Error {
        failed(&self.task.root.join(&self.task.table), error)
    }

    /// Takes rows as they come.
    fn take(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        let batch = columns::fitted(batch, &self.task.schema).map_err(|error| self.failed(&error))?;
        identified(&self.task.table, self.task.key, &batch)?;
        if self.task.known.is_empty() && self.task.again.is_empty() {
            return self.add(&batch);
        }
        let hashes = places::hashes(&batch, self.task.key).map_err(|error| self.failed(&error))?;
        let part = |holds: &dyn Fn(u64) -> bool| {
            let mask: BooleanArray = hashes.iter().map(|hash| Some(holds(*hash))).collect();
            filter_record_batch(&batch, &mask).map_err(|error| self.failed(&error))
        };
        let repeats = |hash: u64| self.task.again.contains(&hash);
        let known = |hash: u64| !repeats(hash) && self.task.known.contains_key(&hash);
        let (repeated, known, new) = (part(&repeats)?, part(&known)?, part(&|hash| !repeats(hash) && !known(hash))?);
        if repeated.num_rows() > 0 {
            self.repeated.push(repeated);
        }
        if known.num_rows() > 0 {
            self.waiting.push(known);
            if self.waiting.iter().map(RecordBatch::num_rows).sum::<usize>() >= CHUNK {
                self.settle()?;
            }
        }
        self.add(&new)
    }

    /// Rows that are new.
    fn add(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        self.tally.added += batch.num_rows() as u64;
        self.note(batch, 1);
        self.writer.write(batch)
    }

    /// Notes what rows say of issues and sources.
    fn note(&mut self, batch: &RecordBatch, sign: i64) {
        match self.task.rule {
            Rule::Event => {
                self.tally.coverage.note(batch, sign);
                if !self.task.first {
                    touch(&mut self.tally.touched, batch, "issue_id", Some("field"));
                }
            }
            Rule::Issue if !self.task.first => touch(&mut self.tally.touched, batch, "id", None),
            _ => {}
        }
    }

    /// Merges the waiting rows with those in the store.
    fn settle(&mut self) -> Result<(), Error> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let comes = concat_batches(&self.task.schema, &self.waiting).map_err(|error| self.failed(&error))?;
        self.waiting.clear();
        self.known(&comes)
    }

    /// Rows with keys of which each comes once, and that may be in the store.
    fn known(&mut self, comes: &RecordBatch) -> Result<(), Error> {
        let task = self.task;
        let hashes = places::hashes(comes, task.key).map_err(|error| self.failed(&error))?;
        let mut found: Vec<Place> = hashes.iter().filter_map(|hash| task.known.get(hash)).flatten().copied().collect();
        found.sort_unstable_by_key(|place| (place.file, place.row));
        found.dedup();
        let there = places::rows(&task.root, &task.table, &task.stored, &task.schema, &found)?;
        let pairs = pairs(&there, comes, task.key).map_err(|error| self.failed(&error))?;
        let (Pairs { there: old, comes: new, alone }, batches) = (pairs, (&there, comes));
        let (before, after) = (taken(batches.0, &old), taken(batches.1, &new));
        let (before, after) = (before.map_err(|e| self.failed(&e))?, after.map_err(|e| self.failed(&e))?);
        same_thing(task, &before, &after)?;
        let merged = merge::merged(task.rule, &before, &after, &task.told).map_err(|error| self.failed(&error))?;
        let differ = merge::differ(&before, &merged).map_err(|error| self.failed(&error))?;
        let places = old.iter().zip(&differ).filter(|(_, differs)| **differs);
        self.gone.extend(places.filter_map(|(row, _)| found.get(*row as usize)));
        let changed = BooleanArray::from(differ);
        let was = filter_record_batch(&before, &changed).map_err(|error| self.failed(&error))?;
        let becomes = filter_record_batch(&merged, &changed).map_err(|error| self.failed(&error))?;
        self.tally.known += (merged.num_rows() - becomes.num_rows()) as u64;
        self.tally.changed += becomes.num_rows() as u64;
        self.note(&was, -1);
        self.note(&becomes, 1);
        self.writer.write(&becomes)?;
        let alone = taken(comes, &alone).map_err(|error| self.failed(&error))?;
        self.add(&alone)
    }

    /// Rows of which several have one key: those of each key are merged in the order in which they came.
    fn repeated(&mut self, batches: Vec<RecordBatch>) -> Result<(), Error> {
        if batches.is_empty() {
            return Ok(());
        }
        let task = self.task;
        let all = concat_batches(&task.schema, &batches).map_err(|error| self.failed(&error))?;
        let rounds = keys::rounds(&all, task.key).map_err(|error| self.failed(&error))?;
        let mut rounds = rounds.into_iter();
        let Some(mut so_far) = rounds.next() else { return Ok(()) };
        for round in rounds {
            so_far = folded(task, &so_far, &round)?;
        }
        self.known(&so_far)
    }

    fn end(mut self) -> Result<Ended, Error> {
        self.settle()?;
        Ok(Ended { files: self.writer.finish()?, gone: self.gone, repeated: self.repeated, tally: self.tally })
    }
}

/// `so_far` with the rows of `round`, each of which has its key there.
fn folded(task: &Task, so_far: &RecordBatch, round: &RecordBatch) -> Result<RecordBatch, Error> {
    let broken = |error: ArrowError| failed(&task.root.join(&task.table), &error);
    let pairs = pairs(so_far, round, task.key).map_err(broken)?;
    let (before, after) = (taken(so_far, &pairs.there).map_err(broken)?, taken(round, &pairs.comes).map_err(broken)?);
    same_thing(task, &before, &after)?;
    joined(task, so_far, &pairs, &before, &after).map_err(broken)
}

/// The merged pairs, and the rows that have no partner.
fn joined(
    task: &Task,
    so_far: &RecordBatch,
    pairs: &Pairs,
    before: &RecordBatch,
    after: &RecordBatch,
) -> Result<RecordBatch, ArrowError> {
    let merged = merge::merged(task.rule, before, after, &task.told)?;
    replaced(so_far, &pairs.there, merged)
}

fn touch(touched: &mut Touched, batch: &RecordBatch, column: &str, only_with: Option<&str>) {
    let Some(ids) = batch.column_by_name(column).and_then(|column| column.as_primitive_opt::<Int64Type>()) else { return };
    let with = only_with.map(|name| batch.column_by_name(name));
    for row in 0..batch.num_rows() {
        let counts = match with {
            None => true,
            Some(column) => column.is_some_and(|column| column.is_valid(row)),
        };
        if counts && ids.is_valid(row) {
            touched.issues.insert(ids.value(row));
        }
    }
}

/// Two sites have the same ids for different things: their rows must not be merged.
fn same_thing(task: &Task, before: &RecordBatch, after: &RecordBatch) -> Result<(), Error> {
    // Of an event, the issue; of an issue, when it was created, to the second or as exactly as both tell it.
    let (column, unit, what) = match task.rule {
        Rule::Event => ("issue_id", 1, "another issue"),
        Rule::Issue => ("created", 1_000_000, "another time of creation"),
        Rule::Entry => return Ok(()),
    };
    let numbers = |rows: &RecordBatch| -> Vec<Option<i64>> {
        let column = rows.column_by_name(column).and_then(|column| cast(column, &DataType::Int64).ok());
        let column = column.as_ref().and_then(|column| column.as_primitive_opt::<Int64Type>());
        column.map_or_else(Vec::new, |column| column.iter().map(|value| value.map(|value| value.div_euclid(unit))).collect())
    };
    // Some exports leave out the seconds.
    let whole = |a: i64, b: i64| task.rule == Rule::Issue && (a % 60 == 0 || b % 60 == 0) && a.div_euclid(60) == b.div_euclid(60);
    let pairs = numbers(before).into_iter().zip(numbers(after));
    let differs = pairs.into_iter().position(|pair| matches!(pair, (Some(a), Some(b)) if a != b && !whole(a, b)));
    let Some(row) = differs else { return Ok(()) };
    let id = task.key.first().and_then(|name| after.column_by_name(name)).and_then(|column| cast(column, &DataType::Utf8).ok());
    let id = id.as_ref().and_then(|column| column.as_string_opt::<i32>()).map_or("", |column| column.value(row));
    let message = format!("the table `{}` has the id {id} already, with {what}", task.table);
    Err(data(codes::STORE_REFUSED, message, "give each Jira site a store of its own: their ids are not the same things"))
}
