//! The store: that it answers as plain Parquet does, whatever way its rows came, and what becomes of it when it is hurt.

mod answers;
mod broken;
mod killed;
mod layouts;
mod merging;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use futures::TryStreamExt;
use jqlx::data::rows::{EventRow, Tables};
use jqlx::data::write::write_tables;
use jqlx::store::{At, LoadOptions, Loaded, Store};
use jqlx::{Engine, Options, Parameters};
use tempfile::TempDir;

use crate::naive;
use crate::properties::random::Random;
use crate::properties::world;

pub static RUNTIME: LazyLock<tokio::runtime::Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime"));

pub fn options() -> LoadOptions {
    LoadOptions { threads: Some(2), ..LoadOptions::default() }
}

/// A folder that is gone after the test; in memory where there is such a place, as a store syncs every file.
pub fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    folder.or_else(|_| tempfile::tempdir()).expect("a temporary folder")
}

/// A store in a folder that is gone after the test.
pub struct Stored {
    folder: TempDir,
    parts: usize,
}

impl Stored {
    pub fn empty() -> Self {
        Self { folder: folder(), parts: 0 }
    }

    /// A store of the tables, loaded at once.
    pub fn of(tables: &Tables) -> Self {
        let mut stored = Self::empty();
        stored.load(tables);
        stored
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    /// Brings tables in, by way of a folder of Parquet.
    pub fn load(&mut self, tables: &Tables) -> Loaded {
        self.parts += 1;
        let data = self.folder.path().join(format!("part-{}", self.parts));
        write_tables(&data, tables, false).expect("a dataset");
        let loaded = RUNTIME.block_on(Store::load(self.path(), &data, options()));
        std::fs::remove_dir_all(&data).expect("the dataset goes");
        loaded.unwrap_or_else(|error| panic!("{:?}", error.diagnostics()))
    }

    pub fn store(&self) -> Store {
        Store::open(self.path(), At::Latest).unwrap_or_else(|error| panic!("{:?}", error.diagnostics()))
    }

    /// What verify finds.
    pub fn problems(&self) -> Vec<String> {
        let verified = RUNTIME.block_on(self.store().verify(options()));
        let verified = verified.unwrap_or_else(|error| panic!("{:?}", error.diagnostics()));
        verified.problems.iter().map(|problem| format!("{}: {}", problem.code, problem.message)).collect()
    }

    /// The cells of a query's answer in text order; errors are panics.
    pub fn ask(&self, query: &str) -> Vec<String> {
        self.try_ask(query).unwrap_or_else(|error| panic!("{query}: {error}"))
    }

    pub fn try_ask(&self, query: &str) -> Result<Vec<String>, String> {
        self.try_all(&[query.to_owned()]).remove(0)
    }

    /// The answers of queries, or the errors, at the instant that is now in random worlds.
    pub fn try_all(&self, queries: &[String]) -> Vec<Result<Vec<String>, String>> {
        let said = |error: jqlx::Error| {
            error.diagnostics().iter().map(|d| format!("{}: {}", d.code, d.message)).collect::<Vec<_>>().join("; ")
        };
        let now = jiff::Timestamp::from_microsecond(world::now()).ok();
        let options = Options { now, user: Some("ann".into()), threads: Some(2), ..Options::default() };
        RUNTIME.block_on(async {
            let engine = match Engine::open_store(self.path(), At::Latest, options).await {
                Ok(engine) => engine,
                Err(error) => {
                    let said = said(error);
                    return queries.iter().map(|_| Err(said.clone())).collect();
                }
            };
            let mut answers = Vec::new();
            for query in queries {
                answers.push(answer(&engine, query).await.map_err(said));
            }
            answers
        })
    }
}

/// The cells of a query's answer in text order.
pub async fn answer(engine: &Engine, query: &str) -> Result<Vec<String>, jqlx::Error> {
    let query = engine.compile(query, &Parameters::new()).await?;
    let batches: Vec<_> = query.run().await?.try_collect().await?;
    let mut rows: Vec<String> = naive::cells(&batches).iter().map(|row| format!("{row:?}")).collect();
    rows.sort();
    Ok(rows)
}

/// The tables with a part of their events, and all the rest.
pub fn with_events(tables: &Tables, keep: impl FnMut(&&EventRow) -> bool) -> Tables {
    Tables { events: tables.events.iter().filter(keep).cloned().collect(), ..tables.clone() }
}

/// About half of the events.
pub fn half(tables: &Tables, random: &mut Random) -> Tables {
    with_events(tables, |_| random.chance(50))
}
