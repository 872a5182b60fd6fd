//! `(a THEN b THEN c) WITHIN 1h`: chains that are measured as a whole.
//!
//! Here the nearest event is not always the best partner, since of a chain the whole counts. So each event is told the latest
//! start of a chain that reaches it and the earliest end of a chain that goes on from it, each the best over a window; the
//! shortest chain through the event lies between the two.

use datafusion::arrow::datatypes::DataType;
use datafusion::functions::expr_fn::coalesce;
use datafusion::functions_aggregate::expr_fn::bool_or;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, cast, lit, when};

use super::seek::{Look, Seek, Steps, step};
use super::{Link, Next, bar, close, passes_name};
use crate::error::Error;
use crate::plan::expr::{all, any};
use crate::semantic::bound::{Micros, SequenceStep, Target};

impl Steps {
    /// `issue_id, hit` or `event_id, hit`.
    pub(super) fn whole(mut self, links: &[Link<'_>], length: Micros) -> Result<LogicalPlanBuilder, Error> {
        for (at, link) in links.iter().enumerate() {
            let mut parts = vec![step(&passes_name(link.test))];
            self = self.nothing(link, &mut parts)?;
            self = self.keep(all(parts), holds(at))?;
            for (test, not) in link.next.iter().flat_map(|next| &next.gap) {
                self = self.stretches(*test, not)?;
            }
        }
        let (first, last) = (0, links.len() - 1);
        self = self.keep_value(when(step(&holds(first)), step("time")).end()?, start(first))?;
        for (at, next) in nexts(links) {
            self = self.best(Look::Back, at + 1, step(&start(at)), next, start(at + 1))?;
        }
        if self.target == Target::Issues {
            let short = close(step("time") - step(&start(last)), Some(length));
            return Ok(self.rows.aggregate(vec![step("issue_id")], short.map(|short| bool_or(short).alias("hit")))?);
        }
        self = self.keep_value(when(step(&holds(last)), step("time")).end()?, end(last))?;
        for (at, next) in nexts(links).into_iter().rev() {
            self = self.best(Look::Ahead, at, step(&end(at + 1)), next, end(at))?;
        }
        let part = (first..=last).filter_map(|at| close(step(&end(at)) - step(&start(at)), Some(length)));
        Ok(self.rows.filter(any(part.collect()))?.project(vec![step("event_id"), lit(true).alias("hit")])?)
    }

    /// Adds where the next event is that a NOT between two events speaks of: behind this one, as it begins the link, and from
    /// this one on, as it ends it. The NOT shares no more than the two do, so none lies between where both are the same.
    fn stretches(mut self, test: usize, not: &SequenceStep) -> Result<Self, Error> {
        self = self.nearest(Look::Ahead, &step(&passes_name(test)), "place", &not.same, "next_place")?;
        self = self.keep_value(or_never(step("next_place")), bar(test))?;
        let same: Vec<_> = not.same.iter().map(|(_, this)| (this.clone(), this.clone())).collect();
        self = self.nearest(Look::Ahead, &step(&passes_name(test)), "place", &same, "next_place")?;
        let from_here = when(step(&passes_name(test)), step("place")).otherwise(step("next_place"))?;
        self.keep_value(or_never(from_here), bar_from(test))
    }

    /// Adds the best of `value` over the events that may stand on the other side of a link.
    fn best(self, look: Look, at: usize, value: Expr, next: &Next<'_>, name: String) -> Result<Self, Error> {
        let equal = next.gap.iter().map(|(test, _)| (bar(*test), bar_from(*test))).collect();
        let Next { step: link, .. } = next;
        let best = Seek { look, test: value.clone().is_not_null(), value, same: &link.same, equal, within: link.within };
        let rows = self.seek(best, "next")?;
        rows.keep_value(when(step(&holds(at)), step("next")).end()?, name)
    }
}

/// The links that have an event behind them.
fn nexts<'a, 'l>(links: &'l [Link<'a>]) -> Vec<(usize, &'l Next<'a>)> {
    links.iter().enumerate().filter_map(|(at, link)| Some((at, link.next.as_ref()?))).collect()
}

fn or_never(place: Expr) -> Expr {
    coalesce(vec![cast(place, DataType::Int64), lit(i64::MAX)])
}

fn holds(at: usize) -> String {
    format!("holds_{at}")
}

fn start(at: usize) -> String {
    format!("start_{at}")
}

fn end(at: usize) -> String {
    format!("end_{at}")
}

fn bar_from(test: usize) -> String {
    format!("bar_from_{test}")
}
