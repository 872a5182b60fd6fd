//! All issues that were updated since an instant, page after page, while the site goes on changing.
//!
//! A list by place loses an issue where one before it moves: an update takes an issue to the end of the list, and each one
//! behind its old place moves up. So each page begins anew at the minute of the last update that was seen, and what was seen
//! before is left out. Only within one minute, which is as exact as JQL is, are there further pages by place; such a minute
//! is gone through again until nothing in it is new.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::Value;

use super::api::{self, Api, Fields, Next, Page};
use crate::source::rest::RestError;

const MINUTE: i64 = 60_000_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// The way through the issues.
pub(super) struct Pages {
    /// The zone in which the site reads dates.
    zone: Option<TimeZone>,
    size: usize,
    /// The minute that the list begins with, in UTC microseconds.
    from: i64,
    next: Option<Next>,
    /// When each issue that was seen had been updated.
    seen: HashMap<i64, i64>,
    /// Whether this minute took more than one page, and whether something in it was new.
    several: bool,
    news: bool,
    ended: bool,
}

impl Pages {
    pub(super) fn new(since: Option<i64>, zone: Option<TimeZone>, size: usize) -> Self {
        let from = since.map_or(0, minute).max(0);
        Self { zone, size, from, next: None, seen: HashMap::new(), several: false, news: false, ended: false }
    }

    /// What issues of the list have in common.
    pub(super) fn condition(&self) -> String {
        format!("updated >= \"{}\"", jql_time(self.from, self.zone.as_ref()))
    }

    /// The next issues that were not seen yet, or were not seen as they are; none at the end.
    pub(super) async fn next(&mut self, api: &Api) -> Result<Option<Page>, RestError> {
        while !self.ended {
            let jql = format!("{} ORDER BY updated ASC, key ASC", self.condition());
            let mut page = api.search(&jql, Fields::All, self.size, self.next.as_ref()).await?;
            let last = page.issues.iter().filter_map(api::updated).max().map_or(self.from, minute);
            page.issues.retain(|issue| self.is_new(issue));
            self.advance(last, page.next.take());
            if !page.issues.is_empty() {
                return Ok(Some(page));
            }
        }
        Ok(None)
    }

    fn is_new(&mut self, issue: &Value) -> bool {
        let (Some(id), Some(updated)) = (api::id(issue), api::updated(issue)) else { return true };
        let is_new = self.seen.insert(id, updated) != Some(updated);
        self.news |= is_new && minute(updated) <= self.from;
        is_new
    }

    /// Decides where the next page begins.
    fn advance(&mut self, last: i64, next: Option<Next>) {
        let is_last = next.is_none();
        if last <= self.from && !is_last {
            (self.next, self.several) = (next, true);
            return;
        }
        self.next = None;
        let again = self.several && std::mem::take(&mut self.news);
        // Something may have moved up from a page that was not read yet to one that was.
        if again {
            return;
        }
        (self.several, self.news) = (false, false);
        self.ended = is_last;
        self.from = last.max(self.from);
    }
}

fn minute(time: i64) -> i64 {
    time.div_euclid(MINUTE) * MINUTE
}

/// An instant as JQL writes it: not later than it is, whichever way the site reads it.
fn jql_time(time: i64, zone: Option<&TimeZone>) -> String {
    let time = match zone {
        Some(_) => time,
        // No zone is further from UTC.
        None => time - DAY,
    };
    let zone = zone.cloned().unwrap_or(TimeZone::UTC);
    let mut clock = Timestamp::from_microsecond(time.max(0)).unwrap_or_default().to_zoned(zone.clone()).datetime();
    // An hour that comes twice may be read as its second time.
    while zone.to_ambiguous_timestamp(clock).is_ambiguous() {
        match clock.checked_sub(30.minutes()) {
            Ok(earlier) => clock = earlier,
            Err(_) => break,
        }
    }
    clock.strftime("%Y-%m-%d %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_in_the_sites_zone_and_never_too_late() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap().as_microsecond();
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        assert_eq!(jql_time(at("2026-06-01T10:00:59Z"), Some(&berlin)), "2026-06-01 12:00");
        assert_eq!(jql_time(at("2026-06-01T10:00:00Z"), None), "2026-05-31 10:00");
        // The hour from 2 to 3 comes twice on this day.
        assert_eq!(jql_time(at("2026-10-25T01:30:00Z"), Some(&berlin)), "2026-10-25 01:30");
        assert_eq!(jql_time(0, Some(&TimeZone::get("America/New_York").unwrap())), "1969-12-31 19:00");
    }
}
