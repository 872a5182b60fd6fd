//! What can happen to an issue of the demo.

/// Where a status leads, and how often.
pub(super) fn next_statuses(status: &str) -> &'static [(usize, &'static str)] {
    match status {
        "To Do" => &[(80, "In Progress"), (5, "Blocked"), (15, "Done")],
        "In Progress" => &[(55, "In Review"), (12, "Blocked"), (8, "To Do"), (25, "Done")],
        "In Review" => &[(65, "Done"), (35, "In Progress")],
        "Blocked" => &[(80, "In Progress"), (20, "To Do")],
        "Reopened" => &[(75, "In Progress"), (25, "Done")],
        "Done" => &[(45, "Closed"), (55, "Reopened")],
        _ => &[(100, "Reopened")],
    }
}

/// What can happen to an issue.
#[derive(Clone, Copy)]
pub(super) enum Action {
    Status,
    Assignee,
    Priority,
    FixVersion,
    Labels,
    Summary,
    Description,
    Sprint,
    StoryPoints,
    Due,
    Component,
    Team,
    Impact,
    Estimate,
    Comment,
    EditComment,
    DeleteComment,
    Worklog,
    EditWorklog,
    DeleteWorklog,
    Attach,
    Detach,
    Link,
    Unlink,
    RemoteLink,
    Watch,
    Unwatch,
    Vote,
    Unvote,
}

/// What happens, and how often.
pub(super) const ACTIONS: &[(usize, Action)] = &[
    (26, Action::Status),
    (8, Action::Assignee),
    (3, Action::Priority),
    (6, Action::FixVersion),
    (4, Action::Labels),
    (1, Action::Summary),
    (3, Action::Description),
    (6, Action::Sprint),
    (3, Action::StoryPoints),
    (2, Action::Due),
    (2, Action::Component),
    (2, Action::Team),
    (1, Action::Impact),
    (1, Action::Estimate),
    (22, Action::Comment),
    (2, Action::EditComment),
    (1, Action::DeleteComment),
    (6, Action::Worklog),
    (1, Action::EditWorklog),
    (1, Action::DeleteWorklog),
    (3, Action::Attach),
    (1, Action::Detach),
    (3, Action::Link),
    (1, Action::Unlink),
    (2, Action::RemoteLink),
    (3, Action::Watch),
    (1, Action::Unwatch),
    (2, Action::Vote),
    (1, Action::Unvote),
];
