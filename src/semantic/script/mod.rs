//! The functions of ScriptRunner and JQL Search Extensions, in the terms of our own clauses.
//!
//! Each gives a condition on an issue. What negates it is its complement: `NOT IN` asks for no value, as the add-ons do,
//! which look up a set of issues and leave it out.

mod arithmetic;
mod hierarchy;
mod sprints;
mod things;
mod tokens;
mod values;
mod words;

use super::binder::Binder;
use super::bound::{AmongCondition, BoundField, Column, ColumnExpr, Condition, FieldCondition, Relation, Shape, Test, Values};
use super::clause::Site;
use super::field::issue_column;
use super::issues::issues_where;
use super::operand::Member;
use crate::catalog::functions::{Function, Returns, Script};
use crate::diagnostic::{Span, codes};
use crate::syntax::ast::{FieldRef, Literal};

/// A call: what the parts of this folder share.
#[derive(Clone, Copy)]
struct Call<'a> {
    binder: &'a Binder<'a>,
    function: &'a Function,
    arguments: &'a [Literal],
    span: Span,
}

impl Site<'_, '_> {
    /// `issueFunction IN f(...)`: functions alone.
    pub(super) fn functions(&self, members: &[Member], negated: bool) -> Option<Condition> {
        for member in members {
            let gives = match member {
                Member::Call(function, ..) => function.returns == Returns::Issues,
                _ => false,
            };
            if !gives {
                let message = "`issueFunction` takes functions that find issues";
                let help = "write `issueFunction IN hasComments()`; for keys and queries there is `key IN (...)`".to_string();
                return self.binder.refuse(codes::WRONG_OPERAND, self.clause.span, message, help);
            }
        }
        self.keys(members, negated)
    }
}

impl Binder<'_> {
    /// The issues that a function finds; negated: all others.
    pub(super) fn script(
        &self,
        script: Script,
        function: &Function,
        arguments: &[Literal],
        span: Span,
        negated: bool,
    ) -> Option<Condition> {
        if self.as_of.is_some() {
            return self.not_yet(&format!("{}() with AS OF", function.name), span);
        }
        let call = Call { binder: self, function, arguments, span };
        let condition = call.condition(script)?;
        Some(if negated { complement(condition, span) } else { condition })
    }
}

impl Call<'_> {
    fn condition(&self, script: Script) -> Option<Condition> {
        match script {
            Script::HasComments => self.has_comments(),
            Script::Commented => self.commented(false),
            Script::LastComment => self.commented(true),
            Script::LastUpdated => self.last_updated(),
            Script::FileAttached => self.file_attached(),
            Script::HasAttachments => self.has_attachments(),
            Script::WorkLogged => self.work_logged(),
            Script::HasLinks => self.has_links(),
            Script::HasLinkType => self.has_link_type(),
            Script::HasRemoteLinks => self.has_remote_links(),
            Script::LinkedIssuesOf { all, steps } => self.linked_issues_of(all, steps),
            Script::SubtasksOf => self.subtasks_of(),
            Script::ParentsOf => self.parents_of(),
            Script::HasSubtasks => self.has_subtasks(),
            Script::EpicsOf => self.epics_of(),
            Script::IssuesInEpics => self.issues_in_epics(),
            Script::Expression { dates, days } => self.expression(dates, days),
            Script::FieldMatch { exact } => self.field_match(exact),
            Script::SprintScope { added } => self.sprint_scope(added),
            Script::PreviousSprint => self.previous_sprint(),
            Script::NextSprint => self.next_sprint(),
            Script::InSprint => self.in_sprint(),
            Script::DoneInSprint { done } => self.done_in_sprint(done),
            Script::NameMatch
            | Script::ArchivedVersions
            | Script::Overdue
            | Script::VersionDay { .. }
            | Script::EarliestByReleaseDay
            | Script::MemberOfRole
            | Script::MyProjects
            | Script::ProjectsOfType => {
                let message = format!("{}() gives no issues", self.function.name);
                let help = format!("it is used as in `{}`", self.function.example);
                self.binder.refuse(codes::WRONG_OPERAND, self.span, message, help)
            }
        }
    }

    fn argument(&self, at: usize) -> Option<&Literal> {
        self.arguments.get(at)
    }

    /// The query in quotes that an argument is.
    fn query(&self, at: usize) -> Option<Condition> {
        self.binder.quoted(self.argument(at)?)
    }

    fn needs<T>(&self, what: &str) -> Option<T> {
        self.binder.needs(self.function, self.span, what)
    }

    fn among(&self, field: BoundField, relation: Relation) -> Condition {
        Condition::Among(Box::new(AmongCondition { field, relation, negated: false, span: self.span }))
    }

    /// The issue's key is among those.
    fn key_among(&self, relation: Relation) -> Condition {
        self.among(issue_column("key", "key", Shape::Text), relation)
    }

    /// A count such as `3`, `+3` (more) or `-3` (fewer), of what `at_least` says for one or more.
    fn counted(&self, literal: &Literal, at_least: impl Fn(i64) -> Condition) -> Option<Condition> {
        let text = literal.text.trim();
        let (sign, digits) = match text.strip_prefix(['+', '-']) {
            Some(rest) => (text.chars().next(), rest),
            None => (None, text),
        };
        let Some(count) = digits.parse::<i64>().ok().filter(|n| (0..1_000_000).contains(n)) else {
            let message = format!("`{text}` is no count");
            let help = "write 3 for exactly three, \"+3\" for more, \"-3\" for fewer".to_string();
            return self.binder.refuse(codes::UNREAD_NUMBER, literal.span, message, help);
        };
        let least = |n: i64| if n <= 0 { Condition::All(Vec::new()) } else { at_least(n) };
        Some(match sign {
            Some('+') => least(count + 1),
            Some('-') => complement(least(count), self.span),
            _ => Condition::All(vec![least(count), complement(at_least(count + 1), self.span)]),
        })
    }

    /// The second of two arguments where there are two; one alone is the count where it reads as one.
    fn name_and_count(&self) -> (Option<&Literal>, Option<&Literal>) {
        let is_count = |l: &Literal| l.text.trim().trim_start_matches(['+', '-']).bytes().all(|b| b.is_ascii_digit());
        match self.arguments {
            [one] if is_count(one) => (None, Some(one)),
            [one] => (Some(one), None),
            [name, count, ..] => (Some(name), Some(count)),
            [] => (None, None),
        }
    }

    /// `issueFieldMatch(query, field, pattern)`
    fn field_match(&self, exact: bool) -> Option<Condition> {
        let (name, text) = (self.argument(1)?, self.argument(2)?);
        let query = self.query(0);
        let binder = self.binder;
        let reference = FieldRef { name: name.clone(), properties: Vec::new(), span: name.span };
        let named = binder.field(&reference)?;
        // The clause that this stands for: errors speak of its field.
        let clause = crate::syntax::ast::Clause {
            field: reference,
            operator: crate::syntax::ast::Spanned { node: crate::syntax::ast::Operator::Like, span: name.span },
            operand: None,
            predicates: Vec::new(),
            span: name.span,
        };
        let site = Site { binder, field: &named, clause: &clause };
        let found = if exact {
            site.found(&binder.pattern(&format!("^{}$", regex::escape(&text.text)), text.span)?, false)?
        } else {
            site.found(&binder.pattern(&text.text, text.span)?, false)?
        };
        Some(both(query?, found))
    }
}

/// Both hold; an empty query asks for nothing.
fn both(query: Condition, other: Condition) -> Condition {
    match query {
        Condition::All(list) if list.is_empty() => other,
        query => Condition::All(vec![query, other]),
    }
}

/// Whatever does not pass.
fn complement(condition: Condition, span: Span) -> Condition {
    match condition {
        Condition::All(list) => Condition::Any(list.into_iter().map(|c| complement(c, span)).collect()),
        Condition::Any(list) => Condition::All(list.into_iter().map(|c| complement(c, span)).collect()),
        Condition::Among(mut among) => {
            among.negated = !among.negated;
            Condition::Among(among)
        }
        Condition::Events(mut events) => {
            events.negated = !events.negated;
            Condition::Events(events)
        }
        Condition::History(mut history) => {
            history.negated = !history.negated;
            Condition::History(history)
        }
        Condition::Field(FieldCondition { field, test: Test::Empty { negated } }) => {
            Condition::Field(FieldCondition { field, test: Test::Empty { negated: !negated } })
        }
        // Tests of values hold for no row without one, negated or not.
        other => Condition::Among(Box::new(AmongCondition {
            field: issue_column("key", "key", Shape::Text),
            relation: Relation::Query(Box::new(issues_where(other))),
            negated: true,
            span,
        })),
    }
}

/// The values of a column of the issues that pass.
fn column_where(column: BoundField, condition: Condition) -> Relation {
    let mut query = issues_where(condition);
    query.columns = vec![Column { name: column.name.clone(), expr: ColumnExpr::Field(column) }];
    Relation::Query(Box::new(query))
}

/// The field has one of the names.
fn is_one_of(field: BoundField, any: Vec<String>) -> Condition {
    let test = Test::OneOf { values: Values::Text { any, fold: false }, or_empty: false, negated: false };
    Condition::Field(FieldCondition { field, test })
}
