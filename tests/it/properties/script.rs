//! Clauses of ScriptRunner's functions, with random arguments.

use super::random::Random;

const QUERIES: &[&str] = &[
    "",
    "type = Bug",
    "status = Open",
    "assignee = ann",
    "votes > 0 ORDER BY key",
    "comment ~ crash",
    "NOT due < now()",
    "issueFunction IN hasComments()",
    "parent IS NOT EMPTY",
];
const PHRASES: &[&str] = &["blocks", "is blocked by", "relates to"];
const COUNTS: &[&str] = &["0", "1", "2", "+0", "+1", "-1", "-2"];
const WORDS: &[&str] = &["by ann", "by bob", "by currentUser()", "inGroup devs", "inRole Makers"];
const TIMES: &[&str] = &["after -2d", "before 2026-03-08", "on 2026-03-08", "after startOfDay(-1)", "after '2026-03-07 12:00'"];
const COMPARISONS: &[&str] = &[
    "resolved > due",
    "resolved + 1d < due + 1w",
    "created.clearTime() = updated.clearTime()",
    "updated - 12h >= created",
    "due <= Kickoff - 1d",
    "now() - 2d < Live",
];
const EXPRESSIONS: &[&str] = &[
    "timespent + remainingestimate > originalestimate",
    "timespent / originalestimate <= 1",
    "(votes + 1) * 2 > watchers - Weight",
    "updated - created > 1d",
    "created + timespent < resolved",
    "-timespent < 0h",
    "StoryPoints >= Weight",
    "originalestimate * 2 != timespent",
];

/// Whatever the words are, they stand in quotes.
fn words(random: &mut Random) -> String {
    let mut parts: Vec<String> = random.several(WORDS, 1);
    parts.extend(random.several(TIMES, 2));
    if parts.is_empty() {
        parts.push("by cid".to_string());
    }
    parts.join(" ")
}

/// Words without groups and roles.
fn few_words(random: &mut Random) -> String {
    format!("{} {}", random.pick(&WORDS[..3]), random.pick(TIMES))
}

fn count(random: &mut Random) -> String {
    format!("\"{}\"", random.pick(COUNTS))
}

/// `issueFunction IN ...`
pub fn clause(random: &mut Random) -> String {
    let query = random.pick(QUERIES);
    let phrase = if random.chance(40) { format!(", \"{}\"", random.pick(PHRASES)) } else { String::new() };
    let call = match random.below(22) {
        0 => format!("hasComments({})", count(random)),
        1 => "hasComments()".to_string(),
        2 => format!("commented(\"{}\")", words(random)),
        3 => format!("lastComment(\"{}\")", words(random)),
        4 => format!("lastUpdated(\"{}\")", few_words(random)),
        5 => format!("fileAttached(\"{}\")", few_words(random)),
        6 => format!("hasAttachments({})", random.pick(&["", "png", "log", "\"2\"", "\"-1\"", "png, \"0\""])),
        7 => format!("workLogged(\"{} {}\")", random.pick(&WORDS[..3]), random.pick(&TIMES[..4])),
        8 => {
            format!("hasLinks({})", random.pick(&["", "blocks", "\"is blocked by\"", "\"+1\"", "\"-2\"", "\"relates to\", \"1\""]))
        }
        9 => format!("hasLinkType({})", random.pick(&["Blocks", "\"relates to\""])),
        10 => "hasRemoteLinks()".to_string(),
        11 => format!("linkedIssuesOf(\"{query}\"{phrase})"),
        12 => format!("linkedIssuesOfRecursiveLimited(\"{query}\", {}{phrase})", random.between(1, 3)),
        13 => format!("linkedIssuesOfAll(\"{query}\"{phrase})"),
        14 => format!("linkedIssuesOfAllRecursiveLimited(\"{query}\", 2{phrase})"),
        15 => format!("{}(\"{query}\")", random.pick(&["subtasksOf", "parentsOf", "epicsOf", "issuesInEpics"])),
        16 => "hasSubtasks()".to_string(),
        17 => format!("dateCompare(\"{query}\", \"{}\")", random.pick(COMPARISONS)),
        18 => format!("dateCompareIgnoreTime(\"{}\")", random.pick(COMPARISONS)),
        19 => format!("expression(\"{query}\", \"{}\")", random.pick(EXPRESSIONS)),
        20 => format!("issueFieldMatch(\"{query}\", {}, \"(?i)^[a-m]\")", random.pick(&["summary", "labels", "status", "Notes"])),
        _ => format!("issueFieldExactMatch(\"{query}\", status, \"Open\")"),
    };
    format!("issueFunction {} {call}", random.pick(&["IN", "NOT IN"]))
}

/// Functions behind a field of their kind.
pub fn of_field(random: &mut Random) -> String {
    let (field, call) = random.pick(&[
        ("component", "componentMatch(\"^[a-m]\")"),
        ("fixVersion", "versionMatch(\"0$\")"),
        ("affectedVersion", "versionMatch(\"^1\")"),
        ("fixVersion", "archivedVersions()"),
        ("fixVersion", "overdue()"),
        ("fixVersion", "overdue(PA)"),
        ("fixVersion", "releaseDate(\"before 2026-03-09\")"),
        ("fixVersion", "startDate(\"after -3d\")"),
        ("fixVersion", "earliestUnreleasedVersionByReleaseDate(PA)"),
        ("assignee", "memberOfRole(Makers)"),
        ("Buddy", "memberOfRole(Makers)"),
        ("project", "myProjects()"),
        ("project", "projectMatch(\"(?i)a\")"),
        ("project", "projectsOfType(software)"),
    ]);
    format!("{field} {} {call}", random.pick(&["IN", "NOT IN"]))
}

/// Whatever stands in the quotes of an argument is answered or refused.
#[test]
fn any_words_in_quotes_are_read() {
    const PIECES: &[&str] = &[
        "by",
        "after",
        "inRole",
        "ann",
        "'",
        "(",
        ")",
        ",",
        "-7d",
        "é",
        "…",
        "due",
        "resolved",
        ".clearTime()",
        "+",
        "-",
        "*",
        "/",
        "<",
        ">=",
        "=",
        "1d",
        "2.5",
        "1.2.3",
        "now(",
        "now()",
        "cf[1]",
        "status = Open",
        "AND",
        "ORDER BY",
        "]",
        "!",
        "~",
        "$p",
        "\t",
    ];
    let mut random = Random::new(20_260_310);
    let tables = super::world::world(&mut random);
    let world = super::Asked::new(&tables, "UTC", jqlx::semantic::WeekStart::Sunday);
    for _ in 0..600 {
        let glue = random.pick(&[" ", ""]);
        let text = (0..random.below(7)).map(|_| random.pick(PIECES)).collect::<Vec<_>>().join(glue);
        let call = match random.below(8) {
            0 => format!("commented(\"{text}\")"),
            1 => format!("workLogged(\"{text}\")"),
            2 => format!("subtasksOf(\"{text}\")"),
            3 => format!("linkedIssuesOf(\"{text}\", \"{text}\")"),
            4 => format!("issueFieldMatch(\"\", summary, \"{text}\")"),
            5 => format!("hasComments(\"{text}\")"),
            6 => format!("dateCompare(\"{text}\")"),
            _ => format!("expression(\"\", \"{text}\")"),
        };
        let Err(how) = world.agree(&format!("issueFunction IN {call}")) else { continue };
        assert!(how.contains("jqlx::bind::") || how.contains("jqlx::syntax::"), "{call}: {how}");
    }
}
