//! Clauses on what issues are now: every field with every operator that it takes, and every function.

use super::random::Random;
use super::site::{
    CHANNELS, COMPONENTS, LABELS, LEVELS, ORGANIZATIONS, PLACES, PRIORITIES, PROJECTS, REQUESTS, SEVERITIES, SPRINTS, TEAMS, TYPES,
    VERSIONS,
};

/// A field, its operators (E: `=`, `!=`, IN, NOT IN; C: `<` and its like; I: IS EMPTY; T: `~`, N: `!~`; W: `~` and `!~`
/// with wildcards), and values that it may be asked for.
pub type Field = (&'static str, &'static str, &'static [&'static str]);

pub const DATES: &[&str] = &[
    "2026-03-07 03:00",
    "2026-03-07 21:00",
    "2026-03-08 05:00",
    "2026-03-08 12:00",
    "2026-03-09 09:00",
    "2026-03-10 00:00",
    "2026-03-06",
    "2026-03-07",
    "2026-03-08",
    "2026-03-09",
    "2026-03-10",
    "2026-03-11",
    "-1d",
    "-30h",
    "now()",
    "startOfDay()",
    "endOfDay(-1)",
    "startOfWeek()",
    "startOfMonth(\"+8d\")",
];
const DAYS: &[&str] =
    &["2026-03-07", "2026-03-08", "2026-03-09", "2026-03-10", "2026-03-11", "-1d", "now()", "endOfDay()", "startOfDay(-1)"];
const USERS: &[&str] = &["ann", "bob", "cid", "lee", "currentUser()", "dan@x.test", "Dan Roe"];
const KEYS: &[&str] = &["PA-1", "pb-5", "PA-9", "PB-13", "PZ-7", "PA-99", "101", "104"];
pub const WORDS: &[&str] = &["crash", "login", "log*", "crash -login", "\\\"crash login\\\"", "logins OR end", "end"];
const COUNTS: &[&str] = &["0", "1", "2"];

const FIELDS: &[Field] = &[
    ("type", "EI", TYPES),
    ("issueType", "E", TYPES),
    ("status", "EI", &["Open", "doing", "Closed", "2"]),
    ("statusCategory", "E", &["Done", "To Do", "indeterminate"]),
    ("priority", "ECI", PRIORITIES),
    ("resolution", "ECI", &["Fixed", "Refused"]),
    ("resolution", "E", &["Unresolved", "Fixed"]),
    ("assignee", "EI", USERS),
    ("reporter", "EI", USERS),
    ("creator", "EI", USERS),
    ("voter", "EI", USERS),
    ("watcher", "EI", USERS),
    ("projectLead", "EI", USERS),
    ("category", "EI", &["Money"]),
    ("projectType", "E", &["software", "service_desk"]),
    ("workflow", "E", &["Plain flow"]),
    ("labels", "EI", LABELS),
    ("component", "EI", COMPONENTS),
    ("fixVersion", "ECI", VERSIONS),
    ("affectedVersion", "ECI", VERSIONS),
    ("fixVersion", "W", &["*.0", "?.0", "2*", "10.0"]),
    ("affectedVersion", "W", &["*.0", "3?0", "x*"]),
    ("sprint", "EI", SPRINTS),
    ("sprint", "E", &["7", "8"]),
    ("level", "EI", LEVELS),
    ("organizations", "E", ORGANIZATIONS),
    ("\"Request Type\"", "E", REQUESTS),
    ("request-channel-type", "EI", CHANNELS),
    ("request-last-activity-time", "ECI", DATES),
    ("change-gating-type", "EI", &["tracked-only"]),
    ("attachments", "I", &[]),
    ("created", "ECI", DATES),
    ("updated", "ECI", DATES),
    ("resolved", "ECI", DATES),
    ("lastViewed", "ECI", DATES),
    ("statusCategoryChangedDate", "ECI", DATES),
    ("created", "C", &["currentLogin()", "lastLogin()"]),
    ("due", "ECI", DAYS),
    ("votes", "ECI", COUNTS),
    ("watchers", "EC", COUNTS),
    ("hierarchyLevel", "EC", &["-1", "0", "1"]),
    ("originalEstimate", "ECI", &["30m", "1h", "0"]),
    ("remainingEstimate", "ECI", &["30m", "1h", "0"]),
    ("timeSpent", "ECI", &["25m", "1h", "0"]),
    ("workRatio", "ECI", &["0", "41", "83", "100", "166"]),
    ("\"Story Points\"", "ECI", &["1", "2.5", "0"]),
    ("development[pullrequests].all", "C", COUNTS),
    ("development[pullrequests].open", "C", COUNTS),
    ("development[commits].all", "C", COUNTS),
    ("development[reviews].all", "C", COUNTS),
    ("development[reviews].open", "C", COUNTS),
    ("development[builds].failing", "C", COUNTS),
    ("summary", "TNI", WORDS),
    ("description", "TNI", WORDS),
    ("environment", "TNI", WORDS),
    ("textfields", "T", WORDS),
    ("comment", "TN", WORDS),
    ("worklogComment", "TN", WORDS),
    ("worklogAuthor", "EI", USERS),
    ("worklogDate", "EC", DAYS),
    ("Severity", "EI", SEVERITIES),
    ("cf[10001]", "EI", SEVERITIES),
    ("Teams", "EI", TEAMS),
    ("Place", "EI", PLACES),
    ("Weight", "ECI", &["0", "1.5", "3"]),
    ("Kickoff", "ECI", DAYS),
    ("Buddy", "EI", USERS),
    ("Notes", "TNI", WORDS),
    ("Live", "ECI", DATES),
    ("parent", "EI", KEYS),
    ("\"Epic Link\"", "EI", KEYS),
    ("parentEpic", "E", KEYS),
    ("linkedIssue", "E", KEYS),
    ("parentProject", "E", PROJECTS),
    ("issueLink", "E", KEYS),
    ("issueLink[\"is blocked by\"]", "E", KEYS),
    ("issueBlocks", "E", KEYS),
    ("issueLinkType", "E", &["Blocks", "blocks", "is cloned by", "relates to"]),
    ("issue.property[build].state", "EI", &["ok", "bad"]),
    ("issue.property[build].tags.name", "EI", &["x", "y"]),
    ("issue.property[volume]", "E", &["1", "big"]),
    ("filter", "E", &["My bugs", "Early", "1"]),
    ("assignee", "F", &["membersOf(devs)", "organizationMembers(Acme)", "organizationMembers(Acme, Umbra)", "inactiveUsers()"]),
    ("reporter", "F", &["membersOf(devs)", "organizationMembers(Umbra)", "inactiveUsers()"]),
    ("watcher", "F", &["membersOf(devs)", "inactiveUsers()"]),
    ("worklogAuthor", "F", &["membersOf(devs)", "inactiveUsers()"]),
    ("fixVersion", "F", &["releasedVersions()", "unreleasedVersions(PA)", "unreleasedVersions()", "releasedVersions(PB)"]),
    ("fixVersion", "E", &["latestReleasedVersion(PA)", "earliestUnreleasedVersion(PB)"]),
    ("affectedVersion", "F", &["releasedVersions()", "unreleasedVersions(PB)"]),
    ("component", "F", &["componentsLeadByUser()", "componentsLeadByUser(bob)"]),
    ("sprint", "F", &["openSprints()", "closedSprints()", "futureSprints()"]),
    ("type", "F", &["standardIssueTypes()", "subtaskIssueTypes()"]),
    ("Teams", "F", &["choiceOption(red)", "choiceOption(blue, \"10\")"]),
    ("Severity", "F", &["choiceOption(S1, s2)"]),
    ("Place", "F", &["cascadeOption(Europe)", "cascadeOption(Europe, oslo)", "cascadeOption(Europe, none)"]),
];

/// Clauses that mean something else in ACTIVITY.
const OF_ISSUES: &[Field] = &[
    ("text", "T", WORDS),
    ("project", "EI", PROJECTS),
    ("project", "F", &["projectsLeadByUser()", "projectsLeadByUser(bob)", "projectsWhereUserHasRole(Makers)"]),
    ("key", "E", KEYS),
    ("id", "E", &["101", "103", "PA-1"]),
    ("key", "C", &["PA-5", "PB-9", "PA-1"]),
    ("key", "W", &["PA-*", "*-1", "p?-1?", "*"]),
    ("key", "F", ISSUES),
    ("key", "F", ISSUES),
];

const ISSUES: &[&str] = &[
    "linkedIssues(PA-1)",
    "linkedIssues(PB-5, blocks)",
    "linkedIssues(PA-9, \"is blocked by\", \"relates to\")",
    "votedIssues()",
    "watchedIssues()",
    "issueHistory()",
    "issuesWithRemoteLinksByGlobalId(g1)",
    "issuesWithRemoteLinksByGlobalId(g1, g2)",
    "updatedBy(bob)",
    "updatedBy(ann, \"2026-03-08\")",
    "updatedBy(cid, \"2026-03-07\", \"2026-03-09\")",
    "updatedBy(lee, \"-2d\")",
];

/// A value as it may be written: bare where that is possible, else in quotes.
fn written(value: &str, random: &mut Random) -> String {
    // `end` and `user` are reserved words.
    let plain = !["end", "user"].contains(&value) && value.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '.');
    if value.ends_with(')') || (plain && random.chance(50)) { value.to_string() } else { format!("\"{value}\"") }
}

fn one(of: &[&str], random: &mut Random) -> String {
    let value = random.pick(of);
    written(value, random)
}

/// A list of values, with EMPTY among them where the field may be empty.
pub fn list(of: &[&str], empties: bool, random: &mut Random) -> String {
    let member = |random: &mut Random| if empties && random.chance(30) { "EMPTY".to_string() } else { one(of, random) };
    let members: Vec<String> = (0..random.between(1, 3)).map(|_| member(random)).collect();
    format!("({})", members.join(", "))
}

/// A clause with one of the operators of the field.
pub fn of_field((field, operators, of): Field, random: &mut Random) -> String {
    let operators: Vec<char> = operators.chars().collect();
    let empties = operators.contains(&'I');
    match random.pick(&operators) {
        'E' => match random.below(4) {
            0 => format!("{field} = {}", one(of, random)),
            1 => format!("{field} != {}", one(of, random)),
            2 => format!("{field} IN {}", list(of, empties, random)),
            _ => format!("{field} NOT IN {}", list(of, empties, random)),
        },
        'C' => format!("{field} {} {}", random.pick(&["<", "<=", ">", ">="]), one(of, random)),
        'I' => format!("{field} {}", random.pick(&["IS EMPTY", "IS NOT EMPTY", "= EMPTY", "!= NULL"])),
        'T' => format!("{field} ~ {}", one(of, random)),
        'N' => format!("{field} !~ {}", one(of, random)),
        'W' => format!("{field} {} {}", random.pick(&["~", "!~"]), one(of, random)),
        'F' => format!("{field} {} {}", random.pick(&["IN", "NOT IN"]), random.pick(of)),
        other => panic!("{other} is no group of operators"),
    }
}

/// Fields that compare with each other.
const ALIKE: &[&[&str]] = &[
    &["created", "updated", "resolved", "due", "lastViewed", "Kickoff", "Live", "statusCategoryChangedDate"],
    &["assignee", "reporter", "creator", "Buddy"],
    &["timeSpent", "originalEstimate", "remainingEstimate"],
    &["votes", "watchers", "\"Story Points\"", "Weight", "workRatio"],
    &["Severity", "priority", "status", "level"],
];
const OFFSETS: &[&str] = &["", "", ", \"+1d\"", ", \"-2d\"", ", \"12h\"", ", \"-1d 6h\"", ", \"1w\""];

/// `resolved > field(due)`
pub fn between(random: &mut Random) -> String {
    let at = random.below(ALIKE.len() + 2).saturating_sub(2);
    let (left, right) = (random.pick(ALIKE[at]), random.pick(ALIKE[at]));
    // A level is no option, and only options are like any name.
    let left = if at == 4 { "Severity" } else { left };
    let ordered = ["=", "!=", "<", "<=", ">", ">="];
    let op = if [1, 4].contains(&at) { random.pick(&ordered[..2]) } else { random.pick(&ordered) };
    let offset = if at == 0 { random.pick(OFFSETS) } else { "" };
    format!("{left} {op} field({right}{offset})")
}

/// `labels ~ regex("^a")`
pub fn pattern(random: &mut Random) -> String {
    let fields =
        ["summary", "description", "comment", "worklogComment", "status", "labels", "component", "fixVersion", "Teams", "Notes"];
    let patterns = ["(?i)crash", "^[a-mA-M]", "log.n", "\\\\d", "e$", "", "(?i)^ui$"];
    format!("{} {} regex(\"{}\")", random.pick(&fields), random.pick(&["~", "!~"]), random.pick(&patterns))
}

/// `created NOT IN workingTime(reporter)`
pub fn working(dates: &[&str], users: &[&str], random: &mut Random) -> String {
    let whose = if random.chance(40) { "" } else { random.pick(users) };
    format!("{} {} workingTime({whose})", random.pick(dates), random.pick(&["IN", "NOT IN"]))
}

/// A clause on the present of an issue.
pub fn clause(random: &mut Random) -> String {
    match random.below(15) {
        2 => {
            let dates = ["created", "updated", "resolved", "lastViewed", "Live", "statusCategoryChangedDate"];
            return working(&dates, &["assignee", "reporter", "creator", "Buddy"], random);
        }
        0 => return between(random),
        1 => return pattern(random),
        _ => {}
    }
    let field = random.pick(FIELDS);
    of_field(field, random)
}

/// A clause on the issue itself and its project.
pub fn of_the_key(random: &mut Random) -> String {
    let field = random.pick(OF_ISSUES);
    of_field(field, random)
}
