//! Values of custom fields, whose type Jira shows by their shape.

use serde_json::Value;

use super::adf;
use super::json::{Object, day, micros, object, scalar, text};
use super::site::Site;
use crate::data::rows::{CustomValue, date};

/// What a custom field holds.
pub(super) enum Custom {
    Value(CustomValue),
    /// Sprint names; the sprints themselves were noted.
    Sprints(Vec<String>),
    Nothing,
}

pub(super) fn read(value: &Value, site: &mut Site) -> Custom {
    match value {
        Value::Null => Custom::Nothing,
        Value::Number(n) => match n.as_f64() {
            Some(n) => Custom::Value(CustomValue::Number(n)),
            None => Custom::Nothing,
        },
        Value::Bool(b) => Custom::Value(CustomValue::Text(b.to_string())),
        Value::String(s) if s.is_empty() => Custom::Nothing,
        Value::String(s) => Custom::Value(match (day(s), micros(s)) {
            (Some(_), _) => date(s).map_or_else(|| CustomValue::Text(s.clone()), CustomValue::Date),
            (None, Some(time)) => CustomValue::Time(time),
            (None, None) => CustomValue::Text(s.clone()),
        }),
        Value::Array(list) if list.is_empty() => Custom::Nothing,
        Value::Array(list) => {
            if list.iter().all(is_sprint) {
                return Custom::Sprints(list.iter().filter_map(|s| site.sprint(s)).collect());
            }
            let texts: Vec<String> = list.iter().filter_map(|v| element(v, site)).collect();
            Custom::Value(CustomValue::TextList(texts))
        }
        Value::Object(object) => match (cascade(object), text(object, "iso8601").and_then(micros)) {
            (Some(list), _) => Custom::Value(CustomValue::TextList(list)),
            // An instant as service desks write it, in several forms at once.
            (None, Some(time)) => Custom::Value(CustomValue::Time(time)),
            (None, None) => element(value, site).map_or(Custom::Nothing, |t| Custom::Value(CustomValue::Text(t))),
        },
    }
}

fn is_sprint(value: &Value) -> bool {
    match value {
        Value::String(s) => s.starts_with("com.atlassian.greenhopper.service.sprint.Sprint@"),
        Value::Object(o) => {
            o.contains_key("state") && o.contains_key("name") && (o.contains_key("boardId") || o.contains_key("originBoardId"))
        }
        _ => false,
    }
}

/// The two options of a cascading select.
fn cascade(object: &Object) -> Option<Vec<String>> {
    let child = object.get("child")?.as_object()?;
    Some(vec![text(object, "value")?.to_owned(), text(child, "value")?.to_owned()])
}

/// One value as text: an option's value, an account's id, a version's name, an issue's key.
fn element(value: &Value, site: &mut Site) -> Option<String> {
    let fields = match value {
        Value::Object(fields) => fields,
        other => return scalar(other),
    };
    if fields.is_empty() {
        return None;
    }
    if adf::is_document(fields) {
        return adf::body(value);
    }
    if fields.contains_key("displayName") || fields.contains_key("accountId") {
        return site.person(value).map(|p| p.id);
    }
    if let Some(name) = object(fields, "requestType").and_then(|r| text(r, "name")) {
        return Some(name.to_owned());
    }
    for name in ["value", "name", "key", "title"] {
        if let Some(found) = text(fields, name) {
            return Some(found.to_owned());
        }
    }
    Some(value.to_string())
}
