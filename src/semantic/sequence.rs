//! THEN: events one after another.

use super::binder::Binder;
use super::bound::{BoundField, Condition, SequenceCondition, SequenceStep, Shape};
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
    let (first, steps) = (first?, steps.into_iter().collect::<Option<Vec<_>>>()?);
    check_gaps(binder, sequence, &steps)?;
    let condition = Condition::Sequence(Box::new(SequenceCondition { first, steps, negated, span: sequence.span }));
    Some(condition)
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

/// A NOT between two events asks of what lies between them, so it may share no more than they do.
fn check_gaps(binder: &Binder<'_>, sequence: &Sequence, steps: &[SequenceStep]) -> Option<()> {
    for (at, not) in steps.iter().enumerate().filter(|(_, step)| step.negated && step.within.is_none()) {
        let Some(next) = steps[at..].iter().find(|step| !step.negated) else { continue };
        if let Some((key, _)) = not.same.iter().find(|pair| !next.same.contains(pair)) {
            let message = format!("nothing between two events that need not share their {0} can share their {0}", key.name);
            let help = format!("add SAME {} to the step that follows, or WITHIN to this one", key.name);
            return binder.refuse(codes::WRONG_PREDICATE, sequence.steps[at].clause.span, message, help);
        }
    }
    Some(())
}

fn events_of(binder: &Binder<'_>, member: &Expr) -> Option<Vec<super::bound::EventTest>> {
    let happening = match &member.kind {
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
