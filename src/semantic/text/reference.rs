//! The matcher as one would write it on paper, to compare the fast one with: every word of a text analysed, every atom
//! judged by itself, every combination tried.

use std::collections::HashSet;

use unicode_segmentation::UnicodeSegmentation;

use super::TextQuery;
use super::compare::Glob;
use super::program::{Atom, Op, Program, STOP, Symbol};
use super::tokens::{is_stop_word, stem};

struct Word {
    text: String,
    symbol: Symbol,
}

pub(super) fn matches(query: &TextQuery, text: &str) -> bool {
    let program = &query.program;
    let words = words(program, text);
    let hits: HashSet<usize> = (0..program.atoms.len()).filter(|at| holds(&program.atoms[*at], &words, text)).collect();
    combined(&program.ops, &hits)
}

/// Words of the whole text by Unicode's rules, cut at all ASCII punctuation and apostrophes, and what is left by the rules
/// again: a mark behind punctuation is no part of a word.
fn words(program: &Program, text: &str) -> Vec<Word> {
    let mut out = Vec::new();
    for (start, word) in text.unicode_word_indices() {
        let mut at = start;
        for part in word.split_inclusive(|c: char| matches!(c, '’' | '‘') || (c.is_ascii() && !c.is_ascii_alphanumeric())) {
            for (offset, inner) in part.unicode_word_indices() {
                let bare = inner.trim_end_matches(|c: char| matches!(c, '’' | '‘') || c.is_ascii_punctuation());
                out.extend(read(program, text, at + offset, bare));
            }
            at += part.len();
        }
    }
    out
}

fn read(program: &Program, text: &str, place: usize, word: &str) -> Option<Word> {
    let mut before = text[..place].chars().rev();
    let clipped = ["s", "t", "S", "T"].contains(&word)
        && matches!(before.next(), Some('\'' | '’' | '‘'))
        && before.next().is_some_and(char::is_alphanumeric);
    if word.is_empty() || clipped {
        return None;
    }
    let text: String = word.chars().flat_map(char::to_lowercase).collect::<String>().replace('ς', "σ");
    let symbol = match () {
        () if is_stop_word(&text) => STOP,
        () => program.symbols.get(stem(&text).as_ref()).copied().unwrap_or(STOP - 1),
    };
    Some(Word { text, symbol })
}

fn holds(atom: &Atom, words: &[Word], text: &str) -> bool {
    let mut plain = words.iter().filter(|w| w.symbol != STOP);
    match atom {
        Atom::Stem(symbol) => words.iter().any(|w| w.symbol == *symbol),
        Atom::Prefix(prefix) => plain.any(|w| w.text.starts_with(prefix)),
        Atom::Wildcard(pattern) => plain.any(|w| fits(pattern, &w.text.chars().collect::<Vec<_>>())),
        Atom::Fuzzy(wanted, edits) => {
            let wanted: String = wanted.iter().collect();
            plain.any(|w| strsim::osa_distance(&wanted, &w.text) <= usize::from(*edits))
        }
        Atom::Phrase(symbols) => words.windows(symbols.len()).any(|w| w.iter().zip(symbols).all(|(w, s)| w.symbol == *s)),
        Atom::Near(near, slop) => {
            let sights = |(symbol, offset): &(Symbol, u32)| {
                let of = words.iter().enumerate().filter(|(_, w)| w.symbol == *symbol);
                of.map(|(at, _)| at as i64 - i64::from(*offset)).collect::<Vec<_>>()
            };
            let all: Vec<Vec<i64>> = near.iter().map(sights).collect();
            // The least of the chosen places is one of the sights.
            all.iter().flatten().any(|least| all.iter().all(|of| of.iter().any(|at| at >= least && at - least <= i64::from(*slop))))
        }
        Atom::Verbatim(literal, open) => {
            let lower = text.to_ascii_lowercase();
            let word = |c: Option<char>| c.is_some_and(|c| !c.is_ascii() || c.is_ascii_alphanumeric());
            lower.char_indices().filter(|(at, _)| lower[*at..].starts_with(literal)).any(|(at, _)| {
                !word(lower[..at].chars().next_back()) && (*open || !word(lower[at + literal.len()..].chars().next()))
            })
        }
    }
}

fn fits(pattern: &[Glob], word: &[char]) -> bool {
    match (pattern, word) {
        ([], word) => word.is_empty(),
        ([Glob::Many, rest @ ..], word) => (0..=word.len()).any(|i| fits(rest, &word[i..])),
        ([Glob::One, rest @ ..], [_, tail @ ..]) => fits(rest, tail),
        ([Glob::Char(c), rest @ ..], [d, tail @ ..]) => c == d && fits(rest, tail),
        _ => false,
    }
}

/// The truth of the tree: a tree of positive and negative parts, read from its end.
fn combined(ops: &[Op], hits: &HashSet<usize>) -> bool {
    enum Tree {
        Atom(usize),
        Not(Box<Tree>),
        All(Vec<Tree>),
        Any(Vec<Tree>),
    }
    fn read(ops: &mut std::slice::Iter<'_, Op>) -> Option<Tree> {
        Some(match ops.next_back()? {
            Op::Atom(at) => Tree::Atom(*at),
            Op::Not => Tree::Not(Box::new(read(ops)?)),
            Op::All(count) => Tree::All((0..*count).map(|_| read(ops)).collect::<Option<_>>()?),
            Op::Any(count) => Tree::Any((0..*count).map(|_| read(ops)).collect::<Option<_>>()?),
        })
    }
    fn negative(tree: &Tree) -> bool {
        match tree {
            Tree::Atom(_) => false,
            Tree::Not(_) => true,
            Tree::All(parts) | Tree::Any(parts) => parts.iter().all(negative),
        }
    }
    fn holds(tree: &Tree, hits: &HashSet<usize>) -> bool {
        match tree {
            Tree::Atom(at) => hits.contains(at),
            Tree::Not(part) => !holds(part, hits),
            Tree::All(parts) => parts.iter().all(|p| holds(p, hits)),
            Tree::Any(parts) => {
                let whole = parts.iter().all(negative);
                parts.iter().any(|p| negative(p) == whole && holds(p, hits))
            }
        }
    }
    read(&mut ops.iter()).is_some_and(|tree| !negative(&tree) && holds(&tree, hits))
}
