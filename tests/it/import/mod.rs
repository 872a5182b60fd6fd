//! Importing files.

mod audit;
mod beside;
mod columns;
mod damage;
mod fields;
mod mutated;
mod real;
mod samples;
mod shapes;
mod streams;
mod tables;
mod webhooks;
mod words;

use std::fs;
use std::path::{Path, PathBuf};

use jqlx::source::files::{ImportError, ImportOptions, ImportSummary, NoProgress, import};

/// A folder for inputs and the output of one import.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, content).expect("a file");
        path
    }

    fn out(&self) -> PathBuf {
        self.0.path().join("out")
    }

    fn import(&self, inputs: &[PathBuf]) -> Result<ImportSummary, ImportError> {
        self.import_with(inputs, &ImportOptions { replace: true, ..ImportOptions::default() })
    }

    fn import_with(&self, inputs: &[PathBuf], options: &ImportOptions) -> Result<ImportSummary, ImportError> {
        import(inputs, &self.out(), options, &NoProgress)
    }

    /// Imports what is to succeed.
    fn good(&self, inputs: &[PathBuf]) -> ImportSummary {
        self.import(inputs).unwrap_or_else(|e| panic!("{e}: {:#?}", e.diagnostics()))
    }
}

fn gzip(content: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(content).expect("memory takes all");
    encoder.finish().expect("memory takes all")
}

/// An issue on one line.
fn issue(id: u32, key: &str) -> String {
    format!(
        r#"{{"id":"{id}","key":"{key}","fields":{{"summary":"S","created":"2020-01-01T00:00:00.000+0000","updated":"2020-01-02T00:00:00.000+0000"}}}}"#
    )
}

fn relative(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}
