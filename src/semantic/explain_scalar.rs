//! Comparisons of fields in plain words.

use super::bound::{Arithmetic, CompareCondition, Scalar, Scope, Value};
use super::explain::{Words, comparison, day_text, length_text};

const DAY: i64 = 86_400_000_000;
const SECOND: f64 = 1e6;

impl Words<'_> {
    pub(super) fn compared(&self, of: &CompareCondition) -> String {
        let timely = is_time(&of.left) || is_time(&of.right);
        let lasting = is_length(&of.left) || is_length(&of.right);
        let side = |side: &Scalar| match side {
            Scalar::Value(Value::Float(seconds)) if lasting => length_text((seconds * SECOND) as i64),
            side => self.scalar(side),
        };
        format!("{} is {} {}", side(&of.left), comparison(of.op, timely), side(&of.right))
    }

    fn scalar(&self, of: &Scalar) -> String {
        match of {
            Scalar::Field(field) | Scalar::Folded(field) => match field.scope {
                Scope::Event => format!("the event's {}", field.name),
                _ => format!("its {}", field.name),
            },
            Scalar::Value(value) => match value {
                Value::Text(text) => text.clone(),
                Value::Int(n) => n.to_string(),
                Value::Float(n) => n.to_string(),
                Value::Time(at) => self.time(*at),
                Value::Date(day) => day_text(*day),
            },
            Scalar::Float(of) | Scalar::Micros(of) => self.scalar(of),
            Scalar::Midnight(of) => format!("the midnight of {}", self.scalar(of)),
            Scalar::Day(of) => format!("the day of {}", self.scalar(of)),
            Scalar::Later(of, by) => self.later(of, *by),
            Scalar::DaysLater(of, days) => self.later(of, i64::from(*days) * DAY),
            // Only the unit changes.
            Scalar::Computed(Arithmetic::Divide | Arithmetic::Multiply, of, by) if **by == Scalar::Value(Value::Float(SECOND)) => {
                self.scalar(of)
            }
            Scalar::Computed(arithmetic, left, right) => {
                let part = |of: &Scalar| match of {
                    Scalar::Computed(..) => format!("({})", self.scalar(of)),
                    _ => self.scalar(of),
                };
                format!("{} {} {}", part(left), arithmetic.as_str(), part(right))
            }
        }
    }

    fn later(&self, of: &Scalar, by: i64) -> String {
        format!("{} {} {}", length_text(by.abs()), if by < 0 { "before" } else { "after" }, self.scalar(of))
    }
}

/// Whether it is a length in seconds.
fn is_length(of: &Scalar) -> bool {
    match of {
        Scalar::Float(of) => match &**of {
            Scalar::Field(field) => ["original_estimate", "remaining_estimate", "time_spent"].contains(&field.column.as_str()),
            _ => false,
        },
        Scalar::Computed(Arithmetic::Divide, _, by) if **by == Scalar::Value(Value::Float(SECOND)) => true,
        Scalar::Computed(_, left, right) => is_length(left) || is_length(right),
        _ => false,
    }
}

fn is_time(of: &Scalar) -> bool {
    match of {
        Scalar::Field(field) => matches!(field.shape, super::bound::Shape::Time | super::bound::Shape::Date),
        Scalar::Midnight(_) | Scalar::Day(_) | Scalar::Later(..) | Scalar::DaysLater(..) => true,
        _ => false,
    }
}
