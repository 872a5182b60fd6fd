//! until() and lasted(): the next event of a thing.

use crate::catalog::entities::{self, Entity};
use crate::catalog::{columns::ColumnFunction, nearest, verbs};
use crate::diagnostic::{Span, codes};
use crate::semantic::binder::{Binder, Parameter, did_you_mean};
use crate::semantic::bound::{Condition, EventTest, NextEvent};
use crate::semantic::{events, stepped};
use crate::syntax::ast::{self, Argument, Call, ColumnKind};

/// Verbs that a change of a field has. Of such a row they speak of the same field, all others of the thing.
const OF_FIELDS: &[&str] = &["changed", "edited", "updated"];

/// `until(disabled, deleted)`
pub(super) fn next(binder: &Binder<'_>, function: &ColumnFunction, call: &Call) -> Option<NextEvent> {
    if !binder.in_activity() {
        let message = format!("{}() is of events, and this query asks for issues", function.name);
        let help = "begin the query with ACTIVITY WHERE; of issues, timeIn(status, \"In Progress\") tells how long".to_string();
        return binder.refuse(codes::NEEDS_ACTIVITY, call.span, message, help);
    }
    if call.arguments.is_empty() {
        return wrong(binder, function, call.span);
    }
    let mut of = NextEvent::default();
    for argument in &call.arguments {
        for (word, span) in words(binder, function, argument)? {
            let verb = verb(binder, function, &word, span)?;
            if of.verbs.iter().any(|known| known == verb.name) {
                continue;
            }
            of.verbs.push(verb.name.to_string());
            of.any_change |= verb.name == "changed";
            add(&mut of.actions, verb.actions);
            if !OF_FIELDS.contains(&verb.name) {
                add(&mut of.of_thing, verb.actions);
            }
        }
    }
    of.lists = binder.lists();
    Some(of)
}

fn add(to: &mut Vec<String>, actions: &[&str]) {
    for action in actions {
        if !to.iter().any(|known| known == action) {
            to.push((*action).to_string());
        }
    }
}

fn words(binder: &Binder<'_>, function: &ColumnFunction, argument: &Argument) -> Option<Vec<(String, Span)>> {
    match argument {
        Argument::Literal(literal) => Some(vec![(literal.text.clone(), literal.span)]),
        Argument::Parameter(name) => {
            let texts = match binder.parameter(name)? {
                Parameter::Text(text) => vec![text.clone()],
                Parameter::Number(number) => vec![number.to_string()],
                Parameter::List(list) => {
                    let text = |of: &Parameter| match of {
                        Parameter::Text(text) => Some(text.clone()),
                        _ => None,
                    };
                    match list.iter().map(text).collect::<Option<Vec<_>>>() {
                        Some(texts) => texts,
                        None => return wrong(binder, function, name.span),
                    }
                }
            };
            Some(texts.into_iter().map(|text| (text, name.span)).collect())
        }
        Argument::Call(inner) => wrong(binder, function, inner.span),
    }
}

fn verb(binder: &Binder<'_>, function: &ColumnFunction, word: &str, span: Span) -> Option<&'static verbs::Verb> {
    let lower = word.to_lowercase();
    if stepped::direction(&lower).is_some() {
        let message = format!("{} asks how a value changed, and is no action of its own", lower.to_uppercase());
        let help = format!("what comes next is a change: {}(\"changed\")", function.name);
        return binder.refuse(codes::WRONG_ARGUMENTS, span, message, help);
    }
    verbs::verb(&lower).or_else(|| {
        let near = nearest(&lower, verbs::VERBS.iter().map(|v| v.name));
        let help = did_you_mean(&near).unwrap_or_else(|| "`jqlx verbs` lists them".to_string());
        let message = format!("{}() takes verbs, and there is no verb `{word}`", function.name);
        binder.refuse(codes::WRONG_ARGUMENTS, span, message, help)
    })
}

fn wrong<T>(binder: &Binder<'_>, function: &ColumnFunction, span: Span) -> Option<T> {
    let message = format!("{}() takes the verbs that end it", function.name);
    binder.refuse(codes::WRONG_ARGUMENTS, span, message, format!("write {}(disabled, deleted)", function.name))
}

/// Refuses verbs that nothing can have of which the rows speak.
pub(super) fn check(binder: &Binder<'_>, query: &ast::Query, condition: Option<&Condition>) -> Option<()> {
    let Some(of) = condition.and_then(entities_of) else { return Some(()) };
    let columns = query.group_by.iter().chain(&query.show).chain(query.order_by.iter().map(|key| &key.column));
    let mut fits = Some(());
    for column in columns {
        let ColumnKind::Call(call) = &column.kind else { continue };
        let inner = call.arguments.iter().filter_map(|argument| match argument {
            Argument::Call(inner) => Some(inner),
            _ => None,
        });
        for call in std::iter::once(call).chain(inner).filter(|call| is_next(call)) {
            for argument in &call.arguments {
                let Argument::Literal(literal) = argument else { continue };
                let verb = literal.text.to_lowercase();
                // That LOWERED and RAISED do not go here was said before.
                if stepped::direction(&verb).is_some() || of.iter().any(|entity| entity.can_be(&verb)) {
                    continue;
                }
                fits = match of.as_slice() {
                    [entity] => events::wrong_verb(binder, entity, &verb, literal.span),
                    _ => {
                        let message = format!("none of the things that the rows speak of is ever {verb}");
                        binder.refuse(codes::WRONG_VERB, literal.span, message, "`jqlx verbs` lists what each can be".to_string())
                    }
                };
            }
        }
    }
    fits
}

fn is_next(call: &Call) -> bool {
    ["until", "lasted"].iter().any(|name| call.name.text.eq_ignore_ascii_case(name))
}

/// The kinds of things that the rows speak of; none where that is not known.
fn entities_of(condition: &Condition) -> Option<Vec<&'static Entity>> {
    stacker::maybe_grow(64 * 1024, 1024 * 1024, || match condition {
        Condition::All(list) => list.iter().find_map(entities_of),
        Condition::Any(list) => {
            let all: Option<Vec<_>> = list.iter().map(entities_of).collect();
            let mut entities = all?.concat();
            entities.dedup_by_key(|entity| entity.name);
            Some(entities)
        }
        Condition::Events(events) if !events.negated => entities_of_test(&events.event),
        Condition::Sequence(sequence) if !sequence.negated => {
            let steps = sequence.steps.iter().filter(|step| !step.negated).flat_map(|step| &step.events);
            let all: Option<Vec<_>> = sequence.first.iter().chain(steps).map(entities_of_test).collect();
            Some(all?.concat())
        }
        _ => None,
    })
}

fn entities_of_test(test: &EventTest) -> Option<Vec<&'static Entity>> {
    let name = match (&test.entities, &test.field) {
        (Some(entities), _) => entities.first()?.as_str(),
        (None, Some(_)) => "issue",
        (None, None) => return None,
    };
    entities::entity(name).map(|entity| vec![entity])
}
