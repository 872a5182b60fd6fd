//! What reads the outside world and turns it into the tables of `data`.

mod audit;
mod dates;
mod digest;
pub mod files;
pub mod formats;
mod jira;
mod streams;
mod tables;
mod webhook;
pub mod words;
