//! The issues of a live site as a table: what Jira can evaluate goes to it as JQL (`jql`), only the fields that are needed
//! come (`fields`), page after page while somebody takes them (`pages`). Everything else comes from a store, or, where there
//! is none, from the site's small lists (`around`).
//!
//! Opening a site asks it; planning does not; running a plan asks it for pages.

mod around;
mod fields;
mod jql;
mod order;
mod pages;
mod table;

use std::sync::Arc;

use datafusion::datasource::MemTable;
use datafusion::error::DataFusionError;
use jiff::tz::TimeZone;

use crate::data::known;
use crate::diagnostic::{Diagnostic, codes};
use crate::error::Error;
use crate::exec;
use crate::plan::Tables;
use crate::semantic::bound::{BoundQuery, Target};
use crate::source::rest::{Client, Limits, Site, server};
use crate::store::Store;

pub(crate) use table::{questions, refusal};

use fields::Fields;
use order::Order;
use table::LiveTable;

/// How to ask a live site.
#[derive(Clone, Debug, Default)]
pub struct LiveOptions {
    /// The patience and pace of requests.
    pub limits: Limits,
    /// Whether a query may fetch all issues of the site.
    pub whole_site: bool,
    /// Issues of a page; none: as many as sites give.
    pub page: Option<usize>,
}

/// A site that answered, and what is known of it.
pub(crate) struct Live {
    table: LiveTable,
    /// The tables that queries name.
    pub(crate) tables: Tables,
    /// The account that asks.
    pub(crate) user: Option<String>,
    /// Its zone.
    pub(crate) zone: Option<TimeZone>,
    has_store: bool,
}

impl Live {
    /// Asks a site who it is and which fields it has. Where there is a store, all but the issues comes from it.
    pub(crate) async fn open(site: Site, store: Option<Store>, options: LiveOptions) -> Result<Self, Error> {
        let kind = site.kind;
        let client = Arc::new(Client::new(site.url, site.auth, options.limits)?);
        let server = server::ask(&client, kind).await?;
        server.check(kind)?;
        let me = around::me(&client, kind).await?;
        let records = around::fields(&client, kind).await?;
        let has_store = store.is_some();
        let (mut tables, accounts) = match store {
            Some(store) => {
                is_of(&store, &server.name)?;
                let tables = store.tables()?;
                let known = known::known(&exec::context(None, None)?, &tables).await?;
                (tables, known.accounts)
            }
            None => {
                let mut tables = Tables::default();
                let found = around::tables(&client, kind, &records).await.map_err(|error| match error {
                    around::Failed::Rest(error) => Error::from(error),
                    around::Failed::Arrow(error) => DataFusionError::from(error).into(),
                })?;
                for (name, batch) in found {
                    tables.insert(name, Arc::new(MemTable::try_new(batch.schema(), vec![vec![batch]])?));
                }
                (tables, Default::default())
            }
        };
        let fields = Arc::new(Fields::new(records, tables.get("issues").map(|issues| issues.schema())));
        let accounts = me.accounts(kind, &accounts);
        let table = LiveTable::new(client, kind, fields, accounts, options.page, options.whole_site);
        tables.insert("issues", Arc::new(table.clone()));
        Ok(Self { table, tables, user: me.id, zone: me.zone, has_store })
    }

    /// The tables for a query: its issues come in its order, where Jira has that.
    pub(crate) fn tables_for(&self, query: &BoundQuery) -> Tables {
        let order = (query.target == Target::Issues && !query.aggregated).then(|| Order::of(&query.order_by)).flatten();
        let mut tables = self.tables.clone();
        if let Some(order) = order {
            tables.insert("issues", Arc::new(self.table.ordered(order)));
        }
        tables
    }

    /// An error in the words of who asks a live site.
    pub(crate) fn explained(&self, error: Error) -> Error {
        match error {
            Error::Data(found) if !self.has_store && self.is_lack(&found) => Error::Data(Box::new(no_store(*found))),
            other => other,
        }
    }

    /// Whether it is for want of a table that a store would have.
    fn is_lack(&self, found: &Diagnostic) -> bool {
        match found.code {
            codes::MISSING_TABLE => true,
            // A column of a table that is not there is missing, too.
            codes::MISSING_COLUMN => self.tables.get("events").is_none() && found.message.contains("`events`"),
            _ => false,
        }
    }

    /// The same of what a query is refused for.
    pub(crate) fn explained_all(&self, diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let lacks = |d: &Diagnostic| !self.has_store && d.code == codes::NEEDS_DATA;
        diagnostics.into_iter().map(|d| if lacks(&d) { no_store(d) } else { d }).collect()
    }
}

fn no_store(mut found: Diagnostic) -> Diagnostic {
    found.code = codes::LIVE_NO_STORE;
    found.message = format!("{}; of a live site only the issues themselves can be asked without a store", found.message);
    found.help("`jqlx sync SITE` makes a store, which has activity and all lists; name it with --store DIR")
}

/// Refuses the store of another site: its ids are those of other things.
fn is_of(store: &Store, site: &str) -> Result<(), Error> {
    let synced = store.sync_position().and_then(|position| position["site"].as_str()).unwrap_or_default();
    if synced.is_empty() || synced == site {
        return Ok(());
    }
    let message = format!("the store is that of {synced}, and not of {site}");
    let help = "name the store of this site with --store, or write it into the site's settings as `store`";
    Err(Error::Data(Box::new(Diagnostic::error(codes::SYNC_OTHER_SITE, message).help(help))))
}
