//! All integration tests in one binary: one link instead of many.

mod cases;
mod cli;
mod data;
mod import;
mod naive;
mod properties;
mod support;
mod syntax;
