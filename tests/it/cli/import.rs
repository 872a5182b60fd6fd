//! `jqlx import` as a command; what it makes of records is tested beside the importer.

use super::{path, run};

fn issue(key: &str, id: u64) -> String {
    format!(
        r#"{{"id": "{id}", "key": "{key}", "fields": {{"summary": "Card number shown", "project": {{"key": "PAY", "name": "Payments"}}, "issuetype": {{"name": "Bug"}}, "status": {{"name": "Done", "statusCategory": {{"name": "Done"}}}}, "created": "2026-05-01T09:00:00.000+0000", "updated": "2026-05-02T09:00:00.000+0000", "labels": ["security"]}}, "changelog": {{"histories": [{{"id": "{id}1", "created": "2026-05-02T09:00:00.000+0000", "author": {{"accountId": "u1", "displayName": "Alice Adams"}}, "items": [{{"field": "status", "fieldId": "status", "from": "1", "fromString": "Open", "to": "2", "toString": "Done"}}]}}]}}}}"#
    )
}

#[test]
fn an_import_can_be_asked() {
    let folder = tempfile::tempdir().unwrap();
    let (file, data) = (folder.path().join("issues.ndjson"), folder.path().join("data"));
    std::fs::write(&file, format!("{}\n{}\n", issue("PAY-1", 1), issue("PAY-2", 2))).unwrap();
    let import = run(&["import", path(&file), "--data", path(&data)]).ok();
    assert_eq!(import.out, "");
    assert!(import.err.starts_with("2 issues and "), "{}", import.err);
    let query =
        run(&["query", "--data", path(&data), "--format", "ndjson", "status CHANGED TO Done BY \"Alice Adams\" ORDER BY key"]).ok();
    let keys: Vec<_> = query.rows().iter().map(|row| row["key"].as_str().unwrap().to_owned()).collect();
    assert_eq!(keys, ["PAY-1", "PAY-2"]);
}

#[test]
fn bad_records_are_named_and_do_not_end_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let (file, data) = (folder.path().join("issues.ndjson"), folder.path().join("data"));
    std::fs::write(&file, format!("{}\n{{\"key\": 7}}\n{}\n", issue("PAY-1", 1), issue("PAY-2", 2))).unwrap();
    let import = run(&["import", path(&file), "--data", path(&data)]).ok();
    assert!(import.err.contains("issues.ndjson, line 2"), "{}", import.err);
    assert!(import.err.contains("1 bad record left out"), "{}", import.err);
}

#[test]
fn an_import_does_not_write_over_data_unless_it_is_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let (file, data) = (folder.path().join("issues.ndjson"), folder.path().join("data"));
    std::fs::write(&file, issue("PAY-1", 1)).unwrap();
    run(&["import", path(&file), "--data", path(&data)]).ok();
    let again = run(&["import", path(&file), "--data", path(&data)]);
    assert_eq!(again.code, Some(1));
    assert!(again.err.contains("--replace"), "{}", again.err);
    run(&["import", path(&file), "--data", path(&data), "--replace"]).ok();
}

#[test]
fn files_that_cannot_be_imported_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let missing = run(&["import", "/no/such/file.json", "--data", path(&data)]);
    assert_eq!(missing.code, Some(1));
    assert!(missing.err.contains("jqlx::import::") && missing.err.contains("/no/such/file.json"), "{}", missing.err);
    let file = folder.path().join("noise.json");
    std::fs::write(&file, [0_u8, 159, 146, 150]).unwrap();
    let noise = run(&["import", path(&file), "--data", path(&data)]);
    assert_eq!(noise.code, Some(1));
    assert!(noise.err.contains("jqlx::import::"), "{}", noise.err);
    assert!(!data.exists(), "a refused import leaves nothing");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_nothing_behind() {
    // A limit on the size of files stands in for the full disk: writing fails in the middle.
    let folder = tempfile::tempdir().unwrap();
    let (file, data) = (folder.path().join("issues.ndjson"), folder.path().join("data"));
    let lines: Vec<String> = (0..2_000).map(|i| issue(&format!("PAY-{i}"), i)).collect();
    std::fs::write(&file, lines.join("\n")).unwrap();
    let script = format!("ulimit -f 8; trap '' XFSZ; exec \"$0\" import '{}' --data '{}'", file.display(), data.display());
    let output = std::process::Command::new("sh").args(["-c", &script, env!("CARGO_BIN_EXE_jqlx")]).output().unwrap();
    let run: super::Run = output.into();
    assert_eq!(run.code, Some(1), "{}{}", run.out, run.err);
    assert!(run.err.contains("jqlx::"), "{}", run.err);
    assert!(!run.err.contains("panicked"), "{}", run.err);
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["issues.ndjson"]);
}

#[test]
fn an_answer_without_records_is_nothing_new() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = folder.path().join("store");
    for (name, text) in [("page.json", "{\"issues\":[],\"total\":0}"), ("list.json", "[]")] {
        let file = folder.path().join(name);
        std::fs::write(&file, text).expect("written");
        let imported = run(&["import", path(&file), "--store", path(&store)]).ok();
        assert_eq!(imported.out, "", "{name}");
        assert!(imported.err.contains("nothing new"), "{name}: {}", imported.err);
        // A folder of Parquet without tables would be none.
        let data = folder.path().join("data");
        assert_eq!(run(&["import", path(&file), "--data", path(&data)]).code, Some(1), "{name}");
    }
}

#[test]
fn replace_goes_with_a_folder_of_parquet_only() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(run(&["import", "--replace", "x.json", "--store", path(folder.path())]).code, Some(2));
}
