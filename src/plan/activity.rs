//! One event as an expression over the events scan.

use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::{Expr, cast, lit, try_cast, when};
use datafusion::scalar::ScalarValue;

use super::expr::{actor_in, all, held, in_list, texts};
use super::scan::{EVENTS, Tables, col, time};
use super::{functions, things};
use crate::error::Error;
use crate::semantic::bound::{EventTest, HistoryField, HistoryValues, Order, Stepped, TimeBound};

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
    if let Some(step) = &test.stepped {
        tests.push(stepped(tables, step)?);
    }
    for query in &test.text {
        tests.push(functions::text(need("text")?, query));
    }
    Ok(all(tests))
}

/// Whether the new value is lower or higher than the old one; null where one of them has no place in the order.
fn stepped(tables: &Tables, of: &Stepped) -> Result<Expr, Error> {
    let (from, to) = (placed(tables, "from", &of.order)?, placed(tables, "to", &of.order)?);
    Ok(if of.raised { to.gt(from) } else { to.lt(from) })
}

/// The place of the old or the new value in an order.
fn placed(tables: &Tables, side: &str, order: &Order) -> Result<Expr, Error> {
    let name = tables.need("events", EVENTS, &format!("{side}_value"))?;
    let values = match order {
        Order::Number => return Ok(try_cast(cast(name, DataType::Utf8View), DataType::Float64)),
        Order::Listed(values) => values,
    };
    let id_column = format!("{side}_id");
    let id = tables.has("events", &id_column).then(|| col(EVENTS, &id_column));
    // A value that was renamed since keeps its id.
    let by_id =
        id.iter().flat_map(|id| values.iter().enumerate().map(move |(at, v)| (at, in_list(id.clone(), texts(&v.ids), false))));
    let by_name = values.iter().enumerate().map(|(at, v)| (at, in_list(name.clone(), texts(&v.names), false)));
    let mut places = by_id.chain(by_name);
    let Some((first, is)) = places.next() else { return Ok(lit(ScalarValue::Int64(None))) };
    let mut case = when(is, lit(first as i64));
    for (at, is) in places {
        case = case.when(is, lit(at as i64));
    }
    Ok(case.end()?)
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
