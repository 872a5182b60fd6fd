//! Words that mean something: JQL's keywords and reserved words, and the verbs of jqlx.

/// The verbs of activity clauses, in lower case, as the grammar lists them.
///
/// The catalogue says what each of them means; the grammar must know them first, since a verb is what tells
/// `comment DELETED` from two words side by side.
pub fn verbs() -> &'static [&'static str] {
    VERBS
}

#[rustfmt::skip]
const VERBS: &[&str] = &[
    "created", "updated", "deleted", "changed", "added", "removed", "moved", "restored",
    "archived", "unarchived", "enabled", "disabled", "activated", "deactivated", "reactivated",
    "granted", "revoked", "assigned", "unassigned", "viewed", "exported", "imported",
    "edited", "renamed", "merged", "copied", "linked", "unlinked",
    "released", "unreleased", "started", "completed", "closed", "reopened",
    "published", "unpublished", "installed", "uninstalled", "invited", "trashed", "purged",
    "uploaded", "downloaded", "shared", "unshared", "rotated", "expired", "executed", "failed",
    "lowered", "raised",
    "logged in", "logged out", "logged",
];

/// Words that are no name or value unless quoted, because the grammar reads them.
#[rustfmt::skip]
pub(super) const KEYWORDS: &[&str] = &[
    "and", "or", "not", "in", "is", "was", "order", "by", "empty", "null", "changed", "after", "before", "on",
    "during", "from", "to", "asc", "desc", "cf",
];

/// Words that jqlx reads in some places. As names and values they need no quotes in JQL, so the printer keeps the
/// quotes that they were written with.
#[rustfmt::skip]
const CONTEXTUAL: &[&str] = &[
    "issues", "activity", "show", "via", "times", "within", "same", "total", "event",
];

/// Words of clauses that only jqlx has, for colours.
#[rustfmt::skip]
pub(super) const CLAUSE_WORDS: &[&str] = &[
    "issues", "activity", "where", "then", "show", "group", "as", "of", "limit", "via", "times", "distinct", "within",
    "same", "for", "total", "while",
];

/// Words behind which a query cannot end.
#[rustfmt::skip]
pub(super) const WANTING: &[&str] = &[
    "and", "or", "not", "in", "is", "was", "by", "after", "before", "on", "during", "from", "to", "where", "then", "order",
    "group", "show", "limit", "as", "of", "via", "times", "within", "same", "for", "while",
];

/// JQL's reserved words by first letter.
#[rustfmt::skip]
const RESERVED: [&[&str]; 26] = [
    &["abort", "access", "add", "alias", "alter", "any", "as", "audit", "avg"],
    &["begin", "between", "boolean", "break", "byte"],
    &["catch", "char", "character", "check", "checkpoint", "collate", "collation", "column", "commit", "connect",
      "continue", "count", "create", "current"],
    &["date", "decimal", "declare", "decrement", "default", "defaults", "define", "delete", "delimiter",
      "difference", "distinct", "divide", "do", "double", "drop"],
    &["else", "encoding", "end", "equals", "escape", "exclusive", "exec", "execute", "exists", "explain"],
    &["false", "fetch", "file", "field", "first", "float", "for", "function"],
    &["go", "goto", "grant", "greater", "group"],
    &["having"],
    &["identified", "if", "immediate", "increment", "index", "initial", "inner", "inout", "input", "insert", "int",
      "integer", "intersect", "intersection", "into", "isempty", "isnull"],
    &["join"],
    &[],
    &["last", "left", "less", "like", "limit", "lock", "long"],
    &["max", "min", "minus", "mode", "modify", "modulo", "more", "multiply"],
    &["next", "noaudit", "notin", "nowait", "number"],
    &["object", "of", "option", "outer", "output"],
    &["power", "previous", "prior", "privileges", "public"],
    &[],
    &["raise", "raw", "remainder", "rename", "resource", "return", "returns", "revoke", "right", "row", "rowid",
      "rownum", "rows"],
    &["select", "session", "set", "share", "size", "sqrt", "start", "strict", "string", "subtract", "sum",
      "synonym"],
    &["table", "then", "trans", "transaction", "trigger", "true"],
    &["uid", "union", "unique", "update", "user"],
    &["validate", "values", "view"],
    &["when", "whenever", "where", "while", "with"],
    &[], &[], &[],
];

/// Whether `word` is one of JQL's reserved words, in any case.
pub(super) fn is_reserved(word: &str) -> bool {
    let Some(first) = word.bytes().next() else { return false };
    let index = first.to_ascii_lowercase().wrapping_sub(b'a') as usize;
    RESERVED.get(index).is_some_and(|words| words.iter().any(|w| w.eq_ignore_ascii_case(word)))
}

/// Whether `word` is one of the grammar's keywords, in any case.
pub(super) fn is_keyword(word: &str) -> bool {
    is_one_of(word, KEYWORDS)
}

/// Whether the printer should keep quotes that `word` was written with, though JQL needs none.
pub(super) fn is_contextual(word: &str) -> bool {
    is_one_of(word, CONTEXTUAL) || is_one_of(word, VERBS)
}

/// Whether `word` is one of `words` (which are in lower case), in any case.
pub(super) fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.iter().any(|w| w.eq_ignore_ascii_case(word))
}

/// Whether `text` has the shape of a duration: `30m`, `8wh`, `1w 2d`. Units are the binder's to know.
pub(super) fn is_duration(text: &str) -> bool {
    let mut parts = text.split(' ').filter(|p| !p.is_empty()).peekable();
    parts.peek().is_some()
        && parts.all(|part| {
            let unit = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
            unit.len() < part.len()
                && part.starts_with(|c: char| c.is_ascii_digit())
                && !unit.is_empty()
                && unit.chars().all(|c| c.is_ascii_alphabetic())
        })
}

/// The nearest of `words` to `word`, where it is near enough to be a slip of the finger.
pub(super) fn nearest<'w>(word: &str, words: &[&'w str]) -> Option<&'w str> {
    if word.len() < 2 || word.len() > 24 {
        return None;
    }
    let word = word.to_ascii_lowercase();
    words
        .iter()
        .map(|w| (strsim::damerau_levenshtein(&word, w), *w))
        .filter(|(distance, w)| {
            *distance > 0 && *distance <= if w.len() <= 3 { 1 } else { 2 } && *distance < w.len().min(word.len())
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, w)| w)
}
