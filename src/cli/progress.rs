//! How far work on a store is, on a terminal.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::terminal::Terminal;
use crate::store::Progress;

/// Does the work while a line shows how far it is; in a pipe there is none.
pub(super) fn shown<T>(terminal: &Terminal, progress: &Progress, work: impl FnOnce() -> T) -> T {
    if !terminal.notes {
        return work();
    }
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(8));
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
        bar.set_style(style);
    }
    let over = AtomicBool::new(false);
    let result = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                bar.set_message(match progress.rows() {
                    0 => progress.stage(),
                    rows => format!("{}: {rows} rows", progress.stage()),
                });
                bar.tick();
                std::thread::sleep(Duration::from_millis(100));
            }
        });
        let result = work();
        over.store(true, Ordering::Relaxed);
        result
    });
    bar.finish_and_clear();
    result
}
