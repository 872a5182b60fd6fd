//! Relations: the values that `Among` looks a row's value up in.

use jqlx::data::rows::{EventRow, LinkRow, date};
use jqlx::semantic::bound::{AttachedTest, LinkTest, Relation, TimeBound, Which};

use super::condition::{acted, at_time, is_found, passes as passes_event, passes_test};
use super::{Cell, Context, answer, value};

/// What sources call the making, the editing and the end of a thing.
const CREATED: &[&str] = &["created", "added"];
const EDITED: &[&str] = &["updated", "edited"];
const DELETED: &[&str] = &["deleted", "removed", "purged"];

fn is(actions: &[&str], event: &EventRow) -> bool {
    actions.contains(&event.action.as_str())
}

/// The values of the relation; none is no value.
pub fn values(relation: &Relation, context: &Context<'_>) -> Vec<Cell> {
    match relation {
        Relation::Attached { entities, tests, which } => attached(entities, tests, *which, &context.tables.events),
        Relation::LastEvent(test) => {
            let counts = |e: &&EventRow| !test.not_actions.contains(&e.action);
            let is_last = |e: &&EventRow| {
                let later = |o: &EventRow| o.issue_id == e.issue_id && (o.time, &o.event_id) > (e.time, &e.event_id);
                !context.tables.events.iter().filter(counts).any(later)
            };
            let last = context.tables.events.iter().filter(counts).filter(is_last);
            last.filter(|e| passes_event(test, e, context)).filter_map(|e| e.issue_id.map(Cell::Int)).collect()
        }
        Relation::Linked(test) => {
            let found = test.found.as_ref().map(|query| values(&Relation::Query(query.clone()), context));
            let ends: Vec<Cell> = context.tables.links.iter().flat_map(|link| linked(test, found.as_deref(), link)).collect();
            let often = |end: &&Cell| ends.iter().filter(|e| e == end).count() as i64 >= test.least;
            ends.iter().filter(often).cloned().collect()
        }
        Relation::Rows { table, column, tests } => {
            let rows = value::side_rows(context.tables, table);
            let passing = rows.iter().filter(|row| tests.iter().all(|t| passes_test(&value::of_side(row, &t.field), &t.test)));
            passing.flat_map(|row| value::side_texts(row, column)).collect()
        }
        Relation::Query(query) => {
            let rows = answer::rows(query, context);
            (rows.into_iter())
                .flat_map(|row| match row.into_iter().next() {
                    None | Some(Cell::Null) => Vec::new(),
                    Some(Cell::List(list)) => list.into_iter().map(Cell::Text).collect(),
                    Some(cell) => vec![cell],
                })
                .collect()
        }
    }
}

fn attached(entities: &[String], tests: &[AttachedTest], which: Which, events: &[EventRow]) -> Vec<Cell> {
    let of_entities: Vec<&EventRow> = events.iter().filter(|e| entities.contains(&e.entity)).collect();
    let mut things: Vec<Vec<&EventRow>> = Vec::new();
    for event in of_entities {
        let of_one = |first: &EventRow| first.entity_id == event.entity_id && first.issue_id == event.issue_id;
        let same = |thing: &&mut Vec<&EventRow>| event.entity_id.is_some() && of_one(thing[0]);
        match things.iter_mut().find(same) {
            Some(thing) => thing.push(event),
            None => things.push(vec![event]),
        }
    }
    for thing in &mut things {
        thing.sort_by(|a, b| (a.time, &a.event_id).cmp(&(b.time, &b.event_id)));
    }
    things.retain(|thing| !is(DELETED, thing[thing.len() - 1]));
    let age = |thing: &[&EventRow]| (thing[0].time, thing[0].entity_id.clone().unwrap_or_else(|| thing[0].event_id.clone()));
    let mut out = Vec::new();
    for thing in &things {
        let last = thing[thing.len() - 1];
        let all: Vec<_> = things.iter().filter(|t| t[0].issue_id == last.issue_id).collect();
        let pass = |thing: &[&EventRow]| tests.iter().all(|test| passes(test, thing, thing[thing.len() - 1]));
        let enough = match which {
            Which::AtLeast(least) => pass(thing) && all.iter().filter(|t| pass(t)).count() as i64 >= least,
            Which::Newest => pass(thing) && !all.iter().any(|t| age(t) > age(thing)),
        };
        if enough {
            out.extend(last.issue_id.map(Cell::Int));
        }
    }
    out
}

fn passes(test: &AttachedTest, thing: &[&EventRow], last: &EventRow) -> bool {
    match test {
        AttachedTest::Author(actors) => thing.iter().any(|e| is(CREATED, e) && acted(actors, e.actor.as_ref())),
        AttachedTest::Text(query) => last.text.as_ref().is_some_and(|text| is_found(query, text)),
        AttachedTest::AnyText => last.text.is_some(),
        AttachedTest::Day(test) => {
            let day = last.entity_name.as_deref().and_then(date);
            day.is_some_and(|day| passes_test(&[Cell::Date(day)], test))
        }
        AttachedTest::Made { by, time } => thing.iter().any(|e| {
            is(CREATED, e)
                && by.iter().all(|actors| acted(actors, e.actor.as_ref()))
                && time.iter().all(|bound| at_time(*bound, e.time))
        }),
        AttachedTest::Named(query) => last.entity_name.as_ref().is_some_and(|name| is_found(query, name)),
        AttachedTest::Edited { by, time } => {
            let within = |bound: &TimeBound| at_time(*bound, last.time);
            is(EDITED, last) && acted(by, last.actor.as_ref()) && time.iter().all(within)
        }
    }
}

/// The ends of a link that pass.
fn linked(test: &LinkTest, found: Option<&[Cell]>, link: &LinkRow) -> Vec<Cell> {
    let (at_source, at_target) = match link.direction.as_deref() {
        Some("inward") => (&link.inward, &link.outward),
        _ => (&link.outward, &link.inward),
    };
    let named = [Some(&link.link_type), link.outward.as_ref(), link.inward.as_ref()];
    let is_type = |types: &Vec<String>| named.iter().flatten().any(|name| types.contains(&name.to_lowercase()));
    let end = |this: &String, other: &String, phrase: &Option<String>| {
        let passes = test.others.as_ref().is_none_or(|others| others.contains(other))
            && test.phrases.as_ref().is_none_or(|phrases| phrase.as_ref().is_some_and(|p| phrases.contains(p)))
            && found.is_none_or(|found| found.contains(&Cell::Text(other.clone())))
            && test.types.as_ref().is_none_or(is_type);
        passes.then(|| Cell::Text(this.clone()))
    };
    [end(&link.source, &link.target, at_source), end(&link.target, &link.source, at_target)].into_iter().flatten().collect()
}
