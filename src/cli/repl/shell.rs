//! The session of the REPL: what is asked, how answers are written, and what each line does.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use super::commands::{self, Action, COMMANDS};
use super::complete::{self, Known};
use super::pager::Pager;
use super::{Arguments, help, statements};
use crate::catalog::{Catalog, nearest};
use crate::cli::arguments::{self, Rendering, Source};
use crate::cli::failure::Failure;
use crate::cli::output::{self, Output};
use crate::cli::session::{Running, open};
use crate::cli::terminal::Terminal;
use crate::cli::{catalogue, query};
use crate::diagnostic::Report;
use crate::render::{Format, Settings};
use crate::{Engine, Parameter, Parameters, Statistics, syntax};

/// How a line went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Went {
    Well,
    /// What is wrong has been said.
    Wrong,
    Interrupted,
    /// Nobody reads the output any more.
    Closed,
    Leave,
}

/// The session.
pub(super) struct Shell {
    pub(super) terminal: Terminal,
    engine: Arc<Engine>,
    catalog: Arc<Catalog>,
    session: arguments::Session,
    source: Source,
    rendering: Rendering,
    parameters: Parameters,
    timing: bool,
    /// Whether somebody sits before it: counts and times are told, long answers are paged.
    person: bool,
    pub(super) asked: Vec<String>,
}

impl Shell {
    /// Opens the data.
    pub(super) fn open(arguments: Arguments, terminal: &Terminal, person: bool) -> Result<Self, Failure> {
        let Arguments { source, session, rendering } = arguments;
        output::format(&rendering)?;
        let (engine, catalog) = opened(&source, &session, terminal)?;
        let parameters = session.parameters();
        Ok(Self {
            terminal: terminal.clone(),
            engine,
            catalog,
            session,
            source,
            rendering,
            parameters,
            timing: false,
            person,
            asked: Vec::new(),
        })
    }

    /// What completion knows.
    pub(super) fn known(&self) -> Known {
        Known { catalog: self.catalog.clone(), parameters: self.parameters.keys().cloned().collect() }
    }

    /// Takes a command, or statements.
    pub(super) fn take(&mut self, line: &str) -> Went {
        if line.trim().is_empty() {
            return Went::Well;
        }
        self.asked.push(line.trim().to_owned());
        self.terminal = self.terminal.measured();
        // What somebody types who does not know of the backslash; one word is no query.
        let bare = line.trim().trim_end_matches(';');
        let line = match commands::command(bare) {
            Some(command) if matches!(command.action, Action::Help | Action::Quit) => &format!("\\{bare}"),
            _ => line,
        };
        if line.trim_start().starts_with('\\') {
            return match commands::read(line) {
                Ok((command, _)) if command.action == Action::Quit => Went::Leave,
                Ok((command, rest)) => {
                    let went = self.command(command.action, rest);
                    self.tell(went)
                }
                Err(message) => self.tell(Err(Failure::Usage(message))),
            };
        }
        for statement in statements::split(line).into_iter().filter(|text| !statements::is_empty(text)) {
            let went = self.query(statement.trim());
            match self.tell(went) {
                Went::Well => {}
                other => return other,
            }
        }
        Went::Well
    }

    fn tell(&self, went: Result<(), Failure>) -> Went {
        match went {
            Ok(()) => Went::Well,
            Err(Failure::Closed) if !self.person => Went::Closed,
            // The pager was left before the end.
            Err(Failure::Closed) => Went::Well,
            Err(Failure::Interrupted) if !self.person => Went::Interrupted,
            Err(Failure::Usage(message)) => {
                self.terminal.line(&format!("error: {message}"));
                Went::Wrong
            }
            Err(failure) => {
                self.terminal.failure(&failure);
                if matches!(failure, Failure::Interrupted) { Went::Interrupted } else { Went::Wrong }
            }
        }
    }

    fn command(&mut self, action: Action, rest: &str) -> Result<(), Failure> {
        // The text to complete keeps its spaces.
        let (whole, rest) = (rest, rest.trim());
        let search = || Some(rest.to_owned()).filter(|search| !search.is_empty());
        match action {
            Action::Quit => Ok(()),
            Action::Help => match help::about(rest, &self.catalog, &self.terminal) {
                Ok(text) => print(&text),
                Err(message) => Err(Failure::Usage(message)),
            },
            Action::Complete => print(&complete::listed(whole, &self.known())),
            Action::Explain => self.explain(rest),
            Action::Fields => catalogue::fields(catalogue::Fields::with(search()), &self.terminal),
            Action::Functions => catalogue::functions(catalogue::Functions::with(search()), &self.terminal),
            Action::Verbs => catalogue::verbs(catalogue::Verbs::with(search()), &self.terminal),
            Action::Saved => self.saved(rest),
            Action::Format => self.format(rest),
            Action::Output => self.output(rest),
            Action::Timing => self.timing(rest),
            Action::Source => self.source(rest),
            Action::Params => print(&self.listed_parameters()),
            Action::Set => self.set(rest),
            Action::Unset => match self.parameters.remove(rest.trim_start_matches('$')) {
                Some(_) => Ok(()),
                None => {
                    Err(Failure::Usage(format!("there is no parameter ${}; \\params lists them", rest.trim_start_matches('$'))))
                }
            },
            Action::History => {
                let earlier = self.asked.split_last().map_or(&[][..], |(_, earlier)| earlier);
                let wanted = rest.to_lowercase();
                let found = earlier.iter().filter(|line| line.to_lowercase().contains(&wanted));
                print(&found.map(|line| format!("{line}\n")).collect::<String>())
            }
        }
    }

    /// The parameters that a query names. The others wait for another query.
    fn parameters(&self, text: &str) -> Parameters {
        let tokens = syntax::tokens(text);
        let named: Vec<&str> = tokens.iter().filter_map(|token| token.span.text(text).strip_prefix('$')).collect();
        self.parameters.iter().filter(|(name, _)| named.contains(&name.as_str())).map(|(n, v)| (n.clone(), v.clone())).collect()
    }

    fn query(&self, text: &str) -> Result<(), Failure> {
        let format = output::format(&self.rendering)?;
        let running = Running::of_session(&self.terminal, self.session.threads.map(usize::from))?;
        let (engine, parameters, shared) = (self.engine.clone(), self.parameters(text), Arc::<str>::from(text));
        let (query, rows) = running.wait(async move { query::start(&engine, &shared, &parameters).await })??;
        if !query.warnings().is_empty() {
            let diagnostics = query.warnings().to_vec();
            self.terminal.report(&Report { name: "query".into(), source: text.to_owned(), diagnostics });
        }
        let path = self.rendering.output.clone();
        let output = Output::open(path.as_deref(), &running.watch)?;
        let zone = self.engine.session().zone.clone();
        let settings: Settings = output::settings(&self.rendering, &self.terminal, zone.clone());
        let writer: Box<dyn Write> = match self.terminal.height.filter(|_| self.person && path.is_none()) {
            Some(height) => Box::new(Pager::new(height)),
            None => output.writer()?,
        };
        let (statistics, summary) = query::write(&running, rows, format, settings, writer, &output.name())?;
        output.commit(&running.watch)?;
        drop(running);
        if self.person {
            let footer = query::footer(path.as_deref(), &zone, &summary);
            self.terminal.say(&format!("{footer} ({})", time(statistics.elapsed_ms)));
        }
        if self.timing {
            self.terminal.say(&timing(&statistics));
        }
        Ok(())
    }

    fn explain(&self, text: &str) -> Result<(), Failure> {
        let running = Running::of_session(&self.terminal, self.session.threads.map(usize::from))?;
        let (engine, parameters, shared) = (self.engine.clone(), self.parameters(text), text.trim_end_matches(';').to_owned());
        let (query, explanation) = running.wait(async move {
            let query = engine.compile(&shared, &parameters).await?;
            let explanation = query.explain().await?;
            Ok::<_, crate::Error>((query, explanation))
        })??;
        if !query.warnings().is_empty() {
            let diagnostics = query.warnings().to_vec();
            self.terminal.report(&Report { name: "query".into(), source: text.to_owned(), diagnostics });
        }
        print(&format!("{}\n", explanation.words.trim_end()))
    }

    fn saved(&self, name: &str) -> Result<(), Failure> {
        let filters = self.catalog.filters.as_deref().unwrap_or_default();
        if name.is_empty() {
            if filters.is_empty() {
                return print("The data holds no saved queries.\n");
            }
            return print(&filters.iter().map(|f| format!("{}: {}\n", f.name, syntax::print(&f.parsed.query))).collect::<String>());
        }
        let name = name.trim_matches(['"', '\'']);
        match self.catalog.find_filter(name) {
            Some(filter) => self.query(&syntax::print(&filter.parsed.query)),
            None => {
                let near = nearest(name, filters.iter().map(|filter| filter.name.as_str()));
                Err(Failure::Usage(format!("there is no saved query `{name}`{}", near_to(&near))))
            }
        }
    }

    fn format(&mut self, name: &str) -> Result<(), Failure> {
        if name.is_empty() {
            let format = output::format(&self.rendering)?;
            let name = Format::ALL.iter().find(|(known, _)| *known == format).map_or("", |(_, name)| name);
            return print(&format!("{name}\n"));
        }
        match Format::ALL.iter().find(|(_, known)| known.eq_ignore_ascii_case(name)) {
            Some((format, _)) => self.rendering.format = Some(*format),
            None => {
                let names: Vec<&str> = Format::ALL.iter().map(|(_, name)| *name).collect();
                return Err(Failure::Usage(format!("there is no format {name:?}; the formats are {}", names.join(", "))));
            }
        }
        Ok(())
    }

    fn output(&mut self, path: &str) -> Result<(), Failure> {
        let path = path.trim_matches(['"', '\'']);
        let new = Some(PathBuf::from(path)).filter(|_| !path.is_empty());
        let old = std::mem::replace(&mut self.rendering.output, new);
        // An extension that stands for no format is refused now, and not when the answer is there.
        if let Err(failure) = output::format(&self.rendering) {
            self.rendering.output = old;
            return Err(failure);
        }
        Ok(())
    }

    fn timing(&mut self, word: &str) -> Result<(), Failure> {
        self.timing = match word {
            "" => !self.timing,
            "on" => true,
            "off" => false,
            other => return Err(Failure::Usage(format!("\\timing is on or off, not {other:?}"))),
        };
        self.terminal.note(if self.timing { "timing is on" } else { "timing is off" });
        Ok(())
    }

    fn source(&mut self, words: &str) -> Result<(), Failure> {
        let nothing = || Source { store: None, data: None, demo: false, live: None, yes: false, at_version: None, at_time: None };
        let (option, folder) = words.split_once(char::is_whitespace).unwrap_or((words, ""));
        let folder = folder.trim().trim_matches(['"', '\'']);
        let source = match (option, folder) {
            ("", _) => return print(&format!("{}\n", described(&self.source))),
            ("--demo", "") => Source { demo: true, ..nothing() },
            ("--data", folder) if !folder.is_empty() => Source { data: Some(folder.into()), ..nothing() },
            ("--store", folder) if !folder.is_empty() => Source { store: Some(folder.into()), ..nothing() },
            ("--live", site) if !site.is_empty() => Source { live: Some(site.to_owned()), ..nothing() },
            _ => return Err(Failure::Usage("write it as \\source --store DIR, --data DIR, --live SITE or --demo".to_owned())),
        };
        // Where the new data cannot be opened, the old is asked as before.
        let (engine, catalog) = opened(&source, &self.session, &self.terminal)?;
        (self.engine, self.catalog, self.source) = (engine, catalog, source);
        Ok(())
    }

    fn set(&mut self, text: &str) -> Result<(), Failure> {
        let (name, value) = arguments::parameter(text).map_err(Failure::Usage)?;
        self.parameters.insert(name.trim().to_owned(), Parameter::Text(value.trim().to_owned()));
        Ok(())
    }

    fn listed_parameters(&self) -> String {
        let shown = |parameter: &Parameter| match parameter {
            Parameter::Text(text) => text.clone(),
            other => format!("{other:?}"),
        };
        let mut lines: Vec<String> = self.parameters.iter().map(|(name, value)| format!("${name} = {}\n", shown(value))).collect();
        lines.sort();
        lines.concat()
    }
}

fn opened(source: &Source, session: &arguments::Session, terminal: &Terminal) -> Result<(Arc<Engine>, Arc<Catalog>), Failure> {
    let running = Running::of_session(terminal, session.threads.map(usize::from))?;
    let engine = open(&running, source, session, terminal)?;
    let asked = engine.clone();
    let catalog = running.wait(async move { asked.catalog().await })?;
    Ok((engine, catalog))
}

fn described(source: &Source) -> String {
    if let Some(site) = &source.live {
        return format!("--live {site}");
    }
    match (&source.store, &source.data, source.demo) {
        (Some(folder), ..) => format!("--store {}", folder.display()),
        (_, Some(folder), _) => format!("--data {}", folder.display()),
        (_, _, true) => "--demo".to_owned(),
        _ => "what the environment and the configuration name".to_owned(),
    }
}

/// `; did you mean ...?`
pub(super) fn near_to(near: &[String]) -> String {
    if near.is_empty() { String::new() } else { format!("; did you mean {}?", near.join(", ")) }
}

fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| Failure::writing("to stdout", &error))
}

fn time(milliseconds: f64) -> String {
    if milliseconds < 1000.0 { format!("{milliseconds:.0} ms") } else { format!("{:.1} s", milliseconds / 1e3) }
}

fn timing(statistics: &Statistics) -> String {
    format!(
        "read {:.1} ms, bound {:.1} ms, planned {:.1} ms, ran {:.1} ms; {} bytes read",
        statistics.parse_ms, statistics.bind_ms, statistics.plan_ms, statistics.execute_ms, statistics.bytes_scanned
    )
}

/// Names of the commands, for completion.
pub(super) fn command_names() -> impl Iterator<Item = (&'static str, &'static str)> {
    COMMANDS.iter().map(|command| (command.name, command.doc))
}
