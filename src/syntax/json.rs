//! The tree as JSON, for `jqlx parse --lines`.
//!
//! A JQL query is `{"where": NODE or null, "order": [...]}`; what jqlx adds has members of its own, which are absent
//! where the query does not use them. `docs/language.md` lists the shapes.

use super::ast::{
    ActivityClause, Argument, AsOf, Call, Clause, Column, ColumnKind, Direction, Expr, ExprKind, FieldRef, Literal, Operand,
    Predicate, PredicateKind, Query, Sequence, Shared, SortKey, Target,
};
use serde_json::{Map, Value, json};

/// The tree of `query`.
pub fn to_json(query: &Query) -> Value {
    let mut map = Map::new();
    if let Some(target) = &query.target {
        let name = match target.node {
            Target::Issues => "issues",
            Target::Activity => "activity",
        };
        map.insert("target".into(), name.into());
    }
    map.insert("where".into(), query.filter.as_ref().map_or(Value::Null, node));
    match &query.as_of {
        Some(AsOf::Event(_)) => drop(map.insert("as_of".into(), "event".into())),
        Some(AsOf::Instant(instant)) => drop(map.insert("as_of".into(), value(instant))),
        None => {}
    }
    if !query.group_by.is_empty() {
        map.insert("group".into(), query.group_by.iter().map(column).collect());
    }
    if !query.show.is_empty() {
        map.insert("show".into(), query.show.iter().map(column).collect());
    }
    map.insert("order".into(), query.order_by.iter().map(sort_key).collect());
    if let Some(limit) = &query.limit {
        map.insert("limit".into(), limit.node.into());
    }
    Value::Object(map)
}

/// Runs `make` with room on the stack; see [`super::MAX_DEPTH`].
fn deeper(make: impl FnOnce() -> Value) -> Value {
    stacker::maybe_grow(64 * 1024, 512 * 1024, make)
}

fn node(expr: &Expr) -> Value {
    deeper(|| match &expr.kind {
        ExprKind::And(members) => json!({ "and": members.iter().map(node).collect::<Value>() }),
        ExprKind::Or(members) => json!({ "or": members.iter().map(node).collect::<Value>() }),
        ExprKind::Not(inner) => json!({ "not": node(inner) }),
        ExprKind::Clause(it) => clause(it),
        ExprKind::Activity(it) => activity(it),
        ExprKind::Sequence(it) => sequence(it),
        ExprKind::Error => json!({ "error": [expr.span.start, expr.span.end] }),
    })
}

fn clause(clause: &Clause) -> Value {
    let mut map = Map::new();
    map.insert("field".into(), field(&clause.field));
    map.insert("op".into(), clause.operator.node.as_str().to_ascii_lowercase().into());
    if let Some(operand) = &clause.operand {
        map.insert("value".into(), value(operand));
    }
    predicates(&clause.predicates, &mut map);
    Value::Object(map)
}

fn activity(activity: &ActivityClause) -> Value {
    let mut map = Map::new();
    map.insert("subject".into(), activity.subject.iter().map(text).collect());
    map.insert("verb".into(), activity.verb.node.as_str().into());
    predicates(&activity.predicates, &mut map);
    Value::Object(map)
}

fn sequence(sequence: &Sequence) -> Value {
    let steps = sequence.steps.iter().map(|step| {
        let mut map = Map::new();
        map.insert("clause".into(), node(&step.clause));
        if step.negated {
            map.insert("not".into(), true.into());
        }
        if let Some(within) = &step.within {
            map.insert("within".into(), text(within));
        }
        if !step.same.is_empty() {
            map.insert("same".into(), step.same.iter().map(shared).collect());
        }
        Value::Object(map)
    });
    let mut tree = json!({ "first": node(&sequence.first), "then": steps.collect::<Value>() });
    if let (Some(within), Some(map)) = (&sequence.within, tree.as_object_mut()) {
        map.insert("within".into(), text(within));
    }
    tree
}

fn shared(shared: &Shared) -> Value {
    match &shared.other {
        None => field(&shared.field),
        Some(other) => json!([field(&shared.field), field(other)]),
    }
}

fn predicates(predicates: &[Predicate], map: &mut Map<String, Value>) {
    if !predicates.is_empty() {
        map.insert("preds".into(), predicates.iter().map(predicate).collect());
    }
}

fn predicate(predicate: &Predicate) -> Value {
    let with = |op: &str, operand: &Operand| json!({ "op": op, "value": value(operand) });
    match &predicate.kind {
        PredicateKind::After(t) => with("after", t),
        PredicateKind::Before(t) => with("before", t),
        PredicateKind::On(t) => with("on", t),
        PredicateKind::During(t) => with("during", t),
        PredicateKind::By { negated: false, who } => with("by", who),
        PredicateKind::By { negated: true, who } => json!({ "op": "by", "not": true, "value": value(who) }),
        PredicateKind::Via(how) => with("via", how),
        PredicateKind::From(v) => with("from", v),
        PredicateKind::To(v) => with("to", v),
        PredicateKind::Text(it) => with("~", it),
        PredicateKind::Times { comparison, count, distinct: None } => {
            json!({ "op": "times", "compare": comparison.as_str(), "value": value(count) })
        }
        PredicateKind::Times { comparison, count, distinct: Some(of) } => {
            json!({ "op": "times", "compare": comparison.as_str(), "value": value(count), "distinct": field(of) })
        }
        PredicateKind::Within(length) => json!({ "op": "within", "value": { "str": text(length) } }),
        PredicateKind::Same(it) => match &it.other {
            None => json!({ "op": "same", "field": field(&it.field) }),
            Some(other) => json!({ "op": "same", "field": field(&it.field), "other": field(other) }),
        },
        PredicateKind::For { total, comparison, length } => {
            json!({ "op": "for", "total": total, "compare": comparison.as_str(), "value": { "str": text(length) } })
        }
        PredicateKind::While(it) => json!({ "op": "while", "clause": clause(it) }),
    }
}

fn field(field: &FieldRef) -> Value {
    let mut map = Map::new();
    map.insert("name".into(), text(&field.name));
    if !field.properties.is_empty() {
        let properties = field
            .properties
            .iter()
            .map(|property| json!({ "key": text(&property.key), "path": property.path.iter().map(text).collect::<Value>() }));
        map.insert("props".into(), properties.collect());
    }
    Value::Object(map)
}

fn value(operand: &Operand) -> Value {
    match operand {
        Operand::Value(literal) => json!({ "str": text(literal) }),
        Operand::Call(it) => call(it),
        Operand::List(members, _) => deeper(|| json!({ "list": members.iter().map(value).collect::<Value>() })),
        Operand::Empty(_) => json!({ "kw": "empty" }),
        Operand::Parameter(name) => json!({ "param": name.node }),
        Operand::Subquery(query) => deeper(|| json!({ "query": to_json(query) })),
    }
}

fn call(call: &Call) -> Value {
    let arguments = call.arguments.iter().map(|argument| match argument {
        Argument::Literal(literal) => text(literal),
        Argument::Parameter(name) => json!({ "param": name.node }),
        Argument::Call(inner) => deeper(|| self::call(inner)),
    });
    json!({ "fn": text(&call.name), "args": arguments.collect::<Value>() })
}

fn column(column: &Column) -> Value {
    let mut value = match &column.kind {
        ColumnKind::Field(it) => json!({ "field": field(it) }),
        ColumnKind::Call(it) => call(it),
    };
    if let (Some(alias), Some(map)) = (&column.alias, value.as_object_mut()) {
        map.insert("as".into(), text(alias));
    }
    value
}

fn sort_key(key: &SortKey) -> Value {
    let mut value = column(&key.column);
    let direction = match key.direction {
        Some(Direction::Asc) => "asc".into(),
        Some(Direction::Desc) => "desc".into(),
        None => Value::Null,
    };
    if let Some(map) = value.as_object_mut() {
        map.insert("dir".into(), direction);
    }
    value
}

fn text(literal: &Literal) -> Value {
    literal.text.as_str().into()
}
