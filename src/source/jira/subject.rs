//! Whose events are read, and who did them.

use serde_json::Value;

use super::site::Site;
use crate::data::rows::EventRow;

/// Whose events are read: an issue, and what it was called when.
pub(in crate::source) struct Subject {
    pub id: Option<i64>,
    key: Option<String>,
    project: Option<String>,
    /// The key until each instant, in time order.
    pub keys: Vec<(i64, String)>,
}

impl Subject {
    pub(in crate::source) fn new(id: i64, key: Option<String>, project: Option<String>) -> Self {
        Self { id: Some(id), key, project, keys: Vec::new() }
    }

    /// An issue of which a record may tell nothing.
    pub(in crate::source) fn known(id: Option<i64>, key: Option<String>, project: Option<String>) -> Self {
        Self { id, key, project, keys: Vec::new() }
    }

    /// An issue of which a record tells only the id or the key.
    pub(in crate::source) fn of(id_or_key: &str) -> Self {
        match id_or_key.parse() {
            Ok(id) => Self { id: Some(id), key: None, project: None, keys: Vec::new() },
            Err(_) => Self {
                id: None,
                key: Some(id_or_key.to_owned()),
                project: id_or_key.rsplit_once('-').map(|(p, _)| p.to_owned()),
                keys: Vec::new(),
            },
        }
    }

    /// What stands for the issue in ids of events that have none of their own.
    pub(in crate::source) fn identity(&self) -> String {
        self.id.map(|id| id.to_string()).or_else(|| self.key.clone()).unwrap_or_default()
    }

    /// An event of the issue at that time, under the key of that time.
    pub(in crate::source) fn event(&self, entity: &str, action: &str, time: i64) -> EventRow {
        let former = self.keys.iter().find(|(until, _)| time < *until).map(|(_, key)| key.as_str());
        let project = match former {
            Some(key) => key.rsplit_once('-').map(|(project, _)| project.to_owned()),
            None => self.project.clone(),
        };
        EventRow {
            time,
            product: Some("jira".into()),
            entity: entity.into(),
            action: action.into(),
            project,
            issue_id: self.id,
            issue_key: former.map(str::to_owned).or_else(|| self.key.clone()),
            ..EventRow::default()
        }
    }
}

/// Says who did it: the person of a record, or that it names none.
pub(in crate::source) fn set_actor(row: &mut EventRow, value: Option<&Value>, site: &mut Site) {
    match value.and_then(|v| site.person(v)) {
        Some(person) => {
            site.active(&person.id, row.time);
            row.actor = Some(person.id);
            row.actor_kind = Some(person.kind.into());
            row.actor_basis = Some("stated".into());
        }
        None => {
            row.actor_kind = Some("anonymous".into());
            row.actor_basis = Some("inferred: no author is named".into());
        }
    }
}
