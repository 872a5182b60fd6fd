//! TIMES with WITHIN and SAME: how many events lie together.

use datafusion::common::{Column, ScalarValue};
use datafusion::functions_aggregate::count::count_udaf;
use datafusion::functions_aggregate::expr_fn::{count, max};
use datafusion::functions_aggregate::min_max::max_udaf;
use datafusion::logical_expr::expr::WindowFunction;
use datafusion::logical_expr::{
    AggregateUDF, Expr, ExprFunctionExt, LogicalPlanBuilder, WindowFrame, WindowFrameBound, WindowFrameUnits,
    WindowFunctionDefinition, lit, when,
};
use std::sync::Arc;

use super::expr::{all, comparison};
use super::scan::{EVENTS, Tables, col};
use crate::error::Error;
use crate::semantic::bound::{Comparison, Target, Times};

/// Events that pass a test, counted together.
pub(crate) struct Burst {
    target: Target,
    test: Expr,
    times: Times,
    number: usize,
}

impl Burst {
    /// `test` is over the events scan.
    pub(crate) fn new(target: Target, test: Expr, times: &Times, number: usize) -> Self {
        Self { target, test, times: times.clone(), number }
    }

    /// Whether it counts the same.
    pub(crate) fn is_of(&self, test: &Expr, times: &Times) -> bool {
        // How the count compares is said outside, among issues.
        let same = (self.times.within, &self.times.same) == (times.within, &times.same);
        self.test == *test && same && (self.target == Target::Issues || self.times == *times)
    }

    pub(crate) fn alias(&self) -> String {
        format!("burst_{}", self.number)
    }

    /// The truth of `times` for a row, or of its negation.
    pub(crate) fn fact(&self, times: &Times, negated: bool) -> Result<Expr, Error> {
        match self.target {
            Target::Activity => Ok(col(&self.alias(), "hit")),
            Target::Issues => {
                let counted = col(&self.alias(), "most");
                counted_as(counted, times.op, times.count, negated)
            }
        }
    }

    /// `issue_id, most` or `event_id, hit`.
    pub(crate) fn relation(self, tables: &Tables) -> Result<LogicalPlanBuilder, Error> {
        let need = |column: &str| tables.need("events", EVENTS, column);
        let mut keys: Vec<Expr> = self.times.same.iter().map(|key| need(&key.column)).collect::<Result<_, _>>()?;
        let issue = || Column::new(Some(EVENTS), "issue_id");
        if self.target == Target::Issues && !keys.contains(&Expr::Column(issue())) {
            keys.push(need("issue_id")?);
        }
        let known = keys.iter().map(|key| key.clone().is_not_null());
        let wanted = all(std::iter::once(self.test.clone()).chain(known).collect());
        let rows = tables.scan("events", EVENTS)?.filter(wanted)?;
        let time = need("time")?;
        match (self.target, self.times.within) {
            (Target::Issues, None) => {
                let counted = rows.aggregate(keys, vec![count(lit(1i64)).alias("n")])?;
                Ok(counted.aggregate(vec![Expr::Column(issue())], vec![max(plain("n")).alias("most")])?)
            }
            (Target::Issues, Some(length)) => {
                let rows = rows.window(vec![over(count_udaf(), lit(1i64), keys, time, before(length))?.alias("n")])?;
                Ok(rows.aggregate(vec![Expr::Column(issue())], vec![max(plain("n")).alias("most")])?)
            }
            (Target::Activity, None) => {
                let whole = WindowFrame::new(None);
                let each = window(count_udaf(), lit(1i64)).partition_by(keys).window_frame(whole).build()?;
                self.hits(tables, rows.window(vec![each.alias("n")])?)
            }
            (Target::Activity, Some(length)) => {
                // A window that holds a row may be moved to begin with one of its events: count from each event on, then
                // take the greatest count among the windows that begin not too long before the row.
                let rows = rows
                    .window(vec![over(count_udaf(), lit(1i64), keys.clone(), time.clone(), after(length))?.alias("from_here")])?;
                let rows = rows.window(vec![over(max_udaf(), plain("from_here"), keys, time, before(length))?.alias("n")])?;
                self.hits(tables, rows)
            }
        }
    }

    fn hits(&self, tables: &Tables, rows: LogicalPlanBuilder) -> Result<LogicalPlanBuilder, Error> {
        let event = tables.need("events", EVENTS, "event_id")?;
        let rows = rows.filter(comparison(plain("n"), self.times.op, lit(self.times.count)))?;
        Ok(rows.project(vec![event.alias("event_id"), lit(true).alias("hit")])?)
    }
}

/// Whether a count compares so, where no row is a count of 0.
pub(crate) fn counted_as(counted: Expr, op: Comparison, count: i64, negated: bool) -> Result<Expr, Error> {
    // Only where none would do are issues without any such event kept.
    let none_will_do = negated || holds(0, op, count);
    let counted = if none_will_do { when(counted.clone().is_null(), lit(0i64)).otherwise(counted)? } else { counted };
    Ok(comparison(counted, op, lit(count)))
}

fn holds(count: i64, op: Comparison, times: i64) -> bool {
    match op {
        Comparison::Eq => count == times,
        Comparison::NotEq => count != times,
        Comparison::Lt => count < times,
        Comparison::LtEq => count <= times,
        Comparison::Gt => count > times,
        Comparison::GtEq => count >= times,
    }
}

fn window(function: Arc<AggregateUDF>, of: Expr) -> Expr {
    Expr::from(WindowFunction::new(WindowFunctionDefinition::AggregateUDF(function), vec![of]))
}

fn over(function: Arc<AggregateUDF>, of: Expr, keys: Vec<Expr>, time: Expr, frame: WindowFrame) -> Result<Expr, Error> {
    let order = vec![time.sort(true, false)];
    Ok(window(function, of).partition_by(keys).order_by(order).window_frame(frame).build()?)
}

fn length(micros: i64) -> ScalarValue {
    ScalarValue::new_interval_mdn(0, 0, micros.saturating_mul(1000))
}

fn before(micros: i64) -> WindowFrame {
    WindowFrame::new_bounds(WindowFrameUnits::Range, WindowFrameBound::Preceding(length(micros)), WindowFrameBound::CurrentRow)
}

fn after(micros: i64) -> WindowFrame {
    WindowFrame::new_bounds(WindowFrameUnits::Range, WindowFrameBound::CurrentRow, WindowFrameBound::Following(length(micros)))
}

fn plain(name: &str) -> Expr {
    Expr::Column(Column::new_unqualified(name))
}
