//! `~ regex("...")`: regular expressions, on every field whose values are texts.

use std::sync::Arc;

use super::binder::Binder;
use super::bound::{Condition, FieldCondition, Shape, Test};
use super::clause::Site;
use super::field::{Place, issue_column};
use super::text::TextQuery;
use crate::catalog::fields::{Kind, Source};
use crate::catalog::functions::{self, Evaluation};
use crate::diagnostic::{Span, codes};
use crate::syntax::ast::{Call, Operand, Operator};

/// The operand, where it is a call of regex().
pub(super) fn pattern(operand: &Operand) -> Option<&Call> {
    let Operand::Call(call) = operand else { return None };
    functions::function(&call.name.text).is_some_and(|f| f.evaluation == Evaluation::Regex).then_some(call)
}

impl Site<'_, '_> {
    /// `field ~ regex("...")`
    pub(super) fn regex(&self, call: &Call, negated: bool) -> Option<Condition> {
        let negated = match self.clause.operator.node {
            Operator::Like => negated,
            Operator::NotLike => !negated,
            other => {
                let message = format!("{} does not take a regular expression", other.as_str());
                let help = format!("write `{} ~ regex(...)` or `{0} !~ regex(...)`", self.field.name);
                return self.binder.refuse(codes::WRONG_OPERAND, call.span, message, help);
            }
        };
        let query = self.binder.regex(call)?;
        self.found(&query, negated)
    }

    /// Whether a regular expression is found in some value of the field; negated: there are values, and none has it.
    pub(super) fn found(&self, query: &Arc<TextQuery>, negated: bool) -> Option<Condition> {
        let field = self.field;
        if field.kind == Kind::User {
            let message = format!("`{}` holds accounts, and a regular expression wants texts", field.name);
            let help = "name users with =, IN or membersOf()".to_string();
            return self.binder.refuse(codes::WRONG_OPERAND, self.clause.field.span, message, help);
        }
        let test = || Test::Text { query: query.clone(), negated };
        match &field.place {
            Place::Missing(what) => self.missing(what),
            Place::Columns(columns) if columns.iter().all(|c| matches!(c.shape, Shape::Text | Shape::TextList)) => {
                self.each(|_| test(), negated)
            }
            Place::Of(Source::Key) => {
                Some(Condition::Field(FieldCondition { field: issue_column("key", "key", Shape::Text), test: test() }))
            }
            Place::Of(Source::Comment | Source::WorklogComment) => Some(self.with_text(query.clone(), negated)),
            Place::Of(Source::Texts { comments }) if !negated => Some(self.texts(query, *comments)),
            Place::Of(Source::ProjectCategory) => {
                self.of_projects(|p| p.category.as_ref().is_some_and(|c| query.matches(c) != negated))
            }
            Place::Of(Source::ProjectType) => self.of_projects(|p| p.kind.as_ref().is_some_and(|k| query.matches(k) != negated)),
            Place::Property { key, path } => {
                Some(self.property_test(key, path, Test::Text { query: query.clone(), negated: false }, negated))
            }
            _ => {
                let message = format!("`{}`, {}, takes no regular expression", field.name, field.kind.field_with_article());
                let help = "regex() searches fields that hold texts or lists of texts".to_string();
                self.binder.refuse(codes::WRONG_OPERAND, self.clause.span, message, help)
            }
        }
    }
}

impl Binder<'_> {
    /// The pattern of a call of regex().
    pub(super) fn regex(&self, call: &Call) -> Option<Arc<TextQuery>> {
        let (_, arguments) = self.call(call)?;
        self.pattern(&arguments.first()?.text, call.span)
    }

    /// A regular expression.
    pub(super) fn pattern(&self, pattern: &str, span: Span) -> Option<Arc<TextQuery>> {
        match TextQuery::regex(pattern) {
            Ok(query) => Some(Arc::new(query)),
            Err(why) => {
                let message = format!("this regular expression cannot be read: {why}");
                let help = "backslashes are written twice in quotes: regex(\"\\\\d+\")".to_string();
                self.refuse(codes::BAD_PATTERN, span, message, help)
            }
        }
    }

    /// A call within the arguments of a function: where it gives one value, that value.
    pub(super) fn argument(&self, of: &functions::Function, inner: &Call) -> Option<crate::syntax::ast::Literal> {
        use crate::syntax::ast::{Literal, LiteralKind};
        let (function, arguments) = self.call(inner)?;
        let (text, kind) = match function.evaluation {
            Evaluation::CurrentUser => (self.current_user(inner.span)?, LiteralKind::Quoted),
            Evaluation::Now | Evaluation::StartOf(_) | Evaluation::EndOf(_) | Evaluation::Login { .. } => {
                let member = super::operand::Member::Call(function, arguments, inner.span);
                // Instants are written as milliseconds; no function is finer.
                let at = self.instant_member(&member, inner.span)?;
                (at.div_euclid(1000).to_string(), LiteralKind::Number)
            }
            _ => {
                let message = format!("{}() takes plain values, and {}() gives none", of.name, function.name);
                let help = "currentUser(), now() and the like may stand within another function".to_string();
                return self.refuse(codes::WRONG_ARGUMENTS, inner.span, message, help);
            }
        };
        Some(Literal { text, kind, span: inner.span })
    }
}
