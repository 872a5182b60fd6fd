//! Sequences: the members of a THEN chain, and what WITHIN and SAME behind them belong to.

use super::condition::Linked;
use super::{Builder, Node};
use crate::diagnostic::{Diagnostic, Span, codes};
use crate::syntax::ast::{Expr, ExprKind, Operator, Predicate, PredicateKind, Sequence, Step};

impl Builder<'_, '_> {
    /// Whether the NOTs before a step of a sequence negate it.
    pub(super) fn negated_step(&mut self, nots: &[Span]) -> bool {
        if let Some(second) = nots.get(1) {
            self.sink.report(
                Diagnostic::error(codes::UNEXPECTED, "THEN takes one NOT at most")
                    .at(*second, "this NOT is one too many")
                    .help("remove both: not not to happen is to happen"),
            );
        }
        !nots.is_empty()
    }

    /// The members of a THEN chain as a sequence.
    pub(super) fn sequence(&mut self, first: Node, steps: Vec<Linked>) -> Node {
        let mut depth = first.depth;
        let mut span = first.expr.span;
        let mut failed = !self.is_member(&first);
        let mut cut_short = false;
        let mut linked = Vec::with_capacity(steps.len());
        for step in steps {
            depth = depth.max(step.node.depth);
            span = span.to(step.behind.last().map_or(step.node.expr.span, |last| last.span));
            cut_short = step.node.cut_short;
            failed |= !self.is_member(&step.node);
            linked.push(self.step(step));
        }
        let sequence = Sequence { first: first.expr, steps: linked, within: None, span };
        let kind = if failed { ExprKind::Error } else { ExprKind::Sequence(Box::new(sequence)) };
        let mut node = Node::new(kind, span, depth + 1);
        node.cut_short = cut_short;
        node
    }

    /// Whether `node` is an event that a sequence can join, or alternatives of events; if not, says so.
    fn is_member(&mut self, node: &Node) -> bool {
        match &node.expr.kind {
            ExprKind::Or(members) if node.parenthesised => self.are_alternatives(members),
            _ if is_event(&node.expr) => true,
            ExprKind::Error => false,
            _ => {
                let help = match &node.expr.kind {
                    ExprKind::Not(inner) if is_alternatives(inner) => "to ask that none of them follows, write a THEN NOT (b OR c)",
                    ExprKind::Not(_) => {
                        "to negate the whole sequence write NOT (a THEN b); to ask that nothing follows, a THEN NOT b"
                    }
                    ExprKind::And(_) => {
                        "a step is one event: join alternatives with OR, and what else is asked of the row behind the sequence"
                    }
                    ExprKind::Sequence(sequence) if sequence.within.is_some() => {
                        "WITHIN behind a parenthesis measures a whole sequence: let the parenthesis hold all steps"
                    }
                    ExprKind::Sequence(_) => "a chain needs no parentheses: a THEN b THEN c",
                    _ => "THEN joins clauses with a verb, such as comment DELETED or status CHANGED TO Done",
                };
                self.no_event(node.expr.span, help);
                false
            }
        }
    }

    /// Whether `expr` may be one of the alternatives of a step; if not, says so.
    fn is_alternative(&mut self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Or(members) => stacker::maybe_grow(64 * 1024, 512 * 1024, || self.are_alternatives(members)),
            ExprKind::Error => false,
            _ if is_event(expr) => true,
            kind => {
                let help = match kind {
                    ExprKind::And(_) => "the alternatives of a step are single events, joined by OR",
                    ExprKind::Not(_) => "to ask that none of the alternatives follows, write a THEN NOT (b OR c)",
                    ExprKind::Sequence(_) => "the alternatives of a step are single events; join whole sequences with OR",
                    _ => "the alternatives of a step have a verb, such as comment DELETED or status CHANGED TO Done",
                };
                self.no_event(expr.span, help);
                false
            }
        }
    }

    fn are_alternatives(&mut self, members: &[Expr]) -> bool {
        // Each is looked at, so that all errors are reported at once.
        members.iter().filter(|member| !self.is_alternative(member)).count() == 0
    }

    fn no_event(&mut self, span: Span, help: &str) {
        self.sink.report(
            Diagnostic::error(codes::UNEXPECTED, "This cannot be part of a sequence").at(span, "THEN joins events").help(help),
        );
    }

    /// Hands WITHIN and SAME, up to the first TIMES, from the clause to the link before it.
    fn step(&mut self, of: Linked) -> Step {
        let Linked { negated, node, behind } = of;
        let mut step = Step { negated, clause: node.expr, within: None, same: Vec::new() };
        if let ExprKind::Or(members) = &mut step.clause.kind {
            members.iter_mut().for_each(|member| self.no_link_within(member));
        }
        if let Some(predicates) = predicates(&mut step.clause) {
            let mut all = std::mem::take(predicates);
            let counted = all.iter().position(|p| matches!(p.kind, PredicateKind::Times { .. })).unwrap_or(all.len());
            let rest = all.split_off(counted);
            let (link, own) = all.into_iter().partition(is_of_link);
            *predicates = own;
            predicates.extend(rest);
            self.link(&mut step, link);
        }
        self.link(&mut step, behind);
        step
    }

    fn link(&mut self, step: &mut Step, predicates: Vec<Predicate>) {
        for predicate in predicates {
            match predicate.kind {
                PredicateKind::Within(length) => {
                    if step.within.is_some() {
                        self.second_within("WITHIN stands twice behind one THEN", predicate.span);
                    }
                    step.within = Some(length);
                }
                PredicateKind::Same(shared) => step.same.push(shared),
                _ => {}
            }
        }
    }

    fn second_within(&mut self, message: &str, span: Span) {
        self.sink.report(Diagnostic::error(codes::UNEXPECTED, message).at(span, "this is the second").help("keep the shorter one"));
    }

    /// What an alternative says of the link would be said of none of the others. It is reported and taken away, so that
    /// nothing else is said about it.
    fn no_link_within(&mut self, alternative: &mut Expr) {
        if let ExprKind::Or(members) = &mut alternative.kind {
            return stacker::maybe_grow(64 * 1024, 512 * 1024, || members.iter_mut().for_each(|m| self.no_link_within(m)));
        }
        let Some(predicates) = predicates(alternative) else { return };
        let mut all = std::mem::take(predicates);
        let counted = all.iter().position(|p| matches!(p.kind, PredicateKind::Times { .. })).unwrap_or(all.len());
        let rest = all.split_off(counted);
        let (stray, own): (Vec<_>, Vec<_>) = all.into_iter().partition(is_of_link);
        *predicates = own;
        predicates.extend(rest);
        for predicate in stray {
            let name = link_word(&predicate);
            self.sink.report(
                Diagnostic::error(codes::UNEXPECTED, format!("{name} stands within the alternatives of a step"))
                    .at(predicate.span, "it belongs to the step as a whole")
                    .help(format!("write it behind the parenthesis: THEN (a OR b) {name} ...")),
            );
        }
    }

    /// Gives WITHIN behind a parenthesis to the sequence that it holds.
    pub(super) fn within_all(&mut self, node: &mut Node, behind: Vec<Predicate>) {
        for predicate in behind {
            let name = link_word(&predicate);
            match (&mut node.expr.kind, predicate.kind) {
                (ExprKind::Sequence(sequence), PredicateKind::Within(length)) => {
                    node.expr.span = node.expr.span.to(predicate.span);
                    sequence.span = node.expr.span;
                    if sequence.within.replace(length).is_some() {
                        self.second_within("WITHIN stands twice behind one sequence", predicate.span);
                    }
                }
                (ExprKind::Error, _) => {}
                (kind, _) => {
                    let (label, help) = match kind {
                        ExprKind::Sequence(_) => (
                            "what events share is said of each step",
                            "write it behind each step: a THEN b SAME actor THEN c SAME actor".to_owned(),
                        ),
                        _ => (
                            "the parenthesis holds neither",
                            format!("write (a THEN b) WITHIN 1h, a THEN (b OR c) {name} ..., or {name} behind TIMES in a clause"),
                        ),
                    };
                    self.sink.report(
                        Diagnostic::error(
                            codes::UNEXPECTED,
                            format!("{name} behind a parenthesis goes with a sequence or a step of one"),
                        )
                        .at(predicate.span, label)
                        .help(help),
                    );
                }
            }
        }
    }
}

fn is_event(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Activity(_) => true,
        ExprKind::Clause(clause) => clause.operator.node == Operator::Changed,
        _ => false,
    }
}

fn is_alternatives(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Or(members) if members.iter().all(is_event))
}

fn is_of_link(predicate: &Predicate) -> bool {
    matches!(predicate.kind, PredicateKind::Within(_) | PredicateKind::Same(_))
}

fn link_word(predicate: &Predicate) -> &'static str {
    if matches!(predicate.kind, PredicateKind::Within(_)) { "WITHIN" } else { "SAME" }
}

fn predicates(clause: &mut Expr) -> Option<&mut Vec<Predicate>> {
    match &mut clause.kind {
        ExprKind::Activity(activity) => Some(&mut activity.predicates),
        ExprKind::Clause(clause) => Some(&mut clause.predicates),
        _ => None,
    }
}
