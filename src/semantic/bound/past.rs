//! What columns held at an instant, and how events tell it.

use super::{HistoryField, Micros, Shape};

/// At which instant the query is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsOf {
    /// What the query would have returned then: of the issues that existed, with the values that they had, and of the
    /// events until then, that instant included.
    Instant(Micros),
    /// In ACTIVITY: columns of the issue have the values that they had at the time of the event, changes of that instant
    /// included.
    Event,
}

/// A column of issues, and how to tell what it held.
#[derive(Clone, Debug, PartialEq)]
pub struct PastColumn {
    /// The column.
    pub column: String,
    /// How it holds values.
    pub shape: Shape,
    /// How to tell.
    pub told: Told,
}

/// How events tell what a column held.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// It never changes: the present value.
    Never,
    /// By the changes of a field: what the last one before led to, else what the first one after led from, else the
    /// present value.
    Changes {
        /// The field.
        field: HistoryField,
        /// Ids are its values (accounts), and names only where an event has no id.
        by_id: bool,
    },
    /// The project of the key at that time.
    ProjectOfKey(HistoryField),
    /// When the last change of the resolution set one; none where it was unresolved.
    Resolution(HistoryField),
    /// The time of the last event of the issue, or of its creation.
    LastEvent,
}
