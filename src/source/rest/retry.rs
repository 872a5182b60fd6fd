//! When to ask again: what servers say about it, and what is done where they say nothing.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

use super::{Limits, Trouble};

/// How long to wait before the next try; none where another try would come to the same.
pub(super) fn wait(trouble: &Trouble, tried: u32, limits: &Limits) -> Option<Duration> {
    let may_pass = match trouble {
        Trouble::Status { status, .. } => matches!(status, 408 | 425 | 429 | 500 | 502 | 503 | 504),
        // An answer that was cut short by something on the way is no JSON either.
        Trouble::Unreachable(_) | Trouble::Slow | Trouble::Cut(_) | Trouble::NotJson(_) => true,
        Trouble::Setup(_) | Trouble::TooLarge(_) | Trouble::Strange(_) | Trouble::Redirected(_) => false,
    };
    if !may_pass {
        return None;
    }
    if let Trouble::Status { wait: Some(asked), .. } = trouble {
        // Asking earlier prolongs it. A little later spreads those who wait for the same moment.
        return (*asked <= limits.longest_wait).then(|| *asked + jitter(limits.first_wait / 4));
    }
    let doubled = limits.first_wait.saturating_mul(1 << (tried.saturating_sub(1)).min(6));
    Some(doubled / 2 + jitter(doubled / 2))
}

/// Something between nothing and `most`.
fn jitter(most: Duration) -> Duration {
    let part = getrandom::u32().map_or(0.5, |n| f64::from(n) / f64::from(u32::MAX));
    most.mul_f64(part)
}

/// The names of a header that has been seen with a prefix as well.
fn any_of<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let names = [name.to_owned(), format!("beta-{name}"), format!("x-beta-{name}")];
    // `X-RateLimit-Reset` becomes `X-Beta-RateLimit-Reset`, too.
    let names = names.into_iter().chain(name.strip_prefix("x-").map(|rest| format!("x-beta-{rest}")));
    names.into_iter().find_map(|name| headers.get(name)?.to_str().ok())
}

/// How long the server asks to wait: in seconds, or until an instant.
pub(super) fn asked_wait(headers: &HeaderMap) -> Option<Duration> {
    asked_wait_at(headers, clock(headers).and_then(|now| Timestamp::from_microsecond(now).ok()).unwrap_or_else(Timestamp::now))
}

fn asked_wait_at(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let until = |instant: Timestamp| Duration::try_from(instant.duration_since(now)).unwrap_or_default();
    let after = any_of(headers, RETRY_AFTER.as_str()).map(str::trim).and_then(|text| {
        let seconds = text.parse::<f64>().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        seconds.or_else(|| http_date(text).map(until))
    });
    after.or_else(|| {
        let text = any_of(headers, "x-ratelimit-reset")?.trim();
        instant(text).map(until)
    })
}

/// `2026-03-26T16:00Z`, with seconds or without, or seconds since 1970.
fn instant(text: &str) -> Option<Timestamp> {
    let full = || text.strip_suffix('Z').and_then(|text| format!("{text}:00Z").parse().ok());
    let seconds = || text.parse::<i64>().ok().filter(|n| *n > 1_000_000_000).and_then(|n| Timestamp::from_second(n).ok());
    text.parse().ok().or_else(full).or_else(seconds)
}

/// `Thu, 26 Mar 2026 16:00:00 GMT`.
fn http_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::parse(text).ok().map(|zoned| zoned.timestamp())
}

/// Whether the server says that the limit is near.
pub(super) fn is_near_limit(headers: &HeaderMap) -> bool {
    any_of(headers, "x-ratelimit-nearlimit").is_some_and(|said| said.eq_ignore_ascii_case("true"))
}

/// The server's clock, in UTC microseconds.
pub(super) fn clock(headers: &HeaderMap) -> Option<i64> {
    http_date(headers.get(DATE)?.to_str().ok()?).map(|time| time.as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(all: &[(&'static str, &str)]) -> HeaderMap {
        all.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn what_the_server_asks_for_is_read() {
        let now: Timestamp = "2026-03-26T15:59:00Z".parse().unwrap();
        let seconds = |all: &[(&'static str, &str)]| asked_wait_at(&headers(all), now).map(|wait| wait.as_secs());
        assert_eq!(seconds(&[("retry-after", "7")]), Some(7));
        assert_eq!(seconds(&[("beta-retry-after", "8")]), Some(8));
        assert_eq!(seconds(&[("retry-after", "Thu, 26 Mar 2026 16:00:00 GMT")]), Some(60));
        assert_eq!(seconds(&[("x-ratelimit-reset", "2026-03-26T16:00Z")]), Some(60));
        assert_eq!(seconds(&[("x-beta-ratelimit-reset", "2026-03-26T16:00:05Z")]), Some(65));
        assert_eq!(seconds(&[("beta-x-ratelimit-reset", "2026-03-26T16:00Z")]), Some(60));
        assert_eq!(seconds(&[("x-ratelimit-reset", "2026-03-26T15:00Z")]), Some(0), "an instant that has passed");
        assert_eq!(seconds(&[("retry-after", "soon")]), None);
        assert_eq!(seconds(&[("retry-after", "-1")]), None);
        assert_eq!(seconds(&[]), None);
    }

    #[test]
    fn waits_double_and_end() {
        let limits = Limits { first_wait: Duration::from_millis(100), ..Limits::default() };
        for (tried, least, most) in [(1, 50, 100), (2, 100, 200), (4, 400, 800), (40, 3200, 6400)] {
            let wait = wait(&Trouble::Slow, tried, &limits).unwrap().as_millis();
            assert!((least..=most).contains(&wait), "try {tried}: {wait}");
        }
        let status = |status, wait| Trouble::Status { status, said: String::new(), wait };
        assert_eq!(wait(&status(403, None), 1, &limits), None);
        assert!(wait(&status(429, Some(Duration::from_secs(5))), 1, &limits).unwrap() >= Duration::from_secs(5));
        assert_eq!(wait(&status(429, Some(Duration::from_secs(3600))), 1, &limits), None, "an hour is too long to wait for");
    }
}
