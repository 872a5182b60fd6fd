//! `jqlx parse --lines`: JSON lines with queries in, JSON lines with verdicts and trees out.

use super::{Dialect, json, parse, print};
use crate::diagnostic::{Diagnostic, codes};
use serde_json::{Value, json};
use std::io::{self, BufRead, Write};

/// Reads lines `{"id", "q"}` and writes a line `{"id", "valid", "errors", "canonical", "ast"}` for each, in order.
///
/// `start` and `end` of an error count Unicode code points from 0. `canonical` and `ast` are null where the query is
/// not valid. A line that is no such object is answered by one with the code `jqlx::input::bad_line`; only what is
/// wrong with `input` or `output` themselves ends the run.
pub fn parse_lines(mut input: impl BufRead, mut output: impl Write, dialect: Dialect) -> io::Result<()> {
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            return output.flush();
        }
        serde_json::to_writer(&mut output, &answer(&line, dialect))?;
        output.write_all(b"\n")?;
    }
}

fn answer(line: &[u8], dialect: Dialect) -> Value {
    let object = match serde_json::from_slice::<Value>(line) {
        Ok(Value::Object(object)) => object,
        Ok(_) => return bad_line(Value::Null, "The line is JSON, but no object"),
        Err(error) => return bad_line(Value::Null, &format!("The line is no JSON: {error}")),
    };
    let id = object.get("id").cloned().unwrap_or(Value::Null);
    let Some(text) = object.get("q").and_then(Value::as_str) else {
        return bad_line(id, "The line has no query: a string `q` is missing");
    };
    let parsed = parse(text, dialect);
    let valid = parsed.is_valid();
    let errors: Vec<Value> = parsed.diagnostics.iter().filter(|d| d.is_error()).map(|d| error(d, text)).collect();
    let (canonical, ast) = match valid {
        true => (print(&parsed.query).into(), json::to_json(&parsed.query)),
        false => (Value::Null, Value::Null),
    };
    json!({ "id": id, "valid": valid, "errors": errors, "canonical": canonical, "ast": ast })
}

fn error(diagnostic: &Diagnostic, text: &str) -> Value {
    let span = diagnostic.span();
    let start = text.get(..span.start as usize).map_or(0, |before| before.chars().count());
    let end = start + span.text(text).chars().count();
    json!({ "code": diagnostic.code.name, "message": diagnostic.message, "start": start, "end": end })
}

fn bad_line(id: Value, message: &str) -> Value {
    let error = json!({ "code": codes::BAD_LINE.name, "message": message, "start": 0, "end": 0 });
    json!({ "id": id, "valid": false, "errors": [error], "canonical": null, "ast": null })
}
