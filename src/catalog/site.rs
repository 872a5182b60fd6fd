//! What the data adds to the catalogue: users, projects, statuses, custom fields and the like.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::fields::Kind;
use crate::semantic::bound::Shape;
use crate::syntax::Parsed;

/// Everything of one site that a query may name besides the fixed tables.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// Accounts; none where no table of users was found, and then any text is taken for an account id.
    pub people: Option<Vec<Person>>,
    /// Account ids of each group, by the group's name; none where no table of memberships was found.
    pub groups: Option<BTreeMap<String, Vec<String>>>,
    /// Projects; none where no table was found.
    pub projects: Option<Vec<Project>>,
    /// Statuses in the site's order.
    pub statuses: Values,
    /// Priorities, the most important first.
    pub priorities: Values,
    /// Resolutions in the site's order.
    pub resolutions: Values,
    /// Issue types in the site's order.
    pub types: Values,
    /// Versions in the order of their projects; none where no table was found.
    pub versions: Option<Vec<Version>>,
    /// Components; `group` is the project, `lead` its lead.
    pub components: Values,
    /// Sprints; `group` is the state.
    pub sprints: Values,
    /// Security levels.
    pub levels: Values,
    /// Members of each customer organization, by its name; none where no table was found.
    pub organizations: Option<BTreeMap<String, Vec<String>>>,
    /// Who has which role in which project; none where no table was found.
    pub roles: Option<Vec<Role>>,
    /// Types of links; none where no table of links was found.
    pub link_types: Option<Vec<LinkType>>,
    /// Saved queries; none where no table was found.
    pub filters: Option<Vec<Filter>>,
    /// Workflows with the key of a project that uses them; none where no table was found.
    pub workflows: Option<Vec<(String, String)>>,
    /// Custom fields that the issues table or its history has.
    pub custom_fields: Vec<CustomField>,
    /// Whether there is a table of remote links.
    pub remote_links: bool,
    /// Whether there is a table of entity properties.
    pub properties: bool,
    /// Columns of the issues table.
    pub issue_columns: HashSet<String>,
    /// Columns of the events table.
    pub event_columns: HashSet<String>,
    /// Whether the issues are elsewhere, so that nothing is looked up among them.
    pub issues_elsewhere: bool,
    /// What look-ups in issues and events have told so far.
    pub looked_up: LookedUp,
    people_by_name: HashMap<String, Vec<usize>>,
}

/// A question about the data that decides what a name means. The binder asks, the engine looks it up and binds again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wanted {
    /// The values that events mention for a field.
    Former(String),
    /// Whether events record any change of a field.
    Recorded(String),
    /// The different values of a column of `issues`.
    Held(String),
    /// Whether there is an issue of that key, or was.
    Key(String),
    /// From when until when there are events.
    Period,
    /// The people who act in events.
    Actors,
}

/// Answers to [`Wanted`].
#[derive(Clone, Debug, Default)]
pub struct LookedUp {
    /// Values that events mention, by the lower-case name of the field.
    pub former: HashMap<String, Vec<String>>,
    /// Whether there are changes, by the lower-case name of the field.
    pub recorded: HashMap<String, bool>,
    /// Values by column.
    pub held: HashMap<String, Vec<String>>,
    /// Whether there is an issue of the key.
    pub keys: HashMap<String, bool>,
    /// The first and the last instant of an event, in UTC microseconds; none inside: there are no events.
    pub period: Option<Option<(i64, i64)>>,
    /// Accounts of people who act in events.
    pub actors: Option<Vec<String>>,
}

/// An account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// The id that issues and events hold.
    pub account_id: String,
    /// Display name.
    pub name: String,
    /// Where known.
    pub email: Option<String>,
    /// None where unknown.
    pub active: Option<bool>,
    /// When the latest login began, in UTC microseconds.
    pub last_login: Option<i64>,
    /// When the login before that began.
    pub previous_login: Option<i64>,
    /// Name of the zone, where known.
    pub time_zone: Option<String>,
}

/// A project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Project {
    pub id: Option<String>,
    pub key: String,
    pub name: String,
    pub category: Option<String>,
    pub lead: Option<String>,
    /// software, business, service_desk
    pub kind: Option<String>,
}

/// An account in a project role.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Role {
    pub project: String,
    pub role: String,
    pub account_id: String,
}

/// A type of links.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinkType {
    /// Such as Blocks.
    pub name: String,
    /// What it says at the source, such as blocks.
    pub outward: Option<String>,
    /// What it says at the target, such as is blocked by.
    pub inward: Option<String>,
}

/// A saved query.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Its id where known.
    pub id: Option<String>,
    /// Its name.
    pub name: String,
    /// Its text as a tree, read once.
    pub parsed: Arc<Parsed>,
}

/// A version of a project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Version {
    /// Its id.
    pub id: Option<String>,
    /// Its name.
    pub name: String,
    /// The project's key.
    pub project: String,
    /// Its place among the project's versions, the earliest first.
    pub rank: i64,
    /// Whether it is out.
    pub released: bool,
    /// Whether it is archived.
    pub archived: bool,
    /// Its start day, since 1970-01-01.
    pub start: Option<i32>,
    /// Its release day, planned or real.
    pub release: Option<i32>,
}

/// A named value, such as a status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedValue {
    /// Its name.
    pub name: String,
    /// Its id where known.
    pub id: Option<String>,
    /// A status's category, a component's project, a sprint's state.
    pub group: Option<String>,
    /// A component's lead.
    pub lead: Option<String>,
    /// An issue type's level: 1 epic, 0 standard, -1 sub-task.
    pub level: Option<i64>,
    /// A sprint's start, in UTC microseconds.
    pub start: Option<i64>,
    /// When a sprint was completed, or else is to end.
    pub end: Option<i64>,
    /// A sprint's board, by its id.
    pub board: Option<String>,
}

/// The values of a kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values {
    /// Whether the list is complete: an unknown name is then an error.
    pub complete: bool,
    /// In the site's order.
    pub list: Vec<NamedValue>,
}

/// A custom field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomField {
    /// `customfield_10042`
    pub id: String,
    /// Its name; the id where no name is known.
    pub name: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// What its values are.
    pub kind: Kind,
    /// The column's shape; none where the issues table has no column for it.
    pub shape: Option<Shape>,
}

impl CustomField {
    /// `10042` of `customfield_10042`.
    pub fn number(&self) -> Option<&str> {
        self.id.strip_prefix("customfield_")
    }
}

impl Values {
    /// The values called so, ignoring case, or with that id where none is.
    pub fn find(&self, text: &str) -> Vec<&NamedValue> {
        let by_name: Vec<_> = self.list.iter().filter(|v| eq(&v.name, text)).collect();
        if !by_name.is_empty() {
            return by_name;
        }
        self.list.iter().filter(|v| v.id.as_deref() == Some(text)).collect()
    }

    /// All names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|v| v.name.as_str())
    }
}

impl Catalog {
    /// Sets the accounts and indexes them by id, name and e-mail.
    pub fn set_people(&mut self, people: Vec<Person>) {
        self.people_by_name.clear();
        for (i, person) in people.iter().enumerate() {
            for name in [Some(&person.account_id), Some(&person.name), person.email.as_ref()].into_iter().flatten() {
                let places = self.people_by_name.entry(name.to_lowercase()).or_default();
                if places.last() != Some(&i) {
                    places.push(i);
                }
            }
        }
        self.people = Some(people);
    }

    /// The accounts with that id, or else that display name or e-mail, ignoring case.
    pub fn find_people(&self, text: &str) -> Vec<&Person> {
        let Some(people) = &self.people else { return Vec::new() };
        let found: Vec<&Person> = match self.people_by_name.get(&text.to_lowercase()) {
            Some(places) => places.iter().filter_map(|&i| people.get(i)).collect(),
            None => Vec::new(),
        };
        match found.iter().find(|p| eq(&p.account_id, text)) {
            Some(exact) => vec![exact],
            None => found,
        }
    }

    /// The project with that key, or else those of that name, or else the one with that id.
    pub fn find_projects(&self, text: &str) -> Vec<&Project> {
        let projects = self.projects.as_deref().unwrap_or_default();
        if let Some(project) = projects.iter().find(|p| eq(&p.key, text)) {
            return vec![project];
        }
        let named: Vec<&Project> = projects.iter().filter(|p| eq(&p.name, text)).collect();
        if named.is_empty() { projects.iter().filter(|p| p.id.as_deref() == Some(text)).collect() } else { named }
    }

    /// The versions called so, ignoring case, each in its project, or else the one with that id.
    pub fn find_versions(&self, text: &str) -> Vec<&Version> {
        let versions = self.versions.as_deref().unwrap_or_default();
        let named: Vec<&Version> = versions.iter().filter(|v| eq(&v.name, text)).collect();
        if named.is_empty() { versions.iter().filter(|v| v.id.as_deref() == Some(text)).collect() } else { named }
    }

    /// The members of a group.
    pub fn find_group(&self, name: &str) -> Option<&[String]> {
        let groups = self.groups.as_ref()?;
        groups.iter().find(|(g, _)| eq(g, name)).map(|(_, members)| members.as_slice())
    }

    /// The custom fields of that name, or the one with that id (`cf[10042]`, `customfield_10042`).
    pub fn find_custom_fields(&self, name: &str) -> Vec<&CustomField> {
        let id = name.strip_prefix("cf[").and_then(|s| s.strip_suffix(']')).map(|n| format!("customfield_{n}"));
        let id = id.as_deref().unwrap_or(name);
        if let Some(field) = self.custom_fields.iter().find(|f| f.id.eq_ignore_ascii_case(id)) {
            return vec![field];
        }
        // "Team[Dropdown]" names all fields called Team of that type; the type's wording differs between sites.
        let plain = name.split_once('[').map_or(name, |(before, _)| before);
        self.custom_fields
            .iter()
            .filter(|f| eq(&f.name, name) || eq(&f.name, plain) || f.aliases.iter().any(|a| eq(a, name)))
            .collect()
    }

    /// The saved query of that name, or else of that id.
    pub fn find_filter(&self, name: &str) -> Option<&Filter> {
        let filters = self.filters.as_deref().unwrap_or_default();
        filters.iter().find(|f| eq(&f.name, name)).or_else(|| filters.iter().find(|f| f.id.as_deref() == Some(name)))
    }

    /// What links say at either end; where a type has no phrases, its name.
    pub fn link_phrases(&self) -> impl Iterator<Item = &str> {
        self.link_types
            .iter()
            .flatten()
            .flat_map(|t| [t.outward.as_ref().unwrap_or(&t.name), t.inward.as_ref().unwrap_or(&t.name)])
            .map(String::as_str)
    }

    /// The phrase behind a generated field name: `issueIsBlockedBy`, `workItemBlocks`.
    pub fn link_phrase(&self, name: &str) -> Option<&str> {
        let lower = name.to_lowercase();
        let rest = lower.strip_prefix("issue").or_else(|| lower.strip_prefix("workitem"))?;
        let joined = |phrase: &str| phrase.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).eq(rest.chars());
        (!rest.is_empty()).then(|| self.link_phrases().find(|p| joined(p))).flatten()
    }

    /// The values of a kind that has a list.
    pub fn values(&self, kind: Kind) -> Option<&Values> {
        match kind {
            Kind::Status => Some(&self.statuses),
            Kind::Priority => Some(&self.priorities),
            Kind::Resolution => Some(&self.resolutions),
            Kind::IssueType => Some(&self.types),
            Kind::Component => Some(&self.components),
            Kind::Sprint => Some(&self.sprints),
            Kind::SecurityLevel => Some(&self.levels),
            _ => None,
        }
    }
}

/// Whether two names are equal ignoring case.
pub(crate) fn eq(a: &str, b: &str) -> bool {
    a == b || (a.len() == b.len() && a.eq_ignore_ascii_case(b)) || (!a.is_ascii() && a.to_lowercase() == b.to_lowercase())
}
