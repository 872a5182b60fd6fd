//! Errors and warnings as data: a stable code, a message, labelled spans and help.
//!
//! Every phase produces [`Diagnostic`]s; only [`Report`] knows how they are drawn.
//! [`Code`]s are listed once, in [`codes`], and are never reused.

pub mod codes;
#[cfg(feature = "cli")]
mod excerpt;
mod report;

pub use codes::Code;
pub use report::Report;

use serde::Serialize;

/// A half-open range of byte offsets in one source text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The range `start..end`.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32 }
    }

    /// The smallest range that holds both.
    pub fn to(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The text of this range, or the empty text where it does not lie in `source`.
    pub fn text(self, source: &str) -> &str {
        source.get(self.start as usize..self.end as usize).unwrap_or("")
    }
}

/// Whether a diagnostic stops the query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The query is refused.
    Error,
    /// The query runs; the answer may not be what was meant.
    Warning,
}

/// A span with what is to be said of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What to write under the span; may be empty.
    pub text: String,
}

/// One error or warning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Stable code, listed in [`codes`].
    pub code: Code,
    /// Error or warning.
    pub severity: Severity,
    /// One full sentence without the period.
    pub message: String,
    /// The first label is the primary one. Empty where no query text is at fault.
    pub labels: Vec<Label>,
    /// What to do about it: nearest valid names, the corrected line.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error with no label yet.
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self { code, severity: Severity::Error, message: sentence(message.into()), labels: Vec::new(), help: None }
    }

    /// A warning with no label yet.
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    /// Adds a label.
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Sets the help text.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Sets the help text where there is one.
    pub fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help.or(self.help);
        self
    }

    /// The same of a saved query, at the place where the text that is shown includes it.
    pub fn of_included(mut self, name: &str, span: Span) -> Self {
        self.message = format!("In the saved query `{name}`: {}", self.message);
        self.labels = vec![Label { span, text: String::new() }];
        self
    }

    /// The same of a text that begins so far behind the start of the one that is shown.
    pub fn moved(mut self, by: u32) -> Self {
        for label in &mut self.labels {
            label.span = Span { start: label.span.start.saturating_add(by), end: label.span.end.saturating_add(by) };
        }
        self
    }

    /// The same at one place.
    pub fn at_only(mut self, span: Span) -> Self {
        self.labels = vec![Label { span, text: String::new() }];
        self
    }

    /// Whether this stops the query.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The primary span; empty at 0 where there is none.
    pub fn span(&self) -> Span {
        self.labels.first().map(|l| l.span).unwrap_or_default()
    }
}

/// A message begins with a capital, unless with a name as it is written.
fn sentence(mut message: String) -> String {
    let lower = message.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
    let first = message.split([' ', ':']).next().unwrap_or_default();
    if lower && first != "jqlx" && !first.contains(['(', '/', '.', '_']) {
        message[..1].make_ascii_uppercase();
    }
    message
}
