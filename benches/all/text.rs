//! How fast `~` reads texts: `cargo bench --bench all text`.
//!
//! Made-up comments of 20 to 60 words. Some words are rare, some are in half of the comments.

use divan::Bencher;
use divan::counter::BytesCount;
use jqlx::semantic::text::{TextFlavor, TextQuery};
use std::sync::LazyLock;

/// Ten to an issue.
fn comments_wanted() -> usize {
    10 * super::data::issues_wanted()
}

const COMMON: [&str; 48] = [
    "the",
    "of",
    "and",
    "to",
    "in",
    "is",
    "that",
    "it",
    "was",
    "for",
    "on",
    "are",
    "with",
    "this",
    "we",
    "you",
    "can",
    "when",
    "user",
    "page",
    "error",
    "after",
    "should",
    "button",
    "please",
    "not",
    "login",
    "server",
    "value",
    "field",
    "test",
    "screen",
    "issue",
    "need",
    "from",
    "has",
    "been",
    "release",
    "version",
    "click",
    "full",
    "time",
    "window",
    "data",
    "update",
    "running",
    "fails",
    "customers'",
];

const SYLLABLES: [&str; 32] = [
    "con", "fig", "re", "port", "trans", "ac", "tion", "ser", "vice", "pro", "ject", "ma", "na", "ger", "da", "ta", "base", "up",
    "load", "in", "ter", "face", "com", "po", "nent", "per", "for", "mance", "sta", "tus", "lo", "gin",
];

/// A small generator of numbers, so that every run reads the same texts.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit
    }
}

fn comments(accents: bool) -> Vec<String> {
    let mut numbers = Numbers(0x5eed_cafe_f00d);
    let mut vocabulary: Vec<String> =
        (0..4_000).map(|_| (0..2 + numbers.below(3)).map(|_| SYLLABLES[numbers.below(SYLLABLES.len())]).collect()).collect();
    if accents {
        let words = ["größe", "Ошибка", "при", "входе", "déjà", "naïve", "страница", "überprüfen", "señor", "сервер"];
        vocabulary.extend(words.iter().cycle().take(800).map(|w| w.to_string()));
    }
    let mut comment = |at: usize| {
        let mut text = String::new();
        for n in 0..20 + numbers.below(41) {
            let word = match numbers.below(2) {
                0 => COMMON[numbers.below(COMMON.len())],
                _ => vocabulary[numbers.below(vocabulary.len())].as_str(),
            };
            text.push_str(if n == 0 {
                ""
            } else if n % 12 == 0 {
                ". "
            } else {
                " "
            });
            text.push_str(word);
        }
        if at % 1_000 == 7 {
            text.push_str(" Kangaroos jump.");
        }
        text
    };
    (0..comments_wanted()).map(&mut comment).collect()
}

static PLAIN: LazyLock<Vec<String>> = LazyLock::new(|| comments(false));
static ACCENTS: LazyLock<Vec<String>> = LazyLock::new(|| comments(true));

fn measure(bencher: Bencher<'_, '_>, texts: &[String], query: &str, flavor: TextFlavor) {
    let bytes: usize = texts.iter().map(String::len).sum();
    let query = TextQuery::new(query, flavor);
    let mut matcher = query.matcher();
    println!("{query:?}: {} of {} match", texts.iter().filter(|t| matcher.matches(t)).count(), texts.len());
    bencher.counter(BytesCount::new(bytes)).bench_local(|| {
        let mut matcher = query.matcher();
        texts.iter().filter(|text| matcher.matches(divan::black_box(text))).count()
    });
}

/// Absent, rare and frequent words, phrases, wildcards, Boolean operators.
#[divan::bench(sample_count = 10, args = [
    "zebra", "kangaroo", "error", "win", "kangaroo error", "error -kangaroo", "\"full screen\"", "\"the full screen\"", "kang*", "transac*",
    "k*roo", "zebra OR kangaroo OR wombat", "joe@example.com", "größe",
])]
fn cloud(bencher: Bencher<'_, '_>, query: &str) {
    measure(bencher, &PLAIN, query, TextFlavor::Cloud);
}

/// What only Data Center honours.
#[divan::bench(sample_count = 10, args = ["kangoroo~", "\"screen full\"~5", "\"jump kangaroo\"~5"])]
fn data_center(bencher: Bencher<'_, '_>, query: &str) {
    measure(bencher, &PLAIN, query, TextFlavor::DataCenter);
}

/// Texts with letters beyond ASCII.
#[divan::bench(sample_count = 10, args = ["zebra", "kangaroo", "error", "größe", "зебра", "ошибка", "\"full screen\""])]
fn accents(bencher: Bencher<'_, '_>, query: &str) {
    measure(bencher, &ACCENTS, query, TextFlavor::Cloud);
}

/// Reading the search string itself.
#[divan::bench(args = ["kangaroo", "ошибка", "\"full screen\" OR (crash* -test)"])]
fn parse(bencher: Bencher<'_, '_>, query: &str) {
    bencher.bench(|| TextQuery::new(divan::black_box(query), TextFlavor::Cloud).is_empty());
}
