//! Deliveries about what hangs on issues: comments, work logs, attachments, links, properties.

use serde_json::Value;

use super::issue::{glimpse, subject_of};
use super::{HEARSAY, Told, at, push};
use crate::data::rows::EventRow;
use crate::source::jira::json::{Object, id, int, object, path_part, text};
use crate::source::jira::subject::Subject;
use crate::source::jira::{Mapped, Site, activity, adf};
use crate::source::words::of_change;

/// What a delivery says was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Created,
    Updated,
    Deleted,
    /// It does not say; the thing itself tells whether it was edited.
    Any,
}

impl Act {
    pub(super) fn of(action: &str) -> Self {
        match action {
            "created" => Self::Created,
            "deleted" => Self::Deleted,
            "updated" => Self::Updated,
            _ => Self::Any,
        }
    }
}

pub(super) fn read(told: &Told<'_>, site: &mut Site, mapped: &mut Mapped) -> Result<(), String> {
    let body = told.body;
    let act = Act::of(&told.what.action);
    if let Some(fields) = object(body, "issue").and_then(|issue| object(issue, "fields")) {
        glimpse(fields, site);
    }
    match told.what.entity.as_ref() {
        "comment" => comment(told, part(body, "comment")?, act, &subject(body, "comment"), site, mapped),
        "worklog" => worklog(told, part(body, "worklog")?, act, &subject(body, "worklog"), site, mapped),
        "attachment" => attachment(told, part(body, "attachment")?, act, &subject(body, "attachment"), site, mapped),
        "link" => link(told, act, site, mapped),
        _ => property(told, site, mapped),
    }
}

fn part<'a>(body: &'a Object, name: &str) -> Result<&'a Value, String> {
    body.get(name).filter(|part| part.is_object()).ok_or_else(|| format!("it is a delivery without its {name}"))
}

/// The issue: the delivery's, or else what the part itself tells of it.
fn subject(body: &Object, part: &str) -> Subject {
    if let Some(issue) = object(body, "issue") {
        return subject_of(issue);
    }
    let part = object(body, part);
    let told = part.and_then(|p| id(p, "issueId").or_else(|| Some(path_part(text(p, "self")?, "issue")?.to_owned())));
    told.map_or_else(|| Subject::known(None, None, None), |told| Subject::of(&told))
}

pub(super) fn comment(
    told: &Told<'_>,
    value: &Value,
    act: Act,
    subject: &Subject,
    site: &mut Site,
    mapped: &mut Mapped,
) -> Result<(), String> {
    lived(told, "comment", value, act, subject, site, mapped, activity::comment)?;
    if act == Act::Deleted {
        let mut row = gone(told, "comment", value, subject)?;
        row.text = value.get("body").and_then(adf::body);
        told.act(&mut row, site);
        push(mapped, row);
    }
    Ok(())
}

pub(super) fn worklog(
    told: &Told<'_>,
    value: &Value,
    act: Act,
    subject: &Subject,
    site: &mut Site,
    mapped: &mut Mapped,
) -> Result<(), String> {
    lived(told, "worklog", value, act, subject, site, mapped, activity::worklog)?;
    if act == Act::Deleted {
        let mut row = gone(told, "worklog", value, subject)?;
        row.entity_name = value.get("started").and_then(Value::as_str).and_then(|s| s.get(..10)).map(str::to_owned);
        row.from_value = value.get("timeSpentSeconds").and_then(int).map(|seconds| seconds.to_string());
        row.text = value.get("comment").and_then(adf::body);
        told.act(&mut row, site);
        push(mapped, row);
    }
    Ok(())
}

type ReadPart = fn(&Value, &Subject, &mut Site, &mut Mapped);

/// How the thing was made and last edited. What the delivery itself does not tell of is told by the thing as it is now.
#[allow(clippy::too_many_arguments, reason = "what it reads and where to, for two kinds of things")]
fn lived(
    told: &Told<'_>,
    what: &str,
    value: &Value,
    act: Act,
    subject: &Subject,
    site: &mut Site,
    mapped: &mut Mapped,
    read: ReadPart,
) -> Result<(), String> {
    let before = mapped.events.len();
    if value.get("created").is_some() {
        read(value, subject, site, mapped);
    }
    let edited = mapped.events.iter().skip(before).any(|event| event.row.action == "updated");
    let mut found = false;
    for event in mapped.events.iter_mut().skip(before) {
        let is_it = match act {
            Act::Created => event.row.action == "created",
            Act::Updated => event.row.action == "updated",
            Act::Any => event.row.action == if edited { "updated" } else { "created" },
            Act::Deleted => false,
        };
        if is_it {
            found = true;
            event.row.origin = Some("webhook".into());
            // Its text is that of the moment, whatever it becomes.
            event.hearsay = 0;
            if event.row.action == "updated" && told.body.get("user").is_some_and(Value::is_object) {
                told.act(&mut event.row, site);
            }
        } else {
            event.hearsay = HEARSAY;
            if edited && event.row.action == "created" {
                // What it said before is not known.
                (event.row.text, event.row.to_value) = (None, None);
            }
        }
    }
    if found || act == Act::Deleted {
        return Ok(());
    }
    // It does not tell when it was made or edited; the delivery does.
    let action = if act == Act::Updated { "updated" } else { "created" };
    let moment = told.time()?;
    let number =
        value.as_object().and_then(|o| id(o, "id")).ok_or_else(|| format!("it is a delivery of a {what} without an id"))?;
    let event_id = match action {
        "created" => format!("jira:{what}:{number}:created"),
        _ => format!("jira:{what}:{number}:updated:{}", moment.time),
    };
    let mut row = EventRow { event_id, entity_id: Some(number), ..at(moment, subject.event(what, action, 0)) };
    let words = if what == "comment" { "body" } else { "comment" };
    row.text = value.get(words).and_then(adf::body);
    if what == "worklog" {
        row.to_value = value.get("timeSpentSeconds").and_then(int).map(|seconds| seconds.to_string());
    }
    let author = if action == "created" { ["author", "creator"] } else { ["updateAuthor", "author"] };
    match author.into_iter().find_map(|name| value.get(name).filter(|a| a.is_object())) {
        Some(author) if !told.knows_actor() => crate::source::jira::subject::set_actor(&mut row, Some(author), site),
        _ => told.act(&mut row, site),
    }
    push(mapped, row);
    Ok(())
}

/// That the thing is gone. Who wrote it need not have deleted it.
fn gone(told: &Told<'_>, what: &str, value: &Value, subject: &Subject) -> Result<EventRow, String> {
    let number =
        value.as_object().and_then(|o| id(o, "id")).ok_or_else(|| format!("it is a delivery of a {what} without an id"))?;
    let row = at(told.time()?, subject.event(what, "deleted", 0));
    Ok(EventRow { event_id: activity::deleted(what, &number), entity_id: Some(number), ..row })
}

fn attachment(
    told: &Told<'_>,
    value: &Value,
    act: Act,
    subject: &Subject,
    site: &mut Site,
    mapped: &mut Mapped,
) -> Result<(), String> {
    if act != Act::Deleted && value.get("created").is_some() {
        let before = mapped.events.len();
        activity::attachment(value, subject, site, mapped);
        for event in mapped.events.iter_mut().skip(before) {
            event.row.origin = Some("webhook".into());
            event.hearsay = HEARSAY;
        }
        return Ok(());
    }
    let file = value.as_object().and_then(|a| Some((id(a, "id")?, text(a, "filename").map(str::to_owned))));
    let (number, name) = file.ok_or("it is a delivery of an attachment without an id")?;
    let what = of_change("attachment", act == Act::Deleted, act != Act::Deleted);
    let mut row = at(told.time()?, subject.event(&what.entity, &what.action, 0));
    row.entity_id = Some(number.clone());
    row.entity_name.clone_from(&name);
    if act == Act::Deleted {
        row.event_id = activity::deleted_attachment(subject.id, &number);
        row.from_value = name;
    } else {
        row.event_id = activity::added(subject.id, &number);
        row.to_value = name;
    }
    told.act(&mut row, site);
    push(mapped, row);
    Ok(())
}

/// Deliveries of links tell ids: the event is of the issue that the link comes from.
fn link(told: &Told<'_>, act: Act, site: &mut Site, mapped: &mut Mapped) -> Result<(), String> {
    let link = object(told.body, "issueLink").ok_or("it is a delivery without its issueLink")?;
    let number = id(link, "id").ok_or("it is a delivery of a link without an id")?;
    let source = link.get("sourceIssueId").and_then(int).ok_or("it is a delivery of a link that does not tell its issues")?;
    let target = id(link, "destinationIssueId");
    let gone = act == Act::Deleted;
    let what = of_change("link", gone, !gone);
    let row = Subject::known(Some(source), None, None).event(&what.entity, &what.action, 0);
    let mut row = at(told.time()?, row);
    row.event_id = format!("jira:link:{number}:{}", what.action);
    row.entity_id = Some(number);
    row.entity_name =
        object(link, "issueLinkType").and_then(|t| text(t, "outwardName").or_else(|| text(t, "name"))).map(str::to_owned);
    if gone {
        row.from_id = target
    } else {
        row.to_id = target
    }
    told.act(&mut row, site);
    push(mapped, row);
    Ok(())
}

fn property(told: &Told<'_>, site: &mut Site, mapped: &mut Mapped) -> Result<(), String> {
    let property = object(told.body, "property").ok_or("it is a delivery without its property")?;
    let key = text(property, "key").ok_or("it is a delivery of a property without a key")?;
    let subject = match object(told.body, "issue") {
        Some(issue) => subject_of(issue),
        None => id(told.body, "issueId").map_or_else(|| Subject::known(None, None, None), |told| Subject::of(&told)),
    };
    let mut row = at(told.time()?, subject.event(&told.what.entity, &told.what.action, 0));
    row.event_id = format!("jira:property:{}:{key}:{}:{}", subject.identity(), told.what.action, told.stamp());
    row.entity_id = Some(key.to_owned());
    row.entity_name = Some(key.to_owned());
    row.to_value = property.get("value").filter(|v| !v.is_null()).map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned));
    if told.what.action == "deleted" {
        row.from_value = row.to_value.take();
    }
    told.act(&mut row, site);
    push(mapped, row);
    Ok(())
}
