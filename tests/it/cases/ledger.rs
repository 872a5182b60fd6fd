//! The shared cases and the ledger of those that pass. The cases themselves are not part of this repository.
//!
//! `JQLX_UPDATE_LEDGER=1` writes the ledger anew.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jqlx::cases::{Case, Refusal, Verdict};

/// Where the shared cases are, if they are at hand.
pub fn shared() -> PathBuf {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let folder = std::env::var_os("JQLX_SHARED").map_or(beside, PathBuf::from);
    folder.join("reference/semantics-cases.jsonl")
}

#[test]
fn shared_cases_do_not_regress() {
    let Ok(text) = std::fs::read_to_string(shared()) else {
        eprintln!("skipped: no shared cases at {}", shared().display());
        return;
    };
    let (mut now, mut reasons) = (BTreeMap::new(), BTreeMap::new());
    super::runtime().block_on(async {
        for line in text.lines() {
            let case = Case::parse(line).unwrap_or_else(|e| panic!("{e}: {line}"));
            let verdict = match case.run().await {
                // A refusal for want of an implementation is no proof that the query is wrong.
                Verdict::Pass if refused_for_now(&case).await => "fail",
                Verdict::Pass => "pass",
                Verdict::Fail { expected, got } => {
                    reasons.insert(case.id.clone(), format!("{}: expected {expected}, got {got}", case.query));
                    "fail"
                }
            };
            now.insert(case.id.clone(), verdict.to_string());
        }
    });
    let path = super::folder().join("ledger.txt");
    let written: String = now.iter().map(|(id, verdict)| format!("{id} {verdict}\n")).collect();
    if std::env::var_os("JQLX_UPDATE_LEDGER").is_some() {
        std::fs::write(&path, &written).expect("the ledger can be written");
    }
    let ledger = std::fs::read_to_string(&path).unwrap_or_default();
    let before: BTreeMap<&str, &str> = ledger.lines().filter_map(|l| l.split_once(' ')).collect();
    for (id, reason) in &reasons {
        eprintln!("{id} {reason}");
    }
    let lost: Vec<&String> =
        now.iter().filter(|(id, v)| *v == "fail" && before.get(id.as_str()) == Some(&"pass")).map(|(id, _)| id).collect();
    let won = now.iter().filter(|(id, v)| *v == "pass" && before.get(id.as_str()) != Some(&"pass")).count();
    let passed = now.values().filter(|v| *v == "pass").count();
    eprintln!("{passed} of {} shared cases pass, {won} more than the ledger says", now.len());
    assert!(lost.is_empty(), "no longer passing: {lost:?}");
}

async fn refused_for_now(case: &Case) -> bool {
    let mut case = case.clone();
    case.error = case.error.map(|_| Refusal::Code("jqlx::bind::not_yet".to_string()));
    case.error.is_some() && case.run().await == Verdict::Pass
}
