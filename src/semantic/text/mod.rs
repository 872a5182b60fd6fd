//! JQL's text search (`reference/jql.md` section 5): words ANDed, stemmed, phrases, wildcards, Boolean operators.
//!
//! Query and data pass through the same analysis (`tokens`): words, lower case, English stop words out, Snowball English
//! stems. `parse` turns the search string into a flat program; `matcher` runs it over texts, and `needles` lets it pass over
//! those that cannot match.
//!
//! What the reference leaves open is decided so:
//!
//! * A stop word inside a phrase stands for any stop word: `"quick the fox"` does not find "quick fox".
//! * OR binds weaker than the AND between words. An alternative that only excludes (`a OR -b`) finds nothing by itself.
//! * E-mail addresses and URLs are found as they are written. Their parts are found as words too.
//! * A dash between spaces is punctuation on Cloud and NOT on Data Center.
//! * Wildcards and fuzzy words are compared with whole words, not with stems.
//!
//! A regular expression is a query of another flavour, so that it works wherever a search does.

mod compare;
mod matcher;
mod needles;
mod parse;
mod program;
#[cfg(test)]
mod reference;
#[cfg(test)]
mod tests;
mod tokens;

use std::sync::Arc;

use regex::Regex;

pub use matcher::Matcher;
use program::Program;

/// Whose rules a search string follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TextFlavor {
    /// Jira Cloud: the marks of fuzzy words, proximity and boost are ignored, `?` at the end of a word means `*`.
    #[default]
    Cloud,
    /// Jira Data Center: `roam~` and `roam~0.8` find words spelt alike, `"a b"~10` words near each other, `?` is one letter.
    DataCenter,
    /// No words at all: a regular expression, found anywhere in the text, minding case.
    Regex,
}

impl TextFlavor {
    /// Its name in plans.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cloud => "cloud",
            Self::DataCenter => "datacenter",
            Self::Regex => "regex",
        }
    }

    /// The flavour of that name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Cloud, Self::DataCenter, Self::Regex].into_iter().find(|f| f.name() == name)
    }
}

/// A text query, ready to be matched against texts.
///
/// ```
/// use jqlx::semantic::text::{TextFlavor, TextQuery};
/// let q = TextQuery::new("\"full screen\" OR crash*", TextFlavor::Cloud);
/// assert!(q.matches("It crashed."));
/// assert!(q.matches("Full screens flicker"));
/// assert!(!q.matches("the screen is full"));
/// ```
#[derive(Clone)]
pub struct TextQuery {
    source: String,
    flavor: TextFlavor,
    leading_wildcard: bool,
    program: Arc<Program>,
    pattern: Option<Regex>,
}

impl TextQuery {
    /// Reads a search string. None is an error; see [`TextQuery::is_empty`] and [`TextQuery::has_leading_wildcard`]. A
    /// regular expression that cannot be read matches nothing; [`TextQuery::regex`] says why.
    pub fn new(source: &str, flavor: TextFlavor) -> Self {
        let (program, leading_wildcard, pattern) = match flavor {
            TextFlavor::Regex => (Program { never: true, ..Program::default() }, false, Regex::new(source).ok()),
            _ => {
                let (program, leading_wildcard) = parse::parse(source, flavor);
                (program, leading_wildcard, None)
            }
        };
        Self { source: source.to_string(), flavor, leading_wildcard, program: Arc::new(program), pattern }
    }

    /// Reads a regular expression.
    ///
    /// ```
    /// use jqlx::semantic::text::TextQuery;
    /// assert!(TextQuery::regex("(?i)time-?out").unwrap().matches("A Timeout"));
    /// assert_eq!(TextQuery::regex("a(b").unwrap_err(), "unclosed group");
    /// ```
    ///
    /// # Errors
    ///
    /// The reason in a few words.
    pub fn regex(source: &str) -> Result<Self, String> {
        match Regex::new(source) {
            Ok(pattern) => Ok(Self {
                source: source.to_string(),
                flavor: TextFlavor::Regex,
                leading_wildcard: false,
                program: Arc::new(Program { never: true, ..Program::default() }),
                pattern: Some(pattern),
            }),
            Err(regex::Error::CompiledTooBig(_)) => Err("it is too large".to_string()),
            // The reason is the last line; those before it draw the pattern.
            Err(error) => {
                let text = error.to_string();
                let last = text.lines().last().unwrap_or_default();
                Err(last.trim().trim_start_matches("error: ").to_string())
            }
        }
    }

    /// As the user wrote it.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whose rules it follows.
    pub fn flavor(&self) -> TextFlavor {
        self.flavor
    }

    /// Whether nothing can match: the query has only stop words or only negations.
    pub fn is_empty(&self) -> bool {
        self.program.never && self.pattern.is_none()
    }

    /// Whether a word begins with `*` or `?`, which Jira refuses.
    pub fn has_leading_wildcard(&self) -> bool {
        self.leading_wildcard
    }

    /// Whether a text matches. For many texts, ask a [`Matcher`].
    pub fn matches(&self, text: &str) -> bool {
        self.matcher().matches(text)
    }

    /// The query at work on many texts.
    ///
    /// ```
    /// use jqlx::semantic::text::{TextFlavor, TextQuery};
    /// let query = TextQuery::new("leak -test", TextFlavor::Cloud);
    /// let mut matcher = query.matcher();
    /// let found = ["a leak", "leak test", "leaks"].into_iter().filter(|t| matcher.matches(t)).count();
    /// assert_eq!(found, 2);
    /// ```
    pub fn matcher(&self) -> Matcher<'_> {
        Matcher::new(&self.program, self.pattern.as_ref())
    }
}

impl PartialEq for TextQuery {
    fn eq(&self, other: &Self) -> bool {
        (&self.source, self.flavor) == (&other.source, other.flavor)
    }
}

impl Eq for TextQuery {}

impl std::hash::Hash for TextQuery {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (&self.source, self.flavor).hash(state);
    }
}

impl std::fmt::Debug for TextQuery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TextQuery").field("source", &self.source).field("flavor", &self.flavor).finish_non_exhaustive()
    }
}
