//! Where statements end.

use crate::syntax::{TokenKind, goes_on, tokens};

/// The statements of a text: what `;` parts. The last one may be empty.
pub(super) fn split(text: &str) -> Vec<&str> {
    let mut statements = Vec::new();
    let mut start = 0;
    for token in tokens(text).iter().filter(|token| token.kind == TokenKind::End) {
        statements.push(text.get(start..token.span.start as usize).unwrap_or(""));
        start = token.span.end as usize;
    }
    statements.push(text.get(start..).unwrap_or(""));
    statements
}

/// Whether what was typed so far is to be taken when Enter is pressed.
pub(super) fn is_complete(text: &str) -> bool {
    let trimmed = text.trim();
    if trimmed.is_empty() || trimmed.starts_with('\\') {
        return true;
    }
    // Whoever presses Enter on an empty line wants an end, and be it an error.
    let ends = text.contains('\n') && text.rsplit('\n').next().is_some_and(|line| line.trim().is_empty());
    let last = tokens(text).into_iter().rfind(|token| token.kind != TokenKind::Comment);
    ends || last.is_some_and(|token| token.kind == TokenKind::End) || !goes_on(text)
}

/// Whether a text holds nothing to run: white space and comments.
pub(super) fn is_empty(text: &str) -> bool {
    tokens(text).iter().all(|token| token.kind == TokenKind::Comment)
}

/// Statements as they come, line by line.
#[derive(Debug, Default)]
pub(super) struct Reader {
    pending: String,
}

impl Reader {
    /// Takes a line and gives what it ends. A blank line or a command ends a statement, unless a quote is open.
    pub(super) fn line(&mut self, line: &str) -> Vec<String> {
        let quote = tokens(&self.pending).last().is_some_and(|token| token.kind == TokenKind::Unterminated);
        if line.trim().is_empty() && !quote {
            return self.end();
        }
        // No clause begins with a backslash: a command ends the statement before it.
        if line.trim_start().starts_with('\\') && !quote {
            let mut statements = self.end();
            statements.push(line.trim_start().to_owned());
            return statements;
        }
        self.pending.push_str(line);
        self.pending.push('\n');
        let statements = split(&self.pending);
        let (last, whole) = statements.split_last().map_or(("", &[][..]), |(last, whole)| (*last, whole));
        let whole = keep(whole);
        self.pending = last.to_owned();
        whole
    }

    /// What is left at the end.
    pub(super) fn end(&mut self) -> Vec<String> {
        let pending = std::mem::take(&mut self.pending);
        keep(&[pending.as_str()])
    }
}

fn keep(statements: &[&str]) -> Vec<String> {
    statements.iter().filter(|text| !is_empty(text)).map(|text| text.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let mut reader = Reader::default();
        let mut statements: Vec<String> = text.lines().flat_map(|line| reader.line(line)).collect();
        statements.extend(reader.end());
        statements
    }

    #[test]
    fn statements_end_at_semicolons_and_blank_lines() {
        assert_eq!(read("a = b; c = d\nAND e = f\n\ng = h"), ["a = b", "c = d\nAND e = f", "g = h"]);
        assert_eq!(read("a = \"x;\n\ny\" # ;\n;;\n# nothing\n\n"), ["a = \"x;\n\ny\" # ;"]);
        assert_eq!(read("\\format csv\na = b\n\\quit"), ["\\format csv", "a = b", "\\quit"]);
        assert_eq!(read("a =\n\nb = c"), ["a =", "b = c"]);
    }

    #[test]
    fn enter_ends_what_is_whole() {
        for text in ["", "\\help", "project = PAY", "project = ;", "project =\n\n", "status IN (Done"] {
            assert_eq!(is_complete(text), text != "status IN (Done", "{text}");
        }
    }
}
