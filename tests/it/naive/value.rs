//! Values of rows by column name.

use std::cmp::Ordering;

use jqlx::data::rows::{CustomValue, EventRow, IssueRow, Tables};
use jqlx::semantic::bound::{BoundField, Shape};
use serde_json::Value as Json;

/// A value of a row or of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Null,
    Text(String),
    List(Vec<String>),
    Int(i64),
    Float(f64),
    Bool(bool),
    Time(i64),
    Date(i32),
}

impl Cell {
    /// A total order within one type; texts ignoring case first.
    pub fn compare(&self, other: &Cell) -> Ordering {
        match (self, other) {
            (Cell::Text(a), Cell::Text(b)) => a.to_lowercase().cmp(&b.to_lowercase()),
            (Cell::Int(a), Cell::Int(b)) | (Cell::Time(a), Cell::Time(b)) => a.cmp(b),
            (Cell::Float(a), Cell::Float(b)) => a.total_cmp(b),
            (Cell::Bool(a), Cell::Bool(b)) => a.cmp(b),
            (Cell::Date(a), Cell::Date(b)) => a.cmp(b),
            (a, b) => panic!("{a:?} and {b:?} are not of one type"),
        }
    }
}

fn text(v: &Option<String>) -> Vec<Cell> {
    v.iter().cloned().map(Cell::Text).collect()
}

fn required(v: &str) -> Vec<Cell> {
    vec![Cell::Text(v.to_string())]
}

fn list(v: &[String]) -> Vec<Cell> {
    v.iter().cloned().map(Cell::Text).collect()
}

fn int(v: Option<i64>) -> Vec<Cell> {
    v.map(Cell::Int).into_iter().collect()
}

fn time(v: Option<i64>) -> Vec<Cell> {
    v.map(Cell::Time).into_iter().collect()
}

/// The values in a column of `issues`.
pub fn of_issue(row: &IssueRow, column: &str) -> Vec<Cell> {
    match column {
        "id" => vec![Cell::Int(row.id)],
        // Of an issue without a row nobody tells the key.
        "key" if row.key.is_empty() => Vec::new(),
        "key" => required(&row.key),
        "project" => text(&row.project),
        "type" => text(&row.issue_type),
        "status" => text(&row.status),
        "status_category" => text(&row.status_category),
        "priority" => text(&row.priority),
        "resolution" => text(&row.resolution),
        "assignee" => text(&row.assignee),
        "reporter" => text(&row.reporter),
        "creator" => text(&row.creator),
        "summary" => text(&row.summary),
        "description" => text(&row.description),
        "environment" => text(&row.environment),
        "created" => time(row.created),
        "updated" => time(row.updated),
        "resolved" => time(row.resolved),
        "due" => row.due.map(Cell::Date).into_iter().collect(),
        "labels" => list(&row.labels),
        "components" => list(&row.components),
        "fix_versions" => list(&row.fix_versions),
        "affected_versions" => list(&row.affected_versions),
        "sprints" => list(&row.sprints),
        "parent" => text(&row.parent),
        "epic" => text(&row.epic),
        "security_level" => text(&row.security_level),
        "votes" => int(row.votes),
        "watchers" => int(row.watchers),
        "voter_ids" => list(&row.voter_ids),
        "watcher_ids" => list(&row.watcher_ids),
        "attachments" => list(&row.attachments),
        "original_estimate" => int(row.original_estimate),
        "remaining_estimate" => int(row.remaining_estimate),
        "time_spent" => int(row.time_spent),
        "story_points" => row.story_points.map(Cell::Float).into_iter().collect(),
        "status_category_changed" => time(row.status_category_changed),
        "rank" => text(&row.rank),
        "last_viewed" => time(row.last_viewed),
        "organizations" => list(&row.organizations),
        "request_type" => text(&row.request_type),
        "request_channel" => text(&row.request_channel),
        "request_last_activity" => time(row.request_last_activity),
        "change_gating" => text(&row.change_gating),
        "pull_requests" => int(row.pull_requests),
        "pull_requests_open" => int(row.pull_requests_open),
        "commits" => int(row.commits),
        "reviews" => int(row.reviews),
        "reviews_open" => int(row.reviews_open),
        "builds_failing" => int(row.builds_failing),
        "deleted_at" => time(row.deleted_at),
        custom => match row.custom.iter().find(|(name, _)| name == custom) {
            None if custom.starts_with("customfield_") => Vec::new(),
            None => panic!("issues have no column {custom}"),
            Some((_, CustomValue::Text(v))) => required(v),
            Some((_, CustomValue::Number(v))) => vec![Cell::Float(*v)],
            Some((_, CustomValue::Time(v))) => vec![Cell::Time(*v)],
            Some((_, CustomValue::Date(v))) => vec![Cell::Date(*v)],
            Some((_, CustomValue::TextList(v))) => list(v),
        },
    }
}

/// The values in a column of `events`.
pub fn of_event(row: &EventRow, column: &str) -> Vec<Cell> {
    match column {
        "event_id" => required(&row.event_id),
        "time" => vec![Cell::Time(row.time)],
        "time_after" => time(row.time_after),
        "product" => text(&row.product),
        "entity" => required(&row.entity),
        "action" => required(&row.action),
        "actor" => text(&row.actor),
        "actor_kind" => text(&row.actor_kind),
        "actor_basis" => text(&row.actor_basis),
        "project" => text(&row.project),
        "space" => text(&row.space),
        "issue_id" => int(row.issue_id),
        "issue_key" => text(&row.issue_key),
        "entity_id" => text(&row.entity_id),
        "entity_name" => text(&row.entity_name),
        "field" => text(&row.field),
        "field_id" => text(&row.field_id),
        "from_value" => text(&row.from_value),
        "to_value" => text(&row.to_value),
        "from_id" => text(&row.from_id),
        "to_id" => text(&row.to_id),
        "text" => text(&row.text),
        "change_id" => text(&row.change_id),
        "origin" => text(&row.origin),
        "remote_address" => text(&row.remote_address),
        other => panic!("events have no column {other}"),
    }
}

/// Values as the bound query's shape asks for them.
pub fn shaped(values: Vec<Cell>, shape: Shape) -> Vec<Cell> {
    match shape {
        Shape::KeyNumber => values.iter().filter_map(number_of_key).map(Cell::Int).collect(),
        Shape::KeyProject => values.iter().filter_map(project_of_key).map(Cell::Text).collect(),
        _ => values,
    }
}

/// `PAY-12` → 12
pub fn number_of_key(key: &Cell) -> Option<i64> {
    match key {
        Cell::Text(key) => key.rsplit_once('-')?.1.parse().ok(),
        _ => None,
    }
}

/// `PAY-12` → PAY
fn project_of_key(key: &Cell) -> Option<String> {
    match key {
        Cell::Text(key) => key.rsplit_once('-').map(|(project, _)| project.to_string()),
        _ => None,
    }
}

/// The percentage of the estimate that was spent, without fraction.
pub fn work_ratio(row: &IssueRow) -> Option<i64> {
    match (row.time_spent, row.original_estimate) {
        (_, None | Some(0)) | (None, _) => None,
        (Some(spent), Some(estimate)) => Some(spent * 100 / estimate),
    }
}

/// The rows of a side table as JSON, by the names of their columns.
pub fn side_rows(tables: &Tables, table: &str) -> Vec<Json> {
    match serde_json::to_value(tables).expect("tables as JSON").get_mut(table).map(Json::take) {
        Some(Json::Array(rows)) => rows,
        other => panic!("{other:?} in place of the table {table}"),
    }
}

/// The values in a column of a side table; the structs call the column `type` differently in each table.
fn side_column<'a>(row: &'a Json, column: &str) -> &'a Json {
    let names: &[&str] = if column == "type" { &["project_type", "field_type", "link_type"] } else { &[column] };
    let found = names.iter().find_map(|name| row.get(name));
    found.unwrap_or_else(|| panic!("there is no column {column} in {row}"))
}

/// The texts in a column of a side table.
pub fn side_texts(row: &Json, column: &str) -> Vec<Cell> {
    match side_column(row, column) {
        Json::Null => Vec::new(),
        Json::String(text) => required(text),
        other => panic!("{other:?} is no text"),
    }
}

/// The values of a field of a side table.
pub fn of_side(row: &Json, field: &BoundField) -> Vec<Cell> {
    let whole = |v: &Json| v.as_i64().expect("a whole number");
    let values = match (side_column(row, &field.column), field.shape) {
        (Json::Null, _) => Vec::new(),
        (Json::Array(texts), _) => texts.iter().filter_map(Json::as_str).flat_map(required).collect(),
        (Json::String(text), _) => required(text),
        (Json::Bool(truth), _) => vec![Cell::Bool(*truth)],
        (number, Shape::Float) => vec![Cell::Float(number.as_f64().expect("a number"))],
        (number, Shape::Time) => vec![Cell::Time(whole(number))],
        (number, Shape::Date) => vec![Cell::Date(whole(number) as i32)],
        (number, _) => vec![Cell::Int(whole(number))],
    };
    shaped(values, field.shape)
}
