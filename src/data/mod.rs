//! Schemas of the tables, reading and writing plain Parquet, the demo dataset.
//!
//! [`schema`] says once what the tables and columns are, [`rows`] holds them as plain structs
//! that sources, the demo and tests fill, [`read`] opens a folder of them, [`site`] reads what they add to the catalogue.

mod batch;
pub(crate) mod certainty;
pub mod demo;
pub mod known;
pub(crate) mod lock;
pub(crate) mod look_up;
pub mod read;
pub mod rows;
pub mod schema;
pub mod site;
mod staging;
pub mod write;
