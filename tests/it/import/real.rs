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
    // Every item of a change log is an event, a new key two, and lists have one an element.
    let item = |id: &String| id.split_once(":0-").or_else(|| id.split_once(":1+")).map_or(id.as_str(), |(item, _)| item).to_owned();
    let ids: Vec<String> = events.column("event_id").iter().filter(|id| !id.ends_with(":moved")).map(item).collect();
    let changes = ids.iter().collect::<std::collections::BTreeSet<_>>().len() as u64;
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
    // Of every issue its key, though most of them are in none of the files.
    let keys = Rows::of(out.path(), "remote_links").column("issue");
    assert!(keys.iter().all(|key| key.contains('-')), "{keys:?}");
    let issues = Rows::of(out.path(), "issues");
    assert_eq!(issues.column("rank").iter().filter(|rank| rank.is_empty()).count(), 0);
    let events = Rows::of(out.path(), "events");
    assert_eq!(events.select(&[], &[("entity", "worklog"), ("action", "created")]).len(), 30);
}

/// Every element that goes was there, and what is left at the end is what the issue has now.
#[test]
fn elements_of_lists_lead_to_the_present() {
    let (mut steps, mut told, mut odd) = (0, 0, 0);
    for (file, site) in [("apache", "apache"), ("duraspace", "duraspace"), ("bitovi-cloud", "bitovi"), ("devlake", "devlake")] {
        let Some((_, out)) = import_shared(&[&format!("{file}-issues.ndjson.gz")]) else {
            return;
        };
        let events = Rows::of(out.path(), "events");
        let issues = Rows::of(out.path(), "issues");
        for (field, column) in [("labels", "labels"), ("Sprint", "sprints")] {
            let now = issues.select(&["id", column], &[]);
            let mut held: std::collections::BTreeMap<String, std::collections::BTreeSet<String>> =
                now.into_iter().map(|row| (row[0].clone(), row[1].split(',').map(str::to_owned).collect())).collect();
            let changes = events.select(&["issue_id", "from_value", "to_value"], &[("field", field)]);
            // Backwards, from what is.
            for change in changes.iter().rev() {
                let Some(held) = held.get_mut(&change[0]) else { continue };
                steps += 1;
                assert!(change[1].is_empty() || change[2].is_empty(), "{site}: {change:?}");
                if !change[2].is_empty() {
                    let known = held.remove(&change[2]);
                    told += u64::from(known);
                    odd += u64::from(!known);
                }
                if !change[1].is_empty() {
                    held.insert(change[1].clone());
                }
            }
        }
    }
    println!("{steps} steps, {told} additions to what is held, {odd} to what is not");
    // One sprint of duraspace has two ids and was renamed.
    assert!(steps > 100 && odd <= 1, "{odd} of {told}");
}
