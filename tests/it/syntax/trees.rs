//! A gallery of trees.

use super::gallery;
use jqlx::syntax::Dialect;

#[test]
fn plain_jql() {
    gallery(
        "trees_jql",
        Dialect::Jql,
        &[
            "",
            "team = Blue",
            "a = 1 OR b = 2 AND NOT c = 3",
            "(a = 1 OR ((b = 2))) && !(c = 3 | d = 4)",
            "a = 1 AND (b = 2 AND c = 3)",
            "rank IN (1, 'two', EMPTY, (three, four(5)))",
            "\"Line of business\" !~ 'caf\\u00e9 \\\"x\\\"' ORDER BY cf [ 10020 ] DESC, plant",
            "state WAS NOT IN (open, closed) BY (ana, ben) DURING (-2w, now()) AFTER x",
            "state CHANGED FROM open TO EMPTY ON \"2025-03-01\"",
            "build.property[ci].run.number >= 7",
        ],
    );
}

#[test]
fn activity() {
    gallery(
        "trees_activity",
        Dialect::Jqlx,
        &[
            "comment DELETED",
            "project = PAY AND comment DELETED BY NOT $me VIA api AFTER -30d",
            "created AFTER -7d",
            "created >= -7d",
            "changed BY ana OR deleted DURING (-2d, -1d)",
            "group membership ADDED TO admins BY (ana, membersOf(ops))",
            "user logged in VIA app TIMES > 5 WITHIN 10m SAME actor",
            "issue VIEWED TIMES > 50 DISTINCT project WITHIN 1h SAME actor",
            "comment CREATED TIMES >= $n distinct \"to\"",
            "worklog ADDED ~ \"overtime\"",
            "group CHANGED BY ana",
            "\"Story Points\" CHANGED FROM 3 TO (5, 8) TIMES >= 3",
            "status WAS \"In Progress\" FOR >= 3d",
            "status WAS Review FOR TOTAL < 8wh WHILE assignee WAS ben WHILE flagged IS EMPTY",
        ],
    );
}

#[test]
fn sequences() {
    gallery(
        "trees_sequences",
        Dialect::Jqlx,
        &[
            "issue EXPORTED THEN issue DELETED WITHIN 1h SAME actor AND project = PAY",
            "status CHANGED TO Done THEN status CHANGED FROM Done THEN NOT comment ADDED WITHIN 1d",
            "NOT (permission GRANTED THEN user DELETED)",
            "user CREATED THEN deleted SAME project WITHIN 2d TIMES >= 3 WITHIN 10m SAME issue",
            "(workflow CHANGED OR status CHANGED) THEN NOT (comment ADDED OR (link ADDED)) SAME actor THEN (user DELETED) WITHIN 1h",
            "a = 1 AND NOT (permission GRANTED THEN comment CHANGED WITHIN 10m THEN permission REVOKED) WITHIN 1h",
            "(comment ADDED THEN comment DELETED) within = 1h",
        ],
    );
}

#[test]
fn queries() {
    gallery(
        "trees_queries",
        Dialect::Jqlx,
        &[
            "ACTIVITY",
            "activity where actor = ana # who else?\n AND entity = comment",
            "ISSUES (a = 1 OR b = 2) LIMIT 5",
            "activity CHANGED BY ana",
            "status = Done AS OF \"2026-01-01\" ORDER BY created",
            "ACTIVITY WHERE status = Open AS OF EVENT",
            "ACTIVITY GROUP BY actor, month(time) SHOW count(), countDistinct(issue) AS issues ORDER BY issues DESC, max(time) LIMIT 20",
            "SHOW key, timeIn(status, \"In Progress\"), sum(max(x), $y) AS total",
            "parent IN (ISSUES WHERE type = Epic AND key IN (ACTIVITY WHERE comment DELETED SHOW issue, \")\"))",
            "a IN (issues) AND b IN (issues, activity)",
            "resolved > field(due) AND summary ~ regex(\"^x\", $flags) AND n = f(g(1), h())",
        ],
    );
}
