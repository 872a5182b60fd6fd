//! Fields with several values: each element comes and goes by events of its own.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Column, JoinType, ScalarValue};
use datafusion::functions::expr_fn::coalesce;
use datafusion::functions_aggregate::expr_fn::array_agg;
use datafusion::functions_nested::expr_fn::{array_concat, array_except};
use datafusion::functions_window::expr_fn::{lead, row_number};
use datafusion::logical_expr::{Expr, ExprFunctionExt, LogicalPlanBuilder, cast, lit};

use super::activity::of_field;
use super::expr::{all, any};
use super::scan::{EVENTS, Tables, col};
use crate::error::Error;
use crate::semantic::bound::HistoryField;

/// Alias of [`steps`].
pub(crate) const STEPS: &str = "element_steps";

/// `issue_id, element, time, event_id, added`: each coming and going of an element.
pub(crate) fn steps(tables: &Tables, field: &HistoryField) -> Result<LogicalPlanBuilder, Error> {
    let need = |column: &str| tables.need("events", EVENTS, column);
    let half = |which: &str, added: bool| -> Result<LogicalPlanBuilder, Error> {
        let element = need(&format!("{which}_value"))?;
        let wanted = vec![need("issue_id")?.is_not_null(), of_field(tables, field)?, element.clone().is_not_null()];
        Ok(tables.scan("events", EVENTS)?.filter(all(wanted))?.project(vec![
            need("issue_id")?.alias("issue_id"),
            cast(element, DataType::Utf8).alias("element"),
            need("time")?.alias("time"),
            need("event_id")?.alias("event_id"),
            lit(added).alias("added"),
        ])?)
    };
    Ok(half("to", true)?.union(half("from", false)?.build()?)?.alias(STEPS)?)
}

/// A list as it was: what is there now less what events speak of, and of that what was there.
pub(crate) fn list_then(now: Expr, touched: Expr, then: Expr, data_type: &DataType) -> Expr {
    let texts = DataType::new_list(DataType::Utf8, true);
    let empty = || lit(ScalarValue::List(ScalarValue::new_list_nullable(&[], &DataType::Utf8)));
    let list = |value: Expr| coalesce(vec![cast(value, texts.clone()), empty()]);
    cast(array_concat(vec![array_except(list(now), list(touched)), list(then)]), data_type.clone())
}

/// Joins to events, under that alias, the elements that were there at their time and those of which events speak, as the
/// columns `then` and `touched` under `alias`.
pub(crate) fn join_at_events(
    tables: &Tables,
    rows: LogicalPlanBuilder,
    field: &HistoryField,
    alias: &str,
) -> Result<LogicalPlanBuilder, Error> {
    let (spoken, there) = (format!("{alias}_spoken"), format!("{alias}_there"));
    let step = |name: &str| col(STEPS, name);
    let plain = |name: &str| Expr::Column(Column::new_unqualified(name));
    let touched = steps(tables, field)?
        .aggregate(vec![step("issue_id")], vec![array_agg(step("element")).alias("touched")])?
        .alias(&spoken)?
        .build()?;
    let on = (vec![Column::new(Some(EVENTS), "issue_id")], vec![Column::new(Some(&spoken), "issue_id")]);
    let rows = rows.join(touched, JoinType::Left, on, None)?;
    // The times at which each element was there: since it came, or since ever where it went first.
    let key = || vec![step("issue_id"), step("element")];
    let order = || vec![step("time").sort(true, false), step("event_id").sort(true, false), step("added").sort(true, false)];
    let times = steps(tables, field)?
        .window(vec![
            row_number().partition_by(key()).order_by(order()).build()?.alias("place"),
            lead(step("time"), Some(1), None).partition_by(key()).order_by(order()).build()?.alias("until"),
        ])?
        .filter(any(vec![step("added"), plain("place").eq(lit(1u64))]))?
        .project(vec![
            step("issue_id"),
            step("element"),
            datafusion::logical_expr::when(step("added"), step("time")).end()?.alias("since"),
            datafusion::logical_expr::when(step("added"), plain("until")).otherwise(step("time"))?.alias("until"),
        ])?
        .alias("stay")?
        .build()?;
    const AT: &str = "at_event";
    let need = |column: &str| tables.need("events", AT, column);
    let on = (vec![Column::new(Some(AT), "issue_id")], vec![Column::new(Some("stay"), "issue_id")]);
    let stay = |name: &str| col("stay", name);
    let covers = all(vec![
        any(vec![stay("since").is_null(), stay("since").lt_eq(need("time")?)]),
        any(vec![stay("until").is_null(), stay("until").gt(need("time")?)]),
    ]);
    let in_order = array_agg(stay("element")).order_by(vec![stay("element").sort(true, false)]).build()?;
    let then = tables
        .scan("events", AT)?
        .filter(need("issue_id")?.is_not_null())?
        .join(times, JoinType::Inner, on, Some(covers))?
        .aggregate(vec![need("event_id")?], vec![in_order.alias("then")])?
        .alias(&there)?
        .build()?;
    let on = (vec![Column::new(Some(EVENTS), "event_id")], vec![Column::new(Some(&there), "event_id")]);
    Ok(rows.join(then, JoinType::Left, on, None)?)
}
