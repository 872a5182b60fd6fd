//! The interchange layout: which tables there are, their columns, and the Arrow type of each.
//!
//! Sources write these tables, readers coerce what they find to them, and the catalogue names
//! them. Every column is nullable in Arrow, because other people's files are; what must not be
//! missing is said by [`Column::required`].

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};

/// How a column is typed in memory and in the files that jqlx writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// Free or high-cardinality text: `Utf8View`.
    Text,
    /// Text of few distinct values: `Dictionary(Int32, Utf8)`.
    Category,
    /// `Int64`.
    Int,
    /// `Float64`.
    Float,
    /// `Boolean`.
    Bool,
    /// An instant: `Timestamp(Microsecond, "UTC")`.
    Time,
    /// A day without a time or zone: `Date32`.
    Date,
    /// Several texts: `List<Utf8>`; no value is the empty list.
    TextList,
}

impl ColumnKind {
    /// The Arrow type.
    pub fn arrow_type(self) -> DataType {
        match self {
            Self::Text => DataType::Utf8View,
            Self::Category => DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
            Self::Int => DataType::Int64,
            Self::Float => DataType::Float64,
            Self::Bool => DataType::Boolean,
            Self::Time => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            Self::Date => DataType::Date32,
            Self::TextList => DataType::new_list(DataType::Utf8, true),
        }
    }
}

/// One column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name in Parquet.
    pub name: &'static str,
    /// Its type.
    pub kind: ColumnKind,
    /// Whether a table without it is no such table.
    pub required: bool,
    /// What it holds, in a few words.
    pub doc: &'static str,
}

impl Column {
    /// The Arrow field.
    pub fn field(&self) -> Field {
        Field::new(self.name, self.kind.arrow_type(), true)
    }
}

/// One table of the layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name: the folder `NAME/` or the file `NAME.parquet`.
    pub name: &'static str,
    /// Whether jqlx writes it as a folder of files. Readers accept both for every table.
    pub folder: bool,
    /// Whether a dataset without it is no dataset.
    pub required: bool,
    /// What a row is.
    pub doc: &'static str,
    /// Its columns, in the order in which they are written.
    pub columns: &'static [Column],
}

impl Table {
    /// The Arrow schema of the known columns.
    pub fn schema(&self) -> SchemaRef {
        Arc::new(Schema::new(self.columns.iter().map(Column::field).collect::<Vec<_>>()))
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|c| c.name == name)
    }
}

/// The table of that name.
pub fn table(name: &str) -> Option<&'static Table> {
    TABLES.iter().find(|t| t.name == name)
}

/// Whether a column of `issues` is a custom field: `customfield_10042`, or `customfield_team_name`
/// where a source names the field and does not tell its id.
pub fn is_custom(column: &str) -> bool {
    column.strip_prefix("customfield_").is_some_and(|n| !n.is_empty())
}

const fn column(name: &'static str, kind: ColumnKind, doc: &'static str) -> Column {
    Column { name, kind, required: false, doc }
}

const fn required(name: &'static str, kind: ColumnKind, doc: &'static str) -> Column {
    Column { name, kind, required: true, doc }
}

const fn side(name: &'static str, doc: &'static str, columns: &'static [Column]) -> Table {
    Table { name, folder: false, required: false, doc, columns }
}

use ColumnKind::{Bool, Category, Date, Float, Int, Text, TextList, Time};

/// Every table, `events` and `issues` first.
pub const TABLES: &[Table] = &[
    Table {
        name: "events",
        folder: true,
        required: true,
        doc: "one atomic change: of one field, of one element where a field holds several",
        columns: EVENTS,
    },
    Table { name: "issues", folder: true, required: true, doc: "one issue as it is now", columns: ISSUES },
    side("users", "one account", USERS),
    side("projects", "one project", PROJECTS),
    side("memberships", "one account in one group", MEMBERSHIPS),
    side("organizations", "one customer organization", ORGANIZATIONS),
    side("organization_members", "one account in one organization", ORGANIZATION_MEMBERS),
    side("statuses", "one status", STATUSES),
    side("priorities", "one priority", PRIORITIES),
    side("issue_types", "one issue type", ISSUE_TYPES),
    side("resolutions", "one resolution", RESOLUTIONS),
    side("versions", "one version of a project", VERSIONS),
    side("components", "one component of a project", COMPONENTS),
    side("sprints", "one sprint", SPRINTS),
    side("fields", "one field, custom ones above all", FIELDS),
    side("links", "one link between two issues", LINKS),
    side("remote_links", "one link of an issue to something outside", REMOTE_LINKS),
    side("properties", "one value in an entity property of an issue", PROPERTIES),
    side("workflows", "one workflow", WORKFLOWS),
    side("workflow_projects", "one project that uses a workflow", WORKFLOW_PROJECTS),
    side("role_members", "one account in a project role", ROLE_MEMBERS),
    side("filters", "one saved query", FILTERS),
];

const EVENTS: &[Column] = &[
    required("event_id", Text, "stable id from the source's own identity"),
    required("time", Time, "when it happened; of an interval, its end"),
    column("time_after", Time, "the interval's start; null where time is exact"),
    column("product", Category, "jira, confluence, admin"),
    required("entity", Category, "the noun, such as comment"),
    required("action", Category, "the verb in lower case past tense, such as deleted"),
    column("actor", Category, "account id; null where no source tells"),
    column("actor_kind", Category, "user, app, automation, system, anonymous, unknown"),
    column("actor_basis", Category, "stated, inferred (and from what), unknown"),
    column("project", Category, "project key, as at the event"),
    column("space", Category, "Confluence space key"),
    column("issue_id", Int, "the issue, where one is involved"),
    column("issue_key", Text, "its key, as at the event"),
    column("entity_id", Text, "the subject's id"),
    column("entity_name", Text, "the subject's name; of a worklog, the day worked on"),
    column("field", Category, "the field that changed; where it holds several values, each has a row of its own"),
    column("field_id", Category, "its id"),
    column("from_value", Category, "old value as shown, of several the one that went; of a user field, the account id"),
    column("to_value", Category, "new value as shown, of several the one that came; of a user field, the account id"),
    column("from_id", Category, "id behind the old value"),
    column("to_id", Category, "id behind the new value"),
    column("text", Text, "comment body, worklog note, new description"),
    column("change_id", Text, "groups the items of one edit"),
    column("origin", Category, "changelog, webhook, audit, worklog, snapshot, import, synthetic"),
    column("remote_address", Text, "where the source gives it"),
    column("raw", Text, "the source record, where kept"),
];

const ISSUES: &[Column] = &[
    required("id", Int, "numeric id"),
    required("key", Text, "current key"),
    column("project", Category, "project key"),
    column("type", Category, "issue type"),
    column("status", Category, "status"),
    column("status_category", Category, "To Do, In Progress, Done"),
    column("priority", Category, "priority"),
    column("resolution", Category, "resolution; null is unresolved"),
    column("assignee", Category, "account id"),
    column("reporter", Category, "account id"),
    column("creator", Category, "account id"),
    column("summary", Text, "title"),
    column("description", Text, "plain text or wiki text"),
    column("environment", Text, "plain text or wiki text"),
    column("created", Time, "when created"),
    column("updated", Time, "last update"),
    column("resolved", Time, "last setting of the resolution"),
    column("due", Date, "due day"),
    column("labels", TextList, "labels"),
    column("components", TextList, "component names"),
    column("fix_versions", TextList, "version names"),
    column("affected_versions", TextList, "version names"),
    column("sprints", TextList, "sprint names, completed ones included"),
    column("rank", Text, "place on the board; the least is the top"),
    column("parent", Text, "key of the parent"),
    column("epic", Text, "key of the epic"),
    column("security_level", Category, "issue security level"),
    column("votes", Int, "number of voters"),
    column("watchers", Int, "number of watchers"),
    column("voter_ids", TextList, "account ids"),
    column("watcher_ids", TextList, "account ids"),
    column("attachments", TextList, "file names"),
    column("original_estimate", Int, "seconds"),
    column("remaining_estimate", Int, "seconds"),
    column("time_spent", Int, "seconds"),
    column("story_points", Float, "story points"),
    column("status_category_changed", Time, "last change of the status category"),
    column("last_viewed", Time, "when the user whose export it is last viewed it"),
    column("organizations", TextList, "customer organizations that a request is shared with"),
    column("request_type", Category, "type of a customer request"),
    column("request_channel", Category, "email, jira, portal, anonymous portal, api, deployment"),
    column("request_last_activity", Time, "last activity of a request"),
    column("change_gating", Category, "how a change request is gated, such as tracked-only"),
    column("pull_requests", Int, "pull requests that name it"),
    column("pull_requests_open", Int, "open ones"),
    column("commits", Int, "commits that name it"),
    column("reviews", Int, "reviews that name it"),
    column("reviews_open", Int, "open ones"),
    column("builds_failing", Int, "failing builds of its commits"),
    column("deleted_at", Time, "when deleted; null while it exists"),
];

const USERS: &[Column] = &[
    required("account_id", Text, "account id; on Server the user key"),
    column("name", Text, "display name"),
    column("email", Text, "e-mail address"),
    column("kind", Category, "user, app, automation, system, customer"),
    column("active", Bool, "whether the account may log in"),
    column("last_active", Time, "last seen activity"),
    column("last_login", Time, "when the latest login began"),
    column("previous_login", Time, "when the login before that began"),
    column("time_zone", Category, "IANA zone"),
    column("aliases", TextList, "other names of the account, such as the Server user name"),
];

const PROJECTS: &[Column] = &[
    required("key", Text, "project key"),
    column("id", Text, "id"),
    column("name", Text, "name"),
    column("category", Category, "project category"),
    column("lead", Text, "account id"),
    column("type", Category, "software, business, service_desk"),
    column("archived", Bool, "whether archived"),
];

const MEMBERSHIPS: &[Column] = &[required("group", Category, "group name"), required("account_id", Text, "account id")];

const ORGANIZATIONS: &[Column] = &[column("id", Text, "id"), required("name", Text, "organization name")];

const ORGANIZATION_MEMBERS: &[Column] =
    &[required("organization", Category, "organization name"), required("account_id", Text, "account id")];

const STATUSES: &[Column] = &[
    column("id", Text, "id"),
    required("name", Text, "status name"),
    column("category", Category, "To Do, In Progress, Done"),
    column("rank", Int, "position in the administrator's list"),
    column("former_names", TextList, "names that it had before"),
];

const PRIORITIES: &[Column] =
    &[column("id", Text, "id"), required("name", Text, "priority name"), column("rank", Int, "0 is the highest")];

const ISSUE_TYPES: &[Column] = &[
    column("id", Text, "id"),
    required("name", Text, "type name"),
    column("subtask", Bool, "whether a sub-task type"),
    column("hierarchy_level", Int, "1 epic, 0 standard, -1 sub-task"),
    column("rank", Int, "position in the list"),
];

const RESOLUTIONS: &[Column] =
    &[column("id", Text, "id"), required("name", Text, "resolution name"), column("rank", Int, "position in the list")];

const VERSIONS: &[Column] = &[
    column("id", Text, "id"),
    required("name", Text, "version name"),
    column("project", Category, "project key"),
    column("rank", Int, "position in the project's list, the earliest first"),
    column("released", Bool, "whether released"),
    column("archived", Bool, "whether archived"),
    column("start_date", Date, "start day"),
    column("release_date", Date, "release day, planned or real"),
];

const COMPONENTS: &[Column] = &[
    column("id", Text, "id"),
    required("name", Text, "component name"),
    column("project", Category, "project key"),
    column("lead", Text, "account id"),
];

const SPRINTS: &[Column] = &[
    required("id", Int, "id"),
    required("name", Text, "sprint name"),
    column("board", Text, "board id"),
    column("state", Category, "future, active, closed"),
    column("start", Time, "planned or real start"),
    column("end", Time, "planned end"),
    column("complete", Time, "real end"),
];

const FIELDS: &[Column] = &[
    required("id", Text, "field id, such as customfield_10042"),
    required("name", Text, "field name"),
    column("type", Category, "text, number, date, datetime, option, user, array of them, ..."),
    column("aliases", TextList, "other names in queries"),
];

const LINKS: &[Column] = &[
    column("id", Text, "id"),
    required("source", Text, "key of the issue"),
    required("type", Category, "name of the link type, such as Blocks"),
    column("direction", Category, "outward: source does it to target; inward: the reverse"),
    required("target", Text, "key of the other issue"),
    column("outward", Category, "what the type says outward, such as blocks"),
    column("inward", Category, "what the type says inward, such as is blocked by"),
];

const REMOTE_LINKS: &[Column] = &[
    column("id", Text, "id"),
    required("issue", Text, "key of the issue"),
    column("global_id", Text, "the application's own id of the target"),
    column("url", Text, "address"),
    column("title", Text, "title"),
    column("relationship", Category, "such as mentioned on"),
    column("application", Category, "name of the application"),
];

const PROPERTIES: &[Column] = &[
    required("issue", Text, "key of the issue"),
    required("property", Category, "key of the property"),
    column("path", Category, "names within the property, joined by dots; none for the property itself"),
    column("value", Text, "the value there: a text, number or truth value; an element of a list is a row of its own"),
];

const WORKFLOWS: &[Column] = &[column("id", Text, "id"), required("name", Text, "workflow name")];

const WORKFLOW_PROJECTS: &[Column] = &[
    required("workflow", Text, "workflow name"),
    required("project", Category, "project key"),
    column("issue_type", Category, "issue type; null is all"),
];

const ROLE_MEMBERS: &[Column] = &[
    required("project", Category, "project key"),
    required("role", Category, "role name"),
    required("account_id", Text, "account id"),
];

const FILTERS: &[Column] = &[
    column("id", Text, "id"),
    required("name", Text, "filter name"),
    column("owner", Text, "account id"),
    required("query", Text, "JQL"),
];
