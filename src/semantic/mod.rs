//! Tree and catalogue to bound query: resolved names, typed values, absolute instants, all semantic diagnostics.

mod attached;
mod binder;
pub mod bound;
mod calendar;
mod clause;
mod columns;
mod compare;
mod condition;
mod dates;
mod events;
mod explain;
mod explain_scalar;
mod field;
mod history;
mod include;
mod issues;
mod links;
mod operand;
mod project;
mod properties;
mod regex;
pub mod relation;
pub mod scalar;
mod script;
mod session;
pub mod text;
mod typed;
mod users;
mod values;

pub use binder::{Bound, Parameter, Parameters, Refused, bind};
pub use calendar::{Calendar, Hours};
pub use explain::explain;
pub use session::{Deployment, Estimates, Session, WeekStart};
