//! Streams of connectors: Singer taps and Airbyte sources of Jira, a message a line.

use serde_json::Value;

use super::formats::Reading;
use super::jira::json::{Object, object, text};
use super::jira::{self, Context, Mapped};

/// Messages of Singer that hold no record.
const SINGER: &[&str] = &["SCHEMA", "STATE", "ACTIVATE_VERSION", "BATCH"];
/// Messages of Airbyte that hold no record.
const AIRBYTE: &[&str] = &["STATE", "LOG", "TRACE", "CATALOG", "SPEC", "CONNECTION_STATUS", "CONTROL", "DESTINATION_CATALOG"];

pub(super) fn is_singer(message: &Object) -> bool {
    match text(message, "type") {
        Some("RECORD") => message.contains_key("stream") && message.contains_key("record"),
        Some("STATE") => message.contains_key("value"),
        Some(kind) => SINGER.contains(&kind) && message.contains_key("stream"),
        None => false,
    }
}

pub(super) fn singer(message: &Object, reading: &mut Reading<'_>) -> Result<Mapped, String> {
    match object(message, "record") {
        Some(record) => inner(text(message, "stream"), record, reading),
        None if text(message, "type") == Some("RECORD") => Err("its record is no object".into()),
        None => Ok(Mapped::default()),
    }
}

pub(super) fn is_airbyte(message: &Object) -> bool {
    if message.contains_key("_airbyte_data") {
        return true;
    }
    match text(message, "type") {
        Some("RECORD") => object(message, "record").is_some_and(|r| r.contains_key("data")),
        Some(kind) => AIRBYTE.contains(&kind) && message.contains_key(&kind.to_lowercase()),
        None => false,
    }
}

pub(super) fn airbyte(message: &Object, reading: &mut Reading<'_>) -> Result<Mapped, String> {
    if let Some(data) = message.get("_airbyte_data") {
        let stream = text(message, "_airbyte_stream").or_else(|| text(message, "stream"));
        return match data {
            Value::Object(data) => inner(stream, data, reading),
            // Warehouses keep it as text.
            Value::String(data) => match serde_json::from_str(data) {
                Ok(Value::Object(data)) => inner(stream, &data, reading),
                Ok(_) => Err("its `_airbyte_data` is no object".into()),
                Err(error) => Err(format!("its `_airbyte_data` is no JSON: {error}")),
            },
            _ => Err("its `_airbyte_data` is no object".into()),
        };
    }
    let Some(record) = object(message, "record") else { return Ok(Mapped::default()) };
    match object(record, "data") {
        Some(data) => inner(text(record, "stream"), data, reading),
        None => Err("its data is no object".into()),
    }
}

fn inner(stream: Option<&str>, record: &Object, reading: &mut Reading<'_>) -> Result<Mapped, String> {
    let context = Context { stream, ..reading.context };
    let read = jira::record(record, context, reading.site);
    read.map_err(|reason| match stream {
        Some(stream) => format!("of the stream {stream}: {reason}"),
        None => reason,
    })
}
