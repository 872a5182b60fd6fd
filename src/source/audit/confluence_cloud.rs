//! Confluence Cloud: `GET /wiki/rest/api/audit`. Its records have no id, and their objects have names only.

use serde_json::Value;

use super::{Change, Entry, Thing, Who, told};
use crate::source::dates::Moment;
use crate::source::jira::json::{Object, id, instant, list, object, text};
use crate::source::jira::{Mapped, Site};
use crate::source::{digest, words};

pub(in crate::source) fn is(record: &Object) -> bool {
    record.contains_key("creationDate") && record.contains_key("summary")
}

pub(in crate::source) fn read(record: &Object, site: &mut Site) -> Result<Mapped, String> {
    let summary = text(record, "summary").ok_or("it has no summary")?;
    let when = instant(record.get("creationDate").unwrap_or(&Value::Null)).map_err(|reason| format!("creationDate: {reason}"))?;
    let affected = object(record, "affectedObject").into_iter();
    let things: Vec<Thing> = affected
        .chain(list(record, "associatedObjects").iter().filter_map(Value::as_object))
        .map(thing)
        .filter(|thing| thing.name.is_some() || !thing.kind.is_empty())
        .collect();
    let changes: Vec<Change> = list(record, "changedValues")
        .iter()
        .filter_map(Value::as_object)
        .filter_map(|change| {
            Some(Change { name: text(change, "name")?.to_owned(), from: id(change, "oldValue"), to: id(change, "newValue") })
        })
        .collect();
    let key = changes.iter().find(|change| change.name.eq_ignore_ascii_case("space key"));
    let entry = Entry {
        id: format!("confluence:audit:{}", digest::of_value(&Value::Object(record.clone()))),
        product: "confluence",
        when: Moment::exact(when),
        what: words::of_audit(summary, things.first().map(|thing| thing.kind.as_str())),
        who: object(record, "author").and_then(who),
        space: key.and_then(|change| change.to.clone().or_else(|| change.from.clone())),
        text: text(record, "description").map(str::to_owned),
        project: None,
        address: text(record, "remoteAddress").map(str::to_owned),
        raw: Some(Value::Object(record.clone()).to_string()),
        things,
        changes,
    };
    Ok(told(&entry, site))
}

fn who(author: &Object) -> Option<Who> {
    let name = text(author, "displayName").map(str::to_owned);
    match text(author, "accountId").or_else(|| text(author, "userKey")).or_else(|| text(author, "username")) {
        Some(account) => {
            let kind = if text(author, "accountType") == Some("app") { "app" } else { "user" };
            Some(Who { id: Some(account.to_owned()), name, kind: Some(kind), ..Who::default() })
        }
        None => match name.as_deref() {
            Some("System") => Some(Who { name, kind: Some("system"), ..Who::default() }),
            Some("Anonymous") => Some(Who { kind: Some("anonymous"), ..Who::default() }),
            _ => None,
        },
    }
}

fn thing(object: &Object) -> Thing {
    let kind = text(object, "objectType").unwrap_or_default().to_owned();
    let name = text(object, "name").map(|name| match name.rsplit_once(':') {
        // Synchronised groups have the id of their directory behind their name.
        Some((group, directory)) if kind.eq_ignore_ascii_case("group") && directory.len() == 36 => group.to_owned(),
        _ => name.to_owned(),
    });
    Thing { kind, id: id(object, "id").or_else(|| id(object, "key")), name }
}
