//! Records of audit logs: each a function from one record to events.
//!
//! Every log says the same in its own words: who did what to which objects, and which values changed. That is
//! [`Entry`]; the modules here read each kind of record into one, and [`Entry::tell`] makes events of it.

pub(super) mod app;
pub(super) mod confluence_cloud;
pub(super) mod data_center;
mod entry;
pub(super) mod jira_cloud;
pub(super) mod organization;

pub(super) use entry::{Change, Entry, Thing, Who};

use super::jira::Mapped;

/// A record's events.
fn told(entry: &Entry, site: &mut super::jira::Site) -> Mapped {
    let mut mapped = Mapped::default();
    mapped.counts.audit_records = 1;
    mapped.events = entry.tell(site);
    mapped
}
