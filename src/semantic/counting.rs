//! TIMES, DISTINCT, WITHIN and SAME: how many events or values, how close together, and what the events share.

use super::binder::{Binder, did_you_mean};
use super::bound::{BoundField, Comparison, Micros, Shape, Times};
use super::field::event_column;
use super::operand::Member;
use crate::catalog::attributes::{self, ATTRIBUTES};
use crate::catalog::nearest;
use crate::diagnostic::{Span, codes};
use crate::syntax::ast::{FieldRef, Literal, Operand, Shared};

/// What the predicates of one clause say about counting.
#[derive(Default)]
pub(super) struct Counting {
    times: Option<(Comparison, i64)>,
    within: Option<(Micros, Span)>,
    same: Vec<(BoundField, Span)>,
    distinct: Option<(BoundField, Span)>,
}

impl Counting {
    /// `TIMES >= n`
    pub(super) fn times_of(&mut self, binder: &Binder<'_>, op: Comparison, count: &Operand, span: Span) -> Option<()> {
        let count = count_of(binder, count)?;
        if self.times.replace((op, count)).is_some() {
            return binder.refuse(codes::WRONG_PREDICATE, span, "TIMES stands once", None);
        }
        Some(())
    }

    /// `DISTINCT project` behind the number of TIMES
    pub(super) fn distinct(&mut self, binder: &Binder<'_>, of: &FieldRef) -> Option<()> {
        self.distinct = Some((binder.own_attribute(of, Use::Counted)?, of.span));
        Some(())
    }

    /// `WITHIN 10m`
    pub(super) fn within(&mut self, binder: &Binder<'_>, length: &Literal, span: Span) -> Option<()> {
        let length = binder.clock_duration(length)?;
        if self.within.replace((length, span)).is_some() {
            return binder.refuse(codes::WRONG_PREDICATE, span, "WITHIN stands once", None);
        }
        Some(())
    }

    /// `SAME actor`
    pub(super) fn same(&mut self, binder: &Binder<'_>, shared: &Shared, span: Span) -> Option<()> {
        let key = binder.shared(&shared.field)?;
        if let Some(other) = &shared.other {
            let message = "counted events share values of one attribute";
            let help = "SAME a = b joins the events of THEN".to_string();
            return binder.refuse(codes::WRONG_PREDICATE, other.span, message, help);
        }
        if !self.same.iter().any(|(known, _)| *known == key) {
            self.same.push((key, span));
        }
        Some(())
    }

    /// All of it, once every predicate is read.
    pub(super) fn times(self, binder: &Binder<'_>) -> Option<Option<Times>> {
        let Some((op, count)) = self.times else {
            let stray = self.within.map(|(_, span)| ("WITHIN", span));
            let Some((word, span)) = stray.or_else(|| self.same.first().map(|(_, span)| ("SAME", *span))) else {
                return Some(None);
            };
            let message = format!("{word} speaks of several events, and this clause of one");
            let help = "say how many: TIMES >= 3 WITHIN 10m SAME actor; or what follows: ... THEN ... WITHIN 1h".to_string();
            return binder.refuse(codes::WRONG_PREDICATE, span, message, help);
        };
        let same: Vec<BoundField> = self.same.into_iter().map(|(key, _)| key).collect();
        let distinct = match self.distinct {
            Some((of, span)) => {
                if same.contains(&of) {
                    let message = format!("events with the same {0} have one {0}, so this counts no more than 1", of.name);
                    let help = format!("leave out SAME {0}, or DISTINCT {0}", of.name);
                    return binder.refuse(codes::WRONG_PREDICATE, span, message, help);
                }
                if !binder.in_activity() && of.column == "issue_id" {
                    let message = "among issues, the events are of one issue, so this counts no more than 1";
                    let help = "ask for the events: ACTIVITY WHERE ... TIMES >= 3 DISTINCT issue SAME actor".to_string();
                    return binder.refuse(codes::WRONG_PREDICATE, span, message, help);
                }
                Some(of)
            }
            None => None,
        };
        Some(Some(Times { op, count, within: self.within.map(|(length, _)| length), same, distinct }))
    }
}

/// What an attribute of the counted events is named for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    /// SAME
    Shared,
    /// DISTINCT
    Counted,
}

impl Binder<'_> {
    /// What events share: an attribute of events, whatever the query asks for.
    pub(super) fn shared(&self, key: &FieldRef) -> Option<BoundField> {
        self.own_attribute(key, Use::Shared)
    }

    /// An attribute that each event tells of itself.
    fn own_attribute(&self, key: &FieldRef, of: Use) -> Option<BoundField> {
        let (word, what) = match of {
            Use::Shared => ("SAME", "events share no"),
            Use::Counted => ("DISTINCT", "events have no"),
        };
        let name = &key.name.text;
        let Some(attribute) = attributes::attribute(name).filter(|_| key.properties.is_empty()) else {
            let near = nearest(name, ATTRIBUTES.iter().map(|a| a.name));
            let help = did_you_mean(&near).unwrap_or_else(|| format!("{word} takes actor, issue, project, entityId and the like"));
            return self.refuse(codes::UNKNOWN_FIELD, key.span, format!("{what} `{name}`"), help);
        };
        // Keys change when issues move; the id stays.
        let (column, shape) = match attribute.column {
            "issue_key" => ("issue_id", Shape::Int),
            column => (column, attribute.shape),
        };
        if attribute.of_thing {
            let message = format!("`{}` is told by other events, and {word} asks of these", attribute.name);
            return self.refuse(codes::WRONG_PREDICATE, key.span, message, None);
        }
        if !self.catalog.event_columns.contains(column) {
            let message = format!("`{}` cannot be answered: it needs the column `{column}` of the events table", attribute.name);
            return self.refuse(codes::NEEDS_DATA, key.span, message, None);
        }
        Some(event_column(attribute.name, column, shape))
    }
}

fn count_of(binder: &Binder<'_>, operand: &Operand) -> Option<i64> {
    let members = binder.members(operand)?;
    if let [Member::Literal(literal)] = members.as_slice()
        && let Ok(count) = literal.text.parse::<i64>()
        && count >= 0
    {
        return Some(count);
    }
    binder.refuse(codes::UNREAD_NUMBER, operand.span(), "TIMES takes a whole number", "write TIMES >= 3".to_string())
}
