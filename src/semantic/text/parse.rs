//! The language inside the search string.
//!
//! No text is an error here: what makes no sense is punctuation, and punctuation is not searched for. Groups are counted on
//! a stack of their own, so that no number of parentheses exhausts the program's.

use std::collections::HashMap;

use super::TextFlavor;
use super::compare::Glob;
use super::program::{Atom, Op, Program, STOP, Symbol};
use super::tokens::{analyse, in_piece, lower_char, stem};

/// What a query asks for, and whether one of its words begins with a wildcard.
pub(super) fn parse(source: &str, flavor: TextFlavor) -> (Program, bool) {
    let mut builder = Builder {
        flavor,
        program: Program::default(),
        known: HashMap::new(),
        groups: vec![Group::default()],
        negate: false,
        leading: false,
    };
    builder.read(source);
    while builder.groups.len() > 1 {
        builder.close();
    }
    if let Some(mut root) = builder.groups.pop() {
        builder.finish_group(&mut root);
    }
    builder.program.finish();
    (builder.program, builder.leading)
}

/// An open group: the whole query, or a parenthesis.
#[derive(Default)]
struct Group {
    /// Alternatives that are complete.
    alternatives: usize,
    /// Terms of the alternative that is being read.
    terms: usize,
    negated: bool,
}

struct Builder {
    flavor: TextFlavor,
    program: Program,
    known: HashMap<Atom, usize>,
    groups: Vec<Group>,
    negate: bool,
    leading: bool,
}

/// A character of a word, and whether a backslash stood before it.
type Marked = (char, bool);

impl Builder {
    fn read(&mut self, source: &str) {
        let mut rest = source;
        while let Some(c) = rest.chars().next() {
            let tail = &rest[c.len_utf8()..];
            let stands_alone = tail.chars().next().is_none_or(char::is_whitespace);
            match c {
                c if c.is_whitespace() => rest = tail,
                '"' => rest = self.quoted(tail),
                '(' => {
                    let negated = std::mem::take(&mut self.negate);
                    self.groups.push(Group { negated, ..Group::default() });
                    rest = tail;
                }
                ')' => {
                    self.close();
                    rest = tail;
                }
                // A dash between words is punctuation on Cloud; Lucene's parser takes it for the operator.
                '-' | '+' if stands_alone && self.flavor == TextFlavor::Cloud => rest = tail,
                '-' | '!' => {
                    self.negate = true;
                    rest = tail;
                }
                '+' => rest = tail,
                '&' if tail.starts_with('&') => {
                    self.negate = false;
                    rest = &tail[1..];
                }
                '|' if tail.starts_with('|') => {
                    self.or();
                    rest = &tail[1..];
                }
                _ => rest = self.word(rest),
            }
        }
    }

    fn or(&mut self) {
        self.negate = false;
        if let Some(mut group) = self.groups.pop() {
            self.finish_alternative(&mut group);
            self.groups.push(group);
        }
    }

    fn finish_alternative(&mut self, group: &mut Group) {
        if group.terms > 1 {
            self.program.ops.push(Op::All(group.terms));
        }
        group.alternatives += usize::from(group.terms > 0);
        group.terms = 0;
    }

    fn finish_group(&mut self, group: &mut Group) {
        self.finish_alternative(group);
        if group.alternatives > 1 {
            self.program.ops.push(Op::Any(group.alternatives));
        }
    }

    fn close(&mut self) {
        self.negate = false;
        if self.groups.len() < 2 {
            return;
        }
        if let Some(mut group) = self.groups.pop() {
            self.finish_group(&mut group);
            self.negate = group.negated;
            self.term(usize::from(group.alternatives > 0));
        }
    }

    /// Takes the last `parts` values as one term; none: a term of stop words only, which asks for nothing.
    fn term(&mut self, parts: usize) {
        let negate = std::mem::take(&mut self.negate);
        if parts == 0 {
            return;
        }
        if parts > 1 {
            self.program.ops.push(Op::All(parts));
        }
        if negate {
            self.program.ops.push(Op::Not);
        }
        if let Some(group) = self.groups.last_mut() {
            group.terms += 1;
        }
    }

    fn atom(&mut self, atom: Atom) {
        let next = self.program.atoms.len();
        let at = *self.known.entry(atom).or_insert_with_key(|atom| {
            self.program.atoms.push(atom.clone());
            next
        });
        self.program.ops.push(Op::Atom(at));
    }

    fn symbol(&mut self, word: &str) -> Symbol {
        let stem = stem(word);
        let next = self.program.symbols.len() as Symbol;
        *self.program.symbols.entry(stem.into_owned()).or_insert(next)
    }

    /// Reads a phrase behind its opening quote.
    fn quoted<'s>(&mut self, text: &'s str) -> &'s str {
        let mut inside = String::new();
        let mut escaped = false;
        let mut rest = "";
        for (at, c) in text.char_indices() {
            if !escaped && c == '"' {
                rest = &text[at + 1..];
                break;
            }
            escaped = !escaped && c == '\\';
            inside.push(if escaped { ' ' } else { c });
        }
        let mut slop = None;
        while let Some(tail) = rest.strip_prefix(['~', '^']) {
            let number = tail.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
            if rest.starts_with('~') {
                slop = Some(tail[..tail.len() - number.len()].parse::<f64>().unwrap_or(0.0) as u32);
            }
            rest = number;
        }
        let parts = match slop.filter(|s| *s > 0 && self.flavor == TextFlavor::DataCenter) {
            Some(slop) => self.near(&inside, slop),
            None => self.phrase(&inside),
        };
        self.term(parts);
        rest
    }

    fn phrase(&mut self, text: &str) -> usize {
        let words = analyse(text);
        let mut symbols: Vec<Symbol> = words.iter().map(|w| w.as_ref().map_or(STOP, |w| self.symbol(w))).collect();
        while symbols.last() == Some(&STOP) {
            symbols.pop();
        }
        let stops = symbols.iter().take_while(|s| **s == STOP).count();
        symbols.drain(..stops);
        match symbols.as_slice() {
            [] => return 0,
            [symbol] => self.atom(Atom::Stem(*symbol)),
            _ => self.atom(Atom::Phrase(symbols)),
        }
        1
    }

    fn near(&mut self, text: &str, slop: u32) -> usize {
        let mut words: Vec<(Symbol, u32)> = Vec::new();
        for (place, word) in analyse(text).into_iter().enumerate() {
            let Some(word) = word else { continue };
            words.push((self.symbol(&word), place as u32));
        }
        // A word said twice is asked for once, at its first place.
        words.sort_unstable();
        words.dedup_by_key(|(symbol, _)| *symbol);
        match words.as_slice() {
            [] => return 0,
            [(symbol, _)] => self.atom(Atom::Stem(*symbol)),
            _ => self.atom(Atom::Near(words, slop)),
        }
        1
    }

    fn word<'s>(&mut self, text: &'s str) -> &'s str {
        let mut word: Vec<Marked> = Vec::new();
        let mut escaped = false;
        let mut end = text.len();
        for (at, c) in text.char_indices() {
            if !escaped && (c.is_whitespace() || matches!(c, '"' | '(' | ')')) {
                end = at;
                break;
            }
            if !escaped && c == '\\' {
                escaped = true;
                continue;
            }
            word.push((c, escaped));
            escaped = false;
        }
        match &text[..end] {
            "AND" => self.negate = false,
            "OR" => self.or(),
            "NOT" => self.negate = true,
            _ => {
                let parts = self.plain_word(word);
                self.term(parts);
            }
        }
        &text[end..]
    }

    /// A word that is no operator; yields how many values it put down.
    fn plain_word(&mut self, mut word: Vec<Marked>) -> usize {
        let mut similarity = None;
        while let Some(at) = word.iter().rposition(|m| matches!(m, ('~' | '^', false))) {
            let number: String = word[at + 1..].iter().map(|m| m.0).collect();
            if at == 0 || !number.chars().all(|c| c.is_ascii_digit() || c == '.') {
                break;
            }
            if word[at].0 == '~' {
                similarity = Some(number);
            }
            word.truncate(at);
        }
        let text: String = word.iter().map(|m| m.0).collect();
        let open = matches!(word.last(), Some(('*', false)));
        let address = if open { text.trim_end_matches('*') } else { text.as_str() };
        if is_address(address) {
            let address = address.trim_end_matches(|c: char| !c.is_ascii_alphanumeric()).to_ascii_lowercase();
            self.atom(Atom::Verbatim(address, open));
            return 1;
        }
        if word.iter().any(is_wild) {
            return word.split(|m| !is_wild(m) && m.0.is_ascii() && !m.0.is_ascii_alphanumeric()).map(|p| self.wild(p)).sum();
        }
        match similarity {
            Some(similarity) if self.flavor == TextFlavor::DataCenter => self.fuzzy(&text, &similarity),
            _ => self.phrase(&text),
        }
    }

    /// A part of a word between punctuation, which may have wildcards.
    fn wild(&mut self, part: &[Marked]) -> usize {
        let literal: String = part.iter().filter(|m| !is_wild(m)).map(|m| m.0).collect();
        if literal.is_empty() {
            return 0;
        }
        if !part.iter().any(is_wild) {
            return self.phrase(&literal);
        }
        if part.first().is_some_and(is_wild) {
            self.leading = true;
        }
        let mut pattern: Vec<Glob> = Vec::new();
        for (at, mark) in part.iter().enumerate() {
            match mark {
                ('*', false) => pattern.push(Glob::Many),
                // At the end of a word, Cloud reads it as the other.
                ('?', false) if self.flavor == TextFlavor::Cloud && part[at..].iter().all(is_wild) => pattern.push(Glob::Many),
                ('?', false) => pattern.push(Glob::One),
                (c, _) => pattern.extend(lower_char(*c).map(Glob::Char)),
            }
            if let [.., Glob::Many, Glob::Many] = pattern.as_slice() {
                pattern.pop();
            }
        }
        let plain = pattern.iter().position(|g| !matches!(g, Glob::Char(_)));
        if plain.is_some_and(|at| at > 0 && at + 1 == pattern.len()) && pattern.last() == Some(&Glob::Many) {
            return self.prefix(&literal);
        }
        self.atom(Atom::Wildcard(pattern));
        1
    }

    /// The beginning of a word. Scripts without spaces make several words of it; the last is the one with an open end.
    fn prefix(&mut self, literal: &str) -> usize {
        let mut words = Vec::new();
        super::tokens::words_of_piece(literal, |_, word| words.push(word));
        let Some(last) = words.pop() else { return 0 };
        let mut parts = 1;
        for word in words {
            parts += self.phrase(word);
        }
        self.atom(Atom::Prefix(last.chars().flat_map(lower_char).collect()));
        parts
    }

    fn fuzzy(&mut self, text: &str, similarity: &str) -> usize {
        let words = analyse(text);
        let [Some(word)] = words.as_slice() else { return self.phrase(text) };
        let letters: Vec<char> = word.chars().collect();
        let edits = match similarity.parse::<f64>() {
            // Above one it is a number of edits, below one a share of the word that stays.
            Ok(edits) if edits >= 1.0 => edits.min(2.0) as u8,
            Ok(0.0) => 0,
            Ok(share) => ((1.0 - share) * letters.len() as f64).min(2.0) as u8,
            Err(_) => 2,
        };
        if edits == 0 || text.len() > super::tokens::LONGEST_WORD {
            return self.phrase(text);
        }
        self.atom(Atom::Fuzzy(letters, edits));
        1
    }
}

fn is_wild(mark: &Marked) -> bool {
    matches!(mark, ('*' | '?', false))
}

/// Whether a word is an e-mail address or a URL: in those, punctuation counts.
fn is_address(word: &str) -> bool {
    if !word.is_ascii() || word.bytes().any(|b| b.is_ascii_control()) || !in_piece(word.as_bytes(), 0) {
        return false;
    }
    if let Some((scheme, rest)) = word.split_once("://") {
        return scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+.-".contains(&b)) && in_piece(rest.as_bytes(), 0);
    }
    if word.get(..4).is_some_and(|w| w.eq_ignore_ascii_case("www.")) {
        return in_piece(word.as_bytes(), 4);
    }
    let Some((name, host)) = word.split_once('@') else { return false };
    let host = host.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
    name.bytes().last().is_some_and(|b| b.is_ascii_alphanumeric())
        && host.split('.').count() > 1
        && host.split('.').all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
}
