//! An issue of a story, which lives by what is told of it.

use super::super::cast::{PRIORITIES, STATUSES};
use super::super::issues::{Live, place};
use super::{CHANGES, Story, instant};
use crate::data::rows::{EventRow, IssueRow};

/// The number of the first issue's id; the other projects have lower ones.
const FIRST_ID: i64 = 11_001;

/// An issue in the making.
pub(super) struct Case {
    row: IssueRow,
    comments: Vec<(String, String, String)>,
}

impl Case {
    /// Somebody reports an issue. Its level, if any, is there from the start.
    pub(super) fn open(story: &mut Story<'_>, key: &str, at: &str, reporter: &str, summary: &str, level: Option<&str>) -> Case {
        let project = key.split('-').next().unwrap_or(key);
        let id = FIRST_ID + story.world.issues.iter().filter(|live| live.row.id >= FIRST_ID).count() as i64;
        let request = project == CHANGES;
        let row = IssueRow {
            id,
            key: key.into(),
            project: Some(project.into()),
            issue_type: Some("Task".into()),
            status: Some("To Do".into()),
            status_category: Some("To Do".into()),
            status_category_changed: Some(instant(at)),
            priority: Some("Medium".into()),
            reporter: Some(reporter.into()),
            creator: Some(reporter.into()),
            summary: Some(summary.into()),
            description: Some(format!("{summary}.")),
            created: Some(instant(at)),
            updated: Some(instant(at)),
            security_level: level.map(str::to_owned),
            votes: Some(0),
            watchers: Some(0),
            rank: Some(format!("0|j{id:05}:")),
            request_type: request.then(|| "Request a change".to_owned()),
            request_channel: request.then(|| "portal".to_owned()),
            ..IssueRow::default()
        };
        let case = Case { row, comments: Vec::new() };
        let event = case.event(story, at, reporter, ("issue", "created"), ("", ""), ("", ""));
        story.tell(event);
        case
    }

    /// An event at the issue that is not yet told.
    pub(super) fn event(
        &self,
        story: &Story<'_>,
        at: &str,
        by: &str,
        what: (&str, &str),
        thing: (&str, &str),
        values: (&str, &str),
    ) -> EventRow {
        let mut event = story.event(at, by, what, thing, values);
        place(&mut event, &self.row);
        event
    }

    /// Tells something that happened at the issue.
    pub(super) fn tell(&mut self, story: &mut Story<'_>, event: EventRow) {
        if !matches!(event.action.as_str(), "viewed" | "failed") {
            self.row.updated = self.row.updated.max(Some(event.time));
        }
        story.tell(event);
    }

    fn change(&mut self, story: &mut Story<'_>, at: &str, by: &str, field: &str, from: Option<&str>, to: Option<&str>) {
        let event = self.event(story, at, by, ("issue", "updated"), ("", ""), (from.unwrap_or_default(), to.unwrap_or_default()));
        // The items of one edit share what they were done in.
        let change_id = Some(format!("x{}-{at}-{by}", self.row.key).replace(' ', "T"));
        let id = |value: Option<&str>| match field {
            "status" => value.and_then(|v| STATUSES.iter().find(|(name, ..)| *name == v)).map(|(.., id)| (*id).to_owned()),
            "priority" => value.and_then(|v| PRIORITIES.iter().position(|name| *name == v)).map(|at| (at + 1).to_string()),
            "assignee" => value.map(str::to_owned),
            _ => None,
        };
        self.tell(story, EventRow { field: Some(field.into()), change_id, from_id: id(from), to_id: id(to), ..event });
    }

    /// Moves it to a status; what is done has a resolution.
    pub(super) fn status(&mut self, story: &mut Story<'_>, at: &str, by: &str, to: &str) {
        let from = self.row.status.replace(to.into());
        self.change(story, at, by, "status", from.as_deref(), Some(to));
        let category = STATUSES.iter().find(|(name, ..)| *name == to).map(|(_, category, _)| (*category).to_owned());
        if category != self.row.status_category {
            self.row.status_category_changed = Some(instant(at));
        }
        let done = category.as_deref() == Some("Done");
        self.row.status_category = category;
        if done != self.row.resolution.is_some() {
            let resolution = done.then_some("Done");
            let former = std::mem::replace(&mut self.row.resolution, resolution.map(str::to_owned));
            self.row.resolved = done.then(|| instant(at));
            self.change(story, at, by, "resolution", former.as_deref(), resolution);
        }
    }

    /// Moves it through several statuses, `when who status`.
    pub(super) fn statuses(&mut self, story: &mut Story<'_>, steps: &[(&str, &str, &str)]) {
        for (at, by, to) in steps {
            self.status(story, at, by, to);
        }
    }

    /// Gives it to somebody.
    pub(super) fn assign(&mut self, story: &mut Story<'_>, at: &str, by: &str, to: &str) {
        let from = self.row.assignee.replace(to.into());
        self.change(story, at, by, "assignee", from.as_deref(), Some(to));
    }

    /// Gives it another priority.
    pub(super) fn prioritise(&mut self, story: &mut Story<'_>, at: &str, by: &str, to: &str) {
        let from = self.row.priority.replace(to.into());
        self.change(story, at, by, "priority", from.as_deref(), Some(to));
    }

    /// Gives it another security level, or none.
    pub(super) fn level(&mut self, story: &mut Story<'_>, at: &str, by: &str, to: Option<&str>) {
        let from = std::mem::replace(&mut self.row.security_level, to.map(str::to_owned));
        self.change(story, at, by, "level", from.as_deref(), to);
    }

    /// Somebody looks at it.
    pub(super) fn view(&mut self, story: &mut Story<'_>, at: &str, by: &str) {
        let (key, summary) = (self.row.key.clone(), self.row.summary.clone().unwrap_or_default());
        let event = self.event(story, at, by, ("issue", "viewed"), (&key, &summary), ("", ""));
        self.tell(story, event);
    }

    /// Somebody comments.
    pub(super) fn comment(&mut self, story: &mut Story<'_>, at: &str, by: &str, id: &str, text: &str) {
        self.comments.push((id.into(), by.into(), text.into()));
        let event = self.event(story, at, by, ("comment", "created"), (id, ""), ("", ""));
        self.tell(story, EventRow { text: Some(text.into()), ..event });
    }

    /// Somebody edits a comment; the old text is the old value.
    pub(super) fn edit_comment(&mut self, story: &mut Story<'_>, at: &str, by: &str, id: &str, text: &str) {
        let Some(comment) = self.comments.iter_mut().find(|(known, ..)| known == id) else { return };
        let old = std::mem::replace(&mut comment.2, text.into());
        let event = self.event(story, at, by, ("comment", "updated"), (id, ""), (&old, ""));
        self.tell(story, EventRow { text: Some(text.into()), ..event });
    }

    /// A comment is deleted. A source that tells its text is a server; one that does not, and perhaps not who did it, a
    /// webhook.
    pub(super) fn delete_comment(&mut self, story: &mut Story<'_>, at: &str, by: Option<&str>, id: &str, with_text: bool) {
        let Some(found) = self.comments.iter().position(|(known, ..)| known == id) else { return };
        let (_, _, text) = self.comments.remove(found);
        let mut event = self.event(story, at, by.unwrap_or_default(), ("comment", "deleted"), (id, ""), ("", ""));
        event.text = with_text.then_some(text);
        if by.is_none() {
            event.actor_kind = Some("unknown".into());
            event.actor_basis = Some("unknown: the webhook names the comment's author only".into());
        }
        self.tell(story, event);
    }

    /// Logged hours: logged first (`from` none), changed, or deleted (`to` none).
    pub(super) fn worklog(
        &mut self,
        story: &mut Story<'_>,
        at: &str,
        by: &str,
        (id, day): (&str, &str),
        hours: (Option<i64>, Option<i64>),
    ) {
        let action = match hours {
            (None, _) => "created",
            (_, Some(_)) => "updated",
            _ => "deleted",
        };
        let seconds = |hours: Option<i64>| hours.unwrap_or_default() * 3600;
        let shown = |hours: Option<i64>| hours.map(|_| seconds(hours).to_string()).unwrap_or_default();
        let event = self.event(story, at, by, ("worklog", action), (id, day), (&shown(hours.0), &shown(hours.1)));
        self.row.time_spent = Some(self.row.time_spent.unwrap_or_default() - seconds(hours.0) + seconds(hours.1));
        self.tell(story, EventRow { text: Some("Closing of the month".into()), ..event });
    }

    /// A file is added or deleted.
    pub(super) fn attachment(&mut self, story: &mut Story<'_>, at: &str, by: &str, (id, name): (&str, &str), added: bool) {
        let (action, values) = if added { ("added", ("", name)) } else { ("deleted", (name, "")) };
        if added {
            self.row.attachments.push(name.into());
        } else {
            self.row.attachments.retain(|n| n != name);
        }
        let event = self.event(story, at, by, ("attachment", action), (id, name), values);
        self.tell(story, event);
    }

    /// Hands the issue to the demo.
    pub(super) fn done(mut self, story: &mut Story<'_>) {
        if self.row.request_type.is_some() {
            self.row.request_last_activity = self.row.updated;
        }
        let time = self.row.updated.unwrap_or_default();
        story.world.issues.push(Live {
            row: self.row,
            time,
            comments: self.comments,
            worklogs: Vec::new(),
            attachments: Vec::new(),
        });
    }
}
