//! Query tests: small worlds as JSON lines, a query, and what it must answer.
//!
//! The shape is that of `reference/semantics-cases.jsonl`, with a few keys of our own: `events` for arbitrary events,
//! `params`, `deployment` (`cloud` or `datacenter`), `weekStart`, `estimates`, `calendar`, `strict`, `warning` (a code that must be
//! reported), and `error` as a code in place of `true`. `expect` holds issue
//! keys, or event ids where the query asks for ACTIVITY, or arrays where it chooses its columns. A line with `world` and
//! without `query` is no case: it names a world that later cases of the file begin from by the same key, each replacing
//! what it states itself.

mod mentions;
mod run;
mod shape;
mod world;

use std::collections::BTreeMap;

use jiff::tz::{Offset, TimeZone};
use serde_json::{Map, Value};

pub use run::{Outcome, Verdict, run_cases};

use crate::data::rows::Tables;
use crate::semantic::{Calendar, Estimates, Hours, WeekStart};
use crate::{Deployment, Options, Parameter, Parameters};
use shape::{CalendarShape, CaseShape};

/// A query test.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its name in reports.
    pub id: String,
    /// What is asked.
    pub query: String,
    /// Its values.
    pub parameters: Parameters,
    /// The answer, in order where the query has ORDER BY.
    pub expect: Vec<Value>,
    /// Whether it must be refused, and with which code.
    pub error: Option<Refusal>,
    /// The code of a warning that must come with the answer.
    pub warning: Option<String>,
    /// What it is asked of.
    pub world: World,
}

/// How a query must be refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// With any error.
    Any,
    /// With an error of this code.
    Code(String),
}

/// The data and the session of a case.
#[derive(Clone, Debug)]
pub struct World {
    /// The data.
    pub tables: Tables,
    /// The clock, the zone and the user.
    pub options: Options,
}

impl Case {
    /// Reads one line of a case file; the error says what is wrong with it.
    pub fn parse(line: &str) -> Result<Self, String> {
        Self::read(serde_json::from_str(line).map_err(|e| e.to_string())?)
    }

    fn read(value: Value) -> Result<Self, String> {
        let shape: CaseShape = serde_json::from_value(value).map_err(|e| e.to_string())?;
        let now = shape.now.as_deref().map(|t| t.parse().map_err(|_| format!("`{t}` is no instant"))).transpose()?;
        let time_zone = shape.tz.as_deref().map(zone).transpose()?;
        let deployment = match shape.deployment.as_deref() {
            None | Some("cloud") => Deployment::Cloud,
            Some("datacenter") => Deployment::DataCenter,
            Some(other) => return Err(format!("`{other}` is no deployment: cloud or datacenter")),
        };
        let week_start = match shape.week_start.as_deref() {
            Some(day) => WeekStart::from_name(day).ok_or_else(|| format!("weeks do not begin on `{day}`"))?,
            None => WeekStart::default(),
        };
        let estimates = shape
            .estimates
            .map_or_else(Estimates::default, |of| Estimates { hours_per_day: of.hours_per_day, days_per_week: of.days_per_week });
        let calendar = shape.calendar.as_ref().map(calendar).transpose()?.unwrap_or_default();
        let error = match &shape.error {
            None | Some(Value::Bool(false) | Value::Null) => None,
            Some(Value::Bool(true)) => Some(Refusal::Any),
            Some(Value::String(code)) => Some(Refusal::Code(code.clone())),
            Some(_) => return Err("`error` is neither true nor a code".to_string()),
        };
        let mut parameters = BTreeMap::new();
        for (name, value) in &shape.params {
            parameters.insert(name.clone(), parameter(value)?);
        }
        let world = World {
            tables: world::tables(&shape)?,
            options: Options {
                now,
                time_zone,
                user: shape.user.clone(),
                deployment,
                week_start,
                estimates,
                calendar,
                strict: shape.strict,
                ..Options::default()
            },
        };
        let CaseShape { id, query, expect, warning, .. } = shape;
        Ok(Self { id, query, parameters, expect, error, warning, world })
    }
}

/// The named worlds of a file, and the way from its lines to cases.
#[derive(Clone, Debug, Default)]
pub struct Worlds(BTreeMap<String, Map<String, Value>>);

impl Worlds {
    /// Reads one line: a case, or nothing where the line names a world.
    ///
    /// # Errors
    ///
    /// What is wrong with the line.
    pub fn read(&mut self, line: &str) -> Result<Option<Case>, String> {
        let mut value: Value = serde_json::from_str(line).map_err(|e| e.to_string())?;
        let Some(case) = value.as_object_mut() else { return Err("the line is no object".to_string()) };
        let Some(name) = case.remove("world") else { return Case::read(value).map(Some) };
        let Value::String(name) = name else { return Err("`world` is no name".to_string()) };
        if !case.contains_key("query") {
            self.0.insert(name, std::mem::take(case));
            return Ok(None);
        }
        let Some(world) = self.0.get(&name) else { return Err(format!("no line before names the world `{name}`")) };
        let mut whole = world.clone();
        whole.append(case);
        Case::read(Value::Object(whole)).map(Some)
    }
}

fn calendar(shape: &CalendarShape) -> Result<Calendar, String> {
    let usual = Calendar::default();
    let hours = match &shape.hours {
        Some(text) => Hours::parse(text).ok_or_else(|| format!("`{text}` are no hours"))?,
        None => usual.hours(),
    };
    let holidays: Vec<_> =
        shape.holidays.iter().map(|d| d.parse().map_err(|_| format!("`{d}` is no day"))).collect::<Result<_, _>>()?;
    Ok(Calendar::new(usual.days(), hours, holidays, shape.zone.as_deref().map(zone).transpose()?))
}

/// A zone by its name in the time zone database, or an offset such as `+02:00`.
fn zone(name: &str) -> Result<TimeZone, String> {
    let none = || format!("there is no time zone `{name}`");
    let Some(offset) = name.strip_prefix(['+', '-']) else { return TimeZone::get(name).map_err(|_| none()) };
    let (hours, minutes) = offset.split_once(':').ok_or_else(none)?;
    let (hours, minutes): (i32, i32) = (hours.parse().map_err(|_| none())?, minutes.parse().map_err(|_| none())?);
    let seconds = hours.checked_mul(60).and_then(|h| h.checked_add(minutes)?.checked_mul(60)).ok_or_else(none)?;
    let offset = Offset::from_seconds(if name.starts_with('-') { -seconds } else { seconds }).map_err(|_| none())?;
    Ok(TimeZone::fixed(offset))
}

fn parameter(value: &Value) -> Result<Parameter, String> {
    match value {
        Value::String(text) => Ok(Parameter::Text(text.clone())),
        Value::Number(n) => Ok(Parameter::Number(n.as_f64().unwrap_or(f64::NAN))),
        Value::Array(items) => Ok(Parameter::List(items.iter().map(parameter).collect::<Result<_, _>>()?)),
        _ => Err("a parameter is a text, a number or a list of them".to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Case, Refusal, Worlds};

    #[test]
    fn unknown_keys_are_named() {
        let error = |line: &str| Case::parse(line).expect_err("the line is wrong");
        assert!(error(r#"{"id": "1", "query": "", "colour": 1}"#).contains("colour"));
        assert!(error(r#"{"id": "1", "query": "", "issues": [{"key": "A-1", "colour": 1}]}"#).contains("colour"));
        assert!(error(r#"{"id": "1", "query": "", "tables": {"colours": []}}"#).contains("colours"));
        assert!(error("{").contains("EOF"));
    }

    #[test]
    fn worlds_are_shared_by_name() {
        let mut worlds = Worlds::default();
        assert!(worlds.read(r#"{"world": "w", "tz": "Europe/Berlin", "user": "ann"}"#).expect("a world").is_none());
        let case = worlds.read(r#"{"world": "w", "id": "1", "query": "", "user": "bob"}"#).expect("a case").expect("a case");
        assert_eq!(case.world.options.user.as_deref(), Some("bob"));
        assert!(case.world.options.time_zone.is_some());
        assert!(worlds.read(r#"{"world": "v", "id": "1", "query": ""}"#).expect_err("no world").contains('v'));
    }

    #[test]
    fn mentioned_names_join_the_side_tables() {
        let line = r#"{"id": "1", "query": "", "error": true, "issues": [{"key": "A-1", "status": "Open", "created":
            "2026-01-01T00:00:00Z", "creator": "ann", "history": [{"at": "2026-01-02T00:00:00Z", "by": "bob", "field":
            "assignee", "from": null, "to": "cid"}]}]}"#;
        let case = Case::parse(line).expect("the case is right");
        let tables = &case.world.tables;
        let users: Vec<_> = tables.users.iter().map(|u| u.account_id.as_str()).collect();
        assert_eq!(users, ["ann", "bob", "cid"]);
        assert_eq!(tables.statuses[0].category.as_deref(), Some("To Do"));
        assert_eq!(tables.events.len(), 2);
        assert_eq!(tables.projects[0].key, "A");
        assert_eq!(case.error, Some(Refusal::Any));
    }
}
