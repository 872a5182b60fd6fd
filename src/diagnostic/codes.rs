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
    UNKNOWN_FIELD = "jqlx::bind::unknown_field", "No field has that name.";
    UNKNOWN_FUNCTION = "jqlx::bind::unknown_function", "No function has that name.";
    UNKNOWN_ENTITY = "jqlx::bind::unknown_entity", "No entity has that name.";
    UNKNOWN_VALUE = "jqlx::bind::unknown_value", "The site has no such status, project, version or other named value.";
    UNKNOWN_USER = "jqlx::bind::unknown_user", "No account has that id, name or e-mail.";
    UNKNOWN_GROUP = "jqlx::bind::unknown_group", "No group has that name.";
    UNKNOWN_PARAMETER = "jqlx::bind::unknown_parameter", "The query names a parameter that was not given.";
    UNUSED_PARAMETER = "jqlx::bind::unused_parameter", "A parameter was given that the query does not name.";
    WRONG_PARAMETER = "jqlx::bind::wrong_parameter", "A parameter's value does not fit its place.";
    WRONG_OPERATOR = "jqlx::bind::wrong_operator", "The field does not take that operator.";
    WRONG_OPERAND = "jqlx::bind::wrong_operand", "The operand does not fit the operator or the field.";
    WRONG_ARGUMENTS = "jqlx::bind::wrong_arguments", "A function has the wrong number or kind of arguments.";
    BAD_DATE = "jqlx::bind::bad_date", "A date cannot be read.";
    UNREAD_DURATION = "jqlx::bind::bad_duration", "A duration cannot be read.";
    UNREAD_NUMBER = "jqlx::bind::bad_number", "A number cannot be read.";
    NO_USER = "jqlx::bind::no_user", "currentUser() is asked for and no user is known.";
    NO_HISTORY = "jqlx::bind::no_history", "The field has no recorded history.";
    NOT_OF_ISSUES = "jqlx::bind::not_of_issues", "The entity belongs to no issue, so issues cannot be asked for by it.";
    NEEDS_ACTIVITY = "jqlx::bind::needs_activity", "An event attribute or event construct outside ACTIVITY.";
    NOT_YET = "jqlx::bind::not_yet", "A construct of the language that this version cannot evaluate.";
    NEEDS_DATA = "jqlx::bind::needs_data", "The tables do not hold what the field or function needs.";
    LEADING_WILDCARD = "jqlx::bind::leading_wildcard", "A word of a text search begins with * or ?.";
    BAD_PATTERN = "jqlx::bind::bad_pattern", "A regular expression cannot be read.";
    NOT_ORDERABLE = "jqlx::bind::not_orderable", "ORDER BY does not take that field.";
    WRONG_COLUMN = "jqlx::bind::wrong_column", "A column of GROUP BY, SHOW or ORDER BY does not fit there.";
    WRONG_PREDICATE = "jqlx::bind::wrong_predicate", "A predicate does not fit the clause.";
    WRONG_VERB = "jqlx::bind::wrong_verb", "The verb is none that the entity's events can have.";
    UNKNOWN_FILTER = "jqlx::bind::unknown_filter", "No saved query has that name or id.";
    FILTER_CYCLE = "jqlx::bind::filter_cycle", "Saved queries include each other in a circle.";
    FUTURE = "jqlx::bind::future", "AS OF names an instant that has not come yet.";
    UNKNOWN_CLOCK = "jqlx::bind::unknown_clock", "The data does not tell the time zone of somebody that the query asks of.";
    NOT_COVERED = "jqlx::bind::not_covered", "A query asks only of a time of which the data has no events.";
    NEVER_TRUE = "jqlx::bind::never_true", "A clause can hold for no row.";
    TOO_LARGE = "jqlx::plan::too_large", "The query has more clauses than can be planned.";
    NO_FOLDER = "jqlx::data::no_folder", "The data folder does not exist or cannot be read.";
    NO_PARQUET = "jqlx::data::no_parquet", "The data folder holds no events or issues in Parquet.";
    BAD_FILE = "jqlx::data::bad_file", "A Parquet file cannot be read.";
    BAD_COLUMN = "jqlx::data::bad_column", "A column has the wrong type.";
    BAD_ZONE = "jqlx::data::bad_zone", "A time column is not in UTC.";
    UNKNOWN_ZONE = "jqlx::data::unknown_zone", "The asking user's time zone is no zone that jqlx knows.";
    MISSING_COLUMN = "jqlx::data::missing_column", "A required column is missing.";
    MISSING_TABLE = "jqlx::data::missing_table", "The query needs a table that the data does not have.";
    OUT_OF_MEMORY = "jqlx::exec::out_of_memory", "The query reached its memory limit.";
    READ_FAILED = "jqlx::exec::read_failed", "Reading failed while the query ran.";
    INTERNAL = "jqlx::internal", "A mistake of jqlx itself; please report it.";
    BAD_LINE = "jqlx::input::bad_line", "A line of input is no JSON object with a query.";
    WRITE_FAILED = "jqlx::data::write_failed", "A dataset could not be written; what was there before is intact.";
    NOT_A_DATASET = "jqlx::data::not_a_dataset", "The folder to be written holds something other than tables of a dataset.";
    DATASET_EXISTS = "jqlx::data::exists", "The folder to be written holds a dataset, and nobody said to replace it.";
    DATASET_BUSY = "jqlx::data::busy", "Another run is writing the same dataset.";
    STORE_MISSING = "jqlx::store::missing", "There is no store at that place.";
    STORE_NEWER = "jqlx::store::newer", "The store was written by a newer version of jqlx.";
    STORE_DAMAGED = "jqlx::store::damaged", "A file of the store is missing, cut short or not what was written.";
    STORE_BUSY = "jqlx::store::busy", "Another run is writing the same store.";
    STORE_FAILED = "jqlx::store::write_failed", "The store could not be written; its last commit is intact.";
    STORE_NO_VERSION = "jqlx::store::no_version", "The store has no such version, or no longer.";
    STORE_REFUSED = "jqlx::store::refused", "What is to be brought into the store does not fit it.";
    IMPORT_UNREADABLE = "jqlx::import::unreadable", "A file to import could not be opened or read.";
    IMPORT_NOTHING = "jqlx::import::nothing", "Nothing in the files could be imported.";
    IMPORT_BAD_RECORD = "jqlx::import::bad_record", "A record is damaged or of no known shape and was left out.";
    IMPORT_BAD_VALUE = "jqlx::import::bad_value", "A value within a record could not be read and was left out.";
    IMPORT_INCOMPLETE = "jqlx::import::incomplete", "A record holds only a part of its changes, comments or work logs.";
    IMPORT_MIXED_TYPES = "jqlx::import::mixed_types", "A custom field has values of several types and became text.";
    IMPORT_SPOOL = "jqlx::import::spool", "The temporary files of an import could not be written or read.";
    REST_NO_SECRET = "jqlx::rest::no_secret", "The token for a site is missing, or others can read its file.";
    REST_UNREACHABLE = "jqlx::rest::unreachable", "There is no connection to a site.";
    REST_CUT = "jqlx::rest::cut", "The answer of a site did not come whole, or not in time.";
    REST_BAD_ANSWER = "jqlx::rest::bad_answer", "The answer of a site is not what its API answers.";
    REST_REDIRECTED = "jqlx::rest::redirected", "A site sends requests elsewhere; credentials are not sent after them.";
    REST_REFUSED = "jqlx::rest::refused", "A site does not take a request.";
    REST_UNAUTHORIZED = "jqlx::rest::unauthorized", "A site does not know the account or its token.";
    REST_FORBIDDEN = "jqlx::rest::forbidden", "The account may not see what was asked for.";
    REST_NOT_FOUND = "jqlx::rest::not_found", "A site does not have what was asked for, or hides it from the account.";
    REST_GONE = "jqlx::rest::gone", "A site no longer has a part of its API.";
    REST_LIMITED = "jqlx::rest::limited", "A site takes no more requests for now.";
    REST_SERVER = "jqlx::rest::server", "A site fails to answer.";
    LIVE_WHOLE_SITE = "jqlx::live::whole_site", "A query of a live site would fetch all of its issues, and nobody said to.";
    LIVE_NO_STORE = "jqlx::live::no_store", "A query of a live site needs activity, and there is no store that has it.";
    SYNC_SITE = "jqlx::sync::site", "The site to be fetched is not known, or not described well.";
    SYNC_OTHER_SITE = "jqlx::sync::other_site", "The store is kept up to date from another site.";
    SYNC_BUSY = "jqlx::sync::busy", "Another sync of the same store is under way.";
    SYNC_DENIED = "jqlx::sync::denied", "A part of a site was left out, because the account may not see it.";
    SYNC_HIDDEN = "jqlx::sync::hidden", "Issues can no longer be seen, and nothing tells whether they were deleted.";
    SYNC_SPOOL = "jqlx::sync::spool", "What was fetched could not be kept in temporary files.";
    CANNOT_READ = "jqlx::io::read", "A file or stdin cannot be read.";
    CANNOT_WRITE = "jqlx::io::write", "The output cannot be written: the disk is full, the folder is missing or not ours.";
    CONFIG_SYNTAX = "jqlx::config::syntax", "The configuration file is no TOML.";
    CONFIG_UNKNOWN_KEY = "jqlx::config::unknown_key", "The configuration file has a key that jqlx does not know.";
    CONFIG_WRONG_TYPE = "jqlx::config::wrong_type", "A value of the configuration file has the wrong type.";
    CONFIG_BAD_VALUE = "jqlx::config::bad_value", "A value of the configuration file is not one that its key takes.";
    TIMED_OUT = "jqlx::exec::timed_out", "The query did not end within the time that --timeout gives.";
}
