//! The app User Activity Audit Log: what its webhook sends.

use serde_json::Value;

use super::{Entry, Thing, Who, told};
use crate::catalog::entities;
use crate::source::formats::Reading;
use crate::source::jira::json::{Object, id, instant, text};
use crate::source::jira::{Mapped, changelog};
use crate::source::{digest, words};

pub(in crate::source) fn is(record: &Object) -> bool {
    record.contains_key("actionType") && record.contains_key("target")
}

/// Reads a delivery. The app says `target` for what changed: a thing, such as a comment, or a field of the issue.
pub(in crate::source) fn read(record: &Object, reading: &mut Reading<'_>) -> Result<Mapped, String> {
    let action = text(record, "actionType").ok_or("it has no actionType")?;
    let target = text(record, "target").unwrap_or_default();
    let created = record.get("createdAt").unwrap_or(&Value::Null);
    let when = match (instant(created), created) {
        (Ok(time), _) => crate::source::dates::Moment::exact(time),
        (Err(_), Value::String(text)) => reading.dates.read(text).map_err(|reason| format!("createdAt: {reason}"))?,
        (Err(reason), _) => return Err(format!("createdAt: {reason}")),
    };
    let (from, to) = (id(record, "changedFrom"), id(record, "changedTo"));
    let key = text(record, "issueKey").map(str::to_owned);
    let said = |noun: &str| words::of_audit(&format!("{} {}", noun.replace('_', " "), action.replace('_', " ")), Some(noun));
    // `status` is a field where it is one of an issue, and a thing of the site otherwise.
    let of_issue = |noun: &&str| key.is_none() || entities::entity(noun).is_some_and(|entity| entity.of_issue);
    let thing = words::entity_named(&target.to_lowercase().replace('_', " ")).filter(of_issue);
    let alone = words::of_audit(&action.replace('_', " "), Some(target));
    // `ISSUE_UPDATED` with the field as its target, or `UPDATED` with the thing.
    let (what, field) = match thing {
        Some(noun) => (said(noun), None),
        None if alone.action != "changed" && words::entity_named(&alone.entity).is_some() => {
            let field = (!target.is_empty() && alone.entity == "issue").then(|| target.to_owned());
            (alone, field)
        }
        None if key.is_some() => (said("issue"), (!target.is_empty()).then(|| target.to_owned())),
        None => (said(target), None),
    };
    let who = text(record, "accountId").map(|account| Who {
        id: Some(account.to_owned()),
        name: text(record, "accountName").map(str::to_owned),
        ..Who::default()
    });
    let number = id(record, "objectId");
    let is_words = matches!(what.entity.as_ref(), "comment" | "worklog");
    let words = is_words.then(|| to.clone().or_else(|| from.clone())).flatten();
    let name = if what.entity == "issue" { text(record, "summary") } else { None };
    let entry = Entry {
        id: format!("app:{}", digest::of_value(&Value::Object(stable(record)))),
        product: "jira",
        when,
        who,
        things: vec![Thing { kind: what.entity.to_string(), id: number, name: name.map(str::to_owned) }],
        changes: Vec::new(),
        text: words,
        space: None,
        project: text(record, "projectKey").map(str::to_owned),
        address: None,
        raw: Some(Value::Object(record.clone()).to_string()),
        what,
    };
    let mut mapped = told(&entry, reading.site);
    for event in &mut mapped.events {
        event.row.issue_key.clone_from(&key);
        event.row.field = field.as_deref().map(|field| changelog::name_of(field, None));
        event.row.from_value.clone_from(&from);
        if !is_words {
            event.row.to_value.clone_from(&to);
        } else if event.row.action != "updated" {
            // The words of a comment stand in its text.
            event.row.from_value = None;
        }
    }
    if let (Some(key), Some(name)) = (text(record, "projectKey"), text(record, "projectName")) {
        reading.site.project(&serde_json::json!({"key": key, "name": name}));
    }
    Ok(mapped)
}

/// What does not change when the same thing is sent again: pictures move.
fn stable(record: &Object) -> Object {
    let mut record = record.clone();
    record.remove("avatar");
    record
}
