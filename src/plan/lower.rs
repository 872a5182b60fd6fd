//! The straight line from bound query to logical plan.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Column, JoinType};
use datafusion::logical_expr::{Expr, ExprSchemable, LogicalPlan, LogicalPlanBuilder, cast, lit};
use datafusion::scalar::ScalarValue;

use super::at_events;
use super::columns::{self, Zone};
use super::facts::Facts;
use super::order::{self, Order};
use super::past::{self, Past};
use super::scan::{EVENTS, ISSUES, Tables, col};
use super::things::Things;
use crate::diagnostic::{Diagnostic, codes};
use crate::error::Error;
use crate::semantic::bound::{AsOf, BoundField, BoundQuery, Condition, LinkTest, Relation, Scope, Target};

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
    let past = match query.as_of {
        Some(AsOf::Instant(at)) => Some(tables.at(Past::of(query, at))),
        _ => None,
    };
    let tables = past.as_ref().unwrap_or(tables);
    let things = Things::of(query);
    let telling = things.is_some().then(|| tables.telling(things));
    let tables = telling.as_ref().unwrap_or(tables);
    let mut facts = Facts::new(tables, query, zone);
    let condition = query.condition.as_ref().map(|c| facts.condition(c)).transpose()?;
    let columns = query
        .columns
        .iter()
        .map(|c| Ok(columns::column(&mut facts, &c.expr)?.alias(&c.name)))
        .collect::<Result<Vec<_>, Error>>()?;
    let rows = match query.target {
        Target::Issues => issues(query, tables)?,
        Target::Activity => events(query, tables, facts.needs_issue())?,
    };
    let rows = match query.as_of {
        Some(AsOf::Event) if !query.past.is_empty() => at_events::rows(tables, rows, &query.past)?,
        _ => rows,
    };
    let rows = facts.join(rows, query.condition.as_ref())?;
    let rows = match condition {
        Some(condition) => rows.filter(condition)?,
        None => rows,
    };
    if query.aggregated { grouped(query, tables, rows, columns) } else { listed(query, tables, rows, columns) }
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
    let rows = tables.issues_of(query)?;
    if query.as_of.is_some() {
        return Ok(rows);
    }
    if query.with_deleted {
        return with_forgotten(query, tables, rows);
    }
    if tables.has("issues", "deleted_at") {
        return Ok(rows.filter(col(ISSUES, "deleted_at").is_null())?);
    }
    Ok(rows)
}

/// Adds the issues that are known only from their events, as these left them.
fn with_forgotten(query: &BoundQuery, tables: &Tables, rows: LogicalPlanBuilder) -> Result<LogicalPlanBuilder, Error> {
    let gone = past::forgotten(tables, &query.past)?.alias("gone")?;
    let known = gone.schema().clone();
    let columns = tables.schema("issues").into_iter().map(|field| {
        let value = match known.has_column_with_unqualified_name(field.name()) {
            true => col("gone", field.name()),
            false => lit(ScalarValue::Null),
        };
        cast(value, field.data_type().clone()).alias(field.name())
    });
    Ok(rows.union(gone.project(columns.collect::<Vec<_>>())?.build()?)?.alias(ISSUES)?)
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
    query.fields_of_answer().any(of_issue) || query.condition.as_ref().is_some_and(condition_reads_issue)
}

fn condition_reads_issue(condition: &Condition) -> bool {
    match condition {
        Condition::All(list) | Condition::Any(list) => {
            stacker::maybe_grow(64 * 1024, 1024 * 1024, || list.iter().any(condition_reads_issue))
        }
        Condition::Field(f) => f.field.scope == Scope::Issue,
        Condition::Among(among) => among.field.scope == Scope::Issue,
        Condition::Compare(of) => [&of.left, &of.right].iter().any(|s| s.reads(&|f| f.scope == Scope::Issue)),
        Condition::Working(of) => of.fields().any(|f| f.scope == Scope::Issue),
        Condition::History(_) => true,
        Condition::Events(_) | Condition::Sequence(_) => false,
    }
}

fn grouped(query: &BoundQuery, tables: &Tables, rows: LogicalPlanBuilder, columns: Vec<Expr>) -> Result<LogicalPlanBuilder, Error> {
    let names: Vec<String> = query.columns.iter().map(|c| c.name.clone()).collect();
    let (mut keys, mut aggregates) = (Vec::new(), Vec::new());
    let mut shown = Vec::new();
    for (column, expr) in query.columns.iter().zip(columns) {
        let name = || Expr::Column(Column::new_unqualified(&column.name));
        if column.expr.is_aggregate() {
            aggregates.push(expr);
            shown.push(name());
            continue;
        }
        // DataFusion has no fast table for groups by dictionaries.
        match expr.get_type(rows.schema())? {
            coded @ DataType::Dictionary(..) => {
                keys.push(cast(expr.unalias(), DataType::Utf8View).alias(&column.name));
                shown.push(cast(name(), coded).alias(&column.name));
            }
            _ => {
                keys.push(expr);
                shown.push(name());
            }
        }
    }
    // Keys that are not columns of the events, such as month(time), are computed once below the aggregate.
    let rows = rows.aggregate(keys, aggregates)?;
    let Order { keys, .. } = order::order(tables, &query.order_by, &names)?;
    Ok(finish(query, rows, keys)?.project(shown)?)
}

fn listed(query: &BoundQuery, tables: &Tables, rows: LogicalPlanBuilder, columns: Vec<Expr>) -> Result<LogicalPlanBuilder, Error> {
    let names: Vec<String> = query.columns.iter().map(|c| c.name.clone()).collect();
    let rows = order::join(tables, &query.order_by, rows)?;
    let Order { hidden, keys } = order::order(tables, &query.order_by, &names)?;
    let rows = rows.project(columns.into_iter().chain(hidden).collect::<Vec<_>>())?;
    let shown: Vec<Expr> = names.iter().map(|n| Expr::Column(Column::new_unqualified(n))).collect();
    Ok(finish(query, rows, keys)?.project(shown)?)
}

fn finish(
    query: &BoundQuery,
    mut rows: LogicalPlanBuilder,
    keys: Vec<datafusion::logical_expr::SortExpr>,
) -> Result<LogicalPlanBuilder, Error> {
    let fetch = query.limit.map(|n| usize::try_from(n).unwrap_or(usize::MAX));
    // Nothing is not sorted: DataFusion's sort of the first k rows wants at least one.
    if !keys.is_empty() && fetch != Some(0) {
        rows = rows.sort_with_limit(keys, fetch)?;
    } else if let Some(fetch) = fetch {
        rows = rows.limit(0, Some(fetch))?;
    }
    Ok(rows)
}
