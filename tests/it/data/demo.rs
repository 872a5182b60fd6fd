//! The demo: the same everywhere, whole, and without contradictions.

use std::collections::{BTreeMap, BTreeSet};

use jqlx::catalog::entities::ENTITIES;
use jqlx::data::demo::{NOW, demo, write_demo};
use jqlx::data::rows::{CustomValue, EventRow, IssueRow, time};
use jqlx::data::schema::TABLES;

use crate::support::{Rows, snapshots};

#[test]
fn the_demo_is_the_same_every_time_and_everywhere() {
    let (first, second) = (demo(), demo());
    assert_eq!(first, second);
    let json = serde_json::to_string(&first).expect("tables are plain data");
    // FNV-1a: what the standard library hashes by may change.
    let hash = json.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));

    let mut counts: BTreeMap<String, BTreeMap<&str, usize>> = BTreeMap::new();
    for event in &first.events {
        *counts.entry(event.entity.clone()).or_default().entry(&event.action).or_default() += 1;
    }
    let mut shown = format!("issues {}, events {}, json {:016x}\n", first.issues.len(), first.events.len(), hash);
    for (entity, actions) in counts {
        let actions: Vec<_> = actions.into_iter().map(|(a, n)| format!("{a} {n}")).collect();
        shown.push_str(&format!("{entity}: {}\n", actions.join(", ")));
    }
    snapshots("data").bind(|| insta::assert_snapshot!("demo_counts", shown));
}

#[test]
fn every_noun_and_verb_happens() {
    let tables = demo();
    let nouns: BTreeSet<_> = tables.events.iter().map(|e| e.entity.as_str()).collect();
    let missing: Vec<_> = ENTITIES.iter().filter(|e| !nouns.contains(e.name)).map(|e| e.name).collect();
    assert!(missing.is_empty(), "{missing:?}");
    let verbs: BTreeSet<_> = tables.events.iter().map(|e| e.action.as_str()).collect();
    for verb in [
        "created",
        "updated",
        "deleted",
        "added",
        "removed",
        "moved",
        "restored",
        "archived",
        "unarchived",
        "enabled",
        "disabled",
        "activated",
        "deactivated",
        "reactivated",
        "granted",
        "revoked",
        "viewed",
        "exported",
        "logged in",
        "logged out",
        "released",
        "unreleased",
        "started",
        "closed",
        "installed",
        "uninstalled",
        "published",
        "trashed",
        "invited",
        "failed",
    ] {
        assert!(verbs.contains(verb), "{verb}");
    }
    let kinds: BTreeSet<_> = tables.events.iter().filter_map(|e| e.actor_kind.as_deref()).collect();
    assert_eq!(kinds, BTreeSet::from(["anonymous", "app", "automation", "system", "unknown", "user"]));
}

#[test]
fn events_are_in_order_and_within_the_demos_time() {
    assert_eq!(Some(NOW), time("2026-06-15T12:00:00Z"));
    let tables = demo();
    assert!(tables.events.is_sorted_by_key(|e| (e.time, e.event_id.clone())));
    assert!(tables.events.iter().all(|e| e.time <= NOW && e.time > NOW - 600 * 86_400_000_000));
    let people: BTreeSet<_> = tables.users.iter().map(|u| u.account_id.as_str()).collect();
    for event in &tables.events {
        assert!(event.actor.as_deref().is_none_or(|a| people.contains(a)), "{event:?}");
    }
    for issue in &tables.issues {
        let last = tables.events.iter().filter(|e| e.issue_id == Some(issue.id)).map(|e| e.time).max();
        assert!(issue.created <= issue.updated.or(issue.created), "{}", issue.key);
        assert!(last >= issue.updated, "{}", issue.key);
    }
}

/// What a single-valued field holds now, as events write it.
fn now(issue: &IssueRow, field: &str) -> Option<Option<String>> {
    Some(match field {
        "status" => issue.status.clone(),
        "assignee" => issue.assignee.clone(),
        "priority" => issue.priority.clone(),
        "resolution" => issue.resolution.clone(),
        "summary" => issue.summary.clone(),
        "description" => issue.description.clone(),
        "Story Points" => issue.story_points.map(|n| n.to_string()),
        "originalEstimate" => issue.original_estimate.map(|n| n.to_string()),
        "key" => Some(issue.key.clone()),
        "project" => issue.project.clone(),
        "level" => issue.security_level.clone(),
        "Team" => issue.custom.iter().find(|(c, _)| c == "customfield_10050").map(|(_, v)| v.to_text()),
        "Tester" => issue.custom.iter().find(|(c, _)| c == "customfield_10091").map(|(_, v)| v.to_text()),
        "Impact score" => issue.custom.iter().find(|(c, _)| c == "customfield_10070").map(|(_, v)| v.to_text()),
        "Review date" => issue.custom.iter().find(|(c, _)| c == "customfield_10060").map(|(_, v)| v.to_text()),
        _ => return None,
    })
}

/// What a field of several values holds now.
fn elements(issue: &IssueRow, field: &str) -> Option<Vec<String>> {
    let custom = |column: &str| match issue.custom.iter().find(|(c, _)| c == column) {
        Some((_, CustomValue::TextList(list))) => list.clone(),
        _ => Vec::new(),
    };
    Some(match field {
        "labels" => issue.labels.clone(),
        "Sprint" => issue.sprints.clone(),
        "fixVersion" => issue.fix_versions.clone(),
        "affectedVersion" => issue.affected_versions.clone(),
        "component" => issue.components.clone(),
        "Platforms" => custom("customfield_10090"),
        "Approvers" => custom("customfield_10095"),
        _ => return None,
    })
}

#[test]
fn histories_lead_to_the_present() {
    let tables = demo();
    let mut checked = 0;
    for issue in &tables.issues {
        let mut fields: BTreeMap<&str, Vec<&EventRow>> = BTreeMap::new();
        for event in tables.events.iter().filter(|e| e.issue_id == Some(issue.id)) {
            if let Some(field) = &event.field {
                fields.entry(field).or_default().push(event);
            }
        }
        for (field, changes) in &fields {
            for change in changes {
                assert_ne!(change.from_value, change.to_value, "{} {field}", issue.key);
            }
            if let Some(present) = elements(issue, field) {
                let mut held = BTreeSet::new();
                // Values from the start have no item that adds them.
                let first_removed = changes.iter().filter_map(|c| c.from_value.clone());
                for value in first_removed {
                    let first =
                        changes.iter().find(|c| c.from_value.as_ref() == Some(&value) || c.to_value.as_ref() == Some(&value));
                    if first.is_some_and(|c| c.from_value.as_ref() == Some(&value)) {
                        held.insert(value);
                    }
                }
                for change in changes {
                    match (&change.from_value, &change.to_value) {
                        (Some(gone), None) => assert!(held.remove(gone), "{} {field}", issue.key),
                        (None, Some(new)) => {
                            assert!(held.insert(new.clone()), "{} {field}", issue.key)
                        }
                        _ => panic!("{}: one item an element", issue.key),
                    }
                }
                assert!(held.iter().all(|v| present.contains(v)), "{} {field}", issue.key);
                continue;
            }
            if *field == "Rank" {
                // Only the direction is told.
                continue;
            }
            for pair in changes.windows(2) {
                assert_eq!(pair[0].to_value, pair[1].from_value, "{} {field}", issue.key);
            }
            if let Some(present) = now(issue, field) {
                assert_eq!(changes[changes.len() - 1].to_value, present, "{} {field}", issue.key);
                checked += 1;
            }
        }
        assert_eq!(issue.resolution.is_some(), issue.resolved.is_some(), "{}", issue.key);
        assert_eq!(issue.status_category.as_deref() == Some("Done"), issue.resolution.is_some(), "{}", issue.key);
        let deleted = tables.events.iter().find(|e| e.issue_id == Some(issue.id) && e.entity == "issue" && e.action == "deleted");
        assert_eq!(deleted.map(|e| e.time), issue.deleted_at, "{}", issue.key);
    }
    assert!(checked > 500, "{checked}");
}

#[test]
fn the_stories_are_there() {
    let tables = demo();
    let month = NOW - 30 * 86_400_000_000;
    let contractors: BTreeSet<_> =
        tables.memberships.iter().filter(|m| m.group == "contractors").map(|m| m.account_id.as_str()).collect();
    let author = |id: &Option<String>| {
        let made = |e: &&EventRow| e.entity == "comment" && e.action == "created" && e.entity_id == *id;
        tables.events.iter().find(made).and_then(|e| e.actor.clone())
    };
    let by_contractors = tables.events.iter().filter(|e| {
        e.entity == "comment"
            && e.action == "deleted"
            && e.project.as_deref() == Some("PAY")
            && e.time > month
            && e.actor.as_deref().is_some_and(|a| contractors.contains(a))
            && author(&e.entity_id) != e.actor
    });
    assert!(by_contractors.count() >= 5);

    let burst: Vec<i64> = tables
        .events
        .iter()
        .filter(|e| e.entity == "issue" && e.action == "deleted" && e.actor.as_deref() == Some("mallory"))
        .map(|e| e.time)
        .collect();
    assert!(burst.len() >= 8 && burst[burst.len() - 1] - burst[0] < 300_000_000);

    let mut reopened: BTreeMap<i64, usize> = BTreeMap::new();
    for event in &tables.events {
        if event.field.as_deref() == Some("status") && event.to_value.as_deref() == Some("Reopened") {
            *reopened.entry(event.issue_id.unwrap_or_default()).or_default() += 1;
        }
    }
    assert!(reopened.values().filter(|n| **n >= 3).count() >= 5);
    assert!(tables.events.iter().any(|e| e.action == "moved" && e.entity == "issue"));
    assert!((200..=400).contains(&tables.issues.len()), "{}", tables.issues.len());
    assert!((2000..=9000).contains(&tables.events.len()), "{}", tables.events.len());
}

#[test]
fn the_demo_can_be_written_over_itself() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = folder.path().join("demo");
    write_demo(&at).expect("it can be written");
    write_demo(&at).expect("it can be written again");
    let tables = demo();
    assert_eq!(Rows::of(&at, "events").len(), tables.events.len());
    assert_eq!(Rows::of(&at, "issues").len(), tables.issues.len());
    for table in TABLES {
        assert!(Rows::of(&at, table.name).len() > 0, "{}", table.name);
    }
    let beside: Vec<_> = std::fs::read_dir(folder.path()).expect("a folder").collect();
    assert_eq!(beside.len(), 1, "nothing stays beside it");
}

/// Every column and table has rows, so that examples of every field can show some.
#[test]
fn no_column_is_empty() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = folder.path().join("demo");
    write_demo(&at).expect("it can be written");
    // What the demo has no source for.
    let none = ["events.time_after", "events.raw", "users.aliases"];
    for table in TABLES {
        let rows = Rows::of(&at, table.name);
        for column in table.columns {
            let name = format!("{}.{}", table.name, column.name);
            let filled = rows.column(column.name).iter().filter(|v| !v.is_empty()).count();
            assert_eq!(filled == 0, none.contains(&name.as_str()), "{name}");
        }
    }
    let issues = Rows::of(&at, "issues");
    for column in issues.custom_columns() {
        assert!(issues.column(&column).iter().filter(|v| !v.is_empty()).count() > 5, "{column}");
    }
    let fields = Rows::of(&at, "fields").column("id");
    assert_eq!(issues.custom_columns(), fields);
}

#[test]
fn links_versions_and_requests_are_believable() {
    let tables = demo();
    let types: BTreeSet<_> = tables.links.iter().map(|l| (l.link_type.as_str(), l.inward.as_deref())).collect();
    let expected =
        [("Blocks", "is blocked by"), ("Duplicate", "is duplicated by"), ("Relates", "relates to")].map(|(t, i)| (t, Some(i)));
    assert_eq!(types, BTreeSet::from(expected));
    let alive: BTreeSet<_> = tables.issues.iter().filter(|i| i.deleted_at.is_none()).map(|i| i.key.as_str()).collect();
    for link in &tables.links {
        assert!(alive.contains(link.source.as_str()) && alive.contains(link.target.as_str()), "{link:?}");
    }
    for issue in tables.remote_links.iter().map(|l| &l.issue).chain(tables.properties.iter().map(|p| &p.issue)) {
        assert!(alive.contains(issue.as_str()), "{issue}");
    }
    let ranks: BTreeSet<_> = tables.issues.iter().map(|i| i.rank.as_deref().expect("a rank")).collect();
    assert_eq!(ranks.len(), tables.issues.len());
    for issue in &tables.issues {
        let desk = matches!(issue.project.as_deref(), Some("OPS" | "CHG"));
        assert_eq!(issue.request_type.is_some(), desk, "{}", issue.key);
        assert!(issue.pull_requests_open <= issue.pull_requests && issue.reviews_open <= issue.reviews, "{}", issue.key);
        assert!(issue.last_viewed.is_none_or(|at| Some(at) > issue.created && at < NOW), "{}", issue.key);
        assert_eq!((issue.votes, issue.watchers), (Some(issue.voter_ids.len() as i64), Some(issue.watcher_ids.len() as i64)));
    }
    assert!(tables.issues.iter().filter(|i| i.votes > Some(3) && i.watchers > Some(3)).count() >= 3);
    for user in tables.users.iter().filter(|u| u.kind.as_deref() == Some("user")) {
        assert!(user.previous_login < user.last_login && user.last_login < Some(NOW), "{}", user.account_id);
    }
    let names: Vec<_> = tables.versions.iter().filter(|v| v.project.as_deref() == Some("WEB")).map(|v| v.name.as_str()).collect();
    assert_eq!(names, ["1.8", "1.9", "1.10", "2.0"]);
}

/// What the examples of the documentation ask for is there.
#[test]
fn examples_have_something_to_show() {
    let tables = demo();
    let alive = || tables.issues.iter().filter(|i| i.deleted_at.is_none());
    let has = |what: &str, found: bool| assert!(found, "{what}");
    let alice = Some("alice".to_owned());
    has("links of PAY-1", tables.links.iter().any(|l| l.source == "PAY-1" || l.target == "PAY-1"));
    has("epic PAY-1", alive().any(|i| i.epic.as_deref() == Some("PAY-1")));
    has("sub-tasks", alive().any(|i| i.issue_type.as_deref() == Some("Sub-task") && i.parent.is_some()));
    has("votes of alice", alive().any(|i| i.voter_ids.contains(&"alice".into())));
    has("watched by alice", alive().any(|i| i.watcher_ids.contains(&"alice".into())));
    has("work of alice", tables.events.iter().any(|e| e.entity == "worklog" && e.actor == alice && e.action == "created"));
    has("component leads", tables.components.iter().any(|c| c.lead == alice));
    has("more work than planned", alive().any(|i| i.original_estimate.is_some_and(|e| i.time_spent.is_some_and(|s| s > e))));
    has("views of this week", alive().any(|i| i.last_viewed.is_some_and(|at| at > NOW - 7 * 86_400_000_000)));
    has("open pull requests", alive().any(|i| i.pull_requests_open > Some(0)));
    has("open reviews", alive().any(|i| i.reviews_open > Some(0)));
    has("failing builds", alive().any(|i| i.builds_failing > Some(0)));
    has("changes that are tracked only", alive().any(|i| i.change_gating.as_deref() == Some("tracked-only")));
    let list = |v: &[&str]| CustomValue::TextList(v.iter().map(|v| (*v).to_owned()).collect());
    for place in [&["Europe", "Oslo"][..], &["Asia"]] {
        has("a place", alive().any(|i| i.custom.iter().any(|(_, v)| *v == list(place))));
    }
    let asked = ["deployment", "billing"];
    has("properties", asked.iter().all(|a| tables.properties.iter().any(|p| p.property == *a)));
    has("several elements", tables.properties.windows(2).any(|p| p[0].issue == p[1].issue && p[0].path == p[1].path));
    has("a filter in a filter", tables.filters.iter().any(|f| f.query.contains("filter = ")));
    has("an inactive account", tables.users.iter().any(|u| u.active == Some(false)));
    for state in ["closed", "active", "future"] {
        let sprints: BTreeSet<_> =
            tables.sprints.iter().filter(|s| s.state.as_deref() == Some(state)).map(|s| s.name.as_str()).collect();
        has(state, alive().any(|i| i.sprints.iter().any(|s| sprints.contains(s.as_str()))));
    }
}
