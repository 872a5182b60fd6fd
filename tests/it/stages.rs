//! Each file of `tests/queries` through every stage over the demo dataset: canonical text, meaning, plan and rows, or the
//! refusal. The snapshot holds all of them, so that a change shows where it began.

use futures::TryStreamExt;
use jqlx::diagnostic::Report;
use jqlx::{Engine, Error, Options, Parameters, data, syntax};

async fn stages(engine: &Engine, text: &str) -> String {
    let text = text.trim();
    let canonical = syntax::print(&syntax::parse(text, syntax::Dialect::Jqlx).query);
    let mut out = format!("{text}\n\n--- canonical\n{canonical}\n");
    match answer(engine, text).await {
        Ok(answer) => out.push_str(&answer),
        Err(Error::Query(report)) => out.push_str(&format!("\n--- refused\n{}", drawn(&report))),
        Err(other) => out.push_str(&format!("\n--- failed\n{other}\n")),
    }
    out
}

fn drawn(report: &Report) -> String {
    report.render(80, false)
}

async fn answer(engine: &Engine, text: &str) -> Result<String, Error> {
    let query = engine.compile(text, &Parameters::new()).await?;
    let explanation = query.explain().await?;
    let batches: Vec<_> = query.run().await?.try_collect().await?;
    let rows: usize = batches.iter().map(|b| b.num_rows()).sum();
    let first: Vec<_> = batches.iter().take(1).map(|b| b.slice(0, b.num_rows().min(5))).collect();
    let table = datafusion::arrow::util::pretty::pretty_format_batches(&first).expect("printable columns");
    Ok(format!("\n--- meaning\n{}\n\n--- plan\n{}\n\n--- {rows} rows\n{table}\n", explanation.words, explanation.logical))
}

#[test]
fn every_query_file_passes_through_all_stages() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).thread_stack_size(16 << 20).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let options = Options {
        now: jiff::Timestamp::from_microsecond(data::demo::NOW).ok(),
        time_zone: Some(jiff::tz::TimeZone::UTC),
        user: Some("alice".to_string()),
        threads: Some(1),
        ..Options::default()
    };
    let engine = runtime.block_on(Engine::from_tables(data::demo::demo(), options)).expect("the demo");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots/queries");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/queries");
    let mut files: Vec<_> = std::fs::read_dir(folder).expect("tests/queries").map(|e| e.expect("an entry").path()).collect();
    files.sort();
    assert!(files.len() >= 20, "the queries are gone");
    settings.bind(|| {
        for file in files {
            let name = file.file_stem().expect("a name").to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&file).expect("a readable query");
            insta::assert_snapshot!(name, runtime.block_on(stages(&engine, &text)));
        }
    });
}
