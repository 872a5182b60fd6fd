//! Fewer issues before the work: rows of events that only speak of issues which no answer has need not be sorted or told.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Column, JoinType};
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, cast};

use super::expr::{all, any, condition, plain};
use super::scan::{ISSUES, Tables, col};
use crate::error::Error;
use crate::semantic::bound::{Condition, Scope};

/// The ids, as `issue_id`, of the issues that pass those parts of a condition which their own columns tell; none where no part
/// does.
pub(super) fn passing(tables: &Tables, of: &Condition) -> Result<Option<LogicalPlanBuilder>, Error> {
    let parts = match of {
        Condition::All(list) => list.as_slice(),
        one => std::slice::from_ref(one),
    };
    let tests: Vec<Expr> = parts.iter().filter_map(|part| own(tables, part)).collect();
    if tests.is_empty() || !tables.has("issues", "id") {
        return Ok(None);
    }
    let id = cast(col(ISSUES, "id"), DataType::Int64).alias("issue_id");
    Ok(Some(tables.scan("issues", ISSUES)?.filter(all(tests))?.project(vec![id])?))
}

/// A condition of nothing but columns of the issue.
fn own(tables: &Tables, of: &Condition) -> Option<Expr> {
    let each = |list: &[Condition]| {
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || list.iter().map(|part| own(tables, part)).collect::<Option<Vec<_>>>())
    };
    match of {
        Condition::Field(field) if field.field.scope == Scope::Issue => Some(condition(tables, field)),
        Condition::All(list) => each(list).map(all),
        Condition::Any(list) => each(list).map(any),
        _ => None,
    }
}

/// Rows whose `column` is among the ids of `of`.
pub(super) fn only(rows: LogicalPlanBuilder, column: Column, of: LogicalPlanBuilder) -> Result<LogicalPlanBuilder, Error> {
    const ONLY: &str = "only";
    let of = of.project(vec![plain("issue_id")])?.alias(ONLY)?.build()?;
    let on = (vec![column], vec![Column::new(Some(ONLY), "issue_id")]);
    Ok(rows.join(of, JoinType::LeftSemi, on, None)?)
}
