//! Bound query to DataFusion logical plan, of DataFusion's own nodes and a few registered functions.
//!
//! Building a plan does no IO. A query for issues is `issues` joined with *facts*: one row an issue with a truth value (or
//! a count) for each history or activity clause, all of them from one scan of `events` where the clauses allow it.

mod activity;
mod at_events;
mod attached;
mod bucket;
mod bursts;
mod clock;
mod columns;
mod edge;
mod elements;
mod expr;
mod facts;
pub(crate) mod functions;
mod held;
mod intervals;
mod list_rank;
mod lower;
mod membership;
mod narrow;
mod next;
mod order;
mod past;
mod scalar;
mod scan;
mod sequence;
mod things;
mod timeline;
mod working_time;
mod zone_of;

pub(crate) use columns::Zone;
#[cfg(feature = "store")]
pub(crate) use expr::plain;
pub(crate) use lower::lower;
#[cfg(feature = "store")]
pub(crate) use scan::Recorded;
pub use scan::Tables;
pub(crate) use scan::col;
