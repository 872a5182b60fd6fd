//! A Jira site in memory: its issues with all that is theirs, and what users do to them.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// Whose API the site has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Cloud,
    DataCenter,
}

/// A site. Each issue is kept as one record that holds everything, as an export would have it.
#[derive(Clone, Debug)]
pub struct Jira {
    pub kind: Kind,
    /// The zone of the account that asks.
    pub zone: &'static str,
    pub issues: BTreeMap<i64, Value>,
    pub users: Vec<Value>,
    /// Name and members.
    pub groups: Vec<(&'static str, Vec<&'static str>)>,
    /// Work logs that were deleted, with the milliseconds.
    pub deleted_worklogs: Vec<(i64, i64)>,
    /// Records of the audit log, the oldest first.
    pub audit: Vec<Value>,
    /// Issues that the account may not see.
    pub hidden: Vec<i64>,
    /// Projects that the account may not see.
    pub hidden_projects: Vec<&'static str>,
    /// Elements of comments and work logs that a search shows.
    pub embedded: usize,
    /// Issues of a page at most.
    pub page: usize,
    /// Entries of change logs of a page at most.
    pub changes: usize,
    clock: Timestamp,
    ids: i64,
}

pub const USERS: &[&str] = &["u1", "u2", "u3", "u4", "u5"];

impl Jira {
    /// A site with so many issues, each of them with a history.
    pub fn new(kind: Kind, issues: usize) -> Self {
        let mut jira = Self {
            kind,
            zone: "America/New_York",
            issues: BTreeMap::new(),
            users: Vec::new(),
            groups: vec![("devs", vec!["u1", "u2"]), ("ops", vec!["u3"])],
            deleted_worklogs: Vec::new(),
            audit: Vec::new(),
            hidden: Vec::new(),
            hidden_projects: Vec::new(),
            embedded: 2,
            page: 7,
            changes: 5,
            clock: "2026-03-01T08:00:00Z".parse().expect("an instant"),
            ids: 100,
        };
        jira.users = USERS.iter().map(|id| jira.user(id)).collect();
        for n in 0..issues {
            jira.create(n);
        }
        jira
    }

    fn user(&self, id: &str) -> Value {
        match self.kind {
            Kind::Cloud => {
                json!({"accountId": id, "accountType": "atlassian", "displayName": format!("User {id}"), "active": true})
            }
            Kind::DataCenter => {
                json!({"key": id, "name": format!("name-{id}"), "displayName": format!("User {id}"), "active": true})
            }
        }
    }

    fn body(&self, text: &str) -> Value {
        match self.kind {
            Kind::Cloud => {
                json!({"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}]})
            }
            Kind::DataCenter => json!(text),
        }
    }

    /// The next instant: some seconds later, so that several share a minute.
    fn tick(&mut self) -> String {
        self.clock += SignedDuration::from_secs(13);
        stamp(self.clock)
    }

    /// Lets time pass.
    pub fn wait(&mut self, minutes: i64) {
        self.clock += SignedDuration::from_mins(minutes);
    }

    fn id(&mut self) -> i64 {
        self.ids += 1;
        self.ids
    }

    fn create(&mut self, n: usize) -> i64 {
        let id = 10_000 + n as i64;
        let project = if n.is_multiple_of(3) { "OPS" } else { "PAY" };
        let created = self.tick();
        let author = self.user(USERS[n % USERS.len()]);
        let fields = json!({
            "summary": format!("Issue {n}"),
            "project": {"id": if project == "OPS" { "1" } else { "2" }, "key": project, "name": project, "projectTypeKey": "software"},
            "issuetype": {"id": "1", "name": "Task", "subtask": false},
            "status": status("To Do"),
            "priority": {"id": "3", "name": "Medium"},
            "creator": author, "reporter": author, "assignee": null,
            "created": created, "updated": created,
            "description": self.body(&format!("What {n} is about")),
            "labels": ["one"], "components": [], "fixVersions": [], "versions": [], "issuelinks": [], "attachment": [],
            "customfield_10010": [{"value": "red"}],
            "customfield_10011": n as f64,
            "comment": {"comments": []}, "worklog": {"worklogs": []}
        });
        self.issues.insert(
            id,
            json!({"id": id.to_string(), "key": format!("{project}-{}", n + 1), "fields": fields, "changelog": {"histories": []}}),
        );
        for round in 0..n % 4 {
            self.move_to(id, if round % 2 == 0 { "In Progress" } else { "Done" });
            self.comment(id, &format!("Comment {round} on {n}"));
            if n.is_multiple_of(2) {
                self.log_work(id, 600 * (round as i64 + 1));
            }
        }
        if n.is_multiple_of(5) {
            self.label(id, "two");
            self.attach(id, &format!("file-{n}.txt"));
        }
        id
    }

    /// Adds an issue.
    pub fn add(&mut self) -> i64 {
        let n = self.issues.keys().last().map_or(0, |last| (last - 10_000) as usize + 1);
        self.create(n)
    }

    pub fn issue(&mut self, id: i64) -> &mut Value {
        self.issues.get_mut(&id).unwrap_or_else(|| panic!("there is no issue {id}"))
    }

    /// Says that the issue changed.
    pub fn touch(&mut self, id: i64) -> String {
        let now = self.tick();
        self.issue(id)["fields"]["updated"] = json!(now);
        now
    }

    fn history(&mut self, id: i64, items: Value) {
        let (now, number) = (self.touch(id), self.id());
        let author = self.user(USERS[number as usize % USERS.len()]);
        let entry = json!({"id": number.to_string(), "author": author, "created": now, "items": items});
        self.issue(id)["changelog"]["histories"].as_array_mut().expect("a list").push(entry);
    }

    pub fn move_to(&mut self, id: i64, name: &str) {
        let before = self.issue(id)["fields"]["status"].clone();
        let after = status(name);
        self.history(
            id,
            json!([{"field": "status", "fieldtype": "jira", "fieldId": "status", "from": before["id"], "fromString": before["name"],
                    "to": after["id"], "toString": after["name"]}]),
        );
        self.issue(id)["fields"]["status"] = after;
    }

    pub fn label(&mut self, id: i64, label: &str) {
        let before: Vec<String> = serde_json::from_value(self.issue(id)["fields"]["labels"].clone()).expect("texts");
        let after = [before.clone(), vec![label.to_owned()]].concat();
        let item = json!([{"field": "labels", "fieldtype": "jira", "fieldId": "labels", "from": null, "fromString": before.join(" "),
                           "to": null, "toString": after.join(" ")}]);
        self.history(id, item);
        self.issue(id)["fields"]["labels"] = json!(after);
    }

    pub fn comment(&mut self, id: i64, text: &str) -> i64 {
        let (now, number) = (self.touch(id), self.id());
        let author = self.user(USERS[number as usize % USERS.len()]);
        let comment = json!({"id": number.to_string(), "author": author, "updateAuthor": author, "created": now, "updated": now, "body": self.body(text)});
        self.issue(id)["fields"]["comment"]["comments"].as_array_mut().expect("a list").push(comment);
        number
    }

    pub fn edit_comment(&mut self, id: i64, number: i64, text: &str) {
        let (now, body) = (self.touch(id), self.body(text));
        let author = self.user("u5");
        let list = self.issue(id)["fields"]["comment"]["comments"].as_array_mut().expect("a list");
        let comment = list.iter_mut().find(|value| value["id"] == json!(number.to_string())).expect("it is there");
        (comment["body"], comment["updated"], comment["updateAuthor"]) = (body, json!(now), author);
    }

    pub fn log_work(&mut self, id: i64, seconds: i64) -> i64 {
        let (now, number) = (self.touch(id), self.id());
        let author = self.user(USERS[number as usize % USERS.len()]);
        let log = json!({"id": number.to_string(), "issueId": id.to_string(), "author": author, "updateAuthor": author, "created": now,
                         "updated": now, "started": now, "timeSpentSeconds": seconds, "comment": self.body("work")});
        self.issue(id)["fields"]["worklog"]["worklogs"].as_array_mut().expect("a list").push(log);
        number
    }

    pub fn attach(&mut self, id: i64, name: &str) -> i64 {
        let (now, number) = (self.touch(id), self.id());
        let author = self.user(USERS[number as usize % USERS.len()]);
        let file = json!({"id": number.to_string(), "filename": name, "author": author, "created": now, "size": 3});
        self.issue(id)["fields"]["attachment"].as_array_mut().expect("a list").push(file);
        number
    }

    /// Links two issues. Both have the link, and so does the change log of both.
    pub fn link(&mut self, from: i64, to: i64) -> i64 {
        let number = self.id();
        let kind = json!({"id": "1", "name": "Blocks", "inward": "is blocked by", "outward": "blocks"});
        for (this, other, end, phrase) in [(from, to, "outwardIssue", "blocks"), (to, from, "inwardIssue", "is blocked by")] {
            let key = self.issue(other)["key"].clone();
            let link = json!({"id": number.to_string(), "type": kind, end: {"id": other.to_string(), "key": key}});
            self.issue(this)["fields"]["issuelinks"].as_array_mut().expect("a list").push(link);
            let said = format!("This issue {phrase} {}", key.as_str().expect("a key"));
            self.history(
                this,
                json!([{"field": "Link", "fieldtype": "jira", "from": null, "fromString": null, "to": key, "toString": said}]),
            );
        }
        number
    }

    pub fn unlink(&mut self, from: i64, to: i64) {
        for (this, other, phrase) in [(from, to, "blocks"), (to, from, "is blocked by")] {
            let key = self.issue(other)["key"].clone();
            self.issue(this)["fields"]["issuelinks"] = json!([]);
            let said = format!("This issue {phrase} {}", key.as_str().expect("a key"));
            self.history(
                this,
                json!([{"field": "Link", "fieldtype": "jira", "from": key, "fromString": said, "to": null, "toString": null}]),
            );
        }
    }

    fn remove(&mut self, id: i64, list: &str, values: Option<&str>, number: i64) -> Value {
        let list = &mut self.issue(id)["fields"][list];
        let list = match values {
            Some(values) => &mut list[values],
            None => list,
        };
        let list = list.as_array_mut().expect("a list");
        let at = list.iter().position(|value| value["id"] == json!(number.to_string())).expect("it is there");
        list.remove(at)
    }

    /// Deletes a comment. Data Center's change log tells its text.
    pub fn delete_comment(&mut self, id: i64, number: i64) {
        let comment = self.remove(id, "comment", Some("comments"), number);
        match self.kind {
            Kind::Cloud => drop(self.touch(id)),
            Kind::DataCenter => {
                let item = json!([{"field": "Comment", "fieldtype": "jira", "from": comment["body"], "fromString": null, "to": null, "toString": null}]);
                self.history(id, item);
            }
        }
    }

    /// Deletes a work log. The change log tells of it where it is asked to.
    pub fn delete_worklog(&mut self, id: i64, number: i64, in_history: bool) {
        let log = self.remove(id, "worklog", Some("worklogs"), number);
        match in_history {
            true => {
                let spent = log["timeSpentSeconds"].as_i64().expect("seconds").to_string();
                self.history(
                    id,
                    json!([{"field": "timespent", "fieldtype": "jira", "from": spent, "fromString": spent, "to": "0", "toString": "0"},
                           {"field": "WorklogId", "fieldtype": "jira", "from": number.to_string(), "fromString": number.to_string(), "to": null, "toString": null}]),
                );
            }
            false => drop(self.touch(id)),
        }
        self.deleted_worklogs.push((number, self.clock.as_millisecond()));
    }

    pub fn delete_attachment(&mut self, id: i64, number: i64) {
        self.remove(id, "attachment", None, number);
        self.touch(id);
    }

    pub fn delete_issue(&mut self, id: i64) {
        self.issues.remove(&id).expect("it is there");
    }

    /// An administrator makes a project.
    pub fn audited(&mut self, name: &str) {
        let (now, number) = (self.tick(), self.id());
        self.audit.push(match self.kind {
            Kind::Cloud => json!({"id": number, "summary": "Project created", "created": now, "category": "projects", "eventSource": "",
                                  "authorAccountId": "u1", "remoteAddress": "192.0.2.1",
                                  "objectItem": {"id": number.to_string(), "name": name, "typeName": "PROJECT"}}),
            Kind::DataCenter => json!({"timestamp": now, "author": {"id": "u1", "name": "User u1", "type": "user"},
                                       "type": {"category": "projects", "action": "Project created", "actionI18nKey": "jira.auditing.project.created"},
                                       "affectedObjects": [{"id": number.to_string(), "name": name, "type": "PROJECT"}],
                                       "changedValues": [], "extraAttributes": [], "source": "192.0.2.1", "method": "Browser"}),
        });
    }

    /// The comments that an issue has.
    pub fn comments(&self, id: i64) -> Vec<i64> {
        let list = self.issues[&id]["fields"]["comment"]["comments"].as_array().expect("a list");
        list.iter().map(|value| value["id"].as_str().expect("an id").parse().expect("a number")).collect()
    }

    /// All issues as an export has them, a line each.
    pub fn export(&self) -> String {
        self.issues.values().map(|issue| format!("{issue}\n")).collect()
    }

    /// The records of the lists that an export has beside the issues.
    pub fn fields(&self) -> Value {
        json!([
            {"id": "labels", "key": "labels", "name": "Labels", "custom": false, "navigable": true, "clauseNames": ["labels"], "schema": {"type": "array", "items": "string", "system": "labels"}},
            {"id": "customfield_10010", "key": "customfield_10010", "name": "Colours", "custom": true, "navigable": true, "clauseNames": ["cf[10010]", "Colours"],
             "schema": {"type": "array", "items": "option", "custom": "com.atlassian.jira.plugin.system.customfieldtypes:multiselect", "customId": 10010}},
            {"id": "customfield_10011", "key": "customfield_10011", "name": "Weight", "custom": true, "navigable": true, "clauseNames": ["cf[10011]", "Weight"],
             "schema": {"type": "number", "custom": "com.atlassian.jira.plugin.system.customfieldtypes:float", "customId": 10011}}
        ])
    }
}

/// A status with its id and category.
pub fn status(name: &str) -> Value {
    let (id, category) = match name {
        "To Do" => ("1", "new"),
        "In Progress" => ("2", "indeterminate"),
        _ => ("3", "done"),
    };
    json!({"id": id, "name": name, "statusCategory": {"key": category, "name": category}})
}

/// An instant as Jira writes it.
pub fn stamp(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string()
}
