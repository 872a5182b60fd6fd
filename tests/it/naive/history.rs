//! The intervals of a field's life, and WAS.

use jqlx::data::rows::{EventRow, IssueRow};
use jqlx::semantic::bound::{BoundField, Held, HistoryCondition, HistoryField, IntervalBound, LastingTime};

use super::condition::{acted, compares, is_change_of, is_value};
use super::{Cell, Context, Row, cells, together, value};

/// A value held from `start` until `end`. No start: nobody knows when; no end: it is held still.
#[derive(Clone, Debug, PartialEq)]
pub struct Interval {
    pub name: Option<String>,
    pub id: Option<String>,
    pub start: Option<i64>,
    pub end: Option<i64>,
    pub setter: Option<String>,
    /// Its kind, where an event tells it.
    pub kind: Option<String>,
}

/// `field WAS ...` on the row's issue.
pub fn holds(condition: &HistoryCondition, row: Row<'_>, context: &Context<'_>) -> bool {
    let own = intervals(&condition.field, row, context).into_iter().filter(|interval| {
        is_value(&condition.values, interval.name.as_ref(), interval.id.as_ref())
            && condition.by.iter().all(|actors| acted(actors, interval.setter.as_ref()))
            && condition.via.iter().all(|kinds| interval.kind.as_ref().is_some_and(|kind| kinds.contains(kind)))
    });
    let parts: Vec<Interval> = if condition.held.is_empty() {
        own.collect()
    } else {
        own.flat_map(|interval| while_held(&interval, &condition.held, row, context)).collect()
    };
    let counting: Vec<&Interval> = parts.iter().filter(|part| condition.bounds.iter().all(|bound| within(*bound, part))).collect();
    let length = |part: &&Interval| {
        let end = part.end.unwrap_or(condition.now);
        let start = part.start?;
        Some(match condition.lasted.as_ref().and_then(|l| l.working.as_ref()) {
            Some(working) => working.calendar.working_between(start, end, &working.zone),
            None => end - start,
        })
    };
    let any = match &condition.lasted {
        None => !counting.is_empty(),
        Some(lasted) => {
            let lengths: Vec<i64> = counting.iter().filter_map(length).collect();
            let is = |length: i64| compares(lasted.op, length.cmp(&lasted.length));
            if lasted.total { !lengths.is_empty() && is(lengths.iter().sum()) } else { lengths.into_iter().any(is) }
        }
    };
    any != condition.negated
}

/// How long something of the row's issue lasted, in whole seconds.
pub fn seconds(of: &LastingTime, row: Row<'_>, context: &Context<'_>) -> Cell {
    let micros = match of {
        LastingTime::In { field, values, now } => {
            let life = intervals(field, row, context);
            let told = life.len() > 1 || (row.issue.is_some() && field.present.is_some());
            let own = life.iter().filter(|i| is_value(values, i.name.as_ref(), i.id.as_ref()));
            // One length that nobody knows makes the sum unknown.
            let lengths: Option<Vec<i64>> = own.map(|i| Some(i.end.unwrap_or(*now) - i.start?)).collect();
            lengths.filter(|_| told).map(|lengths| lengths.iter().sum::<i64>())
        }
        LastingTime::Between { from, to } => match (at(from, row, context), at(to, row, context)) {
            (Some(from), Some(to)) => Some(to - from),
            _ => None,
        },
        LastingTime::SinceFirst { field, values, to } => {
            let reaches = |e: &&EventRow| {
                row.issue_id.is_some()
                    && e.issue_id == row.issue_id
                    && is_change_of(e, field)
                    && is_value(values, e.to_value.as_ref(), e.to_id.as_ref())
            };
            let first = context.tables.events.iter().filter(reaches).map(|e| e.time).min();
            match (first, at(to, row, context)) {
                (Some(first), Some(to)) if first <= to => Some(to - first),
                _ => None,
            }
        }
        LastingTime::Until(next) => {
            row.event.and_then(|event| together::next(event, next, context).map(|until| until - event.time))
        }
    };
    micros.map_or(Cell::Null, |micros| Cell::Int(micros / 1_000_000))
}

fn at(field: &BoundField, row: Row<'_>, context: &Context<'_>) -> Option<i64> {
    match row.values(field, context).first() {
        Some(Cell::Time(at)) => Some(*at),
        _ => None,
    }
}

/// The parts of an interval at which all of these held, those that touch joined.
fn while_held(of: &Interval, held: &[Held], row: Row<'_>, context: &Context<'_>) -> Vec<Interval> {
    let lives: Vec<(&Held, Vec<Interval>)> = held.iter().map(|h| (h, intervals(&h.field, row, context))).collect();
    // Between two of these instants nothing changes. The start of an interval may be unknown, and its end open.
    let (start, end) = (of.start.unwrap_or(i64::MIN), of.end.unwrap_or(i64::MAX));
    let mut edges: Vec<i64> = vec![start, end];
    for interval in lives.iter().flat_map(|(_, life)| life) {
        edges.extend([interval.start, interval.end].into_iter().flatten().filter(|at| start < *at && *at < end));
    }
    edges.sort_unstable();
    edges.dedup();
    let mut parts: Vec<(i64, i64)> = Vec::new();
    for (from, to) in edges.iter().zip(&edges[1..]) {
        let is = |interval: &&Interval| interval.start.unwrap_or(i64::MIN) <= *from && *to <= interval.end.unwrap_or(i64::MAX);
        let all = lives.iter().all(|(held, life)| {
            let holds = life.iter().filter(is).any(|i| is_value(&held.values, i.name.as_ref(), i.id.as_ref()));
            holds != held.negated
        });
        match parts.last_mut() {
            Some(last) if all && last.1 == *from => last.1 = *to,
            _ if all => parts.push((*from, *to)),
            _ => {}
        }
    }
    let part = |(from, to): (i64, i64)| Interval {
        start: (from != i64::MIN).then_some(from),
        end: (to != i64::MAX).then_some(to),
        ..of.clone()
    };
    parts.into_iter().map(part).collect()
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
    if row.issue_id.is_none() {
        return Vec::new();
    }
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
    let mut out = vec![Interval { name, id, start: created, end: None, setter: first_setter.clone(), kind: None }];
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
            kind: item.actor_kind.clone(),
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
                    kind: None,
                });
            }
        }
    }
    for element in present {
        let named = items.iter().any(|e| e.from_value.as_ref() == Some(element) || e.to_value.as_ref() == Some(element));
        if !named {
            out.push(Interval {
                name: Some(element.clone()),
                id: None,
                start: created,
                end: None,
                setter: first_setter.clone(),
                kind: None,
            });
        }
    }
    if out.is_empty() {
        out.push(Interval { name: None, id: None, start: created, end: None, setter: first_setter.clone(), kind: None });
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
                    kind: item.actor_kind.clone(),
                });
            }
        }
        if out.iter().all(|i| i.end.is_some()) {
            out.push(Interval {
                name: None,
                id: None,
                start: Some(item.time),
                end: None,
                setter: item.actor.clone(),
                kind: item.actor_kind.clone(),
            });
        }
    }
    out
}
