//! `--live`: the issues of a site that speaks Jira's REST API over real HTTP.

mod answers;
mod limits;
mod refused;

use serde_json::Value;

use crate::cli::{Run, jqlx, path};
use crate::sync::Place;
use crate::sync::http::Request;
use crate::sync::program::configured;
use crate::sync::site::{Site, TOKEN};

/// Runs a command against the site.
fn live(place: &Place, site: &Site, command: &str, arguments: &[&str]) -> Run {
    let config = configured(place, site);
    let mut run = jqlx();
    run.env("JQLX_TOKEN", TOKEN).args([command, "--live", "main", "--config", path(&config), "--now", "2026-12-31T00:00:00Z"]);
    run.args(["--tz", "UTC"]).args(arguments).output().expect("the program runs").into()
}

/// The rows of a query.
fn rows(place: &Place, site: &Site, arguments: &[&str]) -> Vec<Value> {
    live(place, site, "query", &[&["--format", "ndjson"], arguments].concat()).ok().rows()
}

/// The searches since the last time.
fn searches(site: &Site) -> Vec<Request> {
    site.http.taken().into_iter().filter(|request| request.path.contains("/search") && request.body["jql"].is_string()).collect()
}

fn jql(request: &Request) -> &str {
    request.body["jql"].as_str().expect("a text")
}

fn fields(request: &Request) -> Vec<&str> {
    request.body["fields"].as_array().expect("a list").iter().filter_map(Value::as_str).collect()
}
