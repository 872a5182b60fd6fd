//! The functions that people know from ScriptRunner and JQL Search Extensions: a table of their own, since they share
//! arguments (a query in quotes, a few words such as `by alice after -7d`) that JQL's functions do not have.

use super::function_table::{MANY, SERVER, function};
use super::functions::Evaluation::{Missing, Script as S};
use super::functions::{Function, Returns};
use super::script::Script;

const ENDLESS: &str = "an end: linkedIssuesOfRecursiveLimited(query, depth) follows links over up to five steps";

/// The functions, in alphabetical order.
pub(super) const SCRIPT_FUNCTIONS: &[Function] = &[
    function!(
        "addedAfterSprintStart",
        "board, [sprint]",
        1..=2,
        Issues,
        S(Script::SprintScope { added: true }),
        "Issues that came into a sprint after it started, by default into the running ones.",
        "issueFunction IN addedAfterSprintStart(1)"
    ),
    function!(
        "aggregateExpression",
        "title, expression",
        2..=MANY,
        Issues,
        Missing("a place beside the answer; SHOW sum(...) and its like compute such figures"),
        "A figure shown beside the result.",
        "issueFunction IN aggregateExpression(Total, \"timespent.sum()\")"
    ),
    function!(
        "archivedVersions",
        "[project]",
        0..=1,
        Versions,
        S(Script::ArchivedVersions),
        "Archived versions.",
        "fixVersion IN archivedVersions()"
    ),
    function!(
        "commented",
        "words",
        1..=1,
        Issues,
        S(Script::Commented),
        "Issues with one comment that all the words hold for.",
        "issueFunction IN commented(\"by alice after -7d\")"
    ),
    function!(
        "completeInSprint",
        "board, sprint",
        2..=2,
        Issues,
        S(Script::DoneInSprint { done: true }),
        "Issues of a sprint that were resolved by its end.",
        "issueFunction IN completeInSprint(1, \"PAY Sprint 1\")"
    ),
    function!(
        "componentMatch",
        "pattern",
        1..=1,
        Components,
        S(Script::NameMatch),
        "Components by a regular expression.",
        "component IN componentMatch(\"^web\")"
    ),
    function!(
        "dateCompare",
        "[query], comparison",
        1..=2,
        Issues,
        S(Script::Expression { dates: true, days: false }),
        "Issues of which two dates compare, with offsets.",
        "issueFunction IN dateCompare(\"\", \"resolved > due + 1d\")"
    ),
    function!(
        "dateCompareIgnoreTime",
        "[query], comparison",
        1..=2,
        Issues,
        S(Script::Expression { dates: true, days: true }),
        "The same by days.",
        "issue IN dateCompareIgnoreTime(\"resolved = due\")"
    ),
    function!(
        "earliestUnreleasedVersionByReleaseDate",
        "project",
        1..=1,
        Versions,
        S(Script::EarliestByReleaseDay),
        "The unreleased version of a project that is due first.",
        "fixVersion IN earliestUnreleasedVersionByReleaseDate(PAY)"
    ),
    function!(
        "epicsOf",
        "query",
        1..=1,
        Issues,
        S(Script::EpicsOf),
        "The epics of what a query finds.",
        "issueFunction IN epicsOf(\"status = Done\")"
    ),
    function!(
        "expression",
        "query, comparison",
        2..=2,
        Issues,
        S(Script::Expression { dates: false, days: false }),
        "Issues of which computed numbers, durations or dates compare.",
        "issueFunction IN expression(\"\", \"timespent + remainingestimate > originalestimate\")"
    ),
    function!(
        "fileAttached",
        "words",
        1..=1,
        Issues,
        S(Script::FileAttached),
        "Issues with one file that all the words hold for.",
        "issueFunction IN fileAttached(\"after -30d\")"
    ),
    function!(
        "hasAttachments",
        "[extension], [number]",
        0..=2,
        Issues,
        S(Script::HasAttachments),
        "Issues with files, perhaps of an extension or so many.",
        "issueFunction IN hasAttachments(png)"
    ),
    function!(
        "hasComments",
        "[number]",
        0..=1,
        Issues,
        S(Script::HasComments),
        "Issues with comments: n, more than n (+n) or fewer (-n).",
        "issueFunction IN hasComments(\"+2\")"
    ),
    function!(
        "hasLinkType",
        "type",
        1..=1,
        Issues,
        S(Script::HasLinkType),
        "Issues with links of a type.",
        "issueFunction IN hasLinkType(Blocks)"
    ),
    function!(
        "hasLinks",
        "[phrase], [number]",
        0..=2,
        Issues,
        S(Script::HasLinks),
        "Issues with links, perhaps of what they say or so many.",
        "issueFunction IN hasLinks(blocks)"
    ),
    function!(
        "hasRemoteLinks",
        "",
        0..=0,
        Issues,
        S(Script::HasRemoteLinks),
        "Issues with remote links.",
        "issueFunction IN hasRemoteLinks()"
    ),
    function!("hasSubtasks", "", 0..=0, Issues, S(Script::HasSubtasks), "Issues with sub-tasks.", "issueFunction IN hasSubtasks()"),
    function!(
        "inSprint",
        "board, sprint",
        2..=2,
        Issues,
        S(Script::InSprint),
        "Issues of a sprint.",
        "issueFunction IN inSprint(1, \"PAY Sprint 1\")"
    ),
    function!(
        "incompleteInSprint",
        "board, sprint",
        2..=2,
        Issues,
        S(Script::DoneInSprint { done: false }),
        "Issues of a sprint that were not resolved by its end.",
        "issueFunction IN incompleteInSprint(1, \"PAY Sprint 1\")"
    ),
    function!(
        "issueFieldExactMatch",
        "query, field, text",
        3..=3,
        Issues,
        S(Script::FieldMatch { exact: true }),
        "Issues of a query whose field is exactly the text.",
        "issueFunction IN issueFieldExactMatch(\"project = PAY\", status, Done)"
    ),
    function!(
        "issueFieldMatch",
        "query, field, pattern",
        3..=3,
        Issues,
        S(Script::FieldMatch { exact: false }),
        "Issues of a query whose field has a regular expression.",
        "issueFunction IN issueFieldMatch(\"project = PAY\", summary, \"(?i)timeout\")"
    ),
    function!(
        "issuePickerField",
        "field, query",
        2..=MANY,
        Issues,
        Missing("the values of issue picker fields, which only the server has"),
        "Values of a picker field.",
        "issueFunction IN issuePickerField(Related, \"project = PAY\")"
    ),
    function!(
        "issuesInEpics",
        "query",
        1..=1,
        Issues,
        S(Script::IssuesInEpics),
        "Issues in the epics that a query finds.",
        "issueFunction IN issuesInEpics(\"status != Done\")"
    ),
    function!(
        "jiraUserPropertyEquals",
        "property, value",
        2..=2,
        Users,
        Missing("properties of users, which only the server has"),
        "Users by a property.",
        "assignee IN jiraUserPropertyEquals(team, red)"
    ),
    function!(
        "lastComment",
        "words",
        1..=1,
        Issues,
        S(Script::LastComment),
        "Issues whose newest comment all the words hold for.",
        "issueFunction IN lastComment(\"by alice\")"
    ),
    function!(
        "lastUpdated",
        "words",
        1..=1,
        Issues,
        S(Script::LastUpdated),
        "Issues whose last change all the words hold for.",
        "issueFunction IN lastUpdated(\"by alice after -30d\")"
    ),
    function!(
        "linkedIssuesOf",
        "query, [phrase]",
        1..=2,
        Issues,
        S(Script::LinkedIssuesOf { all: false, steps: false }),
        "Issues linked to what a query finds; the phrase is what links say there.",
        "issueFunction IN linkedIssuesOf(\"priority = Highest\", blocks)"
    ),
    function!(
        "linkedIssuesOfAll",
        "query, [phrase]",
        1..=2,
        Issues,
        S(Script::LinkedIssuesOf { all: true, steps: false }),
        "The same with sub-tasks, parents and epics.",
        "issueFunction IN linkedIssuesOfAll(\"priority = Highest\")"
    ),
    function!(
        "linkedIssuesOfAllRecursive",
        "query, [phrase]",
        1..=2,
        Issues,
        Missing(ENDLESS),
        "The same over any number of steps.",
        "issueFunction IN linkedIssuesOfAllRecursive(\"priority = Highest\")"
    ),
    function!(
        "linkedIssuesOfAllRecursiveLimited",
        "query, depth, [phrase]",
        2..=3,
        Issues,
        S(Script::LinkedIssuesOf { all: true, steps: true }),
        "The same over up to two steps.",
        "issueFunction IN linkedIssuesOfAllRecursiveLimited(\"priority = Highest\", 2)"
    ),
    function!(
        "linkedIssuesOfRecursive",
        "query, [phrase]",
        1..=2,
        Issues,
        Missing(ENDLESS),
        "Linked issues over any number of steps.",
        "issueFunction IN linkedIssuesOfRecursive(\"priority = Highest\")"
    ),
    function!(
        "linkedIssuesOfRecursiveLimited",
        "query, depth, [phrase]",
        2..=3,
        Issues,
        S(Script::LinkedIssuesOf { all: false, steps: true }),
        "Linked issues over up to five steps.",
        "issueFunction IN linkedIssuesOfRecursiveLimited(\"priority = Highest\", 3)"
    ),
    function!(
        "memberOfRole",
        "role",
        1..=1,
        Users,
        S(Script::MemberOfRole),
        "Users who have a role in the issue's project.",
        "assignee IN memberOfRole(Developers)"
    ),
    function!(
        "myProjects",
        "",
        0..=0,
        Projects,
        S(Script::MyProjects),
        "Projects in which you have a role.",
        "project IN myProjects()"
    ),
    function!(
        "nextSprint",
        "board",
        1..=1,
        Issues,
        S(Script::NextSprint),
        "Issues of the sprint of a board that starts next.",
        "issueFunction IN nextSprint(1)"
    ),
    function!(
        "overdue",
        "[project]",
        0..=1,
        Versions,
        S(Script::Overdue),
        "Versions that should be out.",
        "fixVersion IN overdue()"
    ),
    function!(
        "parentsOf",
        "query",
        1..=1,
        Issues,
        S(Script::ParentsOf),
        "Parents of the sub-tasks that a query finds.",
        "issueFunction IN parentsOf(\"status != Done\")"
    ),
    function!(
        "previousSprint",
        "board",
        1..=1,
        Issues,
        S(Script::PreviousSprint),
        "Issues of the sprint of a board that ended last.",
        "issueFunction IN previousSprint(1)"
    ),
    function!(
        "projectMatch",
        "pattern",
        1..=1,
        Projects,
        S(Script::NameMatch),
        "Projects by a regular expression over their names.",
        "project IN projectMatch(\"^Pay\")"
    ),
    function!(
        "projectsOfType",
        "type",
        1..=1,
        Projects,
        S(Script::ProjectsOfType),
        "Projects of a type.",
        "project IN projectsOfType(software)"
    ),
    function!(
        "recentProjects",
        "",
        0..=0,
        Projects,
        Missing(SERVER),
        "Projects that you viewed lately.",
        "project IN recentProjects()"
    ),
    function!(
        "releaseDate",
        "words",
        1..=1,
        Versions,
        S(Script::VersionDay { start: false }),
        "Versions by their release day.",
        "fixVersion IN releaseDate(\"before -1d\")"
    ),
    function!(
        "removedAfterSprintStart",
        "board, [sprint]",
        1..=2,
        Issues,
        S(Script::SprintScope { added: false }),
        "Issues that left a sprint after it started, by default the running ones.",
        "issueFunction IN removedAfterSprintStart(1)"
    ),
    function!(
        "startDate",
        "words",
        1..=1,
        Versions,
        S(Script::VersionDay { start: true }),
        "Versions by their start day.",
        "fixVersion IN startDate(\"after -400d\")"
    ),
    function!(
        "subtasksOf",
        "query",
        1..=1,
        Issues,
        S(Script::SubtasksOf),
        "Sub-tasks of what a query finds.",
        "issueFunction IN subtasksOf(\"type = Story\")"
    ),
    function!(
        "versionMatch",
        "pattern",
        1..=1,
        Versions,
        S(Script::NameMatch),
        "Versions by a regular expression.",
        "fixVersion IN versionMatch(\"^2\\\\.\")"
    ),
    function!(
        "workLogged",
        "words",
        1..=1,
        Issues,
        S(Script::WorkLogged),
        "Issues with one work log that all the words hold for; its dates are the day worked on.",
        "issueFunction IN workLogged(\"by alice after -30d\")"
    ),
];
