//! AS OF EVENT: columns of the issue beside each event, as they were at its time.
//!
//! The events of an issue stand in order. For each field the place of its last change up to the instant of a row is carried
//! forward; rows with the same such place share its value. Before the first change the field held what that led from.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Column, ScalarValue};
use datafusion::functions::expr_fn::{coalesce, split_part};
use datafusion::functions_aggregate::min_max::{max_udaf, min_udaf};
use datafusion::functions_window::expr_fn::row_number;
use datafusion::logical_expr::{
    Expr, ExprFunctionExt, LogicalPlanBuilder, WindowFrame, WindowFrameBound, WindowFrameUnits, cast, lit, try_cast, when,
};

use super::activity::of_field;
use super::elements;
use super::expr::{plain, window};
use super::scan::{EVENTS, ISSUES, Tables, col};
use crate::error::Error;
use crate::semantic::bound::{HistoryField, PastColumn, Told};

/// Events joined with their issues; the columns of these become those of the past.
pub(crate) fn rows(tables: &Tables, rows: LogicalPlanBuilder, columns: &[PastColumn]) -> Result<LogicalPlanBuilder, Error> {
    let mut followed: Vec<&HistoryField> = Vec::new();
    for column in columns {
        if let Told::Changes { field, .. } | Told::ProjectOfKey(field) | Told::Resolution(field) = &column.told
            && !field.multi
            && !followed.contains(&field)
        {
            followed.push(field);
        }
    }
    let known: Vec<Column> = rows.schema().columns();
    let mut rows = rows;
    let mut lists: Vec<(&str, String)> = Vec::new();
    for column in columns {
        if let Told::Changes { field, .. } = &column.told
            && field.multi
        {
            let alias = format!("list_{}", lists.len());
            rows = elements::join_at_events(tables, rows, field, &alias)?;
            lists.push((&column.column, alias));
        }
    }
    let need = |column: &str| tables.need("events", EVENTS, column);
    let (issue, time) = (need("issue_id")?, need("time")?);
    let own = || vec![issue.clone()];
    let in_order = vec![time.clone().sort(true, false), need("event_id")?.sort(true, false)];
    let rows = rows.window(vec![row_number().partition_by(own()).order_by(in_order).build()?.alias("place")])?;
    // What windows of different nodes have in common DataFusion computes below all of them, though it may need the result of
    // one. So whatever depends on a window is a column before the next.
    let mut changes = columns_of(&rows);
    for (number, field) in followed.iter().enumerate() {
        changes.push(when(of_field(tables, field)?, plain("place")).end()?.alias(format!("change_{number}")));
    }
    // Changes of the same instant count, whatever their order: so the frame is one of time.
    let until_now = || {
        let start = WindowFrameBound::Preceding(ScalarValue::Null);
        WindowFrame::new_bounds(WindowFrameUnits::Range, start, WindowFrameBound::CurrentRow)
    };
    let (mut last, mut first) = (Vec::new(), Vec::new());
    for number in 0..followed.len() {
        let change = plain(&format!("change_{number}"));
        let so_far = window(max_udaf(), change.clone()).partition_by(own()).order_by(vec![time.clone().sort(true, false)]);
        last.push(so_far.window_frame(until_now()).build()?.alias(format!("last_{number}")));
        first.push(window(min_udaf(), change).partition_by(own()).build()?.alias(format!("first_{number}")));
    }
    let rows = rows.project(changes)?;
    let rows = if followed.is_empty() { rows } else { rows.window(last)?.window(first)? };
    let mut values = columns_of(&rows);
    for number in 0..followed.len() {
        for (which, side) in [("last", "to"), ("first", "from")] {
            for part in ["value", "id"] {
                let column = format!("{side}_{part}");
                let told = if tables.has("events", &column) {
                    cast(col(EVENTS, &column), DataType::Utf8View)
                } else {
                    lit(ScalarValue::Utf8View(None))
                };
                let at_place = when(plain("place").eq(plain(&format!("{which}_{number}"))), told).end()?;
                values.push(at_place.alias(format!("{column}_at_{number}")));
            }
        }
        let set = plain("place").eq(plain(&format!("last_{number}"))).and(need("to_value")?.is_not_null());
        values.push(when(set, time.clone()).end()?.alias(format!("set_at_{number}")));
    }
    let mut rows = rows.project(values)?;
    for number in 0..followed.len() {
        let with_last = || vec![issue.clone(), plain(&format!("last_{number}"))];
        let spread = |name: &str, keys: Vec<Expr>| -> Result<Expr, Error> {
            let value = window(max_udaf(), plain(&format!("{name}_at_{number}")));
            Ok(value.partition_by(keys).build()?.alias(format!("{name}_{number}")))
        };
        let after = vec![spread("to_value", with_last())?, spread("to_id", with_last())?, spread("set", with_last())?];
        let before = vec![spread("from_value", own())?, spread("from_id", own())?];
        rows = rows.window(after)?.window(before)?;
    }
    let place = |field: &HistoryField| followed.iter().position(|known| *known == field).unwrap_or_default();
    let mut shown = Vec::new();
    for column in known {
        let present = Expr::Column(column.clone());
        let of_issue = column.relation.as_ref().is_some_and(|r| r.table() == ISSUES);
        let Some(past) = columns.iter().find(|past| of_issue && past.column == column.name) else {
            shown.push(present);
            continue;
        };
        let data_type = tables.schema("issues").iter().find(|f| *f.name() == column.name).map(|f| f.data_type().clone());
        let data_type = data_type.unwrap_or(DataType::Utf8View);
        let held = |number: usize, by_id: bool, otherwise: Expr| {
            let side = |side: &str| {
                let value = plain(&format!("{side}_value_{number}"));
                if by_id { coalesce(vec![plain(&format!("{side}_id_{number}")), value]) } else { value }
            };
            when(plain(&format!("last_{number}")).is_not_null(), side("to"))
                .when(plain(&format!("first_{number}")).is_not_null(), side("from"))
                .otherwise(otherwise)
        };
        let value = match &past.told {
            Told::Never => present,
            Told::LastEvent => when(issue.clone().is_not_null(), time.clone()).end()?,
            Told::Changes { field, .. } if field.multi => {
                let alias = lists.iter().find(|(list, _)| *list == column.name).map_or("", |(_, alias)| alias.as_str());
                let of = |which: &str, name: &str| col(&format!("{alias}_{which}"), name);
                elements::list_then(present, of("spoken", "touched"), of("there", "then"), &data_type)
            }
            Told::Changes { field, by_id } => {
                let number = place(field);
                let value = held(number, *by_id, lit(ScalarValue::Utf8View(None)))?;
                let changes = plain(&format!("first_{number}")).is_not_null();
                when(changes, try_cast(value, data_type.clone())).otherwise(present)?
            }
            Told::ProjectOfKey(field) => {
                let key = held(place(field), false, lit(ScalarValue::Utf8View(None)))?;
                let project = split_part(key.clone(), lit("-"), lit(1i64));
                when(key.is_not_null(), cast(project, data_type.clone())).otherwise(present)?
            }
            Told::Resolution(field) => {
                let number = place(field);
                let alone = when(present.clone().lt_eq(time.clone()), present).end()?;
                when(plain(&format!("last_{number}")).is_not_null(), plain(&format!("set_{number}")))
                    .when(plain(&format!("first_{number}")).is_null(), alone)
                    .end()?
            }
        };
        shown.push(cast(value, data_type).alias_qualified(Some(ISSUES), column.name));
    }
    Ok(rows.project(shown)?)
}

fn columns_of(rows: &LogicalPlanBuilder) -> Vec<Expr> {
    rows.schema().columns().into_iter().map(Expr::Column).collect()
}
