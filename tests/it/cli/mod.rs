//! The binary, as a user and as a script see it.

mod commands;
mod docs;
mod examples;
mod formats;
mod house;
mod import;
mod parameters;
mod recipes;
mod refusals;
mod repl;
mod settings;
mod statistics;
mod stopping;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use datafusion::arrow::record_batch::RecordBatch;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tempfile::TempDir;

/// What one run of the program did.
#[derive(Debug)]
pub struct Run {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Run {
    /// The run's output; it must have succeeded.
    pub fn ok(self) -> Self {
        assert_eq!(self.code, Some(0), "{}\n{}", self.out, self.err);
        self
    }

    /// The rows of NDJSON output.
    pub fn rows(&self) -> Vec<serde_json::Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}"))).collect()
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

/// The program, with an environment that tells it nothing.
pub fn jqlx() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jqlx"));
    // The configuration of who runs the tests is not theirs.
    command.env("JQLX_CONFIG", "");
    for name in [
        "JQLX_THREADS",
        "JQLX_TZ",
        "JQLX_USER",
        "JQLX_DATA",
        "JQLX_STORE",
        "NO_COLOR",
        "CLICOLOR",
        "CLICOLOR_FORCE",
        "COLUMNS",
        "TERM",
        "RUST_BACKTRACE",
    ] {
        command.env_remove(name);
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    // Nor is their store. No test makes one where this points to, so that it never is there.
    command.env("XDG_DATA_HOME", folder.join("no-data"));
    command.env("XDG_CACHE_HOME", folder.join("cache")).stdin(Stdio::null());
    command
}

/// Runs the program.
pub fn run(arguments: &[&str]) -> Run {
    jqlx().args(arguments).output().unwrap().into()
}

/// Runs the program with a text at stdin.
pub fn run_with_input(arguments: &[&str], input: &[u8]) -> Run {
    use std::io::Write;
    let mut child = jqlx().args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output.into()
}

/// The sample dataset, written once a test run.
pub fn demo() -> &'static Path {
    static DEMO: OnceLock<TempDir> = OnceLock::new();
    let folder = DEMO.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        run(&["demo", path(&folder.path().join("demo"))]).ok();
        folder
    });
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| folder.path().join("demo"))
}

/// A path as an argument.
pub fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A copy of the sample dataset that a test may spoil.
pub fn copy_of_demo() -> TempDir {
    fn copy(from: &Path, to: &Path) {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            let to = to.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                copy(&entry.path(), &to);
            } else {
                std::fs::copy(entry.path(), to).unwrap();
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    copy(demo(), folder.path());
    folder
}

/// The Parquet files of a table, in a folder or beside the others.
pub fn files_of(dataset: &Path, table: &str) -> Vec<PathBuf> {
    fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, files);
            } else if path.extension().is_some_and(|e| e == "parquet") {
                files.push(path);
            }
        }
    }
    let mut files = Vec::new();
    if dataset.join(table).is_dir() {
        walk(&dataset.join(table), &mut files);
    }
    let single = dataset.join(format!("{table}.parquet"));
    if single.is_file() {
        files.push(single);
    }
    assert!(!files.is_empty(), "{} has no {table}", dataset.display());
    files
}

/// Writes a table's files anew, each batch changed.
pub fn rewrite(dataset: &Path, table: &str, change: impl Fn(RecordBatch) -> RecordBatch) {
    for file in files_of(dataset, table) {
        let builder = ParquetRecordBatchReaderBuilder::try_new(std::fs::File::open(&file).unwrap()).unwrap();
        let schema = builder.schema().clone();
        let mut batches: Vec<RecordBatch> = builder.build().unwrap().map(|batch| change(batch.unwrap())).collect();
        if batches.is_empty() {
            batches.push(change(RecordBatch::new_empty(schema)));
        }
        let mut writer = ArrowWriter::try_new(std::fs::File::create(&file).unwrap(), batches[0].schema(), None).unwrap();
        for batch in &batches {
            writer.write(batch).unwrap();
        }
        writer.close().unwrap();
    }
}

/// A run as a snapshot: what was typed, what came back, paths left out.
pub fn snapshot(name: &str, typed: &str, run: &Run, hidden: &[(&str, &str)]) {
    let mut text = format!("$ jqlx {typed}\nexit {}\n", run.code.unwrap_or(-1));
    for (title, stream) in [("stdout", &run.out), ("stderr", &run.err)] {
        if !stream.is_empty() {
            text.push_str(&format!("--- {title}\n{stream}"));
        }
    }
    for (from, to) in hidden {
        text = text.replace(from, to);
    }
    insta::with_settings!({
        snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/cli"),
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, { insta::assert_snapshot!(name, text) });
}
