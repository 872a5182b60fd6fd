//! What all audit logs tell, and the events of it.

use crate::data::rows::EventRow;
use crate::source::dates::Moment;
use crate::source::jira::{Event, Site};
use crate::source::words::{self, Happening};

/// Something that a record is about.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::source) struct Thing {
    /// What the log calls it: `USER`, `PROJECT_ROLE`.
    pub kind: String,
    pub id: Option<String>,
    pub name: Option<String>,
}

/// A value that changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::source) struct Change {
    pub name: String,
    pub from: Option<String>,
    pub to: Option<String>,
}

/// Who did it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::source) struct Who {
    /// Account id; on Data Center the user name.
    pub id: Option<String>,
    pub name: Option<String>,
    pub email: Option<String>,
    /// Other keys of the same account.
    pub aliases: Vec<String>,
    /// user, app, system, anonymous; none where the log does not say.
    pub kind: Option<&'static str>,
}

/// A record of an audit log.
#[derive(Clone, Debug)]
pub(in crate::source) struct Entry {
    /// The identity of its first event; those of more begin with it.
    pub id: String,
    pub product: &'static str,
    pub when: Moment,
    pub what: Happening,
    /// None: the record does not tell.
    pub who: Option<Who>,
    /// The thing that was acted on first.
    pub things: Vec<Thing>,
    pub changes: Vec<Change>,
    pub text: Option<String>,
    pub space: Option<String>,
    pub project: Option<String>,
    pub address: Option<String>,
    pub raw: Option<String>,
}

impl Entry {
    /// Its events: one, or of an update that changed several values one a value.
    pub(in crate::source) fn tell(&self, site: &mut Site) -> Vec<Event> {
        let mut base = self.base();
        self.act(&mut base, site);
        let project = self.things.iter().find(|thing| thing.is("project"));
        let project_id = project.filter(|_| base.project.is_none()).and_then(|p| p.id.clone());
        let event = |row: EventRow| Event { row, hearsay: 0, project_id: project_id.clone() };
        let changes: Vec<&Change> = self.changes.iter().filter(|change| change.from != change.to).collect();
        if self.given(&mut base, &changes) || self.assigned(&mut base) {
            return vec![event(base)];
        }
        if changes.is_empty() {
            return vec![event(base)];
        }
        if base.action != "updated" && base.action != "changed" {
            // What a new thing is made with, and what a gone one had, are no changes of it.
            base.text = Some(self.listed(&changes));
            return vec![event(base)];
        }
        let row = |(at, change): (usize, &&Change)| EventRow {
            event_id: if at == 0 { self.id.clone() } else { format!("{}:{at:03}", self.id) },
            field: Some(change.name.clone()),
            from_value: change.from.clone(),
            to_value: change.to.clone(),
            change_id: Some(self.id.clone()),
            ..base.clone()
        };
        changes.iter().enumerate().map(row).map(event).collect()
    }

    /// The text and the values that changed, a line each.
    fn listed(&self, changes: &[&Change]) -> String {
        self.text.iter().cloned().chain(changes.iter().map(|change| change.shown())).collect::<Vec<_>>().join("\n")
    }

    fn base(&self) -> EventRow {
        let entity = self.what.entity.as_ref();
        let subject = self.things.iter().find(|thing| thing.is(entity)).cloned();
        let subject = subject.or_else(|| self.told_by_values()).or_else(|| self.things.first().cloned());
        EventRow {
            event_id: self.id.clone(),
            time: self.when.time,
            time_after: self.when.after,
            product: Some(self.product.into()),
            entity: entity.to_owned(),
            action: self.what.action.to_string(),
            project: self.project.clone(),
            space: self.space.clone(),
            entity_id: subject.as_ref().and_then(|s| s.id.clone()),
            entity_name: subject.and_then(|s| s.name),
            text: self.text.clone(),
            origin: Some("audit".into()),
            remote_address: self.address.clone(),
            raw: self.raw.clone(),
            ..EventRow::default()
        }
    }

    /// The thing whose id and name are among the values, where the record's objects are only what it belongs to.
    fn told_by_values(&self) -> Option<Thing> {
        if self.what.action == "updated" {
            return None;
        }
        let value = |name: &str| {
            let change = self.changes.iter().find(|change| change.name.eq_ignore_ascii_case(name))?;
            change.to.clone().or_else(|| change.from.clone())
        };
        value("name").map(|name| Thing { id: value("id"), name: Some(name), kind: String::new() })
    }

    fn act(&self, row: &mut EventRow, site: &mut Site) {
        let Some(who) = &self.who else {
            row.actor_kind = Some("unknown".into());
            row.actor_basis = Some("unknown".into());
            return;
        };
        row.actor_basis = Some("stated".into());
        row.actor_kind = who.kind.or(who.id.as_ref().map(|_| "user")).or(Some("unknown")).map(str::to_owned);
        let Some(id) = &who.id else { return };
        row.actor = Some(id.clone());
        site.account(id, who.name.as_deref(), who.email.as_deref(), &who.aliases);
        site.active(id, row.time);
    }

    /// Rights and memberships: who got or lost what. False: it is no such event.
    ///
    /// Of a membership and of a global permission the event is the account's, and the group or right its value; of other
    /// permissions the event is the right's, and who has it its value.
    fn given(&self, row: &mut EventRow, changes: &[&Change]) -> bool {
        let came = match row.action.as_str() {
            "added" | "granted" | "assigned" => true,
            "removed" | "revoked" | "unassigned" => false,
            _ => return false,
        };
        let told = |names: &[&str]| {
            let is = |change: &&&Change| names.iter().any(|name| change.name.eq_ignore_ascii_case(name));
            changes.iter().find(is).and_then(|change| {
                if came { change.to.clone().or(change.from.clone()) } else { change.from.clone().or(change.to.clone()) }
            })
        };
        let right = || told(&["Permission", "Type", "Permission type", "Global permission"]);
        let grantee = || self.things.iter().find(|thing| thing.is("user") || thing.is("group"));
        let holder = || {
            let named = told(&["Group", "User", "Holder", "Parameter", "Granted to", "Role", "Project role", "Value"]);
            named.or_else(|| grantee()?.name.clone())
        };
        let (subject, value) = match row.entity.as_str() {
            "group membership" => {
                let user = self.things.iter().find(|thing| thing.is("user"));
                let group =
                    self.things.iter().find(|thing| thing.is("group")).and_then(|g| g.name.clone()).or_else(|| told(&["Group"]));
                (user.cloned(), group)
            }
            "global permission" => {
                let value = right().or_else(|| self.things.iter().find(|t| t.is("permission")).and_then(|t| t.name.clone()));
                (grantee().cloned().or_else(|| Some(Thing { name: holder(), ..Thing::default() })), value)
            }
            "admin role" | "product access" => {
                let value = told(&["Role", "Product"])
                    .or_else(|| self.things.iter().find(|t| !t.is("user") && !t.is("group")).and_then(|t| t.name.clone()));
                (grantee().cloned(), value)
            }
            "permission" | "space permission" => match right() {
                Some(name) => (Some(Thing { id: Some(name.clone()), name: Some(name), ..Thing::default() }), holder()),
                None => (None, holder()),
            },
            _ => return false,
        };
        if let Some(subject) = subject {
            (row.entity_id, row.entity_name) = (subject.id, subject.name);
        }
        if value.is_some() {
            if came { row.to_value = value } else { row.from_value = value }
        }
        if changes.len() > 1 {
            row.text = Some(self.listed(changes));
        }
        true
    }

    /// A scheme that a project got or lost: the project is the value.
    fn assigned(&self, row: &mut EventRow) -> bool {
        let came = row.action == "assigned";
        let project = self.things.iter().find(|thing| thing.is("project")).and_then(|p| p.name.clone());
        if !(came || row.action == "unassigned") || project.is_none() || row.entity == "project" {
            return false;
        }
        if came {
            row.to_value = project
        } else {
            row.from_value = project
        }
        true
    }
}

impl Thing {
    /// Whether it is one of that entity, as far as the log's word for it tells.
    fn is(&self, entity: &str) -> bool {
        let kind = self.kind.trim().to_lowercase().replace('_', " ");
        if kind.is_empty() {
            return false;
        }
        kind == entity || words::entity_named(&kind) == Some(entity) || (kind == "scheme" && entity.ends_with(" scheme"))
    }
}

impl Change {
    /// In one line.
    fn shown(&self) -> String {
        match (&self.from, &self.to) {
            (Some(from), Some(to)) => format!("{}: {from} -> {to}", self.name),
            (Some(from), None) => format!("{}: {from} -> nothing", self.name),
            (None, Some(to)) => format!("{}: {to}", self.name),
            (None, None) => self.name.clone(),
        }
    }
}
