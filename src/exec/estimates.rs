//! How many rows each operator of a plan gives, roughly: by this DataFusion chooses the side of a join that it keeps in memory.
//!
//! DataFusion's own estimates take every condition for one that a fifth of the rows pass. Ours are nearly always of few
//! values of a column with many, and a scan of all history behind such conditions is the small side.

use datafusion::arrow::datatypes::{DataType, Schema};
use datafusion::common::stats::Precision;
use datafusion::common::{ColumnStatistics, JoinType, ScalarValue, Statistics};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::Operator;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::{
    BinaryExpr, CastExpr, Column, InListExpr, IsNotNullExpr, IsNullExpr, Literal, NotExpr,
};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::aggregates::{AggregateExec, AggregateMode};
use datafusion::physical_plan::filter::FilterExec;
use datafusion::physical_plan::joins::HashJoinExec;
use datafusion::physical_plan::limit::{GlobalLimitExec, LocalLimitExec};
use datafusion::physical_plan::operator_statistics::{ExtendedStatistics, StatisticsProvider, StatisticsResult};
use datafusion::physical_plan::statistics::{StatisticsArgs, StatisticsContext};
use datafusion::physical_plan::union::UnionExec;

/// Rows of a table of which nothing is known.
const UNKNOWN: f64 = 1_000_000.0;

/// Estimates for every operator.
#[derive(Debug)]
pub(super) struct Estimates;

impl StatisticsProvider for Estimates {
    fn compute_statistics(
        &self,
        plan: &dyn ExecutionPlan,
        inputs: &[ExtendedStatistics],
    ) -> Result<StatisticsResult, DataFusionError> {
        let inputs: Vec<&Statistics> = inputs.iter().map(ExtendedStatistics::base).collect();
        let (rows, columns) = if inputs.is_empty() {
            let known = StatisticsContext::new().compute(plan, &StatisticsArgs::new())?;
            (known.num_rows.get_value().map_or(UNKNOWN, |rows| *rows as f64), known.column_statistics.clone())
        } else {
            (rows(plan, &inputs), Vec::new())
        };
        let mut estimate = Statistics { column_statistics: columns, ..Statistics::default() };
        estimate.num_rows = Precision::Inexact(rows as usize);
        estimate.total_byte_size = Precision::Inexact((rows * width(&plan.schema())) as usize);
        Ok(StatisticsResult::Computed(ExtendedStatistics::new(estimate)))
    }
}

fn rows(plan: &dyn ExecutionPlan, inputs: &[&Statistics]) -> f64 {
    let input = |at: usize| inputs.get(at).and_then(|s| s.num_rows.get_value()).map_or(UNKNOWN, |rows| *rows as f64);
    if let Some(filter) = plan.downcast_ref::<FilterExec>() {
        let columns = inputs.first().map_or(&[] as &[_], |s| s.column_statistics.as_slice());
        input(0) * share(filter.predicate().as_ref(), columns)
    } else if let Some(aggregate) = plan.downcast_ref::<AggregateExec>() {
        match aggregate.mode() {
            _ if aggregate.group_expr().expr().is_empty() => 1.0,
            // What the partial aggregates below have joined already.
            AggregateMode::Final | AggregateMode::FinalPartitioned => input(0),
            _ => input(0) / 2.0,
        }
    } else if let Some(join) = plan.downcast_ref::<HashJoinExec>() {
        let (left, right) = (input(0), input(1));
        match join.join_type() {
            JoinType::Left | JoinType::LeftMark => left,
            JoinType::Right | JoinType::RightMark => right,
            JoinType::LeftAnti => left / 2.0,
            JoinType::RightAnti => right / 2.0,
            JoinType::Full => left.max(right),
            _ => left.min(right),
        }
    } else if plan.downcast_ref::<UnionExec>().is_some() {
        (0..inputs.len()).map(input).sum()
    } else if let Some(limit) = plan.downcast_ref::<GlobalLimitExec>() {
        limit.fetch().map_or(input(0), |most| input(0).min(most as f64))
    } else if let Some(limit) = plan.downcast_ref::<LocalLimitExec>() {
        input(0).min(limit.fetch() as f64)
    } else {
        (0..inputs.len()).map(input).fold(0.0, f64::max)
    }
}

/// The share of the rows that pass a condition.
fn share(of: &dyn PhysicalExpr, columns: &[ColumnStatistics]) -> f64 {
    if let Some(binary) = of.downcast_ref::<BinaryExpr>() {
        let each = |of: &std::sync::Arc<dyn PhysicalExpr>| share(of.as_ref(), columns);
        return match binary.op() {
            Operator::And => each(binary.left()) * each(binary.right()),
            Operator::Or => (each(binary.left()) + each(binary.right())).min(1.0),
            Operator::Eq => 0.05,
            Operator::NotEq => 0.95,
            Operator::Lt | Operator::LtEq | Operator::Gt | Operator::GtEq => part_of_range(binary, columns).unwrap_or(0.33),
            _ => 0.25,
        };
    }
    if let Some(list) = of.downcast_ref::<InListExpr>() {
        let hit = (0.05 * list.list().len() as f64).min(0.5);
        return if list.negated() { 1.0 - hit } else { hit };
    }
    if let Some(not) = of.downcast_ref::<NotExpr>() {
        return 1.0 - share(not.arg().as_ref(), columns);
    }
    if let Some(literal) = of.downcast_ref::<Literal>() {
        return if matches!(literal.value(), ScalarValue::Boolean(Some(true))) { 1.0 } else { 0.0 };
    }
    if of.downcast_ref::<IsNotNullExpr>().is_some() {
        return 0.9;
    }
    if of.downcast_ref::<IsNullExpr>().is_some() || of.downcast_ref::<Column>().is_some() {
        return 0.5;
    }
    0.25
}

/// How much of a column's range a comparison with a literal leaves, as if its values lay evenly.
fn part_of_range(of: &BinaryExpr, columns: &[ColumnStatistics]) -> Option<f64> {
    let column = match of.left().downcast_ref::<CastExpr>() {
        Some(cast) => cast.expr().downcast_ref::<Column>()?,
        None => of.left().downcast_ref::<Column>()?,
    };
    let known = columns.get(column.index())?;
    let (least, most) = (number(known.min_value.get_value()?)?, number(known.max_value.get_value()?)?);
    let at = number(of.right().downcast_ref::<Literal>()?.value())?;
    if most <= least {
        return None;
    }
    let below = ((at - least) / (most - least)).clamp(0.0, 1.0);
    Some(if matches!(of.op(), Operator::Lt | Operator::LtEq) { below } else { 1.0 - below })
}

fn number(of: &ScalarValue) -> Option<f64> {
    match of {
        ScalarValue::TimestampMicrosecond(value, _) | ScalarValue::Int64(value) => value.map(|value| value as f64),
        _ => None,
    }
}

/// Bytes of a row in memory, and of its place in a hash table.
fn width(schema: &Schema) -> f64 {
    let of = |data_type: &DataType| match data_type {
        DataType::Boolean => 1.0,
        DataType::Dictionary(..) | DataType::Date32 | DataType::Int32 => 4.0,
        DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8 => 40.0,
        DataType::List(_) | DataType::LargeList(_) => 64.0,
        _ => 8.0,
    };
    16.0 + schema.fields().iter().map(|field| of(field.data_type())).sum::<f64>()
}
