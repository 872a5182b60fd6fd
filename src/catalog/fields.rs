//! What a field of JQL is (`reference/jql.md` section 2); the fields themselves are in `field_table`.

pub use super::field_table::FIELDS;
use crate::semantic::bound::Shape;

/// What the values of a field are: decides operators, value resolution and ordering.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Kind {
    User,
    Status,
    StatusCategory,
    Priority,
    Resolution,
    IssueType,
    Project,
    ProjectCategory,
    Version,
    Component,
    Label,
    Sprint,
    /// An issue key or id.
    Issue,
    SecurityLevel,
    LinkType,
    ProjectType,
    Organization,
    Workflow,
    Filter,
    /// An option of a select list.
    Option,
    /// Searched with `~`.
    Text,
    /// Compared as a whole (event attributes, URLs).
    Name,
    Number,
    /// Seconds; written as `2h 30m`.
    Duration,
    DateTime,
    /// A day without time.
    Date,
}

impl Kind {
    /// The kind in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Status => "status",
            Self::StatusCategory => "status category",
            Self::Priority => "priority",
            Self::Resolution => "resolution",
            Self::IssueType => "issue type",
            Self::Project => "project",
            Self::ProjectCategory => "project category",
            Self::Version => "version",
            Self::Component => "component",
            Self::Label => "label",
            Self::Sprint => "sprint",
            Self::Issue => "issue",
            Self::SecurityLevel => "security level",
            Self::LinkType => "link type",
            Self::ProjectType => "project type",
            Self::Organization => "organization",
            Self::Workflow => "workflow",
            Self::Filter => "filter",
            Self::Option => "option",
            Self::Text => "text",
            Self::Name => "name",
            Self::Number => "number",
            Self::Duration => "duration",
            Self::DateTime => "date and time",
            Self::Date => "date",
        }
    }

    /// `an issue field`, `a user field`.
    pub(crate) fn field_with_article(self) -> String {
        let name = self.name();
        // `user` begins with the sound of a consonant.
        let vowel = name.starts_with(['a', 'e', 'i', 'o']);
        format!("{} {name} field", if vowel { "an" } else { "a" })
    }
}

/// Groups of operators, as the columns of `reference/jql.md` section 2 name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operators {
    /// `=` `!=` IN, NOT IN
    pub equality: bool,
    /// `<` `<=` `>` `>=`
    pub order: bool,
    /// IS EMPTY, IS NOT EMPTY
    pub empty: bool,
    /// `~`
    pub text: bool,
    /// `!~`
    pub not_text: bool,
}

/// Operators by letters: E, C (comparisons), I (IS EMPTY), T (`~`), ! (`!~`).
pub(crate) const fn ops(spec: &str) -> Operators {
    let s = spec.as_bytes();
    let (mut equality, mut order, mut empty, mut text, mut not_text) = (false, false, false, false, false);
    let mut i = 0;
    while i < s.len() {
        match s[i] {
            b'E' => equality = true,
            b'C' => order = true,
            b'I' => empty = true,
            b'T' => text = true,
            b'!' => not_text = true,
            _ => {}
        }
        i += 1;
    }
    Operators { equality, order, empty, text, not_text }
}

impl Operators {
    /// The operators as a list for messages.
    pub fn list(self, history: bool) -> String {
        self.each(history).join(", ")
    }

    /// The operators, in the order in which messages name them.
    pub fn each(self, history: bool) -> Vec<&'static str> {
        let groups: [(bool, &[&str]); 6] = [
            (self.equality, &["=", "!=", "IN", "NOT IN"]),
            (self.order, &["<", "<=", ">", ">="]),
            (self.empty, &["IS EMPTY", "IS NOT EMPTY"]),
            (self.text, &["~"]),
            (self.not_text, &["!~"]),
            (history, &["WAS", "WAS NOT", "WAS IN", "WAS NOT IN", "CHANGED"]),
        ];
        groups.into_iter().filter(|(has, _)| *has).flat_map(|(_, operators)| operators).copied().collect()
    }
}

/// Where the present value of a field is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A column of `issues`.
    Issue(&'static str, Shape),
    /// The issue itself: its key, or its id where a number is given.
    Key,
    /// The category of the issue's project.
    ProjectCategory,
    /// The lead of the issue's project.
    ProjectLead,
    /// The type of the issue's project.
    ProjectType,
    /// The workflows of the issue's project.
    Workflow,
    /// The category of the issue's status.
    StatusCategory,
    /// The level of the issue's type.
    HierarchyLevel,
    /// Time spent as a percentage of the estimate.
    WorkRatio,
    /// All text columns, custom ones too, and perhaps comments.
    Texts {
        /// Whether comments count.
        comments: bool,
    },
    /// The text of comments.
    Comment,
    /// Who logged work.
    WorklogAuthor,
    /// The notes of work logs.
    WorklogComment,
    /// The days of logged work.
    WorklogDate,
    /// Issues at the other end of links.
    Links,
    /// Types of links.
    LinkType,
    /// The parent or the epic.
    Above,
    /// The epic, or that of the parent.
    EpicAbove,
    /// A saved query.
    Filter,
    /// What a function finds.
    Function,
    /// An entity property; its key and path stand in the query.
    Property,
    /// Nothing in the tables yet; the text says what is needed.
    Missing(&'static str),
}

/// One field.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The name that messages and answers use.
    pub name: &'static str,
    /// Other names, all compared ignoring case.
    pub aliases: &'static [&'static str],
    /// What its values are.
    pub kind: Kind,
    /// What may be asked of it.
    pub operators: Operators,
    /// Where it is found.
    pub source: Source,
    /// What events call it in `field`; empty: no history.
    pub history: &'static [&'static str],
    /// Whether ORDER BY takes it.
    pub orderable: bool,
    /// One sentence.
    pub doc: &'static str,
    /// A clause that uses it.
    pub example: &'static str,
}

impl Field {
    /// Whether the name, ignoring case, is one of the field's.
    pub fn is_called(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name) || self.aliases.iter().any(|a| a.eq_ignore_ascii_case(name))
    }
}

/// The issue field of a name, ignoring case.
pub fn field(name: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|f| f.is_called(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_used_twice() {
        let mut names: Vec<String> =
            FIELDS.iter().flat_map(|f| std::iter::once(&f.name).chain(f.aliases)).map(|n| n.to_lowercase()).collect();
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
