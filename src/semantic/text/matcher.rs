//! Running a query over texts, one after the other.

use std::collections::HashMap;

use regex::Regex;

use super::compare::{fits, near, within};
use super::program::{Atom, OTHER, Program, STOP, Symbol, Value};
use super::tokens::{LONGEST_WORD, in_piece, is_clipped, is_stop_word, lower, next_piece, piece_around, stem, words_of_piece};

/// A query at work on many texts. It remembers what it learned of their words.
#[derive(Debug)]
pub struct Matcher<'q> {
    program: &'q Program,
    pattern: Option<&'q Regex>,
    run: Run,
}

/// What a word is to the query.
#[derive(Debug)]
struct Known {
    symbol: Symbol,
    /// Atoms that the word alone fulfils, beside its stem's.
    atoms: Vec<usize>,
}

/// More words are not remembered at a time, and no longer ones.
const MOST_KNOWN: usize = 8192;
const LONGEST_KNOWN: usize = 64;

/// Which atoms are found.
#[derive(Debug, Default)]
struct Hits {
    all: Vec<bool>,
    count: usize,
    /// Whether one was found since the query was last evaluated.
    fresh: bool,
}

impl Hits {
    fn add(&mut self, atom: usize) {
        if !self.all[atom] {
            self.all[atom] = true;
            self.count += 1;
            self.fresh = true;
        }
    }
}

#[derive(Debug, Default)]
struct Run {
    hits: Hits,
    /// For each phrase, how much of it ends at the last word.
    states: Vec<usize>,
    /// Phrases with a state above zero.
    active: Vec<usize>,
    position: u32,
    positions: Vec<(Symbol, u32)>,
    known: HashMap<Box<str>, Known>,
    lower: String,
    rows: [Vec<usize>; 3],
    stack: Vec<Value>,
    sights: Vec<(i64, usize)>,
}

impl<'q> Matcher<'q> {
    pub(super) fn new(program: &'q Program, pattern: Option<&'q Regex>) -> Self {
        let run = Run { states: vec![0; program.phrases.len()], ..Run::default() };
        Self { program, pattern, run }
    }

    /// Whether a text matches.
    pub fn matches(&mut self, text: &str) -> bool {
        if let Some(pattern) = self.pattern {
            return pattern.is_match(text);
        }
        let (program, bytes) = (self.program, text.as_bytes());
        if program.never || program.gate.as_ref().is_some_and(|gate| gate.find(bytes, 0).is_none()) {
            return false;
        }
        // Most texts of a selective search have no word of interest, and need no state.
        let mut first = None;
        if let Some(finder) = &program.finder {
            first = finder.find(bytes, 0);
            if first.is_none() && program.monotone && program.verbatim.is_empty() {
                return false;
            }
        }
        self.run.clear(program);
        for (atom, finder) in &program.verbatim {
            if let Atom::Verbatim(_, open) = &program.atoms[*atom]
                && holds_verbatim(bytes, finder, *open)
            {
                self.run.hits.add(*atom);
            }
        }
        if program.verbatim.len() < program.atoms.len() && self.words(text, first) {
            return true;
        }
        self.run.nearby(program);
        self.run.holds(program)
    }

    /// Reads the words; true as soon as the query is known to match.
    fn words(&mut self, text: &str, mut find: Option<(usize, usize)>) -> bool {
        let (program, bytes, run) = (self.program, text.as_bytes(), &mut self.run);
        let mut at = 0;
        loop {
            let piece = match &program.finder {
                Some(finder) if run.active.is_empty() => {
                    if find.is_none_or(|(start, _)| start < at) {
                        find = finder.find(bytes, at);
                    }
                    match find {
                        Some((start, _)) => piece_around(bytes, at, start),
                        None => return false,
                    }
                }
                _ => match next_piece(bytes, at) {
                    Some(piece) => piece,
                    None => return false,
                },
            };
            at = piece.end;
            let start = piece.start;
            words_of_piece(&text[piece], |offset, word| {
                if !is_clipped(text, start + offset, word) {
                    run.word(program, word);
                }
            });
            if run.is_done(program) {
                return true;
            }
        }
    }
}

/// Whether a text holds an address that is not part of a longer word.
fn holds_verbatim(text: &[u8], finder: &super::needles::Finder, open: bool) -> bool {
    let mut from = 0;
    while let Some((start, end)) = finder.find(text, from) {
        let begins = start == 0 || !in_piece(text, start - 1);
        if begins && (open || !in_piece(text, end)) {
            return true;
        }
        from = start + 1;
    }
    false
}

impl Run {
    fn clear(&mut self, program: &Program) {
        self.hits.all.clear();
        self.hits.all.resize(program.atoms.len(), false);
        (self.hits.count, self.hits.fresh, self.position) = (0, false, 0);
        for phrase in self.active.drain(..) {
            self.states[phrase] = 0;
        }
        self.positions.clear();
    }

    fn word(&mut self, program: &Program, word: &str) {
        let symbol = if word.bytes().next().is_some_and(|b| program.first[b as usize]) {
            self.look_up(program, word)
        } else if !self.active.is_empty() && is_stop_word(word) {
            STOP
        } else {
            OTHER
        };
        if symbol < OTHER {
            if let Some(atom) = program.stem_atoms[symbol as usize] {
                self.hits.add(atom);
            }
            if program.wants_position[symbol as usize] {
                self.positions.push((symbol, self.position));
            }
        }
        self.position = self.position.saturating_add(1);
        self.phrases(program, symbol);
    }

    /// Which of the query's stems a word has; atoms that want no stem are hit on the way.
    fn look_up(&mut self, program: &Program, word: &str) -> Symbol {
        if is_stop_word(word) {
            return STOP;
        }
        let mut buffer = std::mem::take(&mut self.lower);
        let lower = lower(word, &mut buffer);
        if !self.known.contains_key(lower) {
            let known = self.learn(program, lower);
            if self.known.len() >= MOST_KNOWN {
                self.known.clear();
            }
            if lower.len() > LONGEST_KNOWN {
                // Not to be remembered.
                self.lower = buffer;
                known.atoms.iter().for_each(|atom| self.hits.add(*atom));
                return known.symbol;
            }
            self.known.insert(lower.into(), known);
        }
        let mut symbol = OTHER;
        if let Some(known) = self.known.get(lower) {
            symbol = known.symbol;
            known.atoms.iter().for_each(|atom| self.hits.add(*atom));
        }
        self.lower = buffer;
        symbol
    }

    fn learn(&mut self, program: &Program, word: &str) -> Known {
        let symbol = program.symbols.get(stem(word).as_ref()).copied().unwrap_or(OTHER);
        let short = word.len() <= LONGEST_WORD;
        let fulfils = |atom: &usize, rows: &mut [Vec<usize>; 3]| match &program.atoms[*atom] {
            Atom::Prefix(prefix) => word.starts_with(prefix.as_str()),
            Atom::Wildcard(pattern) => short && fits(pattern, word),
            Atom::Fuzzy(wanted, edits) => short && within(wanted, word, usize::from(*edits), rows),
            _ => false,
        };
        let atoms = program.word_atoms.iter().filter(|atom| fulfils(atom, &mut self.rows)).copied().collect();
        Known { symbol, atoms }
    }

    /// Moves every phrase on by one word.
    fn phrases(&mut self, program: &Program, symbol: Symbol) {
        let mut kept = 0;
        for i in 0..self.active.len() {
            let at = self.active[i];
            let phrase = &program.phrases[at];
            let mut state = self.states[at];
            while state > 0 && phrase.symbols[state] != symbol {
                state = phrase.borders[state - 1] as usize;
            }
            state += usize::from(phrase.symbols[state] == symbol);
            if state == phrase.symbols.len() {
                self.hits.add(phrase.atom);
                state = 0;
            }
            self.states[at] = state;
            if state > 0 {
                self.active[kept] = at;
                kept += 1;
            }
        }
        self.active.truncate(kept);
        if symbol < OTHER {
            for at in &program.starts[symbol as usize] {
                if self.states[*at] == 0 && !self.hits.all[program.phrases[*at].atom] {
                    self.states[*at] = 1;
                    self.active.push(*at);
                }
            }
        }
    }

    /// Whether a match is certain already. Asked each time that the number of findings doubles, and when all are there.
    fn is_done(&mut self, program: &Program) -> bool {
        let hits = &mut self.hits;
        if !program.monotone || !std::mem::take(&mut hits.fresh) {
            return false;
        }
        (hits.count.is_power_of_two() || hits.count == hits.all.len()) && self.holds(program)
    }

    fn holds(&mut self, program: &Program) -> bool {
        program.evaluate(&self.hits.all, &mut self.stack).is_some_and(|v| v.holds && !v.negative)
    }

    /// Judges the proximity searches by the positions of their words.
    fn nearby(&mut self, program: &Program) {
        if program.near.is_empty() {
            return;
        }
        self.positions.sort_unstable();
        for atom in &program.near {
            let Atom::Near(words, slop) = &program.atoms[*atom] else { continue };
            self.sights.clear();
            for (index, (symbol, offset)) in words.iter().enumerate() {
                let start = self.positions.partition_point(|(s, _)| s < symbol);
                let of = self.positions[start..].iter().take_while(|(s, _)| s == symbol);
                self.sights.extend(of.map(|(_, position)| (i64::from(*position) - i64::from(*offset), index)));
            }
            if near(&mut self.sights, words.len(), *slop) {
                self.hits.add(*atom);
            }
        }
    }
}
