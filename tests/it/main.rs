//! All integration tests in one binary: one link instead of many.

// Helpers of tests may fail loudly, as tests do.
#![allow(unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod adversarial;
mod cases;
mod cli;
mod complete;
mod data;
mod import;
mod live;
mod naive;
mod properties;
mod reference;
mod serialised;
mod stages;
mod store;
mod support;
mod sync;
mod syntax;
