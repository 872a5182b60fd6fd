//! All integration tests in one binary: one link instead of many.

mod data;
mod import;
mod naive;
mod support;
