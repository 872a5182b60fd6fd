//! Orders that Jira has, too, so that a query with a LIMIT stops asking when it has enough.

use std::cmp::Ordering;

use crate::data::rows::IssueRow;
use crate::semantic::bound::{Scope, SortBy, SortKey};

/// Jira's order is as exact as its index, in which issues of about one time may stand in any order.
const BLUR: i64 = 60_000_000;

/// An order by time, and then by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Order {
    by: Time,
    keys: [Key; 2],
    length: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Time {
    Created,
    Updated,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Key {
    ascending: bool,
    empty_first: bool,
}

impl Order {
    /// The order of a query; none where Jira does not have it.
    pub(super) fn of(keys: &[SortKey]) -> Option<Self> {
        let column = |key: &SortKey| match &key.by {
            SortBy::Value(field) if field.scope == Scope::Issue => Some(field.column.clone()),
            _ => None,
        };
        let of = |key: &SortKey| Key { ascending: key.ascending, empty_first: key.empty_first };
        let first = keys.first()?;
        let by = match column(first)?.as_str() {
            "created" => Time::Created,
            "updated" => Time::Updated,
            _ => return None,
        };
        match keys {
            [_] => Some(Self { by, keys: [of(first); 2], length: 1 }),
            [_, second] if column(second).as_deref() == Some("id") => Some(Self { by, keys: [of(first), of(second)], length: 2 }),
            _ => None,
        }
    }

    /// As JQL says it. The tie-breaker keeps pages apart.
    pub(super) fn jql(self) -> String {
        let direction = if self.keys[0].ascending { "ASC" } else { "DESC" };
        format!("{} {direction}, key {direction}", self.column())
    }

    /// The column that comes first.
    pub(super) fn column(self) -> &'static str {
        match self.by {
            Time::Created => "created",
            Time::Updated => "updated",
        }
    }

    /// Columns with their directions: ascending, and empty values first.
    pub(super) fn columns(self) -> impl Iterator<Item = (&'static str, bool, bool)> {
        [self.column(), "id"].into_iter().zip(self.keys).take(self.length).map(|(name, key)| (name, key.ascending, key.empty_first))
    }

    fn time(self, issue: &IssueRow) -> Option<i64> {
        match self.by {
            Time::Created => issue.created,
            Time::Updated => issue.updated,
        }
    }

    fn compare(self, a: &IssueRow, b: &IssueRow) -> Ordering {
        let [time, id] = self.keys;
        let turned = |order: Ordering, key: Key| if key.ascending { order } else { order.reverse() };
        let by_time = match (self.time(a), self.time(b)) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => {
                if time.empty_first {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
            (Some(_), None) => {
                if time.empty_first {
                    Ordering::Greater
                } else {
                    Ordering::Less
                }
            }
            (Some(a), Some(b)) => turned(a.cmp(&b), time),
        };
        by_time.then_with(|| turned(a.id.cmp(&b.id), id))
    }

    /// Sorts what is there of a list that goes on, and takes those out that nothing to come can stand before.
    pub(super) fn settled(self, held: &mut Vec<IssueRow>, goes_on: bool) -> Vec<IssueRow> {
        held.sort_by(|a, b| self.compare(a, b));
        if !goes_on {
            return std::mem::take(held);
        }
        let Some(last) = held.iter().rev().find_map(|issue| self.time(issue)) else { return Vec::new() };
        let ascending = self.keys[0].ascending;
        let is_settled = |issue: &IssueRow| match self.time(issue) {
            Some(time) if ascending => time < last - BLUR,
            Some(time) => time > last + BLUR,
            None => self.keys[0].empty_first,
        };
        let end = held.partition_point(is_settled);
        held.drain(..end).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORDER: Order = Order {
        by: Time::Created,
        keys: [Key { ascending: false, empty_first: false }, Key { ascending: false, empty_first: false }],
        length: 2,
    };

    fn issue(id: i64, minutes: f64) -> IssueRow {
        IssueRow { id, created: Some((minutes * 60e6) as i64), ..IssueRow::default() }
    }

    fn ids(issues: &[IssueRow]) -> Vec<i64> {
        issues.iter().map(|issue| issue.id).collect()
    }

    #[test]
    fn what_may_still_be_overtaken_is_held_back() {
        let mut held = vec![issue(1, 10.0), issue(2, 10.0), issue(3, 8.2), issue(4, 8.9)];
        assert_eq!(ids(&ORDER.settled(&mut held, true)), [2, 1]);
        held.extend([issue(5, 8.3), issue(6, 2.0)]);
        assert_eq!(ids(&ORDER.settled(&mut held, true)), [4, 5, 3], "a little later than it should have come");
        assert_eq!(ids(&ORDER.settled(&mut held, false)), [6]);
        assert!(held.is_empty());
    }
}
