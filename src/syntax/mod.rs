//! Text to tree. Knows no fields, no data, no DataFusion and does no IO.
//!
//! [`parse`] never fails: it gives a tree and what is wrong with it. The grammar is `grammar/jqlx.pest`; [`print()`]
//! writes a tree in its canonical form, and [`json`] as JSON.

pub mod ast;
mod build;
mod grammar;
pub mod json;
mod lines;
mod literal;
mod print;
mod tokens;
mod words;

pub use lines::parse_lines;
pub use print::print;
pub use tokens::{Token, TokenKind, goes_on, spelt, tokens};
pub use words::verbs;

use crate::diagnostic::{Diagnostic, Span, codes};

/// How many levels the tree of one query may have; nothing that [`parse`] gives is deeper.
///
/// NOT, a chain of AND or OR, a clause, a list, a call within a call and a subquery are a level each. Parentheses that
/// leave no trace in the tree are none, and may nest as deep as they like.
pub const MAX_DEPTH: usize = 500;

/// How deep subqueries may stand within each other.
pub const MAX_SUBQUERIES: usize = 16;

/// How many bytes one query may have.
pub const MAX_LENGTH: usize = 16 << 20;

/// Which language a text is read as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// Plain JQL: extensions are refused by name.
    Jql,
    /// JQL extended with activity.
    #[default]
    Jqlx,
}

/// A text as a tree, with everything that is wrong with it.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The tree. Where a stretch of text is no condition it holds [`ast::ExprKind::Error`].
    pub query: ast::Query,
    /// The errors, by place; empty for a valid query. At most 50.
    pub diagnostics: Vec<Diagnostic>,
}

impl Parsed {
    /// Whether the text is a query of its dialect.
    pub fn is_valid(&self) -> bool {
        !self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// Reads `text` as a query.
///
/// Takes time in proportion to the length of the text, and no more stack for a deep text than for a flat one.
pub fn parse(text: &str, dialect: Dialect) -> Parsed {
    let mut sink = build::Sink::default();
    if text.len() > MAX_LENGTH {
        sink.report(
            Diagnostic::error(codes::TOO_LONG, format!("The query is longer than {} MiB", MAX_LENGTH >> 20))
                .at(Span::default(), "")
                .help("split the query, or pass long lists of values as parameters"),
        );
        let query = ast::Query { span: Span::new(0, text.len()), ..ast::Query::default() };
        return Parsed { query, diagnostics: sink.finish() };
    }
    if dialect == Dialect::Jql
        && let Some(at) = first_comment(text)
    {
        sink.report(
            Diagnostic::error(codes::NOT_JQL, "A comment is no JQL")
                .at(Span::new(at, at + 1), "`#` may not stand outside quotes")
                .help("if it belongs to a value, quote the value; comments are an extension of jqlx"),
        );
    }
    let (query, _) = build::query(text, 0, dialect, 0, &mut sink);
    Parsed { query, diagnostics: sink.finish() }
}

/// Where the first `#` outside quotes stands.
fn first_comment(text: &str) -> Option<usize> {
    if !text.contains('#') {
        return None;
    }
    let mut quote = None;
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match (byte, quote) {
            (b'\\', _) => {
                bytes.next();
            }
            (b'#', None) => return Some(at),
            (b'"' | b'\'', None) => quote = Some(byte),
            (byte, Some(open)) if byte == open => quote = None,
            _ => {}
        }
    }
    None
}
