//! Streams of Singer taps and of Airbyte: messages around the records of the API.

use super::Place;
use crate::cli::{path, run};
use crate::support::Rows;

const SINGER: &str = r#"{"type":"SCHEMA","stream":"issues","schema":{"type":"object"},"key_properties":["id"]}
{"type":"RECORD","stream":"issues","record":{"id":"100","key":"PAY-1","fields":{"summary":"Card refused","created":"2024-05-01T08:00:00.000+0000","updated":"2024-05-01T09:00:00.000+0000"}},"time_extracted":"2024-05-02T00:00:00Z"}
{"type":"RECORD","stream":"issue_comments","record":{"id":"500","issueId":"100","author":{"accountId":"u-ann"},"updateAuthor":{"accountId":"u-ann"},"body":"Hello","created":"2024-05-01T09:00:00.000+0000","updated":"2024-05-01T09:00:00.000+0000"}}
{"type":"RECORD","stream":"changelogs","record":{"id":"900","issueId":"100","author":{"accountId":"u-bob"},"created":"2024-05-01T09:30:00.000+0000","items":[{"field":"status","fieldId":"status","from":"1","fromString":"Open","to":"2","toString":"Done"}]}}
{"type":"RECORD","stream":"resolutions","record":{"id":"3","name":"Duplicate","description":"x"}}
{"type":"ACTIVATE_VERSION","stream":"issues","version":1}
{"type":"STATE","value":{"bookmarks":{"issues":{"updated":"2024-05-01"}}}}
"#;

const AIRBYTE: &str = r#"{"type":"LOG","log":{"level":"INFO","message":"begins"}}
{"type":"RECORD","record":{"stream":"issues","emitted_at":1,"data":{"id":"100","key":"PAY-1","fields":{"summary":"Card refused","created":"2024-05-01T08:00:00.000+0000","updated":"2024-05-01T09:00:00.000+0000"}}}}
{"_airbyte_ab_id":"1","_airbyte_emitted_at":1,"_airbyte_stream":"issue_comments","_airbyte_data":{"id":"500","issueId":"100","author":{"accountId":"u-ann"},"body":"Hello","created":"2024-05-01T09:00:00.000+0000","updated":"2024-05-01T09:00:00.000+0000"}}
{"_airbyte_raw_id":"2","_airbyte_extracted_at":1,"_airbyte_data":"{\"id\":\"900\",\"issueId\":\"100\",\"issueKey\":\"PAY-1\",\"author\":{\"accountId\":\"u-bob\"},\"created\":\"2024-05-01T09:30:00.000+0000\",\"items\":[{\"field\":\"status\",\"fieldId\":\"status\",\"from\":\"1\",\"fromString\":\"Open\",\"to\":\"2\",\"toString\":\"Done\"}]}"}
{"type":"RECORD","record":{"stream":"issue_resolutions","emitted_at":1,"data":{"id":"3","name":"Duplicate"}}}
{"type":"STATE","state":{"data":{}}}
"#;

#[test]
fn both_tell_what_the_api_tells() {
    for (name, text) in [("singer.jsonl", SINGER), ("airbyte.jsonl", AIRBYTE)] {
        let place = Place::new();
        let summary = place.good(&[place.file(name, text)]);
        assert_eq!(
            (summary.bad_records, summary.counts.issues, summary.counts.comments),
            (0, 1, 1),
            "{name}: {:#?}",
            summary.problems
        );
        let columns = ["event_id", "issue_key", "actor", "text", "to_value"];
        let expected = [
            ["jira:issue:100:created", "PAY-1", "", "", ""],
            ["jira:comment:500:created", "PAY-1", "u-ann", "Hello", ""],
            ["jira:change:900:000", "PAY-1", "u-bob", "", "Done"],
        ];
        assert_eq!(Rows::of(&place.out(), "events").select(&columns, &[]), expected, "{name}");
        assert_eq!(Rows::of(&place.out(), "resolutions").column("name"), ["Duplicate"], "{name}: the stream says what it is");
    }
}

#[test]
fn a_stream_and_a_webhook_go_in_one_call_and_twice_is_once() {
    let place = Place::new();
    let store = place.out();
    let hook = r#"{"timestamp":1714557600000,"webhookEvent":"comment_deleted","comment":{"id":"500","body":"Hello"},"issue":{"id":"100","key":"PAY-1","fields":{}}}"#;
    let audit = r#"{"id":1,"summary":"Project archived","created":"2024-05-01T10:00:00.000+0000","category":"projects","objectItem":{"name":"Old","typeName":"PROJECT"}}"#;
    let files = [
        place.file("s.jsonl", SINGER),
        place.file("h.json", hook),
        place.file("a.json", audit),
        place.file("t.csv", "Date,Author,Summary\n2024-05-01 10:00:00,ann,Space exported\n"),
    ];
    let arguments: Vec<&str> = ["import", "--store", path(&store)].into_iter().chain(files.iter().map(|file| path(file))).collect();
    let import = run(&arguments).ok();
    assert!(!import.err.contains("warning"), "{}", import.err);
    assert!(run(&arguments).ok().err.contains("nothing new"));
    let ask = |query: &str| run(&["query", "--store", path(&store), "--format", "ndjson", query]).ok().rows().len();
    for query in [
        "comment DELETED",
        "ACTIVITY WHERE comment DELETED AND author = u-ann",
        "ACTIVITY WHERE project ARCHIVED",
        "ACTIVITY WHERE space EXPORTED BY ann",
        "status CHANGED FROM Open TO Done BY u-bob",
    ] {
        assert_eq!(ask(query), 1, "{query}");
    }
}

#[test]
fn what_a_stream_holds_that_no_table_has_is_named() {
    let place = Place::new();
    let lines = [
        SINGER.trim_end(),
        r#"{"type":"RECORD","stream":"project_avatars","record":{"system":[{"id":"1"}]}}"#,
        r#"{"type":"RECORD","stream":"issues","record":7}"#,
        r#"{"_airbyte_data":"{\"id\":"}"#,
        r#"{"_airbyte_data":7}"#,
        r#"{"type":"RECORD","stream":"issue_comments","record":{"id":"1","created":"2024-05-01T09:00:00.000+0000","body":"x"}}"#,
    ];
    let summary = place.good(&[place.file("s.jsonl", lines.join("\n"))]);
    let told: Vec<&str> = summary.problems.iter().map(|p| p.reason.as_str()).collect();
    assert_eq!(told.len(), 5, "{told:#?}");
    for (told, part) in told.iter().zip([
        "of the stream project_avatars",
        "its record is no object",
        "no JSON",
        "no object",
        "does not tell its issue",
    ]) {
        assert!(told.contains(part), "{part}: {told}");
    }
}
