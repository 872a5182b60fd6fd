//! Fields that a list of the site answers: what the issue's project, status or type is.

use super::bound::{BoundField, Condition, FieldCondition, Shape, Test, Values};
use super::clause::Site;
use super::field::{event_column, issue_column};
use super::operand::Member;
use crate::catalog::eq;
use crate::catalog::fields::Kind;
use crate::diagnostic::codes;
use crate::syntax::ast::Literal;

impl Site<'_, '_> {
    /// The project of the row: the event's own in ACTIVITY.
    pub(super) fn project_column(&self) -> BoundField {
        if self.binder.in_activity() {
            event_column("project", "project", Shape::Text)
        } else {
            issue_column("project", "project", Shape::Text)
        }
    }

    pub(super) fn of_projects(&self, holds: impl Fn(&crate::catalog::Project) -> bool) -> Option<Condition> {
        let Some(projects) = &self.binder.catalog.projects else { return self.missing("a table of projects") };
        let any = projects.iter().filter(|p| holds(p)).map(|p| p.key.clone()).collect();
        Some(Condition::Field(FieldCondition {
            field: self.project_column(),
            test: Test::OneOf { values: Values::Text { any, fold: false }, or_empty: false, negated: false },
        }))
    }

    pub(super) fn status_category(&self, members: &[Member], negated: bool) -> Option<Condition> {
        const CATEGORIES: &[(&str, &[&str])] = &[
            ("To Do", &["to do", "new", "2"]),
            ("In Progress", &["in progress", "indeterminate", "4"]),
            ("Done", &["done", "complete", "3"]),
        ];
        let mut wanted = Vec::new();
        for member in members {
            let Member::Literal(literal) = member else {
                return self.binder.refuse(
                    codes::WRONG_OPERAND,
                    self.clause.span,
                    "a status category is wanted: To Do, In Progress or Done",
                    None,
                );
            };
            match CATEGORIES.iter().find(|(_, names)| names.contains(&literal.text.to_lowercase().as_str())) {
                Some((name, _)) => wanted.push(*name),
                None => return self.binder.unknown_value(Kind::StatusCategory, literal, CATEGORIES.iter().map(|(n, _)| *n)),
            }
        }
        let statuses = &self.binder.catalog.statuses;
        if statuses.complete && statuses.list.iter().any(|s| s.group.is_some()) {
            let matches = |group: &str| wanted.iter().any(|w| w.eq_ignore_ascii_case(group));
            let any = statuses
                .list
                .iter()
                .filter(|s| s.group.as_deref().is_some_and(|g| matches(g) != negated))
                .map(|s| s.name.clone())
                .collect();
            return Some(Condition::Field(FieldCondition {
                field: issue_column("status", "status", Shape::Text),
                test: Test::OneOf { values: Values::Text { any, fold: false }, or_empty: false, negated: false },
            }));
        }
        if !self.binder.catalog.issue_columns.contains("status_category") {
            return self.missing("a table of statuses with their categories");
        }
        let any = wanted.iter().map(|w| w.to_lowercase()).collect();
        Some(Condition::Field(FieldCondition {
            field: issue_column("statusCategory", "status_category", Shape::Text),
            test: Test::OneOf { values: Values::Text { any, fold: true }, or_empty: false, negated },
        }))
    }

    /// Literals only; functions do not fit these fields.
    fn literals<'m>(&self, members: &'m [Member]) -> Option<Vec<&'m Literal>> {
        let literal = |m: &'m Member| match m {
            Member::Literal(literal) => Some(literal),
            _ => {
                let message = format!("a {} is wanted here", self.field.kind.name());
                self.binder.refuse(codes::WRONG_OPERAND, self.clause.span, message, None)
            }
        };
        members.iter().map(literal).collect()
    }

    pub(super) fn project_type(&self, members: &[Member], negated: bool) -> Option<Condition> {
        // Jira's own; a site may have others.
        const TYPES: &[&str] = &["business", "software", "service_desk", "product_discovery", "customer_service"];
        let projects = self.binder.catalog.projects.iter().flatten();
        let known: Vec<&str> = projects.filter_map(|p| p.kind.as_deref()).collect();
        if known.is_empty() {
            return self.missing("a table of projects with their types");
        }
        let wanted = self.literals(members)?;
        for literal in &wanted {
            if !known.iter().chain(TYPES).any(|t| eq(t, &literal.text)) {
                return self.binder.unknown_value(Kind::ProjectType, literal, known.iter().chain(TYPES).copied());
            }
        }
        self.of_projects(|p| p.kind.as_deref().is_some_and(|k| wanted.iter().any(|w| eq(k, &w.text)) != negated))
    }

    pub(super) fn workflow(&self, members: &[Member], negated: bool) -> Option<Condition> {
        let Some(workflows) = &self.binder.catalog.workflows else {
            return self.missing("a table of the workflows that projects use");
        };
        let wanted = self.literals(members)?;
        for literal in &wanted {
            if !workflows.iter().any(|(name, _)| eq(name, &literal.text)) {
                let mut names: Vec<&str> = workflows.iter().map(|(name, _)| name.as_str()).collect();
                names.dedup();
                return self.binder.unknown_value(Kind::Workflow, literal, names.into_iter());
            }
        }
        self.of_projects(|p| {
            let mut own = workflows.iter().filter(|(_, project)| *project == p.key).peekable();
            own.peek().is_some() && own.any(|(name, _)| wanted.iter().any(|w| eq(name, &w.text))) != negated
        })
    }

    /// The levels that members name.
    pub(super) fn levels(&self, members: &[Member]) -> Option<Vec<i64>> {
        let number = |literal: &&Literal| self.number(literal).map(|n| n as i64);
        self.literals(members)?.iter().map(number).collect()
    }

    /// Issues whose type has a level that passes.
    pub(super) fn of_types(&self, holds: impl Fn(i64) -> bool) -> Option<Condition> {
        let types = &self.binder.catalog.types.list;
        if types.iter().all(|t| t.level.is_none()) {
            return self.missing("a table of issue types with their levels");
        }
        let any = types.iter().filter(|t| t.level.is_some_and(&holds)).map(|t| t.name.clone()).collect();
        Some(Condition::Field(FieldCondition {
            field: issue_column("type", "type", Shape::Text),
            test: Test::OneOf { values: Values::Text { any, fold: false }, or_empty: false, negated: false },
        }))
    }
}
