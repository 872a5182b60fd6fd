//! Copies of the sample, in the interchange layout and as a store, in a folder of their own.

use jqlx::data::rows::Tables;
use jqlx::data::{demo, write};
use jqlx::store::{LoadOptions, Store};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use tokio::runtime::Runtime;

/// Where the copies are.
pub(crate) struct Data {
    folder: tempfile::TempDir,
    pub(crate) issues: usize,
    pub(crate) events: usize,
}

impl Data {
    pub(crate) fn plain(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.folder.path().join("store")
    }
}

/// What `JQLX_BENCH_ISSUES` says; 20,000 where it says nothing.
pub(crate) fn issues_wanted() -> usize {
    std::env::var("JQLX_BENCH_ISSUES").ok().map_or(20_000, |text| text.parse().expect("JQLX_BENCH_ISSUES is a number"))
}

/// About as many issues as are wanted.
pub(crate) static DATA: LazyLock<Data> = LazyLock::new(|| {
    let tables = copies(issues_wanted());
    let (issues, events) = (tables.issues.len(), tables.events.len());
    let data = Data { folder: tempfile::tempdir().expect("a folder"), issues, events };
    write::write_tables(&data.plain(), &tables, false).expect("the data is written");
    load(&data.plain(), &data.store());
    println!("{issues} issues, {events} events");
    data
});

/// Loads a folder into a new store.
pub(crate) fn load(from: &Path, store: &Path) {
    let runtime = Runtime::new().expect("a runtime");
    runtime.block_on(Store::load(store, from, LoadOptions::default())).expect("the store is loaded");
}

/// The sample again and again, each time with issues of other ids and keys.
fn copies(wanted: usize) -> Tables {
    let mut tables = demo::demo();
    let (issues, events, links) = (tables.issues.clone(), tables.events.clone(), tables.links.clone());
    let most = issues.iter().map(|issue| issue.id).max().unwrap_or_default() + 1;
    for copy in 1..wanted.div_ceil(issues.len().max(1)) {
        let id = |id: i64| id + most * copy as i64;
        let key = |key: &str| match key.split_once('-') {
            Some((project, number)) => format!("{project}-{copy}{number:0>5}"),
            None => key.to_owned(),
        };
        tables.issues.extend(issues.iter().cloned().map(|mut issue| {
            issue.id = id(issue.id);
            issue.key = key(&issue.key);
            issue
        }));
        tables.events.extend(events.iter().cloned().map(|mut event| {
            event.event_id = format!("{}-{copy}", event.event_id);
            event.issue_id = event.issue_id.map(id);
            event.issue_key = event.issue_key.as_deref().map(key);
            event
        }));
        tables.links.extend(links.iter().cloned().map(|mut link| {
            link.id = link.id.map(|id| format!("{id}-{copy}"));
            (link.source, link.target) = (key(&link.source), key(&link.target));
            link
        }));
    }
    tables
}

/// Every valid query of the shared corpus, where it is checked out.
pub(crate) fn corpus() -> Option<Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/jql/valid.jsonl");
    let Ok(lines) = std::fs::read_to_string(&path) else {
        println!("skipped: no corpus at {}", path.display());
        return None;
    };
    // Only the text matters here; the deepest trees of the corpus are beyond what serde_json reads by itself.
    let texts = lines.lines().filter_map(|l| serde_json::from_str::<serde_json::Value>(l).ok());
    Some(texts.filter_map(|v| v["q"].as_str().map(str::to_owned)).collect())
}
