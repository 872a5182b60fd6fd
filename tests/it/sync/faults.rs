//! Everything that can go wrong with a request: it is repeated where that helps, and said clearly where it does not.

use std::time::{Duration, Instant};

use jqlx::sync::Options;
use serde_json::{Value, json};

use super::Place;
use super::http::Reply;
use super::model::{Jira, Kind};
use super::site::{Site, TOKEN};

fn limited(status: u16, headers: &[(&'static str, &str)]) -> impl Fn(Value) -> Reply + Send + 'static {
    let headers: Vec<(&'static str, String)> = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    move |_| Reply::Json(status, headers.clone(), json!({}))
}

/// Each of them two times, which four tries outlast.
#[test]
fn what_passes_is_outlasted() {
    type Make = Box<dyn Fn(Value) -> Reply + Send>;
    let faults: Vec<(&str, Make)> = vec![
        ("429 with Retry-After", Box::new(limited(429, &[("Retry-After", "0")]))),
        ("429 with a beta header", Box::new(limited(429, &[("Beta-Retry-After", "0")]))),
        ("429 without a header", Box::new(limited(429, &[]))),
        ("500", Box::new(limited(500, &[]))),
        ("502", Box::new(limited(502, &[]))),
        ("503", Box::new(limited(503, &[("Retry-After", "0")]))),
        ("broken JSON", Box::new(Reply::Broken)),
        ("a web page", Box::new(|_| Reply::Text(200, "text/html", "<html>We will be back</html>".into()))),
        ("a cut connection", Box::new(Reply::Cut)),
        ("a closed connection", Box::new(|_| Reply::Closed)),
        ("silence", Box::new(|_| Reply::Silent(Duration::from_millis(600)))),
    ];
    for (name, what) in faults {
        let site = Site::start(Jira::new(Kind::Cloud, 12));
        let what: std::sync::Arc<std::sync::Mutex<Make>> = std::sync::Arc::new(std::sync::Mutex::new(what));
        for at in ["search/jql", "changelog/bulkfetch", "/comment", "users/search", "worklog/deleted"] {
            let what = what.clone();
            site.fault(at, 0, 2, move |body| (what.lock().expect("no panic"))(body));
        }
        let place = Place::new();
        let summary = place.try_sync(&site, Place::options()).unwrap_or_else(|error| panic!("{name}: {:?}", error.diagnostics()));
        assert_eq!((summary.issues, summary.left_out), (12, Vec::new()), "{name}");
    }
}

#[test]
fn a_wait_that_the_site_asks_for_is_kept() {
    for name in ["Retry-After", "X-RateLimit-Reset"] {
        let site = Site::start(Jira::new(Kind::Cloud, 6));
        site.fault("search/jql", 0, 1, move |_| {
            // Of an instant the header has whole seconds.
            let reset = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(2);
            let value = if name == "Retry-After" { "1".to_owned() } else { reset.strftime("%Y-%m-%dT%H:%M:%SZ").to_string() };
            Reply::Json(429, vec![(name, value)], json!({}))
        });
        let started = Instant::now();
        Place::new().sync(&site);
        assert!(started.elapsed() >= Duration::from_millis(950), "{name}: {:?}", started.elapsed());
        let searches = site.http.taken().iter().filter(|request| request.path.ends_with("search/jql")).count();
        assert!(searches > 1);
    }
}

#[test]
fn what_does_not_pass_is_said_and_nothing_is_lost() {
    type Make = Box<dyn Fn(Value) -> Reply + Send>;
    let faults: Vec<(&str, &str, Make)> = vec![
        ("jqlx::rest::limited", "429", Box::new(limited(429, &[]))),
        ("jqlx::rest::limited", "429", Box::new(limited(429, &[("Retry-After", "86400")]))),
        ("jqlx::rest::server", "500", Box::new(limited(500, &[]))),
        ("jqlx::rest::server", "503", Box::new(limited(503, &[]))),
        ("jqlx::rest::refused", "400", Box::new(|_| Reply::status(400, "The field 'updated' is not there"))),
        ("jqlx::rest::unauthorized", "401", Box::new(limited(401, &[]))),
        ("jqlx::rest::forbidden", "403", Box::new(limited(403, &[]))),
        ("jqlx::rest::not_found", "404", Box::new(limited(404, &[]))),
        ("jqlx::rest::gone", "410", Box::new(limited(410, &[]))),
        ("jqlx::rest::bad_answer", "no JSON", Box::new(Reply::Broken)),
        ("jqlx::rest::bad_answer", "a web page", Box::new(|_| Reply::Text(200, "text/html", "<html>".into()))),
        ("jqlx::rest::bad_answer", "no list of issues", Box::new(|_| Reply::ok(json!({"issues": "none"})))),
        ("jqlx::rest::bad_answer", "no list of issues", Box::new(|_| Reply::ok(json!([1, 2])))),
        ("jqlx::rest::bad_answer", "issues without ids", Box::new(|_| Reply::ok(json!({"issues": [1, [], {"id": null}]})))),
        ("jqlx::rest::cut", "ended within the answer", Box::new(Reply::Cut)),
        ("jqlx::rest::cut", "in time", Box::new(|_| Reply::Silent(Duration::from_secs(1)))),
        ("jqlx::rest::cut", "in time", Box::new(|body| Reply::Dripping(body, Duration::from_millis(60)))),
        (
            "jqlx::rest::redirected",
            "https://login.example.org",
            Box::new(limited(302, &[("Location", "https://login.example.org/in?x=1")])),
        ),
    ];
    for (code, said, what) in faults {
        let site = Site::start(Jira::new(Kind::Cloud, 16));
        // The first page comes.
        site.fault("search/jql", 1, 1000, what);
        let place = Place::new();
        let (found, message) = place.refused(&site);
        assert_eq!(found, code, "{message}");
        assert!(message.contains(said) && message.contains("POST rest/api/3/search/jql"), "{said}: {message}");
        assert_eq!(place.ask("created IS NOT EMPTY").len(), 7, "{code}: what came before is kept");
        site.heal();
        assert_eq!(place.sync(&site).issues, 9, "{code}: it goes on where it was");
    }
}

#[test]
fn a_site_that_is_not_there_is_said() {
    let place = Place::new();
    let mut gone = Site::start(Jira::new(Kind::Cloud, 3));
    // Nobody listens at this port.
    gone.http.address = "http://127.0.0.1:9".into();
    let (code, _) = place.refused(&gone);
    assert_eq!(code, "jqlx::rest::unreachable");
    assert!(!place.store().exists(), "a site that does not answer makes no store");
}

#[test]
fn an_answer_is_not_larger_than_what_is_taken() {
    let site = Site::start(Jira::new(Kind::Cloud, 24));
    let mut options: Options = Place::options();
    options.limits.answer = 3000;
    let error = Place::new().try_sync(&site, options).expect_err("it is too large");
    assert_eq!(error.diagnostics()[0].code.name, "jqlx::rest::bad_answer");
    assert!(error.diagnostics()[0].message.contains("more than 3000 bytes"), "{:?}", error.diagnostics());
}

#[test]
fn what_the_account_may_not_see_is_said_and_the_rest_is_done() {
    for kind in [Kind::Cloud, Kind::DataCenter] {
        for status in if kind == Kind::Cloud { [401, 403] } else { [404, 410] } {
            let site = Site::start(Jira::new(kind, 12));
            let denied = [
                ("group/", "members of groups"),
                ("groups/", "members of groups"),
                ("workflow", "workflows"),
                ("/role", "members of project roles"),
                ("agile", "sprints"),
                ("servicedeskapi", "customer organizations"),
                ("/version", "versions and components"),
                ("worklog/deleted", "deletions of work logs"),
                ("auditing", "records of the audit log"),
                ("user", "users"),
            ];
            for (at, _) in denied {
                site.fault(at, 0, 1000, limited(status, &[]));
            }
            let place = Place::new();
            let summary = place.sync(&site);
            assert_eq!(summary.issues, 12, "{kind:?} {status}");
            let said: Vec<&str> = summary.left_out.iter().map(|d| d.message.as_str()).collect();
            for (_, what) in denied {
                let is_said = said.iter().any(|said| said.to_lowercase().contains(what) && said.contains(&status.to_string()));
                assert!(is_said, "{kind:?} {status}: {what} in {said:?}");
            }
            if status == 403 {
                place.same_as_import(&site);
            }
        }
    }
}

/// Without the bulk form of change logs, each issue's own is read.
#[test]
fn change_logs_come_one_by_one_where_they_must() {
    let site = Site::start(Jira::new(Kind::Cloud, 12));
    site.fault("changelog/bulkfetch", 0, 1000, limited(404, &[]));
    let place = Place::new();
    place.sync(&site);
    place.same_as_import(&site);
}

#[test]
fn a_wrong_token_is_refused_before_anything_is_made_and_never_shown() {
    let site = Site::start(Jira::new(Kind::Cloud, 3));
    let place = Place::new();
    std::fs::write(place.at("token"), "wr0ng").expect("written");
    let error = place.try_sync(&site, Place::options()).expect_err("it is refused");
    let shown = format!("{error:?} {error} {:?}", error.diagnostics());
    assert!(shown.contains("jqlx::rest::unauthorized") && !shown.contains("wr0ng"), "{shown}");
    assert!(!place.store().exists());
    assert!(shown.contains(TOKEN), "what the server itself says is told, but for the secret that was sent");
}

#[test]
fn a_site_of_another_kind_is_said() {
    let site = Site::start(Jira::new(Kind::Cloud, 3));
    site.fault("serverInfo", 0, 10, |_| Reply::ok(json!({"baseUrl": "https://x.example.org", "deploymentType": "Server"})));
    let error = Place::new().try_sync(&site, Place::options()).expect_err("it is refused");
    let diagnostic = &error.diagnostics()[0];
    assert_eq!((diagnostic.code.name, diagnostic.help.as_deref()), ("jqlx::sync::site", Some("write kind = \"datacenter\"")));
}
