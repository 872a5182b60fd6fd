//! The few lines of a source that a diagnostic needs, so that drawing one error of a megabyte costs a screenful.

use super::report::line_column;
use super::{Label, Span};
use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

/// Lines that are drawn above and below the label.
const CONTEXT: usize = 1;

/// How many lines from the primary label another label may be, to be drawn with it.
const REACH: usize = 8;

/// A stretch of a source's lines, long ones cut, with the labels that lie in it.
#[derive(Debug)]
pub(super) struct Excerpt {
    name: String,
    text: String,
    labels: Vec<LabeledSpan>,
    /// The number of the first line, from 0.
    line: usize,
    /// Line and column of the primary label, both from 0.
    at: (usize, usize),
}

impl Excerpt {
    /// What of `source` the `labels` need, in lines of at most `width` characters.
    pub(super) fn new(name: &str, source: &str, labels: &[Label], width: usize) -> Self {
        let primary = labels.first().map(|l| l.span).unwrap_or_default();
        let at = line_column(source, primary.start);
        let primary_line = line_at(source, primary.start as usize);
        let near: Vec<&Label> = labels.iter().filter(|l| within_reach(source, primary, l.span)).collect();
        let first = near.iter().map(|l| l.span.start as usize).min().unwrap_or(0);
        let last = near.iter().map(|l| l.span.start as usize).max().unwrap_or(0);
        let mut start = line_at(source, first).0;
        let mut line = at.0 - source.get(start..primary_line.0).map_or(0, |s| s.matches('\n').count());
        for _ in 0..CONTEXT {
            if start > 0 {
                start = line_at(source, start - 1).0;
                line -= 1;
            }
        }
        let mut excerpt = Self { name: name.to_owned(), text: String::new(), labels: Vec::new(), line, at };
        let mut places = Vec::new();
        let mut behind = 0;
        loop {
            let (from, to) = line_at(source, start);
            let focus = match near.iter().find(|l| (from..=to).contains(&(l.span.start as usize))) {
                _ if (from..=to).contains(&(primary.start as usize)) => primary.start as usize,
                Some(label) => label.span.start as usize,
                None => from,
            };
            excerpt.push_line(source, from, to, focus, width, &mut places);
            if from > last {
                behind += 1;
            }
            start = to + 1;
            if behind >= CONTEXT || start > source.len() || (start == source.len() && start > last) {
                break;
            }
        }
        for (index, label) in near.iter().enumerate() {
            let Some(span) = map(&places, label.span) else { continue };
            let text = Some(label.text.clone()).filter(|t| !t.is_empty());
            // Every line ends with a space, so that what is missing at its end can be pointed at.
            let span = SourceSpan::from((span.start as usize, (span.end - span.start).max(1) as usize));
            excerpt.labels.push(match index {
                0 => LabeledSpan::new_primary_with_span(text, span),
                _ => LabeledSpan::new_with_span(text, span),
            });
        }
        excerpt
    }

    pub(super) fn labels(&self) -> impl Iterator<Item = LabeledSpan> + '_ {
        self.labels.iter().cloned()
    }

    /// Appends the line `from..to`, or what of it lies around `focus`, and notes where each character went.
    fn push_line(&mut self, source: &str, from: usize, to: usize, focus: usize, width: usize, places: &mut Vec<(u32, u32)>) {
        if !self.text.is_empty() || !places.is_empty() {
            self.text.push('\n');
        }
        let line = source.get(from..to).unwrap_or("");
        let (before, behind) = line.split_at_checked(focus - from).unwrap_or((line, ""));
        // What stands before the label says more than what follows it.
        let length = before.len() + behind.len();
        let cut = length > width && (length > 4 * width || line.chars().count() > width);
        let mut start = from;
        if cut {
            let kept = before.chars().rev().take(width * 2 / 3).map(char::len_utf8).sum::<usize>();
            // A short line's beginning is kept where the label lies within the width anyway.
            start = if before.chars().take(width).count() < width * 2 / 3 { from } else { focus - kept };
        }
        if start > from {
            self.text.push('…');
        }
        let rest = source.get(start..to).unwrap_or("");
        let limit = if cut { width } else { usize::MAX };
        let mut end = start;
        for (index, (at, c)) in rest.char_indices().enumerate() {
            if index == limit {
                break;
            }
            places.push(((start + at) as u32, self.text.len() as u32));
            // A terminal must not obey what stands in a query.
            self.text.push(if c.is_control() && c != '\t' { '\u{FFFD}' } else { c });
            end = start + at + c.len_utf8();
        }
        places.push((end as u32, self.text.len() as u32));
        self.text.push_str(if end < to { "…" } else { " " });
    }
}

/// Where `span` went; its end may have been cut.
fn map(places: &[(u32, u32)], span: Span) -> Option<Span> {
    let start = places.binary_search_by_key(&span.start, |p| p.0).ok()?;
    let end = places.partition_point(|p| p.0 < span.end).clamp(start, places.len() - 1);
    Some(Span { start: places[start].1, end: places[end].1 })
}

/// The line that holds the byte `at`, without its end.
fn line_at(source: &str, at: usize) -> (usize, usize) {
    let bytes = source.as_bytes();
    let at = at.min(bytes.len());
    let from = bytes[..at].iter().rposition(|b| *b == b'\n').map_or(0, |p| p + 1);
    let to = bytes[at..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |p| at + p);
    (from, to)
}

/// Whether `other` starts within a few lines of `primary`.
fn within_reach(source: &str, primary: Span, other: Span) -> bool {
    let (from, to) = (primary.start.min(other.start) as usize, primary.start.max(other.start) as usize);
    source.get(from..to).is_some_and(|between| between.matches('\n').take(REACH + 1).count() <= REACH)
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        context_lines_before: usize,
        context_lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let inner = self.text.as_str().read_span(span, context_lines_before, context_lines_after)?;
        // Without context the place is asked for, which must be that in the whole source.
        let (line, column) = match (context_lines_before, context_lines_after) {
            (0, 0) if self.labels.first().is_some_and(|l| l.inner() == span) => self.at,
            _ => (inner.line() + self.line, inner.column()),
        };
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            inner.data(),
            *inner.span(),
            line,
            column,
            inner.line_count(),
        )))
    }
}
