//! What is offered at a place: each line of `tests/inputs/complete.txt` is a text with the cursor as `^`, what must be
//! offered there, and behind `!` what must not be.

use std::path::Path;

use jqlx::complete::{Completions, complete};
use jqlx::{Engine, Options};

fn offered(engine: &Engine, runtime: &tokio::runtime::Runtime, text: &str) -> Completions {
    let catalog = runtime.block_on(engine.catalog());
    let cursor = text.find('^').unwrap_or_else(|| panic!("no cursor in {text}"));
    complete(&text.replacen('^', "", 1), cursor, &catalog, ["who", "since"])
}

fn sample() -> (Engine, tokio::runtime::Runtime) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let engine = runtime.block_on(Engine::from_tables(jqlx::data::demo::demo(), Options::default())).unwrap();
    (engine, runtime)
}

#[test]
fn every_place_offers_what_fits_and_nothing_else() {
    let (engine, runtime) = sample();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/inputs/complete.txt");
    let lines = std::fs::read_to_string(file).unwrap();
    let mut cases = 0;
    for line in lines.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("# ")) {
        let (text, expected) = line.split_once(" => ").unwrap_or_else(|| panic!("no => in {line}"));
        let found = offered(&engine, &runtime, text);
        let texts: Vec<&str> = found.candidates.iter().map(|candidate| candidate.text.as_str()).collect();
        for expected in expected.split(" | ") {
            match expected.trim().strip_prefix("! ") {
                Some("everything") => assert_eq!(texts, [""; 0], "{text}"),
                Some(not) => assert!(!texts.contains(&not), "{text} offers {not}: {texts:?}"),
                None => assert!(texts.contains(&expected.trim()), "{text} does not offer {expected}: {texts:?}"),
            }
        }
        cases += 1;
    }
    assert!(cases > 60, "only {cases} cases");
}

/// A candidate takes the place of the whole word under the cursor, quotes and several words included.
#[test]
fn what_is_replaced_is_the_word_under_the_cursor() {
    let (engine, runtime) = sample();
    for (text, candidate, result) in [
        ("sta^tus = Done", "status", "status = Done"),
        ("status = \"In P^", "\"In Progress\"", "status = \"In Progress\""),
        ("ACTIVITY WHERE group mem^", "group membership", "ACTIVITY WHERE group membership"),
        ("project = PAY; status = d^", "Done", "project = PAY; status = Done"),
        ("assignee IN membersOf(contr^", "contractors", "assignee IN membersOf(contractors"),
        ("é = ü AND stat^", "status", "é = ü AND status"),
    ] {
        let found = offered(&engine, &runtime, text);
        assert!(found.candidates.iter().any(|c| c.text == candidate), "{text}: {found:?}");
        let plain = text.replacen('^', "", 1);
        let (start, end) = (found.span.start as usize, found.span.end as usize);
        assert_eq!(format!("{}{candidate}{}", &plain[..start], &plain[end..]), result);
    }
}

/// No text and no cursor makes completion fail, and the span always lies in the text.
#[test]
fn any_text_may_be_completed_anywhere() {
    let (engine, runtime) = sample();
    let catalog = runtime.block_on(engine.catalog());
    let texts = [
        "((((((",
        "))))",
        "status = = = ,,,",
        "a IN (b, (c, (",
        "\"",
        "'a\\",
        "\\u00",
        "$",
        "SHOW SHOW ORDER BY BY",
        "cf[",
        "issue.property[x].y = ",
        "ACTIVITY WHERE a THEN NOT (b OR c) SAME x = y WITHIN",
        "key IN (ISSUES WHERE key IN (ACTIVITY WHERE ",
        "ünïcödé ~ \"☃",
        ";;;",
        "# only\n",
    ];
    for text in texts {
        for cursor in 0..=text.len() + 2 {
            let found = complete(text, cursor, &catalog, []);
            let end = found.span.end as usize;
            assert!(found.span.start as usize <= end && end <= text.len(), "{text} {cursor} {found:?}");
            assert!(text.is_char_boundary(end) && text.is_char_boundary(found.span.start as usize), "{text} {cursor}");
        }
    }
}
