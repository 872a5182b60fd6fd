//! How many requests are under way: fewer as soon as the server complains, slowly more while it does not.

use std::sync::Mutex;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

/// Answers in a row after which one more request may be under way.
const PATIENCE: u32 = 20;

pub(super) struct Pace {
    most: usize,
    state: Mutex<State>,
    freed: Notify,
}

struct State {
    limit: usize,
    running: usize,
    good: u32,
    /// Nothing is sent before.
    not_before: Option<Instant>,
}

/// The right to have a request under way.
pub(super) struct Slot<'a>(&'a Pace);

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        self.0.change(|state| state.running = state.running.saturating_sub(1));
        self.0.freed.notify_one();
    }
}

enum Turn {
    Now,
    At(Instant),
    Later,
}

impl Pace {
    pub(super) fn new(most: usize) -> Self {
        Self { most, state: Mutex::new(State { limit: most, running: 0, good: 0, not_before: None }), freed: Notify::new() }
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        // What is guarded are plain numbers, which no panic can leave half changed.
        let mut state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        change(&mut state)
    }

    /// Waits for a turn.
    pub(super) async fn enter(&self) -> Slot<'_> {
        loop {
            let freed = self.freed.notified();
            let turn = self.change(|state| match state.not_before {
                Some(at) if at > Instant::now() => Turn::At(at),
                _ if state.running < state.limit => {
                    state.running += 1;
                    Turn::Now
                }
                _ => Turn::Later,
            });
            match turn {
                Turn::Now => {
                    // Another one may fit beside it.
                    self.freed.notify_one();
                    return Slot(self);
                }
                Turn::At(at) => tokio::time::sleep_until(at).await,
                Turn::Later => freed.await,
            }
        }
    }

    /// The server complained: nothing for a while, and then half as many at once.
    pub(super) fn slow_down(&self, wait: Duration) {
        let until = Instant::now() + wait;
        self.change(|state| {
            // Requests that were under way together complain together, which is one complaint.
            if state.not_before.is_none_or(|at| at <= Instant::now()) {
                state.limit = (state.limit / 2).max(1);
            }
            state.not_before = state.not_before.max(Some(until));
            state.good = 0;
        });
    }

    /// The server says that its limit is near.
    pub(super) fn ease(&self) {
        self.change(|state| {
            state.limit = (state.limit - 1).max(1);
            state.good = 0;
        });
    }

    pub(super) fn went_well(&self) {
        self.change(|state| {
            state.good += 1;
            if state.good >= PATIENCE && state.limit < self.most {
                state.limit += 1;
                state.good = 0;
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(pace: &Pace) -> usize {
        pace.change(|state| state.limit)
    }

    #[tokio::test]
    async fn complaints_halve_and_patience_adds() {
        let pace = Pace::new(8);
        pace.slow_down(Duration::from_millis(30));
        pace.slow_down(Duration::from_millis(30));
        assert_eq!(limit(&pace), 4, "requests that were under way together complain once");
        let started = Instant::now();
        drop(pace.enter().await);
        assert!(started.elapsed() >= Duration::from_millis(25));
        for _ in 0..PATIENCE {
            pace.went_well();
        }
        assert_eq!(limit(&pace), 5);
        for _ in 0..10 {
            pace.ease();
        }
        assert_eq!(limit(&pace), 1, "one is always under way");
    }

    #[tokio::test]
    async fn no_more_are_under_way_than_may_be() {
        let pace = Pace::new(2);
        let (first, second) = (pace.enter().await, pace.enter().await);
        let third = tokio::time::timeout(Duration::from_millis(20), pace.enter()).await;
        assert!(third.is_err());
        drop(first);
        let third = tokio::time::timeout(Duration::from_millis(500), pace.enter()).await;
        assert!(third.is_ok());
        drop((second, third));
    }
}
