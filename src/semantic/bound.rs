//! The bound query: every name resolved, every value typed, every instant absolute, negation pushed to the leaves.
//!
//! `plan` reads only this. It holds no text of the query except spans for messages.
//!
//! Truth is two-valued: a condition holds for a row or it does not. JQL's hidden "and the field has a value" of negative
//! operators is explicit here ([`Test::OneOf`] with `negated`).

mod columns;
mod events;
mod history;
mod past;
mod values;

use std::sync::Arc;

pub use columns::{Aggregate, Column, ColumnExpr, LastingTime, NextEvent, Unit};
pub use events::{EventCondition, EventTest, Order, SequenceCondition, SequenceStep, Stepped, TimeBound, Times};
pub use history::{
    Actors, Held, HistoryCondition, HistoryField, HistoryValues, IntervalBound, Lasted, WorkingCondition, WorkingTime,
};
pub use past::{AsOf, PastColumn, Told};
pub use values::{AmongCondition, CascadeChild, FieldCondition, Relation, Test, Value, Values};

use crate::diagnostic::Diagnostic;
pub use crate::semantic::relation::{AttachedTest, LinkTest, Which};
pub use crate::semantic::scalar::{Arithmetic, CompareCondition, Scalar};
pub use crate::syntax::ast::{Comparison, Target};

/// Microseconds since 1970-01-01T00:00:00Z.
pub type Micros = i64;

/// A query that can be planned.
#[derive(Clone, Debug, PartialEq)]
pub struct BoundQuery {
    /// What the rows are.
    pub target: Target,
    /// Which rows; none means all.
    pub condition: Option<Condition>,
    /// Whether issues with a deletion time take part: the query names their deletion.
    pub with_deleted: bool,
    /// AS OF
    pub as_of: Option<AsOf>,
    /// The columns of issues that the query reads, and how events tell what they held: for AS OF, and for deleted issues
    /// that have no row any more.
    pub past: Vec<PastColumn>,
    /// Keys of GROUP BY; they are also the first of `columns`.
    pub group_by: Vec<Column>,
    /// Whether the query groups or aggregates.
    pub aggregated: bool,
    /// The columns of the answer, in order.
    pub columns: Vec<Column>,
    /// Sort keys, outermost first, the tie-breakers included.
    pub order_by: Vec<SortKey>,
    /// At most so many rows.
    pub limit: Option<u64>,
    /// Warnings; never errors.
    pub warnings: Vec<Diagnostic>,
}

/// A condition on one row, free of NOT.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// All hold. Empty: true.
    All(Vec<Condition>),
    /// One holds. Empty: false.
    Any(Vec<Condition>),
    /// A test of a present value.
    Field(FieldCondition),
    /// `field WAS ...`
    History(Box<HistoryCondition>),
    /// `field CHANGED ...`, `comment DELETED ...`
    Events(Box<EventCondition>),
    /// A value of the row is among the values of a relation: `key IN linkedIssues(PAY-1)`, `comment ~ timeout`.
    Among(Box<AmongCondition>),
    /// `comment DELETED THEN issue DELETED WITHIN 1h`
    Sequence(Box<SequenceCondition>),
    /// Two values of the row compare: `resolved > field(due)`.
    Compare(Box<CompareCondition>),
    /// `time NOT IN workingTime(actor)`
    Working(Box<WorkingCondition>),
}

/// Where a value is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// A column of `issues`: in ACTIVITY, of the event's issue as it is now.
    Issue,
    /// A column of `events`; only in ACTIVITY.
    Event,
    /// Of the thing that an event speaks of (a comment by its id, the issue itself), as its other events tell it; only in
    /// ACTIVITY. Columns: `author`, the actor of the first event that made it; `made`, its time; `old_text`, the text of the
    /// last event before this one that has one (for a deletion, its own text comes first; the issue itself has none). A
    /// thing is what events of one `entity`, `issue_id` and `entity_id` speak of; an event without `entity_id` is alone.
    Thing,
    /// A column of a side table; only within [`Relation::Rows`].
    Side(&'static str),
}

/// The shape in which a column holds its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// One text or none.
    Text,
    /// A list of texts.
    TextList,
    /// One integer or none (counts, ids, durations in seconds).
    Int,
    /// One float or none.
    Float,
    /// One truth value or none.
    Bool,
    /// An instant or none.
    Time,
    /// A calendar day or none.
    Date,
    /// The number behind the dash of an issue key (`PAY-12` → 12), computed from the text column.
    KeyNumber,
    /// The project before the dash of an issue key (`PAY-12` → PAY), computed from the text column.
    KeyProject,
    /// An integer computed from the row's `time_spent` and `original_estimate`: the percentage spent, without fraction;
    /// none without an estimate or with one of zero.
    WorkRatio,
    /// A float written as text; other texts are none.
    NumberText,
    /// An instant or day written as ISO 8601 text, in UTC where it names no offset; other texts are none.
    TimeText,
}

/// A resolved column.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BoundField {
    /// The name that users see (`fixVersion`, `Story Points`).
    pub name: String,
    /// Which table.
    pub scope: Scope,
    /// The column's name in that table.
    pub column: String,
    /// How it holds values.
    pub shape: Shape,
}

/// A sort key.
#[derive(Clone, Debug, PartialEq)]
pub struct SortKey {
    /// What is compared.
    pub by: SortBy,
    /// Smallest first.
    pub ascending: bool,
    /// Empty values first. JQL: last in ASC, first in DESC.
    pub empty_first: bool,
}

/// What a sort compares.
#[derive(Clone, Debug, PartialEq)]
pub enum SortBy {
    /// A column of the answer, by position (the only kind in aggregated queries).
    Output(usize),
    /// A value, compared as it is (texts ignoring case).
    Value(BoundField),
    /// A value's place in a list of the site (priorities, statuses): values not in the list come after it.
    Rank(BoundField, Arc<Vec<String>>),
    /// The first in order of a list's places in a list of the site (sprints): names that are not in it come last.
    Listed(BoundField, Arc<Vec<String>>),
    /// Versions and components: the issue's project, then the first in order of their places among the pairs of project
    /// and name. Pairs that are not in the list come last.
    InProject(BoundField, Arc<Vec<(String, String)>>),
    /// Issue keys: project, then number.
    Key(BoundField),
    /// The display name behind an account id.
    UserName(BoundField),
}

impl SortBy {
    /// The field whose value orders; none for a column of the answer.
    pub(crate) fn field(&self) -> Option<&BoundField> {
        match self {
            Self::Output(_) => None,
            Self::Value(of)
            | Self::Rank(of, _)
            | Self::Listed(of, _)
            | Self::InProject(of, _)
            | Self::Key(of)
            | Self::UserName(of) => Some(of),
        }
    }
}

impl BoundQuery {
    /// The fields that the columns show and the order reads; those of the condition are not among them.
    pub(crate) fn fields_of_answer(&self) -> impl Iterator<Item = &BoundField> {
        let shown = self.columns.iter().flat_map(|c| c.expr.fields());
        shown.chain(self.order_by.iter().filter_map(|key| key.by.field()))
    }
}
