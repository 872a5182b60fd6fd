//! What the functions that people know from ScriptRunner find; the functions themselves are in `script_table`.

/// What such a function finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Script {
    /// Issues with comments, or with so many.
    HasComments,
    /// Issues with a comment of these words.
    Commented,
    /// Issues whose newest comment is of these words.
    LastComment,
    /// Issues whose last change is of these words.
    LastUpdated,
    /// Issues with a file of these words.
    FileAttached,
    /// Issues with files, of an extension, or with so many.
    HasAttachments,
    /// Issues with a work log of these words.
    WorkLogged,
    /// Issues with links that say something, or with so many.
    HasLinks,
    /// Issues with links of a type.
    HasLinkType,
    /// Issues with remote links.
    HasRemoteLinks,
    /// Issues linked to what a query finds.
    LinkedIssuesOf {
        /// Sub-tasks, parents, epics and their issues count as linked.
        all: bool,
        /// Over so many steps; the second argument.
        steps: bool,
    },
    /// Sub-tasks of what a query finds.
    SubtasksOf,
    /// Parents of the sub-tasks that a query finds.
    ParentsOf,
    /// Issues with sub-tasks.
    HasSubtasks,
    /// Epics of what a query finds.
    EpicsOf,
    /// Issues in the epics that a query finds.
    IssuesInEpics,
    /// A comparison of computed values, perhaps among what a query finds.
    Expression {
        /// Of two dates, with offsets; the query may be left out.
        dates: bool,
        /// Only days count.
        days: bool,
    },
    /// A field of what a query finds has a text.
    FieldMatch {
        /// The whole text rather than a pattern.
        exact: bool,
    },
    /// Issues that were added to a sprint after it started, or removed from it.
    SprintScope {
        /// Added rather than removed.
        added: bool,
    },
    /// Issues of the sprint before the running one.
    PreviousSprint,
    /// Issues of the sprint that comes next.
    NextSprint,
    /// Issues of a sprint.
    InSprint,
    /// Issues of a sprint that were done by its end, or not.
    DoneInSprint {
        /// They were.
        done: bool,
    },
    /// Components, versions or projects by a pattern of their name.
    NameMatch,
    /// Archived versions.
    ArchivedVersions,
    /// Unreleased versions whose release day is over.
    Overdue,
    /// Versions by their release or start day.
    VersionDay {
        /// The start day.
        start: bool,
    },
    /// The unreleased version of a project with the earliest release day.
    EarliestByReleaseDay,
    /// Users with a role in the issue's project.
    MemberOfRole,
    /// Projects in which the asking user has any role.
    MyProjects,
    /// Projects of a type.
    ProjectsOfType,
}
