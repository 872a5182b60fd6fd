//! What tests share: reading tables back, and where the shared material is.

use std::fs::File;
use std::path::{Path, PathBuf};

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::compute::{cast, concat_batches};
use datafusion::arrow::datatypes::DataType;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

/// The shared folder of real data, or none where this machine has none.
pub fn shared_data() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: there is no {}", folder.display());
    None
}

/// A file of `tests/inputs`.
pub fn input(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/inputs").join(name)
}

/// The files of a table.
pub fn table_files(folder: &Path, table: &str) -> Vec<PathBuf> {
    let single = folder.join(format!("{table}.parquet"));
    if single.is_file() {
        return vec![single];
    }
    let Ok(entries) = std::fs::read_dir(folder.join(table)) else {
        return Vec::new();
    };
    let mut files: Vec<_> = entries.map(|e| e.expect("a folder entry").path()).collect();
    files.sort();
    files
}

/// A table as one batch; none where it is absent.
pub fn read(folder: &Path, table: &str) -> Option<RecordBatch> {
    let mut batches = Vec::new();
    let mut schema = None;
    for path in table_files(folder, table) {
        let file = File::open(&path).expect("the file opens");
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).expect("it is Parquet");
        schema = Some(builder.schema().clone());
        batches.extend(builder.build().expect("a reader").map(|b| b.expect("a batch")));
    }
    schema.map(|schema| concat_batches(&schema, &batches).expect("one schema"))
}

/// Rows of a table, as texts by column; null and the empty list are the empty text.
pub struct Rows {
    batch: RecordBatch,
}

impl Rows {
    pub fn of(folder: &Path, table: &str) -> Self {
        Self { batch: read(folder, table).unwrap_or_else(|| panic!("there is no table {table}")) }
    }

    pub fn len(&self) -> usize {
        self.batch.num_rows()
    }

    fn texts(&self, column: &str) -> ArrayRef {
        let array = self.batch.column_by_name(column).unwrap_or_else(|| panic!("there is no column {column}"));
        if matches!(array.data_type(), DataType::List(_)) {
            let lists = array.as_list::<i32>();
            let text = |i| {
                let values = lists.value(i);
                let values: Vec<_> = values.as_string::<i32>().iter().flatten().map(str::to_owned).collect();
                values.join(",")
            };
            let texts: Vec<String> = (0..lists.len()).map(text).collect();
            return std::sync::Arc::new(datafusion::arrow::array::StringArray::from(texts));
        }
        cast(array, &DataType::Utf8).expect("everything is text in the end")
    }

    /// One column as texts.
    pub fn column(&self, column: &str) -> Vec<String> {
        self.texts(column).as_string::<i32>().iter().map(|v| v.unwrap_or_default().to_owned()).collect()
    }

    /// Some columns of the rows of which `column` is `value`.
    pub fn select(&self, columns: &[&str], keep: &[(&str, &str)]) -> Vec<Vec<String>> {
        let shown: Vec<_> = columns.iter().map(|c| self.column(c)).collect();
        let tests: Vec<_> = keep.iter().map(|(c, v)| (self.column(c), *v)).collect();
        (0..self.len())
            .filter(|i| tests.iter().all(|(column, value)| column[*i] == *value))
            .map(|i| shown.iter().map(|column| column[i].clone()).collect())
            .collect()
    }

    /// The names of the columns of custom fields.
    pub fn custom_columns(&self) -> Vec<String> {
        let names = self.batch.schema_ref().fields().iter().map(|f| f.name().clone());
        names.filter(|name| jqlx::data::schema::is_custom(name)).collect()
    }

    pub fn schema_type(&self, column: &str) -> DataType {
        self.batch.column_by_name(column).unwrap_or_else(|| panic!("there is no column {column}")).data_type().clone()
    }
}

/// Where the snapshots of a phase are.
pub fn snapshots(phase: &str) -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots").join(phase));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}
