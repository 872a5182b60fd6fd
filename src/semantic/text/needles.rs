//! Short byte strings that a matching text must hold, and a vectorised search for them.
//!
//! Each word of a query gives its least common few letters, in every spelling that lower case makes equal. Most texts hold
//! none of them and are done with at the speed of memory.

use std::collections::HashMap;

use aho_corasick::{AhoCorasick, Input, MatchKind};

use super::compare::Glob;
use super::program::{Atom, Op, Program};
use super::tokens::{lower_char, sure_start};

/// A search for one of several byte strings.
#[derive(Debug)]
pub(super) struct Finder(AhoCorasick);

/// Searches for more strings than this are slower than reading every word.
const MOST_STRINGS: usize = 256;
/// Letters of a word that are searched for.
const LETTERS: usize = 4;
/// Spellings of those letters: two for each letter, and a few more where other scripts lend theirs.
const MOST_SPELLINGS: usize = 32;

impl Finder {
    fn new(strings: &[Vec<u8>]) -> Option<Self> {
        if strings.is_empty() || strings.len() > MOST_STRINGS {
            return None;
        }
        AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(strings).ok().map(Self)
    }

    /// A search for one ASCII text in any case.
    pub(super) fn folded(text: &str) -> Option<Self> {
        AhoCorasick::builder().ascii_case_insensitive(true).build([text]).ok().map(Self)
    }

    /// The place of the first find at or behind `from`, from its first to behind its last byte.
    pub(super) fn find(&self, text: &[u8], from: usize) -> Option<(usize, usize)> {
        let found = self.0.try_find(Input::new(text).range(from..)).ok().flatten()?;
        Some((found.start(), found.end()))
    }
}

/// Spellings of a few letters, and how often a text of English holds them by chance.
#[derive(Clone, Debug)]
struct Needle {
    spellings: Vec<Vec<u8>>,
    frequency: f64,
}

/// Letters beyond ASCII by their lower case; made when the first is asked for, because few searches need it.
#[derive(Default)]
struct Spellings(Option<HashMap<char, Vec<char>>>);

impl Spellings {
    /// All characters whose lower case is, or holds, `c`.
    fn of(&mut self, c: char) -> Vec<char> {
        match c {
            // The Kelvin sign; the dotted capital I, which becomes two characters.
            'k' => vec!['k', 'K', '\u{212a}'],
            'i' => vec!['i', 'I', 'İ'],
            c if c.is_ascii() => {
                let mut out = vec![c, c.to_ascii_uppercase()];
                out.dedup();
                out
            }
            c => self.0.get_or_insert_with(inverse).get(&c).cloned().unwrap_or_else(|| vec![c]),
        }
    }
}

/// Blocks beyond ASCII whose characters may have another case.
const CASED: [std::ops::Range<u32>; 9] = [
    0x80..0x600,
    0x1000..0x2600,
    0x2c00..0x2e00,
    0xa600..0xac00,
    0xff00..0x1_0000,
    0x1_0400..0x1_0e00,
    0x1_1800..0x1_1900,
    0x1_6e00..0x1_6f00,
    0x1_e900..0x1_ea00,
];

fn inverse() -> HashMap<char, Vec<char>> {
    let mut out: HashMap<char, Vec<char>> = HashMap::new();
    for c in CASED.into_iter().flatten().filter_map(char::from_u32) {
        let mut lower = lower_char(c);
        if let (Some(to), None) = (lower.next(), lower.next())
            && to != c
            && !to.is_ascii()
        {
            out.entry(to).or_default().push(c);
        }
    }
    for (to, from) in &mut out {
        from.push(*to);
    }
    out
}

/// How many of a thousand letters of English are this one.
fn share(c: char) -> f64 {
    const SHARES: [f64; 26] = [
        82.0, 15.0, 28.0, 43.0, 127.0, 22.0, 20.0, 61.0, 70.0, 2.0, 8.0, 40.0, 24.0, 67.0, 75.0, 19.0, 1.0, 60.0, 63.0, 91.0, 28.0,
        10.0, 24.0, 2.0, 20.0, 1.0,
    ];
    match c {
        'a'..='z' => SHARES[(c as usize) - ('a' as usize)] / 1000.0,
        c if c.is_ascii() => 0.02,
        _ => 0.01,
    }
}

/// The best needle of letters that stand so, in any case, in every word that is asked for.
fn needle(letters: &str, spellings: &mut Spellings) -> Option<Needle> {
    // The dot that the dotted capital I leaves behind is no character of the text; and a long word's beginning is enough.
    let letters: Vec<char> = letters.chars().take_while(|c| *c != '\u{307}').take(16).collect();
    let of: Vec<Vec<char>> = letters.iter().map(|c| spellings.of(*c)).collect();
    let mut best: Option<Needle> = None;
    for start in 0..letters.len() {
        let mut end = start;
        let mut count = 1;
        while end < letters.len() && end - start < LETTERS && count * of[end].len() <= MOST_SPELLINGS {
            count *= of[end].len();
            end += 1;
        }
        let frequency = letters[start..end].iter().map(|c| share(*c)).product();
        if end == start || best.as_ref().is_some_and(|b| b.frequency <= frequency) {
            continue;
        }
        let mut texts = vec![Vec::new()];
        for chars in &of[start..end] {
            let more = |text: &Vec<u8>, c: &char| [text, c.encode_utf8(&mut [0; 4]).as_bytes()].concat();
            texts = texts.iter().flat_map(|text| chars.iter().map(move |c| more(text, c))).collect();
        }
        best = Some(Needle { spellings: texts, frequency });
    }
    best
}

/// What every text that matches some part of the query must hold one of.
#[derive(Clone, Debug)]
struct Gate {
    atoms: Vec<usize>,
    frequency: f64,
}

/// More alternatives than this are not looked for before the words are.
const MOST_ALTERNATIVES: usize = 8;

/// Gives a program its gate and its finder.
pub(super) fn attach(program: &mut Program) {
    let mut spellings = Spellings::default();
    // Many words are found faster by reading all words.
    if program.atoms.len() > MOST_STRINGS {
        return;
    }
    let mut stems = vec![""; program.symbols.len()];
    program.symbols.iter().for_each(|(stem, symbol)| stems[*symbol as usize] = stem);
    let spellings = &mut spellings;
    let of_stem = |symbol: u32, spellings: &mut Spellings| {
        let stem = stems.get(symbol as usize)?;
        needle(&stem[..sure_start(stem)], spellings)
    };
    let least = |a: Option<Needle>, b: Option<Needle>| match (a, b) {
        (Some(a), Some(b)) => Some(if b.frequency < a.frequency { b } else { a }),
        (a, b) => a.or(b),
    };
    // For each atom: what its text must hold, and what the piece where it begins must hold.
    let mut needles: Vec<Option<Needle>> = Vec::with_capacity(program.atoms.len());
    let mut entries: Vec<Option<Needle>> = Vec::with_capacity(program.atoms.len());
    for atom in &program.atoms {
        let (anywhere, entry) = match atom {
            Atom::Stem(symbol) => (of_stem(*symbol, spellings), None),
            Atom::Phrase(symbols) => {
                let anywhere = symbols.iter().take(16).map(|s| of_stem(*s, spellings)).fold(None, least);
                (anywhere, of_stem(symbols[0], spellings))
            }
            Atom::Near(words, _) => (words.iter().take(16).map(|(s, _)| of_stem(*s, spellings)).fold(None, least), None),
            Atom::Fuzzy(..) => (None, None),
            Atom::Prefix(text) => (needle(text, spellings), None),
            Atom::Verbatim(text, _) => (verbatim(text, spellings), None),
            Atom::Wildcard(pattern) => (wildcard(pattern, spellings), None),
        };
        entries.push(if matches!(atom, Atom::Phrase(_)) { entry } else { anywhere.clone() });
        needles.push(anywhere);
    }
    let mut starts = Vec::new();
    let mut all = program.near.is_empty();
    for (atom, entry) in program.atoms.iter().zip(entries) {
        match (atom, entry) {
            (Atom::Verbatim(..), _) => {}
            (_, Some(entry)) => starts.extend(entry.spellings),
            (_, None) => all = false,
        }
    }
    tidy(&mut starts);
    if all {
        program.finder = Finder::new(&starts);
    }
    if let Some(gate) = gate(program, &needles) {
        let mut wanted: Vec<Vec<u8>> = Vec::new();
        gate.atoms.iter().filter_map(|at| needles[*at].as_ref()).for_each(|n| wanted.extend(n.spellings.iter().cloned()));
        tidy(&mut wanted);
        if program.finder.is_none() || wanted != starts {
            program.gate = Finder::new(&wanted);
        }
    }
}

fn tidy(strings: &mut Vec<Vec<u8>>) {
    strings.sort_unstable();
    strings.dedup();
}

/// The needle of an ASCII text that is compared byte by byte but for ASCII case.
fn verbatim(text: &str, spellings: &mut Spellings) -> Option<Needle> {
    let run = text.split(|c: char| !c.is_ascii_alphanumeric()).max_by_key(|r| r.len())?;
    needle(run, spellings)
}

fn wildcard(pattern: &[Glob], spellings: &mut Spellings) -> Option<Needle> {
    let mut best: Option<Needle> = None;
    for run in pattern.split(|g| !matches!(g, Glob::Char(_))) {
        let run: String = run.iter().filter_map(|g| if let Glob::Char(c) = g { Some(*c) } else { None }).collect();
        let found = needle(&run, spellings);
        if best.as_ref().is_none_or(|b| found.as_ref().is_some_and(|f| f.frequency < b.frequency)) {
            best = found;
        }
    }
    best
}

/// Reads the program once, keeping for each value what it needs.
fn gate(program: &Program, needles: &[Option<Needle>]) -> Option<Gate> {
    let mut stack: Vec<(bool, Option<Gate>)> = Vec::new();
    for op in &program.ops {
        let value = match op {
            Op::Atom(at) => (false, needles[*at].as_ref().map(|n| Gate { atoms: vec![*at], frequency: n.frequency })),
            Op::Not => {
                stack.pop();
                (true, None)
            }
            Op::All(count) => {
                let parts: Vec<_> = stack.drain(stack.len() - count..).collect();
                let negative = parts.iter().all(|p| p.0);
                (negative, parts.into_iter().filter_map(|p| p.1).min_by(|a, b| a.frequency.total_cmp(&b.frequency)))
            }
            Op::Any(count) => {
                let parts: Vec<_> = stack.drain(stack.len() - count..).collect();
                let negative = parts.iter().all(|p| p.0);
                let mut whole = Some(Gate { atoms: Vec::new(), frequency: 0.0 });
                for (_, part) in parts.into_iter().filter(|p| !p.0) {
                    whole = whole.zip(part).map(|(mut whole, part)| {
                        whole.atoms.extend(part.atoms);
                        whole.frequency += part.frequency;
                        whole
                    });
                    whole = whole.filter(|w| w.atoms.len() <= MOST_ALTERNATIVES);
                }
                (negative, whole.filter(|_| !negative))
            }
        };
        stack.push(value);
    }
    stack.pop()?.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_are_all_that_lower_case_makes_equal() {
        let mut spellings = Spellings::default();
        for c in (0..=0x10_ffff).filter_map(char::from_u32) {
            let lower: Vec<char> = lower_char(c).collect();
            if let [to] = lower.as_slice() {
                assert!(spellings.of(*to).contains(&c), "{c:?}");
            } else {
                assert_eq!((c, lower.as_slice()), ('İ', ['i', '\u{307}'].as_slice()));
            }
        }
    }
}
