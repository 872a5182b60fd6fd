//! An issue, as search, agile and single-issue answers give it.

use serde_json::Value;

use super::adf;
use super::custom::{self, Custom};
use super::json::{Object, id, instant, int, kind, list, object, scalar, text};
use super::names::BY_NAME;
use super::site::Site;
use super::subject::{Subject, set_actor};
use super::{Event, Mapped, activity, changelog, properties};
use crate::data::rows::{IssueRow, LinkRow, date};

/// Reads an issue with everything that is in it.
pub(in crate::source) fn issue(record: &Object, site: &mut Site) -> Result<Mapped, String> {
    let fields = object(record, "fields").ok_or("its fields are no object")?;
    let key = text(record, "key").ok_or("it has no key")?.to_owned();
    let number = record.get("id").and_then(int).ok_or("its id is no number")?;
    site.names.expanded(record);

    let mut reader =
        Reader { site: &mut *site, row: IssueRow { id: number, key, ..IssueRow::default() }, mapped: Mapped::default() };
    let mut lists = Lists::default();
    for (name, value) in fields {
        if matches!(name.to_lowercase().as_str(), "issuelinks" | "linked issues") {
            reader.site.looked_at("links");
        }
        if !value.is_null() {
            reader.field(name, value, &mut lists);
        }
    }
    reader.times(fields);
    let Reader { row, mut mapped, .. } = reader;
    let created = row.created.ok_or_else(|| match fields.get("created").or_else(|| fields.get("Created")) {
        Some(value) => instant(value).err().map_or_else(|| "it has no creation date".into(), |e| format!("created: {e}")),
        None => "it has no creation date".to_owned(),
    })?;

    let (project, _) = row.key.rsplit_once('-').ok_or_else(|| format!("{} is no issue key", row.key))?;
    let row = IssueRow { project: row.project.clone().or_else(|| Some(project.to_owned())), ..row };
    if let Some(project) = &row.project {
        site.project_key(project);
    }
    mapped.counts.issues = 1;
    let mut subject = Subject::new(number, Some(row.key.clone()), row.project.clone());
    let histories = object(record, "changelog").map_or(&[][..], |c| list(c, "histories"));
    subject.keys = changelog::former_keys(histories);

    mapped.events.push(created_event(&subject, &row, fields, created, site));
    if let Some(log) = record.get("changelog").and_then(Value::as_object) {
        incomplete(log, histories.len(), "changes", &mut mapped);
    }
    for history in histories {
        changelog::history(history, &subject, site, &mut mapped);
    }
    if let Some(comments) = lists.comments.and_then(Value::as_object) {
        let comments_list = list(comments, "comments");
        incomplete(comments, comments_list.len(), "comments", &mut mapped);
        for comment in comments_list {
            activity::comment(comment, &subject, site, &mut mapped);
        }
    }
    if let Some(worklogs) = lists.worklogs.and_then(Value::as_object) {
        let worklogs_list = list(worklogs, "worklogs");
        incomplete(worklogs, worklogs_list.len(), "work logs", &mut mapped);
        for worklog in worklogs_list {
            activity::worklog(worklog, &subject, site, &mut mapped);
        }
    }
    for attachment in lists.attachments {
        activity::attachment(attachment, &subject, site, &mut mapped);
    }
    if let Some(found) = object(record, "properties") {
        site.looked_at("properties");
        mapped.properties = properties::read(&row.key, found);
    }
    mapped.issue = Some(row);
    Ok(mapped)
}

fn created_event(subject: &Subject, issue: &IssueRow, fields: &Object, created: i64, site: &mut Site) -> Event {
    let mut row = subject.event("issue", "created", created);
    row.event_id = format!("jira:issue:{}:created", issue.id);
    row.origin = Some("import".into());
    let person = |names: [&str; 2]| names.into_iter().find_map(|n| fields.get(n).filter(|v| v.is_object()));
    if person(["creator", "Creator"]).is_some() {
        set_actor(&mut row, person(["creator", "Creator"]), site);
    } else if person(["reporter", "Reporter"]).is_some() {
        set_actor(&mut row, person(["reporter", "Reporter"]), site);
        row.actor_basis = Some("inferred: reporter".into());
    } else {
        row.actor_kind = Some("unknown".into());
        row.actor_basis = Some("unknown".into());
    }
    Event::new(row)
}

fn incomplete(part: &Object, found: usize, what: &str, mapped: &mut Mapped) {
    if let Some(total) = part.get("total").and_then(Value::as_u64).filter(|t| *t > found as u64) {
        mapped.incomplete.push(format!("only {found} of its {total} {what} are in the record"));
    }
}

/// Parts of the fields that are read when the issue is known.
#[derive(Default)]
struct Lists<'a> {
    comments: Option<&'a Value>,
    worklogs: Option<&'a Value>,
    attachments: &'a [Value],
}

struct Reader<'s> {
    site: &'s mut Site,
    row: IssueRow,
    mapped: Mapped,
}

impl Reader<'_> {
    fn field<'a>(&mut self, name: &str, value: &'a Value, lists: &mut Lists<'a>) {
        let lower = name.to_lowercase();
        match lower.as_str() {
            "summary" => self.row.summary = self.text(name, value),
            "description" => self.row.description = self.body(name, value),
            "environment" => self.row.environment = self.body(name, value),
            "project" => self.row.project = self.part(name, value, |s, v| s.project(v)),
            "issuetype" | "issue type" | "work type" => {
                self.row.issue_type = self.part(name, value, |s, v| s.issue_type(v, false)).map(|(name, _)| name);
            }
            "status" => {
                if let Some((status, category)) = self.part(name, value, |s, v| s.status(v, false)) {
                    self.row.status = Some(status);
                    self.row.status_category = category;
                }
            }
            "priority" => self.row.priority = self.part(name, value, |s, v| s.priority(v, false)),
            "resolution" => self.row.resolution = self.part(name, value, |s, v| s.resolution(v, false)),
            "assignee" => self.row.assignee = self.person(name, value),
            "reporter" => self.row.reporter = self.person(name, value),
            "creator" => self.row.creator = self.person(name, value),
            "created" => self.row.created = instant(value).ok(),
            "updated" => self.row.updated = self.instant(name, value),
            "resolutiondate" | "resolved" => self.row.resolved = self.instant(name, value),
            "lastviewed" | "last viewed" => self.row.last_viewed = self.instant(name, value),
            "statuscategorychangedate" | "status category changed" => {
                self.row.status_category_changed = self.instant(name, value);
            }
            "duedate" | "due date" => {
                self.row.due = value.as_str().and_then(date);
                self.check(self.row.due.is_some(), name, value, "a day");
            }
            "labels" => self.row.labels = self.texts(name, value, |_, v| scalar(v)),
            "components" => {
                let project = self.project_of_key();
                self.row.components = self.texts(name, value, |s, v| s.component(v, project.as_deref()));
            }
            "fixversions" | "fix versions" | "fix version/s" => {
                let project = self.project_of_key();
                self.row.fix_versions = self.texts(name, value, |s, v| s.version(v, project.as_deref()));
            }
            "versions" | "affects versions" | "affects version/s" => {
                let project = self.project_of_key();
                self.row.affected_versions = self.texts(name, value, |s, v| s.version(v, project.as_deref()));
            }
            "sprint" | "closedsprints" => {
                let sprints = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
                let names: Vec<String> = sprints.iter().filter_map(|s| self.site.sprint(s)).collect();
                self.add_sprints(names);
            }
            "parent" => self.parent(name, value),
            "epic" => {
                self.row.epic = value.as_object().and_then(|e| text(e, "key")).map(str::to_owned);
            }
            "security" | "security level" => {
                self.row.security_level = value.as_object().and_then(|s| text(s, "name")).map(str::to_owned);
            }
            "votes" => {
                self.row.votes = value.get("votes").and_then(int);
                self.row.voter_ids = self.people(value.get("voters"));
            }
            "watches" | "watchers" => {
                self.row.watchers = value.get("watchCount").and_then(int);
                self.row.watcher_ids = self.people(value.get("watchers"));
            }
            "timeoriginalestimate" | "original estimate" => self.row.original_estimate = self.seconds(name, value),
            "timeestimate" | "remaining estimate" => self.row.remaining_estimate = self.seconds(name, value),
            "timespent" | "time spent" => self.row.time_spent = self.seconds(name, value),
            "comment" => lists.comments = Some(value),
            "worklog" => lists.worklogs = Some(value),
            "attachment" => {
                lists.attachments = value.as_array().map_or(&[], Vec::as_slice);
                let name = |a: &Value| a.as_object().and_then(|a| text(a, "filename")).map(str::to_owned);
                self.row.attachments = lists.attachments.iter().filter_map(name).collect();
            }
            "issuelinks" | "linked issues" => {
                for link in value.as_array().into_iter().flatten() {
                    self.link(link);
                }
            }
            _ if name.starts_with("customfield_") => self.custom(name.to_owned(), value),
            // Keyed by names, as by tools that translate the ids for their users.
            _ if name.contains(|c: char| c.is_uppercase() || c == ' ') && !DERIVED.contains(&lower.as_str()) => {
                self.site.names.used(name);
                self.custom(format!("{BY_NAME}{name}"), value);
            }
            _ => {}
        }
    }

    /// Estimates that only the summary of time tracking shows.
    fn times(&mut self, fields: &Object) {
        let Some(tracking) = object(fields, "timetracking") else {
            return;
        };
        let seconds = |name: &str| tracking.get(name).and_then(int);
        self.row.original_estimate = self.row.original_estimate.or(seconds("originalEstimateSeconds"));
        self.row.remaining_estimate = self.row.remaining_estimate.or(seconds("remainingEstimateSeconds"));
        self.row.time_spent = self.row.time_spent.or(seconds("timeSpentSeconds"));
    }

    fn check(&mut self, good: bool, name: &str, value: &Value, wanted: &str) {
        if !good {
            self.mapped.flaws.push(format!("{name}: {} where {wanted} is expected", kind(value)));
        }
    }

    fn text(&mut self, name: &str, value: &Value) -> Option<String> {
        self.check(value.is_string(), name, value, "text");
        value.as_str().map(str::to_owned)
    }

    fn body(&mut self, name: &str, value: &Value) -> Option<String> {
        self.check(value.is_string() || value.is_object(), name, value, "text");
        adf::body(value)
    }

    fn part<T>(&mut self, name: &str, value: &Value, read: impl FnOnce(&mut Site, &Value) -> Option<T>) -> Option<T> {
        let found = read(self.site, value);
        self.check(found.is_some(), name, value, "an object with a name");
        found
    }

    fn person(&mut self, name: &str, value: &Value) -> Option<String> {
        let found = self.site.person(value);
        self.check(found.is_some(), name, value, "a user");
        found.map(|p| p.id)
    }

    fn people(&mut self, list: Option<&Value>) -> Vec<String> {
        let list = list.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        list.iter().filter_map(|p| self.site.person(p)).map(|p| p.id).collect()
    }

    fn instant(&mut self, name: &str, value: &Value) -> Option<i64> {
        match instant(value) {
            Ok(time) => Some(time),
            Err(reason) => {
                self.mapped.flaws.push(format!("{name}: {reason}"));
                None
            }
        }
    }

    fn seconds(&mut self, name: &str, value: &Value) -> Option<i64> {
        let found = int(value);
        self.check(found.is_some(), name, value, "a number of seconds");
        found
    }

    fn texts(&mut self, name: &str, value: &Value, mut read: impl FnMut(&mut Site, &Value) -> Option<String>) -> Vec<String> {
        self.check(value.is_array(), name, value, "a list");
        let list = value.as_array().map_or(&[][..], Vec::as_slice);
        let found: Vec<String> = list.iter().filter_map(|v| read(self.site, v)).collect();
        if found.len() < list.len() {
            let lost = list.len() - found.len();
            self.mapped.flaws.push(format!("{name}: {lost} of {} elements have no name", list.len()));
        }
        found
    }

    /// Versions and components belong to the project that the issue is in now.
    fn project_of_key(&self) -> Option<String> {
        self.row.key.rsplit_once('-').map(|(project, _)| project.to_owned())
    }

    fn parent(&mut self, name: &str, value: &Value) {
        let parent = value.as_object();
        self.row.parent = parent.and_then(|p| text(p, "key")).map(str::to_owned);
        self.check(self.row.parent.is_some(), name, value, "an issue");
        let parent_type = parent.and_then(|p| object(p, "fields")).and_then(|f| f.get("issuetype"));
        let is_epic = parent_type.and_then(|t| self.site.issue_type(t, false)).is_some_and(|(_, epic)| epic);
        if is_epic && self.row.epic.is_none() {
            self.row.epic.clone_from(&self.row.parent);
        }
    }

    fn add_sprints(&mut self, names: Vec<String>) {
        for name in names {
            if !self.row.sprints.contains(&name) {
                self.row.sprints.push(name);
            }
        }
    }

    fn custom(&mut self, column: String, value: &Value) {
        match custom::read(value, self.site) {
            Custom::Value(value) => self.row.custom.push((column, value)),
            Custom::Sprints(names) => self.add_sprints(names),
            Custom::Nothing => {}
        }
    }

    fn link(&mut self, value: &Value) {
        let row = value.as_object().and_then(|link| {
            let link_type = object(link, "type")?;
            let (outward, inward) = (object(link, "outwardIssue"), object(link, "inwardIssue"));
            let other = text(outward.or(inward)?, "key")?.to_owned();
            let this = self.row.key.clone();
            // One row a link, whichever end shows it.
            let (source, target) = if outward.is_some() { (this, other) } else { (other, this) };
            Some(LinkRow {
                id: id(link, "id"),
                source,
                link_type: text(link_type, "name")?.to_owned(),
                direction: Some("outward".into()),
                target,
                outward: text(link_type, "outward").map(str::to_owned),
                inward: text(link_type, "inward").map(str::to_owned),
            })
        });
        match row {
            Some(row) => self.mapped.links.push(row),
            None => self.check(false, "issuelinks", value, "a link"),
        }
    }
}

/// Fields by name that are sums of others, or shown elsewhere.
const DERIVED: &[&str] = &[
    "progress",
    "σ progress",
    "σ original estimate",
    "σ remaining estimate",
    "σ time spent",
    "work ratio",
    "images",
    "thumbnail",
    "sub-tasks",
    "subtasks",
    "time tracking",
    "restrict to",
    "key",
    "project key",
    "statuscategory",
];
