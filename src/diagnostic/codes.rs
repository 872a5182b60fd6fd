//! The one list of diagnostic codes. A released code is never reused or renamed.

use serde::{Serialize, Serializer};

/// A stable diagnostic code such as `jqlx::syntax::unterminated_string`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Code {
    /// The full name.
    pub name: &'static str,
    /// One sentence: when it fires.
    pub summary: &'static str,
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.name)
    }
}

macro_rules! codes {
    ($($id:ident = $name:literal, $summary:literal;)*) => {
        $(#[doc = $summary] pub const $id: Code = Code { name: $name, summary: $summary };)*
        /// Every code, in order of phase.
        pub const ALL: &[Code] = &[$($id),*];
    };
}

codes! {
    UNEXPECTED = "jqlx::syntax::unexpected", "The text does not fit the grammar at this place.";
    UNTERMINATED_STRING = "jqlx::syntax::unterminated_string", "A quote is opened and never closed.";
    BAD_ESCAPE = "jqlx::syntax::bad_escape", "A backslash is followed by something that is no escape.";
    BAD_CHARACTER = "jqlx::syntax::bad_character", "A character that may not stand outside quotes, or a control character within them.";
    RESERVED_WORD = "jqlx::syntax::reserved_word", "A reserved word is used as a name or value without quotes.";
    UNBALANCED = "jqlx::syntax::unbalanced_parenthesis", "A parenthesis is missing its partner.";
    MISSING_CLAUSE = "jqlx::syntax::missing_clause", "A clause is expected here and there is none.";
    MISSING_CONNECTIVE = "jqlx::syntax::missing_connective", "Two clauses stand side by side without AND or OR.";
    MISSING_OPERAND = "jqlx::syntax::missing_operand", "An operator or predicate has no operand, or one of the wrong shape.";
    MISSING_OPERATOR = "jqlx::syntax::missing_operator", "A field or count has no operator or comparison behind it.";
    MISSING_COMMA = "jqlx::syntax::missing_comma", "Two members of a list stand side by side without a comma.";
    MISPLACED = "jqlx::syntax::misplaced_clause", "A clause such as ORDER BY stands twice, or in the wrong order.";
    BAD_NUMBER = "jqlx::syntax::bad_number", "A count is asked for and there is none.";
    BAD_DURATION = "jqlx::syntax::bad_duration", "A duration such as 30m or 3d is asked for and there is none.";
    UNKNOWN_OPERATOR = "jqlx::syntax::unknown_operator", "An operator that JQL does not have, such as == or LIKE.";
    NOT_JQL = "jqlx::syntax::not_jql", "An extension of jqlx in the plain JQL dialect.";
    TOO_DEEP = "jqlx::syntax::too_deep", "The query nests deeper than jqlx reads.";
    TOO_LONG = "jqlx::syntax::too_long", "The query is longer than jqlx reads.";
    BAD_LINE = "jqlx::input::bad_line", "A line of input is no JSON object with a query.";
}
