//! What an auditor asks for: each of the eighteen questions has an answer here that is known exactly.
//!
//! The stories play in two projects of their own, finance and change requests, so that the rest of the demo stays as
//! it is. Beside what a question must find stands what it must not find. An event's id names its question:
//! `demo:x05-02` is the second that is told of question 5. The instants matter: people of the finance project act within office
//! hours of their own zone, except where working hours are the story.

mod access;
mod case;
mod crowds;
mod records;
mod requests;
mod setting;

use super::World;
use crate::data::rows::{EventRow, time};

/// The key of the finance project.
const FINANCE: &str = "FIN";
/// The key of the project of change requests.
const CHANGES: &str = "CHG";

pub(super) fn fill(world: &mut World) {
    setting::fill(world);
    access::fill(world);
    crowds::fill(world);
    records::fill(world);
    requests::fill(world);
}

/// The events of one question, in the order in which they are told.
struct Story<'w> {
    world: &'w mut World,
    question: u8,
    told: u32,
}

impl<'w> Story<'w> {
    fn new(world: &'w mut World, question: u8) -> Self {
        let prefix = id(question, "");
        let told = world.stories.iter().filter(|e| e.event_id.starts_with(&prefix)).count();
        Story { world, question, told: u32::try_from(told).unwrap_or_default() }
    }

    /// An event that is not yet told. Its thing is `(id, name)`, its values `(from, to)`; empty texts are none.
    fn event(&self, at: &str, actor: &str, what: (&str, &str), thing: (&str, &str), values: (&str, &str)) -> EventRow {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let product = match what.0 {
            "user" | "group" | "group membership" | "session" => "admin",
            "page" | "space" | "public link" | "anonymous access" => "confluence",
            _ => "jira",
        };
        EventRow {
            product: some(product),
            space: some(if matches!(what.0, "space" | "anonymous access") { thing.0 } else { "" }),
            project: some(if what.0 == "project role" { CHANGES } else { "" }),
            entity_id: some(thing.0),
            entity_name: some(thing.1),
            from_value: some(values.0),
            to_value: some(values.1),
            ..self.world.event(instant(at), actor, what.0, what.1)
        }
    }

    /// Tells an event.
    fn tell(&mut self, event: EventRow) {
        self.told += 1;
        let event_id = id(self.question, &format!("{:02}", self.told));
        self.world.stories.push(EventRow { event_id, ..event });
    }

    /// Tells events one after the other.
    fn tell_all(&mut self, lines: &[Line]) {
        for (at, actor, what, thing, values) in lines {
            let event = self.event(at, actor, *what, *thing, *values);
            self.tell(event);
        }
    }
}

/// When, who, entity and action, id and name, from and to.
type Line = (&'static str, &'static str, Pair, Pair, Pair);
type Pair = (&'static str, &'static str);

fn id(question: u8, number: &str) -> String {
    format!("demo:x{question:02}-{number}")
}

/// `05-18 13:30` of the demo's year, in UTC.
fn instant(at: &str) -> i64 {
    time(&format!("2026-{}:00Z", at.replace(' ', "T"))).unwrap_or(super::NOW)
}
