//! The life of each issue of the demo, a step at a time.

use super::actions::{ACTIONS, Action, next_statuses};
use super::activity;
use super::cast::{self, LABELS, PRIORITIES, PROJECTS, Project, STATUSES, TEAMS};
use super::tables::day;
use super::{DAY, HOUR, MINUTE, NOW, SECOND, World};
use crate::data::rows::{CustomValue, EventRow, IssueRow};

/// An issue and what hangs on it.
pub(super) struct Live {
    pub row: IssueRow,
    /// The last thing that happened to it.
    pub time: i64,
    /// Id, author, text.
    pub comments: Vec<(String, String, String)>,
    /// Id, author, seconds, note.
    pub worklogs: Vec<(String, String, i64, String)>,
    /// Id and name.
    pub attachments: Vec<(String, String)>,
}

pub(super) fn fill(world: &mut World) {
    for (index, project) in PROJECTS.iter().enumerate() {
        let mut times: Vec<i64> = (0..project.issues).map(|_| NOW - DAY - world.random.between(0, 500 * 24) * HOUR).collect();
        times.sort_unstable();
        for time in times {
            let minutes = world.random.between(0, 59);
            create(world, index, time + minutes * MINUTE);
        }
    }
}

fn create(world: &mut World, index: usize, time: i64) {
    let project = &PROJECTS[index];
    world.numbers[index] += 1;
    let number = world.numbers[index];
    let random = &mut world.random;
    let kind = match (number, project.key) {
        // The first issues of a project are its epics.
        (1..=3, "PAY" | "WEB") => "Epic",
        (_, "OPS") => random.weighted(&[(50, "Incident"), (30, "Task"), (20, "Bug")]),
        _ => random.weighted(&[(38, "Bug"), (28, "Story"), (24, "Task"), (10, "Sub-task")]),
    };
    let parent = match kind {
        "Story" if random.chance(60) => Some(random.between(1, 3)),
        "Sub-task" if number > 4 => Some(random.between(4, number as i64 - 1)),
        _ => None,
    };
    let parent = parent.map(|n| format!("{}-{n}", project.key));
    let parent = parent.filter(|_| matches!(project.key, "PAY" | "WEB") || kind == "Sub-task");
    // A sub-task without an issue above it would be none.
    let kind = if kind == "Sub-task" && parent.is_none() { "Task" } else { kind };
    let reporter = random.pick(project.team).to_owned();
    let creator = if random.chance(4) { "automation".to_owned() } else { reporter.clone() };
    let row = IssueRow {
        id: 10_000 + world.issues.len() as i64,
        key: format!("{}-{number}", project.key),
        project: Some(project.key.into()),
        issue_type: Some(kind.into()),
        status: Some("To Do".into()),
        status_category: Some("To Do".into()),
        priority: Some(random.weighted(&[(5, "Highest"), (20, "High"), (50, "Medium"), (18, "Low"), (7, "Lowest")]).into()),
        assignee: random.chance(55).then(|| random.pick(project.team).to_owned()),
        reporter: Some(reporter),
        creator: Some(creator.clone()),
        summary: Some(cast::summary(random)),
        description: random.chance(90).then(|| cast::description(random)),
        environment: (kind == "Incident").then(|| random.pick(&["production", "staging"]).to_owned()),
        created: Some(time),
        components: if random.chance(50) { vec![random.pick(project.components).to_owned()] } else { Vec::new() },
        labels: if random.chance(30) { vec![random.pick(LABELS).to_owned()] } else { Vec::new() },
        security_level: (project.key == "SEC" && random.chance(50)).then(|| "Internal".to_owned()),
        epic: parent.clone().filter(|_| kind == "Story"),
        parent,
        votes: Some(0),
        watchers: Some(0),
        status_category_changed: Some(time),
        ..IssueRow::default()
    };
    let mut event = world.event(time, &creator, "issue", "created");
    place(&mut event, &row);
    world.record(event);
    let mut live = Live { row, time, comments: Vec::new(), worklogs: Vec::new(), attachments: Vec::new() };
    let steps = 2 + world.random.heavy(2, 3);
    let mut pingpong = if number % 29 == 5 { 14 } else { 0 };
    for _ in 0..steps + pingpong {
        let quick = world.random.chance(28);
        let wait = if quick { world.random.between(20, 55) * SECOND } else { world.random.heavy(20, 11) * MINUTE };
        let time = working_time(live.time + wait);
        if time >= NOW - HOUR {
            break;
        }
        let action = if pingpong > 0 { Action::Status } else { world.random.weighted(ACTIONS) };
        step(world, project, &mut live, action, time, pingpong > 0);
        pingpong -= i64::from(pingpong > 0);
    }
    world.issues.push(live);
}

/// Few people work at the weekend.
fn working_time(time: i64) -> i64 {
    match time.div_euclid(DAY).rem_euclid(7) {
        // 1970-01-01 was a Thursday.
        2 => time + 2 * DAY,
        3 => time + DAY,
        _ => time,
    }
}

/// Puts an event where the issue is.
pub(super) fn place(event: &mut EventRow, issue: &IssueRow) {
    event.project.clone_from(&issue.project);
    event.issue_id = Some(issue.id);
    event.issue_key = Some(issue.key.clone());
}

/// An edit in the making: its items share an actor, a time and an id.
struct Edit<'w> {
    world: &'w mut World,
    base: EventRow,
}

impl Edit<'_> {
    fn field(&mut self, field: &str, from: Option<String>, to: Option<String>) {
        self.field_with_ids(field, None, (from, None), (to, None));
    }

    fn field_with_ids(
        &mut self,
        field: &str,
        field_id: Option<&str>,
        (from_value, from_id): (Option<String>, Option<String>),
        (to_value, to_id): (Option<String>, Option<String>),
    ) {
        if from_value == to_value {
            return;
        }
        self.world.record(EventRow {
            field: Some(field.into()),
            field_id: field_id.map(str::to_owned),
            text: to_value.clone().filter(|_| field == "description"),
            from_value,
            from_id,
            to_value,
            to_id,
            ..self.base.clone()
        });
    }
}

/// Who acts: mostly those whom the issue concerns.
fn actor(world: &mut World, project: &Project, live: &Live) -> String {
    let assignee = live.row.assignee.clone();
    match world.random.below(100) {
        0..40 if assignee.is_some() => assignee.unwrap_or_default(),
        40..60 => live.row.reporter.clone().unwrap_or_default(),
        60..66 => "automation".into(),
        _ => world.random.pick(project.team).into(),
    }
}

fn step(world: &mut World, project: &Project, live: &mut Live, action: Action, time: i64, pingpong: bool) {
    let actor = actor(world, project, live);
    let before = world.tables.events.len();
    if field_step(world, project, live, action, time, &actor, pingpong).is_none() {
        activity::step(world, live, action, time, &actor);
    }
    if world.tables.events.len() > before {
        live.time = time;
        live.row.updated = Some(time);
    }
}

/// Changes a field. None: the action is about something else.
fn field_step(
    world: &mut World,
    project: &Project,
    live: &mut Live,
    action: Action,
    time: i64,
    actor: &str,
    pingpong: bool,
) -> Option<()> {
    let mut base = world.event(time, actor, "issue", "updated");
    place(&mut base, &live.row);
    base.change_id = Some(world.id());
    let mut edit = Edit { world, base };
    let row = &mut live.row;
    match action {
        Action::Status => {
            let from = row.status.clone().unwrap_or_default();
            let to = match from.as_str() {
                "To Do" | "In Progress" | "In Review" | "Blocked" | "Reopened" if pingpong => "Done",
                "Done" | "Closed" if !pingpong && edit.world.random.chance(60) => return Some(()),
                from => edit.world.random.weighted(if pingpong { &[(100, "Reopened")] } else { next_statuses(from) }),
            };
            set_status(&mut edit, row, to, time);
        }
        Action::Assignee => {
            let to = (!edit.world.random.chance(10)).then(|| edit.world.random.pick(project.team).to_owned());
            let from = std::mem::replace(&mut row.assignee, to.clone());
            edit.field_with_ids("assignee", None, (from.clone(), from), (to.clone(), to));
        }
        Action::Priority => {
            let to = Some(edit.world.random.pick(PRIORITIES).to_owned());
            let id = |p: &Option<String>| {
                let at = PRIORITIES.iter().position(|n| Some(*n) == p.as_deref())?;
                Some((at + 1).to_string())
            };
            let from = std::mem::replace(&mut row.priority, to.clone());
            edit.field_with_ids("priority", None, (from.clone(), id(&from)), (to.clone(), id(&to)));
        }
        Action::FixVersion => {
            let name = edit.world.random.pick(project.versions).to_owned();
            let versions = &edit.world.tables.versions;
            let is_it = |v: &&crate::data::rows::VersionRow| v.name == name && v.project == row.project;
            let id = versions.iter().find(is_it).and_then(|v| v.id.clone());
            toggle(&mut edit, "fixVersion", &mut row.fix_versions, name, id);
        }
        Action::Component => {
            let name = edit.world.random.pick(project.components).to_owned();
            toggle(&mut edit, "component", &mut row.components, name, None);
        }
        Action::Labels => {
            let label = edit.world.random.pick(LABELS).to_owned();
            toggle(&mut edit, "labels", &mut row.labels, label, None);
        }
        Action::Summary => {
            let to = Some(cast::summary(&mut edit.world.random));
            let from = std::mem::replace(&mut row.summary, to.clone());
            edit.field("summary", from, to);
        }
        Action::Description => {
            let to = Some(cast::description(&mut edit.world.random));
            let from = std::mem::replace(&mut row.description, to.clone());
            edit.field("description", from, to);
        }
        Action::Sprint => sprint(&mut edit, project, row, time),
        Action::StoryPoints => {
            let to = Some(f64::from(edit.world.random.pick(&[1_i32, 2, 3, 5, 8, 13])));
            let from = std::mem::replace(&mut row.story_points, to);
            edit.field("Story Points", from.map(|n| n.to_string()), to.map(|n| n.to_string()));
        }
        Action::Due => {
            let to = (!edit.world.random.chance(15)).then(|| day(time) + edit.world.random.between(3, 40) as i32);
            let from = std::mem::replace(&mut row.due, to);
            edit.field("due", from.map(crate::data::rows::date_text), to.map(crate::data::rows::date_text));
        }
        Action::Team => {
            let to = CustomValue::Text(edit.world.random.pick(TEAMS).to_owned());
            custom(&mut edit, row, "customfield_10050", "Team", to);
        }
        Action::Impact => {
            let to = CustomValue::Number(edit.world.random.between(1, 100) as f64 / 2.0);
            custom(&mut edit, row, "customfield_10070", "Impact score", to);
            let to = CustomValue::Date(day(time) + edit.world.random.between(7, 30) as i32);
            custom(&mut edit, row, "customfield_10060", "Review date", to);
        }
        Action::Estimate => {
            let to = Some(edit.world.random.between(1, 40) * 3600);
            let from = std::mem::replace(&mut row.original_estimate, to);
            let left = std::mem::replace(&mut row.remaining_estimate, to);
            edit.field("originalEstimate", from.map(|n| n.to_string()), to.map(|n| n.to_string()));
            edit.field("remainingEstimate", left.map(|n| n.to_string()), to.map(|n| n.to_string()));
        }
        _ => return None,
    }
    Some(())
}

/// Moves an issue to a status, with what the workflow does to its resolution.
fn set_status(edit: &mut Edit<'_>, row: &mut IssueRow, to: &str, time: i64) {
    let known = |name: &str| STATUSES.iter().find(|(n, _, _)| *n == name);
    let from = row.status.replace(to.to_owned());
    let id = |name: &str| known(name).map(|(_, _, id)| (*id).to_owned());
    let from_id = from.as_deref().and_then(id);
    edit.field_with_ids("status", None, (from, from_id), (Some(to.to_owned()), id(to)));
    let category = known(to).map(|(_, category, _)| (*category).to_owned());
    if category != row.status_category {
        row.status_category_changed = Some(time);
    }
    let done = category.as_deref() == Some("Done");
    row.status_category = category;
    let resolution = match (done, &row.resolution) {
        (true, None) => {
            Some(edit.world.random.weighted(&[(75, "Done"), (10, "Won't Do"), (8, "Duplicate"), (7, "Cannot Reproduce")]))
        }
        (true, Some(_)) => return,
        (false, _) => None,
    };
    let resolution = resolution.map(str::to_owned);
    let former = std::mem::replace(&mut row.resolution, resolution.clone());
    row.resolved = resolution.as_ref().map(|_| time);
    edit.field("resolution", former, resolution);
}

/// Adds a value to a field of several, or takes it away.
fn toggle(edit: &mut Edit<'_>, field: &str, values: &mut Vec<String>, name: String, id: Option<String>) {
    match values.iter().position(|v| *v == name) {
        Some(at) => {
            values.remove(at);
            edit.field_with_ids(field, None, (Some(name), id), (None, None));
        }
        None => {
            values.push(name.clone());
            edit.field_with_ids(field, None, (None, None), (Some(name), id));
        }
    }
}

fn sprint(edit: &mut Edit<'_>, project: &Project, row: &mut IssueRow, time: i64) {
    let Some(board) = project.board else { return };
    let sprints = &edit.world.tables.sprints;
    let is_open = |s: &&crate::data::rows::SprintRow| s.board == Some(board.to_string()) && s.end.is_some_and(|end| end > time);
    let Some((sprint, id)) = sprints.iter().find(is_open).map(|s| (s.name.clone(), s.id.to_string())) else {
        return;
    };
    // A completed sprint stays with an issue that goes on in the next.
    if !row.sprints.contains(&sprint) {
        toggle(edit, "Sprint", &mut row.sprints, sprint, Some(id));
    }
}

fn custom(edit: &mut Edit<'_>, row: &mut IssueRow, column: &str, name: &str, to: CustomValue) {
    let text = to.to_text();
    let from = match row.custom.iter_mut().find(|(c, _)| c == column) {
        Some((_, value)) => Some(std::mem::replace(value, to).to_text()),
        None => {
            row.custom.push((column.to_owned(), to));
            row.custom.sort_by(|a, b| a.0.cmp(&b.0));
            None
        }
    };
    edit.field_with_ids(name, Some(column), (from, None), (Some(text), None));
}
