//! `jql_working_time(start, end, calendar)`: microseconds of working time between two instants.
//! `jql_in_working_time(instant, zone, calendar)`: whether an instant is working time in a zone.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{ArrayRef, AsArray, BooleanArray, Int64Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility, lit, not,
};

use super::scan::time_type;
use crate::semantic::bound::WorkingTime;
use crate::semantic::{Calendar, zone_of};

#[derive(Debug, PartialEq, Eq, Hash)]
struct Between {
    signature: Signature,
}

impl ScalarUDFImpl for Between {
    fn name(&self) -> &str {
        "jql_working_time"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int64)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [start, end, ColumnarValue::Scalar(calendar)] = args.args.as_slice() else {
            return exec_err!("jql_working_time takes two instants and a calendar");
        };
        let Some((calendar, zone)) = calendar.try_as_str().flatten().and_then(Calendar::from_text) else {
            return exec_err!("jql_working_time cannot read its calendar");
        };
        let micros =
            |value: &ColumnarValue| -> Result<ArrayRef> { Ok(cast(&value.to_array(args.number_rows)?, &DataType::Int64)?) };
        let (start, end) = (micros(start)?, micros(end)?);
        let pairs = start.as_primitive::<Int64Type>().iter().zip(end.as_primitive::<Int64Type>());
        let worked = pairs.map(|(start, end)| Some(calendar.working_between(start?, end?, &zone)));
        Ok(ColumnarValue::Array(Arc::new(worked.collect::<Int64Array>())))
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct During {
    signature: Signature,
}

impl ScalarUDFImpl for During {
    fn name(&self) -> &str {
        "jql_in_working_time"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Boolean)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [instants, zones, ColumnarValue::Scalar(calendar)] = args.args.as_slice() else {
            return exec_err!("jql_in_working_time takes an instant, a zone and a calendar");
        };
        let Some((calendar, _)) = calendar.try_as_str().flatten().and_then(Calendar::from_text) else {
            return exec_err!("jql_in_working_time cannot read its calendar");
        };
        let instants = cast(&cast(&instants.to_array(args.number_rows)?, &time_type())?, &DataType::Int64)?;
        let instants = instants.as_primitive::<Int64Type>().iter();
        let in_zone = |name: &str| zone_of(name).map(|zone| calendar.instants(zone));
        let worked: BooleanArray = match zones {
            ColumnarValue::Scalar(zone) => {
                let mut zone = zone.try_as_str().flatten().and_then(in_zone);
                instants.map(|at| Some(zone.as_mut()?.contains(at?))).collect()
            }
            ColumnarValue::Array(zones) => {
                let zones = cast(zones, &DataType::Utf8View)?;
                // Zones are few: each is looked up once.
                let mut known: HashMap<&str, _> = HashMap::new();
                let mut contains = |zone, at| Some(known.entry(zone).or_insert_with(|| in_zone(zone)).as_mut()?.contains(at));
                instants.zip(zones.as_string_view()).map(|(at, zone)| contains(zone?, at?)).collect()
            }
        };
        Ok(ColumnarValue::Array(Arc::new(worked)))
    }
}

static BETWEEN: LazyLock<Arc<ScalarUDF>> =
    LazyLock::new(|| Arc::new(ScalarUDF::new_from_impl(Between { signature: Signature::any(3, Volatility::Immutable) })));

static DURING: LazyLock<Arc<ScalarUDF>> =
    LazyLock::new(|| Arc::new(ScalarUDF::new_from_impl(During { signature: Signature::any(3, Volatility::Immutable) })));

/// To be registered in sessions that read serialised plans.
pub(crate) fn between_function() -> Arc<ScalarUDF> {
    BETWEEN.clone()
}

/// The same.
pub(crate) fn during_function() -> Arc<ScalarUDF> {
    DURING.clone()
}

/// Microseconds of working time between two instants; null where one of them is.
pub(crate) fn between(start: Expr, end: Expr, working: &WorkingTime) -> Expr {
    BETWEEN.call(vec![start, end, lit(working.calendar.to_text(&working.zone))])
}

/// Whether an instant is working time, or is not; null where there is none. `zone` is whose clock counts, none: the
/// calendar's; where it is null or no zone, the answer is null, too.
pub(crate) fn during(instant: Expr, zone: Option<Expr>, working: &WorkingTime, negated: bool) -> Expr {
    let zone = zone.unwrap_or_else(|| lit(working.zone_name()));
    let worked = DURING.call(vec![instant, zone, lit(working.calendar.to_text(&working.zone))]);
    if negated { not(worked) } else { worked }
}
