//! Conditions: negation goes inward by De Morgan before anything is evaluated (`reference/jql.md` section 3.5).

use std::collections::HashMap;

use super::binder::Binder;
use super::bound::{BoundField, Condition, FieldCondition, Test, Values};
use super::{clause, events, sequence};
use crate::diagnostic::codes;
use crate::syntax::ast::{Expr, ExprKind};

/// Binds a condition, or its negation.
pub(crate) fn bind(binder: &Binder<'_>, expr: &Expr, negated: bool) -> Option<Condition> {
    // Trees nest as deep as the parser allows; the stack must not be the limit.
    stacker::maybe_grow(128 * 1024, 2 * 1024 * 1024, || match &expr.kind {
        ExprKind::And(members) => many(binder, members, negated, !negated),
        ExprKind::Or(members) => many(binder, members, negated, negated),
        ExprKind::Not(inner) => bind(binder, inner, !negated),
        ExprKind::Clause(clause) => clause::bind(binder, clause, negated),
        ExprKind::Activity(clause) => events::bind_activity(binder, clause).map(|happening| happening.condition(negated)),
        ExprKind::Sequence(sequence) => sequence::bind(binder, sequence, negated),
        ExprKind::Error => binder.refuse(codes::UNEXPECTED, expr.span, "this is no clause", None),
    })
}

fn many(binder: &Binder<'_>, members: &[Expr], negated: bool, all: bool) -> Option<Condition> {
    // Every member is bound before giving up, so that all errors are reported at once.
    let bound: Vec<Option<Condition>> = members.iter().map(|m| bind(binder, m, negated)).collect();
    let mut list = Vec::with_capacity(bound.len());
    for condition in bound {
        match condition? {
            Condition::All(inner) if all => list.extend(inner),
            Condition::Any(inner) if !all => list.extend(inner),
            other => list.push(other),
        }
    }
    let mut list = join_alternatives(list, all);
    Some(match (list.len(), all) {
        (1, _) => list.remove(0),
        (_, true) => Condition::All(list),
        (_, false) => Condition::Any(list),
    })
}

/// `a = 1 OR a = 2 OR ...` is one IN, `a != 1 AND a != 2 AND ...` one NOT IN: saved filters chain thousands of them.
fn join_alternatives(list: Vec<Condition>, all: bool) -> Vec<Condition> {
    let mut out: Vec<Condition> = Vec::with_capacity(list.len());
    let mut places: HashMap<(BoundField, bool), usize> = HashMap::new();
    for condition in list {
        let Condition::Field(FieldCondition {
            field,
            test: Test::OneOf { values: Values::Text { any, fold }, or_empty: false, negated },
        }) = condition
        else {
            out.push(condition);
            continue;
        };
        if negated != all {
            out.push(text_test(field, any, fold, negated));
            continue;
        }
        match places.get(&(field.clone(), fold)).and_then(|at| out.get_mut(*at)) {
            Some(Condition::Field(FieldCondition {
                test: Test::OneOf { values: Values::Text { any: known, .. }, .. }, ..
            })) => {
                known.extend(any);
            }
            _ => {
                places.insert((field.clone(), fold), out.len());
                out.push(text_test(field, any, fold, negated));
            }
        }
    }
    out
}

fn text_test(field: BoundField, any: Vec<String>, fold: bool, negated: bool) -> Condition {
    Condition::Field(FieldCondition { field, test: Test::OneOf { values: Values::Text { any, fold }, or_empty: false, negated } })
}
