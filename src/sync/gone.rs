//! What is no longer there, as events: somebody deleted it, between two looks at it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use super::Gone;
use super::api::{self, Api};
use super::complete;
use super::known::{self, Issue, Thing};
use crate::data::rows::EventRow;
use crate::error::Error;
use crate::source::jira::live;
use crate::store::Store;

/// The lists in which an issue's things are.
const LISTS: &[(&str, &str, Option<&str>)] =
    &[("comment", "comment", Some("comments")), ("worklog", "worklog", Some("worklogs")), ("attachment", "attachment", None)];

/// Deleted things.
#[derive(Default)]
pub(super) struct Found {
    pub(super) events: Vec<EventRow>,
    pub(super) counts: Gone,
}

/// What an issue has of things, as it came.
pub(super) struct Present {
    pub(super) issue: i64,
    key: String,
    /// Noun and ids, where the issue came with a whole list of them.
    ids: Vec<(&'static str, BTreeSet<String>)>,
    /// Texts of comments whose deletion the change log tells, with how often.
    told: BTreeMap<String, usize>,
}

impl Present {
    pub(super) fn of(record: &Value) -> Option<Self> {
        let fields = &record["fields"];
        // Of a list that was cut short, what is missing may well be there.
        let list = |field: &str, values: Option<&str>| match values {
            Some(values) => fields[field][values].as_array().filter(|_| complete::is_whole(&fields[field], values)),
            None => fields[field].as_array(),
        };
        let ids = LISTS.iter().filter_map(|(noun, field, values)| {
            let list = list(field, *values)?;
            Some((*noun, list.iter().filter_map(|thing| text(&thing["id"])).collect()))
        });
        let ids = ids.collect();
        let mut told: BTreeMap<String, usize> = BTreeMap::new();
        let histories = record["changelog"]["histories"].as_array().into_iter().flatten();
        for item in histories.flat_map(|history| history["items"].as_array().into_iter().flatten()) {
            let is_comment = item["field"].as_str().is_some_and(|field| field.eq_ignore_ascii_case("comment"));
            let side = |names: [&str; 2]| names.into_iter().find_map(|name| text(&item[name]));
            if let (true, Some(before), None) = (is_comment, side(["from", "fromString"]), side(["to", "toString"])) {
                *told.entry(before.trim().to_owned()).or_default() += 1;
            }
        }
        Some(Self { issue: api::id(record)?, key: record["key"].as_str()?.to_owned(), ids, told })
    }
}

fn text(value: &Value) -> Option<String> {
    let text = value.as_str().map(str::to_owned).or_else(|| value.as_i64().map(|n| n.to_string()));
    text.filter(|text| !text.is_empty())
}

/// Things that the store knows, and that issues came without.
pub(super) async fn things(api: &Api, store: &Store, present: &[Present], now: i64) -> Result<Found, Error> {
    let ids: Vec<i64> = present.iter().map(|present| present.issue).collect();
    let mut found = Found::default();
    if ids.is_empty() {
        return Ok(found);
    }
    let (mut known, issues) = (known::things(store, &ids).await?, known::issues(store, &ids).await?);
    for of in present {
        let (Some(things), Some(issue)) = (known.remove(&of.issue), issues.get(&of.issue)) else { continue };
        let mut told = of.told.clone();
        for ((noun, id), thing) in things.by_id {
            let is_missing = of.ids.iter().any(|(list, ids)| *list == noun && !ids.contains(&id));
            if !is_missing {
                continue;
            }
            // A change log that tells a comment's deletion tells its text, and not its id.
            let by_text = thing.text.as_deref().map(str::trim).and_then(|text| told.get_mut(text)).filter(|n| **n > 0);
            if let (true, Some(times)) = (noun == "comment", by_text) {
                *times -= 1;
                continue;
            }
            if thing.is_deleted || api.is_there(&address(&noun, of.issue, &id)).await? {
                continue;
            }
            match noun.as_str() {
                "comment" => found.counts.comments += 1,
                "worklog" => found.counts.worklogs += 1,
                _ => found.counts.attachments += 1,
            }
            let issue = Issue { key: of.key.clone(), ..issue.clone() };
            found.events.push(deleted(&noun, &id, of.issue, &issue, &thing, now));
        }
    }
    Ok(found)
}

/// Where a thing is, below the platform's path.
fn address(noun: &str, issue: i64, id: &str) -> String {
    let id = crate::source::rest::segment(id);
    match noun {
        "attachment" => format!("attachment/{id}"),
        noun => format!("issue/{issue}/{noun}/{id}"),
    }
}

fn deleted(noun: &str, id: &str, number: i64, issue: &Issue, thing: &Thing, now: i64) -> EventRow {
    // It was there when the issue was last fetched, which is not before the update that was fetched.
    let after = issue.updated.unwrap_or(thing.last).max(thing.last);
    let from = match noun {
        "attachment" => thing.name.clone(),
        "worklog" => thing.value.clone(),
        _ => None,
    };
    EventRow {
        event_id: live::deletion(noun, Some(number), id),
        entity: noun.to_owned(),
        entity_id: Some(id.to_owned()),
        entity_name: thing.name.clone(),
        from_value: from,
        text: thing.text.clone(),
        ..base(Some(number), Some(issue), after, now)
    }
}

/// Deleted issues.
pub(super) fn issue(id: i64, issue: &Issue, scanned: Option<i64>, now: i64) -> EventRow {
    let after = scanned.max(issue.updated).unwrap_or_default();
    EventRow {
        event_id: live::deletion("issue", None, &id.to_string()),
        entity: "issue".to_owned(),
        ..base(Some(id), Some(issue), after, now)
    }
}

fn base(number: Option<i64>, issue: Option<&Issue>, after: i64, now: i64) -> EventRow {
    EventRow {
        time: now,
        time_after: Some(after.min(now)),
        product: Some("jira".into()),
        action: "deleted".into(),
        actor_kind: Some("unknown".into()),
        actor_basis: Some("unknown".into()),
        project: issue.and_then(|issue| issue.key.rsplit_once('-')).map(|(project, _)| project.to_owned()),
        issue_id: number,
        issue_key: issue.map(|issue| issue.key.clone()),
        origin: Some("snapshot".into()),
        ..EventRow::default()
    }
}

/// Ids that are looked up at once.
const IDS: usize = 1000;

/// Deletions of work logs, of which the site tells id and time in milliseconds.
pub(super) async fn worklogs(store: Option<&Store>, deletions: &[(String, i64)]) -> Result<Found, Error> {
    let mut found = Found::default();
    for some in deletions.chunks(IDS) {
        let ids: Vec<String> = some.iter().map(|(id, _)| id.clone()).collect();
        let (mut known, mut issues) = (HashMap::new(), HashMap::new());
        if let Some(store) = store {
            known = known::worklogs(store, &ids).await?;
            let of: BTreeSet<i64> = known.values().map(|(issue, _)| *issue).collect();
            issues = known::issues(store, &of.into_iter().collect::<Vec<_>>()).await?;
        }
        for (id, time) in some {
            let (number, thing) = known.remove(id).map_or((None, Thing::default()), |(issue, thing)| (Some(issue), thing));
            found.counts.worklogs += u64::from(!thing.is_deleted);
            found.events.push(told_deletion(id, time.saturating_mul(1000), number, issues.get(&number.unwrap_or_default()), thing));
        }
    }
    Ok(found)
}

fn told_deletion(id: &str, time: i64, number: Option<i64>, issue: Option<&Issue>, thing: Thing) -> EventRow {
    EventRow {
        time_after: None,
        event_id: live::deletion("worklog", number, id),
        entity: "worklog".to_owned(),
        entity_id: Some(id.to_owned()),
        entity_name: thing.name,
        from_value: thing.value,
        text: thing.text,
        origin: Some("worklog".into()),
        ..base(number, issue, time, time)
    }
}
