//! until() and lasted(): the next event of the thing that an event speaks of.
//!
//! Read backwards, the nearest event that counts is the least time seen so far. So every event learns of it in one window
//! for the thing and one for its part, over the events of the things that the rows can speak of, and no event is joined
//! with another.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::functions::expr_fn::coalesce;
use datafusion::functions_aggregate::min_max::min_udaf;
use datafusion::logical_expr::{
    Expr, ExprFunctionExt, LogicalPlanBuilder, WindowFrame, WindowFrameBound, WindowFrameUnits, cast, lit, when,
};

use super::activity::of_field;
use super::expr::{all, any, condition, in_list, plain, texts, window};
use super::scan::{EVENTS, Tables, col};
use super::things::{self, Things};
use crate::catalog::verbs;
use crate::error::Error;
use crate::semantic::bound::{Condition, EventTest, NextEvent, Scope};

/// What of its thing an event speaks of; where all are null, the whole of it.
struct Part {
    field: Expr,
    element: Expr,
    member: Expr,
}

/// What comes next as a relation joined to the rows.
pub(crate) struct Next {
    of: NextEvent,
    number: usize,
}

impl Next {
    pub(crate) fn new(of: &NextEvent, number: usize) -> Self {
        Self { of: of.clone(), number }
    }

    /// Whether it asks for the same.
    pub(crate) fn is_of(&self, of: &NextEvent) -> bool {
        self.of == *of
    }

    pub(crate) fn alias(&self) -> String {
        format!("next_{}", self.number)
    }

    /// When it is; null: there is none.
    pub(crate) fn fact(&self) -> Expr {
        col(&self.alias(), "until")
    }

    /// `event_id, until` of the events after which there is one; `rows` is what the query asks of the others.
    pub(crate) fn relation(self, tables: &Tables, rows: Option<&Condition>) -> Result<LogicalPlanBuilder, Error> {
        // What things tell is not asked of here, and would be joined to every event.
        let tables = &tables.telling(Things::default());
        let need = |column: &str| tables.need("events", EVENTS, column);
        let keys = things::keys(tables, EVENTS)?;
        let mut wanted: Vec<Expr> = keys.last().map(|thing| thing.clone().is_not_null()).into_iter().collect();
        if let Some(rows) = rows {
            wanted.extend(self.scope(tables, rows)?);
        }
        let names: Vec<String> = (0..keys.len()).map(|at| format!("key_{at}")).collect();
        let Part { member, field, element } = self.part(tables)?;
        let passes = self.passes(need("action")?);
        let of_thing = all(vec![member.clone().is_null(), in_list(need("action")?, texts(&self.of.of_thing), false)]);
        let keyed = keys.into_iter().zip(&names).map(|(key, name)| key.alias(name));
        let columns = [need("event_id")?.alias("event_id"), need("time")?.alias("time")];
        let parts = [field.alias("field"), element.alias("element"), member.alias("member")];
        let tests = [passes.alias("passes"), of_thing.alias("of_thing")];
        let events = tables
            .scan("events", EVENTS)?
            .filter(all(wanted))?
            .project(keyed.chain(columns).chain(parts).chain(tests).collect::<Vec<_>>())?;
        let thing: Vec<Expr> = names.iter().map(|name| plain(name)).collect();
        let of_part = thing.iter().cloned().chain(["field", "element", "member"].map(plain)).collect();
        let events = events
            .window(vec![nearest("passes", thing.clone())?.alias("any"), nearest("of_thing", thing)?.alias("whole")])?
            .window(vec![nearest("passes", of_part)?.alias("same")])?;
        let (same, whole) = (plain("same"), plain("whole"));
        let sooner = when(whole.clone().lt(same.clone()), whole.clone()).otherwise(coalesce(vec![same, whole]))?;
        let until = when(plain("field").is_null().and(plain("member").is_null()), plain("any")).otherwise(sooner)?.alias("until");
        Ok(events.project(vec![plain("event_id"), until])?.filter(plain("until").is_not_null())?)
    }

    fn passes(&self, action: Expr) -> Expr {
        let mut any_of = vec![in_list(action.clone(), texts(&self.of.actions), false)];
        if self.of.any_change {
            any_of.push(in_list(action, texts(&verbs::not_mutations()), true));
        }
        any(any_of)
    }

    /// The part of its thing that an event speaks of.
    fn part(&self, tables: &Tables) -> Result<Part, Error> {
        let none = || lit(ScalarValue::Utf8View(None));
        let text = |column: &str| match tables.has("events", column) {
            true => cast(col(EVENTS, column), DataType::Utf8View),
            false => none(),
        };
        let value = || coalesce(vec![text("to_value"), text("from_value")]);
        let lists: Vec<Expr> = match tables.has("events", "field") {
            true => self.of.lists.iter().map(|field| of_field(tables, field)).collect::<Result<_, _>>()?,
            false => Vec::new(),
        };
        let joins = in_list(tables.need("events", EVENTS, "action")?, texts(&NextEvent::joining()), false);
        Ok(Part {
            field: when(text("field").is_not_null(), coalesce(vec![text("field_id"), text("field")])).end()?,
            element: if lists.is_empty() { none() } else { when(any(lists), value()).end()? },
            member: when(text("field").is_null().and(joins), value()).end()?,
        })
    }

    /// What all rows are, and all events that may end something of theirs; none where that is not known.
    fn scope(&self, tables: &Tables, of: &Condition) -> Result<Option<Expr>, Error> {
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || {
            Ok(match of {
                Condition::All(list) => {
                    let known = list.iter().map(|c| self.scope(tables, c)).collect::<Result<Vec<_>, _>>()?;
                    let known: Vec<Expr> = known.into_iter().flatten().collect();
                    (!known.is_empty()).then(|| all(known))
                }
                Condition::Any(list) => {
                    let known = list.iter().map(|c| self.scope(tables, c)).collect::<Result<Vec<_>, _>>()?;
                    known.into_iter().collect::<Option<Vec<Expr>>>().map(any)
                }
                Condition::Field(field) if field.field.scope == Scope::Event && field.field.column == "entity" => {
                    Some(condition(tables, field))
                }
                Condition::Events(events) if !events.negated => self.scope_of(tables, std::iter::once(&events.event))?,
                Condition::Sequence(sequence) if !sequence.negated => {
                    let steps = sequence.steps.iter().filter(|step| !step.negated).flat_map(|step| &step.events);
                    self.scope_of(tables, sequence.first.iter().chain(steps))?
                }
                _ => None,
            })
        })
    }

    /// The same where each row passes one of the tests.
    fn scope_of<'t>(&self, tables: &Tables, tests: impl Iterator<Item = &'t EventTest>) -> Result<Option<Expr>, Error> {
        let mut any_of = Vec::new();
        for test in tests {
            let mut parts = Vec::new();
            if let Some(entities) = &test.entities {
                parts.push(in_list(tables.need("events", EVENTS, "entity")?, texts(entities), false));
            }
            if let Some(field) = &test.field {
                let action = tables.need("events", EVENTS, "action")?;
                parts.push(of_field(tables, field)?.or(in_list(action, texts(&self.of.of_thing), false)));
            }
            if parts.is_empty() {
                return Ok(None);
            }
            any_of.push(all(parts));
        }
        Ok(Some(any(any_of)))
    }
}

/// The time of the nearest later event with the same keys that passes a test.
fn nearest(test: &str, keys: Vec<Expr>) -> Result<Expr, Error> {
    let backwards = vec![plain("time").sort(false, true), plain("event_id").sort(false, true)];
    let before = WindowFrame::new_bounds(
        WindowFrameUnits::Rows,
        WindowFrameBound::Preceding(ScalarValue::UInt64(None)),
        WindowFrameBound::Preceding(ScalarValue::UInt64(Some(1))),
    );
    let seen = when(plain(test), plain("time")).end()?;
    Ok(window(min_udaf(), seen).partition_by(keys).order_by(backwards).window_frame(before).build()?)
}
