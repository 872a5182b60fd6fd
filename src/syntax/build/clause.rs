//! `field operator operand`, and which operand each operator takes.

use super::operand::Read;
use super::{Builder, Node};
use crate::diagnostic::Span;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{Clause, ExprKind, FieldRef, Operand, Operator, Spanned};
use crate::syntax::grammar::Rule;
use crate::syntax::literal;
use pest::iterators::{Pair, Pairs};

/// The parts of a clause before its predicates.
pub(super) struct Head {
    pub(super) field: FieldRef,
    /// None where the operator is not one; it was reported.
    pub(super) operator: Option<Spanned<Operator>>,
    pub(super) operand: Option<Operand>,
    pub(super) depth: usize,
    /// Whether the operand is missing; it was reported.
    pub(super) cut_short: bool,
}

impl Builder<'_, '_> {
    /// A clause of JQL, with the predicates of jqlx.
    pub(super) fn clause(&mut self, pair: Pair<'_, Rule>, span: Span) -> Node {
        let mut inner = pair.into_inner();
        let Some(head) = self.head_of_clause(&mut inner, span) else { return Node::error(span) };
        let Some(operator) = head.operator else {
            let mut node = Node::error(span);
            node.cut_short = head.cut_short;
            return node;
        };
        let mut depth = head.depth + 1;
        let mut cut_short = head.cut_short;
        let mut predicates = Vec::new();
        for predicate in inner {
            let read = self.predicate(predicate, Some(operator.node));
            depth = depth.max(read.depth + 1);
            cut_short = read.cut_short;
            predicates.extend(read.predicate);
        }
        let clause = Clause { field: head.field, operator, operand: head.operand, predicates, span };
        let mut node = self.limited(Node::new(ExprKind::Clause(Box::new(clause)), span, depth));
        node.cut_short = cut_short;
        node
    }

    /// Takes field, operator and operand from `pairs`, and checks that they fit.
    pub(super) fn head_of_clause(&mut self, pairs: &mut Pairs<'_, Rule>, span: Span) -> Option<Head> {
        let field = pairs.next()?;
        let operator = pairs.next()?;
        let changed = operator.as_rule() == Rule::op_changed;
        // `group CHANGED` may speak of an entity; the binder finds out.
        let lenient = changed && self.dialect == super::Dialect::Jqlx;
        let field = self.field(field, lenient);
        let at = self.span(&operator);
        let node = self.operator(&operator);
        let read = self.operand(pairs);
        let (mut operand, mut depth) = (None, 1);
        let mut cut_short = false;
        match (read, node) {
            (Some(read), node) => {
                if let Some(node) = node {
                    self.check_operand(&field, node, at, &read);
                }
                depth = read.depth;
                operand = Some(read.operand);
            }
            (None, _) if changed => {}
            (None, node) => {
                if let Some(node) = node {
                    self.no_operand(node, at);
                }
                // A stand-in keeps the promise that every operator but CHANGED has an operand.
                operand = Some(Operand::Empty(Span { start: at.end, end: at.end.min(span.end) }));
                cut_short = true;
            }
        }
        let operator = node.map(|node| Spanned { node, span: at });
        Some(Head { field, operator, operand, depth, cut_short })
    }

    fn no_operand(&mut self, operator: Operator, at: Span) {
        let next = self.next_word(at.end);
        let next_text = self.source(next).to_ascii_lowercase();
        if matches!(operator, Operator::Is | Operator::IsNot) && next_text == "in" {
            let meant = if operator == Operator::Is { "IN" } else { "NOT IN" };
            self.sink.report(
                Diagnostic::error(codes::UNKNOWN_OPERATOR, format!("JQL has no {} IN", operator.as_str()))
                    .at(next, "IS takes only EMPTY")
                    .help(format!("did you mean {meant}?")),
            );
            return;
        }
        let expected = match operator {
            Operator::In | Operator::NotIn | Operator::WasIn | Operator::WasNotIn => "a list such as (a, b)",
            Operator::Is | Operator::IsNot => "EMPTY or NULL",
            _ => "a value",
        };
        self.missing_operand(at.end, &format!("`{}`", operator.as_str()), expected);
    }

    /// Reports an operand of a kind that `operator` does not take.
    fn check_operand(&mut self, field: &FieldRef, operator: Operator, at: Span, read: &Read) {
        use Operator as Op;
        let operand = &read.operand;
        let name = operator.as_str();
        let help = match (operator, operand) {
            (_, Operand::Subquery(_)) => return,
            (Op::Is | Op::IsNot, Operand::Empty(_)) => return,
            (Op::Is | Op::IsNot, _) => {
                let meant = match (operator, operand) {
                    (Op::Is, Operand::List(..)) => "IN",
                    (_, Operand::List(..)) => "NOT IN",
                    (Op::Is, _) => "=",
                    _ => "!=",
                };
                format!("{name} takes only EMPTY or NULL; for a value use {meant}")
            }
            (Op::In | Op::NotIn | Op::WasIn | Op::WasNotIn, Operand::Value(value)) => {
                let mut member = String::new();
                if literal::is_plain(&value.text) || literal::is_number(&value.text) {
                    member.push_str(&value.text);
                } else {
                    literal::write_quoted(&value.text, &mut member);
                }
                format!("{name} takes a list: put the value into parentheses, ({member})")
            }
            (Op::In | Op::NotIn | Op::WasIn | Op::WasNotIn, Operand::Empty(_)) => {
                format!("{name} takes a list: write (EMPTY), or use IS EMPTY")
            }
            (Op::Eq | Op::Like, Operand::List(..)) => format!("`{name}` takes one value; for a list use IN"),
            (Op::NotEq | Op::NotLike, Operand::List(..)) => format!("`{name}` takes one value; for a list use NOT IN"),
            (Op::Was, Operand::List(..)) => "WAS takes one value; for a list use WAS IN".to_owned(),
            (Op::WasNot, Operand::List(..)) => "WAS NOT takes one value; for a list use WAS NOT IN".to_owned(),
            (Op::Lt | Op::LtEq | Op::Gt | Op::GtEq, Operand::List(..)) => {
                format!("`{name}` takes one value, not a list")
            }
            (Op::Lt | Op::LtEq | Op::Gt | Op::GtEq, Operand::Empty(_)) => {
                format!("nothing is greater or less than EMPTY: ask for `{} IS NOT EMPTY`", shorten(&field.name.text))
            }
            _ => return,
        };
        let what = match operand {
            Operand::List(..) => "a list",
            Operand::Empty(_) => "EMPTY",
            Operand::Call(_) => "a function",
            _ => "a single value",
        };
        // The report is about the kind of operand: its first token says which that is.
        let span = match operand {
            Operand::List(_, span) => self.head(*span),
            operand => operand.span(),
        };
        self.sink.report(
            Diagnostic::error(codes::MISSING_OPERAND, format!("`{name}` does not take {what}"))
                .at(span, "this does not fit the operator")
                .at(at, "this operator")
                .help(help),
        );
    }
}

/// At most the first words of a name, for a help text.
fn shorten(name: &str) -> String {
    name.chars().take(40).collect()
}
