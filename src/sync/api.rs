//! What is asked of a site, in the words of its API.

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::{Kind, Options, Site};
use crate::error::Error;
use crate::source::jira::live;
use crate::source::rest::search::{self, Question};
pub(super) use crate::source::rest::search::{Next, Page, id, taken};
use crate::source::rest::server::{self, Server};
use crate::source::rest::{Client, Request, RestError, Trouble, segment};

/// A site that answers.
pub(super) struct Api {
    client: Client,
    pub(super) kind: Kind,
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
        self.kind.platform(rest)
    }

    pub(super) async fn ask(&self, request: &Request) -> Result<Value, RestError> {
        self.client.ask(request).await.map(|answer| answer.body)
    }

    pub(super) async fn server(&self) -> Result<Server, RestError> {
        server::ask(&self.client, self.kind).await
    }

    /// Refuses a site that has another API than was said.
    pub(super) fn check(&self, server: &Server) -> Result<(), Error> {
        server.check(self.kind)
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
        let (names, expand): (_, &[&str]) = match (self.kind, fields) {
            (_, Fields::Id) => ("id", &[]),
            (Kind::Cloud, Fields::All) => ("*all", &["names", "schema"]),
            (Kind::DataCenter, Fields::All) => ("*all", &["names", "schema", "changelog"]),
        };
        search::search(&self.client, self.kind, &Question { jql, fields: &[names], expand, size }, from).await
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

/// When an issue was last updated, in UTC microseconds.
pub(super) fn updated(issue: &Value) -> Option<i64> {
    live::instant(&issue["fields"]["updated"])
}
