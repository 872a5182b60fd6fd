//! Every shape of answer that import takes.

use datafusion::arrow::datatypes::DataType;
use jqlx::data::schema::ColumnKind;
use jqlx::source::files::ImportOptions;

use super::{Place, gzip, issue};
use crate::support::{Rows, input, snapshots};

#[test]
fn one_issue_in_every_wrapping() {
    let (a, b) = (issue(1, "A-1"), issue(2, "A-2"));
    let pretty = |text: &str| {
        let value: serde_json::Value = serde_json::from_str(text).expect("JSON");
        serde_json::to_string_pretty(&value).expect("JSON")
    };
    let shapes = [
        ("lines", format!("{a}\n{b}\n")),
        ("lines without an end", format!("{a}\n{b}")),
        ("windows lines", format!("\u{feff}{a}\r\n\r\n{b}\r\n")),
        ("documents", format!("{}\n{}", pretty(&a), pretty(&b))),
        ("documents side by side", format!("{a}{b}")),
        ("list", format!("[{a},{b}]")),
        ("pretty list", pretty(&format!("[{a},{b}]"))),
        ("page", format!(r#"{{"expand":"","total":2,"issues":[{a},{b}],"isLast":true}}"#)),
        ("pretty page", pretty(&format!(r#"{{"issues":[{a},{b}]}}"#))),
        ("pages", format!("{{\"issues\":[{a}],\"nextPageToken\":\"x\"}}\n{{\"issues\":[{b}]}}")),
        ("list of pages", format!("[{{\"issues\":[]}},{a},{b}]")),
        (
            "raw lines",
            format!(
                "{{\"url\":\"https://x/rest/agile/1.0/board/8/issue\",\"data\":{a},\"input\":null}}\n{{\"url\":\"u\",\"input\":null,\"data\":{b}}}"
            ),
        ),
        ("a sequence", format!("\u{1e}{a}\n\u{1e}{b}\n")),
    ];
    for (name, content) in shapes {
        for packed in [false, true] {
            let place = Place::new();
            let bytes = if packed { gzip(content.as_bytes()) } else { content.clone().into_bytes() };
            // The name does not say what is inside.
            let summary = place.good(&[place.file("input", bytes)]);
            assert_eq!(summary.counts.issues, 2, "{name}");
            // A page within a list is no record of its own, as lists are not nested.
            assert_eq!(summary.bad_records, u64::from(name == "list of pages"), "{name}: {:?}", summary.problems);
            assert_eq!(Rows::of(&place.out(), "issues").column("key"), ["A-1", "A-2"], "{name}");
        }
    }
}

#[test]
fn a_server_page_with_everything() {
    let place = Place::new();
    let summary = place.good(&[input("import/server.json")]);
    assert_eq!(summary.problems, []);
    let counts = summary.counts;
    assert_eq!((counts.issues, counts.change_groups, counts.change_items), (2, 9, 17));
    assert_eq!((counts.comments, counts.worklogs), (2, 1));

    let issues = Rows::of(&place.out(), "issues");
    let shown = [
        "key",
        "project",
        "type",
        "status",
        "status_category",
        "priority",
        "resolution",
        "assignee",
        "reporter",
        "due",
        "labels",
        "components",
        "fix_versions",
        "sprints",
        "attachments",
        "votes",
        "watchers",
        "original_estimate",
        "time_spent",
        "story_points",
        "created",
        "customfield_11",
        "customfield_13",
        "customfield_14",
        "customfield_15",
        "customfield_16",
        "customfield_17",
    ];
    let row = &issues.select(&shown, &[("id", "101")])[0];
    let named: Vec<String> = shown.iter().zip(row).map(|(n, v)| format!("{n}: {v}")).collect();
    snapshots("import").bind(|| insta::assert_snapshot!("server_issue", named.join("\n")));
    assert_eq!(issues.schema_type("customfield_10"), DataType::Float64);
    assert_eq!(issues.schema_type("customfield_14"), DataType::Date32);
    assert_eq!(issues.schema_type("customfield_15"), ColumnKind::Time.arrow_type());

    let events = Rows::of(&place.out(), "events");
    let columns = [
        "time",
        "event_id",
        "entity",
        "action",
        "issue_key",
        "project",
        "actor",
        "actor_kind",
        "field",
        "from_value",
        "to_value",
        "from_id",
        "to_id",
        "entity_id",
        "entity_name",
        "text",
        "origin",
    ];
    let shown: Vec<String> = events.select(&columns, &[]).into_iter().map(|r| r.join("|")).collect();
    snapshots("import").bind(|| insta::assert_snapshot!("server_events", shown.join("\n")));

    assert_eq!(
        Rows::of(&place.out(), "links").select(&["id", "source", "type", "target"], &[]),
        [["900", "NEW-8", "Blocks", "NEW-7"]]
    );
    let versions = Rows::of(&place.out(), "versions").select(&["name", "project", "rank"], &[]);
    assert_eq!(versions, [["1.9", "NEW", "0"], ["1.10", "NEW", "1"]]);
    let users = Rows::of(&place.out(), "users").select(&["account_id", "name", "aliases", "email"], &[]);
    assert_eq!(users, [["JIRAUSER2", "Bob Example", "bob", "bob@example.org"], ["alice", "Alice Example", "", ""]]);
    let fields = Rows::of(&place.out(), "fields").select(&["id", "name", "type"], &[]);
    assert_eq!(fields, [["customfield_10", "Story Points", "number"], ["customfield_11", "Team", "option"]]);
    let sprints = Rows::of(&place.out(), "sprints").select(&["id", "name", "state", "board"], &[]);
    assert_eq!(sprints, [["44", "Sprint 3, the last", "closed", "13"]]);
    let statuses = Rows::of(&place.out(), "statuses").select(&["name", "category"], &[]);
    assert_eq!(statuses, [["Closed", "Done"], ["Open", ""], ["Resolved", ""]]);
}

#[test]
fn cloud_issues_have_accounts_documents_and_sprints() {
    let place = Place::new();
    let text = r#"{"id":"7","key":"C-1","fields":{"summary":"S","created":"2024-01-01T00:00:00.000-0600",
        "creator":{"accountId":"5b1","displayName":"Alice","accountType":"atlassian","active":true},
        "assignee":{"accountId":"9f9","displayName":"Robot","accountType":"app","active":true},
        "description":{"type":"doc","version":1,"content":[{"type":"paragraph","content":[{"type":"text","text":"Hello"}]}]},
        "parent":{"id":"6","key":"C-0","fields":{"issuetype":{"id":"1","name":"Epic","hierarchyLevel":1,"subtask":false}}},
        "customfield_10020":[{"id":3,"name":"Sprint 3","state":"active","boardId":1,"startDate":"2024-01-01T00:00:00.000Z"}],
        "customfield_10016":3,"customfield_10030":"plain"},
        "changelog":{"startAt":0,"maxResults":2,"total":2,"histories":[
          {"id":"2","author":{"accountId":"9f9","displayName":"Robot","accountType":"app"},"created":"2024-01-03T00:00:00.000+0000","items":[
            {"field":"Start date","fieldtype":"custom","fieldId":"customfield_10015","from":"2024-04-16","fromString":"16/Apr/24","to":"","toString":""},
            {"field":"Sprint","fieldtype":"custom","fieldId":"customfield_10020","from":"","fromString":"","to":"3","toString":"Sprint 3"},
            {"field":"assignee","fieldtype":"jira","fieldId":"assignee","from":"5b1","fromString":"Alice","tmpFromAccountId":"5b1","to":"9f9","toString":"Robot"},
            {"field":"WorklogId","fieldtype":"jira","from":null,"fromString":null,"to":"88","toString":"88"}]}]},
        "names":{"customfield_10016":"Story point estimate"}}"#;
    let worklog = r#"{"url":"https://x/rest/api/2/issue/7/worklog","data":{"id":"88","issueId":"7","author":{"accountId":"5b1","displayName":"Alice"},"created":"2024-01-02T23:59:59.900+0000","updated":"2024-01-02T23:59:59.900+0000","started":"2024-01-01T09:00:00.000+0100","timeSpentSeconds":60},"input":null}"#;
    let summary = place.good(&[place.file("w.ndjson", worklog), place.file("c.json", text)]);
    assert_eq!((summary.bad_records, summary.duplicate_events, summary.incomplete), (0, 1, 1));
    let issues = Rows::of(&place.out(), "issues");
    let columns =
        ["key", "project", "creator", "assignee", "description", "parent", "epic", "sprints", "story_points", "customfield_10030"];
    assert_eq!(issues.select(&columns, &[]), [["C-1", "C", "5b1", "9f9", "Hello", "C-0", "C-0", "Sprint 3", "3.0", "plain"]]);
    let events = Rows::of(&place.out(), "events");
    let columns = ["field", "field_id", "from_value", "to_value", "from_id", "to_id", "actor", "actor_kind"];
    assert_eq!(
        events.select(&columns, &[("action", "updated")]),
        [
            ["Start date", "customfield_10015", "2024-04-16", "", "2024-04-16", "", "9f9", "app"],
            ["Sprint", "customfield_10020", "", "Sprint 3", "", "3", "9f9", "app"],
            ["assignee", "assignee", "5b1", "9f9", "5b1", "9f9", "9f9", "app"],
        ]
    );
    let columns = ["entity_id", "issue_id", "issue_key", "to_value", "entity_name", "actor", "origin"];
    assert_eq!(events.select(&columns, &[("entity", "worklog")]), [["88", "7", "C-1", "60", "2024-01-01", "5b1", "worklog"]]);
}

#[test]
fn fields_by_name_get_their_ids() {
    let place = Place::new();
    let issue = r#"{"id":"5","key":"IMP-15","fields":{"Summary":"S","Issue Type":{"id":"1","name":"Initiative","hierarchyLevel":2},"Created":"2023-02-11T18:17:03.810-0600","Fix versions":[{"id":"1","name":"R1","released":false}],"Labels":["QA"],"Status":{"id":"1","name":"Done","statusCategory":{"key":"done"}},"Story points":13,"Start date":"2024-08-29","Due date":"2024-09-26","Odd one":"x","Rank":"0|i:"},"changelog":{"histories":[{"id":"1","created":"2024-01-03T00:00:00.000+0000","items":[{"field":"Start date","fieldtype":"custom","fieldId":"customfield_10015","to":"2024-08-29"}]}]}}"#;
    let fields = r#"[{"id":"customfield_10034","key":"customfield_10034","name":"Story Points","custom":true,"navigable":true,"clauseNames":["cf[10034]","Story Points"],"schema":{"type":"number"}},{"id":"customfield_10040","name":"Options","custom":true,"navigable":true,"schema":{"type":"array","items":"option"}}]"#;
    let summary = place.good(&[place.file("i.ndjson", issue), place.file("f.json", fields)]);
    assert_eq!((summary.bad_records, summary.counts.others), (0, 2));
    let issues = Rows::of(&place.out(), "issues");
    let columns = [
        "type",
        "status_category",
        "fix_versions",
        "due",
        "story_points",
        "customfield_10034",
        "customfield_10015",
        "customfield_odd_one",
    ];
    assert_eq!(issues.select(&columns, &[]), [["Initiative", "Done", "R1", "2024-09-26", "13.0", "13.0", "2024-08-29", "x"]]);
    let fields = Rows::of(&place.out(), "fields").select(&["id", "name", "type", "aliases"], &[]);
    assert_eq!(
        fields,
        [
            ["customfield_10015", "Start date", "", ""],
            ["customfield_10034", "Story Points", "number", "cf[10034]"],
            ["customfield_10040", "Options", "array of option", ""],
            ["customfield_odd_one", "Odd one", "", ""],
            ["customfield_rank", "Rank", "", ""],
        ]
    );
}

#[test]
fn records_beside_issues_find_theirs() {
    let place = Place::new();
    let lines = [
        r#"{"url":"https://x/rest/api/3/issue/1/changelog?startAt=0","input":{"issue_id":1},"data":{"id":"70","author":{"accountId":"","displayName":"Ghost","self":"https://x/user?accountId=5f%3Aa"},"created":"2020-02-01T00:00:00.000+0800","items":[{"field":"priority","fieldId":"priority","from":"3","fromString":"Medium","to":"2","toString":"High"}]}}"#,
        r#"{"url":"https://x/rest/api/2/issue/1/remotelink","input":{"issue_id":1},"data":{"id":10042,"self":"https://x/rest/api/2/issue/A-1/remotelink/10042","globalId":"g","object":{"url":"https://example.org","title":"T"},"application":{},"relationship":"mentioned on"}}"#,
        r#"{"accountId":"5b1","accountType":"app","active":true,"displayName":"Robot","timeZone":"Asia/Shanghai","groups":{"size":1,"items":[{"name":"robots"}]}}"#,
        r#"{"id":"3","name":"Working","statusCategory":{"key":"indeterminate"}}"#,
        r#"{"id":7,"name":"EE Sprint 7","state":"closed","originBoardId":8,"startDate":"2020-06-12T00:38:51.882Z"}"#,
        r#"{"id":"1","key":"A","name":"Alpha","projectTypeKey":"software"}"#,
        r#"{"id":"10001","name":"Story","subtask":false,"hierarchyLevel":0}"#,
        r#"{"self":"https://x/rest/api/2/priority/1","id":"1","name":"P1","statusColor":"red"}"#,
        r#"{"id":"4","name":"2.0","released":true,"projectId":1}"#,
        r#"{"id":"501","author":{"accountId":"5b1","displayName":"Robot"},"self":"https://x/rest/api/2/issue/A-1/comment/501","body":"Alone","created":"2020-02-02T00:00:00.000Z","updated":"2020-02-02T00:00:00.000Z"}"#,
        r#"{"body":"Whose?","id":"502","created":"2020-02-02T00:00:00.000Z"}"#,
    ];
    let bulk = r#"{"issueChangeLogs":[{"issueId":"1","changeHistories":[{"id":"71","created":1583020800000,"author":{"accountId":"5b1"},"items":[{"field":"status","from":"3","fromString":"In Progress","to":"4","toString":"Done"}]}]}],"nextPageToken":"x"}"#;
    let page = r#"{"self":"https://x/rest/api/3/issue/A-1/changelog?startAt=0","maxResults":100,"total":1,"values":[{"id":"72","created":"2020-03-02T00:00:00.000Z","items":[{"field":"summary","fromString":"a","toString":"b"}]}]}"#;
    let files = [
        place.file("a.ndjson", lines.join("\n")),
        place.file("b.json", bulk),
        place.file("c.json", page),
        place.file("d.json", issue(1, "A-1")),
    ];
    let summary = place.good(&files);
    assert_eq!((summary.counts.change_groups, summary.counts.comments, summary.counts.others), (3, 1, 8));
    assert_eq!(summary.bad_records, 1);
    assert!(summary.problems[0].reason.contains("does not tell its issue"));
    let events = Rows::of(&place.out(), "events");
    assert_eq!(
        events.select(&["event_id", "issue_id", "issue_key", "project", "actor"], &[]),
        [
            ["jira:issue:1:created", "1", "A-1", "A", ""],
            ["jira:change:70:000", "1", "A-1", "A", "5f:a"],
            ["jira:comment:501:created", "1", "A-1", "A", "5b1"],
            ["jira:change:71:000", "1", "A-1", "A", "5b1"],
            ["jira:change:72:000", "1", "A-1", "A", ""],
        ]
    );
    let row = |table: &str, columns: &[&str]| Rows::of(&place.out(), table).select(columns, &[]);
    assert_eq!(row("remote_links", &["issue", "global_id", "title"]), [["A-1", "g", "T"]]);
    assert_eq!(row("memberships", &["group", "account_id"]), [["robots", "5b1"]]);
    assert_eq!(
        row("statuses", &["name", "former_names", "category"]),
        [["Working", "In Progress", "In Progress"], ["Done", "", ""]]
    );
    assert_eq!(row("versions", &["name", "project"]), [["2.0", "A"]]);
    assert_eq!(row("priorities", &["name", "rank"]), [["P1", "0"]]);
}

#[test]
fn what_comes_twice_counts_once() {
    let place = Place::new();
    let old = issue(1, "A-1");
    let new = old.replace("\"S\"", "\"Newer\"").replace("2020-01-02", "2021-01-02");
    let server = input("import/server.json");
    let summary = place.good(&[place.file("new.ndjson", &new), place.file("old.ndjson", &old), server.clone(), server.clone()]);
    assert_eq!(summary.duplicate_issues, 3);
    assert_eq!(Rows::of(&place.out(), "issues").column("summary")[0], "Newer", "the later update wins, whatever the order");
    let once = place.good(&[place.file("new.ndjson", &new), server]);
    assert_eq!(once.rows, summary.rows);
    let ids = Rows::of(&place.out(), "events").column("event_id");
    let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len());
}

#[test]
fn a_small_memory_gives_the_same_dataset() {
    let lines: String = (1..500)
        .map(|n| {
            let comment = format!(
                r#""comment":{{"comments":[{{"id":"{n}","body":"{}","created":"2020-02-{:02}T00:00:00.000Z"}}]}},"summary""#,
                "x".repeat(n as usize),
                n % 28 + 1
            );
            issue(1000 - n, &format!("A-{n}")).replacen("\"summary\"", &comment, 1) + "\n"
        })
        .collect();
    let place = Place::new();
    let file = place.file("a.ndjson", lines);
    let read = || (Rows::of(&place.out(), "events").column("event_id"), Rows::of(&place.out(), "issues").column("key"));
    place.good(std::slice::from_ref(&file));
    let roomy = read();
    let options = ImportOptions { replace: true, memory: 40_000, ..ImportOptions::default() };
    place.import_with(&[file], &options).expect("it fits in files");
    assert_eq!(read(), roomy);
    assert!(roomy.0.len() == 998 && roomy.1.len() == 499);
}
