//! The intervals of a field's life, and WAS.

use jqlx::data::rows::{EventRow, IssueRow};
use jqlx::semantic::bound::{HistoryCondition, HistoryField, IntervalBound};

use super::condition::{acted, compares, is_change_of, is_value};
use super::{Cell, Context, Row, cells, value};

/// A value held from `start` until `end`. No start: nobody knows when; no end: it is held still.
#[derive(Clone, Debug, PartialEq)]
pub struct Interval {
    pub name: Option<String>,
    pub id: Option<String>,
    pub start: Option<i64>,
    pub end: Option<i64>,
    pub setter: Option<String>,
}

/// `field WAS ...` on the row's issue.
pub fn holds(condition: &HistoryCondition, row: Row<'_>, context: &Context<'_>) -> bool {
    let intervals = intervals(&condition.field, row, context);
    let any = intervals.iter().any(|interval| {
        is_value(&condition.values, interval.name.as_ref(), interval.id.as_ref())
            && condition.by.iter().all(|actors| acted(actors, interval.setter.as_ref()))
            && condition.bounds.iter().all(|bound| within(*bound, interval))
            && condition.lasted.is_none_or(|(op, length)| {
                let end = interval.end.unwrap_or(condition.now);
                interval.start.is_some_and(|start| compares(op, (end - start).cmp(&length)))
            })
    });
    any != condition.negated
}

fn within(bound: IntervalBound, interval: &Interval) -> bool {
    let end = interval.end.unwrap_or(i64::MAX);
    match bound {
        IntervalBound::StartBefore(t) => interval.start.is_some_and(|start| start < t),
        IntervalBound::StartAtOrBefore(t) => interval.start.is_some_and(|start| start <= t),
        IntervalBound::EndAfter(t) => end > t,
        IntervalBound::EndAtOrAfter(t) => end >= t,
    }
}

/// Every interval of the field on the row's issue.
pub fn intervals(field: &HistoryField, row: Row<'_>, context: &Context<'_>) -> Vec<Interval> {
    let unknown = IssueRow::default();
    let issue = row.issue.unwrap_or(&unknown);
    let of_issue = |e: &&EventRow| row.issue_id.is_some() && e.issue_id == row.issue_id;
    let mut items: Vec<&EventRow> = context.tables.events.iter().filter(of_issue).filter(|e| is_change_of(e, field)).collect();
    items.sort_by(|a, b| (a.time, &a.event_id).cmp(&(b.time, &b.event_id)));
    let present: Vec<String> = match &field.present {
        None => Vec::new(),
        Some(present) => (value::of_issue(issue, &present.column).into_iter())
            .map(|v| match v {
                Cell::Text(text) => text,
                // Numbers and days stand in history as text.
                Cell::Int(n) => n.to_string(),
                Cell::Float(n) => format!("{n:?}"),
                Cell::Date(day) => cells::day(day),
                other => panic!("{other:?} has no history"),
            })
            .collect(),
    };
    let first_setter = issue.creator.clone().or_else(|| issue.reporter.clone());
    if field.multi {
        // Of an issue without a row nobody knows what it held besides what its events tell.
        let known = context.tables.issues.iter().any(|i| Some(i.id) == row.issue_id);
        let mut all = elements(&items, &present, issue.created, &first_setter);
        all.retain(|i| i.name.is_some() || (known && (i.end.is_none() || i.start != i.end)));
        all
    } else {
        single(&items, present.into_iter().next(), issue.created, &first_setter)
    }
}

fn single(items: &[&EventRow], present: Option<String>, created: Option<i64>, first_setter: &Option<String>) -> Vec<Interval> {
    let (name, id) = match items.first() {
        Some(first) => (first.from_value.clone(), first.from_id.clone()),
        None => (present, None),
    };
    let mut out = vec![Interval { name, id, start: created, end: None, setter: first_setter.clone() }];
    for item in items {
        if let Some(last) = out.last_mut() {
            last.end = Some(item.time);
        }
        out.push(Interval {
            name: item.to_value.clone(),
            id: item.to_id.clone(),
            start: Some(item.time),
            end: None,
            setter: item.actor.clone(),
        });
    }
    out
}

fn elements(items: &[&EventRow], present: &[String], created: Option<i64>, first_setter: &Option<String>) -> Vec<Interval> {
    let mut out: Vec<Interval> = Vec::new();
    // What was there from the start: what is removed before it is added, and what is there without any item.
    for (n, item) in items.iter().enumerate() {
        if let Some(removed) = &item.from_value {
            let named = |e: &&EventRow| [&e.from_value, &e.to_value].into_iter().flatten().any(|v| v == removed);
            if !items[..n].iter().any(named) {
                out.push(Interval {
                    name: Some(removed.clone()),
                    id: item.from_id.clone(),
                    start: created,
                    end: None,
                    setter: first_setter.clone(),
                });
            }
        }
    }
    for element in present {
        let named = items.iter().any(|e| e.from_value.as_ref() == Some(element) || e.to_value.as_ref() == Some(element));
        if !named {
            out.push(Interval { name: Some(element.clone()), id: None, start: created, end: None, setter: first_setter.clone() });
        }
    }
    if out.is_empty() {
        out.push(Interval { name: None, id: None, start: created, end: None, setter: first_setter.clone() });
    }
    for item in items {
        if let Some(removed) = &item.from_value {
            let held = out.iter_mut().find(|i| i.end.is_none() && i.name.as_ref() == Some(removed));
            if let Some(held) = held {
                held.end = Some(item.time);
            }
        }
        if let Some(added) = &item.to_value {
            if let Some(empty) = out.iter_mut().find(|i| i.end.is_none() && i.name.is_none()) {
                empty.end = Some(item.time);
            }
            if !out.iter().any(|i| i.end.is_none() && i.name.as_ref() == Some(added)) {
                out.push(Interval {
                    name: Some(added.clone()),
                    id: item.to_id.clone(),
                    start: Some(item.time),
                    end: None,
                    setter: item.actor.clone(),
                });
            }
        }
        if out.iter().all(|i| i.end.is_some()) {
            out.push(Interval { name: None, id: None, start: Some(item.time), end: None, setter: item.actor.clone() });
        }
    }
    out
}
