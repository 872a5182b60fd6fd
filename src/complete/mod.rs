//! What may stand at a place of a query: completion for the REPL and for editors.
//!
//! [`complete`] reads the text before the cursor and offers what the grammar allows there, from the tables of
//! [`crate::catalog`] and from what the data adds to them. It runs nothing.

mod context;
mod offers;
mod values;
mod words;

use crate::catalog::Catalog;
use crate::diagnostic::Span;
use crate::syntax::{Token, TokenKind, tokens};
use context::{Expect, Place};
pub use words::Word;

/// What a candidate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CandidateKind {
    /// A field of issues, or an attribute of events.
    Field,
    /// A word of the language.
    Keyword,
    /// `=`, `IS EMPTY`, `WAS`.
    Operator,
    /// A noun of activity clauses.
    Entity,
    /// A verb of activity clauses.
    Verb,
    /// A function; its text ends with the opening parenthesis where it takes arguments.
    Function,
    /// A value that the data holds.
    Value,
    /// `$name`
    Parameter,
}

impl CandidateKind {
    /// The kind in one word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Field => "field",
            Self::Keyword => "keyword",
            Self::Operator => "operator",
            Self::Entity => "entity",
            Self::Verb => "verb",
            Self::Function => "function",
            Self::Value => "value",
            Self::Parameter => "parameter",
        }
    }
}

/// Something that may be written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Candidate {
    /// The text to write, quoted where it must be.
    pub text: String,
    /// What it is.
    pub kind: CandidateKind,
    /// What it means, in few words; may be empty.
    pub description: String,
}

/// What may be written at a place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Completions {
    /// The part of the text that a candidate replaces.
    pub span: Span,
    /// The best first.
    pub candidates: Vec<Candidate>,
}

/// How many candidates there are at most.
const MOST: usize = 200;

/// What may stand at byte `cursor` of a text; a cursor that is no place of the text counts as its end.
///
/// `parameters` are the names that will be bound when the query runs.
pub fn complete<'p>(text: &str, cursor: usize, catalog: &Catalog, parameters: impl IntoIterator<Item = &'p str>) -> Completions {
    let before = text.get(..cursor).unwrap_or(text);
    let mut tokens = tokens(before);
    // A text of several statements: only the one under the cursor counts.
    if let Some(end) = tokens.iter().rposition(|token| token.kind == TokenKind::End) {
        tokens.drain(..=end);
    }
    let partial = tokens.pop_if(|token| is_partial(token, before));
    if partial.is_some_and(|token| token.kind == TokenKind::Comment) {
        return Completions::default();
    }
    let written = partial.map_or("", |token| token.span.text(before));
    let place = Place::after(&tokens, before, catalog);
    // Several words may be one name: what is written of it so far belongs to what is replaced.
    let (start, wanted) = match (&place.expect, partial) {
        (Expect::Subject { words, start }, _) => (Some(*start), format!("{words} {written}")),
        _ => (None, String::new()),
    };
    let word_start = partial.map_or(before.len(), |token| token.span.start as usize);
    let end = before.len() + rest_of_word(text.get(before.len()..).unwrap_or(""), partial);
    let parameters: Vec<&str> = parameters.into_iter().collect();
    let mut offers = offers::offers(&place, catalog, &parameters, written);
    offers.retain(|offer| matches(offer, written, catalog));
    let mut span = Span::new(word_start, end);
    if let Some(start) = start {
        let entities = offers::entities(&wanted);
        match (offers.is_empty(), entities.is_empty()) {
            (true, false) => {
                span = Span::new(start, end);
                offers = entities;
            }
            // Both fit: the longer name stands by its rest.
            (false, false) if written.is_empty() => {
                let skip = wanted.len();
                let rest = entities.into_iter().filter_map(|mut entity| {
                    entity.text = entity.text.get(skip..)?.to_owned();
                    (!entity.text.is_empty()).then_some(entity)
                });
                offers.extend(rest);
            }
            _ => {}
        }
    }
    // What begins with the written text comes before what only holds it.
    offers.sort_by_key(|offer| !begins(offer, written));
    let mut seen = std::collections::HashSet::new();
    offers.retain(|offer| seen.insert(offer.text.clone()));
    offers.truncate(MOST);
    Completions { span, candidates: offers }
}

/// Whether a token may go on at the cursor.
fn is_partial(token: &Token, before: &str) -> bool {
    use TokenKind as T;
    let touches = token.span.end as usize == before.len();
    match token.kind {
        T::Word | T::Keyword | T::Contextual | T::Verb | T::Number | T::Parameter | T::Unterminated | T::Comment => touches,
        _ => false,
    }
}

/// How much of the word under the cursor stands behind it.
fn rest_of_word(after: &str, partial: Option<Token>) -> usize {
    match partial.map(|token| token.kind) {
        None | Some(TokenKind::Unterminated) => 0,
        Some(_) => match tokens(after).first() {
            Some(token) if token.span.start == 0 && is_partial(token, after.get(..token.span.end as usize).unwrap_or("")) => {
                token.span.end as usize
            }
            _ => 0,
        },
    }
}

fn bare(text: &str) -> String {
    text.trim_start_matches(['"', '\'']).to_lowercase()
}

fn begins(offer: &Candidate, written: &str) -> bool {
    bare(&offer.text).starts_with(&bare(written))
}

/// Whether an offer is what somebody who has written so much may mean.
fn matches(offer: &Candidate, written: &str, catalog: &Catalog) -> bool {
    let is_value = offer.kind == CandidateKind::Value;
    if written.starts_with(['"', '\'']) && !(is_value || offer.kind == CandidateKind::Field) {
        return false;
    }
    let (text, wanted) = (bare(&offer.text), bare(written));
    let within = |text: &str| text.to_lowercase().split(' ').any(|word| word.starts_with(&wanted));
    // People are looked for by any of their names.
    let person = || !catalog.find_people(text.trim_matches('"')).is_empty();
    text.starts_with(&wanted)
        || is_value && wanted.chars().count() >= 2 && (within(&text) || within(&offer.description) && person())
}
