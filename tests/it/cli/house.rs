//! Rules of the house that a text search can hold.

use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

#[test]
fn the_map_names_every_folder() {
    let map = std::fs::read_to_string(root().join("docs/ARCHITECTURE.md")).unwrap();
    for entry in std::fs::read_dir(root().join("src")).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            let name = format!("`src/{}`", entry.file_name().to_str().unwrap());
            assert!(map.contains(&name), "docs/ARCHITECTURE.md does not name {name}");
        }
    }
}

#[test]
fn only_the_command_line_uses_the_crates_of_the_feature_cli() {
    let mut files = Vec::new();
    rust_files(&root().join("src"), &mut files);
    let files = files.iter().filter(|file| !file.starts_with(root().join("src/cli")));
    for file in files {
        let text = std::fs::read_to_string(file).unwrap();
        for word in [
            "clap::",
            "clap_complete::",
            "anstream::",
            "anstyle::",
            "etcetera::",
            "indicatif::",
            "reedline::",
            "terminal_size::",
            "tokio::signal",
        ] {
            assert!(
                !text.contains(word),
                "{} uses {word}, which the library does not have without the feature cli",
                file.display()
            );
        }
    }
}

#[test]
fn syntax_knows_nothing_of_data_and_plans() {
    let mut files = Vec::new();
    rust_files(&root().join("src/syntax"), &mut files);
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        for word in ["datafusion", "crate::catalog", "crate::semantic", "crate::data", "std::fs"] {
            let used = text.lines().any(|line| !line.trim_start().starts_with("//") && line.contains(word));
            assert!(!used, "{} uses {word}", file.display());
        }
    }
}

#[test]
fn the_cached_sample_is_known_by_all_that_makes_it() {
    let cache = std::fs::read_to_string(root().join("src/cli/demo.rs")).unwrap();
    let mut files = Vec::new();
    rust_files(&root().join("src/data/demo"), &mut files);
    for file in files {
        let name = format!("../data/demo/{}", file.strip_prefix(root().join("src/data/demo")).unwrap().display());
        assert!(cache.contains(&name), "src/cli/demo.rs does not count {name} in its fingerprint");
    }
}
