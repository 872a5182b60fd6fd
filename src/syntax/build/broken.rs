//! Text that is no item: what was most likely meant.

use super::Builder;
use super::condition::Before;
use crate::diagnostic::{Diagnostic, Span, codes};
use crate::syntax::ast::{ExprKind, Operand};
use crate::syntax::grammar::Rule;
use crate::syntax::words;
use pest::iterators::Pair;

/// A token of the stretch.
#[derive(Clone, Copy)]
struct Token<'t> {
    rule: Rule,
    text: &'t str,
    span: Span,
}

impl Token<'_> {
    fn is(&self, word: &str) -> bool {
        self.rule == Rule::word && self.text.eq_ignore_ascii_case(word)
    }

    /// Whether it can be part of a name or value.
    fn is_name(&self) -> bool {
        match self.rule {
            Rule::quoted => true,
            Rule::word => !words::is_keyword(self.text),
            _ => false,
        }
    }

    /// Whether it looks like an operator.
    fn is_operator(&self) -> bool {
        self.rule == Rule::op_symbol || ["in", "is", "was", "changed", "not"].iter().any(|w| self.is(w))
    }

    fn upper(&self) -> String {
        self.text.chars().take(40).collect::<String>().to_ascii_uppercase()
    }
}

/// Words that other query languages have for operators, and what JQL has.
const FOREIGN: [(&str, &str); 12] = [
    ("like", "~"),
    ("ilike", "~"),
    ("contains", "~"),
    ("matches", "~"),
    ("has", "~"),
    ("equals", "="),
    ("equal", "="),
    ("eq", "="),
    ("ne", "!="),
    ("gt", ">"),
    ("lt", "<"),
    ("between", ">= ... AND ... <="),
];

impl Builder<'_, '_> {
    /// Reports a stretch that stands behind `before`, and says where it lies.
    pub(super) fn broken(&mut self, pair: Pair<'_, Rule>, before: &Before<'_>) -> Span {
        let whole = self.span(&pair);
        let mut tokens = Vec::with_capacity(4);
        for token in pair.into_inner() {
            // What was meant shows in the first few.
            if tokens.len() == 6 {
                break;
            }
            tokens.push(Token { rule: token.as_rule(), text: token.as_str(), span: self.span(&token) });
        }
        let Some(first) = tokens.first().copied() else { return whole };
        match before {
            _ if first.rule == Rule::unterminated => self.unterminated(first.span),
            _ if first.rule == Rule::stray && first.text != "," => self.comment_or_character(first),
            Before::Connective => self.no_clause(&tokens),
            Before::Operand(node) => self.behind_clause(&tokens, node.expr.span, &node.expr.kind),
        }
        let trimmed = self.source(whole).trim_end_matches([' ', '\t', '\r', '\n']).len();
        Span { start: whole.start, end: whole.start + trimmed as u32 }
    }

    fn comment_or_character(&mut self, token: Token<'_>) {
        let rest = self.text.get(token.span.start as usize - self.base..).unwrap_or("");
        if rest.starts_with("//") || rest.starts_with("/*") {
            self.comment(Span { start: token.span.start, end: token.span.start + 2 });
        } else {
            self.bad_character(token.span);
        }
    }

    fn comment(&mut self, span: Span) {
        self.sink.report(
            Diagnostic::error(codes::UNEXPECTED, "This starts no comment")
                .at(span, "a clause or connective is expected here")
                .help("JQL has no comments; in jqlx `#` starts one that ends with the line"),
        );
    }

    /// A clause is expected, and `tokens` are none.
    fn no_clause(&mut self, tokens: &[Token<'_>]) {
        let Some(first) = tokens.first() else { return };
        let second = tokens.get(1);
        if first.rule == Rule::word && first.text.starts_with("--") {
            return self.comment(first.span);
        }
        if !first.is_name() {
            return self.no_field(first, second);
        }
        if self.is_template(first, second) {
            return;
        }
        let Some(second) = second else { return self.lone_word(first) };
        if let Some((_, meant)) = FOREIGN.iter().find(|(word, _)| second.is(word)) {
            let help = match *meant {
                ">= ... AND ... <=" => "write it with two clauses: field >= a AND field <= b".to_owned(),
                meant => format!("did you mean `{meant}`?"),
            };
            return self.unknown_word_operator(second, help);
        }
        if second.is("not") {
            return self.infix_not(first, second, tokens.get(2));
        }
        if second.rule == Rule::stray {
            return self.bad_character(second.span);
        }
        if second.rule == Rule::unterminated {
            return self.unterminated(second.span);
        }
        if ["after", "before", "on", "during", "by", "from", "to"].iter().any(|w| second.is(w)) {
            let shown = second.upper();
            let help = match shown.as_str() {
                "AFTER" => "write field > value for a date, or field CHANGED AFTER ... for its history".to_owned(),
                "BEFORE" => "write field < value for a date, or field CHANGED BEFORE ... for its history".to_owned(),
                _ => format!("write field CHANGED {shown} ..."),
            };
            return self.sink.report(
                Diagnostic::error(codes::MISSING_OPERATOR, format!("{shown} asks about history, and there is no WAS or CHANGED"))
                    .at(second.span, "an operator is missing before this")
                    .help(help),
            );
        }
        // `Epic Link = x`: words up to an operator are one name.
        let words = tokens.iter().take_while(|t| t.is_name()).count();
        if words > 1 && tokens.get(words).is_some_and(Token::is_operator) && tokens[..words].iter().all(|t| t.rule == Rule::word) {
            let span = tokens[0].span.to(tokens[words - 1].span);
            let name = tokens[..words].iter().map(|t| t.text).collect::<Vec<_>>().join(" ");
            return self.sink.report_with(|| {
                Diagnostic::error(codes::MISSING_OPERATOR, "A field name of several words needs quotes")
                    .at(span, "these words are no field name without quotes")
                    .help(format!("quote it: \"{name}\""))
            });
        }
        let help = match words::nearest(second.text, &["in", "is", "was", "changed", "not"]) {
            _ if second.rule != Rule::word => "write an operator between field and value, such as =".to_owned(),
            Some(near) => format!("did you mean {}?", near.to_ascii_uppercase()),
            None => match words::nearest(second.text, words::verbs()) {
                Some(verb) => format!("did you mean {}?", verb.to_ascii_uppercase()),
                None => "write an operator between field and value, such as =".to_owned(),
            },
        };
        self.sink.report(
            Diagnostic::error(codes::MISSING_OPERATOR, "An operator is missing")
                .at(second.span, "an operator is expected here")
                .at(first.span, "behind this field")
                .help(help),
        );
    }

    /// A keyword, operator or comma where a field is expected.
    fn no_field(&mut self, first: &Token<'_>, second: Option<&Token<'_>>) {
        let shown = if first.rule == Rule::word { first.upper() } else { first.text.chars().take(12).collect() };
        let quotable = first.rule == Rule::word && second.is_some_and(Token::is_operator);
        let diagnostic = if quotable {
            Diagnostic::error(codes::RESERVED_WORD, format!("`{}` is a keyword", first.text))
                .at(first.span, "as a field name it needs quotes")
                .help(format!("quote it: \"{}\"", first.text))
        } else if first.is("order") {
            Diagnostic::error(codes::UNEXPECTED, "ORDER stands without BY")
                .at(first.span, "this is no clause")
                .help("write ORDER BY field")
        } else if first.is("changed") {
            Diagnostic::error(codes::MISSING_CLAUSE, "CHANGED has no field before it")
                .at(first.span, "a field is expected before this")
                .help("write field CHANGED FROM ... TO ...; in jqlx CHANGED with a predicate may stand alone")
        } else {
            Diagnostic::error(codes::MISSING_CLAUSE, format!("A clause cannot begin with `{shown}`"))
                .at(first.span, "a field is expected before this")
                .help("a clause is written: field operator value")
        };
        self.sink.report(diagnostic);
    }

    /// `{{name}}` and the like, as templates have them.
    fn is_template(&mut self, first: &Token<'_>, second: Option<&Token<'_>>) -> bool {
        let adjacent = second.filter(|s| s.rule == Rule::stray && s.span.start == first.span.end);
        if let Some(stray) = adjacent {
            self.bad_character(stray.span);
        }
        adjacent.is_some()
    }

    fn lone_word(&mut self, word: &Token<'_>) {
        let at = self.next_word(word.span.end);
        let call = self.source(at) == "(";
        let verb = words::is_one_of(word.text, words::verbs());
        let help = match verb {
            _ if call => {
                "a clause is written: field operator function(); what is computed of a row is a column, behind SHOW".to_owned()
            }
            true => "in jqlx, a verb without a subject takes a predicate, such as AFTER -7d".to_owned(),
            false => match words::nearest(word.text, &["and", "or", "not"]) {
                Some(near) => format!("did you mean {}?", near.to_ascii_uppercase()),
                None => "a clause is written: field operator value; to search text, write text ~ \"words\"".to_owned(),
            },
        };
        self.sink.report(
            Diagnostic::error(codes::MISSING_OPERATOR, format!("A {} alone is no clause", if call { "function" } else { "word" }))
                .at(at, "an operator is expected here")
                .at(word.span, "behind this")
                .help(help),
        );
    }

    fn unknown_word_operator(&mut self, operator: &Token<'_>, help: String) {
        self.sink.report(
            Diagnostic::error(codes::UNKNOWN_OPERATOR, format!("JQL has no operator {}", operator.upper()))
                .at(operator.span, "this is no operator")
                .help(help),
        );
    }

    /// `field NOT = x`, `field NOT CHANGED`, `field NOT x`.
    fn infix_not(&mut self, field: &Token<'_>, not: &Token<'_>, third: Option<&Token<'_>>) {
        let name: String = field.text.chars().take(40).collect();
        let help = match third {
            Some(t) if t.is("changed") => format!("did you mean NOT {name} CHANGED?"),
            Some(t) if t.is("was") => "did you mean WAS NOT?".to_owned(),
            Some(t) if t.is("is") => "did you mean IS NOT?".to_owned(),
            Some(t) if t.is("empty") || t.is("null") => "did you mean IS NOT EMPTY?".to_owned(),
            Some(t) if t.is("like") || t.is("contains") || t.text == "~" => "did you mean `!~`?".to_owned(),
            Some(t) if t.rule != Rule::op_symbol || t.text.starts_with('=') => "did you mean `!=`?".to_owned(),
            None => "behind a field NOT is only part of NOT IN; did you mean NOT IN?".to_owned(),
            _ => format!("NOT stands before the clause: NOT {name} ..."),
        };
        self.sink.report(
            Diagnostic::error(codes::UNKNOWN_OPERATOR, "Behind a field, NOT is only part of NOT IN")
                .at(third.map_or(not.span, |t| t.span), "IN is expected here")
                .at(not.span, "this NOT")
                .help(help),
        );
    }

    /// A connective is expected, and `tokens` are none.
    fn behind_clause(&mut self, tokens: &[Token<'_>], clause: Span, kind: &ExprKind) {
        let Some(first) = tokens.first() else { return };
        let second = tokens.get(1);
        let at = first.span;
        let report = |code, message: &str, label: &str, help: String| Diagnostic::error(code, message).at(at, label).help(help);
        let diagnostic = if first.rule == Rule::word && first.text.starts_with("--") {
            return self.comment(Span { start: at.start, end: at.start + 2 });
        } else if ["after", "before", "on", "during", "by", "from", "to"].iter().any(|w| first.is(w)) {
            let shown = first.upper();
            let near = if shown == "BY" { Some("did you mean ORDER BY? Otherwise write field CHANGED BY ...") } else { None };
            let help = near.map_or(format!("to ask about history, write field CHANGED {shown} ..."), str::to_owned);
            report(codes::UNEXPECTED, &format!("{shown} goes with WAS and CHANGED only"), "the clause before has no history", help)
        } else if first.is("order") {
            report(codes::UNEXPECTED, "ORDER stands without BY", "BY is missing behind this", "write ORDER BY field".to_owned())
        } else if first.is("asc") || first.is("desc") {
            let shown = first.upper();
            report(
                codes::UNEXPECTED,
                &format!("{shown} belongs to ORDER BY"),
                "there is no ORDER BY",
                format!("write ORDER BY field {shown}"),
            )
        } else if first.is_operator() {
            let help = "a clause has one operator; join two clauses with AND or OR".to_owned();
            report(codes::UNEXPECTED, "A second operator in one clause", "the clause before is complete", help)
        } else if first.text == "," {
            report(codes::UNEXPECTED, "A comma joins no clauses", "AND or OR is expected here", self.comma_help(kind))
        } else if let Some(near) = self.misspelt(first, second) {
            report(
                codes::UNEXPECTED,
                &format!("`{}` is no connective", first.upper()),
                "AND or OR is expected here",
                format!("did you mean {near}?"),
            )
        } else if at.start > clause.start
            && self.text.get(..at.start as usize - self.base).is_some_and(|t| t.ends_with(['"', '\'']))
        {
            let help = "a quote within a quoted value is written with a backslash: \\\" or \\'".to_owned();
            report(codes::MISSING_CONNECTIVE, "The quoted value ended before this", "AND or OR is expected here", help)
        } else if self.continues_value(tokens, kind) {
            let end = tokens.iter().take_while(|t| t.is_name() && t.rule == Rule::word).last().map_or(at, |t| t.span);
            let value = value_span(kind).unwrap_or(clause);
            let smart = |c: char| matches!(c, '“' | '”' | '‘' | '’');
            let text: String = self.source(value.to(end)).trim_matches(smart).chars().take(80).collect();
            report(
                codes::MISSING_CONNECTIVE,
                "A value of several words needs quotes",
                "the value ended before this",
                format!("quote it: \"{text}\""),
            )
        } else {
            let help = "join two clauses with AND or OR".to_owned();
            report(codes::MISSING_CONNECTIVE, "AND or OR is missing", "AND or OR is expected here", help)
        };
        self.sink.report(diagnostic);
    }

    fn comma_help(&self, kind: &ExprKind) -> String {
        match value_span(kind) {
            Some(_) => "for several values write IN (a, b); for several clauses, AND or OR".to_owned(),
            None => "join clauses with AND or OR".to_owned(),
        }
    }

    /// The connective or clause word that `first` was to be.
    fn misspelt(&self, first: &Token<'_>, second: Option<&Token<'_>>) -> Option<&'static str> {
        if first.rule != Rule::word {
            return None;
        }
        let second = second?;
        let by = second.is("by");
        if first.is("sort") && by {
            return Some("ORDER BY");
        }
        match words::nearest(first.text, if by { &["order", "group"] } else { &["and", "or", "then", "limit", "show"] })? {
            "order" => Some("ORDER BY"),
            "group" => Some("GROUP BY"),
            "and" if !second.is_operator() => Some("AND"),
            "or" if !second.is_operator() => Some("OR"),
            "then" if !second.is_operator() => Some("THEN"),
            "limit" if second.text.bytes().all(|b| b.is_ascii_digit()) => Some("LIMIT"),
            _ => None,
        }
    }

    /// Whether the words go on with the unquoted value before them: `component = front end`.
    fn continues_value(&self, tokens: &[Token<'_>], kind: &ExprKind) -> bool {
        let words = tokens.iter().take_while(|t| t.is_name()).count();
        words > 0
            && tokens[0].rule == Rule::word
            && !tokens.get(words).is_some_and(Token::is_operator)
            && value_span(kind).is_some_and(|span| !self.source(span).starts_with(['"', '\'']))
    }
}

/// Where the single value of a clause stands.
fn value_span(kind: &ExprKind) -> Option<Span> {
    match kind {
        ExprKind::Clause(clause) => match clause.operand.as_ref()? {
            Operand::Value(value) if clause.predicates.is_empty() => Some(value.span),
            _ => None,
        },
        _ => None,
    }
}
