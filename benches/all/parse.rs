//! How fast queries are read: `cargo bench --bench all parse`.

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use jqlx::syntax::{Dialect, parse, print};

/// One query of each kind that people write.
const QUERIES: [(&str, &str); 5] = [
    ("clause", "project = PAY AND status != Done ORDER BY created DESC"),
    ("lists", "type IN (Bug, Incident, \"Service Request\") AND labels NOT IN (a, b, c, d) AND team = membersOf(\"blue team\")"),
    ("history", "status WAS \"In Review\" BY (ana, ben) DURING (-14d, -7d) AND priority CHANGED FROM Low TO High AFTER -7d"),
    (
        "activity",
        "ACTIVITY WHERE comment DELETED BY $who VIA api TIMES >= 3 WITHIN 10m SAME actor GROUP BY actor SHOW count() LIMIT 9",
    ),
    ("sequence", "issue EXPORTED THEN issue DELETED WITHIN 1h SAME actor AND project IN (ISSUES WHERE type = Epic SHOW project)"),
];

#[divan::bench(args = QUERIES.map(|(name, _)| name))]
fn own(bencher: Bencher<'_, '_>, name: &str) {
    let text = QUERIES.iter().find(|(n, _)| *n == name).map_or("", |(_, text)| text);
    bencher.counter(BytesCount::of_str(text)).bench(|| parse(divan::black_box(text), Dialect::Jqlx));
}

/// Every valid query of the shared corpus, where it is checked out.
#[divan::bench]
fn corpus(bencher: Bencher<'_, '_>) {
    let Some(texts) = super::data::corpus() else { return };
    bencher
        .counter(ItemsCount::new(texts.len()))
        .bench(|| texts.iter().map(|text| parse(divan::black_box(text), Dialect::Jqlx).diagnostics.len()).sum::<usize>());
}

#[divan::bench(args = [1_000, 2_000, 4_000])]
fn in_list(bencher: Bencher<'_, '_>, members: usize) {
    let values: Vec<String> = (0..members).map(|n| format!("KEY-{n}")).collect();
    let text = format!("key IN ({})", values.join(", "));
    bencher.counter(ItemsCount::new(members)).bench(|| parse(divan::black_box(&text), Dialect::Jqlx));
}

#[divan::bench]
fn printed(bencher: Bencher<'_, '_>) {
    let query = parse(QUERIES[1].1, Dialect::Jqlx).query;
    bencher.bench(|| print(divan::black_box(&query)));
}
