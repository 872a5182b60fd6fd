//! Reading values out of Jira's JSON: texts, numbers, instants, days, rich text.

use jiff::civil;
use jiff::tz::Offset;
use serde_json::{Map, Value};

/// A JSON object.
pub(in crate::source) type Object = Map<String, Value>;

/// A text that is there and not empty.
pub(in crate::source) fn text<'a>(object: &'a Object, name: &str) -> Option<&'a str> {
    object.get(name)?.as_str().filter(|t| !t.is_empty())
}

/// A text, or a number as text: ids are one or the other.
pub(in crate::source) fn id(object: &Object, name: &str) -> Option<String> {
    scalar(object.get(name)?)
}

/// A text, number or truth value as text; none where empty or something else.
pub(in crate::source) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(s) if !s.is_empty() => Some(s.clone()),
        Value::Number(n) => Some(n.to_string()),
        Value::Bool(b) => Some(b.to_string()),
        _ => None,
    }
}

/// A whole number, or a text that is one.
pub(in crate::source) fn int(value: &Value) -> Option<i64> {
    match value {
        Value::Number(n) => n.as_i64().or_else(|| n.as_f64().map(|f| f as i64)),
        Value::String(s) => s.trim().parse().ok(),
        _ => None,
    }
}

/// The object of that name.
pub(in crate::source) fn object<'a>(of: &'a Object, name: &str) -> Option<&'a Object> {
    of.get(name)?.as_object()
}

/// The list of that name; an absent one is empty.
pub(in crate::source) fn list<'a>(of: &'a Object, name: &str) -> &'a [Value] {
    of.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// What kind of value it is, for messages.
pub(in crate::source) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// An instant that an event can have, in UTC microseconds: ISO 8601 with an offset, or milliseconds
/// since 1970 as some answers have them. Years outside 1970 to 2199 are mistakes of their source.
pub(in crate::source) fn instant(value: &Value) -> Result<i64, String> {
    let found = match value {
        Value::String(s) => micros(s),
        Value::Number(n) => n.as_i64().and_then(|ms| ms.checked_mul(1000)),
        _ => None,
    };
    let micros = found.ok_or_else(|| format!("{} is no date with a time", shortened(value)))?;
    if (0..7_258_118_400_000_000).contains(&micros) { Ok(micros) } else { Err(format!("{} is no credible date", shortened(value))) }
}

/// A value as it stands in the source, cut after some characters.
pub(in crate::source) fn shortened(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

/// The UTC microseconds of `2012-01-14T18:49:06.004+0000`, `...Z`, `...-05:00`.
pub(in crate::source) fn micros(text: &str) -> Option<i64> {
    let day = day(text.get(..10)?)?;
    let rest = text.get(10..)?;
    let rest = rest.strip_prefix(['T', ' '])?;
    let number = |range: std::ops::Range<usize>| rest.get(range)?.parse::<i8>().ok();
    if rest.get(2..3)? != ":" {
        return None;
    }
    let (hour, minute) = (number(0..2)?, number(3..5)?);
    let mut tail = rest.get(5..)?;
    let mut second = 0;
    if let Some(after) = tail.strip_prefix(':') {
        second = after.get(..2)?.parse().ok()?;
        tail = after.get(2..)?;
    }
    let mut nanos: i64 = 0;
    if let Some(after) = tail.strip_prefix(['.', ',']) {
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        for at in 0..9 {
            let digit = after.as_bytes().get(at).filter(|_| at < digits).map_or(0, |b| b - b'0');
            nanos = nanos * 10 + i64::from(digit);
        }
        tail = after.get(digits..)?;
    }
    // A leap second is told as the second before it.
    let second = if second == 60 { 59 } else { second };
    let time = civil::Time::new(hour, minute, second, i32::try_from(nanos).ok()?).ok()?;
    let instant = offset(tail)?.to_timestamp(day.to_datetime(time)).ok()?;
    Some(instant.as_microsecond())
}

fn offset(text: &str) -> Option<Offset> {
    if matches!(text, "Z" | "z") {
        return Some(Offset::UTC);
    }
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let digits: String = digits.chars().filter(|c| *c != ':').collect();
    let number = |range: std::ops::Range<usize>| digits.get(range)?.parse::<i32>().ok();
    let (hours, minutes) = match digits.len() {
        2 => (number(0..2)?, 0),
        4 => (number(0..2)?, number(2..4)?),
        _ => return None,
    };
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

/// The day of `2012-01-14`.
pub(in crate::source) fn day(text: &str) -> Option<civil::Date> {
    let bytes = text.as_bytes();
    let shape = bytes.len() == 10
        && bytes.iter().enumerate().all(|(i, b)| if matches!(i, 4 | 7) { *b == b'-' } else { b.is_ascii_digit() });
    if !shape {
        return None;
    }
    let (year, month, day) = (text[..4].parse().ok()?, text[5..7].parse().ok()?, text[8..].parse().ok()?);
    civil::Date::new(year, month, day).ok()
}

/// The last part of a path in a `self` address after `/name/`, such as the id of a comment.
pub(in crate::source) fn path_part<'a>(address: &'a str, name: &str) -> Option<&'a str> {
    let path = address.split(['?', '#']).next()?;
    let mut parts = path.split('/');
    parts.find(|part| *part == name)?;
    parts.next().filter(|p| !p.is_empty())
}

/// A parameter of an address, its percent signs decoded.
pub(in crate::source) fn query_parameter(address: &str, name: &str) -> Option<String> {
    let query = address.split_once('?')?.1;
    let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let hex = [rest.next()?, rest.next()?];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&hex).ok()?, 16).ok()?);
            }
            b'+' => bytes.push(b' '),
            other => bytes.push(other),
        }
    }
    String::from_utf8(bytes).ok().filter(|v| !v.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::rows::time;

    #[test]
    fn reads_every_spelling_of_an_instant() {
        let expected = time("2012-01-14T18:49:06.004Z");
        for text in [
            "2012-01-14T18:49:06.004+0000",
            "2012-01-14T18:49:06.004Z",
            "2012-01-14T12:49:06.004-06:00",
            "2012-01-14T12:49:06.004-0600",
            "2012-01-15T00:19:06.004+0530",
            "2012-01-14 18:49:06.004+00",
        ] {
            assert_eq!(micros(text), expected, "{text}");
        }
        assert_eq!(micros("2012-01-14T18:49Z"), time("2012-01-14T18:49:00Z"));
        assert_eq!(instant(&Value::from(1_326_566_946_004_i64)).ok(), expected);
    }

    #[test]
    fn refuses_what_is_no_instant() {
        for text in [
            "",
            "2012-01-14",
            "2012-13-14T18:49:06Z",
            "2012-01-14T18:49:06",
            "yesterday",
            "2012-01-14T18:49:06.004+00:0",
            "２012-01-14T00:00:00Z",
        ] {
            assert_eq!(micros(text), None, "{text}");
        }
        assert!(instant(&Value::from("0001-01-01T00:00:00Z")).is_err());
        assert!(instant(&Value::from("9012-01-01T00:00:00Z")).is_err());
        assert!(instant(&Value::Null).is_err());
    }

    #[test]
    fn reads_parts_of_addresses() {
        let address = "https://example.atlassian.net/rest/api/2/user?accountId=557058%3Aabc&x=1";
        assert_eq!(query_parameter(address, "accountId").as_deref(), Some("557058:abc"));
        let address = "https://example.atlassian.net/rest/api/3/issue/13383/changelog?maxResults=100";
        assert_eq!(path_part(address, "issue"), Some("13383"));
        assert_eq!(path_part(address, "comment"), None);
    }
}
