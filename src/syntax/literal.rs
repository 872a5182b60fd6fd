//! The text of words and quoted strings: escapes and quotes, in both directions.

use super::build::Sink;
use super::words;
use crate::diagnostic::{Diagnostic, Span, codes};

/// Decodes the escapes of `raw`, the inside of a quoted string or a whole word, which starts at byte `start`.
///
/// Wrong escapes and control characters are reported and left out of the text.
pub(super) fn decode(raw: &str, start: usize, quoted: bool, sink: &mut Sink) -> String {
    if !raw.contains('\\') && !(quoted && raw.chars().any(is_forbidden)) {
        return raw.to_owned();
    }
    let mut text = String::with_capacity(raw.len());
    let mut chars = raw.char_indices();
    // The first half of a surrogate pair, which JQL writes as two escapes.
    let mut high: Option<u32> = None;
    while let Some((at, c)) = chars.next() {
        if c != '\\' {
            flush(&mut high, &mut text);
            if quoted && is_forbidden(c) {
                sink.report(control_character(c, start + at));
            } else {
                text.push(c);
            }
            continue;
        }
        let escape = chars.next().map(|(_, e)| e);
        let plain = match escape {
            Some('n') => Some('\n'),
            Some('r') => Some('\r'),
            Some('t') => Some('\t'),
            Some(e @ ('"' | '\'' | '\\' | ' ')) => Some(e),
            _ => None,
        };
        if let Some(plain) = plain {
            flush(&mut high, &mut text);
            text.push(plain);
            continue;
        }
        let hex = raw.get(at + 2..at + 6).filter(|h| h.bytes().all(|b| b.is_ascii_hexdigit()));
        match (escape, hex.and_then(|h| u32::from_str_radix(h, 16).ok())) {
            (Some('u'), Some(unit)) => {
                for _ in 0..4 {
                    chars.next();
                }
                match (high, unit) {
                    (Some(first), 0xDC00..=0xDFFF) => {
                        let point = 0x10000 + ((first - 0xD800) << 10) + (unit - 0xDC00);
                        text.push(char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER));
                        high = None;
                    }
                    _ => {
                        flush(&mut high, &mut text);
                        match unit {
                            0xD800..=0xDBFF => high = Some(unit),
                            _ => text.push(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)),
                        }
                    }
                }
            }
            _ => {
                flush(&mut high, &mut text);
                sink.report(bad_escape(escape, start + at));
            }
        }
    }
    flush(&mut high, &mut text);
    text
}

/// A first half without a second stands for nothing.
fn flush(high: &mut Option<u32>, text: &mut String) {
    if high.take().is_some() {
        text.push(char::REPLACEMENT_CHARACTER);
    }
}

/// What may not stand in quotes as it is. Line ends may.
fn is_forbidden(c: char) -> bool {
    matches!(c, '\0'..='\u{9}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{7F}'..='\u{9F}' | '\u{FDD0}'..='\u{FDEF}' | '\u{FFFE}' | '\u{FFFF}')
}

fn control_character(c: char, at: usize) -> Diagnostic {
    let escape = match c {
        '\t' => "\\t".to_owned(),
        c => format!("\\u{:04x}", c as u32),
    };
    Diagnostic::error(codes::BAD_CHARACTER, format!("The character U+{:04X} may not stand in a quoted string", c as u32))
        .at(Span::new(at, at + c.len_utf8()), "this character")
        .help(format!("write it as `{escape}`"))
}

fn bad_escape(escape: Option<char>, at: usize) -> Diagnostic {
    let (shown, help) = match escape {
        None => ("\\".to_owned(), "write `\\\\` for a backslash".to_owned()),
        Some('u') => ("\\u".to_owned(), "`\\u` takes four hexadecimal digits, as in `\\u00e9`".to_owned()),
        Some(c) => (
            format!("\\{}", c.escape_debug()),
            format!(
                "the escapes are \\n \\r \\t \\\" \\' \\\\ \\u0000 and a backslash with a space; write `\\\\{}` for a backslash and `{}`",
                c.escape_debug(),
                c.escape_debug()
            ),
        ),
    };
    let end = at + 1 + escape.map_or(0, char::len_utf8);
    Diagnostic::error(codes::BAD_ESCAPE, format!("`{shown}` is no escape")).at(Span::new(at, end), "this escape").help(help)
}

/// Whether `c` may stand in a word outside quotes.
pub(super) fn is_word_char(c: char) -> bool {
    matches!(c, '_'..='z' | 'A'..='Z' | '0'..=':' | '-'..='.' | '\u{A0}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..)
}

/// Whether `text` is one of the tokens that JQL calls numbers.
pub(super) fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

/// Whether `text` reads as one word that is no number, no keyword and no reserved word.
pub(super) fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_word_char) && !is_number(text) && !words::is_keyword(text) && !words::is_reserved(text)
}

/// Writes `text` in double quotes, on one line.
pub(super) fn write_quoted(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_forbidden(c) => write_unicode(c, out),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Writes `text`, which must not be empty, as one word without quotes, whatever it holds. `escape_first` spells out the
/// first character, so that no keyword is seen in it.
pub(super) fn write_word(text: &str, escape_first: bool, out: &mut String) {
    let escape_first = escape_first || words::is_keyword(text);
    for (index, c) in text.chars().enumerate() {
        if is_word_char(c) && !(escape_first && index == 0) { out.push(c) } else { write_unicode(c, out) }
    }
}

fn write_unicode(c: char, out: &mut String) {
    use std::fmt::Write;
    // Writing to a string cannot fail, and what needs an escape lies below U+10000.
    let _ = write!(out, "\\u{:04x}", c as u32);
}
