//! Where the stories play, and who is in them.

use super::super::World;
use super::{CHANGES, FINANCE};
use crate::data::rows::{MembershipRow, ProjectRow, RoleMemberRow, UserRow, WorkflowProjectRow, WorkflowRow};

/// Account, name, zone, whether it is active.
const PEOPLE: &[(&str, &str, &str, bool)] = &[
    ("quinn", "Quinn Example", "Europe/Berlin", true),
    ("rosa", "Rosa Example", "Europe/Berlin", true),
    ("sam", "Sam Example", "America/New_York", false),
    ("tess", "Tess Example", "Europe/London", false),
    ("uma", "Uma Example", "Europe/Berlin", true),
    ("vera", "Vera Example", "Asia/Tokyo", true),
    ("walt", "Walt Example", "Europe/London", true),
    ("yuri", "Yuri Example", "Europe/Berlin", true),
];

/// Key, id, name, category, type, lead, team, workflow.
type Place = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static [&'static str], &'static str);

const PLACES: &[Place] = &[
    (FINANCE, "10005", "Finance", "Finance", "business", &["quinn", "rosa", "sam", "tess", "uma"], "Finance flow"),
    (CHANGES, "10006", "Change requests", "Platform", "service_desk", &["walt", "vera", "yuri"], "Change flow"),
];

pub(super) fn fill(world: &mut World) {
    let tables = &mut world.tables;
    for (account, name, zone, active) in PEOPLE {
        tables.users.push(UserRow {
            account_id: (*account).into(),
            name: Some((*name).into()),
            email: Some(format!("{account}@example.com")),
            kind: Some("user".into()),
            active: Some(*active),
            time_zone: Some((*zone).into()),
            ..UserRow::default()
        });
    }
    for (group, member) in [("finance-approvers", "quinn"), ("finance-approvers", "rosa")] {
        tables.memberships.push(MembershipRow { group: group.into(), account_id: member.into() });
    }
    for ((key, id, name, category, kind, team, workflow), number) in PLACES.iter().zip(504..) {
        tables.projects.push(ProjectRow {
            key: (*key).into(),
            id: Some((*id).into()),
            name: Some((*name).into()),
            category: Some((*category).into()),
            lead: Some(team[0].into()),
            project_type: Some((*kind).into()),
            archived: Some(false),
        });
        tables.workflows.push(WorkflowRow { id: Some(number.to_string()), name: (*workflow).into() });
        let flow = WorkflowProjectRow { workflow: (*workflow).into(), project: (*key).into(), issue_type: None };
        tables.workflow_projects.push(flow);
        let administrators = team[..1].iter().map(|member| ("Administrators", member));
        for (role, member) in administrators.chain(team.iter().map(|member| ("Developers", member))) {
            let row = RoleMemberRow { project: (*key).into(), role: role.into(), account_id: (*member).into() };
            tables.role_members.push(row);
        }
    }
}
