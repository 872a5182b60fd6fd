//! What events do not tell of their place, and other records of the run do.

use std::collections::{BTreeMap, HashMap};

use crate::data::rows::EventRow;

/// Entities whose events are about an account.
const OF_ACCOUNTS: &[&str] =
    &["user", "group membership", "password", "global permission", "admin role", "product access", "api token", "session"];

pub(super) struct Places<'a> {
    /// Issues by id: key and project.
    pub(super) wanted: &'a HashMap<i64, Option<(String, Option<String>)>>,
    /// Ids by key.
    pub(super) wanted_keys: &'a HashMap<String, Option<i64>>,
    /// Accounts by other keys of theirs.
    pub(super) accounts: BTreeMap<String, String>,
}

impl Places<'_> {
    pub(super) fn settle(&self, row: &mut EventRow) {
        if let Some(Some((key, project))) = row.issue_id.and_then(|id| self.wanted.get(&id))
            && row.issue_key.is_none()
        {
            row.issue_key = Some(key.clone());
            row.project.clone_from(project);
        }
        if row.issue_id.is_none()
            && let Some(key) = &row.issue_key
        {
            row.issue_id = self.wanted_keys.get(key).copied().flatten();
        }
        if row.entity == "link" {
            self.key_of(&row.from_id, &mut row.from_value);
            self.key_of(&row.to_id, &mut row.to_value);
        }
        if row.origin.as_deref() == Some("audit") && !self.accounts.is_empty() {
            self.account_of(&mut row.actor);
            if OF_ACCOUNTS.contains(&row.entity.as_str()) {
                self.account_of(&mut row.entity_id);
            }
        }
    }

    /// The key of the issue at the other end of a link.
    fn key_of(&self, id: &Option<String>, value: &mut Option<String>) {
        let id = id.as_ref().filter(|_| value.is_none()).and_then(|id| id.parse::<i64>().ok());
        if let Some(Some((key, _))) = id.and_then(|id| self.wanted.get(&id)) {
            *value = Some(key.clone());
        }
    }

    fn account_of(&self, key: &mut Option<String>) {
        if let Some(account) = key.as_ref().and_then(|key| self.accounts.get(key)) {
            *key = Some(account.clone());
        }
    }
}
