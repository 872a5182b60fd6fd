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
use jiff::civil::{Date, Weekday, date};
use jiff::{Span, Unit as JiffUnit};

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
        let Some(zone) = zone_of(&text(zone)) else { return exec_err!("no such zone") };
        let week_start = if text(week) == "sunday" { WeekStart::Sunday } else { WeekStart::Monday };
        let mut periods = Periods::new(Session { zone, week_start, ..Session::default() }, text(unit));
        let instants = cast(&instants.to_array(args.number_rows)?, &time_type())?;
        let starts: TimestampMicrosecondArray =
            instants.as_primitive::<TimestampMicrosecondType>().iter().map(|at| at.map(|at| periods.start(at))).collect();
        Ok(ColumnarValue::Array(Arc::new(starts.with_timezone("UTC"))))
    }
}

/// The periods that were asked for.
struct Periods {
    session: Session,
    unit: String,
    last: (Micros, Micros),
    known: BTreeMap<Micros, Micros>,
}

impl Periods {
    fn new(session: Session, unit: String) -> Self {
        Self { session, unit, last: (0, 0), known: BTreeMap::new() }
    }

    fn start(&mut self, at: Micros) -> Micros {
        if !(self.last.0..self.last.1).contains(&at) {
            let known = self.known.range(..=at).next_back().map(|(start, end)| (*start, *end)).filter(|(_, end)| at < *end);
            self.last = known.unwrap_or_else(|| self.period(at));
            self.known.insert(self.last.0, self.last.1);
        }
        self.last.0
    }

    fn period(&self, at: Micros) -> (Micros, Micros) {
        let epoch = date(1970, 1, 1);
        let day = self.session.day_of(at);
        let first = self.first(epoch.saturating_add(Span::new().days(i64::from(day))));
        let next = first.saturating_add(match self.unit.as_str() {
            "week" => Span::new().weeks(1),
            "month" => Span::new().months(1),
            "quarter" => Span::new().months(3),
            "year" => Span::new().years(1),
            _ => Span::new().days(1),
        });
        let midnight = |of: Date| {
            let days = epoch.until((JiffUnit::Day, of)).map_or(0, |span| span.get_days());
            self.session.midnight(days)
        };
        (midnight(first), midnight(next))
    }

    /// The first day of the period of a day.
    fn first(&self, day: Date) -> Date {
        match self.unit.as_str() {
            "week" => {
                let since = match self.session.week_start {
                    WeekStart::Sunday => day.weekday().since(Weekday::Sunday),
                    WeekStart::Monday => day.weekday().since(Weekday::Monday),
                };
                day.saturating_sub(Span::new().days(i64::from(since)))
            }
            "month" => day.first_of_month(),
            "quarter" => date(day.year(), (day.month() - 1) / 3 * 3 + 1, 1),
            "year" => day.first_of_year(),
            _ => day,
        }
    }
}

static BUCKET: LazyLock<Arc<ScalarUDF>> =
    LazyLock::new(|| Arc::new(ScalarUDF::new_from_impl(Bucket { signature: Signature::any(4, Volatility::Immutable) })));

/// To be registered in sessions that read serialised plans.
pub(crate) fn registered() -> Arc<ScalarUDF> {
    BUCKET.clone()
}

/// The beginning of the period of an instant; none for hours, which have a beginning of their own on the clock.
pub(crate) fn bucket(instant: Expr, unit: Unit, zone: Zone<'_>) -> Option<Expr> {
    let unit = match unit {
        Unit::Hour => return None,
        Unit::Day => "day",
        Unit::Week => "week",
        Unit::Month => "month",
        Unit::Quarter => "quarter",
        Unit::Year => "year",
    };
    let week = if zone.week_start == WeekStart::Sunday { "sunday" } else { "monday" };
    Some(BUCKET.call(vec![instant, lit(unit), lit(zone.name), lit(week)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(unit: &str, week_start: WeekStart, zone: &str, at: &str) -> Option<String> {
        let session = Session { zone: zone_of(zone)?, week_start, ..Session::default() };
        let at: jiff::Timestamp = at.parse().ok()?;
        let mut periods = Periods::new(session, unit.to_owned());
        // The second time it is known.
        let start = periods.start(at.as_microsecond());
        assert_eq!(periods.start(at.as_microsecond()), start);
        Some(jiff::Timestamp::from_microsecond(start).ok()?.to_string())
    }

    #[test]
    fn periods_begin_by_the_clock_of_the_zone() {
        let monday = WeekStart::Monday;
        let cases = [
            ("day", monday, "UTC", "2026-03-01T23:59:59.999999Z", "2026-03-01T00:00:00Z"),
            ("month", monday, "UTC", "1969-12-31T23:59:59Z", "1969-12-01T00:00:00Z"),
            ("quarter", monday, "UTC", "2026-06-30T12:00:00Z", "2026-04-01T00:00:00Z"),
            ("year", monday, "Europe/Berlin", "2025-12-31T23:30:00Z", "2025-12-31T23:00:00Z"),
            ("week", monday, "UTC", "2026-03-01T00:00:00Z", "2026-02-23T00:00:00Z"),
            ("week", WeekStart::Sunday, "UTC", "2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z"),
            // Midnight was skipped there.
            ("day", monday, "America/Sao_Paulo", "2018-11-04T12:00:00Z", "2018-11-04T03:00:00Z"),
        ];
        for (unit, week, zone, at, expected) in cases {
            assert_eq!(start(unit, week, zone, at).as_deref(), Some(expected), "{unit} of {at} in {zone}");
        }
    }
}
