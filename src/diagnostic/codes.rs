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
    UNKNOWN_OPERATOR = "jqlx::syntax::unknown_operator", "An operator that JQL does not have, such as == or LIKE.";
    NOT_JQL = "jqlx::syntax::not_jql", "An extension of jqlx in the plain JQL dialect.";
    TOO_DEEP = "jqlx::syntax::too_deep", "The query nests deeper than jqlx reads.";
    TOO_LONG = "jqlx::syntax::too_long", "The query is longer than jqlx reads.";
    WRITE_FAILED = "jqlx::data::write_failed", "A dataset could not be written; what was there before is intact.";
    NOT_A_DATASET = "jqlx::data::not_a_dataset", "The folder to be written holds something other than tables of a dataset.";
    DATASET_EXISTS = "jqlx::data::exists", "The folder to be written holds a dataset, and nobody said to replace it.";
    DATASET_BUSY = "jqlx::data::busy", "Another run is writing the same dataset.";
    IMPORT_UNREADABLE = "jqlx::import::unreadable", "A file to import could not be opened or read.";
    IMPORT_NOTHING = "jqlx::import::nothing", "Nothing in the files could be imported.";
    IMPORT_BAD_RECORD = "jqlx::import::bad_record", "A record is damaged or of no known shape and was left out.";
    IMPORT_BAD_VALUE = "jqlx::import::bad_value", "A value within a record could not be read and was left out.";
    IMPORT_INCOMPLETE = "jqlx::import::incomplete", "A record holds only a part of its changes, comments or work logs.";
    IMPORT_MIXED_TYPES = "jqlx::import::mixed_types", "A custom field has values of several types and became text.";
    IMPORT_SPOOL = "jqlx::import::spool", "The temporary files of an import could not be written or read.";
}
