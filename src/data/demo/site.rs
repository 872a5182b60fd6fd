//! What happens around the issues of the demo: administration, people, Confluence.

use super::{DAY, HOUR, MINUTE, NOW, World};
use crate::data::rows::EventRow;

/// Product, days ago, hour, actor, entity, action, id, name, from, to. Empty texts are none.
type Line =
    (&'static str, i64, i64, &'static str, &'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

#[rustfmt::skip]
const ADMINISTRATION: &[Line] = &[
    // Projects, roles, schemes.
    ("jira", 560, 9, "trent", "project", "created", "10000", "Payments", "", "PAY"),
    ("jira", 560, 10, "trent", "project", "created", "10001", "Operations", "", "OPS"),
    ("jira", 559, 9, "trent", "project", "created", "10002", "Web shop", "", "WEB"),
    ("jira", 559, 10, "trent", "project", "created", "10003", "Security", "", "SEC"),
    ("jira", 558, 9, "trent", "project", "created", "10004", "Legacy shop", "", "OLD"),
    ("jira", 200, 9, "victor", "project", "updated", "10000", "Payments", "Money", "Payments"),
    ("jira", 45, 9, "carol", "project", "archived", "10004", "Legacy shop", "", ""),
    ("jira", 120, 11, "victor", "project", "deleted", "10009", "Sandbox", "", ""),
    ("jira", 118, 11, "victor", "project", "restored", "10009", "Sandbox", "", ""),
    ("jira", 90, 11, "victor", "project", "deleted", "10009", "Sandbox", "", ""),
    ("jira", 300, 9, "trent", "component", "created", "20900", "mainframe", "", ""),
    ("jira", 60, 9, "alice", "component", "updated", "20900", "mainframe", "mainframe", "billing"),
    ("jira", 33, 9, "alice", "component", "deleted", "20900", "mainframe", "", ""),
    ("jira", 70, 14, "carol", "version", "updated", "20950", "1.10", "1.A", "1.10"),
    ("jira", 15, 14, "carol", "version", "unreleased", "20951", "1.9", "", ""),
    ("jira", 13, 14, "carol", "version", "released", "20951", "1.9", "", ""),
    ("jira", 14, 14, "carol", "version", "deleted", "20952", "1.11-test", "", ""),
    ("jira", 52, 10, "alice", "sprint", "updated", "113", "PAY Sprint 13", "", "Refunds first"),
    ("jira", 75, 10, "carol", "sprint", "deleted", "299", "WEB Sprint X", "", ""),
    ("jira", 80, 10, "carol", "board", "updated", "2", "WEB board", "", ""),
    ("jira", 25, 10, "victor", "board", "deleted", "7", "Sandbox board", "", ""),
    ("jira", 150, 10, "trent", "project role", "created", "10300", "Reviewers", "", ""),
    ("jira", 20, 10, "trent", "project role", "added", "leo", "Leo Example", "", "Developers"),
    ("jira", 19, 10, "trent", "project role", "deleted", "10300", "Reviewers", "", ""),
    ("jira", 40, 15, "trent", "workflow", "updated", "501", "Software flow", "", ""),
    ("jira", 8, 15, "victor", "workflow", "updated", "501", "Software flow", "", ""),
    ("jira", 310, 15, "trent", "workflow", "created", "502", "Operations flow", "", ""),
    ("jira", 39, 15, "trent", "workflow scheme", "updated", "601", "Software scheme", "", ""),
    ("jira", 38, 15, "trent", "workflow scheme", "deleted", "602", "Old scheme", "", ""),
    ("jira", 35, 9, "trent", "permission", "granted", "701", "Administer projects", "", "developers"),
    ("jira", 34, 18, "victor", "permission", "revoked", "701", "Administer projects", "developers", ""),
    ("jira", 6, 23, "victor", "permission", "granted", "702", "Delete all comments", "", "contractors"),
    ("jira", 5, 9, "trent", "permission", "revoked", "702", "Delete all comments", "contractors", ""),
    ("jira", 200, 9, "trent", "permission scheme", "created", "801", "Payments permissions", "", ""),
    ("jira", 7, 9, "victor", "permission scheme", "updated", "801", "Payments permissions", "", ""),
    ("jira", 6, 9, "victor", "permission scheme", "deleted", "802", "Unused permissions", "", ""),
    ("jira", 240, 9, "trent", "custom field", "created", "customfield_10050", "Team", "", ""),
    ("jira", 100, 9, "trent", "custom field", "updated", "customfield_10050", "Team", "Squad", "Team"),
    ("jira", 99, 9, "trent", "custom field", "trashed", "customfield_10080", "Colour", "", ""),
    ("jira", 98, 9, "trent", "custom field", "deleted", "customfield_10080", "Colour", "", ""),
    ("jira", 140, 9, "trent", "screen", "created", "901", "Incident screen", "", ""),
    ("jira", 62, 9, "victor", "screen", "updated", "901", "Incident screen", "", ""),
    // Filters, dashboards, rules, features, assets, apps.
    ("jira", 170, 9, "alice", "filter", "created", "10100", "My open bugs", "", ""),
    ("jira", 21, 9, "alice", "filter", "updated", "10100", "My open bugs", "", ""),
    ("jira", 4, 9, "mallory", "filter", "deleted", "10150", "Everything of support", "", ""),
    ("jira", 160, 9, "carol", "dashboard", "created", "10400", "Shop health", "", ""),
    ("jira", 22, 9, "carol", "dashboard", "updated", "10400", "Shop health", "", ""),
    ("jira", 3, 9, "oscar", "dashboard", "deleted", "10401", "Old numbers", "", ""),
    ("jira", 130, 9, "dave", "automation rule", "created", "11000", "Close stale issues", "", ""),
    ("jira", 31, 9, "dave", "automation rule", "disabled", "11000", "Close stale issues", "", ""),
    ("jira", 30, 9, "dave", "automation rule", "enabled", "11000", "Close stale issues", "", ""),
    ("jira", 29, 9, "dave", "automation rule", "updated", "11000", "Close stale issues", "", ""),
    ("jira", 11, 9, "nina", "automation rule", "deleted", "11001", "Tell the channel", "", ""),
    ("jira", 88, 9, "victor", "feature", "enabled", "votes", "Voting", "", ""),
    ("jira", 44, 9, "victor", "feature", "disabled", "time-tracking", "Time tracking", "", ""),
    ("jira", 43, 9, "trent", "feature", "enabled", "time-tracking", "Time tracking", "", ""),
    ("jira", 77, 9, "frank", "asset", "created", "CMDB-1", "Database server 1", "", ""),
    ("jira", 26, 9, "frank", "asset", "updated", "CMDB-1", "Database server 1", "16 GB", "32 GB"),
    ("jira", 2, 9, "frank", "asset", "deleted", "CMDB-7", "Test server", "", ""),
    ("admin", 145, 9, "trent", "app", "installed", "app-git", "Git integration (demo)", "", ""),
    ("admin", 110, 9, "trent", "app", "installed", "app-old", "Old charts (demo)", "", ""),
    ("admin", 109, 9, "trent", "app", "uninstalled", "app-old", "Old charts (demo)", "", ""),
    ("admin", 56, 9, "victor", "app", "updated", "app-git", "Git integration (demo)", "1.2", "1.3"),
    // People.
    ("admin", 500, 9, "trent", "user", "created", "peggy", "Peggy Example", "", ""),
    ("admin", 65, 9, "victor", "user", "deactivated", "peggy", "Peggy Example", "", ""),
    ("admin", 50, 9, "victor", "user", "reactivated", "peggy", "Peggy Example", "", ""),
    ("admin", 2, 16, "trent", "user", "deactivated", "oscar", "Oscar Example", "", ""),
    ("admin", 58, 9, "victor", "user", "updated", "zoe", "Zoe Example", "", ""),
    ("admin", 180, 9, "victor", "user", "deleted", "olaf", "Olaf Example", "", ""),
    ("admin", 32, 9, "victor", "user", "invited", "leo", "Leo Example", "", ""),
    ("admin", 400, 9, "trent", "group", "created", "contractors", "contractors", "", ""),
    ("admin", 17, 9, "victor", "group", "deleted", "testers", "testers", "", ""),
    ("admin", 95, 9, "trent", "group membership", "added", "kim", "Kim Example", "", "contractors"),
    ("admin", 94, 9, "trent", "group membership", "added", "leo", "Leo Example", "", "contractors"),
    ("admin", 9, 23, "victor", "group membership", "added", "mallory", "Mallory Example", "", "jira-administrators"),
    ("admin", 8, 7, "trent", "group membership", "removed", "mallory", "Mallory Example", "jira-administrators", ""),
    ("admin", 105, 9, "dave", "api token", "created", "t-1", "deploy", "", ""),
    ("admin", 10, 2, "mallory", "api token", "created", "t-2", "backup", "", ""),
    ("admin", 7, 8, "trent", "api token", "revoked", "t-2", "backup", "", ""),
    ("admin", 7, 8, "trent", "session", "revoked", "s-1", "mallory", "", ""),
    ("admin", 470, 9, "trent", "user", "activated", "zoe", "Zoe Example", "", ""),
    // Confluence.
    ("confluence", 390, 9, "trent", "space", "created", "ENG", "Engineering", "", ""),
    ("confluence", 380, 9, "zoe", "space", "created", "HR", "People", "", ""),
    ("confluence", 28, 9, "trent", "space", "updated", "ENG", "Engineering", "", ""),
    ("confluence", 16, 9, "zoe", "space", "archived", "HR", "People", "", ""),
    ("confluence", 13, 9, "zoe", "space", "unarchived", "HR", "People", "", ""),
    ("confluence", 9, 3, "mallory", "space", "exported", "ENG", "Engineering", "", ""),
    ("confluence", 200, 9, "victor", "space", "deleted", "TMP", "Scratch", "", ""),
    ("confluence", 27, 9, "trent", "space permission", "granted", "ENG", "View", "", "contractors"),
    ("confluence", 12, 9, "trent", "space permission", "revoked", "ENG", "View", "contractors", ""),
    ("confluence", 250, 9, "heidi", "page", "created", "5001", "Payments architecture", "", ""),
    ("confluence", 85, 9, "heidi", "page", "updated", "5001", "Payments architecture", "", ""),
    ("confluence", 55, 9, "ivan", "page", "created", "5002", "On-call handbook", "", ""),
    ("confluence", 54, 9, "ivan", "page", "moved", "5002", "On-call handbook", "ENG", "HR"),
    ("confluence", 53, 9, "ivan", "page", "restored", "5003", "Release checklist", "", ""),
    ("confluence", 24, 9, "nina", "page", "deleted", "5004", "Salary bands", "", ""),
    ("confluence", 23, 9, "nina", "page", "archived", "5005", "Old runbook", "", ""),
    ("confluence", 9, 2, "mallory", "page", "exported", "5001", "Payments architecture", "", ""),
    ("confluence", 115, 9, "zoe", "blog post", "created", "5100", "Welcome Leo", "", ""),
    ("confluence", 114, 9, "zoe", "blog post", "updated", "5100", "Welcome Leo", "", ""),
    ("confluence", 113, 9, "zoe", "blog post", "published", "5100", "Welcome Leo", "", ""),
    ("confluence", 18, 9, "zoe", "blog post", "deleted", "5101", "Draft", "", ""),
];

pub(super) fn fill(world: &mut World) {
    for line in ADMINISTRATION {
        let (product, days, hour, actor, entity, action, id, name, from, to) = *line;
        let time = NOW - NOW.rem_euclid(DAY) - days * DAY + hour * HOUR;
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let mut row = world.event(time, actor, entity, action);
        row.product = some(product);
        row.entity_id = some(id);
        row.entity_name = some(name);
        row.from_value = some(from);
        row.to_value = some(to);
        row.remote_address = some(address(actor));
        match (product, entity) {
            ("confluence", "space" | "space permission") => row.space = some(id),
            ("confluence", _) => row.space = some(if id < "5100" { "ENG" } else { "HR" }),
            ("jira", "project") => row.project = some(project_key(id)),
            ("jira", "component") => row.project = some("PAY"),
            ("jira", "version") => row.project = some("WEB"),
            ("jira", "sprint") => row.project = name.split_once(' ').map(|(key, _)| key.to_owned()),
            _ => {}
        }
        world.record(row);
    }
    logins(world);
    views(world);
}

fn project_key(id: &str) -> &'static str {
    match id {
        "10000" => "PAY",
        "10001" => "OPS",
        "10002" => "WEB",
        "10003" => "SEC",
        "10004" => "OLD",
        _ => "SAND",
    }
}

/// Addresses from the blocks that are kept for examples.
fn address(actor: &str) -> &'static str {
    match actor {
        "trent" => "192.0.2.10",
        "victor" => "192.0.2.11",
        "mallory" => "203.0.113.77",
        "oscar" => "198.51.100.4",
        "carol" => "2001:db8::15",
        _ => "198.51.100.20",
    }
}

/// Everybody signs in in the morning; mallory at night too, and not at the first attempt.
fn logins(world: &mut World) {
    let session = |world: &World, time: i64, who: &str, action: &str| EventRow {
        product: Some("admin".into()),
        entity_id: Some(who.to_owned()),
        entity_name: Some(who.to_owned()),
        remote_address: Some(address(who).into()),
        ..world.event(time, who, "user", action)
    };
    for days in 1..30 {
        let midnight = NOW - NOW.rem_euclid(DAY) - days * DAY;
        for who in ["alice", "bob", "carol", "dave", "trent", "victor", "mallory"] {
            // Some are away on some days.
            if world.random.chance(25) {
                continue;
            }
            let time = midnight + 7 * HOUR + world.random.between(0, 150) * MINUTE;
            let row = session(world, time, who, "logged in");
            world.record(row);
            if world.random.chance(30) {
                let row = session(world, time + 9 * HOUR, who, "logged out");
                world.record(row);
            }
        }
    }
    let night = NOW - NOW.rem_euclid(DAY) - 9 * DAY + HOUR;
    for minute in 0..6 {
        let action = if minute < 5 { "failed" } else { "logged in" };
        let row = session(world, night + minute * MINUTE, "mallory", action);
        world.record(row);
    }
}

fn views(world: &mut World) {
    for _ in 0..120 {
        let who = world.random.pick(&["alice", "bob", "heidi", "ivan", "nina", "zoe", "mallory"]);
        let (id, name, space) = world.random.pick(&[
            ("5001", "Payments architecture", "ENG"),
            ("5002", "On-call handbook", "ENG"),
            ("5003", "Release checklist", "ENG"),
            ("5100", "Welcome Leo", "HR"),
        ]);
        let time = NOW - world.random.between(1, 60 * 24 * 4) * 15 * MINUTE;
        let entity = if id == "5100" { "blog post" } else { "page" };
        let row = EventRow {
            product: Some("confluence".into()),
            space: Some(space.into()),
            entity_id: Some(id.into()),
            entity_name: Some(name.into()),
            ..world.event(time, who, entity, "viewed")
        };
        world.record(row);
    }
}
