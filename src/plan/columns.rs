//! Columns of the answer as expressions.

use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::functions::expr_fn::date_trunc;
use datafusion::functions_aggregate::expr_fn::{avg, count, count_distinct, max, median, min, sum};
use datafusion::logical_expr::{Expr, cast, lit};
use datafusion::scalar::ScalarValue;

use super::scan::{Tables, field, time_type};
use crate::semantic::bound::{Aggregate, BoundField, ColumnExpr, Shape, Unit};

/// A column; `zone` is the session's, for time buckets.
pub(crate) fn column(tables: &Tables, of: &ColumnExpr, zone: &str) -> Expr {
    match of {
        ColumnExpr::Field(f) => field(tables, f),
        ColumnExpr::Bucket(unit, f) => bucket(tables, *unit, f, zone),
        ColumnExpr::Aggregate(aggregate, argument) => {
            let value = argument.as_ref().map_or_else(|| lit(1i64), |f| field(tables, f));
            match aggregate {
                Aggregate::Count => count(value),
                Aggregate::CountDistinct => count_distinct(value),
                Aggregate::Min => min(value),
                Aggregate::Max => max(value),
                Aggregate::Sum => sum(value),
                Aggregate::Avg => avg(value),
                Aggregate::Median => median(value),
            }
        }
    }
}

fn bucket(tables: &Tables, unit: Unit, of: &BoundField, zone: &str) -> Expr {
    // Days have no zone; they are truncated as if they were instants of UTC.
    let zone = if of.shape == Shape::Date || zone == "UTC" { "UTC" } else { zone };
    let local = DataType::Timestamp(TimeUnit::Microsecond, Some(zone.into()));
    let value = field(tables, of);
    let value = if of.shape == Shape::Time && zone == "UTC" { value } else { cast(value, local.clone()) };
    let day = || lit(ScalarValue::new_interval_mdn(0, 1, 0));
    let start = match unit {
        Unit::Hour => date_trunc(lit("hour"), value),
        Unit::Day => date_trunc(lit("day"), value),
        // Weeks begin on Sunday in JQL and on Monday in SQL.
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
