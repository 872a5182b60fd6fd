//! THEN: chains of events, found by looking from each event for the nearest one that may follow.
//!
//! The nearest later event is the best partner: whatever lies farther is no closer in time and has no fewer events
//! between. So a chain needs one window for each link, read backwards for "something follows" and, in ACTIVITY, once more
//! forwards for "something came before", and no join of events with events.

use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::ScalarValue;
use datafusion::functions::expr_fn::nullif;
use datafusion::functions_aggregate::expr_fn::bool_or;
use datafusion::functions_aggregate::min_max::{max_udaf, min_udaf};
use datafusion::functions_nested::expr_fn::make_array;
use datafusion::functions_window::expr_fn::row_number;
use datafusion::logical_expr::{
    Expr, ExprFunctionExt, LogicalPlanBuilder, SortExpr, WindowFrame, WindowFrameBound, WindowFrameUnits, cast, lit, when,
};

use super::activity;
use super::expr::{all, any, plain, window};
use super::scan::{EVENTS, Tables, col};
use crate::error::Error;
use crate::semantic::bound::{BoundField, EventTest, SequenceCondition, SequenceStep, Shape, Target};

/// A sequence as a relation joined to the rows.
pub(crate) struct Chain {
    target: Target,
    of: SequenceCondition,
    number: usize,
}

impl Chain {
    pub(crate) fn new(target: Target, of: &SequenceCondition, number: usize) -> Self {
        Self { target, of: of.clone(), number }
    }

    /// Whether it is the same sequence.
    pub(crate) fn is_of(&self, of: &SequenceCondition) -> bool {
        self.of.first == of.first && self.of.steps == of.steps
    }

    pub(crate) fn alias(&self) -> String {
        format!("chain_{}", self.number)
    }

    /// Whether the row has part in a chain: true, or not true.
    pub(crate) fn fact(&self) -> Expr {
        col(&self.alias(), "hit")
    }

    /// `issue_id, hit` or `event_id, hit`.
    pub(crate) fn relation(self, tables: &Tables) -> Result<LogicalPlanBuilder, Error> {
        let links = links(&self.of);
        let mut rows = Steps { rows: self.rows(tables, &links)?, target: self.target };
        for (at, link) in links.iter().enumerate().rev() {
            rows = rows.look_ahead(at, link)?;
        }
        if self.target == Target::Issues {
            return Ok(rows.rows.aggregate(vec![step("issue_id")], vec![bool_or(step(&good(0))).alias("hit")])?);
        }
        rows = rows.with(vec![step(&good(0)).alias(reached(0))])?;
        for (at, pair) in links.windows(2).enumerate() {
            if let [Link { next: Some(next), .. }, _] = pair {
                rows = rows.look_back(at + 1, next)?;
            }
        }
        let part = (0..links.len()).map(|at| step(&reached(at))).collect();
        Ok(rows.rows.filter(any(part))?.project(vec![step("event_id"), lit(true).alias("hit")])?)
    }

    /// The events of any step, each with which of the tests it passes.
    fn rows(&self, tables: &Tables, links: &[Link<'_>]) -> Result<LogicalPlanBuilder, Error> {
        let need = |column: &str| tables.need("events", EVENTS, column);
        let events = std::iter::once(&self.of.first).chain(self.of.steps.iter().map(|step| &step.events));
        let tests: Vec<Expr> = events.map(|events| passes(tables, events)).collect::<Result<_, _>>()?;
        let mut wanted = vec![any(tests.clone())];
        let mut columns = vec![need("event_id")?.alias("event_id"), need("time")?.alias("time")];
        if self.target == Target::Issues {
            wanted.push(need("issue_id")?.is_not_null());
            columns.push(need("issue_id")?.alias("issue_id"));
        }
        let mut keys: Vec<&BoundField> = self.of.steps.iter().flat_map(|s| &s.same).flat_map(|(a, b)| [a, b]).collect();
        keys.sort_by(|a, b| a.column.cmp(&b.column));
        keys.dedup_by(|a, b| a.column == b.column);
        for key in keys {
            let value = need(&key.column)?;
            let value = if key.shape == Shape::Text { cast(value, DataType::Utf8View) } else { value };
            columns.push(value.alias(key_name(key)));
        }
        for (at, test) in tests.into_iter().enumerate() {
            columns.push(test.alias(passes_name(at)));
        }
        let rows = tables.scan("events", EVENTS)?.filter(all(wanted))?.project(columns)?.alias(STEPS)?;
        if links.iter().all(|link| link.next.as_ref().is_none_or(|next| next.gap.is_empty())) {
            return Ok(rows);
        }
        let order = vec![step("time").sort(true, false), step("event_id").sort(true, false)];
        Ok(rows.window(vec![row_number().order_by(order).build()?.alias("place")])?)
    }
}

/// One event of a chain, and what comes after it.
struct Link<'a> {
    /// Which of the tests it passes.
    test: usize,
    /// Negated steps behind it that ask of a length of time, or of all time.
    nothing: Vec<(usize, &'a SequenceStep)>,
    /// The event that follows.
    next: Option<Next<'a>>,
}

/// A further event of a chain.
struct Next<'a> {
    step: &'a SequenceStep,
    /// Negated steps that ask of what lies before it.
    gap: Vec<(usize, &'a SequenceStep)>,
}

fn links(of: &SequenceCondition) -> Vec<Link<'_>> {
    let mut links = vec![Link { test: 0, nothing: Vec::new(), next: None }];
    let mut open: Vec<(usize, &SequenceStep)> = Vec::new();
    for (number, step) in of.steps.iter().enumerate() {
        if step.negated {
            open.push((number + 1, step));
            continue;
        }
        let (nothing, gap) = open.drain(..).partition(|(_, not)| not.within.is_some());
        if let Some(before) = links.last_mut() {
            (before.nothing, before.next) = (nothing, Some(Next { step, gap }));
        }
        links.push(Link { test: number + 1, nothing: Vec::new(), next: None });
    }
    if let Some(last) = links.last_mut() {
        last.nothing = open;
    }
    links
}

/// The rows while columns are added to them.
struct Steps {
    rows: LogicalPlanBuilder,
    target: Target,
}

impl Steps {
    /// Adds whether a chain from this event to the end begins here.
    fn look_ahead(mut self, at: usize, link: &Link<'_>) -> Result<Self, Error> {
        let mut parts = vec![step(&passes_name(link.test))];
        if let Some(Next { step: next, gap }) = &link.next {
            let following = step(&good(at + 1));
            self = self.nearest(Look::Ahead, &following, "time", &next.same, "next")?;
            parts.push(step("next").is_not_null());
            parts.extend(close(step("next") - step("time"), next));
            if !gap.is_empty() {
                self = self.nearest(Look::Ahead, &following, "place", &next.same, "next_place")?;
            }
            for (test, not) in gap {
                let name = format!("not_{test}");
                self = self.nearest(Look::Ahead, &step(&passes_name(*test)), "place", &not.same, &name)?;
                parts.push(step(&name).is_null().or(step(&name).gt_eq(step("next_place"))));
            }
        }
        for (test, not) in &link.nothing {
            let name = format!("not_{test}");
            self = self.nearest(Look::Ahead, &step(&passes_name(*test)), "time", &not.same, &name)?;
            let follows: Vec<Expr> =
                std::iter::once(step(&name).is_not_null()).chain(close(step(&name) - step("time"), not)).collect();
            parts.push(all(follows).is_not_true());
        }
        self.keep(all(parts), good(at))
    }

    /// Adds whether a chain from its beginning to the end goes through this event.
    fn look_back(mut self, at: usize, next: &Next<'_>) -> Result<Self, Error> {
        let Next { step: this, gap } = next;
        let before = step(&reached(at - 1));
        self = self.nearest(Look::Back, &before, "time", &this.same, "last")?;
        let mut parts = vec![step(&good(at)), step("last").is_not_null()];
        parts.extend(close(step("time") - step("last"), this));
        if !gap.is_empty() {
            self = self.nearest(Look::Back, &before, "place", &this.same, "last_place")?;
        }
        for (test, not) in gap {
            // What the negated step shares with the event before, it shares with this one, too: the binder sees to that.
            let same: Vec<_> = not.same.iter().map(|(_, key)| (key.clone(), key.clone())).collect();
            let name = format!("not_{test}");
            self = self.nearest(Look::Back, &step(&passes_name(*test)), "place", &same, &name)?;
            parts.push(step(&name).is_null().or(step(&name).lt_eq(step("last_place"))));
        }
        self.keep(all(parts), reached(at))
    }

    /// Adds `value` of the nearest row that passes `test` and lies in that direction, with the same keys; null: there is none.
    fn nearest(self, look: Look, test: &Expr, value: &str, same: &[(BoundField, BoundField)], name: &str) -> Result<Self, Error> {
        // Where the two events share values of different columns, each row stands once in either part.
        let crossed = same.iter().any(|(before, this)| before.column != this.column);
        let (mut rows, mut keys) = (self.rows, Vec::new());
        if self.target == Target::Issues {
            keys.push(step("issue_id"));
        }
        let mut test = test.clone();
        if crossed {
            let columns = columns_of(&rows);
            let parts = make_array(vec![lit(false), lit(true)]).alias("is_later");
            rows = rows.project(columns.into_iter().chain([parts]).collect::<Vec<_>>())?.unnest_column("is_later")?;
            let is_later = || plain("is_later");
            test = test.and(if look == Look::Ahead { is_later() } else { is_later().is_false() });
            for (number, (before, this)) in same.iter().enumerate() {
                let key = when(is_later(), step(&key_name(this))).otherwise(step(&key_name(before)))?;
                let columns = columns_of(&rows);
                let key_column = format!("shared_{number}");
                rows = rows.project(columns.into_iter().chain([key.alias(&key_column)]).collect::<Vec<_>>())?;
                keys.push(plain(&key_column));
            }
        } else {
            keys.extend(same.iter().map(|(key, _)| step(&key_name(key))));
        }
        let known: Vec<Expr> = keys.iter().map(|key| key.clone().is_not_null()).collect();
        let seen = when(all(std::iter::once(test).chain(known).collect()), step(value)).end()?;
        let (function, ascending) = if look == Look::Ahead { (min_udaf(), false) } else { (max_udaf(), true) };
        let mut order: Vec<SortExpr> = vec![step("time").sort(ascending, !ascending), step("event_id").sort(ascending, !ascending)];
        if crossed {
            // The row's own other part comes behind it.
            order.push(plain("is_later").sort(look == Look::Ahead, false));
        }
        let found = window(function, seen).partition_by(keys).order_by(order).window_frame(all_before()).build()?;
        rows = rows.window(vec![found.alias(name)])?;
        if crossed {
            let own = plain("is_later");
            rows = rows.filter(if look == Look::Ahead { own.is_false() } else { own })?;
            let columns = columns_of(&rows).into_iter().filter(|c| !is_part(c)).collect::<Vec<_>>();
            rows = rows.project(columns)?;
        }
        Ok(Self { rows: rows.alias(STEPS)?, target: self.target })
    }

    /// Adds a column and drops those that only led to it.
    fn keep(self, holds: Expr, name: String) -> Result<Self, Error> {
        // True or null: of a truth value that can only be false, DataFusion's logical and physical plans do not agree
        // whether it may be null.
        let column = nullif(holds, lit(false)).alias(name);
        let columns = columns_of(&self.rows).into_iter().filter(|c| !is_helper(c));
        let rows = self.rows.project(columns.chain([column]).collect::<Vec<_>>())?.alias(STEPS)?;
        Ok(Self { rows, target: self.target })
    }

    fn with(self, more: Vec<Expr>) -> Result<Self, Error> {
        let columns = columns_of(&self.rows).into_iter().chain(more);
        let rows = self.rows.project(columns.collect::<Vec<_>>())?.alias(STEPS)?;
        Ok(Self { rows, target: self.target })
    }
}

/// In which direction the nearest row is sought.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    Ahead,
    Back,
}

/// Whether a distance in time is within a step's.
fn close(distance: Expr, step: &SequenceStep) -> Option<Expr> {
    let length = step.within?;
    Some(cast(distance, DataType::Duration(TimeUnit::Microsecond)).lt_eq(lit(ScalarValue::DurationMicrosecond(Some(length)))))
}

/// Whether an event passes one of the tests.
fn passes(tables: &Tables, events: &[EventTest]) -> Result<Expr, Error> {
    Ok(any(events.iter().map(|test| activity::event(tables, test)).collect::<Result<_, _>>()?))
}

/// All rows before this one.
fn all_before() -> WindowFrame {
    WindowFrame::new_bounds(
        WindowFrameUnits::Rows,
        WindowFrameBound::Preceding(ScalarValue::UInt64(None)),
        WindowFrameBound::Preceding(ScalarValue::UInt64(Some(1))),
    )
}

const STEPS: &str = "steps";

fn step(name: &str) -> Expr {
    col(STEPS, name)
}

fn columns_of(rows: &LogicalPlanBuilder) -> Vec<Expr> {
    rows.schema().columns().into_iter().map(Expr::Column).collect()
}

/// Columns that live until the next one is made.
fn is_helper(column: &Expr) -> bool {
    let Expr::Column(column) = column else { return false };
    let name = column.name.as_str();
    ["next", "next_place", "last", "last_place"].contains(&name) || name.starts_with("not_")
}

/// Columns that tell the two parts of a row apart.
fn is_part(column: &Expr) -> bool {
    matches!(column, Expr::Column(c) if c.name == "is_later" || c.name.starts_with("shared_"))
}

fn passes_name(test: usize) -> String {
    format!("passes_{test}")
}

fn good(at: usize) -> String {
    format!("good_{at}")
}

fn reached(at: usize) -> String {
    format!("reached_{at}")
}

fn key_name(key: &BoundField) -> String {
    format!("key_{}", key.column)
}
