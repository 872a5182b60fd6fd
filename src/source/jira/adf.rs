//! Atlassian Document Format to plain text.

use serde_json::Value;

use super::json::{Object, list, object, text};

/// A body: plain or wiki text as it is, a document as plain text. None where there is nothing.
pub(in crate::source) fn body(value: &Value) -> Option<String> {
    match value {
        Value::String(s) if !s.is_empty() => Some(s.clone()),
        Value::Object(document) if is_document(document) => {
            let mut out = String::new();
            blocks(document, &mut out, "");
            let out = out.trim_end().to_owned();
            (!out.is_empty()).then_some(out)
        }
        _ => None,
    }
}

/// Whether the object is a document.
pub(in crate::source) fn is_document(object: &Object) -> bool {
    object.get("type").and_then(Value::as_str) == Some("doc")
}

/// Writes the children of a node, each block on its own lines. `indent` goes before every line.
fn blocks(node: &Object, out: &mut String, indent: &str) {
    let ordered = text(node, "type") == Some("orderedList");
    let mut number = object(node, "attrs").and_then(|a| a.get("order")?.as_u64()).unwrap_or(1);
    for child in list(node, "content").iter().filter_map(Value::as_object) {
        match text(child, "type").unwrap_or_default() {
            "paragraph" | "heading" | "codeBlock" | "caption" | "taskItem" | "decisionItem" => {
                begin_line(out, indent);
                inline(child, out);
                out.push('\n');
            }
            "listItem" => {
                begin_line(out, indent);
                if ordered {
                    out.push_str(&format!("{number}. "));
                    number += 1;
                } else {
                    out.push_str("- ");
                }
                blocks(child, out, &format!("{indent}  "));
            }
            "rule" => {
                begin_line(out, indent);
                out.push_str("----\n");
            }
            "tableRow" => {
                begin_line(out, indent);
                let cells: Vec<String> = list(child, "content")
                    .iter()
                    .filter_map(Value::as_object)
                    .map(|cell| {
                        let mut content = String::new();
                        blocks(cell, &mut content, "");
                        content.trim_end().replace('\n', " ")
                    })
                    .collect();
                out.push_str(&cells.join(" | "));
                out.push('\n');
            }
            _ if child.contains_key("content") => blocks(child, out, indent),
            _ => {
                begin_line(out, indent);
                leaf(child, out);
                if !out.is_empty() && !out.ends_with('\n') {
                    out.push('\n');
                }
            }
        }
    }
}

/// The indent, unless the line has begun, as that of a list item has.
fn begin_line(out: &mut String, indent: &str) {
    if out.is_empty() || out.ends_with('\n') {
        out.push_str(indent);
    }
}

fn inline(node: &Object, out: &mut String) {
    for child in list(node, "content").iter().filter_map(Value::as_object) {
        if child.contains_key("content") {
            inline(child, out);
        } else {
            leaf(child, out);
        }
    }
}

fn leaf(node: &Object, out: &mut String) {
    let attribute = |name: &str| object(node, "attrs").and_then(|a| text(a, name));
    let words = match text(node, "type").unwrap_or_default() {
        "hardBreak" => Some("\n"),
        "mention" | "status" | "placeholder" => attribute("text"),
        "emoji" => attribute("text").or_else(|| attribute("shortName")),
        "inlineCard" | "blockCard" | "embedCard" => attribute("url"),
        "media" | "mediaInline" => attribute("alt").or_else(|| attribute("url")),
        "date" => {
            let ms = attribute("timestamp").and_then(|t| t.parse::<i64>().ok());
            if let Some(time) = ms.and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok()) {
                out.push_str(time.to_string().get(..10).unwrap_or_default());
            }
            None
        }
        _ => text(node, "text"),
    };
    out.push_str(words.unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_document_becomes_lines() {
        let document = json!({"type": "doc", "version": 1, "content": [
            {"type": "heading", "attrs": {"level": 2}, "content": [{"type": "text", "text": "Steps"}]},
            {"type": "orderedList", "content": [
                {"type": "listItem", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "Open "}, {"type": "inlineCard", "attrs": {"url": "https://example.org"}}]}]},
                {"type": "listItem", "content": [
                    {"type": "paragraph", "content": [{"type": "text", "text": "Press", "marks": [{"type": "strong"}]}, {"type": "hardBreak"}, {"type": "text", "text": "Enter"}]},
                    {"type": "bulletList", "content": [{"type": "listItem", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "twice"}]}]}]}
                ]}
            ]},
            {"type": "paragraph"},
            {"type": "panel", "content": [{"type": "paragraph", "content": [{"type": "mention", "attrs": {"id": "1", "text": "@Alice"}}, {"type": "text", "text": " "}, {"type": "date", "attrs": {"timestamp": "1767225600000"}}]}]},
            {"type": "table", "content": [{"type": "tableRow", "content": [
                {"type": "tableHeader", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "a"}]}]},
                {"type": "tableCell", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "b"}]}]}]}]},
            {"type": "somethingNew", "attrs": {}}
        ]});
        let expected = "Steps\n1. Open https://example.org\n2. Press\nEnter\n  - twice\n\n@Alice 2026-01-01\na | b";
        assert_eq!(body(&document).as_deref(), Some(expected));
    }

    #[test]
    fn text_stays_and_nothing_is_nothing() {
        assert_eq!(body(&json!("h1. wiki")).as_deref(), Some("h1. wiki"));
        assert_eq!(body(&json!("")), None);
        assert_eq!(body(&json!({"type": "doc", "content": []})), None);
        assert_eq!(body(&json!(7)), None);
    }
}
