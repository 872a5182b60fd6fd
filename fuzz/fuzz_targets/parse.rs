//! `cargo +nightly fuzz run parse`: the promises of the parser over any text.

#![no_main]

#[path = "../../tests/it/syntax/invariants.rs"]
mod invariants;

libfuzzer_sys::fuzz_target!(|text: &str| invariants::hold(text));
