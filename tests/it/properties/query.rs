//! Random queries as text: every operator and predicate, nested deeply under AND, OR and NOT.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::world::{COMPONENTS, KINDS, LABELS, PRIORITIES, PROJECTS, SEVERITIES, STATUSES, TYPES, USERS, VERSIONS};

type Text = BoxedStrategy<String>;

fn any_of(of: &[&str]) -> Text {
    let of: Vec<String> = of.iter().map(|v| quoted(v)).collect();
    select(of).boxed()
}

fn quoted(value: &str) -> String {
    format!("\"{value}\"")
}

/// One text out of several kinds of text.
fn one(of: Vec<Text>) -> Text {
    prop::strategy::Union::new(of).boxed()
}

fn fixed(of: &[&'static str]) -> Text {
    select(of.to_vec()).prop_map(str::to_string).boxed()
}

/// Fills `{}` of a pattern, one after the other.
fn filled(pattern: &'static str, parts: Vec<Text>) -> Text {
    parts
        .prop_map(move |parts| {
            let mut parts = parts.into_iter();
            let mut out = String::new();
            for (n, piece) in pattern.split("{}").enumerate() {
                if n > 0 {
                    out += &parts.next().expect("a part for each hole");
                }
                out += piece;
            }
            out
        })
        .boxed()
}

fn values(of: Text) -> Text {
    vec(one(vec![of.clone(), of, fixed(&["EMPTY"])]), 1..4).prop_map(|v| format!("({})", v.join(", "))).boxed()
}

/// `=`, `!=`, IN, NOT IN and EMPTY of a field.
fn equality(field: &'static str, of: Text) -> Text {
    one(vec![
        of.clone().prop_map(move |v| format!("{field} = {v}")).boxed(),
        of.clone().prop_map(move |v| format!("{field} != {v}")).boxed(),
        values(of.clone()).prop_map(move |v| format!("{field} IN {v}")).boxed(),
        values(of).prop_map(move |v| format!("{field} NOT IN {v}")).boxed(),
        select(vec!["IS EMPTY", "IS NOT EMPTY", "= EMPTY", "!= NULL"]).prop_map(move |e| format!("{field} {e}")).boxed(),
    ])
}

fn order(field: &'static str, of: Text) -> Text {
    (select(vec!["<", "<=", ">", ">="]), of).prop_map(move |(op, v)| format!("{field} {op} {v}")).boxed()
}

fn date() -> Text {
    let minute = (7..11u32, select(vec![0u32, 3, 5, 9, 12, 21])).prop_map(|(d, h)| format!("\"2026-03-{d:02} {h:02}:00\""));
    let day = (6..12u32).prop_map(|d| format!("\"2026-03-{d:02}\""));
    one(vec![
        minute.boxed(),
        day.boxed(),
        fixed(&["-1d", "\"-30h\"", "now()", "startOfDay()", "endOfDay(-1)", "startOfWeek()", "startOfMonth(\"+8d\")"]),
    ])
}

fn users() -> Text {
    one(vec![any_of(USERS), fixed(&["(ann, bob)", "(cid)", "membersOf(devs)", "currentUser()", "(bob, EMPTY)", "lee"])])
}

fn text() -> Text {
    any_of(&["crash", "login", "log*", "crash -login", "\\\"crash login\\\"", "logins OR end", "end"])
}

/// Clauses on the present of an issue.
pub fn present() -> Text {
    let day = || (7..13u32).prop_map(|d| format!("\"2026-03-{d:02}\"")).boxed();
    one(vec![
        equality("type", any_of(TYPES)),
        equality("status", any_of(STATUSES)),
        equality("statusCategory", fixed(&["Done", "\"To Do\"", "indeterminate"]))
            .prop_filter("EMPTY of a category", |c| no_empty(c))
            .boxed(),
        equality("priority", any_of(PRIORITIES)),
        order("priority", any_of(PRIORITIES)),
        equality("assignee", any_of(USERS)),
        equality("reporter", fixed(&["ann", "lee", "currentUser()"])),
        fixed(&["assignee IN membersOf(devs)", "assignee NOT IN membersOf(devs)", "creator IN (membersOf(devs), EMPTY)"]),
        equality("labels", any_of(LABELS)),
        equality("component", any_of(COMPONENTS)),
        equality("fixVersion", any_of(VERSIONS)),
        order("fixVersion", any_of(VERSIONS)),
        fixed(&["fixVersion IN releasedVersions()", "fixVersion NOT IN unreleasedVersions(PA)"]),
        equality("Severity", any_of(SEVERITIES)),
        equality("due", day()),
        order("due", one(vec![day(), fixed(&["now()", "endOfDay()", "\"-1d\"", "startOfDay(-1)"])])),
        equality("created", date()),
        order("created", date()),
        equality("votes", fixed(&["0", "1", "2"])),
        order("votes", fixed(&["0", "1"])),
        equality("originalEstimate", fixed(&["30m", "1h", "0"])),
        order("originalEstimate", fixed(&["30m", "1h"])),
        equality("\"Story Points\"", fixed(&["1", "2.5", "0"])),
        order("\"Story Points\"", fixed(&["1", "2.4"])),
        filled("summary {} {}", vec![fixed(&["~", "!~"]), text()]),
        filled("description {} {}", vec![fixed(&["~", "!~"]), text()]),
        equality("resolution", fixed(&["Fixed", "Unresolved"])),
        equality("category", fixed(&["Money"])),
        equality("projectLead", any_of(USERS)),
    ])
}

fn no_empty(clause: &str) -> bool {
    !clause.contains("EMPTY") && !clause.contains("NULL")
}

/// Clauses that mean something else in ACTIVITY.
fn of_issues_only() -> Text {
    one(vec![
        equality("project", any_of(PROJECTS)),
        equality("key", fixed(&["PA-1", "pb-5", "PA-9", "101"])).prop_filter("keys are never EMPTY", |c| no_empty(c)).boxed(),
        order("key", fixed(&["PA-5", "PB-9"])),
    ])
}

/// What restricts the time of an interval or an event.
fn times() -> Text {
    // A range that ends before it begins is an error, so ranges are of ordered literals.
    let ordered = (6..12u32, 0..4u32).prop_map(|(d, n)| format!("DURING (\"2026-03-{d:02}\", \"2026-03-{:02}\")", d + n));
    one(vec![
        filled("AFTER {}", vec![date()]),
        filled("BEFORE {}", vec![date()]),
        filled("ON {}", vec![date()]),
        ordered.boxed(),
        fixed(&["DURING (-2d, now())"]),
    ])
}

fn by() -> Text {
    filled("{} {}", vec![fixed(&["BY", "BY", "BY NOT"]), users()])
}

fn some(of: Text, most: usize) -> Text {
    vec(of, 0..=most).prop_map(|v| v.join(" ")).boxed()
}

/// `field`, its values.
fn with_history() -> BoxedStrategy<(&'static str, Text)> {
    select(vec![0usize, 1, 2, 3, 4])
        .prop_map(|n| match n {
            0 => ("status", any_of(STATUSES)),
            1 => ("assignee", one(vec![any_of(USERS), fixed(&["currentUser()"])])),
            2 => ("priority", any_of(PRIORITIES)),
            3 => ("Severity", any_of(SEVERITIES)),
            _ => ("fixVersion", any_of(VERSIONS)),
        })
        .boxed()
}

fn was() -> Text {
    let lasted = filled("FOR {} {}", vec![fixed(&[">=", "<", ">", "="]), fixed(&["1d", "6h", "30m", "3h"])]);
    let predicate = one(vec![times(), times(), by()]);
    (with_history(), some(predicate, 3), prop::option::weighted(0.2, lasted))
        .prop_flat_map(|((field, of), predicates, lasted)| {
            let single = of.clone();
            let list =
                if field == "fixVersion" { vec(of, 1..3).prop_map(|v| format!("({})", v.join(", "))).boxed() } else { values(of) };
            let value = if field == "fixVersion" { single } else { one(vec![single, fixed(&["EMPTY"])]) };
            let operand = one(vec![
                filled("WAS {}", vec![value.clone()]),
                filled("WAS NOT {}", vec![value]),
                filled("WAS IN {}", vec![list.clone()]),
                filled("WAS NOT IN {}", vec![list]),
            ]);
            operand.prop_map(move |o| format!("{field} {o} {predicates} {}", lasted.clone().unwrap_or_default()))
        })
        .boxed()
}

fn count() -> Text {
    filled("TIMES {} {}", vec![fixed(&[">=", ">", "=", "!=", "<", "<="]), fixed(&["0", "1", "2"])])
}

/// Predicates of one event; `TIMES` only among issues.
fn event(counts: bool, least: usize) -> Text {
    let via = filled("VIA {}", vec![any_of(KINDS)]);
    let predicate = one(vec![times(), times(), by(), by(), via]);
    let predicates = vec(predicate, least..4).prop_map(|v| v.join(" ")).boxed();
    if counts {
        (predicates, prop::option::weighted(0.3, count())).prop_map(|(p, t)| format!("{p} {}", t.unwrap_or_default())).boxed()
    } else {
        predicates
    }
}

fn changed(counts: bool) -> Text {
    (with_history(), event(counts, 0))
        .prop_flat_map(|((field, of), predicates)| {
            let value = one(vec![of.clone(), values(of), fixed(&["EMPTY"])]);
            let side = one(vec![filled("FROM {}", vec![value.clone()]), filled("TO {}", vec![value])]);
            some(side, 2).prop_map(move |sides| format!("{field} CHANGED {sides} {predicates}"))
        })
        .boxed()
}

fn happened(counts: bool) -> Text {
    let subject = fixed(&[
        "comment CREATED",
        "comment UPDATED",
        "comment DELETED",
        "comment CHANGED",
        "worklog CREATED",
        "attachment ADDED",
        "issue UPDATED",
        "issue CREATED",
    ]);
    let bare = fixed(&["changed", "created", "updated"]);
    one(vec![
        filled("{} {}", vec![subject, event(counts, 0)]),
        filled("comment CREATED ~ {} {}", vec![text(), event(counts, 0)]),
        filled("{} {}", vec![bare, event(counts, 1)]),
    ])
}

/// Clauses on issues.
fn of_issues() -> Text {
    let deleted = one(vec![fixed(&["issue DELETED"]), filled("deleted {}", vec![event(true, 1)])]);
    prop::strategy::Union::new_weighted(vec![
        (8, present()),
        (2, of_issues_only()),
        (6, was()),
        (6, changed(true)),
        (6, happened(true)),
        (1, deleted),
    ])
    .boxed()
}

/// Clauses on events.
fn of_events() -> Text {
    let entity = fixed(&["comment", "issue", "page", "project"]);
    let attributes = one(vec![
        equality("actor", any_of(USERS)),
        equality("actorKind", any_of(KINDS)),
        equality("entity", entity),
        equality("action", fixed(&["created", "updated", "deleted", "viewed"])),
        equality("\"field\"", fixed(&["status", "assignee", "fixVersion"])),
        equality("\"from\"", any_of(STATUSES)),
        equality("\"to\"", any_of(USERS)),
        equality("project", any_of(PROJECTS)),
        equality("issue", fixed(&["PA-1", "PB-5"])),
        equality("product", fixed(&["jira", "confluence"])),
        order("time", date()),
        filled("text {} {}", vec![fixed(&["~", "!~"]), text()]),
    ]);
    let outside = filled("{} {}", vec![fixed(&["page VIEWED", "project UPDATED", "user DEACTIVATED"]), event(false, 0)]);
    prop::strategy::Union::new_weighted(vec![
        (8, attributes),
        (4, present()),
        (4, was()),
        (4, changed(false)),
        (4, happened(false)),
        (2, outside),
        (1, filled("deleted {}", vec![event(false, 1)])),
    ])
    .boxed()
}

/// Conditions over clauses, as deep as eight levels.
fn condition(clause: Text) -> Text {
    clause
        .prop_recursive(8, 24, 3, |inner| {
            prop_oneof![
                2 => vec(inner.clone(), 2..4).prop_map(|c| format!("({})", c.join(" AND "))),
                2 => vec(inner.clone(), 2..4).prop_map(|c| format!("({})", c.join(" OR "))),
                2 => inner.clone().prop_map(|c| format!("NOT ({c})")),
                1 => inner.clone().prop_map(|c| format!("NOT NOT NOT ({c})")),
                1 => (inner.clone(), inner).prop_map(|(a, b)| format!("NOT ({a} AND NOT {b})")),
            ]
        })
        .boxed()
}

fn limit() -> Text {
    prop_oneof![3 => Just(String::new()), 1 => (0..4u32).prop_map(|n| format!(" LIMIT {n}"))].boxed()
}

fn keys(of: &'static [&'static str]) -> Text {
    let key = (select(of.to_vec()), select(vec!["", " ASC", " DESC"])).prop_map(|(k, d)| format!("{k}{d}"));
    vec(key, 0..3).prop_map(|keys| if keys.is_empty() { String::new() } else { format!(" ORDER BY {}", keys.join(", ")) }).boxed()
}

const AGGREGATES: &[&str] = &[
    "count()",
    "count(assignee) AS n",
    "countDistinct(assignee) AS people",
    "min(created)",
    "max(summary)",
    "sum(votes)",
    "avg(votes)",
    "median(\"Story Points\")",
    "sum(\"Story Points\") AS points",
    "countDistinct(status) AS statuses",
    "min(due)",
    "median(votes) AS middle",
    "count(labels) AS labelled",
];

fn groups(of: &'static [&'static str]) -> Text {
    let grouped = (prop::sample::subsequence(of.to_vec(), 1..3), prop::sample::subsequence(AGGREGATES.to_vec(), 0..4)).prop_map(
        |(keys, shown)| {
            let show = if shown.is_empty() { String::new() } else { format!(" SHOW {}", shown.join(", ")) };
            format!(" GROUP BY {}{show}", keys.join(", "))
        },
    );
    let whole = prop::sample::subsequence(AGGREGATES.to_vec(), 1..4).prop_map(|shown| format!(" SHOW {}", shown.join(", ")));
    prop_oneof![3 => grouped, 1 => whole].boxed()
}

/// A query for issues.
pub fn issues() -> Text {
    const KEYS: &[&str] = &[
        "key",
        "priority",
        "status",
        "assignee",
        "reporter",
        "created",
        "due",
        "summary",
        "votes",
        "\"Story Points\"",
        "type",
        "project",
        "Severity",
        "resolution",
    ];
    const GROUPS: &[&str] = &[
        "status",
        "assignee",
        "priority",
        "project",
        "Severity",
        "due",
        "month(created)",
        "day(created)",
        "week(created)",
        "week(due)",
    ];
    let rows = (keys(KEYS), limit()).prop_map(|(k, l)| format!("{k}{l}"));
    let shown = fixed(&[" SHOW key, labels, fixVersion, due, votes, created, Severity"]);
    let tail = prop_oneof![4 => rows.boxed(), 1 => shown, 2 => groups(GROUPS)];
    let filter = prop_oneof![9 => condition(of_issues()), 1 => Just("ISSUES WHERE type = Bug".to_string())];
    (filter, tail).prop_map(|(c, t)| format!("{c}{t}")).boxed()
}

/// A query for events.
pub fn activity() -> Text {
    const KEYS: &[&str] = &["time", "actor", "entity", "action", "\"field\"", "\"to\"", "text", "status", "priority"];
    const GROUPS: &[&str] =
        &["actor", "entity", "action", "project", "issue", "status", "day(time)", "hour(time)", "week(time)", "quarter(time)"];
    let rows = (keys(KEYS), limit()).prop_map(|(k, l)| format!("{k}{l}"));
    let shown = fixed(&[" SHOW eventId, actor, issue.status, labels, time, issue.key"]);
    let tail = prop_oneof![4 => rows.boxed(), 1 => shown, 2 => groups(GROUPS)];
    (condition(of_events()), tail).prop_map(|(c, t)| format!("ACTIVITY WHERE {c}{t}")).boxed()
}
