//! The commands of the REPL, which begin with a backslash: one table for reading, help and completion.

use crate::catalog::nearest;

/// What a command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Help,
    Complete,
    Explain,
    Fields,
    Functions,
    Verbs,
    Saved,
    Format,
    Output,
    Timing,
    Source,
    Params,
    Set,
    Unset,
    History,
    Quit,
}

/// What completes the argument of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    Nothing,
    /// Text that is not completed.
    Text,
    Query,
    Topic,
    Format,
    Switch,
    Source,
    Parameter,
    Saved,
}

/// A command.
#[derive(Clone, Copy, Debug)]
pub(super) struct Command {
    /// Without the backslash.
    pub(super) name: &'static str,
    /// Shorter names.
    pub(super) aliases: &'static [&'static str],
    /// For help: `[TOPIC]`.
    pub(super) arguments: &'static str,
    pub(super) takes: Takes,
    pub(super) action: Action,
    /// One sentence.
    pub(super) doc: &'static str,
}

macro_rules! command {
    ($name:literal $(| $alias:literal)*, $arguments:literal, $takes:ident, $action:ident, $doc:literal) => {
        Command { name: $name, aliases: &[$($alias),*], arguments: $arguments, takes: Takes::$takes, action: Action::$action, doc: $doc }
    };
}

/// Every command, in the order of the help.
pub(super) const COMMANDS: &[Command] = &[
    command!(
        "help" | "h" | "?",
        "[TOPIC]",
        Topic,
        Help,
        "What there is, or what is known of a topic, field, function, verb or entity."
    ),
    command!("complete", "TEXT", Query, Complete, "What Tab offers behind a text."),
    command!("explain", "QUERY", Query, Explain, "Say in words what a query means; it does not run."),
    command!("fields" | "f", "[SEARCH]", Text, Fields, "List fields, or those in which a text occurs."),
    command!("functions", "[SEARCH]", Text, Functions, "List functions."),
    command!("verbs", "[SEARCH]", Text, Verbs, "List verbs and entities."),
    command!("saved", "[NAME]", Saved, Saved, "List the saved queries that the data holds, or run one."),
    command!("format", "[NAME]", Format, Format, "How rows are written from now on."),
    command!(
        "output" | "o",
        "[FILE]",
        Text,
        Output,
        "Write each answer to a file, in place of the one before; without FILE, show them again."
    ),
    command!("timing", "[on|off]", Switch, Timing, "Whether the time of each part of a query is told."),
    command!(
        "source",
        "[--store DIR | --data DIR | --live SITE | --demo]",
        Source,
        Source,
        "Ask other data from now on, or say which is asked."
    ),
    command!("params", "", Nothing, Params, "List the parameters."),
    command!("set", "NAME=VALUE", Parameter, Set, "Bind a parameter, for $NAME in queries."),
    command!("unset", "NAME", Parameter, Unset, "Forget a parameter."),
    command!("history", "[SEARCH]", Text, History, "List what was asked, or that in which a text occurs."),
    command!("quit" | "q" | "exit", "", Nothing, Quit, "Leave."),
];

impl Command {
    /// `\format [NAME]`
    pub(super) fn usage(&self) -> String {
        format!("\\{} {}", self.name, self.arguments).trim_end().to_owned()
    }

    fn is_called(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name) || self.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
    }
}

/// The command of a name.
pub(super) fn command(name: &str) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| command.is_called(name))
}

/// A line as a command: its name with the backslash, and the rest.
pub(super) fn split(line: &str) -> Option<(&str, &str)> {
    let name = line.trim_start().strip_prefix('\\')?;
    let end = name.find(char::is_whitespace).unwrap_or(name.len());
    let (name, rest) = name.split_at(end);
    Some((name, rest.trim_start()))
}

/// Reads a line that begins with a backslash; the error says what is near.
pub(super) fn read(line: &str) -> Result<(&'static Command, &str), String> {
    let (name, rest) = split(line).unwrap_or(("", line));
    let Some(command) = command(name) else {
        let near = nearest(name, COMMANDS.iter().map(|command| command.name));
        let help = match near.first() {
            Some(near) => format!("did you mean \\{near}?"),
            None => "\\help lists the commands".to_owned(),
        };
        return Err(format!("there is no command \\{name}; {help}"));
    };
    match command.takes {
        Takes::Nothing if !rest.trim().is_empty() => Err(format!("\\{} takes nothing behind it", command.name)),
        _ if rest.trim().is_empty() && !command.arguments.is_empty() && !command.arguments.starts_with('[') => {
            Err(format!("write it as {}", command.usage()))
        }
        _ => Ok((command, rest)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_of_one_command() {
        let mut names: Vec<&str> = COMMANDS.iter().flat_map(|c| std::iter::once(&c.name).chain(c.aliases)).copied().collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn an_unknown_command_finds_its_neighbour() {
        assert_eq!(read("\\fromat csv").unwrap_err(), "there is no command \\fromat; did you mean \\format?");
        assert_eq!(read("\\").unwrap_err(), "there is no command \\; \\help lists the commands");
        assert_eq!(read("\\explain").unwrap_err(), "write it as \\explain QUERY");
        assert_eq!(read("\\quit now").unwrap_err(), "\\quit takes nothing behind it");
        let (command, rest) = read("  \\H   comment ").unwrap();
        assert_eq!((command.name, rest.trim()), ("help", "comment"));
    }
}
