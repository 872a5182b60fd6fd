//! The table of functions, JQL's and those that jqlx adds: the binder, completion, `jqlx functions` and the docs read it.

use super::functions::Evaluation::{self, EndOf, Missing, StartOf};
use super::functions::{Function, Returns};
use crate::semantic::bound::Unit;

/// An entry of a table of functions.
macro_rules! function {
    ($name:literal $(| $alias:literal)*, $arguments:literal, $least:literal..=$most:expr, $returns:ident, $evaluation:expr, $doc:literal, $example:literal) => {
        Function {
            name: $name, aliases: &[$($alias),*], arguments: $arguments, least: $least, most: $most, returns: Returns::$returns,
            evaluation: $evaluation, doc: $doc, example: $example,
        }
    };
}

pub(super) use function;

/// What only the server could tell.
pub(super) const SERVER: &str = "state that only the Jira server has";
const APPROVALS: &str = "approval records";
const SLA: &str = "SLA records";
/// More arguments than anybody writes.
pub(super) const MANY: usize = 1000;

/// JQL's functions and those that jqlx adds, in alphabetical order.
pub(super) const FUNCTIONS: &[Function] = &[
    function!("approved", "", 0..=0, State, Missing(APPROVALS), "Approved requests.", "approvals = approved()"),
    function!(
        "approver",
        "user, ...",
        1..=MANY,
        State,
        Missing(APPROVALS),
        "Requests with that approver.",
        "approvals = approver(alice)"
    ),
    function!(
        "aqlFunction",
        "query",
        1..=1,
        Options,
        Missing("Assets, which only the server has"),
        "Objects that an Assets query finds.",
        "Client IN aqlFunction(\"Key = \\\"OBJ-1\\\"\")"
    ),
    function!("breached", "", 0..=0, State, Missing(SLA), "The last cycle missed its goal.", "\"Time to resolution\" = breached()"),
    function!(
        "cascadeOption",
        "parent, [child]",
        1..=2,
        Options,
        Evaluation::Cascade,
        "An option of a cascading list.",
        "Location IN cascadeOption(Europe, Oslo)"
    ),
    function!(
        "choiceOption",
        "value, ...",
        1..=MANY,
        Options,
        Evaluation::Choice,
        "Options by value, before id.",
        "Team IN choiceOption(1)"
    ),
    function!(
        "closedSprints",
        "",
        0..=0,
        Sprints,
        Evaluation::Sprints("closed"),
        "Completed sprints.",
        "sprint IN closedSprints()"
    ),
    function!("completed", "", 0..=0, State, Missing(SLA), "The cycle is complete.", "\"Time to resolution\" = completed()"),
    function!(
        "componentsLeadByUser",
        "[user]",
        0..=1,
        Components,
        Evaluation::ComponentsLedBy,
        "Components led by a user, by default you.",
        "component IN componentsLeadByUser()"
    ),
    function!(
        "currentLogin",
        "",
        0..=0,
        Instant,
        Evaluation::Login { previous: false },
        "When this login began.",
        "created > currentLogin()"
    ),
    function!("currentUser", "", 0..=0, User, Evaluation::CurrentUser, "You.", "assignee = currentUser()"),
    function!(
        "customerDetail",
        "field, value",
        2..=2,
        Users,
        Missing("details of customers, which only the server has"),
        "By a detail of customers.",
        "reporter IN customerDetail(Region, EU)"
    ),
    function!(
        "earliestUnreleasedVersion",
        "project",
        1..=1,
        Version,
        Evaluation::EarliestUnreleased,
        "The next version of a project.",
        "fixVersion = earliestUnreleasedVersion(PAY)"
    ),
    function!(
        "elapsed",
        "duration",
        1..=1,
        State,
        Missing(SLA),
        "Time since the clock started.",
        "\"Time to resolution\" > elapsed(\"1h\")"
    ),
    function!("endOfDay", "[increment]", 0..=1, Instant, EndOf(Unit::Day), "The last millisecond of today.", "due < endOfDay()"),
    function!(
        "endOfMonth",
        "[increment]",
        0..=1,
        Instant,
        EndOf(Unit::Month),
        "The last millisecond of this month.",
        "due < endOfMonth()"
    ),
    function!(
        "endOfQuarter",
        "[increment]",
        0..=1,
        Instant,
        EndOf(Unit::Quarter),
        "The last millisecond of this quarter.",
        "due < endOfQuarter()"
    ),
    function!(
        "endOfWeek",
        "[increment]",
        0..=1,
        Instant,
        EndOf(Unit::Week),
        "The last millisecond of this week.",
        "due < endOfWeek()"
    ),
    function!(
        "endOfYear",
        "[increment]",
        0..=1,
        Instant,
        EndOf(Unit::Year),
        "The last millisecond of this year.",
        "due < endOfYear()"
    ),
    function!(
        "entitlementDetail",
        "field, value",
        2..=2,
        Options,
        Missing("details of customers, which only the server has"),
        "By a detail of customers.",
        "entitlement IN entitlementDetail(Tier, Gold)"
    ),
    function!(
        "entitlementProduct",
        "product",
        1..=1,
        Options,
        Missing("details of customers, which only the server has"),
        "By a detail of customers.",
        "entitlement IN entitlementProduct(Gold)"
    ),
    function!(
        "everBreached",
        "",
        0..=0,
        State,
        Missing(SLA),
        "Any cycle missed its goal.",
        "\"Time to resolution\" = everBreached()"
    ),
    function!(
        "field",
        "name, [offset]",
        1..=2,
        Field,
        Evaluation::OtherField,
        "Another field of the row, a date perhaps moved.",
        "resolved > field(due, \"+1d\")"
    ),
    function!(
        "futureSprints",
        "",
        0..=0,
        Sprints,
        Evaluation::Sprints("future"),
        "Sprints not started.",
        "sprint IN futureSprints()"
    ),
    function!(
        "inactiveUsers",
        "",
        0..=0,
        Users,
        Evaluation::InactiveUsers,
        "Accounts that are not active.",
        "assignee IN inactiveUsers()"
    ),
    function!(
        "issueHistory" | "workItemHistory",
        "",
        0..=0,
        Issues,
        Evaluation::LastViewed,
        "Issues that you viewed lately.",
        "key IN issueHistory()"
    ),
    function!(
        "issuesWithRemoteLinksByGlobalId" | "workItemsWithRemoteLinksByGlobalId",
        "id, ...",
        1..=100,
        Issues,
        Evaluation::RemoteLinks,
        "Issues with a remote link.",
        "key IN issuesWithRemoteLinksByGlobalId(abc)"
    ),
    function!(
        "lastLogin",
        "",
        0..=0,
        Instant,
        Evaluation::Login { previous: true },
        "When the login before this one began.",
        "created > lastLogin()"
    ),
    function!(
        "latestReleasedVersion",
        "project",
        1..=1,
        Version,
        Evaluation::LatestReleased,
        "The last released version of a project.",
        "fixVersion = latestReleasedVersion(PAY)"
    ),
    function!(
        "linkedIssues" | "linkedWorkItems",
        "key, [type, ...]",
        1..=MANY,
        Issues,
        Evaluation::LinkedIssues,
        "Issues linked to one.",
        "key IN linkedIssues(PAY-1)"
    ),
    function!(
        "membersOf",
        "group",
        1..=1,
        Users,
        Evaluation::MembersOf,
        "The members of a group.",
        "assignee IN membersOf(developers)"
    ),
    function!("myApproval", "", 0..=0, State, Missing(APPROVALS), "Requests you approve.", "approvals = myApproval()"),
    function!("myPending", "", 0..=0, State, Missing(APPROVALS), "Requests that wait for your step.", "approvals = myPending()"),
    function!(
        "myPendingApproval",
        "",
        0..=0,
        State,
        Missing(APPROVALS),
        "Requests that wait for you.",
        "approvals = myPendingApproval()"
    ),
    function!("now", "", 0..=0, Instant, Evaluation::Now, "The instant of the query.", "due < now()"),
    function!("openSprints", "", 0..=0, Sprints, Evaluation::Sprints("active"), "Sprints that run.", "sprint IN openSprints()"),
    function!(
        "organizationDetail",
        "field, value",
        2..=2,
        Options,
        Missing("details of customers, which only the server has"),
        "By a detail of customers.",
        "organizations IN organizationDetail(Region, EU)"
    ),
    function!(
        "organizationMembers",
        "organization, ...",
        1..=MANY,
        Users,
        Evaluation::OrganizationMembers,
        "Members of organizations.",
        "reporter IN organizationMembers(Acme)"
    ),
    function!("paused", "", 0..=0, State, Missing(SLA), "The clock is paused.", "\"Time to resolution\" = paused()"),
    function!("pending", "", 0..=0, State, Missing(APPROVALS), "Requests with a pending step.", "approvals = pending()"),
    function!(
        "pendingApprovalBy",
        "user, ...",
        1..=MANY,
        State,
        Missing(APPROVALS),
        "Requests that wait for a user.",
        "approvals = pendingApprovalBy(alice)"
    ),
    function!(
        "pendingBy",
        "user, ...",
        1..=MANY,
        State,
        Missing(APPROVALS),
        "Requests whose step a user belongs to.",
        "approvals = pendingBy(alice)"
    ),
    function!(
        "projectsLeadByUser" | "spacesLeadByUser",
        "[user]",
        0..=1,
        Projects,
        Evaluation::ProjectsLedBy,
        "Projects led by a user, by default you.",
        "project IN projectsLeadByUser()"
    ),
    function!(
        "projectsWhereUserHasPermission" | "spacesWhereUserHasPermission",
        "permission",
        1..=1,
        Projects,
        Missing(SERVER),
        "Projects in which you have a right.",
        "project IN projectsWhereUserHasPermission(\"Edit Issues\")"
    ),
    function!(
        "projectsWhereUserHasRole" | "spacesWhereUserHasRole",
        "role",
        1..=1,
        Projects,
        Evaluation::ProjectsByRole,
        "Projects in which you have a role.",
        "project IN projectsWhereUserHasRole(Developers)"
    ),
    function!(
        "regex",
        "pattern",
        1..=1,
        Pattern,
        Evaluation::Regex,
        "A regular expression, found anywhere in the text.",
        "summary ~ regex(\"(?i)time-?out\")"
    ),
    function!(
        "releasedVersions",
        "[project]",
        0..=1,
        Versions,
        Evaluation::Versions { released: true },
        "Released versions.",
        "fixVersion IN releasedVersions()"
    ),
    function!(
        "remaining",
        "duration",
        1..=1,
        State,
        Missing(SLA),
        "Time until the goal is missed.",
        "\"Time to resolution\" < remaining(\"2h\")"
    ),
    function!("running", "", 0..=0, State, Missing(SLA), "The clock runs.", "\"Time to resolution\" = running()"),
    function!(
        "savedQuery",
        "name",
        1..=1,
        Issues,
        Evaluation::SavedQuery,
        "The issues of a saved query.",
        "key IN savedQuery(\"My open bugs\")"
    ),
    function!(
        "standardIssueTypes" | "standardWorkTypes",
        "",
        0..=0,
        Types,
        Evaluation::Types { subtask: false },
        "Types that are no sub-tasks.",
        "type IN standardIssueTypes()"
    ),
    function!(
        "startOfDay",
        "[increment]",
        0..=1,
        Instant,
        StartOf(Unit::Day),
        "Midnight at the start of today.",
        "created > startOfDay(-1)"
    ),
    function!(
        "startOfMonth",
        "[increment]",
        0..=1,
        Instant,
        StartOf(Unit::Month),
        "The start of this month.",
        "created > startOfMonth()"
    ),
    function!(
        "startOfQuarter",
        "[increment]",
        0..=1,
        Instant,
        StartOf(Unit::Quarter),
        "The start of this quarter.",
        "created > startOfQuarter()"
    ),
    function!(
        "startOfWeek",
        "[increment]",
        0..=1,
        Instant,
        StartOf(Unit::Week),
        "The start of this week.",
        "created > startOfWeek()"
    ),
    function!(
        "startOfYear",
        "[increment]",
        0..=1,
        Instant,
        StartOf(Unit::Year),
        "The start of this year.",
        "created > startOfYear()"
    ),
    function!(
        "subtaskIssueTypes" | "subtaskWorkTypes",
        "",
        0..=0,
        Types,
        Evaluation::Types { subtask: true },
        "Types that are sub-tasks.",
        "type IN subtaskIssueTypes()"
    ),
    function!(
        "unreleasedVersions",
        "[project]",
        0..=1,
        Versions,
        Evaluation::Versions { released: false },
        "Versions not yet released.",
        "fixVersion IN unreleasedVersions(PAY)"
    ),
    function!(
        "updatedBy",
        "user, [from], [to]",
        1..=3,
        Issues,
        Evaluation::UpdatedBy,
        "Issues that a user touched.",
        "key IN updatedBy(alice)"
    ),
    function!(
        "votedIssues" | "votedWorkItems",
        "",
        0..=0,
        Issues,
        Evaluation::Voted,
        "Issues you voted for.",
        "key IN votedIssues()"
    ),
    function!(
        "watchedIssues" | "watchedWorkItems",
        "",
        0..=0,
        Issues,
        Evaluation::Watched,
        "Issues you watch.",
        "key IN watchedIssues()"
    ),
    function!(
        "withinCalendarHours",
        "",
        0..=0,
        State,
        Missing(SLA),
        "The clock runs by the calendar.",
        "\"Time to resolution\" = withinCalendarHours()"
    ),
    function!(
        "workingTime",
        "[user field]",
        0..=1,
        Hours,
        Evaluation::WorkingTime,
        "The hours of the calendar, perhaps by the clock of a user.",
        "created NOT IN workingTime()"
    ),
];
