//! Names that no table has, taken apart.

use std::borrow::Cow;

use super::Happening;
use super::nouns::{NOUNS, PARTICIPLES};
use crate::catalog::entities::{self, Entity};
use crate::catalog::verbs;

/// Words that begin what is said beside the thing itself.
const PREPOSITIONS: &[&str] = &["as", "by", "for", "from", "in", "of", "on", "to", "via", "with"];

/// Reads words in lower case: a noun, a participle, and perhaps what was done with it (`added to project`); or the
/// participle first (`deactivated account`).
///
/// None where there is no participle or no noun.
pub(super) fn happening(words: &[&str]) -> Option<Happening> {
    let (at, length, verb) = participle(words)?;
    let noun = if at == 0 { object(&words[length..]) } else { &words[..at] };
    if noun.is_empty() {
        return None;
    }
    match entity(noun) {
        Some(entity) => Some(Happening::new(entity.name, fitting(entity, verb, words.get(at + length).copied()))),
        None => Some(Happening { entity: Cow::Owned(noun.join(" ")), action: Cow::Borrowed(verb) }),
    }
}

/// What stands behind a participle: `account` of `to account`, `password` of `password with recovery link`.
fn object<'a, 'w>(words: &'a [&'w str]) -> &'a [&'w str] {
    let is_preposition = |word: &&str| PREPOSITIONS.contains(word);
    let start = words.iter().position(|word| !is_preposition(word)).unwrap_or(words.len());
    let length = words[start..].iter().position(is_preposition).unwrap_or(words.len() - start);
    &words[start..start + length]
}

/// The last participle: where it stands, how many words it has, and its verb.
fn participle(words: &[&str]) -> Option<(usize, usize, &'static str)> {
    (0..words.len()).rev().find_map(|at| {
        let pair = words.get(at..at + 2).map(|pair| pair.join(" "));
        let known = |text: &str| verbs::VERBS.iter().map(|v| v.name).find(|name| *name == text);
        let one = |word: &str| match PARTICIPLES.iter().find(|(said, _)| *said == word) {
            Some((_, verb)) => Some(*verb),
            // What changed was updated: `changed` is for sources that say nothing.
            None => known(word).map(|verb| if verb == "changed" { "updated" } else { verb }),
        };
        match pair.as_deref().and_then(known) {
            Some(verb) => Some((at, 2, verb)),
            None => one(words[at]).map(|verb| (at, 1, verb)),
        }
    })
}

/// The entity of a noun: as a whole, or else its last words, or its first.
fn entity(noun: &[&str]) -> Option<&'static Entity> {
    let count = noun.len();
    let ends = (0..count).map(|at| &noun[at..]);
    let starts = (1..count).rev().map(|at| &noun[..at]);
    ends.chain(starts).find_map(|words| named(&words.join(" ")))
}

/// The entity that a source calls so.
pub(super) fn named(noun: &str) -> Option<&'static Entity> {
    let table = |noun: &str| NOUNS.iter().find(|(said, _)| *said == noun).map_or(noun.to_owned(), |(_, name)| (*name).to_owned());
    let singular = noun.strip_suffix("ies").map(|stem| format!("{stem}y")).or_else(|| noun.strip_suffix('s').map(str::to_owned));
    entities::entity(&table(noun)).or_else(|| singular.and_then(|noun| entities::entity(&table(&noun))))
}

/// The verb, or one near it that the entity can have.
fn fitting(entity: &Entity, verb: &'static str, next: Option<&str>) -> &'static str {
    // A scheme that is added to a project was there before: it is given to it.
    let verb = match (verb, next) {
        ("added", Some("to")) if entity.finds("assigned") => "assigned",
        ("removed", Some("from")) if entity.finds("unassigned") => "unassigned",
        _ => verb,
    };
    let near: &[&str] = match verb {
        "enabled" => &["activated"],
        "disabled" => &["deactivated", "revoked"],
        "activated" => &["enabled"],
        "deactivated" => &["disabled"],
        "removed" => &["deleted", "revoked"],
        "deleted" => &["removed", "revoked"],
        "added" => &["created", "granted"],
        "created" => &["added", "granted"],
        "granted" => &["added"],
        "revoked" => &["removed", "deleted"],
        "closed" => &["completed"],
        _ => &[],
    };
    let exact = |verb: &str| entity.verbs().contains(&verb);
    match std::iter::once(&verb).chain(near).find(|verb| exact(verb)) {
        Some(verb) => verb,
        None if exact("updated") => "updated",
        None => "changed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Option<(String, String)> {
        let words: Vec<&str> = text.split(' ').collect();
        happening(&words).map(|h| (h.entity.into_owned(), h.action.into_owned()))
    }

    #[test]
    fn nouns_and_participles_are_found() {
        for (text, entity, action) in [
            ("permission scheme updated", "permission scheme", "updated"),
            ("permission scheme added to project", "permission scheme", "assigned"),
            ("space logo uploaded", "space", "updated"),
            ("project roles changed", "project role", "updated"),
            ("customer invited notification changed", "notification", "updated"),
            ("user logged in", "user", "logged in"),
            ("ip allowlist enabled", "ip allowlist", "enabled"),
            ("workflow activated", "workflow", "activated"),
            ("flux capacitor charged twice", "", ""),
            ("flux capacitor removed", "flux capacitor", "removed"),
            ("deactivated account", "user", "deactivated"),
            ("logged in to account", "user", "logged in"),
            ("logged out of account", "user", "logged out"),
            ("reset password with recovery link", "password", "updated"),
            ("created dashboard subscription", "subscription", "created"),
            ("copied dashboard", "dashboard", "copied"),
        ] {
            let expected = (!entity.is_empty()).then(|| (entity.to_owned(), action.to_owned()));
            assert_eq!(said(text), expected, "{text}");
        }
        assert_eq!(said("created"), None);
        assert_eq!(said("created by"), None);
        assert_eq!(said(""), None);
    }

    #[test]
    fn any_noun_with_any_participle_is_something_the_catalogue_allows() {
        for entity in entities::ENTITIES {
            for verb in verbs::VERBS.iter().map(|v| v.name).chain(PARTICIPLES.iter().map(|(said, _)| *said)) {
                let text = format!("{} {verb}", entity.name);
                let words: Vec<&str> = text.split(' ').collect();
                let happening = happening(&words).unwrap();
                assert_eq!(happening.entity, entity.name, "{text}");
                assert!(entity.finds(&happening.action), "{text}: {}", happening.action);
            }
        }
    }
}
