//! Fields of things that are attached to issues: comments and work logs.

use std::sync::Arc;

use super::bound::{
    Actors, AmongCondition, AttachedTest, Comparison, Condition, FieldCondition, Relation, Shape, Test, Value, Values, Which,
};
use super::clause::Site;
use super::field::{Place, issue_column};
use super::operand::{DayOrInstant, Member};
use super::text::TextQuery;
use crate::catalog::entities::entity;
use crate::catalog::fields::{Kind, Source};

impl Site<'_, '_> {
    /// Whether the issue has a thing of the field that passes the tests; negated: whether it has none.
    pub(super) fn attached(&self, tests: Vec<AttachedTest>, negated: bool) -> Condition {
        let noun = match &self.field.place {
            Place::Of(Source::WorklogAuthor | Source::WorklogComment | Source::WorklogDate) => "worklog",
            _ => "comment",
        };
        let entities = entity(noun).map(|e| e.spellings()).unwrap_or_default();
        let relation = Relation::Attached { entities, tests, which: Which::default() };
        let field = self.binder.issue_id();
        Condition::Among(Box::new(AmongCondition { field, relation, negated, span: self.clause.span }))
    }

    /// The same with JQL's hidden not-empty: negated, the issue has such things and none passes.
    pub(super) fn having(&self, tests: Vec<AttachedTest>, negated: bool) -> Condition {
        if !negated {
            return self.attached(tests, false);
        }
        Condition::All(vec![self.attached(Vec::new(), false), self.attached(tests, true)])
    }

    /// `~` and `!~`: things without text hold no value.
    pub(super) fn with_text(&self, query: Arc<TextQuery>, negated: bool) -> Condition {
        let matching = self.attached(vec![AttachedTest::Text(query)], negated);
        if negated { Condition::All(vec![self.attached(vec![AttachedTest::AnyText], false), matching]) } else { matching }
    }

    /// Adds EMPTY of a list: no such thing at all.
    fn or_none(&self, condition: Option<Condition>, empty: bool, negated: bool) -> Condition {
        match (condition, empty, negated) {
            (Some(condition), true, false) => Condition::Any(vec![condition, self.attached(Vec::new(), true)]),
            (Some(condition), ..) => condition,
            (None, ..) => self.attached(Vec::new(), !negated),
        }
    }

    pub(super) fn worklog_author(&self, members: &[Member], negated: bool) -> Option<Condition> {
        let read = self.read(members)?;
        let only_empty = read.is_only_empty();
        let by = Actors { accounts: read.texts, or_unknown: false, negated: false };
        let condition = (!only_empty).then(|| self.having(vec![AttachedTest::Author(by)], negated));
        Some(self.or_none(condition, read.empty, negated))
    }

    pub(super) fn worklog_date_in(&self, members: &[Member], negated: bool) -> Option<Condition> {
        let read = self.read(members)?;
        let only_empty = read.is_only_empty();
        let test = Test::OneOf { values: Values::Date(read.days), or_empty: false, negated: false };
        let condition = (!only_empty).then(|| self.having(vec![AttachedTest::Day(test)], negated));
        Some(self.or_none(condition, read.empty, negated))
    }

    pub(super) fn worklog_date(&self, member: &Member, op: Comparison) -> Option<Condition> {
        let (op, day) = match self.binder.day_member(member, self.clause.span)? {
            DayOrInstant::Day(day) => (op, day),
            DayOrInstant::Instant(at) => self.day_of_instant(at, op),
        };
        Some(self.attached(vec![AttachedTest::Day(Test::Compare { op, value: Value::Date(day) })], false))
    }

    /// `text ~`, `textfields ~`: all words within one field, or one comment.
    pub(super) fn texts(&self, query: &Arc<TextQuery>, comments: bool) -> Condition {
        let catalog = self.binder.catalog;
        let mut fields: Vec<_> = ["summary", "description", "environment"]
            .into_iter()
            .filter(|c| catalog.issue_columns.contains(*c))
            .map(|c| issue_column(c, c, Shape::Text))
            .collect();
        for custom in catalog.custom_fields.iter().filter(|c| c.kind == Kind::Text && c.shape == Some(Shape::Text)) {
            fields.push(issue_column(&custom.name, &custom.id, Shape::Text));
        }
        let test = |field| Condition::Field(FieldCondition { field, test: Test::Text { query: query.clone(), negated: false } });
        let mut any: Vec<Condition> = fields.into_iter().map(test).collect();
        if comments && catalog.event_columns.contains("text") {
            any.push(self.attached(vec![AttachedTest::Text(query.clone())], false));
        }
        Condition::Any(any)
    }
}
