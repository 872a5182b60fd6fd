//! Queries that ask for too much: they are answered, or end with a clear error.

use futures::TryStreamExt;
use jqlx::{Engine, Error, Options, Parameters, data};

fn many(clauses: impl Iterator<Item = String>, word: &str) -> String {
    clauses.collect::<Vec<_>>().join(word)
}

/// Names of the sample's people.
const PEOPLE: &[&str] = &["alice", "bob", "carol", "dave", "mallory", "trent"];

fn queries() -> Vec<String> {
    let person = |n: usize| PEOPLE[n % PEOPLE.len()];
    let changed = |n: usize| format!("status CHANGED TO \"In Progress\" BY {} AFTER -{}d", person(n), n + 1);
    let was = |n: usize| format!("assignee WAS {} DURING (-{}d, -{n}d)", person(n), n + 90);
    let burst = |n: usize| format!("comment CREATED TIMES >= {} WITHIN {}h SAME actor", n % 4 + 2, n + 1);
    let spread = |n: usize| format!("comment CREATED TIMES >= {} DISTINCT actor WITHIN {}d", n % 4 + 2, n + 1);
    let crawl = |n: usize| format!("changed TIMES >= {} DISTINCT issue WITHIN {}d SAME actor", n * 50, n + 10);
    let held = |n: usize| format!("assignee WAS {} WHILE status WAS \"In Progress\" FOR TOTAL >= {}h", person(n), n + 1);
    let mut nested = "key IN (ISSUES WHERE status = Done)".to_string();
    for _ in 0..6 {
        nested = format!("key IN (ISSUES WHERE {nested} OR status WAS \"In Review\")");
    }
    vec![
        many((0..100).map(changed), " OR "),
        many((0..100).map(|n| format!("NOT {}", changed(n))), " AND "),
        many((0..100).map(was), " OR "),
        many((0..30).map(burst), " OR "),
        many((0..30).map(spread), " OR "),
        format!("ACTIVITY WHERE ({}) AND changed AFTER -30d LIMIT 5", many((0..10).map(crawl), " OR ")),
        "ACTIVITY WHERE changed AFTER -90d SHOW eventId, until(\"changed\"), lasted(deleted), lasted(updated, removed)".to_string(),
        many((0..6).map(held), " OR "),
        many((0..10).map(|_| "status CHANGED".to_string()), " THEN "),
        format!("ACTIVITY WHERE {} LIMIT 5", many((0..10).map(|_| "changed AFTER -90d".to_string()), " THEN ")),
        nested,
        format!("{} AS OF -30d", many((0..50).map(was), " OR ")),
    ]
}

#[test]
fn queries_that_ask_for_too_much_are_answered_or_refused() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    for limit in [512 << 20, 4 << 20] {
        let options = Options {
            now: jiff::Timestamp::from_microsecond(data::demo::NOW).ok(),
            threads: Some(2),
            memory_limit: Some(limit),
            ..Options::default()
        };
        runtime.block_on(async {
            let engine = Engine::from_tables(data::demo::demo(), options).await.unwrap();
            for query in queries() {
                let shown = &query[..query.len().min(60)];
                let compiled = engine.compile(&query, &Parameters::new()).await;
                let compiled = compiled.unwrap_or_else(|e| panic!("{shown}: {:?}", e.diagnostics()));
                let outcome = match compiled.run().await {
                    Ok(rows) => rows.try_collect::<Vec<_>>().await,
                    Err(error) => Err(error),
                };
                match outcome {
                    Ok(_) => {}
                    // Only the memory may end it.
                    Err(Error::Environment(why)) if limit < 16 << 20 => {
                        assert_eq!(why.code.name, "jqlx::exec::out_of_memory", "{shown}");
                    }
                    Err(other) => panic!("{shown}: {:?}", other.diagnostics()),
                }
            }
        });
    }
}
