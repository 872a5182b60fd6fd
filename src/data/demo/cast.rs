//! Who and what there is in the demo: invented people, projects and words.

/// Account, name, zone.
pub(super) const PEOPLE: &[(&str, &str, &str)] = &[
    ("alice", "Alice Example", "Europe/Berlin"),
    ("bob", "Bob Example", "America/New_York"),
    ("carol", "Carol Example", "Europe/London"),
    ("dave", "Dave Example", "Europe/Berlin"),
    ("erin", "Erin Example", "America/New_York"),
    ("frank", "Frank Example", "Asia/Kolkata"),
    ("grace", "Grace Example", "Asia/Kolkata"),
    ("heidi", "Heidi Example", "Europe/Berlin"),
    ("ivan", "Ivan Example", "Europe/London"),
    ("judy", "Judy Example", "America/New_York"),
    ("kim", "Kim Example", "Asia/Tokyo"),
    ("leo", "Leo Example", "America/Sao_Paulo"),
    ("mallory", "Mallory Example", "Europe/London"),
    ("nina", "Nina Example", "Europe/Berlin"),
    ("oscar", "Oscar Example", "America/New_York"),
    ("peggy", "Peggy Example", "Europe/London"),
    ("trent", "Trent Example", "Europe/Berlin"),
    ("victor", "Victor Example", "America/New_York"),
    ("wendy", "Wendy Example", "Asia/Tokyo"),
    ("zoe", "Zoe Example", "Europe/Berlin"),
];

/// Account, name, kind.
pub(super) const ROBOTS: &[(&str, &str, &str)] = &[
    ("automation", "Automation for Jira (demo)", "automation"),
    ("app-git", "Git integration (demo)", "app"),
    ("app-chat", "Chat integration (demo)", "app"),
];

/// Group and its members.
pub(super) const GROUPS: &[(&str, &[&str])] = &[
    ("contractors", &["kim", "leo", "mallory", "nina"]),
    (
        "developers",
        &["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy", "kim", "leo", "nina", "wendy"],
    ),
    ("jira-administrators", &["trent", "victor"]),
    ("product-managers", &["carol", "zoe", "heidi"]),
    ("support", &["mallory", "peggy", "wendy", "oscar"]),
];

/// A project.
pub(super) struct Project {
    pub key: &'static str,
    pub id: &'static str,
    pub name: &'static str,
    pub category: &'static str,
    pub kind: &'static str,
    pub issues: usize,
    /// The lead first.
    pub team: &'static [&'static str],
    pub components: &'static [&'static str],
    pub versions: &'static [&'static str],
    pub board: Option<i64>,
    pub workflow: &'static str,
}

pub(super) const PROJECTS: &[Project] = &[
    Project {
        key: "PAY",
        id: "10000",
        name: "Payments",
        category: "Payments",
        kind: "software",
        issues: 110,
        team: &["alice", "dave", "erin", "heidi", "kim", "leo", "nina", "zoe"],
        components: &["api", "billing", "checkout", "refunds"],
        versions: &["2.0", "2.1", "2.2", "2.3", "2.4", "3.0"],
        board: Some(1),
        workflow: "Software flow",
    },
    Project {
        key: "OPS",
        id: "10001",
        name: "Operations",
        category: "Platform",
        kind: "service_desk",
        issues: 80,
        team: &["bob", "frank", "mallory", "wendy", "victor", "ivan"],
        components: &["network", "database", "cluster"],
        versions: &["2025.4", "2026.1", "2026.2"],
        board: None,
        workflow: "Operations flow",
    },
    Project {
        key: "WEB",
        id: "10002",
        name: "Web shop",
        category: "Shop",
        kind: "software",
        issues: 85,
        team: &["carol", "grace", "ivan", "judy", "nina", "dave", "peggy"],
        components: &["ui", "search", "cart", "accounts"],
        versions: &["1.8", "1.9", "1.10", "2.0"],
        board: Some(2),
        workflow: "Software flow",
    },
    Project {
        key: "SEC",
        id: "10003",
        name: "Security",
        category: "Platform",
        kind: "business",
        issues: 40,
        team: &["trent", "heidi", "bob", "oscar"],
        components: &["access", "audit"],
        versions: &["2026"],
        board: None,
        workflow: "Operations flow",
    },
];

/// Name, category, id.
pub(super) const STATUSES: &[(&str, &str, &str)] = &[
    ("To Do", "To Do", "10000"),
    ("Reopened", "To Do", "4"),
    ("In Progress", "In Progress", "3"),
    ("Blocked", "In Progress", "10001"),
    ("In Review", "In Progress", "10002"),
    ("Done", "Done", "10003"),
    ("Closed", "Done", "6"),
];

pub(super) const PRIORITIES: &[&str] = &["Highest", "High", "Medium", "Low", "Lowest"];
pub(super) const RESOLUTIONS: &[&str] = &["Done", "Won't Do", "Duplicate", "Cannot Reproduce"];
/// Name, id, hierarchy level.
pub(super) const TYPES: &[(&str, &str, i64)] = &[
    ("Epic", "10000", 1),
    ("Story", "10001", 0),
    ("Task", "10002", 0),
    ("Bug", "10003", 0),
    ("Incident", "10004", 0),
    ("Sub-task", "10005", -1),
];
pub(super) const LABELS: &[&str] = &["regression", "security", "performance", "customer", "docs", "flaky", "quick-win"];
pub(super) const TEAMS: &[&str] = &["Blue", "Green", "Red"];

const SUBJECTS: &[&str] = &[
    "Checkout page",
    "Refund job",
    "Invoice export",
    "Login form",
    "Search index",
    "Nightly backup",
    "Payment webhook",
    "Cart service",
    "Password reset",
    "Audit report",
    "Mobile layout",
    "Rate limiter",
    "Customer import",
    "Tax table",
];
const TROUBLES: &[&str] = &[
    "fails with a timeout",
    "is slow under load",
    "shows the wrong amount",
    "needs a retry",
    "loses the session",
    "should be documented",
    "rejects valid input",
    "leaks connections",
    "needs tests",
    "must log the caller",
    "sends mail twice",
    "crashes on an empty list",
    "ignores the time zone",
    "should use the new API",
];
const REMARKS: &[&str] = &[
    "I can reproduce this on staging",
    "The connection pool is exhausted",
    "Fixed in the nightly build",
    "Please retest with the new token",
    "Customer asks for an update",
    "Works for me after clearing the cache",
    "The refund was booked twice",
    "Moved to the next sprint",
    "See the stack trace attached",
    "Approved, go ahead",
    "This needs a review from security",
    "Rolled back, the deploy broke the login",
    "The password was in the log",
    "We agreed on this in the planning",
    "Duplicate of an older ticket, I think",
];

use super::random::Random;

pub(super) fn summary(random: &mut Random) -> String {
    format!("{} {}", random.pick(SUBJECTS), random.pick(TROUBLES))
}

pub(super) fn remark(random: &mut Random) -> String {
    let first = random.pick(REMARKS);
    if random.chance(40) { format!("{first}. {}.", random.pick(REMARKS)) } else { format!("{first}.") }
}

pub(super) fn description(random: &mut Random) -> String {
    let mut text = format!("{} {}.", random.pick(SUBJECTS), random.pick(TROUBLES));
    for _ in 0..random.below(4) {
        text.push(' ');
        text.push_str(random.pick(REMARKS));
        text.push('.');
    }
    text
}
