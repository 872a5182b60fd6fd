//! Deliveries of Confluence, of its apps and of Forge: they name the account that acted, and the thing by its id.

use serde_json::Value;

use super::{Told, at, push};
use crate::data::rows::EventRow;
use crate::source::digest;
use crate::source::jira::json::{Object, id, object, text};
use crate::source::jira::{Mapped, Site};

/// The nouns of Confluence's deliveries, and the names under which each stands in them.
pub(super) const THINGS: &[(&str, &[&str])] = &[
    ("label", &["label"]),
    ("comment", &["comment"]),
    ("attachment", &["attachments", "attachment"]),
    ("page", &["page", "content"]),
    ("blog post", &["blog", "blogPost", "blogpost", "content"]),
    ("space permission", &["space"]),
    ("restriction", &["content", "page", "blog"]),
    ("whiteboard", &["whiteboard", "content"]),
    ("database", &["database", "content"]),
    ("folder", &["folder", "content"]),
    ("reaction", &["relation", "relationData", "content"]),
    ("space", &["space"]),
    ("group", &["group", "groupName"]),
    ("user", &["user", "userProfile"]),
];

pub(super) fn is(body: &Object, name: &str) -> bool {
    if body.contains_key("webhookEvent") {
        return false;
    }
    name.starts_with("avi:confluence") || !name.starts_with("avi:") && !name.starts_with("jira:")
}

/// The event, of a delivery whose thing tells what it is and whose name is kept nowhere: none but what trash says.
pub(super) fn name(body: &Object) -> Option<String> {
    text(body, "eventName").or_else(|| text(body, "webhookName")).map(str::to_owned)
}

pub(super) fn read(told: &Told<'_>, site: &mut Site, mapped: &mut Mapped) -> Result<(), String> {
    let names = THINGS.iter().find(|(noun, _)| *noun == told.what.entity).map_or(&[][..], |(_, names)| names);
    let things: Vec<&Value> = match names.iter().find_map(|name| told.body.get(*name).filter(|thing| !thing.is_null())) {
        Some(Value::Array(things)) => things.iter().collect(),
        Some(thing) => vec![thing],
        None => Vec::new(),
    };
    if things.is_empty() {
        let row = event(told, None, site)?;
        push(mapped, row);
    }
    for thing in things {
        let row = event(told, Some(thing), site)?;
        push(mapped, row);
    }
    Ok(())
}

fn event(told: &Told<'_>, thing: Option<&Value>, site: &mut Site) -> Result<EventRow, String> {
    let fields = thing.and_then(Value::as_object);
    let number = fields.and_then(|f| ["id", "accountId", "userKey", "key", "name"].into_iter().find_map(|name| id(f, name)));
    let name = match thing {
        Some(Value::String(name)) => Some(name.clone()),
        _ => fields
            .and_then(|f| {
                ["title", "fileName", "filename", "name", "displayName", "fullName", "key"].into_iter().find_map(|n| text(f, n))
            })
            .map(str::to_owned),
    };
    // A comment tells its page, a page its space.
    let space = [fields, object(told.body, "page"), object(told.body, "content"), object(told.body, "space"), Some(told.body)];
    let space = space.into_iter().flatten().find_map(|of| {
        let key = text(of, "spaceKey").or_else(|| object(of, "space").and_then(|space| text(space, "key")));
        key.or_else(|| (told.what.entity.starts_with("space")).then(|| text(of, "key")).flatten())
    });
    let identity = number.clone().or_else(|| name.clone()).unwrap_or_else(|| {
        // The thing is not told: the delivery stands for itself.
        digest::of_value(&Value::Object(told.body.clone()))
    });
    let mut row = EventRow {
        event_id: format!("confluence:{}:{identity}:{}:{}", told.what.entity, told.what.action, told.stamp()),
        product: Some("confluence".into()),
        entity: told.what.entity.to_string(),
        action: told.what.action.to_string(),
        space: space.map(str::to_owned),
        entity_id: number,
        entity_name: name,
        ..at(told.time()?, EventRow::default())
    };
    row.text =
        fields.and_then(|f| text(f, "body").or_else(|| text(object(object(f, "body")?, "storage")?, "value"))).map(str::to_owned);
    told.act(&mut row, site);
    Ok(row)
}
