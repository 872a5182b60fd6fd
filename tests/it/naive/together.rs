//! Events that lie together or follow each other: TIMES, WITHIN, SAME, THEN.

use jqlx::data::rows::EventRow;
use jqlx::semantic::bound::{BoundField, EventTest, NextEvent, SequenceCondition, SequenceStep, Times};

use super::condition::{compares, is_change_of, passes};
use super::{Cell, Context, Row, value};

/// Whether a count is what TIMES asks for.
pub fn counts(times: &Times, count: i64) -> bool {
    compares(times.op, count.cmp(&times.count))
}

/// The greatest count of events, all of one group and in one window, that `event` is part of; none where it is in no group.
pub fn most_with(times: &Times, event: &EventRow, all: &[&EventRow]) -> Option<i64> {
    let group = keys(&times.same, event)?;
    let value = |e: &EventRow| times.distinct.as_ref().map(|of| value::of_event(e, &of.column));
    // What has no value that could be counted is not among the events.
    let known = |e: &EventRow| value(e).is_none_or(|v| !v.is_empty());
    if !known(event) {
        return None;
    }
    let group: Vec<&&EventRow> = all.iter().filter(|e| known(e) && keys(&times.same, e) == Some(group.clone())).collect();
    let count = |events: Vec<&EventRow>| {
        let mut counted: Vec<Vec<Cell>> = Vec::new();
        for event in &events {
            match value(event) {
                Some(value) if counted.contains(&value) => {}
                value => counted.push(value.unwrap_or_default()),
            }
        }
        counted.len() as i64
    };
    let Some(length) = times.within else { return Some(count(group.iter().map(|e| **e).collect())) };
    // A window that begins with one of the events is as good as any.
    let starts = group.iter().filter(|start| start.time <= event.time && event.time <= start.time + length);
    let within = |start: i64| group.iter().map(|e| **e).filter(|e| start <= e.time && e.time <= start + length).collect();
    starts.map(|start| count(within(start.time))).max()
}

fn keys(of: &[BoundField], event: &EventRow) -> Option<Vec<Vec<Cell>>> {
    let values: Vec<Vec<Cell>> = of.iter().map(|key| value::of_event(event, &key.column)).collect();
    values.iter().all(|v| !v.is_empty()).then_some(values)
}

/// Whether the row has part in a chain of events.
pub fn follows(condition: &SequenceCondition, row: Row<'_>, context: &Context<'_>) -> bool {
    let events: Vec<&EventRow> = match row.event {
        Some(_) => context.tables.events.iter().collect(),
        None => context.tables.events.iter().filter(|e| e.issue_id.is_some() && e.issue_id == row.issue_id).collect(),
    };
    let begin = events.iter().filter(|e| any(&condition.first, e, context));
    let mut found = false;
    for first in begin {
        chains(&condition.steps, &mut vec![first], &events, context, &mut |chain| {
            let lasted = chain[chain.len() - 1].time - chain[0].time;
            if condition.within.is_some_and(|length| lasted > length) {
                return;
            }
            found |= row.event.is_none_or(|event| chain.iter().any(|e| e.event_id == event.event_id));
        });
    }
    found
}

fn any(tests: &[EventTest], event: &EventRow, context: &Context<'_>) -> bool {
    tests.iter().any(|test| passes(test, event, context))
}

/// Calls `found` with each chain that begins so.
fn chains<'a>(
    steps: &[SequenceStep],
    chain: &mut Vec<&'a EventRow>,
    events: &[&'a EventRow],
    context: &Context<'_>,
    found: &mut dyn FnMut(&[&EventRow]),
) {
    let before = *chain.last().expect("a first event");
    let nots = steps.iter().take_while(|s| s.negated).count();
    let (nots, rest) = steps.split_at(nots);
    // Nothing of the kind within the time, or ever where there is neither a time nor a further event.
    let barred = |not: &SequenceStep| events.iter().any(|e| any(&not.events, e, context) && may_follow(not, before, e));
    if nots.iter().any(|not| (not.within.is_some() || rest.is_empty()) && barred(not)) {
        return;
    }
    let Some((next, rest)) = rest.split_first() else { return found(chain) };
    for event in events.iter().filter(|e| any(&next.events, e, context) && may_follow(next, before, e)) {
        // Nothing of the kind between the two.
        let gap = nots.iter().filter(|not| not.within.is_none());
        let filled = gap
            .clone()
            .any(|not| events.iter().any(|e| any(&not.events, e, context) && may_follow(not, before, e) && later(event, e)));
        if !filled {
            chain.push(event);
            chains(rest, chain, events, context, found);
            chain.pop();
        }
    }
}

/// Whether `event` comes after `before`, soon enough and with what they must share.
fn may_follow(step: &SequenceStep, before: &EventRow, event: &EventRow) -> bool {
    let shared = step.same.iter().all(|(of_before, of_this)| {
        let (a, b) = (value::of_event(before, &of_before.column), value::of_event(event, &of_this.column));
        !a.is_empty() && a == b
    });
    later(event, before) && step.within.is_none_or(|length| event.time - before.time <= length) && shared
}

fn later(event: &EventRow, than: &EventRow) -> bool {
    (event.time, &event.event_id) > (than.time, &than.event_id)
}

fn thing(e: &EventRow) -> Option<String> {
    if e.entity == "issue" { e.issue_id.map(|id| id.to_string()) } else { e.entity_id.clone() }
}

/// The time of the next event of an event's thing.
pub fn next(event: &EventRow, of: &NextEvent, context: &Context<'_>) -> Option<i64> {
    thing(event)?;
    let change = |action: &str| !jqlx::catalog::verbs::not_mutations().iter().any(|not| not == action);
    let passes = |e: &EventRow| of.actions.contains(&e.action) || (of.any_change && change(&e.action));
    let value = |e: &EventRow| e.to_value.clone().or(e.from_value.clone());
    let member = |e: &EventRow| value(e).filter(|_| e.field.is_none() && NextEvent::joining().contains(&e.action));
    let part = |e: &EventRow| match &e.field {
        Some(field) => {
            let element = value(e).filter(|_| of.lists.iter().any(|list| is_change_of(e, list)));
            Some(("field", Some(e.field_id.clone().unwrap_or(field.clone())), element))
        }
        None => member(e).map(|member| ("member", Some(member), None)),
    };
    let ends = |e: &EventRow| match part(event) {
        None => passes(e),
        own => (part(e) == own && passes(e)) || (member(e).is_none() && of.of_thing.contains(&e.action)),
    };
    of_thing(event, context).into_iter().filter(|e| later(e, event) && ends(e)).map(|e| e.time).min()
}

/// The other events of an event's thing, and itself, in order.
fn of_thing<'a>(event: &EventRow, context: &Context<'a>) -> Vec<&'a EventRow> {
    let same = |e: &&EventRow| {
        e.event_id == event.event_id
            || (thing(event).is_some() && (&e.entity, e.issue_id, thing(e)) == (&event.entity, event.issue_id, thing(event)))
    };
    let mut events: Vec<&EventRow> = context.tables.events.iter().filter(same).collect();
    events.sort_by(|a, b| (a.time, &a.event_id).cmp(&(b.time, &b.event_id)));
    events
}

fn making<'a>(event: &EventRow, context: &Context<'a>) -> Option<&'a EventRow> {
    of_thing(event, context).into_iter().find(|e| ["created", "added"].contains(&e.action.as_str()))
}

/// Who made the thing that an event speaks of.
pub fn author(event: &EventRow, context: &Context<'_>) -> Option<String> {
    making(event, context)?.actor.clone()
}

/// A column of the thing.
pub fn of_things(event: &EventRow, column: &str, context: &Context<'_>) -> Vec<Cell> {
    match column {
        "author" => author(event, context).map(Cell::Text).into_iter().collect(),
        "made" => making(event, context).map(|e| Cell::Time(e.time)).into_iter().collect(),
        "old_text" if event.entity == "issue" => Vec::new(),
        "old_text" => {
            let before = of_thing(event, context).into_iter().take_while(|e| e.event_id != event.event_id);
            let old = before.filter_map(|e| e.text.clone()).last();
            let is_deletion = ["deleted", "removed", "purged"].contains(&event.action.as_str());
            let text = if is_deletion { event.text.clone().or(old) } else { old };
            text.map(Cell::Text).into_iter().collect()
        }
        other => panic!("things have no column {other}"),
    }
}
