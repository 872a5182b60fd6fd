//! The words and signs of a text with their places, for editors: colours, completion, and whether a text goes on.
//!
//! The parser does not need them; its grammar reads characters. Both agree on what a character may belong to.

use super::{literal, words};
use crate::diagnostic::Span;

/// What a stretch of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A name or value.
    Word,
    /// A word that no name or value is unless quoted: `AND`, `WAS`, `AFTER`.
    Keyword,
    /// A word that jqlx reads in some places: `ACTIVITY`, `SHOW`, `THEN`.
    Contextual,
    /// The verb of an activity clause.
    Verb,
    /// A number, or a length of time such as `-7d`.
    Number,
    /// A text in quotes.
    Quoted,
    /// A text whose closing quote is missing.
    Unterminated,
    /// `$name`
    Parameter,
    /// `=`, `!=`, `~`, `&&` and their like.
    Symbol,
    /// `(`
    Open,
    /// `)`
    Close,
    /// `,`
    Comma,
    /// `;`, which ends a statement where there are several. No part of the language.
    End,
    /// From `#` to the end of the line.
    Comment,
    /// `[`, `]` and what else may stand alone.
    Other,
}

/// A stretch of text that belongs together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it is.
    pub span: Span,
}

/// The tokens of a text, in order. White space is none.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let Some(first) = rest.chars().next() else { break };
        if matches!(first, ' ' | '\t' | '\n' | '\r') {
            at += 1;
            continue;
        }
        let (kind, length) = token(rest, first);
        tokens.push(Token { kind, span: Span::new(at, at + length) });
        at += length;
    }
    tokens
}

fn token(rest: &str, first: char) -> (TokenKind, usize) {
    match first {
        '"' | '\'' => quoted(rest, first),
        '#' => (TokenKind::Comment, rest.find('\n').unwrap_or(rest.len())),
        '(' => (TokenKind::Open, 1),
        ')' => (TokenKind::Close, 1),
        ',' => (TokenKind::Comma, 1),
        ';' => (TokenKind::End, 1),
        '=' | '!' | '<' | '>' | '~' => (TokenKind::Symbol, run(rest, |c| matches!(c, '=' | '!' | '<' | '>' | '~'))),
        '&' | '|' => (TokenKind::Symbol, run(rest, |c| c == first)),
        '$' => (TokenKind::Parameter, 1 + rest.get(1..).map_or(0, |name| run(name, literal::is_word_char))),
        first if literal::is_word_char(first) || first == '\\' => {
            let length = word(rest);
            (rest.get(..length).map_or(TokenKind::Word, kind), length)
        }
        first if first == '+' && rest.get(1..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) => {
            (TokenKind::Number, 1 + rest.get(1..).map_or(0, |name| run(name, literal::is_word_char)))
        }
        other => (TokenKind::Other, other.len_utf8()),
    }
}

fn run(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

/// A word goes on behind a backslash and what it escapes.
fn word(text: &str) -> usize {
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            c if literal::is_word_char(c) => {}
            _ => return at,
        }
    }
    text.len()
}

fn quoted(text: &str, quote: char) -> (TokenKind, usize) {
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            c if c == quote => return (TokenKind::Quoted, at + 1),
            _ => {}
        }
    }
    (TokenKind::Unterminated, text.len())
}

fn kind(word: &str) -> TokenKind {
    let unsigned = word.strip_prefix('-').unwrap_or(word);
    if literal::is_number(word) || words::is_duration(unsigned) {
        TokenKind::Number
    } else if words::is_one_of(word, words::verbs()) {
        TokenKind::Verb
    } else if words::is_keyword(word) {
        TokenKind::Keyword
    } else if words::is_one_of(word, words::CLAUSE_WORDS) {
        TokenKind::Contextual
    } else {
        TokenKind::Word
    }
}

/// Whether somebody who has written so much is not done: a quote or parenthesis is open, or the last word wants another.
pub fn goes_on(text: &str) -> bool {
    let mut depth = 0i64;
    let (mut before, mut last) = (None, None::<Token>);
    for token in tokens(text) {
        match token.kind {
            TokenKind::Comment => continue,
            TokenKind::Unterminated => return true,
            TokenKind::Open => depth += 1,
            TokenKind::Close => depth -= 1,
            _ => {}
        }
        before = last.replace(token);
    }
    let Some(last) = last else { return false };
    // `LOGGED IN` is a verb.
    let verb =
        before.is_some_and(|token| format!("{} {}", token.span.text(text), last.span.text(text)).eq_ignore_ascii_case("logged in"));
    depth > 0
        || match last.kind {
            TokenKind::Symbol | TokenKind::Comma | TokenKind::Open => true,
            TokenKind::Keyword | TokenKind::Contextual | TokenKind::Word => {
                !verb && words::is_one_of(last.span.text(text), words::WANTING)
            }
            _ => false,
        }
}

/// A text as a name or value: as it is where it reads as one word, else in quotes.
pub fn spelt(text: &str) -> String {
    if literal::is_plain(text) && !words::is_contextual(text) && !words::is_one_of(text, words::CLAUSE_WORDS) {
        return text.to_owned();
    }
    let mut out = String::new();
    literal::write_quoted(text, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_cover_all_but_white_space() {
        for text in [
            "project = PAY AND summary ~ \"a \\\" b\" # and so on\nORDER BY created",
            "ACTIVITY WHERE comment DELETED BY $who AFTER -30d; x",
            "\"open",
            "a\\ b = 'x' && é <> ☃ [x] /",
            "\\",
            "$",
        ] {
            let mut covered = vec![false; text.len()];
            for token in tokens(text) {
                assert!(!token.span.text(text).is_empty(), "{text}: {token:?}");
                covered[token.span.start as usize..token.span.end as usize].fill(true);
            }
            for (at, c) in text.char_indices() {
                assert!(covered[at] || c.is_whitespace(), "{text}: {at}");
            }
        }
    }

    #[test]
    fn what_is_open_goes_on() {
        for text in [
            "project =",
            "a = b AND",
            "status IN (Done,",
            "status IN (Done",
            "summary ~ \"x",
            "ACTIVITY WHERE",
            "comment DELETED BY",
            "a = b # AND\nOR",
        ] {
            assert!(goes_on(text), "{text}");
        }
        for text in [
            "",
            "project = PAY",
            "a = b # AND",
            "comment DELETED",
            "status IN (Done)",
            "status WAS Done)",
            "x IS EMPTY",
            "user LOGGED IN",
        ] {
            assert!(!goes_on(text), "{text}");
        }
    }
}
