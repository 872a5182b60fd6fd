//! The bound query: every name resolved, every value typed, every instant absolute, negation pushed to the leaves.
//!
//! `plan` reads only this. It holds no text of the query except spans for messages.
//!
//! Truth is two-valued: a condition holds for a row or it does not. JQL's hidden "and the field has a value" of negative
//! operators is explicit here ([`Test::OneOf`] with `negated`).

mod columns;

use std::sync::Arc;

pub use columns::{Aggregate, Column, ColumnExpr, LastingTime, NextEvent, Unit};

use crate::diagnostic::{Diagnostic, Span};
use crate::semantic::calendar::Calendar;
pub use crate::semantic::relation::{AttachedTest, LinkTest, Which};
pub use crate::semantic::scalar::{Arithmetic, CompareCondition, Scalar};
use crate::semantic::text::TextQuery;
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

/// At which instant the query is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsOf {
    /// What the query would have returned then: of the issues that existed, with the values that they had, and of the
    /// events until then, that instant included.
    Instant(Micros),
    /// In ACTIVITY: columns of the issue have the values that they had at the time of the event, changes of that instant
    /// included.
    Event,
}

/// A column of issues, and how to tell what it held.
#[derive(Clone, Debug, PartialEq)]
pub struct PastColumn {
    /// The column.
    pub column: String,
    /// How it holds values.
    pub shape: Shape,
    /// How to tell.
    pub told: Told,
}

/// How events tell what a column held.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// It never changes: the present value.
    Never,
    /// By the changes of a field: what the last one before led to, else what the first one after led from, else the
    /// present value.
    Changes {
        /// The field.
        field: HistoryField,
        /// Ids are its values (accounts), and names only where an event has no id.
        by_id: bool,
    },
    /// The project of the key at that time.
    ProjectOfKey(HistoryField),
    /// When the last change of the resolution set one; none where it was unresolved.
    Resolution(HistoryField),
    /// The time of the last event of the issue, or of its creation.
    LastEvent,
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

/// A test of a present value.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldCondition {
    /// What is tested.
    pub field: BoundField,
    /// How.
    pub test: Test,
}

/// A test of one value or one list of values, V (empty list and null alike: V = ∅).
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// V = ∅, or with `negated` V ≠ ∅.
    Empty {
        /// IS NOT EMPTY
        negated: bool,
    },
    /// Some v ∈ V is one of `values` (or V = ∅ where `or_empty`);
    /// with `negated`: V ≠ ∅ and no v ∈ V is one of `values`.
    OneOf {
        /// The alternatives; may be empty (a function that returned nothing).
        values: Values,
        /// EMPTY was in the list.
        or_empty: bool,
        /// `!=`, NOT IN
        negated: bool,
    },
    /// Some v ∈ V compares so.
    Compare {
        /// `<`, `<=`, `>`, `>=`
        op: Comparison,
        /// With what.
        value: Value,
    },
    /// Some v ∈ V matches the text query; with `negated`: V ≠ ∅ and none does.
    Text {
        /// The query.
        query: Arc<TextQuery>,
        /// `!~`
        negated: bool,
    },
    /// The one value is, ignoring case, the whole pattern; with `negated`: there is a value and it is not.
    Wildcard {
        /// `*` stands for any text, `?` for one character.
        pattern: String,
        /// `!~`
        negated: bool,
    },
    /// V is the list of a cascading select, its option and then perhaps its suboption, and has these, ignoring case; with
    /// `negated`: V ≠ ∅ and it has not.
    Cascade {
        /// In lower case.
        option: String,
        /// In lower case.
        child: CascadeChild,
        /// NOT IN
        negated: bool,
    },
}

/// What is asked of the suboption of a cascading select.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CascadeChild {
    /// Any or none.
    Any,
    /// There must be none.
    None,
    /// This one, in lower case.
    Is(String),
}

/// Some value of `field` is among the values of `relation`; with `negated`, none is (rows without a value too).
#[derive(Clone, Debug, PartialEq)]
pub struct AmongCondition {
    /// A column of the row.
    pub field: BoundField,
    /// What yields the values; nulls among them count for nothing.
    pub relation: Relation,
    /// The complement.
    pub negated: bool,
    /// Where it was written.
    pub span: Span,
}

/// A set of values.
#[derive(Clone, Debug, PartialEq)]
pub enum Relation {
    /// Ids of the issues to which a thing is attached now that passes all tests. A thing is what events of these entities
    /// with one `entity_id` speak of (one event, where it has none). It is there unless its last event deleted it; of
    /// events at one instant the one with the greatest id is the last.
    Attached {
        /// `entity` of its events.
        entities: Vec<String>,
        /// All must hold of one thing; none: any thing.
        tests: Vec<AttachedTest>,
        /// How many, or which.
        which: Which,
    },
    /// Keys of the issues with a link, seen from their end, that passes.
    Linked(LinkTest),
    /// A text column of the rows of a side table that pass all tests.
    Rows {
        /// The table.
        table: &'static str,
        /// The column whose values count.
        column: &'static str,
        /// Tests of its columns, of [`Scope::Side`].
        tests: Vec<FieldCondition>,
    },
    /// The values of the first column of a query.
    Query(Box<BoundQuery>),
    /// Ids of the issues whose last event passes. Events at one instant are in the order of their ids; those whose action is
    /// one of `not_actions` do not count.
    LastEvent(Box<EventTest>),
}

/// Alternatives of one type.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Texts as they stand in the data; compared exactly, or ignoring case where `fold`
    /// (then they are in lower case).
    Text {
        /// The alternatives.
        any: Vec<String>,
        /// Compare ignoring case.
        fold: bool,
    },
    /// Integers.
    Int(Vec<i64>),
    /// Floats.
    Float(Vec<f64>),
    /// Instants, in microseconds.
    Time(Vec<Micros>),
    /// Days since 1970-01-01.
    Date(Vec<i32>),
}

/// One value to compare with. A day field against an instant (`due < endOfDay()`) is already reduced to days.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Value {
    Text(String),
    Int(i64),
    Float(f64),
    Time(Micros),
    /// Days since 1970-01-01.
    Date(i32),
}

/// `field WAS values predicates`: some interval of the field's life has one of the values and satisfies all predicates;
/// with `negated`, no interval does. What belongs to no issue has no intervals. Of a field with several values at a time each element has intervals of its own, and
/// EMPTY holds where there is none; its values are then EMPTY alone or names, never both, and intervals of EMPTY that
/// begin and end at one instant do not count.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryCondition {
    /// Whose history.
    pub field: HistoryField,
    /// What it held.
    pub values: HistoryValues,
    /// Who set the value: each of these must hold. The setter of the first interval is the issue's creator, or its
    /// reporter where no creator is known.
    pub by: Vec<Actors>,
    /// `actor_kind` of who set it is one of these; each must hold. That of the first interval is not known.
    pub via: Vec<Vec<String>>,
    /// Bounds of the interval; each must hold.
    pub bounds: Vec<IntervalBound>,
    /// How long the interval lasted, until `now` where it is open.
    pub lasted: Option<Lasted>,
    /// WHILE: what else was so. The interval is then cut down to the times at which all of these held, and the bounds and
    /// the length are those of such a part, which is whole as long as they hold without a break.
    pub held: Vec<Held>,
    /// The end of open intervals.
    pub now: Micros,
    /// WAS NOT
    pub negated: bool,
    /// Where it was written.
    pub span: Span,
}

/// FOR: how long something lasted.
#[derive(Clone, Debug, PartialEq)]
pub struct Lasted {
    /// How the length compares.
    pub op: Comparison,
    /// With what, in microseconds of time, or of working time.
    pub length: Micros,
    /// The sum of all intervals that count, of which there must be one; otherwise that of one of them.
    pub total: bool,
    /// Only working time counts.
    pub working: Option<WorkingTime>,
}

/// Which hours count.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkingTime {
    /// The hours.
    pub calendar: Calendar,
    /// Where its clock hangs.
    pub zone: jiff::tz::TimeZone,
}

impl WorkingTime {
    /// The zone in which the hours are, as plans name it.
    pub(crate) fn zone_name(&self) -> String {
        let zone = self.calendar.zone().unwrap_or(&self.zone);
        super::session::name_of(zone, super::session::timestamp(0))
    }
}

/// An instant of the row lies in working time; with `negated`, it lies outside. Neither holds where there is no instant, or
/// where the zone is not known.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkingCondition {
    /// A column of [`Shape::Time`].
    pub field: BoundField,
    /// The hours. Their zone counts where `whose` is none.
    pub working: WorkingTime,
    /// The account by whose zone the hours are meant, as `time_zone` of the table of users has it.
    pub whose: Option<BoundField>,
    /// NOT IN
    pub negated: bool,
}

impl WorkingCondition {
    /// The fields of the row that it reads.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &BoundField> {
        std::iter::once(&self.field).chain(&self.whose)
    }
}

/// A state: the field has one of the values at that time. Of a field with several values at a time, one of them is.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// Which field.
    pub field: HistoryField,
    /// What it holds.
    pub values: HistoryValues,
    /// It has none of the values.
    pub negated: bool,
}

/// A field with history.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HistoryField {
    /// The name that users see.
    pub name: String,
    /// What events call it in `field` (one or more spellings).
    pub event_fields: Vec<String>,
    /// What events call it in `field_id`, where a custom field has an id.
    pub event_field_id: Option<String>,
    /// The present value; none where the issues table has no such column.
    pub present: Option<BoundField>,
    /// Several values at a time, one event an element added (`from` empty) or removed (`to` empty): fixVersion, labels.
    pub multi: bool,
}

/// Values of a field in history: matched by the name at the time, or by id.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HistoryValues {
    /// Names, compared exactly with `from_value`/`to_value` and with the present value.
    pub names: Vec<String>,
    /// Ids, compared with `from_id`/`to_id`.
    pub ids: Vec<String>,
    /// EMPTY is one of them.
    pub empty: bool,
}

/// A bound on an interval [start, end); open intervals end at infinity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntervalBound {
    /// start < t
    StartBefore(Micros),
    /// start <= t
    StartAtOrBefore(Micros),
    /// end > t
    EndAfter(Micros),
    /// end >= t
    EndAtOrAfter(Micros),
}

/// A set of accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actors {
    /// Account ids.
    pub accounts: Vec<String>,
    /// EMPTY: events whose actor is unknown.
    pub or_unknown: bool,
    /// BY NOT: the actor is known and none of these.
    pub negated: bool,
}

/// Among issues: the issue has an event that passes `event`, or as many as `times` says; in ACTIVITY: the row passes
/// `event` and is one of as many. With `negated`, the complement.
#[derive(Clone, Debug, PartialEq)]
pub struct EventCondition {
    /// What one event must be.
    pub event: EventTest,
    /// TIMES
    pub times: Option<Times>,
    /// NOT
    pub negated: bool,
    /// Where it was written.
    pub span: Span,
}

/// How many events, and what they have in common.
///
/// The events that pass are grouped by the values of `same` (among issues by the issue as well); one for which a value is
/// unknown is in no group. What is compared is a count: without `within` that of a group, with it that of the events of a
/// group in a window of that length, its first and last instant included. Among issues the greatest count of the issue
/// counts, which is 0 where there is none; in ACTIVITY the greatest of the counts that the row is part of.
///
/// With `distinct` a count is that of the different values of a column among these events. An event for which the value is
/// unknown is not among them.
#[derive(Clone, Debug, PartialEq)]
pub struct Times {
    /// How the count compares.
    pub op: Comparison,
    /// With what.
    pub count: i64,
    /// WITHIN, in microseconds.
    pub within: Option<Micros>,
    /// SAME: columns of [`Scope::Event`].
    pub same: Vec<BoundField>,
    /// DISTINCT: a column of [`Scope::Event`] whose values are counted; none: the events are.
    pub distinct: Option<BoundField>,
}

/// Events one after another. "After" means later in the order of time, and of `event_id` at one instant.
///
/// A chain is an event for each step that is not negated, each after the one before it, at most `within` later, with the
/// same values in `same`. A negated step asks of the event before it that no such event follows; where it has no `within`
/// and a further step follows, that none follows before the next event of the chain. What it shares in `same` it shares with
/// the event before it, whatever the next event shares with that. Among issues all events are the issue's. In ACTIVITY the
/// row is one of the events of a chain. With `negated`, the complement.
#[derive(Clone, Debug, PartialEq)]
pub struct SequenceCondition {
    /// The first event: one of these tests passes.
    pub first: Vec<EventTest>,
    /// What follows; the first of them may be negated, too.
    pub steps: Vec<SequenceStep>,
    /// The longest distance from the first event of the chain to the last, in microseconds, itself included. A chain of two
    /// events has none, since its step has it.
    pub within: Option<Micros>,
    /// NOT
    pub negated: bool,
    /// Where it was written.
    pub span: Span,
}

/// A further step of a sequence.
#[derive(Clone, Debug, PartialEq)]
pub struct SequenceStep {
    /// THEN NOT
    pub negated: bool,
    /// The event: one of these tests passes.
    pub events: Vec<EventTest>,
    /// The longest distance from the event before, in microseconds, itself included.
    pub within: Option<Micros>,
    /// Pairs of [`Scope::Event`] columns: of the event before, and of this one. Unknown values are not the same.
    pub same: Vec<(BoundField, BoundField)>,
}

/// A conjunction of tests on one event.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventTest {
    /// `entity` is one of these; none: any.
    pub entities: Option<Vec<String>>,
    /// `action` is one of these; none: any.
    pub actions: Option<Vec<String>>,
    /// `action` is none of these (what `CHANGED` leaves out: views, exports, logins).
    pub not_actions: Vec<String>,
    /// The change is of this field.
    pub field: Option<HistoryField>,
    /// Who acted; each must hold.
    pub by: Vec<Actors>,
    /// BY author, BY NOT author: who acted is known, and is (or is not) the known author of the thing ([`Scope::Thing`]).
    pub by_author: Option<bool>,
    /// `actor_kind` (or, for channels, `origin`) is one of these; each must hold.
    pub via: Vec<Vec<String>>,
    /// When; each must hold.
    pub time: Vec<TimeBound>,
    /// Old value; each must hold.
    pub from: Vec<HistoryValues>,
    /// New value; each must hold.
    pub to: Vec<HistoryValues>,
    /// LOWERED, RAISED
    pub stepped: Option<Stepped>,
    /// The event's text matches; each must hold. An event without text does not match.
    pub text: Vec<Arc<TextQuery>>,
}

/// The new value of a change is lower than the old one, or higher. Both have a place in the order.
#[derive(Clone, Debug, PartialEq)]
pub struct Stepped {
    /// Higher.
    pub raised: bool,
    /// What is lower than what.
    pub order: Order,
}

/// The order of a field's values.
#[derive(Clone, Debug, PartialEq)]
pub enum Order {
    /// They are numbers; another text has no place.
    Number,
    /// Values of a list of the site, the lowest first. The id of a value decides where it is one of these.
    Listed(Arc<Vec<HistoryValues>>),
}

/// A bound on an event's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum TimeBound {
    After(Micros),
    AtOrAfter(Micros),
    Before(Micros),
    AtOrBefore(Micros),
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
