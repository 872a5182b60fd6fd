//! What hangs on the issues of a random world: comments and work logs with what became of them, links, properties.

use jqlx::data::rows::{EventRow, IssueRow, LinkRow, PropertyRow, RemoteLinkRow, Tables};

use super::random::Random;
use super::site::{LINKS, USERS};
use super::world::{KINDS, TEXTS, at, event_of, some_time};

/// Days that work was logged on, and one that is none.
const DAYS: &[&str] = &["2026-03-07", "2026-03-08", "2026-03-10", "soon"];

/// Keys of properties, names within, values.
const PROPERTIES: &[(&str, Option<&str>, &[&str])] =
    &[("build", Some("state"), &["ok", "bad"]), ("build", Some("tags.name"), &["x", "X"]), ("volume", None, &["1", "2.5", "big"])];

/// Comments and work logs of an issue: each is made, perhaps edited, perhaps deleted, often at one instant.
pub fn things(row: &IssueRow, events: &mut Vec<EventRow>, random: &mut Random) {
    for n in 0..random.below(4) {
        let entity = random.pick(&["comment", "comment", "worklog"]);
        // Ids of comments and of work logs may be equal; some things have none.
        let id = random.chance(90).then(|| format!("{}{n}", row.id));
        let mut step = random.between(0, 20);
        let day = (entity == "worklog").then(|| random.pick(DAYS).to_string());
        let mut event = EventRow {
            entity: entity.into(),
            entity_id: id,
            entity_name: day,
            text: random.maybe(80, TEXTS),
            actor: random.maybe(80, USERS),
            time: at(step),
            action: "created".into(),
            ..event_of(row)
        };
        // Of some things the making is not known.
        if random.chance(90) {
            events.push(event.clone());
        }
        for _ in 0..random.below(3) {
            step += random.between(0, 1);
            event = EventRow {
                action: "updated".into(),
                actor: random.maybe(80, USERS),
                text: random.maybe(80, TEXTS),
                time: at(step),
                entity_name: event.entity_name.as_ref().map(|_| random.pick(DAYS).to_string()),
                ..event
            };
            events.push(event.clone());
        }
        if random.chance(25) {
            let time = at(step + random.between(0, 1));
            events.push(EventRow { action: "deleted".into(), actor: random.maybe(80, USERS), time, ..event });
        }
    }
}

/// Events of all kinds, of issues and of nothing.
pub fn happenings(issues: &[IssueRow], events: &mut Vec<EventRow>, random: &mut Random) {
    let kinds =
        [("attachment", "added"), ("page", "viewed"), ("project", "updated"), ("user", "deactivated"), ("comment", "created")];
    for _ in 0..random.below(8) {
        let (entity, action) = random.pick(&kinds);
        let base = if !issues.is_empty() && random.chance(70) {
            event_of(&issues[random.below(issues.len())])
        } else {
            EventRow { product: Some(random.pick(&["jira", "confluence"]).into()), ..EventRow::default() }
        };
        events.push(EventRow {
            time: some_time(random),
            entity: entity.into(),
            action: action.into(),
            actor: random.maybe(70, USERS),
            actor_kind: Some(random.pick(KINDS).into()),
            text: random.maybe(70, TEXTS),
            ..base
        });
    }
}

/// Links, remote links and properties.
pub fn beside(keys: &[String], tables: &mut Tables, random: &mut Random) {
    let known: Vec<&str> = keys.iter().map(String::as_str).chain(["PA-99", "PZ-7"]).collect();
    for _ in 0..random.below(6) {
        let (name, outward, inward) = random.pick(LINKS);
        tables.links.push(LinkRow {
            source: random.pick(&known).into(),
            target: random.pick(&known).into(),
            link_type: name.into(),
            direction: Some(random.pick(&["outward", "inward"]).into()),
            outward: Some(outward.into()),
            inward: Some(inward.into()),
            id: None,
        });
    }
    // One of each is always there: a type without links is none, and an empty side table is an absent one.
    for (name, outward, inward) in LINKS {
        tables.links.push(LinkRow {
            source: "PA-99".into(),
            target: "PA-1".into(),
            link_type: (*name).into(),
            direction: Some("outward".into()),
            outward: Some((*outward).into()),
            inward: Some((*inward).into()),
            id: None,
        });
    }
    for n in 0..=random.below(4) {
        let issue = if n == 0 { "PA-99" } else { random.pick(&known) };
        let global_id = random.maybe(80, &["g1", "g2"]);
        tables.remote_links.push(RemoteLinkRow { issue: issue.into(), global_id, ..RemoteLinkRow::default() });
    }
    for n in 0..=random.below(8) {
        let issue = if n == 0 { "PA-99" } else { random.pick(&known) };
        let (property, path, values) = random.pick(PROPERTIES);
        tables.properties.push(PropertyRow {
            issue: issue.into(),
            property: property.into(),
            path: path.map(str::to_string),
            value: random.maybe(90, values),
        });
    }
}
