//! Entity properties of an issue: JSON of applications, a row a value.

use serde_json::Value;

use super::json::{Object, scalar};
use crate::data::rows::PropertyRow;

/// The values of `properties`, as an answer that was asked for them has them.
pub(super) fn read(issue: &str, properties: &Object) -> Vec<PropertyRow> {
    let mut rows = Vec::new();
    for (property, value) in properties {
        let before = rows.len();
        let row = PropertyRow { issue: issue.to_owned(), property: property.clone(), path: None, value: None };
        leaves(&row, value, &mut rows);
        if rows.len() == before {
            // That it exists is known, and is all.
            rows.push(row);
        }
    }
    rows
}

fn leaves(at: &PropertyRow, value: &Value, rows: &mut Vec<PropertyRow>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                let path = at.path.as_ref().map_or_else(|| name.clone(), |path| format!("{path}.{name}"));
                leaves(&PropertyRow { path: Some(path), ..at.clone() }, value, rows);
            }
        }
        Value::Array(list) => list.iter().for_each(|value| leaves(at, value, rows)),
        Value::Null => {}
        Value::String(_) | Value::Number(_) | Value::Bool(_) => {
            let value = scalar(value).or(Some(String::new()));
            rows.push(PropertyRow { value, ..at.clone() });
        }
    }
}
