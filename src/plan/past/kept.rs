//! What the store keeps of the past, so that AS OF need not read the history of every issue.
//!
//! The intervals of a field tell what it held at the instant. Only what befell a few issues has to be asked of the events:
//! those without a row, those that were deleted, and those whose creation is not known. Where the query wants certain values
//! of a field, only issues that may have held one are told at all.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Column, JoinType};
use datafusion::functions::expr_fn::coalesce;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, cast, try_cast, when};

use super::{Fate, NOW, Past, TOLD};
use crate::error::Error;
use crate::plan::expr::{all, any, in_list, plain, texts};
use crate::plan::held::never_changed;
use crate::plan::scan::{EVENTS, INTERVALS, Tables, col, lacking, time};
use crate::semantic::bound::{
    BoundField, BoundQuery, Condition, FieldCondition, HistoryField, Micros, Shape, Target, Test, Told, Values,
};

/// Alias of issues that are looked at beside those of the answer.
const OTHERS: &str = "other_issues";
/// Alias of the ids of issues that may have been there.
const THERE: &str = "there";

/// A field of which the store keeps intervals, at an instant.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    field: HistoryField,
    at: Micros,
    /// Which of the fields of the query.
    number: usize,
}

impl Kept {
    /// None where the intervals have to be made of the events.
    pub(super) fn new(tables: &Tables, field: &HistoryField, number: usize, at: Option<Micros>) -> Result<Option<Self>, Error> {
        let Some(at) = at.filter(|_| !field.multi) else { return Ok(None) };
        Ok(tables.intervals(field)?.map(|_| Self { field: field.clone(), at, number }))
    }

    fn alias(&self) -> String {
        format!("kept_{}", self.number)
    }

    /// The intervals that hold the instant: one an issue whose field ever changed.
    fn covering(&self, tables: &Tables) -> Result<LogicalPlanBuilder, Error> {
        let rows = tables.intervals(&self.field)?.ok_or_else(|| lacking(INTERVALS))?;
        let goes_on = any(vec![stored("valid_to").is_null(), stored("valid_to").gt(time(self.at))]);
        // The first value is held since ever: that the issue was there at the instant is asked elsewhere.
        let begun = any(vec![stored("initial"), stored("valid_from").lt_eq(time(self.at))]);
        Ok(rows.filter(all(vec![goes_on, begun]))?)
    }

    /// Joins what the field held to issues and what events tell of them.
    pub(super) fn join(
        &self,
        tables: &Tables,
        rows: LogicalPlanBuilder,
        wanted: Option<&Wanted>,
    ) -> Result<LogicalPlanBuilder, Error> {
        let mut covering = self.covering(tables)?;
        // An issue that held another value is not among the rows.
        if let Some(wanted) = wanted.filter(|wanted| wanted.kept.field == self.field) {
            covering = covering.filter(wanted.holds())?;
        }
        let since = when(stored("initial").is_not_true(), stored("valid_from")).end()?.alias("since");
        let alias = self.alias();
        let columns = vec![stored("issue_id"), stored("value"), stored("value_id"), since];
        let told = covering.project(columns)?.alias(&alias)?.build()?;
        let issue = coalesce(vec![col(NOW, "id"), col(TOLD, "issue_id")]);
        Ok(rows.join_with_expr_keys(told, JoinType::Left, (vec![issue], vec![col(&alias, "issue_id")]), None)?)
    }

    /// What the field held, or `fallback` where it never changed.
    pub(super) fn value(&self, by_id: bool, fallback: Expr, data_type: &DataType) -> Result<Expr, Error> {
        let own = |column: &str| col(&self.alias(), column);
        let value = if by_id { coalesce(vec![own("value_id"), own("value")]) } else { own("value") };
        let changed = own("issue_id").is_not_null();
        Ok(when(changed, try_cast(value, data_type.clone())).otherwise(cast(fallback, data_type.clone()))?)
    }

    /// When the field was last set to a value, or `fallback` where it never changed.
    pub(super) fn since(&self, fallback: Expr) -> Result<Expr, Error> {
        let own = |column: &str| col(&self.alias(), column);
        let set = when(own("value").is_not_null(), own("since")).end()?;
        Ok(when(own("issue_id").is_not_null(), set).otherwise(fallback)?)
    }
}

fn stored(column: &str) -> Expr {
    col(INTERVALS, column)
}

/// Values of a field that every row of an answer has to have.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    kept: Kept,
    by_id: bool,
    present: BoundField,
    values: Vec<String>,
}

impl Wanted {
    /// What a query wants in all its rows, of a field of which `kept` has intervals.
    pub(super) fn of(query: &BoundQuery, past: &Past, kept: &[Option<Kept>]) -> Option<Self> {
        if query.target != Target::Issues {
            return None;
        }
        let conditions = match query.condition.as_ref()? {
            Condition::All(list) => list.as_slice(),
            one => std::slice::from_ref(one),
        };
        conditions.iter().find_map(|condition| {
            let Condition::Field(FieldCondition { field: present, test }) = condition else { return None };
            let Test::OneOf { values: Values::Text { any, fold: false }, or_empty: false, negated: false } = test else {
                return None;
            };
            // Of an issue without a row events tell these though no event changed them.
            let told_besides = matches!(present.column.as_str(), "key" | "summary");
            let column = past.columns.iter().find(|column| column.column == present.column)?;
            match &column.told {
                Told::Changes { field, by_id } if !field.multi && !told_besides && present.shape == Shape::Text => Some(Self {
                    kept: kept.iter().flatten().find(|kept| kept.field == *field)?.clone(),
                    by_id: *by_id,
                    present: present.clone(),
                    values: any.clone(),
                }),
                _ => None,
            }
        })
    }

    /// Whether an interval has a wanted value.
    fn holds(&self) -> Expr {
        let is = |column: &str| in_list(stored(column), texts(&self.values), false);
        match self.by_id {
            true => any(vec![is("value_id"), all(vec![stored("value_id").is_null(), is("value")])]),
            false => is("value"),
        }
    }

    /// The ids of the issues that held a wanted value, if they were there at all.
    pub(super) fn issues(&self, tables: &Tables) -> Result<LogicalPlanBuilder, Error> {
        let held = self.kept.covering(tables)?.filter(self.holds())?.project(vec![stored("issue_id")])?;
        if !tables.has("issues", &self.present.column) {
            return Ok(held);
        }
        let changed = tables.intervals(&self.kept.field)?.ok_or_else(|| lacking(INTERVALS))?;
        let holds = in_list(col(OTHERS, &self.present.column), texts(&self.values), false);
        let unchanged = never_changed(tables.scan("issues", OTHERS)?.filter(holds)?, OTHERS, changed)?;
        Ok(held.union(unchanged.project(vec![col(OTHERS, "id").alias("issue_id")])?.build()?)?)
    }
}

/// Issues of which events have to tell more than their row and the intervals do; those without a row only where they may be
/// wanted.
pub(super) fn special(tables: &Tables, at: Micros, fate: &Fate, wanted: Option<&Wanted>) -> Result<LogicalPlanBuilder, Error> {
    let issue = || col(EVENTS, "issue_id");
    let told = |of: &Expr| -> Result<LogicalPlanBuilder, Error> {
        let until = col(EVENTS, "time").lt_eq(time(at));
        Ok(tables.scan("events", EVENTS)?.filter(all(vec![issue().is_not_null(), of.clone(), until]))?)
    };
    let id = || vec![cast(issue(), DataType::Int64).alias("issue_id")];
    let there = match wanted {
        Some(wanted) => wanted.issues(tables)?.project(vec![plain("issue_id")])?,
        None => told(&fate.made)?.project(id())?,
    };
    let on = (vec![Column::new(Some(THERE), "issue_id")], vec![Column::new(Some(OTHERS), "id")]);
    let known = tables.scan("issues", OTHERS)?.build()?;
    let without_row = there.alias(THERE)?.join(known, JoinType::LeftAnti, on, None)?.project(vec![col(THERE, "issue_id")])?;
    let deleted = told(&fate.gone)?.project(id())?;
    let unknown = ["created", "creator"].into_iter().filter(|column| tables.has("issues", column));
    let unknown = any(unknown.map(|column| col(OTHERS, column).is_null()).collect());
    let unknown = tables.scan("issues", OTHERS)?.filter(unknown)?.project(vec![col(OTHERS, "id").alias("issue_id")])?;
    Ok(without_row.union(deleted.build()?)?.union(unknown.build()?)?)
}
