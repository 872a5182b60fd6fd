//! What holds for every text. The fuzz target includes this file.

use jqlx::diagnostic::Report;
use jqlx::syntax::{Dialect, json, parse, print};

/// Panics where `text` breaks a promise of the parser.
pub fn hold(text: &str) {
    let [jql, jqlx] = [Dialect::Jql, Dialect::Jqlx].map(|dialect| {
        let parsed = parse(text, dialect);
        assert!(parsed.diagnostics.len() <= 51);
        for label in parsed.diagnostics.iter().flat_map(|d| &d.labels) {
            let (start, end) = (label.span.start as usize, label.span.end as usize);
            assert!(start <= end && text.get(start..end).is_some(), "a span lies outside the text: {start}..{end}");
        }
        for diagnostic in &parsed.diagnostics {
            assert!(!diagnostic.labels.is_empty(), "an error has no place");
        }
        let report = Report::new("query", text, parsed.diagnostics.clone());
        let shown = (report.to_json(), report.one_line());
        assert_eq!(shown.0.as_array().map(Vec::len), Some(parsed.diagnostics.len()));
        if parsed.is_valid() {
            let printed = print(&parsed.query);
            let again = parse(&printed, dialect);
            assert!(again.is_valid(), "printed as {printed:?}, which is refused: {:?}", again.diagnostics);
            assert_eq!(json::to_json(&again.query), json::to_json(&parsed.query), "printed as {printed:?}");
            assert_eq!(print(&again.query), printed, "printing is not settled");
        }
        parsed
    });
    if jql.is_valid() {
        assert!(jqlx.is_valid(), "valid JQL is refused: {:?}", jqlx.diagnostics);
        assert_eq!(jql.query, jqlx.query, "the dialects disagree");
    }
}
