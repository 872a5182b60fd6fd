//! Issues as they were at an instant.

use jqlx::data::rows::{CustomValue, EventRow, IssueRow, Tables, date};
use jqlx::semantic::bound::{HistoryField, PastColumn, Shape, Told};

use super::condition::is_change_of;
use super::{Cell, value};

/// All issues, those without a row too, as their events tell that they were at an instant, or after all events.
pub fn issues(tables: &Tables, columns: &[PastColumn], at: Option<i64>, with_deleted: bool) -> Vec<IssueRow> {
    let mut ids: Vec<i64> = tables.issues.iter().map(|i| i.id).chain(tables.events.iter().filter_map(|e| e.issue_id)).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter().filter_map(|id| issue(tables, columns, id, at, with_deleted)).collect()
}

/// Those of which there is no row, although an event tells of their deletion.
pub fn forgotten(tables: &Tables, columns: &[PastColumn]) -> Vec<IssueRow> {
    let mut all = issues(tables, columns, None, true);
    all.retain(|issue| {
        let known = tables.issues.iter().any(|i| i.id == issue.id);
        let fates: Vec<&EventRow> = of_issue(tables, issue.id).into_iter().filter(|e| is_fate(e)).collect();
        !known && fates.last().is_some_and(|e| is_deletion(e))
    });
    all
}

/// One issue at the time of an event.
pub fn issue_at(tables: &Tables, columns: &[PastColumn], id: i64, at: i64) -> IssueRow {
    let mut row = tables.issues.iter().find(|i| i.id == id).expect("it is there").clone();
    let events = of_issue(tables, id);
    for column in columns {
        tell(&mut row, column, &events, Some(at), Some(at));
    }
    row
}

fn of_issue(tables: &Tables, id: i64) -> Vec<&EventRow> {
    let mut events: Vec<&EventRow> = tables.events.iter().filter(|e| e.issue_id == Some(id)).collect();
    events.sort_by(|a, b| (a.time, &a.event_id).cmp(&(b.time, &b.event_id)));
    events
}

fn is_creation(event: &EventRow) -> bool {
    event.entity == "issue" && ["created", "added"].contains(&event.action.as_str())
}

fn is_deletion(event: &EventRow) -> bool {
    event.entity == "issue" && ["deleted", "removed", "purged"].contains(&event.action.as_str())
}

fn is_fate(event: &EventRow) -> bool {
    is_creation(event) || is_deletion(event) || (event.entity == "issue" && event.action == "restored")
}

fn issue(tables: &Tables, columns: &[PastColumn], id: i64, at: Option<i64>, with_deleted: bool) -> Option<IssueRow> {
    let now = tables.issues.iter().find(|i| i.id == id);
    let events = of_issue(tables, id);
    let until = |e: &&&EventRow| at.is_none_or(|at| e.time <= at);
    let made = events.iter().find(|e| is_creation(e));
    let born = now.and_then(|i| i.created).or(made.map(|e| e.time));
    if at.is_some_and(|at| born.is_none_or(|born| born > at)) {
        return None;
    }
    if !with_deleted {
        let gone = events.iter().filter(until).rfind(|e| is_fate(e)).is_some_and(|e| is_deletion(e));
        let noted = now.and_then(|i| i.deleted_at).is_some_and(|deleted| at.is_some_and(|at| deleted <= at));
        if gone || noted {
            return None;
        }
    }
    let mut row = now.cloned().unwrap_or_else(|| IssueRow { id, ..IssueRow::default() });
    let last_key = events.iter().filter(until).rev().find_map(|e| e.issue_key.clone());
    if now.is_none() {
        row.key = last_key.unwrap_or_default();
    }
    row.project = row.project.or_else(|| events.iter().filter(until).rev().find_map(|e| e.project.clone()));
    row.creator = row.creator.or_else(|| made.and_then(|e| e.actor.clone()));
    row.created = born;
    if row.summary.is_none() {
        let named = events.iter().filter(until).rev().filter(|e| is_fate(e));
        row.summary = named.filter_map(|e| e.entity_name.clone()).next();
    }
    for column in columns {
        tell(&mut row, column, &events, at, born);
    }
    Some(row)
}

fn tell(row: &mut IssueRow, column: &PastColumn, events: &[&EventRow], at: Option<i64>, born: Option<i64>) {
    let is_before = |e: &&EventRow| at.is_none_or(|at| e.time <= at);
    let of = |field: &HistoryField| -> (Vec<&EventRow>, Vec<&EventRow>) {
        events.iter().copied().filter(|e| is_change_of(e, field)).partition(is_before)
    };
    match &column.told {
        Told::Never => {}
        Told::LastEvent => row.updated = events.iter().copied().filter(is_before).map(|e| e.time).max().or(born),
        Told::ProjectOfKey(field) => {
            let (before, after) = of(field);
            let key = match (before.last(), after.first()) {
                (Some(last), _) => last.to_value.clone(),
                (None, Some(first)) => first.from_value.clone(),
                (None, None) => None,
            };
            if let Some(key) = key {
                row.project = key.split('-').next().map(str::to_string);
            }
        }
        Told::Resolution(field) => {
            let (before, after) = of(field);
            row.resolved = match (before.last(), after.first()) {
                (Some(last), _) => last.to_value.as_ref().map(|_| last.time),
                (None, Some(_)) => None,
                (None, None) => row.resolved.filter(|resolved| at.is_none_or(|at| *resolved <= at)),
            };
        }
        Told::Changes { field, by_id } if !field.multi => {
            let (before, after) = of(field);
            let held = |value: &Option<String>, id: &Option<String>| {
                if *by_id { id.clone().or_else(|| value.clone()) } else { value.clone() }
            };
            match (before.last(), after.first()) {
                (Some(last), _) => set(row, column, held(&last.to_value, &last.to_id)),
                (None, Some(first)) => set(row, column, held(&first.from_value, &first.from_id)),
                (None, None) => {}
            }
        }
        Told::Changes { field, .. } => {
            let (before, after) = of(field);
            let mut list: Vec<String> = value::of_issue(row, &column.column).into_iter().map(text).collect();
            let mut touched: Vec<String> =
                before.iter().chain(&after).flat_map(|e| [&e.from_value, &e.to_value]).flatten().cloned().collect();
            touched.sort();
            touched.dedup();
            list.retain(|element| !touched.contains(element));
            for element in touched {
                let speaks = |e: &&&EventRow| e.from_value.as_ref() == Some(&element) || e.to_value.as_ref() == Some(&element);
                let is_there = match (before.iter().rfind(speaks), after.iter().find(speaks)) {
                    (Some(last), _) => last.to_value.as_ref() == Some(&element),
                    (None, first) => first.is_some_and(|first| first.from_value.as_ref() == Some(&element)),
                };
                if is_there {
                    list.push(element);
                }
            }
            *list_of(row, &column.column) = list;
        }
    }
}

fn text(cell: Cell) -> String {
    match cell {
        Cell::Text(text) => text,
        other => panic!("{other:?} is no text"),
    }
}

fn set(row: &mut IssueRow, column: &PastColumn, told: Option<String>) {
    let number = || told.as_ref().and_then(|t| t.parse().ok());
    match column.column.as_str() {
        "key" => row.key = told.unwrap_or_default(),
        "type" => row.issue_type = told,
        "status" => row.status = told,
        "priority" => row.priority = told,
        "resolution" => row.resolution = told,
        "assignee" => row.assignee = told,
        "reporter" => row.reporter = told,
        "summary" => row.summary = told,
        "description" => row.description = told,
        "environment" => row.environment = told,
        "parent" => row.parent = told,
        "epic" => row.epic = told,
        "security_level" => row.security_level = told,
        "due" => row.due = told.as_deref().and_then(date),
        "original_estimate" => row.original_estimate = number(),
        "remaining_estimate" => row.remaining_estimate = number(),
        "time_spent" => row.time_spent = number(),
        "story_points" => row.story_points = told.as_ref().and_then(|t| t.parse().ok()),
        custom => {
            let value = match column.shape {
                Shape::Text => told.map(CustomValue::Text),
                Shape::Float => told.and_then(|t| t.parse().ok()).map(CustomValue::Number),
                _ => panic!("{custom} cannot be set"),
            };
            row.custom.retain(|(id, _)| id != custom);
            row.custom.extend(value.map(|v| (custom.to_string(), v)));
        }
    }
}

fn list_of<'a>(row: &'a mut IssueRow, column: &str) -> &'a mut Vec<String> {
    match column {
        "labels" => &mut row.labels,
        "components" => &mut row.components,
        "fix_versions" => &mut row.fix_versions,
        "affected_versions" => &mut row.affected_versions,
        "sprints" => &mut row.sprints,
        custom => {
            if !row.custom.iter().any(|(id, _)| id == custom) {
                row.custom.push((custom.to_string(), CustomValue::TextList(Vec::new())));
            }
            let (_, value) = row.custom.iter_mut().find(|(id, _)| id == custom).expect("it was put there");
            match value {
                CustomValue::TextList(list) => list,
                other => panic!("{other:?} is no list"),
            }
        }
    }
}
