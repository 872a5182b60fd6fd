//! Values computed from a row, for comparisons of its fields with each other.

use super::bound::{BoundField, Comparison, Micros, Value};
use crate::diagnostic::Span;

/// Both sides have a value, and they compare so.
#[derive(Clone, Debug, PartialEq)]
pub struct CompareCondition {
    /// The left side.
    pub left: Scalar,
    /// Texts take `=` and `!=` only.
    pub op: Comparison,
    /// The right side, of the same type.
    pub right: Scalar,
    /// Where it was written.
    pub span: Span,
}

/// A value of a row or computed from some; none where one of them is missing.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// The value of a field that holds at most one.
    Field(BoundField),
    /// A text in lower case.
    Folded(BoundField),
    /// A value of the query.
    Value(Value),
    /// A number, whole or not, as a float.
    Float(Box<Scalar>),
    /// An instant as a float: microseconds since 1970 in UTC.
    Micros(Box<Scalar>),
    /// The instant at which a day begins in the session's zone.
    Midnight(Box<Scalar>),
    /// The day on which an instant falls in the session's zone.
    Day(Box<Scalar>),
    /// An instant so much later.
    Later(Box<Scalar>, Micros),
    /// A day so many days later.
    DaysLater(Box<Scalar>, i32),
    /// Of two floats. None where a division has no result.
    Computed(Arithmetic, Box<Scalar>, Box<Scalar>),
}

/// What is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
}

impl Arithmetic {
    /// The sign.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
        }
    }
}

impl Scalar {
    /// Whether some field that it reads is so.
    pub(crate) fn reads(&self, is: &impl Fn(&BoundField) -> bool) -> bool {
        self.fields().into_iter().any(is)
    }

    /// The fields that it is computed from.
    pub(crate) fn fields(&self) -> Vec<&BoundField> {
        match self {
            Self::Field(field) | Self::Folded(field) => vec![field],
            Self::Value(_) => Vec::new(),
            Self::Float(of)
            | Self::Micros(of)
            | Self::Midnight(of)
            | Self::Day(of)
            | Self::Later(of, _)
            | Self::DaysLater(of, _) => of.fields(),
            Self::Computed(_, left, right) => left.fields().into_iter().chain(right.fields()).collect(),
        }
    }
}
