//! Days and instants of a zone: `jql_midnight(day, zone)` and `jql_day(instant, zone)`.
//!
//! Arrow's casts fail where clocks skip or repeat midnight. These follow the zone as the rest of the language does.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::types::{Date32Type, TimestampMicrosecondType};
use datafusion::arrow::array::{AsArray, Date32Array, TimestampMicrosecondArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility, lit};

use super::scan::time_type;
use crate::semantic::{Session, zone_of};

#[derive(Debug, PartialEq, Eq, Hash)]
struct Clock {
    /// From a day to its midnight, rather than from an instant to its day.
    midnight: bool,
    signature: Signature,
}

impl ScalarUDFImpl for Clock {
    fn name(&self) -> &str {
        if self.midnight { "jql_midnight" } else { "jql_day" }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(if self.midnight { time_type() } else { DataType::Date32 })
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [values, ColumnarValue::Scalar(zone)] = args.args.as_slice() else { return exec_err!("{} takes a zone", self.name()) };
        let Some(zone) = zone.try_as_str().flatten().and_then(zone_of) else { return exec_err!("no such zone") };
        let session = Session { zone, ..Session::default() };
        let values = values.to_array(args.number_rows)?;
        if self.midnight {
            let days = cast(&values, &DataType::Date32)?;
            // Days repeat more than they differ.
            let mut known: HashMap<i32, i64> = HashMap::new();
            let mut midnight = |day| *known.entry(day).or_insert_with(|| session.midnight(day));
            let out: TimestampMicrosecondArray =
                days.as_primitive::<Date32Type>().iter().map(|day| day.map(&mut midnight)).collect();
            return Ok(ColumnarValue::Array(Arc::new(out.with_timezone("UTC"))));
        }
        let instants = cast(&values, &time_type())?;
        let days = instants.as_primitive::<TimestampMicrosecondType>().iter().map(|at| at.map(|at| session.day_of(at)));
        Ok(ColumnarValue::Array(Arc::new(days.collect::<Date32Array>())))
    }
}

fn function(midnight: bool) -> Arc<ScalarUDF> {
    Arc::new(ScalarUDF::new_from_impl(Clock { midnight, signature: Signature::any(2, Volatility::Immutable) }))
}

static MIDNIGHT: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| function(true));
static DAY: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| function(false));

/// Both, to be registered in sessions that read serialised plans.
pub(crate) fn registered() -> [Arc<ScalarUDF>; 2] {
    [MIDNIGHT.clone(), DAY.clone()]
}

/// The instant at which a day begins in a zone.
pub(crate) fn midnight(day: Expr, zone: &str) -> Expr {
    MIDNIGHT.call(vec![day, lit(zone)])
}

/// The day on which an instant falls in a zone.
pub(crate) fn day(instant: Expr, zone: &str) -> Expr {
    DAY.call(vec![instant, lit(zone)])
}
