//! Options that several commands share, and how their values are read.

use std::io::Read;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::config::Config;
use super::failure::Failure;
use crate::render::Format;
use crate::semantic::WeekStart;
use crate::store::LoadOptions;
use crate::{Deployment, Options, Parameter, Parameters};

/// Where the data is.
#[derive(clap::Args, Debug)]
pub(super) struct Source {
    /// The store to ask [default: JQLX_STORE, then the configuration's, then the one in the platform's data folder]
    #[arg(long, value_name = "DIR", conflicts_with_all = ["data", "demo"])]
    pub(super) store: Option<PathBuf>,
    /// A folder of Parquet files in the interchange layout instead of a store [default: JQLX_DATA, then the configuration's]
    #[arg(long, value_name = "DIR", conflicts_with = "demo")]
    pub(super) data: Option<PathBuf>,
    /// Use the sample dataset; it is written to the cache folder once
    #[arg(long)]
    pub(super) demo: bool,
    /// Ask a live Jira site for its issues, by its name in the configuration, and the store for everything else
    #[arg(long, value_name = "SITE", conflicts_with_all = ["data", "demo", "at_version", "at_time"])]
    pub(super) live: Option<String>,
    /// With --live: fetch all issues of the site if the query needs them
    #[arg(long, requires = "live")]
    pub(super) yes: bool,
    /// Ask an earlier version of the store: what it knew then. `jqlx status` names the versions
    #[arg(long, value_name = "N", conflicts_with_all = ["data", "demo"])]
    pub(super) at_version: Option<u64>,
    /// Ask the store as it was at an instant, such as 2026-06-01T10:00:00Z or 2026-06-01 in the session's zone
    #[arg(long, value_name = "INSTANT", conflicts_with_all = ["data", "demo", "at_version"])]
    pub(super) at_time: Option<String>,
}

/// What an answer depends on besides the query and the data.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Session")]
pub(super) struct Session {
    /// The instant that now() is, such as 2026-06-01T10:00:00Z or 2026-06-01 [default: the clock]
    #[arg(long, value_name = "INSTANT")]
    pub(super) now: Option<String>,
    /// Time zone of dates in the query and of times in tables: a name such as Europe/Berlin, or `local` [default: the user's,
    /// then the configuration's, then UTC]
    #[arg(long, value_name = "ZONE", env = "JQLX_TZ", hide_env_values = true, value_parser = zone)]
    pub(super) tz: Option<TimeZone>,
    /// Who currentUser() is: an account id, a name or an e-mail
    #[arg(long, value_name = "ID", env = "JQLX_USER", hide_env_values = true)]
    pub(super) user: Option<String>,
    /// Whose rules `~` follows: Cloud ignores `word~`, `"a b"~10` and `^4`, Data Center honours them
    #[arg(long, value_name = "KIND", default_value = "cloud", value_parser = deployments())]
    pub(super) deployment: Deployment,
    /// On which day weeks begin; sites that use ISO 8601 begin on Monday [default: sunday]
    #[arg(long, value_name = "DAY", value_parser = week_start())]
    pub(super) week_start: Option<WeekStart>,
    /// A day that is no working day, such as 2026-12-25, beside those of the configuration; give it again for more
    #[arg(long = "holiday", value_name = "DATE", value_parser = day)]
    pub(super) holidays: Vec<Date>,
    /// Refuse a query that has warnings
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true)]
    pub(super) strict: Option<bool>,
    /// Configuration file [default: JQLX_CONFIG, then jqlx/config.toml in the platform's configuration folder]
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Bind a parameter: `--param who=alice` for `$who`; give it again for a list
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = parameter)]
    pub(super) params: Vec<(String, String)>,
    /// Partitions that work in parallel [default: one a core]
    #[arg(long, value_name = "N", env = "JQLX_THREADS", hide_env_values = true, value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) threads: Option<u16>,
    /// Memory that a query may take before it spills to disk or is refused, such as 512MB or 2GiB [default: no limit]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(super) memory_limit: Option<usize>,
}

impl Session {
    /// The engine's options, where the command line does not say it from the configuration. The clock is not among them.
    pub(super) fn options(&self, config: &Config) -> Options {
        Options {
            now: None,
            time_zone: self.tz.clone(),
            site_zone: config.tz.clone(),
            user: self.user.clone().or_else(|| config.user.clone()),
            week_start: self.week_start.or(config.week_start).unwrap_or_default(),
            estimates: config.estimates.unwrap_or_default(),
            calendar: config.calendar.clone().unwrap_or_default().with_holidays(self.holidays.iter().copied()),
            strict: self.strict.or(config.strict).unwrap_or_default(),
            deployment: self.deployment,
            threads: self.threads.map(usize::from),
            memory_limit: self.memory_limit,
        }
    }

    /// What --now says.
    pub(super) fn now(&self) -> Result<Option<Now>, Failure> {
        let read = self.now.as_deref().map(now).transpose();
        read.map_err(|reason| Failure::Usage(format!("--now cannot be read: {reason}")))
    }

    /// The parameters. One that is given several times is a list.
    pub(super) fn parameters(&self) -> Parameters {
        let mut parameters = Parameters::new();
        for (name, value) in &self.params {
            let value = Parameter::Text(value.clone());
            match parameters.remove(name) {
                None => parameters.insert(name.clone(), value),
                Some(Parameter::List(mut values)) => {
                    values.push(value);
                    parameters.insert(name.clone(), Parameter::List(values))
                }
                Some(first) => parameters.insert(name.clone(), Parameter::List(vec![first, value])),
            };
        }
        parameters
    }
}

/// The store that a command looks after.
#[derive(clap::Args, Debug)]
pub(super) struct Kept {
    /// The store [default: JQLX_STORE, then the configuration's, then the one in the platform's data folder]
    #[arg(long, value_name = "DIR")]
    pub(super) store: Option<PathBuf>,
}

/// What work on a store may use.
#[derive(clap::Args, Debug)]
pub(super) struct Work {
    /// Configuration file [default: JQLX_CONFIG, then jqlx/config.toml in the platform's configuration folder]
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Partitions that work in parallel [default: one a core]
    #[arg(long, value_name = "N", env = "JQLX_THREADS", hide_env_values = true, value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) threads: Option<u16>,
    /// Memory that sorting may take before it goes to temporary files, such as 512MB or 2GiB [default: 2GiB]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(super) memory_limit: Option<usize>,
}

impl Work {
    pub(super) fn options(&self) -> LoadOptions {
        LoadOptions {
            threads: self.threads.map(usize::from),
            memory_limit: Some(self.memory_limit.unwrap_or(2 << 30)),
            ..LoadOptions::default()
        }
    }
}

/// How rows are written.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Output")]
pub(super) struct Rendering {
    /// Format of the rows [default: table, or what the extension of --output says]
    #[arg(long, short, value_name = "FORMAT", value_parser = formats())]
    pub(super) format: Option<Format>,
    /// Write the rows to a file; it appears when it is complete
    #[arg(long, short, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// In CSV and TSV, put an apostrophe before texts that a spreadsheet would take for a formula
    #[arg(long)]
    pub(super) safe_csv: bool,
}

/// The query: as an argument, from a file, or from stdin.
#[derive(clap::Args, Debug)]
pub(super) struct Text {
    /// The query; `-` reads it from stdin, `@FILE` from a file
    #[arg(value_name = "QUERY", required_unless_present = "file", conflicts_with = "file")]
    pub(super) query: Option<String>,
    /// Read the query from a file
    #[arg(long, value_name = "FILE")]
    pub(super) file: Option<PathBuf>,
}

impl Text {
    /// The text of the query.
    pub(super) fn read(&self) -> Result<String, Failure> {
        match (&self.query, &self.file) {
            (_, Some(path)) => read_file(path),
            (Some(query), None) if query == "-" => {
                let mut bytes = Vec::new();
                std::io::stdin().read_to_end(&mut bytes).map_err(|error| Failure::reading("stdin", &error))?;
                text(bytes, "stdin")
            }
            (Some(query), None) => match query.strip_prefix('@') {
                Some(path) => read_file(path.as_ref()),
                None => Ok(query.clone()),
            },
            (None, None) => Ok(String::new()),
        }
    }
}

/// Reads a file of text.
pub(super) fn read_file(path: &std::path::Path) -> Result<String, Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::reading(path.display(), &error))?;
    text(bytes, &path.display().to_string())
}

fn text(bytes: Vec<u8>, name: &str) -> Result<String, Failure> {
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::reading(name, &std::io::Error::new(std::io::ErrorKind::InvalidData, "the text is not UTF-8")))?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

fn formats() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::ALL.iter().map(|(_, name)| *name))
        .try_map(|name| Format::ALL.iter().find(|(_, n)| *n == name).map(|(format, _)| *format).ok_or("unknown format"))
}

fn deployments() -> impl TypedValueParser<Value = Deployment> {
    PossibleValuesParser::new(["cloud", "datacenter"]).map(|name| match name.as_str() {
        "datacenter" => Deployment::DataCenter,
        _ => Deployment::Cloud,
    })
}

/// A day of the calendar.
pub(super) fn day(text: &str) -> Result<Date, String> {
    text.parse().ok().filter(|_| text.len() == 10).ok_or_else(|| "this is no date; write it as 2026-12-25".to_owned())
}

fn week_start() -> impl TypedValueParser<Value = WeekStart> {
    PossibleValuesParser::new([WeekStart::Sunday.name(), WeekStart::Monday.name()])
        .try_map(|name| WeekStart::from_name(&name).ok_or("unknown day"))
}

/// A zone by its name, or the machine's.
pub(super) fn zone(name: &str) -> Result<TimeZone, String> {
    match name {
        "local" => Ok(TimeZone::system()),
        name => TimeZone::get(name).map_err(|_| "no such time zone; use a name such as UTC, Europe/Berlin or `local`".to_owned()),
    }
}

/// What --now says: an instant, or a time of a clock whose zone is known only when the data is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Now {
    Instant(Timestamp),
    Clock(DateTime),
}

impl Now {
    /// The instant in a zone.
    pub(super) fn instant(self, zone: &TimeZone) -> Result<Timestamp, Failure> {
        match self {
            Now::Instant(instant) => Ok(instant),
            Now::Clock(clock) => zone.to_timestamp(clock).map_err(|error| Failure::Usage(format!("--now: {error}"))),
        }
    }
}

pub(super) fn now(text: &str) -> Result<Now, String> {
    if let Ok(instant) = text.parse() {
        return Ok(Now::Instant(instant));
    }
    text.parse().map(Now::Clock).map_err(|_| format!("{text:?} is no instant such as 2026-06-01T10:00:00Z, and no date"))
}

pub(super) fn parameter(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as name=value")?;
    let name = name.strip_prefix('$').unwrap_or(name);
    if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
        return Err(format!("{name:?} is no parameter's name: letters, digits and _ only"));
    }
    Ok((name.to_owned(), value.to_owned()))
}

/// A number of bytes: `4096`, `512MB`, `1.5GiB`; `k`, `m`, `g` count in 1,000 unless an `i` follows.
fn size(text: &str) -> Result<usize, String> {
    let wrong = || format!("{text:?} is no size such as 512MB or 2GiB");
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let number: f64 = number.parse().map_err(|_| wrong())?;
    let factor: f64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1.0,
        "k" | "kb" => 1e3,
        "m" | "mb" => 1e6,
        "g" | "gb" => 1e9,
        "ki" | "kib" => 1024.0,
        "mi" | "mib" => 1024.0 * 1024.0,
        "gi" | "gib" => 1024.0 * 1024.0 * 1024.0,
        _ => return Err(wrong()),
    };
    match number * factor {
        bytes if bytes >= 1.0 && bytes < usize::MAX as f64 => Ok(bytes as usize),
        _ => Err(wrong()),
    }
}

/// A length of time: `30`, `30s`, `500ms`, `5m`, `1h`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text:?} is no length of time such as 30s, 500ms or 5m");
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let number: f64 = number.parse().map_err(|_| wrong())?;
    let seconds = match unit.trim() {
        "" | "s" => number,
        "ms" => number / 1e3,
        "m" | "min" => number * 60.0,
        "h" => number * 3600.0,
        _ => return Err(wrong()),
    };
    Duration::try_from_secs_f64(seconds).ok().filter(|d| !d.is_zero()).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_durations_are_read_with_their_units() {
        assert_eq!(size("512MB"), Ok(512_000_000));
        assert_eq!(size("1.5GiB"), Ok(1_610_612_736));
        assert_eq!(size("4096"), Ok(4096));
        for wrong in ["", "MB", "-1", "1XB", "0", "1e400"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("2m"), Ok(Duration::from_secs(120)));
        for wrong in ["", "0", "s", "-3s", "3 parsecs"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_instant_without_an_offset_is_in_the_sessions_zone() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let instant = |text: &str| now(text).unwrap().instant(&zone).unwrap().to_string();
        assert_eq!(instant("2026-06-01"), "2026-05-31T22:00:00Z");
        assert_eq!(instant("2026-06-01 12:30"), "2026-06-01T10:30:00Z");
        assert_eq!(instant("2026-06-01T10:00:00+01:00"), "2026-06-01T09:00:00Z");
        assert!(now("yesterday").is_err());
    }

    #[test]
    fn a_day_is_written_in_full() {
        assert_eq!(day("2026-05-01"), Ok(jiff::civil::date(2026, 5, 1)));
        for wrong in ["", "2026-5-1", "2026-02-30", "2026-05-01T10:00", "May 1st"] {
            assert!(day(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_parameter_given_twice_is_a_list() {
        assert_eq!(parameter("$who=a=b"), Ok(("who".into(), "a=b".into())));
        assert!(parameter("who").is_err());
        assert!(parameter("=x").is_err());
    }
}
