//! CSV exports: of issues and of audit logs, as odd as spreadsheets make them.

use jiff::tz::TimeZone;
use jqlx::source::files::{ImportOptions, NoProgress, import};
use jqlx::source::formats::format;

use super::{Place, gzip, issue};
use crate::cli::{path, run};
use crate::support::Rows;

const ISSUES: &str = "\
Summary,Issue key,Issue id,Issue Type,Status,Status Category,Project key,Project name,Priority,Assignee,Assignee Id,Reporter,Reporter Id,Creator,Creator Id,Created,Updated,Resolved,Due date,Labels,Labels,Components,Fix versions,Fix versions,Watchers,Watchers,Log Work,Original estimate,Time Spent,Outward issue link (Blocks),Inward issue link (Relates),Attachment,Sprint,Sprint,Custom field (Story Points),Custom field (Team),Custom field (Tags),Custom field (Tags),Custom field (Go live),Comment,Comment
Card refused,PAY-1,100,Bug,Open,To Do,PAY,Payments,High,Ann Example,u-ann,Bob Example,u-bob,Bob Example,u-bob,24/Jan/24 8:48 AM,25/Jan/24 9:00 AM,,30/Jan/24 12:00 AM,card,urgent,Web,1.0,1.1,Ann Example,Bob Example,\"Dug; deep;25/Jan/24 8:00 AM;u-ann;3600\",7200,3600,PAY-2,PAY-3,25/Jan/24 8:30 AM;u-ann;a;b.png;https://x.example.org/rest/api/3/attachment/content/900,Sprint 1,Sprint 2,5.0,Red,x,y,01/Feb/24 9:30 AM,\"25/Jan/24 8:50 AM;u-ann;Two
lines; and a semicolon\",25/Jan/24 8:50 AM;u-ann;Again
Page \"\"blank\"\",PAY-2,101,Task,Done,Done,PAY,Payments,,,,Bob Example,u-bob,Bob Example,u-bob,24/Jan/24 8:49 PM,24/Jan/24 8:49 PM,25/Jan/24 1:00 AM,,,,,,,,,,,,,,,,,,0007,,x,,,
";

#[test]
fn an_issue_export_fills_the_tables() {
    let place = Place::new();
    let summary = place.good(&[place.file("export.csv", ISSUES)]);
    assert_eq!((summary.bad_records, summary.bad_values, summary.counts.issues), (0, 0, 2), "{:#?}", summary.problems);
    let issues = Rows::of(&place.out(), "issues");
    let columns = [
        "key",
        "summary",
        "type",
        "status",
        "status_category",
        "assignee",
        "reporter",
        "created",
        "due",
        "labels",
        "fix_versions",
        "sprints",
        "watchers",
        "time_spent",
        "story_points",
        "attachments",
    ];
    let expected = [
        [
            "PAY-1",
            "Card refused",
            "Bug",
            "Open",
            "To Do",
            "u-ann",
            "u-bob",
            "2024-01-24T08:48:00Z",
            "2024-01-30",
            "card,urgent",
            "1.0,1.1",
            "Sprint 1,Sprint 2",
            "2",
            "3600",
            "5.0",
            "a;b.png",
        ],
        [
            "PAY-2",
            "Page \"\"blank\"\"",
            "Task",
            "Done",
            "Done",
            "",
            "u-bob",
            "2024-01-24T20:49:00Z",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
        ],
    ];
    assert_eq!(issues.select(&columns, &[]), expected);
    assert_eq!(issues.column("customfield_team"), ["Red", "0007"], "what begins with a zero is no number");
    assert_eq!(issues.column("customfield_tags"), ["x,y", "x"]);
    assert_eq!(issues.column("customfield_go_live"), ["2024-02-01T09:30:00Z", ""]);
    let events = Rows::of(&place.out(), "events");
    let columns = ["entity", "action", "time_after", "time", "actor", "text", "to_value"];
    let expected = [
        ["issue", "created", "2024-01-24T08:48:00Z", "2024-01-24T08:48:59.999999Z", "u-bob", "", ""],
        ["attachment", "added", "", "2024-01-25T08:30:00Z", "u-ann", "", "a;b.png"],
        ["comment", "created", "2024-01-25T08:50:00Z", "2024-01-25T08:50:59.999999Z", "u-ann", "Two\nlines; and a semicolon", ""],
        ["comment", "created", "2024-01-25T08:50:00Z", "2024-01-25T08:50:59.999999Z", "u-ann", "Again", ""],
        ["worklog", "created", "2024-01-25T08:00:00Z", "2024-01-25T08:00:59.999999Z", "u-ann", "Dug; deep", "3600"],
    ];
    let mut found = events.select(&columns, &[("issue_key", "PAY-1")]);
    found.sort_by_key(|row| expected.iter().position(|wanted| wanted == &row[..]));
    assert_eq!(found, expected);
    let links = Rows::of(&place.out(), "links").select(&["source", "type", "target"], &[]);
    assert_eq!(links.len(), 2);
    assert!(
        links.contains(&vec!["PAY-1".into(), "Blocks".into(), "PAY-2".into()])
            && links.contains(&vec!["PAY-3".into(), "Relates".into(), "PAY-1".into()]),
        "{links:?}"
    );
}

#[test]
fn an_export_goes_into_a_store_beside_the_api() {
    let place = Place::new();
    let store = place.out();
    let csv = place.file("export.csv", ISSUES);
    let api = r#"{"id":"100","key":"PAY-1","fields":{"summary":"Card refused","created":"2024-01-24T08:48:05.123+0000","updated":"2024-01-25T09:00:30.000+0000","creator":{"accountId":"u-bob"}}}"#;
    let api = place.file("issue.json", api);
    for file in [&csv, &api, &csv] {
        run(&["import", path(file), "--store", path(&store)]).ok();
    }
    for file in [&api, &csv] {
        assert!(run(&["import", path(file), "--store", path(&store)]).ok().err.contains("nothing new"));
    }
    let ask = |query: &str| run(&["query", "--store", path(&store), "--format", "ndjson", query]).ok().rows();
    let created = ask("ACTIVITY WHERE issue CREATED AND issue = PAY-1 SHOW time");
    assert_eq!(created, [serde_json::json!({"time": "2024-01-24T08:48:05.123Z"})], "the exact time counts");
    assert_eq!(ask("ACTIVITY WHERE comment CREATED BY u-ann").len(), 2);
    assert_eq!(ask("Team = Red AND status IS EMPTY").len(), 1, "the later export counts, and what it has no column for stays");
}

#[test]
fn spellings_of_spreadsheets_make_no_difference() {
    let place = Place::new();
    place.good(&[place.file("plain.csv", ISSUES)]);
    let expected = Rows::of(&place.out(), "events").select(&["event_id", "time", "text"], &[]);
    let mut bytes = b"\xef\xbb\xbf".to_vec();
    bytes.extend(ISSUES.replace('\n', "\r\n").bytes());
    let crlf: Vec<Vec<String>> = expected.iter().map(|row| row.iter().map(|cell| cell.replace('\n', "\r\n")).collect()).collect();
    place.good(&[place.file("bom.csv", &bytes)]);
    assert_eq!(Rows::of(&place.out(), "events").select(&["event_id", "time", "text"], &[]), crlf);
    place.good(&[place.file("packed.csv.gz", gzip(ISSUES.as_bytes()))]);
    assert_eq!(Rows::of(&place.out(), "events").select(&["event_id", "time", "text"], &[]), expected);
    // With semicolons between them, the values of cells with semicolons are quoted.
    let mut reader = csv(ISSUES);
    let semicolons: String = reader
        .iter_mut()
        .map(|row| row.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect::<Vec<_>>().join(";") + "\n")
        .collect();
    place.good(&[place.file("semicolons.csv", format!("sep=;\n{semicolons}"))]);
    assert_eq!(Rows::of(&place.out(), "events").select(&["event_id", "time", "text"], &[]), expected);
}

/// The cells of a text with commas, quotes and lines within quotes.
fn csv(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => cell.push(chars.next().expect("peeked")),
            '"' if quoted || cell.is_empty() => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            c => cell.push(c),
        }
    }
    rows
}

#[test]
fn times_without_a_zone_are_of_the_zone_that_is_said() {
    let place = Place::new();
    let options =
        ImportOptions { replace: true, zone: TimeZone::get("America/New_York").expect("a zone"), ..ImportOptions::default() };
    place.import_with(&[place.file("export.csv", ISSUES)], &options).expect("it is good");
    assert_eq!(Rows::of(&place.out(), "issues").column("created")[0], "2024-01-24T13:48:00Z");
    let store = place.0.path().join("store");
    run(&["import", path(&place.file("again.csv", ISSUES)), "--tz", "America/New_York", "--store", path(&store)]).ok();
    let rows = run(&["query", "--store", path(&store), "--format", "ndjson", "key = PAY-1 SHOW created"]).ok().rows();
    assert_eq!(rows[0]["created"], "2024-01-24T13:48:00Z");
}

#[test]
fn days_and_months_are_told_apart_or_the_row_is_named() {
    let place = Place::new();
    let header = "Issue key,Issue id,Created\n";
    let summary = place.good(&[place.file("us.csv", format!("{header}A-1,1,03/04/2024 8:48 AM\nA-2,2,03/24/2024 8:48 AM\n"))]);
    assert_eq!(summary.bad_records, 0, "{:#?}", summary.problems);
    assert_eq!(Rows::of(&place.out(), "issues").column("created"), ["2024-03-04T08:48:00Z", "2024-03-24T08:48:00Z"]);
    let error = place.import(&[place.file("either.csv", format!("{header}A-1,1,03/04/2024 8:48 AM\n"))]).expect_err("nobody knows");
    let told = &error.diagnostics()[1].message;
    assert!(told.contains("may be the 3. of month 4") && told.contains("either.csv, line 2"), "{told}");
}

#[test]
fn bad_rows_are_named_and_the_others_are_read() {
    let place = Place::new();
    let text = "Issue key,Issue id,Created,Summary,Time Spent,Comment\n\
        A-1,1,24/Jan/24 8:48 AM,good,,\n\
        A-2,2,24/Jan/24 8:48 AM\n\
        A-3,3,24/Jan/24 8:48 AM,too,many,values,here\n\
        A-4,four,24/Jan/24 8:48 AM,id,,\n\
        ,5,24/Jan/24 8:48 AM,key,,\n\
        A-6,6,,date,,\n\
        A-7,7,24/Jan/24 8:48 AM,values,much,soon;ann;hello\n\
        A-8,8,24/Jan/24 8:48 AM,\"odd \"quoting\" here\",,\n\
        A-9,9,24/Jan/24 8:48 AM,good,,\n\
        A-10,10,24/Jan/24 8:48 AM,\"never closed,,\n\
        A-11,11,24/Jan/24 8:48 AM,lost,,\n";
    let summary = place.good(&[place.file("bad.csv", text)]);
    let told: Vec<String> = summary.problems.iter().map(|p| format!("{} {}", p.line, p.reason)).collect();
    let expected = [
        "3 it has 3 values, and the header 6 names",
        "4 it has 7 values, and the header 6 names",
        "5 its id is no number",
        "6 it has no issue key",
        "7 it has no creation date",
        "8 Time Spent: `much` is no number of seconds",
        "8 a comment: `soon` is no date with a time",
        "11 it has 4 values, and the header 6 names",
    ];
    assert_eq!(told, expected);
    assert_eq!(Rows::of(&place.out(), "issues").column("key"), ["A-1", "A-7", "A-8", "A-9"]);
}

#[test]
fn text_that_is_no_utf8_costs_its_row() {
    let place = Place::new();
    let mut bytes = b"Issue key,Issue id,Created,Summary\nA-1,1,24/Jan/24 8:48 AM,caf\xe9\n".to_vec();
    bytes.extend(b"A-2,2,24/Jan/24 8:48 AM,good\n");
    let summary = place.good(&[place.file("latin1.csv", bytes)]);
    assert_eq!((summary.bad_records, summary.counts.issues), (1, 1));
    assert!(summary.problems[0].reason.contains("UTF-8"), "{}", summary.problems[0]);
}

#[test]
fn a_cut_off_archive_gives_what_it_has() {
    let place = Place::new();
    let rows: String =
        (1..20_000_u64).map(|n| format!("A-{n},{n},24/Jan/24 8:48 AM,{}\n", n.wrapping_mul(0x9e37_79b9_7f4a_7c15))).collect();
    let packed = gzip(format!("Issue key,Issue id,Created,Summary\n{rows}").as_bytes());
    let summary = place.good(&[place.file("cut.csv.gz", &packed[..packed.len() / 2])]);
    assert!(summary.counts.issues > 1000 && summary.counts.issues < 20_000, "{}", summary.counts.issues);
    assert!(summary.problems.last().is_some_and(|p| p.reason.contains("cannot be read further")), "{:#?}", summary.problems);
}

#[test]
fn audit_exports_are_read_by_their_headers() {
    let place = Place::new();
    let store = place.out();
    let jira = "Date,Author,Author account ID,IP Address,Category,Summary,Object,Object type,Changed values,Associated items\n\
        \"Jan 24, 2024, 8:48:05 AM UTC\",Ann Example,u-ann,203.0.113.9,user management,User added to group,jira-admins,GROUP,,Bob Example\n\
        \"Jan 24, 2024, 8:49:05 AM UTC\",Ann Example,u-ann,203.0.113.9,permissions,Permission scheme updated,Default scheme,SCHEME,Name: Old -> New; Description: -> More,\n\
        \"Jan 24, 2024, 8:50:05 AM UTC\",Ann Example,u-ann,203.0.113.9,permissions,Permission added to scheme,Default scheme,SCHEME,Permission: Delete all comments; Group: service-team,\n";
    let confluence = "Timestamp;Author;Summary;Affected object;Associated objects;Space\n2024-01-24T08:48:05Z;Ann Example;Space exported;Handbook;;DOC\n";
    let organization = "Time (UTC)\tActor\tActor ID\tActor email\tAction\tProduct\tIP address\tEvent ID\tInvented\n2024-01-24 08:48:05\tAnn Example\tu-ann\tann@example.org\tuser_granted_role\tJira\t203.0.113.9\te-1\tkept\n";
    let files =
        [place.file("jira.csv", jira), place.file("confluence.csv", confluence), place.file("organization.tsv", organization)];
    let arguments: Vec<&str> =
        ["import", "--store", path(&store), "--tz", "Asia/Tokyo"].into_iter().chain(files.iter().map(|f| path(f))).collect();
    let import = run(&arguments).ok();
    assert!(!import.err.contains("warning"), "{}", import.err);
    assert!(run(&arguments).ok().err.contains("nothing new"));
    let ask = |query: &str| run(&["query", "--store", path(&store), "--format", "ndjson", query]).ok().rows();
    assert_eq!(
        ask("ACTIVITY WHERE \"group membership\" ADDED SHOW actor, entityName, \"to\", product, remoteAddress"),
        [
            serde_json::json!({"actor": "u-ann", "entityName": "Bob Example", "to": "jira-admins", "product": "jira", "remoteAddress": "203.0.113.9"})
        ]
    );
    assert_eq!(ask("ACTIVITY WHERE \"permission scheme\" UPDATED SHOW \"field\", \"from\", \"to\" ORDER BY \"field\"").len(), 2);
    assert_eq!(
        ask("ACTIVITY WHERE permission GRANTED SHOW entityName, \"to\""),
        [serde_json::json!({"entityName": "Delete all comments", "to": "service-team"})]
    );
    assert_eq!(ask("ACTIVITY WHERE space EXPORTED AND space = DOC AND product = confluence").len(), 1);
    let role = ask("ACTIVITY WHERE \"admin role\" GRANTED SHOW eventId, actor, product, time");
    assert_eq!(
        role,
        [
            serde_json::json!({"eventId": "admin:event:e-1", "actor": "u-ann", "product": "jira", "time": "2024-01-24T08:48:05.999999Z"})
        ]
    );
    // The organisation's answer for the same event tells the same one.
    let api = r#"{"id":"e-1","type":"events","attributes":{"time":"2024-01-24T08:48:05.700Z","action":"user_granted_role","actor":{"id":"u-ann"}}}"#;
    run(&["import", path(&place.file("api.json", api)), "--store", path(&store)]).ok();
    assert_eq!(ask("ACTIVITY WHERE \"admin role\" GRANTED SHOW time"), [serde_json::json!({"time": "2024-01-24T08:48:05.7Z"})]);
}

#[test]
fn what_is_no_known_export_is_named() {
    let place = Place::new();
    let error = place.import(&[place.file("prices.csv", "Fruit;Price\nApple;1\n")]).expect_err("no export");
    let told = &error.diagnostics()[1].message;
    assert!(told.contains("no known export: Fruit, Price"), "{told}");
}

#[test]
fn a_format_can_be_forced() {
    let place = Place::new();
    let log = place.file("log.csv", "When,Who,Event\n2024-01-24 08:48:05,ann,Space exported\n");
    let force = |name: &str, file: &std::path::Path| {
        let format = format(name).unwrap_or_else(|| panic!("{name}"));
        let options = ImportOptions { replace: true, format: Some(format), ..ImportOptions::default() };
        import(&[file.to_owned()], &place.out(), &options, &NoProgress)
    };
    for (name, product) in [("jira-audit-csv", "jira"), ("confluence-audit-csv", "confluence")] {
        let found = force(name, &log);
        if name == "confluence-audit-csv" {
            // Its columns do not show that it is of Confluence: that is what forcing is for.
            assert!(found.is_ok(), "{:#?}", found.err().map(|e| e.diagnostics()));
        }
        assert_eq!(
            Rows::of(&place.out(), "events").select(&["product", "entity", "action"], &[]),
            [[product, "space", "exported"]]
        );
    }
    let json = place.file("issue.json", issue(1, "A-1"));
    for (name, file, part) in [
        ("issue-csv", &log, "its columns are not those of issue-csv"),
        ("webhook", &json, "not of the format webhook"),
        ("organization-audit", &json, "not of the format organization-audit"),
        ("issue-csv", &json, "its columns are not those of issue-csv"),
        ("jira", &log, "it is no JSON"),
    ] {
        let error = force(name, file).expect_err("it is something else");
        assert!(error.diagnostics()[1].message.contains(part), "{name}: {}", error.diagnostics()[1].message);
    }
    let wrong = run(&["import", path(&log), "--as", "fortran", "--data", path(&place.out())]);
    assert_eq!(wrong.code, Some(2));
    assert!(wrong.err.contains("issue-csv"), "{}", wrong.err);
}

#[test]
fn many_rows_take_little_memory() {
    // Sorting goes to temporary files beyond a quarter of the budget; the reader holds a thousand rows.
    let place = Place::new();
    let mut text = String::from("Issue key,Issue id,Created,Updated,Summary,Comment\n");
    for n in 1..=15_000 {
        text += &format!("A-{n},{n},24/Jan/24 8:48 AM,24/Jan/24 8:48 AM,Something {n},24/Jan/24 8:50 AM;ann;Words {n}\n");
    }
    let file = place.file("many.csv", text);
    let options = ImportOptions { replace: true, memory: 1 << 20, ..ImportOptions::default() };
    let summary = place.import_with(&[file], &options).expect("it is good");
    assert_eq!((summary.rows["issues"], summary.rows["events"], summary.bad_records), (15_000, 30_000, 0));
}

#[test]
fn a_quote_that_is_never_closed_ends_the_file() {
    let place = Place::new();
    let mut text =
        String::from("Issue key,Issue id,Created,Summary\nA-1,1,24/Jan/24 8:48 AM,good\nA-2,2,24/Jan/24 8:48 AM,\"open\n");
    let filler = "x".repeat(1 << 20) + "\n";
    (0..70).for_each(|_| text += &filler);
    let summary = place.good(&[place.file("open.csv", text)]);
    assert_eq!((summary.counts.issues, summary.bad_records), (1, 1));
    assert!(summary.problems[0].reason.contains("never closed"), "{}", summary.problems[0]);
}
