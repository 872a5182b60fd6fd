//! Records with parts that are missing, of another kind, or cut: read or named, and never the end of the program.

use serde_json::Value;

use super::Place;
use crate::support::shared_data;

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides.max(1) as u64).expect("a small number")
    }
}

const SAMPLES: &[&str] = &[
    r#"{"timestamp":1714557600000,"webhookEvent":"jira:issue_updated","issue_event_type_name":"issue_generic","user":{"accountId":"u"},"issue":{"id":"100","key":"PAY-1","fields":{"summary":"x","project":{"id":"1","key":"PAY"},"issuetype":{"name":"Bug"},"status":{"name":"Open"},"created":"2024-05-01T08:00:00.000+0000","updated":"2024-05-01T09:00:00.000+0000"}},"changelog":{"id":"900","items":[{"field":"status","from":"1","fromString":"Open","to":"3","toString":"Done"},{"field":"Comment","from":"x","to":null},{"field":"WorklogId","from":"1","to":null},{"field":"Attachment","from":"1","to":null}]},"comment":{"id":"5","body":"x","author":{"accountId":"u"},"created":"2024-05-01T09:00:00.000+0000","updated":"2024-05-01T09:10:00.000+0000"}}"#,
    r#"{"query":{"triggeredByUser":"u"},"url":"/a/page_created?x=y","body":{"timestamp":1,"webhookEvent":"comment_deleted","comment":{"id":"5","self":"https://x.example.org/rest/api/2/issue/100/comment/5","body":{"type":"doc","content":[]}},"issue":{"id":"100","key":"PAY-1","fields":{}}}}"#,
    r#"{"timestamp":1714557600000,"webhookEvent":"sprint_updated","sprint":{"id":1,"name":"a"},"oldValue":{"id":1,"name":"b"}}"#,
    r#"{"userAccountId":"u","timestamp":1714557600000,"event":"attachment_created","attachments":[{"id":1,"fileName":"a"}],"page":{"spaceKey":"A"}}"#,
    r#"{"id":1,"summary":"Permission added to scheme","created":"2024-05-01T08:00:00.000+0000","category":"permissions","authorKey":"k","authorAccountId":"u","objectItem":{"id":"1","name":"s","typeName":"SCHEME"},"changedValues":[{"fieldName":"Permission","changedFrom":"a","changedTo":"b"}],"associatedItems":[{"id":"1","name":"g","typeName":"GROUP"}]}"#,
    r#"{"timestamp":{"epochSecond":1714557600,"nano":1},"author":{"id":"1","name":"a","type":"user","uri":"https://x.example.org/?name=a"},"type":{"action":"Space permission added","actionI18nKey":"audit.logging.summary.space.permission.added"},"affectedObjects":[{"id":"1","name":"s","type":"Space","uri":"https://x.example.org/display/A"}],"changedValues":[{"key":"Type","to":"x"}],"extraAttributes":[{"name":"a","value":"b"}],"source":"10.0.0.1"}"#,
    r#"{"creationDate":1714557600000,"summary":"User added to group","author":{"displayName":"a","accountId":"u"},"affectedObject":{"name":"g:b8d81944-e737-4da0-94ca-165fa5c0635c","objectType":"Group"},"associatedObjects":[{"name":"u","objectType":"User"}],"changedValues":[{"name":"a","oldValue":"b","newValue":"c"}]}"#,
    r#"{"id":"e","attributes":{"time":"2024-05-01T08:00:00Z","action":"user_added_to_group","actor":{"id":"u","name":"n"},"context":[{"id":"1","type":"users","attributes":{"name":"x"}}],"container":[{"id":"2","type":"orgs"}],"location":{"ip":"10.0.0.1"},"message":{"content":"x"}}}"#,
    r#"{"accountId":"u","actionType":"UPDATED","target":"COMMENT","issueKey":"PAY-1","changedFrom":"a","changedTo":"b","createdAt":"2024-05-01T08:00:00Z","objectId":"1","projectKey":"PAY","projectName":"P"}"#,
    r#"{"type":"RECORD","stream":"issue_comments","record":{"id":"1","issueId":"100","body":"x","created":"2024-05-01T09:00:00.000+0000"}}"#,
    r#"{"_airbyte_stream":"changelogs","_airbyte_data":{"id":"1","issueId":"100","created":"2024-05-01T09:00:00.000+0000","items":[{"field":"labels","fromString":"a b","toString":"b c"}]}}"#,
];

/// Values that stand where another kind is expected.
fn odd(dice: &mut Dice) -> Value {
    let odd = [
        "null",
        "7",
        "-1",
        "1e300",
        "\"\"",
        "\"é\u{1F600}\u{202e}\"",
        "[]",
        "{}",
        "[[{}]]",
        "true",
        "\"9999-99-99\"",
        "9223372036854775807",
        "\"\\u0000\"",
        "[null,{\"id\":null}]",
    ];
    serde_json::from_str(odd[dice.roll(odd.len())]).expect("JSON")
}

fn mutate(value: &mut Value, dice: &mut Dice) {
    match value {
        Value::Object(object) if !object.is_empty() => {
            let at = dice.roll(object.len());
            let name = object.keys().nth(at).expect("a name").clone();
            match dice.roll(5) {
                0 => drop(object.remove(&name)),
                1 => drop(object.insert(name, odd(dice))),
                _ => mutate(object.get_mut(&name).expect("its value"), dice),
            }
        }
        Value::Array(list) if !list.is_empty() => {
            let at = dice.roll(list.len());
            match dice.roll(4) {
                0 => drop(list.remove(at)),
                1 => list[at] = odd(dice),
                _ => mutate(&mut list[at], dice),
            }
        }
        other => *other = odd(dice),
    }
}

#[test]
fn no_record_ends_the_program() {
    let mut samples: Vec<Value> = SAMPLES.iter().map(|sample| serde_json::from_str(sample).expect("JSON")).collect();
    if let Some(folder) = shared_data() {
        for kind in ["webhooks", "audit"] {
            for file in std::fs::read_dir(folder.join(kind)).expect("a folder").flatten() {
                samples.push(serde_json::from_slice(&std::fs::read(file.path()).expect("bytes")).expect("JSON"));
            }
        }
    }
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut lines = String::new();
    for _ in 0..3000 {
        let mut sample = samples[dice.roll(samples.len())].clone();
        for _ in 0..=dice.roll(4) {
            mutate(&mut sample, &mut dice);
        }
        let mut line = sample.to_string();
        if dice.roll(10) == 0 {
            let cut = dice.roll(line.len());
            let cut = (0..=cut).rev().find(|at| line.is_char_boundary(*at)).unwrap_or(0);
            line.truncate(cut);
        }
        lines.push_str(&line);
        lines.push('\n');
    }
    let place = Place::new();
    let summary = place.good(&[place.file("odd.ndjson", lines)]);
    assert!(summary.counts.webhooks > 100 && summary.counts.audit_records > 50 && summary.bad_records > 50, "{:?}", summary.counts);
}

#[test]
fn no_table_ends_the_program() {
    let plain = "Date,Author,Summary,Issue key,Issue id,Created,Comment,Log Work,Attachment,Labels,Labels\n2024-05-01 10:00:00,ann,User created,A-1,1,24/Jan/24 8:48 AM,24/Jan/24 8:48 AM;a;b,a;24/Jan/24 8:48 AM;b;1,24/Jan/24 8:48 AM;a;b;https://x/attachment/1/b,x,y\n";
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    let place = Place::new();
    for _ in 0..300 {
        let mut bytes = plain.repeat(2).into_bytes();
        for _ in 0..=dice.roll(12) {
            let at = dice.roll(bytes.len());
            let odd = [b'"', b';', b',', b'\n', b'\r', 0, 0xff, b'/', b'9', b':'];
            match dice.roll(3) {
                0 => drop(bytes.remove(at)),
                1 => bytes[at] = odd[dice.roll(odd.len())],
                _ => bytes.insert(at, odd[dice.roll(odd.len())]),
            }
        }
        // Good or not: it is read, or refused with its reasons.
        if let Err(error) = place.import(&[place.file("odd.csv", &bytes)]) {
            assert!(!error.diagnostics().is_empty());
        }
    }
}
