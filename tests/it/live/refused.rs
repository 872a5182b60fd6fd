//! What a site does not answer is said, and never half an answer as if it were whole.

use serde_json::{Value, json};

use super::{live, rows};
use crate::cli::Run;
use crate::sync::Place;
use crate::sync::http::Reply;
use crate::sync::model::{Jira, Kind};
use crate::sync::site::{Site, TOKEN};

#[test]
fn what_the_site_does_not_answer_is_said() {
    type Make = fn(Value) -> Reply;
    let faults: &[(&str, &str, Make)] = &[
        ("jqlx::rest::unauthorized", "401", |_| Reply::status(401, "Who are you?")),
        ("jqlx::rest::forbidden", "403", |_| Reply::status(403, "Not for you.")),
        ("jqlx::rest::limited", "429", |_| Reply::Json(429, vec![("Retry-After", "86400".to_owned())], json!({}))),
        ("jqlx::rest::refused", "Field 'x' does not exist", |_| Reply::status(400, "Field 'x' does not exist.")),
        ("jqlx::rest::bad_answer", "no list of issues", |_| Reply::ok(json!({"issues": 3}))),
        ("jqlx::rest::bad_answer", "cannot be read", |_| Reply::ok(json!({"issues": [{"id": "1", "key": "PAY-1", "fields": {}}]}))),
        ("jqlx::rest::bad_answer", "status: a list", |mut body| {
            body["issues"][0]["fields"]["status"] = json!([]);
            Reply::ok(body)
        }),
        ("jqlx::rest::redirected", "https://login.example.org", |_| {
            Reply::Json(302, vec![("Location", "https://login.example.org/in".to_owned())], json!({}))
        }),
    ];
    for (code, said, what) in faults {
        let site = Site::start(Jira::new(Kind::Cloud, 30));
        // The first page comes.
        site.fault("search/jql", 1, 1000, what);
        let run: Run = live(&Place::new(), &site, "query", &["--format", "ndjson", "project = PAY SHOW key, status ORDER BY key"]);
        assert_eq!(run.code, Some(1), "{code}");
        assert!(run.err.contains(code) && run.err.contains(said), "{code}: {}", run.err);
        assert!(!run.err.contains(TOKEN) && run.out.is_empty(), "{}", run.out);
    }
}

/// Once, which further tries outlast.
#[test]
fn what_passes_is_outlasted() {
    let faults: &[fn(Value) -> Reply] =
        &[Reply::Broken, Reply::Cut, |_| Reply::Closed, |_| Reply::Json(429, vec![("Retry-After", "0".to_owned())], json!({}))];
    for what in faults {
        let site = Site::start(Jira::new(Kind::Cloud, 30));
        site.fault("search/jql", 1, 1, what);
        assert_eq!(rows(&Place::new(), &site, &["project = PAY"]).len(), 20);
    }
}

#[test]
fn a_site_is_named_and_its_secret_is_good() {
    let site = Site::start(Jira::new(Kind::Cloud, 3));
    let place = Place::new();
    let refused = live(&place, &site, "query", &["--data", "x", "project = PAY"]);
    assert_eq!(refused.code, Some(2), "{}", refused.err);
    site.fault("myself", 0, 10, |_| Reply::status(401, &format!("no such token {TOKEN}")));
    let refused = live(&place, &site, "query", &["project = PAY"]);
    assert!(refused.err.contains("jqlx::rest::unauthorized") && !refused.err.contains(TOKEN), "{}", refused.err);
    let other = Site::start(Jira::new(Kind::Cloud, 3));
    other.fault("serverInfo", 0, 10, |_| Reply::ok(json!({"baseUrl": "https://other.example.org", "deploymentType": "Cloud"})));
    site.heal();
    place.sync(&site);
    let refused = live(&place, &other, "query", &["project = PAY"]);
    assert!(refused.err.contains("jqlx::sync::other_site") && refused.err.contains("model.example.org"), "{}", refused.err);
}
