//! `jqlx sync` against a server of ours that speaks Jira's REST API over real HTTP.

mod deletions;
mod faults;
pub mod http;
mod jql;
mod killed;
mod large;
pub mod model;
mod openapi;
pub mod program;
pub mod site;
mod whole;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jqlx::store::{At, Store};
use jqlx::sync::{Auth, Limits, Options, Progress, SecretSource, Summary, site_url};

use crate::cli::{path, run};
use crate::store::RUNTIME;
use model::Kind;
use site::{EMAIL, Site, TOKEN};

struct Quiet;

impl Progress for Quiet {
    fn stage(&self, _name: &str) {}
    fn issues(&self, _done: u64, _total: Option<u64>) {}
}

/// Folders of one test.
pub struct Place(tempfile::TempDir);

impl Place {
    pub fn new() -> Self {
        let place = Self(crate::store::folder());
        let token = place.at("token");
        std::fs::write(&token, TOKEN).expect("written");
        only_ours(&token);
        place
    }

    pub fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn store(&self) -> PathBuf {
        self.at("store")
    }

    /// Small pages and small commits, and waits that no test notices.
    fn options() -> Options {
        let limits = Limits {
            tries: 4,
            first_wait: Duration::from_millis(4),
            silence: Duration::from_millis(400),
            whole: Duration::from_millis(1500),
            ..Limits::default()
        };
        Options { limits, batch: 10, page: 7, load: crate::store::options(), ..Options::default() }
    }

    fn try_sync(&self, site: &Site, options: Options) -> Result<Summary, jqlx::Error> {
        let token = SecretSource::File(self.at("token")).read().expect("a token");
        let (kind, auth) = match site.jira().kind {
            Kind::Cloud => (jqlx::sync::Kind::Cloud, Auth::Basic { user: EMAIL.into(), token }),
            Kind::DataCenter => (jqlx::sync::Kind::DataCenter, Auth::Bearer(token)),
        };
        let of = jqlx::sync::Site { url: site_url(&site.http.address).expect("an address"), kind, auth };
        RUNTIME.block_on(jqlx::sync::sync(of, &self.store(), options, Arc::new(Quiet)))
    }

    pub fn sync(&self, site: &Site) -> Summary {
        self.try_sync(site, Self::options()).unwrap_or_else(|error| panic!("{:?}", error.diagnostics()))
    }

    /// The code and message of what a sync refuses.
    fn refused(&self, site: &Site) -> (String, String) {
        let error = self.try_sync(site, Self::options()).expect_err("it is refused");
        let diagnostic = &error.diagnostics()[0];
        (diagnostic.code.to_string(), diagnostic.message.clone())
    }

    /// The rows that a query finds in the store.
    fn ask(&self, query: &str) -> Vec<serde_json::Value> {
        ask(&self.store(), query)
    }

    /// How many rows a table of the store has.
    fn rows(&self, table: &str) -> u64 {
        let status = RUNTIME.block_on(async { Store::open(self.store(), At::Latest)?.status() }).expect("a status");
        status.tables.iter().find(|of| of.name == table).map_or(0, |of| of.rows)
    }

    /// A store filled by `import` with all that the site has.
    pub fn imported(&self, site: &Site) -> PathBuf {
        let (export, fields, store) = (self.at("export.ndjson"), self.at("fields.json"), self.at("imported"));
        std::fs::write(&export, site.jira().export()).expect("written");
        std::fs::write(&fields, site.jira().fields().to_string()).expect("written");
        let _ = std::fs::remove_dir_all(&store);
        run(&["import", path(&export), path(&fields), "--store", path(&store)]).ok();
        store
    }

    /// That the store says of issues and events what an import of the same data says.
    fn same_as_import(&self, site: &Site) {
        let imported = self.imported(site);
        for query in QUERIES {
            let (synced, wanted) = (self.ask(query), ask(&imported, query));
            assert!(!wanted.is_empty(), "{query}");
            assert_eq!(synced, wanted, "{query}");
        }
    }

    /// The same where the sync knows of deletions that no import does.
    fn same_as_import_but_deletions(&self, site: &Site) {
        let imported = self.imported(site);
        let query = QUERIES[0].replace("SHOW", "WHERE action != deleted AND entity = comment SHOW");
        let (synced, wanted) = (self.ask(&query), ask(&imported, &query));
        let known = |rows: &[serde_json::Value]| texts(rows, "eventId");
        assert!(known(&wanted).iter().all(|id| known(&synced).contains(id)));
    }

    /// What verify finds wrong.
    fn verified(&self) -> Vec<String> {
        let verified = RUNTIME.block_on(async { Store::open(self.store(), At::Latest)?.verify(crate::store::options()).await });
        let verified = verified.unwrap_or_else(|error| panic!("{:?}", error.diagnostics()));
        verified.problems.iter().map(|problem| problem.message.clone()).collect()
    }
}

const QUERIES: &[&str] = &[
    "ACTIVITY SHOW eventId, time, actor, entity, action, issue, \"field\", \"from\", \"to\", text ORDER BY eventId",
    "created IS NOT EMPTY SHOW key, status, assignee, summary, labels, updated, Colours, Weight, attachments ORDER BY key",
    "status WAS \"In Progress\" SHOW key ORDER BY key",
];

fn ask(store: &Path, query: &str) -> Vec<serde_json::Value> {
    run(&["query", "--store", path(store), "--now", "2026-12-31T00:00:00Z", "--format", "ndjson", query]).ok().rows()
}

/// Each value of a column.
fn texts(rows: &[serde_json::Value], column: &str) -> Vec<String> {
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned).unwrap_or_else(|| value.to_string());
    rows.iter().map(|row| text(&row[column])).collect()
}

#[cfg(unix)]
fn only_ours(file: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).expect("a mode");
}

#[cfg(not(unix))]
fn only_ours(_file: &Path) {}
