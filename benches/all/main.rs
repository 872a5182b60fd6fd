//! What jqlx measures of itself, in one program so that it is linked once: `cargo bench --bench all [FILTER]`.
//!
//! `cargo test --bench all` runs each once, to see that it still works.

#![allow(clippy::expect_used, clippy::panic, reason = "a bench that cannot be set up has nothing to measure")]

mod compile;
mod data;
mod parse;
mod questions;
mod text;

fn main() {
    divan::main();
}
