//! Tests of present values.

use std::sync::Arc;

use super::{AttachedTest, BoundField, BoundQuery, Comparison, EventTest, LinkTest, Micros, Which};
use crate::diagnostic::Span;
use crate::semantic::text::TextQuery;

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
        /// Tests of its columns, of [`Scope::Side`](super::Scope::Side).
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
