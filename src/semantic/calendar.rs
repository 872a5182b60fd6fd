//! Working time: which hours of which days count.

mod instants;

use std::collections::BTreeSet;

use jiff::Span;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

use super::bound::Micros;
use super::session::{timestamp, zone_of};

const MINUTE: i64 = 60_000_000;
const MINUTES_OF_A_DAY: u16 = 24 * 60;

/// The hours of a working day, by the clock on the wall.
///
/// ```
/// use jqlx::semantic::Hours;
/// assert!(Hours::parse("09:00-17:30").is_some());
/// assert!(Hours::parse("17:00-09:00").is_none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    /// Minutes after midnight; less than `end`.
    start: u16,
    /// Minutes after midnight, 24:00 at most.
    end: u16,
}

impl Hours {
    /// Reads `09:00-17:00`; the end comes after the start, and `24:00` is the end of the day.
    pub fn parse(text: &str) -> Option<Self> {
        let (start, end) = text.split_once('-')?;
        let (start, end) = (clock(start.trim())?, clock(end.trim())?);
        (start < end).then_some(Self { start, end })
    }

    /// `09:00 to 17:00`
    pub(crate) fn words(self) -> String {
        let clock = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        format!("{} to {}", clock(self.start), clock(self.end))
    }

    /// How long a working day is by the clock, in microseconds.
    pub fn length(self) -> i64 {
        i64::from(self.end - self.start) * MINUTE
    }
}

/// `09:30` as minutes after midnight.
fn clock(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let digits = |text: &str, most: usize| {
        let fits = (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        fits.then(|| text.parse::<u16>().ok()).flatten()
    };
    let (hour, minute) = (digits(hour, 2)?, digits(minute, 2).filter(|m| *m < 60 && minute.len() == 2)?);
    Some(hour * 60 + minute).filter(|at| *at <= MINUTES_OF_A_DAY)
}

/// Working days, hours and holidays.
///
/// ```
/// use jqlx::semantic::{Calendar, Hours};
/// use jiff::{civil::{Weekday, date}, tz::TimeZone};
/// let hours = Hours::parse("10:00-14:00").unwrap();
/// let calendar = Calendar::new([Weekday::Monday, Weekday::Tuesday], hours, [date(2026, 6, 2)], None);
/// let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_microsecond();
/// let worked = calendar.working_between(at("2026-06-01T00:00Z"), at("2026-06-08T12:00Z"), &TimeZone::UTC);
/// assert_eq!(worked, 6 * 3_600_000_000);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Calendar {
    /// Monday first.
    days: [bool; 7],
    hours: Hours,
    /// Only those that fall on a working day of the week.
    holidays: BTreeSet<Date>,
    zone: Option<TimeZone>,
}

impl Default for Calendar {
    /// Monday to Friday from nine to five in the session's zone, without holidays.
    fn default() -> Self {
        let days = [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];
        Self::new(days, Hours { start: 9 * 60, end: 17 * 60 }, [], None)
    }
}

impl Calendar {
    /// A calendar of these days of the week, the same hours on each, without the holidays. `zone` is where its clock hangs;
    /// none: in the session's zone.
    pub fn new(
        days: impl IntoIterator<Item = Weekday>,
        hours: Hours,
        holidays: impl IntoIterator<Item = Date>,
        zone: Option<TimeZone>,
    ) -> Self {
        let mut of_week = [false; 7];
        for day in days {
            if let Some(place) = of_week.get_mut(place(day)) {
                *place = true;
            }
        }
        let on_working_days = |date: &Date| of_week.get(place(date.weekday())) == Some(&true);
        let holidays = holidays.into_iter().filter(on_working_days).collect();
        Self { days: of_week, hours, holidays, zone }
    }

    /// The working days of the week, Monday first.
    pub fn days(&self) -> impl Iterator<Item = Weekday> {
        (0..7).filter(|place| self.works_on(*place as usize)).filter_map(|place| Weekday::from_monday_zero_offset(place).ok())
    }

    /// Days that are free though their day of the week is worked, in order.
    pub fn holidays(&self) -> impl Iterator<Item = Date> {
        self.holidays.iter().copied()
    }

    /// The same calendar with more holidays.
    pub fn with_holidays(mut self, more: impl IntoIterator<Item = Date>) -> Self {
        let on_working_days = |date: &Date| self.days.get(place(date.weekday())) == Some(&true);
        self.holidays.extend(more.into_iter().filter(on_working_days));
        self
    }

    /// The hours of a working day.
    pub fn hours(&self) -> Hours {
        self.hours
    }

    /// The calendar's zone; none: the session's.
    pub fn zone(&self) -> Option<&TimeZone> {
        self.zone.as_ref()
    }

    /// The calendar in one line, as plans carry it; `zone` is where its clock hangs if nowhere else.
    pub(crate) fn to_text(&self, zone: &TimeZone) -> String {
        let days: String = self.days.iter().map(|works| if *works { 'x' } else { '-' }).collect();
        let zone = super::session::name_of(self.zone.as_ref().unwrap_or(zone), timestamp(0));
        let holidays: Vec<String> = self.holidays.iter().map(Date::to_string).collect();
        format!("{days} {} {} {zone} {}", self.hours.start, self.hours.end, holidays.join(","))
    }

    /// What [`Self::to_text`] wrote, with the zone.
    pub(crate) fn from_text(text: &str) -> Option<(Self, TimeZone)> {
        let mut parts = text.split(' ');
        let mut days = [false; 7];
        for (day, mark) in days.iter_mut().zip(parts.next()?.chars()) {
            *day = mark == 'x';
        }
        let hours = Hours { start: parts.next()?.parse().ok()?, end: parts.next()?.parse().ok()? };
        let zone = zone_of(parts.next()?)?;
        let holidays = parts.next()?.split(',').filter_map(|day| day.parse().ok()).collect();
        Some((Self { days, hours, holidays, zone: None }, zone))
    }

    /// Microseconds of working time in `[start, end)`; 0 where `end` is not after `start`. `zone` is the session's.
    ///
    /// Time that passes is counted, not the clock: a working day during which the clock goes forward is an hour shorter.
    pub fn working_between(&self, start: Micros, end: Micros, zone: &TimeZone) -> i64 {
        if end <= start {
            return 0;
        }
        let zone = self.zone.as_ref().unwrap_or(zone);
        let date = |at| timestamp(at).to_zoned(zone.clone()).date();
        let (first, last) = (date(start), date(end));
        let at_edge = |day: Date| match self.working_hours(day, zone) {
            Some((from, to)) => (to.min(end) - from.max(start)).max(0),
            None => 0,
        };
        if first >= last {
            return at_edge(first);
        }
        at_edge(first) + self.whole_days(first, last, zone) + at_edge(last)
    }

    /// Working time of the days between two, without both.
    fn whole_days(&self, first: Date, last: Date, zone: &TimeZone) -> i64 {
        let Ok(next) = first.tomorrow() else { return 0 };
        if next >= last {
            return 0;
        }
        let usual = i64::from(self.hours.end - self.hours.start) * MINUTE;
        let mut total = self.working_days(next, last) * usual;
        // Counting days does not depend on how many there are. Only where the clock was put forward or back may a day be
        // longer or shorter than usual.
        let Ok(from) = next.to_zoned(zone.clone()) else { return total };
        let Ok(until) = last.to_zoned(zone.clone()) else { return total };
        // A change at the very midnight counts too.
        let from = timestamp(from.timestamp().as_microsecond().saturating_sub(1));
        let mut corrected = None;
        for change in zone.following(from).take_while(|change| change.timestamp() <= until.timestamp()) {
            // A change may skip a whole day.
            let before = change.timestamp().as_microsecond().saturating_sub(1);
            let mut day = timestamp(before).to_zoned(zone.clone()).date().max(next);
            let end = change.timestamp().to_zoned(zone.clone()).date();
            while day <= end && day < last {
                if corrected.is_none_or(|c| c < day) && self.is_working(day) {
                    total += self.working_hours(day, zone).map_or(0, |(from, to)| to - from) - usual;
                }
                corrected = Some(day);
                let Ok(tomorrow) = day.tomorrow() else { break };
                day = tomorrow;
            }
        }
        total
    }

    /// How many days in `[from, until)` are worked.
    fn working_days(&self, from: Date, until: Date) -> i64 {
        let days = from.duration_until(until).as_hours() / 24;
        let in_week = self.days.iter().filter(|worked| **worked).count() as i64;
        let rest = (0..days % 7).filter(|n| self.works_on((place(from.weekday()) as i64 + n) as usize % 7)).count() as i64;
        days / 7 * in_week + rest - self.holidays.range(from..until).count() as i64
    }

    fn works_on(&self, place: usize) -> bool {
        self.days.get(place) == Some(&true)
    }

    fn is_working(&self, day: Date) -> bool {
        self.works_on(place(day.weekday())) && !self.holidays.contains(&day)
    }

    /// The instants between which a day is worked; none where it is free, or was skipped by the zone.
    fn working_hours(&self, day: Date, zone: &TimeZone) -> Option<(Micros, Micros)> {
        if !self.is_working(day) {
            return None;
        }
        let instant = |minutes: u16| -> Option<Micros> {
            let at = day.at(0, 0, 0, 0).checked_add(Span::new().minutes(i64::from(minutes))).ok()?;
            Some(at.to_zoned(zone.clone()).ok()?.timestamp().as_microsecond())
        };
        // In a day that does not exist every clock time is moved into the next one.
        let next = instant(MINUTES_OF_A_DAY)?;
        let (from, to) = (instant(self.hours.start)?.min(next), instant(self.hours.end)?.min(next));
        (from < to).then_some((from, to))
    }
}

/// 0 is Monday.
fn place(day: Weekday) -> usize {
    day.to_monday_zero_offset() as usize
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const HOUR: i64 = 60 * MINUTE;

    fn at(text: &str) -> Micros {
        text.parse::<jiff::Timestamp>().unwrap().as_microsecond()
    }

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    fn hours(calendar: &Calendar, from: &str, to: &str, place: &str) -> f64 {
        calendar.working_between(at(from), at(to), &zone(place)) as f64 / HOUR as f64
    }

    #[test]
    fn hours_are_read() {
        assert_eq!(Hours::parse("9:00 - 17:30"), Some(Hours { start: 540, end: 1050 }));
        assert_eq!(Hours::parse("00:00-24:00"), Some(Hours { start: 0, end: 1440 }));
        for wrong in ["", "9-17", "09:00", "17:00-09:00", "09:00-09:00", "09:00-24:01", "09:60-17:00", "a:b-c:d", "09:0-10:00"] {
            assert_eq!(Hours::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn nights_and_weekends_do_not_count() {
        let calendar = Calendar::default();
        // 2026-06-12 is a Friday.
        assert_eq!(hours(&calendar, "2026-06-12T16:00Z", "2026-06-15T10:00Z", "UTC"), 2.0);
        assert_eq!(hours(&calendar, "2026-06-12T10:15Z", "2026-06-12T11:00Z", "UTC"), 0.75);
        assert_eq!(hours(&calendar, "2026-06-13T10:00Z", "2026-06-14T11:00Z", "UTC"), 0.0);
        assert_eq!(hours(&calendar, "2026-06-01T00:00Z", "2026-06-29T00:00Z", "UTC"), 160.0);
        assert_eq!(hours(&calendar, "2026-06-15T10:00Z", "2026-06-12T10:00Z", "UTC"), 0.0);
    }

    #[test]
    fn the_clock_hangs_in_the_calendars_zone() {
        let of_session = Calendar::default();
        assert_eq!(hours(&of_session, "2026-06-12T06:00Z", "2026-06-12T08:00Z", "Europe/Berlin"), 1.0);
        let own = Calendar { zone: Some(zone("Asia/Kolkata")), ..Calendar::default() };
        assert_eq!(hours(&own, "2026-06-12T03:00Z", "2026-06-12T08:00Z", "Europe/Berlin"), 4.5);
    }

    #[test]
    fn holidays_are_free() {
        let hours_of_day = Hours::parse("09:00-17:00").unwrap();
        // The second is a Saturday and is not taken off twice.
        let calendar =
            Calendar::new([Weekday::Thursday, Weekday::Friday], hours_of_day, [date(2026, 12, 25), date(2026, 12, 26)], None);
        assert_eq!(hours(&calendar, "2026-12-21T00:00Z", "2026-12-28T00:00Z", "UTC"), 8.0);
        assert_eq!(hours(&calendar, "2026-12-25T10:00Z", "2026-12-25T11:00Z", "UTC"), 0.0);
    }

    #[test]
    fn a_night_shift_has_an_hour_less_or_more_where_the_clock_is_changed() {
        let all = [Weekday::Saturday, Weekday::Sunday, Weekday::Monday];
        let calendar = Calendar::new(all, Hours::parse("00:00-06:00").unwrap(), [], None);
        // Sundays 2026-03-29 and 2026-10-25.
        assert_eq!(hours(&calendar, "2026-03-27T12:00Z", "2026-03-31T12:00Z", "Europe/Berlin"), 17.0);
        assert_eq!(hours(&calendar, "2026-10-23T12:00Z", "2026-10-27T12:00Z", "Europe/Berlin"), 19.0);
        assert_eq!(hours(&calendar, "2026-03-28T23:00Z", "2026-03-29T10:00Z", "Europe/Berlin"), 5.0);
        // The hours after the change are not touched.
        assert_eq!(hours(&Calendar::default(), "2026-03-27T00:00Z", "2026-04-03T00:00Z", "Europe/Berlin"), 40.0);
    }

    #[test]
    fn a_day_that_a_zone_skipped_is_not_worked() {
        // Friday 2011-12-30 did not happen in Samoa.
        let calendar = Calendar::default();
        assert_eq!(hours(&calendar, "2011-12-26T12:00Z", "2012-01-03T12:00Z", "Pacific/Apia"), {
            // Monday afternoon there, Tuesday to Thursday, Monday, and Tuesday in full.
            let first = hours(&calendar, "2011-12-26T12:00Z", "2011-12-27T10:00Z", "Pacific/Apia");
            first + 3.0 * 8.0 + 8.0 + 8.0
        });
    }

    #[test]
    fn instants_beyond_the_calendar_do_no_harm() {
        let calendar = Calendar::default();
        assert!(calendar.working_between(i64::MIN, i64::MAX, &zone("Europe/Berlin")) > 0);
        assert_eq!(calendar.working_between(i64::MAX - 1, i64::MAX, &TimeZone::UTC), 0);
    }

    proptest! {
        /// Day by day gives the same.
        #[test]
        fn counting_days_agrees_with_walking_over_them(
            from in at("2009-01-01T00:00Z")..at("2014-01-01T00:00Z"),
            length in 0..800 * 24 * HOUR,
            days in prop::array::uniform7(any::<bool>()),
            shift in (0u16..1440, 0u16..1440).prop_filter("an hour", |(a, b)| a < b),
            holidays in prop::collection::btree_set(0i64..1800, 0..20),
            place in prop::sample::select(&["UTC", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia"][..]),
        ) {
            let zone = zone(place);
            let holidays: Vec<Date> = holidays.iter().map(|n| date(2009, 1, 1).saturating_add(Span::new().days(*n))).collect();
            let week = (0..7).filter(|n| days[*n as usize]).map(|n| Weekday::from_monday_zero_offset(n).unwrap());
            let calendar = Calendar::new(week, Hours { start: shift.0, end: shift.1 }, holidays, None);
            let to = from + length;
            let mut walked = 0;
            let mut day = timestamp(from).to_zoned(zone.clone()).date().saturating_sub(Span::new().days(1));
            while day <= timestamp(to).to_zoned(zone.clone()).date() {
                if let Some((a, b)) = calendar.working_hours(day, &zone) {
                    walked += (b.min(to) - a.max(from)).max(0);
                }
                day = day.tomorrow().unwrap();
            }
            prop_assert_eq!(calendar.working_between(from, to, &zone), walked);
        }
    }
}
