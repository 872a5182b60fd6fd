//! CSV exports of audit logs. Their columns go by several names, so each is looked for under all that are known.

use serde_json::{Map, Value};

use super::{Header, Row};
use crate::source::audit::organization::product_of;
use crate::source::audit::{Change, Entry, Thing, Who};
use crate::source::dates::{Dates, Moment};
use crate::source::formats::Reading;
use crate::source::jira::Mapped;
use crate::source::words::Happening;
use crate::source::{digest, words};

const WHEN: &[&str] = &[
    "date",
    "time",
    "timestamp",
    "created",
    "date and time",
    "date/time",
    "event time",
    "event date",
    "created at",
    "time (utc)",
    "date (utc)",
    "timestamp (utc)",
    "when",
];
const WHO: &[&str] =
    &["author", "actor", "user", "author name", "actor name", "author display name", "performed by", "who", "username"];
const ACCOUNT: &[&str] =
    &["author account id", "actor id", "author id", "actor account id", "account id", "author key", "user id", "atlassian id"];
const EMAIL: &[&str] = &["actor email", "author email", "email", "email address", "user email"];
const SAID: &[&str] = &["summary", "action", "activity", "event", "event name", "event type", "change", "event action"];
const OBJECT: &[&str] = &[
    "object",
    "object name",
    "affected object",
    "affected objects",
    "affected object(s)",
    "affected object name",
    "target",
    "target name",
    "object item",
    "object item name",
    "subject",
];
const OBJECT_TYPE: &[&str] = &["object type", "affected object type", "target type", "object item type", "type", "subject type"];
const OBJECT_ID: &[&str] = &["object id", "affected object id", "target id", "object item id", "subject id"];
const ASSOCIATED: &[&str] =
    &["associated items", "associated objects", "associated item", "associated object", "associated object(s)"];
const CHANGES: &[&str] = &["changed values", "changes", "change values", "changed value(s)", "changed value"];
const FIELD: &[&str] = &["field", "field name", "changed field"];
const FROM: &[&str] = &["changed from", "from", "old value", "original value", "before"];
const TO: &[&str] = &["changed to", "to", "new value", "after"];
const ADDRESS: &[&str] = &["ip address", "ip", "remote address", "source ip", "source", "ip-address", "client ip"];
const TEXT: &[&str] = &["description", "details", "message", "event description", "extra attributes"];
const NUMBER: &[&str] = &["id", "event id", "record id", "audit id", "audit record id"];
const PRODUCT: &[&str] = &["product", "app", "product name", "container"];
const SPACE: &[&str] = &["space", "space key"];

/// Whether there is what every log has: when, who and what.
pub(in crate::source) fn is_log(header: &Header) -> bool {
    header.has(WHEN) && header.has(SAID) && (header.has(WHO) || header.has(ACCOUNT))
}

pub(in crate::source) fn is_confluence(header: &Header) -> bool {
    is_log(header) && (header.has(SPACE) || header.has(&["associated objects", "associated object", "associated object(s)"]))
}

pub(in crate::source) fn is_organization(header: &Header) -> bool {
    let actor = header.has(&["actor", "actor id", "actor name", "actor email"]);
    is_log(header) && actor && header.has(&["action", "activity", "event", "event name", "event type"])
}

pub(in crate::source) fn jira(row: &Row<'_>, reading: &mut Reading<'_>) -> Result<Mapped, String> {
    read(row, reading, |_| "jira", "audit", words::of_audit)
}

pub(in crate::source) fn confluence(row: &Row<'_>, reading: &mut Reading<'_>) -> Result<Mapped, String> {
    read(row, reading, |_| "confluence", "audit", words::of_audit)
}

pub(in crate::source) fn organization(row: &Row<'_>, reading: &mut Reading<'_>) -> Result<Mapped, String> {
    let product = |row: &Row<'_>| {
        let kind = row.one(PRODUCT).unwrap_or_default().to_owned();
        product_of(row.one(SAID).unwrap_or_default(), [Thing { kind, ..Thing::default() }].iter())
    };
    read(row, reading, product, "event", |said, _| words::of_organization(said))
}

fn read(
    row: &Row<'_>,
    reading: &mut Reading<'_>,
    product: impl Fn(&Row<'_>) -> &'static str,
    stem: &str,
    what: impl Fn(&str, Option<&str>) -> Happening,
) -> Result<Mapped, String> {
    let said = row.one(SAID).ok_or("it does not tell what happened")?;
    let when = when(row, reading.dates)?;
    let kind = row.one(OBJECT_TYPE);
    let product = product(row);
    let named = Thing {
        kind: kind.unwrap_or_default().to_owned(),
        id: row.one(OBJECT_ID).map(str::to_owned),
        name: row.one(OBJECT).map(str::to_owned),
    };
    let what = what(said, kind);
    let mut things: Vec<Thing> = Vec::new();
    if named.name.is_some() || named.id.is_some() {
        // Without a type it is what the record is about.
        let kind = if named.kind.is_empty() { about(&what) } else { named.kind.clone() };
        things.push(Thing { kind, ..named });
    }
    if let Some(others) = row.one(ASSOCIATED) {
        things.extend(
            others.split([';', '\n', ',']).map(str::trim).filter(|name| !name.is_empty()).map(|name| associated(name, &what)),
        );
    }
    let (changes, rest) = changes(row);
    let text: Vec<&str> = row.one(TEXT).into_iter().chain(rest).collect();
    let raw: Map<String, Value> = row.cells().map(|(name, _, value)| (name.to_owned(), Value::from(value))).collect();
    let prefix = if stem == "event" { "admin:event" } else { &format!("{product}:{stem}") };
    let entry = Entry {
        id: match row.one(NUMBER) {
            Some(number) => format!("{prefix}:{number}"),
            None => format!("{prefix}:{}", digest::of(row.cells().flat_map(|(_, name, value)| [name, value]))),
        },
        product,
        when,
        who: who(row),
        things,
        changes,
        text: (!text.is_empty()).then(|| text.join("\n")),
        space: row.one(SPACE).map(str::to_owned),
        project: row.one(&["project key"]).map(str::to_owned),
        address: row.one(ADDRESS).map(str::to_owned),
        raw: Some(Value::Object(raw).to_string()),
        what,
    };
    let mut mapped = Mapped::default();
    mapped.counts.audit_records = 1;
    mapped.events = entry.tell(reading.site);
    Ok(mapped)
}

fn when(row: &Row<'_>, dates: &Dates) -> Result<Moment, String> {
    let text = row.one(WHEN).ok_or("it does not tell when it happened")?;
    let utc = row.cells().any(|(_, plain, value)| value.trim() == text && plain.contains("utc"));
    let dates = if utc { &Dates { zone: jiff::tz::TimeZone::UTC, order: dates.order } } else { dates };
    dates.read(text)
}

fn who(row: &Row<'_>) -> Option<Who> {
    let (name, account, email) = (row.one(WHO), row.one(ACCOUNT), row.one(EMAIL));
    let system = name.is_some_and(|name| name.eq_ignore_ascii_case("system")) && account.is_none();
    if system {
        return Some(Who { name: name.map(str::to_owned), kind: Some("system"), ..Who::default() });
    }
    let id = account.or(name).or(email)?;
    Some(Who { id: Some(id.to_owned()), name: name.map(str::to_owned), email: email.map(str::to_owned), ..Who::default() })
}

/// What the log's object is where its type is not told: of a membership the group.
fn about(what: &Happening) -> String {
    if what.entity == "group membership" { "group".to_owned() } else { what.entity.to_string() }
}

/// `User: Ann`, or a name, which is that of the account where the record is about one.
fn associated(name: &str, what: &Happening) -> Thing {
    let typed = name.split_once(':').map(|(kind, name)| (kind.trim(), name.trim()));
    match typed.filter(|(kind, _)| words::entity_named(&kind.to_lowercase().replace('_', " ")).is_some()) {
        Some((kind, name)) => Thing { kind: kind.to_owned(), id: None, name: Some(name.to_owned()) },
        None => {
            let kind = if what.entity == "group membership" { "user" } else { "" };
            Thing { kind: kind.to_owned(), id: None, name: Some(name.to_owned()) }
        }
    }
}

/// The values that changed, and what of their cell cannot be taken apart.
fn changes<'a>(row: &Row<'a>) -> (Vec<Change>, Option<&'a str>) {
    let (from, to) = (row.one(FROM), row.one(TO));
    if from.is_some() || to.is_some() {
        let name = row.one(FIELD).unwrap_or("value").to_owned();
        return (vec![Change { name, from: from.map(str::to_owned), to: to.map(str::to_owned) }], None);
    }
    let Some(cell) = row.one(CHANGES) else { return (Vec::new(), None) };
    match cell.split(['\n', ';']).map(str::trim).filter(|part| !part.is_empty()).map(change).collect() {
        Some(changes) => (changes, None),
        None => (Vec::new(), Some(cell)),
    }
}

/// `Name: old -> new`
fn change(text: &str) -> Option<Change> {
    let (name, values) = text.split_once(':')?;
    let some = |value: &str| Some(value.trim()).filter(|value| !value.is_empty()).map(str::to_owned);
    let (from, to) = ["->", "→", "=>"]
        .into_iter()
        .find_map(|arrow| values.split_once(arrow))
        .map_or((None, some(values)), |(from, to)| (some(from), some(to)));
    Some(Change { name: name.trim().to_owned(), from, to })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_taken_apart() {
        assert_eq!(change("Name: a -> b"), Some(Change { name: "Name".into(), from: Some("a".into()), to: Some("b".into()) }));
        assert_eq!(change("Name: b"), Some(Change { name: "Name".into(), from: None, to: Some("b".into()) }));
        assert_eq!(change("something"), None);
    }

    #[test]
    fn no_column_is_looked_for_as_two_things() {
        let mut names: Vec<&str> = [
            WHEN,
            WHO,
            ACCOUNT,
            EMAIL,
            SAID,
            OBJECT,
            OBJECT_TYPE,
            OBJECT_ID,
            ASSOCIATED,
            CHANGES,
            FIELD,
            FROM,
            TO,
            ADDRESS,
            TEXT,
            NUMBER,
            PRODUCT,
            SPACE,
        ]
        .concat();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
