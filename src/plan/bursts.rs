//! TIMES with WITHIN and SAME: how many events, or how many values of theirs, lie together.

use super::expr::{all, any, comparison, plain, window};
use super::scan::{EVENTS, Tables, col};
use crate::error::Error;
use crate::semantic::bound::{BoundField, Comparison, Shape, Target, Times};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::functions_aggregate::count::count_udaf;
use datafusion::functions_aggregate::expr_fn::max;
use datafusion::functions_aggregate::min_max::max_udaf;
use datafusion::logical_expr::{
    Expr, ExprFuncBuilder, ExprFunctionExt, LogicalPlanBuilder, WindowFrame, WindowFrameBound, WindowFrameUnits, cast, lit, when,
};

/// Events that pass a test, counted together: all questions about those of one test, with the same in common and of the same
/// counted values share a scan and a sort.
pub(crate) struct Burst {
    target: Target,
    test: Expr,
    same: Vec<BoundField>,
    distinct: Option<BoundField>,
    asked: Vec<Times>,
    number: usize,
}

impl Burst {
    /// `test` is over the events scan.
    pub(crate) fn new(target: Target, test: Expr, times: &Times, number: usize) -> Self {
        Self { target, test, same: times.same.clone(), distinct: times.distinct.clone(), asked: Vec::new(), number }
    }

    /// Whether it counts the same events by the same values.
    pub(crate) fn is_of(&self, test: &Expr, times: &Times) -> bool {
        self.test == *test && self.same == times.same && self.distinct == times.distinct
    }

    pub(crate) fn alias(&self) -> String {
        format!("burst_{}", self.number)
    }

    /// Registers a question and gives its truth for a row, or that of its negation among issues.
    pub(crate) fn fact(&mut self, times: &Times, negated: bool) -> Result<Expr, Error> {
        let asks = |known: &Times| match self.target {
            // How the count compares is said outside.
            Target::Issues => known.within == times.within,
            Target::Activity => known == times,
        };
        let at = self.asked.iter().position(asks).unwrap_or_else(|| {
            self.asked.push(times.clone());
            self.asked.len() - 1
        });
        let fact = col(&self.alias(), &format!("fact_{at}"));
        match self.target {
            Target::Activity => Ok(fact),
            Target::Issues => counted_as(fact, times.op, times.count, negated),
        }
    }

    /// `issue_id` with the greatest counts, or `event_id` with whether it is one of as many.
    pub(crate) fn relation(self, tables: &Tables) -> Result<LogicalPlanBuilder, Error> {
        let need = |column: &str| tables.need("events", EVENTS, column);
        let mut keys: Vec<Expr> = self.same.iter().map(|key| need(&key.column)).collect::<Result<_, _>>()?;
        if self.target == Target::Issues {
            let issue = need("issue_id")?;
            if !keys.contains(&issue) {
                keys.push(issue);
            }
        }
        let value = self.distinct.as_ref().map(|of| need(&of.column)).transpose()?;
        let known = keys.iter().chain(&value).map(|key| key.clone().is_not_null());
        let wanted = all(std::iter::once(self.test.clone()).chain(known).collect());
        let mut rows = tables.scan("events", EVENTS)?.filter(wanted)?;
        let time = need("time")?;
        let grouped = |of: Expr| of.partition_by(keys.clone());
        let count = match value {
            // Dictionaries may differ from batch to batch.
            Some(value) if self.distinct.as_ref().is_some_and(|of| of.shape == Shape::Text) => {
                grouped(window(count_udaf(), cast(value, DataType::Utf8View))).distinct()
            }
            Some(value) => grouped(window(count_udaf(), value)).distinct(),
            None => grouped(window(count_udaf(), lit(1i64))),
        };
        let counted = |frame| over(count.clone(), time.clone(), frame);
        let (mut ahead, mut around, mut whole) = (Vec::new(), Vec::new(), Vec::new());
        for (at, times) in self.asked.iter().enumerate() {
            let name = format!("n_{at}");
            match (self.target, times.within) {
                (_, None) => {
                    let each = count.clone().window_frame(WindowFrame::new(None));
                    whole.push(each.build()?.alias(name));
                }
                (Target::Issues, Some(length)) => around.push(counted(before(length))?.alias(name)),
                (Target::Activity, Some(length)) => {
                    // A window that holds a row may be moved to begin with one of its events: count from each event on, then
                    // take the greatest count among the windows that begin not too long before the row.
                    let from_here = format!("from_here_{at}");
                    ahead.push(counted(after(length))?.alias(&from_here));
                    let most = over(grouped(window(max_udaf(), plain(&from_here))), time.clone(), before(length))?;
                    around.push(most.alias(name));
                }
            }
        }
        for windows in [ahead, around, whole] {
            if !windows.is_empty() {
                rows = rows.window(windows)?;
            }
        }
        let counts = self.asked.iter().enumerate().map(|(at, times)| (plain(&format!("n_{at}")), format!("fact_{at}"), times));
        if self.target == Target::Issues {
            let most: Vec<Expr> = counts.map(|(count, name, _)| max(count).alias(name)).collect();
            return Ok(rows.aggregate(vec![need("issue_id")?], most)?);
        }
        let hits: Vec<(Expr, String)> =
            counts.map(|(count, name, times)| (comparison(count, times.op, lit(times.count)), name)).collect();
        let rows = rows.filter(any(hits.iter().map(|(hit, _)| hit.clone()).collect()))?;
        let named = hits.into_iter().map(|(hit, name)| hit.alias(name));
        Ok(rows.project(std::iter::once(need("event_id")?.alias("event_id")).chain(named).collect::<Vec<_>>())?)
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

fn over(aggregate: ExprFuncBuilder, time: Expr, frame: WindowFrame) -> Result<Expr, Error> {
    let order = vec![time.sort(true, false)];
    Ok(aggregate.order_by(order).window_frame(frame).build()?)
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
