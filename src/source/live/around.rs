//! What a site tells of itself where no store does: its small lists, each asked for once.

use std::collections::BTreeMap;

use datafusion::arrow::error::ArrowError;
use datafusion::arrow::record_batch::RecordBatch;
use serde_json::{Value, json};

use super::jql::Accounts;
use crate::source::jira::{Context, Site, record};
use crate::source::rest::search::taken;
use crate::source::rest::{Client, Kind, Request, RestError, Trouble};

/// Elements of a page.
const PAGE: u64 = 100;

/// Who asks.
#[derive(Clone, Debug)]
pub(super) struct Me {
    /// As issues name the account.
    pub(super) id: Option<String>,
    /// As JQL names it.
    name: Option<String>,
    /// The zone in which the site reads dates of this account's questions.
    pub(super) zone: Option<jiff::tz::TimeZone>,
}

/// Asks who asks.
pub(super) async fn me(client: &Client, kind: Kind) -> Result<Me, RestError> {
    let me = client.ask(&Request::get(kind.platform("myself"))).await?.body;
    let text = |name: &str| me[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let zone = text("timeZone").and_then(|name| jiff::tz::TimeZone::get(&name).ok());
    Ok(Me { id: text("accountId").or_else(|| text("key")).or_else(|| text("name")), name: text("name"), zone })
}

impl Me {
    /// How the site's JQL calls accounts; `known`: ids by other names of theirs.
    pub(super) fn accounts(&self, kind: Kind, known: &BTreeMap<String, String>) -> Accounts {
        if kind == Kind::Cloud {
            return Accounts::Ids;
        }
        let mut names: BTreeMap<String, Vec<&String>> = BTreeMap::new();
        for (name, id) in known {
            names.entry(id.clone()).or_default().push(name);
        }
        // Of several names nobody tells which one counts.
        let mut names: BTreeMap<String, String> = names
            .into_iter()
            .filter_map(|(id, names)| match names.as_slice() {
                [name] => Some((id, (*name).clone())),
                _ => None,
            })
            .collect();
        if let (Some(id), Some(name)) = (&self.id, &self.name) {
            names.insert(id.clone(), name.clone());
        }
        Accounts::Names(names)
    }
}

/// The site's list of fields.
pub(super) async fn fields(client: &Client, kind: Kind) -> Result<Vec<Value>, RestError> {
    list(client, Request::get(kind.platform("field"))).await
}

/// The small lists as tables. One that the account may not see is not among them: names are then taken as they are.
pub(super) async fn tables(client: &Client, kind: Kind, fields: &[Value]) -> Result<Vec<(&'static str, RecordBatch)>, Failed> {
    let cloud = kind == Kind::Cloud;
    let mut site = Site::default();
    note(fields.to_vec(), "fields", &mut site);
    for (path, stream) in [
        ("status", "statuses"),
        (if cloud { "priority/search" } else { "priority" }, "priorities"),
        (if cloud { "resolution/search" } else { "resolution" }, "resolutions"),
        ("issuetype", "issue_types"),
        (if cloud { "project/search" } else { "project" }, "projects"),
    ] {
        match list(client, Request::get(kind.platform(path))).await {
            Ok(records) => note(records, stream, &mut site),
            Err(error) if error.trouble.status() == Some(401) || !error.is_denied() => return Err(error.into()),
            Err(_) => {}
        }
    }
    let mut tables = site.into_tables(|_| None);
    // A few people are not all of them.
    tables.users.clear();
    Ok(tables.side_batches()?)
}

/// Why there are no tables.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failed {
    #[error(transparent)]
    Rest(#[from] RestError),
    #[error(transparent)]
    Arrow(#[from] ArrowError),
}

fn note(records: Vec<Value>, stream: &str, site: &mut Site) {
    for value in records {
        // What has no name can be named by nobody.
        let Some(value) = value.as_object() else { continue };
        let _ = record(value, Context { stream: Some(stream), ..Context::default() }, site);
    }
}

/// A list that comes at once or in pages.
async fn list(client: &Client, request: Request) -> Result<Vec<Value>, RestError> {
    let mut all = Vec::new();
    loop {
        let page = request.clone();
        let page =
            if request.name().ends_with("/search") { page.with("startAt", all.len()).with("maxResults", PAGE) } else { page };
        let mut answer = client.ask(&page).await?.body;
        let is_whole = answer.is_array();
        let values = if is_whole { answer.take() } else { taken(&mut answer, "values") };
        let Value::Array(values) = values else {
            return Err(RestError::new(request.name(), Trouble::Strange("no list".into())));
        };
        let is_empty = values.is_empty();
        all.extend(values);
        let is_last = answer["isLast"] == json!(true) || answer["total"].as_u64().is_some_and(|total| all.len() as u64 >= total);
        if is_whole || is_empty || is_last {
            return Ok(all);
        }
    }
}
