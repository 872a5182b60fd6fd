//! Fields that have columns, tables or events of their own.

use jqlx::data::schema::ColumnKind;

use super::{Place, issue};
use crate::support::Rows;

/// An issue with more fields, and what stands beside its fields.
fn with(id: u32, fields: &str, beside: &str) -> String {
    let fields = issue(id, &format!("A-{id}")).replacen("\"summary\"", &format!("{fields},\"summary\""), 1);
    fields.replacen("\"key\"", &format!("{beside}\"key\""), 1)
}

fn changes(items: &str) -> String {
    format!(r#""changelog":{{"histories":[{{"id":"70","created":"2020-01-02T00:00:00.000Z","items":[{items}]}}]}},"#)
}

/// Id, field, old and new value and ids of each field change.
fn changed(place: &Place) -> Vec<Vec<String>> {
    let columns = ["event_id", "field", "from_value", "from_id", "to_value", "to_id"];
    let mut rows = Rows::of(&place.out(), "events").select(&columns, &[("action", "updated")]);
    rows.iter_mut().for_each(|row| row[0] = row[0].trim_start_matches("jira:change:70:").to_owned());
    rows
}

#[test]
fn each_element_that_comes_or_goes_is_an_event() {
    let place = Place::new();
    let items = [
        r#"{"field":"labels","from":null,"fromString":"a b","to":null,"toString":"b c d"}"#,
        r#"{"field":"Sprint","fieldtype":"custom","from":"","fromString":"","to":"7","toString":"One, two"}"#,
        r#"{"field":"Sprint","fieldtype":"custom","from":"7, 8","fromString":"One, two, Sprint 8","to":"8, 9","toString":"Sprint 8, Four"}"#,
        r#"{"field":"Sprint","fieldtype":"custom","from":"1, 2","fromString":"x, y, z","to":"2","toString":"z"}"#,
        r#"{"field":"Sprint","fieldtype":"custom","from":"8","fromString":"Sprint 8","to":"","toString":""}"#,
        r#"{"field":"Flagged","fieldtype":"custom","fieldId":"customfield_1","from":"","fromString":"","to":"[10019]","toString":"Impediment"}"#,
        r#"{"field":"Platforms","fieldtype":"custom","fieldId":"customfield_2","from":"[1, 2]","fromString":"iOS,Web","to":"[2]","toString":"Web"}"#,
        r#"{"field":"Theme","fieldtype":"custom","from":null,"fromString":"","to":null,"toString":"[Core, Access/Control]"}"#,
        r#"{"field":"Approvers","fieldtype":"custom","fieldId":"customfield_3","from":"[]","fromString":"","to":"[u1, u2]","toString":"Ann,Bob"}"#,
        r#"{"field":"Topics","fieldtype":"custom","fieldId":"customfield_4","from":"","fromString":"x","to":"","toString":"y x"}"#,
        r#"{"field":"Fix Version","from":"1","fromString":"1.9","to":"2","toString":"1.10"}"#,
        r#"{"field":"Component","from":null,"fromString":null,"to":"5","toString":"one, with a comma"}"#,
        r#"{"field":"labels","from":null,"fromString":"b c","to":null,"toString":"c b"}"#,
        r#"{"field":"summary","from":null,"fromString":"[a, b]","to":null,"toString":"[b]"}"#,
        r#"{"field":"Notes","fieldtype":"custom","fieldId":"customfield_5","from":null,"fromString":"[a, b]","to":null,"toString":"[b]"}"#,
        r#"{"field":"Tester","fieldtype":"custom","fieldId":"customfield_6","from":"u1","fromString":"Ann","to":"u2","toString":"Bob"}"#,
    ];
    let fields = r#"[{"id":"customfield_2","name":"Platforms","custom":true,"navigable":true,"schema":{"type":"array","items":"option"}},
        {"id":"customfield_3","name":"Approvers","custom":true,"navigable":true,"schema":{"type":"array","items":"user"}},
        {"id":"customfield_4","name":"Topics","custom":true,"navigable":true,"schema":{"type":"array","items":"string"}},
        {"id":"customfield_5","name":"Notes","custom":true,"navigable":true,"schema":{"type":"string"}},
        {"id":"customfield_6","name":"Tester","custom":true,"navigable":true,"schema":{"type":"user"}}]"#;
    let sprints = r#"{"id":7,"name":"One, two","state":"closed","originBoardId":1}
        {"id":8,"name":"Three","state":"active","originBoardId":1}"#;
    let text = with(1, r#""labels":["c","b"]"#, &changes(&items.join(",")));
    // What tells the types and names comes after the changes.
    let files = [place.file("i.json", text), place.file("f.json", fields), place.file("s.json", sprints)];
    let summary = place.good(&files);
    assert_eq!((summary.problems, summary.counts.change_items), (vec![], 16));
    assert_eq!(
        changed(&place),
        [
            ["000:0-a", "labels", "a", "", "", ""],
            ["000:1+c", "labels", "", "", "c", ""],
            ["000:1+d", "labels", "", "", "d", ""],
            ["001:1+7", "Sprint", "", "", "One, two", "7"],
            ["002:0-7", "Sprint", "One, two", "7", "", ""],
            ["002:1+9", "Sprint", "", "", "Four", "9"],
            ["003", "Sprint", "x, y, z", "1, 2", "z", "2"],
            ["004:0-8", "Sprint", "Three", "8", "", ""],
            ["005:1+10019", "Flagged", "", "", "Impediment", "10019"],
            ["006:0-1", "Platforms", "iOS", "1", "", ""],
            ["007:1+Access/Control", "Theme", "", "", "Access/Control", ""],
            ["007:1+Core", "Theme", "", "", "Core", ""],
            ["008:1+u1", "Approvers", "", "", "u1", "u1"],
            ["008:1+u2", "Approvers", "", "", "u2", "u2"],
            ["009:1+y", "Topics", "", "", "y", ""],
            ["010", "fixVersion", "1.9", "1", "1.10", "2"],
            ["011", "component", "", "", "one, with a comma", "5"],
            ["012", "labels", "", "", "", ""],
            ["013", "summary", "[a, b]", "", "[b]", ""],
            ["014", "Notes", "[a, b]", "", "[b]", ""],
            ["015", "Tester", "u1", "u1", "u2", "u2"],
        ]
    );
    let changes: std::collections::BTreeSet<_> =
        Rows::of(&place.out(), "events").select(&["change_id"], &[("action", "updated")]).into_iter().collect();
    assert_eq!(changes.len(), 1);
    let before = Rows::of(&place.out(), "events").column("event_id");
    place.good(&files.into_iter().rev().collect::<Vec<_>>());
    assert_eq!(Rows::of(&place.out(), "events").column("event_id"), before, "whatever comes first");
}

const OWN: [&str; 13] = [
    "rank",
    "organizations",
    "request_type",
    "request_channel",
    "request_last_activity",
    "change_gating",
    "epic",
    "pull_requests",
    "pull_requests_open",
    "commits",
    "reviews",
    "reviews_open",
    "builds_failing",
];
const OWN_VALUES: [&str; 13] =
    ["0|i00:", "Acme,Globex", "Get help", "portal", "2020-01-03T00:00:00Z", "tracked-only", "A-9", "2", "1", "7", "3", "0", "1"];

fn own_values(name: impl Fn(&str, &str) -> String) -> String {
    let development = r#"{pullrequest={state=OPEN}, json={\"cachedValue\":{\"summary\":{\"pullrequest\":{\"overall\":{\"count\":2,\"state\":\"OPEN\",\"stateCount\":1}},\"repository\":{\"overall\":{\"count\":7}},\"review\":{\"overall\":{\"count\":3,\"state\":\"CLOSED\",\"stateCount\":3}},\"build\":{\"overall\":{\"count\":9,\"failedBuildCount\":1}}}}}}"#;
    [
        format!(r#""{}":"0|i00:""#, name("10", "Rank")),
        format!(r#""{}":[{{"id":"1","name":"Acme"}},{{"id":"2","name":"Globex"}}]"#, name("11", "Organizations")),
        format!(
            r#""{}":{{"requestType":{{"id":"3","name":"Get help"}},"currentStatus":{{"status":"Open"}}}}"#,
            name("12", "Request Type")
        ),
        format!(r#""{}":{{"value":"portal"}}"#, name("13", "Request channel type")),
        format!(r#""{}":"2020-01-03T01:00:00.000+0100""#, name("14", "Request last activity time")),
        format!(r#""{}":"tracked-only""#, name("15", "Change gating type")),
        format!(r#""{}":"A-9""#, name("16", "Epic Link")),
        format!(r#""{}":"{development}""#, name("17", "Development")),
    ]
    .join(",")
}

#[test]
fn fields_of_jiras_own_making_fill_columns() {
    let types = [
        ("10", "Rang", "com.pyxis.greenhopper.jira:gh-lexo-rank"),
        ("11", "Firmen", "com.atlassian.servicedesk:sd-customer-organizations"),
        ("12", "Anfragetyp", "com.atlassian.servicedesk:vp-origin"),
        ("13", "Kanal", "com.atlassian.servicedesk:sd-request-channel-type"),
        ("14", "Zuletzt", "com.atlassian.servicedesk:sd-request-last-activity-time"),
        ("15", "Freigabe", "com.atlassian.servicedesk:change-gating-type"),
        ("16", "Epos", "com.pyxis.greenhopper.jira:gh-epic-link"),
        ("17", "Entwicklung", "com.atlassian.jira.plugins.jira-development-integration-plugin:devsummarycf"),
        // What somebody made and called so is something else.
        ("18", "Rank", "com.atlassian.jira.plugin.system.customfieldtypes:textfield"),
    ];
    let list = types.map(|(id, name, custom)| {
        format!(r#"{{"id":"customfield_{id}","name":"{name}","custom":true,"navigable":true,"schema":{{"type":"any","custom":"{custom}"}}}}"#)
    });
    let schema = types.map(|(id, _, custom)| format!(r#""customfield_{id}":{{"type":"any","custom":"{custom}"}}"#)).join(",");
    let names = types.map(|(id, name, _)| format!(r#""customfield_{id}":"{name}""#)).join(",");
    let by_id = with(1, &format!("{},\"customfield_18\":\"1|top\"", own_values(|id, _| format!("customfield_{id}"))), "");
    let expanded = format!(r#"{{"issues":[{by_id}],"names":{{{names}}},"schema":{{{schema}}}}}"#);
    for files in [vec![by_id, format!("[{}]", list.join(","))], vec![expanded]] {
        let place = Place::new();
        let paths: Vec<_> = files.iter().enumerate().map(|(n, text)| place.file(&format!("{n}.json"), text)).collect();
        assert_eq!(place.good(&paths).problems, []);
        let issues = Rows::of(&place.out(), "issues");
        assert_eq!(issues.select(&OWN, &[]), [OWN_VALUES]);
        assert_eq!(issues.custom_columns(), ["customfield_18"]);
        assert_eq!(Rows::of(&place.out(), "organizations").column("name"), ["Acme", "Globex"]);
    }
}

#[test]
fn fields_of_jiras_own_making_are_known_by_name() {
    let place = Place::new();
    let odd = r#""Rank":7,"Development":"see the wiki","Request last activity time":"lately""#;
    let text = format!("{}\n{}", with(1, &own_values(|_, name| name.to_owned()), ""), with(2, odd, ""));
    assert_eq!(place.good(&[place.file("i.ndjson", text)]).problems, []);
    let issues = Rows::of(&place.out(), "issues");
    assert_eq!(issues.select(&OWN, &[("key", "A-1")]), [OWN_VALUES]);
    // What is no such value stays what it is.
    let columns = ["customfield_development", "customfield_rank", "customfield_request_last_activity_time"];
    assert_eq!(issues.custom_columns(), columns);
    assert_eq!(issues.select(&columns, &[("key", "A-2")]), [["see the wiki", "7.0", "lately"]]);
    assert_eq!(issues.select(&["rank", "commits"], &[("key", "A-2")]), [["", ""]]);
}

#[test]
fn entity_properties_are_a_table_of_values() {
    let place = Place::new();
    let properties = r#""properties":{"deploy":{"env":"live","ok":true,"hosts":["a","b"],"at":{"x":1.5,"none":null},"steps":[{"n":1},{"n":2}]},"flat":"","bare":7,"empty":{},"nothing":null},"#;
    let old = with(1, r#""x":1"#, r#""properties":{"deploy":{"env":"old"}},"#).replace("2020-01-02", "2020-01-01");
    let text = [old, with(1, r#""x":1"#, properties), with(2, r#""x":1"#, r#""properties":7,"#)].join("\n");
    place.good(&[place.file("i.ndjson", text)]);
    assert_eq!(
        Rows::of(&place.out(), "properties").select(&["issue", "property", "path", "value"], &[]),
        [
            ["A-1", "bare", "", "7"],
            ["A-1", "deploy", "at.x", "1.5"],
            ["A-1", "deploy", "env", "live"],
            ["A-1", "deploy", "hosts", "a"],
            ["A-1", "deploy", "hosts", "b"],
            ["A-1", "deploy", "ok", "true"],
            ["A-1", "deploy", "steps.n", "1"],
            ["A-1", "deploy", "steps.n", "2"],
            ["A-1", "empty", "", ""],
            ["A-1", "flat", "", ""],
            ["A-1", "nothing", "", ""],
        ]
    );
}

#[test]
fn tables_that_were_looked_for_are_there_even_if_empty() {
    for (fields, beside, links, properties) in [
        (r#""x":1"#, "", None, None),
        (r#""issuelinks":[]"#, "", Some(0), None),
        (r#""issuelinks":null"#, r#""properties":{},"#, Some(0), Some(0)),
        (r#""Linked Issues":[{"type":{"name":"Blocks"},"outwardIssue":{"key":"A-2"}}]"#, "", Some(1), None),
    ] {
        let place = Place::new();
        let summary = place.good(&[place.file("i.json", with(1, fields, beside))]);
        let rows = |table: &str| crate::support::read(&place.out(), table).map(|batch| batch.num_rows());
        assert_eq!((rows("links"), rows("properties")), (links, properties), "{fields}");
        assert_eq!(summary.rows.get("links").copied(), links.map(|n| n as u64));
    }
}

#[test]
fn last_views_and_logins_are_read() {
    let place = Place::new();
    let views = r#""lastViewed":"2020-03-01T00:00:00.000+0000""#;
    let users = r#"{"name":"ann","key":"JIRAUSER1","displayName":"Ann","active":true,"lastLoginTime":"2020-05-01T00:00:00.000+0000"}
        {"name":"bob","displayName":"Bob","active":false,"loginInfo":{"lastLoginTime":"2020-06-02T00:00:00.000+0000","previousLoginTime":"2020-06-01T00:00:00.000+0000","loginCount":7}}
        {"name":"cid","displayName":"Cid","loginInfo":{"lastLoginTime":"never"},"active":true}"#;
    place.good(&[place.file("i.json", with(1, views, "")), place.file("u.json", users)]);
    assert_eq!(Rows::of(&place.out(), "issues").column("last_viewed"), ["2020-03-01T00:00:00Z"]);
    assert_eq!(
        Rows::of(&place.out(), "users").select(&["account_id", "last_login", "previous_login"], &[]),
        [["JIRAUSER1", "2020-05-01T00:00:00Z", ""], ["bob", "2020-06-02T00:00:00Z", "2020-06-01T00:00:00Z"], ["cid", "", ""]]
    );
}

#[test]
fn a_cascading_select_is_a_list_even_of_one() {
    let both = r#""customfield_1":{"value":"Europe","child":{"value":"Berlin"}}"#;
    let parent = r#""customfield_1":{"value":"Asia"}"#;
    let fields = r#"[{"id":"customfield_1","name":"Place","custom":true,"navigable":true,"schema":{"type":"option-with-child"}}]"#;
    let seen = format!("{}\n{}", with(1, both, ""), with(2, parent, ""));
    for (issues, more, values) in [(seen, "", vec!["Europe,Berlin", "Asia"]), (with(2, parent, ""), fields, vec!["Asia"])] {
        let place = Place::new();
        let files =
            [place.file("i.ndjson", issues), place.file("f.json", format!("{more} ")), place.file("x.json", issue(9, "B-9"))];
        place.good(&files[..if more.is_empty() { 1 } else { 2 }]);
        let issues = Rows::of(&place.out(), "issues");
        assert_eq!(issues.schema_type("customfield_1"), ColumnKind::TextList.arrow_type());
        assert_eq!(issues.column("customfield_1"), values);
    }
}

#[test]
fn records_find_issues_and_projects_that_come_later() {
    let place = Place::new();
    let link = |id: u32, issue: u32, key: &str| {
        format!(
            r#"{{"url":"https://x/rest/api/2/issue/{issue}/remotelink","input":{{"issue_id":{issue}}},"data":{{"id":{id},"self":"https://x/rest/api/2/issue/{key}/remotelink/{id}","object":{{"url":"https://example.org","title":"T"}},"relationship":"r"}}}}"#
        )
    };
    let lines = [
        link(10, 1, "1"),
        link(11, 5, "B-5"),
        link(12, 6, "6"),
        r#"{"id":"4","name":"2.0","released":true,"projectId":77}"#.into(),
        r#"{"self":"https://x/rest/api/2/component/8","id":"8","name":"api","projectId":77}"#.into(),
        r#"{"id":"77","key":"A","name":"Alpha","projectTypeKey":"software"}"#.into(),
        issue(1, "A-1"),
    ];
    assert_eq!(place.good(&[place.file("i.ndjson", lines.join("\n"))]).problems, []);
    let rows = |table: &str, columns: &[&str]| Rows::of(&place.out(), table).select(columns, &[]);
    // Of the second only the address tells the key, of the third nothing does.
    assert_eq!(rows("remote_links", &["id", "issue"]), [["10", "A-1"], ["11", "B-5"], ["12", "6"]]);
    assert_eq!(rows("versions", &["name", "project"]), [["2.0", "A"]]);
    assert_eq!(rows("components", &["name", "project"]), [["api", "A"]]);
}
