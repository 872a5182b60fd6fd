//! The fields of JQL (`reference/jql.md` section 2).

use crate::semantic::bound::Shape;

/// What the values of a field are: decides operators, value resolution and ordering.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Kind {
    User,
    Status,
    StatusCategory,
    Priority,
    Resolution,
    IssueType,
    Project,
    ProjectCategory,
    Version,
    Component,
    Label,
    Sprint,
    /// An issue key or id.
    Issue,
    SecurityLevel,
    /// An option of a select list.
    Option,
    /// Searched with `~`.
    Text,
    /// Compared as a whole (event attributes, URLs).
    Name,
    Number,
    /// Seconds; written as `2h 30m`.
    Duration,
    DateTime,
    /// A day without time.
    Date,
}

impl Kind {
    /// The kind in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Status => "status",
            Self::StatusCategory => "status category",
            Self::Priority => "priority",
            Self::Resolution => "resolution",
            Self::IssueType => "issue type",
            Self::Project => "project",
            Self::ProjectCategory => "project category",
            Self::Version => "version",
            Self::Component => "component",
            Self::Label => "label",
            Self::Sprint => "sprint",
            Self::Issue => "issue",
            Self::SecurityLevel => "security level",
            Self::Option => "option",
            Self::Text => "text",
            Self::Name => "name",
            Self::Number => "number",
            Self::Duration => "duration",
            Self::DateTime => "date and time",
            Self::Date => "date",
        }
    }
}

/// Groups of operators, as the columns of `reference/jql.md` section 2 name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operators {
    /// `=` `!=` IN, NOT IN
    pub equality: bool,
    /// `<` `<=` `>` `>=`
    pub order: bool,
    /// IS EMPTY, IS NOT EMPTY
    pub empty: bool,
    /// `~` `!~`
    pub text: bool,
}

pub(super) const fn ops(spec: &str) -> Operators {
    let s = spec.as_bytes();
    let (mut equality, mut order, mut empty, mut text) = (false, false, false, false);
    let mut i = 0;
    while i < s.len() {
        match s[i] {
            b'E' => equality = true,
            b'C' => order = true,
            b'I' => empty = true,
            b'T' => text = true,
            _ => {}
        }
        i += 1;
    }
    Operators { equality, order, empty, text }
}

impl Operators {
    /// The operators as a list for messages.
    pub fn list(self, history: bool) -> String {
        let mut out = Vec::new();
        if self.equality {
            out.push("=, !=, IN, NOT IN");
        }
        if self.order {
            out.push("<, <=, >, >=");
        }
        if self.empty {
            out.push("IS EMPTY, IS NOT EMPTY");
        }
        if self.text {
            out.push("~, !~");
        }
        if history {
            out.push("WAS, WAS NOT, WAS IN, WAS NOT IN, CHANGED");
        }
        out.join(", ")
    }
}

/// Where the present value of a field is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A column of `issues`.
    Issue(&'static str, Shape),
    /// The issue itself: its key, or its id where a number is given.
    Key,
    /// The category of the issue's project.
    ProjectCategory,
    /// The lead of the issue's project.
    ProjectLead,
    /// The category of the issue's status.
    StatusCategory,
    /// Nothing in the tables yet; the text says what is needed.
    Missing(&'static str),
}

/// One field.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The name that messages and answers use.
    pub name: &'static str,
    /// Other names, all compared ignoring case.
    pub aliases: &'static [&'static str],
    /// What its values are.
    pub kind: Kind,
    /// What may be asked of it.
    pub operators: Operators,
    /// Where it is found.
    pub source: Source,
    /// What events call it in `field`; empty: no history.
    pub history: &'static [&'static str],
    /// Whether ORDER BY takes it.
    pub orderable: bool,
    /// One sentence.
    pub doc: &'static str,
    /// A clause that uses it.
    pub example: &'static str,
}

impl Field {
    /// Whether the name, ignoring case, is one of the field's.
    pub fn is_called(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name) || self.aliases.iter().any(|a| a.eq_ignore_ascii_case(name))
    }
}

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

const WORKLOGS: &str = "work logs beside the issues table";
const LINKS: &str = "issue links beside the issues table";
const COMMENTS: &str = "a search over comments; ask `comment CREATED ~ \"text\"` for comments that were ever written";

/// Every issue field that jqlx knows by name, in alphabetical order.
pub const FIELDS: &[Field] = &[
    field!(
        "affectedVersion" | "affectsVersion" | "Affects versions",
        Version,
        "ECI",
        list("affected_versions"),
        ["affectedVersion", "Version", "versions"],
        true,
        "Versions in which the issue was seen.",
        "affectedVersion = \"1.2\""
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
    field!("comment", Text, "T", Source::Missing(COMMENTS), [], false, "The text of any comment.", "comment ~ timeout"),
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
    field!("description", Text, "TI", text("description"), ["description"], true, "The long text.", "description ~ timeout"),
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
    field!("environment", Text, "TI", text("environment"), ["environment"], true, "Where it was seen.", "environment ~ linux"),
    field!("Epic Link", Issue, "EI", text("epic"), ["Epic Link"], false, "The epic of a story.", "\"Epic Link\" = PAY-1"),
    field!(
        "filter" | "request" | "savedFilter" | "searchRequest",
        Name,
        "E",
        Source::Missing("saved queries"),
        [],
        false,
        "The issues of a saved filter.",
        "filter = \"My open bugs\""
    ),
    field!(
        "fixVersion" | "fixVersions" | "Fix versions",
        Version,
        "ECI",
        list("fix_versions"),
        ["fixVersion", "Fix Version", "fixVersions"],
        true,
        "Versions that bring the change.",
        "fixVersion IN unreleasedVersions()"
    ),
    field!(
        "hierarchyLevel",
        Number,
        "EC",
        Source::Missing("the hierarchy of issue types"),
        [],
        false,
        "1 epic, 0 standard, -1 sub-task.",
        "hierarchyLevel = 1"
    ),
    field!(
        "issueLinkType" | "workItemLinkType",
        Name,
        "E",
        Source::Missing(LINKS),
        [],
        false,
        "The type of the issue's links.",
        "issueLinkType = blocks"
    ),
    field!(
        "key" | "issueKey" | "workItemKey" | "id" | "issue" | "workItem",
        Issue,
        "EC",
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
        Source::Missing("what each user viewed, which only the server knows"),
        [],
        true,
        "When you last viewed it.",
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
        "organizations" | "organization",
        Name,
        "E",
        Source::Missing("organizations of requests"),
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
        "parentProject",
        Project,
        "E",
        Source::Missing("the project of the parent"),
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
        Name,
        "E",
        Source::Missing("project types"),
        [],
        false,
        "business, software or service_desk.",
        "projectType = software"
    ),
    field!("Rank", Name, "", Source::Missing("board ranks"), [], true, "The place on the board.", "ORDER BY Rank"),
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
    field!("summary", Text, "TI", text("summary"), ["summary"], true, "The short text.", "summary ~ login"),
    field!(
        "text",
        Text,
        "T",
        Source::Missing("a search over all text fields and comments"),
        [],
        false,
        "All text of the issue.",
        "text ~ timeout"
    ),
    field!(
        "textfields",
        Text,
        "T",
        Source::Missing("a search over all text fields"),
        [],
        false,
        "All text but comments.",
        "textfields ~ timeout"
    ),
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
    field!("workItemLink" | "issueLink", Issue, "E", Source::Missing(LINKS), [], false, "Linked to an issue.", "issueLink = PAY-1"),
    field!("worklogAuthor", User, "EI", Source::Missing(WORKLOGS), [], false, "Who logged work.", "worklogAuthor = alice"),
    field!("worklogComment", Text, "T", Source::Missing(WORKLOGS), [], false, "The note of a work log.", "worklogComment ~ review"),
    field!("worklogDate", Date, "ECI", Source::Missing(WORKLOGS), [], false, "The day of logged work.", "worklogDate > -7d"),
    field!(
        "workRatio",
        Number,
        "ECI",
        Source::Missing("the ratio of time spent to estimate"),
        [],
        true,
        "Time spent as a percentage of the estimate.",
        "workRatio > 100"
    ),
    field!(
        "workflow",
        Name,
        "E",
        Source::Missing("workflows and the projects that use them"),
        [],
        false,
        "The workflow of the issue's project.",
        "workflow = \"Payments flow\""
    ),
];

/// The issue field of a name, ignoring case.
pub fn field(name: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|f| f.is_called(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_used_twice() {
        let mut names: Vec<String> =
            FIELDS.iter().flat_map(|f| std::iter::once(&f.name).chain(f.aliases)).map(|n| n.to_lowercase()).collect();
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
