//! Rows that are longer than the screen go through `$PAGER`.

use std::io::{self, Write};
use std::process::{Child, Command, Stdio};

use crate::cli::session::environment;

/// What less is told where nobody says otherwise: keep colours, cut long lines, leave what was shown on the screen.
const LESS: &str = "-RSFX";

/// Output that is held back until it is longer than the screen; only then a pager starts.
pub(super) struct Pager {
    lines: usize,
    state: State,
}

enum State {
    Held {
        text: Vec<u8>,
        lines: usize,
    },
    Paging(Child),
    /// There is no pager that could be started.
    Plain,
}

impl Pager {
    /// For a screen of so many lines.
    pub(super) fn new(height: usize) -> Self {
        // The prompt, the line below the rows and the query stay in sight.
        Self { lines: height.saturating_sub(3).max(5), state: State::Held { text: Vec::new(), lines: 0 } }
    }

    fn start(&mut self, held: &[u8]) -> io::Result<()> {
        match pager() {
            Ok(mut child) => {
                let written = match &mut child.stdin {
                    Some(stdin) => stdin.write_all(held),
                    None => Ok(()),
                };
                self.state = State::Paging(child);
                written
            }
            Err(_) => {
                self.state = State::Plain;
                io::stdout().write_all(held)
            }
        }
    }
}

fn pager() -> io::Result<Child> {
    let mut command = match environment("PAGER") {
        Some(pager) => {
            let mut shell = Command::new("sh");
            shell.arg("-c").arg(pager);
            shell
        }
        None => Command::new("less"),
    };
    if environment("LESS").is_none() {
        command.env("LESS", LESS);
    }
    command.stdin(Stdio::piped()).spawn()
}

impl Write for Pager {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.state {
            State::Held { text, lines } => {
                text.extend_from_slice(bytes);
                *lines += bytes.iter().filter(|byte| **byte == b'\n').count();
                if *lines > self.lines {
                    let held = std::mem::take(text);
                    self.start(&held)?;
                }
                Ok(bytes.len())
            }
            State::Paging(child) => match &mut child.stdin {
                Some(stdin) => stdin.write(bytes),
                None => Ok(bytes.len()),
            },
            State::Plain => io::stdout().write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.state {
            // Held until it is known that this is all.
            State::Held { .. } => Ok(()),
            State::Paging(child) => child.stdin.as_mut().map_or(Ok(()), Write::flush),
            State::Plain => io::stdout().flush(),
        }
    }
}

impl Drop for Pager {
    fn drop(&mut self) {
        match &mut self.state {
            State::Held { text, .. } => {
                let _ = io::stdout().write_all(text);
            }
            State::Paging(child) => {
                drop(child.stdin.take());
                let _ = child.wait();
            }
            State::Plain => {}
        }
        let _ = io::stdout().flush();
    }
}
