//! `jqlx sync`: a store is brought up to date with a live site.

use std::path::PathBuf;
use std::sync::Arc;

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::arguments::Work;
use super::config::Config;
use super::failure::Failure;
use super::place;
use super::session::{Running, environment};
use super::status::count;
use super::terminal::Terminal;
use crate::sync::{self, Options, Progress, Summary};

const AFTER: &str = "\
Examples:
  jqlx sync
  jqlx sync main --store ./store
  JQLX_TOKEN=$(pass jira) jqlx sync main

The configuration file describes the sites:

  [sites.main]
  url = \"https://example.atlassian.net\"
  email = \"me@example.org\"
  token_file = \"jira-token\"      # only you may read it; or token_env = \"NAME\" [default: JQLX_TOKEN]

The first sync fetches everything, later ones what was updated since. A sync that ends early goes on where it was. What is no
longer there becomes an event of a deletion.";

/// Bring a store up to date with a Jira site
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER)]
pub(super) struct Arguments {
    /// The site, by its name in the configuration [default: the only one]
    #[arg(value_name = "SITE")]
    site: Option<String>,
    /// The store [default: JQLX_STORE, then that of the site, then the configuration's, then the one in the platform's data folder]
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
    /// Do not compare all ids, which finds deleted issues
    #[arg(long)]
    no_scan: bool,
    /// Leave the audit log out, which only administrators may see
    #[arg(long)]
    no_audit: bool,
    /// Issues that are committed together
    #[arg(long, value_name = "N", default_value_t = 5000, value_parser = clap::value_parser!(u32).range(1..))]
    batch: u32,
    #[command(flatten)]
    work: Work,
}

pub(super) fn run(arguments: Arguments, terminal: &Terminal) -> Result<(), Failure> {
    let config = Config::load(arguments.work.config.as_deref())?;
    let settings = config.site(arguments.site.as_deref())?;
    let named = arguments.store.or_else(|| environment("JQLX_STORE").map(PathBuf::from)).or_else(|| settings.store.clone());
    let store = place::store(named, &config)?;
    let site = settings.open()?;
    let mut options =
        Options { batch: arguments.batch as usize, scan: !arguments.no_scan, load: arguments.work.options(), ..Options::default() };
    options.limits.concurrency = settings.concurrency.unwrap_or(options.limits.concurrency);
    let running = Running::start(terminal, arguments.work.threads.map(usize::from), None)?;
    let bar = Arc::new(Bar::new(terminal));
    let (progress, to) = (bar.clone(), store.clone());
    let done = running.wait(async move { sync::sync(site, &to, options, progress).await });
    bar.0.finish_and_clear();
    let summary = done??;
    for problem in &summary.problems {
        terminal.line(&format!("warning[{}]: {problem}", problem.code));
    }
    terminal.warn(&summary.left_out);
    terminal.say(&text(&summary, &store.display().to_string()));
    Ok(())
}

fn text(summary: &Summary, store: &str) -> String {
    let mut parts = vec![format!("{} of {} fetched", count(summary.issues, "issue"), summary.site)];
    if summary.audit_records > 0 {
        parts.push(count(summary.audit_records, "audit record"));
    }
    let (issues, events) = summary.added;
    if issues + events > 0 {
        parts.push(format!("new: {}, {}", count(issues, "issue"), count(events, "event")));
    }
    let (issues, events) = summary.changed;
    if issues + events > 0 {
        parts.push(format!("changed: {}, {}", count(issues, "issue"), count(events, "event")));
    }
    let gone = &summary.gone;
    let gone: Vec<String> =
        [(gone.issues, "issue"), (gone.comments, "comment"), (gone.worklogs, "work log"), (gone.attachments, "attachment")]
            .into_iter()
            .filter(|(n, _)| *n > 0)
            .map(|(n, what)| count(n, what))
            .collect();
    if !gone.is_empty() {
        parts.push(format!("gone: {}", gone.join(", ")));
    }
    if let Some(version) = summary.version {
        parts.push(format!("version {version} of {store}"));
    }
    parts.join("; ")
}

/// A bar on a terminal with the rate and the remaining time, silence in a pipe.
struct Bar(ProgressBar);

impl Bar {
    fn new(terminal: &Terminal) -> Self {
        let target = if terminal.notes { ProgressDrawTarget::stderr_with_hz(8) } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
            bar.set_style(style);
        }
        Self(bar)
    }
}

impl Progress for Bar {
    fn stage(&self, name: &str) {
        self.0.set_message(name.to_owned());
        self.0.tick();
    }

    fn issues(&self, done: u64, total: Option<u64>) {
        if done == 0 {
            let template = match total {
                Some(_) => "{msg} {wide_bar} {pos}/{len} {rate}, {left} left",
                None => "{spinner} {msg} {pos} {rate}",
            };
            if let Ok(style) = ProgressStyle::with_template(template) {
                let rate = |state: &ProgressState, to: &mut dyn std::fmt::Write| {
                    let _ = write!(to, "{:.0}/s", state.per_sec());
                };
                let left = |state: &ProgressState, to: &mut dyn std::fmt::Write| {
                    let _ = write!(to, "{}", HumanDuration(state.eta()));
                };
                self.0.set_style(style.with_key("rate", rate).with_key("left", left));
            }
            self.0.reset_eta();
        }
        if let Some(total) = total {
            // The total was an estimate.
            self.0.set_length(total.max(done));
        }
        self.0.set_position(done);
    }
}
