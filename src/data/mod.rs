//! Schemas of the tables, reading and writing plain Parquet, the demo dataset.
//!
//! [`schema`] says once what the tables and columns are, [`rows`] holds them as plain structs
//! that sources, the demo and tests fill.

mod batch;
pub mod demo;
pub mod rows;
pub mod schema;
mod staging;
pub mod write;
