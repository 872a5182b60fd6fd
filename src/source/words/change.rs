//! Items of change logs.

use super::Happening;

/// Fields whose items tell of something that hangs on the issue: what is done where a value comes, changes and goes.
const ITEMS: &[(&str, &str, [&str; 3])] = &[
    ("attachment", "attachment", ["added", "updated", "deleted"]),
    ("comment", "comment", ["created", "updated", "deleted"]),
    ("link", "link", ["added", "updated", "removed"]),
    ("remoteissuelink", "remote link", ["added", "updated", "removed"]),
    ("worklogid", "worklog", ["created", "updated", "deleted"]),
];

/// What an item of a change log tells, by its field and whether it has a value before and after.
///
/// Every field that is one of the issue gives `issue updated`. An item without values counts as gone.
pub fn of_change(field: &str, before: bool, after: bool) -> Happening {
    let Some((_, entity, [came, changed, went])) = ITEMS.iter().find(|(name, ..)| name.eq_ignore_ascii_case(field)) else {
        return Happening::new("issue", "updated");
    };
    Happening::new(
        entity,
        match (before, after) {
            (true, true) => changed,
            (false, true) => came,
            (_, false) => went,
        },
    )
}

/// What a new key of an issue tells beside the change of the field.
pub fn of_move() -> Happening {
    Happening::new("issue", "moved")
}

/// Everything that the table yields.
#[cfg(test)]
pub(super) fn all() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let items = ITEMS.iter().flat_map(|(field, entity, actions)| actions.iter().map(move |action| (*field, *entity, *action)));
    items.chain([("key", "issue", "moved"), ("status", "issue", "updated")])
}
