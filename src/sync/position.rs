//! How far a sync is. It is committed with the rows that it speaks of.

use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostic, codes};
use crate::error::Error;
use crate::store::Store;

/// How far the sync of a store is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Position {
    /// The site, as it calls itself.
    pub(super) site: String,
    /// Every issue that was updated before is in the store as it was then, in UTC microseconds.
    pub(super) updated: Option<i64>,
    /// When all ids were last compared, in UTC microseconds.
    pub(super) scanned: Option<i64>,
    /// Deletions of work logs are known until then, in milliseconds since 1970.
    pub(super) worklogs: Option<i64>,
    /// The audit log is known until then, in UTC microseconds.
    pub(super) audit: Option<i64>,
}

impl Position {
    /// The position that a store is at; the beginning where it never was synced.
    pub(super) fn of(store: &Store) -> Result<Self, Error> {
        let Some(value) = store.sync_position() else { return Ok(Self::default()) };
        serde_json::from_value(value.clone()).map_err(|error| {
            let message = format!("the store does not say how far its sync is: {error}");
            Error::Data(Box::new(Diagnostic::error(codes::STORE_DAMAGED, message).help("`jqlx verify` looks for more")))
        })
    }

    /// Refuses another site: its ids are those of other things.
    pub(super) fn check(&self, site: &str) -> Result<(), Error> {
        if self.site.is_empty() || self.site == site {
            return Ok(());
        }
        let message = format!("the store is that of {}, and not of {site}", self.site);
        let help = "give each site a store of its own, with --store or `store` in the site's settings";
        Err(Error::Data(Box::new(Diagnostic::error(codes::SYNC_OTHER_SITE, message).help(help))))
    }

    pub(super) fn value(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}
