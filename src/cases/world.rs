//! From the JSON of a case to tables.

use std::collections::BTreeMap;

use serde_json::Value;

use super::mentions;
use super::shape::{CaseShape, CommentShape, EventShape, HistoryShape, IssueShape, Scalar, TablesShape, WorklogShape, text};
use crate::data::rows::{
    ComponentRow, CustomValue, EventRow, FieldRow, FilterRow, IssueRow, IssueTypeRow, LinkRow, MembershipRow,
    OrganizationMemberRow, OrganizationRow, PriorityRow, ProjectRow, PropertyRow, RemoteLinkRow, ResolutionRow, RoleMemberRow,
    SprintRow, StatusRow, Tables, UserRow, VersionRow, WorkflowProjectRow, WorkflowRow, date, time,
};

/// The tables of a case, or what is wrong with it.
pub(super) fn tables(case: &CaseShape) -> Result<Tables, String> {
    let mut tables = Tables::default();
    side_tables(&case.tables, &mut tables)?;
    let mut ids = BTreeMap::new();
    for (n, issue) in case.issues.iter().enumerate() {
        let id = issue.id.unwrap_or(10_001 + n as i64);
        ids.insert(issue.key.clone(), (id, project_of(issue)));
        let row = issue_row(issue, id, &tables).map_err(|e| format!("issue {}: {e}", issue.key))?;
        issue_events(issue, &row, &mut tables).map_err(|e| format!("issue {}: {e}", issue.key))?;
        if !issue.events_only {
            tables.issues.push(row);
        }
    }
    for (n, event) in case.events.iter().enumerate() {
        let row = event_row(event, n, &ids).map_err(|e| format!("event {}: {e}", n + 1))?;
        tables.events.push(row);
    }
    mentions::add(case, &mut tables);
    for event in &mut tables.events {
        if event.actor_kind.is_none() {
            event.actor_kind = Some(kind_of(event.actor.as_deref(), &tables.users));
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    if let Some(twice) = tables.events.iter().find(|e| !seen.insert(e.event_id.as_str())) {
        return Err(format!("two events have the id {}", twice.event_id));
    }
    Ok(tables)
}

fn kind_of(actor: Option<&str>, users: &[UserRow]) -> String {
    let known = users.iter().find(|u| Some(u.account_id.as_str()) == actor).and_then(|u| u.kind.clone());
    match actor {
        None => "unknown".to_string(),
        Some(_) => known.unwrap_or_else(|| "user".to_string()),
    }
}

/// An instant of a case: RFC 3339.
pub(super) fn instant(text: &str) -> Result<i64, String> {
    time(text).ok_or_else(|| format!("`{text}` is no instant such as 2026-06-15T12:00:00Z"))
}

fn instants(text: &Option<String>) -> Result<Option<i64>, String> {
    text.as_deref().map(instant).transpose()
}

fn day(text: &str) -> Result<i32, String> {
    date(text).ok_or_else(|| format!("`{text}` is no day such as 2026-06-15"))
}

fn days(text: &Option<String>) -> Result<Option<i32>, String> {
    text.as_deref().map(day).transpose()
}

fn project_of(issue: &IssueShape) -> Option<String> {
    let of_key = || issue.key.rsplit_once('-').map(|(project, _)| project.to_string());
    issue.project.clone().or_else(of_key)
}

fn side_tables(shape: &TablesShape, tables: &mut Tables) -> Result<(), String> {
    for u in &shape.users {
        tables.users.push(UserRow {
            account_id: u.id.clone(),
            name: u.name.clone(),
            email: u.email.clone(),
            kind: u.kind.clone(),
            active: u.active,
            last_login: instants(&u.last_login)?,
            previous_login: instants(&u.previous_login)?,
            time_zone: u.time_zone.clone(),
            aliases: u.aliases.clone(),
            ..UserRow::default()
        });
    }
    tables.memberships =
        pairs(&shape.groups).map(|(group, account)| MembershipRow { group: group.clone(), account_id: account.clone() }).collect();
    tables.projects = (shape.projects.iter())
        .map(|p| ProjectRow {
            key: p.key.clone(),
            id: text(&p.id),
            name: p.name.clone(),
            category: p.category.clone(),
            lead: p.lead.clone(),
            project_type: p.project_type.clone(),
            archived: p.archived,
        })
        .collect();
    for (rank, status) in shape.statuses.iter().enumerate() {
        let entry = status.entry();
        tables.statuses.push(StatusRow {
            id: text(&entry.id),
            category: entry.category.or_else(|| Some(mentions::category(&entry.name).to_string())),
            name: entry.name,
            rank: Some(rank as i64),
            former_names: entry.former_names,
        });
    }
    for (rank, priority) in shape.priorities.iter().enumerate() {
        let entry = priority.entry();
        tables.priorities.push(PriorityRow { id: text(&entry.id), name: entry.name, rank: Some(rank as i64) });
    }
    for (rank, issue_type) in shape.types.iter().enumerate() {
        let entry = issue_type.entry();
        let mut row = mentions::issue_type(&entry.name);
        row.id = text(&entry.id);
        row.rank = Some(rank as i64);
        if let Some(subtask) = entry.subtask {
            row.subtask = Some(subtask);
            row.hierarchy_level = Some(if subtask { -1 } else { row.hierarchy_level.unwrap_or(0).max(0) });
        }
        row.hierarchy_level = entry.hierarchy_level.or(row.hierarchy_level);
        tables.issue_types.push(row);
    }
    for (rank, resolution) in shape.resolutions.iter().enumerate() {
        let entry = resolution.entry();
        tables.resolutions.push(ResolutionRow { id: text(&entry.id), name: entry.name, rank: Some(rank as i64) });
    }
    for (project, versions) in &shape.versions {
        for (rank, v) in versions.iter().enumerate() {
            tables.versions.push(VersionRow {
                id: text(&v.id),
                name: v.name.clone(),
                project: Some(project.clone()),
                rank: Some(rank as i64),
                released: v.released,
                archived: v.archived,
                start_date: days(&v.start_date)?,
                release_date: days(&v.release_date)?,
            });
        }
    }
    tables.components = (shape.components.iter())
        .map(|c| ComponentRow { id: text(&c.id), name: c.name.clone(), project: c.project.clone(), lead: c.lead.clone() })
        .collect();
    for s in &shape.sprints {
        tables.sprints.push(SprintRow {
            id: s.id,
            name: s.name.clone(),
            board: text(&s.board),
            state: s.state.clone(),
            start: instants(&s.start)?,
            end: instants(&s.end)?,
            complete: instants(&s.complete)?,
        });
    }
    tables.fields = (shape.fields.iter())
        .map(|f| FieldRow { id: f.id.clone(), name: f.name.clone(), field_type: f.field_type.clone(), aliases: f.aliases.clone() })
        .collect();
    more_side_tables(shape, tables);
    Ok(())
}

fn more_side_tables(shape: &TablesShape, tables: &mut Tables) {
    tables.links = (shape.links.iter())
        .map(|l| LinkRow {
            id: None,
            source: l.from.clone(),
            link_type: l.name.clone(),
            direction: Some("outward".to_string()),
            target: l.to.clone(),
            outward: l.outward.clone(),
            inward: l.inward.clone(),
        })
        .collect();
    tables.remote_links = (shape.remote_links.iter())
        .map(|l| RemoteLinkRow {
            id: None,
            issue: l.issue.clone(),
            global_id: l.global_id.clone(),
            url: l.url.clone(),
            title: l.title.clone(),
            relationship: l.relationship.clone(),
            application: l.application.clone(),
        })
        .collect();
    tables.properties = (shape.properties.iter())
        .map(|p| PropertyRow { issue: p.issue.clone(), property: p.property.clone(), path: p.path.clone(), value: text(&p.value) })
        .collect();
    tables.filters = (shape.filters.iter())
        .map(|f| FilterRow { id: text(&f.id), name: f.name.clone(), owner: f.owner.clone(), query: f.query.clone() })
        .collect();
    tables.organizations = shape.organizations.keys().map(|name| OrganizationRow { id: None, name: name.clone() }).collect();
    tables.organization_members = pairs(&shape.organizations)
        .map(|(organization, account)| OrganizationMemberRow { organization: organization.clone(), account_id: account.clone() })
        .collect();
    for (project, roles) in &shape.roles {
        tables.role_members.extend(pairs(roles).map(|(role, account)| RoleMemberRow {
            project: project.clone(),
            role: role.clone(),
            account_id: account.clone(),
        }));
    }
    tables.workflows = shape.workflows.keys().map(|name| WorkflowRow { id: None, name: name.clone() }).collect();
    tables.workflow_projects = pairs(&shape.workflows)
        .map(|(workflow, project)| WorkflowProjectRow { workflow: workflow.clone(), project: project.clone(), issue_type: None })
        .collect();
}

fn pairs(lists: &BTreeMap<String, Vec<String>>) -> impl Iterator<Item = (&String, &String)> {
    lists.iter().flat_map(|(name, members)| members.iter().map(move |m| (name, m)))
}

fn issue_row(issue: &IssueShape, id: i64, tables: &Tables) -> Result<IssueRow, String> {
    let list = |values: &Option<Vec<String>>| values.clone().unwrap_or_default();
    let count = |given: Option<i64>, who: &Option<Vec<String>>| given.or(who.as_ref().map(|w| w.len() as i64));
    let category = |status: &String| {
        let known = tables.statuses.iter().find(|s| s.name == *status).and_then(|s| s.category.clone());
        known.unwrap_or_else(|| mentions::category(status).to_string())
    };
    Ok(IssueRow {
        id,
        key: issue.key.clone(),
        project: project_of(issue),
        issue_type: issue.issue_type.clone(),
        status: issue.status.clone(),
        status_category: issue.status_category.clone().or_else(|| issue.status.as_ref().map(category)),
        priority: issue.priority.clone(),
        resolution: issue.resolution.clone(),
        assignee: issue.assignee.clone(),
        reporter: issue.reporter.clone(),
        creator: issue.creator.clone(),
        summary: issue.summary.clone(),
        description: issue.description.clone(),
        environment: issue.environment.clone(),
        created: instants(&issue.created)?,
        updated: instants(&issue.updated)?,
        resolved: instants(&issue.resolved)?,
        due: days(&issue.due)?,
        labels: list(&issue.labels),
        components: list(&issue.components),
        fix_versions: list(&issue.fix_versions),
        affected_versions: list(&issue.affected_versions),
        sprints: issue.sprints.iter().flatten().map(|s| sprint(s, tables)).collect(),
        parent: issue.parent.clone(),
        epic: issue.epic.clone(),
        security_level: issue.security_level.clone(),
        votes: count(issue.votes, &issue.voter),
        watchers: count(issue.watchers, &issue.watcher),
        voter_ids: list(&issue.voter),
        watcher_ids: list(&issue.watcher),
        attachments: list(&issue.attachments),
        original_estimate: issue.original_estimate,
        remaining_estimate: issue.remaining_estimate,
        time_spent: issue.time_spent,
        story_points: issue.story_points,
        status_category_changed: instants(&issue.status_category_changed)?,
        rank: issue.rank.clone(),
        last_viewed: instants(&issue.last_viewed)?,
        organizations: list(&issue.organizations),
        request_type: issue.request_type.clone(),
        request_channel: issue.request_channel.clone(),
        request_last_activity: instants(&issue.request_last_activity)?,
        change_gating: issue.change_gating.clone(),
        pull_requests: issue.pull_requests,
        pull_requests_open: issue.pull_requests_open,
        commits: issue.commits,
        reviews: issue.reviews,
        reviews_open: issue.reviews_open,
        builds_failing: issue.builds_failing,
        deleted_at: instants(&issue.deleted_at)?,
        custom: custom(&issue.custom, &tables.fields)?,
    })
}

/// A sprint by id or name as its name.
fn sprint(given: &Scalar, tables: &Tables) -> String {
    let text = given.text();
    let known = tables.sprints.iter().find(|s| s.name == text || s.id.to_string() == text);
    known.map_or(text, |s| s.name.clone())
}

fn custom(given: &BTreeMap<String, Value>, fields: &[FieldRow]) -> Result<Vec<(String, CustomValue)>, String> {
    let mut out = Vec::new();
    for (key, value) in given {
        let field = fields.iter().find(|f| f.id == *key || f.name == *key);
        let id = match field {
            Some(field) => field.id.clone(),
            None if crate::data::schema::is_custom(key) => key.clone(),
            None => return Err(format!("unknown key `{key}`")),
        };
        let kind = field.and_then(|f| f.field_type.as_deref()).unwrap_or("");
        let value = match value {
            Value::Null => continue,
            Value::Number(n) => CustomValue::Number(n.as_f64().unwrap_or(f64::NAN)),
            Value::String(text) if kind == "date" => CustomValue::Date(day(text)?),
            Value::String(text) if kind == "datetime" => CustomValue::Time(instant(text)?),
            Value::String(text) => CustomValue::Text(text.clone()),
            Value::Array(items) => {
                let texts = items.iter().map(|v| v.as_str().map(str::to_string)).collect::<Option<Vec<_>>>();
                CustomValue::TextList(texts.ok_or_else(|| format!("`{key}` holds something that is no text"))?)
            }
            _ => return Err(format!("`{key}` is neither text, number nor list")),
        };
        out.push((id, value));
    }
    Ok(out)
}

/// What every event of an issue has in common.
fn event_of(issue: &IssueRow, id: String, at: &str, entity: &str, action: &str) -> Result<EventRow, String> {
    Ok(EventRow {
        event_id: id,
        time: instant(at)?,
        product: Some("jira".to_string()),
        entity: entity.to_string(),
        action: action.to_string(),
        project: issue.project.clone(),
        issue_id: Some(issue.id),
        issue_key: Some(issue.key.clone()),
        ..EventRow::default()
    })
}

fn issue_events(issue: &IssueShape, row: &IssueRow, tables: &mut Tables) -> Result<(), String> {
    let fields = std::mem::take(&mut tables.fields);
    let events = &mut tables.events;
    if let Some(created) = &issue.created {
        let mut event = event_of(row, format!("{}#created", issue.key), created, "issue", "created")?;
        event.actor = issue.creator.clone().or_else(|| issue.reporter.clone());
        event.entity_id = Some(row.id.to_string());
        events.push(event);
    }
    for (n, item) in issue.history.iter().enumerate() {
        events.push(history_event(issue, row, n, item, &fields)?);
    }
    for (n, comment) in issue.comments.iter().enumerate() {
        comment_events(row, n, comment, events)?;
    }
    for (n, worklog) in issue.worklogs.iter().enumerate() {
        events.push(worklog_event(row, n, worklog)?);
    }
    if let Some(deleted) = &issue.deleted_at {
        let mut event = event_of(row, format!("{}#deleted", issue.key), deleted, "issue", "deleted")?;
        event.actor = issue.deleted_by.clone();
        event.entity_id = Some(row.id.to_string());
        events.push(event);
    }
    tables.fields = fields;
    Ok(())
}

fn history_event(
    issue: &IssueShape,
    row: &IssueRow,
    n: usize,
    item: &HistoryShape,
    fields: &[FieldRow],
) -> Result<EventRow, String> {
    let id = item.id.clone().unwrap_or_else(|| format!("{}#h{:02}", issue.key, n + 1));
    let mut event = event_of(row, id, &item.at, "issue", "updated")?;
    let custom = fields.iter().find(|f| f.id == item.field || f.name == item.field);
    event.actor = item.by.clone();
    event.actor_kind = item.via.clone();
    event.entity_id = Some(row.id.to_string());
    event.field = Some(custom.map_or_else(|| item.field.clone(), |f| f.name.clone()));
    event.field_id = custom.map(|f| f.id.clone());
    event.from_value = text(&item.from);
    event.to_value = text(&item.to);
    event.from_id = text(&item.from_id).or_else(|| user_id(&item.field, &event.from_value));
    event.to_id = text(&item.to_id).or_else(|| user_id(&item.field, &event.to_value));
    if matches!(item.field.as_str(), "description" | "environment" | "summary") {
        event.text = event.to_value.clone();
    }
    event.origin = Some("changelog".to_string());
    Ok(event)
}

fn user_id(field: &str, value: &Option<String>) -> Option<String> {
    mentions::is_user_field(field).then(|| value.clone()).flatten()
}

fn comment_events(row: &IssueRow, n: usize, comment: &CommentShape, out: &mut Vec<EventRow>) -> Result<(), String> {
    let id = comment.id.clone().unwrap_or_else(|| format!("{}#c{:02}", row.key, n + 1));
    let mut event = event_of(row, id.clone(), &comment.at, "comment", "created")?;
    event.actor = comment.by.clone();
    event.actor_kind = comment.via.clone();
    event.entity_id = Some(id.clone());
    event.text = comment.body.clone();
    let mut last = event.text.clone();
    out.push(event);
    for (m, edit) in comment.edits.iter().enumerate() {
        let mut event = event_of(row, format!("{id}#edit{:02}", m + 1), &edit.at, "comment", "updated")?;
        event.actor = edit.by.clone().or_else(|| comment.by.clone());
        event.actor_kind = edit.via.clone();
        event.entity_id = Some(id.clone());
        event.text = edit.body.clone();
        last = event.text.clone();
        out.push(event);
    }
    if let Some(deleted) = &comment.deleted {
        let mut event = event_of(row, format!("{id}#deleted"), &deleted.at, "comment", "deleted")?;
        event.actor = deleted.by.clone();
        event.actor_kind = deleted.via.clone();
        event.entity_id = Some(id);
        event.text = deleted.body.clone().or(last);
        out.push(event);
    }
    Ok(())
}

fn worklog_event(row: &IssueRow, n: usize, worklog: &WorklogShape) -> Result<EventRow, String> {
    let id = worklog.id.clone().unwrap_or_else(|| format!("{}#w{:02}", row.key, n + 1));
    day(&worklog.date)?;
    let at = worklog.at.clone().unwrap_or_else(|| format!("{}T12:00:00Z", worklog.date));
    let mut event = event_of(row, id.clone(), &at, "worklog", "created")?;
    event.actor = worklog.by.clone();
    event.actor_kind = worklog.via.clone();
    event.entity_id = Some(id);
    event.entity_name = Some(worklog.date.clone());
    event.to_value = worklog.seconds.map(|s| s.to_string());
    event.text = worklog.comment.clone();
    event.origin = Some("worklog".to_string());
    Ok(event)
}

fn event_row(event: &EventShape, n: usize, ids: &BTreeMap<String, (i64, Option<String>)>) -> Result<EventRow, String> {
    let issue = match (&event.issue, event.issue_id) {
        (None, _) => None,
        (Some(_), Some(id)) => Some((id, None)),
        (Some(key), None) => Some(ids.get(key).cloned().ok_or_else(|| format!("there is no issue {key}"))?),
    };
    let issue = issue.as_ref();
    Ok(EventRow {
        event_id: event.id.clone().unwrap_or_else(|| format!("e{:02}", n + 1)),
        time: instant(&event.at)?,
        product: event.product.clone().or_else(|| Some("jira".to_string())),
        entity: event.entity.clone(),
        action: event.action.clone(),
        actor: event.by.clone(),
        actor_kind: event.via.clone(),
        project: event.project.clone().or_else(|| issue.and_then(|i| i.1.clone())),
        space: event.space.clone(),
        issue_id: issue.map(|i| i.0),
        issue_key: event.issue.clone(),
        entity_id: text(&event.entity_id),
        entity_name: event.name.clone(),
        field: event.field.clone(),
        from_value: text(&event.from),
        to_value: text(&event.to),
        from_id: text(&event.from_id),
        to_id: text(&event.to_id),
        text: event.text.clone(),
        change_id: event.change.clone(),
        origin: event.origin.clone(),
        ..EventRow::default()
    })
}

/// The rows that [`mentions`] adds to.
pub(super) fn type_row(name: &str, subtask: bool, level: i64) -> IssueTypeRow {
    IssueTypeRow { name: name.to_string(), subtask: Some(subtask), hierarchy_level: Some(level), ..IssueTypeRow::default() }
}
