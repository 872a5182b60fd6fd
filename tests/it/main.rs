//! Tests that use the program and the library from outside, in one binary: one link instead of many.

mod cli;
mod data;
mod import;
mod support;
