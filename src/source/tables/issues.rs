//! Jira's CSV export of issues: made into the JSON that Jira's API answers, and read as that.
//!
//! It has no change logs, and its comments and work logs have no ids: theirs are made of issue, minute, author and place.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::{Header, Row};
use crate::data::rows::{CustomValue, EventRow};
use crate::source::dates::{Dates, Moment};
use crate::source::digest;
use crate::source::formats::Reading;
use crate::source::jira::json::path_part;
use crate::source::jira::names::BY_NAME;
use crate::source::jira::subject::{Subject, set_actor};
use crate::source::jira::{Event, Mapped, Site, issue};

pub(in crate::source) fn is(header: &Header) -> bool {
    header.has(&["issue key", "work item key", "key"]) && header.has(&["issue id", "work item id"])
}

/// Whether a column of that name may hold dates.
pub(super) fn may_hold_date(plain: &str) -> bool {
    ["date", "time", "created", "updated", "resolved", "viewed", "comment", "attachment", "log work"]
        .iter()
        .any(|word| plain.contains(word))
}

/// Columns with a name of their own: the field, and how its cells are read.
const COLUMNS: &[(&str, &str, Cell)] = &[
    ("summary", "summary", Cell::Text),
    ("description", "description", Cell::Text),
    ("environment", "environment", Cell::Text),
    ("issue type", "issuetype", Cell::Named),
    ("work type", "issuetype", Cell::Named),
    ("priority", "priority", Cell::Named),
    ("resolution", "resolution", Cell::Named),
    ("security level", "security", Cell::Named),
    ("created", "created", Cell::Time),
    ("updated", "updated", Cell::Time),
    ("resolved", "resolutiondate", Cell::Time),
    ("last viewed", "lastViewed", Cell::Time),
    ("status category changed", "statuscategorychangedate", Cell::Time),
    ("due date", "duedate", Cell::Day),
    ("labels", "labels", Cell::Words),
    ("components", "components", Cell::Names),
    ("component/s", "components", Cell::Names),
    ("fix versions", "fixVersions", Cell::Names),
    ("fix version/s", "fixVersions", Cell::Names),
    ("affects versions", "versions", Cell::Names),
    ("affects version/s", "versions", Cell::Names),
    ("original estimate", "timeoriginalestimate", Cell::Seconds),
    ("remaining estimate", "timeestimate", Cell::Seconds),
    ("time spent", "timespent", Cell::Seconds),
];

/// Columns that are read together with others, or say what others say.
const ASIDE: &[&str] = &[
    "issue key",
    "work item key",
    "key",
    "issue id",
    "work item id",
    "status",
    "status category",
    "project key",
    "project name",
    "project type",
    "project lead",
    "project lead id",
    "project description",
    "project url",
    "assignee",
    "assignee id",
    "reporter",
    "reporter id",
    "creator",
    "creator id",
    "votes",
    "watchers",
    "watchers id",
    "sprint",
    "parent",
    "parent id",
    "parent key",
    "parent summary",
    "comment",
    "comments",
    "log work",
    "attachment",
    "work ratio",
    "progress",
    "images",
    "thumbnail",
    "restrict to",
];

#[derive(Clone, Copy, Debug)]
enum Cell {
    Text,
    Named,
    Names,
    Words,
    Time,
    Day,
    Seconds,
}

pub(in crate::source) fn read(row: &Row<'_>, reading: &mut Reading<'_>) -> Result<Mapped, String> {
    let dates = reading.dates;
    let key = row.one(&["issue key", "work item key", "key"]).ok_or("it has no issue key")?;
    let number = row.one(&["issue id", "work item id"]).ok_or("it has no issue id")?;
    let created =
        dates.read(row.one(&["created"]).ok_or("it has no creation date")?).map_err(|reason| format!("Created: {reason}"))?;
    let mut flaws = Vec::new();
    let fields = fields(row, dates, &mut flaws);
    let record = json!({"id": number, "key": key, "fields": fields});
    let record = record.as_object().ok_or("it is no issue")?;
    let mut mapped = issue::issue(record, reading.site)?;
    mapped.flaws.extend(flaws);
    let project = mapped.issue.as_ref().and_then(|issue| issue.project.clone());
    for event in mapped.events.iter_mut().filter(|event| event.row.entity == "issue" && event.row.action == "created") {
        (event.row.time, event.row.time_after) = (created.time, created.after);
    }
    if let Some(issue) = &mut mapped.issue {
        issue.sprints = row.all("sprint").map(str::to_owned).collect();
        for name in row.all("watchers id") {
            issue.watcher_ids.push(name.to_owned());
        }
        custom(row, dates, reading.site, &mut issue.custom);
    }
    let subject = Subject::known(number.parse().ok(), Some(key.to_owned()), project);
    let mut told = Told { subject: &subject, dates, site: reading.site, seen: HashMap::new(), mapped: &mut mapped };
    for cell in row.all("comment").chain(row.all("comments")) {
        told.comment(cell);
    }
    for cell in row.all("log work") {
        told.worklog(cell);
    }
    Ok(mapped)
}

/// The fields as Jira's API answers them.
fn fields(row: &Row<'_>, dates: &Dates, flaws: &mut Vec<String>) -> Map<String, Value> {
    let mut fields = Map::new();
    for (name, plain, value) in row.cells() {
        if let Some((_, field, kind)) = COLUMNS.iter().find(|(column, ..)| *column == plain) {
            match cell(*kind, value, dates) {
                Ok(Value::Array(more)) => match fields.get_mut(*field) {
                    Some(Value::Array(list)) => list.extend(more),
                    _ => drop(fields.insert((*field).to_owned(), Value::Array(more))),
                },
                Ok(value) => drop(fields.insert((*field).to_owned(), value)),
                Err(reason) => flaws.push(format!("{name}: {reason}")),
            }
        }
        if let Some(link) = link(plain, name, value)
            && let Value::Array(links) = fields.entry("issuelinks").or_insert_with(|| Value::Array(Vec::new()))
        {
            links.push(link);
        }
    }
    if let Some(status) = row.one(&["status"]) {
        let category = row.one(&["status category"]).map(|name| json!({"name": name}));
        fields.insert("status".into(), json!({"name": status, "statusCategory": category}));
    }
    let project = row.one(&["project key"]);
    if let Some(key) = project {
        let mut known = json!({"key": key, "name": row.one(&["project name"]), "projectTypeKey": row.one(&["project type"])});
        if let Some(lead) = person(row, "project lead", "project lead id") {
            known["lead"] = lead;
        }
        fields.insert("project".into(), known);
    }
    for (field, id) in [("assignee", "assignee id"), ("reporter", "reporter id"), ("creator", "creator id")] {
        if let Some(person) = person(row, field, id) {
            fields.insert(field.to_owned(), person);
        }
    }
    let count = |name: &str| row.one(&[name]).and_then(|text| text.parse::<i64>().ok());
    if let Some(votes) = count("votes") {
        fields.insert("votes".into(), json!({"votes": votes}));
    }
    let watchers = row.all("watchers").count();
    if watchers > 0 {
        fields.insert("watches".into(), json!({"watchCount": watchers}));
    }
    // `Parent` is an id or a key, by the age of the site.
    let parent = row.one(&["parent key", "parent"]).filter(|parent| parent.contains('-'));
    if let Some(parent) = parent {
        fields.insert("parent".into(), json!({"key": parent}));
    }
    let files: Vec<Value> = row.all("attachment").filter_map(|cell| attachment(cell, dates)).collect();
    if !files.is_empty() {
        fields.insert("attachment".into(), Value::Array(files));
    }
    fields
}

fn cell(kind: Cell, value: &str, dates: &Dates) -> Result<Value, String> {
    Ok(match kind {
        Cell::Text => json!(value),
        Cell::Named => json!({"name": value.trim()}),
        Cell::Names => json!([{"name": value.trim()}]),
        Cell::Words => json!(value.split([' ', ',']).filter(|word| !word.is_empty()).collect::<Vec<_>>()),
        Cell::Time => json!(iso(dates.read(value)?)),
        Cell::Day => match dates.day(value) {
            Some(day) => json!(day.to_string()),
            None => return Err(format!("`{value}` is no day")),
        },
        Cell::Seconds => match value.trim().parse::<i64>() {
            Ok(seconds) => json!(seconds),
            Err(_) => return Err(format!("`{value}` is no number of seconds")),
        },
    })
}

fn iso(moment: Moment) -> Option<String> {
    jiff::Timestamp::from_microsecond(moment.start()).ok().map(|time| time.to_string())
}

/// Cloud names account ids beside the names; servers have user names only.
fn person(row: &Row<'_>, name: &str, id: &str) -> Option<Value> {
    let name = row.one(&[name]);
    match (row.one(&[id]), name) {
        (Some(id), Some(name)) => Some(json!({"accountId": id, "displayName": name})),
        (Some(id), None) => Some(json!({"accountId": id})),
        (None, Some(name)) => Some(json!({"name": name})),
        (None, None) => None,
    }
}

/// `Outward issue link (Blocks)`: its cells are keys.
fn link(plain: &str, name: &str, value: &str) -> Option<Value> {
    let side = match plain {
        _ if plain.starts_with("inward issue link (") || plain.starts_with("inward work item link (") => "inwardIssue",
        _ if plain.starts_with("outward issue link (") || plain.starts_with("outward work item link (") => "outwardIssue",
        _ => return None,
    };
    let kind = name.split_once('(')?.1.trim().strip_suffix(')')?;
    Some(json!({"type": {"name": kind}, side: {"key": value.trim()}}))
}

/// `24/Jan/22 8:48 AM;author;name.png;https://.../attachment/10100/name.png`
fn attachment(cell: &str, dates: &Dates) -> Option<Value> {
    let (date, rest) = cell.split_once(';')?;
    let (author, rest) = rest.split_once(';')?;
    let (name, address) = rest.rsplit_once(';').unwrap_or((rest, ""));
    let number = path_part(address, "attachment").filter(|id| id.bytes().all(|b| b.is_ascii_digit()));
    let number = number.or_else(|| path_part(address, "content"))?;
    Some(json!({"id": number, "filename": name, "created": iso(dates.read(date).ok()?)?, "author": account(author)}))
}

fn account(author: &str) -> Value {
    // Account ids have a colon or are long; user names are short.
    if author.contains(':') || author.len() >= 24 { json!({"accountId": author}) } else { json!({"name": author}) }
}

struct Told<'a> {
    subject: &'a Subject,
    dates: &'a Dates,
    site: &'a mut Site,
    /// How many of one kind, minute and author there were.
    seen: HashMap<String, usize>,
    mapped: &'a mut Mapped,
}

impl Told<'_> {
    /// `24/Jan/22 8:48 AM;author;text`
    fn comment(&mut self, cell: &str) {
        let parts = cell.split_once(';').and_then(|(date, rest)| Some((date, rest.split_once(';')?)));
        let Some((date, (author, text))) = parts else {
            self.mapped.flaws.push(format!("a comment is not of the form date;author;text: {}", cut(cell)));
            return;
        };
        match self.dates.read(date) {
            Ok(moment) => {
                self.mapped.counts.comments += 1;
                let row = EventRow { text: Some(text.to_owned()).filter(|t| !t.is_empty()), ..EventRow::default() };
                self.push("comment", moment, author, row);
            }
            Err(reason) => self.mapped.flaws.push(format!("a comment: {reason}")),
        }
    }

    /// `text;24/Jan/22 8:48 AM;author;3600`
    fn worklog(&mut self, cell: &str) {
        let mut parts = cell.rsplitn(4, ';');
        let (seconds, author, date) = (parts.next(), parts.next(), parts.next());
        let text = parts.next().filter(|text| !text.is_empty());
        let (Some(Ok(seconds)), Some(author), Some(date)) = (seconds.map(|s| s.trim().parse::<i64>()), author, date) else {
            self.mapped.flaws.push(format!("a work log is not of the form text;date;author;seconds: {}", cut(cell)));
            return;
        };
        match self.dates.read(date) {
            Ok(moment) => {
                self.mapped.counts.worklogs += 1;
                let day = iso(moment).and_then(|time| time.get(..10).map(str::to_owned));
                let row = EventRow {
                    to_value: Some(seconds.to_string()),
                    entity_name: day,
                    text: text.map(str::to_owned),
                    ..EventRow::default()
                };
                self.push("worklog", moment, author, row);
            }
            Err(reason) => self.mapped.flaws.push(format!("a work log: {reason}")),
        }
    }

    fn push(&mut self, what: &str, moment: Moment, author: &str, row: EventRow) {
        let identity = format!("{what} {} {author}", moment.start());
        let nth = self.seen.entry(identity.clone()).and_modify(|n| *n += 1).or_insert(0);
        let digest = digest::of([identity.as_str(), nth.to_string().as_str()]);
        let base = self.subject.event(what, "created", moment.time);
        let mut row = EventRow {
            event_id: format!("jira:csv:{}:{digest}", self.subject.identity()),
            time_after: moment.after,
            origin: Some("import".into()),
            entity_name: row.entity_name,
            to_value: row.to_value,
            text: row.text,
            ..base
        };
        set_actor(&mut row, Some(&account(author)).filter(|_| !author.is_empty()), self.site);
        self.mapped.events.push(Event::new(row));
    }
}

fn cut(text: &str) -> String {
    text.chars().take(40).collect()
}

/// Custom fields, by their names; what has no name of its own is taken for one.
fn custom(row: &Row<'_>, dates: &Dates, site: &mut Site, into: &mut Vec<(String, CustomValue)>) {
    for (name, plain, value) in row.cells() {
        let named = plain.strip_prefix("custom field (").and_then(|_| name.split_once('(')?.1.trim().strip_suffix(')'));
        let other = !ASIDE.contains(&plain) && !plain.starts_with('σ') && !COLUMNS.iter().any(|(c, ..)| *c == plain);
        let is_link = plain.starts_with("inward ") || plain.starts_with("outward ");
        let Some(field) = named.or_else(|| (other && !is_link && !name.is_empty()).then_some(name)) else { continue };
        let column = format!("{BY_NAME}{field}");
        let value = value.trim();
        if row.repeats(plain) {
            match into.iter_mut().find(|(known, _)| *known == column) {
                Some((_, CustomValue::TextList(list))) => list.push(value.to_owned()),
                _ => into.push((column, CustomValue::TextList(vec![value.to_owned()]))),
            }
        } else {
            into.push((column, typed(value, dates)));
        }
        site.names.used(field);
    }
}

/// A cell as a number, day or instant where it is one.
fn typed(value: &str, dates: &Dates) -> CustomValue {
    let digits = value.trim_start_matches('-');
    // What begins with a zero is no number to whoever wrote it.
    let is_number = digits.starts_with(|c: char| c.is_ascii_digit())
        && (!digits.starts_with('0') || digits.len() == 1 || digits.starts_with("0."));
    if let (true, Ok(number)) = (is_number, value.parse::<f64>())
        && number.is_finite()
    {
        return CustomValue::Number(number);
    }
    let looks_like_date = value.len() <= 32 && value.contains(':') && value.contains(['/', '-', '.']);
    match dates.read(value) {
        Ok(moment) if looks_like_date => {
            let midnight = jiff::Timestamp::from_microsecond(moment.start())
                .map(|time| time.to_zoned(dates.zone.clone()).time() == jiff::civil::Time::midnight());
            match (midnight, dates.day(value).and_then(|day| crate::data::rows::date(&day.to_string()))) {
                // Days are exported with a time that they do not have.
                (Ok(true), Some(day)) => CustomValue::Date(day),
                _ => CustomValue::Time(moment.start()),
            }
        }
        _ => CustomValue::Text(value.to_owned()),
    }
}
