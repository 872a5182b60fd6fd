//! Audit records as JSON: the shapes that the shared samples do not have, and what of them can be asked.

use super::Place;
use crate::cli::{path, run};
use crate::support::Rows;

fn events(record: &str, columns: &[&str]) -> Vec<Vec<String>> {
    let place = Place::new();
    let summary = place.good(&[place.file("record.json", record)]);
    assert_eq!((summary.bad_records, summary.counts.audit_records), (0, 1), "{record}\n{:#?}", summary.problems);
    Rows::of(&place.out(), "events").select(columns, &[])
}

const WHAT: &[&str] = &["entity", "action", "entity_name", "from_value", "to_value", "actor"];

#[test]
fn rights_say_who_got_what() {
    let record = |summary: &str, object: &str, changes: &str| {
        format!(
            r#"{{"id":5,"summary":"{summary}","created":"2024-05-01T10:00:00.000+0000","category":"permissions","authorAccountId":"u-ann","eventSource":"","objectItem":{object},"changedValues":{changes},"associatedItems":[]}}"#
        )
    };
    let scheme = r#"{"id":"9","name":"Default scheme","typeName":"SCHEME"}"#;
    let right = r#"[{"fieldName":"Permission","changedTo":"Delete all comments"},{"fieldName":"Type","changedTo":"Group"},{"fieldName":"Group","changedTo":"service-team"}]"#;
    for (record, expected) in [
        (
            record("Permission added to scheme", scheme, right),
            ["permission", "granted", "Delete all comments", "", "service-team", "u-ann"],
        ),
        (
            record("Permission removed from scheme", scheme, &right.replace("changedTo", "changedFrom")),
            ["permission", "revoked", "Delete all comments", "service-team", "", "u-ann"],
        ),
        (
            record(
                "Global permission added",
                r#"{"name":"Global Permissions","typeName":"PERMISSIONS"}"#,
                r#"[{"fieldName":"Permission","changedTo":"Administer Jira"},{"fieldName":"Group","changedTo":"jira-admins"}]"#,
            ),
            ["global permission", "granted", "jira-admins", "", "Administer Jira", "u-ann"],
        ),
        (
            record("User removed from group", r#"{"name":"admins","typeName":"GROUP"}"#, "[]"),
            ["group membership", "removed", "admins", "admins", "", "u-ann"],
        ),
        (
            record("Permission scheme updated", scheme, r#"[{"fieldName":"Name","changedFrom":"Old","changedTo":"New"}]"#),
            ["permission scheme", "updated", "Default scheme", "Old", "New", "u-ann"],
        ),
        (
            record("Permission scheme created", scheme, r#"[{"fieldName":"Name","changedTo":"New"}]"#),
            ["permission scheme", "created", "Default scheme", "", "", "u-ann"],
        ),
    ] {
        assert_eq!(events(&record, WHAT), [expected], "{record}");
    }
}

#[test]
fn accounts_are_known_by_their_other_keys() {
    let record = r#"{"id":1,"summary":"User added to group","created":"2024-05-01T10:00:00.000+0000","category":"group management","authorKey":"ug:1-2","authorAccountId":"u-ann","eventSource":"","objectItem":{"name":"admins","typeName":"GROUP"},"associatedItems":[{"id":"ug:3-4","name":"ug:3-4","typeName":"USER"}]}
{"id":2,"summary":"User created","created":"2024-05-01T09:00:00.000+0000","category":"user management","authorKey":"ug:3-4","authorAccountId":"u-bob","eventSource":"","objectItem":{"id":"ug:1-2","name":"ug:1-2","typeName":"USER"}}"#;
    let place = Place::new();
    place.good(&[place.file("records.ndjson", record)]);
    let events = Rows::of(&place.out(), "events");
    assert_eq!(
        events.select(&["actor", "entity_id", "to_value"], &[("entity", "group membership")]),
        [["u-ann", "u-bob", "admins"]]
    );
    assert_eq!(events.select(&["actor", "entity_id"], &[("entity", "user")]), [["u-bob", "u-ann"]]);
}

#[test]
fn a_data_center_account_is_the_one_of_its_issues() {
    let event = r#"{"timestamp":"2024-05-01T10:00:00.123Z","author":{"id":"10100","name":"Ann Example","type":"user","uri":"https://jira.example.org/secure/ViewProfile.jspa?name=ann"},"type":{"category":"projects","categoryI18nKey":"jira.auditing.category.projects","action":"Project archived","actionI18nKey":"jira.auditing.project.archived"},"affectedObjects":[{"id":"7","name":"Old things","type":"PROJECT"}],"changedValues":[],"source":"10.0.0.7, 10.0.0.1","system":"https://jira.example.org","method":"Browser","extraAttributes":[]}"#;
    let user = r#"{"self":"https://jira.example.org/rest/api/2/user?key=JIRAUSER10100","key":"JIRAUSER10100","name":"ann","displayName":"Ann Example","emailAddress":"ann@example.org"}"#;
    let project = r#"{"self":"https://jira.example.org/rest/api/2/project/7","id":"7","key":"OLD","name":"Old things","projectTypeKey":"software"}"#;
    let columns = ["actor", "entity", "action", "project", "remote_address", "time"];
    assert_eq!(events(event, &columns), [["ann", "project", "archived", "", "10.0.0.7", "2024-05-01T10:00:00.123Z"]]);
    let place = Place::new();
    place.good(&[place.file("all.ndjson", [event, user, project].join("\n"))]);
    assert_eq!(
        Rows::of(&place.out(), "events").select(&columns, &[]),
        [["JIRAUSER10100", "project", "archived", "OLD", "10.0.0.7", "2024-05-01T10:00:00.123Z"]]
    );
    assert_eq!(Rows::of(&place.out(), "users").column("account_id"), ["JIRAUSER10100"]);
}

#[test]
fn lines_of_the_log_file_are_the_events_of_the_api() {
    let api = r#"{"entities":[{"timestamp":"2024-05-01T10:00:00.123Z","author":{"id":"10100","name":"ann","type":"user"},"type":{"category":"projects","action":"Project archived","actionI18nKey":"jira.auditing.project.archived"},"affectedObjects":[{"id":"7","name":"Old","type":"PROJECT"}],"changedValues":[],"extraAttributes":[],"source":"10.0.0.7"}],"pagingInfo":{"lastPage":true}}"#;
    let line = |timestamp: &str| {
        format!(
            r#"{{"affectedObjects":[{{"name":"Old","type":"PROJECT","id":"7"}}],"auditType":{{"action":"Project archived","actionI18nKey":"jira.auditing.project.archived","area":"LOCAL_CONFIG_AND_ADMINISTRATION","category":"projects","level":"BASE"}},"author":{{"id":"10100","name":"ann","type":"user"}},"changedValues":[],"extraAttributes":[],"method":"Browser","source":"10.0.0.7","system":"https://jira.example.org","timestamp":{timestamp},"version":"1.0"}}"#
        )
    };
    let place = Place::new();
    let lines =
        [line(r#"{"epochSecond":1714557600,"nano":123000000}"#), line("1714557600.123000000"), line("1714557600123")].join("\n");
    let summary = place.good(&[place.file("api.json", api), place.file("20240501.00000.audit.log", lines)]);
    assert_eq!((summary.counts.audit_records, summary.rows["events"]), (4, 1));
}

#[test]
fn nobody_and_the_system_are_told_apart() {
    let event = |author: &str| {
        format!(
            r#"{{"timestamp":"2024-05-01T10:00:00Z",{author}"type":{{"action":"User created","actionI18nKey":"jira.auditing.user.created"}},"affectedObjects":[]}}"#
        )
    };
    for (author, expected) in [
        ("", ["", "unknown", "unknown"]),
        (r#""author":{"id":"-1","name":"System","type":"system"},"#, ["", "system", "stated"]),
        (r#""author":{"id":"-2","name":"Anonymous"},"#, ["", "anonymous", "stated"]),
        (r#""author":{"id":"5","name":"ann","type":"user"},"#, ["ann", "user", "stated"]),
    ] {
        assert_eq!(events(&event(author), &["actor", "actor_kind", "actor_basis"]), [expected], "{author}");
    }
}

#[test]
fn the_organisation_says_who_got_which_role() {
    let page = r#"{"data":[{"id":"e-1","type":"events","attributes":{"time":"2024-05-01T10:00:00.000Z","action":"user_added_to_group","actor":{"id":"u-ann","name":"Ann Example","email":"ann@example.org"},"context":[{"id":"u-bob","type":"users","attributes":{"name":"Bob Example"}},{"id":"g-1","type":"groups","attributes":{"name":"site-admins"}}],"container":[{"id":"o-1","type":"orgs","attributes":{"name":"Example Org"}}],"location":{"ip":"203.0.113.9","geo":"Berlin"}}},
{"id":"e-2","type":"events","attributes":{"time":"2024-05-01T11:00:00.000Z","action":"jira_issue_viewed","actor":{"id":"u-bob"},"context":[{"id":"10100","type":"issue","attributes":{"key":"PAY-1"}}],"location":{"ip":"203.0.113.9"}}},
{"id":"e-3","type":"events","attributes":{"time":"2024-05-01T12:00:00.000Z","action":"flux_capacitor","actor":{"id":"u-bob"}}}],"meta":{},"links":{"next":"x"}}"#;
    let place = Place::new();
    let store = place.out();
    let file = place.file("events.json", page);
    run(&["import", path(&file), "--store", path(&store)]).ok();
    assert!(run(&["import", path(&file), "--store", path(&store)]).ok().err.contains("nothing new"));
    let ask = |query: &str| run(&["query", "--store", path(&store), "--format", "ndjson", query]).ok().rows();
    let rows = ask(
        "ACTIVITY WHERE \"group membership\" ADDED BY \"Ann Example\" SHOW entityId, entityName, \"to\", product, remoteAddress, eventId",
    );
    assert_eq!(
        rows,
        [
            serde_json::json!({"entityId": "u-bob", "entityName": "Bob Example", "to": "site-admins", "product": "admin", "remoteAddress": "203.0.113.9", "eventId": "admin:event:e-1"})
        ]
    );
    assert_eq!(ask("ACTIVITY WHERE issue VIEWED BY u-bob AND product = jira").len(), 1);
    assert_eq!(
        ask("ACTIVITY WHERE action = \"changed\" AND entity = \"flux capacitor\"").len(),
        1,
        "what is not known is kept as it is called"
    );
}

#[test]
fn the_app_tells_comments_fields_and_deletions() {
    let delivery = |action: &str, target: &str, from: &str, to: &str| {
        format!(
            r#"{{"accountId":"u-ann","accountName":"Ann Example","avatar":"https://x.example.org/{action}.png","instanceName":"x.example.org","issueKey":"PAY-1","requestTypeName":"","issueTypeName":"Bug","actionType":"{action}","target":"{target}","projectKey":"PAY","projectName":"Payments","changedFrom":"{from}","changedTo":"{to}","createdAt":"2024-05-01T10:00:00.000Z","objectId":"500","summary":"Card refused"}}"#
        )
    };
    let columns = ["entity", "action", "field", "from_value", "to_value", "text", "issue_key", "project", "actor"];
    for (delivery, expected) in [
        (
            delivery("UPDATED", "status", "Open", "Done"),
            ["issue", "updated", "status", "Open", "Done", "", "PAY-1", "PAY", "u-ann"],
        ),
        (delivery("CREATED", "COMMENT", "", "Hello"), ["comment", "created", "", "", "", "Hello", "PAY-1", "PAY", "u-ann"]),
        (delivery("UPDATED", "Comment", "Helo", "Hello"), ["comment", "updated", "", "Helo", "", "Hello", "PAY-1", "PAY", "u-ann"]),
        (delivery("DELETED", "ISSUE", "", ""), ["issue", "deleted", "", "", "", "", "PAY-1", "PAY", "u-ann"]),
        (
            delivery("ISSUE_UPDATED", "Story Points", "3", "5"),
            ["issue", "updated", "Story Points", "3", "5", "", "PAY-1", "PAY", "u-ann"],
        ),
        (delivery("VIEWED", "ISSUE", "", ""), ["issue", "viewed", "", "", "", "", "PAY-1", "PAY", "u-ann"]),
    ] {
        assert_eq!(events(&delivery, &columns), [expected], "{delivery}");
    }
    let place = Place::new();
    let again = delivery("DELETED", "COMMENT", "Rude", "");
    let summary = place.good(&[place.file("a.ndjson", format!("{again}\n{}", again.replace("DELETED.png", "other.png")))]);
    assert_eq!(summary.rows["events"], 1, "a picture that moved makes no other event");
    assert_eq!(Rows::of(&place.out(), "events").column("text"), ["Rude"], "the text of a deleted comment stays");
}

#[test]
fn damaged_records_are_named() {
    let place = Place::new();
    let lines = [
        r#"{"id":1,"summary":"User created","created":"soon","category":"x"}"#,
        r#"{"id":1,"created":"2024-05-01T10:00:00.000+0000","summary":7,"category":"x"}"#,
        r#"{"timestamp":"never","type":{"action":"User created"},"affectedObjects":[]}"#,
        r#"{"creationDate":-1,"summary":"Space created"}"#,
        r#"{"id":"e","attributes":{"time":"2024","action":"login"}}"#,
        r#"{"actionType":"UPDATED","target":"status","createdAt":"03/04/2024 10:00"}"#,
    ];
    let error = place.import(&[place.file("bad.ndjson", lines.join("\n"))]).expect_err("none is good");
    let told: Vec<String> = error.diagnostics().iter().skip(1).map(|d| d.message.clone()).collect();
    assert_eq!(told.len(), lines.len(), "{told:#?}");
    for (told, part) in told.iter().zip([
        "soon",
        "no summary",
        "timestamp: \"never\"",
        "creationDate",
        "time: \"2024\"",
        "may be the 3. of month 4",
    ]) {
        assert!(told.contains(part), "{part}: {told}");
    }
}
