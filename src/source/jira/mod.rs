//! Jira: its JSON as rows of the tables.

mod activity;
mod adf;
mod changelog;
mod custom;
mod development;
mod elements;
mod issue;
mod json;
mod known;
mod listed;
mod names;
mod properties;
mod rank;
mod records;
mod site;
mod subject;

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

/// An event, and how well its record knows it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Event {
    pub row: EventRow,
    /// Of two events of one id, the lower one stays: the record of a thing tells more of its making
    /// than the change that mentions it.
    pub hearsay: u8,
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
    /// Records of other kinds: users, statuses, sprints, fields and so on.
    pub others: u64,
}

impl Counts {
    /// Adds others.
    pub(crate) fn add(&mut self, other: Counts) {
        self.issues += other.issues;
        self.change_groups += other.change_groups;
        self.change_items += other.change_items;
        self.comments += other.comments;
        self.worklogs += other.worklogs;
        self.others += other.others;
    }
}
