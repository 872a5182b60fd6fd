//! The tree as written: names unresolved, values unread, a span on every node.

use crate::diagnostic::Span;

/// A value with the place it was written at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub node: T,
    /// Where it stands.
    pub span: Span,
}

/// A whole query.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// What the rows are; none means issues, as in JQL.
    pub target: Option<Spanned<Target>>,
    /// The condition.
    pub filter: Option<Expr>,
    /// `AS OF ...`
    pub as_of: Option<AsOf>,
    /// `GROUP BY ...`
    pub group_by: Vec<Column>,
    /// `SHOW ...`
    pub show: Vec<Column>,
    /// `ORDER BY ...`
    pub order_by: Vec<SortKey>,
    /// `LIMIT n`
    pub limit: Option<Spanned<u64>>,
    /// The whole text of the query.
    pub span: Span,
}

/// What the rows of an answer are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// `ISSUES WHERE`
    Issues,
    /// `ACTIVITY WHERE`
    Activity,
}

/// `AS OF instant` or `AS OF EVENT`.
#[derive(Clone, Debug, PartialEq)]
pub enum AsOf {
    /// An instant: a literal, a function call or a parameter.
    Instant(Operand),
    /// The time of each event.
    Event(Span),
}

/// A condition.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it says.
    pub kind: ExprKind,
    /// Where it stands, parentheses included.
    pub span: Span,
}

/// The kinds of condition.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// Two or more, all of which hold.
    And(Vec<Expr>),
    /// Two or more, one of which holds.
    Or(Vec<Expr>),
    /// Negation.
    Not(Box<Expr>),
    /// A JQL clause; `field CHANGED ...` too, whose field may turn out to be an entity.
    Clause(Box<Clause>),
    /// `[subject] verb predicate*`
    Activity(Box<ActivityClause>),
    /// `a THEN b THEN NOT c`
    Sequence(Box<Sequence>),
    /// Text that is no clause; an error was reported for it.
    Error,
}

/// `field operator operand predicate*`
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    /// The left side.
    pub field: FieldRef,
    /// The operator.
    pub operator: Spanned<Operator>,
    /// The right side; `CHANGED` has none.
    pub operand: Option<Operand>,
    /// History and activity predicates.
    pub predicates: Vec<Predicate>,
    /// The whole clause.
    pub span: Span,
}

/// `[subject] verb predicate*`, where the verb is not a plain `field CHANGED`.
#[derive(Clone, Debug, PartialEq)]
pub struct ActivityClause {
    /// The words before the verb; none where the clause has no subject.
    pub subject: Vec<Literal>,
    /// The verb as the grammar lists it, in lower case with single spaces (`deleted`, `logged in`).
    pub verb: Spanned<String>,
    /// What is asked of the event.
    pub predicates: Vec<Predicate>,
    /// The whole clause.
    pub span: Span,
}

/// `first THEN step THEN step`, `(first THEN step THEN step) WITHIN d`
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    /// A [`ExprKind::Clause`] with `CHANGED`, an [`ExprKind::Activity`], or an [`ExprKind::Or`] of these.
    pub first: Expr,
    /// What follows; one or more.
    pub steps: Vec<Step>,
    /// The longest distance from the first event to the last.
    pub within: Option<Literal>,
    /// The whole sequence.
    pub span: Span,
}

/// `THEN [NOT] clause [WITHIN d] [SAME key]*`
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// `THEN NOT`
    pub negated: bool,
    /// As [`Sequence::first`].
    pub clause: Expr,
    /// The longest distance from the event before.
    pub within: Option<Literal>,
    /// What the events share.
    pub same: Vec<Shared>,
}

/// The operators of JQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Operator {
    Eq,
    NotEq,
    Lt,
    LtEq,
    Gt,
    GtEq,
    Like,
    NotLike,
    In,
    NotIn,
    Is,
    IsNot,
    Was,
    WasNot,
    WasIn,
    WasNotIn,
    Changed,
}

impl Operator {
    /// The operator in upper case, as the canonical printer writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "=",
            Self::NotEq => "!=",
            Self::Lt => "<",
            Self::LtEq => "<=",
            Self::Gt => ">",
            Self::GtEq => ">=",
            Self::Like => "~",
            Self::NotLike => "!~",
            Self::In => "IN",
            Self::NotIn => "NOT IN",
            Self::Is => "IS",
            Self::IsNot => "IS NOT",
            Self::Was => "WAS",
            Self::WasNot => "WAS NOT",
            Self::WasIn => "WAS IN",
            Self::WasNotIn => "WAS NOT IN",
            Self::Changed => "CHANGED",
        }
    }
}

/// A predicate of a history or activity clause.
#[derive(Clone, Debug, PartialEq)]
pub struct Predicate {
    /// What it asks.
    pub kind: PredicateKind,
    /// The whole predicate, keyword included.
    pub span: Span,
}

/// The kinds of predicate.
#[derive(Clone, Debug, PartialEq)]
pub enum PredicateKind {
    /// `AFTER t`
    After(Operand),
    /// `BEFORE t`
    Before(Operand),
    /// `ON t`
    On(Operand),
    /// `DURING (t, t)`; the grammar takes any operand, as Jira's does.
    During(Operand),
    /// `BY who`, `BY NOT who`
    By {
        /// `BY NOT`
        negated: bool,
        /// Who.
        who: Operand,
    },
    /// `VIA how`
    Via(Operand),
    /// `FROM v`
    From(Operand),
    /// `TO v`
    To(Operand),
    /// `~ "text"` after the verb
    Text(Operand),
    /// `TIMES >= n`, `TIMES >= n DISTINCT project`
    Times {
        /// How the count compares.
        comparison: Comparison,
        /// With what.
        count: Operand,
        /// What is counted are the values of this; without it, the events.
        distinct: Option<FieldRef>,
    },
    /// `WITHIN 10m`
    Within(Literal),
    /// `SAME actor`, `SAME entityId = actor`
    Same(Shared),
    /// `FOR >= 3d`, `FOR TOTAL >= 3d`
    For {
        /// `FOR TOTAL`
        total: bool,
        /// The comparison; `FOR 3d` is `FOR >= 3d`.
        comparison: Comparison,
        /// The duration.
        length: Literal,
    },
    /// `WHILE field WAS v`
    While(Box<Clause>),
}

/// What events share.
#[derive(Clone, Debug, PartialEq)]
pub struct Shared {
    /// Of every event, or of the earlier one where there is an `other`.
    pub field: FieldRef,
    /// `SAME entityId = actor`: of the later event.
    pub other: Option<FieldRef>,
}

/// `= != < <= > >=` after TIMES and FOR.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Comparison {
    Eq,
    NotEq,
    Lt,
    LtEq,
    Gt,
    GtEq,
}

/// A field as written.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldRef {
    /// The name without quotes and escapes; `cf[10001]` however a custom field was spelt.
    pub name: Literal,
    /// Entity properties: `[key].path`.
    pub properties: Vec<Property>,
    /// The whole reference.
    pub span: Span,
}

/// `[key].path`
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// Between the brackets.
    pub key: Literal,
    /// The parts behind, dots included.
    pub path: Vec<Literal>,
}

/// A word, quoted string or number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Literal {
    /// The text with quotes removed and escapes decoded.
    pub text: String,
    /// How it was written.
    pub kind: LiteralKind,
    /// Where, quotes included.
    pub span: Span,
}

impl Literal {
    /// Whether the text stands between its quotes as it is: escapes make it shorter than what is written.
    pub(crate) fn is_plain(&self) -> bool {
        self.kind == LiteralKind::Quoted && self.text.len() + 2 == (self.span.end - self.span.start) as usize
    }
}

/// How a literal was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LiteralKind {
    /// Without quotes.
    Word,
    /// In single or double quotes, or without them but with escapes.
    Quoted,
    /// Digits, with or without `-`.
    Number,
}

/// The right side of an operator or predicate, or a member of a list.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// A single value.
    Value(Literal),
    /// `name(arguments)`
    Call(Call),
    /// `(a, b, ...)`; one member or more.
    List(Vec<Operand>, Span),
    /// `EMPTY` or `NULL`
    Empty(Span),
    /// `$name`
    Parameter(Spanned<String>),
    /// `(ISSUES WHERE ...)`, `(ACTIVITY WHERE ...)`: the parentheses are the list's.
    Subquery(Box<Query>),
}

impl Operand {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            Self::Value(l) => l.span,
            Self::Call(c) => c.span,
            Self::List(_, s) | Self::Empty(s) => *s,
            Self::Parameter(p) => p.span,
            Self::Subquery(q) => q.span,
        }
    }
}

/// `name(arguments)`
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The function's name as written, without quotes.
    pub name: Literal,
    /// The arguments.
    pub arguments: Vec<Argument>,
    /// The whole call.
    pub span: Span,
}

/// An argument of a function.
#[derive(Clone, Debug, PartialEq)]
pub enum Argument {
    /// A word, quoted string or number.
    Literal(Literal),
    /// `$name`
    Parameter(Spanned<String>),
    /// A nested call (jqlx only).
    Call(Call),
}

/// A column of GROUP BY or SHOW, or a key of ORDER BY.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// What is shown.
    pub kind: ColumnKind,
    /// `AS name`
    pub alias: Option<Literal>,
    /// The whole column.
    pub span: Span,
}

/// A field or a computed column.
#[derive(Clone, Debug, PartialEq)]
pub enum ColumnKind {
    /// A field, an event attribute or the name of another column.
    Field(FieldRef),
    /// `count()`, `month(time)`, `timeIn(status, "In Progress")`
    Call(Call),
}

/// A key of ORDER BY.
#[derive(Clone, Debug, PartialEq)]
pub struct SortKey {
    /// What is sorted by; its alias is always none.
    pub column: Column,
    /// ASC or DESC where written.
    pub direction: Option<Direction>,
}

/// ASC or DESC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Direction {
    Asc,
    Desc,
}
