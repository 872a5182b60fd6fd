//! Jira and Confluence Data Center: `GET /rest/auditing/1.0/events`, and the lines of the log files that nodes write.

use serde_json::Value;

use super::{Change, Entry, Thing, Who, told};
use crate::source::dates::Moment;
use crate::source::jira::json::{Object, id, instant, list, object, text};
use crate::source::jira::{Mapped, Site};
use crate::source::{digest, words};

pub(in crate::source) fn is(record: &Object) -> bool {
    let has = |name: &str| record.contains_key(name);
    (has("affectedObjects") || has("changedValues") || has("auditType"))
        && kind_of(record).is_some_and(|kind| kind.contains_key("action") || kind.contains_key("actionI18nKey"))
}

/// Answers of the API say `type`, the log files `auditType`.
fn kind_of(record: &Object) -> Option<&Object> {
    object(record, "type").or_else(|| object(record, "auditType"))
}

pub(in crate::source) fn read(record: &Object, site: &mut Site) -> Result<Mapped, String> {
    let kind = kind_of(record).ok_or("it does not tell its type")?;
    let when = moment(record.get("timestamp").unwrap_or(&Value::Null))?;
    let things: Vec<Thing> = list(record, "affectedObjects").iter().filter_map(Value::as_object).map(thing).collect();
    let first = things.first().map(|thing| thing.kind.clone());
    // The key is the same in every language, and the words are not.
    let key = text(kind, "actionI18nKey").map(|key| words::of_audit(key, first.as_deref()));
    let what = match key {
        Some(what) if what.action != "changed" => what,
        key => match text(kind, "action").map(|action| words::of_audit(action, first.as_deref())) {
            Some(what) => what,
            None => key.ok_or("it does not tell its action")?,
        },
    };
    let changes: Vec<Change> = list(record, "changedValues")
        .iter()
        .filter_map(Value::as_object)
        .filter_map(|change| {
            let name = text(change, "key").or_else(|| text(change, "i18nKey"))?;
            Some(Change { name: name.to_owned(), from: id(change, "from"), to: id(change, "to") })
        })
        .collect();
    let attribute = |attribute: &Object| Some((text(attribute, "name")?.to_owned(), id(attribute, "value")?));
    let extra: Vec<(String, String)> =
        list(record, "extraAttributes").iter().filter_map(Value::as_object).filter_map(attribute).collect();
    let system = text(record, "system").unwrap_or_default();
    let keyed =
        text(kind, "categoryI18nKey").into_iter().chain(text(kind, "actionI18nKey")).any(|key| key.starts_with("audit.logging."));
    let product = if keyed || system.contains("confluence") || things.iter().any(|t| t.kind.eq_ignore_ascii_case("space")) {
        "confluence"
    } else {
        "jira"
    };
    let value = |names: &[&str]| {
        let change = changes.iter().find(|change| names.iter().any(|name| change.name.eq_ignore_ascii_case(name)));
        change.and_then(|change| change.to.clone().or_else(|| change.from.clone()))
    };
    let space = (product == "confluence").then(|| value(&["Space", "Space key"]).or_else(|| space_of(record))).flatten();
    let is_project = first.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case("project"));
    let entry = Entry {
        id: identity(product, record, kind),
        product,
        when,
        who: object(record, "author").and_then(who),
        text: (!extra.is_empty())
            .then(|| extra.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("\n")),
        space,
        project: if is_project { value(&["Key"]) } else { None },
        address: text(record, "source").and_then(|list| list.split([',', ' ']).next()).filter(|a| !a.is_empty()).map(str::to_owned),
        raw: Some(Value::Object(record.clone()).to_string()),
        what,
        things,
        changes,
    };
    Ok(told(&entry, site))
}

/// What the answers and the log files of a node both tell of one record, and no other record tells.
fn identity(product: &str, record: &Object, kind: &Object) -> String {
    if let Some(number) = id(record, "id") {
        return format!("{product}:audit:{number}");
    }
    let part = |value: Option<&Value>| value.map(Value::to_string).unwrap_or_default();
    let when = moment(record.get("timestamp").unwrap_or(&Value::Null)).map(|when| when.time).unwrap_or_default();
    let author = object(record, "author").and_then(|author| id(author, "id").or_else(|| id(author, "name")));
    let objects: Vec<String> =
        list(record, "affectedObjects").iter().filter_map(Value::as_object).map(thing).map(|t| format!("{t:?}")).collect();
    let parts = [
        when.to_string(),
        author.unwrap_or_default(),
        text(kind, "actionI18nKey").or_else(|| text(kind, "action")).unwrap_or_default().to_owned(),
        objects.join("\n"),
        part(record.get("changedValues")),
        part(record.get("extraAttributes")),
    ];
    format!("{product}:audit:{}", digest::of(parts.iter().map(String::as_str)))
}

/// A text; milliseconds; or seconds and nanoseconds, as the log files have it.
fn moment(value: &Value) -> Result<Moment, String> {
    let parts = value.as_object().and_then(|parts| {
        let seconds = ["epochSecond", "seconds"].into_iter().find_map(|name| parts.get(name)?.as_i64())?;
        let nanos = ["nano", "nanos"].into_iter().find_map(|name| parts.get(name)?.as_i64()).unwrap_or(0);
        seconds.checked_mul(1_000_000)?.checked_add(nanos / 1000)
    });
    match (parts, value) {
        (Some(time), _) => Ok(Moment::exact(time)),
        // Java writes an instant as a number of seconds with a fraction.
        (None, Value::Number(number)) if number.is_f64() => {
            let seconds = number.as_f64().filter(|s| (0.0..7.3e9).contains(s)).ok_or("timestamp: it is no credible date")?;
            Ok(Moment::exact((seconds * 1_000_000.0).round() as i64))
        }
        _ => instant(value).map(Moment::exact).map_err(|reason| format!("timestamp: {reason}")),
    }
}

fn who(author: &Object) -> Option<Who> {
    let name = text(author, "name");
    let kind = text(author, "type").unwrap_or_default().to_lowercase();
    let number = id(author, "id");
    if kind == "system" || number.as_deref() == Some("-1") || name.is_some_and(|n| n.eq_ignore_ascii_case("system")) {
        return Some(Who { name: name.map(str::to_owned), kind: Some("system"), ..Who::default() });
    }
    if number.as_deref() == Some("-2") || name.is_some_and(|n| n.eq_ignore_ascii_case("anonymous")) {
        return Some(Who { kind: Some("anonymous"), ..Who::default() });
    }
    // The address of the profile has the user name; what is called the name may be that of a person.
    let user = text(author, "uri").and_then(|uri| {
        let uri = url::Url::parse(uri).ok()?;
        let found = uri.query_pairs().find(|(key, _)| matches!(key.as_ref(), "name" | "username"));
        found.map(|(_, value)| value.into_owned())
    });
    let account = user.or_else(|| name.map(str::to_owned)).or_else(|| number.clone())?;
    let name = name.filter(|name| *name != account).map(str::to_owned);
    Some(Who { id: Some(account), name, kind: Some("user"), ..Who::default() })
}

fn thing(object: &Object) -> Thing {
    Thing {
        kind: text(object, "type").unwrap_or_default().to_owned(),
        id: id(object, "id"),
        name: text(object, "name").map(str::to_owned),
    }
}

/// The key in the address of the space: `/display/KEY`, `/spaces/KEY`.
fn space_of(record: &Object) -> Option<String> {
    let spaces = list(record, "affectedObjects").iter().filter_map(Value::as_object);
    spaces.filter(|o| text(o, "type").is_some_and(|t| t.eq_ignore_ascii_case("space"))).find_map(|space| {
        let uri = text(space, "uri")?.split(['?', '#']).next()?;
        let mut parts = uri.split('/');
        parts.find(|part| matches!(*part, "display" | "spaces"))?;
        parts.next().filter(|key| !key.is_empty() && !key.contains('.')).map(str::to_owned)
    })
}
