//! Random queries: clauses nested deeply under AND, OR and NOT, with groups, orders and limits behind them.

use std::fmt;

use super::random::Random;
use super::{activity, history, present, script};

/// A condition as a tree, so that a failing one can be cut down.
#[derive(Clone, Debug)]
pub enum Tree {
    Clause(String),
    All(Vec<Tree>),
    Any(Vec<Tree>),
    Not(Box<Tree>),
}

impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |list: &[Tree], word: &str| list.iter().map(Tree::to_string).collect::<Vec<_>>().join(word);
        match self {
            Self::Clause(text) => f.write_str(text),
            Self::All(list) => write!(f, "({})", joined(list, " AND ")),
            Self::Any(list) => write!(f, "({})", joined(list, " OR ")),
            Self::Not(inner) => write!(f, "NOT ({inner})"),
        }
    }
}

impl Tree {
    /// Trees with one part less.
    fn simpler(&self) -> Vec<Tree> {
        match self {
            Self::Clause(_) => Vec::new(),
            Self::Not(inner) => {
                let within = inner.simpler().into_iter().map(|t| Self::Not(Box::new(t)));
                std::iter::once((**inner).clone()).chain(within).collect()
            }
            Self::All(list) => of_list(list, Self::All),
            Self::Any(list) => of_list(list, Self::Any),
        }
    }
}

fn of_list(list: &[Tree], make: fn(Vec<Tree>) -> Tree) -> Vec<Tree> {
    let mut out = list.to_vec();
    for (n, member) in list.iter().enumerate() {
        let simpler = |with: Tree| {
            let mut list = list.to_vec();
            list[n] = with;
            make(list)
        };
        out.extend(member.simpler().into_iter().map(simpler));
    }
    out
}

/// A query in parts.
#[derive(Clone, Debug)]
pub struct Query {
    head: &'static str,
    condition: Tree,
    as_of: &'static str,
    tail: String,
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}{}", self.head, self.condition, self.as_of, self.tail)
    }
}

impl Query {
    /// Queries with one part less.
    pub fn simpler(&self) -> Vec<Query> {
        let without = (!self.tail.is_empty()).then(|| Query { tail: String::new(), ..self.clone() });
        let now = (!self.as_of.is_empty()).then(|| Query { as_of: "", ..self.clone() });
        let cut = self.condition.simpler().into_iter().map(|condition| Query { condition, ..self.clone() });
        without.into_iter().chain(now).chain(cut).collect()
    }
}

/// What has no recorded history, so that nobody can tell what it was.
const NO_PAST: &[&str] = &[
    "votes",
    "watcher",
    "voter",
    "lastViewed",
    "category",
    "projectLead",
    "projectType",
    "workflow",
    "issueLink",
    "issueBlocks",
    "development",
    "request",
    "Request",
    "organizations",
    "change-gating",
    "statusCategoryChanged",
    "attachments",
    "property",
    "linkedIssues",
    "issueFunction",
    "votedIssues",
    "issueHistory",
    "RemoteLinks",
    "Rank",
    "filter",
];

/// The same clauses, but those on what has a past, where an instant of the past is asked of.
fn past_of<'a>(as_of: &str, clause: &'a dyn Fn(&mut Random) -> String) -> Box<dyn Fn(&mut Random) -> String + 'a> {
    let now = as_of.is_empty();
    Box::new(move |random| {
        loop {
            let clause = clause(random);
            if now || !NO_PAST.iter().any(|word| clause.contains(word)) {
                return clause;
            }
        }
    })
}

/// Sometimes an instant of the past.
fn as_of(random: &mut Random) -> &'static str {
    if random.chance(75) {
        return "";
    }
    random.pick(&[
        " AS OF \"2026-03-08\"",
        " AS OF \"2026-03-09 09:00\"",
        " AS OF \"2026-03-07 12:00\"",
        " AS OF -1d",
        " AS OF now()",
        " AS OF startOfDay()",
        " AS OF \"2026-03-01\"",
    ])
}

/// What is asked of other events and issues, at no single event.
const ELSEWHERE: &[&str] = &["comment", "worklog", "text ~", "textfields", "IN (ISSUES", "IN (ACTIVITY"];

/// What asks of the whole life of an issue, and of no single event.
const LIVES: &[&str] = &["timeIn", "cycleTime"];

fn at_events_tail(tail: String) -> String {
    let asks = ELSEWHERE.iter().chain(NO_PAST).chain(LIVES).any(|word| tail.contains(word));
    if asks { String::new() } else { tail }
}

/// A tail that asks for nothing without a past.
fn past_tail(as_of: &str, tail: String) -> String {
    if as_of.is_empty() || !NO_PAST.iter().any(|word| tail.contains(word)) { tail } else { String::new() }
}

/// A condition over clauses, as deep as eight levels.
fn condition(depth: usize, clause: &dyn Fn(&mut Random) -> String, random: &mut Random) -> Tree {
    if depth == 0 || random.chance(45) {
        return Tree::Clause(clause(random));
    }
    match random.below(5) {
        0 | 1 => Tree::All((0..random.between(2, 3)).map(|_| condition(depth.saturating_sub(2), clause, random)).collect()),
        2 | 3 => Tree::Any((0..random.between(2, 3)).map(|_| condition(depth.saturating_sub(2), clause, random)).collect()),
        _ => Tree::Not(Box::new(condition(depth - 1, clause, random))),
    }
}

/// A clause on issues.
pub fn of_issues(random: &mut Random) -> String {
    match random.below(29) {
        25..=27 => script::clause(random),
        28 => script::of_field(random),
        24 => activity::by_author(true, random),
        22 | 23 => activity::sequence(true, random),
        0..=10 => present::clause(random),
        11 | 12 => present::of_the_key(random),
        13 => subquery(random),
        14..=16 => history::was(random),
        17 | 18 => history::changed(true, random),
        19 | 20 => activity::happened(true, random),
        _ => activity::deleted(true, random),
    }
}

/// A clause on events.
fn of_events(random: &mut Random) -> String {
    match random.below(23) {
        21 => script::clause(random),
        22 => script::of_field(random),
        20 => activity::by_author(true, random),
        18 | 19 => activity::sequence(false, random),
        0..=3 => activity::attribute(random),
        4..=7 => present::clause(random),
        8 => subquery(random),
        9..=11 => history::was(random),
        12 | 13 => history::changed(true, random),
        14 | 15 => activity::happened(true, random),
        16 => activity::outside(random),
        _ => activity::deleted(true, random),
    }
}

/// A value among the answers of another query.
fn subquery(random: &mut Random) -> String {
    let inner = |random: &mut Random| match random.below(4) {
        0 => history::was(random),
        1 => activity::happened(true, random),
        _ => present::clause(random),
    };
    let inner = if random.chance(60) {
        format!("ISSUES WHERE {}", condition(2, &inner, random))
    } else {
        format!("ACTIVITY WHERE {}", activity::happened(false, random))
    };
    let field = random.pick(&["key", "key", "parent", "\"Epic Link\"", "issueLink"]);
    let not = random.pick(&["", "NOT "]);
    match random.below(8) {
        0 => "parent IN (ISSUES WHERE type = Epic)".to_string(),
        1 => "key IN (ACTIVITY WHERE comment DELETED)".to_string(),
        _ => format!("{field} {not}IN ({inner})"),
    }
}

fn limit(random: &mut Random) -> String {
    if random.chance(25) { format!(" LIMIT {}", random.below(4)) } else { String::new() }
}

fn order(of: &[&str], random: &mut Random) -> String {
    let count = random.below(3);
    let keys: Vec<String> = (0..count).map(|_| format!("{}{}", random.pick(of), random.pick(&["", " ASC", " DESC"]))).collect();
    if keys.is_empty() { String::new() } else { format!(" ORDER BY {}", keys.join(", ")) }
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
    "avg(timeSpent) AS spent",
    "percentile(votes, 90) AS most",
    "percentile(\"Story Points\", 25)",
    "avg(timeIn(status, Doing)) AS work",
    "max(timeIn(assignee, bob)) AS waiting",
    "median(leadTime()) AS lead",
    "sum(cycleTime())",
    "count(cycleTime()) AS cycles",
    "countDistinct(month(created)) AS months",
    "max(day(created))",
];

/// Columns that are computed of a row, by the name that they are given.
const DURATIONS: &[&str] = &[
    "timeIn(status, Doing) AS work",
    "timeIn(status, Closed, Open) AS work",
    "timeIn(assignee, ann, currentUser(), cid) AS work",
    "timeIn(priority, High) AS work",
    "timeIn(resolution, Unresolved) AS work",
    "timeIn(Severity, S1, S2) AS work",
    "leadTime() AS work",
    "cycleTime() AS work",
];

/// The same of events.
const NEXT: &[&str] = &[
    "lasted(deleted) AS work",
    "lasted(updated) AS work",
    "until(\"changed\") AS work",
    "lasted(\"changed\", deleted) AS work",
    "until(removed, deleted) AS work",
    "lasted(created, edited) AS work",
];

/// SHOW of what comes next, sometimes of groups.
fn next(random: &mut Random) -> String {
    if random.chance(25) {
        return " GROUP BY entity SHOW max(lasted(updated)) AS longest, count(until(deleted)) AS ended".to_string();
    }
    let other = random.pick(&["", ", until(deleted)", ", lasted(\"changed\") AS other", ", timeIn(status, Open) AS review"]);
    let order = random.pick(&["", " ORDER BY work", " ORDER BY work DESC"]);
    format!(" SHOW eventId, {}{other}{order}", random.pick(NEXT))
}

/// SHOW of durations, sometimes sorted by the first.
fn durations(key: &str, random: &mut Random) -> String {
    let other = random.pick(&["", ", leadTime() AS lead", ", timeIn(status, Open) AS review", ", cycleTime() AS cycle"]);
    let order = random.pick(&["", " ORDER BY work", " ORDER BY work DESC"]);
    format!(" SHOW {key}, {}{other}{order}", random.pick(DURATIONS))
}

fn groups(of: &[&str], random: &mut Random) -> String {
    let shown = random.several(AGGREGATES, 3);
    if random.chance(25) {
        let shown = if shown.is_empty() { "count()".to_string() } else { shown.join(", ") };
        return format!(" SHOW {shown}");
    }
    let show = if shown.is_empty() { String::new() } else { format!(" SHOW {}", shown.join(", ")) };
    let mut keys = random.several(of, 2);
    if keys.is_empty() {
        keys.push(random.pick(of).to_string());
    }
    format!(" GROUP BY {}{show}", keys.join(", "))
}

/// A query for issues.
pub fn issues(random: &mut Random) -> Query {
    const KEYS: &[&str] = &[
        "key",
        "priority",
        "status",
        "assignee",
        "reporter",
        "creator",
        "created",
        "updated",
        "resolved",
        "due",
        "summary",
        "votes",
        "\"Story Points\"",
        "type",
        "project",
        "Severity",
        "resolution",
        "Rank",
        "fixVersion",
        "affectedVersion",
        "component",
        "sprint",
        "labels",
        "lastViewed",
        "workRatio",
        "timeSpent",
        "Weight",
        "Kickoff",
        "Live",
        "level",
        "watchers",
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
        "timeIn(status, Doing)",
    ];
    let head = random.pick(&["", "", "", "ISSUES WHERE "]);
    let as_of = as_of(random);
    let condition = condition(6, &past_of(as_of, &of_issues), random);
    let tail = match random.below(8) {
        0..=3 => format!("{}{}", order(KEYS, random), limit(random)),
        4 => " SHOW key, labels, fixVersion, due, votes, created, Severity, sprint".to_string(),
        5 => durations("key", random),
        _ => groups(GROUPS, random),
    };
    Query { head, condition, as_of, tail: past_tail(as_of, tail) }
}

/// A query for events.
pub fn activity(random: &mut Random) -> Query {
    const KEYS: &[&str] = &["time", "actor", "entity", "action", "\"field\"", "\"to\"", "text", "status", "priority", "sprint"];
    const GROUPS: &[&str] =
        &["actor", "entity", "action", "project", "issue", "status", "day(time)", "hour(time)", "week(time)", "quarter(time)"];
    let as_of = as_of(random);
    let condition = condition(6, &past_of(as_of, &of_events), random);
    let tail = match random.below(8) {
        0..=3 => format!("{}{}", order(KEYS, random), limit(random)),
        4 => " SHOW eventId, actor, issue.status, labels, time, issue.key".to_string(),
        5 if random.chance(50) => durations("eventId", random),
        5 => next(random),
        _ => groups(GROUPS, random),
    };
    let at_events = !condition.to_string().contains(" WAS ") && !ELSEWHERE.iter().any(|list| condition.to_string().contains(list));
    if as_of.is_empty() && at_events && !NO_PAST.iter().any(|word| condition.to_string().contains(word)) && random.chance(40) {
        return Query { head: "ACTIVITY WHERE ", condition, as_of: " AS OF EVENT", tail: at_events_tail(tail) };
    }
    Query { head: "ACTIVITY WHERE ", condition, as_of, tail: past_tail(as_of, tail) }
}
