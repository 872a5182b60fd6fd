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
    println!("{names:?}: {:?}", start.elapsed());
    println!("{:?} {:?} {:?}", summary.counts, summary.rows, summary.mixed_fields);
    println!("duplicates {} {}", summary.duplicate_issues, summary.duplicate_events);
    for problem in summary.problems.iter().take(20) {
        println!("  {problem}");
    }
    Some((summary, out))
}

#[test]
fn apache() {
    let Some((summary, out)) = import_shared(&["apache-issues.ndjson.gz"]) else {
        return;
    };
    let Counts { issues, change_groups, change_items, comments, .. } = summary.counts;
    assert_eq!((issues, change_groups, change_items, comments), (501, 2324, 3433, 2075));
    assert_eq!(summary.bad_records, 0);
    let events = Rows::of(out.path(), "events");
    let deleted = events.select(&["event_id"], &[("entity", "comment"), ("action", "deleted")]);
    assert_eq!(deleted.len(), 11);
}

#[test]
fn duraspace() {
    let Some((summary, _out)) = import_shared(&["duraspace-issues.ndjson.gz"]) else {
        return;
    };
    let Counts { issues, change_groups, change_items, comments, .. } = summary.counts;
    assert_eq!((issues, change_groups, change_items, comments), (3036, 15140, 22158, 5990));
    assert_eq!(summary.bad_records, 0);
}

#[test]
fn titanium() {
    let Some((summary, _out)) = import_shared(&["titanium-issues-nochangelog.ndjson.gz"]) else {
        return;
    };
    assert_eq!((summary.counts.issues, summary.bad_records), (6673, 0));
}

#[test]
fn bitovi() {
    let names = ["bitovi-cloud-issues.ndjson.gz", "bitovi-cloud-fields.json.gz"];
    let Some((summary, _out)) = import_shared(&names) else {
        return;
    };
    let Counts { issues, change_groups, change_items, .. } = summary.counts;
    assert_eq!((issues, change_groups, change_items), (53, 1142, 1699));
    assert_eq!(summary.bad_records, 0);
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
    let Some((summary, _out)) = import_shared(&names) else {
        return;
    };
    let Counts { issues, change_groups, worklogs, .. } = summary.counts;
    // Six of the work logs are within the issues too.
    assert_eq!((issues, change_groups, worklogs), (33, 522 + 279, 30 + 6));
    assert_eq!(summary.bad_records, 0);
}
