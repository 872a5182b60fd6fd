//! Deliveries about issues: what changed, and the issue as it was when they were sent.

use serde_json::Value;

use super::parts::{self, Act};
use super::{HEARSAY, Told, at, push};
use crate::data::rows::EventRow;
use crate::source::dates::Moment;
use crate::source::jira::json::{Object, id, instant, int, list, object, text};
use crate::source::jira::subject::Subject;
use crate::source::jira::{Mapped, Site, changelog, issue};
use crate::source::words::{Happening, of_webhook};

/// What the fields of a whole issue hold; deliveries about its comments hold a few only.
const WHOLE: &[&str] = &["created", "updated", "status", "issuetype", "project", "summary"];

pub(super) fn read(told: &Told<'_>, site: &mut Site, mapped: &mut Mapped) -> Result<(), String> {
    let issue = object(told.body, "issue").ok_or("it is a delivery without its issue")?;
    let subject = subject_of(issue);
    let kind = text(told.body, "issue_event_type_name").and_then(of_webhook);
    let what = kind.as_ref().unwrap_or(&told.what);
    let deleted = told.what.entity == "issue" && told.what.action == "deleted";
    let created = told.what.entity == "issue" && told.what.action == "created";
    snapshot(issue, deleted.then(|| told.time()).transpose()?, site, mapped);
    if deleted {
        let mut row = at(told.time()?, subject.event("issue", "deleted", 0));
        row.event_id = format!("jira:issue:{}:deleted", subject.identity());
        row.entity_id = subject.id.map(|id| id.to_string());
        row.entity_name = object(issue, "fields").and_then(|f| text(f, "summary")).map(str::to_owned);
        told.act(&mut row, site);
        push(mapped, row);
        return Ok(());
    }
    if created {
        return creation(told, issue, &subject, site, mapped);
    }
    let mut any = false;
    if let Some(log) = object(told.body, "changelog") {
        let items = list(log, "items");
        any = !items.is_empty();
        if any {
            edit(told, log, items, issue, &subject, site, mapped)?;
        }
    }
    if let Some(comment) = told.body.get("comment").filter(|c| c.is_object()) {
        let act = if what.entity == "comment" { Act::of(&what.action) } else { Act::Any };
        parts::comment(told, comment, act, &subject, site, mapped)?;
        any = true;
    }
    if let Some(worklog) = told.body.get("worklog").filter(|w| w.is_object()) {
        let act = if what.entity == "worklog" { Act::of(&what.action) } else { Act::Any };
        parts::worklog(told, worklog, act, &subject, site, mapped)?;
        any = true;
    }
    if !any {
        unspecified(told, what, issue, &subject, site, mapped)?;
    }
    Ok(())
}

/// The issue that a delivery tells of.
pub(super) fn subject_of(issue: &Object) -> Subject {
    let number = issue.get("id").and_then(int);
    let key = text(issue, "key").map(str::to_owned);
    let project = object(issue, "fields").and_then(|f| object(f, "project")).and_then(|p| text(p, "key")).map(str::to_owned);
    let project = project.or_else(|| key.as_deref()?.rsplit_once('-').map(|(project, _)| project.to_owned()));
    Subject::known(number, key, project)
}

/// What the delivery shows of the issue: a row of it where it is whole, else what it shows of the site.
fn snapshot(record: &Object, deleted: Option<Moment>, site: &mut Site, mapped: &mut Mapped) {
    let Some(fields) = object(record, "fields") else { return };
    if !WHOLE.iter().all(|name| fields.contains_key(*name)) {
        glimpse(fields, site);
        return;
    }
    match issue::issue(record, site) {
        Ok(mut found) => {
            if let (Some(row), Some(moment)) = (&mut found.issue, deleted) {
                row.deleted_at = Some(moment.time);
                // No export from before the deletion is newer than it.
                row.updated = row.updated.max(Some(moment.time));
            }
            for event in &mut found.events {
                event.hearsay += 1;
            }
            mapped.join(found);
        }
        Err(reason) => mapped.flaws.push(format!("the issue: {reason}")),
    }
}

/// What some fields of an issue show of the site.
pub(super) fn glimpse(fields: &Object, site: &mut Site) {
    let some = |name: &str| fields.get(name).filter(|value| value.is_object());
    if let Some(project) = some("project") {
        site.project(project);
    }
    if let Some(status) = some("status") {
        site.status(status, false);
    }
    if let Some(priority) = some("priority") {
        site.priority(priority, false);
    }
    if let Some(kind) = some("issuetype") {
        site.issue_type(kind, false);
    }
    for name in ["assignee", "reporter", "creator"] {
        if let Some(person) = some(name) {
            site.person(person);
        }
    }
}

/// The values in the change log of a new issue are those that it was made with, not changes of them.
fn creation(told: &Told<'_>, issue: &Object, subject: &Subject, site: &mut Site, mapped: &mut Mapped) -> Result<(), String> {
    let event_id = format!("jira:issue:{}:created", subject.identity());
    if let Some(event) = mapped.events.iter_mut().find(|event| event.row.event_id == event_id) {
        event.row.origin = Some("webhook".into());
        if event.row.actor.is_none() {
            told.act(&mut event.row, site);
        }
        return Ok(());
    }
    let created = object(issue, "fields").and_then(|f| f.get("created")).and_then(|c| instant(c).ok()).map(Moment::exact);
    let mut row = at(created.map_or_else(|| told.time(), Ok)?, subject.event("issue", "created", 0));
    row.event_id = event_id;
    told.act(&mut row, site);
    push(mapped, row);
    Ok(())
}

fn edit(
    told: &Told<'_>,
    log: &Object,
    items: &[Value],
    issue: &Object,
    subject: &Subject,
    site: &mut Site,
    mapped: &mut Mapped,
) -> Result<(), String> {
    let mut row = at(moment(told, issue)?, subject.event("issue", "updated", 0));
    row.origin = Some("webhook".into());
    let edited = id(log, "id").unwrap_or_else(|| format!("{}@{}", subject.identity(), told.stamp()));
    row.change_id = Some(edited);
    told.act(&mut row, site);
    let before = mapped.events.len();
    changelog::edit(&row, items, site, mapped);
    mapped.counts.change_groups += 1;
    for event in mapped.events.iter_mut().skip(before) {
        event.hearsay += HEARSAY;
    }
    Ok(())
}

/// When an edit happened: what was sent says it, or the issue, which was updated then.
fn moment(told: &Told<'_>, issue: &Object) -> Result<Moment, String> {
    let updated = || object(issue, "fields").and_then(|f| f.get("updated")).and_then(|u| instant(u).ok()).map(Moment::exact);
    // A text was written by what captured the delivery, in a zone of its own.
    match told.body.get("timestamp") {
        Some(Value::Number(_)) => told.time(),
        _ => updated().map_or_else(|| told.time(), Ok),
    }
}

/// Something happened, and the delivery does not tell more than what.
fn unspecified(
    told: &Told<'_>,
    what: &Happening,
    issue: &Object,
    subject: &Subject,
    site: &mut Site,
    mapped: &mut Mapped,
) -> Result<(), String> {
    let mut row: EventRow = at(told.time()?, subject.event(&what.entity, &what.action, 0));
    row.event_id = format!("jira:issue:{}:{} {}:{}", subject.identity(), what.entity, what.action, told.stamp());
    if what.entity == "issue" {
        row.entity_id = subject.id.map(|id| id.to_string());
        if what.action == "assigned" {
            let assignee = object(issue, "fields").and_then(|f| f.get("assignee")).filter(|a| a.is_object());
            row.to_value = assignee.and_then(|a| site.person(a)).map(|person| person.id);
        }
    }
    told.act(&mut row, site);
    push(mapped, row);
    Ok(())
}
