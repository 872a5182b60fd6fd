//! What reads the outside world and turns it into the tables of `data`.

pub mod files;
pub(crate) mod jira;
#[cfg(feature = "sync")]
pub mod rest;
pub mod words;
