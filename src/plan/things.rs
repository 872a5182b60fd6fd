//! What the other events of a thing tell of it: who made a comment, when, and what it said before.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{JoinType, ScalarValue};
use datafusion::functions::expr_fn::coalesce;
use datafusion::functions_aggregate::expr_fn::{first_value, min};
use datafusion::functions_window::expr_fn::last_value;
use datafusion::logical_expr::expr::NullTreatment;
use datafusion::logical_expr::{
    Expr, ExprFunctionExt, LogicalPlanBuilder, WindowFrame, WindowFrameBound, WindowFrameUnits, cast, lit, when,
};

use super::expr::{in_list, texts};
use super::scan::{EVENTS, Tables, col};
use crate::catalog::{entities, verbs};
use crate::error::Error;
use crate::semantic::bound::{BoundField, BoundQuery, Condition, EventTest, Scope};

/// Which of them a query reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Things {
    made: bool,
    text: bool,
}

/// The column that holds it beside those of the events.
pub(crate) fn name(column: &str) -> String {
    format!("thing_{column}")
}

impl Things {
    /// What a query reads; queries within it read for themselves.
    pub(crate) fn of(query: &BoundQuery) -> Self {
        let mut things = Self::default();
        query.fields_of_answer().for_each(|of| things.field(of));
        if let Some(condition) = &query.condition {
            things.condition(condition);
        }
        things
    }

    /// Whether anything is read.
    pub(crate) fn is_some(self) -> bool {
        self.made || self.text
    }

    fn field(&mut self, of: &BoundField) {
        if of.scope == Scope::Thing {
            *(if of.column == "old_text" { &mut self.text } else { &mut self.made }) = true;
        }
    }

    fn events(&mut self, events: &[EventTest]) {
        self.made |= events.iter().any(|event| event.by_author.is_some());
    }

    fn condition(&mut self, of: &Condition) {
        match of {
            Condition::All(list) | Condition::Any(list) => {
                stacker::maybe_grow(64 * 1024, 1024 * 1024, || list.iter().for_each(|c| self.condition(c)));
            }
            Condition::Field(field) => self.field(&field.field),
            Condition::Among(among) => self.field(&among.field),
            Condition::Events(events) => self.events(std::slice::from_ref(&events.event)),
            Condition::Sequence(sequence) => {
                self.events(&sequence.first);
                sequence.steps.iter().for_each(|step| self.events(&step.events));
            }
            Condition::Compare(of) => of.left.fields().into_iter().chain(of.right.fields()).for_each(|f| self.field(f)),
            Condition::Working(of) => of.fields().for_each(|f| self.field(f)),
            Condition::History(_) => {}
        }
    }

    /// Joins them to events under the alias [`EVENTS`]; `tables` are without them.
    pub(crate) fn join(self, tables: &Tables, rows: LogicalPlanBuilder) -> Result<LogicalPlanBuilder, Error> {
        if !self.is_some() {
            return Ok(rows);
        }
        let mut columns: Vec<Expr> = rows.schema().columns().into_iter().map(Expr::Column).collect();
        let mut rows = rows;
        if self.made {
            let keys = keys(tables, EVENTS)?;
            let made = made(tables)?.alias("made")?.build()?;
            let theirs = (0..keys.len()).map(|at| col("made", &format!("key_{at}"))).collect();
            rows = rows.join_with_expr_keys(made, JoinType::Left, (keys, theirs), None)?;
            let own = |column: &str| {
                when(is(tables, EVENTS, "created")?, tables.need("events", EVENTS, column)?).end().map_err(Error::from)
            };
            let author = coalesce(vec![col("made", "author"), cast(own("actor")?, DataType::Utf8View)]);
            columns.push(author.alias(name("author")));
            columns.push(coalesce(vec![col("made", "made"), own("time")?]).alias(name("made")));
        }
        if self.text {
            let said = said(tables)?.alias("said")?.build()?;
            let event = cast(tables.need("events", EVENTS, "event_id")?, DataType::Utf8View);
            rows = rows.join_with_expr_keys(said, JoinType::Left, (vec![event], vec![col("said", "event_id")]), None)?;
            columns.push(col("said", "old_text").alias(name("old_text")));
        }
        Ok(rows.project(columns)?.alias(EVENTS)?)
    }
}

fn issue_spellings() -> Vec<Expr> {
    texts(&entities::entity("issue").map(|e| e.spellings()).unwrap_or_default())
}

fn is(tables: &Tables, alias: &str, verb: &str) -> Result<Expr, Error> {
    Ok(in_list(tables.need("events", alias, "action")?, texts(&verbs::actions(verb)), false))
}

/// What two events of one thing share; the last key is null where an event is alone.
pub(super) fn keys(tables: &Tables, alias: &str) -> Result<Vec<Expr>, Error> {
    let need = |column: &str| tables.need("events", alias, column);
    let (entity, issue) = (need("entity")?, need("issue_id")?);
    let id = if tables.has("events", "entity_id") {
        cast(col(alias, "entity_id"), DataType::Utf8View)
    } else {
        lit(ScalarValue::Utf8View(None))
    };
    let thing = when(in_list(entity.clone(), issue_spellings(), false), cast(issue.clone(), DataType::Utf8View)).otherwise(id)?;
    Ok(vec![cast(entity, DataType::Utf8View), coalesce(vec![cast(issue, DataType::Int64), lit(-1i64)]), thing])
}

/// The makers of things: `key_0, key_1, key_2, author, made`.
fn made(tables: &Tables) -> Result<LogicalPlanBuilder, Error> {
    const MAKING: &str = "making";
    let need = |column: &str| tables.need("events", MAKING, column);
    let order = vec![need("time")?.sort(true, false), need("event_id")?.sort(true, false)];
    let keys = keys(tables, MAKING)?;
    let known = keys.last().cloned().map_or_else(|| lit(false), |thing| thing.is_not_null());
    let named: Vec<Expr> = keys.into_iter().enumerate().map(|(at, key)| key.alias(format!("key_{at}"))).collect();
    let facts =
        vec![first_value(cast(need("actor")?, DataType::Utf8View), order).alias("author"), min(need("time")?).alias("made")];
    Ok(tables.scan("events", MAKING)?.filter(is(tables, MAKING, "created")?.and(known))?.aggregate(named, facts)?)
}

/// What things other than issues said before each of their events: `event_id, old_text`.
fn said(tables: &Tables) -> Result<LogicalPlanBuilder, Error> {
    const SAYING: &str = "saying";
    let need = |column: &str| tables.need("events", SAYING, column);
    let order = vec![need("time")?.sort(true, false), need("event_id")?.sort(true, false)];
    let mut keys = keys(tables, SAYING)?;
    let event = cast(need("event_id")?, DataType::Utf8View);
    if let Some(thing) = keys.last_mut() {
        *thing = coalesce(vec![thing.clone(), event.clone()]);
    }
    let text = cast(need("text")?, DataType::Utf8View);
    let before = WindowFrame::new_bounds(
        WindowFrameUnits::Rows,
        WindowFrameBound::Preceding(ScalarValue::UInt64(None)),
        WindowFrameBound::Preceding(ScalarValue::UInt64(Some(1))),
    );
    // The events of one thing are few, so looking back over them costs little.
    let last = last_value(text.clone())
        .partition_by(keys)
        .order_by(order)
        .window_frame(before)
        .null_treatment(NullTreatment::IgnoreNulls)
        .build()?;
    let of_things = in_list(need("entity")?, issue_spellings(), true);
    let rows = tables.scan("events", SAYING)?.filter(of_things)?.window(vec![last.alias("before")])?;
    let before = || Expr::Column(datafusion::common::Column::new_unqualified("before"));
    let old = when(is(tables, SAYING, "deleted")?, coalesce(vec![text, before()])).otherwise(before())?;
    Ok(rows.project(vec![event.alias("event_id"), old.alias("old_text")])?)
}
