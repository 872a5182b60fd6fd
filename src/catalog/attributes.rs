//! The event attributes of ACTIVITY.

use super::fields::{Kind, Operators, ops};
use crate::semantic::bound::Shape;

/// An attribute of an event.
#[derive(Clone, Copy, Debug)]
pub struct Attribute {
    /// The name in ACTIVITY.
    pub name: &'static str,
    /// Other names.
    pub aliases: &'static [&'static str],
    /// What its values are.
    pub kind: Kind,
    /// What may be asked of it.
    pub operators: Operators,
    /// Column of `events`.
    pub column: &'static str,
    /// How it holds values.
    pub shape: Shape,
    /// Whether other events of the same thing tell it; then there is no such column in the data.
    pub of_thing: bool,
    /// One sentence.
    pub doc: &'static str,
}

macro_rules! attribute {
    ($name:literal $(| $alias:literal)*, $kind:ident, $ops:literal, $column:literal, $shape:ident, $doc:literal) => {
        Attribute { name: $name, aliases: &[$($alias),*], kind: Kind::$kind, operators: ops($ops), column: $column, shape: Shape::$shape, of_thing: false, doc: $doc }
    };
    (thing $name:literal $(| $alias:literal)*, $kind:ident, $ops:literal, $column:literal, $shape:ident, $doc:literal) => {
        Attribute { name: $name, aliases: &[$($alias),*], kind: Kind::$kind, operators: ops($ops), column: $column, shape: Shape::$shape, of_thing: true, doc: $doc }
    };
}

/// The event attributes; in ACTIVITY they come before issue fields of the same name.
pub const ATTRIBUTES: &[Attribute] = &[
    attribute!("time", DateTime, "ECI", "time", Time, "When it happened."),
    attribute!("actor", User, "EI", "actor", Text, "Who did it."),
    attribute!("actorKind" | "actor_kind", Name, "EI", "actor_kind", Text, "user, app, automation, system, anonymous or unknown."),
    attribute!("entity", Name, "EI", "entity", Text, "What kind of thing it happened to."),
    attribute!("action", Name, "EI", "action", Text, "What happened, in the past tense."),
    attribute!("field", Name, "EI", "field", Text, "The field that changed."),
    attribute!("from" | "from_value", Name, "EI", "from_value", Text, "The old value."),
    attribute!("to" | "to_value", Name, "EI", "to_value", Text, "The new value."),
    attribute!("text", Text, "T!I", "text", Text, "The comment, note or description."),
    attribute!("product", Name, "EI", "product", Text, "jira, confluence or admin."),
    attribute!("origin", Name, "EI", "origin", Text, "Which kind of source told it."),
    attribute!("project", Project, "EI", "project", Text, "The project's key at the time."),
    attribute!("space", Name, "EI", "space", Text, "The Confluence space's key."),
    attribute!("issue" | "issueKey" | "issue_key" | "key", Issue, "EI", "issue_key", Text, "The issue's key at the time."),
    attribute!("entityId" | "entity_id", Name, "EI", "entity_id", Text, "The id of the thing."),
    attribute!("entityName" | "entity_name", Name, "EI", "entity_name", Text, "The name of the thing."),
    attribute!("eventId" | "event_id", Name, "EI", "event_id", Text, "The event's own id."),
    attribute!("changeId" | "change_id", Name, "EI", "change_id", Text, "What the items of one edit share."),
    attribute!(thing "author", User, "EI", "author", Text, "Who made the comment, work log, page or other thing."),
    attribute!(thing "made", DateTime, "ECI", "made", Time, "When the thing was made."),
    attribute!(
        thing "oldText" | "old_text", Text, "T!I", "old_text", Text,
        "The text that the thing had before the event; of a deletion, its last text."
    ),
    attribute!("remoteAddress" | "remote_address", Name, "EI", "remote_address", Text, "The network address of the actor."),
];

impl Attribute {
    /// Whether the name, ignoring case, is one of the attribute's.
    pub fn is_called(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name) || self.aliases.iter().any(|a| a.eq_ignore_ascii_case(name))
    }
}

/// The event attribute of a name, ignoring case.
pub fn attribute(name: &str) -> Option<&'static Attribute> {
    ATTRIBUTES.iter().find(|a| a.is_called(name))
}
