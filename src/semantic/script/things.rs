//! Comments, files, work logs and updates.

use super::super::bound::{
    Actors, AttachedTest, Comparison, Condition, EventTest, FieldCondition, Relation, Shape, Test, TimeBound, Value, Values, Which,
};
use super::super::field::issue_column;
use super::super::operand::DayOrInstant;
use super::words::{When, Words};
use super::{Call, is_one_of};
use crate::catalog::entities::entity;
use crate::catalog::{eq, verbs};
use crate::syntax::ast::{Literal, Operand};

/// What the words of commented() and its like may be.
const OF_COMMENTS: &[&str] = &["by", "after", "before", "on", "inRole", "inGroup"];
const OF_OTHERS: &[&str] = &["by", "after", "before", "on"];

impl Call<'_> {
    fn attached(&self, noun: &str, tests: Vec<AttachedTest>, which: Which) -> Condition {
        let entities = entity(noun).map(|e| e.spellings()).unwrap_or_default();
        self.among(self.binder.issue_id(), Relation::Attached { entities, tests, which })
    }

    pub(super) fn has_comments(&self) -> Option<Condition> {
        let at_least = |n| self.attached("comment", Vec::new(), Which::AtLeast(n));
        match self.argument(0) {
            None => Some(at_least(1)),
            Some(count) => self.counted(count, at_least),
        }
    }

    /// Some comment, or the newest.
    pub(super) fn commented(&self, newest: bool) -> Option<Condition> {
        let words = self.words(self.argument(0)?, OF_COMMENTS)?;
        let (mut by, time) = (self.actors(&words)?, self.times(&words)?);
        for group in &words.in_group {
            by.push(self.group(group)?);
        }
        let which = if newest { Which::Newest } else { Which::default() };
        let made = |by| self.attached("comment", vec![AttachedTest::Made { by, time: time.clone() }], which);
        if words.in_role.is_empty() {
            return Some(made(by));
        }
        // Who has a role differs between projects.
        let mut of_projects = Vec::new();
        for project in self.projects_with(&words.in_role)? {
            let mut by = by.clone();
            for role in &words.in_role {
                by.push(some_of(self.members_of_role(role, &project)));
            }
            let own = is_one_of(issue_column("project", "project", Shape::Text), vec![project]);
            of_projects.push(Condition::All(vec![own, made(by)]));
        }
        Some(Condition::Any(of_projects))
    }

    pub(super) fn last_updated(&self) -> Option<Condition> {
        let words = self.words(self.argument(0)?, OF_OTHERS)?;
        let (by, time) = (self.actors(&words)?, self.times(&words)?);
        let test = EventTest { by, time, not_actions: verbs::not_mutations(), ..EventTest::default() };
        Some(self.among(self.binder.issue_id(), Relation::LastEvent(Box::new(test))))
    }

    pub(super) fn file_attached(&self) -> Option<Condition> {
        let words = self.words(self.argument(0)?, OF_OTHERS)?;
        let made = AttachedTest::Made { by: self.actors(&words)?, time: self.times(&words)? };
        Some(self.attached("attachment", vec![made], Which::default()))
    }

    /// The issue says whether there are files, and events how many.
    pub(super) fn has_attachments(&self) -> Option<Condition> {
        let (extension, count) = self.name_and_count();
        let query = match extension {
            None => None,
            Some(literal) => {
                let extension = regex::escape(literal.text.trim_start_matches('.'));
                Some(self.binder.pattern(&format!("(?i)\\.{extension}$"), literal.span)?)
            }
        };
        if let Some(count) = count {
            let tests = || query.iter().cloned().map(AttachedTest::Named).collect();
            return self.counted(count, |n| self.attached("attachment", tests(), Which::AtLeast(n)));
        }
        if !self.binder.catalog.issue_columns.contains("attachments") {
            return self.needs("the column `attachments` of the issues table");
        }
        let test = match query {
            Some(query) => Test::Text { query, negated: false },
            None => Test::Empty { negated: true },
        };
        Some(Condition::Field(FieldCondition { field: issue_column("attachments", "attachments", Shape::TextList), test }))
    }

    pub(super) fn work_logged(&self) -> Option<Condition> {
        let words = self.words(self.argument(0)?, OF_OTHERS)?;
        let mut tests: Vec<AttachedTest> =
            self.actors(&words)?.into_iter().map(|by| AttachedTest::Made { by: vec![by], time: Vec::new() }).collect();
        for (when, at) in &words.when {
            tests.push(AttachedTest::Day(self.day(*when, at)?));
        }
        Some(self.attached("worklog", tests, Which::default()))
    }

    /// A bound on a day.
    pub(super) fn day(&self, when: When, at: &Operand) -> Option<Test> {
        let binder = self.binder;
        let members = binder.members(at)?;
        let member = members.first()?;
        let op = match when {
            When::After => Comparison::Gt,
            When::Before => Comparison::Lt,
            When::On => Comparison::Eq,
        };
        let (op, day) = match binder.day_member(member, at.span())? {
            DayOrInstant::Day(day) => (op, day),
            DayOrInstant::Instant(at) if op == Comparison::Eq => (op, binder.session.day_of(at)),
            DayOrInstant::Instant(at) => binder.day_of_instant(at, op),
        };
        Some(match op {
            Comparison::Eq => Test::OneOf { values: Values::Date(vec![day]), or_empty: false, negated: false },
            op => Test::Compare { op, value: Value::Date(day) },
        })
    }

    fn times(&self, words: &Words) -> Option<Vec<TimeBound>> {
        let mut out = Vec::new();
        for (when, at) in &words.when {
            let at = self.binder.instant(at)?;
            match when {
                When::After => out.push(TimeBound::After(at)),
                When::Before => out.push(TimeBound::Before(at)),
                When::On => {
                    let (start, end) = self.binder.session.day_bounds(at);
                    out.extend([TimeBound::AtOrAfter(start), TimeBound::Before(end)]);
                }
            }
        }
        Some(out)
    }

    fn actors(&self, words: &Words) -> Option<Vec<Actors>> {
        words.by.iter().map(|who| self.binder.actors(who, false)).collect()
    }

    fn group(&self, name: &Literal) -> Option<Actors> {
        self.binder.members_of(name).map(some_of)
    }

    /// The projects in which somebody has the roles.
    fn projects_with(&self, roles: &[Literal]) -> Option<Vec<String>> {
        let mut projects = Vec::new();
        for role in roles {
            let found = self.role_members(role)?;
            projects.extend(found.into_iter().map(|(project, _)| project));
        }
        projects.sort();
        projects.dedup();
        Some(projects)
    }

    /// Who has a role, with the project.
    pub(super) fn role_members(&self, role: &Literal) -> Option<Vec<(String, String)>> {
        let Some(roles) = &self.binder.catalog.roles else { return self.needs("a table of role members") };
        let found: Vec<_> =
            roles.iter().filter(|r| eq(&r.role, &role.text)).map(|r| (r.project.clone(), r.account_id.clone())).collect();
        if found.is_empty() {
            return self.binder.no_role(role);
        }
        Some(found)
    }

    fn members_of_role(&self, role: &Literal, project: &str) -> Vec<String> {
        let roles = self.binder.catalog.roles.iter().flatten();
        roles.filter(|r| eq(&r.role, &role.text) && r.project == project).map(|r| r.account_id.clone()).collect()
    }
}

fn some_of(accounts: Vec<String>) -> Actors {
    Actors { accounts, or_unknown: false, negated: false }
}
