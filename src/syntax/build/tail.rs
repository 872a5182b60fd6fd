//! The clauses behind the condition: AS OF, GROUP BY, SHOW, ORDER BY, LIMIT.

use super::Builder;
use super::condition::Condition;
use super::operand::{Place, Read};
use crate::diagnostic::{Diagnostic, Span, codes};
use crate::syntax::ast::{AsOf, Column, ColumnKind, Direction, LiteralKind, Operand, Query, SortKey, Spanned};
use crate::syntax::grammar::Rule;
use crate::syntax::words;
use pest::iterators::Pair;

/// What was read of the clauses behind the condition.
#[derive(Default)]
pub(super) struct Stage {
    /// The last of them: its place in [`ORDER`], and where its keyword stands.
    last: Option<(usize, Span)>,
    /// Parentheses of the condition that were open; as many that close are explained.
    open: usize,
    /// Whether something else was found behind them, and reported. Later reports are muted until the next clause.
    strayed: bool,
}

/// The order in which they stand.
const ORDER: [(Rule, &str); 5] = [
    (Rule::as_of, "AS OF"),
    (Rule::group_by, "GROUP BY"),
    (Rule::show, "SHOW"),
    (Rule::order_by, "ORDER BY"),
    (Rule::limit, "LIMIT"),
];

impl Stage {
    /// Whether the condition is over.
    pub(super) fn any(&self) -> bool {
        self.last.is_some()
    }
}

impl Builder<'_, '_> {
    /// Reads one of the clauses into `query`; says how deep it is.
    pub(super) fn tail(
        &mut self,
        pair: Pair<'_, Rule>,
        span: Span,
        stage: &mut Stage,
        condition: &mut Condition,
        query: &mut Query,
    ) -> usize {
        let rule = pair.as_rule();
        let (rank, name) =
            ORDER.iter().enumerate().find(|(_, (r, _))| *r == rule).map_or((0, ""), |(rank, (_, name))| (rank, *name));
        let head = self.keyword(span, name);
        if rule != Rule::order_by {
            self.extension(head, name);
        }
        if !stage.any() {
            stage.open = condition.end(self, Some((head, name)));
        }
        if let Some((last, before)) = stage.last
            && last >= rank
        {
            self.misplaced(name, head, last == rank, ORDER[last].1, before);
        }
        stage.last = Some((rank.max(stage.last.map_or(0, |(r, _)| r)), head));
        stage.strayed = false;
        match rule {
            Rule::as_of => self.as_of(pair, head, query),
            Rule::limit => {
                self.limit(pair, head, query);
                1
            }
            _ => {
                let (columns, depth) = self.columns(pair, head, name);
                match rule {
                    Rule::group_by => query.group_by = columns.into_iter().map(|(c, _)| c).collect(),
                    Rule::show => query.show = columns.into_iter().map(|(c, _)| c).collect(),
                    _ => {
                        let keys = columns.into_iter().map(|(column, direction)| SortKey { column, direction });
                        query.order_by = keys.collect();
                    }
                }
                depth
            }
        }
    }

    /// Where the one or two words of `name` stand at the start of `span`.
    fn keyword(&self, span: Span, name: &str) -> Span {
        let text = self.source(span);
        let first = name.split(' ').next().unwrap_or("").len();
        let end = match name.split_once(' ') {
            // Comments and white space may stand between the two.
            Some((_, second)) => {
                let lower = text.get(first..).unwrap_or("").to_ascii_lowercase();
                let second = second.to_ascii_lowercase();
                let single = lower.find(|c: char| !c.is_ascii_whitespace()).filter(|at| lower[*at..].starts_with(&second));
                single.map_or(first, |at| first + at + second.len())
            }
            None => first,
        };
        Span { start: span.start, end: span.start + end as u32 }
    }

    fn misplaced(&mut self, name: &str, head: Span, twice: bool, last: &str, before: Span) {
        let message = if twice { format!("{name} stands twice") } else { format!("{name} stands behind {last}") };
        self.sink.report(
            Diagnostic::error(codes::MISPLACED, message)
                .at(head, if twice { "this is the second" } else { "this stands too late" })
                .at(before, if twice { "the first" } else { "this comes later" })
                .help("the order is: condition, AS OF, GROUP BY, SHOW, ORDER BY, LIMIT"),
        );
    }

    /// Something of a condition, or no item at all, behind those clauses.
    pub(super) fn behind_tail(&mut self, pair: &Pair<'_, Rule>, span: Span, stage: &mut Stage) {
        let rule = pair.as_rule();
        if rule == Rule::close {
            if stage.open > 0 {
                stage.open -= 1;
                return;
            }
            if self.left_open > 0 {
                self.left_open -= 1;
                return;
            }
        }
        if std::mem::replace(&mut stage.strayed, true) {
            return;
        }
        let Some((rank, head)) = stage.last else { return };
        let name = ORDER[rank].1;
        match rule {
            Rule::close => self.sink.report(
                Diagnostic::error(codes::UNBALANCED, "This parenthesis closes nothing")
                    .at(span, "there is no `(` for it")
                    .help("remove it"),
            ),
            Rule::broken if pair.clone().into_inner().next().is_some_and(|t| t.as_rule() == Rule::stray) => {
                self.bad_character(span);
            }
            _ => {
                let at = match rule {
                    Rule::and | Rule::or | Rule::not | Rule::then | Rule::open => span,
                    _ => self.next_word(span.start),
                };
                self.sink.report(
                    Diagnostic::error(codes::UNEXPECTED, format!("The query cannot go on like this behind {name}"))
                        .at(at, "this does not belong here")
                        .at(head, format!("{name} begins here"))
                        .help(format!("conditions stand before {name}")),
                );
            }
        }
    }

    fn as_of(&mut self, pair: Pair<'_, Rule>, head: Span, query: &mut Query) -> usize {
        let mut inner = pair.into_inner();
        if let Some(event) = inner.peek().filter(|p| p.as_rule() == Rule::event) {
            query.as_of = Some(AsOf::Event(self.span(&event)));
            return 1;
        }
        match self.operand(&mut inner) {
            Some(Read { operand: operand @ (Operand::List(..) | Operand::Empty(_)), .. }) => {
                self.sink.report(
                    Diagnostic::error(codes::MISSING_OPERAND, "AS OF takes one instant")
                        .at(operand.span(), "this is none")
                        .help("write a date, a function such as startOfMonth(), a parameter, or EVENT"),
                );
                1
            }
            Some(Read { operand, depth }) => {
                query.as_of = Some(AsOf::Instant(operand));
                depth
            }
            None => {
                self.missing_operand(head.end, "AS OF", "an instant such as \"2026-01-01\", or EVENT,");
                1
            }
        }
    }

    fn limit(&mut self, pair: Pair<'_, Rule>, head: Span, query: &mut Query) {
        let mut inner = pair.into_inner();
        let Some(Read { operand, .. }) = self.operand(&mut inner) else {
            self.missing_operand(head.end, "LIMIT", "a number of rows");
            return;
        };
        let number = match &operand {
            Operand::Value(l) if l.kind == LiteralKind::Number => l.text.parse::<u64>().ok(),
            _ => None,
        };
        match number {
            Some(node) => query.limit = Some(Spanned { node, span: operand.span() }),
            None => self.sink.report(
                Diagnostic::error(codes::BAD_NUMBER, "LIMIT counts rows: it takes a whole number")
                    .at(operand.span(), "this is none")
                    .help("write it as in LIMIT 20"),
            ),
        }
    }

    fn columns(&mut self, pair: Pair<'_, Rule>, head: Span, name: &str) -> (Vec<(Column, Option<Direction>)>, usize) {
        let mut columns = Vec::new();
        let mut depth = 1;
        let mut comma = None;
        let mut end = head.end;
        for part in pair.into_inner() {
            let span = self.span(&part);
            end = span.end;
            match part.as_rule() {
                Rule::comma => {
                    if comma.is_some() || columns.is_empty() {
                        self.no_column(span, name);
                    }
                    comma = Some(span);
                }
                _ => {
                    if comma.take().is_none() && !columns.is_empty() {
                        self.no_comma(span, name);
                    }
                    let (column, direction, column_depth) = self.column(part, span, name);
                    columns.push((column, direction));
                    depth = depth.max(column_depth);
                }
            }
        }
        if comma.is_some() || columns.is_empty() {
            self.missing_operand(end, if comma.is_some() { "The comma" } else { name }, "a field");
        }
        (columns, depth)
    }

    fn no_column(&mut self, span: Span, name: &str) {
        self.sink.report(
            Diagnostic::error(codes::MISSING_OPERAND, format!("A field of {name} is missing before this comma"))
                .at(span, "nothing stands before it")
                .help("remove the comma"),
        );
    }

    fn no_comma(&mut self, span: Span, name: &str) {
        let at = self.next_word(span.start);
        let word = self.source(at).to_ascii_lowercase();
        let help = match words::nearest(&word, &["asc", "desc", "limit", "show", "group", "order"]) {
            _ if word == "nulls" => "JQL has no NULLS FIRST or NULLS LAST".to_owned(),
            Some(near) => format!("did you mean {}?", near.to_ascii_uppercase()),
            None => "separate them with a comma, or quote a name of several words".to_owned(),
        };
        self.sink.report(
            Diagnostic::error(codes::MISSING_COMMA, format!("Two fields of {name} stand side by side"))
                .at(at, "a comma is missing before this")
                .help(help),
        );
    }

    fn column(&mut self, pair: Pair<'_, Rule>, span: Span, name: &str) -> (Column, Option<Direction>, usize) {
        let mut inner = pair.into_inner();
        let mut depth = 1;
        let mut direction = None;
        let mut alias = None;
        let first = inner.next();
        let group = inner.peek().filter(|p| p.as_rule() == Rule::group);
        let kind = match (first, group) {
            (Some(first), Some(group)) => {
                inner.next();
                let field = self.field(first, true);
                if name == "ORDER BY" {
                    self.extension(field.span, "A function in ORDER BY");
                }
                if !field.properties.is_empty() {
                    let opening = self.span(&group);
                    self.sink.report(
                        Diagnostic::error(codes::UNEXPECTED, "A property has no arguments")
                            .at(self.head(opening), "no parenthesis can stand here"),
                    );
                }
                let read = self.group(Some(field.name), group, Place::Column);
                depth = read.depth;
                match read.operand {
                    Operand::Call(call) => ColumnKind::Call(call),
                    _ => return (self.nameless(span), None, 1),
                }
            }
            (Some(first), None) if first.as_rule() != Rule::unterminated => ColumnKind::Field(self.field(first, false)),
            (first, _) => {
                if let Some(first) = first {
                    self.literal(&first);
                } else {
                    // An unterminated string is the whole column.
                    self.unterminated(span);
                }
                return (self.nameless(span), None, 1);
            }
        };
        for part in inner {
            let at = self.span(&part);
            let again = match part.as_rule() {
                Rule::direction => {
                    let asc = part.as_str().eq_ignore_ascii_case("asc");
                    if name != "ORDER BY" {
                        self.sink.report(
                            Diagnostic::error(codes::UNEXPECTED, format!("{name} has no direction"))
                                .at(at, "this belongs to ORDER BY")
                                .help("sort with ORDER BY"),
                        );
                    }
                    direction.replace(if asc { Direction::Asc } else { Direction::Desc }).is_some()
                }
                _ => {
                    let literal = part.into_inner().next().map(|l| self.literal(&l));
                    if name == "SHOW" {
                        self.extension(at, "AS");
                        std::mem::replace(&mut alias, literal).is_some()
                    } else {
                        self.sink.report(
                            Diagnostic::error(codes::UNEXPECTED, format!("{name} gives no names"))
                                .at(at, "AS belongs to SHOW")
                                .help("name the column in SHOW"),
                        );
                        false
                    }
                }
            };
            if again {
                self.sink.report(
                    Diagnostic::error(codes::UNEXPECTED, "This stands twice behind one field").at(at, "this is the second"),
                );
            }
        }
        (Column { kind, alias, span }, direction, depth)
    }

    /// Stands for a column that was reported.
    fn nameless(&self, span: Span) -> Column {
        let name = crate::syntax::ast::Literal { text: String::new(), kind: LiteralKind::Quoted, span };
        let field = crate::syntax::ast::FieldRef { name, properties: Vec::new(), span };
        Column { kind: ColumnKind::Field(field), alias: None, span }
    }
}
