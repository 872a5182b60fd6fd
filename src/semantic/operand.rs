//! Operands: lists flattened, parameters filled in, functions called, literals read as the field's type.

use super::binder::{Binder, Parameter, did_you_mean};
use super::bound::Micros;
use super::dates;
use crate::catalog::fields::Kind;
use crate::catalog::functions::{self, Evaluation, Function, Returns};
use crate::catalog::{NamedValue, nearest};
use crate::diagnostic::{Span, codes};
use crate::syntax::ast::{Argument, Call, Literal, LiteralKind, Operand, Query};

/// A member of an operand after lists are flattened and parameters filled in.
#[derive(Clone, Debug)]
pub(crate) enum Member {
    Literal(Literal),
    Call(&'static Function, Vec<Literal>, Span),
    Subquery(Box<Query>),
    Empty,
}

/// A day or an instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum DayOrInstant {
    Day(i32),
    Instant(Micros),
}

impl Binder<'_> {
    /// The members of an operand, in order; none after an error was reported.
    pub(crate) fn members(&self, operand: &Operand) -> Option<Vec<Member>> {
        let mut out = Vec::new();
        let mut ok = true;
        let mut stack = vec![operand];
        while let Some(next) = stack.pop() {
            match next {
                Operand::List(list, _) => stack.extend(list.iter().rev()),
                Operand::Value(literal) => out.push(Member::Literal(literal.clone())),
                Operand::Empty(_) => out.push(Member::Empty),
                Operand::Call(call) => match self.call(call) {
                    Some((function, arguments)) => out.push(Member::Call(function, arguments, call.span)),
                    None => ok = false,
                },
                Operand::Parameter(name) => match self.parameter(name) {
                    Some(value) => parameter_members(value, name.span, &mut out),
                    None => ok = false,
                },
                Operand::Subquery(query) => out.push(Member::Subquery(query.clone())),
            }
        }
        ok.then_some(out)
    }

    /// Looks a function up and checks its arguments.
    pub(crate) fn call(&self, call: &Call) -> Option<(&'static Function, Vec<Literal>)> {
        let name = &call.name.text;
        let Some(function) = functions::function(name) else {
            let near = nearest(name, functions::FUNCTIONS.iter().map(|f| f.name));
            let help = did_you_mean(&near).unwrap_or_else(|| "`jqlx functions` lists them all".to_string());
            return self.refuse(codes::UNKNOWN_FUNCTION, call.name.span, format!("there is no function called `{name}`"), help);
        };
        if let Evaluation::Missing(what) = function.evaluation {
            return self.refuse(
                codes::NEEDS_DATA,
                call.span,
                format!("{}() cannot be answered: it needs {what}", function.name),
                "the query was refused rather than answered without it".to_string(),
            );
        }
        if !(function.least..=function.most).contains(&call.arguments.len()) {
            let given = call.arguments.len();
            return self.refuse(
                codes::WRONG_ARGUMENTS,
                call.span,
                format!("{} arguments were given to {}()", given, function.name),
                format!("write {}", function.signature()),
            );
        }
        let mut arguments = Vec::with_capacity(call.arguments.len());
        for argument in &call.arguments {
            match argument {
                Argument::Literal(literal) => arguments.push(literal.clone()),
                Argument::Parameter(name) => match self.parameter(name)? {
                    Parameter::List(_) => {
                        let message = format!("${} is a list, and {}() takes single values", name.node, function.name);
                        return self.refuse(codes::WRONG_PARAMETER, name.span, message, None);
                    }
                    single => arguments.push(parameter_literal(single, name.span)),
                },
                Argument::Call(inner) => arguments.push(self.argument(function, inner)?),
            }
        }
        Some((function, arguments))
    }

    /// An operand that must be one instant.
    pub(crate) fn instant(&self, operand: &Operand) -> Option<Micros> {
        let members = self.members(operand)?;
        match members.as_slice() {
            [member] if !matches!(operand, Operand::List(..)) => self.instant_member(member, operand.span()),
            _ => self.refuse(codes::WRONG_OPERAND, operand.span(), "one date is wanted here", None),
        }
    }

    /// A member as an instant.
    pub(crate) fn instant_member(&self, member: &Member, span: Span) -> Option<Micros> {
        match member {
            Member::Empty => self.refuse(codes::WRONG_OPERAND, span, "EMPTY is no date", None),
            Member::Subquery(query) => self.refuse(codes::WRONG_OPERAND, query.span, "a query is no date", None),
            Member::Call(function, arguments, span) => self.instant_call(function, arguments, *span),
            Member::Literal(literal) => {
                let read = dates::literal(&literal.text, literal.kind == LiteralKind::Number).and_then(|l| self.session.instant(l));
                read.or_else(|| self.bad_date(literal))
            }
        }
    }

    /// A member as a day, where it is a literal, or as an instant, where it is a function.
    pub(crate) fn day_member(&self, member: &Member, span: Span) -> Option<DayOrInstant> {
        match member {
            Member::Literal(literal) => {
                let read = dates::literal(&literal.text, literal.kind == LiteralKind::Number);
                if read.as_ref().is_some_and(dates::DateLiteral::has_time) {
                    let message = format!("`{}` has a time, and this field holds days", literal.text);
                    return self.refuse(codes::BAD_DATE, literal.span, message, "write the day alone".to_string());
                }
                read.and_then(|l| self.session.day(l)).map(DayOrInstant::Day).or_else(|| self.bad_date(literal))
            }
            other => self.instant_member(other, span).map(DayOrInstant::Instant),
        }
    }

    pub(crate) fn bad_date<T>(&self, literal: &Literal) -> Option<T> {
        self.refuse(
            codes::BAD_DATE,
            literal.span,
            format!("`{}` is no date", literal.text),
            "write \"2026-06-01\", \"2026/06/01 09:30\", a relative date such as -7d or \"-4w 2d\", or a function such as startOfDay()"
                .to_string(),
        )
    }

    fn instant_call(&self, function: &Function, arguments: &[Literal], span: Span) -> Option<Micros> {
        if function.returns != Returns::Instant {
            return self.refuse(codes::WRONG_OPERAND, span, format!("{}() is no date", function.name), None);
        }
        let increment = match arguments.first() {
            None => None,
            Some(literal) => match dates::increment(&literal.text) {
                Some(increment) => Some(increment),
                None => {
                    return self.refuse(
                        codes::BAD_DATE,
                        literal.span,
                        format!("`{}` is no increment", literal.text),
                        "write a number with a unit: -1, \"+2w\", 14d; y years, M months, w weeks, d days, h hours, m minutes"
                            .to_string(),
                    );
                }
            },
        };
        let at = match function.evaluation {
            Evaluation::Now => Some(self.session.now),
            Evaluation::StartOf(unit) => self.session.start_of(unit, increment),
            Evaluation::EndOf(unit) => self.session.end_of(unit, increment),
            Evaluation::Login { previous } => return self.login(function, previous, span),
            _ => return self.refuse(codes::WRONG_OPERAND, span, format!("{}() is no date", function.name), None),
        };
        at.or_else(|| self.refuse(codes::BAD_DATE, span, "this date lies outside the calendar", None))
    }

    /// Names behind a literal on a field whose values are listed (statuses, types, ...); reports an unknown one.
    pub(crate) fn named_values(&self, kind: Kind, literal: &Literal) -> Option<Vec<&NamedValue>> {
        let values = self.catalog.values(kind)?;
        let found = values.find(&literal.text);
        if found.is_empty() && values.complete {
            return self.unknown_value(kind, literal, values.names());
        }
        Some(found)
    }

    /// Reports a value that the site does not have.
    pub(crate) fn unknown_value<'n, T>(&self, kind: Kind, literal: &Literal, names: impl Iterator<Item = &'n str>) -> Option<T> {
        let names: Vec<&str> = names.collect();
        let near = nearest(&literal.text, names.iter().copied());
        let help = did_you_mean(&near)
            .or_else(|| (!names.is_empty() && names.len() <= 12).then(|| format!("known are {}", names.join(", "))));
        self.refuse(codes::UNKNOWN_VALUE, literal.span, format!("there is no {} called `{}`", kind.name(), literal.text), help)
    }
}

fn parameter_members(value: &Parameter, span: Span, out: &mut Vec<Member>) {
    match value {
        Parameter::List(list) => list.iter().for_each(|v| parameter_members(v, span, out)),
        single => out.push(Member::Literal(parameter_literal(single, span))),
    }
}

/// A parameter in the place of a literal: always as if quoted, so that its text is never taken for syntax.
fn parameter_literal(value: &Parameter, span: Span) -> Literal {
    let text = match value {
        Parameter::Text(text) => text.clone(),
        Parameter::Number(number) => number.to_string(),
        Parameter::List(_) => String::new(),
    };
    Literal { text, kind: LiteralKind::Quoted, span }
}
