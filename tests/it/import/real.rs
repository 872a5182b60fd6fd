//! Every file of real data, with the counts that its README states.

use std::path::PathBuf;
use std::time::Instant;

use jqlx::source::files::{Counts, ImportOptions, ImportSummary, NoProgress, import};

use crate::support::{Rows, shared_data};

fn import_shared(names: &[&str]) -> Option<(ImportSummary, tempfile::TempDir)> {
    let folder = shared_data()?;
    let inputs: Vec<PathBuf> = names.iter().map(|n| folder.join(n)).collect();
    let out = tempfile::tempdir().expect("a temporary folder");
    let start = Instant::now();
    let summary = import(&inputs, out.path(), &ImportOptions::default(), &NoProgress);
    let summary = summary.unwrap_or_else(|e| panic!("{names:?}: {e}: {:#?}", e.diagnostics()));
    println!("{names:?}: {:?} {:?} {:?}", start.elapsed(), summary.counts, summary.rows);
    assert_eq!((summary.bad_records, summary.bad_values), (0, 0), "{:#?}", summary.problems);
    Some((summary, out))
}

#[test]
fn apache() {
    let Some((summary, out)) = import_shared(&["apache-issues.ndjson.gz"]) else {
        return;
    };
    let Counts { issues, change_groups, change_items, comments, .. } = summary.counts;
    assert_eq!((issues, change_groups, change_items, comments), (501, 2324, 3433, 2075));
    let events = Rows::of(out.path(), "events");
    assert_eq!(events.select(&[], &[("entity", "comment"), ("action", "deleted")]).len(), 11);
    assert_eq!(events.select(&[], &[("entity", "comment"), ("action", "created")]).len(), 2075);
    // Every item of a change log is an event, a new key two.
    let changes = events.column("event_id").iter().filter(|id| !id.ends_with(":moved")).count() as u64;
    let attachments = events.select(&[], &[("entity", "attachment"), ("action", "added")]).len() as u64;
    let edited = events.select(&[], &[("entity", "comment"), ("action", "updated")]).len() as u64;
    let logged = events.select(&[], &[("entity", "worklog"), ("action", "created")]).len() as u64;
    let reworked = events.select(&[], &[("entity", "worklog"), ("action", "updated")]).len() as u64;
    assert!(attachments > 200);
    assert_eq!(changes, issues + change_items + comments + edited + logged + reworked);
    assert_eq!(events.select(&[], &[("action", "moved")]).len(), 22);
}

#[test]
fn duraspace() {
    let Some((summary, out)) = import_shared(&["duraspace-issues.ndjson.gz"]) else {
        return;
    };
    let Counts { issues, change_groups, change_items, comments, .. } = summary.counts;
    assert_eq!((issues, change_groups, change_items, comments), (3036, 15140, 22158, 5990));
    let events = Rows::of(out.path(), "events");
    assert_eq!(events.select(&[], &[("entity", "comment"), ("action", "deleted")]).len(), 53);
    assert_eq!(events.select(&[], &[("entity", "worklog"), ("action", "deleted")]).len(), 15);
    assert_eq!(events.select(&[], &[("field", "status")]).len(), 5124);
}

#[test]
fn titanium() {
    let Some((summary, out)) = import_shared(&["titanium-issues-nochangelog.ndjson.gz"]) else {
        return;
    };
    assert_eq!((summary.counts.issues, summary.counts.comments), (6673, 20_245));
    assert_eq!(Rows::of(out.path(), "issues").len(), 6673);
}

#[test]
fn bitovi() {
    let names = ["bitovi-cloud-issues.ndjson.gz", "bitovi-cloud-fields.json.gz"];
    let Some((summary, out)) = import_shared(&names) else {
        return;
    };
    let Counts { issues, change_groups, change_items, .. } = summary.counts;
    assert_eq!((issues, change_groups, change_items), (53, 1142, 1699));
    let points = Rows::of(out.path(), "issues").column("story_points");
    assert_eq!(points.iter().filter(|p| !p.is_empty()).count(), 35);
}

#[test]
fn devlake() {
    let names = [
        "devlake-issue_changelogs.ndjson.gz",
        "devlake-issue_types.ndjson.gz",
        "devlake-issues.ndjson.gz",
        "devlake-projects.ndjson.gz",
        "devlake-remotelinks.ndjson.gz",
        "devlake-sprints.ndjson.gz",
        "devlake-status.ndjson.gz",
        "devlake-users.ndjson.gz",
        "devlake-worklogs.ndjson.gz",
    ];
    let Some((summary, out)) = import_shared(&names) else {
        return;
    };
    let Counts { issues, change_groups, worklogs, .. } = summary.counts;
    // Six of the work logs are within the issues too.
    assert_eq!((issues, change_groups, worklogs), (33, 522 + 279, 30 + 6));
    let rows = |table: &str| summary.rows.get(table).copied().unwrap_or_default();
    // As many as the files have different ids of; people, statuses and projects are seen in issues too.
    assert_eq!((rows("remote_links"), rows("issue_types")), (130, 6));
    assert!(rows("users") >= 30 && rows("statuses") >= 53 && rows("sprints") >= 30 && rows("projects") >= 12);
    let events = Rows::of(out.path(), "events");
    assert_eq!(events.select(&[], &[("entity", "worklog"), ("action", "created")]).len(), 30);
}
