//! What an answer depends on besides the query and the data.

use jiff::Zoned;
use jiff::tz::TimeZone;

use super::bound::Micros;
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

/// Clock, zone, user and rules of one run; passed along, never read from the environment.
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
}

impl Session {
    /// The zone as Arrow names it: a place of the time zone database, or an offset.
    pub(crate) fn zone_name(&self) -> String {
        if let Some(name) = self.zone.iana_name() {
            return name.to_string();
        }
        // A zone that is a rule without a name is taken as it is now.
        let seconds = self.zone.to_offset(timestamp(self.now)).seconds();
        let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
        format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }

    /// An instant in the session's zone; instants beyond what the calendar holds are clamped to it.
    pub(crate) fn zoned(&self, at: Micros) -> Zoned {
        timestamp(at).to_zoned(self.zone.clone())
    }
}

/// Microseconds as a timestamp, clamped to the calendar's range.
pub(crate) fn timestamp(at: Micros) -> jiff::Timestamp {
    jiff::Timestamp::from_microsecond(at).unwrap_or(if at < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX })
}
