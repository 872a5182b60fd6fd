//! A bound query in plain words, for somebody who knows no JQL.

mod columns;
mod events;
mod working;

use super::bound::*;
use super::session::{Session, timestamp};
use super::text::{TextFlavor, TextQuery};

/// Says what a query means.
pub fn explain(query: &BoundQuery, session: &Session) -> String {
    let words = Words { session, target: query.target };
    let mut out = match (query.target, query.aggregated) {
        (Target::Issues, false) => "Issues".to_string(),
        (Target::Activity, false) => "Events".to_string(),
        (Target::Issues, true) => format!("{} of issues", words.groups(query)),
        (Target::Activity, true) => format!("{} of events", words.groups(query)),
    };
    match &query.condition {
        None => out.push_str(", all of them"),
        Some(condition) => {
            out.push_str(" for which ");
            words.condition(condition, 0, &mut out);
        }
    }
    match query.as_of {
        None => {}
        Some(AsOf::Instant(at)) => {
            let at = words.time(at);
            out.push_str(&format!("\nAll as it was at {at}: the issues and values of then, and the events until then."));
        }
        Some(AsOf::Event) => out.push_str("\nFields of issues are those at the time of each event, not those of now."),
    }
    if query.with_deleted {
        out.push_str("\nIssues that were deleted are included.");
    }
    for column in &query.columns {
        if let Some(meaning) = columns::meaning(&column.expr) {
            out.push_str(&format!("\n{} is {meaning}.", column.name));
        }
    }
    if !query.order_by.is_empty() {
        let keys: Vec<String> = query.order_by.iter().map(|k| words.sort(k, query)).collect();
        out.push_str(&format!("\nSorted by {}.", keys.join(", then ")));
    }
    if let Some(limit) = query.limit {
        out.push_str(&format!("\nThe first {limit} only."));
    }
    out.push_str(&format!(
        "\nNow is {}; days begin at midnight in {}.",
        words.time(if let Some(AsOf::Instant(at)) = query.as_of { at } else { session.now }),
        session.zone.iana_name().unwrap_or("the given zone")
    ));
    out
}

pub(super) struct Words<'a> {
    session: &'a Session,
    /// What the rows are.
    target: Target,
}

impl Words<'_> {
    pub(super) fn time(&self, at: Micros) -> String {
        timestamp(at).to_zoned(self.session.zone.clone()).strftime("%Y-%m-%d %H:%M:%S %Z").to_string()
    }

    fn groups(&self, query: &BoundQuery) -> String {
        let shown: Vec<String> = query.columns.iter().skip(query.group_by.len()).map(|c| c.name.clone()).collect();
        let keys: Vec<String> = query.group_by.iter().map(|c| c.name.clone()).collect();
        match keys.is_empty() {
            true => format!("One row with {}", shown.join(", ")),
            false => format!("For each {}: {}", keys.join(" and "), shown.join(", ")),
        }
    }

    fn sort(&self, key: &SortKey, query: &BoundQuery) -> String {
        let (name, ascending) = match &key.by {
            SortBy::Output(at) => (query.columns.get(*at).map_or("", |c| c.name.as_str()).to_string(), key.ascending),
            SortBy::Rank(field, _) if field.column == "priority" => {
                (format!("{} (most important last)", field.name), !key.ascending)
            }
            SortBy::Value(f)
            | SortBy::Rank(f, _)
            | SortBy::Listed(f, _)
            | SortBy::InProject(f, _)
            | SortBy::Key(f)
            | SortBy::UserName(f) => (f.name.clone(), key.ascending),
        };
        format!("{name} {}", if ascending { "ascending" } else { "descending" })
    }

    fn condition(&self, condition: &Condition, depth: usize, out: &mut String) {
        let (list, joint, none) = match condition {
            Condition::All(list) => (list, "and", "always"),
            Condition::Any(list) => (list, "or", "never"),
            Condition::Field(field) => return out.push_str(&self.field(field)),
            Condition::History(history) => return out.push_str(&self.history(history)),
            Condition::Events(events) => return out.push_str(&self.events(events)),
            Condition::Sequence(sequence) => return out.push_str(&self.sequence(sequence)),
            Condition::Among(among) => return self.among(among, depth, out),
            Condition::Compare(of) => return out.push_str(&self.compared(of)),
            Condition::Working(of) => return out.push_str(&self.working(of)),
        };
        if list.is_empty() {
            return out.push_str(none);
        }
        if let [only] = list.as_slice() {
            return self.condition(only, depth, out);
        }
        out.push_str(if joint == "and" { "all of these hold:" } else { "one of these holds:" });
        for member in list {
            out.push('\n');
            out.push_str(&"  ".repeat(depth.min(40) + 1));
            out.push_str("- ");
            stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.condition(member, depth + 1, out));
        }
    }

    fn field(&self, condition: &FieldCondition) -> String {
        let name = named(&condition.field);
        match &condition.test {
            Test::Empty { negated: false } => format!("{name} is empty"),
            Test::Empty { negated: true } => format!("{name} has a value"),
            Test::OneOf { values, or_empty, negated } => {
                let list = self.values(values);
                match (negated, or_empty) {
                    (true, _) => format!("{name} has a value and is not {list}"),
                    (false, true) => format!("{name} is {list} or empty"),
                    (false, false) => format!("{name} is {list}"),
                }
            }
            Test::Compare { op, value } => {
                let value = match value {
                    Value::Text(text) => text.clone(),
                    Value::Int(n) => n.to_string(),
                    Value::Float(n) => n.to_string(),
                    Value::Time(at) => self.time(*at),
                    Value::Date(day) => day_text(*day),
                };
                let timely = matches!(condition.field.shape, Shape::Time | Shape::Date);
                format!("{name} is {} {value}", comparison(*op, timely))
            }
            Test::Text { query, negated } => {
                format!("{name} {} {}", if *negated { "has a text without" } else { "contains" }, searched(query))
            }
            Test::Wildcard { pattern, negated } => {
                format!("{name} {} the pattern {pattern}", if *negated { "has a value that does not fit" } else { "fits" })
            }
            Test::Cascade { option, child, negated } => {
                let child = match child {
                    CascadeChild::Any => String::new(),
                    CascadeChild::None => " without a suboption".to_string(),
                    CascadeChild::Is(child) => format!(" and below it {child}"),
                };
                format!("{name} {} {option}{child}", if *negated { "has a value and is not" } else { "is" })
            }
        }
    }

    fn among(&self, among: &AmongCondition, depth: usize, out: &mut String) {
        let name = match among.field.scope {
            Scope::Event | Scope::Thing => format!("the event's {}", among.field.name),
            _ => format!("its {}", among.field.name),
        };
        match &among.relation {
            Relation::Attached { entities, tests, which } => {
                let mut thing = entities.first().cloned().unwrap_or_default();
                for test in tests {
                    thing.push_str(&match test {
                        AttachedTest::Author(by) => format!(" by {}", actors(by)),
                        AttachedTest::Text(query) => format!(" with {}", searched(query)),
                        AttachedTest::AnyText => " with a text".to_string(),
                        AttachedTest::Day(day) => {
                            let day = FieldCondition { field: among.field.clone(), test: day.clone() };
                            format!(" whose day {}", self.field(&day).trim_start_matches(&name).trim_start())
                        }
                        AttachedTest::Made { by, time } => {
                            let by: String = by.iter().map(|a| format!(" by {}", actors(a))).collect();
                            let times: String = time.iter().map(|t| self.bound(t)).collect();
                            format!(" that was made{by}{times}")
                        }
                        AttachedTest::Named(query) => format!(" whose name has {}", searched(query)),
                        AttachedTest::Edited { by, time } => {
                            let times: String = time.iter().map(|t| self.bound(t)).collect();
                            format!(" whose last event is an edit by {}{times}", actors(by))
                        }
                    });
                }
                out.push_str(&match (which, among.negated) {
                    (Which::AtLeast(..=1), false) => format!("it has {}", article(&thing)),
                    (Which::AtLeast(..=1), true) => format!("it has no {thing}"),
                    (Which::AtLeast(least), false) => format!("it has {least} or more of these: {thing}"),
                    (Which::AtLeast(least), true) => format!("it has fewer than {least} of these: {thing}"),
                    (Which::Newest, false) => format!("its newest one is {}", article(&thing)),
                    (Which::Newest, true) => format!("its newest one is no {thing}, or there is none"),
                });
            }
            Relation::LastEvent(test) => {
                let by: String = test.by.iter().map(|a| format!(" by {}", actors(a))).collect();
                let times: String = test.time.iter().map(|t| self.bound(t)).collect();
                out.push_str(&format!("its last event is {}one{by}{times}", if among.negated { "not " } else { "" }));
            }
            Relation::Linked(test) => {
                let mut link = if test.least > 1 { format!("group of {} or more links", test.least) } else { "link".to_string() };
                if let Some(phrases) = &test.phrases {
                    link.push_str(&format!(" that says {}", or_list(phrases)));
                }
                if let Some(types) = &test.types {
                    link.push_str(&format!(" of type {}", or_list(types)));
                }
                if let Some(others) = &test.others {
                    link.push_str(&format!(" to {}", or_list(others)));
                }
                if let Some(found) = &test.found {
                    link.push_str(" to ");
                    self.found(found, depth, &mut link);
                }
                out.push_str(&if among.negated { format!("{name} has no {link}") } else { format!("{name} has a {link}") });
            }
            Relation::Rows { table, tests, .. } => {
                let table = table.replace('_', " ");
                out.push_str(&format!("{name} is {}in the table of {table}", if among.negated { "not " } else { "" }));
                let tests: Vec<String> = tests.iter().map(|t| self.field(t)).collect();
                if !tests.is_empty() {
                    out.push_str(&format!(" where {}", tests.join(" and ")));
                }
            }
            Relation::Query(query) => {
                out.push_str(&format!("{name} is {}", if among.negated { "not " } else { "" }));
                self.found(query, depth, out);
            }
        }
    }

    /// What a query within the query gives.
    fn found(&self, query: &BoundQuery, depth: usize, out: &mut String) {
        let column = query.columns.first().map_or("", |c| c.name.as_str());
        let of = match query.target {
            Target::Issues => "issues",
            Target::Activity => "events",
        };
        out.push_str(&format!("the {column} of one of the {of}"));
        if let Some(condition) = &query.condition {
            out.push_str(" for which ");
            stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.condition(condition, depth + 1, out));
        }
    }

    fn bound(&self, bound: &TimeBound) -> String {
        match bound {
            TimeBound::After(t) => format!(" after {}", self.time(*t)),
            TimeBound::AtOrAfter(t) => format!(" from {}", self.time(*t)),
            TimeBound::Before(t) => format!(" before {}", self.time(*t)),
            TimeBound::AtOrBefore(t) => format!(" until {}", self.time(*t)),
        }
    }

    fn values(&self, values: &Values) -> String {
        let list: Vec<String> = match values {
            Values::Text { any, .. } => any.clone(),
            Values::Int(list) => list.iter().map(i64::to_string).collect(),
            Values::Float(list) => list.iter().map(f64::to_string).collect(),
            Values::Time(list) => list.iter().map(|t| self.time(*t)).collect(),
            Values::Date(list) => list.iter().map(|d| day_text(*d)).collect(),
        };
        or_list(&list)
    }

    fn history(&self, history: &HistoryCondition) -> String {
        let mut out = if history.negated {
            format!("its {} was at no time {}", history.field.name, history_values(&history.values))
        } else {
            format!("its {} is or was {}", history.field.name, history_values(&history.values))
        };
        for by in &history.by {
            out.push_str(&format!(", set by {}", actors(by)));
        }
        for bound in &history.bounds {
            out.push_str(&match bound {
                IntervalBound::StartBefore(t) => format!(", from some time before {}", self.time(*t)),
                IntervalBound::StartAtOrBefore(t) => format!(", from {} at the latest", self.time(*t)),
                IntervalBound::EndAfter(t) => format!(", until some time after {}", self.time(*t)),
                IntervalBound::EndAtOrAfter(t) => format!(", until {} at the earliest", self.time(*t)),
            });
        }
        for kinds in &history.via {
            out.push_str(&format!(", set via {}", or_list(kinds)));
        }
        for held in &history.held {
            let not = if held.negated { "not " } else { "" };
            out.push_str(&format!(", while its {} was {not}{}", held.field.name, history_values(&held.values)));
        }
        if let Some(Lasted { op, length, total, working }) = &history.lasted {
            let how = if *total { "in all for" } else { "without a break for" };
            let of = if working.is_some() { " of working time" } else { "" };
            out.push_str(&format!(", {how} {} {}{of}", comparison(*op, false), length_text(*length)));
        }
        out
    }
}

/// `its status`, `the event's time`
fn named(field: &BoundField) -> String {
    match field.scope {
        Scope::Issue => format!("its {}", field.name),
        Scope::Event => format!("the event's {}", field.name),
        Scope::Thing => format!("the {} of the event's thing", field.name),
        Scope::Side(_) => format!("the {}", field.name),
    }
}

/// What a text is searched for.
fn searched(query: &TextQuery) -> String {
    let what = if query.flavor() == TextFlavor::Regex { "the pattern" } else { "the words" };
    format!("{what} {:?}", query.source())
}

/// `an issue`, `a comment`
fn article(noun: &str) -> String {
    let vowel = noun.starts_with(['a', 'e', 'i', 'o']);
    format!("{} {noun}", if vowel { "an" } else { "a" })
}

fn history_values(values: &HistoryValues) -> String {
    let mut list = values.names.clone();
    if values.empty {
        list.push("empty".into());
    }
    or_list(&list)
}

fn actors(actors: &Actors) -> String {
    let mut list = actors.accounts.clone();
    if actors.or_unknown {
        list.push("somebody unknown".into());
    }
    let list = or_list(&list);
    if actors.negated { format!("somebody other than {list}") } else { list }
}

/// Longer lists are cut.
const MOST: usize = 20;

fn or_list(list: &[String]) -> String {
    match list {
        [] => "one of none".to_string(),
        [one] => one.clone(),
        _ if list.len() > MOST => format!("one of {} and {} more", list[..MOST].join(", "), list.len() - MOST),
        [rest @ .., last] => format!("{} or {last}", rest.join(", ")),
    }
}

fn and_list(list: &[String]) -> String {
    match list {
        [] => String::new(),
        [one] => one.clone(),
        _ if list.len() > MOST => format!("{} and {} more", list[..MOST].join(", "), list.len() - MOST),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

pub(super) fn comparison(op: Comparison, time: bool) -> &'static str {
    match (op, time) {
        (Comparison::Eq, _) => "exactly",
        (Comparison::NotEq, _) => "other than",
        (Comparison::Lt, true) => "before",
        (Comparison::LtEq, true) => "not after",
        (Comparison::Gt, true) => "after",
        (Comparison::GtEq, true) => "not before",
        (Comparison::Lt, false) => "less than",
        (Comparison::LtEq, false) => "at most",
        (Comparison::Gt, false) => "more than",
        (Comparison::GtEq, false) => "at least",
    }
}

pub(super) fn day_text(day: i32) -> String {
    jiff::civil::date(1970, 1, 1).saturating_add(jiff::Span::new().days(i64::from(day))).to_string()
}

pub(super) fn length_text(micros: i64) -> String {
    let minutes = micros / 60_000_000;
    let parts = [(minutes / 1440, "d"), (minutes / 60 % 24, "h"), (minutes % 60, "m")];
    let text: Vec<String> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, unit)| format!("{n}{unit}")).collect();
    if text.is_empty() { "0m".to_string() } else { text.join(" ") }
}
