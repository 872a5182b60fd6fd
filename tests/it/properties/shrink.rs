//! Cuts a failing query and its world down while they go on to fail.

use jqlx::data::rows::Tables;
use jqlx::semantic::WeekStart;
use serde_json::Value;

use super::Asked;
use super::query::Query;

/// The kind of failures that are no errors.
pub const OTHER_ROWS: &str = "other rows";

/// Failures are of one kind where the answers differ, or where the first error is the same.
pub fn kind(how: &str) -> String {
    let first = how.lines().next().unwrap_or_default();
    if first.starts_with("oracle ") { OTHER_ROWS.to_string() } else { first.to_string() }
}

/// The failure in as few words as was found, with the world that it needs.
pub fn failure(tables: &Tables, zone: &str, week: WeekStart, query: Query, first: &str) -> String {
    let (mut tables, mut query) = (tables.clone(), query);
    let how = |tables: &Tables, query: &Query| Asked::new(tables, zone, week).agree(&query.to_string()).err();
    let fails = |tables: &Tables, query: &Query| how(tables, query).is_some_and(|now| kind(&now) == kind(first));
    while let Some(simpler) = query.simpler().into_iter().find(|q| fails(&tables, q)) {
        query = simpler;
    }
    drop_rows(&mut tables, |t| &mut t.events, |t| fails(t, &query));
    // The everlasting issue comes first and holds the columns of the custom fields.
    drop_rows(&mut tables, |t| &mut t.issues, |t| !t.issues.is_empty() && fails(t, &query));
    drop_rows(&mut tables, |t| &mut t.links, |t| fails(t, &query));
    drop_rows(&mut tables, |t| &mut t.remote_links, |t| fails(t, &query));
    drop_rows(&mut tables, |t| &mut t.properties, |t| fails(t, &query));
    let how = how(&tables, &query).unwrap_or_else(|| "it fails no longer".to_string());
    format!("zone {zone}, weeks from {}\n{query}\n{how}\n{}", week.name(), shown(&tables))
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
