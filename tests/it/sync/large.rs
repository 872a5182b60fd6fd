//! A site of any size, made up as it is asked for: what memory a sync takes, and how fast it is.
//!
//! `JQLX_SYNC_ISSUES=100000 cargo test --test it -- --nocapture sync::large` measures; the usual run has a few hundred.

use std::process::Stdio;
use std::time::{Duration, Instant};

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::Place;
use super::http::{Http, Reply, Request};
use super::model::{stamp, status};
use super::site::{EMAIL, TOKEN};
use crate::cli::{jqlx, path};

const FIRST: i64 = 10_000;

/// When the issue of that place was last updated: some in a minute.
fn time(n: usize) -> Timestamp {
    let start: Timestamp = "2025-01-01T00:00:00Z".parse().expect("an instant");
    start + SignedDuration::from_secs(20 * n as i64)
}

fn person(n: usize) -> Value {
    json!({"accountId": format!("u{}", n % 50), "accountType": "atlassian", "displayName": format!("User {}", n % 50), "active": true})
}

fn issue(n: usize) -> Value {
    let (at, person) = (stamp(time(n)), person(n));
    let comment = |c: usize| {
        json!({"id": (n * 2 + c).to_string(), "author": person, "updateAuthor": person, "created": at, "updated": at,
               "body": {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": format!("This is what {n} is about, comment {c}.")}]}]}})
    };
    json!({"id": (FIRST + n as i64).to_string(), "key": format!("BIG-{}", n + 1), "fields": {
        "summary": format!("Issue {n}"), "project": {"id": "1", "key": "BIG", "name": "Big", "projectTypeKey": "software"},
        "issuetype": {"id": "1", "name": "Task", "subtask": false}, "status": status("Done"), "priority": {"id": "3", "name": "Medium"},
        "creator": person, "reporter": person, "assignee": person, "created": stamp(time(n) - SignedDuration::from_hours(100)), "updated": at,
        "description": "Some text. ".repeat(40), "labels": ["a", "b"], "components": [], "fixVersions": [], "versions": [], "issuelinks": [], "attachment": [],
        "customfield_10011": n as f64,
        "comment": {"total": 2, "comments": [comment(0), comment(1)]}, "worklog": {"total": 0, "worklogs": []}}})
}

/// Ten edits of an issue.
fn log(n: usize) -> Value {
    let edit = |e: usize| {
        let (from, to) = if e.is_multiple_of(2) { ("To Do", "In Progress") } else { ("In Progress", "To Do") };
        json!({"id": (n * 10 + e).to_string(), "author": person(n + e), "created": stamp(time(n) - SignedDuration::from_hours(100 - e as i64)),
               "items": [{"field": "status", "fieldId": "status", "fieldtype": "jira", "from": from.len().to_string(), "fromString": from, "to": to.len().to_string(), "toString": to}]})
    };
    json!({"issueId": (FIRST + n as i64).to_string(), "changeHistories": (0..10).map(edit).collect::<Vec<_>>()})
}

fn answer(all: usize, request: &Request) -> Reply {
    let empty = || Reply::ok(json!({"startAt": 0, "total": 0, "isLast": true, "isLastPage": true, "lastPage": true, "values": []}));
    let path = request.path.trim_start_matches("/rest/api/3/");
    match path {
        "serverInfo" => Reply::ok(
            json!({"baseUrl": "https://big.example.org", "deploymentType": "Cloud", "serverTime": stamp(Timestamp::now())}),
        ),
        "myself" => Reply::ok(json!({"accountId": "u1", "timeZone": "UTC"})),
        "search/approximate-count" => Reply::ok(json!({"count": all})),
        "search/jql" => {
            let date = request.body["jql"].as_str().and_then(|jql| jql.split('"').nth(1)).expect("a date");
            let date = if date.len() == 10 { format!("{date} 00:00") } else { date.to_owned() };
            let since = DateTime::strptime("%Y-%m-%d %H:%M", date)
                .ok()
                .and_then(|at| TimeZone::UTC.to_timestamp(at).ok())
                .expect("an instant");
            let seconds = since.duration_since(time(0)).as_secs().max(0) as usize;
            let begin = seconds.div_ceil(20)
                + request.body["nextPageToken"].as_str().map_or(0, |token| token.parse().expect("a token of ours"));
            let only_ids = request.body["fields"] == json!(["id"]);
            let end = (begin + request.body["maxResults"].as_u64().expect("a size") as usize).min(all);
            let one = |n: usize| if only_ids { json!({"id": (FIRST + n as i64).to_string()}) } else { issue(n) };
            let token = (end < all).then(|| json!((end - seconds.div_ceil(20)).to_string()));
            Reply::ok(
                json!({"issues": (begin.min(end)..end).map(one).collect::<Vec<_>>(), "isLast": end >= all, "nextPageToken": token}),
            )
        }
        "changelog/bulkfetch" => {
            let ids = request.body["issueIdsOrKeys"].as_array().expect("ids").iter();
            let ids = ids.map(|id| (id.as_str().expect("a text").parse::<i64>().expect("a number") - FIRST) as usize);
            Reply::ok(json!({"issueChangeLogs": ids.map(log).collect::<Vec<_>>()}))
        }
        "auditing/record" => Reply::ok(json!({"offset": 0, "limit": 1000, "total": 0, "records": []})),
        "field" | "status" | "issuetype" | "users/search" => Reply::ok(json!([])),
        "worklog/deleted" => Reply::ok(json!({"values": [], "until": 0, "lastPage": true})),
        _ => empty(),
    }
}

/// The most memory that a process has had, in bytes.
fn peak(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

#[test]
fn memory_does_not_grow_with_the_site() {
    let all = std::env::var("JQLX_SYNC_ISSUES").map_or(600, |n| n.parse().expect("a number of issues"));
    let http = Http::start(move |request| {
        let told = request.header("authorization").unwrap_or_default();
        assert_eq!(told, super::http::basic(EMAIL, TOKEN));
        answer(all, request)
    });
    let place = Place::new();
    let config = place.at("config.toml");
    std::fs::write(&config, format!("[sites.big]\nurl = \"{}\"\nemail = \"{EMAIL}\"\nstore = \"store\"\n", http.address))
        .expect("written");
    let started = Instant::now();
    let mut child = jqlx()
        .env("JQLX_TOKEN", TOKEN)
        .args(["sync", "--config", path(&config), "--memory-limit", "1GB"])
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut most = 0;
    let ended = loop {
        most = peak(child.id()).unwrap_or_default().max(most);
        match child.try_wait().expect("it is ours") {
            Some(ended) => break ended,
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    assert!(ended.success());
    let takes = started.elapsed();
    let requests = http.taken().len();
    eprintln!(
        "{all} issues with 12 events each: {takes:.1?}, {:.0} issues/s, {requests} requests, at most {} MB",
        all as f64 / takes.as_secs_f64(),
        most / 1_000_000
    );
    assert_eq!((place.rows("issues"), place.rows("events")), (all as u64, all as u64 * 13));
}
