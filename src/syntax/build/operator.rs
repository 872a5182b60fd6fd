//! Operators as written to operators of the tree.

use super::Builder;
use crate::diagnostic::{Diagnostic, Span, codes};
use crate::syntax::ast::{Comparison, Operator};
use crate::syntax::grammar::Rule;
use pest::iterators::Pair;

impl Builder<'_, '_> {
    /// The operator that `pair` is; none, and a report, where JQL has no such operator.
    pub(super) fn operator(&mut self, pair: &Pair<'_, Rule>) -> Option<Operator> {
        let has = |rule| pair.clone().into_inner().any(|p| p.as_rule() == rule);
        Some(match pair.as_rule() {
            Rule::op_symbol => return self.symbol(pair.as_str(), self.span(pair)),
            Rule::op_in if has(Rule::word_not) => Operator::NotIn,
            Rule::op_in => Operator::In,
            Rule::op_is if has(Rule::word_not) => Operator::IsNot,
            Rule::op_is => Operator::Is,
            Rule::op_was => match (has(Rule::word_not), has(Rule::word_in)) {
                (false, false) => Operator::Was,
                (true, false) => Operator::WasNot,
                (false, true) => Operator::WasIn,
                (true, true) => Operator::WasNotIn,
            },
            _ => Operator::Changed,
        })
    }

    fn symbol(&mut self, text: &str, span: Span) -> Option<Operator> {
        Some(match text {
            "=" => Operator::Eq,
            "!=" => Operator::NotEq,
            "~" => Operator::Like,
            "!~" => Operator::NotLike,
            "<" => Operator::Lt,
            "<=" => Operator::LtEq,
            ">" => Operator::Gt,
            ">=" => Operator::GtEq,
            _ => {
                self.unknown_operator(text, span);
                return None;
            }
        })
    }

    /// `= != < <= > >=` where a comparison is asked for.
    pub(super) fn comparison(&mut self, pair: &Pair<'_, Rule>) -> Option<Comparison> {
        let span = self.span(pair);
        match self.symbol(pair.as_str(), span)? {
            Operator::Eq => Some(Comparison::Eq),
            Operator::NotEq => Some(Comparison::NotEq),
            Operator::Lt => Some(Comparison::Lt),
            Operator::LtEq => Some(Comparison::LtEq),
            Operator::Gt => Some(Comparison::Gt),
            Operator::GtEq => Some(Comparison::GtEq),
            _ => {
                self.sink.report(
                    Diagnostic::error(codes::UNKNOWN_OPERATOR, format!("`{}` compares no numbers", pair.as_str()))
                        .at(span, "a comparison is expected here")
                        .help("use one of = != < <= > >="),
                );
                None
            }
        }
    }

    fn unknown_operator(&mut self, text: &str, span: Span) {
        let meant = match text {
            "==" | "===" => "=",
            "<>" | "=!" | "!==" | "=!=" | "><" | "~=" => "!=",
            "=>" | ">==" => ">=",
            "=<" | "<==" => "<=",
            "=~" | "~~" => "~",
            "=!~" | "!~~" => "!~",
            ">>" => ">",
            "<<" => "<",
            "!" => "!=",
            _ => "",
        };
        let help = match (text, meant) {
            (_, "") => "the operators are = != ~ !~ < <= > >= IN IS WAS CHANGED".to_owned(),
            ("!", _) => "did you mean `!=`? NOT stands before the whole clause".to_owned(),
            _ => format!("did you mean `{meant}`? JQL has no `{text}`"),
        };
        let shown: String = text.chars().take(12).collect();
        self.sink.report(
            Diagnostic::error(codes::UNKNOWN_OPERATOR, format!("`{shown}` is no operator")).at(span, "this operator").help(help),
        );
    }
}
