//! Calls among the columns: aggregates, time buckets and durations.

use super::next::next;
use super::plain_field;
use crate::catalog::columns::{self as column_functions, COLUMN_FUNCTIONS, ColumnFunction, Computes};
use crate::catalog::nearest;
use crate::diagnostic::{Span, codes};
use crate::semantic::binder::{Binder, Parameter, did_you_mean};
use crate::semantic::bound::{Aggregate, AsOf, BoundField, ColumnExpr, HistoryValues, LastingTime, Shape, Unit};
use crate::semantic::field::{Named, issue_column};
use crate::semantic::history;
use crate::syntax::ast::{Argument, Call, FieldRef, Literal, Operand};

/// A call as a column, and what it is called where it has no other name.
pub(super) fn call_column(binder: &Binder<'_>, call: &Call) -> Option<(String, ColumnExpr)> {
    let function = function_of(binder, call)?;
    let aggregate = match function.computes {
        Computes::Aggregate(aggregate) => aggregate,
        Computes::Percentile => Aggregate::Percentile(percent(binder, call)?),
        _ => return Some((function.name.to_string(), row_column(binder, function, call)?)),
    };
    let argument = match (call.arguments.as_slice(), aggregate) {
        ([], Aggregate::Count) => None,
        ([], _) => return needs_field(binder, function.name, call.span),
        ([of], _) | ([of, _], Aggregate::Percentile(_)) => {
            let (expr, name, span) = argument(binder, function, call, of)?;
            check_aggregate(binder, aggregate, &expr, &name, span)?;
            Some(Box::new(expr))
        }
        _ => return one_field(binder, function, call),
    };
    Some((function.name.to_string(), ColumnExpr::Aggregate(aggregate, argument)))
}

fn function_of(binder: &Binder<'_>, call: &Call) -> Option<&'static ColumnFunction> {
    column_functions::column_function(&call.name.text).or_else(|| {
        let near = nearest(&call.name.text, COLUMN_FUNCTIONS.iter().map(|f| f.name));
        let help = did_you_mean(&near)
            .unwrap_or_else(|| format!("known are {}", COLUMN_FUNCTIONS.iter().map(|f| f.name).collect::<Vec<_>>().join(", ")));
        let message = format!("`{}` computes no column", call.name.text);
        binder.refuse(codes::UNKNOWN_FUNCTION, call.name.span, message, help)
    })
}

/// What an aggregate is over: a field, or a column computed of the row.
fn argument(binder: &Binder<'_>, of: &ColumnFunction, call: &Call, argument: &Argument) -> Option<(ColumnExpr, String, Span)> {
    match argument {
        Argument::Literal(literal) => {
            let field = plain_field(binder, &named(literal))?;
            Some((ColumnExpr::Field(field.clone()), field.name, literal.span))
        }
        Argument::Call(inner) => {
            // Aggregates do not nest, so that this goes no deeper.
            let function = function_of(binder, inner)?;
            Some((row_column(binder, function, inner)?, format!("{}()", function.name), inner.span))
        }
        Argument::Parameter(_) => one_field(binder, of, call),
    }
}

/// A call that computes something of the row.
fn row_column(binder: &Binder<'_>, function: &ColumnFunction, call: &Call) -> Option<ColumnExpr> {
    Some(match function.computes {
        Computes::Aggregate(_) | Computes::Percentile => {
            let message = format!("{}() is over rows, and stands within no other aggregate", function.name);
            return binder.refuse(codes::WRONG_ARGUMENTS, call.span, message, None);
        }
        Computes::Bucket(unit) => bucket(binder, unit, function, call)?,
        Computes::TimeIn => ColumnExpr::Lasting(Box::new(time_in(binder, call)?)),
        Computes::LeadTime => {
            no_arguments(binder, function, call)?;
            let (from, to) = (instant(binder, function, "created", call.span), instant(binder, function, "resolved", call.span));
            ColumnExpr::Lasting(Box::new(LastingTime::Between { from: from?, to: to? }))
        }
        Computes::CycleTime => {
            no_arguments(binder, function, call)?;
            ColumnExpr::Lasting(Box::new(cycle_time(binder, function, call)?))
        }
        Computes::Lasted => ColumnExpr::Lasting(Box::new(LastingTime::Until(next(binder, function, call)?))),
        Computes::Until => ColumnExpr::Until(Box::new(next(binder, function, call)?)),
    })
}

fn bucket(binder: &Binder<'_>, unit: Unit, function: &ColumnFunction, call: &Call) -> Option<ColumnExpr> {
    let literal = match call.arguments.as_slice() {
        [] => return needs_field(binder, function.name, call.span),
        [Argument::Literal(literal)] => literal,
        _ => return one_field(binder, function, call),
    };
    let field = plain_field(binder, &named(literal))?;
    if !matches!(field.shape, Shape::Time | Shape::Date) {
        return binder.refuse(codes::WRONG_ARGUMENTS, literal.span, format!("`{}` is no date", field.name), None);
    }
    Some(ColumnExpr::Bucket(unit, field))
}

/// `timeIn(status, "In Progress", Done)`
fn time_in(binder: &Binder<'_>, call: &Call) -> Option<LastingTime> {
    let (Some(Argument::Literal(name)), [_, values @ ..]) = (call.arguments.first(), call.arguments.as_slice()) else {
        return wrong_time_in(binder, call);
    };
    if values.is_empty() {
        return wrong_time_in(binder, call);
    }
    at_no_event(binder, "timeIn", call.span)?;
    let field = binder.field(&named(name))?;
    history::with_history(binder, &field, name.span)?;
    history::with_record(binder, &field, name.span, true)?;
    let [of] = field.history.as_slice() else {
        let message = format!("several fields are called `{}`", field.name);
        let help = "name one of them by its id: cf[10042]".to_string();
        return binder.refuse(codes::WRONG_ARGUMENTS, name.span, message, help);
    };
    if of.multi {
        let message = format!("timeIn() takes fields with one value at a time, and `{}` holds several", field.name);
        let help = format!("ask for issues: {} WAS value FOR TOTAL >= 3d", field.name);
        return binder.refuse(codes::WRONG_ARGUMENTS, name.span, message, help);
    }
    let values = values_of(binder, &field, values, call.span)?;
    Some(LastingTime::In { field: of.clone(), values, now: binder.session.now })
}

fn wrong_time_in<T>(binder: &Binder<'_>, call: &Call) -> Option<T> {
    let help = "write timeIn(status, \"In Progress\")".to_string();
    binder.refuse(codes::WRONG_ARGUMENTS, call.span, "timeIn() takes a field and the values that it had", help)
}

/// The arguments behind the field, bound as the operand of WAS.
fn values_of(binder: &Binder<'_>, field: &Named, arguments: &[Argument], span: Span) -> Option<HistoryValues> {
    let operand = |argument: &Argument| match argument {
        Argument::Literal(literal) => Operand::Value(literal.clone()),
        Argument::Parameter(name) => Operand::Parameter(name.clone()),
        Argument::Call(call) => Operand::Call(call.clone()),
    };
    binder.history_values(field, &Operand::List(arguments.iter().map(operand).collect(), span))
}

/// From the first change into a status of the category In Progress to the resolution.
fn cycle_time(binder: &Binder<'_>, function: &ColumnFunction, call: &Call) -> Option<LastingTime> {
    at_no_event(binder, function.name, call.span)?;
    let statuses = &binder.catalog.statuses;
    if !statuses.list.iter().any(|s| s.group.is_some()) {
        let message = format!("{}() needs a table of statuses with their categories", function.name);
        return binder.refuse(codes::NEEDS_DATA, call.span, message, None);
    }
    let mut values = HistoryValues::default();
    for status in &statuses.list {
        if status.group.as_deref().is_some_and(|group| group.eq_ignore_ascii_case("In Progress")) {
            values.names.push(status.name.clone());
            values.ids.extend(status.id.clone());
        }
    }
    let field = binder.find_field("status").and_then(|status| status.history.into_iter().next());
    let Some(field) = field else {
        let message = format!("{}() needs changes of statuses", function.name);
        return binder.refuse(codes::NEEDS_DATA, call.span, message, None);
    };
    Some(LastingTime::SinceFirst { field, values, to: instant(binder, function, "resolved", call.span)? })
}

/// The history of an issue has no one instant, so that AS OF EVENT asks nothing of it.
fn at_no_event(binder: &Binder<'_>, name: &str, span: Span) -> Option<()> {
    if binder.as_of != Some(AsOf::Event) {
        return Some(());
    }
    let message = format!("{name}() asks of the whole life of an issue, and AS OF EVENT of one instant");
    binder.refuse(codes::WRONG_COLUMN, span, message, None)
}

/// A column of instants of issues.
fn instant(binder: &Binder<'_>, function: &ColumnFunction, column: &str, span: Span) -> Option<BoundField> {
    if binder.catalog.issue_columns.contains(column) {
        return Some(issue_column(column, column, Shape::Time));
    }
    let message = format!("{}() needs the column `{column}` of the issues table", function.name);
    binder.refuse(codes::NEEDS_DATA, span, message, None)
}

/// The second argument of percentile().
fn percent(binder: &Binder<'_>, call: &Call) -> Option<f64> {
    let (text, span) = match call.arguments.get(1) {
        Some(Argument::Literal(literal)) => (literal.text.clone(), literal.span),
        Some(Argument::Parameter(name)) => match binder.parameter(name)? {
            Parameter::Number(number) => (number.to_string(), name.span),
            Parameter::Text(text) => (text.clone(), name.span),
            Parameter::List(_) => (String::new(), name.span),
        },
        _ => (String::new(), call.span),
    };
    let percent = text.parse().ok().filter(|percent| (0.0..=100.0).contains(percent));
    percent.or_else(|| {
        let help = "write percentile(votes, 90), for example".to_string();
        binder.refuse(codes::WRONG_ARGUMENTS, span, "percentile() takes a column and a number from 0 to 100", help)
    })
}

fn named(literal: &Literal) -> FieldRef {
    FieldRef { name: literal.clone(), properties: Vec::new(), span: literal.span }
}

fn no_arguments(binder: &Binder<'_>, function: &ColumnFunction, call: &Call) -> Option<()> {
    if call.arguments.is_empty() {
        return Some(());
    }
    binder.refuse(codes::WRONG_ARGUMENTS, call.span, format!("{}() takes no arguments", function.name), None)
}

fn one_field<T>(binder: &Binder<'_>, function: &ColumnFunction, call: &Call) -> Option<T> {
    binder.refuse(codes::WRONG_ARGUMENTS, call.span, format!("{}() takes one field", function.name), None)
}

fn needs_field<T>(binder: &Binder<'_>, name: &str, span: Span) -> Option<T> {
    binder.refuse(codes::WRONG_ARGUMENTS, span, format!("{name}() needs a field"), format!("write {name}(time), for example"))
}

fn check_aggregate(binder: &Binder<'_>, aggregate: Aggregate, of: &ColumnExpr, name: &str, span: Span) -> Option<()> {
    let shape = of.row_shape();
    let number = matches!(shape, Some(Shape::Int | Shape::Float));
    let fits = match aggregate {
        Aggregate::Count | Aggregate::CountDistinct => true,
        Aggregate::Min | Aggregate::Max => shape != Some(Shape::TextList),
        Aggregate::Sum | Aggregate::Avg | Aggregate::Median | Aggregate::Percentile(_) => number,
    };
    if fits {
        return Some(());
    }
    binder.refuse(codes::WRONG_ARGUMENTS, span, format!("`{name}` is no number"), None)
}
