//! Running cases and reporting what failed.

use std::io::{self, BufRead, Write};

use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::ScalarValue;
use futures::TryStreamExt;
use serde_json::Value;

use super::{Case, Refusal, Worlds};
use crate::syntax::{self, Dialect};
use crate::{Engine, Error, Query};

/// How many cases passed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Answered as expected.
    pub passed: usize,
    /// Answered otherwise, or no case at all.
    pub failed: usize,
}

/// What became of one case.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// As expected.
    Pass,
    /// Otherwise: what was expected and what came, in words.
    Fail {
        /// What the case says.
        expected: String,
        /// What the engine says.
        got: String,
    },
}

/// Runs the cases of a file, one a line. Each failing id is printed with what was expected and what came; the last line is
/// `N passed, M failed`. A line that is no case is a failure and ends nothing. Empty lines are skipped.
///
/// # Errors
///
/// Only where reading or writing fails.
pub async fn run_cases(mut reader: impl BufRead, mut writer: impl Write) -> io::Result<Outcome> {
    let mut outcome = Outcome::default();
    let mut bytes = Vec::new();
    let mut worlds = Worlds::default();
    let mut number = 0;
    loop {
        bytes.clear();
        number += 1;
        if reader.read_until(b'\n', &mut bytes)? == 0 {
            break;
        }
        // Bytes that are no UTF-8 are a bad line, not the end of the run.
        let line = String::from_utf8_lossy(&bytes);
        if line.trim().is_empty() {
            continue;
        }
        let (id, verdict) = match worlds.read(&line) {
            Ok(None) => continue,
            Ok(Some(case)) => (case.id.clone(), case.run().await),
            Err(reason) => {
                let id = id_of(&line).unwrap_or_else(|| format!("line {number}"));
                (id, Verdict::Fail { expected: "a case".to_string(), got: reason })
            }
        };
        match verdict {
            Verdict::Pass => outcome.passed += 1,
            Verdict::Fail { expected, got } => {
                outcome.failed += 1;
                writeln!(writer, "{id}: expected {expected}, got {got}")?;
            }
        }
    }
    writeln!(writer, "{} passed, {} failed", outcome.passed, outcome.failed)?;
    writer.flush()?;
    Ok(outcome)
}

/// The id of a line whose other keys are wrong.
fn id_of(line: &str) -> Option<String> {
    let value: Value = serde_json::from_str(line).ok()?;
    value.get("id")?.as_str().map(str::to_string)
}

impl Case {
    /// Asks the query of the world.
    pub async fn run(&self) -> Verdict {
        match self.answer().await {
            Ok((query, batches)) => self.judge(&query, &batches),
            Err(error) => self.judge_error(&error),
        }
    }

    async fn answer(&self) -> Result<(Query, Vec<RecordBatch>), Error> {
        let engine = Engine::from_tables(self.world.tables.clone(), self.world.options.clone()).await?;
        let query = engine.compile(&self.query, &self.parameters).await?;
        let batches = query.run().await?.try_collect().await?;
        Ok((query, batches))
    }

    fn judge_error(&self, error: &Error) -> Verdict {
        let expected = match &self.error {
            None => list(&self.expect),
            Some(refusal) => words(refusal),
        };
        let codes: Vec<&str> = error.diagnostics().iter().map(|d| d.code.name).collect();
        let pass = match (&self.error, error) {
            (Some(Refusal::Any), Error::Query(_)) => true,
            (Some(Refusal::Code(code)), Error::Query(_)) => codes.contains(&code.as_str()),
            _ => false,
        };
        if pass {
            return Verdict::Pass;
        }
        let said: Vec<String> = error.diagnostics().iter().map(|d| format!("{}: {}", d.code.name, d.message)).collect();
        Verdict::Fail { expected, got: format!("the error {}", said.join("; ")) }
    }

    fn judge(&self, query: &Query, batches: &[RecordBatch]) -> Verdict {
        let fail = |expected: String, got: String| Verdict::Fail { expected, got };
        let mut got = match rows(batches, self.wants_rows()) {
            Ok(got) => got,
            Err(reason) => return fail(list(&self.expect), reason),
        };
        if let Some(refusal) = &self.error {
            return fail(words(refusal), list(&got));
        }
        if let Some(code) = &self.warning
            && !query.warnings().iter().any(|w| w.code.name == code)
        {
            let codes: Vec<&str> = query.warnings().iter().map(|w| w.code.name).collect();
            return fail(format!("the warning {code}"), format!("the warnings [{}]", codes.join(", ")));
        }
        let mut expected = self.expect.clone();
        if !self.is_ordered() {
            // The answer of a query without ORDER BY is a set.
            for list in [&mut expected, &mut got] {
                list.sort_by_key(Value::to_string);
            }
        }
        if same(&expected, &got) { Verdict::Pass } else { fail(list(&self.expect), list(&got)) }
    }

    /// Whether rows are expected as arrays of all their columns, and not by key.
    fn wants_rows(&self) -> bool {
        self.expect.iter().any(Value::is_array)
    }

    fn is_ordered(&self) -> bool {
        !syntax::parse(&self.query, Dialect::Jqlx).query.order_by.is_empty()
    }
}

/// Numbers are equal where their values are, whether written `2` or `2.0`.
fn same(a: &[Value], b: &[Value]) -> bool {
    a.len() == b.len()
        && a.iter().zip(b).all(|(a, b)| match (a, b) {
            (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
            (Value::Array(a), Value::Array(b)) => same(a, b),
            _ => a == b,
        })
}

fn words(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Any => "an error".to_string(),
        Refusal::Code(code) => format!("the error {code}"),
    }
}

fn list(values: &[Value]) -> String {
    Value::Array(values.to_vec()).to_string()
}

/// The answer as JSON: whole rows, or the column that identifies a row.
fn rows(batches: &[RecordBatch], whole: bool) -> Result<Vec<Value>, String> {
    let mut out = Vec::new();
    for batch in batches {
        let named = |name: &str| batch.schema_ref().column_with_name(name).map(|(at, _)| at);
        let key = named("event_id").or_else(|| named("key")).filter(|_| !whole);
        for row in 0..batch.num_rows() {
            let cell = |column: usize| -> Result<Value, String> {
                let scalar = ScalarValue::try_from_array(batch.column(column), row).map_err(|e| format!("a broken answer: {e}"))?;
                Ok(json(&scalar))
            };
            out.push(match key {
                Some(key) => cell(key)?,
                None => Value::Array((0..batch.num_columns()).map(cell).collect::<Result<_, _>>()?),
            });
        }
    }
    Ok(out)
}

/// A value of an answer as JSON: instants as RFC 3339, days as `2026-06-15`.
fn json(scalar: &ScalarValue) -> Value {
    match scalar {
        _ if scalar.is_null() => Value::Null,
        ScalarValue::Dictionary(_, inner) => json(inner),
        ScalarValue::Utf8(Some(text)) | ScalarValue::Utf8View(Some(text)) | ScalarValue::LargeUtf8(Some(text)) => {
            Value::String(text.clone())
        }
        ScalarValue::Int64(Some(n)) => Value::from(*n),
        ScalarValue::UInt64(Some(n)) => Value::from(*n),
        ScalarValue::Int32(Some(n)) => Value::from(*n),
        ScalarValue::Float64(Some(n)) => Value::from(*n),
        ScalarValue::Boolean(Some(b)) => Value::Bool(*b),
        ScalarValue::TimestampMicrosecond(Some(t), _) => {
            jiff::Timestamp::from_microsecond(*t).map_or(Value::Null, |t| Value::String(t.to_string()))
        }
        ScalarValue::List(list) => {
            let values = list.value(0);
            let item = |at| ScalarValue::try_from_array(&values, at).map_or(Value::Null, |v| json(&v));
            Value::Array((0..values.len()).map(item).collect())
        }
        other => Value::String(other.to_string()),
    }
}
