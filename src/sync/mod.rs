//! `sync`: a live Jira site into a store, a part at a time.
//!
//! Records are fetched (`api`, `pages`, `complete`, `tables`), kept in temporary files (`spool`), mapped as files of an import
//! are, and loaded (`step`). Each part is one commit of the store together with the position that it brings the sync to
//! (`position`), so a sync that ends at any moment goes on where it was. What is no longer there becomes an event (`gone`).

mod api;
mod audit;
mod complete;
mod gone;
mod known;
mod pages;
mod position;
mod run;
mod spool;
mod step;
mod tables;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;

use crate::diagnostic::{Diagnostic, codes};
use crate::error::Error;
use crate::source::files::Problem;
pub use crate::source::rest::{Auth, Kind, Limits, RestError, Secret, SecretSource, Site};
use crate::store::LoadOptions;

/// How to sync.
#[derive(Clone, Debug)]
pub struct Options {
    /// The patience and pace of requests.
    pub limits: Limits,
    /// Issues that are committed together.
    pub batch: usize,
    /// Time after which what was fetched is committed, however little it is.
    pub commit_after: Duration,
    /// Issues of a page.
    pub page: usize,
    /// How far before the last known update the next sync begins: a site's search shows an update a little late.
    pub overlap: Duration,
    /// Whether all ids are compared, which finds deleted issues.
    pub scan: bool,
    /// Whether the audit log comes, too.
    pub audit: bool,
    /// What loading may use.
    pub load: LoadOptions,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            batch: 5_000,
            commit_after: Duration::from_secs(60),
            page: 100,
            overlap: Duration::from_secs(15 * 60),
            scan: true,
            audit: true,
            load: LoadOptions::default(),
        }
    }
}

/// Is told how far a sync is.
pub trait Progress: Send + Sync {
    /// What is being done now.
    fn stage(&self, name: &str);
    /// Issues fetched, and how many there are about.
    fn issues(&self, done: u64, total: Option<u64>);
}

/// What a sync found gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gone {
    /// Issues.
    pub issues: u64,
    /// Comments.
    pub comments: u64,
    /// Work logs.
    pub worklogs: u64,
    /// Attachments.
    pub attachments: u64,
}

/// What a sync did.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// The site as it calls itself.
    pub site: String,
    /// The last version of the store that it made.
    pub version: Option<u64>,
    /// How many versions it made.
    pub commits: u64,
    /// Issues fetched with everything that is theirs.
    pub issues: u64,
    /// Records of the audit log that were fetched.
    pub audit_records: u64,
    /// Issues and events that are new to the store.
    pub added: (u64, u64),
    /// Issues and events that the store knows better now.
    pub changed: (u64, u64),
    /// What is no longer there.
    pub gone: Gone,
    /// What was left out, and why.
    pub left_out: Vec<Diagnostic>,
    /// Records that could not be read.
    pub problems: Vec<Problem>,
}

/// Brings a store up to date with a site. A store that is not there is made.
///
/// # Errors
///
/// Where the site cannot be asked, is another one than before, or the store cannot be written. What was fetched until then is
/// in the store, and the next sync goes on from there.
pub async fn sync(site: Site, store: &Path, options: Options, progress: Arc<dyn Progress>) -> Result<Summary, Error> {
    run::run(site, store, options, progress).await
}

/// Why something did not come: the site did not give it, or it could not be kept.
enum Stop {
    Rest(RestError),
    Error(Error),
}

impl From<RestError> for Stop {
    fn from(error: RestError) -> Self {
        Self::Rest(error)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// A site's address, as it may stand in a configuration.
///
/// # Errors
///
/// `jqlx::sync::site` as text and help: it is none, it holds credentials, or it would send them in the clear.
pub fn site_url(text: &str) -> Result<Url, (String, String)> {
    let wrong = |message: &str, help: &str| Err((message.to_owned(), help.to_owned()));
    let Ok(mut url) = Url::parse(text) else {
        return wrong("this is no address of a site", "write it as \"https://example.atlassian.net\"");
    };
    if !url.username().is_empty() || url.password().is_some() {
        return wrong("the address holds credentials", "name a variable with `token_env` or a file with `token_file`");
    }
    match url.scheme() {
        "https" => {}
        "http" if crate::source::rest::is_loopback(&url) => {}
        "http" => return wrong("the token would go over the network in the clear", "use https://"),
        _ => return wrong("this is no address of a site", "it begins with https://"),
    }
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

/// A file of the sync's own that could not be written or read.
fn spooled(path: &Path, error: &std::io::Error) -> Error {
    let message = format!("cannot keep what was fetched in {}: {error}", path.display());
    Error::Environment(Box::new(Diagnostic::error(codes::SYNC_SPOOL, message).help("what was committed before is in the store")))
}
