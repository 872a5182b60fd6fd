//! Random trees, of the kind that a text can have.

use jqlx::diagnostic::Span;
use jqlx::syntax::ast::*;
use jqlx::syntax::verbs;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

fn at<T>(node: T) -> Spanned<T> {
    Spanned { node, span: Span::default() }
}

fn literal(text: impl Into<String>, kind: LiteralKind) -> Literal {
    Literal { text: text.into(), kind, span: Span::default() }
}

/// A word that is no keyword and no reserved word, some of them words of the extensions.
fn word() -> impl Strategy<Value = Literal> {
    let words = &["plant", "x", "-7d", "1.5", "show", "via", "times", "same", "deleted", "issues", "ürün", "`", "2025-01-01"][..];
    select(words).prop_map(|w| literal(w, LiteralKind::Word))
}

fn name() -> impl Strategy<Value = Literal> {
    prop_oneof![
        4 => word(),
        1 => (-99i64..999).prop_map(|n| literal(n.to_string(), LiteralKind::Number)),
        2 => any::<String>().prop_map(|t| literal(t, LiteralKind::Quoted)),
        1 => select(&["and", "END", "cf", "order by", "activity", "created", "3", "", "a\"b\\c\nd"][..])
            .prop_map(|t| literal(t, LiteralKind::Quoted)),
    ]
}

fn field() -> impl Strategy<Value = FieldRef> {
    let part = prop_oneof![Just(".a.b"), Just("c")].prop_map(|t| literal(t, LiteralKind::Word));
    let property = (name(), vec(part, 0..3)).prop_map(|(key, path)| Property { key, path });
    let named = prop_oneof![6 => name(), 1 => Just(literal("cf[10010]", LiteralKind::Word))];
    (named, option::weighted(0.1, vec(property, 1..3))).prop_map(|(name, properties)| {
        let properties = if name.kind == LiteralKind::Number { Vec::new() } else { properties.unwrap_or_default() };
        FieldRef { name, properties, span: Span::default() }
    })
}

fn parameter() -> impl Strategy<Value = Spanned<String>> {
    select(&["p", "due-date", "größe", "_1"][..]).prop_map(|p| at(p.to_owned()))
}

/// A call whose name, if it is a reserved word, is one of `reserved`.
fn call(reserved: &'static [&'static str]) -> impl Strategy<Value = Call> {
    let name = move || prop_oneof![4 => name().boxed(), 1 => select(reserved).prop_map(|w| literal(w, LiteralKind::Word)).boxed()];
    let leaf = prop_oneof![name_argument(), parameter().prop_map(Argument::Parameter)];
    let argument = leaf.prop_recursive(3, 12, 3, move |inner| {
        (name(), vec(inner, 0..3)).prop_map(|(name, arguments)| Argument::Call(Call { name, arguments, span: Span::default() }))
    });
    (name(), vec(argument, 0..4)).prop_map(|(name, arguments)| Call { name, arguments, span: Span::default() })
}

fn name_argument() -> impl Strategy<Value = Argument> {
    name().prop_map(Argument::Literal)
}

fn single() -> impl Strategy<Value = Operand> {
    prop_oneof![
        4 => name().prop_map(Operand::Value),
        1 => call(&["field"]).prop_map(Operand::Call),
        1 => parameter().prop_map(Operand::Parameter),
    ]
}

fn empty() -> impl Strategy<Value = Operand> {
    Just(Operand::Empty(Span::default()))
}

fn list() -> impl Strategy<Value = Operand> {
    let member = prop_oneof![4 => single(), 1 => empty(), 1 => subquery()];
    let nested = member.prop_recursive(3, 12, 3, |inner| {
        // A subquery is its list's only member.
        vec(inner, 1..4).prop_map(|members| {
            let plain: Vec<_> = members.iter().filter(|m| !matches!(m, Operand::Subquery(_))).cloned().collect();
            Operand::List(if plain.is_empty() { members.into_iter().take(1).collect() } else { plain }, Span::default())
        })
    });
    nested.prop_map(|operand| match operand {
        list @ Operand::List(..) => list,
        other => Operand::List(vec![other], Span::default()),
    })
}

fn subquery() -> impl Strategy<Value = Operand> {
    let filter = (field(), single()).prop_map(|(field, operand)| clause(field, Operator::Eq, Some(operand), Vec::new()));
    (select(&[Target::Issues, Target::Activity][..]), filter, option::of(call(&["count", "max"]))).prop_map(
        |(target, filter, show)| {
            let show = show.map(|call| Column { kind: ColumnKind::Call(call), alias: None, span: Span::default() });
            let show = show.into_iter().collect();
            Operand::Subquery(Box::new(Query { target: Some(at(target)), filter: Some(filter), show, ..Query::default() }))
        },
    )
}

fn any_operand() -> impl Strategy<Value = Operand> {
    prop_oneof![4 => single(), 1 => empty(), 1 => list()]
}

fn expr(kind: ExprKind) -> Expr {
    Expr { kind, span: Span::default() }
}

fn clause(field: FieldRef, operator: Operator, operand: Option<Operand>, predicates: Vec<Predicate>) -> Expr {
    let clause = Clause { field, operator: at(operator), operand, predicates, span: Span::default() };
    expr(ExprKind::Clause(Box::new(clause)))
}

fn comparison() -> impl Strategy<Value = Comparison> {
    use Comparison::*;
    select(&[Eq, NotEq, Lt, LtEq, Gt, GtEq][..])
}

fn duration() -> impl Strategy<Value = Literal> {
    prop_oneof![
        (1u32..99, select(&["m", "h", "d", "w", "wh", "wd"][..]))
            .prop_map(|(n, unit)| literal(format!("{n}{unit}"), LiteralKind::Word)),
        Just(literal("1w 2d", LiteralKind::Quoted)),
    ]
}

fn shared() -> impl Strategy<Value = Shared> {
    let attribute = || name().prop_map(|name| FieldRef { name, properties: Vec::new(), span: Span::default() });
    (attribute(), option::weighted(0.2, attribute())).prop_map(|(field, other)| Shared { field, other })
}

/// What may stand behind any verb, WAS and CHANGED.
fn common() -> impl Strategy<Value = PredicateKind> {
    prop_oneof![
        any_operand().prop_map(PredicateKind::After),
        any_operand().prop_map(PredicateKind::Before),
        any_operand().prop_map(PredicateKind::On),
        any_operand().prop_map(PredicateKind::During),
        any_operand().prop_map(PredicateKind::Via),
        (any::<bool>(), any_operand()).prop_map(|(negated, who)| PredicateKind::By { negated, who }),
    ]
}

/// What DISTINCT counts. A word that begins a predicate needs quotes there.
fn counted() -> impl Strategy<Value = FieldRef> {
    let names = name().prop_filter("a predicate", |name| !matches!(name.text.as_str(), "via" | "times" | "same" | "show"));
    names.prop_map(|name| FieldRef { name, properties: Vec::new(), span: Span::default() })
}

fn of_events() -> impl Strategy<Value = PredicateKind> {
    prop_oneof![
        6 => common(),
        1 => any_operand().prop_map(PredicateKind::From),
        1 => any_operand().prop_map(PredicateKind::To),
        1 => any_operand().prop_map(PredicateKind::Text),
        1 => (comparison(), 0u32..50, option::of(counted())).prop_map(|(comparison, n, distinct)| {
            let count = Operand::Value(literal(n.to_string(), LiteralKind::Number));
            PredicateKind::Times { comparison, count, distinct }
        }),
        1 => (comparison(), parameter(), option::of(counted()))
            .prop_map(|(comparison, p, distinct)| PredicateKind::Times { comparison, count: Operand::Parameter(p), distinct }),
    ]
}

fn of_links() -> impl Strategy<Value = PredicateKind> {
    prop_oneof![duration().prop_map(PredicateKind::Within), shared().prop_map(PredicateKind::Same)]
}

fn of_values() -> impl Strategy<Value = PredicateKind> {
    let held =
        (field(), select(&[Operator::Eq, Operator::Was, Operator::NotEq][..]), single()).prop_map(|(field, operator, operand)| {
            let operand = Some(operand);
            Clause { field, operator: at(operator), operand, predicates: Vec::new(), span: Span::default() }
        });
    prop_oneof![
        4 => common(),
        1 => (any::<bool>(), comparison(), duration())
            .prop_map(|(total, comparison, length)| PredicateKind::For { total, comparison, length }),
        1 => held.prop_map(|clause| PredicateKind::While(Box::new(clause))),
    ]
}

fn predicates(kind: impl Strategy<Value = PredicateKind>) -> impl Strategy<Value = Vec<Predicate>> {
    vec(kind.prop_map(|kind| Predicate { kind, span: Span::default() }), 0..4)
}

/// A clause with a verb. `links` says whether WITHIN and SAME may be its own.
fn event(links: bool) -> BoxedStrategy<Expr> {
    let kind = move || if links { prop_oneof![4 => of_events(), 1 => of_links()].boxed() } else { of_events().boxed() };
    let subject = prop_oneof![
        vec(select(&["comment", "user", "group", "ürün"][..]).prop_map(|w| literal(w, LiteralKind::Word)), 1..5),
        name().prop_filter("one name is quoted", |n| n.kind == LiteralKind::Quoted).prop_map(|n| vec![n]),
        Just(vec![literal("cf[10010]", LiteralKind::Word)]),
    ];
    let with_subject = (subject, select(verbs()), predicates(kind()))
        // One name before CHANGED is a field.
        .prop_filter("a field", |(subject, verb, _)| *verb != "changed" || subject.len() > 1);
    let bare = (common(), select(verbs()), predicates(kind())).prop_map(|(first, verb, mut rest)| {
        // `LOGGED IN VIA (x)` calls a function in JQL.
        let first = match first {
            PredicateKind::Via(list @ Operand::List(..)) => PredicateKind::After(list),
            other => other,
        };
        rest.insert(0, Predicate { kind: first, span: Span::default() });
        (Vec::new(), verb, rest)
    });
    let activity = prop_oneof![with_subject, bare].prop_map(|(subject, verb, predicates)| {
        let activity = ActivityClause { subject, verb: at(verb.to_owned()), predicates, span: Span::default() };
        expr(ExprKind::Activity(Box::new(activity)))
    });
    let changed = (field(), predicates(kind())).prop_map(|(field, p)| clause(field, Operator::Changed, None, p));
    prop_oneof![2 => activity, 1 => changed].boxed()
}

fn sequence() -> impl Strategy<Value = Expr> {
    let alternatives =
        |links| prop_oneof![3 => event(links), 1 => vec(event(false), 2..4).prop_map(|any| expr(ExprKind::Or(any)))].boxed();
    let step = (any::<bool>(), alternatives(false), option::of(duration()), vec(shared(), 0..3))
        .prop_map(|(negated, clause, within, same)| Step { negated, clause, within, same });
    (alternatives(true), vec(step, 1..4), option::weighted(0.3, duration())).prop_map(|(first, steps, within)| {
        let sequence = Sequence { first, steps, within, span: Span::default() };
        expr(ExprKind::Sequence(Box::new(sequence)))
    })
}

fn plain() -> impl Strategy<Value = Expr> {
    use Operator::*;
    prop_oneof![
        (field(), select(&[Eq, NotEq, Like, NotLike][..]), prop_oneof![4 => single(), 1 => empty()]).prop_map(|(f, o, v)| clause(
            f,
            o,
            Some(v),
            Vec::new()
        )),
        (field(), select(&[Lt, LtEq, Gt, GtEq][..]), single()).prop_map(|(f, o, v)| clause(f, o, Some(v), Vec::new())),
        (field(), select(&[In, NotIn][..]), list()).prop_map(|(f, o, v)| clause(f, o, Some(v), Vec::new())),
        (field(), select(&[Is, IsNot][..]), empty()).prop_map(|(f, o, v)| clause(f, o, Some(v), Vec::new())),
        (field(), select(&[Was, WasNot][..]), prop_oneof![4 => single(), 1 => empty()], predicates(of_values()))
            .prop_map(|(f, o, v, p)| clause(f, o, Some(v), p)),
        (field(), select(&[WasIn, WasNotIn][..]), list(), predicates(of_values())).prop_map(|(f, o, v, p)| clause(
            f,
            o,
            Some(v),
            p
        )),
    ]
}

fn condition() -> impl Strategy<Value = Expr> {
    prop_oneof![4 => plain(), 2 => event(true), 1 => sequence()].prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..4).prop_map(|m| expr(ExprKind::And(m))),
            vec(inner.clone(), 2..4).prop_map(|m| expr(ExprKind::Or(m))),
            inner.prop_map(|e| expr(ExprKind::Not(Box::new(e)))),
        ]
    })
}

fn column() -> impl Strategy<Value = Column> {
    let kind = prop_oneof![field().prop_map(ColumnKind::Field), call(&["count", "max", "sum"]).prop_map(ColumnKind::Call)];
    kind.prop_map(|kind| Column { kind, alias: None, span: Span::default() })
}

/// A whole query.
pub fn query() -> impl Strategy<Value = Query> {
    let shown = (column(), option::of(name())).prop_map(|(column, alias)| Column { alias, ..column });
    let key = (column(), option::of(select(&[Direction::Asc, Direction::Desc][..])))
        .prop_map(|(column, direction)| SortKey { column, direction });
    let as_of = prop_oneof![Just(AsOf::Event(Span::default())), single().prop_map(AsOf::Instant)];
    (
        option::of(select(&[Target::Issues, Target::Activity][..])),
        option::weighted(0.9, condition()),
        option::weighted(0.2, as_of),
        vec(column(), 0..3),
        vec(shown, 0..3),
        vec(key, 0..3),
        option::weighted(0.2, any::<u64>()),
    )
        .prop_map(|(target, filter, as_of, group_by, show, order_by, limit)| Query {
            target: target.map(at),
            filter,
            as_of,
            group_by,
            show,
            order_by,
            limit: limit.map(at),
            span: Span::default(),
        })
}
