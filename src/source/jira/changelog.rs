//! Change logs: each item of each edit as an event.

use std::borrow::Cow;

use serde_json::Value;

use super::json::{Object, day, id, instant, list, micros, scalar, text};
use super::site::Site;
use super::subject::{Subject, set_actor};
use super::{Event, Mapped};
use crate::data::rows::EventRow;
use crate::source::words::{Happening, of_change, of_move};

/// The keys that an issue had, with the instant of the move away from each, in time order.
pub(in crate::source) fn former_keys(histories: &[Value]) -> Vec<(i64, String)> {
    let mut keys = Vec::new();
    for history in histories.iter().filter_map(Value::as_object) {
        let Some(Ok(time)) = history.get("created").map(instant) else {
            continue;
        };
        for item in list(history, "items").iter().filter_map(Value::as_object) {
            if is_field(item, "key")
                && let Some(from) = text(item, "fromString")
            {
                keys.push((time, from.to_owned()));
            }
        }
    }
    keys.sort();
    keys
}

/// Reads one edit.
pub(in crate::source) fn history(value: &Value, subject: &Subject, site: &mut Site, mapped: &mut Mapped) {
    let Some(history) = value.as_object() else {
        mapped.flaws.push("a change is no object".into());
        return;
    };
    let name = id(history, "id");
    let time = match instant(history.get("created").unwrap_or(&Value::Null)) {
        Ok(time) => time,
        Err(reason) => {
            mapped.flaws.push(format!("change {}: {reason}", name.as_deref().unwrap_or("without an id")));
            return;
        }
    };
    mapped.counts.change_groups += 1;
    // An edit without an id is told apart by its issue and instant.
    let change = name.unwrap_or_else(|| format!("{}@{time}", subject.identity()));
    let mut base = subject.event("issue", "updated", time);
    base.origin = Some("changelog".into());
    base.change_id = Some(change);
    set_actor(&mut base, history.get("author"), site);
    edit(&base, list(history, "items"), site, mapped);
}

/// Reads the items of one edit. Its events have what `base` has; its `change_id` names the edit.
pub(in crate::source) fn edit(base: &EventRow, items: &[Value], site: &mut Site, mapped: &mut Mapped) {
    let change = base.change_id.as_deref().unwrap_or_default();
    let seconds = logged_seconds(items);
    let keys = items.iter().filter_map(Value::as_object).find(|i| is_field(i, "key")).map(Sides::of);
    for (index, item) in items.iter().enumerate() {
        let Some(item) = item.as_object() else {
            mapped.flaws.push(format!("change {change}: item {} is no object", index + 1));
            continue;
        };
        let Some(field) = text(item, "field") else {
            mapped.flaws.push(format!("change {change}: item {} names no field", index + 1));
            continue;
        };
        mapped.counts.change_items += 1;
        let row = EventRow { event_id: format!("jira:change:{change}:{index:03}"), ..base.clone() };
        let sides = Sides::of(item);
        match field.to_lowercase().as_str() {
            "comment" => comment(row, sides, mapped),
            "attachment" => attachment(row, sides, mapped),
            "link" => link(row, sides, mapped),
            "remoteissuelink" => remote_link(row, sides, mapped),
            "worklogid" => worklog(row, sides, seconds, mapped),
            "project" => project_change(row, text(item, "fieldId"), sides, keys.as_ref(), mapped),
            _ => field_change(row, field, text(item, "fieldId"), sides, site, mapped),
        }
    }
}

fn is_field(item: &Object, name: &str) -> bool {
    text(item, "field").is_some_and(|f| f.eq_ignore_ascii_case(name))
}

/// Both sides of an item, empty ones as none.
struct Sides {
    from_id: Option<String>,
    from: Option<String>,
    to_id: Option<String>,
    to: Option<String>,
}

impl Sides {
    fn of(item: &Object) -> Self {
        let read = |name: &str| item.get(name).and_then(scalar);
        Self { from_id: read("from"), from: read("fromString"), to_id: read("to"), to: read("toString") }
    }

    fn before(&self) -> Option<String> {
        self.from_id.clone().or_else(|| self.from.clone())
    }

    fn after(&self) -> Option<String> {
        self.to_id.clone().or_else(|| self.to.clone())
    }
}

/// The name of a field in queries. Webhooks name fields in the language of who made the change, and ids are the same in all.
pub(in crate::source) fn name_of(field: &str, id: Option<&str>) -> String {
    let by_id = id.filter(|id| !id.starts_with("customfield_")).and_then(canonical);
    by_id.or_else(|| canonical(field)).unwrap_or(field).to_owned()
}

/// The name of a built-in field, which servers of all ages and clouds spell differently.
fn canonical(field: &str) -> Option<&'static str> {
    let lower = field.to_lowercase();
    NAMES.iter().find(|name| **name == lower).copied().or(match lower.as_str() {
        "fix version" | "fix version/s" | "fix versions" | "fixversions" | "fixversion" => Some("fixVersion"),
        "version" | "versions" | "affects version/s" | "affects versions" | "affectsversions" => Some("affectedVersion"),
        "components" | "component/s" => Some("component"),
        "issuetype" | "issue type" | "type" => Some("type"),
        "duedate" | "due date" => Some("due"),
        "timeestimate" | "remaining estimate" => Some("remainingEstimate"),
        "timeoriginalestimate" | "original estimate" => Some("originalEstimate"),
        "timespent" | "time spent" => Some("timeSpent"),
        "issueparentassociation" | "parent issue" => Some("parent"),
        "security" | "security level" => Some("level"),
        "sprint" => Some("Sprint"),
        "story points" => Some("Story Points"),
        "epic link" => Some("Epic Link"),
        _ => None,
    })
}

/// Built-in fields that queries call as change logs do.
const NAMES: &[&str] = &[
    "status",
    "assignee",
    "priority",
    "resolution",
    "labels",
    "summary",
    "description",
    "environment",
    "reporter",
    "creator",
    "project",
    "key",
    "parent",
    "component",
];

fn field_change(mut row: EventRow, field: &str, field_id: Option<&str>, sides: Sides, site: &mut Site, mapped: &mut Mapped) {
    if let Some(id) = field_id {
        site.names.changed(id, field);
    }
    let name = name_of(field, field_id);
    match name.as_str() {
        // Queries compare accounts, and names of people are neither unique nor lasting.
        "assignee" | "reporter" | "creator" => {
            for (id, name) in [(&sides.from_id, &sides.from), (&sides.to_id, &sides.to)] {
                if let Some(id) = id {
                    site.named_person(id, name.as_deref());
                }
            }
            row.from_value = sides.before();
            row.to_value = sides.after();
        }
        _ => {
            row.from_value = shown(&sides.from_id, &sides.from);
            row.to_value = shown(&sides.to_id, &sides.to);
        }
    }
    row.from_id = sides.from_id;
    row.to_id = sides.to_id;
    match name.as_str() {
        "status" => {
            for (id, name) in [(&row.from_id, &row.from_value), (&row.to_id, &row.to_value)] {
                if let Some(name) = name {
                    site.former_status(id.as_deref(), name);
                }
            }
        }
        "description" | "environment" => {
            // Their ids, where there are any, are addresses of stored documents.
            (row.from_id, row.to_id) = (None, None);
            row.text.clone_from(&row.to_value);
        }
        "key" => moved(&row, mapped),
        _ => {}
    }
    row.field = Some(name);
    row.field_id = field_id.map(str::to_owned);
    mapped.events.push(Event::new(row));
}

/// The value as it is shown, days and instants in ISO form: Jira shows them in the reader's format.
fn shown(id: &Option<String>, name: &Option<String>) -> Option<String> {
    match (id, name) {
        (Some(id), Some(_) | None) if day(id).is_some() || micros(id).is_some() => Some(id.clone()),
        (_, Some(name)) => Some(match name.strip_suffix(" 00:00:00.0") {
            Some(date) if day(date).is_some() => date.to_owned(),
            _ => name.clone(),
        }),
        (id, None) => id.clone(),
    }
}

/// The change log shows names of projects, queries and the issues table have keys: those of the
/// issue's own key, which changes in the same edit.
fn project_change(row: EventRow, field_id: Option<&str>, sides: Sides, keys: Option<&Sides>, mapped: &mut Mapped) {
    let project = |key: Option<&String>| key.and_then(|k| k.rsplit_once('-')).map(|(p, _)| p.to_owned());
    let row = EventRow {
        field: Some("project".into()),
        field_id: field_id.map(str::to_owned),
        from_value: project(keys.and_then(|k| k.from.as_ref())).or(sides.from),
        to_value: project(keys.and_then(|k| k.to.as_ref())).or(sides.to),
        from_id: sides.from_id,
        to_id: sides.to_id,
        ..row
    };
    mapped.events.push(Event::new(row));
}

/// A new key is a move to another project.
fn moved(key_change: &EventRow, mapped: &mut Mapped) {
    let project = |key: &Option<String>| key.as_deref().and_then(|k| k.rsplit_once('-')).map(|(p, _)| p.to_owned());
    let row = EventRow {
        event_id: format!("{}:moved", key_change.event_id),
        action: of_move().action.into(),
        from_value: project(&key_change.from_value),
        to_value: project(&key_change.to_value),
        from_id: key_change.from_value.clone(),
        to_id: key_change.to_value.clone(),
        ..key_change.clone()
    };
    mapped.events.push(Event::new(row));
}

fn push(row: EventRow, what: Happening, hearsay: u8, mapped: &mut Mapped) {
    let row = EventRow { entity: what.entity.into(), action: what.action.into(), ..row };
    mapped.events.push(Event { row, hearsay, ..Event::default() });
}

/// Server writes a deleted comment's text as `from`, an edited one's texts as both.
fn comment(mut row: EventRow, sides: Sides, mapped: &mut Mapped) {
    let (before, after) = (sides.before(), sides.after());
    let what = of_change("comment", before.is_some(), after.is_some());
    row.text = after.clone().or_else(|| before.clone());
    if after.is_some() {
        row.from_value = before;
    }
    push(row, what, 0, mapped);
}

fn attachment(mut row: EventRow, sides: Sides, mapped: &mut Mapped) {
    row.entity_id = sides.to_id.clone().or_else(|| sides.from_id.clone());
    row.entity_name = sides.to.clone().or_else(|| sides.from.clone());
    (row.from_value, row.to_value) = (sides.from.clone(), sides.to.clone());
    if sides.to_id.is_some() || (sides.to.is_some() && sides.from_id.is_none()) {
        if let Some(id) = &row.entity_id {
            row.event_id = super::activity::added(row.issue_id, id);
        }
        push(row, of_change("attachment", false, true), 0, mapped);
    } else {
        if let Some(id) = &row.entity_id {
            row.event_id = super::activity::deleted_attachment(row.issue_id, id);
        }
        push(row, of_change("attachment", true, false), 0, mapped);
    }
}

/// `This issue is part of PAY-1` becomes the phrase, `is part of`.
fn phrase(shown: &Option<String>, key: &Option<String>) -> Option<String> {
    let shown = shown.as_deref()?;
    let shown = shown.strip_prefix("This issue ").unwrap_or(shown);
    let shown = key.as_deref().and_then(|k| shown.strip_suffix(k)).unwrap_or(shown).trim();
    (!shown.is_empty()).then(|| shown.to_owned())
}

fn link(row: EventRow, sides: Sides, mapped: &mut Mapped) {
    let (before, after) = (sides.before(), sides.after());
    // A link whose type was changed was one link and is another.
    let both = before.is_some() && after.is_some();
    if before.is_some() {
        let name = phrase(&sides.from, &sides.from_id);
        let event_id = if both { format!("{}:removed", row.event_id) } else { row.event_id.clone() };
        let removed = EventRow { event_id, entity_name: name, from_value: before, from_id: sides.from_id, ..row.clone() };
        push(removed, of_change("link", true, false), 0, mapped);
    }
    if after.is_some() {
        let name = phrase(&sides.to, &sides.to_id);
        let added = EventRow { entity_name: name, to_value: after, to_id: sides.to_id, ..row };
        push(added, of_change("link", false, true), 0, mapped);
    }
}

/// `This issue links to "Title (Web Link)"`, in the language of who made it, becomes the title.
fn title(shown: &Option<String>) -> Option<String> {
    let shown = shown.as_deref()?;
    let (start, end) = (shown.find('"')? + 1, shown.rfind('"')?);
    let quoted: Cow<'_, str> = shown.get(start..end).map_or(Cow::Borrowed(shown), Cow::Borrowed);
    Some(quoted.into_owned())
}

fn remote_link(mut row: EventRow, sides: Sides, mapped: &mut Mapped) {
    row.entity_id = sides.to_id.clone().or_else(|| sides.from_id.clone());
    row.from_value = title(&sides.from);
    row.to_value = title(&sides.to);
    row.entity_name = row.to_value.clone().or_else(|| row.from_value.clone());
    let (before, after) = (sides.before().is_some(), sides.after().is_some());
    // One that names neither is a link all the same.
    push(row, of_change("RemoteIssueLink", before, after || !before), 0, mapped);
}

/// How much the time spent changed in this edit.
fn logged_seconds(items: &[Value]) -> Option<i64> {
    let item = items.iter().filter_map(Value::as_object).find(|i| text(i, "field") == Some("timespent"))?;
    let sides = Sides::of(item);
    let number = |side: Option<String>| side.map_or(Some(0), |s| s.parse::<i64>().ok());
    Some(number(sides.after())? - number(sides.before())?)
}

fn worklog(mut row: EventRow, sides: Sides, seconds: Option<i64>, mapped: &mut Mapped) {
    let (before, after) = (sides.before(), sides.after());
    row.entity_id = after.clone().or_else(|| before.clone());
    let shown = seconds.map(|s| s.abs().to_string());
    let what = of_change("WorklogId", before.is_some(), after.is_some());
    match (before, after) {
        (Some(_), Some(_)) => push(row, what, 2, mapped),
        (None, Some(id)) => {
            row.event_id = format!("jira:worklog:{id}:created");
            row.to_value = shown;
            push(row, what, 2, mapped);
        }
        (Some(id), None) => {
            row.event_id = super::activity::deleted("worklog", &id);
            row.from_value = shown;
            push(row, what, 0, mapped);
        }
        (None, None) => {
            row.from_value = shown;
            push(row, what, 0, mapped);
        }
    }
}
