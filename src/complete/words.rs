//! The words of clauses, each with what it means: completion and help read this table.

/// A word, or words that belong together.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// In capitals, as it is usually written.
    pub text: &'static str,
    /// One sentence.
    pub doc: &'static str,
}

macro_rules! words {
    ($($name:ident = $text:literal, $doc:literal;)*) => {
        $(pub(super) const $name: Word = Word { text: $text, doc: $doc };)*

        impl Word {
            /// Every word of the language that is no field, function, entity or verb.
            pub const ALL: &[Word] = &[$($name),*];
        }
    };
}

words! {
    ACTIVITY_WHERE = "ACTIVITY WHERE", "The rows are events that fit what follows.";
    ISSUES_WHERE = "ISSUES WHERE", "The rows are issues; so they are without it, too.";
    WHERE = "WHERE", "What the rows must fit follows.";
    AND = "AND", "Both hold.";
    OR = "OR", "At least one holds.";
    NOT = "NOT", "What follows does not hold.";
    THEN = "THEN", "Another event came later, of the same thing or person.";
    EMPTY = "EMPTY", "No value.";
    AFTER = "AFTER", "Later than an instant.";
    BEFORE = "BEFORE", "Earlier than an instant.";
    ON = "ON", "On a day.";
    DURING = "DURING", "Between two instants: DURING (start, end).";
    BY = "BY", "Who did it.";
    FROM = "FROM", "The old value.";
    TO = "TO", "The new value.";
    VIA = "VIA", "How it was done: by a user, an app, an automation.";
    TIMES = "TIMES >=", "How often it happened.";
    WITHIN = "WITHIN", "So close together in time.";
    SAME = "SAME", "The events share an attribute.";
    FOR = "FOR >=", "For how long it was so.";
    WHILE = "WHILE", "What else was so at the same time.";
    ORDER_BY = "ORDER BY", "How the rows are sorted.";
    GROUP_BY = "GROUP BY", "Rows of the same values become one.";
    SHOW = "SHOW", "Which columns the answer has.";
    LIMIT = "LIMIT", "How many rows at most.";
    AS_OF = "AS OF", "As it would have been answered at an instant.";
    ASC = "ASC", "The least first.";
    DESC = "DESC", "The greatest first.";
    AS = "AS", "The name of the column.";
}
