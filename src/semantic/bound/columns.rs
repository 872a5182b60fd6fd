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
    /// How long something of the row's issue lasted, in whole seconds.
    Lasting(Box<LastingTime>),
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
            Self::Aggregate(_, None) => Vec::new(),
            Self::Aggregate(_, Some(of)) => match of.as_ref() {
                Self::Field(of) | Self::Bucket(_, of) => vec![of],
                Self::Lasting(lasting) => lasting.fields(),
                Self::Aggregate(..) => Vec::new(),
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
        }
    }
}
