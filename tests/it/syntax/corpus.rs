//! The shared corpus of JQL: every verdict and every tree.

use jqlx::syntax::{Dialect, json, parse, print};
use serde_json::Value;
use std::path::PathBuf;

/// The corpus beside the repository, where it is checked out.
fn lines(file: &str) -> Option<Vec<Value>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/jql").join(file);
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: no corpus at {}", path.display());
        return None;
    };
    Some(text.lines().map(read).collect())
}

/// Reads JSON of any depth: the corpus has trees of two hundred levels.
fn read(line: &str) -> Value {
    let mut reader = serde_json::Deserializer::from_str(line);
    reader.disable_recursion_limit();
    serde::Deserialize::deserialize(&mut reader).expect("the corpus is JSON lines")
}

/// Drops the strings of a tree whose escapes the corpus leaves undecoded.
fn without_strings(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match key.as_str() {
                    "str" | "name" | "fn" | "key" => *value = Value::Null,
                    "args" | "path" => *value = value.as_array().map_or(0, Vec::len).into(),
                    _ => without_strings(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(without_strings),
        _ => {}
    }
}

#[test]
fn every_valid_query_has_its_tree_in_both_dialects() {
    let Some(lines) = lines("valid.jsonl") else { return };
    let mut wrong = Vec::new();
    for line in &lines {
        let text = line["q"].as_str().expect("a query is a string");
        for dialect in [Dialect::Jql, Dialect::Jqlx] {
            let parsed = parse(text, dialect);
            let (mut got, mut expected) = (json::to_json(&parsed.query), line["ast"].clone());
            if line["escapes"] == true {
                without_strings(&mut got);
                without_strings(&mut expected);
            }
            if !parsed.diagnostics.is_empty() || got != expected {
                wrong.push(format!("{} {dialect:?} {text:?}", line["id"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), lines.len(), wrong.join("\n"));
}

#[test]
fn printed_and_canonical_text_give_the_same_tree() {
    let Some(lines) = lines("valid.jsonl") else { return };
    for line in &lines {
        let text = line["q"].as_str().expect("a query is a string");
        for dialect in [Dialect::Jql, Dialect::Jqlx] {
            let query = parse(text, dialect).query;
            let printed = print(&query);
            for other in [Some(printed.as_str()), line["canonical"].as_str()].into_iter().flatten() {
                let again = parse(other, dialect);
                assert!(again.diagnostics.is_empty(), "{text:?} printed as {other:?}");
                assert_eq!(json::to_json(&again.query), json::to_json(&query), "{text:?} printed as {other:?}");
                assert_eq!(print(&again.query), printed, "printing is not settled");
            }
        }
    }
}

#[test]
fn every_invalid_query_is_refused_near_the_offending_token() {
    let Some(lines) = lines("invalid.jsonl") else { return };
    let (mut accepted, mut placed, mut near) = (Vec::new(), 0, 0);
    for line in &lines {
        let text = line["q"].as_str().expect("a query is a string");
        let parsed = parse(text, Dialect::Jql);
        if parsed.is_valid() {
            accepted.push(format!("{} {text:?}", line["id"]));
        }
        if let Some(at) = line["error_at"].as_u64() {
            placed += 1;
            let starts = |d: &jqlx::diagnostic::Diagnostic| text[..d.span().start as usize].chars().count() as u64 == at;
            near += usize::from(parsed.diagnostics.first().is_some_and(starts));
        }
    }
    assert!(accepted.is_empty(), "{}:\n{}", accepted.len(), accepted.join("\n"));
    println!("the first error starts at the offending token in {near} of {placed} queries");
    assert!(near * 100 >= placed * 85, "only {near} of {placed} spans start at the offending token");
}
