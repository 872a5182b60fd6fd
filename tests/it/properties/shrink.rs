//! Cuts a failing query and its world down while they go on to fail.

use std::panic::{AssertUnwindSafe, catch_unwind};

use jqlx::data::rows::Tables;
use serde_json::Value;

use super::Asked;
use super::query::Query;

/// How the query fails over the tables; a panic is a failure, too.
fn how(tables: &Tables, zone: &str, query: &Query) -> Option<String> {
    let asked = || Asked::new(tables, zone).agree(&query.to_string());
    match catch_unwind(AssertUnwindSafe(asked)) {
        Ok(outcome) => outcome.err(),
        Err(_) => Some("a panic".to_string()),
    }
}

/// Failures are of one kind where the answers differ, or where the first error is the same.
fn kind(how: &str) -> &str {
    let first = how.lines().next().unwrap_or_default();
    if first.starts_with("oracle ") { "oracle" } else { first }
}

/// The failure in as few words as was found, with the world that it needs.
pub fn failure(tables: &Tables, zone: &str, query: Query) -> String {
    let (mut tables, mut query) = (tables.clone(), query);
    let first = how(&tables, zone, &query).unwrap_or_default();
    let fails = |tables: &Tables, zone: &str, query: &Query| how(tables, zone, query).is_some_and(|now| kind(&now) == kind(&first));
    while let Some(simpler) = query.simpler().into_iter().find(|q| fails(&tables, zone, q)) {
        query = simpler;
    }
    drop_rows(&mut tables, |t| &mut t.events, |t| fails(t, zone, &query));
    // The everlasting issue comes first and holds the columns of the custom fields.
    drop_rows(&mut tables, |t| &mut t.issues, |t| !t.issues.is_empty() && fails(t, zone, &query));
    drop_rows(&mut tables, |t| &mut t.links, |t| fails(t, zone, &query));
    drop_rows(&mut tables, |t| &mut t.remote_links, |t| fails(t, zone, &query));
    drop_rows(&mut tables, |t| &mut t.properties, |t| fails(t, zone, &query));
    let how = how(&tables, zone, &query).unwrap_or_else(|| "it fails no longer".to_string());
    format!("zone {zone}\n{query}\n{how}\n{}", shown(&tables))
}

fn drop_rows<T: Clone>(tables: &mut Tables, of: impl Fn(&mut Tables) -> &mut Vec<T>, still: impl Fn(&Tables) -> bool) {
    let mut at = 0;
    while at < of(tables).len() {
        let row = of(tables).remove(at);
        if !still(tables) {
            of(tables).insert(at, row);
            at += 1;
        }
    }
}

/// The rows that differ between worlds, with what is not empty in them.
fn shown(tables: &Tables) -> String {
    let all = serde_json::to_value(tables).expect("tables as JSON");
    let mut out = String::new();
    for table in ["issues", "events", "links", "remote_links", "properties"] {
        for row in all[table].as_array().into_iter().flatten() {
            let mut row = row.clone();
            if let Value::Object(map) = &mut row {
                map.retain(|_, v| !v.is_null() && v.as_array().is_none_or(|a| !a.is_empty()));
            }
            out += &format!("  {table} {row}\n");
        }
    }
    out
}
