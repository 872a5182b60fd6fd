//! `expression()` and `dateCompare()`: a comparison of values that are computed from fields.
//!
//! `timespent + remainingestimate > originalestimate`, `resolved > due + 1w`. `d` and `w` are 24 hours and seven of them; `wd`
//! and `ww` are a day and a week of an estimate.

use super::super::binder::Binder;
use super::super::bound::{Arithmetic, Comparison, Condition, Scalar, Value};
use super::super::typed::{Type, Typed};
use super::tokens::{DAY, Token, tokens};
use super::{Call, both};
use crate::catalog::fields::FIELDS;
use crate::diagnostic::{Span, codes};
use crate::syntax::ast::{self, Argument, Literal, LiteralKind, Operand};

const SECOND: f64 = 1e6;

/// Parentheses nest so deep.
const MOST_NESTED: usize = 64;

/// Sums of thousands would be thousands deep.
const MOST_TOKENS: usize = 500;

impl Call<'_> {
    pub(super) fn expression(&self, dates: bool, days: bool) -> Option<Condition> {
        let (query, text) = match self.arguments {
            [text] => (Some(Condition::All(Vec::new())), text),
            [_, text, ..] => (self.query(0), text),
            [] => return None,
        };
        let plain = text.is_plain();
        let from = text.span.start as usize + 1;
        let place = |start: usize, end: usize| if plain { Span::new(from + start, from + end) } else { text.span };
        let tokens: Vec<_> = match tokens(&text.text, &self.binder.session.estimates) {
            Ok(tokens) => tokens.into_iter().map(|(token, start, end)| (token, place(start, end))).collect(),
            Err((start, end)) => {
                let message = format!("`{}` cannot be read in a comparison", text.text.get(start..end).unwrap_or_default());
                let help = "it has fields, numbers, lengths such as 2d or 4h, + - * / and parentheses".to_string();
                return self.binder.refuse(codes::WRONG_ARGUMENTS, place(start, end), message, help);
            }
        };
        if tokens.len() > MOST_TOKENS {
            let message = format!("a comparison has at most {MOST_TOKENS} fields, numbers and signs");
            return self.binder.refuse(codes::WRONG_ARGUMENTS, text.span, message, None);
        }
        let mut parser = Parser { binder: self.binder, tokens, at: 0, end: text.span, depth: 0 };
        let left = parser.sum()?;
        let op = parser.comparison()?;
        let right = parser.sum()?;
        if let Some((_, span)) = parser.tokens.get(parser.at) {
            let message = "one comparison is wanted, and this stands behind it";
            return self.binder.refuse(codes::WRONG_ARGUMENTS, *span, message, None);
        }
        if let (true, Some(wrong)) = (dates, [&left, &right].into_iter().find(|side| !side.is_date())) {
            let message = format!("{}() compares dates, and `{}` is {}", self.function.name, wrong.name, wrong.words());
            let help = "expression() compares numbers and durations too".to_string();
            return self.binder.refuse(codes::WRONG_OPERAND, wrong.span, message, help);
        }
        let side = |typed: Typed| if days { cleared(typed) } else { typed };
        let compared = self.binder.compared(side(left), op, side(right), self.span)?;
        Some(both(query?, compared))
    }
}

/// A date without its time.
fn cleared(date: Typed) -> Typed {
    if date.of != Type::Instant {
        return date;
    }
    Typed { scalar: Scalar::Day(Box::new(date.scalar)), of: Type::Day, ..date }
}

struct Parser<'a> {
    binder: &'a Binder<'a>,
    tokens: Vec<(Token, Span)>,
    at: usize,
    /// The whole argument, where something is missing at its end.
    end: Span,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(token, _)| token)
    }

    fn span(&self) -> Span {
        self.tokens.get(self.at).map_or(self.end, |(_, span)| *span)
    }

    fn missing<T>(&self, what: &str) -> Option<T> {
        self.binder.refuse(codes::WRONG_ARGUMENTS, self.span(), format!("{what} is wanted here"), None)
    }

    fn comparison(&mut self) -> Option<Comparison> {
        let Some(Token::Compare(op)) = self.peek() else { return self.missing("a comparison such as < or >=") };
        let op = *op;
        self.at += 1;
        Some(op)
    }

    fn sum(&mut self) -> Option<Typed> {
        let mut left = self.product()?;
        while let Some(Token::Sign(sign @ (Arithmetic::Add | Arithmetic::Subtract))) = self.peek() {
            let sign = *sign;
            self.at += 1;
            let right = self.product()?;
            left = self.added(left, sign, right)?;
        }
        Some(left)
    }

    fn product(&mut self) -> Option<Typed> {
        let mut left = self.operand()?;
        while let Some(Token::Sign(sign @ (Arithmetic::Multiply | Arithmetic::Divide))) = self.peek() {
            let sign = *sign;
            self.at += 1;
            let right = self.operand()?;
            left = self.multiplied(left, sign, right)?;
        }
        Some(left)
    }

    fn operand(&mut self) -> Option<Typed> {
        let Some((token, span)) = self.tokens.get(self.at).cloned() else { return self.missing("a value") };
        self.at += 1;
        let constant =
            |number: f64, of, name: &str| Typed { scalar: Scalar::Value(Value::Float(number)), of, name: name.to_string(), span };
        let mut value = match token {
            Token::Number(number) => constant(number, Type::Number, &number.to_string()),
            Token::Length(seconds) => constant(seconds, Type::Duration, "the length"),
            Token::Sign(Arithmetic::Subtract) => {
                self.enter(span)?;
                let value = self.operand()?;
                self.depth -= 1;
                let zero = Typed { of: value.of, ..constant(0.0, Type::Number, "0") };
                return self.added(zero, Arithmetic::Subtract, value);
            }
            Token::Open => {
                self.enter(span)?;
                let inner = self.sum()?;
                self.depth -= 1;
                if self.peek() != Some(&Token::Close) {
                    return self.missing("a closing parenthesis");
                }
                self.at += 1;
                inner
            }
            Token::Name(name) => self.field(name, span)?,
            Token::Function(name, argument) => self.call(&name, argument, span)?,
            Token::ClearTime | Token::Compare(_) | Token::Sign(_) | Token::Close => {
                self.at -= 1;
                return self.missing("a value");
            }
        };
        while self.peek() == Some(&Token::ClearTime) {
            if !matches!(value.of, Type::Instant | Type::Day) {
                let message = format!("clearTime() takes a date, and `{}` is {}", value.name, value.words());
                return self.binder.refuse(codes::WRONG_OPERAND, self.span(), message, None);
            }
            self.at += 1;
            value = cleared(value);
        }
        Some(value)
    }

    fn enter(&mut self, span: Span) -> Option<()> {
        self.depth += 1;
        if self.depth > MOST_NESTED {
            return self.binder.refuse(codes::WRONG_ARGUMENTS, span, "this nests too deep", None);
        }
        Some(())
    }

    /// A field by its name; spaces in names may be left out, as ScriptRunner has it.
    fn field(&self, name: String, span: Span) -> Option<Typed> {
        let binder = self.binder;
        let joined = |full: &str| full.split(' ').collect::<String>().eq_ignore_ascii_case(&name);
        let known = match binder.find_field(&name) {
            Some(_) => None,
            None => {
                let custom = binder.catalog.custom_fields.iter().map(|f| f.name.as_str());
                let system = FIELDS.iter().map(|f| f.name);
                custom.chain(system).find(|full| joined(full)).map(str::to_string)
            }
        };
        binder.typed_field(&Literal { text: known.unwrap_or(name), kind: LiteralKind::Quoted, span })
    }

    /// `now()`, `startOfDay(-1)`
    fn call(&self, name: &str, argument: String, span: Span) -> Option<Typed> {
        let literal = |text: String| Literal { text, kind: LiteralKind::Quoted, span };
        let arguments = if argument.is_empty() { Vec::new() } else { vec![Argument::Literal(literal(argument))] };
        let call = ast::Call { name: literal(name.to_string()), arguments, span };
        let at = self.binder.instant(&Operand::Call(call))?;
        Some(Typed { scalar: Scalar::Value(Value::Time(at)), of: Type::Instant, name: format!("{name}()"), span })
    }

    fn added(&self, left: Typed, sign: Arithmetic, right: Typed) -> Option<Typed> {
        let by = if sign == Arithmetic::Subtract { -SECOND } else { SECOND };
        let span = left.span.to(right.span);
        let minus = sign == Arithmetic::Subtract;
        match (left.of, right.of) {
            (Type::Number, Type::Number) | (Type::Duration, Type::Duration) => {
                let of = left.of;
                Some(computed(sign, left.float(), right.float(), of, span))
            }
            (Type::Instant | Type::Day, Type::Duration) => match constant(&right) {
                Some(seconds) => self.moved(left, seconds * by, span),
                None => {
                    let length = scaled(right.float());
                    Some(computed(sign, left.moment(), length, Type::Moment, span))
                }
            },
            (Type::Moment, Type::Duration) => Some(computed(sign, left.scalar, scaled(right.float()), Type::Moment, span)),
            (Type::Duration, Type::Instant | Type::Day | Type::Moment) if !minus => self.added(right, sign, left),
            (Type::Instant | Type::Day | Type::Moment, Type::Instant | Type::Day | Type::Moment) if minus => {
                let micros = Scalar::Computed(sign, Box::new(left.moment()), Box::new(right.moment()));
                Some(computed(Arithmetic::Divide, micros, second(), Type::Duration, span))
            }
            _ => self.unfit(&left, sign, &right),
        }
    }

    fn multiplied(&self, left: Typed, sign: Arithmetic, right: Typed) -> Option<Typed> {
        let divide = sign == Arithmetic::Divide;
        let of = match (left.of, right.of) {
            (Type::Number, Type::Number) => Type::Number,
            (Type::Duration, Type::Number) => Type::Duration,
            (Type::Number, Type::Duration) if !divide => Type::Duration,
            (Type::Duration, Type::Duration) if divide => Type::Number,
            _ => return self.unfit(&left, sign, &right),
        };
        let span = left.span.to(right.span);
        Some(computed(sign, left.float(), right.float(), of, span))
    }

    fn moved(&self, date: Typed, micros: f64, span: Span) -> Option<Typed> {
        const MOST: f64 = 36_525.0 * DAY * SECOND;
        if micros.abs() > MOST {
            return self.binder.refuse(codes::UNREAD_DURATION, span, "a date is moved by at most a hundred years", None);
        }
        Some(Typed { span, ..date.moved(micros as i64) })
    }

    fn unfit<T>(&self, left: &Typed, sign: Arithmetic, right: &Typed) -> Option<T> {
        let message = format!(
            "`{}` is {} and `{}` is {}: there is no {} for them",
            left.name,
            left.words(),
            right.name,
            right.words(),
            sign.as_str()
        );
        self.binder.refuse(codes::WRONG_OPERAND, left.span.to(right.span), message, None)
    }
}

/// The seconds of a length that the query writes.
fn constant(length: &Typed) -> Option<f64> {
    match length.scalar {
        Scalar::Value(Value::Float(seconds)) => Some(seconds),
        _ => None,
    }
}

fn second() -> Scalar {
    Scalar::Value(Value::Float(SECOND))
}

/// Seconds as microseconds.
fn scaled(seconds: Scalar) -> Scalar {
    Scalar::Computed(Arithmetic::Multiply, Box::new(seconds), Box::new(second()))
}

fn computed(sign: Arithmetic, left: Scalar, right: Scalar, of: Type, span: Span) -> Typed {
    // Lengths and numbers of the query alone are computed at once, so that dates can be moved by them.
    let scalar = match (&left, sign, &right) {
        (Scalar::Value(Value::Float(a)), Arithmetic::Add, Scalar::Value(Value::Float(b))) => Scalar::Value(Value::Float(a + b)),
        (Scalar::Value(Value::Float(a)), Arithmetic::Subtract, Scalar::Value(Value::Float(b))) => {
            Scalar::Value(Value::Float(a - b))
        }
        (Scalar::Value(Value::Float(a)), Arithmetic::Multiply, Scalar::Value(Value::Float(b))) => {
            Scalar::Value(Value::Float(a * b))
        }
        _ => Scalar::Computed(sign, Box::new(left), Box::new(right)),
    };
    Typed { scalar, of, name: "the result".to_string(), span }
}
