//! Tests of present values as expressions.
//!
//! An expression may be null where a value is missing. Conditions hold no NOT, so null under AND and OR at the top of a
//! filter means the same as false.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::Column;
use datafusion::functions::expr_fn::lower;
use datafusion::functions_aggregate::expr_fn::{first_value, last_value};
use datafusion::functions_nested::expr_fn::{array_element, cardinality};
use datafusion::logical_expr::expr::WindowFunction;
use datafusion::logical_expr::{AggregateUDF, Expr, ExprFunctionExt, SortExpr, WindowFunctionDefinition, cast, lit, when};
use datafusion::scalar::ScalarValue;

use super::functions;
use super::scan::{Tables, field, time};
use crate::error::Error;
use crate::semantic::bound::{Actors, CascadeChild, Comparison, FieldCondition, HistoryValues, Shape, Test, Value, Values};

/// The conjunction as a balanced tree: a chain of thousands would be thousands deep.
pub(crate) fn all(list: Vec<Expr>) -> Expr {
    balanced(list, Expr::and).unwrap_or_else(|| lit(true))
}

/// The disjunction as a balanced tree.
pub(crate) fn any(list: Vec<Expr>) -> Expr {
    balanced(list, Expr::or).unwrap_or_else(|| lit(false))
}

fn balanced(mut list: Vec<Expr>, join: fn(Expr, Expr) -> Expr) -> Option<Expr> {
    while list.len() > 1 {
        let mut next = Vec::with_capacity(list.len().div_ceil(2));
        let mut members = list.into_iter();
        while let Some(left) = members.next() {
            next.push(match members.next() {
                Some(right) => join(left, right),
                None => left,
            });
        }
        list = next;
    }
    list.pop()
}

/// A test of a present value.
pub(crate) fn condition(tables: &Tables, condition: &FieldCondition) -> Expr {
    test(condition.field.shape, field(tables, &condition.field), &condition.test)
}

/// A test of a value of that shape.
pub(crate) fn test(shape: Shape, value: Expr, test: &Test) -> Expr {
    // Negative tests ask for a value, and that the positive one does not hold.
    let signed = |hit: Expr, negated: bool| {
        if negated { all(vec![empty(shape, value.clone(), true), hit.is_not_true()]) } else { hit }
    };
    match test {
        Test::Empty { negated } => empty(shape, value, *negated),
        Test::OneOf { values, or_empty, negated } => {
            let hit = one_of(shape, value.clone(), values, *negated);
            if *or_empty { hit.or(empty(shape, value, false)) } else { hit }
        }
        Test::Compare { op, value: with } => comparison(value, *op, literal(with)),
        Test::Text { query, negated } => {
            let hit = if shape == Shape::TextList {
                functions::list_text(value.clone(), query)
            } else {
                functions::text(value.clone(), query)
            };
            signed(hit, *negated)
        }
        Test::Wildcard { pattern, negated } => signed(cast(value.clone(), DataType::Utf8View).ilike(lit(like(pattern))), *negated),
        Test::Cascade { option, child, negated } => {
            let member = |at: i64| lower(array_element(value.clone(), lit(at)));
            let mut parts = vec![member(1).eq(lit(option.as_str()))];
            match child {
                CascadeChild::Any => {}
                CascadeChild::None => parts.push(member(2).is_null()),
                CascadeChild::Is(child) => parts.push(member(2).eq(lit(child.as_str()))),
            }
            signed(all(parts), *negated)
        }
    }
}

/// `*` and `?` as LIKE has them.
fn like(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    for c in pattern.chars() {
        match c {
            '*' => out.push('%'),
            '?' => out.push('_'),
            '%' | '_' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

fn empty(shape: Shape, value: Expr, negated: bool) -> Expr {
    match (shape, negated) {
        // A null list has a null cardinality, which is not true, so IS NOT TRUE covers both kinds of emptiness.
        (Shape::TextList, false) => cardinality(value).gt(lit(0u64)).is_not_true(),
        (Shape::TextList, true) => cardinality(value).gt(lit(0u64)),
        (_, false) => value.is_null(),
        (_, true) => value.is_not_null(),
    }
}

fn one_of(shape: Shape, value: Expr, values: &Values, negated: bool) -> Expr {
    if shape == Shape::TextList {
        let Values::Text { any, fold } = values else { return lit(false) };
        let hit = functions::list_any(value.clone(), any, *fold);
        return if negated { all(vec![empty(shape, value, true), hit.is_not_true()]) } else { hit };
    }
    let (value, list): (Expr, Vec<Expr>) = match values {
        Values::Text { any, fold } => {
            let value = if *fold { lower(value) } else { value };
            (value, any.iter().map(|v| lit(v.as_str())).collect())
        }
        Values::Int(list) => (value, list.iter().map(|v| lit(*v)).collect()),
        Values::Float(list) => (value, list.iter().map(|v| lit(*v)).collect()),
        Values::Time(list) => (value, list.iter().map(|v| time(*v)).collect()),
        Values::Date(list) => (value, list.iter().map(|v| lit(ScalarValue::Date32(Some(*v)))).collect()),
    };
    in_list(value, list, negated)
}

/// `IN` without surprises: of nothing it is false, and NOT IN of nothing asks for a value only.
pub(crate) fn in_list(value: Expr, mut list: Vec<Expr>, negated: bool) -> Expr {
    match (list.len(), negated) {
        (0, false) => lit(false),
        (0, true) => value.is_not_null(),
        (1, false) => value.eq(list.remove(0)),
        (1, true) => value.not_eq(list.remove(0)),
        _ => value.in_list(list, negated),
    }
}

/// A value of the query.
pub(crate) fn literal(value: &Value) -> Expr {
    match value {
        Value::Text(text) => lit(text.as_str()),
        Value::Int(n) => lit(*n),
        Value::Float(n) => lit(*n),
        Value::Time(at) => time(*at),
        Value::Date(day) => lit(ScalarValue::Date32(Some(*day))),
    }
}

/// `left op right`
pub(crate) fn comparison(left: Expr, op: Comparison, right: Expr) -> Expr {
    match op {
        Comparison::Eq => left.eq(right),
        Comparison::NotEq => left.not_eq(right),
        Comparison::Lt => left.lt(right),
        Comparison::LtEq => left.lt_eq(right),
        Comparison::Gt => left.gt(right),
        Comparison::GtEq => left.gt_eq(right),
    }
}

/// Whether a test holds in the last row of a group, as 1 or 0.
///
/// A number, not a truth value: of numbers DataFusion accumulates all groups together.
pub(crate) fn holds_last(test: Expr, order: Vec<SortExpr>, of: Expr) -> Result<Expr, Error> {
    last_of(one_or_none(test)?, order, of)
}

/// A truth value as a number.
pub(crate) fn one_or_none(test: Expr) -> Result<Expr, Error> {
    Ok(when(test, lit(1i64)).otherwise(lit(0i64))?)
}

/// The value in the last of the rows of a group that pass `of`.
pub(crate) fn last_of(value: Expr, order: Vec<SortExpr>, of: Expr) -> Result<Expr, Error> {
    // The builder forgets an order that the function was made with.
    Ok(last_value(value, Vec::new()).order_by(order).filter(of).build()?)
}

/// The value in the first of them.
pub(crate) fn first_of(value: Expr, order: Vec<SortExpr>, of: Expr) -> Result<Expr, Error> {
    Ok(first_value(value, Vec::new()).order_by(order).filter(of).build()?)
}

/// Whether a value of history, by name and id, is one of `values`.
pub(crate) fn held(name: Expr, id: Option<Expr>, values: &HistoryValues) -> Expr {
    let mut any_of = Vec::new();
    if !values.names.is_empty() {
        any_of.push(in_list(name.clone(), texts(&values.names), false));
    }
    if let (Some(id), false) = (id, values.ids.is_empty()) {
        any_of.push(in_list(id, texts(&values.ids), false));
    }
    if values.empty {
        any_of.push(name.is_null());
    }
    any(any_of)
}

/// Whether an account is one of a set.
pub(crate) fn actor_in(actor: Expr, actors: &Actors) -> Expr {
    let hit = in_list(actor.clone(), texts(&actors.accounts), actors.negated);
    match (actors.or_unknown, actors.negated) {
        (true, false) => hit.or(actor.is_null()),
        _ => hit,
    }
}

/// Literals of texts.
pub(crate) fn texts(list: &[String]) -> Vec<Expr> {
    list.iter().map(|t| lit(t.as_str())).collect()
}

/// A column without qualifier, its name taken as it is.
pub(crate) fn plain(name: &str) -> Expr {
    Expr::Column(Column::new_unqualified(name))
}

/// An aggregate over a window, which the builder then frames.
pub(crate) fn window(function: Arc<AggregateUDF>, of: Expr) -> Expr {
    Expr::from(WindowFunction::new(WindowFunctionDefinition::AggregateUDF(function), vec![of]))
}
