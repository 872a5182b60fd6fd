//! Windows over the rows of a sequence: for each event, what the events before it or after it hold.

use datafusion::common::ScalarValue;
use datafusion::functions::expr_fn::{greatest, least, nullif};
use datafusion::functions_aggregate::min_max::{max_udaf, min_udaf};
use datafusion::functions_nested::expr_fn::make_array;
use datafusion::logical_expr::{
    Expr, ExprFunctionExt, LogicalPlanBuilder, SortExpr, WindowFrame, WindowFrameBound, WindowFrameUnits, lit, when,
};

use super::key_name;
use crate::error::Error;
use crate::plan::expr::{all, plain, window};
use crate::semantic::bound::{BoundField, Micros, Target};

/// A column of the rows. They have no alias: each would be a node more of a plan that is walked many times.
pub(super) fn step(name: &str) -> Expr {
    plain(name)
}

/// The rows while columns are added to them.
pub(super) struct Steps {
    pub(super) rows: LogicalPlanBuilder,
    pub(super) target: Target,
}

/// In which direction rows are sought.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Ahead,
    Back,
}

/// What is sought: of the rows in that direction that pass the test, the smallest value ahead, the greatest one back.
pub(super) struct Seek<'a> {
    pub(super) look: Look,
    pub(super) test: Expr,
    pub(super) value: Expr,
    /// Keys of the event before and of this one.
    pub(super) same: &'a [(BoundField, BoundField)],
    /// Columns of the rows that must be equal as well, of the event before and of this one.
    pub(super) equal: Vec<(String, String)>,
    /// How far away, in microseconds.
    pub(super) within: Option<Micros>,
}

impl<'a> Seek<'a> {
    /// `value` of a nearest row, where it grows along the rows.
    pub(super) fn nearest(look: Look, test: Expr, value: &str, same: &'a [(BoundField, BoundField)]) -> Self {
        Self { look, test, value: step(value), same, equal: Vec::new(), within: None }
    }
}

impl Steps {
    /// Adds `value` of the nearest row that passes `test` and lies in that direction, with the same keys; null: there is none.
    pub(super) fn nearest(
        self,
        look: Look,
        test: &Expr,
        value: &str,
        same: &[(BoundField, BoundField)],
        name: &str,
    ) -> Result<Self, Error> {
        self.seek(Seek::nearest(look, test.clone(), value, same), name)
    }

    /// Adds what is sought; null: there is none.
    pub(super) fn seek(self, of: Seek<'_>, name: &str) -> Result<Self, Error> {
        let Seek { look, mut test, value, same, equal, within } = of;
        let target = self.target;
        // Where the two events share values of different columns, each row stands once in either part.
        let crossed = !equal.is_empty() || same.iter().any(|(before, this)| before.column != this.column);
        let (mut rows, mut keys) = (self.rows, Vec::new());
        if target == Target::Issues {
            keys.push(step("issue_id"));
        }
        if crossed {
            let parts = make_array(vec![lit(false), lit(true)]).alias("is_later");
            rows = more(rows, [parts])?.unnest_column("is_later")?;
            let is_later = || plain("is_later");
            test = test.and(if look == Look::Ahead { is_later() } else { is_later().is_false() });
            let named = same.iter().map(|(before, this)| (key_name(before), key_name(this)));
            let mut shared = Vec::new();
            for (number, (before, this)) in named.chain(equal).enumerate() {
                let key = when(is_later(), step(&this)).otherwise(step(&before))?;
                let key_column = format!("shared_{number}");
                shared.push(key.alias(&key_column));
                keys.push(plain(&key_column));
            }
            rows = more(rows, shared)?;
        } else {
            keys.extend(same.iter().map(|(key, _)| step(&key_name(key))));
        }
        let known: Vec<Expr> = keys.iter().map(|key| key.clone().is_not_null()).collect();
        let seen = when(all(std::iter::once(test).chain(known).collect()), value).end()?;
        let ascending = look == Look::Back;
        let over = |keys: Vec<Expr>, order: Vec<SortExpr>, frame: WindowFrame| {
            let function = if look == Look::Ahead { min_udaf() } else { max_udaf() };
            window(function, seen.clone()).partition_by(keys).order_by(order).window_frame(frame).build()
        };
        let in_time = step("time").sort(ascending, !ascending);
        let mut in_instant = vec![step("event_id").sort(ascending, !ascending)];
        if crossed {
            // The row's own other part comes behind it.
            in_instant.push(plain("is_later").sort(look == Look::Ahead, false));
        }
        match within {
            None => {
                let order = std::iter::once(in_time).chain(in_instant).collect();
                rows = rows.window(vec![over(keys, order, all_before())?.alias(name)])?;
            }
            Some(length) => {
                // A frame of a length of time knows no order within an instant, so that has a window of its own.
                let at_once = keys.iter().cloned().chain([step("time")]).collect();
                rows = rows.window(vec![over(at_once, in_instant, all_before())?.alias("at_once")])?;
                let mut found = vec![plain("at_once")];
                if length > 0 {
                    rows = rows.window(vec![over(keys, vec![in_time], other_times(length))?.alias("at_other_times")])?;
                    found.push(plain("at_other_times"));
                }
                let best = if look == Look::Ahead { least(found) } else { greatest(found) };
                rows = more(rows, [best.alias(name)])?;
            }
        }
        if crossed {
            let own = plain("is_later");
            rows = rows.filter(if look == Look::Ahead { own.is_false() } else { own })?;
        }
        if crossed || within.is_some() {
            let columns = columns_of(&rows).into_iter().filter(|c| !is_part(c)).collect::<Vec<_>>();
            rows = rows.project(columns)?;
        }
        Ok(Self { rows, target })
    }

    /// Adds a column and drops those that only led to it.
    pub(super) fn keep(self, holds: Expr, name: String) -> Result<Self, Error> {
        // True or null: of a truth value that can only be false, DataFusion's logical and physical plans do not agree
        // whether it may be null.
        self.keep_value(nullif(holds, lit(false)), name)
    }

    /// As [`Steps::keep`], of any type.
    pub(super) fn keep_value(self, value: Expr, name: String) -> Result<Self, Error> {
        let columns = columns_of(&self.rows).into_iter().filter(|c| !is_helper(c));
        let rows = self.rows.project(columns.chain([value.alias(name)]).collect::<Vec<_>>())?;
        Ok(Self { rows, target: self.target })
    }

    pub(super) fn with(self, columns: Vec<Expr>) -> Result<Self, Error> {
        Ok(Self { rows: more(self.rows, columns)?, target: self.target })
    }
}

fn more(rows: LogicalPlanBuilder, columns: impl IntoIterator<Item = Expr>) -> Result<LogicalPlanBuilder, Error> {
    let all: Vec<Expr> = columns_of(&rows).into_iter().chain(columns).collect();
    Ok(rows.project(all)?)
}

/// All rows before this one.
fn all_before() -> WindowFrame {
    WindowFrame::new_bounds(
        WindowFrameUnits::Rows,
        WindowFrameBound::Preceding(ScalarValue::UInt64(None)),
        WindowFrameBound::Preceding(ScalarValue::UInt64(Some(1))),
    )
}

/// The rows at most so far before this one, those of its instant left out.
fn other_times(length: Micros) -> WindowFrame {
    let far = |micros: Micros| WindowFrameBound::Preceding(ScalarValue::new_interval_mdn(0, 0, micros.saturating_mul(1000)));
    WindowFrame::new_bounds(WindowFrameUnits::Range, far(length), far(1))
}

fn columns_of(rows: &LogicalPlanBuilder) -> Vec<Expr> {
    rows.schema().columns().into_iter().map(Expr::Column).collect()
}

/// Columns that live until the next one is made.
fn is_helper(column: &Expr) -> bool {
    let Expr::Column(column) = column else { return false };
    let name = column.name.as_str();
    ["next", "next_place", "last"].contains(&name) || name.starts_with("not_")
}

/// Columns that live within one search.
fn is_part(column: &Expr) -> bool {
    let Expr::Column(column) = column else { return false };
    let name = column.name.as_str();
    ["is_later", "at_once", "at_other_times"].contains(&name) || name.starts_with("shared_")
}
