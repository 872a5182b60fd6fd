//! Records that only the list in which they stand tells apart: members of groups, roles and organizations, workflows, filters.
//!
//! They come with the request that they answer: `{"url": "...", "input": {...}, "data": {...}}`, where `input` names what the
//! list belongs to.

use serde_json::Value;

use super::json::{Object, id, list, object, text};
use super::site::{Actor, Site};
use crate::data::rows::{FilterRow, WorkflowProjectRow, WorkflowRow};

/// The lists.
#[derive(Clone, Copy)]
enum List {
    Groups,
    Organizations,
    Role,
    Workflows,
    Filters,
}

impl List {
    /// By the path of a request.
    fn of(url: &str) -> Option<Self> {
        let path = url.split(['?', '#']).next()?.trim_end_matches('/');
        let parts: Vec<&str> = path.rsplit('/').take(4).collect();
        Some(match parts.as_slice() {
            ["member", "group", ..] => Self::Groups,
            ["organization", "servicedeskapi", ..] | ["user", _, "organization", ..] => Self::Organizations,
            [_, "role", _, "project"] => Self::Role,
            ["search", "workflows", ..] | ["workflow", ..] | ["project", "workflowscheme", ..] => Self::Workflows,
            ["search", "filter", ..] => Self::Filters,
            _ => return None,
        })
    }

    /// The tables whose rows it has, were there any.
    fn tables(self) -> &'static [&'static str] {
        match self {
            Self::Groups => &["memberships"],
            Self::Organizations => &["organizations", "organization_members"],
            Self::Role => &["role_members"],
            Self::Workflows => &["workflows", "workflow_projects"],
            Self::Filters => &["filters"],
        }
    }
}

/// Reads a record of one of the lists into `site`; none where it is of no such list. An error says why it is no record.
pub(super) fn record(wrapper: &Object, record: &Object, site: &mut Site) -> Option<Result<(), String>> {
    let kind = List::of(text(wrapper, "url")?)?;
    kind.tables().iter().for_each(|table| site.looked_at(table));
    // What surrounds a list that may be empty.
    if record.contains_key("total") {
        return Some(Ok(()));
    }
    let of = |name: &str| object(wrapper, "input").and_then(|input| text(input, name));
    let read = match kind {
        List::Groups => of("group").and_then(|group| site.member(group, record)),
        List::Organizations => match of("organization") {
            Some(organization) => site.organization_member(organization, record),
            None => text(record, "name").map(|name| site.organization(name, id(record, "id"))),
        },
        List::Role => of("project").and_then(|project| role(project, record, site)),
        List::Workflows => workflow(record, of("project"), site),
        List::Filters => filter(record, site),
    };
    Some(read.ok_or_else(|| "it has no name or id, or does not tell what it belongs to".to_owned()))
}

fn role(project: &str, record: &Object, site: &mut Site) -> Option<()> {
    let name = text(record, "name")?;
    for actor in list(record, "actors").iter().filter_map(Value::as_object) {
        let account = object(actor, "actorUser").and_then(|user| text(user, "accountId").or_else(|| text(user, "name")));
        let group = object(actor, "actorGroup").and_then(|group| text(group, "name"));
        // Server has one name, and a word for what it names.
        let is_group = text(actor, "type").is_some_and(|kind| kind.contains("group"));
        let named = text(actor, "name");
        let actor = match (account, group) {
            (Some(account), _) => Some(Actor::Account(account.to_owned())),
            (None, Some(group)) => Some(Actor::Group(group.to_owned())),
            (None, None) if is_group => named.map(|name| Actor::Group(name.to_owned())),
            (None, None) => named.map(|name| Actor::Account(name.to_owned())),
        };
        if let Some(actor) = actor {
            site.role_actor(project, name, actor);
        }
    }
    Some(())
}

/// A workflow, or that a project has it.
fn workflow(record: &Object, project: Option<&str>, site: &mut Site) -> Option<()> {
    let name = text(record, "name")?.to_owned();
    match project {
        Some(key) => site.workflow_project(WorkflowProjectRow { workflow: name, project: key.to_owned(), issue_type: None }),
        None => site.workflow(WorkflowRow { id: id(record, "id"), name }),
    }
    Some(())
}

fn filter(record: &Object, site: &mut Site) -> Option<()> {
    let row = FilterRow {
        id: id(record, "id"),
        name: text(record, "name")?.to_owned(),
        owner: record.get("owner").and_then(|owner| site.person(owner)).map(|owner| owner.id),
        query: text(record, "jql").unwrap_or_default().to_owned(),
    };
    site.filter(row);
    Some(())
}
