//! Properties of random texts and random trees.

use super::arbitrary;
use super::invariants::hold;
use jqlx::syntax::{Dialect, json, parse, print};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

/// Pieces of queries, whole and broken.
#[rustfmt::skip]
const TOKENS: &[&str] = &[
    "a", "b1", "-7d", "12", "'q'", "\"q r\"", "\"", "'", "\\", "\\u0041", "é", "cf[1]", "cf", "[", "]", "[k].p", ".", "(", "(", ")",
    ")", ",", "=", "!=", "~", "!~", "!", "<", ">=", "==", "&", "||", "AND", "or", "NOT", "IN", "IS", "WAS", "EMPTY", "null",
    "CHANGED", "AFTER", "BEFORE", "ON", "DURING", "BY", "FROM", "TO", "ORDER BY", "order", "ASC", "DESC", "limit", "LIMIT 3",
    "group", "GROUP BY", "SHOW", "show", "AS", "AS OF", "EVENT", "ISSUES", "ACTIVITY", "WHERE", "THEN", "WITHIN", "10m", "SAME",
    "TIMES", ">= 3", "FOR", "TOTAL", "WHILE", "VIA", "$p", "$", "#", "# x\n", "\n", "\t", "\u{a0}", "@", ";", "{", "comment",
    "DELETED", "created", "logged in", "f(", "f()", "count()", "a = 1", "a IN (x)", "(ISSUES WHERE", "user", "end",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read(text in any::<String>()) {
        hold(&text);
    }

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        hold(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_run_of_tokens_is_read(
        tokens in prop::collection::vec((prop::sample::select(TOKENS), prop::sample::select(&["", " ", " ", " "][..])), 0..24),
    ) {
        hold(&tokens.into_iter().flat_map(|(token, space)| [token, space]).collect::<String>());
    }
}

/// Proptest's strategies take more stack than a test's thread has, the parser does not.
#[test]
fn a_tree_is_printed_and_read_again() {
    let run = || {
        let config = ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() };
        let result = TestRunner::new(config).run(&arbitrary::query(), |query| {
            let text = print(&query);
            let parsed = parse(&text, Dialect::Jqlx);
            prop_assert!(parsed.is_valid(), "{text}\n{:?}", parsed.diagnostics);
            prop_assert_eq!(json::to_json(&parsed.query), json::to_json(&query), "{}", text);
            hold(&text);
            Ok(())
        });
        result.map_err(|failure| failure.to_string())
    };
    let result = std::thread::Builder::new().stack_size(64 << 20).spawn(run).expect("a thread").join().expect("no panic");
    result.unwrap_or_else(|failure| panic!("{failure}"));
}
