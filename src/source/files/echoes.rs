//! Deletions of comments that several records of a run tell without naming the same thing.
//!
//! A server tells of one deletion up to three times: the delivery about the comment knows its id, the delivery about the
//! issue knows nothing but the instant, and the change log knows the text.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::data::rows::EventRow;

/// How far apart the records of one deletion may be, in microseconds.
const APART: i64 = 10_000_000;

/// The deletions that tell their comment.
#[derive(Default)]
pub(super) struct Echoes {
    /// By issue: when, and what the comment said.
    told: HashMap<i64, Vec<(i64, Option<u64>)>>,
}

impl Echoes {
    /// Notes an event that names the comment that was deleted.
    pub(super) fn note(&mut self, row: &EventRow) {
        if let (true, Some(_), Some(issue)) = (is_deletion(row), &row.entity_id, row.issue_id) {
            self.told.entry(issue).or_default().push((row.time, said(row)));
        }
    }

    /// Whether the event tells of a deletion that another names the comment of.
    pub(super) fn is_one(&self, row: &EventRow) -> bool {
        if !is_deletion(row) || row.entity_id.is_some() {
            return false;
        }
        let told = row.issue_id.and_then(|issue| self.told.get(&issue));
        told.is_some_and(|told| {
            told.iter().any(|(time, text)| {
                let near = (time - row.time).abs() <= APART;
                near && (row.text.is_none() || *text == said(row))
            })
        })
    }
}

fn is_deletion(row: &EventRow) -> bool {
    row.entity == "comment" && row.action == "deleted" && row.product.as_deref() == Some("jira")
}

fn said(row: &EventRow) -> Option<u64> {
    row.text.as_ref().map(|text| {
        let mut hasher = DefaultHasher::new();
        // Servers write line ends in two ways.
        text.replace('\r', "").trim().hash(&mut hasher);
        hasher.finish()
    })
}
