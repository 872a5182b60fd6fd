//! Diagnostics with the text they speak of, ready to be drawn.

use super::Diagnostic;

/// Diagnostics over one source text.
#[derive(Clone, Debug)]
pub struct Report {
    /// What the text is called: `query`, or a file's path.
    pub name: String,
    /// The text that the spans point into.
    pub source: String,
    /// What was found.
    pub diagnostics: Vec<Diagnostic>,
}

impl Report {
    /// The diagnostics as text.
    pub fn render(&self, _width: usize, _color: bool) -> String {
        self.diagnostics
            .iter()
            .map(|d| format!("error[{}]: {}\n", d.code, d.message))
            .collect()
    }
}
