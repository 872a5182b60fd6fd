//! The configuration file: what a session is where the command line does not say it.

mod sites;

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::arguments::{day, zone};
use super::failure::{Failure, reason};
use super::session::environment;
use crate::catalog::nearest;
use crate::diagnostic::{Code, Diagnostic, Report, Span, codes};
use crate::semantic::{Calendar, Estimates, Hours, WeekStart};
pub(super) use sites::SiteSettings;

/// What the file says; none where it says nothing.
#[derive(Debug, Default)]
pub(super) struct Config {
    /// The zone of users whose own is not known.
    pub(super) tz: Option<TimeZone>,
    pub(super) week_start: Option<WeekStart>,
    pub(super) user: Option<String>,
    /// `cloud` or `datacenter`.
    #[allow(dead_code, reason = "nothing differs between the two yet")]
    pub(super) deployment: Option<&'static str>,
    /// Where to look for data; a relative path begins at the file's folder.
    pub(super) data: Option<PathBuf>,
    /// The store to ask; relative in the same way.
    pub(super) store: Option<PathBuf>,
    pub(super) strict: Option<bool>,
    pub(super) calendar: Option<Calendar>,
    pub(super) estimates: Option<Estimates>,
    /// Sites to sync, by name.
    pub(super) sites: Vec<SiteSettings>,
}

const DEPLOYMENTS: &[&str] = &["cloud", "datacenter"];
const WEEK_STARTS: &[&str] = &[WeekStart::Sunday.name(), WeekStart::Monday.name()];
const DAYS: &[(&str, Weekday)] = &[
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

impl Config {
    /// Reads the file that `--config` names, else `JQLX_CONFIG`, else the one in the platform's configuration folder if it is
    /// there. An empty `JQLX_CONFIG` stands for no file.
    pub(super) fn load(named: Option<&Path>) -> Result<Self, Failure> {
        let path = match (named, std::env::var_os("JQLX_CONFIG")) {
            (Some(path), _) => path.to_owned(),
            (None, Some(_)) => match environment("JQLX_CONFIG") {
                Some(path) => path.into(),
                None => return Ok(Self::default()),
            },
            (None, None) => match usual_place().filter(|path| path.is_file()) {
                Some(path) => path,
                None => return Ok(Self::default()),
            },
        };
        let refused = |source: String, diagnostics| {
            Failure::Configuration(Box::new(Report { name: path.display().to_string(), source, diagnostics }))
        };
        let source = std::fs::read_to_string(&path).map_err(|error| {
            let message = format!("cannot read the configuration {}: {}", path.display(), reason(&error));
            refused(String::new(), vec![Diagnostic::error(codes::CANNOT_READ, message)])
        })?;
        let mut config = Self::parse(&source).map_err(|diagnostics| refused(source, diagnostics))?;
        let of_sites = config.sites.iter_mut().flat_map(SiteSettings::places);
        for place in [&mut config.data, &mut config.store].into_iter().flatten().chain(of_sites) {
            if let Some(folder) = path.parent() {
                *place = folder.join(&*place);
            }
        }
        Ok(config)
    }

    fn parse(source: &str) -> Result<Self, Vec<Diagnostic>> {
        let (root, errors) = DeTable::parse_recoverable(source);
        let mut reader = Reader::default();
        for error in errors {
            let diagnostic = Diagnostic::error(codes::CONFIG_SYNTAX, error.message());
            reader.diagnostics.push(match error.span() {
                Some(span) => diagnostic.at(Span::new(span.start, span.end), ""),
                None => diagnostic,
            });
        }
        let config = reader.config(root.get_ref());
        // What was made of a damaged line would only be reported a second time.
        if reader.diagnostics.iter().any(|d| d.code == codes::CONFIG_SYNTAX) {
            reader.diagnostics.retain(|d| d.code == codes::CONFIG_SYNTAX);
        }
        reader.diagnostics.sort_by_key(Diagnostic::span);
        if reader.diagnostics.is_empty() { Ok(config) } else { Err(reader.diagnostics) }
    }
}

fn usual_place() -> Option<PathBuf> {
    Some(etcetera::choose_base_strategy().ok()?.config_dir().join("jqlx").join("config.toml"))
}

/// A walk over the file that collects what is wrong with it.
#[derive(Default)]
struct Reader {
    diagnostics: Vec<Diagnostic>,
}

/// A value with its place.
type Place<'t> = (&'t DeValue<'t>, Span);

impl Reader {
    fn config(&mut self, root: &DeTable<'_>) -> Config {
        let known = ["tz", "week_start", "user", "deployment", "data", "store", "strict", "calendar", "estimates", "sites"];
        self.keys(root, "", &known);
        Config {
            tz: self.text(root, "tz").and_then(|(name, span)| self.zone(name, span)),
            week_start: self.choice(root, "week_start", WEEK_STARTS).and_then(WeekStart::from_name),
            user: self.text(root, "user").map(|(user, _)| user.to_owned()),
            deployment: self.choice(root, "deployment", DEPLOYMENTS),
            data: self.text(root, "data").map(|(folder, _)| folder.into()),
            store: self.text(root, "store").map(|(folder, _)| folder.into()),
            strict: self.typed(root, "strict", "true or false", DeValue::as_bool).map(|(strict, _)| strict),
            calendar: self.typed(root, "calendar", "a table", DeValue::as_table).and_then(|(table, _)| self.calendar(table)),
            estimates: self.typed(root, "estimates", "a table", DeValue::as_table).map(|(table, _)| self.estimates(table)),
            sites: self.typed(root, "sites", "a table", DeValue::as_table).map(|(table, _)| self.sites(table)).unwrap_or_default(),
        }
    }

    fn calendar(&mut self, table: &DeTable<'_>) -> Option<Calendar> {
        self.keys(table, "calendar.", &["days", "hours", "holidays", "zone"]);
        let days = self.each(table, "days", |reader, (value, span)| {
            let name = value.as_str().map(str::to_lowercase).unwrap_or_default();
            let found = DAYS.iter().find(|(short, day)| name == *short || name == format!("{day:?}").to_lowercase());
            if found.is_none() {
                let help = "use mon, tue, wed, thu, fri, sat, sun";
                reader.bad(codes::CONFIG_BAD_VALUE, span, "this is no day of the week", help);
            }
            found.map(|(_, day)| *day)
        });
        if let Some((days, span)) = &days
            && days.is_empty()
        {
            self.bad(
                codes::CONFIG_BAD_VALUE,
                *span,
                "a calendar has one working day at least",
                "leave `days` out for Monday to Friday",
            );
        }
        let hours = self.text(table, "hours").and_then(|(text, span)| {
            let hours = Hours::parse(text);
            if hours.is_none() {
                self.bad(codes::CONFIG_BAD_VALUE, span, "these are no hours of a day", "write them as \"09:00-17:00\"");
            }
            hours
        });
        let holidays = self.each(table, "holidays", |reader, (value, span)| {
            let text = match value {
                DeValue::String(text) => text.to_string(),
                DeValue::Datetime(date) => date.to_string(),
                _ => String::new(),
            };
            let date = day(&text);
            if date.is_err() {
                reader.bad(codes::CONFIG_BAD_VALUE, span, "this is no date", "write it as \"2026-12-25\"");
            }
            date.ok()
        });
        let zone = self.text(table, "zone").and_then(|(name, span)| self.zone(name, span));
        let usual = Calendar::default();
        let days = days.map_or_else(|| usual.days().collect(), |(days, _)| days);
        let holidays = holidays.map(|(holidays, _)| holidays).unwrap_or_default();
        Some(Calendar::new(days, hours.unwrap_or(usual.hours()), holidays, zone))
    }

    fn estimates(&mut self, table: &DeTable<'_>) -> Estimates {
        self.keys(table, "estimates.", &["hours_per_day", "days_per_week"]);
        let usual = Estimates::default();
        Estimates {
            hours_per_day: self.number(table, "hours_per_day", 24.0).unwrap_or(usual.hours_per_day),
            days_per_week: self.number(table, "days_per_week", 7.0).unwrap_or(usual.days_per_week),
        }
    }

    /// Reports the keys of a table that are not known.
    fn keys(&mut self, table: &DeTable<'_>, prefix: &str, known: &[&str]) {
        for key in table.keys() {
            let name: &str = key.get_ref();
            if known.contains(&name) {
                continue;
            }
            let help = match nearest(name, known.iter().copied()).first() {
                Some(near) => format!("did you mean {near}?"),
                None => format!("known are {}", known.join(", ")),
            };
            self.bad(codes::CONFIG_UNKNOWN_KEY, span(key), format!("there is no setting `{prefix}{name}`"), help);
        }
    }

    fn find<'t>(&self, table: &'t DeTable<'_>, key: &str) -> Option<Place<'t>> {
        table.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| (value.get_ref(), span(value)))
    }

    /// A value of the type that `read` takes.
    fn typed<'t, T>(
        &mut self,
        table: &'t DeTable<'_>,
        key: &str,
        wanted: &str,
        read: impl FnOnce(&'t DeValue<'t>) -> Option<T>,
    ) -> Option<(T, Span)> {
        let (value, span) = self.find(table, key)?;
        let found = read(value);
        if found.is_none() {
            self.bad(codes::CONFIG_WRONG_TYPE, span, format!("`{key}` takes {wanted}, not {}", article(value.type_str())), "");
        }
        found.map(|found| (found, span))
    }

    fn text<'t>(&mut self, table: &'t DeTable<'_>, key: &str) -> Option<(&'t str, Span)> {
        let (text, span) = self.typed(table, key, "a text in quotes", DeValue::as_str)?;
        if text.is_empty() {
            self.bad(codes::CONFIG_BAD_VALUE, span, format!("`{key}` is empty"), "leave it out where there is nothing to say");
            return None;
        }
        Some((text, span))
    }

    /// One of some words.
    fn choice(&mut self, table: &DeTable<'_>, key: &str, words: &'static [&'static str]) -> Option<&'static str> {
        let (text, span) = self.text(table, key)?;
        let found = words.iter().find(|word| word.eq_ignore_ascii_case(text)).copied();
        if found.is_none() {
            self.bad(codes::CONFIG_BAD_VALUE, span, format!("`{key}` cannot be {text:?}"), format!("use {}", words.join(" or ")));
        }
        found
    }

    /// A number above 0 and at most `most`.
    fn number(&mut self, table: &DeTable<'_>, key: &str, most: f64) -> Option<f64> {
        let read = |value: &DeValue<'_>| match value {
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok().map(|n| n as f64),
            DeValue::Float(number) => number.as_str().parse::<f64>().ok(),
            _ => None,
        };
        let (number, span) = self.typed(table, key, "a number", read)?;
        if number > 0.0 && number <= most {
            return Some(number);
        }
        self.bad(
            codes::CONFIG_BAD_VALUE,
            span,
            format!("`{key}` cannot be {number}"),
            format!("it is more than 0 and at most {most}"),
        );
        None
    }

    /// The members of a list; those that `read` reports are left out.
    fn each<T>(
        &mut self,
        table: &DeTable<'_>,
        key: &str,
        mut read: impl FnMut(&mut Self, Place<'_>) -> Option<T>,
    ) -> Option<(Vec<T>, Span)> {
        let (list, place) = self.typed(table, key, "a list in [ ]", DeValue::as_array)?;
        let members: Vec<Option<T>> = list.iter().map(|value| read(self, (value.get_ref(), span(value)))).collect();
        // What is wrong with a member has been said.
        let whole = members.iter().all(Option::is_some);
        whole.then(|| (members.into_iter().flatten().collect(), place))
    }

    fn zone(&mut self, name: &str, span: Span) -> Option<TimeZone> {
        zone(name).map_err(|message| self.bad(codes::CONFIG_BAD_VALUE, span, message, "")).ok()
    }

    fn bad(&mut self, code: Code, span: Span, message: impl Into<String>, help: impl Into<String>) {
        let help = Some(help.into()).filter(|help| !help.is_empty());
        self.diagnostics.push(Diagnostic::error(code, message).at(span, "").maybe_help(help));
    }
}

fn span<T>(of: &Spanned<T>) -> Span {
    let span = of.span();
    Span::new(span.start, span.end)
}

fn article(kind: &str) -> String {
    match kind.starts_with(['a', 'e', 'i', 'o', 'u']) {
        true => format!("an {kind}"),
        false => format!("a {kind}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_read() {
        let config = Config::parse(
            "tz = \"Europe/Berlin\"\nweek_start = \"monday\"\nuser = \"alice\"\ndeployment = \"cloud\"\ndata = \"export\"\n\
             strict = true\n[calendar]\ndays = [\"mon\", \"Tuesday\"]\nhours = \"10:00-14:00\"\n\
             holidays = [\"2026-12-25\", 2026-12-26]\nzone = \"Asia/Tokyo\"\n[estimates]\nhours_per_day = 7.5\ndays_per_week = 4\n",
        )
        .unwrap();
        assert_eq!(config.tz.unwrap().iana_name(), Some("Europe/Berlin"));
        assert_eq!(config.week_start, Some(WeekStart::Monday));
        assert_eq!((config.user.as_deref(), config.deployment, config.strict), (Some("alice"), Some("cloud"), Some(true)));
        assert_eq!(config.estimates, Some(Estimates { hours_per_day: 7.5, days_per_week: 4.0 }));
        let hours = Hours::parse("10:00-14:00").unwrap();
        let days = [Weekday::Monday, Weekday::Tuesday];
        let holidays = [jiff::civil::date(2026, 12, 25), jiff::civil::date(2026, 12, 26)];
        assert_eq!(config.calendar, Some(Calendar::new(days, hours, holidays, TimeZone::get("Asia/Tokyo").ok())));
        let partly = Config::parse("[calendar]\nhours = \"08:00-16:00\"").unwrap().calendar.unwrap();
        assert_eq!(partly.days().count(), 5, "what a calendar does not say is as usual");
        assert!(Config::parse("# nothing\n").unwrap().calendar.is_none());
    }

    #[test]
    fn whatever_is_wrong_is_said_with_its_place() {
        for (text, wanted) in [
            ("timezone = \"UTC\"", "c:1:1: error[jqlx::config::unknown_key]: There is no setting `timezone` (known are"),
            (
                "\nweekstart = 1",
                "c:2:1: error[jqlx::config::unknown_key]: There is no setting `weekstart` (did you mean week_start?)",
            ),
            ("tz = \"Mars/Olympus\"", "c:1:6: error[jqlx::config::bad_value]: No such time zone"),
            ("tz = 1", "c:1:6: error[jqlx::config::wrong_type]: `tz` takes a text in quotes, not an integer"),
            (
                "week_start = \"friday\"",
                "c:1:14: error[jqlx::config::bad_value]: `week_start` cannot be \"friday\" (use sunday or monday)",
            ),
            ("strict = \"yes\"", "c:1:10: error[jqlx::config::wrong_type]"),
            ("user = \"\"", "c:1:8: error[jqlx::config::bad_value]"),
            ("deployment = \"server\"", "c:1:14: error[jqlx::config::bad_value]"),
            ("data = [", "c:1:"),
            ("calendar = 3", "c:1:12: error[jqlx::config::wrong_type]: `calendar` takes a table"),
            ("[calendar]\ndays = [\"mon\", \"moonday\"]", "c:2:16: error[jqlx::config::bad_value]: This is no day of the week"),
            ("[calendar]\ndays = []", "c:2:8: error[jqlx::config::bad_value]"),
            ("[calendar]\nhours = \"9 to 5\"", "c:2:9: error[jqlx::config::bad_value]"),
            ("[calendar]\nholidays = [\"2026-02-30\"]", "c:2:13: error[jqlx::config::bad_value]: This is no date"),
            ("[calendar]\nholiday = []", "c:2:1: error[jqlx::config::unknown_key]: There is no setting `calendar.holiday`"),
            ("[estimates]\nhours_per_day = 25", "c:2:17: error[jqlx::config::bad_value]: `hours_per_day` cannot be 25"),
            ("[estimates]\nhours_per_day = -1", "c:2:17: error[jqlx::config::bad_value]"),
            ("[estimates]\ndays_per_week = nan", "c:2:17: error[jqlx::config::bad_value]"),
            ("tz = UTC", "c:1:6: error[jqlx::config::syntax]"),
            ("tz = \"UTC\"\ntz = \"UTC\"", "c:2:1: error[jqlx::config::syntax]"),
        ] {
            let diagnostics = Config::parse(text).expect_err(text);
            let said = Report { name: "c".into(), source: text.into(), diagnostics }.one_line();
            assert!(said.starts_with(wanted), "{text}\n  says  {said}\n  wants {wanted}");
        }
    }

    #[test]
    fn all_errors_are_reported_at_once() {
        let found = Config::parse("week_start = 1\nstrict = 2\nx = 3").expect_err("three mistakes");
        assert_eq!(found.len(), 3);
        assert!(found.is_sorted_by_key(Diagnostic::span));
    }
}
