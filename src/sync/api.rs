//! What is asked of a site, in the words of its API.

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::{Kind, Options, Site};
use crate::diagnostic::{Diagnostic, codes};
use crate::error::Error;
use crate::source::jira::live;
use crate::source::rest::{Client, Request, RestError, Trouble, segment};

/// A site that answers.
pub(super) struct Api {
    client: Client,
    pub(super) kind: Kind,
}

/// What a site says of itself.
pub(super) struct Server {
    /// Its address, as it calls itself.
    pub(super) name: String,
    /// Its clock, in UTC microseconds.
    pub(super) time: i64,
    is_cloud: Option<bool>,
}

/// Where a list goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Token(String),
    At(u64),
}

/// A page of issues.
pub(super) struct Page {
    pub(super) issues: Vec<Value>,
    /// Names and types of their fields.
    pub(super) head: Value,
    pub(super) next: Option<Next>,
}

/// What issues are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fields {
    All,
    /// Only their ids.
    Id,
}

impl Api {
    pub(super) fn new(site: Site, options: &Options) -> Result<Self, RestError> {
        Ok(Self { client: Client::new(site.url, site.auth, options.limits.clone())?, kind: site.kind })
    }

    /// Requests that may be under way at once.
    pub(super) fn concurrency(&self) -> usize {
        self.client.concurrency()
    }

    /// The path of a part of the platform's API.
    pub(super) fn platform(&self, rest: &str) -> String {
        match self.kind {
            Kind::Cloud => format!("rest/api/3/{rest}"),
            Kind::DataCenter => format!("rest/api/2/{rest}"),
        }
    }

    pub(super) async fn ask(&self, request: &Request) -> Result<Value, RestError> {
        self.client.ask(request).await.map(|answer| answer.body)
    }

    pub(super) async fn server(&self) -> Result<Server, RestError> {
        let request = Request::get(self.platform("serverInfo"));
        let answer = self.client.ask(&request).await?;
        let said = answer.body["baseUrl"].as_str().unwrap_or(self.client.base().as_str());
        let time = live::instant(&answer.body["serverTime"]).or(answer.time);
        let time = time.unwrap_or_else(|| jiff::Timestamp::now().as_microsecond());
        let is_cloud = answer.body["deploymentType"].as_str().map(|kind| kind.eq_ignore_ascii_case("cloud"));
        Ok(Server { is_cloud, name: said.trim_end_matches('/').to_lowercase(), time })
    }

    /// Refuses a site that has another API than was said.
    pub(super) fn check(&self, server: &Server) -> Result<(), Error> {
        let kind = match (server.is_cloud, self.kind) {
            (Some(true), Kind::DataCenter) => "cloud",
            (Some(false), Kind::Cloud) => "datacenter",
            _ => return Ok(()),
        };
        let message = format!("the site {} has another API than its settings say", server.name);
        Err(Error::Data(Box::new(Diagnostic::error(codes::SYNC_SITE, message).help(format!("write kind = \"{kind}\"")))))
    }

    /// The site's clock.
    pub(super) async fn now(&self) -> Result<i64, RestError> {
        self.server().await.map(|server| server.time)
    }

    /// The zone in which the site reads the dates of this account's questions; none where it does not say.
    pub(super) async fn zone(&self) -> Result<Option<TimeZone>, RestError> {
        let me = self.ask(&Request::get(self.platform("myself"))).await?;
        Ok(me["timeZone"].as_str().and_then(|name| TimeZone::get(name).ok()))
    }

    /// About how many issues a question finds.
    pub(super) async fn count(&self, jql: &str) -> Option<u64> {
        match self.kind {
            Kind::Cloud => {
                let request = Request::post(self.platform("search/approximate-count"), json!({"jql": jql}));
                self.ask(&request).await.ok()?["count"].as_u64()
            }
            Kind::DataCenter => {
                let body = json!({"jql": jql, "maxResults": 0, "fields": ["id"]});
                self.ask(&Request::post(self.platform("search"), body)).await.ok()?["total"].as_u64()
            }
        }
    }

    /// A page of the issues that a question finds.
    pub(super) async fn search(&self, jql: &str, fields: Fields, size: usize, from: Option<&Next>) -> Result<Page, RestError> {
        let names = if fields == Fields::All { "*all" } else { "id" };
        let (path, mut body) = match self.kind {
            Kind::Cloud => ("search/jql", json!({"jql": jql, "maxResults": size, "fields": [names]})),
            // An id in the question that is not there is no mistake.
            Kind::DataCenter => {
                ("search", json!({"jql": jql, "maxResults": size, "fields": [names], "startAt": 0, "validateQuery": false}))
            }
        };
        match (self.kind, fields) {
            (Kind::Cloud, Fields::All) => body["expand"] = json!("names,schema"),
            (Kind::DataCenter, Fields::All) => body["expand"] = json!(["names", "schema", "changelog"]),
            (_, Fields::Id) => {}
        }
        match from {
            Some(Next::Token(token)) => body["nextPageToken"] = json!(token),
            Some(Next::At(at)) => body["startAt"] = json!(at),
            None => {}
        }
        let request = Request::post(self.platform(path), body);
        let mut answer = self.ask(&request).await?;
        let strange = |what: &str| RestError::new(request.name(), Trouble::Strange(what.to_owned()));
        let Value::Array(issues) = taken(&mut answer, "issues") else { return Err(strange("no list of issues")) };
        if !issues.iter().all(|issue| issue["id"].is_string() || issue["id"].is_number()) {
            return Err(strange("issues without ids"));
        }
        let token = answer["nextPageToken"].as_str().filter(|token| !token.is_empty()).map(|token| Next::Token(token.to_owned()));
        let next = match self.kind {
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

    /// Some issues; one that is not there is left out.
    pub(super) async fn issues(&self, ids: &[i64]) -> Result<Page, RestError> {
        let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
        if self.kind == Kind::DataCenter {
            let jql = format!("id in ({})", ids.join(", "));
            let mut page = self.search(&jql, Fields::All, ids.len(), None).await?;
            while let Some(next) = page.next.take() {
                let more = self.search(&jql, Fields::All, ids.len(), Some(&next)).await?;
                page.issues.extend(more.issues);
                page.next = more.next;
            }
            return Ok(page);
        }
        let body = json!({"issueIdsOrKeys": ids, "fields": ["*all"], "expand": ["names", "schema"]});
        let request = Request::post(self.platform("issue/bulkfetch"), body);
        let mut answer = self.ask(&request).await?;
        let Value::Array(issues) = taken(&mut answer, "issues") else {
            return Err(RestError::new(request.name(), Trouble::Strange("no list of issues".into())));
        };
        Ok(Page { issues, head: json!({"names": answer["names"], "schema": answer["schema"]}), next: None })
    }

    /// Whether an issue, or something of it, is there and to be seen.
    pub(super) async fn is_there(&self, path: &str) -> Result<bool, RestError> {
        let mut request = Request::get(self.platform(path));
        if path.starts_with("issue/") && path.matches('/').count() == 1 {
            request = request.with("fields", "id");
        }
        match self.ask(&request).await {
            Ok(_) => Ok(true),
            Err(error) if error.is_missing() => Ok(false),
            // It is there, whoever may see it.
            Err(error) if error.is_denied() => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// The ones of some issues that are there and to be seen.
    pub(super) async fn of_these(&self, ids: &[i64]) -> Result<Vec<i64>, RestError> {
        let mut found = Vec::new();
        match self.kind {
            Kind::Cloud => {
                for some in ids.chunks(100) {
                    let ids: Vec<String> = some.iter().map(i64::to_string).collect();
                    let body = json!({"issueIdsOrKeys": ids, "fields": ["id"]});
                    let answer = self.ask(&Request::post(self.platform("issue/bulkfetch"), body)).await?;
                    found.extend(answer["issues"].as_array().into_iter().flatten().filter_map(id));
                    // One that could not be read just now may well be there.
                    let failed = answer["issueErrors"].as_array().into_iter().flatten();
                    found.extend(failed.filter_map(id));
                }
            }
            Kind::DataCenter => {
                for id in ids {
                    if self.is_there(&format!("issue/{id}")).await? {
                        found.push(*id);
                    }
                }
            }
        }
        Ok(found)
    }

    /// A part of an issue's address.
    pub(super) fn of_issue(&self, issue: &str, rest: &str) -> String {
        self.platform(&format!("issue/{}/{rest}", segment(issue)))
    }
}

/// A part of an answer, which is no longer in it; null where there is none.
pub(super) fn taken(answer: &mut Value, name: &str) -> Value {
    answer.get_mut(name).map(Value::take).unwrap_or_default()
}

/// The number of an issue.
pub(super) fn id(issue: &Value) -> Option<i64> {
    let id = &issue["id"];
    id.as_i64().or_else(|| id.as_str()?.parse().ok())
}

/// When an issue was last updated, in UTC microseconds.
pub(super) fn updated(issue: &Value) -> Option<i64> {
    live::instant(&issue["fields"]["updated"])
}
