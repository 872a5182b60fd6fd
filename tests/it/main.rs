//! Tests that use the program and the library from outside.

mod cli;
