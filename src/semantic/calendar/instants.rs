//! Whether instants lie in working time, for many of them.

use jiff::civil::date;
use jiff::tz::TimeZone;

use super::{Calendar, MINUTE};
use crate::semantic::bound::Micros;
use crate::semantic::session::timestamp;

const DAY: Micros = 86_400_000_000;

/// A day begins and ends at most this far from any instant of it, wherever its clock is put forward or back.
const NEAR: Micros = 2 * DAY;

/// 1970-01-01, counted from Monday.
const FIRST_WEEKDAY: i64 = 3;

/// The working time of one zone. It remembers what the zone's clock does, so that most answers are arithmetic.
#[derive(Debug)]
pub(crate) struct Instants<'c> {
    calendar: &'c Calendar,
    zone: TimeZone,
    /// Days since 1970, in order.
    holidays: Vec<i64>,
    known: Vec<Stretch>,
    last: usize,
}

/// A time at which the zone has one offset.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    start: Micros,
    end: Micros,
    offset: Micros,
}

impl Stretch {
    fn at(zone: &TimeZone, at: Micros) -> Self {
        let then = timestamp(at);
        let start = zone.preceding(timestamp(at.saturating_add(1))).next();
        let end = zone.following(then).next();
        Self {
            start: start.map_or(Micros::MIN, |change| change.timestamp().as_microsecond()),
            end: end.map_or(Micros::MAX, |change| change.timestamp().as_microsecond()),
            offset: Micros::from(zone.to_offset(then).seconds()) * 1_000_000,
        }
    }

    fn contains(&self, at: Micros) -> bool {
        self.start <= at && at < self.end
    }
}

impl Calendar {
    /// The working time as the clocks of a zone have it, whatever the calendar's own.
    pub(crate) fn instants(&self, zone: TimeZone) -> Instants<'_> {
        let days = |day: &jiff::civil::Date| date(1970, 1, 1).duration_until(*day).as_hours() / 24;
        Instants { calendar: self, zone, holidays: self.holidays.iter().map(days).collect(), known: Vec::new(), last: 0 }
    }
}

impl Instants<'_> {
    /// Whether an instant is worked; the first of the hours is, and the one at which they end is not.
    pub(crate) fn contains(&mut self, at: Micros) -> bool {
        let stretch = self.stretch(at);
        if at.saturating_sub(stretch.start) < NEAR || stretch.end.saturating_sub(at) < NEAR {
            return self.calendar.is_worked(at, &self.zone);
        }
        let clock = at.saturating_add(stretch.offset);
        let (day, clock) = (clock.div_euclid(DAY), clock.rem_euclid(DAY));
        let hours = self.calendar.hours;
        (i64::from(hours.start) * MINUTE..i64::from(hours.end) * MINUTE).contains(&clock)
            && self.calendar.works_on((day + FIRST_WEEKDAY).rem_euclid(7) as usize)
            && self.holidays.binary_search(&day).is_err()
    }

    fn stretch(&mut self, at: Micros) -> Stretch {
        if let Some(stretch) = self.known.get(self.last).filter(|s| s.contains(at)) {
            return *stretch;
        }
        if let Some(found) = self.known.iter().position(|s| s.contains(at)) {
            self.last = found;
            return self.known[found];
        }
        let stretch = Stretch::at(&self.zone, at);
        self.last = self.known.len();
        self.known.push(stretch);
        stretch
    }
}

impl Calendar {
    /// Whether an instant is worked, asked of the zone itself.
    pub(crate) fn is_worked(&self, at: Micros, zone: &TimeZone) -> bool {
        let day = timestamp(at).to_zoned(zone.clone()).date();
        self.working_hours(day, zone).is_some_and(|(from, to)| from <= at && at < to)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, Weekday};
    use proptest::prelude::*;

    use super::super::{Hours, Span};
    use super::*;

    fn at(text: &str) -> Micros {
        text.parse::<jiff::Timestamp>().unwrap().as_microsecond()
    }

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    #[test]
    fn the_first_instant_counts_and_the_last_does_not() {
        let calendar = Calendar::default();
        let mut berlin = calendar.instants(zone("Europe/Berlin"));
        // A Friday in summer.
        for (text, worked) in [
            ("2026-06-12T06:59:59.999999Z", false),
            ("2026-06-12T07:00:00Z", true),
            ("2026-06-12T14:59:59.999999Z", true),
            ("2026-06-12T15:00:00Z", false),
            ("2026-06-13T10:00:00Z", false),
        ] {
            assert_eq!(berlin.contains(at(text)), worked, "{text}");
        }
    }

    #[test]
    fn each_zone_has_its_own_holiday() {
        let calendar = Calendar::default().with_holidays([date(2026, 5, 1)]);
        // It is Friday the first in Tokyo already, and Thursday in New York still.
        let instant = at("2026-05-01T01:00:00Z");
        assert!(!calendar.instants(zone("Asia/Tokyo")).contains(instant));
        let instant = at("2026-04-30T20:00:00Z");
        assert!(calendar.instants(zone("America/New_York")).contains(instant));
    }

    #[test]
    fn hours_move_with_the_clock() {
        let nights = Calendar::new([Weekday::Sunday], Hours::parse("01:00-04:00").unwrap(), [], None);
        let mut berlin = nights.instants(zone("Europe/Berlin"));
        // 2026-03-29: from two to three o'clock at 01:00 UTC. 2026-10-25: back from three to two at 01:00 UTC.
        for (text, worked) in [
            ("2026-03-29T00:00:00Z", true),
            ("2026-03-29T01:30:00Z", true),
            ("2026-03-29T02:00:00Z", false),
            ("2026-10-24T23:00:00Z", true),
            ("2026-10-25T01:30:00Z", true),
            ("2026-10-25T02:59:59Z", true),
            ("2026-10-25T03:00:00Z", false),
        ] {
            assert_eq!(berlin.contains(at(text)), worked, "{text}");
        }
        assert!(!Calendar::default().instants(zone("Pacific/Apia")).contains(i64::MAX));
    }

    proptest! {
        /// What is measured as working time, and only that, is in it.
        #[test]
        fn arithmetic_agrees_with_the_zone(
            instants in prop::collection::vec(at("2009-01-01T00:00Z")..at("2014-01-01T00:00Z"), 1..40),
            days in prop::array::uniform7(any::<bool>()),
            shift in (0u16..1440, 0u16..1440).prop_filter("an hour", |(a, b)| a < b),
            holidays in prop::collection::btree_set(0i64..1800, 0..20),
            place in prop::sample::select(&["UTC", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia"][..]),
        ) {
            let zone = zone(place);
            let holidays: Vec<Date> = holidays.iter().map(|n| date(2009, 1, 1).saturating_add(Span::new().days(*n))).collect();
            let week = (0..7).filter(|n| days[*n as usize]).map(|n| Weekday::from_monday_zero_offset(n).unwrap());
            let calendar = Calendar::new(week, Hours { start: shift.0, end: shift.1 }, holidays, None);
            let mut many = calendar.instants(zone.clone());
            for at in instants {
                prop_assert_eq!(many.contains(at), calendar.working_between(at, at + 1, &zone) > 0, "{}", timestamp(at));
            }
        }
    }
}
