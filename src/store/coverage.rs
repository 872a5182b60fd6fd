//! What the store's events tell of: for each origin and noun, from when to when, and how many.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, TimestampMicrosecondType};
use datafusion::prelude::SessionContext;
use futures::TryStreamExt;

use super::error::failed;
use super::layout::COVERAGE;
use super::manifest::{ColumnState, TableState};
use super::scan::StoredTable;
use super::transaction::Transaction;
use super::write::TableWriter;
use super::{columns, places};
use crate::data::schema::ColumnKind;
use crate::error::Error;
use crate::plan::plain;

/// Events by origin and entity, as they come and go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally(BTreeMap<(Option<String>, String), Period>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Period {
    first: i64,
    last: i64,
    events: i64,
}

impl Tally {
    /// Notes events that come (`sign` 1) or go (-1).
    pub(crate) fn note(&mut self, batch: &RecordBatch, sign: i64) {
        let text = |name: &str| batch.column_by_name(name).and_then(|column| cast(column, &DataType::Utf8).ok());
        let (origin, entity) = (text("origin"), text("entity"));
        let (Some(entity), Some(time)) = (entity, batch.column_by_name("time")) else { return };
        let (Some(entity), Some(time)) = (entity.as_string_opt::<i32>(), time.as_primitive_opt::<TimestampMicrosecondType>())
        else {
            return;
        };
        let origin = origin.as_ref().and_then(|column| column.as_string_opt::<i32>());
        let mut kinds: HashMap<(Option<&str>, &str), Period> = HashMap::new();
        for row in 0..batch.num_rows() {
            let origin = origin.filter(|column| column.is_valid(row)).map(|column| column.value(row));
            let time = time.value(row);
            let period = kinds.entry((origin, entity.value(row))).or_insert(Period { first: time, last: time, events: 0 });
            *period = Period { first: period.first.min(time), last: period.last.max(time), events: period.events + sign };
        }
        for ((origin, entity), period) in kinds {
            self.add(origin, entity, period);
        }
    }

    fn add(&mut self, origin: Option<&str>, entity: &str, period: Period) {
        let key = (origin.map(str::to_owned), entity.to_owned());
        let known = self.0.entry(key).or_insert(Period { events: 0, ..period });
        known.events += period.events;
        known.first = known.first.min(period.first);
        known.last = known.last.max(period.last);
    }

    pub(crate) fn join(&mut self, other: Self) {
        for ((origin, entity), period) in other.0 {
            self.add(origin.as_deref(), &entity, period);
        }
    }
}

/// The columns of the table.
pub(crate) fn table_columns() -> Vec<ColumnState> {
    let column = |name: &str, kind| ColumnState { name: name.into(), kind };
    vec![
        column("origin", ColumnKind::Text),
        column("entity", ColumnKind::Text),
        column("first", ColumnKind::Time),
        column("last", ColumnKind::Time),
        column("events", ColumnKind::Int),
    ]
}

/// Adds what came and went to what the table says.
pub(crate) fn add(change: &mut Transaction, tally: &Tally) -> Result<(), Error> {
    if tally.0.is_empty() && change.tables().contains_key(COVERAGE) {
        return Ok(());
    }
    let stored = change.table(COVERAGE);
    let schema = columns::schema_of(&table_columns());
    let mut all = read(&places::all(change.root(), COVERAGE, &stored, &schema)?);
    all.join(tally.clone());
    replace(change, all)
}

/// Makes the table anew of all events: periods that were too long, as what was first or last has moved, are what they are.
pub(crate) async fn derive(context: &SessionContext, change: &mut Transaction) -> Result<(), Error> {
    let counted = count(context, change.root(), &change.table("events")).await?;
    let schema = columns::schema_of(&table_columns());
    let stored = read(&places::all(change.root(), COVERAGE, &change.table(COVERAGE), &schema)?);
    if stored == counted { Ok(()) } else { replace(change, counted) }
}

fn replace(change: &mut Transaction, mut all: Tally) -> Result<(), Error> {
    all.0.retain(|_, period| period.events > 0);
    change.set_columns(COVERAGE, table_columns());
    let mut writer = TableWriter::new(change.root(), COVERAGE, &table_columns())?;
    writer.write(&written(&all).map_err(|error| failed(change.root(), &error))?)?;
    let files = writer.finish()?;
    change.clear(COVERAGE);
    change.add(COVERAGE, files);
    Ok(())
}

/// What all events of a table come to.
pub(crate) async fn count(context: &SessionContext, root: &Path, events: &TableState) -> Result<Tally, Error> {
    let mut counted = Tally::default();
    let wanted = ["origin", "entity", "time"].into_iter().filter(|name| events.columns.iter().any(|column| column.name == *name));
    let wanted: Vec<_> = wanted.map(plain).collect();
    if wanted.is_empty() {
        return Ok(counted);
    }
    let rows = context.read_table(Arc::new(StoredTable::open(root, "events", events)?))?;
    let mut stream = rows.select(wanted)?.execute_stream().await?;
    while let Some(batch) = stream.try_next().await? {
        counted.note(&batch, 1);
    }
    Ok(counted)
}

fn read(batch: &RecordBatch) -> Tally {
    let text = |name: &str| batch.column_by_name(name).and_then(|column| column.as_string_view_opt().cloned());
    let time = |name: &str| batch.column_by_name(name).and_then(|c| c.as_primitive_opt::<TimestampMicrosecondType>().cloned());
    let events = batch.column_by_name("events").and_then(|c| c.as_primitive_opt::<datafusion::arrow::datatypes::Int64Type>());
    let mut tally = Tally::default();
    let (Some(origin), Some(entity), Some(first), Some(last), Some(events)) =
        (text("origin"), text("entity"), time("first"), time("last"), events)
    else {
        return tally;
    };
    for row in 0..batch.num_rows() {
        let origin = origin.is_valid(row).then(|| origin.value(row));
        let period = Period { first: first.value(row), last: last.value(row), events: events.value(row) };
        tally.add(origin, entity.value(row), period);
    }
    tally
}

fn written(tally: &Tally) -> Result<RecordBatch, datafusion::arrow::error::ArrowError> {
    let schema = columns::schema_of(&table_columns());
    let times = |of: fn(&Period) -> i64| TimestampMicrosecondArray::from_iter_values(tally.0.values().map(of)).with_timezone("UTC");
    let origin: StringArray = tally.0.keys().map(|(origin, _)| origin.as_deref()).collect();
    let entity: StringArray = tally.0.keys().map(|(_, entity)| Some(entity.as_str())).collect();
    let batch = RecordBatch::try_from_iter_with_nullable([
        ("origin", Arc::new(origin) as _, true),
        ("entity", Arc::new(entity) as _, true),
        ("first", Arc::new(times(|p| p.first)) as _, true),
        ("last", Arc::new(times(|p| p.last)) as _, true),
        ("events", Arc::new(Int64Array::from_iter_values(tally.0.values().map(|p| p.events))) as _, true),
    ])?;
    columns::fitted(&batch, &schema)
}

/// Whether the table says what the events do: the counts are the same, and each event lies in its period.
pub(crate) fn agrees(stored: &RecordBatch, counted: &Tally) -> bool {
    let stored = read(stored);
    stored.0.len() == counted.0.len()
        && counted.0.iter().all(|(key, found)| {
            let said = stored.0.get(key);
            said.is_some_and(|said| said.events == found.events && said.first <= found.first && said.last >= found.last)
        })
}
