//! Tests of what a field held, and of time.

use super::{BoundField, Comparison, Micros};
use crate::diagnostic::Span;
use crate::semantic::calendar::Calendar;
use crate::semantic::session;

/// `field WAS values predicates`: some interval of the field's life has one of the values and satisfies all predicates;
/// with `negated`, no interval does. What belongs to no issue has no intervals. Of a field with several values at a time each element has intervals of its own, and
/// EMPTY holds where there is none; its values are then EMPTY alone or names, never both, and intervals of EMPTY that
/// begin and end at one instant do not count.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryCondition {
    /// Whose history.
    pub field: HistoryField,
    /// What it held.
    pub values: HistoryValues,
    /// Who set the value: each of these must hold. The setter of the first interval is the creator, or its
    /// reporter where no creator is known.
    pub by: Vec<Actors>,
    /// `actor_kind` of who set it is one of these; each must hold. That of the first interval is not known.
    pub via: Vec<Vec<String>>,
    /// Bounds of the interval; each must hold.
    pub bounds: Vec<IntervalBound>,
    /// How long the interval lasted, until `now` where it is open.
    pub lasted: Option<Lasted>,
    /// WHILE: what else was so. The interval is then cut down to the times at which all of these held, and the bounds and
    /// the length are those of such a part, which is whole as long as they hold without a break.
    pub held: Vec<Held>,
    /// The end of open intervals.
    pub now: Micros,
    /// WAS NOT
    pub negated: bool,
    /// Where it was written.
    pub span: Span,
}

/// FOR: how long something lasted.
#[derive(Clone, Debug, PartialEq)]
pub struct Lasted {
    /// How the length compares.
    pub op: Comparison,
    /// With what, in microseconds of time, or of working time.
    pub length: Micros,
    /// The sum of all intervals that count, of which there must be one; otherwise that of one of them.
    pub total: bool,
    /// Only working time counts.
    pub working: Option<WorkingTime>,
}

/// Which hours count.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkingTime {
    /// The hours.
    pub calendar: Calendar,
    /// Where its clock hangs.
    pub zone: jiff::tz::TimeZone,
}

impl WorkingTime {
    /// The zone in which the hours are, as plans name it.
    pub(crate) fn zone_name(&self) -> String {
        let zone = self.calendar.zone().unwrap_or(&self.zone);
        session::name_of(zone, session::timestamp(0))
    }
}

/// An instant of the row lies in working time; with `negated`, it lies outside. Neither holds where there is no instant, or
/// where the zone is not known.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkingCondition {
    /// A column of [`Shape::Time`](super::Shape::Time).
    pub field: BoundField,
    /// The hours. Their zone counts where `whose` is none.
    pub working: WorkingTime,
    /// The account by whose zone the hours are meant, as `time_zone` of the table of users has it.
    pub whose: Option<BoundField>,
    /// NOT IN
    pub negated: bool,
}

impl WorkingCondition {
    /// The fields of the row that it reads.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &BoundField> {
        std::iter::once(&self.field).chain(&self.whose)
    }
}

/// A state: the field has one of the values at that time. Of a field with several values at a time, one of them is.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// Which field.
    pub field: HistoryField,
    /// What it holds.
    pub values: HistoryValues,
    /// It has none of the values.
    pub negated: bool,
}

/// A field with history.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HistoryField {
    /// The name that users see.
    pub name: String,
    /// What events call it in `field` (one or more spellings).
    pub event_fields: Vec<String>,
    /// What events call it in `field_id`, where a custom field has an id.
    pub event_field_id: Option<String>,
    /// The present value; none where the issues table has no such column.
    pub present: Option<BoundField>,
    /// Several values at a time, one event an element added (`from` empty) or removed (`to` empty): fixVersion, labels.
    pub multi: bool,
}

/// Values of a field in history: matched by the name at the time, or by id.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HistoryValues {
    /// Names, compared exactly with `from_value`/`to_value` and with the present value.
    pub names: Vec<String>,
    /// Ids, compared with `from_id`/`to_id`.
    pub ids: Vec<String>,
    /// EMPTY is one of them.
    pub empty: bool,
}

/// A bound on an interval [start, end); open intervals end at infinity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntervalBound {
    /// start < t
    StartBefore(Micros),
    /// start <= t
    StartAtOrBefore(Micros),
    /// end > t
    EndAfter(Micros),
    /// end >= t
    EndAtOrAfter(Micros),
}

/// A set of accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actors {
    /// Account ids.
    pub accounts: Vec<String>,
    /// EMPTY: events whose actor is unknown.
    pub or_unknown: bool,
    /// BY NOT: the actor is known and none of these.
    pub negated: bool,
}
