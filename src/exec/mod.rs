//! Running plans: the DataFusion session, limits, statistics, and engine errors in words of our own.

mod estimates;
mod failure;
mod planning;
mod session;
mod stream;

pub(crate) use planning::physical_plan;
pub(crate) use session::{context, register_functions};
pub use stream::{Rows, Statistics};
