//! The straight line from bound query to logical plan.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Column, JoinType};
use datafusion::functions_aggregate::expr_fn::max;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, cast, lit};
use datafusion::scalar::ScalarValue;

use super::columns::{self, Zone};
use super::expr::{in_list, texts};
use super::facts::Facts;
use super::order::{self, Order};
use super::scan::{EVENTS, ISSUES, Tables, col};
use crate::catalog::entities::{self, Entity};
use crate::diagnostic::{Diagnostic, codes};
use crate::error::Error;
use crate::semantic::bound::{BoundField, BoundQuery, ColumnExpr, Condition, LinkTest, Relation, Scope, SortBy, Target};

/// More clauses than this make plans that take longer to optimise than to run.
const MAX_CLAUSES: usize = 5_000;

/// Lowers a query; `zone` is for time buckets.
pub(crate) fn lower(query: &BoundQuery, tables: &Tables, zone: Zone<'_>) -> Result<LogicalPlan, Error> {
    if clauses_of(query) > MAX_CLAUSES {
        return Err(Error::Data(Box::new(
            Diagnostic::error(codes::TOO_LARGE, format!("the query has more than {MAX_CLAUSES} clauses"))
                .help("use IN with a list for many values of one field"),
        )));
    }
    Ok(rows(query, tables, zone)?.build()?)
}

/// The rows of a query, or of one within a query.
pub(crate) fn rows(query: &BoundQuery, tables: &Tables, zone: Zone<'_>) -> Result<LogicalPlanBuilder, Error> {
    let mut facts = Facts::new(tables, query.target, zone);
    let condition = query.condition.as_ref().map(|c| facts.condition(c)).transpose()?;
    let rows = match query.target {
        Target::Issues => issues(query, tables)?,
        Target::Activity => events(query, tables, facts.needs_issue())?,
    };
    let rows = facts.join(rows)?;
    let rows = match condition {
        Some(condition) => rows.filter(condition)?,
        None => rows,
    };
    if query.aggregated { grouped(query, tables, rows, zone) } else { listed(query, tables, rows, zone) }
}

fn clauses_of(query: &BoundQuery) -> usize {
    query.condition.as_ref().map_or(0, clauses)
}

fn clauses(condition: &Condition) -> usize {
    match condition {
        Condition::All(list) | Condition::Any(list) => {
            stacker::maybe_grow(64 * 1024, 1024 * 1024, || list.iter().map(clauses).sum())
        }
        Condition::Among(among) => match &among.relation {
            Relation::Query(query) | Relation::Linked(LinkTest { found: Some(query), .. }) => {
                1 + stacker::maybe_grow(64 * 1024, 1024 * 1024, || clauses_of(query))
            }
            _ => 1,
        },
        _ => 1,
    }
}

fn issues(query: &BoundQuery, tables: &Tables) -> Result<LogicalPlanBuilder, Error> {
    let rows = tables.scan("issues", ISSUES)?;
    if query.with_deleted {
        return with_forgotten(tables, rows);
    }
    if tables.has("issues", "deleted_at") {
        return Ok(rows.filter(col(ISSUES, "deleted_at").is_null())?);
    }
    Ok(rows)
}

/// Adds the issues that are known only from the event of their deletion: they have the key and project that it tells.
fn with_forgotten(tables: &Tables, rows: LogicalPlanBuilder) -> Result<LogicalPlanBuilder, Error> {
    let need = |column: &str| tables.need("events", EVENTS, column);
    let issue = need("issue_id")?;
    let names = entities::entity("issue").map(Entity::spellings).unwrap_or_default();
    let deletions =
        in_list(need("entity")?, texts(&names), false).and(need("action")?.eq(lit("deleted"))).and(issue.clone().is_not_null());
    let known = tables.scan("issues", "known")?.build()?;
    let told = |column: &str| -> Expr {
        if tables.has("events", column) { cast(col(EVENTS, column), DataType::Utf8View) } else { lit(ScalarValue::Utf8View(None)) }
    };
    let gone = tables
        .scan("events", EVENTS)?
        .filter(deletions)?
        .aggregate(
            vec![issue.alias("issue_id")],
            vec![max(told("issue_key")).alias("issue_key"), max(told("project")).alias("project")],
        )?
        .alias("gone")?
        .join(
            known,
            JoinType::LeftAnti,
            (vec![Column::new(Some("gone"), "issue_id")], vec![Column::new(Some("known"), "id")]),
            None,
        )?;
    let schema = rows.schema().clone();
    let columns: Vec<Expr> = schema
        .fields()
        .iter()
        .map(|f| {
            let value = match f.name().as_str() {
                "id" => cast(col("gone", "issue_id"), f.data_type().clone()),
                "key" => cast(col("gone", "issue_key"), f.data_type().clone()),
                "project" => cast(col("gone", "project"), f.data_type().clone()),
                _ => cast(lit(ScalarValue::Null), f.data_type().clone()),
            };
            value.alias(f.name())
        })
        .collect();
    Ok(rows.union(gone.project(columns)?.build()?)?.alias(ISSUES)?)
}

fn events(query: &BoundQuery, tables: &Tables, needs_issue: bool) -> Result<LogicalPlanBuilder, Error> {
    let rows = tables.scan("events", EVENTS)?;
    if !needs_issue && !reads_issue(query) {
        return Ok(rows);
    }
    let issues = tables.scan("issues", ISSUES)?.build()?;
    tables.need("events", EVENTS, "issue_id")?;
    let on = (vec![Column::new(Some(EVENTS), "issue_id")], vec![Column::new(Some(ISSUES), "id")]);
    Ok(rows.join(issues, JoinType::Left, on, None)?)
}

/// Whether a query for events names something of the issue as it is now.
fn reads_issue(query: &BoundQuery) -> bool {
    let of_issue = |f: &BoundField| f.scope == Scope::Issue;
    let in_columns = query.columns.iter().any(|c| match &c.expr {
        ColumnExpr::Field(f) | ColumnExpr::Bucket(_, f) => of_issue(f),
        ColumnExpr::Aggregate(_, f) => f.as_ref().is_some_and(of_issue),
    });
    let in_order = query.order_by.iter().any(|k| match &k.by {
        SortBy::Output(_) => false,
        SortBy::Value(f)
        | SortBy::Rank(f, _)
        | SortBy::Listed(f, _)
        | SortBy::InProject(f, _)
        | SortBy::Key(f)
        | SortBy::UserName(f) => of_issue(f),
    });
    in_columns || in_order || query.condition.as_ref().is_some_and(condition_reads_issue)
}

fn condition_reads_issue(condition: &Condition) -> bool {
    match condition {
        Condition::All(list) | Condition::Any(list) => {
            stacker::maybe_grow(64 * 1024, 1024 * 1024, || list.iter().any(condition_reads_issue))
        }
        Condition::Field(f) => f.field.scope == Scope::Issue,
        Condition::Among(among) => among.field.scope == Scope::Issue,
        Condition::Compare(of) => [&of.left, &of.right].iter().any(|s| s.reads(&|f| f.scope == Scope::Issue)),
        Condition::History(_) => true,
        Condition::Events(_) => false,
    }
}

fn grouped(query: &BoundQuery, tables: &Tables, rows: LogicalPlanBuilder, zone: Zone<'_>) -> Result<LogicalPlanBuilder, Error> {
    let names: Vec<String> = query.columns.iter().map(|c| c.name.clone()).collect();
    let (mut keys, mut aggregates) = (Vec::new(), Vec::new());
    for column in &query.columns {
        let expr = columns::column(tables, &column.expr, zone).alias(&column.name);
        match column.expr {
            ColumnExpr::Aggregate(..) => aggregates.push(expr),
            _ => keys.push(expr),
        }
    }
    // Keys that are not columns of the events, such as month(time), are computed once below the aggregate.
    let rows = rows.aggregate(keys, aggregates)?;
    let Order { keys, .. } = order::order(tables, &query.order_by, &names)?;
    finish(query, rows, keys, &names)
}

fn listed(query: &BoundQuery, tables: &Tables, rows: LogicalPlanBuilder, zone: Zone<'_>) -> Result<LogicalPlanBuilder, Error> {
    let names: Vec<String> = query.columns.iter().map(|c| c.name.clone()).collect();
    let rows = order::join(tables, &query.order_by, rows)?;
    let Order { hidden, keys } = order::order(tables, &query.order_by, &names)?;
    let shown = query.columns.iter().map(|c| columns::column(tables, &c.expr, zone).alias(&c.name));
    let rows = rows.project(shown.chain(hidden).collect::<Vec<_>>())?;
    finish(query, rows, keys, &names)
}

fn finish(
    query: &BoundQuery,
    mut rows: LogicalPlanBuilder,
    keys: Vec<datafusion::logical_expr::SortExpr>,
    names: &[String],
) -> Result<LogicalPlanBuilder, Error> {
    let fetch = query.limit.map(|n| usize::try_from(n).unwrap_or(usize::MAX));
    // Nothing is not sorted: DataFusion's sort of the first k rows wants at least one.
    if !keys.is_empty() && fetch != Some(0) {
        rows = rows.sort_with_limit(keys, fetch)?;
    } else if let Some(fetch) = fetch {
        rows = rows.limit(0, Some(fetch))?;
    }
    let shown: Vec<Expr> = names.iter().map(|n| Expr::Column(Column::new_unqualified(n))).collect();
    Ok(rows.project(shown)?)
}
