//! Comments, work logs and attachments: what is there now, and who made and last changed it.

use serde_json::Value;

use super::adf;
use super::json::{Object, id, instant, int, text};
use super::site::Site;
use super::subject::{Subject, set_actor};
use super::{Event, Mapped};
use crate::data::rows::EventRow;

/// Reads a comment. Only its last edit is known, and never what it said before.
pub(in crate::source) fn comment(value: &Value, subject: &Subject, site: &mut Site, mapped: &mut Mapped) {
    let Some((comment, number, created)) = begun("comment", value, mapped) else {
        return;
    };
    mapped.counts.comments += 1;
    let row = EventRow {
        event_id: format!("jira:comment:{number}:created"),
        entity_id: Some(number.clone()),
        text: comment.get("body").and_then(adf::body),
        origin: Some("import".into()),
        ..subject.event("comment", "created", created)
    };
    let edited = updated(&row, comment, "comment", &number, subject, site, mapped);
    made(row, comment, edited, site, mapped);
}

/// Reads a work log. Its name is the day that was worked on, in the zone of who logged it.
pub(in crate::source) fn worklog(value: &Value, subject: &Subject, site: &mut Site, mapped: &mut Mapped) {
    let Some((worklog, number, created)) = begun("work log", value, mapped) else {
        return;
    };
    mapped.counts.worklogs += 1;
    let seconds = worklog.get("timeSpentSeconds").and_then(int);
    let row = EventRow {
        event_id: format!("jira:worklog:{number}:created"),
        entity_id: Some(number.clone()),
        entity_name: text(worklog, "started").and_then(|s| s.get(..10)).map(str::to_owned),
        to_value: seconds.map(|s| s.to_string()),
        text: worklog.get("comment").and_then(adf::body),
        origin: Some("worklog".into()),
        ..subject.event("worklog", "created", created)
    };
    let edited = updated(&row, worklog, "worklog", &number, subject, site, mapped);
    made(row, worklog, edited, site, mapped);
}

/// Reads an attachment of the issue. The change log has most of them too, with the same identity.
pub(in crate::source) fn attachment(value: &Value, subject: &Subject, site: &mut Site, mapped: &mut Mapped) {
    let Some((attachment, number, created)) = begun("attachment", value, mapped) else {
        return;
    };
    let name = text(attachment, "filename").map(str::to_owned);
    let row = EventRow {
        event_id: added(subject.id, &number),
        entity_id: Some(number),
        entity_name: name.clone(),
        to_value: name,
        origin: Some("import".into()),
        ..subject.event("attachment", "added", created)
    };
    let mut row = row;
    set_actor(&mut row, attachment.get("author"), site);
    mapped.events.push(Event { row, hearsay: 1, ..Event::default() });
}

/// The identity of an attachment's event. Issues that were moved between sites may share the ids of their attachments.
pub(in crate::source) fn added(issue: Option<i64>, attachment: &str) -> String {
    match issue {
        Some(issue) => format!("jira:attachment:{issue}:{attachment}:added"),
        None => format!("jira:attachment:{attachment}:added"),
    }
}

/// The identity of an attachment's deletion.
pub(in crate::source) fn deleted_attachment(issue: Option<i64>, attachment: &str) -> String {
    match issue {
        Some(issue) => format!("jira:attachment:{issue}:{attachment}:deleted"),
        None => format!("jira:attachment:{attachment}:deleted"),
    }
}

/// The identity of the deletion of a comment or work log, whoever tells of it.
pub(in crate::source) fn deleted(what: &str, id: &str) -> String {
    format!("jira:{what}:{id}:deleted")
}

fn begun<'a>(what: &str, value: &'a Value, mapped: &mut Mapped) -> Option<(&'a Object, String, i64)> {
    let Some(object) = value.as_object() else {
        mapped.flaws.push(format!("a {what} is no object"));
        return None;
    };
    let Some(number) = id(object, "id") else {
        mapped.flaws.push(format!("a {what} has no id"));
        return None;
    };
    match instant(object.get("created").unwrap_or(&Value::Null)) {
        Ok(created) => Some((object, number, created)),
        Err(reason) => {
            mapped.flaws.push(format!("{what} {number}: {reason}"));
            None
        }
    }
}

/// Of something that was edited since, the record has what it became; whoever saw it before knows better.
fn made(mut row: EventRow, object: &Object, edited: bool, site: &mut Site, mapped: &mut Mapped) {
    set_actor(&mut row, object.get("author"), site);
    mapped.events.push(Event { row, hearsay: u8::from(edited), ..Event::default() });
}

/// The last edit, where there was one.
fn updated(
    created: &EventRow,
    object: &Object,
    what: &str,
    number: &str,
    subject: &Subject,
    site: &mut Site,
    mapped: &mut Mapped,
) -> bool {
    let time = match object.get("updated").filter(|u| !u.is_null()).map(instant) {
        None => return false,
        Some(Ok(time)) if time == created.time => return false,
        Some(Ok(time)) => time,
        Some(Err(reason)) => {
            mapped.flaws.push(format!("{what} {number}, updated: {reason}"));
            return false;
        }
    };
    let place = subject.event(what, "updated", time);
    let mut row = EventRow {
        event_id: format!("jira:{what}:{number}:updated:{time}"),
        time,
        action: "updated".into(),
        project: place.project,
        issue_key: place.issue_key,
        ..created.clone()
    };
    set_actor(&mut row, object.get("updateAuthor").or_else(|| object.get("author")), site);
    mapped.events.push(Event::new(row));
    true
}
