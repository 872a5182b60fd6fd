//! Clauses on events: what happened to something, and the attributes of events.

use super::history::{self, by, of_event, time};
use super::present::{DATES, Field, WORDS, of_field, working};
use super::random::Random;
use super::site::{PROJECTS, STATUSES, USERS};
use super::world::KINDS;

const ATTRIBUTES: &[Field] = &[
    ("actor", "EI", USERS),
    ("actorKind", "EI", KINDS),
    ("entity", "E", &["comment", "issue", "page", "project", "worklog"]),
    ("action", "E", &["created", "updated", "deleted", "viewed"]),
    ("\"field\"", "EI", &["status", "assignee", "fixVersion", "labels"]),
    ("\"from\"", "EI", STATUSES),
    ("\"to\"", "EI", USERS),
    ("project", "EI", PROJECTS),
    ("issue", "EI", &["PA-1", "PB-5"]),
    ("product", "EI", &["jira", "confluence"]),
    ("time", "C", DATES),
    ("text", "TNI", WORDS),
    ("author", "EI", USERS),
    ("made", "CI", DATES),
    ("oldText", "TNI", WORDS),
];

/// A clause on an attribute of an event.
pub fn attribute(random: &mut Random) -> String {
    match random.below(13) {
        3 => return working(&["time", "made", "created", "updated"], &["actor", "author", "assignee"], random),
        0 => {
            let (left, right) = random.pick(&[("time", "created"), ("time", "due"), ("due", "time"), ("time", "resolved")]);
            return format!(
                "{left} {} field({right}, \"{}\")",
                random.pick(&["<", ">=", "=", "!="]),
                random.pick(&["0d", "1d", "-5h"])
            );
        }
        1 => {
            let (left, right) = random.pick(&[
                ("actor", "assignee"),
                ("actor", "reporter"),
                ("\"to\"", "assignee"),
                ("\"from\"", "status"),
                ("issue", "parent"),
            ]);
            return format!("{left} {} field({right})", random.pick(&["=", "!="]));
        }
        2 => return format!("text {} regex(\"(?i)crash|log.n\")", random.pick(&["~", "!~"])),
        _ => {}
    }
    let field = random.pick(ATTRIBUTES);
    of_field(field, random)
}

/// `comment CREATED ...`
pub fn happened(counts: bool, random: &mut Random) -> String {
    let subjects = [
        "comment CREATED",
        "comment UPDATED",
        "comment DELETED",
        "comment CHANGED",
        "worklog CREATED",
        "worklog EDITED",
        "worklog DELETED",
        "attachment ADDED",
        "issue UPDATED",
        "issue CREATED",
    ];
    match random.below(4) {
        0 | 1 => format!("{}{}", random.pick(&subjects), of_event(counts, 0, random)),
        2 => format!("comment {} ~ \"{}\"{}", random.pick(&["CREATED", "EDITED"]), random.pick(WORDS), of_event(counts, 0, random)),
        _ => {
            // Without a subject a predicate that is a word tells it from a clause on a field.
            let first = if random.chance(50) { by(random) } else { time(random) };
            format!("{} {first}{}", random.pick(&["changed", "created", "updated"]), of_event(counts, 0, random))
        }
    }
}

/// What was done by who made the thing, or by somebody else.
pub fn by_author(counts: bool, random: &mut Random) -> String {
    let what = random.pick(&["comment DELETED", "comment UPDATED", "worklog CHANGED", "issue DELETED", "comment CREATED"]);
    format!("{what} BY {}author{}", random.pick(&["", "NOT ", "NOT "]), of_event(counts, 0, random))
}

/// The deletion of issues or, among events, of anything.
pub fn deleted(counts: bool, random: &mut Random) -> String {
    if random.chance(40) {
        return "issue DELETED".to_string();
    }
    format!("deleted {}{}", by(random), of_event(counts, 0, random))
}

/// Events one after another; among issues of the issue's things only.
pub fn sequence(of_issue: bool, random: &mut Random) -> String {
    let happened = move |random: &mut Random| match random.below(3) {
        0 => history::changed(false, random),
        1 if !of_issue => outside(random),
        _ => happened(false, random),
    };
    history::sequence(&happened, random)
}

/// What happened to something that belongs to no issue.
pub fn outside(random: &mut Random) -> String {
    let what = random.pick(&["page VIEWED", "project UPDATED", "user DEACTIVATED"]);
    format!("{what}{}", of_event(false, 0, random))
}
