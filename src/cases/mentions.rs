//! Names that issues and events mention, added to the side tables so that queries can name them.

use super::shape::CaseShape;
use super::world::type_row;
use crate::data::rows::{
    ComponentRow, IssueTypeRow, PriorityRow, ProjectRow, ResolutionRow, SprintRow, StatusRow, Tables, UserRow, VersionRow,
};

/// Jira's own priorities, highest first: the order of mentioned ones.
const PRIORITIES: &[&str] =
    &["Blocker", "Highest", "Critical", "Major", "High", "Medium", "Normal", "Low", "Minor", "Lowest", "Trivial"];

/// Whether values of the field are accounts.
pub(super) fn is_user_field(field: &str) -> bool {
    matches!(field.to_lowercase().as_str(), "assignee" | "reporter" | "creator")
}

/// The category of a status that no table lists.
pub(super) fn category(status: &str) -> &'static str {
    match status.to_lowercase().as_str() {
        "to do" | "todo" | "open" | "new" | "backlog" | "reopened" | "selected for development" => "To Do",
        "done" | "closed" | "resolved" | "fixed" | "cancelled" | "rejected" | "released" => "Done",
        _ => "In Progress",
    }
}

/// An issue type that no table lists.
pub(super) fn issue_type(name: &str) -> IssueTypeRow {
    match name.to_lowercase().as_str() {
        "sub-task" | "subtask" => type_row(name, true, -1),
        "epic" => type_row(name, false, 1),
        _ => type_row(name, false, 0),
    }
}

pub(super) fn add(case: &CaseShape, tables: &mut Tables) {
    add_users(case, tables);
    add_projects(tables);
    add_lists(case, tables);
    add_project_lists(tables);
}

fn add_users(case: &CaseShape, tables: &mut Tables) {
    let mut names: Vec<String> = Vec::new();
    for issue in &tables.issues {
        names.extend([&issue.assignee, &issue.reporter, &issue.creator].into_iter().flatten().cloned());
        names.extend(issue.voter_ids.iter().chain(&issue.watcher_ids).cloned());
    }
    for event in &tables.events {
        names.extend(event.actor.clone());
        if event.field.as_deref().is_some_and(is_user_field) {
            names.extend([&event.from_value, &event.to_value].into_iter().flatten().cloned());
        }
    }
    names.extend(tables.memberships.iter().map(|m| m.account_id.clone()));
    names.extend(tables.organization_members.iter().map(|m| m.account_id.clone()));
    names.extend(tables.role_members.iter().map(|m| m.account_id.clone()));
    names.extend(tables.projects.iter().filter_map(|p| p.lead.clone()));
    names.extend(tables.components.iter().filter_map(|c| c.lead.clone()));
    let by_other_name = |user: &String| {
        let known = |u: &UserRow| u.name.as_ref() == Some(user) || u.email.as_ref() == Some(user);
        tables.users.iter().any(known)
    };
    names.extend(case.user.iter().filter(|u| !by_other_name(u)).cloned());
    for name in names {
        if !tables.users.iter().any(|u| u.account_id == name) {
            tables.users.push(UserRow { account_id: name.clone(), name: Some(name), ..UserRow::default() });
        }
    }
}

fn add_projects(tables: &mut Tables) {
    let of_issues = tables.issues.iter().filter_map(|i| i.project.clone());
    let of_events = tables.events.iter().filter_map(|e| e.project.clone());
    let of_versions = tables.versions.iter().filter_map(|v| v.project.clone());
    let of_components = tables.components.iter().filter_map(|c| c.project.clone());
    let all: Vec<String> = of_issues.chain(of_events).chain(of_versions).chain(of_components).collect();
    for key in all {
        if !tables.projects.iter().any(|p| p.key == key) {
            tables.projects.push(ProjectRow { key: key.clone(), name: Some(key), ..ProjectRow::default() });
        }
    }
}

/// The present values of a field and those that its events name.
fn values<'a>(tables: &'a Tables, field: &'a str, present: impl Iterator<Item = &'a String> + 'a) -> Vec<(String, Option<String>)> {
    let of_events = (tables.events.iter())
        .filter(move |e| e.field.as_deref().is_some_and(|f| f.eq_ignore_ascii_case(field)))
        .flat_map(|e| [(&e.from_value, &e.from_id), (&e.to_value, &e.to_id)])
        .filter_map(|(name, id)| name.clone().map(|n| (n, id.clone())));
    present.map(|p| (p.clone(), None)).chain(of_events).collect()
}

fn add_lists(case: &CaseShape, tables: &mut Tables) {
    for (name, id) in values(tables, "status", tables.issues.iter().filter_map(|i| i.status.as_ref())) {
        let known = tables.statuses.iter().any(|s| s.name == name || s.former_names.contains(&name));
        if !known {
            let rank = Some(tables.statuses.len() as i64);
            let category = Some(category(&name).to_string());
            tables.statuses.push(StatusRow { id, name, category, rank, former_names: Vec::new() });
        }
    }
    let mut priorities = values(tables, "priority", tables.issues.iter().filter_map(|i| i.priority.as_ref()));
    priorities.sort_by_key(|(name, _)| PRIORITIES.iter().position(|p| p.eq_ignore_ascii_case(name)));
    for (name, id) in priorities {
        if !tables.priorities.iter().any(|p| p.name == name) {
            let rank = Some(tables.priorities.len() as i64);
            tables.priorities.push(PriorityRow { id, name, rank });
        }
    }
    for (name, id) in values(tables, "resolution", tables.issues.iter().filter_map(|i| i.resolution.as_ref())) {
        if !tables.resolutions.iter().any(|r| r.name == name) {
            let rank = Some(tables.resolutions.len() as i64);
            tables.resolutions.push(ResolutionRow { id, name, rank });
        }
    }
    let types = values(tables, "type", tables.issues.iter().filter_map(|i| i.issue_type.as_ref()));
    for (name, _) in types {
        if !tables.issue_types.iter().any(|t| t.name == name) {
            let rank = Some(tables.issue_types.len() as i64);
            tables.issue_types.push(IssueTypeRow { rank, ..issue_type(&name) });
        }
    }
    for issue in &case.issues {
        let of_type = tables.issue_types.iter_mut().find(|t| Some(&t.name) == issue.issue_type.as_ref());
        if let (Some(row), Some(level)) = (of_type, issue.hierarchy_level) {
            row.hierarchy_level = Some(level);
            row.subtask = Some(level < 0);
        }
    }
}

fn add_project_lists(tables: &mut Tables) {
    let mut versions: Vec<(Option<String>, String)> = Vec::new();
    let mut components = Vec::new();
    for issue in &tables.issues {
        let of = |names: &[String]| names.iter().map(|n| (issue.project.clone(), n.clone())).collect::<Vec<_>>();
        versions.extend(of(&issue.affected_versions));
        versions.extend(of(&issue.fix_versions));
        components.extend(of(&issue.components));
    }
    for event in &tables.events {
        let names = [&event.from_value, &event.to_value].into_iter().flatten().cloned();
        if event.field.as_deref().is_some_and(|f| f.eq_ignore_ascii_case("fixVersion")) {
            versions.extend(names.map(|n| (event.project.clone(), n)));
        }
    }
    for (project, name) in versions {
        if !tables.versions.iter().any(|v| v.name == name && v.project == project) {
            let rank = tables.versions.iter().filter(|v| v.project == project).count() as i64;
            tables.versions.push(VersionRow { name, project, rank: Some(rank), ..VersionRow::default() });
        }
    }
    for (project, name) in components {
        // A component of no stated project is everyone's.
        let same = |c: &ComponentRow| c.name == name && (c.project.is_none() || c.project == project);
        if !tables.components.iter().any(same) {
            tables.components.push(ComponentRow { name, project, ..ComponentRow::default() });
        }
    }
    let sprints: Vec<String> = tables.issues.iter().flat_map(|i| i.sprints.iter().cloned()).collect();
    for name in sprints {
        if !tables.sprints.iter().any(|s| s.name == name) {
            let free = tables.sprints.iter().map(|s| s.id).max().unwrap_or(0) + 1;
            let id = name.parse().unwrap_or(free);
            tables.sprints.push(SprintRow { id, name, ..SprintRow::default() });
        }
    }
}
