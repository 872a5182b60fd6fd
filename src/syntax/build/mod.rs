//! The grammar's pairs to the tree, and everything that is wrong with them to diagnostics.
//!
//! The pairs come flat: [`condition`] gives a condition its shape, [`operand`] gives lists and calls theirs. What
//! nests does so in vectors here, never on the stack, except for subqueries, whose depth is limited.

mod activity;
mod broken;
mod clause;
mod condition;
mod operand;
mod operator;
mod sequence;
mod sink;
mod tail;

pub(super) use sink::Sink;

use super::ast::{Expr, ExprKind, FieldRef, Literal, LiteralKind, Property, Query, Spanned, Target};
use super::grammar::{Grammar, Rule};
use super::{Dialect, MAX_DEPTH, MAX_SUBQUERIES, literal, words};
use crate::diagnostic::{Diagnostic, Span, codes};
use condition::Condition;
use pest::Parser;
use pest::iterators::{Pair, Pairs};
use tail::Stage;

/// A condition under construction.
struct Node {
    expr: Expr,
    /// How many levels of tree it holds.
    depth: usize,
    /// Whether parentheses were written around it.
    parenthesised: bool,
    /// Whether its end was missing, and reported: what stands behind it is most likely the rest of it.
    cut_short: bool,
}

impl Node {
    fn new(kind: ExprKind, span: Span, depth: usize) -> Self {
        Self { expr: Expr { kind, span }, depth, parenthesised: false, cut_short: false }
    }

    fn error(span: Span) -> Self {
        Self::new(ExprKind::Error, span, 1)
    }

    fn is_error(&self) -> bool {
        matches!(self.expr.kind, ExprKind::Error)
    }
}

/// Builds the tree of one query text.
struct Builder<'t, 's> {
    /// The text of this query; for a subquery, without its parentheses.
    text: &'t str,
    /// Where it starts in the whole text.
    base: usize,
    dialect: Dialect,
    /// How many queries this one stands in.
    nesting: usize,
    sink: &'s mut Sink,
    /// Parentheses that lists left open; so many stray ones that close are explained.
    left_open: usize,
    /// Within the operand of VIA, where `user` is a word of the language and no name.
    via: bool,
}

/// Reads `text`, which starts at byte `base` of the whole, into a tree; also says how deep the tree is.
pub(super) fn query(text: &str, base: usize, dialect: Dialect, nesting: usize, sink: &mut Sink) -> (Query, usize) {
    let mut builder = Builder { text, base, dialect, nesting, sink, left_open: 0, via: false };
    let pairs = match Grammar::parse(Rule::query, text) {
        Ok(mut pairs) => pairs.next().map(Pair::into_inner),
        Err(_) => None,
    };
    match pairs {
        Some(pairs) => builder.query(pairs),
        // The grammar takes every text; should it not, the query is refused and nothing else.
        None => {
            let span = Span::new(base, base + text.len());
            builder.sink.report(Diagnostic::error(codes::UNEXPECTED, "The query cannot be read").at(span, ""));
            (Query { span, ..Query::default() }, 1)
        }
    }
}

impl Builder<'_, '_> {
    fn query(&mut self, pairs: Pairs<'_, Rule>) -> (Query, usize) {
        let mut query = Query { span: Span::new(self.base, self.base + self.text.len()), ..Query::default() };
        let mut condition = Condition::default();
        let mut stage = Stage::default();
        let mut needs_clause = None;
        let mut depth = 1;
        for pair in pairs {
            let span = self.span(&pair);
            match pair.as_rule() {
                Rule::target => {
                    let activity = pair.as_str().len() == "activity".len();
                    self.extension(span, if activity { "ACTIVITY" } else { "ISSUES" });
                    let node = if activity { Target::Activity } else { Target::Issues };
                    query.target = Some(Spanned { node, span });
                }
                Rule::where_word => {
                    self.extension(span, "WHERE");
                    needs_clause = Some(span);
                }
                Rule::order_by | Rule::as_of | Rule::group_by | Rule::show | Rule::limit => {
                    let tail_depth = self.tail(pair, span, &mut stage, &mut condition, &mut query);
                    depth = depth.max(tail_depth);
                }
                Rule::EOI => {}
                _ if stage.any() => self.behind_tail(&pair, span, &mut stage),
                Rule::open => condition.open(self, span),
                Rule::close => condition.close(self, pair),
                Rule::and => condition.and(self, span),
                Rule::or => condition.or(self, span),
                Rule::not => condition.not(self, span),
                Rule::then => condition.then(self, span),
                Rule::clause => {
                    let node = self.clause(pair, span);
                    condition.operand(self, node);
                }
                Rule::activity => {
                    let node = self.activity(pair, span);
                    condition.operand(self, node);
                }
                _ => condition.broken(self, pair),
            }
        }
        if let Some(span) = needs_clause.filter(|_| condition.is_empty()) {
            self.sink.report(
                Diagnostic::error(codes::MISSING_CLAUSE, "WHERE has no condition behind it")
                    .at(span, "a clause is missing behind this")
                    .help("write a clause behind it, or leave WHERE out"),
            );
        }
        if let Some(node) = condition.finish(self) {
            depth = depth.max(node.depth);
            query.filter = Some(node.expr);
        }
        (query, depth)
    }

    /// Where `pair` stands in the whole text.
    fn span(&self, pair: &Pair<'_, Rule>) -> Span {
        let span = pair.as_span();
        Span::new(self.base + span.start(), self.base + span.end())
    }

    /// The text at `span`.
    fn source(&self, span: Span) -> &str {
        self.text.get(span.start as usize - self.base..span.end as usize - self.base).unwrap_or("")
    }

    /// The first character of `span`.
    fn head(&self, span: Span) -> Span {
        let length = self.source(span).chars().next().map_or(0, char::len_utf8);
        Span { start: span.start, end: span.start + length as u32 }
    }

    /// Where the query's last word ends.
    fn end(&self) -> usize {
        self.base + self.text.trim_end_matches([' ', '\t', '\r', '\n']).len()
    }

    /// Reports, in plain JQL, that `what` is none of it.
    fn extension(&mut self, span: Span, what: &str) {
        if self.dialect == Dialect::Jql {
            self.sink.report_with(|| {
                Diagnostic::error(codes::NOT_JQL, format!("{what} is no JQL"))
                    .at(span, "only jqlx has this")
                    .help("it is an extension of jqlx: read the query in the jqlx dialect")
            });
        }
    }

    /// Reports nesting beyond what the language promises to read.
    fn too_deep(&mut self, span: Span) {
        self.sink.report_once(|| {
            Diagnostic::error(codes::TOO_DEEP, format!("The query nests deeper than {MAX_DEPTH} levels"))
                .at(span, "this is the level too many")
                .help("split the query, or replace nested conditions by a list with IN")
        });
    }

    /// A word, quoted string or unterminated one, as a name or value.
    fn literal(&mut self, pair: &Pair<'_, Rule>) -> Literal {
        let literal = self.any_word(pair);
        let named = self.via && literal.text.eq_ignore_ascii_case("user");
        if literal.kind == LiteralKind::Word && words::is_reserved(pair.as_str()) && !named {
            self.reserved(&literal);
        }
        literal
    }

    /// As [`Builder::literal`], where a reserved word is fine.
    fn any_word(&mut self, pair: &Pair<'_, Rule>) -> Literal {
        let span = self.span(pair);
        let start = span.start as usize;
        let raw = pair.as_str();
        match pair.as_rule() {
            Rule::quoted => {
                let inside = raw.get(1..raw.len() - 1).unwrap_or("");
                let text = literal::decode(inside, start + 1, true, self.sink);
                Literal { text, kind: LiteralKind::Quoted, span }
            }
            Rule::unterminated => {
                self.unterminated(span);
                Literal { text: raw.get(1..).unwrap_or("").to_owned(), kind: LiteralKind::Quoted, span }
            }
            _ => {
                let kind = match raw {
                    number if literal::is_number(number) => LiteralKind::Number,
                    // A word with escapes may hold what only quotes can hold otherwise.
                    escaped if escaped.contains('\\') => LiteralKind::Quoted,
                    _ => LiteralKind::Word,
                };
                Literal { text: literal::decode(raw, start, false, self.sink), kind, span }
            }
        }
    }

    fn reserved(&mut self, literal: &Literal) {
        self.sink.report_with(|| {
            let mut quoted = String::new();
            literal::write_quoted(&literal.text, &mut quoted);
            Diagnostic::error(codes::RESERVED_WORD, format!("`{}` is a reserved word", literal.text))
                .at(literal.span, "as a name or value it needs quotes")
                .help(format!("quote it: {quoted}"))
        });
    }

    fn unterminated(&mut self, span: Span) {
        let quote = self.source(span).chars().next().unwrap_or('"');
        let opening = self.head(span);
        self.sink.report(
            Diagnostic::error(codes::UNTERMINATED_STRING, "The quoted string is never closed")
                .at(opening, "it starts here")
                .help(format!("close it with `{quote}`; a quote within it is written `\\{quote}`")),
        );
    }

    /// A word, whether reserved or not, or `cf[1]`.
    fn name(&mut self, pair: &Pair<'_, Rule>) -> Literal {
        if pair.as_rule() != Rule::custom {
            return self.any_word(pair);
        }
        let id = pair.clone().into_inner().next().map_or("", |id| id.as_str());
        Literal { text: format!("cf[{id}]"), kind: LiteralKind::Word, span: self.span(pair) }
    }

    /// `name`, `"name"`, `cf[1]`, with properties.
    ///
    /// `lenient` lets a reserved word stand: where it turns out to be an entity or a function.
    fn field(&mut self, pair: Pair<'_, Rule>, lenient: bool) -> FieldRef {
        let span = self.span(&pair);
        let mut inner = pair.into_inner();
        let mut name = match inner.next() {
            Some(first) if lenient || first.as_rule() == Rule::custom => self.name(&first),
            Some(first) => self.literal(&first),
            None => Literal { text: String::new(), kind: LiteralKind::Quoted, span },
        };
        let mut properties = Vec::new();
        for property in inner {
            let mut parts = property.into_inner();
            if let Some(key) = parts.next() {
                let key = self.literal(&key);
                let path = parts.map(|part| self.literal(&part)).collect();
                properties.push(Property { key, path });
            }
        }
        if name.kind == LiteralKind::Number && !properties.is_empty() {
            self.sink.report(
                Diagnostic::error(codes::UNEXPECTED, "A number has no properties")
                    .at(Span { start: name.span.end, end: span.end }, "no property can follow a number")
                    .help(format!("a custom field is written cf[{}]", name.text.trim_start_matches('-'))),
            );
            name.kind = LiteralKind::Quoted;
        }
        FieldRef { name, properties, span }
    }

    /// A query within a list.
    fn subquery(&mut self, pair: &Pair<'_, Rule>, span: Span) -> (Query, usize) {
        if self.nesting >= MAX_SUBQUERIES {
            self.sink.report(
                Diagnostic::error(codes::TOO_DEEP, format!("Subqueries nest deeper than {MAX_SUBQUERIES} levels"))
                    .at(self.head(span), "this is the level too many"),
            );
            return (Query { span, ..Query::default() }, 1);
        }
        stacker::maybe_grow(256 * 1024, 1024 * 1024, || {
            query(pair.as_str(), span.start as usize, self.dialect, self.nesting + 1, self.sink)
        })
    }
}
