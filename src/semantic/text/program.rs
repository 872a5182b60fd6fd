//! A query after parsing: what to look for, and how the findings combine.

use std::collections::HashMap;

use super::compare::Glob;
use super::needles::Finder;

/// The number of a stem that the query asks for.
pub(super) type Symbol = u32;
/// A stop word, inside a phrase or in a text.
pub(super) const STOP: Symbol = Symbol::MAX;
/// A word that the query does not ask for.
pub(super) const OTHER: Symbol = Symbol::MAX - 1;

/// One thing to look for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Atom {
    /// A word of this stem.
    Stem(Symbol),
    /// A word that begins so.
    Prefix(String),
    /// A word that fits.
    Wildcard(Vec<Glob>),
    /// A word that is so many edits away at most.
    Fuzzy(Vec<char>, u8),
    /// Words side by side, in order. Neither end is a stop word.
    Phrase(Vec<Symbol>),
    /// Words (with their places in the phrase) not far from each other. Each word once.
    Near(Vec<(Symbol, u32)>, u32),
    /// An e-mail address or URL, in lower case, and whether more may follow.
    Verbatim(String, bool),
}

/// A step of the evaluation; operands come before their operator. Flat, so that no depth of nesting needs stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    /// Whether an atom was found.
    Atom(usize),
    /// The last one does not hold.
    Not,
    /// The last so many all hold.
    All(usize),
    /// One of the last so many holds.
    Any(usize),
}

/// What is on the stack of an evaluation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value {
    pub(super) holds: bool,
    /// Whether it only excludes. Such a part finds nothing by itself.
    pub(super) negative: bool,
}

/// A phrase with its table of how much of it still stands after a mismatch.
#[derive(Debug)]
pub(super) struct Phrase {
    pub(super) atom: usize,
    pub(super) symbols: Vec<Symbol>,
    pub(super) borders: Vec<u32>,
}

/// A query, ready to run.
#[derive(Debug, Default)]
pub(super) struct Program {
    pub(super) ops: Vec<Op>,
    pub(super) atoms: Vec<Atom>,
    pub(super) symbols: HashMap<String, Symbol>,
    /// For each symbol, the atom that asks for it alone.
    pub(super) stem_atoms: Vec<Option<usize>>,
    /// For each symbol, the phrases that begin with it.
    pub(super) starts: Vec<Vec<usize>>,
    pub(super) phrases: Vec<Phrase>,
    /// Atoms that are tested against each word: prefixes, wildcards, fuzzy words.
    pub(super) word_atoms: Vec<usize>,
    /// For each symbol, whether some proximity search wants its positions.
    pub(super) wants_position: Vec<bool>,
    pub(super) near: Vec<usize>,
    pub(super) verbatim: Vec<(usize, Finder)>,
    /// First bytes, in either case, of words that may be asked for. All others are only counted.
    pub(super) first: Vec<bool>,
    /// Whether the order of evaluation has no NOT: then what holds once holds for good.
    pub(super) monotone: bool,
    /// Whether nothing can match.
    pub(super) never: bool,
    /// A text without any of these does not match.
    pub(super) gate: Option<Finder>,
    /// Only pieces with one of these can begin a match. None: every word must be read.
    pub(super) finder: Option<Finder>,
}

impl Program {
    /// Fills in what follows from operations, atoms and symbols.
    pub(super) fn finish(&mut self) {
        self.stem_atoms = vec![None; self.symbols.len()];
        self.starts = vec![Vec::new(); self.symbols.len()];
        self.wants_position = vec![false; self.symbols.len()];
        self.first = vec![false; 256];
        for word in self.symbols.keys() {
            mark_first(&mut self.first, word.bytes().next());
        }
        for (at, atom) in self.atoms.iter().enumerate() {
            match atom {
                Atom::Stem(symbol) => self.stem_atoms[*symbol as usize] = Some(at),
                Atom::Prefix(prefix) => {
                    mark_first(&mut self.first, prefix.bytes().next());
                    self.word_atoms.push(at);
                }
                Atom::Wildcard(pattern) => {
                    match pattern.first() {
                        Some(Glob::Char(c)) => mark_first(&mut self.first, Some((*c).try_into().unwrap_or(u8::MAX))),
                        _ => self.first.fill(true),
                    }
                    self.word_atoms.push(at);
                }
                Atom::Fuzzy(..) => {
                    self.first.fill(true);
                    self.word_atoms.push(at);
                }
                Atom::Phrase(symbols) => {
                    self.starts[symbols[0] as usize].push(self.phrases.len());
                    self.phrases.push(Phrase { atom: at, symbols: symbols.clone(), borders: borders(symbols) });
                }
                Atom::Near(words, _) => {
                    words.iter().for_each(|(symbol, _)| self.wants_position[*symbol as usize] = true);
                    self.near.push(at);
                }
                Atom::Verbatim(literal, _) => self.verbatim.extend(Finder::folded(literal).map(|f| (at, f))),
            }
        }
        self.monotone = !self.ops.contains(&Op::Not);
        let value = self.evaluate(&vec![false; self.atoms.len()], &mut Vec::new());
        self.never = value.is_none_or(|v| v.negative);
        if !self.never {
            super::needles::attach(self);
        }
    }

    /// Combines findings; nothing where there is nothing to find.
    pub(super) fn evaluate(&self, hits: &[bool], stack: &mut Vec<Value>) -> Option<Value> {
        stack.clear();
        for op in &self.ops {
            let value = match op {
                Op::Atom(at) => Value { holds: hits[*at], negative: false },
                Op::Not => Value { holds: !stack.pop()?.holds, negative: true },
                Op::All(count) => {
                    let of = stack.len() - count..;
                    let negative = stack[of.clone()].iter().all(|v| v.negative);
                    Value { holds: stack.drain(of).fold(true, |all, v| all & v.holds), negative }
                }
                Op::Any(count) => {
                    let of = stack.len() - count..;
                    let negative = stack[of.clone()].iter().all(|v| v.negative);
                    let counts = |v: &Value| v.holds && v.negative == negative;
                    Value { holds: stack.drain(of).fold(false, |any, v| any | counts(&v)), negative }
                }
            };
            stack.push(value);
        }
        stack.pop()
    }
}

fn mark_first(table: &mut [bool], byte: Option<u8>) {
    if let Some(byte) = byte {
        table[byte.to_ascii_lowercase() as usize] = true;
        table[byte.to_ascii_uppercase() as usize] = true;
    }
    // Letters beyond ASCII may become ASCII in lower case.
    table[128..].fill(true);
}

/// For each length of a beginning of the phrase: the longest shorter beginning that it ends with.
fn borders(symbols: &[Symbol]) -> Vec<u32> {
    let mut out = vec![0; symbols.len()];
    let mut length = 0;
    for at in 1..symbols.len() {
        while length > 0 && symbols[at] != symbols[length] {
            length = out[length - 1] as usize;
        }
        length += usize::from(symbols[at] == symbols[length]);
        out[at] = length as u32;
    }
    out
}
