//! What an answer depends on besides the query and the data.

use jiff::Zoned;
use jiff::tz::TimeZone;

use super::bound::Micros;

/// Clock, zone and user of one run; passed along, never read from the environment.
#[derive(Clone, Debug)]
pub struct Session {
    /// The instant that `now()` is.
    pub now: Micros,
    /// The zone of date literals and day boundaries.
    pub zone: TimeZone,
    /// `currentUser()` as given: an account id, a name or an e-mail.
    pub user: Option<String>,
}

impl Session {
    /// An instant in the session's zone; instants beyond what the calendar holds are clamped to it.
    pub(crate) fn zoned(&self, at: Micros) -> Zoned {
        timestamp(at).to_zoned(self.zone.clone())
    }
}

/// Microseconds as a timestamp, clamped to the calendar's range.
pub(crate) fn timestamp(at: Micros) -> jiff::Timestamp {
    jiff::Timestamp::from_microsecond(at).unwrap_or(if at < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX })
}
