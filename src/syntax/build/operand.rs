//! Operands: values, calls, and lists, which come as flat runs of members and are nested here.

use super::Builder;
use crate::diagnostic::{Diagnostic, Span, codes};
use crate::syntax::MAX_DEPTH;
use crate::syntax::ast::{Argument, Call, Literal, LiteralKind, Operand, Spanned};
use crate::syntax::grammar::Rule;
use crate::syntax::words;
use pest::iterators::{Pair, Pairs};

/// Where a call stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// An operand: as in JQL, `field(...)` besides.
    Operand,
    /// A column: names of functions may be reserved words, as `count` and `max` are.
    Column,
}

/// An operand with the depth of its tree.
pub(super) struct Read {
    pub(super) operand: Operand,
    pub(super) depth: usize,
}

/// A parenthesis that is open.
struct Frame {
    /// The function, where it opened arguments.
    name: Option<Literal>,
    start: u32,
    members: Vec<Operand>,
    /// The depth of the deepest member.
    depth: usize,
    /// Whether a member was read since the parenthesis or the last comma.
    filled: bool,
    /// The last comma.
    comma: Option<Span>,
    /// Whether a wrong character was just read: no comma is missed on either side of it.
    odd: bool,
}

impl Frame {
    fn new(name: Option<Literal>, open: Span) -> Self {
        let start = name.as_ref().map_or(open.start, |n| n.span.start);
        Self { name, start, members: Vec::new(), depth: 0, filled: false, comma: None, odd: false }
    }
}

impl Builder<'_, '_> {
    /// Takes the operand at the head of `pairs`, if there is one.
    pub(super) fn operand(&mut self, pairs: &mut Pairs<'_, Rule>) -> Option<Read> {
        let pair = pairs.peek()?;
        let read = |operand| Some(Read { operand, depth: 1 });
        match pair.as_rule() {
            Rule::word | Rule::quoted => {
                pairs.next();
                match pairs.peek().filter(|next| next.as_rule() == Rule::group) {
                    Some(group) => {
                        pairs.next();
                        let name = self.function_name(&pair, Place::Operand);
                        Some(self.group(Some(name), group, Place::Operand))
                    }
                    None => read(Operand::Value(self.literal(&pair))),
                }
            }
            Rule::unterminated => {
                pairs.next();
                read(Operand::Value(self.literal(&pair)))
            }
            Rule::empty => {
                pairs.next();
                read(Operand::Empty(self.span(&pair)))
            }
            Rule::parameter => {
                pairs.next();
                read(Operand::Parameter(self.parameter(&pair)))
            }
            Rule::group => {
                pairs.next();
                Some(self.group(None, pair, Place::Operand))
            }
            _ => None,
        }
    }

    /// `$name`
    pub(super) fn parameter(&mut self, pair: &Pair<'_, Rule>) -> Spanned<String> {
        let span = self.span(pair);
        self.extension(span, "A parameter");
        Spanned { node: pair.as_str().get(1..).unwrap_or("").to_owned(), span }
    }

    fn function_name(&mut self, pair: &Pair<'_, Rule>, place: Place) -> Literal {
        let lenient = place == Place::Column || pair.as_str().eq_ignore_ascii_case("field");
        if !lenient {
            return self.literal(pair);
        }
        let name = self.any_word(pair);
        if place == Place::Operand {
            self.extension(name.span, "field()");
        }
        name
    }

    /// A list, or the call of `name`: the run of members up to the parenthesis that closes the first.
    pub(super) fn group(&mut self, name: Option<Literal>, pair: Pair<'_, Rule>, place: Place) -> Read {
        let whole = self.span(&pair);
        let reported = self.sink.len();
        let mut members = pair.into_inner();
        let mut frames: Vec<Frame> = Vec::new();
        let mut name = name;
        // Parentheses beyond the limit: counted, not kept.
        let mut beyond = 0usize;
        while let Some(member) = members.next() {
            let span = self.span(&member);
            if beyond > 0 {
                match member.as_rule() {
                    Rule::group_open => beyond += 1,
                    Rule::group_close => beyond -= 1,
                    _ => {}
                }
                continue;
            }
            match member.as_rule() {
                Rule::group_open => {
                    let open = self.head(span);
                    if name.is_none() {
                        self.expect_comma(frames.last(), open);
                    }
                    if let Some(frame) = frames.last_mut() {
                        frame.filled = true;
                    }
                    if frames.len() >= MAX_DEPTH {
                        self.too_deep(open);
                        name = None;
                        beyond = 1;
                        continue;
                    }
                    let mut frame = Frame::new(name.take(), open);
                    if let Some(subquery) = member.into_inner().next() {
                        let at = self.span(&subquery);
                        self.extension(at, "A subquery");
                        let (query, depth) = self.subquery(&subquery, at);
                        frame.members.push(Operand::Subquery(Box::new(query)));
                        frame.filled = true;
                        frame.depth = depth;
                    }
                    frames.push(frame);
                }
                Rule::group_close => {
                    let Some(frame) = frames.pop() else { continue };
                    self.check_last(&frame, span);
                    let read = self.close_group(frame, span.end, place);
                    match frames.last_mut() {
                        Some(outer) => self.add(outer, read),
                        None => return read,
                    }
                }
                Rule::comma => {
                    let Some(frame) = frames.last_mut() else { continue };
                    if !frame.filled {
                        self.sink.report(
                            Diagnostic::error(codes::MISSING_OPERAND, "A value is missing before this comma")
                                .at(span, "nothing stands before it")
                                .help("remove the comma"),
                        );
                    }
                    frame.filled = false;
                    frame.comma = Some(span);
                }
                Rule::stray => {
                    let Some(frame) = frames.last_mut() else { continue };
                    (frame.filled, frame.odd) = (true, true);
                    if self.sink.len() == reported {
                        self.bad_character(span);
                    }
                }
                _ if place == Place::Column && frames.last_mut().is_some_and(|frame| self.is_verb_of_two(frame, span)) => {}
                rule => {
                    self.expect_comma(frames.last(), span);
                    let Some(frame) = frames.last_mut() else { continue };
                    (frame.filled, frame.odd) = (true, false);
                    let operand = match rule {
                        Rule::word | Rule::quoted if members.peek().is_some_and(|next| next.as_rule() == Rule::group_open) => {
                            name = Some(self.function_name(&member, place));
                            continue;
                        }
                        Rule::word | Rule::quoted | Rule::unterminated => Operand::Value(self.literal(&member)),
                        Rule::empty => Operand::Empty(span),
                        Rule::parameter => Operand::Parameter(self.parameter(&member)),
                        // A keyword; AND, OR and ORDER end the run.
                        _ => {
                            let mut word = self.any_word(&member);
                            word.kind = LiteralKind::Quoted;
                            self.reserved(&word);
                            Operand::Value(word)
                        }
                    };
                    let read = Read { operand, depth: 1 };
                    self.add(frame, read);
                }
            }
        }
        self.close_open(frames, beyond, whole, place)
    }

    /// What was read of a list or call whose parentheses are not all closed.
    fn close_open(&mut self, mut frames: Vec<Frame>, beyond: usize, whole: Span, place: Place) -> Read {
        self.left_open += frames.len() + beyond;
        if let Some(frame) = frames.first() {
            let opening = frame.name.as_ref().map_or(frame.start, |n| n.span.end);
            let opening = self.head(Span { start: opening, end: whole.end });
            let what = if frame.name.is_some() { "The arguments are" } else { "The list is" };
            let at = self.next_word(whole.end);
            self.sink.report(
                Diagnostic::error(codes::UNBALANCED, format!("{what} never closed"))
                    .at(at, "`)` is missing before this")
                    .at(opening, "this one is open")
                    .help("close it with `)`"),
            );
        }
        let mut read = None;
        while let Some(mut frame) = frames.pop() {
            if let Some(inner) = read.take() {
                self.add(&mut frame, inner);
            }
            read = Some(self.close_group(frame, whole.end, place));
        }
        read.unwrap_or(Read { operand: Operand::List(Vec::new(), whole), depth: 1 })
    }

    /// `until(logged in)`: takes in the second word, and says that the two want quotes.
    fn is_verb_of_two(&mut self, frame: &mut Frame, second: Span) -> bool {
        let Some(Operand::Value(first)) = frame.members.last_mut().filter(|_| frame.filled && !frame.odd) else { return false };
        let both = format!("{} {}", first.text, self.source(second)).to_ascii_lowercase();
        let is_verb = first.kind == LiteralKind::Word && ["logged in", "logged out"].contains(&both.as_str());
        if is_verb {
            first.span = first.span.to(second);
            first.kind = LiteralKind::Quoted;
            self.sink.report(
                Diagnostic::error(codes::MISSING_COMMA, "A verb of two words needs quotes here")
                    .at(first.span, "this is one verb")
                    .help(format!("quote it: \"{both}\"")),
            );
            first.text = both;
        }
        is_verb
    }

    fn expect_comma(&mut self, frame: Option<&Frame>, span: Span) {
        if frame.is_some_and(|f| f.filled && !f.odd) {
            self.sink.report_with(|| {
                Diagnostic::error(codes::MISSING_COMMA, "Two values stand side by side")
                    .at(span, "a comma is missing before this")
                    .help("separate them with a comma, or put both into one pair of quotes if they are one value")
            });
        }
    }

    /// Reports a comma before `)`, and `()` as a list.
    fn check_last(&mut self, frame: &Frame, close: Span) {
        if frame.filled {
            return;
        }
        match frame.comma {
            Some(comma) => self.sink.report(
                Diagnostic::error(codes::MISSING_OPERAND, "A value is missing behind the last comma")
                    .at(close, "a value is expected here")
                    .at(comma, "this comma")
                    .help("remove the comma"),
            ),
            None if frame.name.is_none() => self.sink.report(
                Diagnostic::error(codes::MISSING_OPERAND, "The list has no members")
                    .at(close, "a value is expected here")
                    .help("to ask for no value at all, write IS EMPTY"),
            ),
            None => {}
        }
    }

    fn close_group(&mut self, frame: Frame, end: u32, place: Place) -> Read {
        let span = Span { start: frame.start, end };
        let depth = frame.depth + 1;
        match frame.name {
            None => Read { operand: Operand::List(frame.members, span), depth },
            Some(name) => {
                let arguments = frame.members.into_iter().filter_map(|m| self.argument(m, place)).collect();
                Read { operand: Operand::Call(Call { name, arguments, span }), depth }
            }
        }
    }

    fn add(&mut self, frame: &mut Frame, read: Read) {
        frame.depth = frame.depth.max(read.depth);
        frame.members.push(read.operand);
    }

    fn argument(&mut self, operand: Operand, place: Place) -> Option<Argument> {
        let (span, what) = match operand {
            Operand::Value(literal) => return Some(Argument::Literal(literal)),
            Operand::Parameter(name) => return Some(Argument::Parameter(name)),
            Operand::Call(call) => {
                if place == Place::Operand {
                    self.extension(call.span, "A call within the arguments of another");
                }
                return Some(Argument::Call(call));
            }
            Operand::Empty(span) => (span, "EMPTY"),
            Operand::List(_, span) => (span, "a list"),
            Operand::Subquery(query) => (query.span, "a subquery"),
        };
        self.sink.report(
            Diagnostic::error(codes::MISSING_OPERAND, format!("An argument cannot be {what}"))
                .at(span, "a word, quoted string or number is expected here"),
        );
        None
    }

    /// A character that stands nowhere outside quotes.
    pub(super) fn bad_character(&mut self, span: Span) {
        let at = span.start as usize - self.base;
        let found = self.text.get(at..).and_then(|t| t.chars().next()).unwrap_or(' ');
        let span = Span { start: span.start, end: span.start + found.len_utf8() as u32 };
        let chunk = self.chunk_around(at);
        let help = match found {
            '{' if self.text.get(at + 1..).is_some_and(|t| t.starts_with('{')) => {
                Some("a placeholder of a template was not filled in".to_owned())
            }
            '[' | '{' => Some("a list is written in parentheses: (a, b)".to_owned()),
            '“' | '”' | '‘' | '’' => Some("use straight quotes".to_owned()),
            ';' => Some("a query has no `;` at its end".to_owned()),
            '\\' => Some("write `\\\\` for a backslash".to_owned()),
            _ if chunk.len() > found.len_utf8() && chunk.len() < 80 && !chunk.contains(['"', '\\']) => {
                Some(format!("put the whole value into quotes: \"{chunk}\""))
            }
            _ => None,
        };
        let message = match found {
            c if c.is_control() => format!("The character U+{:04X} may not stand here", c as u32),
            c => format!("`{c}` may not stand outside quotes"),
        };
        let diagnostic = Diagnostic::error(codes::BAD_CHARACTER, message).at(span, "this character").maybe_help(help);
        self.sink.report(diagnostic);
    }

    /// The run of text without white space, parentheses, quotes and commas that holds the byte `at`.
    fn chunk_around(&self, at: usize) -> &str {
        const REACH: usize = 100;
        let ends = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | '"' | '\'' | '=' | '~' | '<' | '>' | '!');
        let (before, behind) = self.text.split_at_checked(at).unwrap_or(("", ""));
        let back: usize = before.chars().rev().take(REACH).take_while(|c| !ends(*c)).map(char::len_utf8).sum();
        let forth: usize = behind.chars().take(REACH).take_while(|c| !ends(*c)).map(char::len_utf8).sum();
        self.text.get(at - back..at + forth).unwrap_or("")
    }

    /// The word or character at or behind `from`; empty at the end of the text.
    pub(super) fn next_word(&self, from: u32) -> Span {
        let rest = self.text.get(from as usize - self.base..).unwrap_or("");
        let trimmed = rest.trim_start_matches([' ', '\t', '\r', '\n']);
        if trimmed.is_empty() {
            return Span::new(self.end(), self.end());
        }
        let start = from as usize + (rest.len() - trimmed.len());
        let word: usize = trimmed.chars().take_while(|c| crate::syntax::literal::is_word_char(*c)).map(char::len_utf8).sum();
        let length = if word > 0 { word } else { trimmed.chars().next().map_or(0, char::len_utf8) };
        Span::new(start, start + length)
    }

    /// Reports that an operand is missing at byte `from`, with what stands there instead.
    pub(super) fn missing_operand(&mut self, from: u32, after: &str, expected: &str) {
        let at = self.next_word(from);
        let found = self.source(at);
        let is_word = found.chars().next().is_some_and(crate::syntax::literal::is_word_char);
        if found == "$" && matches!(after, "SAME" | "DISTINCT") {
            self.sink.report(
                Diagnostic::error(codes::UNEXPECTED, format!("{after} takes no parameter"))
                    .at(at, format!("{expected} is expected here"))
                    .help("a parameter stands for a value, not for a field: write the field itself"),
            );
            return;
        }
        if !found.is_empty() && !is_word && !matches!(found, ")" | "&" | "|" | ",") && !"=<>~!".contains(found) {
            self.bad_character(at);
            return;
        }
        let lower = found.to_ascii_lowercase();
        let mut diagnostic = Diagnostic::error(codes::MISSING_OPERAND, format!("{after} has nothing on its right side"))
            .at(at, format!("{expected} is expected here"));
        if words::is_keyword(found) && !matches!(lower.as_str(), "and" | "or" | "order") {
            diagnostic = match lower.as_str() {
                "not" => {
                    diagnostic.help("write != for a value that differs, NOT IN for a list, and NOT before the clause for all else")
                }
                _ => diagnostic.help(format!("`{found}` is a keyword; if it is meant as a value, quote it: \"{found}\"")),
            };
        } else if !found.is_empty() && "=<>~!".contains(found) {
            diagnostic = diagnostic.help("an operator stands once, between the field and the value");
        }
        self.sink.report(diagnostic);
    }
}
