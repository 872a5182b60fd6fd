//! The store: Delta tables that jqlx keeps itself.
//!
//! `manifest` says what the tables consist of, version by version. Files never change: a row that no longer counts is listed in
//! a deletion vector (`vectors`), until `compact` writes the file anew. `publish` tells the Delta logs.
#![allow(dead_code)]

mod error;
mod manifest;
mod publish;
mod vectors;
