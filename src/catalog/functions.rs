//! What a function is (`reference/jql.md` section 7); the functions themselves are in `function_table` and `script_table`.

use super::function_table::FUNCTIONS as OWN;
pub use super::script::Script;
use super::script_table::SCRIPT_FUNCTIONS;
use crate::semantic::bound::Unit;

/// How a function is evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evaluation {
    /// The asking user.
    CurrentUser,
    /// The members of a group.
    MembersOf,
    /// Accounts that are not active.
    InactiveUsers,
    /// The instant of the query.
    Now,
    /// The first instant of the current unit, moved by an increment.
    StartOf(Unit),
    /// The last millisecond of the current unit, moved by an increment.
    EndOf(Unit),
    /// Sprints in a state.
    Sprints(&'static str),
    /// Versions that are released, or not.
    Versions {
        /// Released ones.
        released: bool,
    },
    /// The last released version of a project.
    LatestReleased,
    /// The first unreleased version of a project.
    EarliestUnreleased,
    /// Projects led by a user.
    ProjectsLedBy,
    /// Components led by a user.
    ComponentsLedBy,
    /// Projects in which the asking user has a role.
    ProjectsByRole,
    /// Issue types that are sub-tasks, or not.
    Types {
        /// Sub-task types.
        subtask: bool,
    },
    /// Members of organizations.
    OrganizationMembers,
    /// Options by their value.
    Choice,
    /// An option of a cascading select, perhaps with its suboption.
    Cascade,
    /// Issues linked to one.
    LinkedIssues,
    /// Issues with a remote link of an id.
    RemoteLinks,
    /// Issues that the asking user watches.
    Watched,
    /// Issues that the asking user voted for.
    Voted,
    /// Issues that a user changed.
    UpdatedBy,
    /// The issues that were viewed last.
    LastViewed,
    /// The start of the asking user's login, or of the one before.
    Login {
        /// The one before.
        previous: bool,
    },
    /// Nothing yet; the text says what is needed.
    Missing(&'static str),
    /// Another field of the row, for comparisons alone.
    OtherField,
    /// A regular expression, for `~` and `!~` alone.
    Regex,
    /// The issues of a saved query.
    SavedQuery,
    /// The hours of the calendar, for instants alone.
    WorkingTime,
    /// What people know from ScriptRunner and its like.
    Script(Script),
}

/// What a function returns, which decides where it may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Returns {
    User,
    Users,
    Instant,
    Issues,
    Versions,
    Version,
    Sprints,
    Types,
    Projects,
    Components,
    Options,
    State,
    /// A value of the row.
    Field,
    /// A pattern of text.
    Pattern,
    /// Times of the week.
    Hours,
}

impl Returns {
    /// Whether it is a list, for IN and NOT IN only.
    pub fn is_list(self) -> bool {
        !matches!(self, Self::User | Self::Instant | Self::Version | Self::State | Self::Field | Self::Pattern)
    }
}

/// One function.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// Other names, all compared ignoring case.
    pub aliases: &'static [&'static str],
    /// The arguments, for messages: `group`, `[increment]`.
    pub arguments: &'static str,
    /// Fewest arguments.
    pub least: usize,
    /// Most arguments.
    pub most: usize,
    /// What comes out.
    pub returns: Returns,
    /// How.
    pub evaluation: Evaluation,
    /// One sentence.
    pub doc: &'static str,
    /// A clause that uses it.
    pub example: &'static str,
}

impl Function {
    /// Whether the name, ignoring case, is one of the function's.
    pub fn is_called(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name) || self.aliases.iter().any(|a| a.eq_ignore_ascii_case(name))
    }

    /// `membersOf(group)`
    pub fn signature(&self) -> String {
        format!("{}({})", self.name, self.arguments)
    }
}

/// Every function: JQL's and those that jqlx adds, then ScriptRunner's, each in alphabetical order.
pub const FUNCTIONS: &[Function] = &joined::<{ OWN.len() + SCRIPT_FUNCTIONS.len() }>();

const fn joined<const N: usize>() -> [Function; N] {
    let mut out = [OWN[0]; N];
    let mut at = 0;
    while at < N {
        out[at] = if at < OWN.len() { OWN[at] } else { SCRIPT_FUNCTIONS[at - OWN.len()] };
        at += 1;
    }
    out
}

/// The function of a name, ignoring case.
pub fn function(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|f| f.is_called(name))
}
