//! Deliveries of webhooks: what happened, and who did it as far as the delivery says.

use super::Place;
use crate::cli::{path, run};
use crate::support::Rows;

const ANN: &str = r#"{"accountId":"u-ann","displayName":"Ann Example","accountType":"atlassian"}"#;
const BOB: &str = r#"{"accountId":"u-bob","displayName":"Bob Example","accountType":"atlassian"}"#;

/// 2024-05-01T10:00:00Z, in milliseconds.
const T: i64 = 1_714_557_600_000;

/// An issue as deliveries about it show it: whole.
fn issue(status: &str, updated: &str) -> String {
    format!(
        r#"{{"id":"100","key":"PAY-1","fields":{{"summary":"Card refused","project":{{"id":"1","key":"PAY","name":"Payments"}},"issuetype":{{"id":"1","name":"Bug","subtask":false}},"status":{{"id":"3","name":"{status}","statusCategory":{{"key":"new"}}}},"creator":{ANN},"reporter":{ANN},"created":"2024-05-01T08:00:00.000+0000","updated":"{updated}"}}}}"#
    )
}

/// An issue as deliveries about its comments show it: in part.
const GLIMPSE: &str = r#"{"id":"100","key":"PAY-1","fields":{"summary":"Card refused","project":{"id":"1","key":"PAY","name":"Payments"},"status":{"id":"3","name":"Open"}}}"#;

fn comment(body: &str, updated: &str) -> String {
    format!(
        r#"{{"id":"500","author":{ANN},"updateAuthor":{ANN},"body":"{body}","created":"2024-05-01T09:00:00.000+0000","updated":"{updated}"}}"#
    )
}

fn edited(by: &str) -> String {
    format!(
        r#"{{"timestamp":{T},"webhookEvent":"jira:issue_updated","issue_event_type_name":"issue_generic","user":{by},"issue":{},"changelog":{{"id":"900","items":[{{"field":"Состояние","fieldId":"status","from":"1","fromString":"Open","to":"3","toString":"Done"}}]}}}}"#,
        issue("Done", "2024-05-01T09:59:59.900+0000")
    )
}

/// The same edit as the REST API tells it, with or without its author.
fn history(author: &str) -> String {
    let issue = issue("Done", "2024-05-01T09:59:59.900+0000");
    let log = format!(
        r#","changelog":{{"histories":[{{"id":"900",{author}"created":"2024-05-01T09:59:59.900+0000","items":[{{"field":"status","fieldId":"status","from":"1","fromString":"Open","to":"3","toString":"Done"}}]}}]}}}}"#
    );
    let whole = issue.strip_suffix('}').expect("an object");
    format!("{whole}{log}")
}

fn events(place: &Place, deliveries: &[&str]) -> Rows {
    let summary = place.good(&[place.file("hooks.ndjson", deliveries.join("\n"))]);
    assert_eq!((summary.bad_records, summary.bad_values), (0, 0), "{:#?}", summary.problems);
    Rows::of(&place.out(), "events")
}

/// One delivery's only event of an entity, as columns.
fn only(delivery: &str, entity: &str, columns: &[&str]) -> Vec<String> {
    let place = Place::new();
    let found = events(&place, &[delivery]).select(columns, &[("entity", entity)]);
    let [row] = &found[..] else { panic!("{delivery}\n{found:?}") };
    row.clone()
}

const WHO: &[&str] = &["action", "actor", "actor_kind", "actor_basis"];

#[test]
fn a_webhook_and_the_change_log_tell_of_one_event() {
    let place = Place::new();
    let webhook = edited(BOB);
    let alone = history("");
    for deliveries in [[webhook.as_str(), alone.as_str()], [alone.as_str(), webhook.as_str()]] {
        let found = events(&place, &deliveries);
        let columns = ["event_id", "time", "actor", "actor_basis", "field", "from_value", "to_value", "origin"];
        let expected =
            ["jira:change:900:000", "2024-05-01T09:59:59.900Z", "u-bob", "stated", "status", "Open", "Done", "changelog"];
        assert_eq!(
            found.select(&columns, &[("action", "updated")]),
            [expected],
            "the change log has the time, the webhook the actor"
        );
    }
}

#[test]
fn what_is_told_in_two_imports_is_told_once() {
    let place = Place::new();
    let store = place.out();
    let (webhook, log) = (place.file("hook.json", edited(BOB)), place.file("issue.json", history("")));
    run(&["import", path(&webhook), "--store", path(&store)]).ok();
    run(&["import", path(&log), "--store", path(&store)]).ok();
    let again = run(&["import", path(&webhook), path(&log), "--store", path(&store)]).ok();
    assert!(again.err.contains("nothing new"), "{}", again.err);
    let found =
        run(&["query", "--store", path(&store), "--format", "ndjson", "ACTIVITY WHERE status CHANGED SHOW time, actor, origin"])
            .ok();
    let rows = found.rows();
    assert_eq!(rows.len(), 1, "{}", found.out);
    assert_eq!((rows[0]["actor"].as_str(), rows[0]["time"].as_str()), (Some("u-bob"), Some("2024-05-01T09:59:59.9Z")));
}

#[test]
fn who_wrote_a_comment_did_not_delete_it() {
    let body = comment("It is **not** us", "2024-05-01T09:00:00.000+0000");
    let cloud = format!(r#"{{"timestamp":{T},"webhookEvent":"comment_deleted","comment":{body},"issue":{GLIMPSE}}}"#);
    let place = Place::new();
    let found = events(&place, &[&cloud]);
    let columns = ["event_id", "issue_key", "issue_id", "project", "actor", "actor_kind", "actor_basis", "text", "time", "origin"];
    let expected = [
        "jira:comment:500:deleted",
        "PAY-1",
        "100",
        "PAY",
        "",
        "unknown",
        "unknown",
        "It is **not** us",
        "2024-05-01T10:00:00Z",
        "webhook",
    ];
    assert_eq!(found.select(&columns, &[("action", "deleted")]), [expected]);
    assert_eq!(
        found.select(&["actor", "text"], &[("action", "created")]),
        [["u-ann", "It is **not** us"]],
        "that it was written is told too"
    );
    assert!(
        crate::support::read(&place.out(), "issues").is_none_or(|rows| rows.num_rows() == 0),
        "a glimpse of an issue is no issue"
    );
    // A server says who did it, and no issue beside the address of the comment.
    let with_self = body.replacen("{\"id\"", "{\"self\":\"https://jira.example.org/rest/api/2/issue/100/comment/500\",\"id\"", 1);
    let server = format!(r#"{{"timestamp":{T},"webhookEvent":"comment_deleted","user":{BOB},"comment":{with_self}}}"#);
    let columns = ["actor", "actor_basis", "issue_id", "text"];
    let place = Place::new();
    assert_eq!(
        events(&place, &[&server]).select(&columns, &[("action", "deleted")]),
        [["u-bob", "stated", "100", "It is **not** us"]]
    );
}

#[test]
fn what_captured_the_delivery_may_know_who_acted() {
    let body = comment("Gone", "2024-05-01T09:00:00.000+0000");
    let delivery = format!(r#"{{"timestamp":{T},"webhookEvent":"comment_deleted","comment":{body},"issue":{GLIMPSE}}}"#);
    let quoted = serde_json::to_string(&delivery).expect("a text");
    for captured in [
        format!(
            r#"{{"method":"POST","headers":{{"x-atlassian-webhook-identifier":"1-2"}},"query":{{"triggeredByUser":"u-bob"}},"body":{delivery}}}"#
        ),
        format!(
            r#"{{"queryStringParameters":{{"triggeredByUser":"u-bob"}},"headers":{{}},"body":{quoted},"isBase64Encoded":false}}"#
        ),
        format!(r#"{{"uuid":"1","url":"https://hooks.example.org/x?triggeredByUser=u-bob&a=b","content":{quoted}}}"#),
        format!(r#"{{"request":{{"url":"/x?user_id=u-bob","payload":{delivery}}}}}"#),
        format!(r#"{{"query":{{"user_id":["u-bob"]}},"data":{delivery}}}"#),
        format!(r#"{{"triggeredByUser":"u-bob","payload":{delivery}}}"#),
    ] {
        let place = Place::new();
        let found =
            events(&place, &[&captured]).select(&["event_id", "actor", "actor_kind", "actor_basis"], &[("action", "deleted")]);
        assert_eq!(found, [["jira:comment:500:deleted", "u-bob", "user", "stated: the delivery's address"]], "{captured}");
    }
}

#[test]
fn an_unfilled_variable_names_nobody() {
    let body = comment("Gone", "2024-05-01T09:00:00.000+0000");
    let delivery = format!(r#"{{"timestamp":{T},"webhookEvent":"comment_deleted","comment":{body},"issue":{GLIMPSE}}}"#);
    let unfilled = format!(r#"{{"query":{{"triggeredByUser":"${{modifiedUser.accountId}}","user_id":"null"}},"body":{delivery}}}"#);
    let place = Place::new();
    assert_eq!(events(&place, &[&unfilled]).select(WHO, &[("action", "deleted")]), [["deleted", "", "unknown", "unknown"]]);
}

#[test]
fn what_a_comment_said_at_first_stays() {
    let place = Place::new();
    let store = place.out();
    let created = format!(
        r#"{{"timestamp":1714554000000,"webhookEvent":"comment_created","comment":{},"issue":{GLIMPSE}}}"#,
        comment("First", "2024-05-01T09:00:00.000+0000")
    );
    let second = comment("Second", "2024-05-01T09:30:00.000+0000");
    let updated = format!(r#"{{"timestamp":1714555800000,"webhookEvent":"comment_updated","comment":{second},"issue":{GLIMPSE}}}"#);
    let whole = issue("Open", "2024-05-01T09:30:00.000+0000");
    let whole = whole.replace("\"creator\"", &format!(r#""comment":{{"total":1,"comments":[{second}]}},"creator""#));
    let expected = [["created", "First"], ["updated", "Second"]];
    let order = [[&created, &updated, &whole], [&whole, &updated, &created], [&updated, &whole, &created]];
    for deliveries in order {
        let found = events(&place, &deliveries.map(String::as_str)).select(&["action", "text"], &[("entity", "comment")]);
        assert_eq!(found, expected, "in one import");
    }
    std::fs::remove_dir_all(&store).expect("the folder goes");
    for (at, delivery) in [&created, &updated, &whole].into_iter().enumerate() {
        run(&["import", path(&place.file(&format!("{at}.json"), delivery)), "--store", path(&store)]).ok();
    }
    let found = run(&[
        "query",
        "--store",
        path(&store),
        "--format",
        "ndjson",
        "ACTIVITY WHERE comment CHANGED SHOW action, text ORDER BY time",
    ])
    .ok();
    let rows: Vec<_> = found
        .rows()
        .iter()
        .map(|row| [row["action"].as_str().unwrap_or_default().to_owned(), row["text"].as_str().unwrap_or_default().to_owned()])
        .collect();
    assert_eq!(rows, expected.map(|row| row.map(str::to_owned)), "one after the other");
}

#[test]
fn a_deleted_issue_says_who_and_is_gone() {
    let place = Place::new();
    let store = place.out();
    let gone = format!(
        r#"{{"timestamp":{T},"webhookEvent":"jira:issue_deleted","user":{BOB},"issue":{}}}"#,
        issue("Open", "2024-05-01T09:30:00.000+0000")
    );
    let other = issue("Open", "2024-05-01T09:30:00.000+0000").replace("\"100\"", "\"101\"").replace("PAY-1", "PAY-2");
    let files = [
        place.file("gone.json", &gone),
        place.file("both.ndjson", format!("{other}\n{}", issue("Open", "2024-05-01T09:30:00.000+0000"))),
    ];
    // What an export from before the deletion says comes last and does not bring it back.
    for file in &files {
        run(&["import", path(file), "--store", path(&store)]).ok();
    }
    let ask = |query: &str| run(&["query", "--store", path(&store), "--format", "ndjson", query]).ok().rows();
    let deleted = ask("ACTIVITY WHERE issue DELETED BY u-bob SHOW issue, actor, time");
    assert_eq!(deleted.len(), 1);
    assert_eq!((deleted[0]["issue"].as_str(), deleted[0]["actor"].as_str()), (Some("PAY-1"), Some("u-bob")));
    let present: Vec<_> = ask("project = PAY").iter().map(|row| row["key"].as_str().unwrap_or_default().to_owned()).collect();
    assert_eq!(present, ["PAY-2"], "a deleted issue is none of the present");
}

#[test]
fn values_of_a_new_issue_are_no_changes() {
    let created = format!(
        r#"{{"timestamp":{T},"webhookEvent":"jira:issue_created","user":{BOB},"issue":{},"changelog":{{"id":"899","items":[{{"field":"Status","fieldId":"status","from":null,"fromString":null,"to":"3","toString":"Open"}}]}}}}"#,
        issue("Open", "2024-05-01T08:00:00.000+0000")
    );
    assert_eq!(
        only(&created, "issue", &["event_id", "action", "actor", "origin", "time"]),
        ["jira:issue:100:created", "created", "u-ann", "webhook", "2024-05-01T08:00:00Z"]
    );
}

#[test]
fn one_deletion_told_three_times_is_one() {
    // A server: about the comment, about the issue, and the change log.
    let with_self = comment("Rude\\r\\nwords", "2024-05-01T09:00:00.000+0000").replacen(
        "{\"id\"",
        "{\"self\":\"https://jira.example.org/rest/api/2/issue/100/comment/500\",\"id\"",
        1,
    );
    let of_comment = format!(r#"{{"timestamp":{T},"webhookEvent":"comment_deleted","user":{BOB},"comment":{with_self}}}"#);
    let whole = issue("Open", "2024-05-01T10:00:00.000+0000");
    let of_issue = format!(
        r#"{{"timestamp":{T},"webhookEvent":"jira:issue_updated","issue_event_type_name":"issue_comment_deleted","user":{BOB},"issue":{whole}}}"#
    );
    let log = format!(
        r#"{},"changelog":{{"histories":[{{"id":"901","author":{BOB},"created":"2024-05-01T10:00:00.000+0000","items":[{{"field":"Comment","from":"Rude\nwords","to":null}}]}}]}}}}"#,
        whole.strip_suffix('}').expect("an object")
    );
    let place = Place::new();
    let found = events(&place, &[&of_issue, &log, &of_comment])
        .select(&["event_id", "issue_key", "actor"], &[("entity", "comment"), ("action", "deleted")]);
    assert_eq!(found, [["jira:comment:500:deleted", "PAY-1", "u-bob"]]);
    // Without the delivery about the comment, what is left of them counts.
    let found =
        events(&place, &[&of_issue]).select(&["issue_key", "actor", "entity_id"], &[("entity", "comment"), ("action", "deleted")]);
    assert_eq!(found, [["PAY-1", "u-bob", ""]]);
    // Another comment of the issue with other words is another.
    let other = log.replace("Rude", "Kind");
    assert_eq!(
        events(&place, &[&other, &of_comment]).select(&["event_id"], &[("entity", "comment"), ("action", "deleted")]).len(),
        2
    );
}

#[test]
fn work_logs_attachments_and_properties() {
    let worklog = format!(
        r#"{{"id":"700","issueId":"100","author":{ANN},"updateAuthor":{ANN},"comment":"Dug","created":"2024-05-01T09:00:00.000+0000","updated":"2024-05-01T09:00:00.000+0000","started":"2024-04-30T09:00:00.000+0000","timeSpentSeconds":3600}}"#
    );
    let place = Place::new();
    let gone = format!(r#"{{"timestamp":{T},"webhookEvent":"worklog_deleted","worklog":{worklog}}}"#);
    let log = format!(
        r#"{},"changelog":{{"histories":[{{"id":"902","author":{BOB},"created":"2024-05-01T10:00:00.000+0000","items":[{{"field":"WorklogId","from":"700","fromString":"700","to":null}},{{"field":"timespent","from":"3600","to":"0"}}]}}]}}}}"#,
        issue("Open", "2024-05-01T10:00:00.000+0000").strip_suffix('}').expect("an object")
    );
    let columns = ["event_id", "actor", "from_value", "entity_name", "text", "issue_key"];
    let found = events(&place, &[&gone, &log]).select(&columns, &[("entity", "worklog"), ("action", "deleted")]);
    assert_eq!(found, [["jira:worklog:700:deleted", "u-bob", "3600", "2024-04-30", "Dug", "PAY-1"]], "each tells what it knows");
    assert_eq!(events(&place, &[&gone]).select(WHO, &[("action", "deleted")]), [["deleted", "", "unknown", "unknown"]]);

    let file = format!(r#"{{"id":"800","filename":"list.xlsx","author":{ANN},"created":"2024-05-01T09:00:00.000+0000"}}"#);
    let added = format!(r#"{{"timestamp":{T},"webhookEvent":"attachment_created","attachment":{file},"issue":{GLIMPSE}}}"#);
    assert_eq!(
        only(&added, "attachment", &["event_id", "action", "actor", "entity_name", "issue_key"]),
        ["jira:attachment:100:800:added", "added", "u-ann", "list.xlsx", "PAY-1"]
    );
    let gone = format!(r#"{{"timestamp":{T},"webhookEvent":"attachment_deleted","attachment":{file},"issue":{GLIMPSE}}}"#);
    assert_eq!(
        only(&gone, "attachment", &["event_id", "action", "actor", "from_value"]),
        ["jira:attachment:100:800:deleted", "deleted", "", "list.xlsx"]
    );

    let set = format!(
        r#"{{"timestamp":{T},"webhookEvent":"issue_property_set","issue":{GLIMPSE},"property":{{"key":"risk","value":{{"level":3}}}}}}"#
    );
    assert_eq!(
        only(&set, "issue property", &["action", "entity_id", "to_value", "issue_key"]),
        ["updated", "risk", r#"{"level":3}"#, "PAY-1"]
    );
}

#[test]
fn links_tell_ids_and_find_their_issues() {
    let link = r#"{"id":10656,"sourceIssueId":100,"destinationIssueId":101,"issueLinkType":{"id":1,"name":"Blocks","outwardName":"blocks","inwardName":"is blocked by"},"systemLink":false}"#;
    let added = format!(r#"{{"timestamp":{T},"webhookEvent":"issuelink_created","issueLink":{link}}}"#);
    let gone = format!(r#"{{"timestamp":{},"webhookEvent":"issuelink_deleted","issueLink":{link}}}"#, T + 1000);
    let one = issue("Open", "2024-05-01T09:30:00.000+0000");
    let other = one.replace("\"100\"", "\"101\"").replace("PAY-1", "PAY-2");
    let place = Place::new();
    let columns = ["event_id", "action", "issue_key", "from_value", "to_value", "entity_name", "actor", "actor_kind"];
    let found = events(&place, &[&added, &gone, &one, &other]).select(&columns, &[("entity", "link")]);
    let expected = [
        ["jira:link:10656:added", "added", "PAY-1", "", "PAY-2", "blocks", "", "unknown"],
        ["jira:link:10656:removed", "removed", "PAY-1", "PAY-2", "", "blocks", "", "unknown"],
    ];
    assert_eq!(found, expected);
}

#[test]
fn things_of_the_site() {
    let told = |body: &str| format!(r#"{{"timestamp":{T},{body}}}"#);
    for (body, entity, columns, expected) in [
        (
            r#""webhookEvent":"project_soft_deleted","project":{"id":7,"key":"OLD","name":"Old things"}"#,
            "project",
            vec!["action", "project", "entity_id", "entity_name", "actor_kind"],
            vec!["trashed", "OLD", "7", "Old things", "unknown"],
        ),
        (
            r#""webhookEvent":"sprint_started","sprint":{"id":4,"self":"https://x.example.org/rest/agile/1.0/sprint/4","state":"active","name":"Sprint 4","originBoardId":2}"#,
            "sprint",
            vec!["action", "entity_id", "entity_name"],
            vec!["started", "4", "Sprint 4"],
        ),
        (
            r#""webhookEvent":"sprint_updated","sprint":{"id":4,"state":"active","name":"Sprint Four"},"oldValue":{"id":4,"state":"active","name":"Sprint 4"}"#,
            "sprint",
            vec!["action", "field", "from_value", "to_value"],
            vec!["updated", "name", "Sprint 4", "Sprint Four"],
        ),
        (
            r#""webhookEvent":"jira:version_merged","version":{"id":"5","name":"1.0","projectId":7},"mergedTo":{"id":"6","name":"1.1"}"#,
            "version",
            vec!["action", "entity_name", "to_value", "to_id"],
            vec!["merged", "1.0", "1.1", "6"],
        ),
        (
            r#""webhookEvent":"board_configuration_changed","configuration":{"id":2,"name":"Team board"}"#,
            "board",
            vec!["action", "entity_id", "entity_name"],
            vec!["updated", "2", "Team board"],
        ),
        (
            r#""webhookEvent":"option_voting_changed","property":{"key":"jira.option.voting","value":"false"}"#,
            "feature",
            vec!["action", "entity_id", "to_value"],
            vec!["updated", "jira.option.voting", "false"],
        ),
        (
            r#""webhookEvent":"option_timetracking_changed""#,
            "feature",
            vec!["action", "entity_id"],
            vec!["updated", "timetracking"],
        ),
        (
            r#""webhookEvent":"filter_deleted","filter":{"id":"9","name":"Mine"}"#,
            "filter",
            vec!["action", "entity_id", "entity_name"],
            vec!["deleted", "9", "Mine"],
        ),
        (
            r#""webhookEvent":"issuetype_created","issueType":{"id":"11","name":"Risk","subtask":false}"#,
            "issue type",
            vec!["action", "entity_id", "entity_name"],
            vec!["created", "11", "Risk"],
        ),
        (r#""webhookEvent":"jira_expression_evaluation_failed","details":{"name":"rule"}"#, "app", vec!["action"], vec!["failed"]),
    ] {
        assert_eq!(only(&told(body), entity, &columns), expected, "{body}");
    }
    // The account of a user's event is the one that it is about.
    let user = told(&format!(r#""webhookEvent":"user_deleted","user":{ANN}"#));
    assert_eq!(only(&user, "user", &["action", "entity_id", "actor", "actor_kind"]), ["deleted", "u-ann", "", "unknown"]);
    let known = format!(r#"{{"query":{{"triggeredByUser":"u-bob"}},"body":{user}}}"#);
    assert_eq!(only(&known, "user", &["entity_id", "actor"]), ["u-ann", "u-bob"]);
}

#[test]
fn a_version_finds_its_project() {
    let version = format!(
        r#"{{"timestamp":{T},"webhookEvent":"jira:version_released","version":{{"id":"5","name":"1.0","projectId":1,"released":true}}}}"#
    );
    let place = Place::new();
    let found = events(&place, &[&version, &issue("Open", "2024-05-01T08:00:00.000+0000")]);
    assert_eq!(found.select(&["action", "project", "entity_name"], &[("entity", "version")]), [["released", "PAY", "1.0"]]);
    assert_eq!(Rows::of(&place.out(), "versions").select(&["name", "project", "released"], &[]), [["1.0", "PAY", "true"]]);
}

#[test]
fn confluence_names_who_acted() {
    for (body, entity, columns, expected) in [
        (
            format!(
                r#"{{"userAccountId":"u-bob","accountType":"customer","timestamp":{T},"event":"page_trashed","page":{{"id":55,"title":"Plan","spaceKey":"DOC"}}}}"#
            ),
            "page",
            vec!["action", "actor", "actor_basis", "entity_id", "entity_name", "space", "product"],
            vec!["trashed", "u-bob", "stated", "55", "Plan", "DOC", "confluence"],
        ),
        (
            format!(
                r#"{{"userAccountId":"u-app","accountType":"app","timestamp":{T},"event":"attachment_removed","attachments":[{{"id":56,"fileName":"a.pdf"}}]}}"#
            ),
            "attachment",
            vec!["action", "actor", "actor_kind", "entity_name", "product"],
            vec!["removed", "u-app", "app", "a.pdf", "confluence"],
        ),
        (
            format!(
                r#"{{"path":"/hooks/space_permissions_updated","body":{{"userAccountId":"u-bob","timestamp":{T},"space":{{"key":"DOC","name":"Documents"}}}}}}"#
            ),
            "space permission",
            vec!["action", "actor", "space"],
            vec!["updated", "u-bob", "DOC"],
        ),
        (
            format!(
                r#"{{"eventType":"avi:confluence:viewed:page","atlassianId":"u-bob","timestamp":{T},"content":{{"id":"57","type":"page","title":"Salaries","space":{{"key":"HR"}}}}}}"#
            ),
            "page",
            vec!["action", "actor", "entity_name", "space"],
            vec!["viewed", "u-bob", "Salaries", "HR"],
        ),
        (
            format!(r#"{{"timestamp":{T},"event":"page_removed","userKey":"8a7f","page":{{"id":58,"title":"Old"}}}}"#),
            "page",
            vec!["action", "actor", "entity_name"],
            vec!["deleted", "8a7f", "Old"],
        ),
    ] {
        assert_eq!(only(&body, entity, &columns), expected, "{body}");
    }
}

#[test]
fn what_only_says_that_something_happened_is_told_as_that() {
    let unsaid = format!(
        r#"{{"timestamp":{T},"webhookEvent":"jira:issue_updated","issue_event_type_name":"issue_assigned","user":{BOB},"issue":{{"id":"100","key":"PAY-1","fields":{{"summary":"x","assignee":{ANN}}}}},"changelog":{{"id":"1","items":[]}}}}"#
    );
    assert_eq!(
        only(&unsaid, "issue", &["action", "actor", "to_value", "issue_key", "project"]),
        ["assigned", "u-bob", "u-ann", "PAY-1", "PAY"]
    );
}

#[test]
fn the_same_delivery_twice_is_once() {
    let place = Place::new();
    let delivery = edited(BOB);
    let captured = format!(r#"{{"headers":{{"x-atlassian-webhook-retry":"1"}},"body":{delivery}}}"#);
    let found = events(&place, &[&delivery, &captured, &delivery]);
    assert_eq!(found.len(), 2, "the creation and the edit");
}

#[test]
fn what_somebody_wrote_is_no_delivery() {
    // Whoever may comment could tell of deletions that never were.
    let forged = serde_json::to_string(&format!(
        r#"{{"timestamp":{T},"webhookEvent":"jira:issue_deleted","user":{BOB},"issue":{}}}"#,
        issue("Open", "2024-05-01T09:00:00.000+0000")
    ))
    .expect("a text");
    let comment = format!(
        r#"{{"id":"1","issueId":"100","author":{ANN},"body":{forged},"created":"2024-05-01T09:00:00.000+0000","updated":"2024-05-01T09:00:00.000+0000"}}"#
    );
    let raw =
        format!(r#"{{"url":"https://x.example.org/rest/api/2/issue/100/comment","input":{{"issue_id":100}},"data":{comment}}}"#);
    let delivery = format!(r#"{{"timestamp":{T},"webhookEvent":"comment_created","comment":{comment},"issue":{GLIMPSE}}}"#);
    let captured = format!(r#"{{"body":{delivery}}}"#);
    let stream = format!(r#"{{"type":"RECORD","stream":"issue_comments","record":{comment}}}"#);
    for record in [&comment, &raw, &delivery, &captured, &stream] {
        assert_eq!(
            only(record, "comment", &["event_id", "action", "actor"]),
            ["jira:comment:1:created", "created", "u-ann"],
            "{record}"
        );
        let place = Place::new();
        assert_eq!(events(&place, &[record]).len(), 1, "{record}");
    }
}

#[test]
fn damaged_deliveries_are_named() {
    let place = Place::new();
    let lines = [
        r#"{"timestamp":1714557600000,"webhookEvent":"comment_deleted"}"#,
        r#"{"timestamp":1714557600000,"webhookEvent":"comment_deleted","comment":{"body":"x"}}"#,
        r#"{"webhookEvent":"sprint_closed","sprint":{"id":1,"name":"S"}}"#,
        r#"{"timestamp":"whenever","webhookEvent":"project_deleted","project":{"id":1}}"#,
        r#"{"timestamp":1714557600000,"webhookEvent":"jira:issue_updated","issue":7}"#,
        r#"{"timestamp":1714557600000,"webhookEvent":"issuelink_created","issueLink":{"id":1}}"#,
        r#"{"timestamp":1714557600000,"webhookEvent":"board_exploded","board":{"id":1}}"#,
        r#"{"body":"{\"webhookEvent\":\"comm"}"#,
        r#"{"timestamp":1714557600000,"webhookEvent":""}"#,
        r#"{"timestamp":-5,"webhookEvent":"user_created","user":{"accountId":"u"}}"#,
    ];
    let error = place.import(&[place.file("bad.ndjson", lines.join("\n"))]).expect_err("none is good");
    let reasons: Vec<String> =
        error.diagnostics().iter().skip(1).map(|d| d.message.split(": ").skip(1).collect::<Vec<_>>().join(": ")).collect();
    assert_eq!(reasons.len(), lines.len(), "{reasons:#?}");
    for (reason, part) in reasons.iter().zip([
        "without its comment",
        "without an id",
        "does not tell when",
        "does not tell when",
        "without its issue",
        "does not tell its issues",
        "not known: board_exploded",
        "no known kind",
        "no known kind",
        "does not tell when",
    ]) {
        assert!(reason.contains(part), "{part}: {reason}");
    }
}
