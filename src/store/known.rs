//! What the store knows of a site, for what is read to be brought into it.

use std::collections::HashSet;

use super::Store;
use crate::data::known::{self, Known, Place};
use crate::error::Error;
use crate::exec;

impl Store {
    /// Fields, sprints, projects and accounts by what records may call them.
    ///
    /// # Errors
    ///
    /// Where a file of the store is missing or damaged.
    pub async fn known(&self) -> Result<Known, Error> {
        known::known(&exec::context(None, None)?, &self.tables()?).await
    }

    /// The issues of these ids or keys.
    ///
    /// # Errors
    ///
    /// As [`Store::known`].
    pub async fn places(&self, ids: &HashSet<i64>, keys: &HashSet<String>) -> Result<Vec<Place>, Error> {
        known::issues(&exec::context(None, None)?, &self.tables()?, ids, keys).await
    }
}
