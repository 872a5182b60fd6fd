//! Clauses on history: WAS and CHANGED with every predicate.

use super::present::{DATES, list};
use super::random::Random;
use super::site::{COMPONENTS, LABELS, PRIORITIES, RESOLUTIONS, SEVERITIES, SPRINTS, STATUSES, USERS, VERSIONS};
use super::world::KINDS;

/// Fields with history and values of theirs.
const FIELDS: &[(&str, &[&str])] = &[
    ("status", STATUSES),
    ("status", STATUSES),
    ("assignee", USERS),
    ("assignee", &["currentUser()", "ann"]),
    ("reporter", USERS),
    ("priority", PRIORITIES),
    ("resolution", RESOLUTIONS),
    ("Severity", SEVERITIES),
    ("fixVersion", VERSIONS),
    ("fixVersion", VERSIONS),
    ("labels", LABELS),
    ("labels", LABELS),
    ("sprint", SPRINTS),
    ("component", COMPONENTS),
];

fn date(random: &mut Random) -> String {
    let date = random.pick(DATES);
    if date.ends_with(')') { date.to_string() } else { format!("\"{date}\"") }
}

/// What restricts the time of an interval or an event.
pub fn time(random: &mut Random) -> String {
    match random.below(5) {
        0 => format!("AFTER {}", date(random)),
        1 => format!("BEFORE {}", date(random)),
        2 => format!("ON {}", date(random)),
        // A range that ends before it begins is an error, so ranges are of ordered literals.
        3 => {
            let first = random.between(6, 11);
            format!("DURING (\"2026-03-{first:02}\", \"2026-03-{:02}\")", first + random.between(0, 3))
        }
        _ => "DURING (-2d, now())".to_string(),
    }
}

/// Who.
pub fn by(random: &mut Random) -> String {
    let who = ["ann", "bob", "cid", "(ann, bob)", "(cid)", "membersOf(devs)", "currentUser()", "(bob, EMPTY)", "lee"];
    format!("{} {}", random.pick(&["BY", "BY", "BY NOT"]), random.pick(&who))
}

fn value(of: &[&str], random: &mut Random) -> String {
    let value = random.pick(of);
    if random.chance(20) {
        "EMPTY".to_string()
    } else if value.ends_with(')') {
        value.to_string()
    } else {
        format!("\"{value}\"")
    }
}

/// `field WAS ...`
pub fn was(random: &mut Random) -> String {
    let (field, of) = random.pick(FIELDS);
    let mut out = match random.below(5) {
        0 => format!("{field} WAS {}", value(of, random)),
        1 => format!("{field} WAS NOT {}", value(of, random)),
        2 => format!("{field} WAS IN {}", list(of, true, random)),
        3 => format!("{field} WAS NOT IN {}", list(of, true, random)),
        _ => random
            .pick(&[
                "assignee WAS IN membersOf(devs)",
                "assignee WAS NOT IN membersOf(devs)",
                "reporter WAS IN organizationMembers(Acme)",
                "status WAS EMPTY",
                "fixVersion WAS EMPTY",
                "labels WAS NOT EMPTY",
            ])
            .to_string(),
    };
    for _ in 0..random.below(4) {
        out += " ";
        out += &if random.chance(30) { by(random) } else { time(random) };
    }
    if random.chance(10) {
        out += &format!(" VIA {}", random.pick(KINDS));
    }
    if random.chance(30) {
        let total = random.pick(&["", "", "TOTAL "]);
        let length = random.pick(&["1d", "6h", "30m", "3h", "4wh", "1wd", "1h"]);
        out += &format!(" FOR {total}{} {length}", random.pick(&[">=", "<", ">", "="]));
    }
    // WHILE cannot be asked of emptiness where a field has several values.
    if !out.contains("EMPTY") || !MULTI.iter().any(|field| out.starts_with(field)) {
        for _ in 0..(if random.chance(35) { random.between(1, 2) } else { 0 }) {
            out += &format!(" WHILE {}", held(random));
        }
    }
    out
}

const MULTI: &[&str] = &["fixVersion", "labels", "sprint", "component"];

/// What was so at the same time.
fn held(random: &mut Random) -> String {
    let (field, of) = random.pick(FIELDS);
    let empties = !MULTI.contains(&field);
    let single = |random: &mut Random| if empties { value(of, random) } else { format!("\"{}\"", random.pick(of)) };
    match random.below(8) {
        0 => format!("{field} = {}", single(random)),
        1 => format!("{field} WAS {}", single(random)),
        2 => format!("{field} != {}", single(random)),
        3 => format!("{field} WAS NOT {}", single(random)),
        4 => format!("{field} IN {}", list(of, empties, random)),
        5 => format!("{field} NOT IN {}", list(of, empties, random)),
        6 => "assignee IS EMPTY".to_string(),
        _ => "resolution IS NOT EMPTY".to_string(),
    }
}

/// Predicates of one event; `TIMES` only among issues.
pub fn of_event(counts: bool, least: usize, random: &mut Random) -> String {
    let mut out = String::new();
    for _ in 0..(least + random.below(4 - least)) {
        out += " ";
        out += &match random.below(5) {
            0 | 1 => time(random),
            2 | 3 => by(random),
            _ => format!("VIA {}", random.pick(KINDS)),
        };
    }
    if counts && random.chance(35) {
        out += &format!(" TIMES {} {}", random.pick(&[">=", ">=", ">", "=", "!=", "<", "<="]), random.below(4));
        let counted = if random.chance(40) { random.pick(COUNTED) } else { "" };
        if !counted.is_empty() {
            out += &format!(" DISTINCT {counted}");
        }
        if random.chance(40) {
            out += &format!(" WITHIN {}", random.pick(LENGTHS));
        }
        for _ in 0..random.below(3) {
            let shared = random.pick(SHARED);
            // Events that share a value have one value.
            if shared != counted {
                out += &format!(" SAME {shared}");
            }
        }
    }
    out
}

/// Distances between events on the grid of the worlds, and some that fall between.
const LENGTHS: &[&str] = &["1m", "3h", "6h", "10h", "1d", "30d"];

const SHARED: &[&str] = &["actor", "actor", "issue", "project", "entity", "entityId", "changeId", "\"to\""];

const COUNTED: &[&str] = &["actor", "project", "entityId", "\"to\"", "changeId", "time", "actorKind"];

/// `a THEN b ...`
pub fn sequence(happened: &dyn Fn(&mut Random) -> String, random: &mut Random) -> String {
    let event = |random: &mut Random| match random.chance(25) {
        true => format!("({} OR {})", happened(random), happened(random)),
        false => happened(random),
    };
    let mut out = event(random);
    let steps = random.between(1, 3);
    let is_whole = random.chance(35);
    // What NOTs since the last event share.
    let mut shared_by_nots = String::new();
    let mut events = 1;
    for _ in 0..steps {
        let not = random.chance(30);
        events += usize::from(!not);
        out += &format!(" THEN {}{}", if not { "NOT " } else { "" }, event(random));
        let timed = random.chance(40);
        if timed {
            out += &format!(" WITHIN {}", random.pick(LENGTHS));
        }
        let of_not = [" SAME actor", " SAME issue", " SAME entityId", " SAME actor = \"to\""];
        let same = match not && is_whole && !timed {
            // In a chain that is measured as a whole, the step behind a NOT shares what the NOT does.
            true => random.pick(&of_not),
            false => random.pick(&[
                "",
                "",
                " SAME actor",
                " SAME issue",
                " SAME entityId",
                " SAME actor = \"to\"",
                " SAME actor SAME project",
            ]),
        };
        out += same;
        match not {
            true if is_whole && !timed => shared_by_nots += same,
            true => {}
            false => out += &std::mem::take(&mut shared_by_nots),
        }
    }
    if is_whole && events > 1 { format!("({out}) WITHIN {}", random.pick(LENGTHS)) } else { out }
}

/// `field CHANGED ...`
pub fn changed(counts: bool, random: &mut Random) -> String {
    let steps: [(&str, &[&str]); 2] = [("priority", PRIORITIES), ("Weight", &["0", "1.5", "3"])];
    let ((field, of), verb) = match random.chance(20) {
        true => (random.pick(&steps), random.pick(&["LOWERED", "RAISED"])),
        false => (random.pick(FIELDS), "CHANGED"),
    };
    let mut out = format!("{field} {verb}");
    for _ in 0..random.below(3) {
        let side = random.pick(&["FROM", "TO"]);
        let operand = if random.chance(60) { value(of, random) } else { list(of, true, random) };
        out += &format!(" {side} {operand}");
    }
    out + &of_event(counts, 0, random)
}
