//! Diagnostics with the text they speak of, ready to be drawn.

#[cfg(feature = "cli")]
use super::excerpt::Excerpt;
use super::{Diagnostic, Severity};
use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use serde_json::{Value, json};
use std::fmt;

/// How many bytes of a line miette's handlers are given on either side of what they draw.
const MARGIN: usize = 200;

/// How far from the first label another may lie, in bytes, to be drawn with it.
const REACH: u32 = 2000;

/// Diagnostics over one source text.
///
/// It is an error that miette's handlers draw; [`Report::one_line`] and [`Report::to_json`] need no terminal.
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
    /// `diagnostics` over `source`, which is called `name`: `query`, or a file's path.
    pub fn new(name: impl Into<String>, source: impl Into<String>, diagnostics: Vec<Diagnostic>) -> Self {
        Self { name: name.into(), source: source.into(), diagnostics }
    }

    /// Whether there is an error among the diagnostics, not only warnings.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// The diagnostics as drawn on a terminal `width` columns wide.
    #[cfg(feature = "cli")]
    pub fn render(&self, width: usize, color: bool) -> String {
        use miette::{GraphicalReportHandler, GraphicalTheme};
        let theme = if color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let handler = GraphicalReportHandler::new_themed(theme).with_width(width.max(40)).with_links(false).with_context_lines(1);
        let mut out = String::new();
        for diagnostic in &self.diagnostics {
            if !out.is_empty() {
                out.push('\n');
            }
            let excerpt = Excerpt::new(&self.name, &self.source, &diagnostic.labels, width.max(40).saturating_sub(12));
            let drawn = Drawn { diagnostic, excerpt };
            // Writing to a string fails only where a label lies outside its excerpt, which draws none of it.
            if handler.render_report(&mut out, &drawn).is_err() {
                out.push_str(&self.line(diagnostic));
                out.push('\n');
            }
        }
        out.lines().flat_map(|line| [line.trim_end(), "\n"]).collect()
    }

    /// The diagnostics, a line each: `name:line:column: error[code]: message (help)`.
    pub fn one_line(&self) -> String {
        self.diagnostics.iter().map(|d| self.line(d)).collect::<Vec<_>>().join("\n")
    }

    fn line(&self, diagnostic: &Diagnostic) -> String {
        let severity = severity_name(diagnostic.severity);
        let place = match diagnostic.labels.first() {
            Some(label) => {
                let (line, column) = line_column(&self.source, label.span.start);
                format!("{}:{}:{}", self.name, line + 1, column + 1)
            }
            None => self.name.clone(),
        };
        let help = diagnostic.help.as_ref().map(|h| format!(" ({h})")).unwrap_or_default();
        format!("{place}: {severity}[{}]: {}{help}", diagnostic.code, diagnostic.message)
    }

    /// The diagnostics as a JSON array.
    ///
    /// `start`, `end` and `column` count Unicode code points, the first two from 0, `line` and `column` from 1. Where
    /// no text is at fault the four are null.
    pub fn to_json(&self) -> Value {
        self.diagnostics.iter().map(|d| self.json(d)).collect()
    }

    fn json(&self, diagnostic: &Diagnostic) -> Value {
        let points = |at: u32| self.source.get(..at as usize).map_or(0, |before| before.chars().count());
        let labels =
            diagnostic.labels.iter().map(|l| json!({ "start": points(l.span.start), "end": points(l.span.end), "text": l.text }));
        let mut value = json!({
            "code": diagnostic.code.name,
            "severity": severity_name(diagnostic.severity),
            "message": diagnostic.message,
            "start": null,
            "end": null,
            "line": null,
            "column": null,
            "help": diagnostic.help,
            "labels": labels.collect::<Value>(),
        });
        if let Some(label) = diagnostic.labels.first() {
            let (line, column) = line_column(&self.source, label.span.start);
            value["start"] = points(label.span.start).into();
            value["end"] = points(label.span.end).into();
            value["line"] = (line + 1).into();
            value["column"] = (column + 1).into();
        }
        value
    }
}

/// How many bytes there are up to the end of the line that begins with `bytes`, and of `more` lines behind it.
fn length_of_lines<'b>(bytes: impl Iterator<Item = &'b u8>, more: usize) -> usize {
    let mut ends = 0;
    bytes
        .take_while(|b| {
            ends += usize::from(**b == b'\n');
            ends <= more
        })
        .count()
}

/// One diagnostic as [`Report::render`] draws it.
#[cfg(feature = "cli")]
#[derive(Debug)]
struct Drawn<'d> {
    diagnostic: &'d Diagnostic,
    excerpt: Excerpt,
}

#[cfg(feature = "cli")]
impl fmt::Display for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.diagnostic.fmt(f)
    }
}

#[cfg(feature = "cli")]
impl std::error::Error for Drawn<'_> {}

#[cfg(feature = "cli")]
impl miette::Diagnostic for Drawn<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        miette::Diagnostic::code(self.diagnostic)
    }

    fn severity(&self) -> Option<miette::Severity> {
        miette::Diagnostic::severity(self.diagnostic)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        miette::Diagnostic::help(self.diagnostic)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        if self.diagnostic.labels.is_empty() { None } else { Some(&self.excerpt) }
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.excerpt.labels()))
    }
}

fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.diagnostics.as_slice() {
            [one] => f.write_str(&one.message),
            many => {
                let errors = many.iter().filter(|d| d.is_error()).count();
                let warnings = many.len() - errors;
                let plural = |n: usize| if n == 1 { "" } else { "s" };
                write!(f, "{errors} error{} and {warnings} warning{}", plural(errors), plural(warnings))?;
                write!(f, " in {}", self.name)
            }
        }
    }
}

impl std::error::Error for Report {}

impl miette::Diagnostic for Report {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.only().and_then(|d| d.code())
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(if self.has_errors() { miette::Severity::Error } else { miette::Severity::Warning })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.only().and_then(|d| d.help())
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.only().and_then(|d| d.labels())
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn miette::Diagnostic> + 'a>> {
        match self.diagnostics.as_slice() {
            [_] => None,
            many => Some(Box::new(many.iter().map(|d| d as &dyn miette::Diagnostic))),
        }
    }
}

impl Report {
    /// The diagnostic that speaks for the whole report.
    fn only(&self) -> Option<&dyn miette::Diagnostic> {
        match self.diagnostics.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }
}

/// The whole lines around a span, unless they are long.
impl SourceCode for Report {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        context_lines_before: usize,
        context_lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (from, to) = (span.offset(), span.offset() + span.len());
        if self.source.get(from..to).is_none() {
            return Err(MietteError::OutOfBounds);
        }
        let before = self.source.as_bytes()[..from].iter().rev();
        let behind = self.source.as_bytes()[to..].iter();
        let (lines_before, lines_after) = match (context_lines_before, context_lines_after) {
            (0, 0) => (0, 0),
            (above, below) => (length_of_lines(before, above), length_of_lines(behind, below)),
        };
        let start = self.source.ceil_char_boundary((from - lines_before).max(from.saturating_sub(MARGIN)));
        let end = self.source.floor_char_boundary((to + lines_after).min(to + MARGIN));
        let (line, column) = line_column(&self.source, start as u32);
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            &self.source.as_bytes()[start..end],
            (start, end - start).into(),
            line,
            column,
            1,
        )))
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Diagnostic {}

/// Without the source; [`Report`] has it.
impl miette::Diagnostic for Diagnostic {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|h| Box::new(h) as Box<dyn fmt::Display + 'a>)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let primary = self.labels.first()?.span.start;
        let near = self.labels.iter().filter(move |l| l.span.start.abs_diff(primary) <= REACH);
        Some(Box::new(near.map(move |label| {
            let text = Some(label.text.clone()).filter(|t| !t.is_empty());
            let end = label.span.end.min(label.span.start.saturating_add(REACH));
            let span = SourceSpan::from((label.span.start as usize, (end - label.span.start) as usize));
            if label.span.start == primary {
                LabeledSpan::new_primary_with_span(text, span)
            } else {
                LabeledSpan::new_with_span(text, span)
            }
        })))
    }
}

/// Line and column of the byte `at`, from 0; columns count Unicode code points.
pub(super) fn line_column(source: &str, at: u32) -> (usize, usize) {
    let before = source.get(..at as usize).unwrap_or(source);
    let line = before.bytes().filter(|b| *b == b'\n').count();
    let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count());
    (line, column)
}
