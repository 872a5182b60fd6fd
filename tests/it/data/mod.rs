//! Schemas, writing and the demo dataset.

mod demo;
mod stories;
mod write;
