//! Random small worlds: few issues and few values, so that they collide; nulls, empty lists, several events at one
//! instant, deleted issues, issues known only from their events.

use jqlx::data::rows::{
    ComponentRow, CustomValue, EventRow, FieldRow, IssueRow, IssueTypeRow, MembershipRow, PriorityRow, ProjectRow, ResolutionRow,
    StatusRow, Tables, UserRow, VersionRow, time,
};
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;

pub const STATUSES: &[&str] = &["Open", "Doing", "Closed"];
pub const TYPES: &[&str] = &["Bug", "Task"];
pub const PRIORITIES: &[&str] = &["High", "Mid", "Low"];
pub const USERS: &[&str] = &["ann", "bob", "cid"];
pub const LABELS: &[&str] = &["x", "X", "y"];
pub const COMPONENTS: &[&str] = &["web", "db"];
pub const VERSIONS: &[&str] = &["2.0", "10.0", "3.0"];
pub const SEVERITIES: &[&str] = &["S1", "S2"];
pub const PROJECTS: &[&str] = &["PA", "PB"];
pub const TEXTS: &[&str] = &["", "crash on login", "logins crash", "the end"];
pub const KINDS: &[&str] = &["user", "app", "automation", "unknown"];
const HOUR: i64 = 3_600_000_000;

/// An instant on a coarse grid, so that events fall together; it crosses a change of New York's clock.
pub fn at(step: i64) -> i64 {
    time("2026-03-07T00:00:00Z").expect("an instant") + step * 3 * HOUR
}

/// The clock of every world.
pub fn now() -> i64 {
    at(24) + HOUR
}

#[derive(Clone, Debug)]
struct Change {
    step: i64,
    /// An index into the fields with history.
    field: usize,
    to: Option<usize>,
    by: Option<usize>,
}

#[derive(Clone, Debug)]
struct Issue {
    project: usize,
    issue_type: usize,
    status: usize,
    priority: Option<usize>,
    people: [Option<usize>; 3],
    lists: [Vec<usize>; 3],
    severity: Option<usize>,
    due: Option<i32>,
    numbers: (Option<i64>, Option<i64>, Option<f64>),
    texts: (usize, Option<usize>),
    created: Option<i64>,
    deleted: Option<(i64, Option<usize>)>,
    /// Whether it has a row.
    known: bool,
    changes: Vec<Change>,
}

#[derive(Clone, Debug)]
struct Happening {
    step: i64,
    issue: Option<usize>,
    by: Option<usize>,
    kind: usize,
    what: (&'static str, &'static str),
    text: Option<usize>,
}

fn index(of: &'static [&'static str]) -> impl Strategy<Value = usize> + Clone {
    0..of.len()
}

fn maybe(of: &'static [&'static str]) -> impl Strategy<Value = Option<usize>> + Clone {
    weighted(0.7, 0..of.len())
}

fn change() -> impl Strategy<Value = Change> {
    (0..24i64, 0..6usize, weighted(0.8, 0..3usize), maybe(USERS)).prop_map(|(step, field, to, by)| Change { step, field, to, by })
}

fn issue() -> impl Strategy<Value = Issue> {
    let list = |of: &'static [&'static str]| vec(0..of.len(), 0..3);
    let what = (index(PROJECTS), index(TYPES), index(STATUSES), maybe(PRIORITIES), maybe(SEVERITIES));
    let people = [maybe(USERS).boxed(), maybe(USERS).boxed(), maybe(USERS).boxed()];
    let lists = [list(LABELS).boxed(), list(COMPONENTS).boxed(), list(VERSIONS).boxed()];
    let number = || weighted(0.7, 0..3i64);
    let numbers = (number(), number(), weighted(0.7, select(vec![0.0, 1.0, 2.5])));
    let texts = (index(TEXTS), maybe(TEXTS));
    let times = (weighted(0.7, 0..5i32), weighted(0.9, 0..12i64), weighted(0.15, (12..24i64, maybe(USERS))));
    (what, people, lists, numbers, texts, times, prop::bool::weighted(0.9), vec(change(), 0..6)).prop_map(
        |(
            (project, issue_type, status, priority, severity),
            people,
            lists,
            numbers,
            texts,
            (due, created, deleted),
            known,
            changes,
        )| {
            Issue {
                project,
                issue_type,
                status,
                priority,
                people,
                lists,
                severity,
                due,
                numbers,
                texts,
                created,
                deleted,
                known,
                changes,
            }
        },
    )
}

fn happening() -> impl Strategy<Value = Happening> {
    let what = select(vec![
        ("comment", "created"),
        ("comment", "created"),
        ("comment", "updated"),
        ("comment", "deleted"),
        ("worklog", "created"),
        ("attachment", "added"),
        ("page", "viewed"),
        ("project", "updated"),
        ("user", "deactivated"),
    ]);
    (0..24i64, weighted(0.8, 0..6usize), maybe(USERS), index(KINDS), what, maybe(TEXTS))
        .prop_map(|(step, issue, by, kind, what, text)| Happening { step, issue, by, kind, what, text })
}

/// A world; failures show only what is not empty in it.
#[derive(Clone)]
pub struct World(pub Tables);

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let short = |mut row: serde_json::Value| {
            if let Some(map) = row.as_object_mut() {
                map.retain(|_, v| !v.is_null() && v.as_array().is_none_or(|a| !a.is_empty()));
            }
            row
        };
        for issue in &self.0.issues {
            writeln!(f, "issue {}", short(serde_json::to_value(issue).expect("rows as JSON")))?;
        }
        for event in &self.0.events {
            writeln!(f, "event {}", short(serde_json::to_value(event).expect("rows as JSON")))?;
        }
        Ok(())
    }
}

/// A random world.
pub fn world() -> impl Strategy<Value = World> {
    (vec(issue(), 0..6), vec(happening(), 0..10)).prop_map(|(issues, happenings)| World(tables(&issues, &happenings)))
}

fn pick(of: &[&str], at: Option<usize>) -> Option<String> {
    at.map(|i| of[i % of.len()].to_string())
}

fn distinct(of: &[&str], at: &[usize]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for i in at {
        if !out.iter().any(|o| o == of[*i]) {
            out.push(of[*i].to_string());
        }
    }
    out
}

fn tables(issues: &[Issue], happenings: &[Happening]) -> Tables {
    let mut tables = site();
    let mut events = Vec::new();
    // One issue is always there, so that the column of the custom field is, too.
    tables.issues.push(IssueRow {
        id: 99,
        key: "PA-99".into(),
        project: Some("PA".into()),
        custom: vec![("customfield_10001".into(), CustomValue::Text("S1".into()))],
        ..IssueRow::default()
    });
    for (n, issue) in issues.iter().enumerate() {
        let mut row = row(n, issue);
        let base = EventRow {
            product: Some("jira".into()),
            project: row.project.clone(),
            issue_id: Some(row.id),
            issue_key: Some(row.key.clone()),
            entity: "issue".into(),
            ..EventRow::default()
        };
        if let Some(created) = row.created {
            let actor = row.creator.clone();
            events.push(EventRow { time: created, action: "created".into(), actor, ..base.clone() });
        }
        let mut changes = issue.changes.clone();
        changes.sort_by_key(|c| c.step);
        for change in &changes {
            events.extend(apply(change, &mut row, &base));
        }
        if let Some((step, by)) = issue.deleted {
            row.deleted_at = Some(at(step));
            let actor = pick(USERS, by);
            events.push(EventRow { time: at(step), action: "deleted".into(), actor, ..base.clone() });
        }
        if issue.known {
            tables.issues.push(row);
        }
    }
    for h in happenings {
        let of = h.issue.filter(|i| *i < issues.len());
        events.push(EventRow {
            time: at(h.step),
            product: Some(if h.what.0 == "page" { "confluence" } else { "jira" }.into()),
            entity: h.what.0.into(),
            action: h.what.1.into(),
            actor: pick(USERS, h.by),
            actor_kind: Some(KINDS[h.kind].into()),
            project: of.map(|i| PROJECTS[issues[i].project].to_string()),
            issue_id: of.map(id),
            issue_key: of.map(|i| key(i, &issues[i])),
            text: pick(TEXTS, h.text),
            ..EventRow::default()
        });
    }
    // Ids follow the order in which things were made, and that of events of one instant is theirs.
    for (n, event) in events.iter_mut().enumerate() {
        event.event_id = format!("e{n:03}");
        if event.actor_kind.is_none() {
            event.actor_kind = Some(if event.actor.as_deref() == Some("cid") { "app" } else { "user" }.into());
        }
    }
    tables.events = events;
    tables
}

fn id(n: usize) -> i64 {
    100 + n as i64
}

fn key(n: usize, issue: &Issue) -> String {
    // Numbers of one and of two digits.
    format!("{}-{}", PROJECTS[issue.project], n * 4 + 1)
}

fn row(n: usize, issue: &Issue) -> IssueRow {
    let [assignee, reporter, creator] = issue.people;
    let [labels, components, versions] = &issue.lists;
    let (votes, estimate, points) = issue.numbers;
    let mut custom = Vec::new();
    if let Some(severity) = pick(SEVERITIES, issue.severity) {
        custom.push(("customfield_10001".to_string(), CustomValue::Text(severity)));
    }
    IssueRow {
        id: id(n),
        key: key(n, issue),
        project: Some(PROJECTS[issue.project].into()),
        issue_type: Some(TYPES[issue.issue_type].into()),
        status: Some(STATUSES[issue.status].into()),
        priority: pick(PRIORITIES, issue.priority),
        assignee: pick(USERS, assignee),
        reporter: pick(USERS, reporter),
        creator: pick(USERS, creator),
        summary: Some(TEXTS[issue.texts.0].into()),
        description: pick(TEXTS, issue.texts.1),
        created: issue.created.map(at),
        due: issue.due.map(|d| 20_519 + d),
        labels: distinct(LABELS, labels),
        components: distinct(COMPONENTS, components),
        fix_versions: distinct(VERSIONS, versions),
        votes,
        original_estimate: estimate.map(|e| e * 1800),
        story_points: points,
        custom,
        ..IssueRow::default()
    }
}

/// Makes the change on the row and gives its event; none where nothing changes.
fn apply(change: &Change, row: &mut IssueRow, base: &EventRow) -> Option<EventRow> {
    let mut event = EventRow {
        time: at(change.step).max(row.created.unwrap_or(i64::MIN)),
        action: "updated".into(),
        actor: pick(USERS, change.by),
        ..base.clone()
    };
    let mut single = |name: &str, slot: &mut Option<String>, to: Option<String>| -> bool {
        let changed = *slot != to;
        event.field = Some(name.into());
        event.from_value = std::mem::replace(slot, to.clone());
        event.to_value = to;
        changed
    };
    let changed = match change.field {
        0 | 1 => single("status", &mut row.status, pick(STATUSES, change.to.or(Some(0)))),
        2 => single("assignee", &mut row.assignee, pick(USERS, change.to)),
        3 => single("priority", &mut row.priority, pick(PRIORITIES, change.to)),
        4 => {
            let held = row.custom.pop().and_then(|(_, v)| match v {
                CustomValue::Text(t) => Some(t),
                _ => None,
            });
            let mut slot = held;
            let changed = single("Severity", &mut slot, pick(SEVERITIES, change.to));
            event.field_id = Some("customfield_10001".into());
            row.custom.extend(slot.map(|s| ("customfield_10001".to_string(), CustomValue::Text(s))));
            changed
        }
        _ => {
            let version = VERSIONS[change.to.unwrap_or(0)].to_string();
            event.field = Some("fixVersion".into());
            match row.fix_versions.iter().position(|v| *v == version) {
                Some(place) => {
                    row.fix_versions.remove(place);
                    event.from_value = Some(version);
                }
                None => {
                    row.fix_versions.push(version.clone());
                    event.to_value = Some(version);
                }
            }
            true
        }
    };
    changed.then_some(event)
}

/// The side tables; the same in every world.
fn site() -> Tables {
    let text = |t: &str| Some(t.to_string());
    let mut tables = Tables::default();
    for (rank, name) in STATUSES.iter().enumerate() {
        let category = text(["To Do", "In Progress", "Done"][rank]);
        tables.statuses.push(StatusRow { name: name.to_string(), category, rank: Some(rank as i64), ..StatusRow::default() });
    }
    for (rank, name) in PRIORITIES.iter().enumerate() {
        tables.priorities.push(PriorityRow { name: name.to_string(), rank: Some(rank as i64), id: None });
    }
    for name in TYPES {
        tables.issue_types.push(IssueTypeRow { name: name.to_string(), ..IssueTypeRow::default() });
    }
    tables.resolutions.push(ResolutionRow { name: "Fixed".into(), ..ResolutionRow::default() });
    // Two users of one name, and cid without any.
    for (id, name) in [("ann", text("Lee")), ("bob", text("lee")), ("cid", None)] {
        tables.users.push(UserRow { account_id: id.into(), name, ..UserRow::default() });
    }
    tables.memberships = ["ann", "cid"].map(|u| MembershipRow { group: "devs".into(), account_id: u.into() }).into_iter().collect();
    for (n, project) in PROJECTS.iter().enumerate() {
        let category = (n == 0).then(|| "Money".to_string());
        tables.projects.push(ProjectRow {
            key: project.to_string(),
            name: text(&format!("Project {project}")),
            category,
            lead: text(USERS[n]),
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
            tables.components.push(ComponentRow {
                name: component.to_string(),
                project: text(project),
                lead: text(USERS[n]),
                id: None,
            });
        }
    }
    tables.fields.push(FieldRow {
        id: "customfield_10001".into(),
        name: "Severity".into(),
        field_type: text("option"),
        aliases: Vec::new(),
    });
    tables
}
