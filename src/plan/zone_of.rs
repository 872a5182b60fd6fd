//! The time zone of the account that a row names, as the table of users has it.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::JoinType;
use datafusion::functions_aggregate::expr_fn::min;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, cast};

use super::scan::{Tables, col, field};
use crate::error::Error;
use crate::semantic::bound::BoundField;

/// The zones of accounts, joined to the rows by one of their values.
pub(crate) struct ZoneOf {
    whose: BoundField,
    number: usize,
}

impl ZoneOf {
    pub(crate) fn new(whose: &BoundField, number: usize) -> Self {
        Self { whose: whose.clone(), number }
    }

    /// Whether it asks the same.
    pub(crate) fn is_of(&self, whose: &BoundField) -> bool {
        self.whose == *whose
    }

    fn alias(&self) -> String {
        format!("zone_of_{}", self.number)
    }

    /// The name of the zone; null where none is known.
    pub(crate) fn fact(&self) -> Expr {
        col(&self.alias(), "zone")
    }

    /// Joins it to the rows.
    pub(crate) fn join(self, rows: LogicalPlanBuilder, tables: &Tables) -> Result<LogicalPlanBuilder, Error> {
        let alias = self.alias();
        let need = |column: &str| tables.need("users", "person", column).map(|of| cast(of, DataType::Utf8View));
        // An account that stands twice must not double the rows.
        let zones = tables
            .scan("users", "person")?
            .aggregate(vec![need("account_id")?.alias("account")], vec![min(need("time_zone")?).alias("zone")])?
            .alias(alias.as_str())?
            .build()?;
        let key = cast(field(tables, &self.whose), DataType::Utf8View);
        Ok(rows.join_with_expr_keys(zones, JoinType::Left, (vec![key], vec![col(&alias, "account")]), None)?)
    }
}
