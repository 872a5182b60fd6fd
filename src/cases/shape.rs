//! The JSON of a case, key by key. An unknown key is an error, so that nothing a case says is silently ignored.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// One line of a case file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct CaseShape {
    pub id: String,
    pub query: String,
    #[serde(default)]
    pub expect: Vec<Value>,
    #[serde(default)]
    pub error: Option<Value>,
    #[serde(default)]
    pub warning: Option<String>,
    pub now: Option<String>,
    pub tz: Option<String>,
    pub user: Option<String>,
    pub deployment: Option<String>,
    /// `sunday` or `monday`.
    pub week_start: Option<String>,
    #[serde(default)]
    pub strict: bool,
    #[serde(default)]
    pub estimates: Option<EstimatesShape>,
    #[serde(default)]
    pub calendar: Option<CalendarShape>,
    #[serde(default)]
    pub params: BTreeMap<String, Value>,
    #[serde(default)]
    pub tables: TablesShape,
    #[serde(default)]
    pub issues: Vec<IssueShape>,
    #[serde(default)]
    pub events: Vec<EventShape>,
    // What follows is for readers.
    #[serde(rename = "topic")]
    pub _topic: Option<Value>,
    #[serde(rename = "why")]
    pub _why: Option<Value>,
    #[serde(rename = "source")]
    pub _source: Option<Value>,
    #[serde(rename = "confidence")]
    pub _confidence: Option<Value>,
}

/// What a day and a week of an estimate are.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct EstimatesShape {
    pub hours_per_day: f64,
    pub days_per_week: f64,
}

/// Working time: what it does not say is as usual.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct CalendarShape {
    /// `09:00-17:00`
    pub hours: Option<String>,
    #[serde(default)]
    pub holidays: Vec<String>,
    pub zone: Option<String>,
}

/// Side tables. What issues and events mention besides is added.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub(super) struct TablesShape {
    pub users: Vec<UserShape>,
    /// Group name to members.
    pub groups: BTreeMap<String, Vec<String>>,
    pub projects: Vec<ProjectShape>,
    pub statuses: Vec<Listed>,
    /// Highest first.
    pub priorities: Vec<Listed>,
    pub types: Vec<Listed>,
    pub resolutions: Vec<Listed>,
    /// Project key to its versions, earliest first.
    pub versions: BTreeMap<String, Vec<VersionShape>>,
    pub components: Vec<ComponentShape>,
    pub sprints: Vec<SprintShape>,
    pub fields: Vec<FieldShape>,
    pub links: Vec<LinkShape>,
    pub remote_links: Vec<RemoteLinkShape>,
    pub filters: Vec<FilterShape>,
    pub properties: Vec<PropertyShape>,
    /// Organization name to members.
    pub organizations: BTreeMap<String, Vec<String>>,
    /// Project key to role to members.
    pub roles: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    /// Workflow name to project keys.
    pub workflows: BTreeMap<String, Vec<String>>,
}

/// An entry of an administrator's list: its name, or an object.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Listed {
    Name(String),
    Entry(Box<ListedEntry>),
}

/// An entry of the lists of statuses, priorities, types, resolutions.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub(super) struct ListedEntry {
    pub id: Option<Scalar>,
    pub name: String,
    pub category: Option<String>,
    pub former_names: Vec<String>,
    pub subtask: Option<bool>,
    pub hierarchy_level: Option<i64>,
}

impl Listed {
    pub(super) fn entry(&self) -> ListedEntry {
        match self {
            Self::Name(name) => ListedEntry { name: name.clone(), ..ListedEntry::default() },
            Self::Entry(entry) => (**entry).clone(),
        }
    }
}

/// A text or a number, read as text.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub(super) enum Scalar {
    Text(String),
    Int(i64),
    Float(f64),
}

impl Scalar {
    pub(super) fn text(&self) -> String {
        match self {
            Self::Text(t) => t.clone(),
            Self::Int(n) => n.to_string(),
            Self::Float(n) => n.to_string(),
        }
    }
}

/// The text of an optional scalar.
pub(super) fn text(value: &Option<Scalar>) -> Option<String> {
    value.as_ref().map(Scalar::text)
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct UserShape {
    pub id: String,
    pub name: Option<String>,
    pub email: Option<String>,
    pub kind: Option<String>,
    pub active: Option<bool>,
    pub time_zone: Option<String>,
    pub last_login: Option<String>,
    pub previous_login: Option<String>,
    #[serde(default)]
    pub aliases: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct ProjectShape {
    pub key: String,
    pub id: Option<Scalar>,
    pub name: Option<String>,
    pub lead: Option<String>,
    pub category: Option<String>,
    #[serde(rename = "type")]
    pub project_type: Option<String>,
    pub archived: Option<bool>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct VersionShape {
    pub name: String,
    pub id: Option<Scalar>,
    pub released: Option<bool>,
    pub archived: Option<bool>,
    pub start_date: Option<String>,
    pub release_date: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct ComponentShape {
    pub name: String,
    pub id: Option<Scalar>,
    pub project: Option<String>,
    pub lead: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct SprintShape {
    pub id: i64,
    pub name: String,
    pub board: Option<Scalar>,
    pub state: Option<String>,
    pub start: Option<String>,
    pub end: Option<String>,
    pub complete: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct FieldShape {
    pub id: String,
    pub name: String,
    #[serde(rename = "type")]
    pub field_type: Option<String>,
    #[serde(default)]
    pub aliases: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct LinkShape {
    pub from: String,
    pub to: String,
    pub name: String,
    pub outward: Option<String>,
    pub inward: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct RemoteLinkShape {
    pub issue: String,
    pub global_id: Option<String>,
    pub url: Option<String>,
    pub title: Option<String>,
    pub relationship: Option<String>,
    pub application: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct PropertyShape {
    pub issue: String,
    pub property: String,
    pub path: Option<String>,
    pub value: Option<Scalar>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct FilterShape {
    pub name: String,
    pub id: Option<Scalar>,
    pub owner: Option<String>,
    pub query: String,
}

/// An issue: its present, and what happened to it. Absent or null is EMPTY.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct IssueShape {
    pub id: Option<i64>,
    pub key: String,
    pub project: Option<String>,
    #[serde(rename = "type")]
    pub issue_type: Option<String>,
    pub hierarchy_level: Option<i64>,
    pub status: Option<String>,
    pub status_category: Option<String>,
    pub status_category_changed: Option<String>,
    pub priority: Option<String>,
    pub resolution: Option<String>,
    pub assignee: Option<String>,
    pub reporter: Option<String>,
    pub creator: Option<String>,
    pub summary: Option<String>,
    pub description: Option<String>,
    pub environment: Option<String>,
    pub created: Option<String>,
    pub updated: Option<String>,
    pub resolved: Option<String>,
    pub due: Option<String>,
    #[serde(default)]
    pub labels: Option<Vec<String>>,
    #[serde(default)]
    pub components: Option<Vec<String>>,
    #[serde(default)]
    pub fix_versions: Option<Vec<String>>,
    #[serde(default)]
    pub affected_versions: Option<Vec<String>>,
    /// Names or ids of sprints.
    #[serde(default)]
    pub sprints: Option<Vec<Scalar>>,
    pub parent: Option<String>,
    pub epic: Option<String>,
    pub security_level: Option<String>,
    pub votes: Option<i64>,
    pub watchers: Option<i64>,
    #[serde(default)]
    pub voter: Option<Vec<String>>,
    #[serde(default)]
    pub watcher: Option<Vec<String>>,
    #[serde(default)]
    pub attachments: Option<Vec<String>>,
    pub original_estimate: Option<i64>,
    pub remaining_estimate: Option<i64>,
    pub time_spent: Option<i64>,
    pub story_points: Option<f64>,
    pub rank: Option<String>,
    pub last_viewed: Option<String>,
    #[serde(default)]
    pub organizations: Option<Vec<String>>,
    pub request_type: Option<String>,
    pub request_channel: Option<String>,
    pub request_last_activity: Option<String>,
    pub change_gating: Option<String>,
    pub pull_requests: Option<i64>,
    pub pull_requests_open: Option<i64>,
    pub commits: Option<i64>,
    pub reviews: Option<i64>,
    pub reviews_open: Option<i64>,
    pub builds_failing: Option<i64>,
    /// When it was deleted; its row stays.
    pub deleted_at: Option<String>,
    pub deleted_by: Option<String>,
    /// Known only from its events: no row of `issues`.
    #[serde(default)]
    pub events_only: bool,
    #[serde(default)]
    pub history: Vec<HistoryShape>,
    #[serde(default)]
    pub comments: Vec<CommentShape>,
    #[serde(default)]
    pub worklogs: Vec<WorklogShape>,
    /// Custom fields by id, or by a name that `tables.fields` lists.
    #[serde(flatten)]
    pub custom: BTreeMap<String, Value>,
}

/// One change of one field.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct HistoryShape {
    pub id: Option<String>,
    pub at: String,
    pub by: Option<String>,
    pub via: Option<String>,
    pub field: String,
    pub from: Option<Scalar>,
    pub to: Option<Scalar>,
    pub from_id: Option<Scalar>,
    pub to_id: Option<Scalar>,
}

/// A comment with what became of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct CommentShape {
    pub id: Option<String>,
    pub by: Option<String>,
    pub at: String,
    pub via: Option<String>,
    pub body: Option<String>,
    #[serde(default)]
    pub edits: Vec<EditShape>,
    pub deleted: Option<Box<EditShape>>,
}

/// An edit or the deletion of a comment.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct EditShape {
    pub by: Option<String>,
    pub at: String,
    pub via: Option<String>,
    pub body: Option<String>,
}

/// Time that was logged.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct WorklogShape {
    pub id: Option<String>,
    pub by: Option<String>,
    pub date: String,
    /// When it was logged; by default at noon UTC of its day.
    pub at: Option<String>,
    pub via: Option<String>,
    pub seconds: Option<i64>,
    pub comment: Option<String>,
}

/// Any event.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct EventShape {
    pub id: Option<String>,
    pub at: String,
    pub by: Option<String>,
    /// The kind of actor: user, app, automation, system, anonymous, unknown.
    pub via: Option<String>,
    pub origin: Option<String>,
    pub product: Option<String>,
    pub entity: String,
    pub action: String,
    /// An issue's key.
    pub issue: Option<String>,
    /// The id of an issue that is not among the issues: it is known from its events only.
    pub issue_id: Option<i64>,
    pub project: Option<String>,
    pub space: Option<String>,
    pub entity_id: Option<Scalar>,
    pub name: Option<String>,
    pub field: Option<String>,
    pub from: Option<Scalar>,
    pub to: Option<Scalar>,
    pub from_id: Option<Scalar>,
    pub to_id: Option<Scalar>,
    pub text: Option<String>,
    pub change: Option<String>,
}
