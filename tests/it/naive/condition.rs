//! Conditions on one row.

use std::cmp::Ordering;

use jqlx::data::rows::EventRow;
use jqlx::semantic::Calendar;
use jqlx::semantic::bound::{
    Actors, CascadeChild, Comparison, Condition, EventCondition, EventTest, HistoryField, HistoryValues, Order, Test, TimeBound,
    Value, Values, WorkingCondition,
};
use jqlx::semantic::text::{TextFlavor, TextQuery};

use super::{Cell, Context, Row, history, relation, scalar, together};

/// Whether the row satisfies the condition.
pub fn holds(condition: &Condition, row: Row<'_>, context: &Context<'_>) -> bool {
    match condition {
        Condition::All(all) => all.iter().all(|c| holds(c, row, context)),
        Condition::Any(any) => any.iter().any(|c| holds(c, row, context)),
        Condition::Field(field) => passes_test(&row.values(&field.field, context), &field.test),
        Condition::History(condition) => history::holds(condition, row, context),
        Condition::Events(condition) => events_hold(condition, row, context),
        Condition::Among(condition) => {
            let values = row.values(&condition.field, context);
            let among = !values.is_empty() && relation::values(&condition.relation, context).iter().any(|v| values.contains(v));
            among != condition.negated
        }
        Condition::Sequence(condition) => together::follows(condition, row, context) != condition.negated,
        Condition::Compare(condition) => scalar::holds(condition, row, context),
        Condition::Working(condition) => is_worked(condition, row, context).is_some_and(|worked| worked != condition.negated),
    }
}

/// Whether an instant is worked: the next microsecond is working time. Nobody knows without an instant or a zone.
fn is_worked(condition: &WorkingCondition, row: Row<'_>, context: &Context<'_>) -> Option<bool> {
    let at = match row.values(&condition.field, context).as_slice() {
        [Cell::Time(at)] => *at,
        _ => return None,
    };
    let calendar = &condition.working.calendar;
    let Some(whose) = &condition.whose else {
        return Some(calendar.working_between(at, at + 1, &condition.working.zone) > 0);
    };
    let account = row.values(whose, context).pop()?;
    let user = context.tables.users.iter().find(|u| Cell::Text(u.account_id.clone()) == account)?;
    let zone = jiff::tz::TimeZone::get(user.time_zone.as_deref()?).ok()?;
    let anywhere = Calendar::new(calendar.days(), calendar.hours(), calendar.holidays(), None);
    Some(anywhere.working_between(at, at + 1, &zone) > 0)
}

/// Whether the values of a field, of which there may be none, pass a test.
pub fn passes_test(values: &[Cell], test: &Test) -> bool {
    // A negative test wants a value that is not so.
    let some = |matches: &dyn Fn(&Cell) -> bool, negated: bool| {
        if negated { !values.is_empty() && !values.iter().any(matches) } else { values.iter().any(matches) }
    };
    match test {
        Test::Empty { negated } => values.is_empty() != *negated,
        Test::OneOf { values: wanted, or_empty, negated: false } => {
            (values.is_empty() && *or_empty) || values.iter().any(|v| is_one_of(v, wanted))
        }
        Test::OneOf { values: unwanted, or_empty: _, negated: true } => some(&|v| is_one_of(v, unwanted), true),
        Test::Compare { op, value } => some(&|v| compares(*op, order(v, value)), false),
        Test::Text { query, negated } => some(&|v| is_found(query, words(v)), *negated),
        Test::Wildcard { pattern, negated } => {
            let pattern: Vec<char> = pattern.to_lowercase().chars().collect();
            some(&|v| is_like(&words(v).to_lowercase().chars().collect::<Vec<_>>(), &pattern), *negated)
        }
        Test::Cascade { option, child, negated } => {
            let levels: Vec<String> = values.iter().map(|v| words(v).to_lowercase()).collect();
            let has = levels.first() == Some(option)
                && match child {
                    CascadeChild::Any => true,
                    CascadeChild::None => levels.len() < 2,
                    CascadeChild::Is(child) => levels.get(1) == Some(child),
                };
            if *negated { !values.is_empty() && !has } else { has }
        }
    }
}

fn words(value: &Cell) -> &str {
    match value {
        Cell::Text(text) => text,
        other => panic!("{other:?} is no text"),
    }
}

/// Whether a search, or a regular expression, finds the text.
pub fn is_found(query: &TextQuery, text: &str) -> bool {
    match query.flavor() {
        TextFlavor::Regex => regex::Regex::new(query.source()).expect("a pattern that was read before").is_match(text),
        _ => query.matches(text),
    }
}

/// Whether the whole text is what the pattern with `*` and `?` says.
fn is_like(text: &[char], pattern: &[char]) -> bool {
    match (text.split_first(), pattern.split_first()) {
        (None, None) => true,
        (_, Some(('*', rest))) => is_like(text, rest) || (!text.is_empty() && is_like(&text[1..], pattern)),
        (Some((_, text)), Some(('?', rest))) => is_like(text, rest),
        (Some((a, text)), Some((b, rest))) => a == b && is_like(text, rest),
        _ => false,
    }
}

fn is_one_of(value: &Cell, wanted: &Values) -> bool {
    match (value, wanted) {
        (Cell::Text(v), Values::Text { any, fold: true }) => any.contains(&v.to_lowercase()),
        (Cell::Text(v), Values::Text { any, fold: false }) => any.contains(v),
        (Cell::Int(v), Values::Int(any)) => any.contains(v),
        (Cell::Float(v), Values::Float(any)) => any.contains(v),
        // Numbers are one kind, whole or not.
        (Cell::Float(v), Values::Int(any)) => any.iter().any(|n| *n as f64 == *v),
        (Cell::Int(v), Values::Float(any)) => any.contains(&(*v as f64)),
        (Cell::Time(v), Values::Time(any)) => any.contains(v),
        (Cell::Date(v), Values::Date(any)) => any.contains(v),
        (_, Values::Text { any, .. }) if any.is_empty() => false,
        (value, wanted) => panic!("{value:?} is asked whether it is one of {wanted:?}"),
    }
}

fn order(value: &Cell, other: &Value) -> Ordering {
    match (value, other) {
        (Cell::Text(a), Value::Text(b)) => a.cmp(b),
        (Cell::Int(a), Value::Int(b)) | (Cell::Time(a), Value::Time(b)) => a.cmp(b),
        (Cell::Float(a), Value::Float(b)) => a.total_cmp(b),
        (Cell::Float(a), Value::Int(b)) => a.total_cmp(&(*b as f64)),
        (Cell::Int(a), Value::Float(b)) => (*a as f64).total_cmp(b),
        (Cell::Date(a), Value::Date(b)) => a.cmp(b),
        (value, other) => panic!("{value:?} is compared with {other:?}"),
    }
}

/// Whether an ordering is what a comparison asks for.
pub fn compares(op: Comparison, order: Ordering) -> bool {
    match op {
        Comparison::Eq => order.is_eq(),
        Comparison::NotEq => order.is_ne(),
        Comparison::Lt => order.is_lt(),
        Comparison::LtEq => order.is_le(),
        Comparison::Gt => order.is_gt(),
        Comparison::GtEq => order.is_ge(),
    }
}

fn events_hold(condition: &EventCondition, row: Row<'_>, context: &Context<'_>) -> bool {
    let holds = match row.event {
        Some(event) => {
            passes(&condition.event, event, context)
                && condition.times.as_ref().is_none_or(|times| {
                    let all: Vec<&EventRow> =
                        context.tables.events.iter().filter(|e| passes(&condition.event, e, context)).collect();
                    together::most_with(times, event, &all).is_some_and(|n| together::counts(times, n))
                })
        }
        None => {
            let of_issue = context.tables.events.iter().filter(|e| e.issue_id.is_some() && e.issue_id == row.issue_id);
            let all: Vec<&EventRow> = of_issue.filter(|e| passes(&condition.event, e, context)).collect();
            match &condition.times {
                None => !all.is_empty(),
                Some(times) => {
                    let most = all.iter().filter_map(|event| together::most_with(times, event, &all)).max();
                    together::counts(times, most.unwrap_or(0))
                }
            }
        }
    };
    holds != condition.negated
}

/// Whether one event is what the test asks for.
pub fn passes(test: &EventTest, event: &EventRow, context: &Context<'_>) -> bool {
    test.entities.as_ref().is_none_or(|any| any.contains(&event.entity))
        && test.actions.as_ref().is_none_or(|any| any.contains(&event.action))
        && !test.not_actions.contains(&event.action)
        && test.field.as_ref().is_none_or(|f| is_change_of(event, f))
        && test.by.iter().all(|actors| acted(actors, event.actor.as_ref()))
        && test.by_author.is_none_or(|own| match (&event.actor, together::author(event, context)) {
            (Some(actor), Some(author)) => (*actor == author) == own,
            _ => false,
        })
        && test.via.iter().all(|any| [&event.actor_kind, &event.origin].into_iter().flatten().any(|v| any.contains(v)))
        && test.time.iter().all(|bound| at_time(*bound, event.time))
        && test.from.iter().all(|v| is_value(v, event.from_value.as_ref(), event.from_id.as_ref()))
        && test.to.iter().all(|v| is_value(v, event.to_value.as_ref(), event.to_id.as_ref()))
        && test.stepped.as_ref().is_none_or(|step| {
            let from = place(&step.order, event.from_value.as_ref(), event.from_id.as_ref());
            let to = place(&step.order, event.to_value.as_ref(), event.to_id.as_ref());
            from.zip(to).is_some_and(|(from, to)| if step.raised { to > from } else { to < from })
        })
        && test.text.iter().all(|query| event.text.as_ref().is_some_and(|text| is_found(query, text)))
}

/// The place of a value of history in an order; its id decides where that is known.
fn place(order: &Order, name: Option<&String>, id: Option<&String>) -> Option<f64> {
    match order {
        Order::Number => name?.parse().ok(),
        Order::Listed(values) => {
            let by_id = values.iter().position(|v| id.is_some_and(|id| v.ids.contains(id)));
            let by_name = || values.iter().position(|v| name.is_some_and(|name| v.names.contains(name)));
            by_id.or_else(by_name).map(|at| at as f64)
        }
    }
}

/// Whether an instant lies within a bound.
pub fn at_time(bound: TimeBound, time: i64) -> bool {
    match bound {
        TimeBound::After(t) => time > t,
        TimeBound::AtOrAfter(t) => time >= t,
        TimeBound::Before(t) => time < t,
        TimeBound::AtOrBefore(t) => time <= t,
    }
}

/// Whether the event changed the field. An id decides where there is one on both sides: names may be shared.
pub fn is_change_of(event: &EventRow, field: &HistoryField) -> bool {
    match (&field.event_field_id, &event.field_id) {
        (Some(wanted), Some(id)) => wanted == id,
        _ => event.field.as_ref().is_some_and(|f| field.event_fields.contains(f)),
    }
}

/// Whether an account is one of those that BY names.
pub fn acted(actors: &Actors, actor: Option<&String>) -> bool {
    match (actor, actors.negated) {
        (None, false) => actors.or_unknown,
        (None, true) => false,
        (Some(actor), negated) => actors.accounts.contains(actor) != negated,
    }
}

/// Whether a value of history, with its id, is one of those asked for.
pub fn is_value(wanted: &HistoryValues, name: Option<&String>, id: Option<&String>) -> bool {
    (name.is_none() && wanted.empty) || name.is_some_and(|n| wanted.names.contains(n)) || id.is_some_and(|i| wanted.ids.contains(i))
}
