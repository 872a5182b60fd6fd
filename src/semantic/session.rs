//! What an answer depends on besides the query and the data.

use jiff::Zoned;
use jiff::civil::{Date, Weekday};
use jiff::tz::{Offset, TimeZone};

use super::bound::Micros;
use super::calendar::Calendar;
use super::text::TextFlavor;

/// Which Jira's rules count where the products differ. Today: what `~` makes of a search string.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Deployment {
    /// Jira Cloud.
    #[default]
    Cloud,
    /// Jira Data Center or Server.
    DataCenter,
}

impl From<Deployment> for TextFlavor {
    fn from(deployment: Deployment) -> Self {
        match deployment {
            Deployment::Cloud => Self::Cloud,
            Deployment::DataCenter => Self::DataCenter,
        }
    }
}

/// Clock, zone, user and site settings of one run; passed along, never read from the environment.
#[derive(Clone, Debug)]
pub struct Session {
    /// The instant that `now()` is.
    pub now: Micros,
    /// The zone of date literals and day boundaries.
    pub zone: TimeZone,
    /// `currentUser()` as given: an account id, a name or an e-mail.
    pub user: Option<String>,
    /// Which Jira's rules count.
    pub deployment: Deployment,
    /// On which day `startOfWeek()`, `endOfWeek()` and `week()` begin a week.
    pub week_start: WeekStart,
    /// What a day and a week of an estimate are.
    pub estimates: Estimates,
    /// Which hours are working time.
    pub calendar: Calendar,
}

impl Default for Session {
    /// 1970 in UTC, nobody asking, and the site settings that Jira comes with.
    fn default() -> Self {
        Self {
            now: 0,
            zone: TimeZone::UTC,
            user: None,
            deployment: Deployment::default(),
            week_start: WeekStart::default(),
            estimates: Estimates::default(),
            calendar: Calendar::default(),
        }
    }
}

/// On which day a week begins.
///
/// ```
/// use jqlx::semantic::WeekStart;
/// assert_eq!(WeekStart::from_name("Monday"), Some(WeekStart::Monday));
/// assert_eq!(WeekStart::default(), WeekStart::Sunday);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum WeekStart {
    /// Jira's default.
    #[default]
    Sunday,
    /// Of sites that use ISO 8601 in the date picker.
    Monday,
}

impl WeekStart {
    /// The day of a name, ignoring case; none where weeks cannot begin on it.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Sunday, Self::Monday].into_iter().find(|day| day.name().eq_ignore_ascii_case(name))
    }

    /// `sunday` or `monday`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sunday => "sunday",
            Self::Monday => "monday",
        }
    }

    /// How many days lie between the start of a day's week and the day, 0 to 6.
    pub fn days_before(self, day: Date) -> i8 {
        let first = match self {
            Self::Sunday => Weekday::Sunday,
            Self::Monday => Weekday::Monday,
        };
        first.until(day.weekday())
    }
}

/// How much working time the days and weeks of an estimate are: Jira's time tracking settings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimates {
    /// Hours that `1d` is, more than 0 and at most 24.
    pub hours_per_day: f64,
    /// Days that `1w` is, more than 0 and at most 7.
    pub days_per_week: f64,
}

impl Default for Estimates {
    /// Eight hours, five days.
    fn default() -> Self {
        Self { hours_per_day: 8.0, days_per_week: 5.0 }
    }
}

impl Session {
    /// The zone as Arrow names it: a place of the time zone database, or an offset.
    pub(crate) fn zone_name(&self) -> String {
        name_of(&self.zone, timestamp(self.now))
    }

    /// An instant in the session's zone; instants beyond what the calendar holds are clamped to it.
    pub(crate) fn zoned(&self, at: Micros) -> Zoned {
        timestamp(at).to_zoned(self.zone.clone())
    }
}

/// The name of a zone: a place of the time zone database, or the offset that it has then.
pub(super) fn name_of(zone: &TimeZone, at: jiff::Timestamp) -> String {
    if let Some(name) = zone.iana_name() {
        return name.to_string();
    }
    let seconds = zone.to_offset(at).seconds();
    let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// The zone of a name of the time zone database, or of an offset such as `+05:30`.
pub(crate) fn zone_of(name: &str) -> Option<TimeZone> {
    if let Some(offset) = name.strip_prefix(['+', '-']) {
        let (hours, minutes) = offset.split_once(':')?;
        let seconds = i32::from(hours.parse::<u8>().ok()?) * 3600 + i32::from(minutes.parse::<u8>().ok()?) * 60;
        let seconds = if name.starts_with('-') { -seconds } else { seconds };
        return Offset::from_seconds(seconds).ok().map(TimeZone::fixed);
    }
    TimeZone::get(name).ok()
}

/// Microseconds as a timestamp, clamped to the calendar's range.
pub(crate) fn timestamp(at: Micros) -> jiff::Timestamp {
    jiff::Timestamp::from_microsecond(at).unwrap_or(if at < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_have_names_or_offsets() {
        assert_eq!(zone_of("UTC").map(|z| z.iana_name() == Some("UTC")), Some(true));
        assert_eq!(zone_of("+05:30"), Some(TimeZone::fixed(Offset::from_seconds(19_800).unwrap())));
        assert_eq!(zone_of("-01:00"), Some(TimeZone::fixed(Offset::from_seconds(-3_600).unwrap())));
        for wrong in ["Nowhere/Land", "", "+1", "+99999999:00", "+30:00", "+-1:00"] {
            assert_eq!(zone_of(wrong), None, "{wrong}");
        }
    }
}
