//! The tables that a plan reads, and the columns that they really have.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, FieldRef, TimeUnit};
use datafusion::catalog::TableProvider;
use datafusion::common::Column;
use datafusion::datasource::provider_as_source;
use datafusion::functions::expr_fn::{nullif, split_part};
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, cast, lit, try_cast, when};
use datafusion::scalar::ScalarValue;

use super::narrow::only;
use super::past::Past;
use super::things::{self, Things};
use crate::diagnostic::{Diagnostic, codes};
use crate::error::Error;
use crate::semantic::bound::{BoundField, BoundQuery, HistoryField, Micros, Scope, Shape};

/// Table providers by the names of the data model.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    providers: HashMap<&'static str, Arc<dyn TableProvider>>,
    /// The fields of which the table of intervals, where there is one, has rows.
    recorded: Arc<Vec<Recorded>>,
    /// The instant at which issues and events are read; none: now.
    past: Option<Arc<Past>>,
    /// What events tell of their things beside their own columns.
    things: Things,
    /// The ids of the issues of which events are read; none: all, and those of no issue.
    issues: Option<Arc<LogicalPlan>>,
}

/// A field, as events call it, of which there are intervals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Recorded {
    pub(crate) field: String,
    pub(crate) field_id: Option<String>,
    /// Each element has intervals of its own.
    pub(crate) several: bool,
}

impl Tables {
    /// Adds a table.
    pub fn insert(&mut self, name: &'static str, provider: Arc<dyn TableProvider>) {
        self.providers.insert(name, provider);
    }

    /// Adds intervals that need not be made of the events.
    #[cfg(feature = "store")]
    pub(crate) fn insert_intervals(&mut self, provider: Arc<dyn TableProvider>, recorded: Vec<Recorded>) {
        self.providers.insert(INTERVALS, provider);
        self.recorded = Arc::new(recorded);
    }

    /// A scan of the intervals of a field; none where they must be made of the events.
    pub(crate) fn intervals(&self, of: &HistoryField) -> Result<Option<LogicalPlanBuilder>, Error> {
        let Some(provider) = self.get(INTERVALS) else { return Ok(None) };
        let named = |name: &String| of.event_fields.contains(name);
        let fits = |known: &&Recorded| match (&of.event_field_id, &known.field_id) {
            (Some(id), Some(known)) => id == known,
            _ => named(&known.field),
        };
        let mut found = self.recorded.iter().filter(fits);
        let holds = match (found.next(), found.next()) {
            (None, _) => lit(false),
            (Some(known), None) if known.several == of.multi => {
                let field_id = col(INTERVALS, "field_id");
                let field_id = match &known.field_id {
                    Some(id) => field_id.eq(lit(id.as_str())),
                    None => field_id.is_null(),
                };
                col(INTERVALS, "field").eq(lit(known.field.as_str())).and(field_id)
            }
            // Under several names the changes of one issue stand in several chains, which must be made one.
            _ => return Ok(None),
        };
        let rows = LogicalPlanBuilder::scan(INTERVALS, provider_as_source(provider.clone()), None)?.filter(holds)?;
        match self.past.as_ref().and_then(|past| past.at) {
            None => Ok(Some(rows)),
            Some(at) => known_by(at, rows).map(Some),
        }
    }

    /// Whether the intervals of a field, as it is now, can be read instead of being made.
    pub(crate) fn keeps(&self, of: &HistoryField) -> Result<bool, Error> {
        Ok(self.past.is_none() && self.intervals(of)?.is_some())
    }

    /// A table, where the data has it.
    pub fn get(&self, name: &str) -> Option<&Arc<dyn TableProvider>> {
        self.providers.get(name)
    }

    /// The same tables at an instant.
    pub(crate) fn at(&self, past: Past) -> Self {
        Self { past: Some(Arc::new(past)), ..self.clone() }
    }

    /// The same tables, with what events tell of their things.
    pub(crate) fn telling(&self, things: Things) -> Self {
        Self { things, ..self.clone() }
    }

    /// The same tables, with the events of these issues only.
    pub(super) fn within(&self, issues: LogicalPlanBuilder) -> Result<Self, Error> {
        Ok(Self { issues: Some(Arc::new(issues.build()?)), ..self.clone() })
    }

    /// Whether tables are read as they are now.
    pub(super) fn is_present(&self) -> bool {
        self.past.is_none()
    }

    fn with_things(&self, rows: LogicalPlanBuilder, alias: &str) -> Result<LogicalPlanBuilder, Error> {
        let plain = Self { things: Things::default(), ..self.clone() };
        if alias == EVENTS { self.things.join(&plain, rows) } else { Ok(rows) }
    }

    /// The columns of a table; none where the data does not have it.
    pub(crate) fn schema(&self, table: &str) -> Vec<FieldRef> {
        self.get(table).map(|t| t.schema().fields().iter().cloned().collect()).unwrap_or_default()
    }

    /// Whether a table has a column.
    pub(crate) fn has(&self, table: &str, column: &str) -> bool {
        self.get(table).is_some_and(|t| t.schema().column_with_name(column).is_some())
    }

    /// A scan of a table under an alias.
    pub(crate) fn scan(&self, table: &str, alias: &str) -> Result<LogicalPlanBuilder, Error> {
        let Some(provider) = self.get(table) else {
            return Err(lacking(table));
        };
        let mut rows = LogicalPlanBuilder::scan(alias, provider_as_source(provider.clone()), None)?;
        if let Some(issues) = self.issues.as_deref().filter(|_| table == "events") {
            rows = only(rows, Column::new(Some(alias), "issue_id"), issues.clone().into())?;
        }
        let Some(past) = &self.past else {
            return if table == "events" { self.with_things(rows, alias) } else { Ok(rows) };
        };
        match (table, past.at) {
            ("issues", _) => {
                let present = Self { past: None, things: Things::default(), ..self.clone() };
                Ok(super::past::issues(&present, past, None)?.alias(alias)?)
            }
            ("events", Some(at)) => self.with_things(rows.filter(self.need("events", alias, "time")?.lt_eq(time(at)))?, alias),
            ("events", None) => self.with_things(rows, alias),
            _ => Ok(rows),
        }
    }

    /// A scan of the issues of which a query asks its condition.
    pub(crate) fn issues_of(&self, query: &BoundQuery) -> Result<LogicalPlanBuilder, Error> {
        let Some(past) = &self.past else { return self.scan("issues", ISSUES) };
        let present = Self { past: None, things: Things::default(), ..self.clone() };
        Ok(super::past::issues(&present, past, Some(query))?.alias(ISSUES)?)
    }

    /// A column that the query cannot do without.
    pub(crate) fn need(&self, table: &str, alias: &str, column: &str) -> Result<Expr, Error> {
        if self.has(table, column) {
            return Ok(col(alias, column));
        }
        Err(Error::Data(Box::new(Diagnostic::error(
            codes::MISSING_COLUMN,
            format!("the query needs the column `{column}` of the table `{table}`, and the data has none"),
        ))))
    }
}

/// The data has no such table.
pub(crate) fn lacking(table: &str) -> Error {
    Error::Data(Box::new(
        Diagnostic::error(codes::MISSING_TABLE, format!("the query needs the table `{table}`, and the data has none"))
            .help("see docs/language.md for the tables and their columns"),
    ))
}

/// Alias of the issues scan.
pub(crate) const ISSUES: &str = "issues";
/// Intervals as the events up to an instant make them: a change after it neither began nor ended one.
fn known_by(at: Micros, rows: LogicalPlanBuilder) -> Result<LogicalPlanBuilder, Error> {
    let ended = || col(INTERVALS, "valid_to").lt_eq(time(at));
    // The value at creation is told by the change that took it away.
    let told = when(col(INTERVALS, "initial"), ended()).otherwise(col(INTERVALS, "valid_from").lt_eq(time(at)))?;
    let columns = rows.schema().columns().into_iter().map(|column| match column.name.as_str() {
        "valid_to" => Ok(when(ended(), Expr::Column(column.clone())).end()?.alias_qualified(Some(INTERVALS), column.name)),
        _ => Ok(Expr::Column(column)),
    });
    let columns = columns.collect::<Result<Vec<_>, Error>>()?;
    Ok(rows.filter(told)?.project(columns)?)
}

/// Alias of the scan of stored intervals, and the name of their table.
pub(crate) const INTERVALS: &str = "intervals";
/// Alias of the events scan.
pub(crate) const EVENTS: &str = "events";

/// A qualified column, its name taken as it is.
pub(crate) fn col(alias: &str, column: &str) -> Expr {
    Expr::Column(Column::new(Some(alias), column))
}

/// The value of a bound field, or a typed null where the data has no such column.
pub(crate) fn field(tables: &Tables, field: &BoundField) -> Expr {
    let (table, alias) = match field.scope {
        Scope::Issue => ("issues", ISSUES),
        Scope::Event => ("events", EVENTS),
        Scope::Thing => return col(EVENTS, &things::name(&field.column)),
        Scope::Side(table) => (table, table),
    };
    field_of(tables, table, alias, field)
}

/// The same of a table under an alias of its own.
pub(crate) fn field_of(tables: &Tables, table: &str, alias: &str, field: &BoundField) -> Expr {
    if field.shape == Shape::WorkRatio {
        return work_ratio(tables, table, alias);
    }
    if tables.has(table, &field.column) {
        let value = col(alias, &field.column);
        return match field.shape {
            Shape::KeyNumber => try_cast(split_part(cast(value, DataType::Utf8View), lit("-"), lit(2i64)), DataType::Int64),
            Shape::NumberText => try_cast(value, DataType::Float64),
            Shape::TimeText => try_cast(value, time_type()),
            Shape::KeyProject => split_part(cast(value, DataType::Utf8View), lit("-"), lit(1i64)),
            _ => value,
        };
    }
    let null = match field.shape {
        Shape::Text | Shape::KeyProject => ScalarValue::Utf8View(None),
        Shape::TextList => ScalarValue::new_null_list(DataType::Utf8, true, 1),
        Shape::Int | Shape::KeyNumber | Shape::WorkRatio => ScalarValue::Int64(None),
        Shape::Float | Shape::NumberText => ScalarValue::Float64(None),
        Shape::Bool => ScalarValue::Boolean(None),
        Shape::Time | Shape::TimeText => ScalarValue::TimestampMicrosecond(None, Some("UTC".into())),
        Shape::Date => ScalarValue::Date32(None),
    };
    lit(null)
}

/// The percentage of the estimate that was spent; null where there is no estimate.
fn work_ratio(tables: &Tables, table: &str, alias: &str) -> Expr {
    if !tables.has(table, "time_spent") || !tables.has(table, "original_estimate") {
        return lit(ScalarValue::Int64(None));
    }
    col(alias, "time_spent") * lit(100i64) / nullif(col(alias, "original_estimate"), lit(0i64))
}

/// An instant.
pub(crate) fn time(at: i64) -> Expr {
    lit(ScalarValue::TimestampMicrosecond(Some(at), Some("UTC".into())))
}

/// The type of instants in plans.
pub(crate) fn time_type() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}
