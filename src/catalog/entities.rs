//! The nouns of activity clauses.

pub use super::entity_table::ENTITIES;
use super::verbs;

/// One kind of thing that events happen to.
#[derive(Clone, Copy, Debug)]
pub struct Entity {
    /// The noun, as it stands in `events.entity`.
    pub name: &'static str,
    /// Other spellings, in queries and in data.
    pub aliases: &'static [&'static str],
    /// Whether its events belong to an issue, so that issues can be asked for by them.
    pub of_issue: bool,
    /// Whether its events have no old and new value that FROM and TO could ask for.
    pub no_values: bool,
    /// The verbs that its events can have, in groups; [`Entity::verbs`] lists them.
    pub verbs: &'static [&'static [&'static str]],
    /// One sentence.
    pub doc: &'static str,
}

/// Actions that are looked for only at things that have them as verbs: no attachment is ever granted.
const ONLY_LISTED: &[&str] =
    &["activated", "assigned", "deactivated", "disabled", "enabled", "granted", "revoked", "trashed", "unassigned"];

impl Entity {
    /// Whether the noun, ignoring case, is one of the entity's.
    pub fn is_called(&self, noun: &str) -> bool {
        self.name.eq_ignore_ascii_case(noun) || self.aliases.iter().any(|a| a.eq_ignore_ascii_case(noun))
    }

    /// All spellings that data may have in `events.entity`.
    pub fn spellings(&self) -> Vec<String> {
        std::iter::once(&self.name).chain(self.aliases).map(|s| s.to_string()).collect()
    }

    /// The verbs that its events can have, each once. `changed`, which all have, is not among them.
    pub fn verbs(&self) -> Vec<&'static str> {
        let mut verbs: Vec<&str> = self.verbs.concat();
        verbs.sort_unstable();
        verbs.dedup();
        verbs
    }

    /// The values of `action` that a verb covers where it stands with this noun.
    pub fn actions(&self, verb: &verbs::Verb) -> Vec<String> {
        let listed = self.verbs.concat();
        let fits = |action: &&&str| **action == verb.name || !ONLY_LISTED.contains(*action) || listed.contains(*action);
        verb.actions.iter().filter(fits).map(|action| (*action).to_owned()).collect()
    }

    /// Whether a query may ask for the verb: it is one of the entity's, or covers an action that is.
    pub fn can_be(&self, verb: &str) -> bool {
        let has = |action: &str| self.verbs.iter().any(|group| group.contains(&action));
        verb == "changed" || has(verb) || verbs::verb(verb).is_some_and(|v| v.actions.iter().any(|action| has(action)))
    }

    /// Whether events can have the action: one of the entity's verbs finds it.
    pub fn finds(&self, action: &str) -> bool {
        let verbs = self.verbs();
        let mut found = verbs.iter().filter_map(|verb| verbs::verb(verb));
        action == "changed" || found.any(|verb| self.actions(verb).iter().any(|covered| covered == action))
    }

    /// The name with its article.
    pub fn with_article(&self) -> String {
        let vowel = self.name.starts_with(['a', 'e', 'i', 'o']) || self.name == "sla";
        format!("{} {}", if vowel { "an" } else { "a" }, self.name)
    }
}

/// The entity of a noun, ignoring case.
pub fn entity(noun: &str) -> Option<&'static Entity> {
    ENTITIES.iter().find(|e| e.is_called(noun))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_spelling_is_of_one_entity() {
        let mut seen = BTreeSet::new();
        for spelling in ENTITIES.iter().flat_map(Entity::spellings) {
            assert_eq!(spelling, spelling.to_lowercase());
            assert!(seen.insert(spelling.clone()), "{spelling}");
        }
    }

    #[test]
    fn every_verb_of_an_entity_is_a_verb() {
        for entity in ENTITIES {
            assert!(!entity.verbs.is_empty(), "{}", entity.name);
            for verb in entity.verbs() {
                assert!(verbs::verb(verb).is_some() && verb != "changed", "{} {verb}", entity.name);
                assert!(entity.can_be(verb) && entity.finds(verb), "{} {verb}", entity.name);
            }
        }
    }

    #[test]
    fn every_noun_can_be_a_subject_of_the_grammar() {
        for spelling in ENTITIES.iter().flat_map(Entity::spellings) {
            let query = format!("ACTIVITY WHERE {spelling} CHANGED");
            assert!(crate::syntax::parse(&query, crate::syntax::Dialect::Jqlx).is_valid(), "{query}");
        }
    }

    #[test]
    fn what_sources_tell_can_be_asked_and_what_cannot_be_is_refused() {
        for (noun, verb) in [
            ("workflow", "updated"),
            ("permission", "granted"),
            ("group membership", "added"),
            ("group membership", "granted"),
            ("user", "deactivated"),
            ("user", "logged in"),
            ("feature", "enabled"),
            ("page", "edited"),
            ("space", "exported"),
            ("issue", "viewed"),
            ("role", "granted"),
            ("api token", "created"),
            ("filter", "shared"),
            ("automation rule", "enabled"),
            ("comment", "changed"),
            ("comment", "removed"),
        ] {
            assert!(entity(noun).expect("an entity").can_be(verb), "{noun} {verb}");
        }
        for (noun, verb) in
            [("comment", "enabled"), ("vote", "released"), ("sprint", "logged in"), ("user", "published"), ("group", "viewed")]
        {
            assert!(!entity(noun).expect("an entity").can_be(verb), "{noun} {verb}");
        }
        let covered = |noun: &str, verb: &str| entity(noun).expect("an entity").actions(verbs::verb(verb).expect("a verb"));
        assert_eq!(covered("permission", "added"), ["added", "created", "uploaded", "granted"]);
        assert_eq!(covered("attachment", "added"), ["added", "created", "uploaded"]);
        assert_eq!(entity("api token").expect("an entity").with_article(), "an api token");
    }
}
