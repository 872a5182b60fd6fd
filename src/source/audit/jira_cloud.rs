//! Jira Cloud: `GET /rest/api/3/auditing/record`. Jira Server's `/rest/api/2/auditing/record` looks the same.

use serde_json::Value;

use super::{Change, Entry, Thing, Who, told};
use crate::source::dates::Moment;
use crate::source::jira::json::{Object, id, instant, list, object, text};
use crate::source::jira::{Mapped, Site};
use crate::source::{digest, words};

pub(in crate::source) fn is(record: &Object) -> bool {
    let has = |name: &str| record.contains_key(name);
    has("summary") && has("created") && !has("fields") && (has("objectItem") || has("eventSource") || has("category"))
}

/// Reads a record. Many have no author: who did it is unknown then.
pub(in crate::source) fn read(record: &Object, site: &mut Site) -> Result<Mapped, String> {
    let summary = text(record, "summary").ok_or("it has no summary")?;
    let when = instant(record.get("created").unwrap_or(&Value::Null)).map_err(|reason| format!("created: {reason}"))?;
    let item = object(record, "objectItem");
    let things: Vec<Thing> =
        item.into_iter().chain(list(record, "associatedItems").iter().filter_map(Value::as_object)).map(thing).collect();
    let account = text(record, "authorAccountId").or_else(|| text(record, "authorKey"));
    let who = account.map(|account| Who {
        id: Some(account.to_owned()),
        aliases: text(record, "authorKey").filter(|key| *key != account).map(str::to_owned).into_iter().collect(),
        ..Who::default()
    });
    let changes = list(record, "changedValues").iter().filter_map(Value::as_object).filter_map(|change| {
        Some(Change { name: text(change, "fieldName")?.to_owned(), from: id(change, "changedFrom"), to: id(change, "changedTo") })
    });
    let number = id(record, "id").unwrap_or_else(|| digest::of_value(&Value::Object(record.clone())));
    let entry = Entry {
        id: format!("jira:audit:{number}"),
        product: "jira",
        when: Moment::exact(when),
        what: words::of_audit(summary, things.first().map(|thing| thing.kind.as_str())),
        who,
        changes: changes.collect(),
        things,
        text: text(record, "description").map(str::to_owned),
        space: None,
        project: None,
        address: text(record, "remoteAddress").map(str::to_owned),
        raw: Some(Value::Object(record.clone()).to_string()),
    };
    Ok(told(&entry, site))
}

fn thing(item: &Object) -> Thing {
    Thing {
        kind: text(item, "typeName").unwrap_or_default().to_owned(),
        id: id(item, "id"),
        name: text(item, "name").map(str::to_owned),
    }
}
