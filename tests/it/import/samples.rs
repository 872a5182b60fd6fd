//! The real payloads, audit records and answers of the shared folder.

use std::path::{Path, PathBuf};

use jqlx::catalog::entities::entity;

use super::Place;
use crate::cli::{path, run};
use crate::support::{Rows, shared_data};

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.to_string_lossy().ends_with(ending)).collect();
    files.sort();
    files
}

/// The events that a delivery tells itself, beside what its issue shows: by the names of the files.
const EVENTS: &[(&str, usize)] = &[
    ("jm-issue-updated-commented-changed", 2),
    ("jm-issue-updated-generic", 4),
    ("jm-issue-updated-move-issue", 6),
    ("mm-issue-updated-multiple-custom-fields", 2),
    ("mm-issue-updated-multiple-values", 3),
    ("mm-issue-updated-reopened", 2),
    ("mm-issue-updated-resolved", 2),
    ("mm-issue-updated-labels", 2),
    ("mm-issue-updated-sprint", 2),
    ("mm-issue-updated-assigned-on-server", 1),
    ("mm-server-issue-updated-reopened", 2),
    ("mm-server-issue-updated-resolved", 2),
    ("zu-server-worklog-updated-deleted", 2),
];

/// Each delivery is read without a complaint and tells of as many events as it holds, each in words of the catalogue.
#[test]
fn every_delivery_tells_its_events() {
    let Some(folder) = shared_data() else { return };
    let mut seen = 0;
    for file in files(&folder.join("webhooks"), ".json") {
        let name = file.file_stem().expect("a name").to_string_lossy().into_owned();
        let place = Place::new();
        let summary = place.good(std::slice::from_ref(&file));
        assert_eq!(
            (summary.bad_records, summary.bad_values, summary.counts.webhooks),
            (0, 0, 1),
            "{name}: {:#?}",
            summary.problems
        );
        let events = Rows::of(&place.out(), "events");
        for pair in events.select(&["entity", "action"], &[]) {
            let known = entity(&pair[0]).unwrap_or_else(|| panic!("{name}: {pair:?}"));
            assert!(known.finds(&pair[1]) && pair[1] != "changed", "{name}: {pair:?}");
        }
        let own = events.select(&["action"], &[("origin", "webhook")]).len();
        let expected = EVENTS.iter().find(|(file, _)| *file == name).map_or(1, |(_, count)| *count);
        assert_eq!(
            own,
            expected,
            "{name}: {:#?}",
            events.select(&["event_id", "action", "field", "from_value", "to_value"], &[("origin", "webhook")])
        );
        seen += 1;
    }
    assert!(seen > 70, "{seen}");
}

#[test]
fn who_acted_is_told_where_the_delivery_tells_it() {
    let Some(folder) = shared_data() else { return };
    for (name, action, expected) in [
        ("mm-cloud-comment-deleted", "deleted", ["", "unknown", "unknown"]),
        ("mm-server-comment-deleted", "deleted", ["levbrouk", "user", "stated"]),
        ("mm-issue-deleted", "deleted", ["5c5f880629be9642ba529340", "user", "stated"]),
        ("zu-worklog-deleted", "deleted", ["", "unknown", "unknown"]),
        ("jm-issuelink-deleted", "removed", ["", "unknown", "unknown"]),
        ("jm-project-created", "created", ["", "unknown", "unknown"]),
    ] {
        let place = Place::new();
        place.good(&[folder.join("webhooks").join(format!("{name}.json"))]);
        let found = Rows::of(&place.out(), "events").select(&["actor", "actor_kind", "actor_basis"], &[("action", action)]);
        assert_eq!(found, [expected], "{name}");
    }
}

#[test]
fn everything_twice_changes_nothing() {
    let Some(folder) = shared_data() else { return };
    let place = Place::new();
    for (kind, count) in [("webhooks", 77), ("audit", 4)] {
        let store = place.0.path().join(kind);
        let files = files(&folder.join(kind), ".json");
        assert_eq!(files.len(), count, "{kind}");
        let arguments: Vec<&str> =
            ["import", "--store", path(&store)].into_iter().chain(files.iter().map(|file| path(file))).collect();
        let first = run(&arguments).ok();
        assert!(first.err.contains("version 0"), "{}", first.err);
        let again = run(&arguments).ok();
        assert!(again.err.contains("nothing new"), "{}", again.err);
    }
}

/// What the logs of four products tell can be asked.
#[test]
fn audit_records_answer_queries() {
    let Some(folder) = shared_data() else { return };
    let place = Place::new();
    let store = place.out();
    let files = files(&folder.join("audit"), ".json");
    let arguments: Vec<&str> = ["import", "--store", path(&store)].into_iter().chain(files.iter().map(|file| path(file))).collect();
    let import = run(&arguments).ok();
    assert!(!import.err.contains("warning["), "{}", import.err);
    let count = |query: &str| {
        let run = run(&["query", "--store", path(&store), "--format", "ndjson", query]).ok();
        run.rows().len()
    };
    for (query, expected) in [
        ("ACTIVITY WHERE \"space permission\" GRANTED", 2),
        ("ACTIVITY WHERE \"space permission\" GRANTED BY admin AND space = ASDF", 2),
        ("ACTIVITY WHERE \"group membership\" ADDED AND to = \"jira-software-users\"", 2),
        ("ACTIVITY WHERE project DELETED", 1),
        ("ACTIVITY WHERE version RELEASED", 1),
        ("ACTIVITY WHERE \"permission scheme\" ASSIGNED AND project != NOTHERE", 0),
        ("ACTIVITY WHERE \"permission scheme\" ASSIGNED", 1),
        ("ACTIVITY WHERE \"api token\" CREATED BY test.user", 1),
        ("ACTIVITY WHERE search EXECUTED", 1),
        ("ACTIVITY WHERE \"audit log\" VIEWED", 1),
        ("ACTIVITY WHERE password CHANGED", 1),
        ("ACTIVITY WHERE \"request type\" DELETED AND entityName = \"Set up VPN to the office\"", 1),
        ("ACTIVITY WHERE actorKind = system AND product = confluence", 3),
    ] {
        let query = query.replace("AND to =", "AND \"to\" =");
        assert_eq!(count(&query), expected, "{query}");
    }
}

#[test]
fn every_audit_record_is_an_event() {
    let Some(folder) = shared_data() else { return };
    for (name, records, events) in [
        ("jira-cloud-auditing-record", 17, 18),
        ("jira-datacenter-auditing-events", 8, 8),
        ("confluence-cloud-audit", 6, 9),
        ("confluence-datacenter-auditing-events", 2, 2),
    ] {
        let place = Place::new();
        let summary = place.good(&[folder.join("audit").join(format!("{name}.json"))]);
        assert_eq!((summary.bad_records, summary.bad_values, summary.counts.audit_records), (0, 0, records), "{name}");
        let rows = Rows::of(&place.out(), "events");
        assert_eq!(rows.len(), events, "{name}");
        for pair in rows.select(&["entity", "action"], &[]) {
            let known = entity(&pair[0]).unwrap_or_else(|| panic!("{name}: {pair:?}"));
            assert!(known.finds(&pair[1]) && pair[1] != "changed", "{name}: {pair:?}");
        }
        assert!(rows.column("raw").iter().all(|raw| raw.starts_with('{')), "{name}: the records are kept");
    }
}

/// Answers that a connector's stream holds tell what they tell alone.
#[test]
fn streams_of_real_records_tell_the_same() {
    let Some(folder) = shared_data() else { return };
    let place = Place::new();
    let read = |name: &str| {
        use std::io::Read;
        let mut text = String::new();
        let file = std::fs::File::open(folder.join(name)).expect("a file");
        flate2::read::MultiGzDecoder::new(file).read_to_string(&mut text).expect("it unpacks");
        text
    };
    let data = |line: &str| {
        let value: serde_json::Value = serde_json::from_str(line).expect("JSON");
        (value["data"].clone(), value["input"]["issue_id"].clone())
    };
    let (mut singer, mut airbyte) = (String::new(), String::new());
    for (name, streams) in [
        ("devlake-issue_changelogs.ndjson.gz", ["changelogs", "issue_changelogs"]),
        ("devlake-worklogs.ndjson.gz", ["worklogs", "issue_worklogs"]),
        ("devlake-users.ndjson.gz", ["users", "users"]),
    ] {
        for line in read(name).lines() {
            let (mut record, issue) = data(line);
            if record.get("issueId").is_none() && !issue.is_null() {
                record["issueId"] = issue;
            }
            singer += &format!("{}\n", serde_json::json!({"type": "RECORD", "stream": streams[0], "record": record}));
            airbyte += &format!(
                "{}\n",
                serde_json::json!({"_airbyte_ab_id": "x", "_airbyte_emitted_at": 1, "_airbyte_stream": streams[1], "_airbyte_data": record})
            );
        }
    }
    let plain: Vec<PathBuf> =
        ["issue_changelogs", "worklogs", "users"].iter().map(|name| folder.join(format!("devlake-{name}.ndjson.gz"))).collect();
    let told = |files: &[PathBuf]| {
        let summary = place.good(files);
        let mut ids = Rows::of(&place.out(), "events").column("event_id");
        ids.sort();
        (summary.bad_records, summary.counts, ids)
    };
    let expected = told(&plain);
    assert!(expected.2.len() > 250, "{}", expected.2.len());
    assert_eq!(told(&[place.file("singer.jsonl", singer)]), expected);
    assert_eq!(told(&[place.file("airbyte.jsonl", airbyte)]), expected);
}
