//! Importing files.

mod real;
