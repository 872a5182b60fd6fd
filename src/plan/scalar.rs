//! Values computed from a row, and their comparison.

use datafusion::arrow::datatypes::DataType;
use datafusion::functions::expr_fn::{lower, nullif};
use datafusion::logical_expr::{Expr, cast, lit};
use datafusion::scalar::ScalarValue;

use super::clock;
use super::columns::Zone;
use super::expr::{comparison, literal};
use super::scan::{Tables, field};
use crate::semantic::bound::{Arithmetic, CompareCondition, Micros, Scalar, Shape};

const DAY: Micros = 86_400_000_000;

/// Whether both sides are there and compare so; null where one is missing.
pub(crate) fn compare(tables: &Tables, of: &CompareCondition, zone: Zone<'_>) -> Expr {
    comparison(scalar(tables, &of.left, zone), of.op, scalar(tables, &of.right, zone))
}

fn scalar(tables: &Tables, of: &Scalar, zone: Zone<'_>) -> Expr {
    match of {
        // Texts are compared as views whatever the encoding of their columns.
        Scalar::Field(of) if matches!(of.shape, Shape::Text | Shape::KeyProject) => cast(field(tables, of), DataType::Utf8View),
        Scalar::Field(of) => field(tables, of),
        Scalar::Folded(of) => cast(lower(field(tables, of)), DataType::Utf8View),
        Scalar::Value(value) => literal(value),
        Scalar::Float(of) => cast(scalar(tables, of, zone), DataType::Float64),
        Scalar::Micros(of) => cast(cast(scalar(tables, of, zone), DataType::Int64), DataType::Float64),
        Scalar::Midnight(of) => clock::midnight(scalar(tables, of, zone), zone.name),
        Scalar::Day(of) => clock::day(scalar(tables, of, zone), zone.name),
        Scalar::Later(of, by) => scalar(tables, of, zone) + interval(*by),
        Scalar::DaysLater(of, days) => scalar(tables, of, zone) + interval(Micros::from(*days) * DAY),
        Scalar::Computed(arithmetic, left, right) => {
            let (left, right) = (scalar(tables, left, zone), scalar(tables, right, zone));
            match arithmetic {
                Arithmetic::Add => left + right,
                Arithmetic::Subtract => left - right,
                Arithmetic::Multiply => left * right,
                Arithmetic::Divide => left / nullif(right, lit(0.0)),
            }
        }
    }
}

/// A length; instants are of UTC, where every day has 24 hours.
fn interval(by: Micros) -> Expr {
    lit(ScalarValue::new_interval_mdn(0, (by / DAY) as i32, by % DAY * 1000))
}
