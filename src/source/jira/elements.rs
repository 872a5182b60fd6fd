//! Changes of fields that hold several values, an event an element.
//!
//! Jira writes both lists of labels, of sprints and of most custom fields into one item. Which
//! elements came and went can be told when all records were read: fields tell their type, and
//! sprints their names, in records of their own.

use std::collections::BTreeSet;

use super::site::Site;
use crate::data::rows::EventRow;

/// One value of several.
struct Element {
    id: Option<String>,
    value: String,
}

impl Element {
    fn key(&self) -> &str {
        self.id.as_deref().unwrap_or(&self.value)
    }
}

/// An event of a change as the events that it stands for, those that take away first.
///
/// One that cannot be taken apart stays as it is, and so does one that changes no element, without
/// its values.
pub(crate) fn elements(site: &Site, mut row: EventRow) -> Vec<EventRow> {
    if !matches!(row.origin.as_deref(), Some("changelog" | "webhook")) || row.entity != "issue" {
        return vec![row];
    }
    let Some(field) = row.field.clone() else {
        return vec![row];
    };
    let kind = site.names.type_of(row.field_id.as_deref(), &field);
    if kind == Some("user") && row.action == "updated" {
        // As with the assignee, queries compare accounts.
        row.from_value = row.from_id.clone().or(row.from_value);
        row.to_value = row.to_id.clone().or(row.to_value);
        return vec![row];
    }
    let Some(kind) = list_kind(&field, kind, &row) else {
        return vec![row];
    };
    let before = kind.read(site, row.from_id.as_deref(), row.from_value.as_deref());
    let after = kind.read(site, row.to_id.as_deref(), row.to_value.as_deref());
    let (Some(before), Some(after)) = (before, after) else {
        return vec![row];
    };
    let keys = |elements: &[Element]| elements.iter().map(|e| e.key().to_owned()).collect::<BTreeSet<_>>();
    let (had, has) = (keys(&before), keys(&after));
    (row.from_value, row.from_id, row.to_value, row.to_id) = (None, None, None, None);
    let mut rows = Vec::new();
    let mut seen = BTreeSet::new();
    for element in before.into_iter().filter(|e| !has.contains(e.key())) {
        if seen.insert(element.key().to_owned()) {
            let event_id = format!("{}:0-{}", row.event_id, element.key());
            rows.push(EventRow { event_id, from_value: Some(element.value), from_id: element.id, ..row.clone() });
        }
    }
    for element in after.into_iter().filter(|e| !had.contains(e.key())) {
        if seen.insert(element.key().to_owned()) {
            let event_id = format!("{}:1+{}", row.event_id, element.key());
            rows.push(EventRow { event_id, to_value: Some(element.value), to_id: element.id, ..row.clone() });
        }
    }
    if rows.is_empty() { vec![row] } else { rows }
}

/// How a list is written.
#[derive(Clone, Copy, PartialEq)]
enum List {
    /// Words with spaces between.
    Words,
    /// Ids and names with commas between.
    Commas,
    /// Ids and names with commas between, of accounts: the ids are the values.
    Accounts,
    Sprints,
}

fn list_kind(field: &str, kind: Option<&str>, row: &EventRow) -> Option<List> {
    let ids = [&row.from_id, &row.to_id];
    let values = [&row.from_value, &row.to_value];
    let listed = ids.iter().any(|ids| ids.as_deref().is_some_and(is_bracketed));
    match field {
        "labels" => Some(List::Words),
        "Sprint" => Some(List::Sprints),
        // Here Jira writes an item an element; two versions in one item are one in place of the other.
        "fixVersion" | "affectedVersion" | "component" => {
            let several = |ids: &str| ids.contains(',') && numbers(ids).len() > 1;
            (listed || ids.iter().any(|ids| ids.as_deref().is_some_and(several))).then_some(List::Commas)
        }
        _ if SINGLE.contains(&field) => None,
        _ => match kind {
            Some("array of user") => Some(List::Accounts),
            Some("array of text") => Some(List::Words),
            Some(kind) => kind.starts_with("array").then_some(List::Commas),
            None if listed => Some(List::Commas),
            // Old servers write no ids and the list as Java prints it.
            None => {
                let printed = |v: &str| is_bracketed(v) && !v[1..].contains(['[', '|', '\n']);
                let known: Vec<&str> = values.into_iter().flatten().map(String::as_str).collect();
                let without_ids = ids.iter().all(|i| i.is_none());
                (without_ids && !known.is_empty() && known.iter().all(|v| printed(v))).then_some(List::Commas)
            }
        },
    }
}

/// Fields of the system with one value, whose text may look like a list.
const SINGLE: &[&str] = &[
    "summary",
    "description",
    "environment",
    "status",
    "assignee",
    "reporter",
    "creator",
    "priority",
    "resolution",
    "project",
    "key",
    "parent",
    "type",
    "due",
    "level",
    "remainingEstimate",
    "originalEstimate",
    "timeSpent",
    "Story Points",
    "Epic Link",
    "Rank",
];

impl List {
    /// The elements of one side of a change. None: they cannot be told apart.
    fn read(self, site: &Site, ids: Option<&str>, names: Option<&str>) -> Option<Vec<Element>> {
        if self == Self::Words {
            let words = names.unwrap_or_default().split_whitespace();
            return Some(words.map(|word| Element { id: None, value: word.to_owned() }).collect());
        }
        let ids = ids.map(split).unwrap_or_default();
        let Some(names) = names else {
            return Some(ids.into_iter().map(|id| Element { id: Some(id.to_owned()), value: id.to_owned() }).collect());
        };
        if self == Self::Accounts && !ids.is_empty() {
            return Some(ids.into_iter().map(|id| Element { id: Some(id.to_owned()), value: id.to_owned() }).collect());
        }
        if ids.is_empty() {
            return match self {
                // Names of sprints have commas, and nothing says how many there are.
                Self::Sprints if names.contains(',') => None,
                Self::Sprints => Some(vec![Element { id: None, value: names.to_owned() }]),
                _ => Some(split(names).into_iter().map(|v| Element { id: None, value: v.to_owned() }).collect()),
            };
        }
        let shown = paired(names, ids.len());
        let value = |at: usize, id: &str| {
            // A sprint's name may have changed since, and present values have the new one.
            let known = id.parse().ok().filter(|_| self == Self::Sprints).and_then(|id| site.sprint_name(id));
            known.map(str::to_owned).or_else(|| shown.as_ref()?.get(at).cloned())
        };
        let element = |(at, id): (usize, &str)| Some(Element { id: Some(id.to_owned()), value: value(at, id)? });
        ids.into_iter().enumerate().map(element).collect()
    }
}

/// As many names as there are ids, where one way to cut the text gives them.
fn paired(names: &str, count: usize) -> Option<Vec<String>> {
    if count == 1 {
        return Some(vec![names.to_owned()]);
    }
    let inner = if is_bracketed(names) { &names[1..names.len() - 1] } else { names };
    [", ", ",", " "].into_iter().find_map(|separator| {
        let parts: Vec<String> = inner.split(separator).map(|p| p.trim().to_owned()).collect();
        (parts.len() == count && parts.iter().all(|p| !p.is_empty())).then_some(parts)
    })
}

fn is_bracketed(text: &str) -> bool {
    text.len() > 1 && text.starts_with('[') && text.ends_with(']')
}

/// The parts of `[a, b]` or `a, b`.
fn split(text: &str) -> Vec<&str> {
    let inner = if is_bracketed(text) { &text[1..text.len() - 1] } else { text };
    inner.split(',').map(str::trim).filter(|p| !p.is_empty()).collect()
}

/// The parts where all are numbers.
fn numbers(text: &str) -> Vec<&str> {
    let parts = split(text);
    if parts.iter().all(|p| p.bytes().all(|b| b.is_ascii_digit())) { parts } else { Vec::new() }
}
