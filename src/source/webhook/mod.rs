//! Webhooks: one delivery as the events that it tells of.
//!
//! An event that a change log or a list tells of, too, has the same identity here as there. Who acted is told only
//! where the delivery says so: that somebody wrote a comment does not say who deleted it.

pub(super) mod confluence;
mod envelope;
mod issue;
mod parts;
mod thing;

use super::dates::{Dates, Moment, Order};
use super::formats::Reading;
use super::jira::json::{Object, instant, object, text};
use super::jira::subject::set_actor;
use super::jira::{Event, Mapped, Site};
use super::words::{self, Happening};
use crate::data::rows::EventRow;

/// Deliveries repeat what other records tell better.
const HEARSAY: u8 = 3;

/// A delivery that is being read.
struct Told<'a> {
    body: &'a Object,
    /// The event's name.
    name: &'a str,
    what: Happening,
    /// When it was sent.
    sent: Option<Moment>,
    /// Who acted, as the registered address told.
    by: Option<&'a str>,
}

pub(super) fn is(object: &Object) -> bool {
    envelope::open(object).is_some()
}

pub(super) fn read(outer: &Object, reading: &mut Reading<'_>) -> Result<Mapped, String> {
    let delivery = envelope::open(outer).ok_or("it holds no delivery of a webhook")?;
    let body = delivery.body.as_ref();
    let named = ["webhookEvent", "eventType", "event"].into_iter().find_map(|key| text(body, key));
    let name = named.or(delivery.addressed.as_deref()).map(str::to_owned).or_else(|| confluence::name(body));
    let name = name.ok_or("it is a delivery that does not name its event")?;
    let what = words::of_webhook(&name).ok_or_else(|| format!("it is a delivery of an event that is not known: {name}"))?;
    let sent = sent(body, reading);
    let told = Told { body, name: &name, what, sent, by: delivery.by.as_deref() };
    let mut mapped = Mapped::default();
    mapped.counts.webhooks = 1;
    if confluence::is(body, &name) {
        confluence::read(&told, reading.site, &mut mapped)?;
    } else {
        match told.what.entity.as_ref() {
            "issue" => issue::read(&told, reading.site, &mut mapped)?,
            // Old servers tell of them in the words of the issue.
            "comment" | "worklog" if object(body, "issue").is_some() && object(body, &told.what.entity).is_none() => {
                issue::read(&told, reading.site, &mut mapped)?;
            }
            "comment" | "worklog" | "attachment" | "link" | "issue property" => parts::read(&told, reading.site, &mut mapped)?,
            _ => thing::read(&told, reading.site, &mut mapped)?,
        }
    }
    Ok(mapped)
}

fn sent(body: &Object, reading: &Reading<'_>) -> Option<Moment> {
    let value = body.get("timestamp")?;
    // `11/6/2019, 4:38:37 PM` is what JavaScript makes of a time where nobody says how: loggers keep it so.
    let order = if reading.dates.order == Order::Unknown { Order::MonthFirst } else { reading.dates.order };
    let read = |text: &str| Dates { zone: reading.dates.zone.clone(), order }.read(text).ok();
    instant(value).ok().map(Moment::exact).or_else(|| value.as_str().and_then(read))
}

impl Told<'_> {
    /// When it happened, where nothing in the payload tells it better.
    fn time(&self) -> Result<Moment, String> {
        self.sent.ok_or_else(|| format!("it is a delivery of {} that does not tell when", self.name))
    }

    /// What stands for the instant in identities.
    fn stamp(&self) -> String {
        self.sent.map_or_else(|| "?".to_owned(), |sent| (sent.start() / 1000).to_string())
    }

    /// Says who acted: a person of the payload, else the account that the address told, else that nobody knows.
    fn act(&self, row: &mut EventRow, site: &mut Site) {
        let user = self.body.get("user").filter(|user| user.is_object() && self.what.entity != "user");
        if user.is_some() {
            set_actor(row, user, site);
            return;
        }
        let named = ["atlassianId", "userAccountId", "userKey"].into_iter().find_map(|key| text(self.body, key));
        let (account, basis) = match (named, self.by) {
            (Some(account), _) => (account, "stated"),
            (None, Some(account)) => (account, "stated: the delivery's address"),
            (None, None) => {
                unknown(row);
                return;
            }
        };
        site.named_person(account, None);
        site.active(account, row.time);
        let kind = if text(self.body, "accountType") == Some("app") { "app" } else { "user" };
        row.actor = Some(account.to_owned());
        row.actor_kind = Some(kind.into());
        row.actor_basis = Some(basis.into());
    }

    /// Whether it tells who acted.
    fn knows_actor(&self) -> bool {
        let user = self.body.get("user").is_some_and(|user| user.is_object() && self.what.entity != "user");
        user || self.by.is_some() || ["atlassianId", "userAccountId", "userKey"].iter().any(|key| text(self.body, key).is_some())
    }
}

/// Says that no source tells who acted.
fn unknown(row: &mut EventRow) {
    row.actor = None;
    row.actor_kind = Some("unknown".into());
    row.actor_basis = Some("unknown".into());
}

fn push(mapped: &mut Mapped, mut row: EventRow) {
    row.origin = Some("webhook".into());
    mapped.events.push(Event { row, hearsay: HEARSAY, project_id: None });
}

/// The row at the moment.
fn at(moment: Moment, row: EventRow) -> EventRow {
    EventRow { time: moment.time, time_after: moment.after, ..row }
}
