//! Columns of the answer.

use super::{BoundField, HistoryField, HistoryValues, Micros, Shape};

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
    /// How long something of the row's issue or thing lasted, in whole seconds.
    Lasting(Box<LastingTime>),
    /// In ACTIVITY: when the next event of the row's thing was; none where there is none yet.
    Until(Box<NextEvent>),
    /// Over the group: of a column of its rows, which is no aggregate; none counts the rows.
    Aggregate(Aggregate, Option<Box<ColumnExpr>>),
}

/// How long something lasted, in whole seconds; in ACTIVITY of the event's issue. None of an event without an issue.
#[derive(Clone, Debug, PartialEq)]
pub enum LastingTime {
    /// The sum of the intervals in which a field with one value at a time had one of the values: 0 where it never had. None
    /// where its life is not known: the first of these intervals has no known start, or neither a change nor a row of the
    /// issue tells what it held.
    In {
        /// Whose history.
        field: HistoryField,
        /// What it held.
        values: HistoryValues,
        /// The end of open intervals.
        now: Micros,
    },
    /// From one column of instants to another; none where one of them is.
    Between {
        /// The start.
        from: BoundField,
        /// The end.
        to: BoundField,
    },
    /// From the first change of a field to one of the values until an instant of the issue; none where there is no such
    /// change before it, or no such instant.
    SinceFirst {
        /// Whose changes.
        field: HistoryField,
        /// What they led to.
        values: HistoryValues,
        /// The end.
        to: BoundField,
    },
    /// In ACTIVITY: from the event to the next one of its thing; none where there is none yet.
    Until(NextEvent),
}

/// The next event of the thing that an event speaks of, of whatever rows the query has. "Next" is the first one later in the
/// order of time, and of `event_id` at one instant.
///
/// Two events are of one thing where `entity` and `issue_id` are the same, and the known `entity_id` is (of issues the id).
/// An event may speak of a part of its thing. A change of a field speaks of the field, known by its id where it has one, and
/// where the field is one of `lists` of the element that came or went. What is added, granted or assigned, or the opposite
/// ([`NextEvent::joining`]), speaks of that member: the new value, or the old one where there is no new one.
///
/// An event passes where its action is one of `actions`, or any change with `any_change`. After an event of a whole thing the
/// next one that passes counts, of whatever part. After one of a part the next one that passes and is of the same part
/// counts, or one that speaks of no member and whose action is one of `of_thing`, whichever comes first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NextEvent {
    /// The verbs, as a query spells them.
    pub verbs: Vec<String>,
    /// Their actions.
    pub actions: Vec<String>,
    /// Whether `changed` is among them: every action but views, exports and the like.
    pub any_change: bool,
    /// Actions of those verbs that speak of a thing as a whole.
    pub of_thing: Vec<String>,
    /// Fields with several values.
    pub lists: Vec<HistoryField>,
}

impl NextEvent {
    /// Actions that make something a member of a thing, and those that end it.
    pub fn joining() -> Vec<String> {
        ["added", "removed", "granted", "revoked", "assigned", "unassigned"].map(str::to_string).to_vec()
    }
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

impl Unit {
    /// From the shortest to the longest.
    pub(crate) const ALL: [Self; 6] = [Self::Hour, Self::Day, Self::Week, Self::Month, Self::Quarter, Self::Year];

    /// As queries and plans name it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }
}

/// An aggregate function. Rows without a value do not count; of no value at all it is none, and a count is 0.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Aggregate {
    Count,
    CountDistinct,
    Min,
    Max,
    Sum,
    Avg,
    Median,
    /// Of n values in order, the one in the place p / 100 * (n - 1), counted from 0. Between two places it lies between their
    /// values, in proportion, to a millionth of their distance.
    Percentile(f64),
}

impl ColumnExpr {
    /// Whether it is over a group.
    pub fn is_aggregate(&self) -> bool {
        matches!(self, Self::Aggregate(..))
    }

    /// Columns of tables that it reads, those behind the history of a field among them.
    pub fn fields(&self) -> Vec<&BoundField> {
        match self {
            Self::Field(of) | Self::Bucket(_, of) => vec![of],
            Self::Lasting(lasting) => lasting.fields(),
            Self::Aggregate(_, None) | Self::Until(_) => Vec::new(),
            Self::Aggregate(_, Some(of)) => match of.as_ref() {
                Self::Field(of) | Self::Bucket(_, of) => vec![of],
                Self::Lasting(lasting) => lasting.fields(),
                Self::Aggregate(..) | Self::Until(_) => Vec::new(),
            },
        }
    }

    /// What it measures, by itself or in an aggregate.
    pub fn lasting(&self) -> Option<&LastingTime> {
        match self {
            Self::Lasting(lasting) => Some(lasting),
            Self::Aggregate(_, Some(of)) => match of.as_ref() {
                Self::Lasting(lasting) => Some(lasting),
                _ => None,
            },
            _ => None,
        }
    }

    /// How a column of the row holds its values; none for aggregates.
    pub fn row_shape(&self) -> Option<Shape> {
        match self {
            Self::Field(of) => Some(of.shape),
            Self::Bucket(_, of) => Some(of.shape),
            Self::Lasting(_) => Some(Shape::Int),
            Self::Until(_) => Some(Shape::Time),
            Self::Aggregate(..) => None,
        }
    }
}

impl LastingTime {
    fn fields(&self) -> Vec<&BoundField> {
        match self {
            Self::In { field, .. } => field.present.iter().collect(),
            Self::Between { from, to } => vec![from, to],
            Self::SinceFirst { to, .. } => vec![to],
            Self::Until(_) => Vec::new(),
        }
    }
}
