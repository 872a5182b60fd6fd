//! The bound query: every name resolved, every value typed, every instant absolute, negation pushed to the leaves.
//!
//! `plan` reads only this. It holds no text of the query except spans for messages.
//!
//! Truth is two-valued: a condition holds for a row or it does not. JQL's hidden "and the field has a value" of negative
//! operators is explicit here ([`Test::OneOf`] with `negated`).

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Span};
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
    /// Two values of the row compare: `resolved > field(due)`.
    Compare(Box<CompareCondition>),
}

/// Where a value is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// A column of `issues`: in ACTIVITY, of the event's issue as it is now.
    Issue,
    /// A column of `events`; only in ACTIVITY.
    Event,
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
/// with `negated`, no interval does. Of a field with several values at a time each element has intervals of its own, and
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
    /// Bounds of the interval; each must hold.
    pub bounds: Vec<IntervalBound>,
    /// How long the interval lasted, in microseconds until `now` where it is open.
    pub lasted: Option<(Comparison, i64)>,
    /// The end of open intervals.
    pub now: Micros,
    /// WAS NOT
    pub negated: bool,
    /// Where it was written.
    pub span: Span,
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

/// Among issues: the number of events of the issue that pass `event` compares as `times` says (default `>= 1`);
/// in ACTIVITY: the row passes `event`. With `negated`, the complement.
#[derive(Clone, Debug, PartialEq)]
pub struct EventCondition {
    /// What one event must be.
    pub event: EventTest,
    /// TIMES
    pub times: Option<(Comparison, i64)>,
    /// NOT
    pub negated: bool,
    /// Where it was written.
    pub span: Span,
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
    /// `actor_kind` (or, for channels, `origin`) is one of these; each must hold.
    pub via: Vec<Vec<String>>,
    /// When; each must hold.
    pub time: Vec<TimeBound>,
    /// Old value; each must hold.
    pub from: Vec<HistoryValues>,
    /// New value; each must hold.
    pub to: Vec<HistoryValues>,
    /// The event's text matches; each must hold. An event without text does not match.
    pub text: Vec<Arc<TextQuery>>,
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

/// A column of the answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name in the answer.
    pub name: String,
    /// What it holds.
    pub expr: ColumnExpr,
}

/// What a column holds.
#[derive(Clone, Debug, PartialEq)]
pub enum ColumnExpr {
    /// A value of the row.
    Field(BoundField),
    /// The start of the time unit that an instant lies in, in the session's zone; an instant.
    Bucket(Unit, BoundField),
    /// Over the group.
    Aggregate(Aggregate, Option<BoundField>),
}

/// A unit of calendar time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Unit {
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// An aggregate function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Aggregate {
    Count,
    CountDistinct,
    Min,
    Max,
    Sum,
    Avg,
    Median,
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
