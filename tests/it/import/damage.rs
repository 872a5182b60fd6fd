//! Inputs that are damaged, odd or not what they should be: named, counted, and never the end.

use std::fs;

use jqlx::source::files::{ImportError, ImportOptions, ImportSummary, Progress, import};

use super::{Place, gzip, issue, relative};
use crate::support::{Rows, snapshots};

/// Place and reason of each problem.
fn problems(summary: &ImportSummary) -> Vec<String> {
    let shown = |p: &jqlx::source::files::Problem| {
        let element = p.element.map(|e| format!(" element {e}")).unwrap_or_default();
        let record = p.record.as_ref().map(|r| format!(" {r}")).unwrap_or_default();
        format!("{}:{}{element} @{}{record}: {}", relative(&p.file), p.line, p.offset, p.reason)
    };
    summary.problems.iter().map(shown).collect()
}

#[test]
fn bad_lines_are_named_and_skipped() {
    let place = Place::new();
    let (a, b, c) = (issue(1, "A-1"), issue(2, "A-2"), issue(3, "A-3"));
    let lines = [
        a.as_str(),
        r#"{"id":"9","key":"A-9","fields":{"summary":"cut"#,
        r#"{"id":"9","key":"A-9","fields":"#,
        r#"{"id":"9" "key":"A-9"}"#,
        "garbage",
        b.as_str(),
        r#"{"id":"9","key":"A-9","fields":{"summary":"\x"}}"#,
        r#"{"id":"9","key":"A-9","fields":[]}"#,
        r#"{"id":"nine","key":"A-9","fields":{}}"#,
        r#"{"id":"9","key":"A-9","fields":{}}"#,
        r#"{"id":"9","key":"A-9","fields":{"created":"yesterday"}}"#,
        r#"{"id":"9","key":"A-9","fields":{"created":"0001-01-01T00:00:00Z"}}"#,
        r#"{"colour":"blue","size":4}"#,
        "[]",
        "7",
        "{}",
        c.as_str(),
        r#"{"id":"9","key":"A-9","fields":{"summary":"the last line is cut"#,
    ];
    let file = place.file("lines.ndjson", lines.join("\n"));
    let summary = place.good(&[file]);
    snapshots("import").bind(|| insta::assert_snapshot!("bad_lines", problems(&summary).join("\n")));
    assert_eq!(Rows::of(&place.out(), "issues").column("key"), ["A-1", "A-2", "A-3"]);
}

#[test]
fn a_broken_element_costs_itself() {
    let place = Place::new();
    let elements = [
        issue(1, "A-1"),
        r#"{"id":"9","key":"A-9","fields":{"summary":}}"#.into(),
        r#"{"id":"9",,"key":"A-9"}"#.into(),
        issue(2, "A-2"),
        "null".into(),
        issue(3, "A-3"),
    ];
    let list = format!("[{}]", elements.join(","));
    let page = format!(r#"{{"total":6,"issues":[{}],"names":{{}}}}"#, elements.join(",\n"));
    for (name, content) in [("list.json", list), ("page.json", page)] {
        let summary = place.good(&[place.file(name, &content)]);
        assert_eq!((summary.bad_records, summary.counts.issues), (3, 3), "{:#?}", problems(&summary));
        let elements: Vec<_> = summary.problems.iter().map(|p| p.element).collect();
        assert_eq!(elements, [Some(2), Some(3), Some(5)]);
        for problem in &summary.problems {
            let at = usize::try_from(problem.offset).expect("a small file");
            assert!(content[at..].starts_with(['{', 'n']), "offset of {problem}");
        }
    }
}

#[test]
fn invalid_utf8_costs_its_record() {
    let place = Place::new();
    let mut bytes = issue(1, "A-1").into_bytes();
    bytes.push(b'\n');
    bytes.extend(issue(2, "A-2").replace("\"S\"", "\"S@\"").bytes().map(|b| if b == b'@' { 0xff } else { b }));
    bytes.push(b'\n');
    bytes.extend(issue(3, "A-3").bytes());
    let summary = place.good(&[place.file("latin1.ndjson", bytes)]);
    assert_eq!((summary.counts.issues, summary.bad_records), (2, 1));
    assert_eq!(summary.problems[0].line, 2);
    assert!(summary.problems[0].reason.contains("unicode"), "{}", summary.problems[0]);
}

#[test]
fn a_truncated_archive_gives_what_it_has() {
    let place = Place::new();
    // Incompressible, so that the cut is far from the start.
    let noise: String = (0..40_000_u64).map(|n| char::from(b'a' + (n.wrapping_mul(0x9e37_79b9) >> 7) as u8 % 26)).collect();
    let mut lines = String::new();
    for n in 1..=40 {
        let text = &noise[n * 900..n * 900 + 900];
        lines.push_str(&issue(n as u32, &format!("A-{n}")).replace("\"S\"", &format!("\"{text}\"")));
        lines.push('\n');
    }
    let packed = gzip(lines.as_bytes());
    let summary = place.good(&[place.file("cut.ndjson.gz", &packed[..packed.len() / 2]), place.file("b.ndjson", issue(99, "B-1"))]);
    assert_eq!(summary.bad_records, 1, "{:#?}", problems(&summary));
    assert!(summary.counts.issues > 5 && summary.counts.issues < 40, "{}", summary.counts.issues);
    assert!(summary.problems[0].reason.contains("cannot be read further"), "{}", summary.problems[0]);
    assert!(Rows::of(&place.out(), "issues").column("key").contains(&"B-1".to_owned()), "the next file is read");
}

#[test]
fn empty_files_are_told() {
    let place = Place::new();
    let good = place.file("good.ndjson", issue(1, "A-1"));
    let files = [place.file("empty.json", ""), place.file("blank.json", " \n\n "), place.file("empty.gz", gzip(b"")), good];
    let summary = place.good(&files);
    assert_eq!((summary.bad_records, summary.counts.issues), (3, 1));
    assert!(summary.problems.iter().all(|p| p.reason == "the file is empty"));
    // An empty answer is no damage.
    let summary = place.good(&[place.file("none.json", r#"{"total":0,"issues":[]}"#), files[3].clone()]);
    assert_eq!(summary.bad_records, 0);
}

#[test]
fn wrong_types_cost_the_value() {
    let place = Place::new();
    let odd = r#"{"id":1,"key":"A-1","fields":{"created":1577836800000,"updated":"2020-13-01T00:00:00Z","summary":7,
        "labels":"one","assignee":"bob","duedate":"soon","status":{"id":1},"timespent":"much","fixVersions":[7],"issuelinks":[{}],
        "comment":{"total":3,"comments":["what",{"id":"1","created":"never"},{"id":"2","created":"2020-01-01T00:00:00Z","body":{"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":"Rich"}]}]}}]}},
        "changelog":{"total":50,"histories":[{"id":"5","created":"1066-10-14T00:00:00Z","items":[]},{"id":"6","created":"2020-01-01T00:00:00Z","items":[7,{"to":"x"},{"field":"priority","to":3,"toString":"Major"}]}]}}"#;
    let summary = place.good(&[place.file("odd.json", odd)]);
    assert_eq!((summary.counts.issues, summary.bad_records), (1, 0));
    snapshots("import").bind(|| insta::assert_snapshot!("wrong_types", problems(&summary).join("\n")));
    let events = Rows::of(&place.out(), "events");
    assert_eq!(events.select(&["text"], &[("entity", "comment")]), [["Rich"]]);
    assert_eq!(events.select(&["to_value", "to_id"], &[("field", "priority")]), [["Major", "3"]]);
}

#[test]
fn what_is_not_known_is_refused_by_name() {
    let place = Place::new();
    let webhook = r#"{"timestamp":1,"webhookEvent":"jira:flux_inverted","issue":{"id":"1","key":"A-1","fields":{}}}"#;
    let audit = r#"{"offset":0,"records":[{"id":1,"summary":"User created","created":"when?","category":"user management"}]}"#;
    let error = place.import(&[place.file("hook.json", webhook), place.file("audit.json", audit)]);
    let Err(ImportError::Nothing(summary)) = &error else { panic!("{error:?}") };
    assert_eq!(summary.bad_records, 2);
    assert!(summary.problems[0].reason.contains("jira:flux_inverted"), "{}", summary.problems[0]);
    assert!(summary.problems[1].reason.contains("when?"), "{}", summary.problems[1]);
    let codes: Vec<_> = error.as_ref().expect_err("an error").diagnostics().iter().map(|d| d.code.name).collect();
    assert_eq!(codes, ["jqlx::import::nothing", "jqlx::import::bad_record", "jqlx::import::bad_record"]);
    assert!(!place.out().exists());
}

#[test]
fn two_sites_are_not_mixed() {
    let place = Place::new();
    let other = issue(1, "B-1").replace("2020-01-01", "2019-05-05");
    let summary = place.good(&[place.file("a.ndjson", format!("{}\n{other}\n", issue(1, "A-1")))]);
    assert_eq!((summary.counts.issues, summary.bad_records), (1, 1));
    assert!(summary.problems[0].reason.contains("folder of its own"));
    assert_eq!(Rows::of(&place.out(), "issues").column("key"), ["A-1"]);
}

#[test]
fn files_that_cannot_be_read_stop_the_run_before_it_writes() {
    let place = Place::new();
    let good = place.file("good.ndjson", issue(1, "A-1"));
    place.good(std::slice::from_ref(&good));
    for bad in [place.0.path().join("absent.json"), place.0.path().to_owned()] {
        let error = place.import(&[good.clone(), bad]).expect_err("it cannot be read");
        assert_eq!(error.code().name, "jqlx::import::unreadable");
    }
    assert_eq!(Rows::of(&place.out(), "issues").len(), 1, "the former data is there");
    let error = place.import_with(&[good], &ImportOptions::default()).expect_err("it exists");
    assert_eq!(error.code().name, "jqlx::data::exists");
    assert_eq!(fs::read_dir(place.0.path()).expect("a folder").count(), 2);
}

#[test]
fn problems_are_counted_beyond_those_that_are_kept() {
    let place = Place::new();
    let lines = format!("{}\n{}", issue(1, "A-1"), "{\"no\":1}\n".repeat(50));
    let options = ImportOptions { replace: true, problems: 3, ..ImportOptions::default() };
    let summary = place.import_with(&[place.file("many.ndjson", lines)], &options).expect("one is good");
    assert_eq!((summary.bad_records, summary.problems.len(), summary.records), (50, 3, 51));
}

#[test]
fn progress_ends_at_the_size_of_the_files() {
    #[derive(Default)]
    struct Watch(std::cell::RefCell<Vec<(u64, u64)>>);
    impl Progress for Watch {
        fn bytes(&self, done: u64, total: u64) {
            self.0.borrow_mut().push((done, total));
        }
        fn records(&self, _done: u64) {}
        fn stage(&self, _name: &str) {}
    }
    let place = Place::new();
    let lines: String = (1..2000).map(|n| issue(n, &format!("A-{n}")) + "\n").collect();
    let file = place.file("a.ndjson.gz", gzip(lines.as_bytes()));
    let size = fs::metadata(&file).expect("a file").len();
    let watch = Watch::default();
    import(&[file], &place.out(), &ImportOptions::default(), &watch).expect("it is good");
    let seen = watch.0.into_inner();
    assert_eq!(seen.last(), Some(&(size, size)));
    assert!(seen.is_sorted() && seen.iter().all(|(done, total)| done <= total));
}
