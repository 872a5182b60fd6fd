//! The beginning of the day, week, month, quarter or year of an instant: `jql_bucket(instant, unit, zone, week start)`.
//!
//! DataFusion's `date_trunc` asks the zone about every instant. Most instants lie in the same period as the one before, so
//! this asks once a period, and periods begin where they do in the rest of the language.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::types::TimestampMicrosecondType;
use datafusion::arrow::array::{AsArray, TimestampMicrosecondArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::{ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility, lit};

use super::columns::Zone;
use super::scan::time_type;
use crate::semantic::bound::{Micros, Unit};
use crate::semantic::{Session, WeekStart, zone_of};

#[derive(Debug, PartialEq, Eq, Hash)]
struct Bucket {
    signature: Signature,
}

impl ScalarUDFImpl for Bucket {
    fn name(&self) -> &str {
        "jql_bucket"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(time_type())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [instants, ColumnarValue::Scalar(unit), ColumnarValue::Scalar(zone), ColumnarValue::Scalar(week)] =
            args.args.as_slice()
        else {
            return exec_err!("jql_bucket takes a unit, a zone and the first day of weeks");
        };
        let text = |of: &ScalarValue| of.try_as_str().flatten().unwrap_or_default().to_owned();
        let unit = text(unit);
        let unit = Unit::ALL.into_iter().find(|known| known.name() == unit);
        let (Some(unit), Some(zone), Some(week_start)) = (unit, zone_of(&text(zone)), WeekStart::from_name(&text(week))) else {
            return exec_err!("jql_bucket knows no such unit, zone or day");
        };
        let mut periods = Periods::new(Session { zone, week_start, ..Session::default() }, unit);
        let instants = cast(&instants.to_array(args.number_rows)?, &time_type())?;
        let starts: TimestampMicrosecondArray =
            instants.as_primitive::<TimestampMicrosecondType>().iter().map(|at| periods.start(at?)).collect();
        Ok(ColumnarValue::Array(Arc::new(starts.with_timezone("UTC"))))
    }
}

/// The periods that were asked for.
struct Periods {
    session: Session,
    unit: Unit,
    last: (Micros, Micros),
    known: BTreeMap<Micros, Micros>,
}

impl Periods {
    fn new(session: Session, unit: Unit) -> Self {
        Self { session, unit, last: (0, 0), known: BTreeMap::new() }
    }

    /// The beginning of the period of an instant; none at the ends of the calendar.
    fn start(&mut self, at: Micros) -> Option<Micros> {
        if !(self.last.0..self.last.1).contains(&at) {
            let known = self.known.range(..=at).next_back().map(|(start, end)| (*start, *end)).filter(|(_, end)| at < *end);
            self.last = known.or_else(|| self.session.period_of(at, self.unit))?;
            self.known.insert(self.last.0, self.last.1);
        }
        Some(self.last.0)
    }
}

static BUCKET: LazyLock<Arc<ScalarUDF>> =
    LazyLock::new(|| Arc::new(ScalarUDF::new_from_impl(Bucket { signature: Signature::any(4, Volatility::Immutable) })));

/// To be registered in sessions that read serialised plans.
pub(crate) fn registered() -> Arc<ScalarUDF> {
    BUCKET.clone()
}

/// The beginning of the period of an instant.
pub(crate) fn bucket(instant: Expr, unit: Unit, zone: Zone<'_>) -> Expr {
    BUCKET.call(vec![instant, lit(unit.name()), lit(zone.name), lit(zone.week_start.name())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_found_again_whatever_came_between() {
        let mut periods = Periods::new(Session::default(), Unit::Month);
        let mut start = |at: &str| -> Option<String> {
            let start = periods.start(at.parse::<jiff::Timestamp>().ok()?.as_microsecond())?;
            Some(jiff::Timestamp::from_microsecond(start).ok()?.to_string())
        };
        for _ in 0..2 {
            assert_eq!(start("2026-03-31T23:59:59Z").as_deref(), Some("2026-03-01T00:00:00Z"));
            assert_eq!(start("2026-04-01T00:00:00Z").as_deref(), Some("2026-04-01T00:00:00Z"));
            assert_eq!(start("1969-12-31T23:59:59Z").as_deref(), Some("1969-12-01T00:00:00Z"));
        }
    }
}
