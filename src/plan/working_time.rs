//! `jql_working_time(start, end, calendar)`: microseconds of working time between two instants.

use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{ArrayRef, AsArray, Int64Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility, lit};

use crate::semantic::Calendar;
use crate::semantic::bound::WorkingTime;

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

static BETWEEN: LazyLock<Arc<ScalarUDF>> =
    LazyLock::new(|| Arc::new(ScalarUDF::new_from_impl(Between { signature: Signature::any(3, Volatility::Immutable) })));

/// The function, to be registered in sessions that read serialised plans.
pub(crate) fn function() -> Arc<ScalarUDF> {
    BETWEEN.clone()
}

/// Microseconds of working time between two instants; null where one of them is.
pub(crate) fn between(start: Expr, end: Expr, working: &WorkingTime) -> Expr {
    BETWEEN.call(vec![start, end, lit(working.calendar.to_text(&working.zone))])
}
