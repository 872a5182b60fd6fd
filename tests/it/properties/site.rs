//! What is the same in every world: the site's lists, people, fields and saved queries.

use jqlx::data::rows::{
    ComponentRow, FieldRow, FilterRow, IssueTypeRow, MembershipRow, OrganizationMemberRow, OrganizationRow, PriorityRow,
    ProjectRow, ResolutionRow, RoleMemberRow, SprintRow, StatusRow, Tables, UserRow, VersionRow, WorkflowProjectRow, WorkflowRow,
};

use super::world::at;

pub const STATUSES: &[&str] = &["Open", "Doing", "Closed"];
pub const TYPES: &[&str] = &["Bug", "Task", "Epic", "Part"];
pub const PRIORITIES: &[&str] = &["High", "Mid", "Low"];
pub const RESOLUTIONS: &[&str] = &["Fixed", "Refused"];
pub const USERS: &[&str] = &["ann", "bob", "cid", "dan"];
pub const LABELS: &[&str] = &["x", "X", "y"];
pub const COMPONENTS: &[&str] = &["web", "db"];
pub const VERSIONS: &[&str] = &["2.0", "10.0", "3.0"];
pub const SPRINTS: &[&str] = &["Spring", "Summer", "Autumn"];
pub const SEVERITIES: &[&str] = &["S1", "S2"];
pub const TEAMS: &[&str] = &["red", "blue", "10"];
pub const PLACES: &[&str] = &["Europe", "Asia"];
pub const TOWNS: &[&str] = &["Oslo", "Rome"];
pub const PROJECTS: &[&str] = &["PA", "PB"];
pub const ORGANIZATIONS: &[&str] = &["Acme", "Umbra"];
pub const LEVELS: &[&str] = &["Staff", "Board"];
pub const CHANNELS: &[&str] = &["email", "portal"];
pub const REQUESTS: &[&str] = &["Get help", "New laptop"];

/// Link types: name, what it says outward, what it says inward.
pub const LINKS: &[(&str, &str, &str)] =
    &[("Blocks", "blocks", "is blocked by"), ("Cloners", "clones", "is cloned by"), ("Relates", "relates to", "relates to")];

/// Custom fields: id, name, type.
pub const CUSTOM: &[(&str, &str, &str)] = &[
    ("customfield_10001", "Severity", "option"),
    ("customfield_10002", "Place", "option-with-child"),
    ("customfield_10003", "Teams", "array of option"),
    ("customfield_10004", "Weight", "number"),
    ("customfield_10005", "Kickoff", "date"),
    ("customfield_10006", "Buddy", "user"),
    ("customfield_10007", "Notes", "string"),
    ("customfield_10008", "Live", "datetime"),
];

fn text(t: &str) -> Option<String> {
    Some(t.to_string())
}

/// The side tables that are the same in every world.
pub fn site() -> Tables {
    let mut tables = Tables::default();
    for (rank, name) in STATUSES.iter().enumerate() {
        let category = text(["To Do", "In Progress", "Done"][rank]);
        let id = Some((rank + 1).to_string());
        tables.statuses.push(StatusRow { id, name: name.to_string(), category, rank: Some(rank as i64), ..StatusRow::default() });
    }
    for (rank, name) in PRIORITIES.iter().enumerate() {
        tables.priorities.push(PriorityRow { name: name.to_string(), rank: Some(rank as i64), id: None });
    }
    for (rank, (name, level)) in TYPES.iter().zip([0, 0, 1, -1]).enumerate() {
        let (subtask, level, rank) = (Some(level < 0), Some(level), Some(rank as i64));
        tables.issue_types.push(IssueTypeRow { name: name.to_string(), subtask, hierarchy_level: level, rank, id: None });
    }
    for (rank, name) in RESOLUTIONS.iter().enumerate() {
        tables.resolutions.push(ResolutionRow { name: name.to_string(), rank: Some(rank as i64), id: None });
    }
    // Two users of one name, and cid without any.
    // The zone of cid is not known, and that of dan is none.
    for (id, name, email, active, time_zone) in [
        ("ann", text("Lee"), text("ann@x.test"), Some(true), text("America/New_York")),
        ("bob", text("lee"), None, Some(true), text("Asia/Kolkata")),
        ("cid", None, None, None, None),
        ("dan", text("Dan Roe"), text("dan@x.test"), Some(false), text("Moon/Base")),
    ] {
        tables.users.push(UserRow { account_id: id.into(), name, email, active, time_zone, ..UserRow::default() });
    }
    if let Some(ann) = tables.users.first_mut() {
        (ann.last_login, ann.previous_login) = (Some(at(20)), Some(at(9)));
    }
    tables.memberships = ["ann", "cid"].map(|u| MembershipRow { group: "devs".into(), account_id: u.into() }).into_iter().collect();
    for (organization, account) in [("Acme", "bob"), ("Acme", "dan"), ("Umbra", "cid")] {
        tables.organization_members.push(OrganizationMemberRow { organization: organization.into(), account_id: account.into() });
    }
    for name in ORGANIZATIONS {
        tables.organizations.push(OrganizationRow { id: None, name: name.to_string() });
    }
    for (project, role, account) in [("PA", "Makers", "ann"), ("PB", "Makers", "bob"), ("PB", "Readers", "ann")] {
        tables.role_members.push(RoleMemberRow { project: project.into(), role: role.into(), account_id: account.into() });
    }
    tables.workflows.push(WorkflowRow { id: None, name: "Plain flow".into() });
    tables.workflow_projects.push(WorkflowProjectRow { workflow: "Plain flow".into(), project: "PB".into(), issue_type: None });
    for (n, (name, state)) in SPRINTS.iter().zip(["closed", "active", "future"]).enumerate() {
        let start = Some(at(n as i64 * 8));
        tables.sprints.push(SprintRow {
            id: 7 + n as i64,
            name: name.to_string(),
            state: text(state),
            start,
            ..SprintRow::default()
        });
    }
    for (n, project) in PROJECTS.iter().enumerate() {
        of_project(n, project, &mut tables);
    }
    for (id, name, field_type) in CUSTOM {
        let (id, name, field_type) = (id.to_string(), name.to_string(), text(field_type));
        tables.fields.push(FieldRow { id, name, field_type, aliases: Vec::new() });
    }
    for (id, name, query) in [
        ("1", "My bugs", "type = Bug AND assignee = currentUser() ORDER BY key"),
        ("2", "Early", "created < \"2026-03-08\" OR filter = \"My bugs\""),
    ] {
        tables.filters.push(FilterRow { id: text(id), name: name.into(), owner: text("ann"), query: query.into() });
    }
    tables
}

fn of_project(n: usize, project: &str, tables: &mut Tables) {
    tables.projects.push(ProjectRow {
        key: project.to_string(),
        name: text(&format!("Project {project}")),
        category: (n == 0).then(|| "Money".to_string()),
        lead: text(USERS[n]),
        project_type: text(["software", "service_desk"][n]),
        ..ProjectRow::default()
    });
    for (rank, version) in VERSIONS.iter().enumerate() {
        // The second project has the versions in the other order, and lacks the last.
        let rank = if n == 0 { rank } else { VERSIONS.len() - rank } as i64;
        if n == 0 || *version != "3.0" {
            tables.versions.push(VersionRow {
                name: version.to_string(),
                project: text(project),
                rank: Some(rank),
                released: Some(*version == "2.0"),
                ..VersionRow::default()
            });
        }
    }
    for component in COMPONENTS {
        let lead = text(USERS[n]);
        tables.components.push(ComponentRow { name: component.to_string(), project: text(project), lead, id: None });
    }
}
