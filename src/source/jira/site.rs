//! What records show of the site around them: people, projects, statuses, versions, fields, links.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::json::{Object, id, instant, int, list, object, query_parameter, text};
use super::names::Names;
use super::rank::{rank_priorities, rank_versions};
use crate::data::known::Known;
use crate::data::rows::{
    ComponentRow, FilterRow, IssueTypeRow, LinkRow, MembershipRow, OrganizationMemberRow, OrganizationRow, PriorityRow, ProjectRow,
    PropertyRow, RemoteLinkRow, ResolutionRow, RoleMemberRow, SprintRow, StatusRow, Tables, UserRow, VersionRow,
    WorkflowProjectRow, WorkflowRow, date,
};

/// The side tables as far as records have shown them.
#[derive(Default)]
pub(crate) struct Site {
    users: BTreeMap<String, UserRow>,
    /// What was known before.
    known: Known,
    /// Accounts of which only audit logs have spoken.
    only_logged: BTreeSet<String>,
    memberships: BTreeMap<(String, String), MembershipRow>,
    projects: BTreeMap<String, ProjectRow>,
    statuses: Seen<StatusRow>,
    priorities: Seen<PriorityRow>,
    issue_types: Seen<IssueTypeRow>,
    resolutions: Seen<ResolutionRow>,
    versions: BTreeMap<String, VersionRow>,
    components: BTreeMap<String, ComponentRow>,
    sprints: BTreeMap<i64, SprintRow>,
    links: BTreeMap<String, LinkRow>,
    remote_links: BTreeMap<String, RemoteLinkRow>,
    properties: Vec<PropertyRow>,
    /// Ids by name.
    organizations: BTreeMap<String, Option<String>>,
    organization_members: BTreeMap<(String, String), OrganizationMemberRow>,
    /// Project, role, and who has it.
    role_actors: Vec<(String, String, Actor)>,
    workflows: BTreeMap<String, WorkflowRow>,
    workflow_projects: Vec<WorkflowProjectRow>,
    filters: Vec<FilterRow>,
    /// Tables of which records had the rows, were there any.
    looked_at: BTreeSet<&'static str>,
    /// Keys of issues by id, as addresses of records beside them tell.
    addresses: BTreeMap<i64, String>,
    /// Table, id of a row and id of its project, where that project may come later.
    of_projects: Vec<(&'static str, String, String)>,
    pub(crate) names: Names,
}

/// Rows in the order in which they were first seen, those of the site's own lists first.
struct Seen<T> {
    rows: BTreeMap<String, (bool, usize, T)>,
}

impl<T> Default for Seen<T> {
    fn default() -> Self {
        Self { rows: BTreeMap::new() }
    }
}

impl<T> Seen<T> {
    fn note(&mut self, id: Option<&str>, name: &str, listed: bool, new: impl FnOnce() -> T) -> &mut T {
        let key = id.map_or_else(|| format!("name {name}"), |id| format!("id {id}"));
        let next = self.rows.len();
        let entry = self.rows.entry(key).or_insert_with(|| (!listed, next, new()));
        entry.0 &= !listed;
        &mut entry.2
    }

    fn into_rows(self) -> Vec<T> {
        let mut rows: Vec<_> = self.rows.into_values().collect();
        rows.sort_by_key(|(unlisted, order, _)| (*unlisted, *order));
        rows.into_iter().map(|(_, _, row)| row).collect()
    }
}

/// Who has a role.
pub(super) enum Actor {
    /// An account, by its id or a name of it.
    Account(String),
    /// All members of a group.
    Group(String),
}

/// Somebody as an event names them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Person {
    /// Account id; on Server the key, where only the name is known the name.
    pub id: String,
    /// user or app.
    pub kind: &'static str,
}

impl Site {
    /// A site of which something is known already. That is not among its tables.
    pub(crate) fn beside(known: Known) -> Self {
        let names = Names::beside(&known.fields);
        Self { known, names, ..Self::default() }
    }

    /// Notes an account and tells who it is. None where the object names nobody.
    pub(crate) fn person(&mut self, value: &Value) -> Option<Person> {
        let person = value.as_object()?;
        let address = text(person, "self").unwrap_or_default();
        let known = text(person, "accountId").or_else(|| text(person, "key")).or_else(|| text(person, "name")).map(str::to_owned);
        let account_id = known
            .or_else(|| query_parameter(address, "accountId"))
            .or_else(|| query_parameter(address, "key"))
            .or_else(|| query_parameter(address, "username"))
            .or_else(|| text(person, "displayName").map(str::to_owned))?;
        let kind = match text(person, "accountType") {
            Some("app") => "app",
            Some("customer") => "customer",
            _ => "user",
        };
        self.only_logged.remove(&account_id);
        let user = self.users.entry(account_id.clone()).or_default();
        user.account_id.clone_from(&account_id);
        let update = |slot: &mut Option<String>, value: Option<&str>| {
            if let Some(value) = value {
                *slot = Some(value.to_owned());
            }
        };
        update(&mut user.name, text(person, "displayName"));
        update(&mut user.email, text(person, "emailAddress"));
        update(&mut user.time_zone, text(person, "timeZone"));
        if user.kind.as_deref().is_none_or(|k| k == "user") {
            user.kind = Some(kind.to_owned());
        }
        let login = object(person, "loginInfo").unwrap_or(person);
        let time = |name: &str| login.get(name).and_then(|t| instant(t).ok());
        user.last_login = time("lastLoginTime").max(user.last_login);
        user.previous_login = time("previousLoginTime").max(user.previous_login);
        user.active = person.get("active").and_then(Value::as_bool).or(user.active);
        for alias in [text(person, "name"), text(person, "key")].into_iter().flatten() {
            if alias != account_id && !user.aliases.iter().any(|a| a == alias) {
                user.aliases.push(alias.to_owned());
            }
        }
        for group in object(person, "groups").map_or(&[][..], |g| list(g, "items")) {
            if let Some(name) = group.as_object().and_then(|g| text(g, "name")) {
                let row = MembershipRow { group: name.to_owned(), account_id: account_id.clone() };
                self.memberships.insert((name.to_owned(), account_id.clone()), row);
            }
        }
        Some(Person { id: account_id, kind: if kind == "app" { "app" } else { "user" } })
    }

    /// Notes an account as an audit log names it.
    pub(in crate::source) fn account(&mut self, id: &str, name: Option<&str>, email: Option<&str>, aliases: &[String]) {
        if !self.users.contains_key(id) {
            self.only_logged.insert(id.to_owned());
        }
        self.named_person(id, name);
        if let Some(user) = self.users.get_mut(id) {
            user.email = user.email.take().or_else(|| email.map(str::to_owned));
            for alias in aliases {
                if !user.aliases.contains(alias) {
                    user.aliases.push(alias.clone());
                }
            }
        }
    }

    /// The key of the project of that id, as far as a record has told it.
    pub(in crate::source) fn project_of(&self, id: &str) -> Option<&str> {
        let told = self.projects.values().find(|project| project.id.as_deref() == Some(id)).map(|project| project.key.as_str());
        told.or_else(|| self.known.projects.get(id).map(String::as_str))
    }

    /// Accounts by the other keys that they have. What audit logs call so by such a key is the same account.
    pub(in crate::source) fn settle_accounts(&mut self) -> BTreeMap<String, String> {
        let told = |alias: &str| self.users.contains_key(alias) && !self.only_logged.contains(alias);
        let known = self.known.accounts.iter().filter(|(alias, _)| !told(alias));
        let mut found: BTreeMap<String, String> = known.map(|(alias, id)| (alias.clone(), id.clone())).collect();
        for user in self.users.values() {
            let free = |alias: &&String| !self.users.contains_key(*alias) || self.only_logged.contains(*alias);
            for alias in user.aliases.iter().filter(free) {
                found.insert(alias.clone(), user.account_id.clone());
            }
        }
        for (alias, account) in &found {
            let seen = self.users.remove(alias).and_then(|user| user.last_active);
            if let Some(user) = self.users.get_mut(account) {
                user.last_active = user.last_active.max(seen);
            }
        }
        found
    }

    /// Notes an account that only a change names.
    pub(crate) fn named_person(&mut self, account_id: &str, name: Option<&str>) {
        let user = self.users.entry(account_id.to_owned()).or_default();
        user.account_id = account_id.to_owned();
        user.name = user.name.take().or_else(|| name.map(str::to_owned));
        user.kind.get_or_insert_with(|| "user".to_owned());
    }

    /// Notes that somebody did something at that time.
    pub(crate) fn active(&mut self, account_id: &str, time: i64) {
        if let Some(user) = self.users.get_mut(account_id) {
            user.last_active = user.last_active.max(Some(time));
        }
    }

    /// Notes a project; returns its key.
    pub(crate) fn project(&mut self, value: &Value) -> Option<String> {
        let project = value.as_object()?;
        let key = text(project, "key")?.to_owned();
        let lead = project.get("lead").and_then(|lead| self.person(lead)).map(|p| p.id);
        let row = self.projects.entry(key.clone()).or_default();
        row.key.clone_from(&key);
        row.id = id(project, "id").or(row.id.take());
        row.name = text(project, "name").map(str::to_owned).or(row.name.take());
        let category = object(project, "projectCategory").and_then(|c| text(c, "name"));
        row.category = category.map(str::to_owned).or(row.category.take());
        row.lead = lead.or(row.lead.take());
        row.project_type = text(project, "projectTypeKey").map(str::to_owned).or(row.project_type.take());
        row.archived = project.get("archived").and_then(Value::as_bool).or(row.archived);
        let lists = [("versions", true), ("components", false)];
        for (name, is_version) in lists {
            for child in list(project, name) {
                if is_version {
                    self.version(child, Some(&key));
                } else {
                    self.component(child, Some(&key));
                }
            }
        }
        for issue_type in list(project, "issueTypes") {
            self.issue_type(issue_type, false);
        }
        Some(key)
    }

    /// Notes a project of which only the key is known.
    pub(crate) fn project_key(&mut self, key: &str) {
        let row = self.projects.entry(key.to_owned()).or_default();
        row.key = key.to_owned();
    }

    /// Notes that a version or component belongs to the project of that id.
    pub(in crate::source) fn of_project(&mut self, table: &'static str, row: &Object) {
        if let (Some(row), Some(project)) = (id(row, "id"), id(row, "projectId")) {
            self.of_projects.push((table, row, project));
        }
    }

    /// Puts the keys of projects where only their ids were told.
    fn settle_projects(&mut self) {
        let keys: BTreeMap<&str, &String> = self.projects.values().filter_map(|p| Some((p.id.as_deref()?, &p.key))).collect();
        for (table, row, project) in &self.of_projects {
            let key = keys.get(project.as_str()).map(|key| (*key).clone());
            let slot = match *table {
                "versions" => self.versions.get_mut(row).map(|v| &mut v.project),
                _ => self.components.get_mut(row).map(|c| &mut c.project),
            };
            if let (Some(slot), Some(key)) = (slot, key) {
                slot.get_or_insert(key);
            }
        }
    }

    /// Notes a status; returns its name and category.
    pub(crate) fn status(&mut self, value: &Value, listed: bool) -> Option<(String, Option<String>)> {
        let status = value.as_object()?;
        let name = text(status, "name")?.to_owned();
        let category = object(status, "statusCategory").and_then(status_category);
        let id = id(status, "id");
        let row = self.statuses.note(id.as_deref(), &name, listed, StatusRow::default);
        row.id = id;
        if !row.name.is_empty() && row.name != name && !row.former_names.contains(&row.name) {
            row.former_names.push(std::mem::take(&mut row.name));
        }
        row.former_names.retain(|n| *n != name);
        row.name.clone_from(&name);
        row.category = category.clone().or(row.category.take());
        Some((name, row.category.clone()))
    }

    /// Notes a status that a change names: perhaps a former name of one that exists.
    pub(crate) fn former_status(&mut self, id: Option<&str>, name: &str) {
        let row = self.statuses.note(id, name, false, StatusRow::default);
        row.id = id.map(str::to_owned);
        if row.name.is_empty() {
            row.name = name.to_owned();
        } else if row.name != name && !row.former_names.iter().any(|n| n == name) {
            row.former_names.push(name.to_owned());
        }
    }

    /// Notes a priority; returns its name.
    pub(crate) fn priority(&mut self, value: &Value, listed: bool) -> Option<String> {
        let (id, name) = id_and_name(value)?;
        let row = self.priorities.note(id.as_deref(), &name, listed, PriorityRow::default);
        // A list says the order; without one it is derived when all are known.
        if listed && row.rank.is_none() {
            row.rank = Some(0);
        }
        (row.id, row.name) = (id, name.clone());
        Some(name)
    }

    /// Notes an issue type; returns its name and whether it is that of epics.
    pub(crate) fn issue_type(&mut self, value: &Value, listed: bool) -> Option<(String, bool)> {
        let (id, name) = id_and_name(value)?;
        let object = value.as_object()?;
        let row = self.issue_types.note(id.as_deref(), &name, listed, IssueTypeRow::default);
        (row.id, row.name) = (id, name.clone());
        row.subtask = object.get("subtask").and_then(Value::as_bool).or(row.subtask);
        row.hierarchy_level = object.get("hierarchyLevel").and_then(Value::as_i64).or(row.hierarchy_level);
        let is_epic = row.hierarchy_level == Some(1) || name.eq_ignore_ascii_case("epic");
        Some((name, is_epic))
    }

    /// Notes a resolution; returns its name.
    pub(crate) fn resolution(&mut self, value: &Value, listed: bool) -> Option<String> {
        let (id, name) = id_and_name(value)?;
        let row = self.resolutions.note(id.as_deref(), &name, listed, ResolutionRow::default);
        (row.id, row.name) = (id, name.clone());
        Some(name)
    }

    /// Notes a version; returns its name.
    pub(crate) fn version(&mut self, value: &Value, project: Option<&str>) -> Option<String> {
        let (id, name) = id_and_name(value)?;
        let object = value.as_object()?;
        let key = id.clone().unwrap_or_else(|| format!("{} {name}", project.unwrap_or_default()));
        let row = self.versions.entry(key).or_default();
        (row.id, row.name) = (id, name.clone());
        row.project = project.map(str::to_owned).or(row.project.take());
        row.released = object.get("released").and_then(Value::as_bool).or(row.released);
        row.archived = object.get("archived").and_then(Value::as_bool).or(row.archived);
        row.start_date = text(object, "startDate").and_then(date).or(row.start_date);
        row.release_date = text(object, "releaseDate").and_then(date).or(row.release_date);
        Some(name)
    }

    /// Notes a component; returns its name.
    pub(crate) fn component(&mut self, value: &Value, project: Option<&str>) -> Option<String> {
        let (id, name) = id_and_name(value)?;
        let lead = value.get("lead").and_then(|lead| self.person(lead)).map(|p| p.id);
        let key = id.clone().unwrap_or_else(|| format!("{} {name}", project.unwrap_or_default()));
        let row = self.components.entry(key).or_default();
        (row.id, row.name) = (id, name.clone());
        row.project = project.map(str::to_owned).or(row.project.take());
        row.lead = lead.or(row.lead.take());
        Some(name)
    }

    /// Notes a sprint, which Server answers as the text `...Sprint@1f[id=1,name=Sprint 1,...]`; returns its name.
    pub(crate) fn sprint(&mut self, value: &Value) -> Option<String> {
        let parsed;
        let sprint = match value {
            Value::Object(sprint) => sprint,
            Value::String(text) => {
                parsed = sprint_text(text)?;
                &parsed
            }
            _ => return None,
        };
        let (number, name) = (int(sprint.get("id")?)?, text(sprint, "name")?.to_owned());
        let row = self.sprints.entry(number).or_default();
        (row.id, row.name) = (number, name.clone());
        let board = ["originBoardId", "boardId", "rapidViewId"].into_iter().find_map(|n| id(sprint, n));
        row.board = board.or(row.board.take());
        row.state = text(sprint, "state").map(str::to_lowercase).or(row.state.take());
        let time = |name: &str| sprint.get(name).and_then(|v| instant(v).ok());
        row.start = time("startDate").or(row.start);
        row.end = time("endDate").or(row.end);
        row.complete = time("completeDate").or(row.complete);
        Some(name)
    }

    /// Notes a link between issues.
    pub(crate) fn link(&mut self, row: LinkRow) {
        let key = row.id.clone().unwrap_or_else(|| format!("{} {} {}", row.source, row.link_type, row.target));
        self.links.insert(key, row);
    }

    /// Notes a customer organization.
    pub(crate) fn organization(&mut self, name: &str, id: Option<String>) {
        match self.organizations.get_mut(name) {
            Some(known) => *known = id.or(known.take()),
            None => drop(self.organizations.insert(name.to_owned(), id)),
        }
    }

    /// Notes that an account is in a group.
    pub(super) fn member(&mut self, group: &str, person: &Object) -> Option<()> {
        let account_id = self.person(&Value::Object(person.clone()))?.id;
        let row = MembershipRow { group: group.to_owned(), account_id: account_id.clone() };
        self.memberships.insert((group.to_owned(), account_id), row);
        Some(())
    }

    /// Notes that an account is in a customer organization.
    pub(super) fn organization_member(&mut self, organization: &str, person: &Object) -> Option<()> {
        let account_id = self.person(&Value::Object(person.clone()))?.id;
        let row = OrganizationMemberRow { organization: organization.to_owned(), account_id: account_id.clone() };
        self.organization_members.insert((organization.to_owned(), account_id), row);
        Some(())
    }

    /// Notes that somebody has a role in a project.
    pub(super) fn role_actor(&mut self, project: &str, role: &str, actor: Actor) {
        self.role_actors.push((project.to_owned(), role.to_owned(), actor));
    }

    /// Notes a workflow.
    pub(super) fn workflow(&mut self, row: WorkflowRow) {
        self.workflows.insert(row.name.clone(), row);
    }

    /// Notes that a project uses a workflow.
    pub(super) fn workflow_project(&mut self, row: WorkflowProjectRow) {
        self.workflow_projects.push(row);
    }

    /// Notes a saved query.
    pub(super) fn filter(&mut self, row: FilterRow) {
        self.filters.push(row);
    }

    /// Who has which role: the members of groups that have it, and accounts that are told by another of their names.
    fn role_members(&self) -> Vec<RoleMemberRow> {
        let mut by_alias: BTreeMap<&str, &str> = BTreeMap::new();
        for user in self.users.values() {
            by_alias.extend(user.aliases.iter().map(|alias| (alias.as_str(), user.account_id.as_str())));
        }
        let mut rows = BTreeMap::new();
        for (project, role, actor) in &self.role_actors {
            let accounts: Vec<&str> = match actor {
                Actor::Account(name) if self.users.contains_key(name) => vec![name],
                Actor::Account(name) => vec![by_alias.get(name.as_str()).copied().unwrap_or(name)],
                Actor::Group(group) => {
                    self.memberships.keys().filter(|(of, _)| of == group).map(|(_, account)| account.as_str()).collect()
                }
            };
            for account in accounts {
                let row = RoleMemberRow { project: project.clone(), role: role.clone(), account_id: account.to_owned() };
                rows.insert((&**project, &**role, account.to_owned()), row);
            }
        }
        rows.into_values().collect()
    }

    /// Notes values of entity properties.
    pub(crate) fn properties(&mut self, rows: Vec<PropertyRow>) {
        self.properties.extend(rows);
    }

    /// Notes that a record would have had rows of the table.
    pub(crate) fn looked_at(&mut self, table: &'static str) {
        self.looked_at.insert(table);
    }

    /// Tables that were looked for, empty ones included.
    pub(crate) fn tables_looked_at(&self) -> BTreeSet<&'static str> {
        self.looked_at.clone()
    }

    /// Notes the key of an issue that an address tells beside its id.
    pub(super) fn address(&mut self, id: i64, key: &str) {
        if key.contains('-') {
            self.addresses.insert(id, key.to_owned());
        }
    }

    /// The name of the sprint of that id.
    pub(super) fn sprint_name(&self, id: i64) -> Option<&str> {
        self.sprints.get(&id).map(|s| s.name.as_str()).or_else(|| self.known.sprints.get(&id).map(String::as_str))
    }

    /// Notes a link to the outside.
    pub(crate) fn remote_link(&mut self, row: RemoteLinkRow) {
        let key = row.id.clone().unwrap_or_else(|| format!("{} {:?}", row.issue, row.url));
        self.remote_links.insert(key, row);
    }

    /// Issues of which remote links tell only the id.
    pub(crate) fn remote_link_issues(&self) -> Vec<i64> {
        self.remote_links.values().filter_map(|l| l.issue.parse().ok()).collect()
    }

    /// The side tables. `key_of` tells the key of an issue of which a record had only the id.
    pub(crate) fn into_tables(mut self, key_of: impl Fn(i64) -> Option<String>) -> Tables {
        self.settle_projects();
        let role_members = self.role_members();
        let mut tables = Tables {
            users: self.users.into_values().collect(),
            memberships: self.memberships.into_values().collect(),
            projects: self.projects.into_values().collect(),
            statuses: self.statuses.into_rows(),
            priorities: self.priorities.into_rows(),
            issue_types: self.issue_types.into_rows(),
            resolutions: self.resolutions.into_rows(),
            versions: self.versions.into_values().collect(),
            components: self.components.into_values().collect(),
            sprints: self.sprints.into_values().collect(),
            fields: self.names.into_rows(),
            links: self.links.into_values().collect(),
            remote_links: self.remote_links.into_values().collect(),
            properties: self.properties,
            organizations: self.organizations.into_iter().map(|(name, id)| OrganizationRow { id, name }).collect(),
            organization_members: self.organization_members.into_values().collect(),
            role_members,
            workflows: self.workflows.into_values().collect(),
            workflow_projects: self.workflow_projects,
            filters: self.filters,
            ..Tables::default()
        };
        for link in &mut tables.remote_links {
            let id = link.issue.parse::<i64>().ok();
            if let Some(key) = id.and_then(|id| key_of(id).or_else(|| self.addresses.get(&id).cloned())) {
                link.issue = key;
            }
        }
        rank_priorities(&mut tables.priorities);
        (1..).zip(&mut tables.statuses).for_each(|(rank, row)| row.rank = Some(rank - 1));
        (1..).zip(&mut tables.issue_types).for_each(|(rank, row)| row.rank = Some(rank - 1));
        (1..).zip(&mut tables.resolutions).for_each(|(rank, row)| row.rank = Some(rank - 1));
        rank_versions(&mut tables.versions);
        tables.components.sort_by(|a, b| (&a.project, &a.name).cmp(&(&b.project, &b.name)));
        tables
    }
}

fn id_and_name(value: &Value) -> Option<(Option<String>, String)> {
    let object = value.as_object()?;
    Some((id(object, "id"), text(object, "name")?.to_owned()))
}

/// Jira translates a category's name and never its key.
fn status_category(category: &Object) -> Option<String> {
    let name = match text(category, "key").or_else(|| text(category, "name"))? {
        "new" | "To Do" | "New" => "To Do",
        "indeterminate" | "In Progress" => "In Progress",
        "done" | "Done" | "Complete" => "Done",
        _ => return None,
    };
    Some(name.to_owned())
}

fn sprint_text(text: &str) -> Option<Object> {
    let inner = text.split_once("Sprint@")?.1.split_once('[')?.1.strip_suffix(']')?;
    let mut sprint = Object::new();
    let mut last: Option<String> = None;
    for part in inner.split(',') {
        match part.split_once('=') {
            Some((name, value)) if !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphabetic()) => {
                let value = if value == "<null>" { Value::Null } else { Value::from(value) };
                sprint.insert(name.to_owned(), value);
                last = Some(name.to_owned());
            }
            // A comma within a sprint's name.
            _ => {
                if let Some(Value::String(before)) = last.as_ref().and_then(|l| sprint.get_mut(l)) {
                    before.push(',');
                    before.push_str(part);
                }
            }
        }
    }
    Some(sprint)
}
