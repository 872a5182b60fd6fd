//! What the store holds already of the issues that come.

use std::collections::{BTreeMap, HashMap};

use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::arrow::compute::cast as cast_array;
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::logical_expr::{Expr, cast, lit};

use crate::error::Error;
use crate::exec;
use crate::plan::plain;
use crate::store::{At, Store};

/// An issue as the store has it.
#[derive(Clone, Debug)]
pub(super) struct Issue {
    pub(super) key: String,
    pub(super) project: Option<String>,
    pub(super) updated: Option<i64>,
}

/// A comment, work log or attachment as the store's events tell of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Thing {
    pub(super) is_deleted: bool,
    /// When it was last seen to be there.
    pub(super) last: i64,
    pub(super) name: Option<String>,
    pub(super) value: Option<String>,
    pub(super) text: Option<String>,
}

/// The things of an issue, by noun and id.
#[derive(Clone, Debug, Default)]
pub(super) struct Things {
    pub(super) by_id: BTreeMap<(String, String), Thing>,
}

/// When each issue that is not deleted was last updated.
pub(super) async fn updates(store: &Store) -> Result<HashMap<i64, i64>, Error> {
    let mut updates = HashMap::new();
    for batch in rows(store, "issues", &["id", "updated", "deleted_at"], None).await? {
        let [id, updated, deleted] = ["id", "updated", "deleted_at"].map(|column| numbers(&batch, column));
        for row in 0..batch.num_rows() {
            if let (Some(id), None) = (get(&id, row), get(&deleted, row)) {
                updates.insert(id, get(&updated, row).unwrap_or(i64::MIN));
            }
        }
    }
    Ok(updates)
}

/// Some issues as the store has them.
pub(super) async fn issues(store: &Store, ids: &[i64]) -> Result<HashMap<i64, Issue>, Error> {
    let mut issues = HashMap::new();
    for batch in rows(store, "issues", &["id", "key", "project", "updated"], Some(one_of("id", ids))).await? {
        let [id, updated] = ["id", "updated"].map(|column| numbers(&batch, column));
        let [key, project] = ["key", "project"].map(|column| texts(&batch, column));
        for row in 0..batch.num_rows() {
            if let (Some(id), Some(key)) = (get(&id, row), get(&key, row)) {
                issues.insert(id, Issue { key, project: get(&project, row), updated: get(&updated, row) });
            }
        }
    }
    Ok(issues)
}

/// The things of some issues.
pub(super) async fn things(store: &Store, ids: &[i64]) -> Result<HashMap<i64, Things>, Error> {
    let nouns = ["comment", "worklog", "attachment"];
    let of_things = cast(plain("entity"), DataType::Utf8View).in_list(nouns.iter().map(|noun| lit(*noun)).collect(), false);
    let mut things: HashMap<i64, Things> = HashMap::new();
    for (issue, noun, id, event) in events(store, of_things.and(one_of("issue_id", ids))).await? {
        if let Some(issue) = issue {
            things.entry(issue).or_default().note(noun, id, event);
        }
    }
    Ok(things)
}

/// Work logs by their ids, with the issues that they belong to.
pub(super) async fn worklogs(store: &Store, ids: &[String]) -> Result<HashMap<String, (i64, Thing)>, Error> {
    let of_worklogs = cast(plain("entity"), DataType::Utf8View).eq(lit("worklog"));
    let ids = ids.iter().map(|id| lit(id.as_str())).collect();
    let wanted = of_worklogs.and(cast(plain("entity_id"), DataType::Utf8View).in_list(ids, false));
    let mut things: HashMap<i64, Things> = HashMap::new();
    for (issue, noun, id, event) in events(store, wanted).await? {
        if let Some(issue) = issue {
            things.entry(issue).or_default().note(noun, id, event);
        }
    }
    let of_issue = |(issue, things): (i64, Things)| things.by_id.into_iter().map(move |((_, id), thing)| (id, (issue, thing)));
    Ok(things.into_iter().flat_map(of_issue).collect())
}

struct Told {
    action: String,
    time: i64,
    name: Option<String>,
    value: Option<String>,
    text: Option<String>,
}

impl Things {
    fn note(&mut self, noun: String, id: String, event: Told) {
        let thing = self.by_id.entry((noun, id)).or_default();
        match event.action.as_str() {
            "deleted" | "removed" => thing.is_deleted = true,
            _ if event.time >= thing.last => {
                *thing = Thing {
                    is_deleted: thing.is_deleted,
                    last: event.time,
                    name: event.name.or(thing.name.take()),
                    value: event.value.or(thing.value.take()),
                    text: event.text.or(thing.text.take()),
                }
            }
            _ => {}
        }
    }
}

/// Events of things that have an id: issue, noun, id.
async fn events(store: &Store, wanted: Expr) -> Result<Vec<(Option<i64>, String, String, Told)>, Error> {
    let columns = ["issue_id", "entity", "entity_id", "action", "time", "entity_name", "to_value", "text"];
    let mut found = Vec::new();
    for batch in rows(store, "events", &columns, Some(wanted)).await? {
        let [issue, time] = ["issue_id", "time"].map(|column| numbers(&batch, column));
        let [noun, id, action, name, value, text] =
            ["entity", "entity_id", "action", "entity_name", "to_value", "text"].map(|column| texts(&batch, column));
        for row in 0..batch.num_rows() {
            if let (Some(noun), Some(id), Some(action)) = (get(&noun, row), get(&id, row), get(&action, row)) {
                let time = get(&time, row).unwrap_or_default();
                let told = Told { action, time, name: get(&name, row), value: get(&value, row), text: get(&text, row) };
                found.push((get(&issue, row), noun, id, told));
            }
        }
    }
    Ok(found)
}

/// The store at its last commit, if there is one.
pub(super) fn store(root: &std::path::Path) -> Result<Option<Store>, Error> {
    match Store::is_at(root) {
        true => Store::open(root, At::Latest).map(Some),
        false => Ok(None),
    }
}

fn one_of(column: &str, ids: &[i64]) -> Expr {
    plain(column).in_list(ids.iter().map(|id| lit(*id)).collect(), false)
}

/// Some columns of a table's rows; those that the table does not have are left out.
async fn rows(store: &Store, table: &str, columns: &[&str], wanted: Option<Expr>) -> Result<Vec<RecordBatch>, Error> {
    let tables = store.tables()?;
    let Some(provider) = tables.get(table) else { return Ok(Vec::new()) };
    let has: Vec<&str> = columns.iter().copied().filter(|name| provider.schema().field_with_name(name).is_ok()).collect();
    let mut rows = exec::context(None, None)?.read_table(provider.clone())?;
    if let Some(wanted) = wanted {
        rows = rows.filter(wanted)?;
    }
    Ok(rows.select_columns(&has)?.collect().await?)
}

/// A column of numbers, or of instants in UTC microseconds; none where there is no such column.
fn numbers(batch: &RecordBatch, column: &str) -> Vec<Option<i64>> {
    let column = batch.column_by_name(column).and_then(|column| cast_array(column, &DataType::Int64).ok());
    column
        .as_ref()
        .and_then(|column| column.as_primitive_opt::<Int64Type>())
        .map_or_else(Vec::new, |column| column.iter().collect())
}

fn texts(batch: &RecordBatch, column: &str) -> Vec<Option<String>> {
    let column = batch.column_by_name(column).and_then(|column| cast_array(column, &DataType::Utf8View).ok());
    let column = column.as_ref().and_then(|column| column.as_string_view_opt());
    column.map_or_else(Vec::new, |column| column.iter().map(|text| text.map(str::to_owned)).collect())
}

fn get<T: Clone>(column: &[Option<T>], row: usize) -> Option<T> {
    column.get(row).cloned().flatten()
}
