//! Text to tree: the corpus, galleries of trees and diagnostics, properties, sizes.

mod arbitrary;
mod corpus;
mod diagnostics;
mod invariants;
mod properties;
mod report;
mod robustness;
mod trees;
mod words;

use jqlx::diagnostic::Report;
use jqlx::syntax::{Dialect, parse, print};

/// What a query comes to: the canonical text and the tree, or the diagnostics as a terminal of 80 columns shows them.
fn outcome(text: &str, dialect: Dialect) -> String {
    let parsed = parse(text, dialect);
    if parsed.is_valid() {
        let tree = jqlx::syntax::json::to_json(&parsed.query);
        return format!("{}\n{}\n", print(&parsed.query), serde_json::to_string_pretty(&tree).expect("a tree is JSON"));
    }
    Report::new("query", text, parsed.diagnostics).render(80, false)
}

/// Compares what `queries` come to with the snapshot `name`, each with its text above it.
fn gallery(name: &str, dialect: Dialect, queries: &[&str]) {
    let mut out = String::new();
    for query in queries {
        let rule = "=".repeat(80);
        out.push_str(&format!("{rule}\n{query}\n{}\n{}\n", "-".repeat(80), outcome(query, dialect)));
    }
    insta::with_settings!({ snapshot_path => "../../../snapshots/syntax", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, out);
    });
}
