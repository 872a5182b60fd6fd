//! Conditions: negation goes inward by De Morgan before anything is evaluated (`reference/jql.md` section 3.5).

use super::binder::Binder;
use super::bound::Condition;
use super::{clause, events};
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
        ExprKind::Activity(clause) => events::bind_activity(binder, clause, negated),
        ExprKind::Sequence(_) => binder.not_yet("THEN", expr.span),
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
    Some(if all { Condition::All(list) } else { Condition::Any(list) })
}
