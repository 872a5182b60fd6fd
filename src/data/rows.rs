//! The tables as plain structs, and the way from slices of them to Arrow batches.
//!
//! Times are UTC microseconds, dates are days since 1970-01-01, durations are seconds. Text that
//! a table requires is a `String`, everything else an `Option` or a list.

use serde::{Deserialize, Serialize};

pub(crate) use super::batch::date_text;
use super::batch::{AsCell, Cell, Row};
pub use super::batch::{CustomColumns, CustomValue, Tables, date, events_batch, issues_batch, time};

macro_rules! row {
    ($(#[$doc:meta])* $name:ident in $table:literal { $($(#[$fdoc:meta])* $field:ident: $ty:ty,)* } $({ $(#[$xdoc:meta])* $extra:ident: $xty:ty })?) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct $name {
            $($(#[$fdoc])* pub $field: $ty,)*
            $($(#[$xdoc])* pub $extra: $xty,)?
        }
        impl Row for $name {
            const TABLE: &'static str = $table;
            fn cells(&self) -> Vec<Cell<'_>> {
                vec![$(AsCell::cell(&self.$field)),*]
            }
        }
    };
}

row! {
    /// One atomic change.
    EventRow in "events" {
        /// Stable id from the source's own identity.
        event_id: String,
        /// When it happened.
        time: i64,
        /// The start of the interval in which it happened, where only that is known.
        time_after: Option<i64>,
        /// jira, confluence, admin.
        product: Option<String>,
        /// The noun of the language.
        entity: String,
        /// The verb in lower case past tense.
        action: String,
        /// Account id.
        actor: Option<String>,
        /// user, app, automation, system, anonymous, unknown.
        actor_kind: Option<String>,
        /// stated, inferred, unknown.
        actor_basis: Option<String>,
        /// Project key as at the event.
        project: Option<String>,
        /// Confluence space key.
        space: Option<String>,
        /// Issue id.
        issue_id: Option<i64>,
        /// Issue key as at the event.
        issue_key: Option<String>,
        /// The subject's id.
        entity_id: Option<String>,
        /// The subject's name; of a worklog, the day worked on.
        entity_name: Option<String>,
        /// The field that changed; where it holds several values, each has a row of its own.
        field: Option<String>,
        /// Its id.
        field_id: Option<String>,
        /// Old value, of several the one that went; of a user field, the account id.
        from_value: Option<String>,
        /// New value, of several the one that came; of a user field, the account id.
        to_value: Option<String>,
        /// Id behind the old value.
        from_id: Option<String>,
        /// Id behind the new value.
        to_id: Option<String>,
        /// Comment body, worklog note, new description.
        text: Option<String>,
        /// Groups the items of one edit.
        change_id: Option<String>,
        /// What kind of record it comes from.
        origin: Option<String>,
        /// Network address.
        remote_address: Option<String>,
        /// The source record.
        raw: Option<String>,
    }
}

row! {
    /// One issue as it is now.
    IssueRow in "issues" {
        /// Numeric id.
        id: i64,
        /// Current key.
        key: String,
        /// Project key.
        project: Option<String>,
        /// Issue type; the column `type`.
        issue_type: Option<String>,
        /// Status.
        status: Option<String>,
        /// To Do, In Progress, Done.
        status_category: Option<String>,
        /// Priority.
        priority: Option<String>,
        /// Resolution; none is unresolved.
        resolution: Option<String>,
        /// Account id.
        assignee: Option<String>,
        /// Account id.
        reporter: Option<String>,
        /// Account id.
        creator: Option<String>,
        /// Title.
        summary: Option<String>,
        /// Description.
        description: Option<String>,
        /// Environment.
        environment: Option<String>,
        /// When created.
        created: Option<i64>,
        /// Last update.
        updated: Option<i64>,
        /// Last setting of the resolution.
        resolved: Option<i64>,
        /// Due day.
        due: Option<i32>,
        /// Labels.
        labels: Vec<String>,
        /// Component names.
        components: Vec<String>,
        /// Version names.
        fix_versions: Vec<String>,
        /// Version names.
        affected_versions: Vec<String>,
        /// Sprint names.
        sprints: Vec<String>,
        /// Place on the board.
        rank: Option<String>,
        /// Key of the parent.
        parent: Option<String>,
        /// Key of the epic.
        epic: Option<String>,
        /// Issue security level.
        security_level: Option<String>,
        /// Number of voters.
        votes: Option<i64>,
        /// Number of watchers.
        watchers: Option<i64>,
        /// Account ids of voters.
        voter_ids: Vec<String>,
        /// Account ids of watchers.
        watcher_ids: Vec<String>,
        /// File names.
        attachments: Vec<String>,
        /// Seconds.
        original_estimate: Option<i64>,
        /// Seconds.
        remaining_estimate: Option<i64>,
        /// Seconds.
        time_spent: Option<i64>,
        /// Story points.
        story_points: Option<f64>,
        /// Last change of the status category.
        status_category_changed: Option<i64>,
        /// When the user whose export it is last viewed it.
        last_viewed: Option<i64>,
        /// Organizations of a request.
        organizations: Vec<String>,
        /// Type of a request.
        request_type: Option<String>,
        /// Channel of a request.
        request_channel: Option<String>,
        /// Last activity of a request.
        request_last_activity: Option<i64>,
        /// How a change request is gated.
        change_gating: Option<String>,
        /// Pull requests that name it.
        pull_requests: Option<i64>,
        /// Open ones.
        pull_requests_open: Option<i64>,
        /// Commits that name it.
        commits: Option<i64>,
        /// Reviews that name it.
        reviews: Option<i64>,
        /// Open ones.
        reviews_open: Option<i64>,
        /// Failing builds.
        builds_failing: Option<i64>,
        /// When deleted.
        deleted_at: Option<i64>,
    } {
        /// Custom fields by column id, such as `customfield_10042`.
        custom: Vec<(String, CustomValue)>
    }
}

row! {
    /// One account.
    UserRow in "users" {
        /// Account id; on Server the user key.
        account_id: String,
        /// Display name.
        name: Option<String>,
        /// E-mail address.
        email: Option<String>,
        /// user, app, automation, system, customer.
        kind: Option<String>,
        /// Whether the account may log in.
        active: Option<bool>,
        /// Last seen activity.
        last_active: Option<i64>,
        /// When the latest login began.
        last_login: Option<i64>,
        /// When the login before that began.
        previous_login: Option<i64>,
        /// IANA zone.
        time_zone: Option<String>,
        /// Other names of the account.
        aliases: Vec<String>,
    }
}

row! {
    /// One project.
    ProjectRow in "projects" {
        /// Project key.
        key: String,
        /// Id.
        id: Option<String>,
        /// Name.
        name: Option<String>,
        /// Project category.
        category: Option<String>,
        /// Account id of the lead.
        lead: Option<String>,
        /// software, business, service_desk; the column `type`.
        project_type: Option<String>,
        /// Whether archived.
        archived: Option<bool>,
    }
}

row! {
    /// One account in one group.
    MembershipRow in "memberships" {
        /// Group name.
        group: String,
        /// Account id.
        account_id: String,
    }
}

row! {
    /// One customer organization.
    OrganizationRow in "organizations" {
        /// Id.
        id: Option<String>,
        /// Name.
        name: String,
    }
}

row! {
    /// One account in one organization.
    OrganizationMemberRow in "organization_members" {
        /// Organization name.
        organization: String,
        /// Account id.
        account_id: String,
    }
}

row! {
    /// One status.
    StatusRow in "statuses" {
        /// Id.
        id: Option<String>,
        /// Name.
        name: String,
        /// To Do, In Progress, Done.
        category: Option<String>,
        /// Position in the list.
        rank: Option<i64>,
        /// Names that it had before.
        former_names: Vec<String>,
    }
}

row! {
    /// One priority.
    PriorityRow in "priorities" {
        /// Id.
        id: Option<String>,
        /// Name.
        name: String,
        /// 0 is the highest.
        rank: Option<i64>,
    }
}

row! {
    /// One issue type.
    IssueTypeRow in "issue_types" {
        /// Id.
        id: Option<String>,
        /// Name.
        name: String,
        /// Whether a sub-task type.
        subtask: Option<bool>,
        /// 1 epic, 0 standard, -1 sub-task.
        hierarchy_level: Option<i64>,
        /// Position in the list.
        rank: Option<i64>,
    }
}

row! {
    /// One resolution.
    ResolutionRow in "resolutions" {
        /// Id.
        id: Option<String>,
        /// Name.
        name: String,
        /// Position in the list.
        rank: Option<i64>,
    }
}

row! {
    /// One version of a project.
    VersionRow in "versions" {
        /// Id.
        id: Option<String>,
        /// Name.
        name: String,
        /// Project key.
        project: Option<String>,
        /// Position in the project's list, the earliest first.
        rank: Option<i64>,
        /// Whether released.
        released: Option<bool>,
        /// Whether archived.
        archived: Option<bool>,
        /// Start day.
        start_date: Option<i32>,
        /// Release day.
        release_date: Option<i32>,
    }
}

row! {
    /// One component of a project.
    ComponentRow in "components" {
        /// Id.
        id: Option<String>,
        /// Name.
        name: String,
        /// Project key.
        project: Option<String>,
        /// Account id of the lead.
        lead: Option<String>,
    }
}

row! {
    /// One sprint.
    SprintRow in "sprints" {
        /// Id.
        id: i64,
        /// Name.
        name: String,
        /// Board id.
        board: Option<String>,
        /// future, active, closed.
        state: Option<String>,
        /// Start.
        start: Option<i64>,
        /// Planned end.
        end: Option<i64>,
        /// Real end.
        complete: Option<i64>,
    }
}

row! {
    /// One field.
    FieldRow in "fields" {
        /// Field id.
        id: String,
        /// Field name.
        name: String,
        /// The column `type`.
        field_type: Option<String>,
        /// Other names in queries.
        aliases: Vec<String>,
    }
}

row! {
    /// One link between two issues.
    LinkRow in "links" {
        /// Id.
        id: Option<String>,
        /// Key of the issue.
        source: String,
        /// Name of the link type; the column `type`.
        link_type: String,
        /// outward or inward.
        direction: Option<String>,
        /// Key of the other issue.
        target: String,
        /// What the type says outward.
        outward: Option<String>,
        /// What the type says inward.
        inward: Option<String>,
    }
}

row! {
    /// One link of an issue to something outside.
    RemoteLinkRow in "remote_links" {
        /// Id.
        id: Option<String>,
        /// Key of the issue.
        issue: String,
        /// The application's own id of the target.
        global_id: Option<String>,
        /// Address.
        url: Option<String>,
        /// Title.
        title: Option<String>,
        /// Relationship.
        relationship: Option<String>,
        /// Name of the application.
        application: Option<String>,
    }
}

row! {
    /// One value in an entity property of an issue.
    PropertyRow in "properties" {
        /// Key of the issue.
        issue: String,
        /// Key of the property.
        property: String,
        /// Names within the property, joined by dots.
        path: Option<String>,
        /// The value there.
        value: Option<String>,
    }
}

row! {
    /// One workflow.
    WorkflowRow in "workflows" {
        /// Id.
        id: Option<String>,
        /// Name.
        name: String,
    }
}

row! {
    /// One project that uses a workflow.
    WorkflowProjectRow in "workflow_projects" {
        /// Workflow name.
        workflow: String,
        /// Project key.
        project: String,
        /// Issue type; none is all.
        issue_type: Option<String>,
    }
}

row! {
    /// One account in a project role.
    RoleMemberRow in "role_members" {
        /// Project key.
        project: String,
        /// Role name.
        role: String,
        /// Account id.
        account_id: String,
    }
}

row! {
    /// One saved query.
    FilterRow in "filters" {
        /// Id.
        id: Option<String>,
        /// Name.
        name: String,
        /// Account id of the owner.
        owner: Option<String>,
        /// JQL.
        query: String,
    }
}
