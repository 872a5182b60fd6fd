//! What one entry of a Delta log says.

use std::collections::{BTreeMap, HashMap};

use deltalake_core::kernel::{Action, Add, DeletionVectorDescriptor, Remove, StorageType, Transaction};
use jiff::{Timestamp, ToSpan, civil};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::data::schema::ColumnKind;
use crate::store::manifest::{ColumnState, FileState, Gone, Manifest, TableState, Value};

/// The name under which the log keeps the store's version.
const APPLICATION: &str = "jqlx";

/// The command that writes rows anew which are already there.
const COMPACT: &str = "compact";

/// Readers may not know years before the first.
const FIRST_YEAR: civil::Date = civil::date(1, 1, 1);

/// What stays the same of a table as long as it exists.
pub(super) struct Identity {
    pub(super) id: String,
    /// In UTC milliseconds.
    pub(super) created: Option<i64>,
}

impl Identity {
    /// Of a table that did not exist, from a time in UTC microseconds.
    pub(super) fn new(time: i64) -> Self {
        Self { id: Uuid::new_v4().to_string(), created: Some(time.div_euclid(1000)) }
    }
}

/// The lines of the entry that leads from one state of the table to another.
pub(super) fn text(
    name: &str,
    before: Option<&TableState>,
    now: &TableState,
    commit: &Manifest,
    identity: &Identity,
) -> Result<Vec<u8>, String> {
    let time = commit.time.div_euclid(1000);
    let mut actions = vec![json!({ "commitInfo": {
        "timestamp": time,
        "operation": commit.operation,
        "operationParameters": {},
        "engineInfo": commit.program,
    }})];
    if before.is_none() {
        // Features of writers that the table does not use are left out, for each shuts out a program that lacks it.
        actions.push(json!({ "protocol": {
            "minReaderVersion": 3,
            "minWriterVersion": 7,
            "readerFeatures": ["deletionVectors"],
            "writerFeatures": ["deletionVectors"],
        }}));
    }
    if before.is_none_or(|before| before.columns != now.columns) {
        actions.push(json!({ "metaData": {
            "id": identity.id,
            "name": name,
            "format": { "provider": "parquet", "options": {} },
            "schemaString": schema(&now.columns).to_string(),
            "partitionColumns": [],
            "configuration": { "delta.enableDeletionVectors": "true" },
            "createdTime": identity.created,
        }}));
    }
    let version = i64::try_from(commit.version).map_err(|error| error.to_string())?;
    let mut own = vec![Action::Txn(Transaction::new_with_last_update(APPLICATION, version, Some(time)))];
    let data_change = commit.operation != COMPACT;
    let [old, new] = [before.map_or(&[][..], |before| &before.files), &now.files].map(by_name);
    for file in old.values().filter(|file| changed(file, &new)) {
        own.push(Action::Remove(remove(file, time, data_change)?));
    }
    for file in new.values().filter(|file| changed(file, &old)) {
        own.push(Action::Add(add(file, &now.columns, data_change)?));
    }
    let mut text = Vec::new();
    for action in actions.into_iter().map(Ok).chain(own.iter().map(serde_json::to_value)) {
        serde_json::to_writer(&mut text, &action.map_err(|error| error.to_string())?).map_err(|error| error.to_string())?;
        text.push(b'\n');
    }
    Ok(text)
}

/// The version of the store that an entry of ours holds.
pub(super) fn store_version(text: &[u8]) -> Option<u64> {
    let lines = text.split(|byte| *byte == b'\n');
    let transactions = lines.filter_map(|line| serde_json::from_slice::<Json>(line).ok()?.get("txn").cloned());
    let mut own = transactions.filter(|txn| txn.get("appId").and_then(Json::as_str) == Some(APPLICATION));
    own.next()?.get("version")?.as_u64()
}

/// A vector as the log describes it.
fn descriptor(gone: &Gone) -> Result<DeletionVectorDescriptor, String> {
    let id = Uuid::try_parse(&gone.file).map_err(|error| error.to_string())?;
    Ok(DeletionVectorDescriptor {
        storage_type: StorageType::UuidRelativePath,
        path_or_inline_dv: z85::encode(id.as_bytes()),
        offset: Some(gone.offset),
        size_in_bytes: gone.bytes,
        cardinality: i64::try_from(gone.rows).map_err(|error| error.to_string())?,
    })
}

/// The vector of a description, if it is one that the store writes.
pub(super) fn gone(vector: &DeletionVectorDescriptor) -> Result<Gone, String> {
    let foreign = || "it has a deletion vector that is not the store's".to_owned();
    if vector.storage_type != StorageType::UuidRelativePath {
        return Err(foreign());
    }
    let id = z85::decode(&vector.path_or_inline_dv).ok().and_then(|bytes| Uuid::from_slice(&bytes).ok());
    Ok(Gone {
        file: id.ok_or_else(foreign)?.to_string(),
        offset: vector.offset.ok_or_else(foreign)?,
        bytes: vector.size_in_bytes,
        rows: u64::try_from(vector.cardinality).map_err(|_| foreign())?,
    })
}

fn by_name(files: &[FileState]) -> BTreeMap<&str, &FileState> {
    files.iter().map(|file| (file.name.as_str(), file)).collect()
}

/// Whether the other state has the file not at all, or with other rows that count.
fn changed(file: &FileState, other: &BTreeMap<&str, &FileState>) -> bool {
    other.get(file.name.as_str()).is_none_or(|other| other.gone != file.gone)
}

fn remove(file: &FileState, time: i64, data_change: bool) -> Result<Remove, String> {
    Ok(Remove {
        path: file.name.clone(),
        data_change,
        deletion_timestamp: Some(time),
        extended_file_metadata: Some(true),
        partition_values: Some(HashMap::new()),
        size: Some(size(file)?),
        deletion_vector: file.gone.as_ref().map(descriptor).transpose()?,
        ..Remove::default()
    })
}

fn add(file: &FileState, columns: &[ColumnState], data_change: bool) -> Result<Add, String> {
    Ok(Add {
        path: file.name.clone(),
        size: size(file)?,
        modification_time: file.written,
        data_change,
        stats: Some(statistics(file, columns).to_string()),
        deletion_vector: file.gone.as_ref().map(descriptor).transpose()?,
        ..Add::default()
    })
}

fn size(file: &FileState) -> Result<i64, String> {
    i64::try_from(file.bytes).map_err(|error| error.to_string())
}

/// How many rows the file has, those that no longer count among them, and the bounds of its columns.
fn statistics(file: &FileState, columns: &[ColumnState]) -> Json {
    let mut least = Map::new();
    let mut greatest = Map::new();
    for column in columns {
        let Some((min, max)) = file.ranges.get(&column.name) else { continue };
        if let (Some(min), Some(max)) = (bound(column.kind, min), bound(column.kind, max)) {
            least.insert(column.name.clone(), min);
            greatest.insert(column.name.clone(), max);
        }
    }
    json!({
        "numRecords": file.written_rows(),
        "minValues": least,
        "maxValues": greatest,
        "tightBounds": file.gone.is_none(),
    })
}

/// A bound as Delta writes it; none of a kind that has no bounds there.
fn bound(kind: ColumnKind, value: &Value) -> Option<Json> {
    let text = match (kind, value) {
        (ColumnKind::Int, Value::Int(number)) => return Some(json!(number)),
        (ColumnKind::Text | ColumnKind::Category, Value::Text(text)) => text.clone(),
        (ColumnKind::Time, Value::Int(micros)) => {
            let time = Timestamp::from_microsecond(*micros).ok()?.to_zoned(jiff::tz::TimeZone::UTC);
            let format = if micros % 1000 == 0 { "%Y-%m-%dT%H:%M:%S%.3fZ" } else { "%Y-%m-%dT%H:%M:%S%.6fZ" };
            (time.date() >= FIRST_YEAR).then(|| time.strftime(format).to_string())?
        }
        (ColumnKind::Date, Value::Int(days)) => {
            let span = 0.days().try_days(*days).ok()?;
            let date = civil::date(1970, 1, 1).checked_add(span).ok()?;
            (date >= FIRST_YEAR).then(|| date.to_string())?
        }
        _ => return None,
    };
    Some(Json::String(text))
}

/// The columns in Delta's words.
fn schema(columns: &[ColumnState]) -> Json {
    let fields = columns.iter().map(|column| {
        let kind = match column.kind {
            ColumnKind::Text | ColumnKind::Category => json!("string"),
            ColumnKind::Int => json!("long"),
            ColumnKind::Float => json!("double"),
            ColumnKind::Bool => json!("boolean"),
            ColumnKind::Time => json!("timestamp"),
            ColumnKind::Date => json!("date"),
            ColumnKind::TextList => json!({ "type": "array", "elementType": "string", "containsNull": true }),
        };
        json!({ "name": column.name, "type": kind, "nullable": true, "metadata": {} })
    });
    json!({ "type": "struct", "fields": fields.collect::<Vec<_>>() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_written_as_delta_wants_them() {
        let text = |kind, value| bound(kind, &Value::Int(value)).map(|json| json.as_str().unwrap_or_default().to_owned());
        let time = |micros| text(ColumnKind::Time, micros);
        assert_eq!(time(0).as_deref(), Some("1970-01-01T00:00:00.000Z"));
        assert_eq!(time(-1).as_deref(), Some("1969-12-31T23:59:59.999999Z"));
        assert_eq!(time(1_714_979_289_120_000).as_deref(), Some("2024-05-06T07:08:09.120Z"));
        assert_eq!(time(1_714_979_289_123_450).as_deref(), Some("2024-05-06T07:08:09.123450Z"));
        assert_eq!(time(-62_135_596_800_000_000).as_deref(), Some("0001-01-01T00:00:00.000Z"));
        assert_eq!(time(-62_135_596_800_000_001), None);
        assert_eq!(time(i64::MAX), None);
        let date = |days| text(ColumnKind::Date, days);
        assert_eq!(date(-1).as_deref(), Some("1969-12-31"));
        assert_eq!(date(19_849).as_deref(), Some("2024-05-06"));
        assert_eq!(date(-719_163), None);
        assert_eq!(date(i64::MIN), None);
        assert_eq!(bound(ColumnKind::Int, &Value::Int(-5)), Some(json!(-5)));
        assert_eq!(bound(ColumnKind::Category, &Value::Text("a\"b".to_owned())), Some(json!("a\"b")));
        for kind in [ColumnKind::Float, ColumnKind::Bool, ColumnKind::TextList, ColumnKind::Text] {
            assert_eq!(bound(kind, &Value::Int(1)), None);
        }
    }
}
