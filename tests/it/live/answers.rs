//! A live site answers what a store of the same data answers.

use super::{fields, jql, live, rows, searches};
use crate::cli::{path, run};
use crate::sync::Place;
use crate::sync::model::{Jira, Kind};
use crate::sync::site::Site;

const ODD: &str = "say\"hi\\größe🎉";

/// Queries, and what goes to Jira of each.
const QUERIES: &[(&str, &str)] = &[
    (
        "project = PAY SHOW key, type, status, priority, assignee, reporter, summary, description, labels, updated, Colours, Weight, \
         attachments ORDER BY key",
        "project = \"PAY\"",
    ),
    (
        "status = \"In Progress\" AND created >= \"2026-03-01 08:10\"",
        "status = \"In Progress\" AND created >= \"2026-02-28 08:10\"",
    ),
    ("status != Done AND labels = two", "status != \"Done\" AND labels = \"two\""),
    ("labels NOT IN (two) AND project IN (PAY, OPS) ORDER BY key", "project IN (\"PAY\", \"OPS\")"),
    ("priority = Medium AND resolution IS EMPTY AND (status = Done OR labels = two)", "(status = \"Done\" OR labels = \"two\")"),
    ("summary ~ Issue AND type = Task ORDER BY updated ASC LIMIT 3", "issuetype = \"Task\""),
    ("updated > \"2026-03-01 08:20\" AND assignee IS EMPTY", "assignee IS EMPTY"),
    ("Weight > 3 AND project = PAY", "project = \"PAY\""),
    ("key IN (PAY-2, PAY-3, PAY-999)", "key"),
    ("reporter = u2 AND project = PAY", "project = \"PAY\""),
    ("labels = 'say\"hi\\\\größe🎉'", r#"labels = "say\"hi\\größe🎉""#),
    ("project = PAY GROUP BY status SHOW status, count()", "project = \"PAY\""),
];

fn site(kind: Kind) -> Site {
    let mut jira = Jira::new(kind, 20);
    jira.label(10_004, ODD);
    Site::start(jira)
}

/// With a store beside it and without.
#[test]
fn rows_are_those_of_an_import() {
    for kind in [Kind::Cloud, Kind::DataCenter] {
        let site = site(kind);
        let place = Place::new();
        let imported = place.imported(&site);
        for with_store in [false, true] {
            if with_store {
                place.sync(&site);
            }
            for (query, pushed) in QUERIES {
                site.http.taken();
                let found = rows(&place, &site, &["--yes", query]);
                let asked = searches(&site);
                assert!(
                    asked.iter().any(|request| jql(request).contains(pushed)),
                    "{query}: {:?}",
                    asked.iter().map(jql).collect::<Vec<_>>()
                );
                let store = [
                    "query",
                    "--store",
                    path(&imported),
                    "--now",
                    "2026-12-31T00:00:00Z",
                    "--tz",
                    "UTC",
                    "--format",
                    "ndjson",
                    query,
                ];
                let wanted = run(&store).ok().rows();
                assert!(!wanted.is_empty(), "{query}");
                assert_eq!(found, wanted, "{kind:?} {with_store} {query}");
            }
        }
    }
}

#[test]
fn only_the_fields_that_are_needed_come() {
    let site = site(Kind::Cloud);
    let place = Place::new();
    for (query, wanted) in [
        ("project = PAY SHOW key ORDER BY key", vec!["created"]),
        ("project = PAY AND summary ~ Issue SHOW key, status ORDER BY key", vec!["created", "status", "summary"]),
        ("project = PAY SHOW Weight ORDER BY key", vec!["created", "customfield_10011"]),
    ] {
        site.http.taken();
        rows(&place, &site, &[query]);
        let asked = searches(&site);
        assert!(!asked.is_empty() && asked.iter().all(|request| fields(request) == wanted), "{query}: {asked:?}");
    }
}

#[test]
fn activity_is_that_of_the_store() {
    let site = site(Kind::Cloud);
    let place = Place::new();
    for query in [
        "ACTIVITY WHERE comment CREATED",
        "project = PAY AND status WAS \"In Progress\"",
        "project = PAY AND comment CREATED",
        "project = PAY AND comment ~ timeout",
        "project = PAY AND issue DELETED",
        "project = PAY AND assignee IN membersOf(devs)",
        "key IN linkedIssues(PAY-2)",
        "project = PAY AND comment CREATED THEN comment DELETED",
        "project = PAY AS OF \"2026-03-01\"",
    ] {
        let refused = live(&place, &site, "query", &[query]);
        assert_eq!(refused.code, Some(1), "{query}");
        assert!(refused.err.contains("jqlx::live::no_store") && refused.err.contains("jqlx sync"), "{query}: {}", refused.err);
    }
    place.sync(&site);
    let found = rows(&place, &site, &["project = PAY AND status WAS \"In Progress\" SHOW key ORDER BY key"]);
    let wanted = run(&[
        "query",
        "--store",
        path(&place.store()),
        "--format",
        "ndjson",
        "project = PAY AND status WAS \"In Progress\" SHOW key ORDER BY key",
    ]);
    assert_eq!(found, wanted.ok().rows());
    assert!(!found.is_empty());
    // What the store does not know yet, the site does.
    let new = site.jira().add();
    let key = site.jira().issue(new)["key"].as_str().expect("a key").to_owned();
    let found = rows(&place, &site, &[&format!("key = {key} SHOW key")]);
    assert_eq!(found.len(), 1);
}

#[test]
fn explain_shows_what_goes_to_jira() {
    let site = site(Kind::Cloud);
    let place = Place::new();
    site.http.taken();
    let query = "project = PAY AND summary ~ x AND created > \"2026-03-02\"";
    let shown = live(&place, &site, "explain", &["--stage", "jql", query]).ok().out;
    assert_eq!(shown, "created >= \"2026-03-01 00:00\" AND project = \"PAY\" ORDER BY created DESC, key DESC\n");
    let whole = live(&place, &site, "explain", &[query]).ok().out;
    assert!(whole.contains("\nJQL for Jira\n  created >= "), "{whole}");
    let all = live(&place, &site, "explain", &["--stage", "jql", "summary ~ x"]).ok().out;
    assert!(all.starts_with("project IS NOT EMPTY"), "a query that would be refused is explained: {all}");
    assert!(searches(&site).is_empty(), "plans ask for no issues");
}
