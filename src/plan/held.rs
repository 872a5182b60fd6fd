//! WAS over intervals that the store keeps: only those that a clause names are read.
//!
//! A field of which no event of an issue speaks has no intervals there: it holds what the issue holds, since its creation.
//! Of these only the issues that hold one of the values now are looked at.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Column, JoinType};
use datafusion::functions_aggregate::expr_fn::{bool_or, sum};
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, cast, lit, when};
use datafusion::scalar::ScalarValue;

use super::expr::{any, comparison, held, plain};
use super::intervals::{interval, length, present_in, setter};
use super::scan::{INTERVALS, Tables, col, field_of, time_type};
use crate::error::Error;
use crate::semantic::bound::{HistoryCondition, HistoryField};

/// Alias of the issues whose values are looked at.
const OWNER: &str = "owner";

/// The clauses of one field, which share a relation.
pub(crate) struct Holding {
    field: HistoryField,
    number: usize,
    clauses: Vec<HistoryCondition>,
}

/// An interval as the expressions of one of the two sources have it.
struct Source {
    issue: Expr,
    start: Expr,
    end: Expr,
    setter: Expr,
    kind: Expr,
}

impl Holding {
    pub(crate) fn new(of: &HistoryCondition, number: usize) -> Self {
        Self { field: of.field.clone(), number, clauses: Vec::new() }
    }

    /// Whether a clause can be answered from the same rows.
    pub(crate) fn takes(&self, of: &HistoryCondition) -> bool {
        self.field == of.field
    }

    pub(crate) fn alias(&self) -> String {
        format!("holding_{}", self.number)
    }

    /// Registers a clause and gives its truth for a row.
    pub(crate) fn fact(&mut self, of: &HistoryCondition) -> Expr {
        let fact = col(&self.alias(), &format!("held_{}", self.clauses.len()));
        self.clauses.push(of.clone());
        match of.lasted.as_ref().filter(|lasted| lasted.total) {
            Some(lasted) => comparison(fact, lasted.op, lit(lasted.length)),
            None => fact,
        }
    }

    /// `issue_id` and the facts of all clauses; issues of which none holds are left out.
    pub(crate) fn relation(self, tables: &Tables) -> Result<LogicalPlanBuilder, Error> {
        let Some(rows) = tables.intervals(&self.field)? else {
            return Err(crate::plan::scan::lacking(INTERVALS));
        };
        let stored = |column: &str| col(INTERVALS, column);
        let of_store = Source {
            issue: stored("issue_id"),
            start: stored("valid_from"),
            end: stored("valid_to"),
            setter: stored("set_by"),
            kind: stored("set_kind"),
        };
        let told = self.clauses.iter().map(|of| held(stored("value"), Some(stored("value_id")), &of.values)).collect();
        let mut found = self.hits(rows, &of_store, told)?;
        if let Some(unchanged) = self.unchanged(tables)? {
            found = found.union(unchanged.build()?)?;
        }
        if let [only] = self.clauses.as_slice()
            && !sums(only)
        {
            let issues = found.aggregate(vec![plain("issue_id")], Vec::<Expr>::new())?;
            return Ok(issues.project(vec![plain("issue_id"), lit(true).alias("held_0")])?);
        }
        let facts = self.clauses.iter().enumerate().map(|(number, of)| {
            let hit = plain(&format!("hit_{number}"));
            let fact = if sums(of) { sum(hit) } else { bool_or(hit) };
            fact.alias(format!("held_{number}"))
        });
        Ok(found.aggregate(vec![plain("issue_id")], facts.collect::<Vec<_>>())?)
    }

    /// The intervals that count for a clause: of each the issue, and for each clause whether it counts, or its length.
    fn hits(&self, rows: LogicalPlanBuilder, source: &Source, held: Vec<Expr>) -> Result<LogicalPlanBuilder, Error> {
        let counts = |(of, held): (&HistoryCondition, Expr)| {
            let Source { start, end, setter, kind, .. } = source;
            held.and(interval(of, start.clone(), end.clone(), setter.clone(), kind.clone()))
        };
        let tests: Vec<Expr> = self.clauses.iter().zip(held).map(counts).collect();
        let mut columns = vec![cast(source.issue.clone(), DataType::Int64).alias("issue_id")];
        for (number, (of, test)) in self.clauses.iter().zip(&tests).enumerate() {
            let hit = match sums(of) {
                true => when(test.clone(), length(of, source.start.clone(), source.end.clone())).end()?,
                false => test.clone(),
            };
            columns.push(hit.alias(format!("hit_{number}")));
        }
        Ok(rows.filter(any(tests))?.project(columns)?)
    }

    /// Issues that hold a value since their creation; none where no column says what they hold.
    fn unchanged(&self, tables: &Tables) -> Result<Option<LogicalPlanBuilder>, Error> {
        let Some(present) = self.field.present.as_ref().filter(|present| tables.has("issues", &present.column)) else {
            return Ok(None);
        };
        let Some(changed) = tables.intervals(&self.field)? else { return Ok(None) };
        let no_time = || lit(ScalarValue::TimestampMicrosecond(None, Some("UTC".into())));
        let id = tables.need("issues", OWNER, "id")?;
        let of_issue = Source {
            issue: id,
            start: if tables.has("issues", "created") { cast(col(OWNER, "created"), time_type()) } else { no_time() },
            end: no_time(),
            setter: setter(tables, OWNER),
            kind: lit(ScalarValue::Utf8(None)),
        };
        let value = || field_of(tables, "issues", OWNER, present);
        let holds: Vec<Expr> = self.clauses.iter().map(|of| present_in(value(), present.shape, &of.values)).collect();
        let rows = tables.scan("issues", OWNER)?.filter(any(holds.clone()))?;
        self.hits(never_changed(rows, OWNER, changed)?, &of_issue, holds).map(Some)
    }
}

/// Issues under an alias that have none of the intervals of a field: it holds what it held at their creation.
pub(crate) fn never_changed(
    issues: LogicalPlanBuilder,
    alias: &str,
    intervals: LogicalPlanBuilder,
) -> Result<LogicalPlanBuilder, Error> {
    // Every issue with changes has one interval before the first of them.
    let changed = intervals.filter(col(INTERVALS, "initial"))?.build()?;
    let on = (vec![Column::new(Some(alias), "id")], vec![Column::new(Some(INTERVALS), "issue_id")]);
    Ok(issues.join(changed, JoinType::LeftAnti, on, None)?)
}

/// Whether the lengths of the intervals are summed up.
fn sums(of: &HistoryCondition) -> bool {
    of.lasted.as_ref().is_some_and(|lasted| lasted.total)
}
