//! Tests of events, alone and together.

use std::sync::Arc;

use super::{Actors, BoundField, Comparison, HistoryField, HistoryValues, Micros};
use crate::diagnostic::Span;
use crate::semantic::text::TextQuery;

/// Among issues: the issue has an event that passes `event`, or as many as `times` says; in ACTIVITY: the row passes
/// `event` and is one of as many. With `negated`, the complement.
#[derive(Clone, Debug, PartialEq)]
pub struct EventCondition {
    /// What one event must be.
    pub event: EventTest,
    /// TIMES
    pub times: Option<Times>,
    /// NOT
    pub negated: bool,
    /// Where it was written.
    pub span: Span,
}

/// How many events, and what they have in common.
///
/// The events that pass are grouped by the values of `same` (among issues by the issue as well); one for which a value is
/// unknown is in no group. What is compared is a count: without `within` that of a group, with it that of the events of a
/// group in a window of that length, its first and last instant included. Among issues the greatest count of the issue
/// counts, which is 0 where there is none; in ACTIVITY the greatest of the counts that the row is part of.
///
/// With `distinct` a count is that of the different values of a column among these events. An event for which the value is
/// unknown is not among them.
#[derive(Clone, Debug, PartialEq)]
pub struct Times {
    /// How the count compares.
    pub op: Comparison,
    /// With what.
    pub count: i64,
    /// WITHIN, in microseconds.
    pub within: Option<Micros>,
    /// SAME: columns of [`Scope::Event`](super::Scope::Event).
    pub same: Vec<BoundField>,
    /// DISTINCT: a column of [`Scope::Event`](super::Scope::Event) whose values are counted; none: the events are.
    pub distinct: Option<BoundField>,
}

/// Events one after another. "After" means later in the order of time, and of `event_id` at one instant.
///
/// A chain is an event for each step that is not negated, each after the one before it, at most `within` later, with the
/// same values in `same`. A negated step asks of the event before it that no such event follows; where it has no `within`
/// and a further step follows, that none follows before the next event of the chain. What it shares in `same` it shares with
/// the event before it, whatever the next event shares with that. Among issues all events are the issue's. In ACTIVITY the
/// row is one of the events of a chain. With `negated`, the complement.
#[derive(Clone, Debug, PartialEq)]
pub struct SequenceCondition {
    /// The first event: one of these tests passes.
    pub first: Vec<EventTest>,
    /// What follows; the first of them may be negated, too.
    pub steps: Vec<SequenceStep>,
    /// The longest distance from the first event of the chain to the last, in microseconds, itself included. A chain of two
    /// events has none, since its step has it.
    pub within: Option<Micros>,
    /// NOT
    pub negated: bool,
    /// Where it was written.
    pub span: Span,
}

/// A further step of a sequence.
#[derive(Clone, Debug, PartialEq)]
pub struct SequenceStep {
    /// THEN NOT
    pub negated: bool,
    /// The event: one of these tests passes.
    pub events: Vec<EventTest>,
    /// The longest distance from the event before, in microseconds, itself included.
    pub within: Option<Micros>,
    /// Pairs of [`Scope::Event`](super::Scope::Event) columns: of the event before, and of this one. Unknown values are not the same.
    pub same: Vec<(BoundField, BoundField)>,
}

/// A conjunction of tests on one event.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventTest {
    /// `entity` is one of these; none: any.
    pub entities: Option<Vec<String>>,
    /// `action` is one of these; none: any.
    pub actions: Option<Vec<String>>,
    /// `action` is none of these (what `CHANGED` leaves out: views, exports, logins).
    pub not_actions: Vec<String>,
    /// The change is of this field.
    pub field: Option<HistoryField>,
    /// Who acted; each must hold.
    pub by: Vec<Actors>,
    /// BY author, BY NOT author: who acted is known, and is (or is not) the known author of the thing ([`Scope::Thing`](super::Scope::Thing)).
    pub by_author: Option<bool>,
    /// `actor_kind` (or, for channels, `origin`) is one of these; each must hold.
    pub via: Vec<Vec<String>>,
    /// When; each must hold.
    pub time: Vec<TimeBound>,
    /// Old value; each must hold.
    pub from: Vec<HistoryValues>,
    /// New value; each must hold.
    pub to: Vec<HistoryValues>,
    /// LOWERED, RAISED
    pub stepped: Option<Stepped>,
    /// The event's text matches; each must hold. An event without text does not match.
    pub text: Vec<Arc<TextQuery>>,
}

/// The new value of a change is lower than the old one, or higher. Both have a place in the order.
#[derive(Clone, Debug, PartialEq)]
pub struct Stepped {
    /// Higher.
    pub raised: bool,
    /// What is lower than what.
    pub order: Order,
}

/// The order of a field's values.
#[derive(Clone, Debug, PartialEq)]
pub enum Order {
    /// They are numbers; another text has no place.
    Number,
    /// Values of a list of the site, the lowest first. The id of a value decides where it is one of these.
    Listed(Arc<Vec<HistoryValues>>),
}

/// A bound on an event's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum TimeBound {
    After(Micros),
    AtOrAfter(Micros),
    Before(Micros),
    AtOrBefore(Micros),
}
