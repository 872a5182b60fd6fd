//! THEN: chains of events, found by looking from each event for the nearest one that may follow.
//!
//! The nearest later event is the best partner: whatever lies farther is no closer in time and has no fewer events
//! between. So a chain needs one window for each link, read backwards for "something follows" and, in ACTIVITY, once more
//! forwards for "something came before", and no join of events with events. Of what came before, the nearest is not the best
//! where a NOT between the two shares with it what the later event does not: then the one counts whose next barring event
//! lies farthest.

mod seek;
mod whole;

use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::ScalarValue;
use datafusion::functions::expr_fn::least;
use datafusion::functions_aggregate::expr_fn::bool_or;
use datafusion::functions_window::expr_fn::row_number;
use datafusion::logical_expr::{Expr, ExprFunctionExt, LogicalPlanBuilder, cast, lit};

use self::seek::{Look, Seek, Steps, step};
use super::activity;
use super::expr::{all, any};
use super::scan::{EVENTS, Tables, col};
use crate::error::Error;
use crate::semantic::bound::{BoundField, EventTest, Micros, SequenceCondition, SequenceStep, Shape, Target};

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
        self.of.first == of.first && self.of.steps == of.steps && self.of.within == of.within
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
        if let Some(length) = self.of.within {
            return rows.whole(&links, length);
        }
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
        let rows = tables.scan("events", EVENTS)?.filter(all(wanted))?.project(columns)?;
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

impl Steps {
    /// Adds whether a chain from this event to the end begins here.
    fn look_ahead(mut self, at: usize, link: &Link<'_>) -> Result<Self, Error> {
        let mut parts = vec![step(&passes_name(link.test))];
        if let Some(Next { step: next, gap }) = &link.next {
            let following = step(&good(at + 1));
            self = self.nearest(Look::Ahead, &following, "time", &next.same, "next")?;
            parts.push(step("next").is_not_null());
            parts.extend(close(step("next") - step("time"), next.within));
            if !gap.is_empty() {
                self = self.nearest(Look::Ahead, &following, "place", &next.same, "next_place")?;
            }
            for (test, not) in gap {
                self = self.barred(*test, not)?;
                parts.push(step(&bar(*test)).is_null().or(step(&bar(*test)).gt_eq(step("next_place"))));
            }
        }
        self = self.nothing(link, &mut parts)?;
        self.keep(all(parts), good(at))
    }

    /// Adds the place of the nearest event that a NOT speaks of.
    fn barred(self, test: usize, not: &SequenceStep) -> Result<Self, Error> {
        self.nearest(Look::Ahead, &step(&passes_name(test)), "place", &not.same, &bar(test))
    }

    /// Adds to `parts` that nothing follows of what must not.
    fn nothing(mut self, link: &Link<'_>, parts: &mut Vec<Expr>) -> Result<Self, Error> {
        for (test, not) in &link.nothing {
            let name = format!("not_{test}");
            self = self.nearest(Look::Ahead, &step(&passes_name(*test)), "time", &not.same, &name)?;
            let distance = step(&name) - step("time");
            let follows: Vec<Expr> = std::iter::once(step(&name).is_not_null()).chain(close(distance, not.within)).collect();
            parts.push(all(follows).is_not_true());
        }
        Ok(self)
    }

    /// Adds whether a chain from its beginning to the end goes through this event.
    fn look_back(mut self, at: usize, next: &Next<'_>) -> Result<Self, Error> {
        let Next { step: this, gap } = next;
        let before = step(&reached(at - 1));
        let mut parts = vec![step(&good(at))];
        if gap.is_empty() {
            self = self.nearest(Look::Back, &before, "time", &this.same, "last")?;
            parts.push(step("last").is_not_null());
            parts.extend(close(step("time") - step("last"), this.within));
        } else {
            // Null where nothing bars: least() passes over it.
            let bars = gap.iter().map(|(test, _)| cast(step(&bar(*test)), DataType::Int64));
            let free_until = least(bars.chain([lit(i64::MAX)]).collect());
            let best = Seek { value: free_until, within: this.within, ..Seek::nearest(Look::Back, before, "place", &this.same) };
            self = self.seek(best, "last")?;
            parts.push(step("last").gt_eq(cast(step("place"), DataType::Int64)));
        }
        self.keep(all(parts), reached(at))
    }
}

/// Whether a distance in time is within a length.
fn close(distance: Expr, within: Option<Micros>) -> Option<Expr> {
    let length = within?;
    Some(cast(distance, DataType::Duration(TimeUnit::Microsecond)).lt_eq(lit(ScalarValue::DurationMicrosecond(Some(length)))))
}

/// Whether an event passes one of the tests.
fn passes(tables: &Tables, events: &[EventTest]) -> Result<Expr, Error> {
    Ok(any(events.iter().map(|test| activity::event(tables, test)).collect::<Result<_, _>>()?))
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

fn bar(test: usize) -> String {
    format!("bar_{test}")
}

fn key_name(key: &BoundField) -> String {
    format!("key_{}", key.column)
}
