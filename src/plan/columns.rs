//! Columns of the answer as expressions.

use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::functions::expr_fn::date_trunc;
use datafusion::functions_aggregate::expr_fn::{avg, count, count_distinct, max, median, min, percentile_cont, sum};
use datafusion::functions_nested::expr_fn::cardinality;
use datafusion::logical_expr::{Expr, cast, lit, when};
use datafusion::scalar::ScalarValue;

use super::bucket;
use super::facts::Facts;
use super::scan::{Tables, field, time_type};
use crate::error::Error;
use crate::semantic::WeekStart;
use crate::semantic::bound::{Aggregate, BoundField, ColumnExpr, Shape, Unit};

/// What time buckets follow.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Zone<'a> {
    /// The session's zone as Arrow names it.
    pub(crate) name: &'a str,
    /// On which day weeks begin there.
    pub(crate) week_start: WeekStart,
}

/// A column; `facts` gather what it asks of the events.
pub(crate) fn column(facts: &mut Facts<'_>, of: &ColumnExpr) -> Result<Expr, Error> {
    Ok(match of {
        ColumnExpr::Aggregate(aggregate, argument) => {
            let value = argument.as_ref().map_or_else(|| Ok(lit(1i64)), |of| counted(facts, of))?;
            // The middle of two whole numbers need not be whole.
            let float = |value: Expr| cast(value, DataType::Float64);
            match aggregate {
                Aggregate::Count => count(value),
                Aggregate::CountDistinct => count_distinct(value),
                Aggregate::Min => min(value),
                Aggregate::Max => max(value),
                Aggregate::Sum => sum(value),
                Aggregate::Avg => avg(value),
                Aggregate::Median => median(float(value)),
                Aggregate::Percentile(percent) => percentile_cont(float(value).sort(true, false), lit(percent / 100.0)),
            }
        }
        of => of_row(facts, of)?,
    })
}

/// A column of the row.
fn of_row(facts: &mut Facts<'_>, of: &ColumnExpr) -> Result<Expr, Error> {
    Ok(match of {
        ColumnExpr::Field(f) => field(facts.tables(), f),
        ColumnExpr::Bucket(unit, f) => bucket(facts.tables(), *unit, f, facts.zone()),
        ColumnExpr::Lasting(lasting) => seconds(facts.lasting(lasting)?),
        ColumnExpr::Until(next) => facts.next(next),
        ColumnExpr::Aggregate(..) => lit(ScalarValue::Null),
    })
}

/// Whole seconds of microseconds.
fn seconds(micros: Expr) -> Expr {
    micros / lit(1_000_000i64)
}

/// A value in aggregates, where an empty list is as little as no list.
fn counted(facts: &mut Facts<'_>, of: &ColumnExpr) -> Result<Expr, Error> {
    let value = of_row(facts, of)?;
    Ok(match of.row_shape() {
        Some(Shape::TextList) => when(cardinality(value.clone()).gt(lit(0u64)), value.clone()).end().unwrap_or(value),
        _ => value,
    })
}

fn bucket(tables: &Tables, unit: Unit, of: &BoundField, zone: Zone<'_>) -> Expr {
    // Days have no zone; they begin as if they were instants of UTC.
    let zone = if of.shape == Shape::Date { Zone { name: "UTC", ..zone } } else { zone };
    let value = field(tables, of);
    let start = match unit {
        // Where a clock is put back, an hour that comes twice is two hours.
        Unit::Hour => {
            let local = DataType::Timestamp(TimeUnit::Microsecond, Some(zone.name.into()));
            cast(date_trunc(lit(unit.name()), cast(value, local)), time_type())
        }
        _ => bucket::bucket(value, unit, zone),
    };
    if of.shape == Shape::Date { cast(start, DataType::Date32) } else { start }
}
