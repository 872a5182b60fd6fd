//! The demo dataset: a small invented company, the same on every machine.
//!
//! It has every kind of entity and verb that the language names, people who do odd things, and
//! histories that lead to the present that the tables show. Its clock stands at [`NOW`].

mod actions;
mod activity;
mod audit;
mod cast;
mod details;
mod issues;
mod random;
mod settings;
mod site;
mod story;
mod tables;

use std::path::Path;

use super::rows::{EventRow, Tables};
use super::write::{WriteError, write_tables};
use random::Random;

/// The instant at which the demo ends, 2026-06-15T12:00:00Z, in UTC microseconds: `now()` for its queries.
pub const NOW: i64 = 1_781_524_800_000_000;

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The demo's tables.
pub fn demo() -> Tables {
    let mut world = World {
        random: Random::new(2026),
        tables: Tables::default(),
        issues: Vec::new(),
        numbers: [0; cast::PROJECTS.len()],
        next: 20_000,
        extra: Vec::new(),
        stories: Vec::new(),
    };
    tables::fill(&mut world);
    issues::fill(&mut world);
    site::fill(&mut world);
    story::fill(&mut world);
    details::fill(&mut world);
    settings::fill(&mut world);
    audit::fill(&mut world);
    world.finish()
}

/// Writes the demo into a folder, in place of a dataset that may be there.
pub fn write_demo(folder: &Path) -> Result<(), WriteError> {
    write_tables(folder, &demo(), true)
}

/// The demo while it is made.
struct World {
    random: Random,
    tables: Tables,
    issues: Vec<issues::Live>,
    /// Last issue number of each project.
    numbers: [usize; cast::PROJECTS.len()],
    /// Last id of a comment, change or other small thing.
    next: u64,
    /// Events beside those that make up the lives of issues.
    extra: Vec<EventRow>,
    /// Events that have their ids already.
    stories: Vec<EventRow>,
}

impl World {
    /// A fresh id.
    fn id(&mut self) -> String {
        self.next += 1;
        self.next.to_string()
    }

    /// An event of somebody at a time, not yet recorded.
    fn event(&self, time: i64, actor: &str, entity: &str, action: &str) -> EventRow {
        let robot = cast::ROBOTS.iter().find(|(id, _, _)| *id == actor);
        let kind = match actor {
            "" => "system",
            _ => robot.map_or("user", |(_, _, kind)| *kind),
        };
        EventRow {
            time,
            product: Some("jira".into()),
            entity: entity.into(),
            action: action.into(),
            actor: (!actor.is_empty()).then(|| actor.to_owned()),
            actor_kind: Some(kind.into()),
            actor_basis: Some("stated".into()),
            origin: Some("synthetic".into()),
            ..EventRow::default()
        }
    }

    /// Records an event.
    fn record(&mut self, event: EventRow) {
        self.tables.events.push(event);
    }

    fn finish(mut self) -> Tables {
        self.tables.issues = self.issues.into_iter().map(|live| live.row).collect();
        self.tables.issues.sort_by_key(|i| i.id);
        let events = &mut self.tables.events;
        events.retain(|e| e.time <= NOW);
        // The order of making breaks ties, so that the items of one edit stay in order.
        events.sort_by_key(|e| e.time);
        for (number, event) in events.iter_mut().enumerate() {
            event.event_id = format!("demo:{number:05}");
        }
        self.extra.sort_by_key(|e| e.time);
        for (number, mut event) in self.extra.into_iter().enumerate() {
            event.event_id = format!("demo:x{number:04}");
            events.push(event);
        }
        events.append(&mut self.stories);
        events.sort_by(|a, b| (a.time, &a.event_id).cmp(&(b.time, &b.event_id)));
        for (number, user) in (0..).zip(&mut self.tables.users) {
            let by_user = |e: &&EventRow| e.actor.as_deref() == Some(user.account_id.as_str());
            user.last_active = events.iter().rev().find(by_user).map(|e| e.time);
            let mut logins = events.iter().rev().filter(by_user).filter(|e| e.action == "logged in").map(|e| e.time);
            // Whose logins the log does not have come less often.
            let last = NOW - (1 + number % 7) * DAY - 4 * HOUR;
            if user.kind.as_deref() == Some("user") {
                user.last_login = logins.next().or(Some(last));
                user.previous_login = logins.next().or(user.last_login.map(|last| last - (1 + number % 3) * DAY));
            }
        }
        self.tables
    }
}
