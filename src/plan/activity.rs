//! One event as an expression over the events scan.

use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::{Expr, cast, lit};

use super::expr::{actor_in, all, held, in_list, texts};
use super::scan::{EVENTS, Tables, col, time};
use super::{functions, things};
use crate::error::Error;
use crate::semantic::bound::{EventTest, HistoryField, HistoryValues, TimeBound};

/// Whether an event passes a test.
pub(crate) fn event(tables: &Tables, test: &EventTest) -> Result<Expr, Error> {
    let need = |column: &str| tables.need("events", EVENTS, column);
    let mut tests = Vec::new();
    if !test.time.is_empty() {
        tests.extend(within(need("time")?, &test.time));
    }
    if let Some(entities) = &test.entities {
        tests.push(in_list(need("entity")?, texts(entities), false));
    }
    if let Some(actions) = &test.actions {
        tests.push(in_list(need("action")?, texts(actions), false));
    }
    if !test.not_actions.is_empty() {
        tests.push(in_list(need("action")?, texts(&test.not_actions), true));
    }
    if let Some(field) = &test.field {
        tests.push(of_field(tables, field)?);
    }
    for actors in &test.by {
        tests.push(actor_in(need("actor")?, actors));
    }
    if let Some(own) = test.by_author {
        let (actor, author) = (need("actor")?, col(EVENTS, &things::name("author")));
        let actor = cast(actor, DataType::Utf8View);
        tests.push(if own { actor.eq(author) } else { actor.not_eq(author) });
    }
    for kinds in &test.via {
        tests.push(in_list(need("actor_kind")?, texts(kinds), false));
    }
    for values in &test.from {
        tests.push(side(tables, "from", values)?);
    }
    for values in &test.to {
        tests.push(side(tables, "to", values)?);
    }
    for query in &test.text {
        tests.push(functions::text(need("text")?, query));
    }
    Ok(all(tests))
}

/// Whether an instant lies within each of the bounds.
pub(crate) fn within(at: Expr, bounds: &[TimeBound]) -> impl Iterator<Item = Expr> {
    bounds.iter().map(move |bound| {
        let at = at.clone();
        match bound {
            TimeBound::After(t) => at.gt(time(*t)),
            TimeBound::AtOrAfter(t) => at.gt_eq(time(*t)),
            TimeBound::Before(t) => at.lt(time(*t)),
            TimeBound::AtOrBefore(t) => at.lt_eq(time(*t)),
        }
    })
}

/// Whether an event is a change of a field.
pub(crate) fn of_field(tables: &Tables, field: &HistoryField) -> Result<Expr, Error> {
    let by_name = in_list(tables.need("events", EVENTS, "field")?, texts(&field.event_fields), false);
    Ok(match &field.event_field_id {
        // The id decides where an event has one: several custom fields may share a name.
        Some(id) if tables.has("events", "field_id") => {
            let field_id = col(EVENTS, "field_id");
            field_id.clone().eq(lit(id.as_str())).or(field_id.is_null().and(by_name))
        }
        _ => by_name,
    })
}

/// Whether the old or the new value is one of `values`.
pub(crate) fn side(tables: &Tables, side: &str, values: &HistoryValues) -> Result<Expr, Error> {
    let name = tables.need("events", EVENTS, &format!("{side}_value"))?;
    let id_column = format!("{side}_id");
    let id = tables.has("events", &id_column).then(|| col(EVENTS, &id_column));
    Ok(held(name, id, values))
}
