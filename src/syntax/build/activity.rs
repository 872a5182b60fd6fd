//! Activity clauses and predicates.

use super::operand::Read;
use super::{Builder, Node};
use crate::diagnostic::{Diagnostic, Span, codes};
use crate::syntax::ast::{
    ActivityClause, Clause, Comparison, ExprKind, FieldRef, Literal, LiteralKind, Operand, Operator, Predicate, PredicateKind,
    Shared, Spanned,
};
use crate::syntax::grammar::Rule;
use crate::syntax::words;
use pest::iterators::{Pair, Pairs};

/// A predicate as read.
pub(super) struct ReadPredicate {
    /// None where its parts do not fit; that was reported.
    pub(super) predicate: Option<Predicate>,
    pub(super) depth: usize,
    pub(super) cut_short: bool,
}

impl Builder<'_, '_> {
    /// `[subject] verb predicate*`
    pub(super) fn activity(&mut self, pair: Pair<'_, Rule>, span: Span) -> Node {
        let mut subject = Vec::new();
        let mut verb = Spanned { node: String::new(), span };
        let mut predicates = Vec::new();
        let (mut depth, mut cut_short) = (1, false);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::subject => subject = part.into_inner().map(|word| self.name(&word)).collect(),
                Rule::verb => verb = Spanned { node: verb_name(part.as_str()), span: self.span(&part) },
                _ => {
                    let read = self.predicate(part, None);
                    depth = depth.max(read.depth + 1);
                    cut_short = read.cut_short;
                    predicates.extend(read.predicate);
                }
            }
        }
        if self.dialect == super::Dialect::Jql {
            self.no_activity_in_jql(&subject, &verb);
            let mut node = Node::error(span);
            node.cut_short = true;
            return node;
        }
        let clause = ActivityClause { subject, verb, predicates, span };
        let mut node = self.limited(Node::new(ExprKind::Activity(Box::new(clause)), span, depth));
        node.cut_short = cut_short;
        node
    }

    /// Plain JQL finds the error behind the first word, where it wants an operator.
    fn no_activity_in_jql(&mut self, subject: &[Literal], verb: &Spanned<String>) {
        let at = subject.get(1).map_or(verb.span, |second| second.span);
        self.sink.report_with(|| {
            let shown = verb.node.to_ascii_uppercase();
            Diagnostic::error(codes::NOT_JQL, format!("A clause with {shown} is no JQL"))
                .at(at, "plain JQL expects an operator here")
                .help("it is an extension of jqlx: read the query in the jqlx dialect")
        });
    }

    /// A predicate behind `operator`, or behind the verb of an activity clause.
    pub(super) fn predicate(&mut self, pair: Pair<'_, Rule>, operator: Option<Operator>) -> ReadPredicate {
        let span = self.span(&pair);
        let mut inner = pair.into_inner();
        let mut read = ReadPredicate { predicate: None, depth: 1, cut_short: false };
        let Some(word) = inner.next() else { return read };
        let at = self.span(&word);
        let rule = word.as_rule();
        let name = self.source(at).to_ascii_uppercase();
        match rule {
            Rule::distinct => self.extension(at, "DISTINCT"),
            Rule::word_from | Rule::word_to if operator.is_some_and(|o| o != Operator::Changed) => {
                self.sink.report(
                    Diagnostic::error(codes::UNEXPECTED, format!("{name} does not go with WAS"))
                        .at(at, "only CHANGED has an old and a new value")
                        .help("ask for the value with WAS itself, or use CHANGED FROM ... TO ..."),
                );
            }
            Rule::word_after
            | Rule::word_before
            | Rule::word_on
            | Rule::word_during
            | Rule::word_by
            | Rule::word_from
            | Rule::word_to => {}
            _ => self.extension(at, &name),
        }
        let kind = match rule {
            Rule::distinct => {
                let word = Span { end: at.start + "DISTINCT".len() as u32, ..at };
                self.sink.report(
                    Diagnostic::error(codes::UNEXPECTED, "DISTINCT belongs to TIMES")
                        .at(word, "there is no count before this")
                        .help("it stands right behind the number: TIMES >= 3 DISTINCT project"),
                );
                None
            }
            Rule::word_times => self.times(&mut inner, at),
            Rule::word_within => self.duration(&mut inner, at, "WITHIN").map(PredicateKind::Within),
            Rule::word_same => match inner.next() {
                Some(field) => {
                    let what = "what the events share is a field, such as actor";
                    let field = self.shared(field, "SAME", what);
                    let other = inner.next().map(|other| self.shared(other, "SAME", what));
                    Some(PredicateKind::Same(Shared { field, other }))
                }
                None => {
                    self.missing_operand(at.end, "SAME", "what the events share, such as actor,");
                    None
                }
            },
            Rule::word_for => self.held_for(&mut inner, at, operator),
            Rule::word_while => self.held_while(inner.next(), at, operator).map(|(clause, depth)| {
                read.depth = depth;
                PredicateKind::While(Box::new(clause))
            }),
            _ => {
                let negated = inner.peek().is_some_and(|p| p.as_rule() == Rule::word_not);
                if negated && let Some(not) = inner.next() {
                    let span = self.span(&not);
                    self.extension(span, "BY NOT");
                }
                self.via = rule == Rule::word_via;
                let operand = self.operand(&mut inner);
                self.via = false;
                match operand {
                    Some(Read { operand, depth }) => {
                        read.depth = depth;
                        with_operand(rule, negated, operand)
                    }
                    None => {
                        let name = if rule == Rule::word_text { "`~`" } else { name.as_str() };
                        let from = if negated { span.end } else { at.end };
                        self.missing_operand(from, name, "a value");
                        None
                    }
                }
            }
        };
        read.cut_short = kind.is_none();
        read.predicate = kind.map(|kind| Predicate { kind, span });
        read
    }

    /// `TIMES >= 3`
    fn times(&mut self, inner: &mut Pairs<'_, Rule>, at: Span) -> Option<PredicateKind> {
        let symbol = inner.peek().filter(|p| p.as_rule() == Rule::op_symbol);
        let comparison = match &symbol {
            Some(symbol) => {
                inner.next();
                self.comparison(symbol)
            }
            None => None,
        };
        let operand = self.operand(inner);
        let Some(Read { operand, .. }) = operand else {
            let from = symbol.map_or(at.end, |s| self.span(&s).end);
            self.missing_operand(from, "TIMES", "a comparison with a number, such as >= 3,");
            return None;
        };
        let shown = match &operand {
            Operand::Value(l) if l.kind == LiteralKind::Number && !l.text.starts_with('-') => l.text.clone(),
            Operand::Parameter(p) => format!("${}", p.node),
            other => {
                self.sink.report(
                    Diagnostic::error(codes::BAD_NUMBER, "TIMES counts events: it takes a whole number")
                        .at(other.span(), "this is none")
                        .help("write it as in TIMES >= 3"),
                );
                return None;
            }
        };
        if symbol.is_none() {
            self.sink.report(
                Diagnostic::error(codes::MISSING_OPERATOR, "TIMES needs a comparison")
                    .at(operand.span(), "= != < <= > or >= is missing before this")
                    .help(format!("for at least so many write TIMES >= {shown}, for exactly so many TIMES = {shown}")),
            );
        }
        let distinct = match inner.next() {
            Some(distinct) => Some(self.distinct(distinct)?),
            None => None,
        };
        Some(PredicateKind::Times { comparison: comparison?, count: operand, distinct })
    }

    /// `DISTINCT project`
    fn distinct(&mut self, pair: Pair<'_, Rule>) -> Option<FieldRef> {
        let at = self.span(&pair);
        match pair.into_inner().nth(1) {
            Some(field) => Some(self.shared(field, "DISTINCT", "what is counted is a field, such as project")),
            None => {
                self.missing_operand(at.end, "DISTINCT", "whose values are counted, such as project,");
                None
            }
        }
    }

    /// The field behind SAME or DISTINCT. Properties are refused: words behind them would be read as their path.
    fn shared(&mut self, pair: Pair<'_, Rule>, word: &str, what: &str) -> FieldRef {
        let mut field = self.field(pair, false);
        if !field.properties.is_empty() {
            self.sink.report(
                Diagnostic::error(codes::UNEXPECTED, format!("{word} takes a field without properties")).at(field.span, what),
            );
            field.properties.clear();
        }
        field
    }

    /// A duration such as `10m` behind `name`.
    fn duration(&mut self, inner: &mut Pairs<'_, Rule>, at: Span, name: &str) -> Option<Literal> {
        let Some(Read { operand, .. }) = self.operand(inner) else {
            self.missing_operand(at.end, name, "a duration such as 10m or 3d");
            return None;
        };
        match operand {
            Operand::Value(literal) if words::is_duration(&literal.text) => Some(literal),
            Operand::Parameter(parameter) => {
                self.sink.report(
                    Diagnostic::error(codes::BAD_DURATION, format!("{name} takes no parameter"))
                        .at(parameter.span, "a duration is expected here")
                        .help(format!("write the duration itself: {name} {}", if name == "FOR" { ">= 3d" } else { "10m" })),
                );
                None
            }
            other => {
                let help = match &other {
                    Operand::Value(l) if l.kind == LiteralKind::Number => {
                        let digits = l.text.trim_start_matches('-');
                        format!("say of what: {digits}m, {digits}h, {digits}d or {digits}w")
                    }
                    Operand::Value(l) if words::is_duration(l.text.trim_start_matches('-')) => {
                        format!("a duration has no sign: {}", l.text.trim_start_matches('-'))
                    }
                    _ if name == "FOR" => "durations are 30m, 4h, 3d, 2w, and 8wh, 3wd of working time".to_owned(),
                    _ => "durations are 30m, 4h, 3d and 2w".to_owned(),
                };
                self.sink.report(
                    Diagnostic::error(codes::BAD_DURATION, format!("{name} takes a duration"))
                        .at(other.span(), "this is none")
                        .help(help),
                );
                None
            }
        }
    }

    /// `FOR [TOTAL] [comparison] duration`
    fn held_for(&mut self, inner: &mut Pairs<'_, Rule>, at: Span, operator: Option<Operator>) -> Option<PredicateKind> {
        let fits = self.only_behind_was(at, "FOR", operator);
        let mut from = at;
        let total = inner.peek().filter(|p| p.as_rule() == Rule::word_total);
        if let Some(total) = &total {
            inner.next();
            from = self.span(total);
        }
        let mut comparison = Some(Comparison::GtEq);
        if let Some(symbol) = inner.peek().filter(|p| p.as_rule() == Rule::op_symbol) {
            inner.next();
            comparison = self.comparison(&symbol);
            from = self.span(&symbol);
        }
        let length = self.duration(inner, from, "FOR")?;
        fits.then_some(PredicateKind::For { total: total.is_some(), comparison: comparison?, length })
    }

    /// `WHILE field operator operand`
    fn held_while(&mut self, held: Option<Pair<'_, Rule>>, at: Span, operator: Option<Operator>) -> Option<(Clause, usize)> {
        let fits = self.only_behind_was(at, "WHILE", operator);
        let Some(held) = held else {
            self.missing_operand(at.end, "WHILE", "a clause such as status = Done");
            return None;
        };
        let span = self.span(&held);
        let head = self.head_of_clause(&mut held.into_inner(), span)?;
        let operator = head.operator?;
        if operator.node == Operator::Changed {
            self.sink.report(
                Diagnostic::error(codes::UNEXPECTED, "WHILE takes a state, not a change")
                    .at(operator.span, "CHANGED is over in an instant")
                    .help("ask for a state with = or WAS, or join two changes with THEN"),
            );
            return None;
        }
        if head.cut_short || !fits {
            return None;
        }
        let depth = head.depth + 1;
        Some((Clause { field: head.field, operator, operand: head.operand, predicates: Vec::new(), span }, depth))
    }

    fn only_behind_was(&mut self, at: Span, name: &str, operator: Option<Operator>) -> bool {
        let fits = operator.is_some_and(|operator| operator != Operator::Changed);
        if !fits {
            self.sink.report(
                Diagnostic::error(codes::UNEXPECTED, format!("{name} goes with WAS only"))
                    .at(at, "an event has no length")
                    .help(format!("ask how long a value was held: field WAS value {name} ...")),
            );
        }
        fits
    }
}

fn with_operand(rule: Rule, negated: bool, operand: Operand) -> Option<PredicateKind> {
    Some(match rule {
        Rule::word_after => PredicateKind::After(operand),
        Rule::word_before => PredicateKind::Before(operand),
        Rule::word_on => PredicateKind::On(operand),
        Rule::word_during => PredicateKind::During(operand),
        Rule::word_by => PredicateKind::By { negated, who: operand },
        Rule::word_from => PredicateKind::From(operand),
        Rule::word_to => PredicateKind::To(operand),
        Rule::word_via => PredicateKind::Via(operand),
        Rule::word_text => PredicateKind::Text(operand),
        _ => return None,
    })
}

/// The verb in lower case and with single spaces.
fn verb_name(raw: &str) -> String {
    let lower = raw.to_ascii_lowercase();
    match lower.strip_prefix("logged") {
        Some("") | None => lower,
        Some(rest) => if rest.ends_with("in") { "logged in" } else { "logged out" }.to_owned(),
    }
}
