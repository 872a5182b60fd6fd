//! Fields compared with each other: `resolved > field(due)`.

use super::binder::Binder;
use super::bound::{BoundField, CompareCondition, Comparison, Condition, Micros, Scalar, Shape, Value};
use super::clause::Site;
use super::dates;
use super::field::{Named, Place, issue_column};
use crate::catalog::fields::{Kind, Source};
use crate::catalog::functions::{self, Evaluation};
use crate::diagnostic::{Diagnostic, Span, codes};
use crate::syntax::ast::{Call, Literal, Operand, Operator};

const DAY: Micros = 86_400_000_000;

/// The farthest that an offset may reach; sums stay within what instants can be.
const MOST: Micros = 36_525 * DAY;

/// What decides whether two values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    /// A number; the scalar is whole or a float.
    Number,
    /// Seconds, whole or a float.
    Duration,
    /// An instant.
    Instant,
    /// A day.
    Day,
    /// An instant as a float of microseconds.
    Moment,
    /// A text that is compared ignoring case, except accounts.
    Text(Kind),
}

/// A value with its type.
#[derive(Clone, Debug)]
pub(super) struct Typed {
    pub(super) scalar: Scalar,
    pub(super) of: Type,
    /// What messages call it.
    pub(super) name: String,
    pub(super) span: Span,
}

impl Typed {
    /// `a user`, `a number`
    pub(super) fn words(&self) -> String {
        match self.of {
            Type::Number => "a number".to_string(),
            Type::Duration => "a duration".to_string(),
            Type::Instant | Type::Moment => "a date and time".to_string(),
            Type::Day => "a date".to_string(),
            Type::Text(kind) => {
                let noun = kind.name();
                format!("{} {noun}", if noun.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" })
            }
        }
    }

    pub(super) fn is_date(&self) -> bool {
        matches!(self.of, Type::Instant | Type::Day | Type::Moment)
    }

    /// A date as an instant: a day counts as its midnight.
    pub(super) fn instant(self) -> Scalar {
        if self.of == Type::Day { Scalar::Midnight(Box::new(self.scalar)) } else { self.scalar }
    }

    /// A date as a float of microseconds.
    pub(super) fn moment(self) -> Scalar {
        if self.of == Type::Moment { self.scalar } else { Scalar::Micros(Box::new(self.instant())) }
    }

    /// A number as a float, where it is not one already.
    pub(super) fn float(self) -> Scalar {
        match self.scalar {
            computed @ (Scalar::Computed(..) | Scalar::Float(_) | Scalar::Micros(_) | Scalar::Value(Value::Float(_))) => computed,
            whole => Scalar::Float(Box::new(whole)),
        }
    }

    /// A date moved: whole days move a day to a day, and anything less makes it an instant.
    pub(super) fn moved(self, by: Micros) -> Typed {
        if self.of == Type::Instant {
            return Typed { scalar: Scalar::Later(Box::new(self.scalar), by), ..self };
        }
        let (days, rest) = (by.div_euclid(DAY), by.rem_euclid(DAY));
        let day = Scalar::DaysLater(Box::new(self.scalar), days as i32);
        if rest == 0 {
            return Typed { scalar: day, ..self };
        }
        Typed { scalar: Scalar::Later(Box::new(Scalar::Midnight(Box::new(day))), rest), of: Type::Instant, ..self }
    }
}

/// The operand, where it is a call of field().
pub(super) fn other_field(operand: &Operand) -> Option<&Call> {
    let Operand::Call(call) = operand else { return None };
    functions::function(&call.name.text).is_some_and(|f| f.evaluation == Evaluation::OtherField).then_some(call)
}

/// The comparison that an operator is.
fn comparison(operator: Operator) -> Option<Comparison> {
    Some(match operator {
        Operator::Eq => Comparison::Eq,
        Operator::NotEq => Comparison::NotEq,
        Operator::Lt => Comparison::Lt,
        Operator::LtEq => Comparison::LtEq,
        Operator::Gt => Comparison::Gt,
        Operator::GtEq => Comparison::GtEq,
        _ => return None,
    })
}

/// What holds of two values where `op` does not.
pub(super) fn opposite(op: Comparison) -> Comparison {
    match op {
        Comparison::Eq => Comparison::NotEq,
        Comparison::NotEq => Comparison::Eq,
        Comparison::Lt => Comparison::GtEq,
        Comparison::LtEq => Comparison::Gt,
        Comparison::Gt => Comparison::LtEq,
        Comparison::GtEq => Comparison::Lt,
    }
}

impl Site<'_, '_> {
    /// `resolved > field(due, "+1d")`
    pub(super) fn compare_field(&self, call: &Call, negated: bool) -> Option<Condition> {
        let binder = self.binder;
        let operator = self.clause.operator.node;
        let Some(op) = comparison(operator) else {
            let message = format!("field() is one value of the row, and {} does not take it", operator.as_str());
            let help = "it stands behind =, !=, <, <=, > or >=".to_string();
            return binder.refuse(codes::WRONG_OPERAND, call.span, message, help);
        };
        let (_, arguments) = binder.call(call)?;
        let (name, offset) = (arguments.first()?, arguments.get(1));
        let left = binder.typed(self.field, self.clause.field.span)?;
        let right = binder.typed_field(name)?;
        let right = match offset {
            None => right,
            Some(literal) if right.is_date() => right.moved(binder.offset(literal)?),
            Some(literal) => {
                let message = format!("an offset moves dates, and `{}` is {}", right.name, right.words());
                return binder.refuse(codes::WRONG_ARGUMENTS, literal.span, message, None);
            }
        };
        binder.compared(left, if negated { opposite(op) } else { op }, right, self.clause.span)
    }
}

impl Binder<'_> {
    /// The field of a name that is an argument.
    pub(super) fn typed_field(&self, name: &Literal) -> Option<Typed> {
        let named = match self.find_field(&name.text) {
            Some(named) => named,
            None => return self.unknown_field(&name.text, name.span),
        };
        self.typed(&named, name.span)
    }

    /// The one value of a field in the row.
    pub(super) fn typed(&self, named: &Named, span: Span) -> Option<Typed> {
        let name = named.name.clone();
        let refuse = |why: String| self.refuse(codes::WRONG_OPERAND, span, why, None);
        let field: BoundField = match &named.place {
            Place::Columns(columns) => match columns.as_slice() {
                [one] => one.clone(),
                _ => return refuse(format!("several custom fields are called `{name}`: write one as \"cf[10001]\"")),
            },
            Place::Of(Source::Key) => issue_column("key", "key", Shape::Text),
            Place::Missing(what) => {
                let message = format!("`{name}` cannot be answered: it needs {what}");
                return self.refuse(codes::NEEDS_DATA, span, message, None);
            }
            Place::Of(_) | Place::Links(_) | Place::Property { .. } => {
                return refuse(format!("`{name}` is looked up beside the row, so it does not compare with another field"));
            }
        };
        let of = match (field.shape, named.kind) {
            (Shape::TextList, _) => {
                return refuse(format!("`{name}` holds several values, and a comparison of fields wants one"));
            }
            (Shape::Text | Shape::KeyProject, kind) => Type::Text(kind),
            (Shape::Int | Shape::KeyNumber | Shape::WorkRatio | Shape::Float, Kind::Duration) => Type::Duration,
            (Shape::Int | Shape::KeyNumber | Shape::WorkRatio | Shape::Float, _) => Type::Number,
            (Shape::Time, _) => Type::Instant,
            (Shape::Date, _) => Type::Day,
            (Shape::Bool | Shape::NumberText | Shape::TimeText, _) => {
                return refuse(format!("`{name}` does not compare with another field"));
            }
        };
        Some(Typed { scalar: Scalar::Field(field), of, name, span })
    }

    /// An offset such as `+1d` or `-1w 2h`, in microseconds.
    pub(super) fn offset(&self, literal: &Literal) -> Option<Micros> {
        let read = dates::offset(&literal.text).filter(|by| by.abs() <= MOST);
        read.or_else(|| {
            self.refuse(
                codes::UNREAD_DURATION,
                literal.span,
                format!("`{}` is no offset", literal.text),
                "write a length with its units, at most a hundred years: \"+1d\", \"-2w\", \"4h 30m\"".to_string(),
            )
        })
    }

    /// Whether two values compare so; both must be there.
    pub(super) fn compared(&self, left: Typed, op: Comparison, right: Typed, span: Span) -> Option<Condition> {
        let ordered = !matches!(op, Comparison::Eq | Comparison::NotEq);
        let of = |left, right| Some(Condition::Compare(Box::new(CompareCondition { left, op, right, span })));
        match (left.of, right.of) {
            (Type::Number, Type::Number) | (Type::Duration, Type::Duration) => of(left.float(), right.float()),
            (Type::Day, Type::Day) => of(left.scalar, right.scalar),
            (Type::Instant | Type::Day, Type::Instant | Type::Day) => of(left.instant(), right.instant()),
            (Type::Instant | Type::Day | Type::Moment, Type::Instant | Type::Day | Type::Moment) => {
                of(left.moment(), right.moment())
            }
            (Type::Text(a), Type::Text(b)) if fits(a, b) && ordered => {
                let message = format!("`{}` is {}, and these are equal or not", left.name, left.words());
                let help = "numbers, durations and dates have an order".to_string();
                self.refuse(codes::WRONG_OPERAND, right.span, message, help)
            }
            (Type::Text(Kind::User), Type::Text(Kind::User)) => of(left.scalar, right.scalar),
            (Type::Text(a), Type::Text(b)) if fits(a, b) => of(folded(left.scalar), folded(right.scalar)),
            _ => {
                let message =
                    format!("`{}` is {} and `{}` is {}: they do not compare", left.name, left.words(), right.name, right.words());
                self.report(Diagnostic::error(codes::WRONG_OPERAND, message).at(right.span, "").at(left.span, ""));
                None
            }
        }
    }
}

fn folded(scalar: Scalar) -> Scalar {
    match scalar {
        Scalar::Field(field) => Scalar::Folded(field),
        other => other,
    }
}

/// Whether texts of these kinds may be equal: what history and options hold may be anything.
fn fits(a: Kind, b: Kind) -> bool {
    let anything = |k: Kind| matches!(k, Kind::Name | Kind::Option | Kind::Text);
    a == b || anything(a) || anything(b)
}
