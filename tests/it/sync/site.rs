//! The model behind Jira's REST API, over real HTTP: pages, limits, permissions, and faults at will.

use std::sync::{Arc, Mutex, MutexGuard};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::http::{Http, Reply, Request, basic};
use super::jql;
use super::model::{Jira, Kind, USERS, stamp};

pub const EMAIL: &str = "me@example.org";
pub const TOKEN: &str = "s3cr3t-T0ken";

/// What goes wrong, where and how often.
pub struct Fault {
    /// A part of the path.
    pub at: &'static str,
    /// Requests that go well before.
    pub after: usize,
    pub times: usize,
    pub what: Box<dyn Fn(Value) -> Reply + Send>,
}

/// Something that happens when a search has been answered so many times.
type Meanwhile = (usize, Box<dyn FnMut(&mut Jira) + Send>);

#[derive(Default)]
struct Plan {
    faults: Vec<Fault>,
    meanwhile: Vec<Meanwhile>,
    searches: usize,
}

/// A site that answers.
pub struct Site {
    pub http: Http,
    jira: Arc<Mutex<Jira>>,
    plan: Arc<Mutex<Plan>>,
}

impl Site {
    pub fn start(jira: Jira) -> Self {
        let (jira, plan) = (Arc::new(Mutex::new(jira)), Arc::new(Mutex::new(Plan::default())));
        let (model, faults) = (jira.clone(), plan.clone());
        let http = Http::start(move |request| answer(&model, &faults, request));
        Self { http, jira, plan }
    }

    /// The model, to be changed or looked at.
    pub fn jira(&self) -> MutexGuard<'_, Jira> {
        self.jira.lock().expect("no panic")
    }

    /// Lets some requests go wrong.
    pub fn fault(&self, at: &'static str, after: usize, times: usize, what: impl Fn(Value) -> Reply + Send + 'static) {
        self.plan.lock().expect("no panic").faults.push(Fault { at, after, times, what: Box::new(what) });
    }

    /// Does something when so many searches have been answered.
    pub fn meanwhile(&self, searches: usize, change: impl FnMut(&mut Jira) + Send + 'static) {
        let mut plan = self.plan.lock().expect("no panic");
        let at = plan.searches + searches;
        plan.meanwhile.push((at, Box::new(change)));
    }

    /// Nothing goes wrong any more.
    pub fn heal(&self) {
        self.plan.lock().expect("no panic").faults.clear();
    }
}

fn answer(jira: &Mutex<Jira>, plan: &Mutex<Plan>, request: &Request) -> Reply {
    let mut jira = jira.lock().expect("no panic");
    let told = request.header("authorization").unwrap_or_default();
    if told != basic(EMAIL, TOKEN) && told != format!("Bearer {TOKEN}") {
        // A careless server, which repeats what it was told.
        return Reply::status(401, &format!("no such account or token: {told} {TOKEN}"));
    }
    let good = respond(&jira, request);
    let mut plan = plan.lock().expect("no panic");
    if request.path.contains("/search") && request.method == "POST" && request.body["fields"] == json!(["*all"]) {
        plan.searches += 1;
        let searches = plan.searches;
        for (at, change) in &mut plan.meanwhile {
            if *at == searches {
                change(&mut jira);
            }
        }
    }
    if let Some(fault) =
        plan.faults.iter_mut().find(|fault| request.path.contains(fault.at) && (fault.after > 0 || fault.times > 0))
    {
        if fault.after > 0 {
            fault.after -= 1;
        } else {
            fault.times -= 1;
            let body = match &good {
                Reply::Json(_, _, body) => body.clone(),
                _ => json!({}),
            };
            return (fault.what)(body);
        }
    }
    good
}

/// What a site without faults answers.
fn respond(jira: &Jira, request: &Request) -> Reply {
    let version = if jira.kind == Kind::Cloud { "/rest/api/3/" } else { "/rest/api/2/" };
    if let Some(path) = request.path.strip_prefix(version) {
        let parts: Vec<&str> = path.split('/').collect();
        return platform(jira, request, &parts);
    }
    match request.path.as_str() {
        "/rest/auditing/1.0/events" if jira.kind == Kind::DataCenter => {
            let records = audited(jira, request);
            // A cursor names the record that it is behind.
            let behind = request.query("pageCursor").map(str::to_owned);
            let start = behind
                .map_or(0, |behind| records.iter().position(|record| cursor(record) == behind).expect("a cursor of ours") + 1);
            let page: Vec<&Value> = records.iter().skip(start).take(3).copied().collect();
            let is_last = start + page.len() >= records.len();
            let next = page.last().map(|record| cursor(record));
            Reply::ok(json!({"entities": page, "pagingInfo": {"lastPage": is_last, "nextPageCursor": next, "size": page.len()}}))
        }
        "/rest/agile/1.0/board" => paged(
            request,
            vec![json!({"id": 1, "name": "Board", "type": "scrum"}), json!({"id": 2, "name": "K", "type": "kanban"})],
            "values",
        ),
        "/rest/agile/1.0/board/1/sprint" => {
            let sprint = json!({"id": 7, "self": "x/rest/agile/1.0/sprint/7", "state": "active", "name": "Sprint 7", "originBoardId": 1,
                                "startDate": "2026-03-01T00:00:00.000Z", "endDate": "2026-03-15T00:00:00.000Z"});
            paged(request, vec![sprint], "values")
        }
        "/rest/servicedeskapi/organization" => desk(vec![json!({"id": "1", "name": "Customers Ltd"})]),
        "/rest/servicedeskapi/organization/1/user" => desk(vec![jira.users[3].clone()]),
        other => Reply::status(404, &format!("there is no {other}")),
    }
}

fn cursor(record: &Value) -> String {
    format!("{},{}", record["timestamp"], record["affectedObjects"][0]["id"])
}

/// The records of the period that is asked for, the newest first.
fn audited<'j>(jira: &'j Jira, request: &Request) -> Vec<&'j Value> {
    let bound = |name: &str| request.query(name).map(|text| text.parse::<Timestamp>().expect("an instant"));
    let (from, to) = (bound("from"), bound("to"));
    let time = |record: &Value| -> Timestamp {
        let text = record["created"].as_str().or_else(|| record["timestamp"].as_str()).expect("a text");
        text.parse().expect("an instant")
    };
    let within = |record: &&Value| from.is_none_or(|from| time(record) >= from) && to.is_none_or(|to| time(record) <= to);
    jira.audit.iter().filter(within).rev().collect()
}

fn desk(values: Vec<Value>) -> Reply {
    Reply::ok(json!({"size": values.len(), "start": 0, "limit": 50, "isLastPage": true, "values": values}))
}

/// A page of a list.
fn paged(request: &Request, all: Vec<Value>, name: &str) -> Reply {
    let (start, size) = (request.number("startAt", 0), request.number("maxResults", 50));
    let total = all.len();
    let page: Vec<Value> = all.into_iter().skip(start).take(size).collect();
    let is_last = start + page.len() >= total;
    Reply::ok(json!({"startAt": start, "maxResults": size, "total": total, "isLast": is_last, name: page}))
}

fn named(path: &str, all: &[(&str, &str)]) -> Vec<Value> {
    let one = |(id, name): &(&str, &str)| match path {
        "issuetype" => json!({"id": id, "name": name, "self": format!("https://x/rest/api/3/issuetype/{id}"), "subtask": false}),
        "priority" => json!({"id": id, "name": name, "self": format!("https://x/rest/api/3/priority/{id}"), "statusColor": "#000"}),
        // As the official description shows them: nothing says what they are but the list.
        _ => json!({"id": id, "name": name, "description": "", "isDefault": false}),
    };
    all.iter().map(one).collect()
}

fn projects(jira: &Jira) -> Vec<Value> {
    let one = |(id, key, name): (&str, &str, &str)| json!({"id": id, "key": key, "name": name, "projectTypeKey": "software", "lead": jira.users[0], "projectCategory": {"id": "1", "name": "All"}});
    let all = [("1", "OPS", "Operations"), ("2", "PAY", "Payments")];
    all.into_iter().filter(|(_, key, _)| !jira.hidden_projects.contains(key)).map(one).collect()
}

fn platform(jira: &Jira, request: &Request, parts: &[&str]) -> Reply {
    let is_cloud = jira.kind == Kind::Cloud;
    let post = request.method == "POST";
    match parts {
        ["serverInfo"] => {
            Reply::ok(json!({"baseUrl": "https://model.example.org", "deploymentType": if is_cloud { "Cloud" } else { "Server" },
                                           "serverTime": stamp(Timestamp::now()), "version": "1001.0.0"}))
        }
        ["myself"] => Reply::ok(json!({"accountId": "u1", "displayName": "Me", "timeZone": jira.zone})),
        ["search", "jql"] if post && is_cloud => search(jira, request),
        ["search"] if post && !is_cloud => search(jira, request),
        ["search"] => Reply::status(410, "The requested API has been removed."),
        ["search", "approximate-count"] if post && is_cloud => match found(jira, request) {
            Ok(found) => Reply::ok(json!({"count": found.len()})),
            Err(reply) => reply,
        },
        ["changelog", "bulkfetch"] if post && is_cloud => changelogs(jira, request),
        ["issue", "bulkfetch"] if post && is_cloud => {
            let ids: Vec<i64> = ids(&request.body["issueIdsOrKeys"]);
            let there = ids.into_iter().filter(|id| visible(jira).any(|issue| number(issue) == *id));
            let only_ids = request.body["fields"] == json!(["id"]);
            let there: Vec<Value> = there.map(|id| shown(jira, request, &jira.issues[&id], only_ids)).collect();
            assert!(there.len() <= 100);
            Reply::ok(json!({"issues": there, "issueErrors": []}))
        }
        ["issue", id, rest @ ..] => match visible(jira).find(|issue| issue["id"] == json!(id) || issue["key"] == json!(id)) {
            None => Reply::status(404, "Issue does not exist or you do not have permission to see it."),
            Some(issue) => of_issue(request, issue, rest, is_cloud),
        },
        ["attachment", id] => {
            let all = visible(jira).flat_map(|issue| issue["fields"]["attachment"].as_array().into_iter().flatten());
            let found = all.into_iter().find(|file| file["id"] == json!(id));
            found.map_or_else(|| Reply::status(404, "no such attachment"), |file| Reply::ok(file.clone()))
        }
        ["worklog", "deleted"] => {
            let since = request.query("since").and_then(|since| since.parse().ok()).unwrap_or(0_i64);
            let mut later: Vec<(i64, i64)> = jira.deleted_worklogs.iter().copied().filter(|(_, at)| *at > since).collect();
            later.sort_by_key(|(_, at)| *at);
            let page: Vec<(i64, i64)> = later.iter().copied().take(2).collect();
            let until = page.last().map_or(since, |(_, at)| *at);
            let values: Vec<Value> =
                page.iter().map(|(id, at)| json!({"worklogId": id, "updatedTime": at, "properties": []})).collect();
            Reply::ok(json!({"values": values, "since": since, "until": until, "lastPage": page.len() == later.len()}))
        }
        ["auditing", "record"] if is_cloud => {
            let records = audited(jira, request);
            let (offset, limit) = (request.number("offset", 0), request.number("limit", 1000).min(3));
            let total = records.len();
            let page: Vec<&Value> = records.into_iter().skip(offset).take(limit).collect();
            Reply::ok(json!({"offset": offset, "limit": limit, "total": total, "records": page}))
        }
        ["field"] => Reply::ok(jira.fields()),
        ["status"] => Reply::ok(json!(["To Do", "In Progress", "Done"].map(super::model::status))),
        ["priority", "search"] if is_cloud => paged(request, named("priority", &[("2", "High"), ("3", "Medium")]), "values"),
        ["priority"] if !is_cloud => Reply::ok(json!(named("priority", &[("2", "High"), ("3", "Medium")]))),
        ["resolution", "search"] if is_cloud => paged(request, named("resolution", &[("1", "Fixed")]), "values"),
        ["resolution"] if !is_cloud => Reply::ok(json!(named("resolution", &[("1", "Fixed")]))),
        ["issuetype"] => Reply::ok(json!(named("issuetype", &[("1", "Task")]))),
        ["project", "search"] if is_cloud => paged(request, projects(jira), "values"),
        ["project"] if !is_cloud => Reply::ok(json!(projects(jira))),
        ["project", key, rest @ ..] => of_project(jira, request, key, rest),
        ["users", "search"] if is_cloud => people(jira, request),
        ["user", "search"] if !is_cloud => people(jira, request),
        ["group", "bulk"] if is_cloud => {
            let groups = jira.groups.iter().map(|(name, _)| json!({"name": name, "groupId": format!("id-{name}")})).collect();
            paged(request, groups, "values")
        }
        ["groups", "picker"] if !is_cloud => {
            Reply::ok(json!({"groups": jira.groups.iter().map(|(name, _)| json!({"name": name})).collect::<Vec<_>>()}))
        }
        ["group", "member"] => {
            let wanted = request.query("groupname").or_else(|| request.query("groupId").and_then(|id| id.strip_prefix("id-")));
            match jira.groups.iter().find(|(name, _)| Some(*name) == wanted) {
                None => Reply::status(404, "no such group"),
                Some((_, members)) => paged(request, members.iter().map(|id| user(jira, id)).collect(), "values"),
            }
        }
        ["workflows", "search"] if is_cloud => {
            paged(request, vec![json!({"id": "f1", "name": "Flow", "description": ""})], "values")
        }
        ["workflowscheme", "project"] if is_cloud => {
            let wanted: Vec<&String> = request.query.iter().filter(|(name, _)| name == "projectId").map(|(_, id)| id).collect();
            assert!(!wanted.is_empty());
            let scheme = json!({"id": 1, "name": "Scheme", "defaultWorkflow": "Flow", "issueTypeMappings": {"1": "Flow"}});
            Reply::ok(json!({"values": [{"projectIds": ["2"], "workflowScheme": scheme}]}))
        }
        ["workflow"] if !is_cloud => Reply::ok(json!([{"name": "Flow", "steps": 3}])),
        ["filter", "search"] if is_cloud => {
            paged(request, vec![json!({"id": "5", "name": "Mine", "jql": "project = PAY", "owner": jira.users[1]})], "values")
        }
        other => Reply::status(404, &format!("there is no {}", other.join("/"))),
    }
}

fn people(jira: &Jira, request: &Request) -> Reply {
    let (start, size) = (request.number("startAt", 0), request.number("maxResults", 50).min(2));
    Reply::ok(jira.users.iter().skip(start).take(size).cloned().collect())
}

fn user(jira: &Jira, id: &str) -> Value {
    let at = USERS.iter().position(|known| *known == id).expect("a user");
    jira.users[at].clone()
}

fn of_project(jira: &Jira, request: &Request, key: &str, rest: &[&str]) -> Reply {
    if !projects(jira).iter().any(|project| project["key"] == json!(key)) {
        return Reply::status(404, "no such project");
    }
    let id = if key == "OPS" { 1 } else { 2 };
    let version = json!({"id": format!("{id}0"), "name": "1.0", "released": true, "archived": false, "projectId": id, "self": format!("https://x/rest/api/3/version/{id}0")});
    let component = json!({"id": format!("{id}1"), "name": "Core", "project": key, "projectId": id, "self": format!("https://x/rest/api/3/component/{id}1")});
    match rest {
        ["version"] => paged(request, vec![version], "values"),
        ["versions"] => Reply::ok(json!([version])),
        ["component"] => paged(request, vec![component], "values"),
        ["components"] => Reply::ok(json!([component])),
        ["role"] => Reply::ok(json!({"Developers": format!("https://x/rest/api/3/project/{id}/role/10")})),
        ["role", "10"] => {
            let person = match jira.kind {
                Kind::Cloud => {
                    json!({"id": 1, "type": "atlassian-user-role-actor", "displayName": "U", "actorUser": {"accountId": "u4"}})
                }
                Kind::DataCenter => json!({"id": 1, "type": "atlassian-user-role-actor", "displayName": "U", "name": "name-u4"}),
            };
            let group = json!({"id": 2, "type": "atlassian-group-role-actor", "name": "devs", "actorGroup": {"name": "devs", "displayName": "devs"}});
            Reply::ok(json!({"id": 10, "name": "Developers", "actors": [person, group]}))
        }
        _ => Reply::status(404, "no such part of a project"),
    }
}

fn of_issue(request: &Request, issue: &Value, rest: &[&str], is_cloud: bool) -> Reply {
    let (comments, worklogs) = (&issue["fields"]["comment"]["comments"], &issue["fields"]["worklog"]["worklogs"]);
    let one = |list: &Value, id: &str| {
        let found = list.as_array().into_iter().flatten().find(|value| value["id"] == json!(id)).cloned();
        found.map_or_else(|| Reply::status(404, "it is not there"), Reply::ok)
    };
    let list = |values: &Value| values.as_array().cloned().unwrap_or_default();
    match rest {
        [] => Reply::ok(json!({"id": issue["id"], "key": issue["key"], "fields": {}})),
        ["comment"] => paged(request, list(comments), "comments"),
        ["comment", id] => one(comments, id),
        ["worklog"] => paged(request, list(worklogs), "worklogs"),
        ["worklog", id] => one(worklogs, id),
        ["changelog"] if is_cloud => paged(request, list(&issue["changelog"]["histories"]), "values"),
        _ => Reply::status(404, "no such part of an issue"),
    }
}

fn number(issue: &Value) -> i64 {
    issue["id"].as_str().expect("an id").parse().expect("a number")
}

fn ids(list: &Value) -> Vec<i64> {
    list.as_array().expect("a list of ids").iter().map(|id| id.as_str().expect("a text").parse().expect("an id")).collect()
}

fn time(issue: &Value, field: &str) -> Timestamp {
    issue["fields"][field].as_str().expect("an instant").parse().expect("an instant")
}

fn visible(jira: &Jira) -> impl Iterator<Item = &Value> {
    jira.issues.values().filter(|issue| {
        let project = issue["fields"]["project"]["key"].as_str().expect("a key");
        !jira.hidden.contains(&number(issue)) && !jira.hidden_projects.contains(&project)
    })
}

/// The issues that a question finds, in its order.
fn found<'j>(jira: &'j Jira, request: &Request) -> Result<Vec<&'j Value>, Reply> {
    let jql = request.body["jql"].as_str().expect("a text");
    let (condition, order) = jql.split_once(" ORDER BY ").unwrap_or((jql, ""));
    let mut issues: Vec<&Value> = if let Some(list) = condition.strip_prefix("id in (").and_then(|list| list.strip_suffix(')')) {
        let wanted: Vec<i64> = list.split(", ").map(|id| id.parse().expect("an id")).collect();
        visible(jira).filter(|issue| wanted.contains(&number(issue))).collect()
    } else {
        if condition.is_empty() {
            return Err(Reply::status(400, "Unbounded JQL queries are not allowed here. Please add a search restriction."));
        }
        let known: Vec<&Value> = visible(jira).collect();
        // Data Center is asked not to mind.
        if jira.kind == Kind::Cloud
            && let Some(key) = jql::keys(condition).into_iter().find(|key| !known.iter().any(|issue| issue["key"] == json!(key)))
        {
            return Err(Reply::status(400, &format!("An issue with key '{key}' does not exist for field 'key'.")));
        }
        known.into_iter().filter(|issue| jql::holds(condition, issue, jira.zone)).collect()
    };
    let (field, descending) = match order {
        "" => return Ok(issues),
        "updated ASC, key ASC" => ("updated", false),
        "updated DESC, key DESC" => ("updated", true),
        "created ASC, key ASC" => ("created", false),
        "created DESC, key DESC" => ("created", true),
        other => panic!("nobody orders by {other}"),
    };
    issues.sort_by_key(|issue| (time(issue, field), number(issue)));
    if descending {
        issues.reverse();
    }
    Ok(issues)
}

fn search(jira: &Jira, request: &Request) -> Reply {
    let found = match found(jira, request) {
        Ok(found) => found,
        Err(reply) => return reply,
    };
    let is_cloud = jira.kind == Kind::Cloud;
    let only_ids = request.body["fields"] == json!(["id"]);
    let start = match is_cloud {
        // A token is a place in a list that may be another one by now.
        true => request.body["nextPageToken"]
            .as_str()
            .map_or(0, |token| token.trim_start_matches("at-").parse().expect("a token of ours")),
        false => request.body["startAt"].as_u64().unwrap_or(0) as usize,
    };
    let size = request.body["maxResults"].as_u64().expect("a number") as usize;
    let size = if only_ids { size.min(jira.page * 3) } else { size.min(jira.page) };
    let total = found.len();
    let page: Vec<Value> = found.into_iter().skip(start).take(size).map(|issue| shown(jira, request, issue, only_ids)).collect();
    let end = start + page.len();
    let names = json!({"customfield_10010": "Colours", "customfield_10011": "Weight"});
    let mut answer = json!({"issues": page});
    if !only_ids {
        answer["names"] = names;
        answer["schema"] = json!({"customfield_10011": {"type": "number"}});
    }
    if is_cloud {
        answer["isLast"] = json!(end >= total);
        if end < total {
            answer["nextPageToken"] = json!(format!("at-{end}"));
        }
    } else {
        (answer["startAt"], answer["maxResults"], answer["total"]) = (json!(start), json!(size), json!(total));
    }
    Reply::ok(answer)
}

/// An issue as a search shows it.
fn shown(jira: &Jira, request: &Request, issue: &Value, only_id: bool) -> Value {
    if only_id {
        return json!({"id": issue["id"], "key": issue["key"]});
    }
    let mut issue = issue.clone();
    let wanted = &request.body["fields"];
    if *wanted != json!(["*all"]) && request.path.contains("/search") {
        let fields = issue["fields"].as_object().expect("fields").iter();
        let some: serde_json::Map<String, Value> = fields
            .filter(|(name, _)| wanted.as_array().expect("a list").contains(&json!(name)))
            .map(|(n, v)| (n.clone(), v.clone()))
            .collect();
        return json!({"id": issue["id"], "key": issue["key"], "fields": some});
    }
    for (list, values) in [("comment", "comments"), ("worklog", "worklogs")] {
        let all = issue["fields"][list][values].as_array().cloned().unwrap_or_default();
        let (total, embedded) = (all.len(), jira.embedded);
        let part: Vec<Value> = all.into_iter().take(embedded).collect();
        issue["fields"][list] = json!({"startAt": 0, "maxResults": embedded, "total": total, values: part});
    }
    match jira.kind {
        Kind::Cloud => drop(issue.as_object_mut().expect("an object").remove("changelog")),
        Kind::DataCenter => {
            let total = issue["changelog"]["histories"].as_array().map_or(0, Vec::len);
            issue["changelog"]["total"] = json!(total);
        }
    }
    issue
}

/// The change logs of many issues, so many entries a page, one issue's over several pages.
fn changelogs(jira: &Jira, request: &Request) -> Reply {
    let wanted = ids(&request.body["issueIdsOrKeys"]);
    let entries: Vec<(i64, Value)> = visible(jira)
        .filter(|issue| wanted.contains(&number(issue)))
        .flat_map(|issue| {
            let histories = issue["changelog"]["histories"].as_array().cloned().unwrap_or_default();
            histories.into_iter().map(|history| (number(issue), history)).collect::<Vec<_>>()
        })
        .collect();
    let start: usize = request.body["nextPageToken"].as_str().map_or(0, |token| token.parse().expect("a token of ours"));
    let page = entries.iter().skip(start).take(jira.changes);
    let mut logs: Vec<Value> = Vec::new();
    for (id, history) in page {
        let id = json!(id.to_string());
        let mut history = history.clone();
        // As the description's own example has it.
        history["created"] =
            json!(history["created"].as_str().and_then(|at| at.parse::<Timestamp>().ok()).expect("an instant").as_millisecond());
        match logs.last_mut().filter(|log| log["issueId"] == id) {
            Some(log) => log["changeHistories"].as_array_mut().expect("a list").push(history),
            None => logs.push(json!({"issueId": id, "changeHistories": [history]})),
        }
    }
    let end = (start + jira.changes).min(entries.len());
    let next = if end < entries.len() { json!(end.to_string()) } else { Value::Null };
    Reply::ok(json!({"issueChangeLogs": logs, "nextPageToken": next}))
}
