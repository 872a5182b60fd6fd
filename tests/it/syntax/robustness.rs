//! Sizes and depths that nobody writes and somebody sends.

use jqlx::syntax::{Dialect, MAX_DEPTH, MAX_LENGTH, Parsed, json, parse, parse_lines, print};

/// Runs `test` where a recursion over the text would end the process.
fn on_a_small_stack(test: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(2 << 20).spawn(test).expect("a thread").join().expect("no panic");
}

fn code(parsed: &Parsed) -> Option<&'static str> {
    parsed.diagnostics.first().map(|d| d.code.name)
}

#[test]
fn parentheses_that_leave_no_trace_nest_as_deep_as_they_like() {
    on_a_small_stack(|| {
        let text = format!("{}a = 1{}", "(".repeat(500_000), ")".repeat(500_000));
        let parsed = parse(&text, Dialect::Jql);
        assert_eq!(code(&parsed), None);
        assert_eq!(print(&parsed.query), "a = 1");
    });
}

#[test]
fn what_nests_deeper_than_the_limit_is_refused_by_name() {
    on_a_small_stack(|| {
        for depth in [10_000, 30_000] {
            for (open, inside, close) in [
                ("NOT ", "a = 1", ""),
                ("(b = 2 AND (c = 3 OR ", "a = 1", "))"),
                ("(b = 2 AND ", "a = 1", ")"),
                ("a IN (", "x", ")"),
                ("a IN ((((", "x", "))))"),
                ("a = f(", "x", ")"),
                ("a IN (ISSUES WHERE ", "b = 1", ")"),
            ] {
                let depth = depth / open.len();
                let text = match open {
                    "a IN (" | "a IN ((((" => format!("a IN {}{inside}{}", "(".repeat(depth), ")".repeat(depth)),
                    "a = f(" => format!("a = {}{inside}{}", "f(".repeat(depth), ")".repeat(depth)),
                    _ => format!("{}{inside}{}", open.repeat(depth), close.repeat(depth)),
                };
                let parsed = parse(&text, Dialect::Jqlx);
                let codes: Vec<_> = parsed.diagnostics.iter().map(|d| d.code.name).collect();
                assert_eq!(codes, ["jqlx::syntax::too_deep"], "{open}{depth}");
                drop(parsed);
            }
        }
    });
}

#[test]
fn the_deepest_tree_can_be_printed_written_and_dropped() {
    on_a_small_stack(|| {
        let not = format!("{}a = 1", "NOT ".repeat(MAX_DEPTH - 1 - 1));
        let list = format!("a IN {}x{}", "(".repeat(MAX_DEPTH - 2), ")".repeat(MAX_DEPTH - 2));
        let call = format!("a = {}x{}", "f(".repeat(MAX_DEPTH - 2), ")".repeat(MAX_DEPTH - 2));
        for text in [not, list, call] {
            let parsed = parse(&text, Dialect::Jqlx);
            assert_eq!(code(&parsed), None, "{}", &text[..20]);
            assert_eq!(print(&parsed.query), text);
            assert!(json::to_json(&parsed.query).to_string().len() > MAX_DEPTH);
            assert!(format!("{:?}", parsed.query.clone()).len() > MAX_DEPTH);
        }
    });
}

#[test]
fn subqueries_nest_to_their_limit() {
    on_a_small_stack(|| {
        let nested = |n: usize| format!("{}a = 1{}", "a IN (ISSUES WHERE ".repeat(n), ")".repeat(n));
        assert_eq!(code(&parse(&nested(jqlx::syntax::MAX_SUBQUERIES), Dialect::Jqlx)), None);
        assert_eq!(code(&parse(&nested(jqlx::syntax::MAX_SUBQUERIES + 1), Dialect::Jqlx)), Some("jqlx::syntax::too_deep"));
    });
}

#[test]
fn long_queries_are_read() {
    on_a_small_stack(|| {
        let values: Vec<String> = (0..50_000).map(|n| format!("KEY-{n}")).collect();
        let list = format!("key IN ({})", values.join(", "));
        let parsed = parse(&list, Dialect::Jql);
        assert_eq!((code(&parsed), print(&parsed.query)), (None, list));
        let chain = vec!["a = 1"; 100_000].join(" AND ");
        let parsed = parse(&chain, Dialect::Jql);
        assert_eq!((code(&parsed), print(&parsed.query)), (None, chain));
        let string = format!("a ~ \"{}\"", "x ".repeat(1 << 19));
        assert_eq!(code(&parse(&string, Dialect::Jql)), None);
        assert_eq!(code(&parse(&" ".repeat(MAX_LENGTH + 1), Dialect::Jql)), Some("jqlx::syntax::too_long"));
    });
}

#[test]
fn errors_without_end_are_reported_up_to_a_number() {
    on_a_small_stack(|| {
        for piece in [
            "a = 1 ",
            "AND ",
            "(",
            ")",
            "a IN (",
            "x y (",
            "\"a\" ",
            "@",
            "\\",
            ", ",
            "THEN ",
            "a deleted ",
            "ORDER BY ",
            "show[x] ",
        ] {
            let text = piece.repeat(4_000);
            let parsed = parse(&text, Dialect::Jqlx);
            assert!((1..=51).contains(&parsed.diagnostics.len()), "{piece:?} {}", parsed.diagnostics.len());
        }
    });
}

#[test]
fn no_line_ends_the_process() {
    let deep = format!("{{\"id\": 7, \"q\": {}1{}}}", "[".repeat(5000), "]".repeat(5000));
    let not = format!("{{\"id\": 8, \"q\": \"{}a = 1\"}}", "NOT ".repeat(5000));
    let lines: Vec<&[u8]> = vec![
        b"{\"id\": 1, \"q\": \"a = 1\"}",
        b"{\"id\": 2, \"q\": \"\xc3\xa9 == 1\"}",
        b"{\"id\": 3}",
        b"{\"id\": 4, \"q\": 5}",
        b"[]",
        b"",
        b"\xff\xfe",
        b"{\"id\": \"six\", \"q\": \"\\ud800\"}",
        deep.as_bytes(),
        not.as_bytes(),
        b"{\"id\": 9, \"q\": \"comment deleted\"}",
    ];
    let mut output = Vec::new();
    parse_lines(lines.join(&b'\n').as_slice(), &mut output, Dialect::Jqlx).expect("memory neither fails to read nor to write");
    let output = String::from_utf8(output).expect("the output is UTF-8");
    let answers: Vec<serde_json::Value> = output.lines().map(|l| serde_json::from_str(l).expect("each line is JSON")).collect();
    assert_eq!(answers.len(), lines.len());
    let shown: Vec<String> =
        answers.iter().map(|a| format!("{} {} {}", a["id"], a["valid"], a["errors"][0]["code"].as_str().unwrap_or("-"))).collect();
    let bad = "false jqlx::input::bad_line";
    assert_eq!(
        shown,
        [
            "1 true -",
            "2 false jqlx::syntax::unknown_operator",
            &format!("3 {bad}"),
            &format!("4 {bad}"),
            &format!("null {bad}"),
            &format!("null {bad}"),
            &format!("null {bad}"),
            &format!("null {bad}"),
            &format!("null {bad}"),
            "8 false jqlx::syntax::too_deep",
            "9 true -",
        ]
    );
    assert_eq!(answers[1]["errors"][0]["start"], 2);
    assert_eq!(answers[1]["errors"][0]["end"], 4);
    assert_eq!(answers[10]["canonical"], "comment DELETED");
}
