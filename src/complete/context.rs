//! Where in a query a place is: a walk over the tokens before it.
//!
//! The text may be half written or wrong; the walk then goes on with what is most likely meant. It decides nothing but what
//! is offered.

use crate::catalog::attributes::{ATTRIBUTES, Attribute};
use crate::catalog::entities::{self, Entity};
use crate::catalog::fields::{self, Field, Kind, Operators};
use crate::catalog::functions::{self, Function};
use crate::catalog::{Catalog, CustomField, eq};
use crate::syntax::{Token, TokenKind, verbs};

/// A name before an operator or verb, as all that it may be.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Named<'c> {
    pub(super) attribute: Option<&'static Attribute>,
    pub(super) field: Option<&'static Field>,
    pub(super) custom: Option<&'c CustomField>,
    pub(super) entity: Option<&'static Entity>,
}

impl<'c> Named<'c> {
    fn of(name: &str, activity: bool, catalog: &'c Catalog) -> Self {
        let called = |a: &&Attribute| eq(a.name, name) || a.aliases.iter().any(|alias| eq(alias, name));
        Self {
            attribute: ATTRIBUTES.iter().find(called).filter(|_| activity),
            field: fields::field(name),
            custom: catalog.find_custom_fields(name).first().copied(),
            entity: entities::entity(name),
        }
    }

    /// What its values are, where it is a field.
    pub(super) fn kind(&self) -> Option<Kind> {
        let field = self.field.map(|field| field.kind).or_else(|| self.custom.map(|custom| custom.kind));
        self.attribute.map(|attribute| attribute.kind).or(field)
    }

    /// Its operators; none where it is no field.
    pub(super) fn operators(&self) -> Option<(Operators, bool)> {
        match (self.attribute, self.field, self.custom) {
            (Some(attribute), ..) => Some((attribute.operators, false)),
            (None, Some(field), _) => Some((field.operators, field.has_history())),
            (None, None, Some(custom)) => Some((custom_operators(custom.kind), true)),
            _ => None,
        }
    }

    /// Whether its former values are known.
    fn has_history(&self) -> bool {
        self.operators().is_some_and(|(_, history)| history)
    }
}

fn custom_operators(kind: Kind) -> Operators {
    fields::ops(match kind {
        Kind::Text => "T!I",
        Kind::Number | Kind::Date | Kind::DateTime | Kind::Duration => "ECI",
        _ => "EI",
    })
}

/// What kind of value is wanted.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wanted<'c> {
    /// One of the field's; `text`: words to search for.
    Of(Named<'c>),
    Person,
    Instant,
    /// How an event was done.
    Way,
    /// The name of a field or attribute.
    FieldName,
    /// An argument of a function.
    Argument(&'static Function, usize),
    /// A number, a text: nothing that could be offered.
    Other,
}

/// A value that is wanted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operand<'c> {
    pub(super) wanted: Wanted<'c>,
    /// Whether functions that return lists fit.
    pub(super) list: bool,
    /// Behind WAS, where NOT and IN may follow.
    pub(super) was: bool,
    /// What the clause is when the value is there.
    pub(super) after: After<'c>,
}

/// Which predicates a clause takes.
#[derive(Clone, Copy, Debug)]
pub(super) enum After<'c> {
    /// None.
    Plain,
    Was(Named<'c>),
    Changed(Named<'c>),
    Activity(Option<&'static Entity>),
}

/// A clause of columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tail {
    Show,
    Order,
    Group,
}

/// What comes next.
#[derive(Clone, Debug)]
pub(super) enum Expect<'c> {
    /// The first word.
    Start,
    /// WHERE, or a condition.
    Target,
    Condition,
    /// Operator or verb behind a name of one or more words.
    Subject {
        words: String,
        start: usize,
    },
    /// Behind NOT of `field NOT IN`.
    NotIn(Operand<'c>),
    /// Behind IS.
    Is {
        negated: bool,
    },
    Operand(Operand<'c>),
    /// Comma or closing parenthesis behind a member of a list.
    Member(Operand<'c>),
    /// A clause is whole.
    Clause(After<'c>),
    /// BY or OF, behind the first word of `ORDER BY` and its like.
    Head(Head),
    Columns {
        tail: Tail,
        fresh: bool,
    },
    /// A name that the query gives.
    Alias(Tail),
}

/// The first word of a clause that begins with two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Head {
    Order,
    Group,
    As,
}

/// What an open parenthesis belongs to.
enum Frame<'c> {
    Group,
    List(Operand<'c>),
    Call(Expect<'c>),
    Subquery { activity: bool, after: After<'c> },
}

/// A place of a query.
pub(super) struct Place<'c> {
    /// Whether the rows are events.
    pub(super) activity: bool,
    pub(super) expect: Expect<'c>,
    /// Whether the clauses behind the condition may follow: no parenthesis is open.
    pub(super) outside: bool,
    /// The name of the subject as what it may be.
    pub(super) subject: Named<'c>,
}

impl<'c> Place<'c> {
    /// The place behind some tokens.
    pub(super) fn after(tokens: &[Token], text: &str, catalog: &'c Catalog) -> Self {
        let mut walk = Walk { catalog, activity: false, expect: Expect::Start, frames: Vec::new(), callable: None, brackets: 0 };
        for token in tokens {
            walk.step(*token, token.span.text(text));
        }
        let subject = match &walk.expect {
            Expect::Subject { words, .. } => walk.named(words),
            _ => Named::default(),
        };
        let outside = walk.frames.iter().all(|frame| matches!(frame, Frame::Subquery { .. }));
        Self { activity: walk.activity, expect: walk.expect, outside, subject }
    }
}

struct Walk<'c> {
    catalog: &'c Catalog,
    activity: bool,
    expect: Expect<'c>,
    frames: Vec<Frame<'c>>,
    /// The word just read, if a parenthesis would make it a call.
    callable: Option<String>,
    brackets: usize,
}

impl<'c> Walk<'c> {
    fn named(&self, name: &str) -> Named<'c> {
        Named::of(name, self.activity, self.catalog)
    }

    fn step(&mut self, token: Token, text: &str) {
        use TokenKind as T;
        // The key of a property says nothing of what follows.
        match (text, token.kind) {
            ("[", T::Other) => self.brackets += 1,
            ("]", T::Other) => self.brackets = self.brackets.saturating_sub(1),
            (_, T::Comment | T::End | T::Other) => {}
            _ if self.brackets > 0 => {}
            _ => {
                let callable = self.callable.take();
                match token.kind {
                    T::Open => self.open(callable),
                    T::Close => self.close(),
                    T::Comma => self.comma(),
                    T::Symbol => self.symbol(text),
                    T::Quoted | T::Unterminated => self.literal(text.trim_matches(['"', '\'']), token, false),
                    T::Number | T::Parameter => self.literal(text, token, false),
                    _ => self.word(text, token),
                }
            }
        }
    }

    fn open(&mut self, callable: Option<String>) {
        let expect = std::mem::replace(&mut self.expect, Expect::Condition);
        match (expect, callable) {
            (Expect::Operand(operand), _) => {
                self.frames.push(Frame::List(operand));
                self.expect = Expect::Operand(Operand { list: true, was: false, ..operand });
            }
            (back @ (Expect::Clause(_) | Expect::Member(_)), Some(name)) => {
                self.frames.push(Frame::Call(back));
                let wanted = functions::function(&name).map_or(Wanted::Other, |function| Wanted::Argument(function, 0));
                self.expect = Expect::Operand(Operand { wanted, list: false, was: false, after: After::Plain });
            }
            (back @ Expect::Columns { tail, fresh: false }, Some(_)) => {
                self.frames.push(Frame::Call(back));
                self.expect = Expect::Columns { tail, fresh: true };
            }
            _ => self.frames.push(Frame::Group),
        }
    }

    fn close(&mut self) {
        self.expect = match self.frames.pop() {
            Some(Frame::Call(back)) => back,
            Some(Frame::List(operand)) => Expect::Clause(operand.after),
            Some(Frame::Subquery { activity, after }) => {
                self.activity = activity;
                Expect::Clause(after)
            }
            Some(Frame::Group) | None => Expect::Clause(After::Plain),
        };
    }

    fn comma(&mut self) {
        match &mut self.expect {
            Expect::Member(operand) => {
                let mut operand = *operand;
                if let Wanted::Argument(_, index) = &mut operand.wanted {
                    *index += 1;
                }
                self.expect = Expect::Operand(operand);
            }
            Expect::Columns { fresh, .. } => *fresh = true,
            _ => {}
        }
    }

    fn symbol(&mut self, symbol: &str) {
        self.expect = match (&self.expect, symbol) {
            (Expect::Clause(_), "&&" | "&" | "||" | "|") => Expect::Condition,
            (Expect::Clause(after), "~") => {
                Expect::Operand(Operand { wanted: Wanted::Other, list: false, was: false, after: *after })
            }
            (Expect::Subject { words, .. }, _) => {
                let wanted = if symbol.contains('~') { Wanted::Other } else { Wanted::Of(self.named(words)) };
                Expect::Operand(Operand { wanted, list: false, was: false, after: After::Plain })
            }
            _ => return,
        };
    }

    /// A value, or a name that cannot be a word of the language.
    fn literal(&mut self, text: &str, token: Token, callable: bool) {
        match &mut self.expect {
            Expect::Start | Expect::Target | Expect::Condition => {
                self.expect = Expect::Subject { words: text.to_owned(), start: token.span.start as usize };
            }
            Expect::Subject { words, .. } => {
                words.push(' ');
                words.push_str(text);
            }
            Expect::Operand(operand) => {
                let operand = *operand;
                let inside = matches!(self.frames.last(), Some(Frame::List(_) | Frame::Call(_)));
                self.expect = if inside { Expect::Member(operand) } else { Expect::Clause(operand.after) };
                self.callable = callable.then(|| text.to_owned());
            }
            Expect::Columns { fresh, .. } if *fresh => {
                *fresh = false;
                self.callable = callable.then(|| text.to_owned());
            }
            Expect::Alias(tail) => self.expect = Expect::Columns { tail: *tail, fresh: false },
            _ => {}
        }
    }

    fn word(&mut self, text: &str, token: Token) {
        let word = text.to_lowercase();
        match self.expect.clone() {
            Expect::Start | Expect::Target if self.condition_begins(&word) => {}
            Expect::Start | Expect::Target | Expect::Condition => match word.as_str() {
                "where" | "not" | "and" | "or" | "then" => self.expect = Expect::Condition,
                _ => self.literal(text, token, true),
            },
            Expect::Subject { words, .. } => self.behind_subject(&words, &word, text, token),
            Expect::NotIn(operand) if word == "in" => self.expect = Expect::Operand(Operand { list: true, ..operand }),
            Expect::Is { .. } if word == "not" => self.expect = Expect::Is { negated: true },
            Expect::Is { .. } => self.expect = Expect::Clause(After::Plain),
            Expect::Operand(operand) => self.operand_word(operand, &word, text, token),
            Expect::Clause(after) => self.clause_word(after, &word),
            Expect::Head(head) => {
                self.expect = match (head, word.as_str()) {
                    (Head::Order, "by") => Expect::Columns { tail: Tail::Order, fresh: true },
                    (Head::Group, "by") => Expect::Columns { tail: Tail::Group, fresh: true },
                    (Head::As, "of") => instant(After::Plain),
                    _ => return,
                }
            }
            Expect::Columns { tail, fresh: false } => match word.as_str() {
                "asc" | "desc" => {}
                "as" => self.expect = Expect::Alias(tail),
                _ => self.clause_word(After::Plain, &word),
            },
            Expect::Columns { .. } | Expect::Alias(_) => self.literal(text, token, true),
            Expect::NotIn(_) | Expect::Member(_) => {}
        }
    }

    /// What only the beginning of a query may have.
    fn condition_begins(&mut self, word: &str) -> bool {
        match word {
            "issues" | "activity" if matches!(self.expect, Expect::Start) => {
                self.activity = word == "activity";
                self.expect = Expect::Target;
            }
            "show" | "limit" | "order" => self.clause_word(After::Plain, word),
            _ => return false,
        }
        true
    }

    fn behind_subject(&mut self, words: &str, word: &str, text: &str, token: Token) {
        let named = self.named(words);
        let plain = Operand { wanted: Wanted::Of(named), list: false, was: false, after: After::Plain };
        self.expect = match word {
            "in" | "out" if words.eq_ignore_ascii_case("logged") => Expect::Clause(After::Activity(None)),
            "in" => Expect::Operand(Operand { list: true, ..plain }),
            "not" => Expect::NotIn(plain),
            "is" => Expect::Is { negated: false },
            "was" => Expect::Operand(Operand { was: true, after: After::Was(named), ..plain }),
            "by" if words.eq_ignore_ascii_case("group") => Expect::Columns { tail: Tail::Group, fresh: true },
            "changed" | "raised" | "lowered" if named.has_history() => Expect::Clause(After::Changed(named)),
            _ if token.kind == TokenKind::Verb => Expect::Clause(After::Activity(named.entity)),
            _ if is_verb(words) => {
                self.clause_word(After::Activity(None), word);
                return;
            }
            _ => {
                self.literal(text, token, false);
                return;
            }
        };
    }

    fn operand_word(&mut self, operand: Operand<'c>, word: &str, text: &str, token: Token) {
        match word {
            "not" | "total" => {}
            "in" if operand.was => self.expect = Expect::Operand(Operand { list: true, was: false, ..operand }),
            "issues" | "activity" if matches!(self.frames.last(), Some(Frame::List(_))) => {
                self.frames.pop();
                self.frames.push(Frame::Subquery { activity: self.activity, after: operand.after });
                self.activity = word == "activity";
                self.expect = Expect::Target;
            }
            _ => self.literal(text, token, true),
        }
    }

    fn clause_word(&mut self, after: After<'c>, word: &str) {
        let of = |wanted| Expect::Operand(Operand { wanted, list: false, was: false, after });
        self.expect = match word {
            "and" | "or" | "then" | "while" => Expect::Condition,
            "not" => return,
            "after" | "before" | "on" | "during" => instant(after),
            "by" => Expect::Operand(Operand { wanted: Wanted::Person, list: true, was: false, after }),
            "from" | "to" => match after {
                After::Was(named) | After::Changed(named) => of(Wanted::Of(named)),
                After::Plain | After::Activity(_) => of(Wanted::Other),
            },
            "via" => of(Wanted::Way),
            "times" | "within" | "for" => of(Wanted::Other),
            "distinct" | "same" => of(Wanted::FieldName),
            "order" => Expect::Head(Head::Order),
            "group" => Expect::Head(Head::Group),
            "as" => Expect::Head(Head::As),
            "show" => Expect::Columns { tail: Tail::Show, fresh: true },
            "limit" => Expect::Operand(Operand { wanted: Wanted::Other, list: false, was: false, after: After::Plain }),
            _ => return,
        };
    }
}

fn instant(after: After<'_>) -> Expect<'_> {
    Expect::Operand(Operand { wanted: Wanted::Instant, list: false, was: false, after })
}

/// Whether a text is a verb.
pub(super) fn is_verb(text: &str) -> bool {
    verbs().iter().any(|verb| verb.eq_ignore_ascii_case(text))
}
