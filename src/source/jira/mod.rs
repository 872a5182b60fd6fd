//! Jira: its JSON as rows of the tables.

pub(super) mod activity;
pub(super) mod adf;
pub(super) mod changelog;
mod custom;
mod development;
mod elements;
pub(super) mod issue;
pub(super) mod json;
mod known;
mod listed;
pub(super) mod names;
mod properties;
mod rank;
mod records;
mod site;
pub(super) mod subject;

pub(crate) use elements::elements;
pub(crate) use records::{Context, record};
pub(crate) use site::Site;

use serde::{Deserialize, Serialize};

use crate::data::rows::{EventRow, IssueRow, LinkRow, PropertyRow};

/// What sync has to know of Jira's JSON and of the identity of events.
#[cfg(feature = "sync")]
pub(crate) mod live {
    use serde_json::Value;

    use super::{activity, json};

    /// An instant, in UTC microseconds.
    pub(crate) fn instant(value: &Value) -> Option<i64> {
        json::instant(value).ok()
    }

    /// The identity of the event that something of an issue was deleted, or the issue itself.
    pub(crate) fn deletion(what: &str, issue: Option<i64>, id: &str) -> String {
        match what {
            "attachment" => activity::deleted_attachment(issue, id),
            what => activity::deleted(what, id),
        }
    }
}

/// What one record told.
#[derive(Default)]
pub(crate) struct Mapped {
    pub issue: Option<IssueRow>,
    pub links: Vec<LinkRow>,
    pub properties: Vec<PropertyRow>,
    pub events: Vec<Event>,
    /// Values and parts that could not be read and were left out.
    pub flaws: Vec<String>,
    /// Lists of which the record holds only a part.
    pub incomplete: Vec<String>,
    pub counts: Counts,
}

impl Mapped {
    /// What a record told besides.
    pub(crate) fn join(&mut self, other: Mapped) {
        self.issue = self.issue.take().or(other.issue);
        self.links.extend(other.links);
        self.properties.extend(other.properties);
        self.events.extend(other.events);
        self.flaws.extend(other.flaws);
        self.incomplete.extend(other.incomplete);
        self.counts.add(other.counts);
    }
}

/// An event, and how well its record knows it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Event {
    pub row: EventRow,
    /// Of two events of one id, the lower one counts and the other fills its gaps: the record of a thing tells more of
    /// its making than the change that mentions it.
    pub hearsay: u8,
    /// The id of the project, where the record does not tell its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_id: Option<String>,
}

impl Event {
    /// An event that its record tells as well as any.
    pub(crate) fn new(row: EventRow) -> Self {
        Self { row, ..Self::default() }
    }
}

/// How many of what the records held, before duplicates are dropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Issues.
    pub issues: u64,
    /// Edits in change logs.
    pub change_groups: u64,
    /// Field changes in them.
    pub change_items: u64,
    /// Comments.
    pub comments: u64,
    /// Work logs.
    pub worklogs: u64,
    /// Deliveries of webhooks.
    pub webhooks: u64,
    /// Records of audit logs.
    pub audit_records: u64,
    /// Records of other kinds: users, statuses, sprints, fields and so on.
    pub others: u64,
}

impl Counts {
    /// How many there are of all kinds.
    pub(crate) fn all(&self) -> u64 {
        let activity = self.change_groups + self.comments + self.worklogs + self.webhooks + self.audit_records;
        self.issues + activity + self.others
    }

    /// Adds others.
    pub(crate) fn add(&mut self, other: Counts) {
        self.issues += other.issues;
        self.change_groups += other.change_groups;
        self.change_items += other.change_items;
        self.comments += other.comments;
        self.worklogs += other.worklogs;
        self.webhooks += other.webhooks;
        self.audit_records += other.audit_records;
        self.others += other.others;
    }
}
