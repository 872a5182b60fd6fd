//! The table of issue fields (`reference/jql.md` section 2): the binder, completion, `jqlx fields` and the docs read it.

use super::fields::{Field, Kind, Source, ops};
use crate::semantic::bound::Shape;

macro_rules! field {
    ($name:literal $(| $alias:literal)*, $kind:ident, $ops:literal, $source:expr, [$($history:literal),*], $order:literal, $doc:literal, $example:literal) => {
        Field {
            name: $name, aliases: &[$($alias),*], kind: Kind::$kind, operators: ops($ops), source: $source,
            history: &[$($history),*], orderable: $order, doc: $doc, example: $example,
        }
    };
}

const fn text(column: &'static str) -> Source {
    Source::Issue(column, Shape::Text)
}

const fn list(column: &'static str) -> Source {
    Source::Issue(column, Shape::TextList)
}

const fn int(column: &'static str) -> Source {
    Source::Issue(column, Shape::Int)
}

const fn time(column: &'static str) -> Source {
    Source::Issue(column, Shape::Time)
}

const DEPLOYMENTS: &str = "builds and deployments, which only the server has";
const FLAGS: &str = "feature flags, which only the server has";
const JOURNEYS: &str = "journeys, which only the server has";

/// Every issue field that jqlx knows by name, in alphabetical order.
pub const FIELDS: &[Field] = &[
    field!(
        "affectedVersion" | "affectsVersion" | "Affects versions",
        Version,
        "ECIT!",
        list("affected_versions"),
        ["affectedVersion", "Version", "versions"],
        true,
        "Versions in which the issue was seen.",
        "affectedVersion = \"2.0\""
    ),
    field!(
        "approvals" | "approval",
        Name,
        "E",
        Source::Missing("approval records"),
        [],
        false,
        "Approvals of a request.",
        "approvals = pending()"
    ),
    field!("assignee", User, "EI", text("assignee"), ["assignee"], true, "Who is to do it.", "assignee = currentUser()"),
    field!(
        "attachments" | "attachment",
        Name,
        "I",
        list("attachments"),
        ["Attachment"],
        false,
        "Whether files are attached.",
        "attachments IS NOT EMPTY"
    ),
    field!("buildName", Name, "T!", Source::Missing(DEPLOYMENTS), [], false, "The name of a build.", "buildName ~ production"),
    field!("buildState", Name, "T!", Source::Missing(DEPLOYMENTS), [], false, "The state of a build.", "buildState ~ production"),
    field!(
        "category",
        ProjectCategory,
        "EI",
        Source::ProjectCategory,
        [],
        false,
        "The category of the issue's project.",
        "category = Payments"
    ),
    field!(
        "change-gating-type",
        Name,
        "EI",
        text("change_gating"),
        [],
        true,
        "How a change request is gated.",
        "change-gating-type = tracked-only"
    ),
    field!("comment", Text, "T!", Source::Comment, [], false, "The text of any comment.", "comment ~ timeout"),
    field!(
        "component" | "components",
        Component,
        "EI",
        list("components"),
        ["component", "Component", "components"],
        true,
        "Parts of the product.",
        "component = api"
    ),
    field!("created" | "createdDate", DateTime, "ECI", time("created"), [], true, "When the issue was created.", "created > -7d"),
    field!("creator", User, "EI", text("creator"), [], true, "Who created it.", "creator = alice"),
    field!(
        "deploymentEnvironmentName",
        Name,
        "T!",
        Source::Missing(DEPLOYMENTS),
        [],
        false,
        "The environment of a deployment.",
        "deploymentEnvironmentName ~ production"
    ),
    field!(
        "deploymentEnvironmentType",
        Name,
        "T!",
        Source::Missing(DEPLOYMENTS),
        [],
        false,
        "The type of that environment.",
        "deploymentEnvironmentType ~ production"
    ),
    field!(
        "deploymentName",
        Name,
        "T!",
        Source::Missing(DEPLOYMENTS),
        [],
        false,
        "The name of a deployment.",
        "deploymentName ~ production"
    ),
    field!(
        "deploymentState",
        Name,
        "T!",
        Source::Missing(DEPLOYMENTS),
        [],
        false,
        "The state of a deployment.",
        "deploymentState ~ production"
    ),
    field!("description", Text, "T!I", text("description"), ["description"], true, "The long text.", "description ~ timeout"),
    field!(
        "development[builds].failing",
        Number,
        "EC",
        int("builds_failing"),
        [],
        false,
        "Failing builds of its commits.",
        "development[builds].failing > 0"
    ),
    field!(
        "development[commits].all",
        Number,
        "EC",
        int("commits"),
        [],
        false,
        "Commits that name it.",
        "development[commits].all > 0"
    ),
    field!(
        "development[pullrequests].all",
        Number,
        "EC",
        int("pull_requests"),
        [],
        false,
        "Pull requests that name the issue.",
        "development[pullrequests].all > 0"
    ),
    field!(
        "development[pullrequests].open",
        Number,
        "EC",
        int("pull_requests_open"),
        [],
        false,
        "Open pull requests that name it.",
        "development[pullrequests].open > 0"
    ),
    field!(
        "development[reviews].all",
        Number,
        "EC",
        int("reviews"),
        [],
        false,
        "Reviews that name it.",
        "development[reviews].all > 0"
    ),
    field!(
        "development[reviews].open",
        Number,
        "EC",
        int("reviews_open"),
        [],
        false,
        "Open reviews that name it.",
        "development[reviews].open > 0"
    ),
    field!(
        "due" | "dueDate",
        Date,
        "ECI",
        Source::Issue("due", Shape::Date),
        ["due", "duedate"],
        true,
        "The day it is due.",
        "due < startOfDay()"
    ),
    field!(
        "entitlement",
        Name,
        "E",
        Source::Missing("entitlements of customers, which only the server has"),
        [],
        false,
        "The entitlement of a request.",
        "entitlement IN entitlementProduct(\"Gold\")"
    ),
    field!("environment", Text, "T!I", text("environment"), ["environment"], true, "Where it was seen.", "environment ~ linux"),
    field!("Epic Link", Issue, "EI", text("epic"), ["Epic Link"], false, "The epic of a story.", "\"Epic Link\" = PAY-1"),
    field!(
        "filter" | "request" | "savedFilter" | "searchRequest",
        Filter,
        "E",
        Source::Filter,
        [],
        false,
        "The issues of a saved filter.",
        "filter = \"My open bugs\""
    ),
    field!(
        "fixVersion" | "fixVersions" | "Fix versions",
        Version,
        "ECIT!",
        list("fix_versions"),
        ["fixVersion", "Fix Version", "fixVersions"],
        true,
        "Versions that bring the change.",
        "fixVersion IN unreleasedVersions()"
    ),
    field!(
        "flagDisabledRollout",
        Name,
        "T!",
        Source::Missing(FLAGS),
        [],
        false,
        "How far a flag that is off was rolled out.",
        "flagDisabledRollout ~ checkout"
    ),
    field!("flagEnabled", Name, "T!", Source::Missing(FLAGS), [], false, "Whether a feature flag is on.", "flagEnabled ~ checkout"),
    field!(
        "flagEnabledRollout",
        Name,
        "T!",
        Source::Missing(FLAGS),
        [],
        false,
        "How far a flag is rolled out.",
        "flagEnabledRollout ~ checkout"
    ),
    field!("flagKey", Name, "T!", Source::Missing(FLAGS), [], false, "The key of a feature flag.", "flagKey ~ checkout"),
    field!("flagName", Name, "T!", Source::Missing(FLAGS), [], false, "The name of a feature flag.", "flagName ~ checkout"),
    field!(
        "hierarchyLevel",
        Number,
        "EC",
        Source::HierarchyLevel,
        [],
        false,
        "1 epic, 0 standard, -1 sub-task.",
        "hierarchyLevel = 1"
    ),
    field!(
        "issue.property[key].path" | "workItem.property[key].path",
        Name,
        "ECT!I",
        Source::Property,
        [],
        false,
        "A value within an entity property.",
        "issue.property[review].state = open"
    ),
    field!(
        "issueFunction",
        Issue,
        "E",
        Source::Function,
        [],
        false,
        "The issues that a function finds, as in ScriptRunner.",
        "issueFunction IN hasComments()"
    ),
    field!("issueLink" | "workItemLink", Issue, "E", Source::Links, [], false, "Linked to an issue.", "issueLink = PAY-1"),
    field!(
        "issueLinkType" | "workItemLinkType",
        LinkType,
        "E",
        Source::LinkType,
        [],
        false,
        "The type of the issue's links.",
        "issueLinkType = blocks"
    ),
    field!("journeyId", Name, "EI", Source::Missing(JOURNEYS), [], false, "The journey of an issue.", "journeyId = 10"),
    field!(
        "journeyParentOfTypeId",
        Name,
        "EI",
        Source::Missing(JOURNEYS),
        [],
        false,
        "The type of journey that the issue is the parent of.",
        "journeyParentOfTypeId = 10"
    ),
    field!("journeyTypeId", Name, "EI", Source::Missing(JOURNEYS), [], false, "The type of that journey.", "journeyTypeId = 10"),
    field!(
        "journeyTypeVersion",
        Name,
        "EI",
        Source::Missing(JOURNEYS),
        [],
        false,
        "The version of that type.",
        "journeyTypeVersion = 10"
    ),
    field!(
        "journeyWorkItemId",
        Name,
        "EI",
        Source::Missing(JOURNEYS),
        [],
        false,
        "The item of a journey.",
        "journeyWorkItemId = 10"
    ),
    field!(
        "key" | "issueKey" | "workItemKey" | "id" | "issue" | "workItem",
        Issue,
        "ECT!",
        Source::Key,
        [],
        true,
        "The issue itself.",
        "key = PAY-12"
    ),
    field!("labels" | "label", Label, "EI", list("labels"), ["labels"], true, "Free words.", "labels IN (security, regression)"),
    field!(
        "lastViewed",
        DateTime,
        "ECI",
        time("last_viewed"),
        [],
        true,
        "When the user whose export it is last viewed it.",
        "lastViewed > -7d"
    ),
    field!(
        "level" | "securityLevel" | "Security Level",
        SecurityLevel,
        "EI",
        text("security_level"),
        ["level", "security", "Security"],
        true,
        "The security level.",
        "level IS NOT EMPTY"
    ),
    field!(
        "linkedIssue" | "linkedWorkItem",
        Issue,
        "E",
        Source::Above,
        [],
        false,
        "The epic of a story, the parent of a sub-task.",
        "linkedIssue = PAY-1"
    ),
    field!(
        "organizations" | "organization",
        Organization,
        "E",
        list("organizations"),
        [],
        false,
        "Organizations a request is shared with.",
        "organizations = Acme"
    ),
    field!(
        "originalEstimate" | "timeOriginalEstimate",
        Duration,
        "ECI",
        int("original_estimate"),
        ["originalEstimate", "timeoriginalestimate"],
        true,
        "The first estimate.",
        "originalEstimate > 4h"
    ),
    field!(
        "parent",
        Issue,
        "EI",
        text("parent"),
        ["parent", "Parent", "IssueParentAssociation"],
        true,
        "The issue above.",
        "parent = PAY-1"
    ),
    field!(
        "parentEpic",
        Issue,
        "E",
        Source::EpicAbove,
        [],
        false,
        "The epic of a story or of a sub-task's parent.",
        "parentEpic = PAY-1"
    ),
    field!(
        "parentProject",
        Project,
        "E",
        Source::Issue("parent", Shape::KeyProject),
        [],
        false,
        "The project of the parent.",
        "parentProject = PAY"
    ),
    field!(
        "priority",
        Priority,
        "ECI",
        text("priority"),
        ["priority"],
        true,
        "How important; `>` means more important.",
        "priority >= High"
    ),
    field!("project" | "space", Project, "EI", text("project"), ["project"], true, "The project.", "project = PAY"),
    field!(
        "projectLead" | "spaceLead",
        User,
        "EI",
        Source::ProjectLead,
        [],
        false,
        "The lead of the issue's project.",
        "projectLead = alice"
    ),
    field!(
        "projectType",
        ProjectType,
        "E",
        Source::ProjectType,
        [],
        false,
        "business, software or service_desk.",
        "projectType = software"
    ),
    field!("Rank", Name, "", text("rank"), [], true, "The place on the board.", "ORDER BY Rank"),
    field!(
        "remainingEstimate" | "timeEstimate",
        Duration,
        "ECI",
        int("remaining_estimate"),
        ["remainingEstimate", "timeestimate"],
        true,
        "What is still to do.",
        "remainingEstimate = 0"
    ),
    field!("reporter", User, "EI", text("reporter"), ["reporter"], true, "Who asked for it.", "reporter != currentUser()"),
    field!(
        "Request Type" | "Customer Request Type",
        Name,
        "E",
        text("request_type"),
        [],
        true,
        "The type of a customer request.",
        "\"Request Type\" = \"Get access\""
    ),
    field!(
        "request-channel-type",
        Name,
        "EI",
        text("request_channel"),
        [],
        true,
        "How a request came in: email, jira, portal, anonymous portal, api, deployment.",
        "request-channel-type = email"
    ),
    field!(
        "request-last-activity-time",
        DateTime,
        "ECI",
        time("request_last_activity"),
        [],
        true,
        "The last activity of a request.",
        "request-last-activity-time < -7d"
    ),
    field!(
        "resolution",
        Resolution,
        "ECI",
        text("resolution"),
        ["resolution"],
        true,
        "How it ended; Unresolved means empty.",
        "resolution = Unresolved"
    ),
    field!(
        "resolved" | "resolutionDate",
        DateTime,
        "ECI",
        time("resolved"),
        [],
        true,
        "When its resolution was last set.",
        "resolved > startOfMonth()"
    ),
    field!(
        "sprint",
        Sprint,
        "EI",
        list("sprints"),
        ["sprint", "Sprint"],
        true,
        "Sprints, past ones too.",
        "sprint IN openSprints()"
    ),
    field!("status", Status, "EI", text("status"), ["status"], true, "Where it stands.", "status = \"In Progress\""),
    field!(
        "statusCategory",
        StatusCategory,
        "E",
        Source::StatusCategory,
        [],
        false,
        "To Do, In Progress or Done.",
        "statusCategory != Done"
    ),
    field!(
        "statusCategoryChangedDate",
        DateTime,
        "ECI",
        time("status_category_changed"),
        [],
        true,
        "When the status category last changed.",
        "statusCategoryChangedDate > -7d"
    ),
    field!(
        "Story Points" | "Story point estimate" | "storyPoints",
        Number,
        "ECI",
        Source::Issue("story_points", Shape::Float),
        ["Story Points", "Story point estimate"],
        true,
        "The size.",
        "\"Story Points\" >= 5"
    ),
    field!("summary", Text, "T!I", text("summary"), ["summary"], true, "The short text.", "summary ~ login"),
    field!("text", Text, "T", Source::Texts { comments: true }, [], false, "All text of the issue.", "text ~ timeout"),
    field!("textfields", Text, "T", Source::Texts { comments: false }, [], false, "All text but comments.", "textfields ~ timeout"),
    field!("timeSpent", Duration, "ECI", int("time_spent"), ["timeSpent", "timespent"], true, "Logged work.", "timeSpent > 2d"),
    field!(
        "type" | "issueType" | "workType",
        IssueType,
        "EI",
        text("type"),
        ["type", "issuetype"],
        true,
        "The issue type.",
        "type = Bug"
    ),
    field!("updated" | "updatedDate", DateTime, "ECI", time("updated"), [], true, "When it last changed.", "updated < -30d"),
    field!("voter", User, "EI", list("voter_ids"), [], false, "Who voted for it.", "voter = currentUser()"),
    field!("votes", Number, "ECI", int("votes"), [], true, "How many voted.", "votes > 3"),
    field!("watcher", User, "EI", list("watcher_ids"), [], false, "Who watches it.", "watcher = currentUser()"),
    field!("watchers", Number, "EC", int("watchers"), [], true, "How many watch.", "watchers > 3"),
    field!(
        "workflow",
        Workflow,
        "E",
        Source::Workflow,
        [],
        false,
        "The workflow of the issue's project.",
        "workflow = \"Payments flow\""
    ),
    field!("worklogAuthor", User, "EI", Source::WorklogAuthor, [], false, "Who logged work.", "worklogAuthor = alice"),
    field!("worklogComment", Text, "T!", Source::WorklogComment, [], false, "The note of a work log.", "worklogComment ~ review"),
    field!("worklogDate", Date, "ECI", Source::WorklogDate, [], false, "The day of logged work.", "worklogDate > -7d"),
    field!(
        "workRatio",
        Number,
        "ECI",
        Source::WorkRatio,
        [],
        true,
        "Time spent as a percentage of the estimate.",
        "workRatio > 100"
    ),
];
