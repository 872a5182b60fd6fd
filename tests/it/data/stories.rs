//! The eighteen questions of an auditor have the answers in the demo that its stories tell, found here without the engine.
//!
//! Where a question is asked of the two projects of the stories, other matches in the rest of the demo are left out.

use std::collections::{BTreeMap, BTreeSet};

use jqlx::data::demo::{NOW, demo};
use jqlx::data::rows::{EventRow, Tables, time};

const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

struct Demo(Tables);

impl Demo {
    fn of<'a>(&'a self, entity: &'a str, action: &'a str) -> impl Iterator<Item = &'a EventRow> {
        self.0.events.iter().filter(move |e| e.entity == entity && e.action == action)
    }

    fn changes<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a EventRow> {
        self.0.events.iter().filter(move |e| e.field.as_deref() == Some(field))
    }

    /// What a field of the event's issue held just before the event.
    fn held(&self, event: &EventRow, field: &str, present: Option<String>) -> Option<String> {
        let mine = || self.changes(field).filter(|c| c.issue_id == event.issue_id);
        let before = |c: &&EventRow| (c.time, &c.event_id) < (event.time, &event.event_id);
        match mine().filter(before).last() {
            Some(last) => last.to_value.clone(),
            None => mine().next().map_or(present, |first| first.from_value.clone()),
        }
    }

    fn issue(&self, event: &EventRow) -> &jqlx::data::rows::IssueRow {
        self.0.issues.iter().find(|i| Some(i.id) == event.issue_id).expect("an issue")
    }

    fn made(&self, event: &EventRow) -> Option<&EventRow> {
        let is_it = |c: &&EventRow| c.action == "created" && c.entity == event.entity && c.entity_id == event.entity_id;
        self.0.events.iter().find(is_it).filter(|made| made.entity_id.is_some())
    }
}

fn in_stories(event: &EventRow) -> bool {
    matches!(event.project.as_deref(), Some("FIN" | "CHG"))
}

fn ids<'a>(events: impl IntoIterator<Item = &'a EventRow>) -> Vec<&'a str> {
    events.into_iter().map(|e| e.event_id.as_str()).collect()
}

fn at(text: &str) -> i64 {
    time(text).expect("an instant")
}

#[test]
fn q01_many_deletions_in_a_short_time() {
    let demo = Demo(demo());
    let mut by: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for event in demo.of("issue", "deleted").chain(demo.of("page", "deleted")) {
        by.entry(event.actor.as_deref().unwrap_or_default()).or_default().push(event.time);
    }
    let most = |within: i64, times: &[i64]| {
        let until = |from: &i64| times.iter().filter(|t| (*from..=from + within).contains(t)).count();
        times.iter().map(until).max().unwrap_or_default()
    };
    let found: Vec<_> = by.iter().filter(|(_, times)| most(10 * MINUTE, times) >= 20).map(|(who, _)| *who).collect();
    assert_eq!(found, ["yuri"]);
    let found: Vec<_> = by.iter().map(|(who, times)| (*who, most(10 * MINUTE, times))).filter(|(_, n)| *n > 5).collect();
    assert_eq!(found, [("mallory", 8), ("vera", 16), ("walt", 19), ("yuri", 20)]);
}

#[test]
fn q02_rights_that_are_used_on_a_scheme() {
    let demo = Demo(demo());
    let is_admin = |e: &&EventRow| e.to_value.as_deref().is_some_and(|to| to.to_lowercase().contains("administ"));
    let grants = demo.of("group membership", "added").chain(demo.of("project role", "added"));
    let grants = grants.chain(demo.of("global permission", "granted")).filter(is_admin);
    let mut found = Vec::new();
    for grant in grants {
        let used = |e: &&EventRow| e.actor == grant.entity_id && e.time > grant.time && e.time <= grant.time + DAY;
        found.extend(demo.of("permission scheme", "updated").filter(used).map(|e| (&*grant.event_id, &*e.event_id)));
    }
    assert_eq!(found, [("demo:x02-01", "demo:x02-02"), ("demo:x02-05", "demo:x02-06"), ("demo:x02-07", "demo:x02-08")]);
}

#[test]
fn q03_bounces() {
    let demo = Demo(demo());
    let mut by: BTreeMap<(&str, &str, &str), Vec<i64>> = BTreeMap::new();
    for event in demo.changes("status").filter(|e| in_stories(e)) {
        let values = (event.from_value.as_deref().unwrap_or_default(), event.to_value.as_deref().unwrap_or_default());
        by.entry((event.issue_key.as_deref().unwrap_or_default(), values.0, values.1)).or_default().push(event.time);
    }
    let often = |times: &[i64]| times.windows(3).any(|w| w[2] - w[0] <= 7 * DAY);
    let found: Vec<_> = by.iter().filter(|(_, times)| often(times)).map(|(key, _)| *key).collect();
    assert_eq!(found, [("FIN-1", "In Progress", "In Review"), ("FIN-1", "In Review", "In Progress")]);
}

#[test]
fn q04_comments_that_others_deleted() {
    let demo = Demo(demo());
    let by_others = |e: &&EventRow| in_stories(e) && e.actor.is_some() && demo.made(e).is_some_and(|made| made.actor != e.actor);
    let said = |e: &EventRow| {
        let texts = demo.0.events.iter().filter(|c| c.entity == "comment" && c.entity_id == e.entity_id);
        texts.filter(|c| c.time <= e.time).filter_map(|c| c.text.clone()).next_back().unwrap_or_default()
    };
    let found: Vec<_> = demo.of("comment", "deleted").filter(by_others).map(|e| (&*e.event_id, said(e))).collect();
    let expected = [
        ("demo:x04-05", "The supplier was paid twice in March."),
        ("demo:x04-08", "Ask the bank for the second transfer."),
        ("demo:x18-14", "Who opened this port?"),
    ];
    assert_eq!(found, expected.map(|(id, text)| (id, text.to_owned())));
    let unknown: Vec<_> = demo.of("comment", "deleted").filter(|e| e.actor.is_none()).collect();
    assert_eq!(ids(unknown), ["demo:x04-10"]);
}

#[test]
fn q05_late_edits_on_secret_issues() {
    let demo = Demo(demo());
    let secret = |e: &&EventRow| demo.held(e, "level", demo.issue(e).security_level.clone()).is_some();
    let late = |e: &&EventRow| in_stories(e) && demo.made(e).is_some_and(|made| e.time > made.time + DAY);
    let found: Vec<_> = demo.of("comment", "updated").filter(late).filter(secret).collect();
    let texts: Vec<_> = found.iter().map(|e| e.from_value.clone().unwrap_or_default()).collect();
    assert_eq!(texts, ["The bonus is 20 percent.", "The price is agreed."]);
    assert_eq!(ids(found), ["demo:x05-05", "demo:x05-15"]);
}

#[test]
fn q06_work_out_of_hours() {
    let demo = Demo(demo());
    let mut found = Vec::new();
    for event in demo.0.events.iter().filter(|e| e.project.as_deref() == Some("FIN")) {
        let Some(user) = demo.0.users.iter().find(|u| Some(&u.account_id) == event.actor.as_ref()) else { continue };
        let zone = jiff::tz::TimeZone::get(user.time_zone.as_deref().expect("a zone")).expect("a known zone");
        let local = jiff::Timestamp::from_microsecond(event.time).expect("an instant").to_zoned(zone);
        let weekend = local.weekday().to_monday_zero_offset() > 4;
        let holiday = local.date() == jiff::civil::date(2026, 5, 1);
        if weekend || holiday || !(9..17).contains(&local.hour()) {
            found.push((event.actor.as_deref().unwrap_or_default(), event));
        }
    }
    let who: Vec<_> = found.iter().map(|(who, _)| *who).collect();
    assert_eq!(who, ["quinn", "sam", "tess", "rosa"]);
    assert_eq!(ids(found.into_iter().map(|(_, e)| e)), ["demo:x06-02", "demo:x06-03", "demo:x06-04", "demo:x06-07"]);
}

#[test]
fn q07_acts_of_deactivated_accounts() {
    let demo = Demo(demo());
    let mut found = BTreeSet::new();
    for off in demo.of("user", "deactivated") {
        let on = |e: &&EventRow| e.entity_id == off.entity_id && e.time > off.time;
        let until = demo.of("user", "reactivated").filter(on).map(|e| e.time).min().unwrap_or(NOW);
        let acts = demo.0.events.iter().filter(|e| e.actor == off.entity_id && e.time > off.time && e.time < until);
        found.extend(acts.map(|e| (e.actor.as_deref().unwrap_or_default(), &*e.event_id)));
    }
    println!("{found:#?}");
    let of = |who: &str| found.iter().filter(|(actor, _)| *actor == who).map(|(_, id)| *id).collect::<Vec<_>>();
    assert_eq!(of("tess"), ["demo:x07-03", "demo:x07-04", "demo:x07-07"]);
    assert!(of("sam").is_empty() && of("oscar").is_empty());
    for user in &demo.0.users {
        let mut switched: Vec<_> = ["activated", "deactivated", "reactivated"].iter().flat_map(|a| demo.of("user", a)).collect();
        switched.sort_by_key(|e| e.time);
        let last = switched.iter().rfind(|e| e.entity_id.as_ref() == Some(&user.account_id));
        assert_eq!(last.is_some_and(|e| e.action == "deactivated"), user.active == Some(false), "{}", user.account_id);
    }
}

#[test]
fn q08_exports_before_leaving() {
    let demo = Demo(demo());
    let leaves = |e: &&EventRow| {
        demo.of("user", "deactivated").any(|off| off.entity_id == e.actor && (e.time..=e.time + 30 * DAY).contains(&off.time))
    };
    let exports = demo.0.events.iter().filter(|e| e.action == "exported").filter(leaves);
    assert_eq!(ids(exports), ["demo:x08-02", "demo:x08-03", "demo:x08-05"]);
}

#[test]
fn q09_own_approvals() {
    let demo = Demo(demo());
    let own = |e: &&EventRow| {
        let issue = demo.issue(e);
        e.to_value.as_deref() == Some("approved")
            && (e.actor == issue.reporter || e.actor == demo.held(e, "assignee", issue.assignee.clone()))
    };
    let found = demo.of("approval", "completed").filter(own);
    assert_eq!(found.map(|e| e.issue_key.as_deref().unwrap_or_default()).collect::<Vec<_>>(), ["CHG-2", "CHG-3"]);
}

#[test]
fn q10_closed_without_review() {
    let demo = Demo(demo());
    let reviewed: BTreeSet<_> =
        demo.changes("status").filter(|e| e.to_value.as_deref() == Some("In Review")).map(|e| e.issue_id).collect();
    let closed = demo.0.issues.iter().filter(|i| i.project.as_deref() == Some("CHG") && i.status.as_deref() == Some("Closed"));
    let keys: Vec<_> = closed.filter(|i| !reviewed.contains(&Some(i.id))).map(|i| i.key.as_str()).collect();
    assert_eq!(keys, ["CHG-7", "CHG-9"]);
}

#[test]
fn q11_views_of_exposed_issues() {
    let demo = Demo(demo());
    let lost = |e: &&EventRow| e.from_value.is_some() && e.to_value.is_none();
    let keys: Vec<_> = demo.changes("level").filter(lost).filter_map(|e| e.issue_key.as_deref()).collect();
    assert_eq!(keys, ["FIN-7", "FIN-11"]);
    let exposed = |e: &&EventRow| {
        demo.changes("level").any(|c| c.issue_id == e.issue_id && c.to_value.is_none() && c.time < e.time)
            && demo.held(e, "level", demo.issue(e).security_level.clone()).is_none()
    };
    let views: Vec<_> = demo.of("issue", "viewed").filter(exposed).map(|e| (e.actor.as_deref(), e.issue_key.as_deref())).collect();
    let expected = [("sam", "FIN-7"), ("yuri", "FIN-7"), ("uma", "FIN-11")];
    assert_eq!(views, expected.map(|(who, key)| (Some(who), Some(key))));
}

#[test]
fn q12_looking_at_everything() {
    let demo = Demo(demo());
    let mut most: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let views: Vec<_> = demo.of("issue", "viewed").collect();
    for first in &views {
        let hour = views.iter().filter(|e| e.actor == first.actor && (first.time..=first.time + HOUR).contains(&e.time));
        let (issues, projects): (BTreeSet<_>, BTreeSet<_>) = hour.map(|e| (e.issue_id, e.project.as_deref())).unzip();
        let best = most.entry(first.actor.as_deref().unwrap_or_default()).or_default();
        *best = (*best).max((issues.len(), projects.len()));
    }
    assert_eq!(most.get("vera"), Some(&(40, 4)));
    assert_eq!((most.get("rosa"), most.get("walt")), (Some(&(15, 1)), Some(&(5, 4))));
}

#[test]
fn q13_files_that_came_and_went() {
    let demo = Demo(demo());
    let soon = |e: &&EventRow| {
        demo.of("attachment", "added").any(|a| a.entity_id == e.entity_id && (a.time..=a.time + HOUR).contains(&e.time))
    };
    let found: Vec<_> = demo.of("attachment", "deleted").filter(soon).collect();
    println!("{found:#?}");
    let names: Vec<_> = found.iter().filter(|e| in_stories(e)).filter_map(|e| e.entity_name.as_deref()).collect();
    assert_eq!(names, ["payroll.xlsx", "salaries.csv"]);
}

#[test]
fn q14_what_rules_did_after_they_changed() {
    let demo = Demo(demo());
    let mut found = Vec::new();
    let configurations = ["workflow", "field configuration", "automation rule"];
    for change in configurations.iter().flat_map(|entity| demo.of(entity, "updated")) {
        let after =
            |e: &&EventRow| e.actor.as_deref() == Some("automation") && (change.time..=change.time + HOUR).contains(&e.time);
        found.extend(demo.changes("status").filter(after).map(|e| (&*change.event_id, e.issue_key.as_deref().unwrap_or_default())));
    }
    found.sort_unstable();
    let (rule, workflow) = ("demo:x14-01", "demo:x14-02");
    assert_eq!(found, [(rule, "CHG-11"), (rule, "CHG-12"), (rule, "CHG-13"), (workflow, "CHG-14")]);
}

#[test]
fn q15_priorities_before_a_breach() {
    let demo = Demo(demo());
    let rank = |value: &Option<String>| demo.0.priorities.iter().find(|p| Some(&p.name) == value.as_ref()).and_then(|p| p.rank);
    let before =
        |e: &&EventRow| demo.of("sla", "failed").any(|b| b.issue_id == e.issue_id && (e.time..=e.time + HOUR).contains(&b.time));
    let lowered = demo.changes("priority").filter(|e| rank(&e.to_value) > rank(&e.from_value)).filter(before);
    let found: Vec<_> = lowered.map(|e| (e.issue_key.as_deref(), e.actor.as_deref())).collect();
    assert_eq!(found, [(Some("CHG-17"), Some("yuri"))]);
}

#[test]
fn q16_hours_that_changed_after_the_invoice() {
    let demo = Demo(demo());
    let invoiced = at("2026-05-01T00:00:00Z");
    let late = |e: &&EventRow| {
        e.project.as_deref() == Some("FIN") && e.time >= invoiced && demo.made(e).is_some_and(|made| made.time < invoiced)
    };
    let found: Vec<_> = demo.of("worklog", "updated").chain(demo.of("worklog", "deleted")).filter(late).collect();
    let values: Vec<_> = found.iter().map(|e| (e.entity_id.as_deref(), e.from_value.as_deref(), e.to_value.as_deref())).collect();
    assert_eq!(values, [(Some("43001"), Some("10800"), Some("21600")), (Some("43002"), Some("7200"), None)]);
    let issue = demo.0.issues.iter().find(|i| i.key == "FIN-10").expect("an issue");
    assert_eq!(issue.time_spent, Some((5 + 6 + 1) * 3600));
}

#[test]
fn q17_open_to_everybody() {
    let demo = Demo(demo());
    let mut found = Vec::new();
    for entity in ["public link", "anonymous access"] {
        for on in demo.of(entity, "enabled") {
            let off = demo.of(entity, "disabled").find(|e| e.entity_id == on.entity_id && e.time > on.time);
            found.push((on.entity_id.as_deref().unwrap_or_default(), off.map(|e| (e.time - on.time) / MINUTE)));
        }
    }
    assert_eq!(found, [("5301", Some(44 * 60)), ("5302", None), ("FINWIKI", Some(12 * 60 + 30))]);
    let anonymous = demo.0.events.iter().filter(|e| e.actor_kind.as_deref() == Some("anonymous"));
    assert_eq!(anonymous.map(|e| e.entity_id.as_deref()).collect::<Vec<_>>(), [Some("5301")]);
}

#[test]
fn q18_rights_for_a_moment() {
    let demo = Demo(demo());
    let mut found = Vec::new();
    for on in demo.of("permission", "granted") {
        let same = |e: &&EventRow| e.actor == on.actor && e.time > on.time && e.time <= on.time + HOUR;
        for off in demo.of("permission", "revoked").filter(same).filter(|e| e.entity_id == on.entity_id) {
            let used = demo.of("comment", "deleted").filter(same).filter(|e| e.time < off.time);
            found.extend(used.map(|e| [&*on.event_id, &*e.event_id, &*off.event_id]));
        }
    }
    assert_eq!(found, [["demo:x18-02", "demo:x18-14", "demo:x18-03"]]);
}

/// What the events of groups say is what the table says.
#[test]
fn memberships_lead_to_the_present() {
    let demo = Demo(demo());
    let mut last: BTreeMap<(String, String), bool> = BTreeMap::new();
    for event in demo.0.events.iter().filter(|e| e.entity == "group membership") {
        let added = event.action == "added";
        let group = if added { &event.to_value } else { &event.from_value };
        last.insert((group.clone().expect("a group"), event.entity_id.clone().expect("a user")), added);
    }
    assert!(last.len() > 5);
    for ((group, user), present) in last {
        let is = demo.0.memberships.iter().any(|m| m.group == group && m.account_id == user);
        assert_eq!(is, present, "{user} in {group}");
    }
}
