//! Tree and catalogue to bound query: resolved names, typed values, absolute instants, all semantic diagnostics.

mod attached;
mod binder;
pub mod bound;
mod calendar;
mod clause;
mod columns;
mod compare;
mod condition;
mod counting;
mod dates;
mod events;
mod explain;
mod field;
mod held;
mod history;
mod include;
mod issues;
mod links;
mod operand;
mod past;
mod project;
mod properties;
mod sequence;
mod session;
pub mod text;
mod users;
mod uses;
mod values;

pub use binder::{Bound, Parameter, Parameters, Refused, bind};
pub use calendar::{Calendar, Hours};
pub use explain::explain;
pub use session::{Deployment, Estimates, Session, WeekStart};
