use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::{TextFlavor, TextQuery, reference};

const CLOUD: TextFlavor = TextFlavor::Cloud;
const SERVER: TextFlavor = TextFlavor::DataCenter;

#[track_caller]
fn check(query: &str, text: &str, flavor: TextFlavor, wanted: bool) {
    let read = TextQuery::new(query, flavor);
    assert_eq!(read.matches(text), wanted, "{query} against {text}");
    assert_eq!(reference::matches(&read, text), wanted, "{query} against {text} by the reference");
}

#[track_caller]
fn yes(query: &str, text: &str) {
    check(query, text, CLOUD, true);
    check(query, text, SERVER, true);
}

#[track_caller]
fn no(query: &str, text: &str) {
    check(query, text, CLOUD, false);
    check(query, text, SERVER, false);
}

#[test]
fn words_are_all_needed_in_any_order_and_case() {
    yes("Login page", "the PAGE of the login");
    no("login page", "login only");
    no("login", "");
}

#[test]
fn stems_meet() {
    yes("win", "wins");
    yes("queries", "a slow query");
    yes("running", "runs");
    yes("hope", "hoping");
    yes("sensible", "sensibilities");
    yes("dying", "they die");
    no("win", "window");
    no("die", "diet");
}

#[test]
fn phrases_keep_order_and_place() {
    yes("\"full screen\"", "in full screen mode");
    yes("\"full screen\"", "Full, screens");
    no("\"full screen\"", "screen full");
    no("\"full screen\"", "full dark screen");
    no("\"full screen\"", "full of screen");
    yes("\"full full screen\"", "full full full screen");
    yes("\"a b1 a b1 c1\"", "b1 a b1 a b1 c1");
    yes("foo-bar", "the foo/bar thing");
    no("foo-bar", "bar foo");
    yes("\"full screen", "full screen");
}

#[test]
fn stop_words_are_not_searched_for() {
    no("the of", "the end of it");
    yes("the end", "end");
    yes("end OR the", "end");
    yes("\"the end of\"", "end");
    yes("\"PC is quite\"", "my PC was quite old");
    no("\"PC is quite\"", "my PC quite old");
}

#[test]
fn clipped_ends_take_no_place() {
    yes("\"Bob car\"", "Bob's car");
    yes("\"Bob's car\"", "Bob’s car");
    yes("\"don't panic\"", "DON'T PANIC");
    yes("ann's", "ann");
}

#[test]
fn wildcards() {
    yes("time*", "timeout");
    yes("time*", "Time");
    no("time*", "overtime");
    yes("w*d", "a word, a world");
    no("w*d", "words");
    yes("te?t", "a test");
    no("te?t", "teest");
    yes("Wi*95", "Windows95");
    yes("foo-ba*", "bar foo");
    no("*", "anything");
    check("tim?", "timeout", CLOUD, true);
    check("tim?", "timeout", SERVER, false);
    check("tim?", "time", SERVER, true);
    no("\"tim*\"", "timeout");
    no("th*", "the then");
    yes("\u{20}what ?", "what");
    yes("ΟΔ*", "οδος");
    yes("東京*", "東京都");
}

#[test]
fn leading_wildcards_are_noticed() {
    for (query, leading) in
        [("*box", true), ("a ?b*", true), ("box*", false), ("a * b ?", false), ("\\*box", false), ("\"*box\"", false)]
    {
        assert_eq!(TextQuery::new(query, CLOUD).has_leading_wildcard(), leading, "{query}");
    }
}

#[test]
fn marks_are_ignored_on_cloud() {
    check("roam~0.8 jira^4", "roams in jira", CLOUD, true);
    check("roam~", "foam", CLOUD, false);
    check("\"a fast jira\"~10", "fast jira", CLOUD, true);
    check("\"fast jira\"~10", "jira is fast", CLOUD, false);
    check("\"fast jira\"^4 word", "word fast jira", CLOUD, true);
    check("x^y", "x y", CLOUD, true);
}

#[test]
fn fuzzy_words_on_data_center() {
    for (query, text, wanted) in [
        ("roam~", "foam", true),
        ("roam~", "roams", true),
        ("roam~", "ramo", true),
        ("roam~", "rumour", false),
        ("roam~1", "raom", true),
        ("roam~1", "for", false),
        ("configuration~0.8", "confguraton", true),
        ("configuration~0.99", "configurations", true),
        ("roam~0.9", "foam", false),
        ("roam~^2", "foam", true),
        ("größe~", "grösse", true),
        ("-roam~ x", "x foam", false),
    ] {
        check(query, text, SERVER, wanted);
    }
}

#[test]
fn proximity_on_data_center() {
    for (query, text, wanted) in [
        ("\"fast jira\"~1", "fast new jira", true),
        ("\"fast jira\"~1", "fast new big jira", false),
        ("\"fast jira\"~1", "jira fast", false),
        ("\"fast jira\"~2", "jira fast", true),
        ("\"fast jira\"~10", "jira must be very fast", true),
        ("\"fast jira\"~0", "fast jira", true),
        ("\"fast jira\"~0", "fast new jira", false),
        ("\"one two three\"~3", "one x two y three", true),
        ("\"one two three\"~1", "one x two y three", false),
        ("\"fast fast jira\"~3", "jira fast", true),
        ("\"fast jira\"~2^3 OR no1", "jira fast", true),
        ("\"fast jira\"~99999999999", "jira fast", true),
    ] {
        check(query, text, SERVER, wanted);
    }
}

#[test]
fn boolean_operators() {
    yes("crash OR leak", "a leak");
    yes("crash || leak", "a leak");
    no("crash AND leak", "a leak");
    no("crash && leak", "a leak");
    no("crash -leak", "crash and leak");
    no("crash !leak", "crash and leak");
    yes("crash NOT leak", "crash");
    no("crash AND NOT leak", "crash leak");
    yes("+crash +leak", "crash leak");
    yes("(crash OR leak) memory", "memory leak");
    no("(crash OR leak) memory", "memory");
    no("memory -(crash OR leak)", "memory leak");
    yes("memory NOT (crash leak)", "memory leak");
    no("memory -\"memory leak\"", "memory leak");
    yes("crash or leak", "crash leak");
    no("crash OR leak memory", "leak");
}

#[test]
fn what_only_excludes_finds_nothing() {
    no("-foo", "bar");
    no("NOT (foo OR bar)", "x");
    no("-foo -bar", "x");
    no("cat OR -foo", "x");
    yes("cat OR -foo", "cat foo");
    yes("cat (-foo)", "cat");
    no("cat (-foo OR -bar)", "cat foo bar");
    no("", "text");
    assert!(TextQuery::new("-foo", CLOUD).is_empty() && TextQuery::new("of the", CLOUD).is_empty());
    assert!(!TextQuery::new("x -foo", CLOUD).is_empty());
}

#[test]
fn a_dash_between_words() {
    check("login - page", "login page", CLOUD, true);
    check("login - page", "login page", SERVER, false);
    check("login + page", "login page", SERVER, true);
}

#[test]
fn escapes_make_punctuation() {
    yes(r"\(foo\)", "foo");
    yes(r"foo \-bar", "foo bar");
    yes(r"foo \AND bar", "bar foo");
    yes(r"time\*", "time");
    no(r"time\*", "timeout");
    yes(r#""say \"yes\" now""#, "say yes now");
    yes(r"roam\~", "roam");
    no(r"\", "x");
}

#[test]
fn punctuation_is_not_searched_for() {
    yes("a.b.c1", "b c1");
    yes("#123 [C1]: $50, 100%", "50 100 c1/123");
    yes("foo & bar | baz", "foo bar baz");
    yes("key:value", "the key value");
    yes("1,000", "1 000");
    yes("snake_case", "snake case");
}

#[test]
fn addresses_are_found_as_written() {
    yes("joe@example.com", "mail Joe@Example.com.");
    no("joe@example.com", "joe, example, com");
    no("joe@example.com", "mary-joe@example.community");
    yes("joe", "joe@example.com");
    yes("http://example.com/a?b=c", "see http://example.com/a?b=c&d=e");
    no("http://example.com/a", "http example com a");
    yes("https://example.com/ab*", "see https://example.com/abc");
    no("https://example.com/ab", "see https://example.com/abc");
    yes("www.example.com", "http://WWW.example.com/");
    yes("example.com", "http://www.example.com/");
    no("x -joe@example.com", "x joe@example.com");
}

#[test]
fn letters_beyond_ascii() {
    yes("größe", "Die GRÖSSE und die GRÖßE");
    yes("ошибка", "ОШИБКА входа");
    yes("οδος", "ΟΔΟΣ");
    yes("kelvin", "\u{212a}elvin");
    yes("i*", "İstanbul");
    yes("İstanbul", "i\u{307}stanbul");
    yes("東京", "東京都");
    no("東京", "京東");
    yes("café", "le café—bar");
    yes("naïve", "naïvely");
}

#[test]
fn hostile_texts_and_queries_end_soon() {
    let started = Instant::now();
    let queries = [
        "(".repeat(100_000),
        "(a1 OR ".repeat(50_000),
        "((b -(c1 ".repeat(30_000) + &"))".repeat(30_000),
        "-".repeat(100_000),
        "NOT ".repeat(50_000) + "x",
        "\"".repeat(100_001),
        format!("\"{}b1\"", "a1 ".repeat(20_000)),
        format!("\"{}b1\"~5", "a1 ".repeat(20_000)),
        "a*".repeat(2_000) + "b",
        "wa~ ".repeat(1_000),
        (0..20_000).map(|n| format!("w{n} ")).collect(),
        (0..3_000).map(|n| format!("w{n}* OR \"w{n} v{n}\" ")).collect(),
        "a@a.".to_string() + &"a.".repeat(5_000) + "aa",
        "ж".repeat(10_000) + "*",
        "\\".repeat(99_999),
        "ay".repeat(50_000),
    ];
    let texts = [
        "a1 ".repeat(30_000),
        "a".repeat(100_000),
        "ay".repeat(50_000),
        "a@a.".to_string() + &"a.".repeat(20_000),
        "жЖ".repeat(20_000),
        "東".repeat(20_000),
        "w1'".repeat(20_000),
        (0..20_000).map(|n| format!("w{n} ")).collect(),
    ];
    for query in &queries {
        for flavor in [CLOUD, SERVER] {
            let query = TextQuery::new(query, flavor);
            let mut matcher = query.matcher();
            for text in &texts {
                matcher.matches(text);
            }
        }
    }
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
}

/// Parts that meet often enough to make phrases, stems and near misses.
fn word() -> impl Strategy<Value = String> {
    let words = [
        "run",
        "runs",
        "Running",
        "the",
        "of",
        "s",
        "t",
        "crash",
        "crashes",
        "crasher",
        "query",
        "queries",
        "hop",
        "hope",
        "hoping",
        "die",
        "dying",
        "tie",
        "sky",
        "skies",
        "a1",
        "b1",
        "WIN",
        "window",
        "able",
        "ability",
        "größe",
        "GRÖSSE",
        "ошибка",
        "ОШИБКИ",
        "東京",
        "\u{212a}ing",
        "king",
        "İs",
        "i",
        "café",
        "ΟΔΟΣ",
        "οδος",
        "joe@ex.com",
        "JOE@ex.community",
        "e\u{301}t",
        "😀",
        "don’t",
    ];
    prop_oneof![8 => proptest::sample::select(words.to_vec()).prop_map(str::to_string), 1 => "[a-c1]{1,3}", 1 => "\\PC{0,3}"]
}

fn text() -> impl Strategy<Value = String> {
    let between =
        proptest::sample::select(vec![" ", " ", " ", ", ", "-", "'", "_", ".", "’", "", "\u{a0}", "—", "\n", "\u{301}", ":"]);
    proptest::collection::vec((word(), between), 0..14)
        .prop_map(|parts| parts.into_iter().flat_map(|(word, between)| [word, between.to_string()]).collect())
}

fn query() -> impl Strategy<Value = String> {
    let around = proptest::sample::select(vec![
        ("", " "),
        ("", " "),
        ("", " "),
        ("\"", " "),
        ("", "\" "),
        ("\"", "\"~2 "),
        ("", "\"~3 "),
        ("", "* "),
        ("", "~ "),
        ("", "~0.7 "),
        ("-", " "),
        ("NOT ", " "),
        ("", " OR "),
        ("", " AND "),
        ("(", " "),
        ("", ") "),
        ("-(", " "),
        ("", "^2 "),
        ("", "? "),
        ("", "?"),
        ("", "*"),
        ("", "-"),
        ("", "\\"),
        ("!", " "),
        ("+", " "),
        ("", "' "),
        ("", " "),
        ("", " || "),
        ("", " && "),
    ]);
    proptest::collection::vec((around, word()), 1..7)
        .prop_map(|parts| parts.into_iter().map(|((before, after), word)| format!("{before}{word}{after}")).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn the_matcher_agrees_with_the_reference(query in query(), texts in proptest::collection::vec(text(), 1..6), server: bool) {
        let query = TextQuery::new(&query, if server { SERVER } else { CLOUD });
        let mut matcher = query.matcher();
        for text in &texts {
            // Twice: what is remembered of the first must not change the second.
            for _ in 0..2 {
                prop_assert_eq!(matcher.matches(text), reference::matches(&query, text), "{:?} against {:?}", query, text);
            }
        }
    }

    #[test]
    fn any_query_over_any_text_ends(query in "\\PC{0,40}", marks in "[\"()*?~^+!&|\\\\ ab.@:/-]{0,40}", text in "\\PC{0,80}") {
        for query in [&query, &marks] {
            for flavor in [CLOUD, SERVER] {
                let query = TextQuery::new(query, flavor);
                prop_assert_eq!(query.matches(&text), reference::matches(&query, &text));
                query.matches(&marks);
            }
        }
    }
}
