//! The side tables of the demo.

use super::cast::{GROUPS, PEOPLE, PRIORITIES, PROJECTS, RESOLUTIONS, ROBOTS, STATUSES, TYPES};
use super::{DAY, NOW, World};
use crate::data::rows::{
    ComponentRow, FieldRow, FilterRow, IssueTypeRow, MembershipRow, OrganizationMemberRow, OrganizationRow, PriorityRow,
    ProjectRow, ResolutionRow, RoleMemberRow, SprintRow, StatusRow, UserRow, VersionRow, WorkflowProjectRow, WorkflowRow,
};

/// Days between the releases of a project.
const CADENCE: i64 = 75;
/// Days of a sprint.
pub(super) const SPRINT_DAYS: i64 = 14;
/// Sprints of a board; the last one is still to come, the one before is running.
const SPRINTS: i64 = 14;

pub(super) fn fill(world: &mut World) {
    people(world);
    projects(world);
    let tables = &mut world.tables;
    for (rank, (name, category, id)) in (0..).zip(STATUSES) {
        tables.statuses.push(StatusRow {
            id: Some((*id).into()),
            name: (*name).into(),
            category: Some((*category).into()),
            rank: Some(rank),
            former_names: if *name == "To Do" { vec!["Open".into()] } else { Vec::new() },
        });
    }
    for (rank, name) in (0..).zip(PRIORITIES) {
        tables.priorities.push(PriorityRow { id: Some((rank + 1).to_string()), name: (*name).into(), rank: Some(rank) });
    }
    for (rank, (name, id, level)) in (0..).zip(TYPES) {
        tables.issue_types.push(IssueTypeRow {
            id: Some((*id).into()),
            name: (*name).into(),
            subtask: Some(*level < 0),
            hierarchy_level: Some(*level),
            rank: Some(rank),
        });
    }
    for (rank, name) in (0..).zip(RESOLUTIONS) {
        tables.resolutions.push(ResolutionRow { id: Some((10_000 + rank).to_string()), name: (*name).into(), rank: Some(rank) });
    }
    for (id, name, kind) in [
        ("customfield_10050", "Team", "option"),
        ("customfield_10060", "Review date", "date"),
        ("customfield_10070", "Impact score", "number"),
        ("customfield_10090", "Platforms", "array of option"),
        ("customfield_10091", "Tester", "user"),
        ("customfield_10092", "Customer note", "text"),
        ("customfield_10093", "Location", "option-with-child"),
        ("customfield_10094", "Go-live", "datetime"),
        ("customfield_10095", "Approvers", "array of user"),
    ] {
        tables.fields.push(FieldRow {
            id: id.into(),
            name: name.into(),
            field_type: Some(kind.into()),
            aliases: vec![format!("cf[{}]", id.trim_start_matches("customfield_"))],
        });
    }
    for (id, name, owner, query) in [
        ("10100", "My open bugs", "alice", "type = Bug AND assignee = currentUser() AND resolution = Unresolved"),
        ("10101", "Payments this sprint", "alice", "project = PAY AND sprint IN openSprints() ORDER BY priority DESC"),
        ("10102", "Reopened again", "carol", "status CHANGED TO Reopened TIMES >= 3"),
        ("10103", "Deleted comments", "trent", "comment DELETED AFTER -30d"),
        ("10104", "My urgent bugs", "alice", "filter = \"My open bugs\" AND priority >= High ORDER BY priority DESC"),
    ] {
        tables.filters.push(FilterRow { id: Some(id.into()), name: name.into(), owner: Some(owner.into()), query: query.into() });
    }
}

fn people(world: &mut World) {
    for (id, name, zone) in PEOPLE {
        world.tables.users.push(UserRow {
            account_id: (*id).into(),
            name: Some((*name).into()),
            email: Some(format!("{id}@example.com")),
            kind: Some("user".into()),
            active: Some(*id != "oscar"),
            time_zone: Some((*zone).into()),
            ..UserRow::default()
        });
    }
    for (id, name, kind) in ROBOTS {
        world.tables.users.push(UserRow {
            account_id: (*id).into(),
            name: Some((*name).into()),
            kind: Some((*kind).into()),
            active: Some(true),
            ..UserRow::default()
        });
    }
    for (group, members) in GROUPS {
        for member in *members {
            world.tables.memberships.push(MembershipRow { group: (*group).into(), account_id: (*member).into() });
        }
    }
    for (id, name, members) in [("1", "Acme", ["wendy", "zoe"]), ("2", "Globex", ["peggy", "judy"])] {
        world.tables.organizations.push(OrganizationRow { id: Some(id.into()), name: name.into() });
        for member in members {
            let row = OrganizationMemberRow { organization: name.into(), account_id: member.into() };
            world.tables.organization_members.push(row);
        }
    }
}

fn projects(world: &mut World) {
    for project in PROJECTS {
        let (key, lead) = (project.key.to_owned(), project.team[0]);
        world.tables.projects.push(ProjectRow {
            key: key.clone(),
            id: Some(project.id.into()),
            name: Some(project.name.into()),
            category: Some(project.category.into()),
            lead: Some(lead.into()),
            project_type: Some(project.kind.into()),
            archived: Some(false),
        });
        for (at, name) in project.components.iter().enumerate() {
            let id = Some(world.id());
            world.tables.components.push(ComponentRow {
                id,
                name: (*name).into(),
                project: Some(key.clone()),
                lead: Some(project.team[at % project.team.len()].into()),
            });
        }
        let count = project.versions.len() as i64;
        for (rank, name) in (0..).zip(project.versions) {
            let release = NOW - (count - 2 - rank) * CADENCE * DAY - 20 * DAY;
            let id = world.id();
            world.tables.versions.push(VersionRow {
                id: Some(id.clone()),
                name: (*name).into(),
                project: Some(key.clone()),
                rank: Some(rank),
                released: Some(release < NOW),
                archived: Some(rank == 0 && count > 2),
                start_date: Some(day(release - CADENCE * DAY)),
                release_date: Some(day(release)),
            });
            let mut made = world.event(release - CADENCE * DAY, lead, "version", "created");
            made.project = Some(key.clone());
            made.entity_id = Some(id);
            made.entity_name = Some((*name).into());
            if release < NOW {
                let mut released = made.clone();
                (released.time, released.action) = (release, "released".into());
                world.record(released);
            }
            if rank == 0 && count > 2 {
                let mut archived = made.clone();
                (archived.time, archived.action) = (NOW - 12 * DAY, "archived".into());
                world.record(archived);
            }
            world.record(made);
        }
        if let Some(board) = project.board {
            sprints(world, &key, lead, board);
        }
        for (role, members) in [("Administrators", &project.team[..1]), ("Developers", project.team)] {
            for member in members {
                world.tables.role_members.push(RoleMemberRow {
                    project: key.clone(),
                    role: role.into(),
                    account_id: (*member).into(),
                });
            }
        }
        world.tables.workflow_projects.push(WorkflowProjectRow {
            workflow: project.workflow.into(),
            project: key,
            issue_type: None,
        });
    }
    world.tables.projects.push(ProjectRow {
        key: "OLD".into(),
        id: Some("10004".into()),
        name: Some("Legacy shop".into()),
        category: Some("Shop".into()),
        lead: Some("carol".into()),
        project_type: Some("software".into()),
        archived: Some(true),
    });
    world.tables.workflow_projects.push(WorkflowProjectRow {
        workflow: "Payments flow".into(),
        project: "PAY".into(),
        issue_type: Some("Bug".into()),
    });
    for (id, name) in [("501", "Software flow"), ("502", "Operations flow"), ("503", "Payments flow")] {
        world.tables.workflows.push(WorkflowRow { id: Some(id.into()), name: name.into() });
    }
}

fn sprints(world: &mut World, project: &str, lead: &str, board: i64) {
    let mut made = world.event(NOW - 400 * DAY, "trent", "board", "created");
    made.project = Some(project.into());
    made.entity_id = Some(board.to_string());
    made.entity_name = Some(format!("{project} board"));
    world.record(made);
    for number in 1..=SPRINTS {
        // The running one began four days ago.
        let start = NOW - 4 * DAY - (SPRINTS - 1 - number) * SPRINT_DAYS * DAY;
        let end = start + (SPRINT_DAYS - 1) * DAY;
        let state = match (start < NOW, end < NOW) {
            (true, true) => "closed",
            (true, false) => "active",
            _ => "future",
        };
        let id = board * 100 + number;
        let name = format!("{project} Sprint {number}");
        world.tables.sprints.push(SprintRow {
            id,
            name: name.clone(),
            board: Some(board.to_string()),
            state: Some(state.into()),
            start: Some(start),
            end: Some(end),
            complete: (state == "closed").then_some(end),
        });
        for (time, action) in [(start - 5 * DAY, "created"), (start, "started"), (end, "closed")] {
            if time < NOW {
                let mut event = world.event(time, lead, "sprint", action);
                event.project = Some(project.into());
                event.entity_id = Some(id.to_string());
                event.entity_name = Some(name.clone());
                world.record(event);
            }
        }
    }
}

/// The day of an instant.
pub(super) fn day(time: i64) -> i32 {
    i32::try_from(time.div_euclid(DAY)).unwrap_or_default()
}
