//! `filter = "name"`: the issues of a saved query.

use super::binder::{Binder, Included, did_you_mean};
use super::bound::{AmongCondition, Condition, Relation, Shape, Target};
use super::clause::Site;
use super::condition;
use super::field::issue_column;
use super::operand::Member;
use crate::catalog::{Filter, nearest};
use crate::diagnostic::{Diagnostic, Span, codes};
use crate::syntax::ast::Literal;
use crate::syntax::{self, Dialect, Parsed};

impl Site<'_, '_> {
    pub(super) fn saved(&self, members: &[Member], negated: bool) -> Option<Condition> {
        let mut conditions = Vec::new();
        for member in members {
            let Member::Literal(literal) = member else {
                return self.binder.refuse(
                    codes::WRONG_OPERAND,
                    self.clause.span,
                    "the name of a saved query is wanted here",
                    None,
                );
            };
            conditions.push(self.binder.include(literal, self.clause.span, negated)?);
        }
        Some(match (conditions.len(), negated) {
            (1, _) => conditions.remove(0),
            (_, true) => Condition::All(conditions),
            (_, false) => Condition::Any(conditions),
        })
    }
}

impl Binder<'_> {
    /// The condition of a saved query; its ORDER BY gives way to that of the query that names it.
    pub(super) fn include(&self, name: &Literal, clause: Span, negated: bool) -> Option<Condition> {
        let Some(filters) = &self.catalog.filters else {
            let message = "`filter` cannot be answered: it needs a table of saved queries";
            return self.refuse(codes::NEEDS_DATA, name.span, message, None);
        };
        let Some(filter) = self.catalog.find_filter(&name.text) else {
            let near = nearest(&name.text, filters.iter().map(|f| f.name.as_str()));
            let message = format!("there is no saved query called `{}`", name.text);
            return self.refuse(codes::UNKNOWN_FILTER, name.span, message, did_you_mean(&near));
        };
        self.check_cycle(filter, name.span)?;
        let (span, _) = self.place_of(name);
        let included = Included { name: Some(&filter.name), span, shift: None, by: self.included };
        if self.in_activity() {
            let condition = self.including(&included).condition_in(&filter.parsed, false)?;
            let relation = Relation::Query(Box::new(self.within(Target::Issues).issues_where(condition)?));
            let field = issue_column("key", "key", Shape::Text);
            return Some(Condition::Among(Box::new(AmongCondition { field, relation, negated, span: clause })));
        }
        self.including(&included).condition_in(&filter.parsed, negated)
    }

    fn check_cycle(&self, filter: &Filter, span: Span) -> Option<()> {
        let mut names = Vec::new();
        let mut next = self.included;
        while let Some(included) = next {
            names.extend(included.name);
            if included.name == Some(filter.name.as_str()) {
                names.reverse();
                names.push(&filter.name);
                let message = format!("saved queries include each other: {}", names.join(" includes "));
                return self.refuse(codes::FILTER_CYCLE, span, message, None);
            }
            next = included.by;
        }
        Some(())
    }

    /// A query in quotes, an argument of a function: its condition on issues.
    pub(super) fn quoted(&self, literal: &Literal) -> Option<Condition> {
        let (span, shift) = self.place_of(literal);
        let included = Included { name: None, span, shift, by: self.included };
        self.including(&included).condition_in(&syntax::parse(&literal.text, Dialect::Jqlx), false)
    }

    /// Where the text that is shown has a literal, and how far the literal's own text is behind the start of that text.
    fn place_of(&self, literal: &Literal) -> (Span, Option<u32>) {
        let outer = match self.included {
            None => 0,
            Some(Included { shift: Some(by), .. }) => *by,
            Some(included) => return (included.span, None),
        };
        let span = Span { start: outer + literal.span.start, end: outer + literal.span.end };
        (span, literal.is_plain().then_some(span.start + 1))
    }

    fn condition_in(&self, parsed: &Parsed, negated: bool) -> Option<Condition> {
        if let Some(error) = parsed.diagnostics.iter().find(|d| d.is_error()) {
            self.report(error.clone());
            return None;
        }
        let query = &parsed.query;
        let is_activity = query.target.is_some_and(|t| t.node == Target::Activity);
        let shaped = query.as_of.is_some() || query.limit.is_some() || !query.group_by.is_empty() || !query.show.is_empty();
        if is_activity || shaped {
            self.report(
                Diagnostic::error(codes::WRONG_OPERAND, "it is more than a condition on issues")
                    .at(query.span, "")
                    .help("a query can be included where it has clauses and ORDER BY only"),
            );
            return None;
        }
        match &query.filter {
            Some(expr) => condition::bind(self, expr, negated),
            None if negated => Some(Condition::Any(Vec::new())),
            None => Some(Condition::All(Vec::new())),
        }
    }
}
