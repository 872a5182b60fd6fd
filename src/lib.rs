//! jqlx: JQL extended with activity, compiled to DataFusion plans over Arrow and Parquet.

pub mod catalog;
pub mod cases;
pub mod data;
pub mod diagnostic;
mod engine;
mod error;
pub mod semantic;
pub mod source;
pub mod syntax;

pub use engine::{Engine, Explanation, Options, Query, Rows, Statistics};
pub use error::Error;
pub use semantic::{Parameter, Parameters};
