//! Tests of what hangs on issues: things such as comments, and links.

use std::sync::Arc;

use super::bound::{Actors, BoundQuery, Test, TimeBound};
use super::text::TextQuery;

/// A test of a thing that is attached to an issue.
#[derive(Clone, Debug, PartialEq)]
pub enum AttachedTest {
    /// Who made it: the actor of an event that created it.
    Author(Actors),
    /// Its present text, that of its last event. A thing without text does not match.
    Text(Arc<TextQuery>),
    /// It has a present text.
    AnyText,
    /// Its day: the last event's `entity_name` (of a work log, the day worked on); what is no day does not match.
    Day(Test),
    /// Its last event edited it, was done by one of these and passes the bounds.
    Edited {
        /// Who.
        by: Actors,
        /// When; each must hold.
        time: Vec<TimeBound>,
    },
    /// An event that created it was done by each of these and passes the bounds.
    Made {
        /// Who; each must hold.
        by: Vec<Actors>,
        /// When; each must hold.
        time: Vec<TimeBound>,
    },
    /// Its name, the last event's `entity_name`, matches.
    Named(Arc<TextQuery>),
}

/// Which things of an issue must pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// At least so many; one or more.
    AtLeast(i64),
    /// The newest one that is there: by its first event, then by its id.
    Newest,
}

impl Default for Which {
    /// Any one.
    fn default() -> Self {
        Self::AtLeast(1)
    }
}

/// A test of one link, seen from one of its two ends. What the type says at that end is its phrase: `outward` at the
/// source of an outward link, `inward` at its target.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LinkTest {
    /// Keys of the other end, upper case; none: any.
    pub others: Option<Vec<String>>,
    /// The key of the other end is among the values of the query's first column; none: any.
    pub found: Option<Box<BoundQuery>>,
    /// The phrase at this end is exactly one of these; none: any.
    pub phrases: Option<Vec<String>>,
    /// The type's name or one of its two phrases is one of these, ignoring case; in lower case. None: any.
    pub types: Option<Vec<String>>,
    /// An end counts where so many of its links pass; 0 is as 1.
    pub least: i64,
}
