//! The examples are run. Cargo has built them beside this test, with the same dependencies.

use std::path::PathBuf;
use std::process::Command;

use super::{demo, path};

/// `target/debug/examples/NAME`, two folders up from the program.
fn example(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_BIN_EXE_jqlx")).parent().unwrap().join("examples");
    let file = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(file.is_file(), "{} is not built; `cargo test` builds it, `cargo test --test it` alone does not", file.display());
    file
}

#[test]
fn embed_streams_an_answer() {
    for arguments in [vec![], vec![path(demo())]] {
        let run: super::Run = Command::new(example("embed")).args(&arguments).output().unwrap().into();
        let run = run.ok();
        let (count, rest) = run.out.split_once(" comments deleted\n").unwrap();
        assert!(count.parse::<u32>().unwrap() > 0, "{}", run.out);
        assert_eq!(rest, format!("10 columns, {count} rows\n"));
    }
}

#[test]
fn dataframe_goes_on_with_datafusion() {
    let run: super::Run = Command::new(example("dataframe")).arg(path(demo())).output().unwrap().into();
    let run = run.ok();
    assert!(run.out.contains("| actor") && run.out.contains("| comments |"), "{}", run.out);
}
