//! What happens around the fields of an issue: comments, work, files, links, watchers, votes.

use super::World;
use super::actions::Action;
use super::cast;
use super::issues::{Live, place};
use super::tables::day;
use crate::data::rows::{EventRow, LinkRow, RemoteLinkRow, date_text};

/// Type, what it says outward, what it says inward.
const LINK_TYPES: &[(&str, &str, &str)] = &[
    ("Blocks", "blocks", "is blocked by"),
    ("Relates", "relates to", "relates to"),
    ("Duplicate", "duplicates", "is duplicated by"),
];

pub(super) fn step(world: &mut World, live: &mut Live, action: Action, time: i64, actor: &str) {
    let event = |world: &World, live: &Live, actor: &str, entity: &str, action: &str| {
        let mut event = world.event(time, actor, entity, action);
        place(&mut event, &live.row);
        event
    };
    match action {
        Action::Comment => comment(world, live, time, actor),
        Action::EditComment => {
            let Some(at) = some(world, &live.comments) else {
                return;
            };
            let text = cast::remark(&mut world.random);
            let (id, author, old) = &mut live.comments[at];
            let row = event_of(world, live_place(&live.row), time, author, "comment", "updated", id);
            let row = EventRow { text: Some(text.clone()), from_value: Some(old.clone()), ..row };
            *old = text;
            world.record(row);
        }
        Action::DeleteComment => {
            let Some(at) = some(world, &live.comments) else {
                return;
            };
            delete_comment(world, live, at, time, None);
        }
        Action::Worklog => {
            let id = world.id();
            let seconds = world.random.between(1, 32) * 900;
            let note = cast::remark(&mut world.random);
            let row = event(world, live, actor, "worklog", "created");
            live.row.time_spent = Some(live.row.time_spent.unwrap_or(0) + seconds);
            live.worklogs.push((id.clone(), actor.to_owned(), seconds, note.clone()));
            world.record(EventRow {
                entity_id: Some(id),
                entity_name: Some(date_text(day(time))),
                to_value: Some(seconds.to_string()),
                text: Some(note),
                ..row
            });
        }
        Action::EditWorklog | Action::DeleteWorklog => {
            let Some(at) = some(world, &live.worklogs) else {
                return;
            };
            let deleted = matches!(action, Action::DeleteWorklog);
            let (id, author, seconds, note) = live.worklogs[at].clone();
            let now = if deleted { 0 } else { seconds + 900 };
            live.row.time_spent = Some(live.row.time_spent.unwrap_or(0) - seconds + now);
            let verb = if deleted { "deleted" } else { "updated" };
            let row = event_of(world, live_place(&live.row), time, &author, "worklog", verb, &id);
            if deleted {
                live.worklogs.remove(at);
            } else {
                live.worklogs[at].2 = now;
            }
            world.record(EventRow {
                from_value: Some(seconds.to_string()),
                to_value: (!deleted).then(|| now.to_string()),
                text: Some(note),
                ..row
            });
        }
        Action::Attach => {
            let id = world.id();
            let name = format!(
                "{}-{id}.{}",
                world.random.pick(&["trace", "shot", "log", "report"]),
                world.random.pick(&["png", "txt", "pdf"])
            );
            let row = event(world, live, actor, "attachment", "added");
            live.attachments.push((id.clone(), name.clone()));
            live.row.attachments.push(name.clone());
            world.record(EventRow { entity_id: Some(id), entity_name: Some(name.clone()), to_value: Some(name), ..row });
        }
        Action::Detach => {
            let Some(at) = some(world, &live.attachments) else {
                return;
            };
            let (id, name) = live.attachments.remove(at);
            live.row.attachments.retain(|n| *n != name);
            let row = event(world, live, actor, "attachment", "deleted");
            world.record(EventRow { entity_id: Some(id), entity_name: Some(name.clone()), from_value: Some(name), ..row });
        }
        Action::Link => link(world, live, event(world, live, actor, "link", "added")),
        Action::Unlink => {
            let mine = |l: &LinkRow| l.source == live.row.key;
            let Some(at) = world.tables.links.iter().position(mine) else {
                return;
            };
            let gone = world.tables.links.remove(at);
            let row = event(world, live, actor, "link", "removed");
            world.record(EventRow {
                entity_id: gone.id,
                entity_name: gone.outward,
                from_value: Some(gone.target.clone()),
                from_id: Some(gone.target),
                ..row
            });
        }
        Action::RemoteLink => {
            let id = world.id();
            let title = format!("Commit {:07x}", world.random.below(0x0fff_ffff));
            let url = format!("https://git.example.com/{}/commit/{id}", live.row.key.to_lowercase());
            let row = event(world, live, "app-git", "remote link", "added");
            world.tables.remote_links.push(RemoteLinkRow {
                id: Some(id.clone()),
                issue: live.row.key.clone(),
                global_id: Some(format!("git-{id}")),
                url: Some(url),
                title: Some(title.clone()),
                relationship: Some("mentioned on".into()),
                application: Some("Git".into()),
            });
            world.record(EventRow { entity_id: Some(id), entity_name: Some(title.clone()), to_value: Some(title), ..row });
        }
        Action::Watch | Action::Unwatch => {
            let added = matches!(action, Action::Watch);
            let changed = enlist(&mut live.row.watcher_ids, actor, added);
            live.row.watchers = Some(live.row.watcher_ids.len() as i64);
            person_event(world, live, changed, time, actor, "watcher", added);
        }
        Action::Vote | Action::Unvote => {
            let added = matches!(action, Action::Vote);
            let changed = enlist(&mut live.row.voter_ids, actor, added);
            live.row.votes = Some(live.row.voter_ids.len() as i64);
            person_event(world, live, changed, time, actor, "vote", added);
        }
        _ => {}
    }
}

/// Writes a comment.
pub(super) fn comment(world: &mut World, live: &mut Live, time: i64, actor: &str) {
    let id = world.id();
    let text = cast::remark(&mut world.random);
    let row = event_of(world, live_place(&live.row), time, actor, "comment", "created", &id);
    live.comments.push((id, actor.to_owned(), text.clone()));
    live.row.updated = live.row.updated.max(Some(time));
    world.record(EventRow { text: Some(text), ..row });
}

/// Deletes a comment: its author does, unless it is said who.
pub(super) fn delete_comment(world: &mut World, live: &mut Live, at: usize, time: i64, by: Option<&str>) {
    let (id, author, text) = live.comments.remove(at);
    let row = event_of(world, live_place(&live.row), time, by.unwrap_or(&author), "comment", "deleted", &id);
    live.row.updated = live.row.updated.max(Some(time));
    world.record(EventRow { text: Some(text), ..row });
}

type Place = (Option<String>, i64, String);

fn live_place(row: &crate::data::rows::IssueRow) -> Place {
    (row.project.clone(), row.id, row.key.clone())
}

fn event_of(world: &World, place: Place, time: i64, actor: &str, entity: &str, action: &str, id: &str) -> EventRow {
    let (project, issue_id, key) = place;
    EventRow {
        project,
        issue_id: Some(issue_id),
        issue_key: Some(key),
        entity_id: Some(id.to_owned()),
        ..world.event(time, actor, entity, action)
    }
}

fn some<T>(world: &mut World, list: &[T]) -> Option<usize> {
    (!list.is_empty()).then(|| world.random.below(list.len()))
}

fn link(world: &mut World, live: &Live, row: EventRow) {
    if world.issues.is_empty() {
        return;
    }
    let other = world.random.below(world.issues.len());
    let target = world.issues[other].row.key.clone();
    let (kind, outward, inward) = world.random.pick(LINK_TYPES);
    let id = world.id();
    world.tables.links.push(LinkRow {
        id: Some(id.clone()),
        source: live.row.key.clone(),
        link_type: kind.into(),
        direction: Some("outward".into()),
        target: target.clone(),
        outward: Some(outward.into()),
        inward: Some(inward.into()),
    });
    world.record(EventRow {
        entity_id: Some(id),
        entity_name: Some(outward.into()),
        to_value: Some(target.clone()),
        to_id: Some(target),
        ..row
    });
}

/// Puts somebody on a list or takes them off; tells whether that changed it.
fn enlist(list: &mut Vec<String>, who: &str, added: bool) -> bool {
    match (list.iter().position(|w| w == who), added) {
        (None, true) => list.push(who.to_owned()),
        (Some(at), false) => drop(list.remove(at)),
        _ => return false,
    }
    true
}

fn person_event(world: &mut World, live: &Live, changed: bool, time: i64, actor: &str, entity: &str, added: bool) {
    if !changed {
        return;
    }
    let verb = if added { "added" } else { "removed" };
    let row = event_of(world, live_place(&live.row), time, actor, entity, verb, actor);
    let who = Some(actor.to_owned());
    world.record(if added { EventRow { to_value: who, ..row } } else { EventRow { from_value: who, ..row } });
}
