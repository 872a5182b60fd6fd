//! Intervals: what each field of each issue held, from when to when.
//!
//! A field with one value at a time has a row for the value that its first recorded change took away, from the issue's
//! creation, and one for each change. A field with several values has rows for each element. A field of which no event of the
//! issue speaks has none: it holds what the issue holds, since its creation. The plan of WAS reads these rows instead of
//! making them of the events (`plan/intervals.rs`), so both must say the same.

mod chain;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex};

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch, UInt32Array};
use datafusion::arrow::compute::{cast, take_record_batch};
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::arrow::error::ArrowError;
use datafusion::common::JoinType;
use datafusion::datasource::MemTable;
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::logical_expr::{Expr, lit};
use datafusion::prelude::{DataFrame, SessionContext};
use datafusion::scalar::ScalarValue;
use futures::TryStreamExt;
use roaring::RoaringTreemap;

use chain::Chain;

use super::error::failed;
use super::layout::INTERVALS;
use super::load::{Progress, Touched};
use super::manifest::{ColumnState, History, TableState};
use super::places::{self, Wanted};
use super::scan::StoredTable;
use super::transaction::Transaction;
use super::write::TableWriter;
use super::{cluster, columns, state};
use crate::catalog::fields::{FIELDS, Source};
use crate::data::schema::ColumnKind;
use crate::data::site;
use crate::error::Error;
use crate::plan::plain;
use crate::semantic::bound::Shape;

/// The columns of the table.
pub(crate) fn table_columns() -> Vec<ColumnState> {
    use ColumnKind::{Bool, Category, Int, Time};
    let column = |name: &str, kind| ColumnState { name: name.into(), kind };
    vec![
        column("issue_id", Int),
        column("field", Category),
        column("field_id", Category),
        column("value", Category),
        column("value_id", Category),
        column("valid_from", Time),
        column("valid_to", Time),
        column("set_by", Category),
        column("set_kind", Category),
        column("ended_by", Category),
        column("initial", Bool),
    ]
}

/// Names and ids of the fields that hold several values at a time.
pub(crate) async fn fields(
    context: &SessionContext,
    root: &Path,
    tables: &BTreeMap<String, TableState>,
) -> Result<BTreeSet<String>, Error> {
    let catalog = site::catalog(context, &state::tables(root, tables)?).await?;
    let lists = FIELDS.iter().filter(|field| matches!(field.source, Source::Issue(_, Shape::TextList)));
    let mut names: BTreeSet<String> = lists.flat_map(|field| field.history).map(|name| (*name).to_owned()).collect();
    for custom in catalog.custom_fields.iter().filter(|custom| custom.shape == Some(Shape::TextList)) {
        names.extend([custom.id.clone(), custom.name.clone()]);
    }
    Ok(names)
}

/// Derives the intervals of issues anew.
pub(crate) async fn derive(
    context: &SessionContext,
    change: &mut Transaction,
    touched: &Touched,
    progress: &Progress,
) -> Result<(), Error> {
    let several = fields(context, change.root(), change.tables()).await?;
    change.set_columns(INTERVALS, table_columns());
    if touched.all {
        change.clear(INTERVALS);
        change.set_histories(Vec::new());
    } else {
        remove(change, touched)?;
    }
    let root = change.root().to_owned();
    let Some(derivation) = Derivation::of(context, &root, change.tables(), several, touched).await? else { return Ok(()) };
    let mut histories: BTreeSet<History> = change.histories().iter().cloned().collect();
    let (derivation, mut broken) = (Arc::new(derivation), None);
    let tasks = Arc::new(Mutex::new(tasks(&derivation.fields)));
    let running: Vec<_> = (0..context.state().config().target_partitions().min(MOST_AT_ONCE))
        .map(|_| {
            let (derivation, tasks, root, progress) = (derivation.clone(), tasks.clone(), root.clone(), progress.clone());
            tokio::spawn(async move {
                let mut writer = TableWriter::new(&root, INTERVALS, &table_columns())?;
                while let Some(task) = next(&tasks) {
                    derivation
                        .run(&task, |batch| {
                            progress.add(batch.num_rows());
                            writer.write_sorted(&batch)
                        })
                        .await?;
                }
                writer.finish()
            })
        })
        .collect();
    for part in running {
        match part.await.map_err(|error| failed(&root, &error)).and_then(|part| part) {
            Ok(files) => change.add(INTERVALS, files),
            Err(error) => broken = Some(error),
        }
    }
    if let Some(error) = broken {
        return Err(error);
    }
    histories.extend(derivation.histories());
    change.set_histories(histories.into_iter().collect());
    Ok(())
}

/// Fields that are derived at the same time: each takes memory for its changes.
const MOST_AT_ONCE: usize = 4;

/// Changes that are in memory at once, for each of the fields that are derived at the same time.
const PART: i64 = 4_000_000;

/// What a row of changes says.
const CHANGES: &[&str] =
    &["issue_id", "field", "field_id", "time", "event_id", "from_value", "from_id", "to_value", "to_id", "actor", "actor_kind"];

fn next(tasks: &Mutex<Vec<Task>>) -> Option<Task> {
    tasks.lock().ok()?.pop()
}

/// When issues were created and by whom.
#[derive(Default)]
pub(super) struct Owners {
    issues: HashMap<i64, (Option<i64>, u32)>,
    setters: chain::Texts,
}

impl Owners {
    /// The creation of an issue, and the code of who made it.
    fn of(&self, issue: i64) -> (Option<i64>, u32) {
        self.issues.get(&issue).copied().unwrap_or((None, u32::MAX))
    }

    fn setter(&self, code: u32) -> Option<&str> {
        self.setters.get(code).map(|text| text.as_ref())
    }

    async fn read(issues: DataFrame) -> Result<Self, Error> {
        let has = |column: &str| issues.schema().fields().iter().any(|field| field.name() == column);
        let never = lit(ScalarValue::TimestampMicrosecond(None, Some("UTC".into())));
        let created = if has("created") { plain("created") } else { never };
        let setters: Vec<Expr> = ["creator", "reporter"].into_iter().filter(|column| has(column)).map(plain).collect();
        let setter = match setters.is_empty() {
            true => lit(ScalarValue::Utf8(None)),
            false => datafusion::functions::expr_fn::coalesce(setters),
        };
        let wanted =
            vec![plain("id"), datafusion::logical_expr::cast(created, DataType::Int64).alias("created"), setter.alias("setter")];
        let mut rows = issues.clone().select(wanted)?.execute_stream().await?;
        let mut owners = Self::default();
        while let Some(batch) = rows.try_next().await? {
            owners.add(&batch).map_err(datafusion::error::DataFusionError::from)?;
        }
        Ok(owners)
    }

    fn add(&mut self, batch: &RecordBatch) -> Result<(), ArrowError> {
        let [ids, created, setters] = batch.columns() else { return Ok(()) };
        let (ids, created) = (ids.as_primitive::<Int64Type>(), created.as_primitive::<Int64Type>());
        for (row, setter) in self.setters.codes(setters)?.into_iter().enumerate().filter(|(row, _)| ids.is_valid(*row)) {
            self.issues.insert(ids.value(row), (created.is_valid(row).then(|| created.value(row)), setter));
        }
        Ok(())
    }
}

/// A field as events call it, and how many changes it has.
#[derive(Clone, Debug)]
struct Counted {
    history: History,
    changes: i64,
}

/// Fields that are derived together, or a part of the issues of one.
#[derive(Clone, Debug)]
struct Task {
    fields: Vec<Counted>,
    /// Which of how many parts.
    part: (i64, i64),
}

/// How intervals are made of the tables.
pub(crate) struct Derivation {
    events: DataFrame,
    fields: Vec<Counted>,
    owners: Owners,
}

impl Derivation {
    /// None where the tables tell of no changes.
    pub(crate) async fn of(
        context: &SessionContext,
        root: &Path,
        tables: &BTreeMap<String, TableState>,
        several: BTreeSet<String>,
        touched: &Touched,
    ) -> Result<Option<Self>, Error> {
        let table = |name: &str| -> Result<Option<DataFrame>, Error> {
            let Some(state) = tables.get(name).filter(|state| !state.columns.is_empty()) else { return Ok(None) };
            let rows = context.read_table(Arc::new(StoredTable::open(root, name, state)?))?;
            let key = if name == "events" { "issue_id" } else { "id" };
            let known = state.columns.iter().any(|column| column.name == key);
            if touched.all || !known {
                return Ok(Some(rows));
            }
            Ok(Some(rows.join(ids(context, touched)?, JoinType::LeftSemi, &[key], &["touched"], None)?))
        };
        let has = |column: &str| tables.get("events").is_some_and(|state| state.columns.iter().any(|known| known.name == column));
        if !["issue_id", "field", "from_value", "to_value"].iter().all(|column| has(column)) {
            return Ok(None);
        }
        let Some(events) = table("events")? else { return Ok(None) };
        let text = |column: &&str| if has(column) { plain(column) } else { lit(ScalarValue::Utf8(None)).alias(*column) };
        let events = events.filter(plain("issue_id").is_not_null().and(plain("field").is_not_null()))?;
        let events = events.select(CHANGES.iter().map(text).collect::<Vec<_>>())?;
        let fields = counted(&events, &several).await?;
        let owners = match table("issues")? {
            Some(issues) => Owners::read(issues).await?,
            None => Owners::default(),
        };
        Ok(Some(Self { events, fields, owners }))
    }

    fn histories(&self) -> impl Iterator<Item = History> {
        self.fields.iter().map(|field| field.history.clone())
    }

    /// All intervals, those of a field or of a part of its issues after each other, to `take`.
    pub(crate) async fn each(&self, mut take: impl FnMut(&RecordBatch) -> Result<(), ArrowError>) -> Result<(), Error> {
        for task in tasks(&self.fields) {
            let taken = |batch| take(&batch).map_err(|error| datafusion::error::DataFusionError::from(error).into());
            self.run(&task, taken).await?;
        }
        Ok(())
    }

    async fn run(&self, task: &Task, mut take: impl FnMut(RecordBatch) -> Result<(), Error>) -> Result<(), Error> {
        let arrow = |error: ArrowError| Error::from(datafusion::error::DataFusionError::from(error));
        let is = |field: &Counted| {
            let History { field, field_id, .. } = &field.history;
            let id = field_id.as_ref().map_or_else(|| plain("field_id").is_null(), |id| plain("field_id").eq(lit(id.as_str())));
            plain("field").eq(lit(field.as_str())).and(id)
        };
        let mut rows = self.events.clone();
        // A test of every field there is would leave nothing out.
        if task.fields.len() < self.fields.len()
            && let Some(wanted) = task.fields.iter().map(is).reduce(Expr::or)
        {
            rows = rows.filter(wanted)?;
        }
        let (part, parts) = task.part;
        if parts > 1 {
            let rest = (plain("issue_id") % lit(parts) + lit(parts)) % lit(parts);
            rows = rows.filter(rest.eq(lit(part)))?;
        }
        let mut chains: Vec<Chain> = Vec::new();
        let chain = |field: &Counted| {
            let History { field, field_id, several } = field.history.clone();
            Chain::new(field, field_id, several)
        };
        chains.extend(task.fields.iter().map(chain));
        let mut stream = rows.execute_stream().await?;
        while let Some(batch) = stream.try_next().await? {
            if let [only] = chains.as_mut_slice() {
                only.add(&batch).map_err(arrow)?;
                continue;
            }
            for (name, rows) in cluster::names(&batch, &["field", "field_id"]).map_err(arrow)? {
                let [Some(field), field_id] = name.as_slice() else { continue };
                let own = chains.iter_mut().find(|chain| chain.field == *field && chain.field_id == *field_id);
                let rows = take_record_batch(&batch, &UInt32Array::from(rows)).map_err(arrow)?;
                if let Some(own) = own {
                    own.add(&rows).map_err(arrow)?;
                }
            }
        }
        let schema = columns::schema_of(&table_columns());
        for chain in chains {
            take(chain.intervals(&self.owners, &schema).map_err(arrow)?)?;
        }
        Ok(())
    }
}

/// What is to be done, the largest last: small fields together, large ones in parts.
fn tasks(fields: &[Counted]) -> Vec<Task> {
    let mut fields = fields.to_vec();
    fields.sort_by_key(|field| field.changes);
    let mut tasks: Vec<Task> = Vec::new();
    let mut together = 0;
    for field in fields {
        together += field.changes;
        match tasks.last_mut() {
            Some(last) if together <= PART / 4 => last.fields.push(field),
            _ => {
                together = field.changes;
                let parts = field.changes / PART + 1;
                tasks.extend((0..parts).map(|part| Task { fields: vec![field.clone()], part: (part, parts) }));
            }
        }
    }
    tasks
}

/// The fields that the changes speak of.
async fn counted(events: &DataFrame, several: &BTreeSet<String>) -> Result<Vec<Counted>, Error> {
    let number = count(lit(1i64)).alias("changes");
    let batches = events.clone().aggregate(vec![plain("field"), plain("field_id")], vec![number])?.collect().await?;
    let mut fields = Vec::new();
    for batch in batches {
        let text = |at: usize| cast(batch.column(at), &DataType::Utf8).map_err(datafusion::error::DataFusionError::from);
        let (names, ids, changes) = (text(0)?, text(1)?, batch.column(2).as_primitive::<Int64Type>());
        let (names, ids) = (names.as_string::<i32>(), ids.as_string::<i32>());
        for row in 0..batch.num_rows() {
            let (field, field_id) = (names.value(row).to_owned(), ids.is_valid(row).then(|| ids.value(row).to_owned()));
            // The id decides where there is one: several custom fields may share a name.
            let several = several.contains(field_id.as_ref().unwrap_or(&field));
            fields.push(Counted { history: History { field, field_id, several }, changes: changes.value(row) });
        }
    }
    fields.sort_by(|a, b| a.history.cmp(&b.history));
    Ok(fields)
}

fn ids(context: &SessionContext, touched: &Touched) -> Result<DataFrame, Error> {
    let ids: ArrayRef = Arc::new(touched.issues.iter().copied().collect::<Int64Array>());
    let batch = RecordBatch::try_from_iter([("touched", ids)]).map_err(datafusion::error::DataFusionError::from)?;
    Ok(context.read_table(Arc::new(MemTable::try_new(batch.schema(), vec![vec![batch]])?))?)
}

/// Says of the rows of issues that they no longer count.
fn remove(change: &mut Transaction, touched: &Touched) -> Result<(), Error> {
    let ids: ArrayRef = Arc::new(touched.issues.iter().copied().collect::<Int64Array>());
    let broken = |error: ArrowError| failed(change.root(), &error);
    let batch = RecordBatch::try_from_iter([("issue_id", ids)]).map_err(broken)?;
    let (mut wanted, mut again) = (Wanted::new(), std::collections::HashSet::new());
    wanted.add(&batch, &["issue_id"], &mut again).map_err(broken)?;
    let stored: TableState = change.table(INTERVALS);
    let found = places::find(change.root(), INTERVALS, &stored, &["issue_id"], &wanted)?;
    for of_file in found.chunk_by(|a, b| a.file == b.file) {
        let Some(file) = of_file.first().and_then(|place| stored.files.get(place.file)) else { continue };
        let rows: RoaringTreemap = of_file.iter().map(|place| place.row).collect();
        change.remove_rows(INTERVALS, &file.name, rows);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_fields_are_derived_together_and_large_ones_in_parts() {
        let field = |name: &str, changes| {
            let history = History { field: name.into(), field_id: None, several: false };
            Counted { history, changes }
        };
        let found = tasks(&[field("b", 2 * PART), field("x", 5), field("a", 2 * PART), field("y", PART / 4 - 5), field("z", PART)]);
        let shown: Vec<_> = found
            .iter()
            .map(|task| (task.fields.iter().map(|field| field.history.field.as_str()).collect::<String>(), task.part))
            .collect();
        let part = |name: &str, part, parts| (name.to_owned(), (part, parts));
        let mut expected = vec![part("xy", 0, 1), part("z", 0, 2), part("z", 1, 2)];
        expected.extend(["b", "a"].into_iter().flat_map(|name| (0..3).map(move |at| part(name, at, 3))));
        assert_eq!(shown, expected);
    }
}
