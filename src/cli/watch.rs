//! Ctrl-C and --timeout, on a thread of their own: a query that never yields can delay neither.
//!
//! The command hears of a stop at once. If it has not ended after a moment of grace, the process does.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::{oneshot, watch};

use super::failure::Failure;
use super::terminal::Terminal;
use crate::diagnostic::codes;

/// How long a stopped command may take to end by itself.
const GRACE: Duration = Duration::from_millis(800);

/// Why the command is to stop.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stop {
    /// Ctrl-C.
    Interrupt,
    /// The time is up.
    Timeout(Duration),
}

impl From<Stop> for Failure {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Interrupt => Failure::Interrupted,
            Stop::Timeout(limit) => Failure::environment(
                codes::TIMED_OUT,
                format!("the query did not end within {} s (--timeout)", limit.as_secs_f64()),
            ),
        }
    }
}

/// The watching thread. It ends when this is dropped.
pub(super) struct Watch {
    stop: watch::Receiver<Option<Stop>>,
    partial: Arc<Mutex<Option<PathBuf>>>,
    ended: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Starts to watch.
    pub(super) fn start(terminal: &Terminal, timeout: Option<Duration>) -> Result<Self, Failure> {
        Self::with_grace(terminal, timeout, Some(GRACE))
    }

    /// Starts to watch for a session that goes on after a stop: the process is never ended.
    pub(super) fn of_session(terminal: &Terminal) -> Result<Self, Failure> {
        Self::with_grace(terminal, None, None)
    }

    fn with_grace(terminal: &Terminal, timeout: Option<Duration>, grace: Option<Duration>) -> Result<Self, Failure> {
        let (send, stop) = watch::channel(None);
        let (ended, end) = oneshot::channel();
        let partial = Arc::new(Mutex::new(None::<PathBuf>));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| cannot_start(&e))?;
        let (terminal, leftover) = (terminal.clone(), partial.clone());
        let work = move || {
            runtime.block_on(async {
                let time_up = async {
                    match timeout {
                        Some(limit) => tokio::time::sleep(limit).await,
                        None => std::future::pending().await,
                    }
                    timeout.unwrap_or_default()
                };
                tokio::pin!(end);
                let stop = tokio::select! {
                    _ = &mut end => return,
                    _ = tokio::signal::ctrl_c() => Stop::Interrupt,
                    limit = time_up => Stop::Timeout(limit),
                };
                let _ = send.send(Some(stop));
                let Some(grace) = grace else {
                    let _ = end.await;
                    return;
                };
                tokio::select! {
                    _ = &mut end => return,
                    _ = tokio::time::sleep(grace) => {}
                    _ = tokio::signal::ctrl_c() => {}
                }
                if let Some(path) = leftover.lock().ok().and_then(|mut path| path.take()) {
                    let _ = std::fs::remove_file(path);
                }
                terminal.failure(&Failure::from(stop));
                std::process::exit(if matches!(stop, Stop::Interrupt) { 130 } else { 1 });
            });
        };
        let thread = std::thread::Builder::new().name("watch".into()).spawn(work).map_err(|e| cannot_start(&e))?;
        Ok(Self { stop, partial, ended: Some(ended), thread: Some(thread) })
    }

    /// Resolves when the command is to stop.
    pub(super) async fn stopped(&self) -> Stop {
        let mut stop = self.stop.clone();
        loop {
            if let Some(stop) = *stop.borrow_and_update() {
                return stop;
            }
            if stop.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// Whether the command is to stop.
    pub(super) fn is_stopped(&self) -> Option<Stop> {
        *self.stop.borrow()
    }

    /// A file that is not to be left behind if the process has to end.
    pub(super) fn partial(&self, path: Option<PathBuf>) {
        if let Ok(mut partial) = self.partial.lock() {
            *partial = path;
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        drop(self.ended.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn cannot_start(error: &std::io::Error) -> Failure {
    Failure::environment(codes::CANNOT_READ, format!("cannot start a thread: {error}"))
}
