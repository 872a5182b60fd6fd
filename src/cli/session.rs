//! An open engine on a runtime of its own, and the waiting for it.
//!
//! Queries compute on the runtime's workers; this thread only waits, for them or for a stop. Operators yield when they like,
//! so a timer among them could come late (see `watch`).

use std::ffi::OsString;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use tokio::runtime::{Builder, Runtime};

use super::arguments::{self, Source};
use super::config::Config;
use super::failure::Failure;
use super::place::{self, Place};
use super::terminal::Terminal;
use super::watch::Watch;
use crate::diagnostic::{Diagnostic, codes};
use crate::source::live::LiveOptions;
use crate::store::{At, Store};
use crate::{Engine, Error, Options};

/// Stack of the workers: optimiser rules recurse over the plan.
const WORKER_STACK: usize = 32 << 20;

/// Runtimes and watch of one command.
pub(super) struct Running {
    work: Option<Runtime>,
    wait: Runtime,
    pub(super) watch: Watch,
}

impl Running {
    /// Starts the workers and the watch.
    pub(super) fn start(terminal: &Terminal, threads: Option<usize>, timeout: Option<Duration>) -> Result<Self, Failure> {
        Self::watched(threads, || Watch::start(terminal, timeout))
    }

    /// Starts the workers of one statement. A stop ends it and not the session; dropping this ends what still runs.
    pub(super) fn of_session(terminal: &Terminal, threads: Option<usize>) -> Result<Self, Failure> {
        Self::watched(threads, || Watch::of_session(terminal))
    }

    fn watched(threads: Option<usize>, watch: impl FnOnce() -> Result<Watch, Failure>) -> Result<Self, Failure> {
        let mut work = Builder::new_multi_thread();
        if let Some(threads) = threads {
            work.worker_threads(threads);
        }
        let failed = |error: std::io::Error| Failure::environment(codes::CANNOT_READ, format!("cannot start threads: {error}"));
        Ok(Self {
            work: Some(work.enable_all().thread_name("query").thread_stack_size(WORKER_STACK).build().map_err(failed)?),
            wait: Builder::new_current_thread().build().map_err(failed)?,
            watch: watch()?,
        })
    }

    /// Runs a future on the workers and waits for its end or for a stop.
    pub(super) fn wait<T: Send + 'static>(&self, future: impl Future<Output = T> + Send + 'static) -> Result<T, Failure> {
        let task = self.spawn(future)?;
        self.until_stopped(async { task.await.map_err(|error| panicked(&error)) })?
    }

    /// Starts a future on the workers.
    pub(super) fn spawn<T: Send + 'static>(
        &self,
        future: impl Future<Output = T> + Send + 'static,
    ) -> Result<tokio::task::JoinHandle<T>, Failure> {
        match &self.work {
            Some(work) => Ok(work.spawn(future)),
            None => Err(Failure::Interrupted),
        }
    }

    /// Waits on this thread for a future or for a stop.
    pub(super) fn until_stopped<T>(&self, future: impl Future<Output = T>) -> Result<T, Failure> {
        self.wait.block_on(async {
            tokio::select! {
                biased;
                stop = self.watch.stopped() => Err(stop.into()),
                value = future => Ok(value),
            }
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A worker that never yields would be waited for for ever.
        if let Some(work) = self.work.take() {
            work.shutdown_background();
        }
    }
}

/// A task that panicked is a mistake of ours.
pub(super) fn panicked(error: &tokio::task::JoinError) -> Failure {
    let message = format!("jqlx failed while it worked on the query: {error}");
    Failure::Error(Error::Internal(Box::new(Diagnostic::error(codes::INTERNAL, message))))
}

/// Opens the data that the arguments name.
pub(super) fn open(
    running: &Running,
    source: &Source,
    session: &arguments::Session,
    terminal: &Terminal,
) -> Result<Arc<Engine>, Failure> {
    let config = Config::load(session.config.as_deref())?;
    let mut options = session.options(&config);
    let now = session.now()?;
    let place = place::of(source, &config)?;
    let whole_site = source.yes;
    let engine = match place {
        Place::Demo => {
            let (folder, at) = super::demo::cached()?;
            options.now = Some(at);
            if now.is_none() {
                terminal.note(&format!("sample data; now() is {at}"));
            }
            running.wait(async move { Engine::open(folder, options).await })??
        }
        Place::Data(folder) => running.wait(async move { Engine::open(folder, options).await })??,
        Place::Live(settings, store) => {
            let site = settings.open()?;
            let store = store.map(|folder| Store::open(folder, At::Latest)).transpose()?;
            let mut live = LiveOptions { whole_site, ..LiveOptions::default() };
            live.limits.concurrency = settings.concurrency.unwrap_or(live.limits.concurrency);
            running.wait(async move { Engine::open_live(site, store, live, options).await })??
        }
        Place::Store(folder) => {
            let at = at(source, &options)?;
            running.wait(async move { Engine::open_store(folder, at, options).await })??
        }
    };
    let engine = match now {
        Some(now) => {
            let instant = now.instant(&engine.session().zone)?;
            engine.at(instant)
        }
        None => engine,
    };
    Ok(Arc::new(engine))
}

/// Which state of the store is asked.
fn at(source: &Source, options: &Options) -> Result<At, Failure> {
    if let Some(version) = source.at_version {
        return Ok(At::Version(version));
    }
    let Some(text) = &source.at_time else { return Ok(At::Latest) };
    let time = arguments::now(text).map_err(|reason| Failure::Usage(format!("--at-time cannot be read: {reason}")))?;
    let zone = options.time_zone.clone().or_else(|| options.site_zone.clone()).unwrap_or(TimeZone::UTC);
    Ok(At::Time(time.instant(&zone)?))
}

/// A variable of the environment; an empty one is as good as none.
pub(super) fn environment(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}
