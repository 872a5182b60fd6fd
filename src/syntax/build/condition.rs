//! The shape of a condition: precedence, parentheses and sequences, over the flat run of its items.
//!
//! NOT binds tightest, then THEN, AND, OR. Every open parenthesis is a [`Frame`] on a vector.

use super::{Builder, Node};
use crate::diagnostic::{Diagnostic, Span, codes};
use crate::syntax::MAX_DEPTH;
use crate::syntax::ast::{ExprKind, Predicate};
use crate::syntax::grammar::Rule;
use pest::iterators::Pair;

/// A condition that is being read.
#[derive(Default)]
pub(super) struct Condition {
    /// The frames around the current one, outermost first.
    outer: Vec<Frame>,
    current: Frame,
}

/// What stands between two parentheses, or outside all of them.
#[derive(Default)]
struct Frame {
    /// The parenthesis that opened it.
    open: Option<Span>,
    /// Whether it stands in text that was reported as a whole.
    muted: bool,
    /// Members of the OR that is being read.
    any: Vec<Node>,
    /// Members of the AND that is being read.
    all: Vec<Node>,
    /// The last operand, to which THEN may still attach.
    last: Option<Node>,
    /// The sequence that the last THEN belongs to.
    sequence: Option<Links>,
    /// NOTs that wait for their operand.
    nots: Vec<Span>,
    /// The connective that waits for its right side.
    connective: Option<Span>,
}

/// A sequence that is being read.
struct Links {
    first: Node,
    steps: Vec<Linked>,
    /// Whether a THEN waits for its step.
    pending: bool,
}

/// A further event of a sequence, as read.
pub(super) struct Linked {
    /// `THEN NOT`
    pub(super) negated: bool,
    pub(super) node: Node,
    /// WITHIN and SAME behind its parenthesis.
    pub(super) behind: Vec<Predicate>,
}

/// What stands behind a parenthesis.
#[derive(Default)]
struct Behind {
    predicates: Vec<Predicate>,
    /// Whether the last of them lacks a part.
    cut_short: bool,
}

/// What stands before something that was not expected.
pub(super) enum Before<'n> {
    /// Nothing yet, or a connective: a clause is expected.
    Connective,
    /// A finished operand: a connective is expected.
    Operand(&'n Node),
}

impl Frame {
    /// Whether a clause is expected.
    fn is_waiting(&self) -> bool {
        self.last.is_none() && self.sequence.as_ref().is_none_or(|s| s.pending)
    }

    /// Whether nothing was read yet.
    fn is_empty(&self) -> bool {
        self.any.is_empty() && self.all.is_empty() && self.is_waiting() && self.nots.is_empty() && self.sequence.is_none()
    }

    fn before(&self) -> Before<'_> {
        let last_step = || self.sequence.as_ref().filter(|s| !s.pending).and_then(|s| s.steps.last()).map(|s| &s.node);
        self.last.as_ref().or_else(last_step).map_or(Before::Connective, Before::Operand)
    }

    /// Ends the operand or sequence that is being read.
    fn end_operand(&mut self, builder: &mut Builder<'_, '_>) {
        if let Some(links) = self.sequence.take() {
            let node = builder.sequence(links.first, links.steps);
            self.all.push(builder.limited(node));
        } else if let Some(node) = self.last.take() {
            self.all.push(node);
        }
    }

    /// Ends the AND that is being read.
    fn end_all(&mut self, builder: &mut Builder<'_, '_>) {
        self.end_operand(builder);
        if let Some(node) = combine(builder, std::mem::take(&mut self.all), ExprKind::And) {
            self.any.push(node);
        }
    }

    /// Ends the frame.
    fn finish(mut self, builder: &mut Builder<'_, '_>) -> Option<Node> {
        self.end_all(builder);
        combine(builder, self.any, ExprKind::Or)
    }
}

/// One node as it is, more as the members of a chain.
fn combine(
    builder: &mut Builder<'_, '_>,
    mut members: Vec<Node>,
    kind: fn(Vec<crate::syntax::ast::Expr>) -> ExprKind,
) -> Option<Node> {
    if members.len() < 2 {
        return members.pop();
    }
    let depth = members.iter().map(|m| m.depth).max().unwrap_or(0) + 1;
    let span = match (members.first(), members.last()) {
        (Some(first), Some(last)) => first.expr.span.to(last.expr.span),
        _ => Span::default(),
    };
    let members = members.into_iter().map(|m| m.expr).collect();
    Some(builder.limited(Node::new(kind(members), span, depth)))
}

impl Condition {
    /// Whether nothing was read yet.
    pub(super) fn is_empty(&self) -> bool {
        self.outer.is_empty() && self.current.is_empty()
    }

    /// `(`
    pub(super) fn open(&mut self, builder: &mut Builder<'_, '_>, span: Span) {
        let muted = match self.current.before() {
            Before::Operand(node) if node.cut_short || node.is_error() => true,
            Before::Operand(node) => {
                let before = node.expr.span;
                builder.missing_connective(before, span);
                self.connect();
                false
            }
            Before::Connective => false,
        };
        if muted {
            builder.sink.mute();
        }
        let frame = Frame { open: Some(span), muted, ..Frame::default() };
        self.outer.push(std::mem::replace(&mut self.current, frame));
    }

    /// `)`
    pub(super) fn close(&mut self, builder: &mut Builder<'_, '_>, pair: Pair<'_, Rule>) {
        let span = builder.head(builder.span(&pair));
        if self.current.open.is_none() {
            if builder.left_open > 0 {
                builder.left_open -= 1;
            } else {
                builder.sink.report(
                    Diagnostic::error(codes::UNBALANCED, "This parenthesis closes nothing")
                        .at(span, "there is no `(` for it")
                        .help("remove it, or open a parenthesis before"),
                );
            }
            return;
        }
        self.expect_operand_before(builder, span, "`)`");
        let mut behind = Behind::default();
        for predicate in pair.into_inner() {
            let read = builder.predicate(predicate, None);
            behind.cut_short = read.cut_short;
            behind.predicates.extend(read.predicate);
        }
        self.pop(builder, span, behind);
    }

    /// Ends the current frame at `close` and hands its condition to the frame around it.
    fn pop(&mut self, builder: &mut Builder<'_, '_>, close: Span, behind: Behind) {
        let Some(outer) = self.outer.pop() else { return };
        let frame = std::mem::replace(&mut self.current, outer);
        let (muted, span) = (frame.muted, frame.open.unwrap_or(close).to(close));
        let node = frame.finish(builder);
        if muted {
            builder.sink.unmute();
            return;
        }
        let mut node = node.unwrap_or_else(|| Node::error(span));
        node.expr.span = span;
        node.parenthesised = true;
        node.cut_short = behind.cut_short;
        if self.current.sequence.is_none() {
            builder.within_all(&mut node, behind.predicates);
            return self.operand(builder, node);
        }
        self.operand(builder, node);
        if let Some(step) = self.current.sequence.as_mut().and_then(|s| s.steps.last_mut()) {
            step.behind = behind.predicates;
        }
    }

    /// AND
    pub(super) fn and(&mut self, builder: &mut Builder<'_, '_>, span: Span) {
        self.expect_operand_before(builder, span, "AND");
        self.current.end_operand(builder);
        self.current.connective = Some(span);
    }

    /// OR
    pub(super) fn or(&mut self, builder: &mut Builder<'_, '_>, span: Span) {
        self.expect_operand_before(builder, span, "OR");
        self.current.end_all(builder);
        self.current.connective = Some(span);
    }

    /// NOT
    pub(super) fn not(&mut self, builder: &mut Builder<'_, '_>, span: Span) {
        if let Before::Operand(node) = self.current.before() {
            if node.cut_short || node.is_error() {
                // The rest of what was reported.
                return;
            }
            let before = node.expr.span;
            builder.missing_connective(before, span);
            self.connect();
        }
        self.current.nots.push(span);
    }

    /// THEN
    pub(super) fn then(&mut self, builder: &mut Builder<'_, '_>, span: Span) {
        builder.extension(span, "THEN");
        self.expect_operand_before(builder, span, "THEN");
        let frame = &mut self.current;
        match (&mut frame.sequence, frame.last.take()) {
            (Some(links), _) => links.pending = true,
            (none, first) => {
                let first = first.unwrap_or_else(|| Node::error(span));
                *none = Some(Links { first, steps: Vec::new(), pending: true });
            }
        }
        frame.connective = Some(span);
    }

    /// A clause, an activity, or what stood between parentheses.
    pub(super) fn operand(&mut self, builder: &mut Builder<'_, '_>, node: Node) {
        if let Before::Operand(before) = self.current.before() {
            if !(before.cut_short && before.expr.span.end == node.expr.span.start) {
                let before = before.expr.span;
                builder.missing_connective(before, node.expr.span);
            }
            self.connect();
        }
        self.place(builder, node);
    }

    /// Text that is no item.
    pub(super) fn broken(&mut self, builder: &mut Builder<'_, '_>, pair: Pair<'_, Rule>) {
        match self.current.before() {
            Before::Operand(node) if node.cut_short || node.is_error() => {}
            before => {
                let expected = matches!(before, Before::Connective);
                let span = builder.broken(pair, &before);
                if expected {
                    let mut node = Node::error(span);
                    node.cut_short = true;
                    self.place(builder, node);
                } else {
                    self.mark_cut_short();
                }
            }
        }
    }

    /// What follows belongs to text that was reported.
    fn mark_cut_short(&mut self) {
        let frame = &mut self.current;
        let step = frame.sequence.as_mut().and_then(|s| s.steps.last_mut()).map(|s| &mut s.node);
        if let Some(node) = frame.last.as_mut().or(step) {
            node.cut_short = true;
        }
    }

    /// Goes on as if AND had been written.
    fn connect(&mut self) {
        let frame = &mut self.current;
        match frame.sequence.as_mut() {
            Some(links) => links.pending = true,
            None => frame.all.extend(frame.last.take()),
        }
    }

    /// Puts an operand where one is expected.
    fn place(&mut self, builder: &mut Builder<'_, '_>, mut node: Node) {
        let frame = &mut self.current;
        frame.connective = None;
        if let Some(links) = frame.sequence.as_mut() {
            let negated = builder.negated_step(&frame.nots);
            frame.nots.clear();
            links.steps.push(Linked { negated, node, behind: Vec::new() });
            links.pending = false;
            return;
        }
        if !frame.nots.is_empty() {
            let cut_short = node.cut_short;
            while let Some(not) = frame.nots.pop() {
                let span = not.to(node.expr.span);
                node = builder.limited(Node::new(ExprKind::Not(Box::new(node.expr)), span, node.depth + 1));
            }
            node.cut_short = cut_short;
        }
        frame.last = Some(node);
    }

    /// Reports, where a clause is expected, that `what` stands there instead.
    fn expect_operand_before(&mut self, builder: &mut Builder<'_, '_>, span: Span, what: &str) {
        if !self.current.is_waiting() {
            return;
        }
        let frame = &self.current;
        let before = frame.nots.last().copied().or(frame.connective);
        let mut diagnostic = Diagnostic::error(codes::MISSING_CLAUSE, format!("A clause is missing before {what}"))
            .at(span, "a clause is expected here");
        match before {
            Some(before) => {
                let word = builder.source(before).to_ascii_uppercase();
                diagnostic = diagnostic.at(before, format!("this {word} has nothing on its right side"));
                diagnostic = diagnostic.help(format!("write a clause behind {word}, or remove {word}"));
            }
            None if what == "`)`" => {
                diagnostic = diagnostic.help("write a condition between the parentheses, or remove them");
            }
            None => diagnostic = diagnostic.help(format!("write a clause before {what}, or remove {what}")),
        }
        builder.sink.report(diagnostic);
        self.place(builder, Node::error(Span { start: span.start, end: span.start }));
    }

    /// The condition must end here, before a clause such as ORDER BY or at the end of the text. Says how many
    /// parentheses were open.
    pub(super) fn end(&mut self, builder: &mut Builder<'_, '_>, at: Option<(Span, &str)>) -> usize {
        let end = Span::new(builder.end(), builder.end());
        let (span, what) = at.unwrap_or((end, "the end of the query"));
        let open = self.outer.len();
        if !self.is_empty() && self.current.is_waiting() {
            self.expect_operand_before(builder, span, what);
        }
        if let Some(opening) = self.current.open {
            let diagnostic = match at {
                None => Diagnostic::error(codes::UNBALANCED, "A parenthesis is never closed")
                    .at(span, "`)` is missing here")
                    .at(opening, "this one is open")
                    .help("close it with `)`, or remove it"),
                Some(_) => Diagnostic::error(codes::UNBALANCED, format!("{what} stands within parentheses"))
                    .at(span, "`)` is missing before this")
                    .at(opening, "this one is open")
                    .help(format!("close the parenthesis first: {what} stands behind the whole condition")),
            };
            builder.sink.report(diagnostic);
        }
        while !self.outer.is_empty() {
            self.pop(builder, Span { start: span.start, end: span.start }, Behind::default());
        }
        open
    }

    /// The whole condition, if there is one.
    pub(super) fn finish(mut self, builder: &mut Builder<'_, '_>) -> Option<Node> {
        self.end(builder, None);
        self.current.finish(builder)
    }
}

impl Builder<'_, '_> {
    /// `node`, unless it is deeper than the language promises to read.
    pub(super) fn limited(&mut self, node: Node) -> Node {
        if node.depth <= MAX_DEPTH {
            return node;
        }
        let span = node.expr.span;
        self.too_deep(self.head(span));
        Node::error(span)
    }

    fn missing_connective(&mut self, before: Span, span: Span) {
        self.sink.report_with(|| {
            Diagnostic::error(codes::MISSING_CONNECTIVE, "Two clauses stand side by side")
                .at(span, "AND or OR is missing before this")
                .at(before, "the clause before")
                .help("join them with AND or OR")
        });
    }
}
