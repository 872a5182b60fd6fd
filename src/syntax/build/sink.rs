//! Where errors are collected while the tree is built.

use crate::diagnostic::Diagnostic;

/// How many diagnostics one query is given. More would bury the first, and their cost would grow with the text.
const LIMIT: usize = 50;

/// The diagnostics of one query.
#[derive(Debug, Default)]
pub(in crate::syntax) struct Sink {
    diagnostics: Vec<Diagnostic>,
    /// How many enclosing stretches are already known to be wrong: what is found in them would only be an echo.
    muted: usize,
}

impl Sink {
    /// Adds a diagnostic, unless enough were found or this stretch is muted.
    pub(in crate::syntax) fn report(&mut self, diagnostic: Diagnostic) {
        if self.is_open() {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Adds the diagnostic that `make` builds; for those that take work to word.
    pub(in crate::syntax) fn report_with(&mut self, make: impl FnOnce() -> Diagnostic) {
        if self.is_open() {
            self.diagnostics.push(make());
        }
    }

    /// As [`Sink::report_with`], where one report of the same code says it all.
    pub(super) fn report_once(&mut self, make: impl FnOnce() -> Diagnostic) {
        if self.is_open() {
            let diagnostic = make();
            if self.diagnostics.iter().all(|d| d.code != diagnostic.code) {
                self.diagnostics.push(diagnostic);
            }
        }
    }

    /// Until [`Sink::unmute`], reports are dropped.
    pub(super) fn mute(&mut self) {
        self.muted += 1;
    }

    /// Ends one [`Sink::mute`].
    pub(super) fn unmute(&mut self) {
        self.muted = self.muted.saturating_sub(1);
    }

    /// How many were reported.
    pub(super) fn len(&self) -> usize {
        self.diagnostics.len()
    }

    /// Everything found, by place.
    pub(in crate::syntax) fn finish(mut self) -> Vec<Diagnostic> {
        self.diagnostics.sort_by_key(|d| d.span().start);
        self.diagnostics
    }

    fn is_open(&self) -> bool {
        self.muted == 0 && self.diagnostics.len() < LIMIT
    }
}
