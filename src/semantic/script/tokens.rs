//! The tokens of a comparison of computed values.

use super::super::bound::{Arithmetic, Comparison};
use super::super::session::Estimates;

/// A day of 24 hours, in seconds.
pub(super) const DAY: f64 = 86_400.0;

/// A token.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A number without a unit.
    Number(f64),
    /// A length, in seconds.
    Length(f64),
    /// The name of a field.
    Name(String),
    /// `now()`, with what stands between its parentheses.
    Function(String, String),
    /// `.clearTime()`
    ClearTime,
    Compare(Comparison),
    Sign(Arithmetic),
    Open,
    Close,
}

/// From a byte up to another one.
type Place = (usize, usize);

const SIGNS: &[(&str, Token)] = &[
    ("<=", Token::Compare(Comparison::LtEq)),
    (">=", Token::Compare(Comparison::GtEq)),
    ("!=", Token::Compare(Comparison::NotEq)),
    ("==", Token::Compare(Comparison::Eq)),
    ("<", Token::Compare(Comparison::Lt)),
    (">", Token::Compare(Comparison::Gt)),
    ("=", Token::Compare(Comparison::Eq)),
    ("+", Token::Sign(Arithmetic::Add)),
    ("-", Token::Sign(Arithmetic::Subtract)),
    ("*", Token::Sign(Arithmetic::Multiply)),
    ("/", Token::Sign(Arithmetic::Divide)),
    ("(", Token::Open),
    (")", Token::Close),
];

/// The tokens with their places, or the place of what is none.
pub(super) fn tokens(text: &str, estimates: &Estimates) -> Result<Vec<(Token, usize, usize)>, Place> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        if c.is_whitespace() {
            at += c.len_utf8();
            continue;
        }
        let (token, length) = token(&text[at..], c, estimates).map_err(|length| (at, at + length))?;
        out.push((token, at, at + length));
        at += length;
    }
    Ok(out)
}

/// The token that a text begins with, and its length; or the length of what is none.
fn token(text: &str, first: char, estimates: &Estimates) -> Result<(Token, usize), usize> {
    const CLEAR: &str = ".clearTime()";
    if let Some((sign, token)) = SIGNS.iter().find(|(sign, _)| text.starts_with(sign)) {
        return Ok((token.clone(), sign.len()));
    }
    match first {
        '.' if text.get(..CLEAR.len()).is_some_and(|t| t.eq_ignore_ascii_case(CLEAR)) => Ok((Token::ClearTime, CLEAR.len())),
        '"' | '\'' => match text[1..].find(first) {
            Some(end) => Ok((Token::Name(text[1..=end].to_string()), end + 2)),
            None => Err(text.len()),
        },
        c if c.is_ascii_digit() => {
            let digits = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
            let length = digits + word(&text[digits..]);
            let number: f64 = text[..digits].parse().map_err(|_| length)?;
            let working_day = estimates.hours_per_day * 3600.0;
            let seconds = match &text[digits..length] {
                "" => return Ok((Token::Number(number), length)),
                "m" => 60.0,
                "h" => 3600.0,
                "d" => DAY,
                "w" => 7.0 * DAY,
                "wd" => working_day,
                "ww" => estimates.days_per_week * working_day,
                _ => return Err(length),
            };
            Ok((Token::Length(number * seconds), length))
        }
        c if is_of_word(c) => {
            let length = word(text);
            let (name, rest) = text.split_at(length);
            if let Some(inner) = rest.strip_prefix('(') {
                let close = inner.find(')').ok_or(text.len())?;
                return Ok((Token::Function(name.to_string(), inner[..close].trim().to_string()), length + close + 2));
            }
            match rest.find(']') {
                Some(close) if name == "cf" && rest.starts_with('[') => {
                    let length = length + close + 1;
                    Ok((Token::Name(text[..length].to_string()), length))
                }
                _ => Ok((Token::Name(name.to_string()), length)),
            }
        }
        c => Err(c.len_utf8().max(word(text))),
    }
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of the word that a text begins with.
fn word(text: &str) -> usize {
    text.find(|c: char| !is_of_word(c)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Token>, Place> {
        tokens(text, &Estimates::default()).map(|list| list.into_iter().map(|(token, ..)| token).collect())
    }

    #[test]
    fn lengths_names_and_signs() {
        let name = |n: &str| Token::Name(n.to_string());
        assert_eq!(read("due+1w"), Ok(vec![name("due"), Token::Sign(Arithmetic::Add), Token::Length(604_800.0)]));
        assert_eq!(read("1.5 2wd 30m"), Ok(vec![Token::Number(1.5), Token::Length(57_600.0), Token::Length(1_800.0)]));
        assert_eq!(read("'Größe é' cf[12]"), Ok(vec![name("Größe é"), name("cf[12]")]));
        assert_eq!(read("Größe.CLEARTIME()"), Ok(vec![name("Größe"), Token::ClearTime]));
        assert_eq!(read("startOfDay( -1 )"), Ok(vec![Token::Function("startOfDay".into(), "-1".into())]));
        assert_eq!(read(">= = !="), Ok([Comparison::GtEq, Comparison::Eq, Comparison::NotEq].map(Token::Compare).to_vec()));
    }

    #[test]
    fn what_is_none_has_a_place() {
        for (text, place) in [
            ("a é& b", (4, 5)),
            ("5é", (0, 3)),
            ("1.2.3", (0, 5)),
            ("a 'é", (2, 5)),
            ("f(é", (0, 4)),
            ("a.b", (1, 2)),
            ("!", (0, 1)),
            ("a …", (2, 5)),
        ] {
            assert_eq!(read(text), Err(place), "{text}");
            assert!(text.get(place.0..place.1).is_some(), "{text}");
        }
    }
}
