//! The organisation: `GET /admin/v1/orgs/{orgId}/events`.

use serde_json::Value;

use super::{Change, Entry, Thing, Who, told};
use crate::source::dates::Moment;
use crate::source::jira::json::{Object, id, instant, list, object, text};
use crate::source::jira::{Mapped, Site};
use crate::source::{digest, words};

pub(in crate::source) fn is(record: &Object) -> bool {
    object(record, "attributes").is_some_and(|attributes| attributes.contains_key("action") && attributes.contains_key("time"))
}

pub(in crate::source) fn read(record: &Object, site: &mut Site) -> Result<Mapped, String> {
    let attributes = object(record, "attributes").ok_or("it has no attributes")?;
    let action = text(attributes, "action").ok_or("it has no action")?;
    let when = instant(attributes.get("time").unwrap_or(&Value::Null)).map_err(|reason| format!("time: {reason}"))?;
    let all = |name: &str| list(attributes, name).iter().filter_map(Value::as_object).map(thing).collect::<Vec<_>>();
    let (mut things, containers) = (all("context"), all("container"));
    let product = product_of(action, containers.iter().chain(&things));
    things.extend(containers);
    let number = id(record, "id").unwrap_or_else(|| digest::of_value(&Value::Object(record.clone())));
    let location = object(attributes, "location");
    let message = attributes.get("message").and_then(|message| match message {
        Value::String(text) => Some(text.clone()),
        Value::Object(message) => text(message, "content").map(str::to_owned),
        _ => None,
    });
    let entry = Entry {
        id: format!("admin:event:{number}"),
        product,
        when: Moment::exact(when),
        what: words::of_organization(action),
        who: object(attributes, "actor").and_then(who),
        things,
        changes: changes(attributes),
        text: message.filter(|text| !text.is_empty()),
        space: None,
        project: None,
        address: location.and_then(|location| text(location, "ip")).map(str::to_owned),
        raw: Some(Value::Object(record.clone()).to_string()),
    };
    Ok(told(&entry, site))
}

/// The product that the action or what surrounds it names; the administration itself otherwise.
pub(in crate::source) fn product_of<'a>(action: &str, things: impl Iterator<Item = &'a Thing>) -> &'static str {
    let action = action.to_lowercase();
    if action.starts_with("jira_") {
        return "jira";
    }
    if action.starts_with("confluence_") {
        return "confluence";
    }
    for thing in things {
        let kind = thing.kind.to_lowercase();
        if kind.contains("jira") {
            return "jira";
        }
        if kind.contains("confluence") {
            return "confluence";
        }
    }
    "admin"
}

fn who(actor: &Object) -> Option<Who> {
    let kind = match text(actor, "type").unwrap_or_default().to_lowercase().as_str() {
        "app" | "application" | "bot" => "app",
        "system" => "system",
        _ => "user",
    };
    let account = id(actor, "id").or_else(|| text(actor, "email").map(str::to_owned));
    (account.is_some() || kind == "system").then(|| Who {
        id: account,
        name: text(actor, "name").map(str::to_owned),
        email: text(actor, "email").map(str::to_owned),
        aliases: Vec::new(),
        kind: Some(kind),
    })
}

fn thing(item: &Object) -> Thing {
    let of = |name: &str| object(item, "attributes").and_then(|attributes| text(attributes, name)).or_else(|| text(item, name));
    let kind = text(item, "type").unwrap_or_default();
    // `users`, `groups`, `policies`: types of JSON:API are plural.
    Thing {
        kind: kind.to_owned(),
        id: id(item, "id"),
        name: ["name", "displayName", "title", "siteName", "hostName", "email", "key"].into_iter().find_map(of).map(str::to_owned),
    }
}

/// Values before and after, where an action has such.
fn changes(attributes: &Object) -> Vec<Change> {
    let listed = list(attributes, "changes").iter().chain(list(attributes, "changedValues")).filter_map(Value::as_object);
    listed
        .filter_map(|change| {
            let name = text(change, "name").or_else(|| text(change, "field")).or_else(|| text(change, "key"))?;
            let side = |names: [&str; 3]| names.into_iter().find_map(|name| id(change, name));
            Some(Change {
                name: name.to_owned(),
                from: side(["from", "oldValue", "before"]),
                to: side(["to", "newValue", "after"]),
            })
        })
        .collect()
}
