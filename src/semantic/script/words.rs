//! The few words in quotes that say which comment, file or work log is meant: `by alice after -7d inGroup staff`.

use super::Call;
use crate::diagnostic::{Span, codes};
use crate::syntax::ast::{self, Argument, Literal, LiteralKind, Operand};

/// The words that begin a part.
const WORDS: &[&str] = &["by", "after", "before", "on", "inRole", "inGroup", "roleLevel", "groupLevel", "visibility", "from", "to"];

/// What the words ask for.
#[derive(Default)]
pub(super) struct Words {
    pub(super) by: Vec<Operand>,
    pub(super) when: Vec<(When, Operand)>,
    pub(super) in_role: Vec<Literal>,
    pub(super) in_group: Vec<Literal>,
}

/// A bound of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    After,
    Before,
    On,
}

/// Where parts of a literal stand in the query.
struct Inside<'a> {
    literal: &'a Literal,
    plain: bool,
}

impl Inside<'_> {
    fn span(&self, start: usize, end: usize) -> Span {
        if !self.plain {
            return self.literal.span;
        }
        let from = self.literal.span.start as usize + 1;
        Span::new(from + start, from + end)
    }
}

impl Call<'_> {
    /// Reads the words of an argument. `takes` are those that make sense there.
    pub(super) fn words(&self, literal: &Literal, takes: &[&str]) -> Option<Words> {
        let binder = self.binder;
        let inside = Inside { literal, plain: literal.is_plain() };
        let pieces = pieces(&literal.text);
        let mut out = Words::default();
        let mut at = 0;
        if pieces.is_empty() {
            let message = format!("{}() is asked for nothing", self.function.name);
            return binder.refuse(codes::WRONG_ARGUMENTS, literal.span, message, format!("write some of: {}", takes.join(", ")));
        }
        while let Some(&(start, end)) = pieces.get(at) {
            let (text, span) = (&literal.text[start..end], inside.span(start, end));
            let Some(word) = WORDS.iter().find(|w| w.eq_ignore_ascii_case(text)) else {
                let message = format!("`{text}` is no word that {}() knows", self.function.name);
                return binder.refuse(codes::WRONG_ARGUMENTS, span, message, format!("it takes {}", takes.join(", ")));
            };
            if matches!(*word, "roleLevel" | "groupLevel" | "visibility") {
                let message = format!("`{word}` cannot be answered: it needs the visibility of comments, which no table holds");
                return binder.refuse(codes::NEEDS_DATA, span, message, None);
            }
            if !takes.contains(word) {
                let message = format!("{}() does not take `{word}`", self.function.name);
                return binder.refuse(codes::WRONG_ARGUMENTS, span, message, format!("it takes {}", takes.join(", ")));
            }
            let Some(&(start, end)) = pieces.get(at + 1) else {
                let message = format!("something is missing behind `{word}`");
                return binder.refuse(codes::WRONG_ARGUMENTS, span, message, None);
            };
            let value = operand(&literal.text[start..end], inside.span(start, end));
            match (*word, value) {
                ("by", value) => out.by.push(value),
                ("after", value) => out.when.push((When::After, value)),
                ("before", value) => out.when.push((When::Before, value)),
                ("on", value) => out.when.push((When::On, value)),
                ("inRole", Operand::Value(literal)) => out.in_role.push(literal),
                ("inGroup", Operand::Value(literal)) => out.in_group.push(literal),
                (word, value) => {
                    return binder.refuse(codes::WRONG_ARGUMENTS, value.span(), format!("a name is wanted behind `{word}`"), None);
                }
            }
            at += 2;
        }
        Some(out)
    }
}

/// The ranges of the pieces between white space; quotes and parentheses hold a piece together.
fn pieces(text: &str) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let (mut start, mut quote, mut depth) = (None, None, 0usize);
    for (at, c) in text.char_indices() {
        if start.is_none() {
            if c.is_whitespace() {
                continue;
            }
            start = Some(at);
        }
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth = depth.saturating_sub(1),
            (None, c) if c.is_whitespace() && depth == 0 => out.extend(start.take().map(|s| (s, at))),
            _ => {}
        }
    }
    out.extend(start.map(|s| (s, text.len())));
    out
}

/// A value, or a call such as `startOfDay(-1)`.
fn operand(text: &str, span: Span) -> Operand {
    let literal = |text: &str| {
        let bare = text.trim();
        let inner = bare.strip_prefix(['"', '\'']).and_then(|t| t.strip_suffix(['"', '\'']));
        let kind = match inner {
            Some(_) => LiteralKind::Quoted,
            None if bare.bytes().all(|b| b.is_ascii_digit()) => LiteralKind::Number,
            None => LiteralKind::Word,
        };
        Literal { text: inner.unwrap_or(bare).to_string(), kind, span }
    };
    match text.strip_suffix(')').and_then(|t| t.split_once('(')) {
        Some((name, arguments)) if !name.is_empty() && !name.starts_with(['"', '\'']) => {
            let parts = arguments.split(',').filter(|a| !a.trim().is_empty());
            Operand::Call(ast::Call {
                name: literal(name),
                arguments: parts.map(|a| Argument::Literal(literal(a))).collect(),
                span,
            })
        }
        _ => Operand::Value(literal(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::pieces;

    #[test]
    fn quotes_and_parentheses_hold_pieces_together() {
        let text = " by 'Ann Lee'  after startOfDay( -1 ) x";
        let found: Vec<&str> = pieces(text).into_iter().map(|(a, b)| &text[a..b]).collect();
        assert_eq!(found, ["by", "'Ann Lee'", "after", "startOfDay( -1 )", "x"]);
        assert_eq!(pieces("  "), []);
        assert_eq!(pieces("'open").len(), 1);
    }
}
