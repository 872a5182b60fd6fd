//! Date literals, relative dates and the start and end functions (`reference/jql.md` section 6).

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Span, Zoned};

use super::bound::{Micros, Unit};
use super::calendar::Calendar;
use super::session::{Estimates, Session, WeekStart};

const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const WEEK: i64 = 7 * DAY;

/// A date literal before it is known whether an instant or a day is wanted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum DateLiteral {
    /// A calendar date with or without a time, in the session's zone.
    Civil(DateTime),
    /// So many microseconds from now, or from today for day fields.
    Relative(i64),
    /// Milliseconds since 1970, in microseconds.
    Epoch(Micros),
}

impl DateLiteral {
    /// Whether it names a time of the day other than its midnight.
    pub(crate) fn has_time(&self) -> bool {
        matches!(self, Self::Civil(at) if at.time() != jiff::civil::Time::midnight())
    }
}

/// Reads a date literal. `bare_number`: it was written as digits without quotes, which are milliseconds since 1970.
pub(crate) fn literal(text: &str, bare_number: bool) -> Option<DateLiteral> {
    let text = text.trim();
    if bare_number && !text.starts_with('-') {
        return text.parse::<i64>().ok()?.checked_mul(1000).map(DateLiteral::Epoch);
    }
    if let Some(offset) = relative(text) {
        return Some(DateLiteral::Relative(offset));
    }
    civil(text).map(DateLiteral::Civil)
}

fn civil(text: &str) -> Option<DateTime> {
    let (day, time) = match text.split_once(' ') {
        Some((day, time)) => (day, Some(time.trim_start())),
        None => (text, None),
    };
    let separator = if day.contains('/') { '/' } else { '-' };
    let mut parts = day.split(separator);
    let year = digits(parts.next()?, 4, 4)?;
    let month = digits(parts.next()?, 1, 2)?;
    let date = digits(parts.next()?, 1, 2)?;
    if parts.next().is_some() {
        return None;
    }
    let date = Date::new(year as i16, month as i8, date as i8).ok()?;
    let Some(time) = time else { return Some(date.at(0, 0, 0, 0)) };
    let (hour, minute) = time.split_once(':')?;
    let (hour, minute) = (digits(hour, 1, 2)?, digits(minute, 2, 2)?);
    (hour < 24 && minute < 60).then(|| date.at(hour as i8, minute as i8, 0, 0))
}

fn digits(text: &str, least: usize, most: usize) -> Option<i32> {
    let fits = (least..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}

/// `-4w 2d`: the sign covers all groups; a number without unit counts minutes.
fn relative(text: &str) -> Option<i64> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    Some(sign * clock_duration(rest, MINUTE)?)
}

/// How far a date is moved: `+1d`, `-1w 2h`; every number has its unit.
pub(crate) fn offset(text: &str) -> Option<i64> {
    let text = text.trim();
    text.ends_with(|c: char| c.is_ascii_alphabetic()).then(|| relative(text)).flatten()
}

/// A length of clock time such as `30m`, `4h`, `3d`, `2w`, `1w 2d`, in microseconds; a bare number counts `bare`.
pub(crate) fn clock_duration(text: &str, bare: i64) -> Option<i64> {
    let mut total: i64 = 0;
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let number: i64 = rest[..end].parse().ok()?;
        let mut tail = rest[end..].chars();
        let unit = match tail.next() {
            None if total == 0 => bare,
            Some('w') => WEEK,
            Some('d') => DAY,
            Some('h') => HOUR,
            Some('m') => MINUTE,
            _ => return None,
        };
        total = total.checked_add(number.checked_mul(unit)?)?;
        rest = tail.as_str().trim_start();
    }
    Some(total)
}

/// A length in microseconds, and whether it is of working time: `8wh`, `3wd` are hours and days of the calendar.
pub(crate) fn length(text: &str, calendar: &Calendar) -> Option<(i64, bool)> {
    // A number without unit is no length that a reader would guess.
    let text = text.trim();
    let in_work = |unit: &str| text.strip_suffix(unit).and_then(|n| n.trim_end().parse::<i64>().ok());
    if let Some(hours) = in_work("wh") {
        return Some((hours.checked_mul(HOUR)?, true));
    }
    if let Some(days) = in_work("wd") {
        return Some((days.checked_mul(calendar.hours().length())?, true));
    }
    clock_duration(text, 0).map(|length| (length, false))
}

/// Whether a text is written as a length, however long that is.
pub(crate) fn is_length(text: &str) -> bool {
    let mut parts = text.split_whitespace().peekable();
    parts.peek().is_some()
        && parts.all(|part| {
            let unit = part.trim_start_matches(|c: char| c.is_ascii_digit());
            unit.len() < part.len() && ["m", "h", "d", "w", "wh", "wd"].contains(&unit)
        })
}

/// A working duration of an estimate in seconds; a bare number counts minutes.
pub(crate) fn estimate(text: &str, of: &Estimates) -> Option<i64> {
    let day = of.hours_per_day * 3600.0;
    let mut total: i64 = 0;
    let mut rest = text.trim();
    let negative = rest.starts_with('-');
    rest = rest.strip_prefix('-').unwrap_or(rest);
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
        let number: f64 = rest[..end].parse().ok()?;
        let mut tail = rest[end..].chars();
        let unit = match tail.next() {
            None => 60.0,
            Some('w') => of.days_per_week * day,
            Some('d') => day,
            Some('h') => 3600.0,
            Some('m') => 60.0,
            _ => return None,
        };
        total = total.checked_add((number * unit).round() as i64)?;
        rest = tail.as_str().trim_start();
    }
    Some(if negative { -total } else { total })
}

/// An increment of a start or end function: `-1`, `+2w`, `14d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Increment {
    amount: i64,
    /// None: the function's own unit.
    unit: Option<Step>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Year,
    Month,
    Week,
    Day,
    Hour,
    Minute,
}

/// Reads an increment; `M` is months and `m` minutes.
pub(crate) fn increment(text: &str) -> Option<Increment> {
    let text = text.trim();
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let amount: i64 = rest[..end].parse().ok().filter(|n| *n < 1_000_000)?;
    let unit = match &rest[end..] {
        "" => None,
        "y" => Some(Step::Year),
        "M" => Some(Step::Month),
        "w" => Some(Step::Week),
        "d" => Some(Step::Day),
        "h" => Some(Step::Hour),
        "m" => Some(Step::Minute),
        _ => return None,
    };
    Some(Increment { amount: sign * amount, unit })
}

impl Session {
    /// A literal as an instant; a date without time is its midnight.
    pub(crate) fn instant(&self, literal: DateLiteral) -> Option<Micros> {
        match literal {
            DateLiteral::Civil(at) => at.to_zoned(self.zone.clone()).ok().map(|z| z.timestamp().as_microsecond()),
            DateLiteral::Relative(offset) => self.now.checked_add(offset),
            DateLiteral::Epoch(at) => Some(at),
        }
    }

    /// A literal as a day: dates as they are, relative ones from the current date.
    pub(crate) fn day(&self, literal: DateLiteral) -> Option<i32> {
        match literal {
            DateLiteral::Civil(at) => Some(days(at.date())),
            DateLiteral::Relative(offset) => {
                let midnight = self.zoned(self.now).date().at(0, 0, 0, 0);
                let at = midnight.checked_add(SignedDuration::from_micros(offset)).ok()?;
                Some(days(at.date()))
            }
            DateLiteral::Epoch(at) => Some(self.day_of(at)),
        }
    }

    /// The day on which an instant falls.
    pub(crate) fn day_of(&self, at: Micros) -> i32 {
        days(self.zoned(at).date())
    }

    /// The midnight at the start of a day.
    pub(crate) fn midnight(&self, day: i32) -> Micros {
        let date = jiff::civil::date(1970, 1, 1).saturating_add(Span::new().days(i64::from(day)));
        match date.to_zoned(self.zone.clone()) {
            Ok(midnight) => midnight.timestamp().as_microsecond(),
            Err(_) => i64::from(day).saturating_mul(DAY),
        }
    }

    /// The day that contains an instant, as [start, end).
    pub(crate) fn day_bounds(&self, at: Micros) -> (Micros, Micros) {
        let day = self.day_of(at);
        (self.midnight(day), self.midnight(day + 1))
    }

    /// The day, week, month, quarter or year that contains an instant, as [start, end); none at the ends of the calendar.
    pub(crate) fn period_of(&self, at: Micros, unit: Unit) -> Option<(Micros, Micros)> {
        let edge = |moved| Some(start(self.zoned(at), unit, self.week_start, moved)?.timestamp().as_microsecond());
        Some((edge(0)?, edge(1)?))
    }

    /// `startOfX(increment)`: an increment in the own unit moves the period first, any other is added to its start.
    pub(crate) fn start_of(&self, unit: Unit, increment: Option<Increment>) -> Option<Micros> {
        let (own, other) = split(unit, increment);
        let start = start(self.zoned(self.now), unit, self.week_start, own)?;
        Some(add(start, other)?.timestamp().as_microsecond())
    }

    /// `endOfX(increment)`: the last millisecond.
    pub(crate) fn end_of(&self, unit: Unit, increment: Option<Increment>) -> Option<Micros> {
        let (own, other) = split(unit, increment);
        let next = start(self.zoned(self.now), unit, self.week_start, own.checked_add(1)?)?;
        let end = next.checked_sub(SignedDuration::from_millis(1)).ok()?;
        Some(add(end, other)?.timestamp().as_microsecond())
    }
}

fn split(unit: Unit, increment: Option<Increment>) -> (i64, Option<Increment>) {
    let own = match unit {
        Unit::Day => Some(Step::Day),
        Unit::Week => Some(Step::Week),
        Unit::Month => Some(Step::Month),
        Unit::Year => Some(Step::Year),
        Unit::Hour => Some(Step::Hour),
        Unit::Quarter => None,
    };
    match increment {
        None => (0, None),
        Some(i) if i.unit.is_none() || i.unit == own => (i.amount, None),
        other => (0, other),
    }
}

/// The start of the unit that lies `moved` units from the one of `at`.
fn start(at: Zoned, unit: Unit, week_start: WeekStart, moved: i64) -> Option<Zoned> {
    let date = at.date();
    let first = match unit {
        Unit::Hour => {
            let hour = at.time().with().minute(0).second(0).subsec_nanosecond(0).build().ok()?;
            return date
                .to_datetime(hour)
                .to_zoned(at.time_zone().clone())
                .ok()?
                .checked_add(Span::new().try_hours(moved).ok()?)
                .ok();
        }
        Unit::Day => date.checked_add(Span::new().try_days(moved).ok()?).ok()?,
        Unit::Week => {
            let back = i64::from(week_start.days_before(date));
            date.checked_add(Span::new().try_days(moved.checked_mul(7)?.checked_sub(back)?).ok()?).ok()?
        }
        Unit::Month => date.first_of_month().checked_add(Span::new().try_months(moved).ok()?).ok()?,
        Unit::Quarter => {
            let back = i64::from((date.month() - 1) % 3);
            date.first_of_month().checked_add(Span::new().try_months(moved.checked_mul(3)?.checked_sub(back)?).ok()?).ok()?
        }
        Unit::Year => date.first_of_year().checked_add(Span::new().try_years(moved).ok()?).ok()?,
    };
    first.to_zoned(at.time_zone().clone()).ok()
}

fn add(at: Zoned, increment: Option<Increment>) -> Option<Zoned> {
    let Some(Increment { amount, unit: Some(unit) }) = increment else { return Some(at) };
    let span = match unit {
        Step::Year => Span::new().try_years(amount),
        Step::Month => Span::new().try_months(amount),
        Step::Week => Span::new().try_weeks(amount),
        Step::Day => Span::new().try_days(amount),
        Step::Hour => Span::new().try_hours(amount),
        Step::Minute => Span::new().try_minutes(amount),
    };
    at.checked_add(span.ok()?).ok()
}

fn days(date: Date) -> i32 {
    jiff::civil::date(1970, 1, 1).duration_until(date).as_hours().div_euclid(24) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(zone: &str, now: &str) -> Session {
        let now: jiff::Timestamp = now.parse().unwrap();
        Session { now: now.as_microsecond(), zone: jiff::tz::TimeZone::get(zone).unwrap(), ..Session::default() }
    }

    fn show(at: Option<Micros>) -> String {
        at.map_or("none".into(), |at| jiff::Timestamp::from_microsecond(at).unwrap().to_string())
    }

    #[test]
    fn literals() {
        let s = session("Europe/Berlin", "2026-06-15T12:00:00Z");
        let at = |text| show(literal(text, false).and_then(|l| s.instant(l)));
        assert_eq!(at("2026/6/1"), "2026-05-31T22:00:00Z");
        assert_eq!(at("2026-06-01 09:30"), "2026-06-01T07:30:00Z");
        assert_eq!(at("-4w 2d"), "2026-05-16T12:00:00Z");
        assert_eq!(at("-90"), "2026-06-15T10:30:00Z");
        for bad in
            ["2026-13-01", "2026-02-30", "yesterday", "-1M", "1y", "2026-06-01T10:00", "2026-06-01 25:00", "", "-", "26-06-01"]
        {
            assert_eq!(literal(bad, false), None, "{bad}");
        }
        assert_eq!(show(literal("1000", true).and_then(|l| s.instant(l))), "1970-01-01T00:00:01Z");
    }

    #[test]
    fn a_day_may_have_23_or_25_hours() {
        let s = session("Europe/Berlin", "2026-03-29T12:00:00Z");
        let (start, end) = s.day_bounds(s.now);
        assert_eq!(end - start, 23 * HOUR);
        assert_eq!(show(s.start_of(Unit::Day, increment("+1"))), "2026-03-29T22:00:00Z");
    }

    #[test]
    fn increments_of_the_own_unit_move_the_period() {
        let s = session("UTC", "2026-06-15T12:00:00Z");
        assert_eq!(show(s.end_of(Unit::Month, increment("+1"))), "2026-07-31T23:59:59.999Z");
        assert_eq!(show(s.end_of(Unit::Month, increment("+15d"))), "2026-07-15T23:59:59.999Z");
        assert_eq!(show(s.start_of(Unit::Week, increment("+1d"))), "2026-06-15T00:00:00Z");
        assert_eq!(show(s.start_of(Unit::Quarter, increment("-1"))), "2026-01-01T00:00:00Z");
        assert_eq!(show(s.end_of(Unit::Year, increment("+3M"))), "2027-03-31T23:59:59.999Z");
        assert_eq!(increment("1x"), None);
        assert_eq!(s.start_of(Unit::Year, increment("999999")), None);
    }

    #[test]
    fn a_week_begins_on_the_day_that_the_site_chose() {
        // A Sunday.
        let mut s = session("Europe/Berlin", "2026-06-14T12:00:00Z");
        let show_week = |s: &Session| [s.start_of(Unit::Week, None), s.end_of(Unit::Week, None)].map(show);
        assert_eq!(show_week(&s), ["2026-06-13T22:00:00Z", "2026-06-20T21:59:59.999Z"]);
        s.week_start = WeekStart::Monday;
        assert_eq!(show_week(&s), ["2026-06-07T22:00:00Z", "2026-06-14T21:59:59.999Z"]);
        assert_eq!(show(s.start_of(Unit::Week, increment("-1"))), "2026-05-31T22:00:00Z");
    }

    #[test]
    fn periods_begin_by_the_clock_of_the_zone() {
        let start = |unit, week_start, zone, at| {
            let s = Session { week_start, ..session(zone, at) };
            let (start, end) = s.period_of(s.now, unit).unwrap();
            assert!((start..end).contains(&s.now));
            show(Some(start))
        };
        let monday = WeekStart::Monday;
        for (unit, week, zone, at, expected) in [
            (Unit::Day, monday, "UTC", "2026-03-01T23:59:59.999999Z", "2026-03-01T00:00:00Z"),
            (Unit::Month, monday, "UTC", "1969-12-31T23:59:59Z", "1969-12-01T00:00:00Z"),
            (Unit::Quarter, monday, "UTC", "2026-06-30T12:00:00Z", "2026-04-01T00:00:00Z"),
            (Unit::Year, monday, "Europe/Berlin", "2025-12-31T23:30:00Z", "2025-12-31T23:00:00Z"),
            (Unit::Week, monday, "UTC", "2026-03-01T00:00:00Z", "2026-02-23T00:00:00Z"),
            (Unit::Week, WeekStart::Sunday, "UTC", "2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z"),
            // Midnight was skipped there.
            (Unit::Day, monday, "America/Sao_Paulo", "2018-11-04T12:00:00Z", "2018-11-04T03:00:00Z"),
        ] {
            assert_eq!(start(unit, week, zone, at), expected, "{unit:?} of {at} in {zone}");
        }
    }

    #[test]
    fn the_days_of_an_estimate_are_the_sites() {
        let site = Estimates { hours_per_day: 7.5, days_per_week: 4.0 };
        for (text, usual, other) in
            [("1w", 144_000, 108_000), ("1w 1d", 172_800, 135_000), ("90", 5_400, 5_400), ("-2d 30m", -59_400, -55_800)]
        {
            assert_eq!(estimate(text, &Estimates::default()), Some(usual), "{text}");
            assert_eq!(estimate(text, &site), Some(other), "{text}");
        }
        assert_eq!(estimate("1y", &site), None);
    }
}
