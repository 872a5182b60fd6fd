//! What is around the issues: fields, projects, users, groups, roles, sprints and so on. Each list that the account may not
//! see is left out, and said.

use std::collections::BTreeSet;

use futures::{StreamExt, TryStreamExt};
use serde_json::{Value, json};

use super::api::{Api, taken};
use super::spool::Spool;
use super::{Kind, Stop};
use crate::diagnostic::{Diagnostic, codes};
use crate::error::Error;
use crate::source::rest::{Request, RestError, Trouble, segment};

/// What was found.
#[derive(Default)]
pub(super) struct Tables {
    /// Tables that came whole.
    pub(super) whole: BTreeSet<&'static str>,
    /// The keys of the projects; none where they could not be asked for.
    pub(super) projects: Option<BTreeSet<String>>,
    /// What was left out, and why.
    pub(super) left_out: Vec<Diagnostic>,
}

/// How a list comes.
#[derive(Clone, Copy)]
enum List {
    /// At once.
    Whole,
    /// Under a name, at once.
    Named(&'static str),
    /// In pages with a last one.
    Pages(usize),
    /// In pages until there is nothing.
    Bare(usize),
    /// In pages as service desks have them.
    Desk(usize),
}

/// Gives each element of a list to `take`.
async fn each(api: &Api, request: Request, list: List, mut take: impl FnMut(Value) -> Result<(), Error>) -> Result<(), Stop> {
    let (start, limit) = if matches!(list, List::Desk(_)) { ("start", "limit") } else { ("startAt", "maxResults") };
    let (mut at, mut before) = (0, None);
    loop {
        let request = match list {
            List::Whole | List::Named(_) => request.clone(),
            List::Pages(size) | List::Bare(size) | List::Desk(size) => request.clone().with(start, at).with(limit, size),
        };
        let mut answer = api.ask(&request).await?;
        let values = match list {
            List::Whole | List::Bare(_) => answer.take(),
            List::Named(name) => taken(&mut answer, name),
            List::Pages(_) | List::Desk(_) => taken(&mut answer, "values"),
        };
        let Value::Array(values) = values else {
            return Err(RestError::new(request.name(), Trouble::Strange("no list".into())).into());
        };
        at += values.len() as u64;
        // A site that gives the same page again does not know of pages.
        let first = values.first().cloned();
        let is_repeated = first.is_some() && first == before;
        before = first;
        if is_repeated {
            return Ok(());
        }
        let is_last = match list {
            List::Whole | List::Named(_) => true,
            List::Bare(_) => false,
            List::Pages(_) => answer["isLast"] == json!(true) || answer["total"].as_u64().is_some_and(|total| at >= total),
            List::Desk(_) => answer["isLastPage"] == json!(true),
        };
        let is_last = is_last || values.is_empty();
        values.into_iter().try_for_each(&mut take)?;
        if is_last {
            return Ok(());
        }
    }
}

async fn all(api: &Api, request: Request, list: List) -> Result<Vec<Value>, Stop> {
    let mut values = Vec::new();
    each(api, request, list, |value| {
        values.push(value);
        Ok(())
    })
    .await?;
    Ok(values)
}

/// Lists each of which is asked for by itself, some at once.
async fn all_of(api: &Api, requests: Vec<(Request, List)>) -> Result<Vec<Result<Vec<Value>, RestError>>, Error> {
    let ask = |(request, list)| async move {
        match all(api, request, list).await {
            Ok(values) => Ok(Ok(values)),
            Err(Stop::Rest(error)) if error.is_denied() || error.trouble.status() == Some(400) => Ok(Err(error)),
            Err(Stop::Rest(error)) => Err(error.into()),
            Err(Stop::Error(error)) => Err(error),
        }
    };
    futures::stream::iter(requests.into_iter().map(ask)).buffered(api.concurrency()).try_collect().await
}

/// Fetches everything that is around the issues.
pub(super) async fn fetch(api: &Api, spool: &mut Spool, stage: impl Fn(&str)) -> Result<Tables, Error> {
    let mut tables = Tables::default();
    // What has no record at all is an answer, too.
    spool.record(&json!({"isLast": true, "values": []}))?;
    let is_cloud = api.kind == Kind::Cloud;
    for (name, path, list) in [
        ("fields", "field", List::Whole),
        ("statuses", "status", List::Whole),
        (
            "priorities",
            if is_cloud { "priority/search" } else { "priority" },
            if is_cloud { List::Pages(100) } else { List::Whole },
        ),
        (
            "resolutions",
            if is_cloud { "resolution/search" } else { "resolution" },
            if is_cloud { List::Pages(100) } else { List::Whole },
        ),
        ("issue types", "issuetype", List::Whole),
    ] {
        stage(name);
        let request = Request::get(api.platform(path));
        let address = request.address();
        let done = each(api, request, list, |record| spool.answer(&address, &Value::Null, &record)).await;
        tables.note(name, done)?;
    }
    stage("projects");
    let projects = projects(api, spool).await;
    let projects = tables.note("projects", projects)?;
    let keys: Vec<String> = projects.iter().flatten().map(|(_, key)| key.clone()).collect();
    tables.projects = projects.as_ref().map(|projects| projects.iter().map(|(_, key)| key.clone()).collect());
    stage("versions and components");
    let done = of_projects(api, spool, &keys).await;
    tables.note_all("versions and components", done)?;
    stage("users");
    let done = users(api, spool).await;
    tables.note("users", done)?;
    stage("groups");
    let done = groups(api, spool).await;
    tables.note_whole("members of groups", &["memberships"], done)?;
    stage("roles");
    let done = roles(api, spool, &keys).await;
    tables.note_whole("members of project roles", &["role_members"], done)?;
    stage("sprints");
    let done = sprints(api, spool).await;
    tables.note_all("sprints", done)?;
    stage("workflows");
    let done = workflows(api, spool).await;
    tables.note_whole("workflows", &["workflows"], done.map(|()| Vec::new()))?;
    if is_cloud {
        let done = workflow_projects(api, spool, &projects.unwrap_or_default()).await;
        tables.note_whole("workflow schemes", &["workflow_projects"], done.map(|()| Vec::new()))?;
    }
    if is_cloud {
        stage("filters");
        let request = Request::get(api.platform("filter/search")).with("expand", "jql,owner");
        let address = request.address();
        let done = each(api, request, List::Pages(100), |record| spool.answer(&address, &Value::Null, &record)).await;
        tables.note("filters", done)?;
    }
    stage("organizations");
    let done = organizations(api, spool).await;
    tables.note_whole("customer organizations", &["organizations", "organization_members"], done)?;
    Ok(tables)
}

impl Tables {
    pub(super) fn leave_out(&mut self, what: &str, error: &RestError) {
        let message = format!("{what} were left out: {error}");
        let help = match error.trouble.status() {
            Some(404 | 410) => "the site does not have them, or the account may not see them",
            Some(_) => "the account lacks the permission",
            None => "a setting of the site limits what it shows",
        };
        self.left_out.push(Diagnostic::warning(codes::SYNC_DENIED, message).help(help));
    }

    /// What came of a list; none where it is denied.
    fn note<T>(&mut self, what: &str, done: Result<T, Stop>) -> Result<Option<T>, Error> {
        match done {
            Ok(value) => Ok(Some(value)),
            Err(Stop::Rest(error)) if error.is_denied() => {
                self.leave_out(what, &error);
                Ok(None)
            }
            Err(Stop::Rest(error)) => Err(error.into()),
            Err(Stop::Error(error)) => Err(error),
        }
    }

    /// The same of a list whose parts may be denied, too. Whether it came whole.
    fn note_all(&mut self, what: &str, done: Result<Vec<RestError>, Stop>) -> Result<bool, Error> {
        let Some(denied) = self.note(what, done)? else { return Ok(false) };
        if let Some(error) = denied.first() {
            self.leave_out(&format!("some {what}"), error);
        }
        Ok(denied.is_empty())
    }

    fn note_whole(&mut self, what: &str, tables: &[&'static str], done: Result<Vec<RestError>, Stop>) -> Result<(), Error> {
        if self.note_all(what, done)? {
            self.whole.extend(tables);
        }
        Ok(())
    }
}

/// Ids and keys of the projects.
async fn projects(api: &Api, spool: &mut Spool) -> Result<Vec<(String, String)>, Stop> {
    let request = |path: &str| Request::get(api.platform(path)).with("expand", "lead,description,issueTypes");
    let (request, list) = match api.kind {
        Kind::Cloud => (request("project/search").with("status", "live").with("status", "archived"), List::Pages(100)),
        Kind::DataCenter => (request("project").with("includeArchived", "true"), List::Whole),
    };
    let mut found = Vec::new();
    each(api, request, list, |project| {
        let text = |name: &str| project[name].as_str().map(str::to_owned);
        found.extend(text("id").zip(text("key")));
        spool.record(&project)
    })
    .await?;
    Ok(found)
}

/// Versions and components of projects.
async fn of_projects(api: &Api, spool: &mut Spool, keys: &[String]) -> Result<Vec<RestError>, Stop> {
    let (paths, list) = match api.kind {
        Kind::Cloud => (["version", "component"], List::Pages(100)),
        Kind::DataCenter => (["versions", "components"], List::Whole),
    };
    let request = |key: &String, path: &str| Request::get(api.platform(&format!("project/{}/{path}", segment(key))));
    let requests = keys.iter().flat_map(|key| paths.map(|path| (request(key, path), list))).collect();
    let mut denied = Vec::new();
    for values in all_of(api, requests).await? {
        match values {
            Ok(values) => values.iter().try_for_each(|value| spool.record(value))?,
            Err(error) => denied.push(error),
        }
    }
    Ok(denied)
}

async fn users(api: &Api, spool: &mut Spool) -> Result<(), Stop> {
    let request = match api.kind {
        Kind::Cloud => Request::get(api.platform("users/search")),
        Kind::DataCenter => Request::get(api.platform("user/search")).with("username", ".").with("includeInactive", "true"),
    };
    each(api, request, List::Bare(1000), |user| spool.record(&user)).await
}

async fn groups(api: &Api, spool: &mut Spool) -> Result<Vec<RestError>, Stop> {
    let mut denied = Vec::new();
    let groups = match api.kind {
        Kind::Cloud => all(api, Request::get(api.platform("group/bulk")), List::Pages(100)).await?,
        Kind::DataCenter => {
            let request = Request::get(api.platform("groups/picker")).with("maxResults", 10_000);
            let mut answer = api.ask(&request).await?;
            let Value::Array(groups) = taken(&mut answer, "groups") else {
                return Err(RestError::new(request.name(), Trouble::Strange("no list".into())).into());
            };
            // A setting of the server's limits what it shows of them.
            if let Some(total) = answer["total"].as_u64().filter(|total| *total > groups.len() as u64) {
                let part = format!("only {} of its {total} groups", groups.len());
                denied.push(RestError::new(request.name(), Trouble::Strange(part)));
            }
            groups
        }
    };
    let members = |group: &Value| {
        let request = Request::get(api.platform("group/member")).with("includeInactiveUsers", "true");
        match group["groupId"].as_str() {
            Some(id) => request.with("groupId", id),
            None => request.with("groupname", group["name"].as_str().unwrap_or_default()),
        }
    };
    spool.answer(&api.platform("group/member"), &Value::Null, &json!({"total": groups.len()}))?;
    let requests: Vec<Request> = groups.iter().map(members).collect();
    let lists = all_of(api, requests.iter().map(|request| (request.clone(), List::Pages(50))).collect()).await?;
    for ((group, request), users) in groups.iter().zip(&requests).zip(lists) {
        match users {
            Ok(users) => {
                let input = json!({"group": group["name"]});
                users.iter().try_for_each(|user| spool.answer(&request.address(), &input, user))?;
            }
            Err(error) => denied.push(error),
        }
    }
    Ok(denied)
}

async fn roles(api: &Api, spool: &mut Spool, keys: &[String]) -> Result<Vec<RestError>, Stop> {
    let path = |key: &str, rest: &str| api.platform(&format!("project/{}/role{rest}", segment(key)));
    spool.answer(&path("-", "/0"), &Value::Null, &json!({"total": keys.len()}))?;
    let ask = |request: Request| async move {
        match api.ask(&request).await {
            Ok(answer) => Ok(Ok((request, answer))),
            Err(error) if error.is_denied() => Ok(Err(error)),
            Err(error) => Err(error),
        }
    };
    let mut denied = Vec::new();
    let lists: Vec<Request> = keys.iter().map(|key| Request::get(path(key, ""))).collect();
    let lists: Vec<_> = futures::stream::iter(lists.into_iter().map(ask)).buffered(api.concurrency()).try_collect().await?;
    let mut requests = Vec::new();
    for (key, list) in keys.iter().zip(lists) {
        match list {
            Ok((_, list)) => {
                let ids = list.as_object().into_iter().flatten().filter_map(|(_, address)| address.as_str()?.rsplit('/').next());
                requests.extend(ids.map(|id| (key, Request::get(path(key, &format!("/{}", segment(id)))))));
            }
            Err(error) => denied.push(error),
        }
    }
    let (keys, requests): (Vec<&String>, Vec<Request>) = requests.into_iter().unzip();
    let roles: Vec<_> = futures::stream::iter(requests.into_iter().map(ask)).buffered(api.concurrency()).try_collect().await?;
    for (key, role) in keys.into_iter().zip(roles) {
        match role {
            Ok((request, role)) => spool.answer(&request.address(), &json!({"project": key}), &role)?,
            Err(error) => denied.push(error),
        }
    }
    Ok(denied)
}

async fn sprints(api: &Api, spool: &mut Spool) -> Result<Vec<RestError>, Stop> {
    let boards = all(api, Request::get("rest/agile/1.0/board"), List::Pages(50)).await?;
    let ids = boards.iter().filter(|board| board["type"] != json!("kanban")).filter_map(|board| board["id"].as_u64());
    let requests = ids.map(|id| (Request::get(format!("rest/agile/1.0/board/{id}/sprint")), List::Pages(50))).collect();
    let mut denied = Vec::new();
    for sprints in all_of(api, requests).await? {
        match sprints {
            Ok(sprints) => sprints.iter().try_for_each(|sprint| spool.record(sprint))?,
            // A board without sprints says that it has none.
            Err(error) if error.trouble.status() == Some(400) => {}
            Err(error) => denied.push(error),
        }
    }
    Ok(denied)
}

async fn workflows(api: &Api, spool: &mut Spool) -> Result<(), Stop> {
    let (request, list) = match api.kind {
        Kind::Cloud => (Request::get(api.platform("workflows/search")), List::Pages(50)),
        Kind::DataCenter => (Request::get(api.platform("workflow")), List::Whole),
    };
    let address = request.address();
    spool.answer(&address, &Value::Null, &json!({"total": 0}))?;
    each(api, request, list, |workflow| spool.answer(&address, &Value::Null, &workflow)).await
}

/// Which workflows projects have by their schemes. Projects that a team manages itself have none.
async fn workflow_projects(api: &Api, spool: &mut Spool, projects: &[(String, String)]) -> Result<(), Stop> {
    let address = api.platform("workflowscheme/project");
    for some in projects.chunks(50) {
        let request = some.iter().fold(Request::get(address.clone()), |request, (id, _)| request.with("projectId", id));
        for of in all(api, request, List::Named("values")).await? {
            let scheme = &of["workflowScheme"];
            let by_type = scheme["issueTypeMappings"].as_object().into_iter().flat_map(|mappings| mappings.values());
            let names: BTreeSet<&str> =
                std::iter::once(&scheme["defaultWorkflow"]).chain(by_type).filter_map(|name| name.as_str()).collect();
            let ids: Vec<&str> = of["projectIds"].as_array().into_iter().flatten().filter_map(|id| id.as_str()).collect();
            for (_, key) in some.iter().filter(|(id, _)| ids.contains(&id.as_str())) {
                for name in &names {
                    spool.answer(&address, &json!({"project": key}), &json!({"name": name}))?;
                }
            }
        }
    }
    Ok(())
}

async fn organizations(api: &Api, spool: &mut Spool) -> Result<Vec<RestError>, Stop> {
    let request = Request::get("rest/servicedeskapi/organization");
    let address = request.address();
    let organizations = all(api, request, List::Desk(50)).await?;
    spool.answer(&address, &Value::Null, &json!({"total": organizations.len()}))?;
    let id = |of: &Value| of["id"].as_str().map(str::to_owned).unwrap_or_else(|| of["id"].to_string());
    let users = |of: &Value| Request::get(format!("rest/servicedeskapi/organization/{}/user", segment(&id(of))));
    let requests: Vec<Request> = organizations.iter().map(users).collect();
    let lists = all_of(api, requests.iter().map(|request| (request.clone(), List::Desk(50))).collect()).await?;
    let mut denied = Vec::new();
    for ((organization, request), users) in organizations.iter().zip(&requests).zip(lists) {
        spool.answer(&address, &Value::Null, organization)?;
        match users {
            Ok(users) => {
                let input = json!({"organization": organization["name"]});
                users.iter().try_for_each(|user| spool.answer(&request.address(), &input, user))?;
            }
            Err(error) => denied.push(error),
        }
    }
    Ok(denied)
}
