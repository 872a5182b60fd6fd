//! Things in the demo that are worth finding.

use super::cast::{self, PROJECTS};
use super::issues::{Live, place};
use super::{DAY, HOUR, MINUTE, NOW, SECOND, World, activity};
use crate::data::rows::EventRow;

const CONTRACTORS: &[&str] = &["kim", "leo", "mallory", "nina"];

pub(super) fn fill(world: &mut World) {
    let mut issues = std::mem::take(&mut world.issues);
    contractors_delete_comments(world, &mut issues);
    deletion_burst(world, &mut issues);
    other_deletions(world, &mut issues);
    moves(world, &mut issues);
    archive(world, &mut issues);
    world.issues = issues;
}

/// Issues of a project that nothing happened to since a time, those alive, by index.
fn quiet(issues: &[Live], project: &str, since: i64) -> Vec<usize> {
    let is_quiet = |i: &&usize| {
        issues[**i].row.project.as_deref() == Some(project) && issues[**i].time < since && issues[**i].row.deleted_at.is_none()
    };
    let all: Vec<usize> = (0..issues.len()).collect();
    all.iter().filter(is_quiet).copied().collect()
}

/// In PAY, within the last thirty days, contractors delete what others wrote.
fn contractors_delete_comments(world: &mut World, issues: &mut [Live]) {
    for (n, at) in quiet(issues, "PAY", NOW - 30 * DAY).into_iter().take(7).enumerate() {
        let live = &mut issues[at];
        let time = NOW - 28 * DAY + n as i64 * 3 * DAY;
        activity::comment(world, live, time - 40 * MINUTE, "alice");
        let last = live.comments.len() - 1;
        let by = CONTRACTORS[n % CONTRACTORS.len()];
        activity::delete_comment(world, live, last, time, Some(by));
        live.time = time;
    }
    // One who is no contractor, and one contractor who deletes their own.
    for (n, (author, by)) in [("kim", "dave"), ("leo", "leo")].into_iter().enumerate() {
        let Some(at) = quiet(issues, "PAY", NOW - 30 * DAY).into_iter().nth(n) else {
            return;
        };
        let live = &mut issues[at];
        activity::comment(world, live, NOW - 6 * DAY, author);
        let last = live.comments.len() - 1;
        activity::delete_comment(world, live, last, NOW - 6 * DAY + HOUR, Some(by));
        live.time = NOW - 6 * DAY + HOUR;
    }
}

fn delete(world: &mut World, live: &mut Live, time: i64, by: &str) {
    let mut row = world.event(time, by, "issue", "deleted");
    place(&mut row, &live.row);
    row.entity_name = live.row.summary.clone();
    live.row.deleted_at = Some(time);
    live.time = time;
    let key = live.row.key.clone();
    world.tables.links.retain(|l| l.source != key && l.target != key);
    world.tables.remote_links.retain(|l| l.issue != key);
    world.record(row);
}

/// Mallory deletes eight issues of OPS within four minutes.
fn deletion_burst(world: &mut World, issues: &mut [Live]) {
    let start = NOW - 9 * DAY - 9 * HOUR;
    for (n, at) in quiet(issues, "OPS", start - DAY).into_iter().skip(5).take(8).enumerate() {
        delete(world, &mut issues[at], start + n as i64 * 32 * SECOND, "mallory");
    }
    // And as many comments of one issue.
    if let Some(at) = quiet(issues, "OPS", start - DAY).into_iter().next() {
        let live = &mut issues[at];
        for n in 0..6 {
            let author = world.random.pick(&["bob", "frank", "wendy"]);
            activity::comment(world, live, start - 5 * HOUR + n * 10 * MINUTE, author);
        }
        for n in 0..6 {
            let last = live.comments.len() - 1;
            activity::delete_comment(world, live, last, start + 10 * MINUTE + n * 20 * SECOND, Some("mallory"));
        }
        live.time = start + HOUR;
    }
}

fn other_deletions(world: &mut World, issues: &mut [Live]) {
    for (project, by, days) in [("WEB", "carol", 50), ("WEB", "automation", 33), ("PAY", "alice", 21), ("SEC", "trent", 4)] {
        let found = quiet(issues, project, NOW - days * DAY).into_iter().rev().find(|at| {
            let key = &issues[*at].row.key;
            !issues.iter().any(|i| i.row.parent.as_ref() == Some(key))
        });
        if let Some(at) = found {
            delete(world, &mut issues[at], NOW - days * DAY + HOUR, by);
        }
    }
}

/// Some issues of WEB turn out to belong to PAY.
fn moves(world: &mut World, issues: &mut [Live]) {
    let candidates = quiet(issues, "WEB", NOW - 20 * DAY);
    let free = |at: &usize| {
        let row = &issues[*at].row;
        row.parent.is_none()
            && row.issue_type.as_deref() != Some("Epic")
            && row.fix_versions.is_empty()
            && row.components.is_empty()
            && row.sprints.is_empty()
            && !issues.iter().any(|i| i.row.parent.as_ref() == Some(&row.key))
    };
    let chosen: Vec<usize> = candidates.into_iter().filter(free).take(4).collect();
    for (n, at) in chosen.into_iter().enumerate() {
        world.numbers[0] += 1;
        let to = format!("{}-{}", PROJECTS[0].key, world.numbers[0]);
        let time = NOW - (18 - 3 * n as i64) * DAY;
        let row = &mut issues[at].row;
        let from = std::mem::replace(&mut row.key, to.clone());
        row.project = Some(PROJECTS[0].key.into());
        row.updated = Some(time);
        let mut base = world.event(time, "carol", "issue", "updated");
        place(&mut base, row);
        base.change_id = Some(world.id());
        let field = |field: &str, from: &str, to: &str| EventRow {
            field: Some(field.into()),
            from_value: Some(from.into()),
            to_value: Some(to.into()),
            ..base.clone()
        };
        let moved = EventRow {
            action: "moved".into(),
            from_value: Some("WEB".into()),
            to_value: Some("PAY".into()),
            from_id: Some(from.clone()),
            to_id: Some(to.clone()),
            ..base.clone()
        };
        for event in [field("project", "WEB", "PAY"), field("key", &from, &to), moved] {
            world.record(event);
        }
        issues[at].time = time;
        for link in &mut world.tables.links {
            for end in [&mut link.source, &mut link.target] {
                if *end == from {
                    end.clone_from(&to);
                }
            }
        }
        for link in &mut world.tables.remote_links {
            if link.issue == from {
                link.issue.clone_from(&to);
            }
        }
    }
}

/// One issue is archived, one comes back.
fn archive(world: &mut World, issues: &mut [Live]) {
    for (n, at) in quiet(issues, "SEC", NOW - 60 * DAY).into_iter().take(2).enumerate() {
        let steps: &[(i64, &str)] = if n == 0 { &[(40, "archived")] } else { &[(39, "archived"), (37, "restored")] };
        for (days, action) in steps {
            let mut row = world.event(NOW - days * DAY, "trent", "issue", action);
            place(&mut row, &issues[at].row);
            world.record(row);
            issues[at].row.updated = Some(NOW - days * DAY);
        }
    }
    // What an application does without an account.
    let mut row = world.event(NOW - 3 * DAY, "", "workflow", "updated");
    row.entity_id = Some("502".into());
    row.entity_name = Some("Operations flow".into());
    row.text = Some(cast::remark(&mut world.random));
    world.record(row);
}
