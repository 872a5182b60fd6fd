//! Jira's search for issues, a page at a time.

use serde_json::{Value, json};

use super::{Client, Kind, Request, RestError, Trouble};

/// Where a list goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    Token(String),
    At(u64),
}

/// A page of issues.
pub(crate) struct Page {
    pub(crate) issues: Vec<Value>,
    /// Names and types of their fields, where they were asked for.
    pub(crate) head: Value,
    pub(crate) next: Option<Next>,
}

/// What is asked.
pub(crate) struct Question<'a> {
    pub(crate) jql: &'a str,
    /// The fields that issues come with.
    pub(crate) fields: &'a [&'a str],
    /// What comes besides.
    pub(crate) expand: &'a [&'a str],
    /// Issues of a page at most.
    pub(crate) size: usize,
}

/// A page of the issues that a question finds.
pub(crate) async fn search(client: &Client, kind: Kind, ask: &Question<'_>, from: Option<&Next>) -> Result<Page, RestError> {
    let mut body = json!({"jql": ask.jql, "maxResults": ask.size, "fields": ask.fields});
    let path = match kind {
        Kind::Cloud => "search/jql",
        Kind::DataCenter => {
            body["startAt"] = json!(0);
            // An id in the question that is not there is no mistake.
            body["validateQuery"] = json!(false);
            "search"
        }
    };
    if !ask.expand.is_empty() {
        body["expand"] = match kind {
            Kind::Cloud => json!(ask.expand.join(",")),
            Kind::DataCenter => json!(ask.expand),
        };
    }
    match from {
        Some(Next::Token(token)) => body["nextPageToken"] = json!(token),
        Some(Next::At(at)) => body["startAt"] = json!(at),
        None => {}
    }
    let request = Request::post(kind.platform(path), body);
    let mut answer = client.ask(&request).await?.body;
    let strange = |what: &str| RestError::new(request.name(), Trouble::Strange(what.to_owned()));
    let Value::Array(issues) = taken(&mut answer, "issues") else { return Err(strange("no list of issues")) };
    if !issues.iter().all(|issue| issue["id"].is_string() || issue["id"].is_number()) {
        return Err(strange("issues without ids"));
    }
    let token = answer["nextPageToken"].as_str().filter(|token| !token.is_empty()).map(|token| Next::Token(token.to_owned()));
    let next = match kind {
        Kind::Cloud => token.filter(|_| answer["isLast"] != json!(true)),
        Kind::DataCenter => {
            let start = answer["startAt"].as_u64().ok_or_else(|| strange("no startAt"))?;
            let end = start + issues.len() as u64;
            let total = answer["total"].as_u64().ok_or_else(|| strange("no total"))?;
            (end < total).then_some(Next::At(end))
        }
    };
    // A page without issues has no next one, and a token that comes again leads in a circle.
    let next = next.filter(|next| !issues.is_empty() && from != Some(next));
    Ok(Page { issues, head: json!({"names": answer["names"], "schema": answer["schema"]}), next })
}

/// A part of an answer, which is no longer in it; null where there is none.
pub(crate) fn taken(answer: &mut Value, name: &str) -> Value {
    answer.get_mut(name).map(Value::take).unwrap_or_default()
}

/// The number of an issue.
pub(crate) fn id(issue: &Value) -> Option<i64> {
    let id = &issue["id"];
    id.as_i64().or_else(|| id.as_str()?.parse().ok())
}
