//! Links, sub-tasks, parents and epics.

use super::super::bound::{BoundField, Condition, LinkTest, Relation, Shape};
use super::super::field::issue_column;
use super::super::issues::{issues_where, present};
use super::{Call, both, column_where, is_one_of};
use crate::catalog::{eq, fields::Kind};
use crate::diagnostic::codes;
use crate::syntax::ast::Literal;

/// Links are followed so far and no farther: each step is a join.
const MOST_STEPS: usize = 5;

/// The same where parents and epics count: each step asks for the one before it five times.
const MOST_STEPS_OF_ALL: usize = 2;

impl Call<'_> {
    fn need_links(&self) -> Option<()> {
        if self.binder.catalog.link_types.is_some() { Some(()) } else { self.needs("a table of links") }
    }

    pub(super) fn has_links(&self) -> Option<Condition> {
        self.need_links()?;
        let (phrase, count) = self.name_and_count();
        let mut test = LinkTest::default();
        if let Some(literal) = phrase {
            let catalog = self.binder.catalog;
            let mut phrases: Vec<String> = catalog.link_phrases().filter(|p| eq(p, &literal.text)).map(str::to_string).collect();
            phrases.dedup();
            if phrases.is_empty() {
                return self.binder.unknown_link(&literal.text, literal.span);
            }
            test.phrases = Some(phrases);
        }
        let at_least = |least| self.key_among(Relation::Linked(LinkTest { least, ..test.clone() }));
        match count {
            None => Some(at_least(1)),
            Some(count) => self.counted(count, at_least),
        }
    }

    pub(super) fn has_link_type(&self) -> Option<Condition> {
        self.need_links()?;
        let literal = self.argument(0)?;
        let known = self.binder.catalog.link_types.iter().flatten();
        let mut names = known.flat_map(|t| [Some(&t.name), t.outward.as_ref(), t.inward.as_ref()]).flatten();
        if !names.clone().any(|n| eq(n, &literal.text)) {
            return self.binder.unknown_value(Kind::LinkType, literal, names.by_ref().map(String::as_str));
        }
        let types = Some(vec![literal.text.to_lowercase()]);
        Some(self.key_among(Relation::Linked(LinkTest { types, ..LinkTest::default() })))
    }

    pub(super) fn has_remote_links(&self) -> Option<Condition> {
        if !self.binder.catalog.remote_links {
            return self.needs("a table of remote links");
        }
        Some(self.key_among(Relation::Rows { table: "remote_links", column: "issue", tests: Vec::new() }))
    }

    pub(super) fn linked_issues_of(&self, all: bool, steps: bool) -> Option<Condition> {
        self.need_links()?;
        let query = self.query(0);
        let count = if steps { self.steps(self.argument(1)?, if all { MOST_STEPS_OF_ALL } else { MOST_STEPS })? } else { 1 };
        let phrases = self.binder.other_side(self.arguments.get(if steps { 2 } else { 1 }..).unwrap_or_default())?;
        let mut reached = Vec::new();
        let mut last = query?;
        for _ in 0..count {
            last = self.neighbours(&last, phrases.clone(), all);
            reached.push(last.clone());
        }
        Some(if reached.len() == 1 { last } else { Condition::Any(reached) })
    }

    fn steps(&self, literal: &Literal, most: usize) -> Option<usize> {
        match literal.text.trim().parse::<usize>() {
            Ok(steps) if (1..=most).contains(&steps) => Some(steps),
            _ => {
                let message = format!("`{}` is no depth that links are followed to", literal.text);
                let help = format!("write a whole number from 1 to {most}");
                self.binder.refuse(codes::UNREAD_NUMBER, literal.span, message, help)
            }
        }
    }

    /// Issues one step away from those that pass.
    fn neighbours(&self, of: &Condition, phrases: Option<Vec<String>>, all: bool) -> Condition {
        let found = Some(Box::new(issues_where(of.clone())));
        let linked = self.key_among(Relation::Linked(LinkTest { found, phrases, ..LinkTest::default() }));
        if !all {
            return linked;
        }
        let mut any = vec![linked];
        for column in self.above() {
            any.push(self.among(column.clone(), Relation::Query(Box::new(issues_where(of.clone())))));
            any.push(self.key_among(column_where(column, of.clone())));
        }
        Condition::Any(any)
    }

    /// The columns that hold what is above an issue.
    fn above(&self) -> impl Iterator<Item = BoundField> {
        ["parent", "epic"].into_iter().filter_map(|c| self.column(c))
    }

    fn column(&self, column: &str) -> Option<BoundField> {
        self.binder.catalog.issue_columns.contains(column).then(|| issue_column(column, column, Shape::Text))
    }

    fn parent(&self) -> Option<BoundField> {
        self.column("parent").or_else(|| self.needs("the column `parent` of the issues table"))
    }

    /// Issues whose type has such a level.
    fn of_level(&self, is: impl Fn(i64) -> bool) -> Option<Condition> {
        let types = &self.binder.catalog.types.list;
        if types.iter().all(|t| t.level.is_none()) {
            return self.needs("a table of issue types with their levels");
        }
        let any = types.iter().filter(|t| t.level.is_some_and(&is)).map(|t| t.name.clone()).collect();
        Some(is_one_of(issue_column("type", "type", Shape::Text), any))
    }

    fn is_subtask(&self) -> Option<Condition> {
        self.of_level(|level| level < 0)
    }

    pub(super) fn subtasks_of(&self) -> Option<Condition> {
        let query = self.query(0)?;
        let parents = Relation::Query(Box::new(issues_where(query)));
        Some(Condition::All(vec![self.is_subtask()?, self.among(self.parent()?, parents)]))
    }

    pub(super) fn parents_of(&self) -> Option<Condition> {
        let query = self.query(0)?;
        Some(self.key_among(column_where(self.parent()?, both(query, self.is_subtask()?))))
    }

    pub(super) fn has_subtasks(&self) -> Option<Condition> {
        let parent = self.parent()?;
        let children = Condition::All(vec![self.is_subtask()?, present(&parent)]);
        Some(self.key_among(column_where(parent, children)))
    }

    /// An epic is named as such, or is a parent of the level above.
    pub(super) fn epics_of(&self) -> Option<Condition> {
        let query = self.query(0)?;
        let mut any = Vec::new();
        if let Some(epic) = self.column("epic") {
            any.push(self.key_among(column_where(epic, query.clone())));
        }
        if let Some(parent) = self.column("parent") {
            any.push(Condition::All(vec![self.of_level(|level| level == 1)?, self.key_among(column_where(parent, query))]));
        }
        if any.is_empty() { self.needs("the columns `parent` and `epic` of the issues table") } else { Some(Condition::Any(any)) }
    }

    pub(super) fn issues_in_epics(&self) -> Option<Condition> {
        let query = self.query(0)?;
        let epics = both(query, self.of_level(|level| level == 1)?);
        let any: Vec<Condition> =
            self.above().map(|column| self.among(column, Relation::Query(Box::new(issues_where(epics.clone()))))).collect();
        if any.is_empty() { self.needs("the columns `parent` and `epic` of the issues table") } else { Some(Condition::Any(any)) }
    }
}
