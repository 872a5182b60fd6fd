//! Deliveries about things of the site: projects, versions, sprints, boards, accounts and so on.

use serde_json::Value;

use super::{HEARSAY, Told, at};
use crate::data::rows::EventRow;
use crate::source::digest;
use crate::source::jira::json::{Object, id, object, text};
use crate::source::jira::{Event, Mapped, Site};

/// What surrounds the thing in a delivery.
const AROUND: &[&str] = &["issue", "changelog", "matchedWebhookIds", "oldValue", "mergedTo", "mergedVersion"];

pub(super) fn read(told: &Told<'_>, site: &mut Site, mapped: &mut Mapped) -> Result<(), String> {
    let thing = thing(told);
    let number = thing.and_then(|t| ["id", "accountId", "key", "name"].into_iter().find_map(|name| id(t, name)));
    let name = thing.and_then(|t| ["name", "displayName", "title", "key"].into_iter().find_map(|name| text(t, name)));
    let identity = number.clone().unwrap_or_else(|| digest::of_value(&Value::Object(told.body.clone())));
    let entity = told.what.entity.as_ref();
    let mut row = EventRow {
        event_id: format!("jira:{entity}:{identity}:{}:{}", told.what.action, told.stamp()),
        product: Some("jira".into()),
        entity: entity.to_owned(),
        action: told.what.action.to_string(),
        entity_id: number.clone(),
        entity_name: name.map(str::to_owned),
        ..at(told.time()?, EventRow::default())
    };
    told.act(&mut row, site);
    let mut project_id = None;
    if let Some(thing) = thing {
        let deleted = matches!(told.what.action.as_ref(), "deleted" | "trashed");
        let value = Value::Object(thing.clone());
        match entity {
            "user" => {
                // The account that it is about; who did it is not told.
                row.entity_id = site.person(&value).map(|person| person.id).or(number);
            }
            "project" => {
                row.project = text(thing, "key").map(str::to_owned);
                if let Some(lead) = thing.get("projectLead") {
                    site.person(lead);
                }
                if !deleted {
                    site.project(&value);
                }
            }
            "version" => {
                project_id = id(thing, "projectId");
                if !deleted && site.version(&value, text(thing, "project")).is_some() {
                    site.of_project("versions", thing);
                }
                let merged = object(told.body, "mergedTo").or_else(|| object(told.body, "mergedVersion"));
                row.to_value = merged.and_then(|m| text(m, "name")).map(str::to_owned);
                row.to_id = merged.and_then(|m| id(m, "id"));
            }
            "sprint" if !deleted => drop(site.sprint(&value)),
            "issue type" if !deleted => drop(site.issue_type(&value, false)),
            "feature" => {
                row.entity_id = text(thing, "key").map(str::to_owned).or(number);
                row.to_value =
                    thing.get("value").filter(|v| !v.is_null()).map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned));
            }
            _ => {}
        }
        if let Some(old) = object(told.body, "oldValue") {
            difference(old, thing, &mut row);
        }
    } else if entity == "feature" {
        row.entity_id = Some(told.name.trim_start_matches("option_").trim_end_matches("_changed").to_owned());
        row.entity_name.clone_from(&row.entity_id);
    }
    row.origin = Some("webhook".into());
    mapped.events.push(Event { row, hearsay: HEARSAY, project_id });
    Ok(())
}

/// The object that the delivery is about: by the name of the event, or the only one that there is.
fn thing<'a>(told: &Told<'a>) -> Option<&'a Object> {
    let squeezed = |name: &str| name.to_lowercase().replace([' ', '_'], "");
    let wanted = squeezed(&told.what.entity);
    let of = |name: &str| told.body.get(name).and_then(Value::as_object);
    let named = told.body.keys().find(|name| squeezed(name) == wanted).and_then(|name| of(name));
    let others = || told.body.keys().filter(|name| !AROUND.contains(&name.as_str()) && *name != "user");
    named.or_else(|| others().find_map(|name| of(name)))
}

/// The one value that an update changed.
fn difference(old: &Object, new: &Object, row: &mut EventRow) {
    let scalar = crate::source::jira::json::scalar;
    let differs = |name: &&String| old.get(*name).is_some_and(|was| new.get(*name).is_some_and(|is| is != was));
    let mut names = new.keys().filter(differs);
    if let (Some(name), None) = (names.next(), names.next()) {
        row.field = Some(name.clone());
        row.from_value = old.get(name).and_then(scalar);
        row.to_value = new.get(name).and_then(scalar);
    }
}
