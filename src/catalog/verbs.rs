//! The verbs of activity clauses.

/// One verb.
#[derive(Clone, Copy, Debug)]
pub struct Verb {
    /// As it is written in a query, in lower case (`deleted`, `logged in`).
    pub name: &'static str,
    /// Values of `action` that it covers where a subject is given; without one only its own name counts.
    pub actions: &'static [&'static str],
    /// Whether it changes something: `CHANGED` covers all verbs that do.
    pub mutates: bool,
    /// One sentence.
    pub doc: &'static str,
}

macro_rules! verb {
    ($name:literal, [$($action:literal),*], $mutates:literal, $doc:literal) => {
        Verb { name: $name, actions: &[$($action),*], mutates: $mutates, doc: $doc }
    };
}

/// Every verb, in alphabetical order.
pub const VERBS: &[Verb] = &[
    verb!("activated", ["activated", "reactivated", "enabled"], true, "Made active."),
    verb!("added", ["added", "created", "uploaded", "granted"], true, "Added to something."),
    verb!("archived", ["archived"], true, "Put away."),
    verb!("assigned", ["assigned"], true, "Given to somebody to do."),
    verb!("changed", [], true, "Any recorded mutation."),
    verb!("closed", ["closed", "completed"], true, "Brought to its end."),
    verb!("completed", ["completed", "closed"], true, "Brought to its end."),
    verb!("copied", ["copied"], true, "Copied."),
    verb!("created", ["created", "added"], true, "Made."),
    verb!("deactivated", ["deactivated", "disabled"], true, "Made inactive."),
    verb!("deleted", ["deleted", "removed", "purged", "trashed"], true, "Deleted, or put into the bin."),
    verb!("disabled", ["disabled", "deactivated"], true, "Switched off."),
    verb!("downloaded", ["downloaded"], false, "Downloaded."),
    verb!("edited", ["edited", "updated"], true, "Its text or settings changed."),
    verb!("enabled", ["enabled", "activated"], true, "Switched on."),
    verb!("executed", ["executed"], false, "Run."),
    verb!("expired", ["expired"], true, "Ran out."),
    verb!("exported", ["exported"], false, "Taken out of the site."),
    verb!("failed", ["failed"], false, "Tried without success."),
    verb!("granted", ["granted", "added", "assigned"], true, "Given to somebody."),
    verb!("imported", ["imported"], true, "Brought in."),
    verb!("installed", ["installed"], true, "Installed."),
    verb!("invited", ["invited"], true, "Invited."),
    verb!("linked", ["linked", "added", "created"], true, "Linked to another."),
    verb!("logged", ["logged", "created"], true, "Recorded."),
    verb!("logged in", ["logged in"], false, "Signed in."),
    verb!("logged out", ["logged out"], false, "Signed out."),
    verb!("lowered", ["lowered"], true, "A field was given a lower value."),
    verb!("merged", ["merged"], true, "Merged into another."),
    verb!("moved", ["moved"], true, "Moved elsewhere."),
    verb!("published", ["published"], true, "Made public."),
    verb!("purged", ["purged"], true, "Deleted for good."),
    verb!("raised", ["raised"], true, "A field was given a higher value."),
    verb!("reactivated", ["reactivated", "activated"], true, "Made active again."),
    verb!("released", ["released"], true, "Released."),
    verb!("removed", ["removed", "deleted", "revoked"], true, "Taken away from something."),
    verb!("renamed", ["renamed"], true, "Given another name."),
    verb!("reopened", ["reopened"], true, "Opened again."),
    verb!("restored", ["restored"], true, "Brought back."),
    verb!("revoked", ["revoked", "removed", "unassigned"], true, "Taken from somebody."),
    verb!("rotated", ["rotated"], true, "Replaced by a new one."),
    verb!("shared", ["shared"], true, "Shared with others."),
    verb!("started", ["started"], true, "Begun."),
    verb!("trashed", ["trashed"], true, "Put into the bin."),
    verb!("unarchived", ["unarchived"], true, "Taken out of the archive."),
    verb!("unassigned", ["unassigned"], true, "Taken from who was to do it."),
    verb!("uninstalled", ["uninstalled"], true, "Uninstalled."),
    verb!("unlinked", ["unlinked", "removed", "deleted"], true, "Its link was taken away."),
    verb!("unpublished", ["unpublished"], true, "Withdrawn."),
    verb!("unreleased", ["unreleased"], true, "Its release was taken back."),
    verb!("unshared", ["unshared"], true, "No longer shared."),
    verb!("updated", ["updated", "edited"], true, "Changed."),
    verb!("uploaded", ["uploaded", "added", "created"], true, "Uploaded."),
    verb!("viewed", ["viewed"], false, "Looked at."),
];

/// The verb of a name in lower case.
pub fn verb(name: &str) -> Option<&'static Verb> {
    VERBS.iter().find(|v| v.name == name)
}

/// The values of `action` that a verb covers.
pub fn actions(name: &str) -> Vec<String> {
    verb(name).map(|v| v.actions.iter().map(|a| a.to_string()).collect()).unwrap_or_default()
}

/// Actions that `CHANGED` leaves out.
pub fn not_mutations() -> Vec<String> {
    VERBS.iter().filter(|v| !v.mutates).map(|v| v.name.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_verb_covers_are_verbs() {
        for found in VERBS.iter().filter(|v| v.name != "changed") {
            assert!(found.actions.contains(&found.name), "{}", found.name);
            for action in found.actions {
                assert_eq!(verb(action).map(|v| v.mutates), Some(found.mutates), "{} {action}", found.name);
            }
        }
    }

    #[test]
    fn the_grammar_and_the_catalogue_have_the_same_verbs() {
        let mut known: Vec<&str> = VERBS.iter().map(|v| v.name).collect();
        let mut read: Vec<&str> = crate::syntax::verbs().to_vec();
        known.sort_unstable();
        read.sort_unstable();
        assert_eq!(known, read);
    }
}
