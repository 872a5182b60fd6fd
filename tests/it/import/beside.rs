//! What the store knows explains what later files name: an issue by its id alone, an account by another key, a field by its name.

use super::Place;
use crate::cli::{path, run};

struct Stored {
    place: Place,
    files: usize,
}

impl Stored {
    fn new() -> Self {
        Self { place: Place::new(), files: 0 }
    }

    /// Imports a text in a run of its own.
    fn import(&mut self, name: &str, text: &str) -> String {
        self.files += 1;
        let file = self.place.file(&format!("{}-{name}", self.files), text);
        let import = run(&["import", path(&file), "--store", path(&self.place.out())]).ok();
        assert!(!import.err.contains("warning"), "{}", import.err);
        import.err
    }

    fn ask(&self, query: &str) -> Vec<serde_json::Value> {
        run(&["query", "--store", path(&self.place.out()), "--format", "ndjson", query]).ok().rows()
    }
}

const ISSUE: &str = r#"{"id":"100","key":"PAY-1","fields":{"summary":"Card refused","project":{"id":"7","key":"PAY","name":"Payments"},"created":"2024-05-01T08:00:00.000+0000","updated":"2024-05-01T09:00:00.000+0000"}}"#;

#[test]
fn a_delivery_with_an_id_alone_finds_its_issue() {
    let mut stored = Stored::new();
    stored.import("issue.json", ISSUE);
    let gone = r#"{"timestamp":1714557600000,"webhookEvent":"comment_deleted","user":{"key":"JIRAUSER1","name":"ann"},"comment":{"self":"https://jira.example.org/rest/api/2/issue/100/comment/500","id":"500","body":"Rude"}}"#;
    let link = r#"{"timestamp":1714557600000,"webhookEvent":"issuelink_created","issueLink":{"id":1,"sourceIssueId":200,"destinationIssueId":100,"issueLinkType":{"id":1,"name":"Blocks","outwardName":"blocks"}}}"#;
    let app =
        r#"{"accountId":"u-ann","actionType":"VIEWED","target":"ISSUE","issueKey":"PAY-1","createdAt":"2024-05-01T10:00:00Z"}"#;
    let version =
        r#"{"timestamp":1714557600000,"webhookEvent":"jira:version_released","version":{"id":"5","name":"1.0","projectId":7}}"#;
    stored.import("hooks.ndjson", &[gone, link, app, version].join("\n"));
    assert_eq!(
        stored.ask("ACTIVITY WHERE comment DELETED AND project = PAY SHOW issue, text, actor"),
        [serde_json::json!({"issue": "PAY-1", "text": "Rude", "actor": "JIRAUSER1"})]
    );
    assert_eq!(stored.ask("comment DELETED").len(), 1, "the issue is asked for by it");
    assert_eq!(stored.ask("issue VIEWED BY u-ann").len(), 1, "a key finds its id");
    assert_eq!(stored.ask("ACTIVITY WHERE link ADDED SHOW \"to\""), [serde_json::json!({"to": "PAY-1"})]);
    assert_eq!(stored.ask("ACTIVITY WHERE version RELEASED AND project = PAY").len(), 1);
}

#[test]
fn an_account_of_the_log_is_the_one_of_the_store() {
    let mut stored = Stored::new();
    stored.import("user.json", r#"{"key":"JIRAUSER1","name":"ann","displayName":"Ann Example","self":"https://jira.example.org/rest/api/2/user?key=JIRAUSER1"}"#);
    let event = r#"{"timestamp":"2024-05-01T10:00:00Z","author":{"id":"10000","name":"ann","type":"user"},"type":{"action":"Project archived","actionI18nKey":"jira.auditing.project.archived"},"affectedObjects":[{"id":"7","name":"Old","type":"PROJECT"}]}"#;
    stored.import("event.json", event);
    assert_eq!(
        stored.ask("ACTIVITY WHERE project ARCHIVED BY \"Ann Example\" SHOW actor"),
        [serde_json::json!({"actor": "JIRAUSER1"})]
    );
    assert!(stored.import("event.json", event).contains("nothing new"));
}

#[test]
fn a_field_whose_type_is_known_is_read_as_that() {
    let mut stored = Stored::new();
    let fields = r#"[{"id":"customfield_10","name":"Teams","custom":true,"navigable":true,"schema":{"type":"array","items":"string","custom":"x:labels"}},{"id":"customfield_11","name":"Story Points","custom":true,"navigable":true,"schema":{"type":"number"}}]"#;
    let log = r#"{"id":"900","issueId":"100","author":{"accountId":"u-ann"},"created":"2024-05-01T08:30:00.000+0000","items":[{"field":"Teams","fieldId":"customfield_10","from":null,"fromString":"red","to":null,"toString":"red blue"}]}"#;
    stored.import("all.ndjson", &[ISSUE, &fields.replace('\n', ""), log].join("\n"));
    // A delivery of the same edit, which shows no types.
    let hook = r#"{"timestamp":1714552200100,"webhookEvent":"jira:issue_updated","user":{"accountId":"u-ann"},"issue":{"id":"100","key":"PAY-1","fields":{"summary":"Card refused"}},"changelog":{"id":"900","items":[{"field":"Teams","fieldId":"customfield_10","from":null,"fromString":"red","to":null,"toString":"red blue"}]}}"#;
    stored.import("hook.json", hook);
    let told = stored.ask("ACTIVITY WHERE issue UPDATED SHOW eventId, \"to\"");
    assert_eq!(
        told,
        [serde_json::json!({"eventId": "jira:change:900:000:1+blue", "to": "blue"})],
        "one element came, and that is known"
    );
    let csv = "Issue key,Issue id,Created,Updated,Project key,Custom field (Story Points)\nPAY-1,100,2024-05-01 08:00:00.000,2024-05-02 08:00:00.000,PAY,8\n";
    stored.import("export.csv", csv);
    assert_eq!(stored.ask("cf[11] = 8").len(), 1, "the name is that of the field with the id");
}
