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
        let span = self.included.map_or(name.span, |i| i.span);
        let included = Included { name: &filter.name, span, by: self.included };
        if self.in_activity() {
            let condition = self.including(&included).condition_of(filter, false)?;
            let relation = Relation::Query(Box::new(self.within(Target::Issues).issues_where(condition, clause)?));
            let field = issue_column("key", "key", Shape::Text);
            return Some(Condition::Among(Box::new(AmongCondition { field, relation, negated, span: clause })));
        }
        self.including(&included).condition_of(filter, negated)
    }

    fn check_cycle(&self, filter: &Filter, span: Span) -> Option<()> {
        let mut names = Vec::new();
        let mut next = self.included;
        while let Some(included) = next {
            names.push(included.name);
            if included.name == filter.name {
                names.reverse();
                names.push(&filter.name);
                let message = format!("saved queries include each other: {}", names.join(" includes "));
                return self.refuse(codes::FILTER_CYCLE, span, message, None);
            }
            next = included.by;
        }
        Some(())
    }

    fn condition_of(&self, filter: &Filter, negated: bool) -> Option<Condition> {
        let parsed = &filter.parsed;
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
                    .help("a saved query can be included where it has clauses and ORDER BY only"),
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
