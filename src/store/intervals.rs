//! Intervals: what each field of each issue held, from when to when.
//!
//! A field with one value at a time has a row for the value that its first recorded change took away, from the issue's
//! creation, and one for each change. A field with several values has rows for each element. A field of which no event of the
//! issue speaks has none: it holds what the issue holds, since its creation. The plan of WAS reads these rows instead of
//! making them of the events (`plan/intervals.rs`), so both must say the same.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch};
use datafusion::arrow::compute::{cast, concat_batches, filter_record_batch};
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::arrow::error::ArrowError;
use datafusion::common::JoinType;
use datafusion::datasource::MemTable;
use datafusion::functions_window::expr_fn::{lead, row_number};
use datafusion::logical_expr::{Expr, ExprFunctionExt, lit};
use datafusion::prelude::{DataFrame, SessionContext};
use datafusion::scalar::ScalarValue;
use futures::TryStreamExt;
use roaring::RoaringTreemap;

use super::error::failed;
use super::layout::INTERVALS;
use super::load::{Progress, Touched};
use super::manifest::{ColumnState, History, TableState};
use super::places::{self, Wanted};
use super::scan::StoredTable;
use super::transaction::Transaction;
use super::write::TableWriter;
use super::{columns, state};
use crate::catalog::fields::{FIELDS, Source};
use crate::data::schema::ColumnKind;
use crate::data::site;
use crate::error::Error;
use crate::plan::plain;
use crate::semantic::bound::Shape;

/// The columns of the table.
pub(crate) fn table_columns() -> Vec<ColumnState> {
    use ColumnKind::{Bool, Category, Int, Text, Time};
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
        column("event_id", Text),
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
    for derived in derivations(context, change.root(), change.tables(), &several, touched)? {
        write(change, derived, progress).await?;
    }
    Ok(())
}

/// Rows of which intervals are made.
pub(crate) struct Derivation {
    rows: DataFrame,
    /// Each element has intervals of its own.
    several: bool,
}

impl Derivation {
    /// The intervals that a batch of the rows comes to.
    fn intervals(several: bool, batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
        if several { element_rows(batch) } else { single_rows(batch) }
    }

    /// All intervals, a batch at a time, to `take`.
    pub(crate) async fn each(self, mut take: impl FnMut(&RecordBatch) -> Result<(), ArrowError>) -> Result<(), Error> {
        let mut stream = self.rows.execute_stream().await?;
        while let Some(batch) = stream.try_next().await? {
            let batch = Self::intervals(self.several, &batch).and_then(|batch| take(&batch));
            batch.map_err(datafusion::error::DataFusionError::from)?;
        }
        Ok(())
    }
}

/// How the intervals of the touched issues are made of the tables.
pub(crate) fn derivations(
    context: &SessionContext,
    root: &Path,
    tables: &BTreeMap<String, TableState>,
    several: &BTreeSet<String>,
    touched: &Touched,
) -> Result<Vec<Derivation>, Error> {
    let several: Vec<Expr> = several.iter().map(|name| lit(name.as_str())).collect();
    let table = |name: &str| -> Result<Option<DataFrame>, Error> {
        let Some(state) = tables.get(name).filter(|state| !state.columns.is_empty()) else { return Ok(None) };
        Ok(Some(context.read_table(Arc::new(StoredTable::open(root, name, state)?))?))
    };
    let Some(events) = table("events")? else { return Ok(Vec::new()) };
    let has = |column: &str| tables.get("events").is_some_and(|state| state.columns.iter().any(|known| known.name == column));
    if !["issue_id", "field", "from_value", "to_value"].iter().all(|column| has(column)) {
        return Ok(Vec::new());
    }
    let text = |column: &str| if has(column) { plain(column) } else { lit(ScalarValue::Utf8(None)) };
    let is_several = |listed: bool| {
        let by_name = plain("field").in_list(several.clone(), false);
        let by_id = text("field_id").in_list(several.clone(), false);
        let hit = text("field_id").is_null().and(by_name).or(by_id.is_true());
        if listed { hit.is_true() } else { hit.is_not_true() }
    };
    let mut events = events.filter(plain("issue_id").is_not_null().and(plain("field").is_not_null()))?;
    if !touched.all {
        events = events.join(ids(context, touched)?, JoinType::LeftSemi, &["issue_id"], &["touched"], None)?;
    }
    let common = |at: &str, id: &str| {
        vec![
            plain("issue_id"),
            plain("field"),
            text("field_id").alias("field_id"),
            plain(at).alias("value"),
            text(id).alias("value_id"),
            plain("time"),
            plain("event_id"),
            text("actor").alias("actor"),
            text("actor_kind").alias("actor_kind"),
        ]
    };
    // Joined before the windows, whose order is that of the files.
    let owners = table("issues")?.map(owners).transpose()?;
    let single = {
        let mut wanted = common("to_value", "to_id");
        wanted.extend([plain("from_value").alias("before"), text("from_id").alias("before_id")]);
        let rows = events.clone().filter(is_several(false))?.select(wanted)?;
        followed(with_owners(rows, owners.clone())?, &["field", "field_id", "issue_id"], &["time", "event_id"])?
    };
    let several = {
        let half = |value: &str, id: &str, added: bool| {
            let mut wanted = common(value, id);
            wanted.push(lit(added).alias("added"));
            events.clone().filter(is_several(true).and(plain(value).is_not_null()))?.select(wanted)
        };
        let rows = half("to_value", "to_id", true)?.union(half("from_value", "from_id", false)?)?;
        followed(with_owners(rows, owners)?, &["field", "field_id", "issue_id", "value"], &["time", "event_id", "added"])?
    };
    Ok(vec![Derivation { rows: single, several: false }, Derivation { rows: several, several: true }])
}

/// Each row with its place in its group and what follows it there.
fn followed(rows: DataFrame, group: &[&str], order: &[&str]) -> Result<DataFrame, Error> {
    let group: Vec<Expr> = group.iter().map(|name| plain(name)).collect();
    let order: Vec<_> = order.iter().map(|name| plain(name).sort(true, false)).collect();
    let over = |function: Expr, name: &str| -> Result<Expr, Error> {
        Ok(function.partition_by(group.clone()).order_by(order.clone()).build()?.alias(name))
    };
    Ok(rows.window(vec![
        over(row_number(), "place")?,
        over(lead(plain("time"), Some(1), None), "until")?,
        over(lead(plain("actor"), Some(1), None), "ended_by")?,
    ])?)
}

/// When each issue was created and by whom.
fn owners(issues: DataFrame) -> Result<DataFrame, Error> {
    let has = |column: &str| issues.schema().fields().iter().any(|field| field.name() == column);
    let created = if has("created") { plain("created") } else { lit(ScalarValue::TimestampMicrosecond(None, Some("UTC".into()))) };
    let setters: Vec<Expr> = ["creator", "reporter"].into_iter().filter(|column| has(column)).map(plain).collect();
    let setter = match setters.is_empty() {
        true => lit(ScalarValue::Utf8(None)),
        false => datafusion::functions::expr_fn::coalesce(setters),
    };
    let wanted = vec![plain("id").alias("owner"), created.alias("owner_created"), setter.alias("owner_setter")];
    Ok(issues.clone().select(wanted)?)
}

fn with_owners(rows: DataFrame, owners: Option<DataFrame>) -> Result<DataFrame, Error> {
    Ok(match owners {
        Some(owners) => rows.join(owners, JoinType::Left, &["issue_id"], &["owner"], None)?,
        None => rows,
    })
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

/// Writes the intervals, and notes of which fields they are.
async fn write(change: &mut Transaction, derivation: Derivation, progress: &Progress) -> Result<(), Error> {
    let root = change.root().to_owned();
    let Derivation { rows, several } = derivation;
    let streams = rows.execute_stream_partitioned().await?;
    let running: Vec<_> = streams
        .into_iter()
        .map(|mut stream| {
            let (root, progress) = (root.clone(), progress.clone());
            tokio::spawn(async move {
                let mut writer = TableWriter::new(&root, INTERVALS, &table_columns())?;
                let mut seen = BTreeSet::new();
                while let Some(batch) = stream.try_next().await? {
                    let batch = Derivation::intervals(several, &batch).map_err(|error| failed(&root, &error))?;
                    note(&batch, several, &mut seen);
                    writer.write(&batch)?;
                    progress.add(batch.num_rows());
                }
                Ok::<_, Error>((writer.finish()?, seen))
            })
        })
        .collect();
    let mut ended = Vec::new();
    for part in running {
        ended.push(part.await.map_err(|error| failed(&root, &error)).and_then(|part| part));
    }
    let mut histories: BTreeSet<History> = change.histories().iter().cloned().collect();
    let mut broken = None;
    for part in ended {
        match part {
            Ok((files, seen)) => {
                change.add(INTERVALS, files);
                histories.extend(seen);
            }
            Err(error) => broken = Some(error),
        }
    }
    if let Some(error) = broken {
        return Err(error);
    }
    change.set_histories(histories.into_iter().collect());
    Ok(())
}

fn note(batch: &RecordBatch, several: bool, seen: &mut BTreeSet<History>) {
    let text = |name: &str| batch.column_by_name(name).and_then(|column| cast(column, &DataType::Utf8).ok());
    let (Some(field), Some(id)) = (text("field"), text("field_id")) else { return };
    let (field, id) = (field.as_string::<i32>(), id.as_string::<i32>());
    let mut last = None;
    for row in 0..batch.num_rows() {
        let this = (field.value(row), id.is_valid(row).then(|| id.value(row)));
        if last.replace(this) != Some(this) {
            seen.insert(History { field: this.0.to_owned(), field_id: this.1.map(str::to_owned), several });
        }
    }
}

/// One batch under the table's columns, each from a column of `from`.
fn renamed(from: &RecordBatch, columns: &[(&str, &str)], initial: bool) -> Result<RecordBatch, ArrowError> {
    let schema = columns::schema_of(&table_columns());
    let mut named: Vec<(&str, ArrayRef)> =
        columns.iter().filter_map(|(name, source)| Some((*name, from.column_by_name(source)?.clone()))).collect();
    named.push(("initial", Arc::new(BooleanArray::from(vec![initial; from.num_rows()]))));
    let batch = RecordBatch::try_from_iter_with_nullable(named.into_iter().map(|(name, column)| (name, column, true)))?;
    columns::fitted(&batch, &schema)
}

const CHANGE: &[(&str, &str)] = &[
    ("issue_id", "issue_id"),
    ("field", "field"),
    ("field_id", "field_id"),
    ("value", "value"),
    ("value_id", "value_id"),
    ("valid_from", "time"),
    ("valid_to", "until"),
    ("set_by", "actor"),
    ("set_kind", "actor_kind"),
    ("ended_by", "ended_by"),
    ("event_id", "event_id"),
];

const FIRST: &[(&str, &str)] = &[
    ("issue_id", "issue_id"),
    ("field", "field"),
    ("field_id", "field_id"),
    ("value", "before"),
    ("value_id", "before_id"),
    ("valid_from", "owner_created"),
    ("valid_to", "time"),
    ("set_by", "owner_setter"),
    ("ended_by", "actor"),
];

const FIRST_ELEMENT: &[(&str, &str)] = &[
    ("issue_id", "issue_id"),
    ("field", "field"),
    ("field_id", "field_id"),
    ("value", "value"),
    ("value_id", "value_id"),
    ("valid_from", "owner_created"),
    ("valid_to", "time"),
    ("set_by", "owner_setter"),
    ("ended_by", "actor"),
];

fn is_first(batch: &RecordBatch) -> Option<BooleanArray> {
    let place = cast(batch.column_by_name("place")?, &DataType::Int64).ok()?;
    Some(place.as_primitive::<Int64Type>().iter().map(|place| Some(place == Some(1))).collect())
}

/// Changes of fields with one value.
fn single_rows(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let first = is_first(batch).unwrap_or_else(|| BooleanArray::from(vec![false; batch.num_rows()]));
    let changes = renamed(batch, CHANGE, false)?;
    let initial = renamed(&filter_record_batch(batch, &first)?, FIRST, true)?;
    concat_batches(&changes.schema(), &[changes, initial])
}

/// Elements that come and go.
fn element_rows(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let none = || BooleanArray::from(vec![false; batch.num_rows()]);
    let first = is_first(batch).unwrap_or_else(none);
    let added = batch.column_by_name("added").and_then(|column| column.as_boolean_opt().cloned()).unwrap_or_else(none);
    let at_first: BooleanArray =
        first.iter().zip(added.iter()).map(|(first, added)| Some(first == Some(true) && added == Some(false))).collect();
    let opened = renamed(&filter_record_batch(batch, &added)?, CHANGE, false)?;
    let initial = renamed(&filter_record_batch(batch, &at_first)?, FIRST_ELEMENT, true)?;
    concat_batches(&opened.schema(), &[opened, initial])
}
