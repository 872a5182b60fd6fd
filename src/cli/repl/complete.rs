//! What Tab offers: commands and their arguments here, queries by the library.

use std::sync::Arc;

use super::commands::{self, Takes};
use super::{help, shell};
use crate::catalog::Catalog;
use crate::complete::{Candidate, complete};
use crate::render::Format;

/// What completion knows of the session.
#[derive(Clone)]
pub(super) struct Known {
    pub(super) catalog: Arc<Catalog>,
    pub(super) parameters: Vec<String>,
}

/// Something that may be written in place of `start..end` of the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Offer {
    pub(super) text: String,
    /// What it is and means; may be empty.
    pub(super) about: String,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// How many offers `\complete` lists.
const LISTED: usize = 40;

/// What may stand at byte `cursor` of a line.
pub(super) fn offers(line: &str, cursor: usize, known: &Known) -> Vec<Offer> {
    let before = line.get(..cursor).unwrap_or(line);
    let Some((name, rest)) = commands::split(before) else { return of_query(line, cursor, 0, known) };
    if rest.is_empty() && before.ends_with(name) {
        let start = before.len() - name.len() - 1;
        let named = shell::command_names().filter(|(known, _)| known.starts_with(&name.to_lowercase()));
        return named
            .map(|(name, doc)| Offer { text: format!("\\{name}"), about: doc.to_owned(), start, end: before.len() })
            .collect();
    }
    let Some(command) = commands::command(name) else { return Vec::new() };
    let start = before.len() - rest.len();
    let plain = |texts: Vec<(String, String)>| {
        let fits = |(text, _): &(String, String)| text.to_lowercase().starts_with(&rest.to_lowercase());
        let offer = |(text, about)| Offer { text, about, start, end: before.len() };
        texts.into_iter().filter(fits).map(offer).collect()
    };
    let words = |words: &[&str]| words.iter().map(|word| ((*word).to_owned(), String::new())).collect();
    match command.takes {
        Takes::Nothing | Takes::Text => Vec::new(),
        Takes::Query => of_query(line, cursor, start, known),
        Takes::Topic => plain(help::names(&known.catalog)),
        Takes::Format => plain(Format::ALL.iter().map(|(_, name)| ((*name).to_owned(), String::new())).collect()),
        Takes::Switch => plain(words(&["on", "off"])),
        Takes::Source => plain(words(&["--store", "--data", "--live", "--demo"])),
        Takes::Parameter => plain(known.parameters.iter().map(|name| (name.clone(), String::new())).collect()),
        Takes::Saved => {
            let filters = known.catalog.filters.iter().flatten();
            plain(filters.map(|filter| (filter.name.clone(), String::new())).collect())
        }
    }
}

/// Of a query that begins at byte `start` of the line.
fn of_query(line: &str, cursor: usize, start: usize, known: &Known) -> Vec<Offer> {
    let text = line.get(start..).unwrap_or("");
    let found = complete(text, cursor.saturating_sub(start), &known.catalog, known.parameters.iter().map(String::as_str));
    let (from, to) = (start + found.span.start as usize, start + found.span.end as usize);
    found
        .candidates
        .into_iter()
        .map(|candidate| Offer { about: about(&candidate), text: candidate.text, start: from, end: to })
        .collect()
}

fn about(candidate: &Candidate) -> String {
    match candidate.description.as_str() {
        "" => candidate.kind.name().to_owned(),
        description => format!("{}: {description}", candidate.kind.name()),
    }
}

/// What is offered at the `^` of a text, or else at its end, a line each.
pub(super) fn listed(text: &str, known: &Known) -> String {
    let (line, cursor) = match text.find('^') {
        Some(at) => (text.replacen('^', "", 1), at),
        None => (text.to_owned(), text.len()),
    };
    let offers = offers(&line, cursor, known);
    let width = offers.iter().take(LISTED).map(|offer| offer.text.chars().count()).max().unwrap_or(0);
    let mut out = String::new();
    for offer in offers.iter().take(LISTED) {
        out.push_str(format!("{:width$}  {}", offer.text, offer.about).trim_end());
        out.push('\n');
    }
    match offers.len() {
        0 => out.push_str("nothing\n"),
        count if count > LISTED => out.push_str(&format!("and {} more\n", count - LISTED)),
        _ => {}
    }
    out
}
