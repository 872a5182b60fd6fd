//! The issues that a question finds as batches of rows, page after page while somebody takes them.

use std::collections::HashSet;
use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::error::DataFusionError;
use futures::Stream;
use serde_json::Value;

use super::fields::Fields;
use super::jql::Condition;
use super::order::Order;
use crate::data::rows::IssueRow;
use crate::source::jira::{Context, record};
use crate::source::rest::search::{self, Next, Page, Question, id};
use crate::source::rest::{Client, Kind, Request, RestError, Trouble, segment};

/// Issues of a page that sites give with few fields; they give less where they must.
const PAGE: usize = 100;

/// What is asked.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) condition: Condition,
    pub(super) order: Option<Order>,
    /// The fields that issues come with.
    pub(super) fields: Vec<String>,
    /// So many are enough.
    pub(super) fetch: Option<usize>,
    /// Issues of a page; none: as many as sites give.
    pub(super) page: Option<usize>,
}

impl Asked {
    /// As JQL.
    pub(super) fn jql(&self) -> String {
        let order = self.order.map_or_else(|| "created ASC, key ASC".to_owned(), Order::jql);
        format!("{} ORDER BY {order}", self.condition.jql())
    }

    fn size(&self) -> usize {
        let most = self.page.unwrap_or(PAGE);
        self.fetch.map_or(most, |fetch| fetch.clamp(1, most))
    }
}

/// The way through the pages.
pub(super) struct Pages {
    client: Arc<Client>,
    kind: Kind,
    fields: Arc<Fields>,
    asked: Asked,
    schema: SchemaRef,
    next: Option<Next>,
    /// Issues that came: one that moves in the list while it is read may come again.
    seen: HashSet<i64>,
    /// Issues whose place is not certain yet.
    held: Vec<IssueRow>,
    given: usize,
    ended: bool,
}

impl Pages {
    pub(super) fn new(client: Arc<Client>, kind: Kind, fields: Arc<Fields>, asked: Asked, schema: SchemaRef) -> Self {
        let (next, seen, held) = (None, HashSet::new(), Vec::new());
        Self { client, kind, fields, asked, schema, next, seen, held, given: 0, ended: false }
    }

    /// Each page is asked for when the one before was taken.
    pub(super) fn stream(self) -> impl Stream<Item = Result<RecordBatch, DataFusionError>> {
        futures::stream::try_unfold(self, |mut pages| async move {
            match pages.batch().await {
                Ok(Some(batch)) => Ok(Some((batch, pages))),
                Ok(None) => Ok(None),
                Err(error) => Err(error),
            }
        })
    }

    async fn batch(&mut self) -> Result<Option<RecordBatch>, DataFusionError> {
        while !self.ended && self.asked.fetch.is_none_or(|fetch| self.given < fetch) {
            let page = self.page().await.map_err(failed)?;
            self.next = page.next;
            self.ended = self.next.is_none();
            self.hold(&page.issues).map_err(failed)?;
            let mut rows = match self.asked.order {
                Some(order) => order.settled(&mut self.held, !self.ended),
                None => std::mem::take(&mut self.held),
            };
            if let Some(fetch) = self.asked.fetch {
                rows.truncate(fetch - self.given);
            }
            self.given += rows.len();
            if !rows.is_empty() {
                return self.made(&rows).map(Some);
            }
        }
        Ok(None)
    }

    async fn page(&mut self) -> Result<Page, RestError> {
        match self.search().await {
            // Cloud refuses a question that names an issue which is not there.
            Err(error) if error.trouble.status() == Some(400) && self.next.is_none() && self.asked.condition.keys.is_some() => {
                self.drop_unknown_keys().await?;
                match self.asked.condition.keys.as_deref() {
                    Some([]) => Ok(Page { issues: Vec::new(), head: Value::Null, next: None }),
                    _ => self.search().await,
                }
            }
            other => other,
        }
    }

    async fn search(&self) -> Result<Page, RestError> {
        let jql = self.asked.jql();
        let fields: Vec<&str> = self.asked.fields.iter().map(String::as_str).collect();
        let question = Question { jql: &jql, fields: &fields, expand: &[], size: self.asked.size() };
        search::search(&self.client, self.kind, &question, self.next.as_ref()).await
    }

    async fn drop_unknown_keys(&mut self) -> Result<(), RestError> {
        let mut found = Vec::new();
        for key in self.asked.condition.keys.take().unwrap_or_default() {
            let request = Request::get(self.kind.platform(&format!("issue/{}", segment(&key)))).with("fields", "id");
            match self.client.ask(&request).await {
                Ok(_) => found.push(key),
                Err(error) if error.is_missing() => {}
                Err(error) => return Err(error),
            }
        }
        self.asked.condition.keys = Some(found);
        Ok(())
    }

    /// Reads the issues of a page that did not come before.
    fn hold(&mut self, issues: &[Value]) -> Result<(), RestError> {
        let mut site = self.fields.site();
        let known = site.names.known();
        for issue in issues {
            if !id(issue).is_some_and(|id| self.seen.insert(id)) {
                continue;
            }
            let strange = |why: String| {
                let of = Request::get(self.kind.platform("search")).name();
                let named = issue["key"].as_str().or(issue["id"].as_str()).unwrap_or_default();
                RestError::new(of, Trouble::Strange(format!("an issue {named} that cannot be read: {why}")))
            };
            let context = Context { stream: Some("issues"), ..Context::default() };
            let issue = issue.as_object().ok_or_else(|| strange("it is no object".to_owned()))?;
            let mapped = record(issue, context, &mut site).map_err(strange)?;
            // A value that is left out would be a wrong answer.
            if let Some(flaw) = mapped.flaws.into_iter().next() {
                return Err(strange(flaw));
            }
            let mut row = mapped.issue.ok_or_else(|| strange("it is no issue".to_owned()))?;
            site.names.settle(&known, &mut row);
            self.held.push(row);
        }
        Ok(())
    }

    fn made(&self, rows: &[IssueRow]) -> Result<RecordBatch, DataFusionError> {
        let whole = self.fields.columns().batch(rows)?;
        let columns = self.schema.fields().iter().map(|field| whole.schema_ref().index_of(field.name()));
        Ok(whole.project(&columns.collect::<Result<Vec<_>, _>>()?)?)
    }
}

fn failed(error: RestError) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}
