//! `jqlx repl`, from a pipe and in a terminal.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::docs::{blocks, document};
use super::{Run, demo, jqlx, path, run_with_input};

fn piped(input: &str) -> Run {
    run_with_input(&["repl", "--demo", "--color", "never"], input.as_bytes())
}

/// What each `jqlx>` line of the page prints holds the lines below it, in their order.
#[test]
fn the_page_shows_what_the_repl_prints() {
    let mut lines = 0;
    for block in blocks(&document("docs/repl.md"), "repl") {
        let mut shown: Vec<(String, Vec<&str>)> = Vec::new();
        for line in block.lines() {
            match (line.strip_prefix("jqlx> "), shown.last_mut()) {
                (Some(typed), _) => shown.push((typed.to_owned(), Vec::new())),
                (None, Some((_, output))) => output.push(line),
                (None, None) => panic!("output without a question: {line}"),
            }
        }
        for (typed, output) in shown {
            assert!(!output.is_empty(), "nothing is shown below {typed}");
            let run = piped(&typed).ok();
            let mut printed = run.out.lines();
            for line in output {
                assert!(printed.any(|l| l == line), "{typed}\nshows\n{line}\nbut prints\n{}", run.out);
                lines += 1;
            }
        }
    }
    assert!(lines > 20, "only {lines} lines");
}

/// The queries that help itself shows can be run.
#[test]
fn examples_of_the_help_run() {
    let topics = piped("\\help").ok().out;
    let topics: Vec<&str> = topics.lines().filter_map(|l| l.strip_prefix("  \\help ")?.split(' ').next()).collect();
    let mut queries = 0;
    for topic in topics.into_iter().filter(|topic| !topic.starts_with('[')) {
        let help = piped(&format!("\\help {topic}")).ok().out;
        for line in help.lines().filter(|line| line.starts_with("  ") && topic != "columns") {
            let run = piped(&format!("\\set who=alice\n{line}"));
            assert_eq!(run.code, Some(0), "\\help {topic}: {line}\n{}", run.err);
            queries += 1;
        }
    }
    assert!(queries >= 8, "only {queries} queries");
}

#[test]
fn statements_of_a_pipe_all_run_and_one_that_fails_is_told_by_the_code() {
    let run = piped(
        "\\format csv\nproject = PAY SHOW key ORDER BY key LIMIT 1; status = Dnoe\n\nproject = OPS SHOW key\nORDER BY key LIMIT 1",
    );
    assert_eq!(run.code, Some(1));
    assert_eq!(run.out, "key\nPAY-1\nkey\nOPS-1\n");
    assert!(run.err.contains("jqlx::bind::unknown_value") && run.err.contains("did you mean Done?"), "{}", run.err);
    assert_eq!(piped("").code, Some(0));
    assert_eq!(piped("\\quit\nnonsense nonsense").code, Some(0));
    assert!(piped("help\n\nexit;\nnonsense").ok().out.contains("\\help events"));
}

#[test]
fn commands_that_are_wrong_say_what_is_right() {
    for (line, said) in [
        ("\\fromat csv", "did you mean \\format?"),
        ("\\format xls", "table, json"),
        ("\\output x.xls", "no format goes by the extension"),
        ("\\source --data", "write it as \\source"),
        ("\\source --data /nowhere", "There is no folder /nowhere"),
        ("\\set who", "name=value"),
        ("\\unset who", "there is no parameter $who"),
        ("\\help asignee", "assignee"),
        ("\\timing maybe", "on or off"),
        ("\\saved \"Reopend again\"", "did you mean Reopened again?"),
        ("\\explain status = Dnoe", "did you mean Done?"),
        ("\\", "\\help lists the commands"),
    ] {
        let run = piped(&format!("{line}\nproject = PAY SHOW key ORDER BY key LIMIT 1"));
        assert_eq!(run.code, Some(1), "{line}");
        assert!(run.err.contains(said), "{line}: {}", run.err);
        assert!(run.out.contains("PAY-1"), "the session goes on behind {line}: {}", run.out);
    }
}

#[test]
fn commands_change_the_session() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.csv");
    let run = piped(&format!(
        "\\set who=mallory\n\\params\nACTIVITY WHERE comment DELETED BY $who SHOW actor LIMIT 1\n\\output {}\nproject = PAY SHOW key ORDER BY key LIMIT 1\n\\output\n\\format\n\\saved My open bugs\n\\source --data {}\n\\source\n\\history mallory\n\\verbs vote\n",
        path(&file),
        path(demo()),
    ));
    // The saved query asks for the user, whom nobody named.
    assert!(run.err.contains("jqlx::bind::no_user"), "{}", run.err);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "key\nPAY-1\n");
    for line in ["$who = mallory", "mallory", "table", "\\set who=mallory"] {
        assert!(run.out.lines().any(|l| l == line), "{line}: {}", run.out);
    }
    assert!(run.out.contains(&format!("--data {}", path(demo()))) && run.out.contains("A vote for an issue."), "{}", run.out);
}

/// Bytes that are no statements neither end the process with a panic nor with success.
#[test]
fn noise_is_refused() {
    for noise in [
        "\u{0}\u{1}\u{7f};;;\u{fffd}",
        "((((((((((",
        "\\help \u{0}",
        "\"\n\n\n",
        "\\complete \\complete \\complete",
        "\\set =\n\\set a=b=c",
    ] {
        let run = piped(noise);
        assert!(matches!(run.code, Some(0 | 1)), "{noise:?}: {:?} {}", run.code, run.err);
    }
    let run = run_with_input(&["repl", "--demo"], b"project = PAY\xff\n");
    assert_eq!(run.code, Some(1));
    assert!(run.err.contains("not UTF-8"), "{}", run.err);
}

/// The program in a terminal that `script` makes. It answers as a terminal does when it is asked for its cursor.
struct Typed {
    child: Child,
    stdin: Arc<Mutex<std::process::ChildStdin>>,
    screen: Arc<Mutex<String>>,
}

impl Typed {
    /// None where there is no `script` as Linux has it.
    fn start(arguments: &str, environment: &[(&str, &str)]) -> Option<Self> {
        let known = Command::new("script").arg("--version").output();
        if !known.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("util-linux")) {
            println!("skipped: there is no `script` of util-linux");
            return None;
        }
        let mut command = Command::new("script");
        command.args(["-qec", &format!("stty cols 100 rows 40; exec {} {arguments}", env!("CARGO_BIN_EXE_jqlx")), "/dev/null"]);
        for (name, value) in jqlx().get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command.env("TERM", "xterm").envs(environment.iter().copied());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let stdin = Arc::new(Mutex::new(child.stdin.take().unwrap()));
        let screen = Arc::new(Mutex::new(String::new()));
        let (mut stdout, answers, seen) = (child.stdout.take().unwrap(), stdin.clone(), screen.clone());
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(read @ 1..) = stdout.read(&mut bytes) {
                let text = String::from_utf8_lossy(&bytes[..read]).into_owned();
                for _ in text.matches("\u{1b}[6n") {
                    let _ = answers.lock().unwrap().write_all(b"\x1b[1;1R");
                }
                seen.lock().unwrap().push_str(&text);
            }
        });
        Some(Self { child, stdin, screen })
    }

    fn keys(&self, keys: &str) {
        let mut stdin = self.stdin.lock().unwrap();
        stdin.write_all(keys.as_bytes()).unwrap();
        stdin.flush().unwrap();
    }

    /// Waits until a text has come since the last wait.
    fn wait(&self, text: &str) {
        let start = Instant::now();
        loop {
            let mut screen = self.screen.lock().unwrap();
            let plain = without_colours(&screen);
            if plain.contains(text) {
                screen.clear();
                return;
            }
            assert!(start.elapsed() < Duration::from_secs(20), "{text} did not come: {plain}");
            drop(screen);
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn end(mut self) -> Option<i32> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            if start.elapsed() > Duration::from_secs(20) {
                let _ = self.child.kill();
                panic!("it did not end: {}", self.screen.lock().unwrap());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// The text without the sequences that move and colour.
fn without_colours(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        out.push_str(before);
        rest = match after.strip_prefix('[') {
            Some(sequence) => {
                let end = sequence.find(|c: char| c.is_ascii_alphabetic() || c == '~').map_or(sequence.len(), |at| at + 1);
                &sequence[end..]
            }
            None => after,
        };
    }
    out + rest
}

#[test]
fn a_person_types_completes_and_leaves() {
    let folder = tempfile::tempdir().unwrap();
    let data = [("XDG_DATA_HOME", path(folder.path())), ("PAGER", "cat")];
    let Some(typed) = Typed::start("repl --demo", &data) else { return };
    typed.wait("jqlx> ");
    // The one that fits is taken by Tab.
    typed.keys("ACTIVITY WHERE worklog DELE\t");
    typed.wait("DELETED");
    typed.keys("SHOW time, actor LIMIT 2\r");
    typed.wait("2 rows");
    // What is not whole goes on, and Ctrl-C clears it.
    typed.keys("status =\r");
    typed.wait("...");
    typed.keys("\u{3}");
    typed.wait("jqlx> ");
    typed.keys("status = Dnoe\r");
    typed.wait("did you mean Done?");
    typed.keys("\u{4}");
    assert_eq!(typed.end(), Some(0));
    let history = std::fs::read_to_string(folder.path().join("jqlx/history.txt")).unwrap();
    assert!(history.contains("ACTIVITY WHERE worklog DELETED"), "{history}");
}

/// A question over many events is stopped at once, and the session goes on.
#[test]
fn an_interrupt_stops_the_question_and_keeps_the_session() {
    let dataset = super::copy_of_demo();
    super::rewrite(dataset.path(), "events", |batch| {
        let many = vec![batch; 100];
        datafusion::arrow::compute::concat_batches(&many[0].schema(), &many).unwrap()
    });
    let home = tempfile::tempdir().unwrap();
    let arguments = format!("repl --data {} --now 2026-06-15T12:00:00Z", path(dataset.path()));
    let Some(typed) = Typed::start(&arguments, &[("XDG_DATA_HOME", path(home.path()))]) else { return };
    typed.wait("jqlx> ");
    typed.keys("ACTIVITY WHERE changed AFTER -900d TIMES >= 3 DISTINCT actor WITHIN 52w SAME product SHOW count()\r");
    std::thread::sleep(Duration::from_millis(700));
    let start = Instant::now();
    typed.keys("\u{3}");
    typed.wait("interrupted");
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    typed.keys("project = PAY SHOW key ORDER BY key LIMIT 1\r");
    typed.wait("PAY-1");
    typed.keys("\\quit\r");
    assert_eq!(typed.end(), Some(0));
}

#[test]
fn a_history_that_cannot_be_written_is_a_warning() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let Some(typed) = Typed::start("repl --demo", &[("XDG_DATA_HOME", path(file.path()))]) else { return };
    typed.wait("will be forgotten");
    typed.keys("project = PAY SHOW key ORDER BY key LIMIT 1\r");
    typed.wait("PAY-1");
    typed.keys("\\quit\r");
    assert_eq!(typed.end(), Some(0));
}
