//! What reads the outside world and turns it into the tables of `data`.

mod audit;
mod dates;
mod digest;
pub mod files;
pub mod formats;
pub(crate) mod jira;
#[cfg(feature = "sync")]
pub mod live;
#[cfg(feature = "sync")]
pub mod rest;
mod streams;
mod tables;
mod webhook;
pub mod words;
