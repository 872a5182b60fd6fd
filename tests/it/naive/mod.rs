//! The oracle: a bound query evaluated row by row over plain structs.
//!
//! It follows the comments of `semantic::bound` and `reference/jql.md`, knows nothing of DataFusion or of the planner,
//! and is as simple as it can be: no index, no sharing between rows.

mod answer;
mod cells;
mod condition;
mod history;
mod past;
mod relation;
mod scalar;
mod together;
mod value;

pub use answer::evaluate;
pub use cells::cells;
pub use value::Cell;

use jqlx::data::rows::{EventRow, IssueRow, Tables};
use jqlx::semantic::bound::{BoundField, Scope, Shape};

/// One row of the answer before its columns are taken.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    /// In ACTIVITY the event.
    pub event: Option<&'a EventRow>,
    /// The issue; in ACTIVITY the event's, where there is a row of it.
    pub issue: Option<&'a IssueRow>,
    /// The issue's id; events may know it where there is no row.
    pub issue_id: Option<i64>,
}

/// What conditions look at besides the row.
pub struct Context<'a> {
    /// The data, at the instant that is asked of.
    pub tables: &'a Tables,
    /// The data as it is now.
    pub now: &'a Tables,
    /// The zone of time buckets.
    pub zone: jiff::tz::TimeZone,
    /// On which day their weeks begin.
    pub week_start: jqlx::semantic::WeekStart,
}

impl Row<'_> {
    /// The values of a field: none, one, or several.
    pub fn values(&self, field: &BoundField, context: &Context<'_>) -> Vec<Cell> {
        if field.shape == Shape::WorkRatio {
            return self.issue.and_then(value::work_ratio).map(Cell::Int).into_iter().collect();
        }
        let found = match field.scope {
            Scope::Issue => self.issue.map(|i| value::of_issue(i, &field.column)),
            Scope::Event => self.event.map(|e| value::of_event(e, &field.column)),
            Scope::Thing => self.event.map(|e| together::of_things(e, &field.column, context)),
            Scope::Side(table) => panic!("a column of {table} outside of a relation"),
        };
        value::shaped(found.unwrap_or_default(), field.shape)
    }
}
