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

fn bucket(tables: &Tables, unit: Unit, of: &BoundField, own: Zone<'_>) -> Expr {
    if of.shape == Shape::Time
        && let Some(start) = bucket::bucket(field(tables, of), unit, own)
    {
        return start;
    }
    let Zone { name: zone, week_start } = own;
    // Days have no zone; they are truncated as if they were instants of UTC.
    let zone = if of.shape == Shape::Date || zone == "UTC" { "UTC" } else { zone };
    let local = DataType::Timestamp(TimeUnit::Microsecond, Some(zone.into()));
    let value = field(tables, of);
    let value = if of.shape == Shape::Time && zone == "UTC" { value } else { cast(value, local.clone()) };
    let day = || lit(ScalarValue::new_interval_mdn(0, 1, 0));
    let start = match unit {
        Unit::Hour => date_trunc(lit("hour"), value),
        Unit::Day => date_trunc(lit("day"), value),
        // SQL's weeks begin on Monday.
        Unit::Week if week_start == WeekStart::Monday => date_trunc(lit("week"), value),
        Unit::Week => date_trunc(lit("week"), value + day()) - day(),
        Unit::Month => date_trunc(lit("month"), value),
        Unit::Quarter => date_trunc(lit("quarter"), value),
        Unit::Year => date_trunc(lit("year"), value),
    };
    if of.shape == Shape::Date {
        return cast(start, DataType::Date32);
    }
    if zone == "UTC" && unit != Unit::Week { start } else { cast(start, time_type()) }
}
