//! Where rows go: stdout, or a file that appears when it is complete.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::arguments::Rendering;
use super::failure::Failure;
use super::terminal::Terminal;
use super::watch::Watch;
use crate::render::{Format, Settings};

/// A place for rows.
pub(super) enum Output {
    /// The process's stdout.
    Stdout,
    /// A temporary file beside the wanted one.
    File(NamedTempFile, PathBuf),
}

impl Output {
    /// Opens the place that the arguments name.
    pub(super) fn open(path: Option<&Path>, watch: &Watch) -> Result<Self, Failure> {
        let Some(path) = path else { return Ok(Output::Stdout) };
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let failed = |error: io::Error| Failure::writing(path.display(), &error);
        if path.is_dir() {
            return Err(failed(io::ErrorKind::IsADirectory.into()));
        }
        let file = tempfile::Builder::new().prefix(".jqlx-").tempfile_in(folder).map_err(failed)?;
        watch.partial(Some(file.path().to_owned()));
        Ok(Output::File(file, path.to_owned()))
    }

    /// A buffered writer to it.
    pub(super) fn writer(&self) -> Result<Box<dyn Write>, Failure> {
        Ok(match self {
            Output::Stdout => Box::new(BufWriter::with_capacity(1 << 16, io::stdout().lock())),
            Output::File(file, path) => {
                let file = file.reopen().map_err(|error| Failure::writing(path.display(), &error))?;
                Box::new(BufWriter::with_capacity(1 << 16, file))
            }
        })
    }

    /// What to call it in a message.
    pub(super) fn name(&self) -> String {
        match self {
            Output::Stdout => "to stdout".to_owned(),
            Output::File(_, path) => path.display().to_string(),
        }
    }

    /// Gives the file its name.
    pub(super) fn commit(self, watch: &Watch) -> Result<(), Failure> {
        if let Output::File(file, path) = self {
            let failed = |error: &io::Error| Failure::writing(path.display(), error);
            file.as_file().sync_all().map_err(|error| failed(&error))?;
            set_mode(file.as_file()).map_err(|error| failed(&error))?;
            file.persist(&path).map_err(|error| failed(&error.error))?;
            watch.partial(None);
        }
        Ok(())
    }
}

/// Temporary files are private; a result is as readable as any file that a shell makes.
#[cfg(unix)]
fn set_mode(file: &std::fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn set_mode(_: &std::fs::File) -> io::Result<()> {
    Ok(())
}

/// The format asked for, or the one that the output's extension stands for, or the table.
pub(super) fn format(rendering: &Rendering) -> Result<Format, Failure> {
    match (rendering.format, &rendering.output) {
        (Some(format), _) => Ok(format),
        (None, None) => Ok(Format::Table),
        (None, Some(path)) => Format::from_extension(path).ok_or_else(|| {
            Failure::Usage(format!("no format goes by the extension of {}: name one with --format", path.display()))
        }),
    }
}

/// How to write there.
pub(super) fn settings(rendering: &Rendering, terminal: &Terminal, zone: jiff::tz::TimeZone) -> Settings {
    let to_terminal = rendering.output.is_none();
    Settings {
        zone,
        width: terminal.width.filter(|_| to_terminal),
        color: terminal.color && to_terminal,
        safe_csv: rendering.safe_csv,
    }
}
