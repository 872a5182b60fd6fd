//! The formats that import reads: one table, behind recognition, `--as`, its help and docs/import.md.

use serde_json::Value;

use super::dates::Dates;
use super::jira::json::{Object, kind};
use super::jira::{self, Context, Mapped, Site};
use super::tables::{Header, Row};
use super::{audit, streams, tables, webhook};

/// One format of files or records.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// What `--as` takes.
    pub name: &'static str,
    /// What it is.
    pub title: &'static str,
    /// What it is recognised by.
    pub recognised: &'static str,
    pub(super) shape: Shape,
}

/// What a file of the format is made of, and how that is read.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    /// JSON objects, recognised one by one.
    Json(fn(&Object) -> bool, fn(&Object, &mut Reading<'_>) -> Result<Mapped, String>),
    /// Lines of values.
    Csv(Csv),
    /// Columns of a table of the interchange layout.
    Columns,
}

/// What reads lines of values.
#[derive(Clone, Copy, Debug)]
pub(super) struct Csv {
    /// Whether a header shows that it is of the format.
    pub is: fn(&Header) -> bool,
    /// Whether it has what reading needs.
    pub can_be: fn(&Header) -> bool,
    pub read: fn(&Row<'_>, &mut Reading<'_>) -> Result<Mapped, String>,
}

/// What a record is read with.
pub(super) struct Reading<'a> {
    pub site: &'a mut Site,
    pub context: Context<'a>,
    /// How times are read that are no instants.
    pub dates: &'a Dates,
}

/// Every format, in the order in which they are tried.
pub const FORMATS: &[Format] = &[
    Format {
        name: "webhook",
        title: "deliveries of webhooks of Jira and Confluence, as they are or with the request around them",
        recognised: "`webhookEvent`, an `eventType` of Forge, or `userAccountId` with a page, space or the like; also in `body`, `payload`, `content` and such",
        shape: Shape::Json(webhook::is, webhook::read),
    },
    Format {
        name: "singer",
        title: "messages of a Singer tap of Jira",
        recognised: "`type` RECORD, SCHEMA or STATE with `stream` or `value`",
        shape: Shape::Json(streams::is_singer, streams::singer),
    },
    Format {
        name: "airbyte",
        title: "records of Airbyte's Jira source",
        recognised: "`_airbyte_data`, or a message with `record` and its `stream` and `data`",
        shape: Shape::Json(streams::is_airbyte, streams::airbyte),
    },
    Format {
        name: "jira-audit",
        title: "audit records of Jira Cloud (`auditing/record`)",
        recognised: "`summary` and `created` with `objectItem`, `eventSource`, or `category` without `fields`",
        shape: Shape::Json(audit::jira_cloud::is, |object, reading| audit::jira_cloud::read(object, reading.site)),
    },
    Format {
        name: "data-center-audit",
        title: "audit events of Jira and Confluence Data Center (`auditing/1.0/events`, lines of the audit log files)",
        recognised: "`affectedObjects` or `changedValues` with `timestamp` and a `type` or `auditType` that has an `action`",
        shape: Shape::Json(audit::data_center::is, |object, reading| audit::data_center::read(object, reading.site)),
    },
    Format {
        name: "confluence-audit",
        title: "audit records of Confluence Cloud (`/wiki/rest/api/audit`)",
        recognised: "`creationDate` and `summary`",
        shape: Shape::Json(audit::confluence_cloud::is, |object, reading| audit::confluence_cloud::read(object, reading.site)),
    },
    Format {
        name: "organization-audit",
        title: "events of the organisation's audit log (`admin/v1/orgs/.../events`)",
        recognised: "`attributes` with an `action`",
        shape: Shape::Json(audit::organization::is, |object, reading| audit::organization::read(object, reading.site)),
    },
    Format {
        name: "audit-app",
        title: "the webhook of the app User Activity Audit Log",
        recognised: "`actionType` and `target`",
        shape: Shape::Json(audit::app::is, audit::app::read),
    },
    Format {
        name: "jira",
        title: "JSON of Jira's REST API: issues with their change logs, comments and work logs, and the lists beside them",
        recognised: "the shape of each kind of record: `key` with `fields`, `items` with `created`, and so on",
        shape: Shape::Json(|_| true, |object, reading| jira::record(object, reading.context, reading.site)),
    },
    Format {
        name: "issue-csv",
        title: "Jira's CSV export of issues, best with all fields",
        recognised: "columns `Issue key` and `Issue id`",
        shape: Shape::Csv(Csv { is: tables::issues::is, can_be: tables::issues::is, read: tables::issues::read }),
    },
    Format {
        name: "confluence-audit-csv",
        title: "the CSV export of Confluence's audit log",
        recognised: "columns of a time, an author and a summary or action, and one of a space or of associated objects",
        shape: Shape::Csv(Csv { is: tables::audit::is_confluence, can_be: tables::audit::is_log, read: tables::audit::confluence }),
    },
    Format {
        name: "organization-audit-csv",
        title: "the CSV export of the organisation's audit log",
        recognised: "columns of a time, an actor and an action",
        shape: Shape::Csv(Csv {
            is: tables::audit::is_organization,
            can_be: tables::audit::is_log,
            read: tables::audit::organization,
        }),
    },
    Format {
        name: "jira-audit-csv",
        title: "the CSV export of Jira's audit log",
        recognised: "columns of a time, an author and a summary or change",
        shape: Shape::Csv(Csv { is: tables::audit::is_log, can_be: tables::audit::is_log, read: tables::audit::jira }),
    },
    Format {
        name: "parquet",
        title: "a Parquet file with a table of the interchange layout",
        recognised: "its first bytes; the table by its columns",
        shape: Shape::Columns,
    },
    Format {
        name: "arrow",
        title: "an Arrow IPC file or stream with a table of the interchange layout",
        recognised: "its first bytes; the table by its columns",
        shape: Shape::Columns,
    },
];

/// The format of a name that `--as` takes.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

/// Reads a record of JSON as what it is, or as what it is said to be. An error says why it is no record.
pub(super) fn record(value: &Value, forced: Option<&Format>, reading: &mut Reading<'_>) -> Result<Mapped, String> {
    let object = value.as_object().ok_or_else(|| format!("it is {}, not an object", kind(value)))?;
    let tried = forced.map_or(FORMATS, std::slice::from_ref);
    for format in tried {
        match format.shape {
            Shape::Json(is, read) if is(object) => return read(object, reading),
            _ => {}
        }
    }
    Err(match forced {
        Some(format) => format!("it is not of the format {}, as which it is to be read", format.name),
        None => "it is no known kind of record".to_owned(),
    })
}

/// The part of `docs/import.md` that the table says. It ends with a line feed.
pub fn reference() -> String {
    let mut page = "| `--as` | what it is | recognised by |\n|---|---|---|\n".to_owned();
    for format in FORMATS {
        page.push_str(&format!("| `{}` | {} | {} |\n", format.name, format.title, format.recognised));
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart() {
        let mut names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!(FORMATS.iter().all(|format| self::format(format.name).is_some_and(|found| found.name == format.name)));
    }

    /// Each sample is of the format that is tried first, and of no other that comes before `jira`.
    #[test]
    fn records_are_of_one_format() {
        for (name, sample) in [
            ("webhook", r#"{"timestamp":1,"webhookEvent":"comment_created"}"#),
            ("webhook", r#"{"body":{"webhookEvent":"comment_created"}}"#),
            ("singer", r#"{"type":"RECORD","stream":"issues","record":{}}"#),
            ("singer", r#"{"type":"STATE","value":{}}"#),
            ("airbyte", r#"{"type":"STATE","state":{}}"#),
            ("airbyte", r#"{"_airbyte_data":{}}"#),
            ("airbyte", r#"{"type":"RECORD","record":{"stream":"issues","data":{}}}"#),
            ("jira-audit", r#"{"summary":"x","created":"y","category":"z"}"#),
            ("data-center-audit", r#"{"timestamp":"x","type":{"action":"y"},"affectedObjects":[]}"#),
            ("confluence-audit", r#"{"creationDate":1,"summary":"x"}"#),
            ("organization-audit", r#"{"id":"1","attributes":{"action":"x","time":"y"}}"#),
            ("audit-app", r#"{"actionType":"x","target":"y"}"#),
            ("jira", r#"{"key":"A-1","fields":{"summary":"x","created":"y"}}"#),
            ("jira", r#"{"id":"1","created":"x","items":[]}"#),
        ] {
            let Ok(Value::Object(object)) = serde_json::from_str(sample) else { panic!("{sample}") };
            let of: Vec<&str> = FORMATS
                .iter()
                .filter(|format| matches!(format.shape, Shape::Json(is, _) if is(&object)))
                .map(|format| format.name)
                .filter(|format| *format != "jira" || name == "jira")
                .collect();
            assert_eq!(of, [name], "{sample}");
        }
    }
}
