//! Events that lie together or follow each other: TIMES, WITHIN, SAME, THEN.

use jqlx::data::rows::EventRow;
use jqlx::semantic::bound::{BoundField, EventTest, SequenceCondition, SequenceStep, Times};

use super::condition::{compares, passes};
use super::{Cell, Context, Row, value};

/// Whether a count is what TIMES asks for.
pub fn counts(times: &Times, count: i64) -> bool {
    compares(times.op, count.cmp(&times.count))
}

/// The greatest count of events, all of one group and in one window, that `event` is part of; none where it is in no group.
pub fn most_with(times: &Times, event: &EventRow, all: &[&EventRow]) -> Option<i64> {
    let group = keys(&times.same, event)?;
    let group: Vec<&&EventRow> = all.iter().filter(|e| keys(&times.same, e) == Some(group.clone())).collect();
    let Some(length) = times.within else { return Some(group.len() as i64) };
    // A window that begins with one of the events is as good as any.
    let starts = group.iter().filter(|start| start.time <= event.time && event.time <= start.time + length);
    let counted = starts.map(|start| group.iter().filter(|e| start.time <= e.time && e.time <= start.time + length).count());
    counted.max().map(|n| n as i64)
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
    let begin = events.iter().filter(|e| any(&condition.first, e));
    let mut found = false;
    for first in begin {
        chains(&condition.steps, &mut vec![first], &events, &mut |chain| {
            found |= row.event.is_none_or(|event| chain.iter().any(|e| e.event_id == event.event_id));
        });
    }
    found
}

fn any(tests: &[EventTest], event: &EventRow) -> bool {
    tests.iter().any(|test| passes(test, event))
}

/// Calls `found` with each chain that begins so.
fn chains<'a>(steps: &[SequenceStep], chain: &mut Vec<&'a EventRow>, events: &[&'a EventRow], found: &mut dyn FnMut(&[&EventRow])) {
    let before = *chain.last().expect("a first event");
    let nots = steps.iter().take_while(|s| s.negated).count();
    let (nots, rest) = steps.split_at(nots);
    // Nothing of the kind within the time, or ever where there is neither a time nor a further event.
    let barred = |not: &SequenceStep| events.iter().any(|e| any(&not.events, e) && may_follow(not, before, e));
    if nots.iter().any(|not| (not.within.is_some() || rest.is_empty()) && barred(not)) {
        return;
    }
    let Some((next, rest)) = rest.split_first() else { return found(chain) };
    for event in events.iter().filter(|e| any(&next.events, e) && may_follow(next, before, e)) {
        // Nothing of the kind between the two.
        let gap = nots.iter().filter(|not| not.within.is_none());
        let filled =
            gap.clone().any(|not| events.iter().any(|e| any(&not.events, e) && may_follow(not, before, e) && later(event, e)));
        if !filled {
            chain.push(event);
            chains(rest, chain, events, found);
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
