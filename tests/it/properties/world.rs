//! Random small worlds: few issues and few values, so that they collide; nulls, empty lists, several events at one
//! instant, deleted issues, issues known only from their events.

use jqlx::data::rows::{CustomValue, EventRow, IssueRow, Tables, time};

use super::attached;
use super::random::Random;
use super::site::{
    CHANNELS, COMPONENTS, LABELS, LEVELS, ORGANIZATIONS, PLACES, PRIORITIES, PROJECTS, REQUESTS, RESOLUTIONS, SEVERITIES, SPRINTS,
    STATUSES, TEAMS, TOWNS, TYPES, USERS, VERSIONS, site,
};

pub const TEXTS: &[&str] = &["", "crash on login", "logins crash", "the end"];
pub const KINDS: &[&str] = &["user", "app", "automation", "unknown"];
const HOUR: i64 = 3_600_000_000;
/// 2026-03-07
const FIRST_DAY: i32 = 20_519;

/// An instant on a coarse grid, so that events fall together; it crosses a change of New York's clock.
pub fn at(step: i64) -> i64 {
    time("2026-03-07T00:00:00Z").expect("an instant") + step * 3 * HOUR
}

/// The clock of every world.
pub fn now() -> i64 {
    at(24) + HOUR
}

/// An instant of some event.
pub fn some_time(random: &mut Random) -> i64 {
    at(random.between(0, 23))
}

/// A day around the events.
pub fn some_day(random: &mut Random) -> i32 {
    FIRST_DAY + random.between(0, 4) as i32
}

/// What the events of an issue have in common.
pub fn event_of(row: &IssueRow) -> EventRow {
    EventRow {
        product: Some("jira".into()),
        project: row.project.clone(),
        issue_id: Some(row.id),
        issue_key: Some(row.key.clone()),
        entity: "issue".into(),
        ..EventRow::default()
    }
}

/// A random world.
pub fn world(random: &mut Random) -> Tables {
    let mut tables = site();
    let mut events = everlasting_changes();
    let mut issues: Vec<IssueRow> = (0..random.below(7)).map(|n| row(n, random)).collect();
    let keys: Vec<String> = issues.iter().map(|i| i.key.clone()).collect();
    for row in &mut issues {
        relate(row, &keys, random);
        history(row, &mut events, random);
        attached::things(row, &mut events, random);
    }
    attached::happenings(&issues, &mut events, random);
    attached::beside(&keys, &mut tables, random);
    // Ids follow the order in which things were made, and that of events of one instant is theirs.
    for (n, event) in events.iter_mut().enumerate() {
        event.event_id = format!("e{n:03}");
        if event.actor_kind.is_none() {
            event.actor_kind = Some(if event.actor.as_deref() == Some("cid") { "app" } else { "user" }.into());
        }
    }
    tables.events = events;
    tables.issues.push(everlasting());
    // Some issues are known only from their events.
    tables.issues.extend(issues.into_iter().filter(|_| random.chance(90)));
    tables
}

/// Each field with history changed once: of a field that never changes nothing can be asked.
fn everlasting_changes() -> Vec<EventRow> {
    let base = EventRow { time: at(0), action: "updated".into(), actor: Some("ann".into()), ..event_of(&everlasting()) };
    let change = |field: &str, from: &str, to: Option<&str>| EventRow {
        field: Some(field.into()),
        from_value: Some(from.into()),
        to_value: to.map(str::to_string),
        ..base.clone()
    };
    let severity = EventRow { field_id: Some("customfield_10001".into()), ..change("Severity", "S2", Some("S1")) };
    let weight = EventRow { field_id: Some("customfield_10004".into()), ..change("Weight", "3", Some("1")) };
    vec![severity, weight, change("labels", "x", None), change("Sprint", "Spring", None), change("Component", "web", None)]
}

/// One issue is always there, so that the columns of the custom fields are, too.
fn everlasting() -> IssueRow {
    IssueRow {
        id: 99,
        key: "PA-99".into(),
        project: Some("PA".into()),
        custom: vec![
            ("customfield_10001".into(), CustomValue::Text("S1".into())),
            ("customfield_10002".into(), CustomValue::TextList(vec!["Europe".into()])),
            ("customfield_10003".into(), CustomValue::TextList(vec!["red".into(), "10".into()])),
            ("customfield_10004".into(), CustomValue::Number(1.0)),
            ("customfield_10005".into(), CustomValue::Date(FIRST_DAY)),
            ("customfield_10006".into(), CustomValue::Text("ann".into())),
            ("customfield_10007".into(), CustomValue::Text("the crash".into())),
            ("customfield_10008".into(), CustomValue::Time(at(3))),
        ],
        ..IssueRow::default()
    }
}

fn row(n: usize, random: &mut Random) -> IssueRow {
    let project = random.pick(PROJECTS);
    let status = random.below(STATUSES.len());
    let votes = random.chance(70).then(|| random.between(0, 2));
    IssueRow {
        id: 100 + n as i64,
        // Numbers of one and of two digits.
        key: format!("{project}-{}", n * 4 + 1),
        project: Some(project.into()),
        issue_type: Some(random.pick(TYPES).into()),
        status: Some(STATUSES[status].into()),
        priority: random.maybe(70, PRIORITIES),
        resolution: random.maybe(40, RESOLUTIONS),
        assignee: random.maybe(70, USERS),
        reporter: random.maybe(70, USERS),
        creator: random.maybe(70, USERS),
        summary: Some(random.pick(TEXTS).into()),
        description: random.maybe(70, TEXTS),
        environment: random.maybe(40, TEXTS),
        created: random.chance(90).then(|| at(random.between(0, 11))),
        updated: random.chance(70).then(|| some_time(random)),
        resolved: random.chance(40).then(|| some_time(random)),
        due: random.chance(70).then(|| some_day(random)),
        labels: random.several(LABELS, 2),
        components: random.several(COMPONENTS, 2),
        fix_versions: random.several(VERSIONS, 2),
        affected_versions: random.several(VERSIONS, 2),
        sprints: random.several(SPRINTS, 2),
        rank: random.maybe(80, &["0|a:", "0|b:", "0|c:"]),
        security_level: random.maybe(40, LEVELS),
        votes,
        watchers: random.chance(70).then(|| random.between(0, 2)),
        voter_ids: random.several(USERS, 2),
        watcher_ids: random.several(USERS, 2),
        attachments: random.several(&["a.png", "b.log"], 1),
        original_estimate: random.chance(70).then(|| random.between(0, 2) * 1800),
        remaining_estimate: random.chance(50).then(|| random.between(0, 2) * 1800),
        time_spent: random.chance(70).then(|| random.between(0, 3) * 1500),
        story_points: random.chance(70).then(|| random.pick(&[0.0, 1.0, 2.5])),
        status_category_changed: random.chance(50).then(|| some_time(random)),
        last_viewed: random.chance(50).then(|| some_time(random)),
        organizations: random.several(ORGANIZATIONS, 2),
        request_type: random.maybe(40, REQUESTS),
        request_channel: random.maybe(40, CHANNELS),
        request_last_activity: random.chance(40).then(|| some_time(random)),
        change_gating: random.maybe(30, &["tracked-only"]),
        pull_requests: random.chance(50).then(|| random.between(0, 2)),
        pull_requests_open: random.chance(50).then(|| random.between(0, 1)),
        commits: random.chance(50).then(|| random.between(0, 2)),
        reviews: random.chance(50).then(|| random.between(0, 2)),
        reviews_open: random.chance(50).then(|| random.between(0, 1)),
        builds_failing: random.chance(50).then(|| random.between(0, 1)),
        custom: custom(random),
        ..IssueRow::default()
    }
}

fn custom(random: &mut Random) -> Vec<(String, CustomValue)> {
    let mut out = Vec::new();
    let mut put = |id: &str, value: Option<CustomValue>| out.extend(value.map(|v| (id.to_string(), v)));
    put("customfield_10001", random.maybe(70, SEVERITIES).map(CustomValue::Text));
    let mut place: Vec<String> = random.maybe(70, PLACES).into_iter().collect();
    if !place.is_empty() {
        place.extend(random.maybe(60, TOWNS));
    }
    put("customfield_10002", Some(CustomValue::TextList(place)));
    put("customfield_10003", Some(CustomValue::TextList(random.several(TEAMS, 2))));
    put("customfield_10004", random.chance(70).then(|| CustomValue::Number(random.pick(&[0.0, 1.5, 3.0]))));
    put("customfield_10005", random.chance(70).then(|| CustomValue::Date(some_day(random))));
    put("customfield_10006", random.maybe(70, USERS).map(CustomValue::Text));
    put("customfield_10007", random.maybe(70, TEXTS).map(CustomValue::Text));
    put("customfield_10008", random.chance(70).then(|| CustomValue::Time(some_time(random))));
    out
}

/// Parents and epics are issues of the same world, or of none.
fn relate(row: &mut IssueRow, keys: &[String], random: &mut Random) {
    let mut other = |percent: usize| {
        let key = if random.chance(10) { "PZ-7".to_string() } else { keys[random.below(keys.len())].clone() };
        (random.chance(percent) && key != row.key).then_some(key)
    };
    row.parent = other(50);
    row.epic = other(30);
}

/// What happened to the issue's own fields: the changes are made on the row, so that it is what history leads to.
fn history(row: &mut IssueRow, events: &mut Vec<EventRow>, random: &mut Random) {
    if let Some(created) = row.created {
        let actor = row.creator.clone();
        events.push(EventRow { time: created, action: "created".into(), actor, ..event_of(row) });
    }
    let mut steps: Vec<i64> = (0..random.below(7)).map(|_| random.between(0, 23)).collect();
    steps.sort_unstable();
    for step in steps {
        events.extend(change(step, row, random));
    }
    if random.chance(15) {
        let time = at(random.between(12, 23));
        row.deleted_at = Some(time);
        events.push(EventRow { time, action: "deleted".into(), actor: random.maybe(70, USERS), ..event_of(row) });
    }
}

/// Changes one field of the row and gives the event; none where nothing changes.
fn change(step: i64, row: &mut IssueRow, random: &mut Random) -> Option<EventRow> {
    let mut event = EventRow {
        time: at(step).max(row.created.unwrap_or(i64::MIN)),
        action: "updated".into(),
        actor: random.maybe(70, USERS),
        change_id: Some(format!("c{step}")),
        ..event_of(row)
    };
    let field = random.pick(&[
        "status",
        "status",
        "assignee",
        "priority",
        "reporter",
        "resolution",
        "Severity",
        "Weight",
        "fixVersion",
        "fixVersion",
        "labels",
        "labels",
        "Sprint",
        "Component",
    ]);
    event.field = Some(field.into());
    let single = match field {
        "status" => Some((&mut row.status, Some(random.pick(STATUSES).to_string()))),
        "assignee" => Some((&mut row.assignee, random.maybe(80, USERS))),
        "reporter" => Some((&mut row.reporter, random.maybe(80, USERS))),
        // One that the site no longer has.
        "priority" if random.chance(10) => Some((&mut row.priority, Some("Ancient".to_string()))),
        "priority" => Some((&mut row.priority, random.maybe(80, PRIORITIES))),
        "resolution" => Some((&mut row.resolution, random.maybe(60, RESOLUTIONS))),
        _ => None,
    };
    if let Some((slot, to)) = single {
        return set(slot, to, event);
    }
    let (list, of) = match field {
        "Severity" => {
            event.field_id = Some("customfield_10001".into());
            let mut slot =
                row.custom.iter().position(|(id, _)| id == "customfield_10001").map(|at| match row.custom.remove(at).1 {
                    CustomValue::Text(t) => t,
                    other => panic!("{other:?} is no severity"),
                });
            let event = set(&mut slot, random.maybe(80, SEVERITIES), event);
            row.custom.extend(slot.map(|s| ("customfield_10001".to_string(), CustomValue::Text(s))));
            return event;
        }
        "Weight" => {
            event.field_id = Some("customfield_10004".into());
            let mut slot =
                row.custom.iter().position(|(id, _)| id == "customfield_10004").map(|at| match row.custom.remove(at).1 {
                    CustomValue::Number(n) => n.to_string(),
                    other => panic!("{other:?} is no weight"),
                });
            let event = set(&mut slot, random.maybe(80, &["0", "1.5", "3"]), event);
            let weight = slot.map(|w| CustomValue::Number(w.parse().expect("a number")));
            row.custom.extend(weight.map(|w| ("customfield_10004".to_string(), w)));
            return event;
        }
        "fixVersion" => (&mut row.fix_versions, VERSIONS),
        "labels" => (&mut row.labels, LABELS),
        "Sprint" => (&mut row.sprints, SPRINTS),
        _ => (&mut row.components, COMPONENTS),
    };
    let element = random.pick(of).to_string();
    match list.iter().position(|v| *v == element) {
        Some(place) => {
            list.remove(place);
            event.from_value = Some(element);
        }
        None => {
            list.push(element.clone());
            event.to_value = Some(element);
        }
    }
    Some(event)
}

fn set(slot: &mut Option<String>, to: Option<String>, event: EventRow) -> Option<EventRow> {
    let from = std::mem::replace(slot, to.clone());
    (from != to).then_some(EventRow { from_value: from, to_value: to, ..event })
}
