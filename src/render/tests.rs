//! One batch with every type, in every format.

use std::sync::{Arc, Mutex};

use datafusion::arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, DurationSecondArray, Float64Array, Int64Array,
    LargeStringArray, ListBuilder, NullArray, StringArray, StringBuilder, StringViewArray, TimestampMicrosecondArray,
    TimestampSecondArray, UInt64Array,
};
use datafusion::arrow::datatypes::Int32Type;
use datafusion::arrow::record_batch::RecordBatch;
use jiff::tz::TimeZone;

use super::*;

/// 2026-06-01T10:00:00Z
const MORNING: i64 = 1_780_308_000_000_000;

fn every_type() -> RecordBatch {
    let mut labels = ListBuilder::new(StringBuilder::new());
    labels.append_value([Some("one"), Some("two, three")]);
    labels.append_value([None::<&str>; 0]);
    labels.append_null();
    let dictionary: DictionaryArray<Int32Type> = vec![Some("Open"), None, Some("Done")].into_iter().collect();
    RecordBatch::try_from_iter([
        (
            "time",
            Arc::new(TimestampMicrosecondArray::from(vec![Some(MORNING), Some(MORNING + 1_500_000), None]).with_timezone("UTC"))
                as ArrayRef,
        ),
        ("naive", Arc::new(TimestampSecondArray::from(vec![Some(0), Some(86_400), None]))),
        ("day", Arc::new(Date32Array::from(vec![Some(20_605), None, Some(-1)]))),
        ("text", Arc::new(StringArray::from(vec![Some("plain"), Some("=1+1, \"so\"\nnext|<b>\\"), None]))),
        ("large", Arc::new(LargeStringArray::from(vec![Some("\u{1b}[31mred"), Some("tab\there"), None]))),
        ("view", Arc::new(StringViewArray::from(vec![Some("日本語"), None, Some("")]))),
        ("status", Arc::new(dictionary)),
        ("labels", Arc::new(labels.finish())),
        ("votes", Arc::new(Int64Array::from(vec![Some(i64::MIN), Some(7), None]))),
        ("big", Arc::new(UInt64Array::from(vec![Some(u64::MAX), Some(0), None]))),
        ("points", Arc::new(Float64Array::from(vec![Some(0.1), Some(3.0), Some(f64::NAN)]))),
        ("active", Arc::new(BooleanArray::from(vec![Some(true), Some(false), None]))),
        ("price", Arc::new(Decimal128Array::from(vec![Some(12_345), None, Some(-5)]).with_precision_and_scale(10, 2).unwrap())),
        ("spent", Arc::new(DurationSecondArray::from(vec![Some(90), None, Some(0)]))),
        ("nothing", Arc::new(NullArray::new(3))),
    ])
    .unwrap()
}

fn activity() -> RecordBatch {
    let hours = |h: &[i64]| h.iter().map(|h| MORNING + h * 3_600_000_000).collect::<Vec<_>>();
    RecordBatch::try_from_iter([
        ("time", Arc::new(TimestampMicrosecondArray::from(hours(&[0, 5, 30])).with_timezone("UTC")) as ArrayRef),
        ("actor", Arc::new(StringArray::from(vec!["mia.contractor", "automation-for-jira", "zoe"]))),
        ("action", Arc::new(StringArray::from(vec!["deleted", "deleted", "deleted"]))),
        ("issue_key", Arc::new(StringArray::from(vec!["PAY-12", "PAY-1234", "OPS-1"]))),
        ("field", Arc::new(StringArray::from(vec![None::<&str>; 3]))),
        (
            "text",
            Arc::new(StringArray::from(vec![
                Some("We must not keep card numbers here, so this comment has to go away for good"),
                None,
                Some("short"),
            ])),
        ),
        ("event_id", Arc::new(StringArray::from(vec!["c-1", "c-22", "c-333"]))),
    ])
    .unwrap()
}

/// A place to write to that outlives the writer.
#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn render(format: Format, batch: &RecordBatch, settings: Settings) -> (String, Summary) {
    let sink = Sink::default();
    let mut out = writer(format, batch.schema(), Box::new(sink.clone()), settings);
    // Two batches: nothing may depend on where a batch ends.
    for rows in [batch.slice(0, 1), batch.slice(1, batch.num_rows() - 1)] {
        out.batch(&rows).unwrap();
    }
    let summary = out.finish().unwrap();
    drop(out);
    let bytes = std::mem::take(&mut *sink.0.lock().unwrap());
    (String::from_utf8(bytes).unwrap(), summary)
}

fn snapshot(name: &str, text: &str) {
    insta::with_settings!({
        snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/render"),
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, { insta::assert_snapshot!(name, text) });
}

#[test]
fn every_type_in_every_format() {
    for (format, name) in Format::ALL {
        let (text, summary) = render(*format, &every_type(), Settings::default());
        assert_eq!(summary.rows, 3);
        snapshot(name, &text);
    }
}

#[test]
fn json_reads_back() {
    let (text, _) = render(Format::Json, &every_type(), Settings::default());
    let rows: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(rows[0]["time"], "2026-06-01T10:00:00Z");
    assert_eq!(rows[1]["time"], "2026-06-01T10:00:01.5Z");
    assert_eq!(rows[0]["votes"], i64::MIN);
    assert_eq!(rows[2]["points"], serde_json::Value::Null);
    let (lines, _) = render(Format::Ndjson, &every_type(), Settings::default());
    let lines: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(serde_json::Value::Array(lines), rows);
}

#[test]
fn spreadsheets_are_kept_from_calculating_on_request() {
    let (text, _) = render(Format::Csv, &every_type(), Settings { safe_csv: true, ..Settings::default() });
    assert!(text.contains("\"'=1+1, \"\"so\"\""), "{text}");
    assert!(text.contains(",-9223372036854775808,"), "a number stays a number: {text}");
}

#[test]
fn tables_fit_the_terminal() {
    let mut all = String::new();
    for width in [120, 80, 40] {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let (text, summary) = render(Format::Table, &activity(), Settings { width: Some(width), zone, ..Settings::default() });
        for line in text.lines() {
            assert!(layout::text_width(line) <= width, "{width}: {line}");
        }
        all.push_str(&format!("{width} columns\n{text}{summary:?}\n\n"));
    }
    snapshot("table_widths", &all);
}

#[test]
fn no_rows_still_have_a_head() {
    let mut all = String::new();
    for (format, name) in Format::ALL {
        let sink = Sink::default();
        let mut out = writer(*format, activity().schema(), Box::new(sink.clone()), Settings::default());
        out.finish().unwrap();
        all.push_str(&format!("{name}:\n{}\n", String::from_utf8(sink.0.lock().unwrap().clone()).unwrap()));
    }
    snapshot("no_rows", &all);
}

#[test]
fn extensions_name_formats() {
    for (file, format) in [
        ("a.csv", Some(Format::Csv)),
        ("a.JSONL", Some(Format::Ndjson)),
        ("a.md", Some(Format::Markdown)),
        ("a.docx", None),
        ("csv", None),
    ] {
        assert_eq!(Format::from_extension(Path::new(file)), format, "{file}");
    }
}
