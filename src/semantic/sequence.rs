//! THEN: events one after another.

use super::binder::Binder;
use super::bound::{BoundField, Condition, EventTest, Micros, SequenceCondition, SequenceStep, Shape};
use super::events::{self, Happening};
use super::field::event_column;
use crate::diagnostic::codes;
use crate::syntax::ast::{Expr, ExprKind, Sequence, Shared};

/// More steps than anybody can follow; each costs a sort.
const MOST_STEPS: usize = 20;

/// Binds a sequence, or its negation.
pub(super) fn bind(binder: &Binder<'_>, sequence: &Sequence, negated: bool) -> Option<Condition> {
    if sequence.steps.len() > MOST_STEPS {
        let message = format!("a sequence of more than {MOST_STEPS} steps is not answered");
        return binder.refuse(codes::WRONG_PREDICATE, sequence.span, message, None);
    }
    let within = sequence.within.as_ref().map(|length| binder.clock_duration(length));
    let first = events_of(binder, &sequence.first);
    let steps: Vec<Option<SequenceStep>> = sequence
        .steps
        .iter()
        .map(|step| {
            let events = events_of(binder, &step.clause);
            let within = step.within.as_ref().map(|length| binder.clock_duration(length));
            let same: Vec<_> = step.same.iter().map(|shared| pair(binder, shared)).collect();
            let mut same: Vec<_> = same.into_iter().collect::<Option<_>>()?;
            if same.is_empty() && binder.in_activity() {
                let actor = event_column("actor", "actor", Shape::Text);
                same.push((actor.clone(), actor));
            }
            let within = match within {
                Some(length) => Some(length?),
                None => None,
            };
            Some(SequenceStep { negated: step.negated, events: events?, within, same })
        })
        .collect();
    let (first, mut steps) = (first?, steps.into_iter().collect::<Option<Vec<_>>>()?);
    let within = match within {
        Some(length) => whole(binder, sequence, &mut steps, length?)?,
        None => None,
    };
    Some(Condition::Sequence(Box::new(SequenceCondition { first, steps, within, negated, span: sequence.span })))
}

/// WITHIN of a whole chain: of one with two events it is that of the step between them.
fn whole(binder: &Binder<'_>, sequence: &Sequence, steps: &mut [SequenceStep], length: Micros) -> Option<Option<Micros>> {
    let mut events = steps.iter_mut().filter(|step| !step.negated);
    match (events.next(), events.next()) {
        (None, _) => {
            let span = sequence.within.as_ref().map_or(sequence.span, |within| within.span);
            let help = "to ask that nothing follows in that time write a THEN NOT b WITHIN 1h".to_string();
            binder.refuse(codes::WRONG_PREDICATE, span, "one event alone lasts no time", help)
        }
        (Some(only), None) => {
            only.within = Some(only.within.map_or(length, |own| own.min(length)));
            Some(None)
        }
        _ => {
            check_gaps(binder, sequence, steps)?;
            Some(Some(length))
        }
    }
}

/// What an event shares with the one before it.
fn pair(binder: &Binder<'_>, shared: &Shared) -> Option<(BoundField, BoundField)> {
    let before = binder.shared(&shared.field)?;
    let Some(other) = &shared.other else { return Some((before.clone(), before)) };
    let this = binder.shared(other)?;
    if (before.shape == Shape::Text) != (this.shape == Shape::Text) {
        let message = format!("`{}` and `{}` never have the same value", before.name, this.name);
        return binder.refuse(codes::WRONG_PREDICATE, shared.field.span.to(other.span), message, None);
    }
    Some((before, this))
}

/// Of a chain that is measured as a whole, a NOT between two events may share no more than they do: then it splits the
/// events of each key into stretches, and a chain goes on within one. Otherwise each pair of events would have to be seen.
fn check_gaps(binder: &Binder<'_>, sequence: &Sequence, steps: &[SequenceStep]) -> Option<()> {
    for (at, not) in steps.iter().enumerate().filter(|(_, step)| step.negated && step.within.is_none()) {
        let Some(next) = steps[at..].iter().find(|step| !step.negated) else { continue };
        if let Some((key, _)) = not.same.iter().find(|pair| !next.same.contains(pair)) {
            let what = format!("WITHIN of a whole sequence with a NOT that shares {} where the step behind it does not", key.name);
            return binder.not_yet(&what, sequence.steps[at].clause.span);
        }
    }
    Some(())
}

/// One of these tests must pass.
fn events_of(binder: &Binder<'_>, member: &Expr) -> Option<Vec<EventTest>> {
    let happening = match &member.kind {
        ExprKind::Or(members) => {
            // Each is bound before giving up, so that all errors are reported at once.
            let one = |member| stacker::maybe_grow(64 * 1024, 512 * 1024, || events_of(binder, member));
            let alternatives: Vec<Option<Vec<EventTest>>> = members.iter().map(one).collect();
            return Some(alternatives.into_iter().collect::<Option<Vec<_>>>()?.concat());
        }
        ExprKind::Clause(clause) => events::bind_changed(binder, clause),
        ExprKind::Activity(clause) => events::bind_activity(binder, clause),
        _ => return binder.refuse(codes::UNEXPECTED, member.span, "THEN joins events", None),
    }?;
    let Happening { tests, times, span } = happening;
    if times.is_some() {
        let help = "count in a clause of its own: ... AND comment DELETED TIMES >= 3".to_string();
        return binder.refuse(codes::WRONG_PREDICATE, span, "TIMES does not go with THEN", help);
    }
    Some(tests)
}
