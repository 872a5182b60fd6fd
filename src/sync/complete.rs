//! What a page of issues leaves out: their whole change logs, and the ends of long lists of comments and work logs.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, TryStreamExt};
use serde_json::{Value, json};

use super::Kind;
use super::api::{self, Api, Page};
use crate::source::rest::{Request, RestError};

/// Entries of change logs in a page.
const CHANGES: usize = 1000;
/// Comments in a page.
const COMMENTS: usize = 100;
/// Work logs in a page.
const WORKLOGS: usize = 1000;

/// Lists that could not be completed, by the part of the site that refused them.
pub(super) type Denied = BTreeMap<&'static str, RestError>;

/// The issues of a page with everything that is theirs. One that is gone by now is left out.
pub(super) async fn complete(api: &Api, page: Page, denied: &mut Denied) -> Result<Vec<Value>, RestError> {
    let mut issues = page.issues;
    if api.kind == Kind::Cloud {
        let logs = match changelogs(api, &issues).await {
            Ok(logs) => Some(logs),
            // Not every site has it.
            Err(error) if error.is_denied() || error.trouble.status() == Some(405) => None,
            Err(error) => return Err(error),
        };
        for issue in &mut issues {
            let histories = logs.as_ref().map(|logs| api::id(issue).and_then(|id| logs.get(&id).cloned()).unwrap_or_default());
            if let Some(histories) = histories {
                set(issue, "changelog", json!({"total": histories.len(), "histories": histories}));
            }
        }
    }
    let work = futures::stream::iter(issues.into_iter().map(|issue| rest(api, issue))).buffered(api.concurrency());
    let done: Vec<Completed> = work.try_collect().await?;
    let mut whole = Vec::with_capacity(done.len());
    for Completed { issue, refused } in done {
        for (what, error) in refused {
            denied.entry(what).or_insert(error);
        }
        whole.extend(issue);
    }
    Ok(whole)
}

struct Completed {
    issue: Option<Value>,
    refused: Vec<(&'static str, RestError)>,
}

/// One of an issue's lists: where a record has it, and where the rest of it is.
struct Part {
    what: &'static str,
    page: usize,
    /// In the answer of its own.
    values: &'static str,
}

async fn rest(api: &Api, mut issue: Value) -> Result<Completed, RestError> {
    let mut refused = Vec::new();
    let Some(id) = api::id(&issue).map(|id| id.to_string()) else { return Ok(Completed { issue: Some(issue), refused }) };
    let comments = Part { what: "comment", page: COMMENTS, values: "comments" };
    let worklogs = Part { what: "worklog", page: WORKLOGS, values: "worklogs" };
    for part in [comments, worklogs] {
        let list = &issue["fields"][part.what];
        if is_whole(list, part.values) {
            continue;
        }
        match whole(api, &id, &part).await {
            Ok(values) => {
                if let Some(fields) = issue.get_mut("fields") {
                    set(fields, part.what, json!({"total": values.len(), part.values: values}));
                }
            }
            Err(error) if error.is_denied() => match api.is_there(&format!("issue/{id}")).await? {
                true => refused.push((part.what, error)),
                false => return Ok(Completed { issue: None, refused }),
            },
            Err(error) => return Err(error),
        }
    }
    if !is_whole(&issue["changelog"], "histories") {
        let part = Part { what: "changelog", page: COMMENTS, values: "values" };
        match whole(api, &id, &part).await {
            Ok(values) => set(&mut issue, "changelog", json!({"total": values.len(), "histories": values})),
            Err(error) if error.is_denied() => match api.is_there(&format!("issue/{id}")).await? {
                true => refused.push((part.what, error)),
                false => return Ok(Completed { issue: None, refused }),
            },
            Err(error) => return Err(error),
        }
    }
    Ok(Completed { issue: Some(issue), refused })
}

/// Puts a part into a record, unless that is none.
fn set(record: &mut Value, name: &str, part: Value) {
    if let Some(record) = record.as_object_mut() {
        record.insert(name.to_owned(), part);
    }
}

/// Whether a record holds a list to its end.
pub(super) fn is_whole(list: &Value, values: &str) -> bool {
    let Some(found) = list[values].as_array() else { return false };
    list["total"].as_u64().is_some_and(|total| total <= found.len() as u64)
}

/// The pages of one of an issue's lists, each element once.
async fn whole(api: &Api, issue: &str, part: &Part) -> Result<Vec<Value>, RestError> {
    let (mut values, mut ids): (Vec<Value>, BTreeSet<String>) = (Vec::new(), BTreeSet::new());
    let mut start = 0;
    loop {
        let mut request = Request::get(api.of_issue(issue, part.what)).with("startAt", start).with("maxResults", part.page);
        if part.what == "comment" {
            // The newest are last, so that one that is written meanwhile moves none.
            request = request.with("orderBy", "created");
        }
        let mut answer = api.ask(&request).await?;
        let Value::Array(page) = api::taken(&mut answer, part.values) else { break };
        let end = start + page.len() as u64;
        let is_last =
            page.is_empty() || answer["isLast"] == json!(true) || answer["total"].as_u64().is_none_or(|total| end >= total);
        values.extend(page.into_iter().filter(|value| ids.insert(value["id"].to_string())));
        if is_last {
            break;
        }
        start = end;
    }
    Ok(values)
}

/// The whole change logs of some issues.
async fn changelogs(api: &Api, issues: &[Value]) -> Result<BTreeMap<i64, Vec<Value>>, RestError> {
    let mut logs: BTreeMap<i64, Vec<Value>> = BTreeMap::new();
    let ids: Vec<String> = issues.iter().filter_map(api::id).map(|id| id.to_string()).collect();
    if ids.is_empty() {
        return Ok(logs);
    }
    let mut token: Option<String> = None;
    loop {
        let mut body = json!({"issueIdsOrKeys": ids, "maxResults": CHANGES});
        if let Some(token) = &token {
            body["nextPageToken"] = json!(token);
        }
        let mut answer = api.ask(&Request::post(api.platform("changelog/bulkfetch"), body)).await?;
        let Value::Array(found) = api::taken(&mut answer, "issueChangeLogs") else { break };
        let is_empty = found.is_empty();
        for mut log in found {
            let id = log["issueId"].as_i64().or_else(|| log["issueId"].as_str()?.parse().ok());
            // One issue's log may be on several pages.
            if let (Some(id), Value::Array(histories)) = (id, api::taken(&mut log, "changeHistories")) {
                logs.entry(id).or_default().extend(histories);
            }
        }
        let next = answer["nextPageToken"].as_str().filter(|next| !next.is_empty()).map(str::to_owned);
        if is_empty || next.is_none() || next == token {
            break;
        }
        token = next;
    }
    Ok(logs)
}
