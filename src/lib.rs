//! jqlx: JQL extended with activity, compiled to DataFusion plans over Arrow and Parquet.

// pest's derived code names this crate where pest is built without std.
extern crate alloc;

pub mod cases;
pub mod catalog;
#[cfg(feature = "cli")]
pub mod cli;
pub mod complete;
pub mod data;
pub mod diagnostic;
mod embed;
mod engine;
mod error;
mod exec;
mod plan;
pub mod render;
pub mod semantic;
pub mod source;
#[cfg(feature = "store")]
pub mod store;
#[cfg(feature = "sync")]
pub mod sync;
pub mod syntax;

pub use embed::JqlContext;
pub use engine::{Engine, Explanation, Options, Query};
pub use error::Error;
pub use exec::{Rows, Statistics};
pub use plan::Tables;
pub use semantic::{Deployment, Parameter, Parameters};
