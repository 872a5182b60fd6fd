//! `jqlx query`: compile and run one query.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use jiff::tz::TimeZone;

use super::arguments::{Rendering, Session, Source, Text, duration};
use super::failure::Failure;
use super::output::{self, Output};
use super::session::{Running, open, panicked};
use super::terminal::Terminal;
use crate::diagnostic::Report;
use crate::render::{self, Summary};
use crate::{Engine, Error, Query, Rows, Statistics};

const AFTER: &str = "\
Examples:
  jqlx query --demo 'ACTIVITY WHERE comment DELETED AFTER -30d'
  jqlx query --demo 'status CHANGED FROM \"In Progress\" TO \"To Do\" AFTER -90d' -o back.csv
  jqlx query --data ./export --user alice 'assignee WAS currentUser() ORDER BY updated DESC'
  jqlx query --demo --param who=mallory 'ACTIVITY WHERE comment DELETED BY $who'
  jqlx query --live main 'project = PAY AND status = \"In Progress\" ORDER BY created DESC LIMIT 20'
  echo 'project = PAY' | jqlx query --demo -";

/// Compile and run one query
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER)]
pub(super) struct Arguments {
    #[command(flatten)]
    text: Text,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    session: Session,
    #[command(flatten)]
    rendering: Rendering,
    /// Stop after this time, such as 30s, 500ms or 5m
    #[arg(long, value_name = "TIME", value_parser = duration, help_heading = "Run")]
    timeout: Option<Duration>,
    /// Run the query N times in this process; only the last run's rows are written
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..), hide_default_value = true, help_heading = "Run")]
    repeat: u32,
    /// Write one JSON object a run to stderr: elapsed_ms, parse_ms, plan_ms, execute_ms, rows, bytes_scanned
    #[arg(long, help_heading = "Run")]
    stats: bool,
}

/// Batches that may wait for the renderer.
const AHEAD: usize = 4;

pub(super) fn run(arguments: Arguments, terminal: &Terminal) -> Result<(), Failure> {
    let format = output::format(&arguments.rendering)?;
    let text: Arc<str> = arguments.text.read()?.into();
    let running = Running::start(terminal, arguments.session.threads.map(usize::from), arguments.timeout)?;
    let engine = open(&running, &arguments.source, &arguments.session, terminal)?;
    let zone = engine.session().zone.clone();
    let parameters = Arc::new(arguments.session.parameters());
    for run in 1..=arguments.repeat {
        let (engine, text, parameters) = (engine.clone(), text.clone(), parameters.clone());
        let started = running.wait({
            let text = text.clone();
            async move { start(&engine, &text, &parameters).await }
        })?;
        let (query, rows) = started?;
        if run == 1 && !query.warnings().is_empty() {
            let diagnostics = query.warnings().to_vec();
            terminal.report(&Report { name: "query".into(), source: text.to_string(), diagnostics });
        }
        let statistics = if run < arguments.repeat {
            running.wait(drain(rows))??
        } else {
            let settings = output::settings(&arguments.rendering, terminal, zone.clone());
            let output = Output::open(arguments.rendering.output.as_deref(), &running.watch)?;
            let (statistics, summary) = write(&running, rows, format, settings, output.writer()?, &output.name())?;
            output.commit(&running.watch)?;
            if format == render::Format::Table || arguments.rendering.output.is_some() {
                terminal.note(&footer(arguments.rendering.output.as_deref(), &zone, &summary));
            }
            statistics
        };
        if arguments.stats {
            terminal.line(&statistics_line(&statistics));
        }
    }
    Ok(())
}

pub(super) async fn start(engine: &Engine, text: &str, parameters: &crate::Parameters) -> Result<(Query, Rows), Error> {
    let query = engine.compile(text, parameters).await?;
    let rows = query.run().await?;
    Ok((query, rows))
}

/// Runs to the end without writing.
async fn drain(mut rows: Rows) -> Result<Statistics, Error> {
    while let Some(batch) = rows.next().await {
        batch?;
    }
    Ok(rows.statistics())
}

/// Writes rows as they come: the workers compute the next batches while this thread writes.
pub(super) fn write(
    running: &Running,
    mut rows: Rows,
    format: render::Format,
    settings: render::Settings,
    out: Box<dyn Write>,
    name: &str,
) -> Result<(Statistics, Summary), Failure> {
    let writing = |error: std::io::Error| Failure::writing(name, &error);
    let mut writer = render::writer(format, rows.schema(), out, settings);
    let (send, mut receive) = tokio::sync::mpsc::channel(AHEAD);
    let task = running.spawn(async move {
        while let Some(batch) = rows.next().await {
            let failed = batch.is_err();
            if send.send(batch).await.is_err() || failed {
                break;
            }
        }
        rows.statistics()
    })?;
    while let Some(batch) = running.until_stopped(receive.recv())? {
        writer.batch(&batch?).map_err(writing)?;
    }
    let statistics = running.until_stopped(task)?.map_err(|error| panicked(&error))?;
    Ok((statistics, writer.finish().map_err(writing)?))
}

/// One line for outside checks: exactly these keys, in this order.
#[derive(serde::Serialize)]
struct StatisticsLine {
    elapsed_ms: f64,
    parse_ms: f64,
    plan_ms: f64,
    execute_ms: f64,
    rows: u64,
    bytes_scanned: u64,
}

fn statistics_line(statistics: &Statistics) -> String {
    let milliseconds = |ms: f64| (ms * 1e3).round() / 1e3;
    let line = StatisticsLine {
        elapsed_ms: milliseconds(statistics.elapsed_ms),
        parse_ms: milliseconds(statistics.parse_ms),
        // Binding counts as planning here.
        plan_ms: milliseconds(statistics.bind_ms + statistics.plan_ms),
        execute_ms: milliseconds(statistics.execute_ms),
        rows: statistics.rows,
        bytes_scanned: statistics.bytes_scanned,
    };
    serde_json::to_string(&line).unwrap_or_default()
}

/// What the rows themselves do not say.
pub(super) fn footer(output: Option<&Path>, zone: &TimeZone, summary: &Summary) -> String {
    let mut text = match summary.rows {
        1 => "1 row".to_owned(),
        rows => format!("{rows} rows"),
    };
    if let Some(path) = output {
        text.push_str(&format!(" in {}", path.display()));
    }
    let zone = zone.iana_name().unwrap_or("local time");
    if summary.zoned && zone != "UTC" {
        text.push_str(&format!(", times in {zone}"));
    }
    if !summary.empty.is_empty() {
        text.push_str(&format!("; no values in {}", summary.empty.join(", ")));
    }
    if !summary.narrow.is_empty() {
        text.push_str(&format!("; no room for {} (choose columns with SHOW, or --format json)", summary.narrow.join(", ")));
    }
    text
}
