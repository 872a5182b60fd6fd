//! GROUP BY, SHOW and ORDER BY.

mod calls;
mod next;

use std::sync::Arc;

use self::calls::call_column;
use super::binder::Binder;
use super::bound::{Aggregate, BoundField, Column, ColumnExpr, Condition, Scope, Shape, SortBy, SortKey};
use super::field::{Named, Place, event_column, issue_column};
use crate::catalog::NamedValue;
use crate::catalog::fields::{Kind, Source};
use crate::diagnostic::codes;
use crate::syntax::ast::{self, ColumnKind, Direction, FieldRef};

/// The shape of the answer.
pub(crate) struct Columns {
    pub(crate) group_by: Vec<Column>,
    pub(crate) aggregated: bool,
    pub(crate) columns: Vec<Column>,
    pub(crate) order_by: Vec<SortKey>,
}

/// Default columns of issues, as `cli.md` lists them.
const ISSUE_COLUMNS: &[(&str, Shape)] = &[
    ("key", Shape::Text),
    ("type", Shape::Text),
    ("status", Shape::Text),
    ("priority", Shape::Text),
    ("assignee", Shape::Text),
    ("summary", Shape::Text),
    ("updated", Shape::Time),
];

/// Default columns of events.
const EVENT_COLUMNS: &[(&str, Shape)] = &[
    ("time", Shape::Time),
    ("actor", Shape::Text),
    ("entity", Shape::Text),
    ("action", Shape::Text),
    ("issue_key", Shape::Text),
    ("field", Shape::Text),
    ("from_value", Shape::Text),
    ("to_value", Shape::Text),
    ("text", Shape::Text),
    ("event_id", Shape::Text),
];

/// `condition` is what the rows pass, where it could be bound.
pub(crate) fn bind(binder: &Binder<'_>, query: &ast::Query, condition: Option<&Condition>) -> Option<Columns> {
    let group_by = each(&query.group_by, |c| column(binder, c));
    let shown = each(&query.show, |c| column(binder, c));
    let (group_by, shown) = (group_by?, shown?);
    next::check(binder, query, condition)?;
    if let Some(at) = group_by.iter().position(|c| c.expr.is_aggregate()) {
        let message = "GROUP BY takes values of the row, not aggregates";
        return binder.refuse(codes::WRONG_COLUMN, query.group_by[at].span, message, None);
    }
    let aggregated = !group_by.is_empty() || shown.iter().any(|c| c.expr.is_aggregate());
    let mut columns = if aggregated { aggregated_columns(binder, query, &group_by, shown)? } else { plain_columns(binder, shown) };
    make_unique(&mut columns);
    let order_by =
        if aggregated { order_of_groups(binder, query, &columns, group_by.len()) } else { order_of_rows(binder, query, &columns) };
    Some(Columns { group_by, aggregated, columns, order_by: order_by? })
}

fn each<T, U>(list: &[T], f: impl Fn(&T) -> Option<U>) -> Option<Vec<U>> {
    // All are bound before giving up, so that all errors are reported.
    let bound: Vec<Option<U>> = list.iter().map(f).collect();
    bound.into_iter().collect()
}

fn plain_columns(binder: &Binder<'_>, shown: Vec<Column>) -> Vec<Column> {
    if !shown.is_empty() {
        return shown;
    }
    let of = |f: &dyn Fn(&str, Shape) -> BoundField, list: &[(&str, Shape)]| {
        list.iter().map(|(name, shape)| Column { name: name.to_string(), expr: ColumnExpr::Field(f(name, *shape)) }).collect()
    };
    if binder.in_activity() {
        of(&|name, shape| event_column(name, name, shape), EVENT_COLUMNS)
    } else {
        of(&|name, shape| issue_column(name, name, shape), ISSUE_COLUMNS)
    }
}

fn aggregated_columns(binder: &Binder<'_>, query: &ast::Query, group_by: &[Column], shown: Vec<Column>) -> Option<Vec<Column>> {
    let mut columns = group_by.to_vec();
    if query.show.is_empty() {
        columns.push(Column { name: "count".into(), expr: ColumnExpr::Aggregate(Aggregate::Count, None) });
    }
    for (column, written) in shown.into_iter().zip(&query.show) {
        if column.expr.is_aggregate() {
            columns.push(column);
        } else if let Some(at) = group_by.iter().position(|g| g.expr == column.expr) {
            // The keys are always the first columns; SHOW may give them a name.
            if written.alias.is_some() {
                columns[at].name = column.name;
            }
        } else {
            return binder.refuse(
                codes::WRONG_COLUMN,
                written.span,
                format!("`{}` has no single value in a group", column.name),
                format!("add it to GROUP BY, or show min({0}), max({0}) or countDistinct({0})", column.name),
            );
        }
    }
    Some(columns)
}

fn make_unique(columns: &mut [Column]) {
    for i in 0..columns.len() {
        let mut n = 2;
        let base = columns[i].name.clone();
        while columns[..i].iter().any(|c| c.name == columns[i].name) {
            columns[i].name = format!("{base}_{n}");
            n += 1;
        }
    }
}

fn column(binder: &Binder<'_>, column: &ast::Column) -> Option<Column> {
    let (name, expr) = match &column.kind {
        ColumnKind::Field(reference) => {
            let field = plain_field(binder, reference)?;
            (field.name.clone(), ColumnExpr::Field(field))
        }
        ColumnKind::Call(call) => call_column(binder, call)?,
    };
    let name = column.alias.as_ref().map_or(name, |a| a.text.clone());
    Some(Column { name, expr })
}

/// A name as a column of the answer.
fn plain_field(binder: &Binder<'_>, reference: &FieldRef) -> Option<BoundField> {
    let named = binder.field(reference)?;
    as_column(&named).or_else(|| {
        let what = match &named.place {
            Place::Missing(what) => format!("it needs {what}"),
            _ => "it is computed from several tables".to_string(),
        };
        binder.refuse(codes::NEEDS_DATA, reference.span, format!("`{}` cannot be shown: {what}", named.name), None)
    })
}

fn as_column(named: &Named) -> Option<BoundField> {
    match &named.place {
        Place::Of(Source::Key) => Some(issue_column("key", "key", Shape::Text)),
        _ => named.column().cloned(),
    }
}

/// Columns of issues that are sorted from the greatest down where no direction is named: the most important, the most wanted
/// first.
///
/// Jira's own defaults are uncertain (`reference/jql.md` section 8); it may sort dates the newest first too. They ascend here
/// on purpose: the project's benchmark asks `ORDER BY priority DESC, created` and expects the oldest first.
const DESCENDING: &[&str] = &["priority", "votes", "watchers"];

/// The direction of a key that names none. A group is sorted by what it shows, which is no field any more.
fn default_direction(by: &SortBy) -> Direction {
    match by {
        SortBy::Value(of) | SortBy::Rank(of, _) if of.scope == Scope::Issue && DESCENDING.contains(&of.column.as_str()) => {
            Direction::Desc
        }
        _ => Direction::Asc,
    }
}

fn order_of_groups(binder: &Binder<'_>, query: &ast::Query, columns: &[Column], keys: usize) -> Option<Vec<SortKey>> {
    let mut order = each(&query.order_by, |key| {
        let at = match &key.column.kind {
            ColumnKind::Field(reference) => {
                let name = &reference.name.text;
                let by_name = columns.iter().position(|c| c.name.eq_ignore_ascii_case(name));
                by_name.or_else(|| {
                    let field = as_column(&binder.find_field(name)?)?;
                    columns.iter().position(|c| c.expr == ColumnExpr::Field(field.clone()))
                })
            }
            ColumnKind::Call(call) => {
                let (_, expr) = call_column(binder, call)?;
                columns.iter().position(|c| c.expr == expr)
            }
        };
        let Some(at) = at else {
            let names: Vec<&str> = columns.iter().map(|c| c.name.as_str()).collect();
            return binder.refuse(
                codes::WRONG_COLUMN,
                key.column.span,
                "a grouped answer is sorted by its own columns",
                format!("they are {}", names.join(", ")),
            );
        };
        let by = SortBy::Output(at);
        let ascending = key.direction.unwrap_or_else(|| default_direction(&by)) == Direction::Asc;
        Some(SortKey { by, ascending, empty_first: !ascending })
    })?;
    for at in 0..keys {
        if !order.iter().any(|k| k.by == SortBy::Output(at)) {
            order.push(SortKey { by: SortBy::Output(at), ascending: true, empty_first: false });
        }
    }
    Some(order)
}

fn order_of_rows(binder: &Binder<'_>, query: &ast::Query, columns: &[Column]) -> Option<Vec<SortKey>> {
    let mut order = each(&query.order_by, |key| {
        let by = match &key.column.kind {
            ColumnKind::Call(call) => {
                let (_, expr) = call_column(binder, call)?;
                match columns.iter().position(|c| c.expr == expr) {
                    Some(at) => SortBy::Output(at),
                    None => return binder.refuse(codes::WRONG_COLUMN, call.span, "SHOW the column to sort by it", None),
                }
            }
            ColumnKind::Field(reference) => sort_by(binder, reference, columns)?,
        };
        let descending = key.direction.unwrap_or_else(|| default_direction(&by)) == Direction::Desc;
        // The first priority is the most important, and DESC means the most important first.
        let by_importance = matches!(&by, SortBy::Rank(field, _) if field.column == "priority");
        Some(SortKey { by, ascending: descending == by_importance, empty_first: descending })
    })?;
    let newest = |field: BoundField| SortKey { by: SortBy::Value(field), ascending: false, empty_first: false };
    if binder.in_activity() {
        if order.is_empty() {
            order.push(newest(event_column("time", "time", Shape::Time)));
        }
        order.push(newest(event_column("eventId", "event_id", Shape::Text)));
    } else {
        if order.is_empty() && binder.catalog.issue_columns.contains("created") {
            order.push(newest(issue_column("created", "created", Shape::Time)));
        }
        order.push(newest(issue_column("id", "id", Shape::Int)));
    }
    Some(order)
}

fn sort_by(binder: &Binder<'_>, reference: &FieldRef, columns: &[Column]) -> Option<SortBy> {
    let Some(named) = binder.find_field(&reference.name.text) else {
        if let Some(at) = columns.iter().position(|c| c.name.eq_ignore_ascii_case(&reference.name.text)) {
            return Some(SortBy::Output(at));
        }
        return binder.unknown_field(&reference.name.text, reference.span);
    };
    if !named.orderable {
        return binder.refuse(codes::NOT_ORDERABLE, reference.span, format!("issues are not sorted by `{}`", named.name), None);
    }
    let Some(column) = as_column(&named) else {
        let what = match &named.place {
            Place::Missing(what) => what.clone(),
            _ => "other tables".to_string(),
        };
        return binder.refuse(codes::NEEDS_DATA, reference.span, format!("sorting by `{}` needs {what}", named.name), None);
    };
    Some(match named.kind {
        Kind::Issue => SortBy::Key(column),
        Kind::User if column.shape == Shape::Text => SortBy::UserName(column),
        Kind::Sprint => SortBy::Listed(column, Arc::new(sprints(binder))),
        Kind::Version => match &binder.catalog.versions {
            Some(versions) => {
                let pairs = versions.iter().map(|v| (v.project.clone(), v.name.clone())).collect();
                SortBy::InProject(column, Arc::new(pairs))
            }
            None => {
                let message = format!("sorting by `{}` needs a table of versions", named.name);
                return binder.refuse(codes::NEEDS_DATA, reference.span, message, None);
            }
        },
        Kind::Component => SortBy::InProject(column, Arc::new(components(binder))),
        kind @ (Kind::Priority | Kind::Status | Kind::Resolution | Kind::IssueType) => match binder.catalog.values(kind) {
            Some(values) if values.complete => SortBy::Rank(column, Arc::new(values.names().map(str::to_string).collect())),
            _ => SortBy::Value(column),
        },
        _ => SortBy::Value(column),
    })
}

/// Sprints by their start, those without one last.
fn sprints(binder: &Binder<'_>) -> Vec<String> {
    let mut sprints: Vec<&NamedValue> = binder.catalog.sprints.list.iter().collect();
    let id = |s: &NamedValue| s.id.as_deref().and_then(|id| id.parse::<i64>().ok());
    sprints.sort_by_key(|s| (s.start.is_none(), s.start, id(s)));
    sprints.into_iter().map(|s| s.name.clone()).collect()
}

/// Components of each project by name.
fn components(binder: &Binder<'_>) -> Vec<(String, String)> {
    let components = binder.catalog.components.list.iter();
    let mut pairs: Vec<_> = components.map(|c| (c.group.clone().unwrap_or_default(), c.name.clone())).collect();
    pairs.sort_by_key(|(project, name)| (project.clone(), name.to_lowercase()));
    pairs
}
