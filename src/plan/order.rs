//! ORDER BY as sort expressions.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::JoinType;
use datafusion::functions::expr_fn::{coalesce, lower, split_part};
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, SortExpr, cast, lit, try_cast, when};

use super::expr::plain;
use super::scan::{ISSUES, Tables, col, field};
use super::{functions, list_rank};
use crate::error::Error;
use crate::semantic::bound::{BoundField, Scope, Shape, SortBy, SortKey};

/// Sort keys computed beside the columns of the answer.
pub(crate) struct Order {
    /// Computed keys, to be projected under their names.
    pub(crate) hidden: Vec<Expr>,
    /// What to sort by, over the projected columns.
    pub(crate) keys: Vec<SortExpr>,
}

/// Joins what the keys need to the rows.
pub(crate) fn join(tables: &Tables, order: &[SortKey], mut rows: LogicalPlanBuilder) -> Result<LogicalPlanBuilder, Error> {
    for (number, of) in user_names(tables, order) {
        let alias = user_alias(number);
        let users = tables.scan("users", &alias)?.project(vec![col(&alias, "account_id"), col(&alias, "name")])?.build()?;
        let left = cast(field(tables, of), DataType::Utf8View);
        let right = cast(col(&alias, "account_id"), DataType::Utf8View);
        rows = rows.join_with_expr_keys(users, JoinType::Left, (vec![left], vec![right]), None)?;
    }
    Ok(rows)
}

fn user_names<'a>(tables: &'a Tables, order: &'a [SortKey]) -> impl Iterator<Item = (usize, &'a BoundField)> {
    order.iter().enumerate().filter_map(|(number, key)| match &key.by {
        SortBy::UserName(of) if has_names(tables) => Some((number, of)),
        _ => None,
    })
}

fn has_names(tables: &Tables) -> bool {
    tables.has("users", "name") && tables.has("users", "account_id")
}

fn user_alias(number: usize) -> String {
    format!("sort_user_{number}")
}

/// The sort of rows whose columns are called `names`.
pub(crate) fn order(tables: &Tables, of: &[SortKey], names: &[String]) -> Result<Order, Error> {
    let mut out = Order { hidden: Vec::new(), keys: Vec::new() };
    for (number, key) in of.iter().enumerate() {
        let mut computed = Vec::new();
        match &key.by {
            SortBy::Output(at) => {
                let Some(name) = names.get(*at) else { continue };
                out.keys.push(plain(name).sort(key.ascending, key.empty_first));
                continue;
            }
            SortBy::Value(f) if f.shape == Shape::Text && !is_id(f) => computed.push(lower(field(tables, f))),
            // A list sorts by its first member in order, ignoring case; the empty list is empty.
            SortBy::Value(f) if f.shape == Shape::TextList => {
                computed.push(functions::list_key(field(tables, f), key.ascending));
            }
            SortBy::Value(f) => computed.push(field(tables, f)),
            SortBy::Rank(f, list) => computed.push(rank(field(tables, f), list)?),
            SortBy::Listed(f, names) => computed.push(list_rank::listed(field(tables, f), names, key.ascending)),
            SortBy::InProject(f, names) => {
                let project = cast(col(ISSUES, "project"), DataType::Utf8View);
                let rank = list_rank::in_group(project.clone(), field(tables, f), names, key.ascending);
                computed.push(when(rank.clone().is_not_null(), project).end()?);
                computed.push(rank);
            }
            SortBy::Key(f) => {
                let key = cast(field(tables, f), DataType::Utf8View);
                computed.push(split_part(key.clone(), lit("-"), lit(1i64)));
                computed.push(try_cast(split_part(key, lit("-"), lit(2i64)), DataType::Int64));
            }
            SortBy::UserName(f) if has_names(tables) => {
                let account = cast(field(tables, f), DataType::Utf8View);
                computed.push(lower(coalesce(vec![col(&user_alias(number), "name"), account])));
            }
            SortBy::UserName(f) => computed.push(lower(field(tables, f))),
        }
        for (part, expr) in computed.into_iter().enumerate() {
            let name = format!("__sort_{number}_{part}");
            out.hidden.push(expr.alias(&name));
            out.keys.push(plain(&name).sort(key.ascending, key.empty_first));
        }
    }
    Ok(out)
}

/// Ids sort as they are written.
fn is_id(f: &BoundField) -> bool {
    f.scope == Scope::Event && f.column == "event_id"
}

/// The place of a value in a list; values that are not in it come after, empty ones stay empty.
fn rank(value: Expr, list: &[String]) -> Result<Expr, Error> {
    let mut members = list.iter().enumerate();
    let Some((_, first)) = members.next() else { return Ok(value) };
    let mut case = when(value.clone().eq(lit(first.as_str())), lit(0i64));
    for (place, name) in members {
        case = case.when(value.clone().eq(lit(name.as_str())), lit(place as i64));
    }
    Ok(case.when(value.is_not_null(), lit(list.len() as i64)).end()?)
}
