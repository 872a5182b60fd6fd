//! What sources call things, in the words of the catalogue.
//!
//! Webhooks, audit logs and change logs each name what happened in their own way. The functions here turn such a name
//! into an entity and an action. A name that no table has is taken apart: its participle is the action, what stands
//! before it the entity. No two sources need the same table, because nouns and participles are said once.

mod audit;
mod change;
mod nouns;
mod organization;
mod split;
mod webhook;

use std::borrow::Cow;

pub use audit::of_audit;
pub use change::{of_change, of_move};
pub use organization::of_organization;
pub use webhook::of_webhook;

/// What happened to what.
///
/// ```
/// use jqlx::source::words;
///
/// let happening = words::of_webhook("jira:version_released").unwrap();
/// assert_eq!((&*happening.entity, &*happening.action), ("version", "released"));
///
/// let happening = words::of_audit("User added to group", Some("GROUP"));
/// assert_eq!((&*happening.entity, &*happening.action), ("group membership", "added"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happening {
    /// A noun of the catalogue; of something that it does not have, the source's own in lower case.
    pub entity: Cow<'static, str>,
    /// A verb of the catalogue that the entity can have; `changed` where the source names none.
    pub action: Cow<'static, str>,
}

impl Happening {
    const fn new(entity: &'static str, action: &'static str) -> Self {
        Self { entity: Cow::Borrowed(entity), action: Cow::Borrowed(action) }
    }
}

/// The entity of the catalogue that a source calls so, in lower case and in words: `scheme permission`.
pub(crate) fn entity_named(noun: &str) -> Option<&'static str> {
    split::named(noun).map(|entity| entity.name)
}

/// A table: what the source says, in lower case, and what that is.
type Table = &'static [(&'static str, &'static str, &'static str)];

fn find(table: Table, name: &str) -> Option<Happening> {
    table.iter().find(|(said, _, _)| *said == name).map(|(_, entity, action)| Happening::new(entity, action))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::entities;

    #[test]
    fn tables_yield_what_the_catalogue_allows() {
        let tables = [audit::SUMMARIES, webhook::EVENTS, organization::ACTIONS];
        for (said, noun, action) in tables.into_iter().flatten().copied().chain(change::all()) {
            let entity = entities::entity(noun).unwrap_or_else(|| panic!("{said}: {noun}"));
            assert_eq!(entity.name, noun, "{said}");
            assert!(entity.finds(action), "{said}: {noun} {action}");
        }
        for (said, noun) in nouns::NOUNS {
            assert_eq!(entities::entity(noun).map(|e| e.name), Some(*noun), "{said}");
        }
        for (said, action) in nouns::PARTICIPLES {
            assert!(crate::catalog::verbs::verb(action).is_some(), "{said}: {action}");
        }
    }

    #[test]
    fn no_name_stands_twice() {
        for table in [audit::SUMMARIES, webhook::EVENTS, organization::ACTIONS] {
            let mut names: Vec<&str> = table.iter().map(|(said, _, _)| *said).collect();
            names.sort_unstable();
            let count = names.len();
            names.dedup();
            assert_eq!(names.len(), count, "{names:?}");
        }
    }
}
