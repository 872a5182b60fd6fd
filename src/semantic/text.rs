//! JQL's text search (`reference/jql.md` section 5.1): words ANDed, stemmed, phrases, prefixes, Boolean operators.
//!
//! Query and data pass through the same analysis: Unicode words, lower case, English stop words dropped, Snowball English
//! stems. On Cloud the marks of fuzzy, proximity and boost are ignored.

use std::collections::HashSet;

use rust_stemmers::{Algorithm, Stemmer};
use unicode_segmentation::UnicodeSegmentation;

/// A text query, ready to be matched against texts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TextQuery {
    /// As the user wrote it.
    pub source: String,
    root: Node,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    /// One stem.
    Stem(String),
    /// The beginning of an unstemmed word.
    Prefix(String),
    /// Stems side by side, in order.
    Phrase(Vec<String>),
    /// Nothing to look for (stop words only).
    Nothing,
}

const STOP_WORDS: &[&str] = &[
    "a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "if", "in", "into", "is", "it", "no", "not", "of", "on", "or",
    "s", "such", "t", "that", "the", "their", "then", "there", "these", "they", "this", "to", "was", "will", "with",
];

/// One word of a text after analysis.
struct Token {
    word: String,
    stem: String,
}

fn tokens(text: &str) -> Vec<Token> {
    let stemmer = Stemmer::create(Algorithm::English);
    // Lucene's standard tokenizer breaks at Unicode word boundaries; `_` joins words there, and a dot between letters too,
    // but Jira's documentation says that punctuation is ignored, so both split here.
    text.unicode_words()
        .flat_map(|w| w.split(['.', '_', ':', '\'', '’']))
        .filter(|w| !w.is_empty())
        .map(str::to_lowercase)
        .filter(|w| !STOP_WORDS.contains(&w.as_str()))
        .map(|word| Token { stem: stemmer.stem(&word).into_owned(), word })
        .collect()
}

impl TextQuery {
    /// Reads a query as Jira Cloud does.
    ///
    /// ```
    /// use jqlx::semantic::text::TextQuery;
    /// let q = TextQuery::new("\"full screen\" OR crash*");
    /// assert!(q.matches("It crashed."));
    /// assert!(q.matches("Full screens flicker"));
    /// assert!(!q.matches("the screen is full"));
    /// ```
    pub fn new(source: &str) -> Self {
        Self { source: source.to_string(), root: parse(source) }
    }

    /// Whether nothing can match: the query has only stop words or only negations.
    pub fn is_empty(&self) -> bool {
        !self.root.has_positive()
    }

    /// Whether a text matches.
    pub fn matches(&self, text: &str) -> bool {
        if !self.root.possible(text) {
            return false;
        }
        let tokens = tokens(text);
        !self.is_empty() && self.root.matches(&tokens)
    }
}

impl Node {
    fn has_positive(&self) -> bool {
        match self {
            Node::All(n) | Node::Any(n) => n.iter().any(Node::has_positive),
            Node::Not(_) | Node::Nothing => false,
            Node::Stem(_) | Node::Prefix(_) | Node::Phrase(_) => true,
        }
    }

    fn matches(&self, tokens: &[Token]) -> bool {
        match self {
            Node::All(nodes) => nodes.iter().all(|n| n.matches(tokens)),
            Node::Any(nodes) => nodes.iter().any(|n| n.matches(tokens)),
            Node::Not(node) => !node.matches(tokens),
            Node::Stem(stem) => tokens.iter().any(|t| t.stem == *stem),
            Node::Prefix(prefix) => tokens.iter().any(|t| t.word.starts_with(prefix.as_str())),
            Node::Phrase(stems) => tokens.windows(stems.len()).any(|w| w.iter().zip(stems).all(|(t, s)| t.stem == *s)),
            Node::Nothing => false,
        }
    }

    /// A cheap test that is false only where `matches` is false: most texts of a large scan end here.
    fn possible(&self, text: &str) -> bool {
        match self {
            Node::All(nodes) => nodes.iter().all(|n| n.possible(text)),
            Node::Any(nodes) => nodes.iter().any(|n| n.possible(text)),
            Node::Not(_) => true,
            Node::Stem(stem) => may_contain(text, stem),
            Node::Prefix(prefix) => may_contain(text, prefix),
            Node::Phrase(stems) => stems.iter().all(|s| may_contain(text, s)),
            Node::Nothing => false,
        }
    }
}

/// A stem differs from its words only behind its last two letters (`queri`, `query`), and only ASCII folds byte by byte.
fn may_contain(text: &str, stem: &str) -> bool {
    if !stem.is_ascii() || !text.is_ascii() || stem.len() < 4 {
        return true;
    }
    let needle = &stem.as_bytes()[..stem.len() - 2];
    let first = [needle[0].to_ascii_lowercase(), needle[0].to_ascii_uppercase()];
    let bytes = text.as_bytes();
    if bytes.len() < needle.len() {
        return false;
    }
    (0..=bytes.len() - needle.len())
        .any(|i| (bytes[i] == first[0] || bytes[i] == first[1]) && bytes[i..i + needle.len()].eq_ignore_ascii_case(needle))
}

/// One item of the query string.
#[derive(Debug, PartialEq)]
enum Item {
    Term(Node),
    And,
    Or,
    Not,
    Required,
    Open,
    Close,
}

fn parse(source: &str) -> Node {
    let items = items(source);
    let mut at = 0;
    let node = alternatives(&items, &mut at, 0);
    node.unwrap_or(Node::Nothing)
}

fn items(source: &str) -> Vec<Item> {
    let mut out = Vec::new();
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        if c.is_whitespace() {
            rest = &rest[c.len_utf8()..];
        } else if let Some(tail) = rest.strip_prefix('"') {
            let end = tail.find('"').unwrap_or(tail.len());
            let stems: Vec<String> = tokens(&tail[..end]).into_iter().map(|t| t.stem).collect();
            out.push(Item::Term(phrase(stems)));
            rest = tail[end..].strip_prefix('"').unwrap_or("");
            rest = skip_mark(rest);
        } else if let Some(tail) = rest.strip_prefix("&&") {
            out.push(Item::And);
            rest = tail;
        } else if let Some(tail) = rest.strip_prefix("||") {
            out.push(Item::Or);
            rest = tail;
        } else if let Some(item) = match c {
            '+' => Some(Item::Required),
            '-' | '!' => Some(Item::Not),
            '(' => Some(Item::Open),
            ')' => Some(Item::Close),
            _ => None,
        } {
            out.push(item);
            rest = &rest[1..];
        } else {
            let mut end = 0;
            let mut escaped = false;
            for (i, c) in rest.char_indices() {
                if !escaped && (c.is_whitespace() || matches!(c, '"' | '(' | ')')) {
                    break;
                }
                escaped = !escaped && c == '\\';
                end = i + c.len_utf8();
            }
            out.push(word(&rest[..end]));
            rest = &rest[end..];
        }
    }
    out
}

/// Proximity and boost behind a phrase: `"a b"~10`, `"a b"^4`.
fn skip_mark(rest: &str) -> &str {
    let Some(tail) = rest.strip_prefix(['~', '^']) else { return rest };
    tail.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.')
}

fn word(raw: &str) -> Item {
    match raw {
        "AND" => return Item::And,
        "OR" => return Item::Or,
        "NOT" => return Item::Not,
        _ => {}
    }
    let unescaped: String = raw.replace('\\', " ");
    let unboosted = match unescaped.find(['~', '^']) {
        Some(i) if i > 0 => &unescaped[..i],
        _ => unescaped.as_str(),
    };
    if let Some(start) = unboosted.strip_suffix(['*', '?']) {
        let start = start.trim_end_matches(['*', '?']);
        let mut parts: Vec<String> = start.unicode_words().map(str::to_lowercase).collect();
        if let Some(last) = parts.pop() {
            let mut nodes: Vec<Node> = parts.iter().flat_map(|p| tokens(p)).map(|t| Node::Stem(t.stem)).collect();
            nodes.push(Node::Prefix(last));
            return Item::Term(if nodes.len() == 1 { nodes.remove(0) } else { Node::All(nodes) });
        }
        return Item::Term(Node::Nothing);
    }
    Item::Term(phrase(tokens(unboosted).into_iter().map(|t| t.stem).collect()))
}

fn phrase(mut stems: Vec<String>) -> Node {
    match stems.len() {
        0 => Node::Nothing,
        1 => Node::Stem(stems.remove(0)),
        _ => Node::Phrase(stems),
    }
}

/// Parentheses nest by recursion, so a query of only parentheses must not run out of stack.
const MAX_DEPTH: usize = 64;

fn alternatives(items: &[Item], at: &mut usize, depth: usize) -> Option<Node> {
    let mut any = Vec::new();
    loop {
        any.extend(conjunction(items, at, depth));
        match items.get(*at) {
            Some(Item::Or) => *at += 1,
            _ => break,
        }
    }
    match any.len() {
        0 => None,
        1 => any.pop(),
        _ => Some(Node::Any(any)),
    }
}

fn conjunction(items: &[Item], at: &mut usize, depth: usize) -> Option<Node> {
    let mut all = Vec::new();
    let mut seen = HashSet::new();
    let mut negate = false;
    while let Some(item) = items.get(*at) {
        let term = match item {
            Item::Or => break,
            Item::Close if depth > 0 => break,
            Item::Term(node) => Some(node.clone()),
            Item::Open if depth < MAX_DEPTH => {
                *at += 1;
                alternatives(items, at, depth + 1)
            }
            Item::Not => {
                negate = true;
                *at += 1;
                continue;
            }
            Item::And | Item::Required | Item::Open | Item::Close => None,
        };
        *at += 1;
        match term {
            // A stop word asks for nothing; the words beside it still do.
            Some(Node::Nothing) | None => {}
            Some(node) => {
                let node = if negate { Node::Not(Box::new(node)) } else { node };
                // A word said twice is asked once: pasted texts repeat their words.
                if seen.insert(node.clone()) {
                    all.push(node);
                }
            }
        }
        negate = false;
    }
    match all.len() {
        0 => None,
        1 => all.pop(),
        _ => Some(Node::All(all)),
    }
}

#[cfg(test)]
mod tests {
    use super::TextQuery;

    fn yes(query: &str, text: &str) {
        assert!(TextQuery::new(query).matches(text), "{query} should match {text}");
    }

    fn no(query: &str, text: &str) {
        assert!(!TextQuery::new(query).matches(text), "{query} should not match {text}");
    }

    #[test]
    fn words_are_all_needed_in_any_order_and_case() {
        yes("Login page", "the PAGE of the login");
        no("login page", "login only");
    }

    #[test]
    fn stems_meet() {
        yes("win", "wins");
        yes("queries", "a slow query");
        yes("running", "runs");
        no("win", "window");
    }

    #[test]
    fn phrases_keep_order() {
        yes("\"full screen\"", "in full screen mode");
        no("\"full screen\"", "screen full");
        yes("foo-bar", "the foo/bar thing");
    }

    #[test]
    fn wildcards_and_marks() {
        yes("time*", "timeout");
        yes("tim?", "timeout");
        yes("roam~0.8 jira^4", "roams in jira");
        yes("\"a fast jira\"~10", "fast jira");
    }

    #[test]
    fn boolean_operators() {
        yes("crash OR leak", "a leak");
        no("crash AND leak", "a leak");
        no("crash -leak", "crash and leak");
        yes("crash NOT leak", "crash");
        yes("(crash OR leak) memory", "memory leak");
    }

    #[test]
    fn nothing_matches_nothing() {
        no("the of", "the end of it");
        no("", "text");
        no("-foo", "bar");
        no(&"(".repeat(100_000), "x");
    }
}
