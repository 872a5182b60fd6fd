//! Values computed from one row, and their comparison.

use jiff::Timestamp;
use jqlx::semantic::bound::{Arithmetic, CompareCondition, Scalar, Value};

use super::condition::compares;
use super::{Cell, Context, Row, cells};

/// Whether both sides are there and compare so.
pub fn holds(of: &CompareCondition, row: Row<'_>, context: &Context<'_>) -> bool {
    let (Some(left), Some(right)) = (value(&of.left, row, context), value(&of.right, row, context)) else { return false };
    let order = match (&left, &right) {
        // As they stand: texts that are compared ignoring case are in lower case by now.
        (Cell::Text(a), Cell::Text(b)) => a.cmp(b),
        (Cell::Float(a), Cell::Float(b)) => a.partial_cmp(b).expect("numbers of tests are numbers"),
        _ => left.compare(&right),
    };
    compares(of.op, order)
}

fn value(of: &Scalar, row: Row<'_>, context: &Context<'_>) -> Option<Cell> {
    let inner = |of: &Scalar| value(of, row, context);
    Some(match of {
        Scalar::Field(field) => row.values(field, context).into_iter().next()?,
        Scalar::Folded(field) => match row.values(field, context).into_iter().next()? {
            Cell::Text(text) => Cell::Text(text.to_lowercase()),
            other => panic!("{other:?} has no case"),
        },
        Scalar::Value(value) => match value {
            Value::Text(text) => Cell::Text(text.clone()),
            Value::Int(n) => Cell::Int(*n),
            Value::Float(n) => Cell::Float(*n),
            Value::Time(at) => Cell::Time(*at),
            Value::Date(day) => Cell::Date(*day),
        },
        Scalar::Float(of) => match inner(of)? {
            Cell::Int(n) => Cell::Float(n as f64),
            Cell::Float(n) => Cell::Float(n),
            other => panic!("{other:?} is no number"),
        },
        Scalar::Micros(of) => Cell::Float(time(inner(of)?) as f64),
        Scalar::Midnight(of) => {
            let midnight = cells::civil(day(inner(of)?)).to_zoned(context.zone.clone()).expect("days of tests are in range");
            Cell::Time(midnight.timestamp().as_microsecond())
        }
        Scalar::Day(of) => {
            let at = Timestamp::from_microsecond(time(inner(of)?)).expect("times of tests are in range");
            Cell::Date(cells::days(at.to_zoned(context.zone.clone()).date()))
        }
        Scalar::Later(of, by) => Cell::Time(time(inner(of)?) + by),
        Scalar::DaysLater(of, days) => Cell::Date(day(inner(of)?) + days),
        Scalar::Computed(arithmetic, left, right) => {
            let (Cell::Float(a), Cell::Float(b)) = (inner(left)?, inner(right)?) else { panic!("{of:?} is no arithmetic") };
            Cell::Float(match arithmetic {
                Arithmetic::Add => a + b,
                Arithmetic::Subtract => a - b,
                Arithmetic::Multiply => a * b,
                Arithmetic::Divide if b == 0.0 => return None,
                Arithmetic::Divide => a / b,
            })
        }
    })
}

fn time(cell: Cell) -> i64 {
    match cell {
        Cell::Time(at) => at,
        other => panic!("{other:?} is no instant"),
    }
}

fn day(cell: Cell) -> i32 {
    match cell {
        Cell::Date(day) => day,
        other => panic!("{other:?} is no day"),
    }
}
