//! What only issues and events can tell about the names in a query.

use std::collections::{BTreeSet, HashSet};

use datafusion::arrow::datatypes::DataType;
use datafusion::functions_aggregate::expr_fn::{max, min};
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, lit};
use datafusion::prelude::SessionContext;

use super::site::collect;
use crate::catalog::entities::entity;
use crate::catalog::{Catalog, Wanted, fields};
use crate::error::Error;
use crate::plan::{Tables, col};

/// Answers what a binding wanted to know. Each question has an answer afterwards, so that it is asked once.
pub(crate) async fn look_up(
    context: &SessionContext,
    tables: &Tables,
    wanted: &BTreeSet<Wanted>,
    catalog: &mut Catalog,
) -> Result<(), Error> {
    let mut keys = Vec::new();
    for wanted in wanted {
        match wanted {
            Wanted::Former(field) => {
                let values = former(context, tables, &spellings(field)).await?;
                catalog.looked_up.former.insert(field.to_lowercase(), values);
            }
            Wanted::Recorded(field) => {
                let ids = catalog.find_custom_fields(field).into_iter().map(|f| f.id.clone()).collect::<Vec<_>>();
                let recorded = recorded(context, tables, &spellings(field), &ids).await?;
                catalog.looked_up.recorded.insert(field.to_lowercase(), recorded);
            }
            Wanted::Held(column) => {
                let values = held(context, tables, column).await?;
                catalog.looked_up.held.insert(column.clone(), values);
            }
            Wanted::Key(key) => keys.push(key.clone()),
            Wanted::Actors => catalog.looked_up.actors = Some(actors(context, tables).await?),
            Wanted::Period => catalog.looked_up.period = Some(period(context, tables).await?),
        }
    }
    if !keys.is_empty() {
        let known = known_keys(context, tables, &keys).await?;
        catalog.looked_up.keys.extend(keys.into_iter().map(|key| {
            let known = known.contains(&key);
            (key, known)
        }));
    }
    Ok(())
}

/// What events call a field.
fn spellings(field: &str) -> Vec<String> {
    match fields::field(field) {
        Some(field) => field.history.iter().map(|h| h.to_string()).collect(),
        None => vec![field.to_string()],
    }
}

fn texts(list: &[String]) -> Vec<Expr> {
    list.iter().map(|t| lit(t.as_str())).collect()
}

async fn values(context: &SessionContext, plan: LogicalPlan) -> Result<Vec<String>, Error> {
    Ok(collect(context, plan).await?.iter().filter_map(|row| row.text("value")).collect())
}

fn distinct(rows: LogicalPlanBuilder, value: Expr) -> Result<LogicalPlan, Error> {
    Ok(rows.aggregate(vec![value.alias("value")], Vec::<Expr>::new())?.build()?)
}

/// The different values that events mention for a field.
async fn former(context: &SessionContext, tables: &Tables, spellings: &[String]) -> Result<Vec<String>, Error> {
    let mut out = Vec::new();
    if !tables.has("events", "field") {
        return Ok(out);
    }
    for column in ["from_value", "to_value"].into_iter().filter(|c| tables.has("events", c)) {
        let value = col("seen", column);
        let of_field = col("seen", "field").in_list(texts(spellings), false);
        let rows = tables.scan("events", "seen")?.filter(of_field.and(value.clone().is_not_null()))?;
        out.extend(values(context, distinct(rows, value)?).await?);
    }
    out.sort();
    out.dedup();
    Ok(out)
}

/// Whether any event records a change of a field.
async fn recorded(context: &SessionContext, tables: &Tables, spellings: &[String], ids: &[String]) -> Result<bool, Error> {
    if !tables.has("events", "field") {
        return Ok(false);
    }
    let mut of_field = col("seen", "field").in_list(texts(spellings), false);
    if !ids.is_empty() && tables.has("events", "field_id") {
        of_field = of_field.or(col("seen", "field_id").in_list(texts(ids), false));
    }
    let rows = tables.scan("events", "seen")?.filter(of_field)?.project(vec![lit("x").alias("value")])?.limit(0, Some(1))?;
    Ok(!values(context, rows.build()?).await?.is_empty())
}

/// From when until when there are events. Where files tell their least and greatest times, nothing else is read.
async fn period(context: &SessionContext, tables: &Tables) -> Result<Option<(i64, i64)>, Error> {
    if !tables.has("events", "time") {
        return Ok(None);
    }
    let (first, last) = (min(col("seen", "time")).alias("first"), max(col("seen", "time")).alias("last"));
    let rows = tables.scan("events", "seen")?.aggregate(Vec::<Expr>::new(), vec![first, last])?;
    let rows = collect(context, rows.build()?).await?;
    Ok(rows.iter().next().and_then(|row| Some((row.time("first")?, row.time("last")?))))
}

/// The accounts of people who act in events; robots are none.
async fn actors(context: &SessionContext, tables: &Tables) -> Result<Vec<String>, Error> {
    if !tables.has("events", "actor") {
        return Ok(Vec::new());
    }
    let actor = col("seen", "actor");
    let mut people = actor.clone().is_not_null();
    if tables.has("events", "actor_kind") {
        people = people.and(col("seen", "actor_kind").eq(lit("user")));
    }
    values(context, distinct(tables.scan("events", "seen")?.filter(people)?, actor)?).await
}

/// The different values of a column of `issues`, of its members where it holds lists.
async fn held(context: &SessionContext, tables: &Tables, column: &str) -> Result<Vec<String>, Error> {
    if !tables.has("issues", column) {
        return Ok(Vec::new());
    }
    let rows = tables.scan("issues", "held")?.project(vec![col("held", column).alias("value")])?;
    let is_list = matches!(rows.schema().field(0).data_type(), DataType::List(_) | DataType::LargeList(_));
    let rows = if is_list { rows.unnest_column("value")? } else { rows };
    let value = Expr::Column(datafusion::common::Column::new_unqualified("value"));
    values(context, distinct(rows.filter(value.clone().is_not_null())?, value)?).await
}

/// Those of the keys that an issue has, or had when it was deleted.
async fn known_keys(context: &SessionContext, tables: &Tables, keys: &[String]) -> Result<HashSet<String>, Error> {
    let mut known = HashSet::new();
    if tables.has("issues", "key") {
        let key = col("issues", "key");
        let rows = tables.scan("issues", "issues")?.filter(key.clone().in_list(texts(keys), false))?;
        known.extend(values(context, rows.project(vec![key.alias("value")])?.build()?).await?);
    }
    let missing: Vec<String> = keys.iter().filter(|k| !known.contains(*k)).cloned().collect();
    let has = |column: &str| tables.has("events", column);
    if !missing.is_empty() && ["issue_key", "entity", "action"].into_iter().all(has) {
        let key = col("events", "issue_key");
        let issue = entity("issue").map(|e| e.spellings()).unwrap_or_default();
        let gone = col("events", "entity").in_list(texts(&issue), false).and(col("events", "action").eq(lit("deleted")));
        let rows = tables.scan("events", "events")?.filter(gone.and(key.clone().in_list(texts(&missing), false)))?;
        known.extend(values(context, rows.project(vec![key.alias("value")])?.build()?).await?);
    }
    Ok(known)
}
