//! What reads the outside world and turns it into the tables of `data`.

pub mod files;
mod jira;
pub mod words;
