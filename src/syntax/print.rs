//! The canonical form: one line, keywords in upper case, parentheses and quotes only where they are needed.
//!
//! Reading what is printed gives the same tree, but for spans and for whether a plain word was quoted.

use super::ast::{
    ActivityClause, Argument, AsOf, Call, Clause, Column, ColumnKind, Comparison, Direction, Expr, ExprKind, FieldRef, Literal,
    LiteralKind, Operand, Predicate, PredicateKind, Query, Sequence, Shared, SortKey, Step, Target,
};
use super::{literal, words};
use std::fmt;

/// The canonical form of `query`.
pub fn print(query: &Query) -> String {
    let mut out = String::new();
    write_query(query, &mut out);
    out
}

macro_rules! display {
    ($($node:ty => $write:path),* $(,)?) => {
        $(impl fmt::Display for $node {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut out = String::new();
                $write(self, &mut out);
                f.write_str(&out)
            }
        })*
    };
}

display! {
    Query => write_query,
    Expr => write_expr,
    Clause => write_clause,
    ActivityClause => write_activity,
    Sequence => write_sequence,
    Predicate => write_predicate,
    FieldRef => write_field,
    Literal => write_literal,
    Operand => write_operand,
    Call => write_call,
    Column => write_column,
    SortKey => write_sort_key,
}

/// Runs `write` with room on the stack: the tree's depth is limited, but not by the stack of whoever prints it.
fn deeper(write: impl FnOnce()) {
    stacker::maybe_grow(64 * 1024, 512 * 1024, write);
}

fn write_query(query: &Query, out: &mut String) {
    let mut parts = Parts { out, first: true };
    if let Some(target) = &query.target {
        parts.next().push_str(match target.node {
            Target::Issues => "ISSUES",
            Target::Activity => "ACTIVITY",
        });
        if query.filter.is_some() {
            parts.next().push_str("WHERE");
        }
    }
    if let Some(filter) = &query.filter {
        write_expr(filter, parts.next());
    }
    match &query.as_of {
        Some(AsOf::Event(_)) => parts.next().push_str("AS OF EVENT"),
        Some(AsOf::Instant(instant)) => {
            let out = parts.next();
            out.push_str("AS OF ");
            write_operand(instant, out);
        }
        None => {}
    }
    parts.list("GROUP BY ", &query.group_by, write_column);
    parts.list("SHOW ", &query.show, write_column);
    parts.list("ORDER BY ", &query.order_by, write_sort_key);
    if let Some(limit) = &query.limit {
        let out = parts.next();
        out.push_str("LIMIT ");
        out.push_str(&limit.node.to_string());
    }
}

/// The parts of a query, with a space between each two.
struct Parts<'o> {
    out: &'o mut String,
    first: bool,
}

impl Parts<'_> {
    fn next(&mut self) -> &mut String {
        if !std::mem::replace(&mut self.first, false) {
            self.out.push(' ');
        }
        self.out
    }

    fn list<T>(&mut self, head: &str, items: &[T], write: fn(&T, &mut String)) {
        if !items.is_empty() {
            let out = self.next();
            out.push_str(head);
            separated(items, write, out);
        }
    }
}

fn separated<T>(items: &[T], write: impl Fn(&T, &mut String), out: &mut String) {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        write(item, out);
    }
}

fn write_expr(expr: &Expr, out: &mut String) {
    match &expr.kind {
        ExprKind::And(members) => write_chain(members, " AND ", |e| matches!(e.kind, ExprKind::And(_) | ExprKind::Or(_)), out),
        ExprKind::Or(members) => write_chain(members, " OR ", |e| matches!(e.kind, ExprKind::Or(_)), out),
        ExprKind::Not(inner) => {
            out.push_str("NOT ");
            let grouped = match &inner.kind {
                ExprKind::And(_) | ExprKind::Or(_) => true,
                ExprKind::Sequence(sequence) => sequence.within.is_none(),
                _ => false,
            };
            write_grouped(inner, grouped, out);
        }
        ExprKind::Clause(clause) => write_clause(clause, out),
        ExprKind::Activity(activity) => write_activity(activity, out),
        ExprKind::Sequence(sequence) => write_sequence(sequence, out),
        ExprKind::Error => out.push_str("<error>"),
    }
}

fn write_chain(members: &[Expr], connective: &str, grouped: fn(&Expr) -> bool, out: &mut String) {
    for (index, member) in members.iter().enumerate() {
        if index > 0 {
            out.push_str(connective);
        }
        write_grouped(member, grouped(member), out);
    }
}

fn write_grouped(expr: &Expr, grouped: bool, out: &mut String) {
    if grouped {
        out.push('(');
    }
    deeper(|| write_expr(expr, out));
    if grouped {
        out.push(')');
    }
}

fn write_clause(clause: &Clause, out: &mut String) {
    write_clause_head(clause, out);
    write_predicates(&clause.predicates, out);
}

fn write_clause_head(clause: &Clause, out: &mut String) {
    write_field(&clause.field, out);
    out.push(' ');
    out.push_str(clause.operator.node.as_str());
    if let Some(operand) = &clause.operand {
        out.push(' ');
        write_operand(operand, out);
    }
}

fn write_activity(activity: &ActivityClause, out: &mut String) {
    write_activity_head(activity, out);
    write_predicates(&activity.predicates, out);
}

fn write_activity_head(activity: &ActivityClause, out: &mut String) {
    match activity.subject.as_slice() {
        [] => {}
        [only] if only.kind != LiteralKind::Word || is_target(&only.text) || is_custom(&only.text) => {
            write_name(only, out);
            out.push(' ');
        }
        words => {
            for word in words {
                // The rest of the words tells that this is no target, if its first letter is spelt out.
                literal::write_word(&word.text, is_target(&word.text), out);
                out.push(' ');
            }
        }
    }
    out.push_str(&activity.verb.node.to_ascii_uppercase());
}

fn is_target(word: &str) -> bool {
    words::is_one_of(word, &["issues", "activity"])
}

fn write_predicates(predicates: &[Predicate], out: &mut String) {
    for predicate in predicates {
        out.push(' ');
        write_predicate(predicate, out);
    }
}

fn write_sequence(sequence: &Sequence, out: &mut String) {
    if sequence.within.is_some() {
        out.push('(');
    }
    write_alternatives(&sequence.first, out);
    for step in &sequence.steps {
        out.push_str(" THEN ");
        if step.negated {
            out.push_str("NOT ");
        }
        write_step(step, out);
    }
    if let Some(within) = &sequence.within {
        out.push_str(") WITHIN ");
        write_literal(within, out);
    }
}

/// An event of a sequence: one clause, or several that OR joins.
fn write_alternatives(expr: &Expr, out: &mut String) {
    write_grouped(expr, matches!(expr.kind, ExprKind::Or(_)), out);
}

/// WITHIN and SAME of the link stand last, where they read best, unless they would then be read as the clause's.
fn write_step(step: &Step, out: &mut String) {
    let (predicates, is_bare) = match &step.clause.kind {
        ExprKind::Clause(clause) => {
            write_clause_head(clause, out);
            (clause.predicates.as_slice(), false)
        }
        ExprKind::Activity(activity) => {
            write_activity_head(activity, out);
            (activity.predicates.as_slice(), activity.subject.is_empty())
        }
        _ => {
            write_alternatives(&step.clause, out);
            ([].as_slice(), false)
        }
    };
    let counted = predicates.iter().any(|p| matches!(p.kind, PredicateKind::Times { .. }));
    // `created ~ x` would be a clause on the field.
    let first_is_text = matches!(predicates.first().map(|p| &p.kind), Some(PredicateKind::Text(_)));
    let link_first = counted || is_bare && first_is_text;
    if link_first {
        write_link(step, out);
    }
    write_predicates(predicates, out);
    if !link_first {
        write_link(step, out);
    }
}

fn write_link(step: &Step, out: &mut String) {
    if let Some(within) = &step.within {
        out.push_str(" WITHIN ");
        write_literal(within, out);
    }
    for shared in &step.same {
        out.push(' ');
        write_shared(shared, out);
    }
}

fn write_shared(shared: &Shared, out: &mut String) {
    out.push_str("SAME ");
    write_field(&shared.field, out);
    if let Some(other) = &shared.other {
        out.push_str(" = ");
        write_field(other, out);
    }
}

fn write_predicate(predicate: &Predicate, out: &mut String) {
    let mut with = |word: &str, operand: &Operand| {
        out.push_str(word);
        out.push(' ');
        write_operand(operand, out);
    };
    match &predicate.kind {
        PredicateKind::After(t) => with("AFTER", t),
        PredicateKind::Before(t) => with("BEFORE", t),
        PredicateKind::On(t) => with("ON", t),
        PredicateKind::During(t) => with("DURING", t),
        PredicateKind::By { negated: false, who } => with("BY", who),
        PredicateKind::By { negated: true, who } => with("BY NOT", who),
        PredicateKind::Via(how) => with("VIA", how),
        PredicateKind::From(v) => with("FROM", v),
        PredicateKind::To(v) => with("TO", v),
        PredicateKind::Text(text) => with("~", text),
        PredicateKind::Times { comparison, count, distinct } => {
            with(&format!("TIMES {}", comparison.as_str()), count);
            if let Some(of) = distinct {
                out.push_str(" DISTINCT ");
                write_field(of, out);
            }
        }
        PredicateKind::Within(length) => {
            out.push_str("WITHIN ");
            write_literal(length, out);
        }
        PredicateKind::Same(shared) => write_shared(shared, out),
        PredicateKind::For { total, comparison, length } => {
            out.push_str(if *total { "FOR TOTAL " } else { "FOR " });
            out.push_str(comparison.as_str());
            out.push(' ');
            write_literal(length, out);
        }
        PredicateKind::While(clause) => {
            out.push_str("WHILE ");
            write_clause_head(clause, out);
        }
    }
}

fn write_field(field: &FieldRef, out: &mut String) {
    write_name(&field.name, out);
    for property in &field.properties {
        out.push('[');
        write_literal(&property.key, out);
        out.push(']');
        for (index, part) in property.path.iter().enumerate() {
            if index > 0 || !part.text.starts_with('.') {
                out.push(' ');
            }
            write_name(part, out);
        }
    }
}

/// A name: words that jqlx might read otherwise keep the quotes that they were written with.
fn write_name(name: &Literal, out: &mut String) {
    match name.kind {
        LiteralKind::Quoted if words::is_contextual(&name.text) => literal::write_quoted(&name.text, out),
        LiteralKind::Word if is_custom(&name.text) => out.push_str(&name.text),
        _ => write_literal(name, out),
    }
}

/// `cf[10001]`
fn is_custom(name: &str) -> bool {
    name.strip_prefix("cf[")
        .and_then(|rest| rest.strip_suffix(']'))
        .is_some_and(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit()))
}

fn write_literal(value: &Literal, out: &mut String) {
    let bare = match value.kind {
        LiteralKind::Number => literal::is_number(&value.text),
        _ => literal::is_plain(&value.text),
    };
    if bare { out.push_str(&value.text) } else { literal::write_quoted(&value.text, out) }
}

fn write_operand(operand: &Operand, out: &mut String) {
    match operand {
        Operand::Value(value) => write_name(value, out),
        Operand::Call(call) => write_call(call, out),
        Operand::Empty(_) => out.push_str("EMPTY"),
        Operand::Parameter(name) => {
            out.push('$');
            out.push_str(&name.node);
        }
        Operand::List(members, _) => {
            out.push('(');
            separated(members, |member, out| deeper(|| write_operand(member, out)), out);
            out.push(')');
        }
        Operand::Subquery(query) => deeper(|| write_query(query, out)),
    }
}

fn write_call(call: &Call, out: &mut String) {
    match call.name.kind {
        // `count`, `max` and `field` are reserved words that may be called.
        LiteralKind::Word => literal::write_word(&call.name.text, false, out),
        _ => write_literal(&call.name, out),
    }
    out.push('(');
    separated(&call.arguments, write_argument, out);
    out.push(')');
}

fn write_argument(argument: &Argument, out: &mut String) {
    match argument {
        Argument::Literal(value) => write_literal(value, out),
        Argument::Parameter(name) => {
            out.push('$');
            out.push_str(&name.node);
        }
        Argument::Call(call) => deeper(|| write_call(call, out)),
    }
}

fn write_column(column: &Column, out: &mut String) {
    match &column.kind {
        ColumnKind::Field(field) => write_field(field, out),
        ColumnKind::Call(call) => write_call(call, out),
    }
    if let Some(alias) = &column.alias {
        out.push_str(" AS ");
        write_name(alias, out);
    }
}

fn write_sort_key(key: &SortKey, out: &mut String) {
    write_column(&key.column, out);
    match key.direction {
        Some(Direction::Asc) => out.push_str(" ASC"),
        Some(Direction::Desc) => out.push_str(" DESC"),
        None => {}
    }
}

impl Comparison {
    /// The comparison as written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "=",
            Self::NotEq => "!=",
            Self::Lt => "<",
            Self::LtEq => "<=",
            Self::Gt => ">",
            Self::GtEq => ">=",
        }
    }
}
