//! A gallery of mistakes: one query a kind, and what is said of it.

use super::gallery;
use jqlx::syntax::Dialect;

#[test]
fn words_and_quotes() {
    gallery(
        "diagnostics_words",
        Dialect::Jqlx,
        &[
            "plant = \"north",
            "plant = 'it's'",
            "plant = \"a\\qb\"",
            "plant = \"\\u12\"",
            "plant = \"tab\there\"",
            "owner = ana@example.org",
            "since > +3d",
            "day = 2025/03/01",
            "plant = “North Side”",
            "plant = north;",
            "plant = {{plant}}",
            "plant = end",
            "limit = 3",
            "empty = 3",
            "plant = north // the big one",
            "plant = north -- the big one",
        ],
    );
}

#[test]
fn operators() {
    gallery(
        "diagnostics_operators",
        Dialect::Jqlx,
        &[
            "weight == 3",
            "weight <> 3",
            "weight =! 3",
            "weight => 3",
            "weight ! = 3",
            "notes LIKE x",
            "notes contains \"x y\"",
            "weight between 3",
            "plant NOT = north",
            "plant NOT CHANGED",
            "plant IS north",
            "plant IS NOT IN (north)",
            "plant = (north, south)",
            "plant IN north",
            "plant IN EMPTY",
            "plant IN [north]",
            "weight > EMPTY",
            "weight > ",
            "plant WAS (north)",
            "plant = NOT north",
            "plant = = north",
            "Line of business = x",
            "plant north",
            "plant AFTER -3d",
            "plant WAS north FROM south",
            "plant = north BY ana",
        ],
    );
}

#[test]
fn structure() {
    gallery(
        "diagnostics_structure",
        Dialect::Jqlx,
        &[
            "a = 1 b = 2",
            "a = 1 ADN b = 2",
            "a = 1 AND AND b = 2",
            "AND a = 1",
            "a = 1 OR",
            "a = 1 AND NOT",
            "()",
            "(a = 1",
            "a = 1)",
            "a IN (x, y AND b = 2",
            "a IN (x y)",
            "a IN (x, , y,)",
            "a IN ()",
            "a = f(x, (y))",
            "plant = north side AND c = 3",
            "x",
            "a == 1 AND b LIKE 2 OR (c = AND d IS 5) ORDER BY",
        ],
    );
}

#[test]
fn clauses_behind_the_condition() {
    gallery(
        "diagnostics_tail",
        Dialect::Jqlx,
        &[
            "a = 1 ORDR BY b",
            "a = 1 ORDER b",
            "a = 1 ORDER BY b c",
            "a = 1 ORDER BY b,",
            "a = 1 ORDER BY b NULLS FIRST",
            "(a = 1 ORDER BY b)",
            "ORDER BY b AND a = 1",
            "a = 1 LIMIT 3 ORDER BY b",
            "a = 1 ORDER BY b ORDER BY c",
            "a = 1 LIMIT many",
            "a = 1 GROUP BY b AS c",
            "a = 1 SHOW b DESC",
            "a = 1 AS OF (x, y)",
            "ACTIVITY WHERE ORDER BY b",
        ],
    );
}

#[test]
fn activity() {
    gallery(
        "diagnostics_activity",
        Dialect::Jqlx,
        &[
            "comment DELETD BY ana",
            "deleted",
            "comment DELETED BY",
            "comment DELETED TIMES 3",
            "comment DELETED TIMES >= many",
            "comment DELETED TIMES ~ 3",
            "comment DELETED TIMES >= 3 DISTINCT",
            "comment DELETED TIMES >= 3 DISTINCT WITHIN 10m",
            "comment DELETED TIMES >= 3 DISTINCT SHOW key",
            "comment DELETED TIMES >= 3 DISTINCT issue.property[x].y",
            "comment DELETED TIMES >= 3 WITHIN 10m DISTINCT actor",
            "comment DELETED DISTINCT actor",
            "comment DELETED TIMES >= 3 WITHIN 10",
            "lasted(disabled) > 3",
            "comment DELETED WITHIN -3d",
            "comment DELETED SAME",
            "comment DELETED FOR 3d",
            "status WAS x WHILE y CHANGED",
            "comment DELETED THEN (issue DELETED)",
            "comment DELETED THEN (issue DELETED AND comment ADDED)",
            "comment DELETED THEN (issue DELETED OR NOT comment ADDED OR a = 1)",
            "comment DELETED THEN (issue DELETED OR comment ADDED THEN link ADDED)",
            "comment DELETED THEN (issue DELETED THEN comment ADDED) WITHIN 1h",
            "comment DELETED THEN (issue DELETED OR comment ADDED WITHIN 1h SAME actor)",
            "comment DELETED THEN (issue DELETED OR comment ADDED) WITHIN 1h SAME actor WITHIN 2h",
            "(comment DELETED OR issue DELETED) WITHIN 1h THEN link ADDED",
            "(a = 1) SAME actor",
            "(comment DELETED THEN issue DELETED) SAME actor WITHIN 1h WITHIN 2h",
            "(comment DELETED THEN issue DELETED) WITHIN",
            "(comment DELETED THEN issue DELETED) WITHIN 1h THEN link ADDED",
            "NOT (comment DELETED OR issue DELETED) THEN link ADDED",
            "comment DELETED THEN a = 1",
            "NOT comment DELETED THEN issue DELETED",
            "comment DELETED THEN NOT NOT issue DELETED",
            "THEN comment DELETED",
            "comment CREATED THEN (comment DELETED SAME actor OR worklog CREATED)",
            "(comment CREATED THEN comment DELETED) WITHIN $length",
            "comment CREATED THEN comment DELETED SAME $who",
            "comment CREATED TIMES >= 3 DISTINCT $what",
            "status WAS Done FOR >= $length",
            "priority LOWERED WHILE status = Done",
            "ACTIVITY WHERE comment CREATED SHOW until(logged in, deleted)",
        ],
    );
}

#[test]
fn extensions_in_plain_jql() {
    gallery(
        "diagnostics_not_jql",
        Dialect::Jql,
        &[
            "comment DELETED BY ana",
            "plant CHANGED VIA api",
            "plant WAS north FOR 3d",
            "plant CHANGED THEN plant CHANGED",
            "plant = $plant",
            "a = f(g(x))",
            "a > field(b)",
            "a IN (ISSUES WHERE b = 1)",
            "ACTIVITY WHERE a = 1 GROUP BY b SHOW count() LIMIT 5",
            "a = 1 # one",
        ],
    );
}
