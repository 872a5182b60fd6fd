//! What a store holds and covers.

use std::collections::HashSet;
use std::path::Path;

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use serde::Serialize;

use super::layout::{COVERAGE, LAYOUTS};
use super::manifest::{Commits, Manifest, TableState, Value};
use super::{columns, coverage, places, vacuum};
use crate::error::Error;

/// What a store holds and covers.
#[derive(Clone, Debug, Serialize)]
pub struct Status {
    /// The number of the commit that this is about.
    pub version: u64,
    /// When it was committed.
    pub committed: jiff::Timestamp,
    /// The command that made it.
    pub operation: String,
    /// The layout of its files.
    pub layout: u32,
    /// The versions that can be read, the oldest first.
    pub versions: Vec<VersionStatus>,
    /// Its tables, `events` and `issues` first.
    pub tables: Vec<TableStatus>,
    /// What its events tell of.
    pub coverage: Vec<Covered>,
    /// How far the sync of a live site is, as the sync says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sync: Option<serde_json::Value>,
    /// Files of no version, which a killed run left behind.
    pub strays: u64,
    /// Their bytes.
    pub stray_bytes: u64,
}

/// One version.
#[derive(Clone, Debug, Serialize)]
pub struct VersionStatus {
    /// Its number.
    pub version: u64,
    /// When it was committed.
    pub committed: jiff::Timestamp,
    /// The command that made it.
    pub operation: String,
}

/// One table.
#[derive(Clone, Debug, Serialize)]
pub struct TableStatus {
    /// Its name.
    pub name: String,
    /// Rows that count.
    pub rows: u64,
    /// Rows that files hold and that no longer count; `compact` removes them.
    pub gone: u64,
    /// Files.
    pub files: u64,
    /// Bytes of the files.
    pub bytes: u64,
    /// The version of its Delta log.
    pub delta: u64,
    /// The first time of its events.
    pub first: Option<jiff::Timestamp>,
    /// The last time of its events.
    pub last: Option<jiff::Timestamp>,
}

/// Events of one kind by one kind of source.
#[derive(Clone, Debug, Serialize)]
pub struct Covered {
    /// changelog, webhook, audit and so on, where the source says it.
    pub origin: Option<String>,
    /// What they are about.
    pub entity: String,
    /// The time of the first.
    pub first: Option<jiff::Timestamp>,
    /// The time of the last.
    pub last: Option<jiff::Timestamp>,
    /// How many.
    pub events: u64,
}

pub(crate) fn status(root: &Path, manifest: &Manifest) -> Result<Status, Error> {
    let commits = Commits::of(root);
    let versions = commits.versions()?;
    let (mut needed, mut readable) = (HashSet::new(), Vec::new());
    for version in &versions {
        // A version that vacuum removes meanwhile needs nothing.
        if let Ok(manifest) = commits.read(*version) {
            needed.extend(vacuum::files(root, &manifest));
            readable.push(VersionStatus {
                version: manifest.version,
                committed: jiff::Timestamp::from_microsecond(manifest.time).unwrap_or_default(),
                operation: manifest.operation,
            });
        }
    }
    let strays = vacuum::strays(root, &needed)?;
    let ordered = LAYOUTS.iter().filter_map(|layout| Some((layout.table, manifest.tables.get(layout.table)?)));
    let covered = match manifest.tables.get(COVERAGE) {
        Some(state) => covered(&places::all(root, COVERAGE, state, &columns::schema_of(&coverage::table_columns()))?),
        None => Vec::new(),
    };
    Ok(Status {
        version: manifest.version,
        committed: jiff::Timestamp::from_microsecond(manifest.time).unwrap_or_default(),
        operation: manifest.operation.clone(),
        layout: manifest.layout,
        versions: readable,
        tables: ordered.map(|(name, state)| table(name, state)).collect(),
        coverage: covered,
        sync: manifest.sync.clone(),
        strays: strays.len() as u64,
        stray_bytes: strays.iter().map(|(_, bytes)| bytes).sum(),
    })
}

fn table(name: &str, state: &TableState) -> TableStatus {
    let times = |greatest: bool| {
        let bounds = state.files.iter().filter_map(|file| match file.ranges.get("time") {
            Some((Value::Int(min), Value::Int(max))) => Some(if greatest { *max } else { *min }),
            _ => None,
        });
        let bound = if greatest { bounds.max() } else { bounds.min() };
        bound.and_then(|micros| jiff::Timestamp::from_microsecond(micros).ok())
    };
    TableStatus {
        name: name.to_owned(),
        rows: state.rows(),
        gone: state.files.iter().filter_map(|file| file.gone.as_ref()).map(|gone| gone.rows).sum(),
        files: state.files.len() as u64,
        bytes: state.bytes(),
        delta: state.delta,
        first: times(false),
        last: times(true),
    }
}

fn covered(rows: &RecordBatch) -> Vec<Covered> {
    let text = |name: &str| rows.column_by_name(name).and_then(|column| column.as_string_view_opt());
    let time = |name: &str| rows.column_by_name(name).and_then(|column| column.as_primitive_opt::<TimestampMicrosecondType>());
    let events = rows.column_by_name("events").and_then(|column| column.as_primitive_opt::<Int64Type>());
    let (Some(origin), Some(entity), Some(first), Some(last), Some(events)) =
        (text("origin"), text("entity"), time("first"), time("last"), events)
    else {
        return Vec::new();
    };
    let at = |micros: i64| jiff::Timestamp::from_microsecond(micros).ok();
    (0..rows.num_rows())
        .map(|row| Covered {
            origin: origin.is_valid(row).then(|| origin.value(row).to_owned()),
            entity: entity.value(row).to_owned(),
            first: at(first.value(row)),
            last: at(last.value(row)),
            events: events.value(row).unsigned_abs(),
        })
        .collect()
}
