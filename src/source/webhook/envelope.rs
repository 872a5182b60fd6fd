//! What capture tools keep around a delivery: the request with its query and headers.

use std::borrow::Cow;

use serde_json::Value;

use crate::source::jira::json::{Object, id, text};
use crate::source::words;

/// Where the body of a request may be kept.
const BODIES: &[&str] =
    &["body", "payload", "content", "data", "json", "rawBody", "raw_body", "bodyJson", "request", "event", "webhook", "message"];
/// Where its query may be kept, as an object or as text.
const QUERIES: &[&str] = &[
    "query",
    "queryStringParameters",
    "queryString",
    "query_string",
    "rawQueryString",
    "query_params",
    "params",
    "args",
    "parameters",
];
/// Where its address may be kept.
const ADDRESSES: &[&str] = &["url", "uri", "path", "rawPath", "requestUri", "requestUrl", "originalUrl", "target", "endpoint"];
/// Parameters that name who acted, the surest first.
const ACCOUNTS: &[&str] = &["triggeredByUser", "user_id", "user_key"];
/// How deep a body may lie.
const DEPTH: usize = 4;

/// A delivery, taken out of what was kept around it.
pub(super) struct Delivery<'a> {
    pub body: Cow<'a, Object>,
    /// Who acted, as the registered address told.
    pub by: Option<String>,
    /// The event, as the address tells where the body does not.
    pub addressed: Option<String>,
}

/// Takes a delivery out. None: there is none.
pub(super) fn open(outer: &Object) -> Option<Delivery<'_>> {
    let mut delivery = Delivery { body: body(outer, DEPTH)?, by: None, addressed: None };
    around(outer, DEPTH, &mut delivery);
    Some(delivery)
}

fn body(outer: &Object, depth: usize) -> Option<Cow<'_, Object>> {
    if is_body(outer) {
        return Some(Cow::Borrowed(outer));
    }
    if depth == 0 || says_what_it_is(outer) {
        return None;
    }
    BODIES.iter().find_map(|name| match outer.get(*name)? {
        Value::Object(inner) => body(inner, depth - 1),
        Value::String(inner) if inner.trim_start().starts_with('{') => {
            let Ok(Value::Object(inner)) = serde_json::from_str(inner) else { return None };
            body(&inner, depth - 1).map(|found| Cow::Owned(found.into_owned()))
        }
        _ => None,
    })
}

/// Whether an object is a record of its own, whose texts are what somebody wrote: a comment that looks like a delivery is none.
fn says_what_it_is(object: &Object) -> bool {
    ["self", "author", "created", "fields", "items", "attributes", "summary"].iter().any(|name| object.contains_key(*name))
}

/// Whether an object is what Jira or Confluence sent.
fn is_body(object: &Object) -> bool {
    let is = |name: &str| object.get(name).is_some_and(Value::is_object);
    let event = text(object, "event").or_else(|| text(object, "eventType"));
    text(object, "webhookEvent").is_some()
        || text(object, "eventType").is_some_and(|event| event.starts_with("avi:"))
        || (object.contains_key("timestamp")
            && (event.is_some_and(|event| words::of_webhook(event).is_some())
                || ((object.contains_key("userAccountId") || object.contains_key("userKey"))
                    && super::confluence::THINGS
                        .iter()
                        .any(|(_, names)| names.iter().any(|name| is(name) || object.contains_key(*name))))))
}

/// Notes what stands around the body.
fn around(outer: &Object, depth: usize, delivery: &mut Delivery<'_>) {
    if depth == 0 {
        return;
    }
    for account in ACCOUNTS {
        let told = QUERIES.iter().find_map(|name| parameter(outer.get(*name)?, account));
        let told = told.or_else(|| ADDRESSES.iter().find_map(|name| parameter(outer.get(*name)?, account)));
        delivery.by = delivery.by.take().or(told).or_else(|| id(outer, account).and_then(account_of));
    }
    if delivery.addressed.is_none() {
        delivery.addressed = ADDRESSES.iter().find_map(|name| {
            let address = text(outer, name)?.split(['?', '#']).next()?;
            let last = address.rsplit('/').find(|part| !part.is_empty())?;
            words::of_webhook(last).map(|_| last.to_owned())
        });
    }
    for name in BODIES {
        if let Some(Value::Object(inner)) = outer.get(*name)
            && !is_body(inner)
            && !says_what_it_is(inner)
        {
            around(inner, depth - 1, delivery);
        }
    }
}

/// A parameter of a query that is an object, or a text with or without the address before it.
fn parameter(query: &Value, name: &str) -> Option<String> {
    match query {
        Value::Object(query) => match query.get(name)? {
            Value::Array(values) => values.first()?.as_str().map(str::to_owned),
            Value::String(value) => Some(value.clone()),
            Value::Number(value) => Some(value.to_string()),
            _ => None,
        },
        Value::String(text) => {
            let query = text.split_once('?').map_or(text.as_str(), |(_, query)| query);
            let pairs = url::form_urlencoded::parse(query.as_bytes());
            pairs.into_iter().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
        }
        _ => None,
    }
    .and_then(account_of)
}

/// An account as a parameter tells it; none where a variable was left as it was.
fn account_of(told: String) -> Option<String> {
    let nobody = told.is_empty() || told.contains("${") || matches!(told.as_str(), "null" | "undefined" | "anonymous" | "None");
    (!nobody).then_some(told)
}
