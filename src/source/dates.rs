//! Times as people and spreadsheets write them.

use jiff::civil;
use jiff::tz::TimeZone;

use super::jira::json::micros;

/// An instant as exactly as it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    /// UTC microseconds; of an interval, its end.
    pub time: i64,
    /// The interval's start, where minutes or seconds are left out.
    pub after: Option<i64>,
}

impl Moment {
    pub(super) fn exact(time: i64) -> Self {
        Self { time, after: None }
    }

    /// The start of the interval, or the instant.
    pub(super) fn start(self) -> i64 {
        self.after.unwrap_or(self.time)
    }
}

/// In which order days and months stand where both are numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Order {
    #[default]
    Unknown,
    DayFirst,
    MonthFirst,
}

/// How dates of a file are read.
#[derive(Clone, Debug)]
pub(super) struct Dates {
    pub zone: TimeZone,
    pub order: Order,
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

impl Dates {
    pub(super) fn of(zone: &TimeZone) -> Self {
        Self { zone: zone.clone(), order: Order::Unknown }
    }

    /// Learns from a value in which order days and months stand.
    pub(super) fn learn(&mut self, text: &str) {
        if let Some((a, b)) = Parts::of(text).and_then(|parts| parts.ambiguous()) {
            self.order = match (a > 12, b > 12) {
                (true, false) => Order::DayFirst,
                (false, true) => Order::MonthFirst,
                _ => self.order,
            };
        }
    }

    /// The instant that a text tells. An error says why it tells none.
    pub(super) fn read(&self, text: &str) -> Result<Moment, String> {
        let text = text.trim();
        if let Some(time) = micros(text) {
            return credible(Moment::exact(time), text);
        }
        if let Ok(number) = text.parse::<i64>() {
            // Seconds or milliseconds since 1970, as long as dates have as many digits.
            return match text.len() {
                13 => credible(Moment::exact(number.saturating_mul(1000)), text),
                10 => credible(Moment { time: number.saturating_mul(1_000_000) + 999_999, after: Some(number * 1_000_000) }, text),
                _ => Err(format!("`{text}` is no date")),
            };
        }
        let parts = Parts::of(text).ok_or_else(|| format!("`{text}` is no date with a time"))?;
        let day = parts.day(self.order).ok_or_else(|| match parts.ambiguous() {
            Some((a, b)) if a <= 12 && b <= 12 => {
                format!("`{text}` may be the {a}. of month {b} or the {b}. of month {a}, and no other date of the file tells which")
            }
            _ => format!("`{text}` is no date"),
        })?;
        let start = match parts.offset {
            Some(offset) => offset.to_timestamp(day.to_datetime(parts.time)).ok(),
            None => self.zone.to_timestamp(day.to_datetime(parts.time)).ok(),
        };
        let start = start.ok_or_else(|| format!("`{text}` is no time of that day"))?.as_microsecond();
        let moment = if parts.span > 0 { Moment { time: start + parts.span, after: Some(start) } } else { Moment::exact(start) };
        credible(moment, text)
    }

    /// The day that a text tells.
    pub(super) fn day(&self, text: &str) -> Option<civil::Date> {
        Parts::of(text.trim())?.day(self.order)
    }
}

fn credible(moment: Moment, text: &str) -> Result<Moment, String> {
    // Years outside 1970 to 2199 are mistakes of their source.
    if (0..7_258_118_400_000_000).contains(&moment.time) { Ok(moment) } else { Err(format!("`{text}` is no credible date")) }
}

/// A date and a time, taken apart.
#[derive(Debug)]
struct Parts {
    /// The three parts of the day as they stand: number and how many digits it has, or a month.
    day: Vec<Part>,
    time: civil::Time,
    /// How long what is told lasts, less a microsecond: a minute where no seconds are told. 0: an instant.
    span: i64,
    offset: Option<jiff::tz::Offset>,
    dotted: bool,
}

#[derive(Clone, Copy, Debug)]
enum Part {
    Number(u16, usize),
    Month(i8),
}

impl Parts {
    fn of(text: &str) -> Option<Self> {
        if text.len() > 64 || !text.is_ascii() {
            return None;
        }
        let lower = text.to_lowercase();
        let (mut day, mut clock, mut half, mut offset) = (Vec::new(), None, None, None);
        let separated = |c: char| c.is_whitespace() || matches!(c, ',' | '/' | ']' | '[' | '(' | ')');
        for (at, word) in words(&lower, separated) {
            match word {
                "am" | "pm" => half = Some(word == "pm"),
                "at" => {}
                "utc" | "gmt" | "z" => offset = Some(jiff::tz::Offset::UTC),
                _ if word.contains(':') && clock.is_none() => {
                    let (found, rest) = clock_of(word)?;
                    clock = Some(found);
                    match rest {
                        "" => {}
                        "am" | "pm" => half = Some(rest == "pm"),
                        zone => offset = Some(offset_of(zone)?),
                    }
                }
                // Loggers write the milliseconds behind a comma.
                _ if clock.is_some_and(|c| c.millis.is_none())
                    && day.len() == 3
                    && word.len() == 3
                    && lower[..at].ends_with(',') =>
                {
                    let millis = word.parse().ok()?;
                    clock = clock.map(|c| Clock { millis: Some(millis), ..c });
                }
                _ if clock.is_some() && word.starts_with(['+', '-']) => offset = Some(offset_of(word)?),
                _ if day.len() < 3 => {
                    for part in word.split(['-', '.']).filter(|p| !p.is_empty()) {
                        day.push(part_of(part)?);
                    }
                }
                _ => return None,
            }
        }
        if day.len() != 3 {
            return None;
        }
        let dotted = lower.bytes().filter(|b| *b == b'.').count() >= 2 && !lower.contains('/');
        let Some(clock) = clock else {
            return Some(Self { day, time: civil::Time::midnight(), span: 86_400_000_000 - 1, offset, dotted });
        };
        let hour = match (half, clock.hour) {
            (None, hour) => hour,
            (Some(_), hour) if !(1..=12).contains(&hour) => return None,
            (Some(pm), hour) => hour % 12 + if pm { 12 } else { 0 },
        };
        let (second, millis) = (clock.second.unwrap_or(0), clock.millis.unwrap_or(0));
        let time = civil::Time::new(hour, clock.minute, second, i32::from(millis) * 1_000_000).ok()?;
        let span = match (clock.second, clock.millis) {
            (None, _) => 60_000_000 - 1,
            (Some(_), None) => 1_000_000 - 1,
            _ => 0,
        };
        Some(Self { day, time, span, offset, dotted })
    }

    /// Two numbers of which either may be the day.
    fn ambiguous(&self) -> Option<(u16, u16)> {
        match self.day[..] {
            [Part::Number(a, 1 | 2), Part::Number(b, 1 | 2), Part::Number(..)] if !self.dotted => Some((a, b)),
            _ => None,
        }
    }

    fn day(&self, order: Order) -> Option<civil::Date> {
        let (year, month, day) = match self.day[..] {
            [Part::Number(y, 4), Part::Number(m, _), Part::Number(d, _)] => ((y, 4), i8::try_from(m).ok()?, d),
            [Part::Number(y, 4), Part::Month(m), Part::Number(d, _)] => ((y, 4), m, d),
            [Part::Number(d, 1 | 2), Part::Month(m), Part::Number(y, digits)] => ((y, digits), m, d),
            [Part::Month(m), Part::Number(d, 1 | 2), Part::Number(y, digits)] => ((y, digits), m, d),
            [Part::Number(a, 1 | 2), Part::Number(b, 1 | 2), Part::Number(y, digits)] => {
                let day_first = match order {
                    _ if self.dotted => true,
                    _ if a > 12 => true,
                    _ if b > 12 => false,
                    Order::Unknown => return None,
                    order => order == Order::DayFirst,
                };
                let (day, month) = if day_first { (a, b) } else { (b, a) };
                ((y, digits), i8::try_from(month).ok()?, day)
            }
            _ => return None,
        };
        let year = match year {
            (year, 4) => year,
            (year, 2) => 2000 + year,
            _ => return None,
        };
        civil::Date::new(i16::try_from(year).ok()?, month, i8::try_from(day).ok()?).ok()
    }
}

/// The words of a text with where each begins. What parts them is told by `separated`; a `T` between digits parts too.
fn words(text: &str, separated: impl Fn(char) -> bool + Copy) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut start = None;
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    for (at, c) in text.char_indices() {
        let parts = separated(c) || (c == 't' && at > 0 && digit(at - 1) && digit(at + 1));
        match (parts, start) {
            (true, Some(from)) => {
                found.push((from, &text[from..at]));
                start = None;
            }
            (false, None) => start = Some(at),
            _ => {}
        }
    }
    if let Some(from) = start {
        found.push((from, &text[from..]));
    }
    found
}

#[derive(Clone, Copy, Debug)]
struct Clock {
    hour: i8,
    minute: i8,
    second: Option<i8>,
    millis: Option<u16>,
}

/// `8:48`, `08:48:05.123`, and what stands behind it.
fn clock_of(word: &str) -> Option<(Clock, &str)> {
    let end = word.bytes().position(|b| !b.is_ascii_digit() && !matches!(b, b':' | b'.')).unwrap_or(word.len());
    let (digits, rest) = word.split_at(end);
    let (digits, millis) = match digits.split_once('.') {
        Some((before, fraction)) => {
            let padded = format!("{fraction:0<3}");
            (before, Some(padded.get(..3)?.parse().ok()?))
        }
        None => (digits, None),
    };
    let mut numbers = digits.split(':').map(str::parse::<i8>);
    let (hour, minute) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    let second = numbers.next().transpose().ok()?;
    if numbers.next().is_some() {
        return None;
    }
    Some((Clock { hour, minute, second, millis }, rest))
}

fn offset_of(text: &str) -> Option<jiff::tz::Offset> {
    if matches!(text, "z" | "utc" | "gmt") {
        return Some(jiff::tz::Offset::UTC);
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = text[1..].chars().filter(|c| *c != ':').collect();
    let (hours, minutes) = match digits.len() {
        2 => (digits.as_str(), "0"),
        4 => digits.split_at(2),
        _ => return None,
    };
    let seconds = hours.parse::<i32>().ok()? * 3600 + minutes.parse::<i32>().ok()? * 60;
    jiff::tz::Offset::from_seconds(sign * seconds).ok()
}

fn part_of(text: &str) -> Option<Part> {
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return Some(Part::Number(text.parse().ok()?, text.len()));
    }
    let month = MONTHS.iter().position(|month| text.starts_with(month))?;
    // `march`, and not `marching`.
    (text.len() <= 9).then_some(Part::Month(i8::try_from(month + 1).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::rows::time;

    fn read(text: &str, order: Order) -> Option<(String, i64)> {
        let dates = Dates { order, ..Dates::of(&TimeZone::UTC) };
        let moment = dates.read(text).ok()?;
        let shown = jiff::Timestamp::from_microsecond(moment.start()).ok()?.to_string();
        Some((shown, moment.time - moment.start()))
    }

    #[test]
    fn dates_of_all_kinds() {
        const MINUTE: i64 = 60_000_000 - 1;
        for (text, expected, span) in [
            ("24/Jan/22 8:48 AM", "2022-01-24T08:48:00Z", MINUTE),
            ("24/Jan/22 8:48 PM", "2022-01-24T20:48:00Z", MINUTE),
            ("24/Jan/2022 12:05 AM", "2022-01-24T00:05:00Z", MINUTE),
            ("Jan 24, 2022, 8:48:05 AM UTC", "2022-01-24T08:48:05Z", 999_999),
            ("24 January 2022 08:48", "2022-01-24T08:48:00Z", MINUTE),
            ("2022-01-24 08:48", "2022-01-24T08:48:00Z", MINUTE),
            ("2022-01-24T08:48:05", "2022-01-24T08:48:05Z", 999_999),
            ("2022-01-24 08:48:05.123", "2022-01-24T08:48:05.123Z", 0),
            ("2022-01-24T08:48:05.123+0100", "2022-01-24T07:48:05.123Z", 0),
            ("2022-01-24 08:48:05 +01:00", "2022-01-24T07:48:05Z", 999_999),
            ("24.01.2022 08:48", "2022-01-24T08:48:00Z", MINUTE),
            ("24.1.22 8:48", "2022-01-24T08:48:00Z", MINUTE),
            ("01/24/2022 8:48 AM", "2022-01-24T08:48:00Z", MINUTE),
            ("24/01/2022 8:48", "2022-01-24T08:48:00Z", MINUTE),
            ("1643014085123", "2022-01-24T08:48:05.123Z", 0),
            ("1643014085", "2022-01-24T08:48:05Z", 999_999),
            ("2018-12-20 15:45:59,695", "2018-12-20T15:45:59.695Z", 0),
            ("6/13/2019, 12:51:58 PM,687", "2019-06-13T12:51:58.687Z", 0),
            ("2022-01-24", "2022-01-24T00:00:00Z", 86_400_000_000 - 1),
        ] {
            assert_eq!(read(text, Order::Unknown), Some((expected.into(), span)), "{text}");
        }
    }

    #[test]
    fn days_and_months_are_told_apart_by_other_dates() {
        assert_eq!(read("03/04/2022 8:48", Order::Unknown), None);
        assert_eq!(read("03/04/2022 8:48", Order::DayFirst).unwrap().0, "2022-04-03T08:48:00Z");
        assert_eq!(read("03/04/2022 8:48", Order::MonthFirst).unwrap().0, "2022-03-04T08:48:00Z");
        let mut dates = Dates::of(&TimeZone::UTC);
        dates.learn("03/04/2022 8:48");
        assert_eq!(dates.order, Order::Unknown);
        dates.learn("03/24/2022 8:48");
        assert_eq!(dates.order, Order::MonthFirst);
        assert_eq!(Dates::of(&TimeZone::UTC).day("24/Jan/22"), civil::Date::new(2022, 1, 24).ok());
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "soon",
            "24/Foo/22 8:48",
            "8:48",
            "2022-13-01 08:00",
            "24/Jan/22 13:48 PM",
            "1/2",
            "12",
            "30/Feb/22 8:00 AM",
            "24/Jan/22 8:48:05:06",
            "１２/Jan/22 8:48",
            "marching 1 2022",
            "0001-01-01 00:00",
        ] {
            assert_eq!(read(text, Order::DayFirst), None, "{text}");
        }
        assert_eq!(time("2022-01-24T08:48:00Z"), Some(Dates::of(&TimeZone::UTC).read("24/Jan/22 8:48 AM").unwrap().start()));
    }

    #[test]
    fn the_zone_counts_where_none_is_told() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let dates = Dates::of(&zone);
        assert_eq!(dates.read("24/Jul/22 8:48 AM").unwrap().start(), time("2022-07-24T06:48:00Z").unwrap());
        assert_eq!(dates.read("2022-07-24 08:48 UTC").unwrap().start(), time("2022-07-24T08:48:00Z").unwrap());
    }
}
