//! What kind of record a JSON object is, and the way of each kind into the tables.

use serde_json::Value;

use super::json::{Object, id, list, object, path_part, text};
use super::site::Site;
use super::subject::Subject;
use super::{Counts, Mapped, activity, changelog, issue, listed};
use crate::data::rows::RemoteLinkRow;

/// What surrounds a record and says what it belongs to.
#[derive(Clone, Copy, Default)]
pub(crate) struct Context<'a> {
    /// The page that the record is an element of, without its elements.
    pub page: Option<&'a Value>,
    /// The stream of a connector that the record is of, such as `issue_comments`.
    pub stream: Option<&'a str>,
}

/// The shapes that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Issue,
    History,
    Histories,
    Worklog,
    Comment,
    RemoteLink,
    User,
    Status,
    Sprint,
    Project,
    IssueType,
    Priority,
    Resolution,
    Version,
    Component,
    Field,
    /// What surrounded a list whose elements were read one by one.
    Page,
}

/// Reads a record into `site` and what is returned. An error says why it is no record.
pub(crate) fn record(outer: &Object, context: Context<'_>, site: &mut Site) -> Result<Mapped, String> {
    // Raw layers keep each record of an answer with the request that it answers.
    let (inner, wrapper) = match (outer.get("data").and_then(Value::as_object), outer.contains_key("url")) {
        (Some(data), true) => (data, Some(outer)),
        _ => (outer, None),
    };
    if let Some(read) = wrapper.and_then(|wrapper| listed::record(wrapper, inner, site)) {
        let counts = Counts { others: 1, ..Counts::default() };
        return read.map(|()| Mapped { counts, ..Mapped::default() });
    }
    let kind = context.stream.and_then(of_stream).or_else(|| kind(inner, wrapper)).ok_or_else(|| unknown(inner))?;
    let subject = || belongs_to(inner, wrapper, context).map(|of| Subject::of(&of)).ok_or("it does not tell its issue".to_owned());
    let mut mapped = Mapped::default();
    match kind {
        Kind::Issue => return issue::issue(inner, site),
        Kind::History => changelog::history(&Value::Object(inner.clone()), &subject()?, site, &mut mapped),
        Kind::Histories => {
            let mut subject = subject()?;
            let histories = list(inner, "changeHistories");
            subject.keys = changelog::former_keys(histories);
            for history in histories {
                changelog::history(history, &subject, site, &mut mapped);
            }
        }
        Kind::Worklog => activity::worklog(&Value::Object(inner.clone()), &subject()?, site, &mut mapped),
        Kind::Comment => activity::comment(&Value::Object(inner.clone()), &subject()?, site, &mut mapped),
        Kind::Page => site.names.expanded(inner),
        other => {
            mapped.counts.others = 1;
            let value = Value::Object(inner.clone());
            side(other, inner, &value, || subject().ok(), site).ok_or("it has no name or id")?;
        }
    }
    if matches!(kind, Kind::History | Kind::Worklog | Kind::Comment) && mapped.events.is_empty() {
        // A record of its own that could not be read is a bad record, not a flaw of one.
        return match mapped.flaws.pop() {
            Some(reason) => Err(reason),
            None => Ok(mapped),
        };
    }
    Ok(mapped)
}

fn side(kind: Kind, object: &Object, value: &Value, subject: impl Fn() -> Option<Subject>, site: &mut Site) -> Option<()> {
    match kind {
        Kind::User => site.person(value).map(drop),
        Kind::Status => site.status(value, true).map(drop),
        Kind::Sprint => site.sprint(value).map(drop),
        Kind::Project => site.project(value).map(drop),
        Kind::IssueType => site.issue_type(value, true).map(drop),
        Kind::Priority => site.priority(value, true).map(drop),
        Kind::Resolution => site.resolution(value, true).map(drop),
        Kind::Version => {
            site.version(value, text(object, "project"))?;
            site.of_project("versions", object);
            Some(())
        }
        Kind::Component => {
            site.component(value, text(object, "project"))?;
            site.of_project("components", object);
            Some(())
        }
        Kind::Field => site.names.field(object),
        Kind::RemoteLink => {
            let subject = subject()?;
            // An id finds its issue only where that was read too.
            if let (Some(id), Some(key)) = (subject.id, text(object, "self").and_then(|a| path_part(a, "issue"))) {
                site.address(id, key);
            }
            let target = super::json::object(object, "object")?;
            site.remote_link(RemoteLinkRow {
                id: id(object, "id"),
                issue: subject.identity(),
                global_id: text(object, "globalId").map(str::to_owned),
                url: text(target, "url").map(str::to_owned),
                title: text(target, "title").map(str::to_owned),
                relationship: text(object, "relationship").map(str::to_owned),
                application: super::json::object(object, "application").and_then(|a| text(a, "name")).map(str::to_owned),
            });
            Some(())
        }
        _ => None,
    }
}

/// The kind of a record, by what it has and no other kind has, or by its own address or that of its list.
fn kind(record: &Object, wrapper: Option<&Object>) -> Option<Kind> {
    let has = |name: &str| record.contains_key(name);
    let is_object = |name: &str| record.get(name).is_some_and(Value::is_object);
    let is_list = |name: &str| record.get(name).is_some_and(Value::is_array);
    let address = text(record, "self").unwrap_or_default();
    let at = |name: &str| path_part(address, name).is_some();
    // Some lists hold records that say nothing of their kind.
    let asked = wrapper.and_then(|wrapper| text(wrapper, "url")).unwrap_or_default();
    let listed = |name: &str| asked.split(['?', '#']).next().is_some_and(|path| path.split('/').any(|part| part == name));

    Some(match () {
        _ if has("key") && has("fields") => Kind::Issue,
        _ if is_list("items") && has("created") => Kind::History,
        _ if has("issueId") && is_list("changeHistories") => Kind::Histories,
        _ if has("timeSpentSeconds") || at("worklog") => Kind::Worklog,
        _ if has("body") && has("created") => Kind::Comment,
        _ if is_object("object") && (at("remotelink") || has("relationship") || has("globalId")) => Kind::RemoteLink,
        _ if has("clauseNames") || (has("custom") && has("navigable")) => Kind::Field,
        _ if has("accountId") || (has("displayName") && (has("name") || has("key"))) => Kind::User,
        _ if is_object("statusCategory") => Kind::Status,
        _ if has("subtask") => Kind::IssueType,
        _ if has("state") && (has("originBoardId") || at("sprint")) => Kind::Sprint,
        _ if has("key") && (has("projectTypeKey") || has("assigneeType") || at("project")) => Kind::Project,
        _ if has("released") && (has("projectId") || at("version")) => Kind::Version,
        _ if has("name") && (at("component") || has("isAssigneeTypeValid")) => Kind::Component,
        _ if has("name") && (at("priority") || has("statusColor") || listed("priority")) => Kind::Priority,
        _ if has("name") && (at("resolution") || listed("resolution")) => Kind::Resolution,
        // An answer that held no list, or an empty one.
        _ if has("maxResults") || has("isLast") || has("total") => Kind::Page,
        _ => return None,
    })
}

/// The kind of the records of a connector's stream, which need not show it themselves.
fn of_stream(stream: &str) -> Option<Kind> {
    Some(match stream {
        "issues" => Kind::Issue,
        "changelogs" | "issue_changelogs" => Kind::History,
        "worklogs" | "issue_worklogs" => Kind::Worklog,
        "issue_comments" | "comments" => Kind::Comment,
        "issue_remote_links" => Kind::RemoteLink,
        "users" => Kind::User,
        "workflow_statuses" | "statuses" => Kind::Status,
        "sprints" => Kind::Sprint,
        "projects" => Kind::Project,
        "issue_types" => Kind::IssueType,
        "issue_priorities" | "priorities" => Kind::Priority,
        "issue_resolutions" | "resolutions" => Kind::Resolution,
        "project_versions" | "versions" => Kind::Version,
        "project_components" | "components" => Kind::Component,
        "issue_fields" | "fields" => Kind::Field,
        _ => return None,
    })
}

fn unknown(record: &Object) -> String {
    if record.is_empty() {
        return "it is an empty object".into();
    }
    let names: Vec<&str> = record.keys().take(6).map(String::as_str).collect();
    format!("it is no known kind of record: it has {}", names.join(", "))
}

/// The id or key of the issue that a record without one is about.
fn belongs_to(record: &Object, wrapper: Option<&Object>, context: Context<'_>) -> Option<String> {
    let addressed = |o: &Object, name: &str| text(o, name).and_then(|a| path_part(a, "issue")).map(str::to_owned);
    let page = context.page.and_then(Value::as_object);
    id(record, "issueId")
        .or_else(|| id(record, "issueKey"))
        .or_else(|| wrapper.and_then(|w| object(w, "input")).and_then(|i| id(i, "issue_id")))
        .or_else(|| wrapper.and_then(|w| addressed(w, "url")))
        .or_else(|| addressed(record, "self"))
        .or_else(|| page.and_then(|p| addressed(p, "self")))
        .or_else(|| page.and_then(|p| addressed(p, "nextPage")))
}
