//! Fetched records on their way into the store, a line each.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::spooled;
use crate::data::lock::Lock;
use crate::diagnostic::{Diagnostic, codes};
use crate::error::Error;

/// A folder of the sync's own in the store, which one sync at a time has. What a killed run left in it is removed.
pub(super) struct Work {
    folder: PathBuf,
    _lock: Lock,
}

impl Work {
    pub(super) fn begin(store: &Path) -> Result<Self, Error> {
        fs::create_dir_all(store).map_err(|error| spooled(store, &error))?;
        let path = store.join(".sync-lock");
        let Some(lock) = Lock::take(&path).map_err(|error| spooled(&path, &error))? else {
            let message = format!("another sync of the store {} is under way", store.display());
            return Err(Error::Data(Box::new(Diagnostic::error(codes::SYNC_BUSY, message).help("wait for it to end"))));
        };
        let folder = store.join(".sync");
        match fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(spooled(&folder, &error)),
            _ => {}
        }
        fs::create_dir(&folder).map_err(|error| spooled(&folder, &error))?;
        Ok(Self { folder, _lock: lock })
    }

    /// A file of records.
    pub(super) fn spool(&self, name: &str) -> Result<Spool, Error> {
        let path = self.folder.join(name);
        let file = File::create(&path).map_err(|error| spooled(&path, &error))?;
        Ok(Spool {
            path,
            writer: BufWriter::new(GzEncoder::new(file, Compression::fast())),
            head: Value::Null,
            records: 0,
            bytes: 0,
        })
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A file that is being written.
pub(super) struct Spool {
    path: PathBuf,
    writer: BufWriter<GzEncoder<File>>,
    /// Names and types of fields that the file has.
    head: Value,
    records: usize,
    bytes: usize,
}

impl Spool {
    /// Adds a record.
    pub(super) fn record(&mut self, record: &Value) -> Result<(), Error> {
        let mut line = record.to_string();
        line.push('\n');
        self.records += 1;
        self.bytes += line.len();
        self.writer.write_all(line.as_bytes()).map_err(|error| spooled(&self.path, &error))
    }

    /// Adds a record with the request that it answers, and with what it belongs to.
    pub(super) fn answer(&mut self, address: &str, input: &Value, record: &Value) -> Result<(), Error> {
        self.record(&json!({"url": address, "input": input, "data": record}))
    }

    /// Adds what surrounds a page of issues, unless the file has it.
    pub(super) fn head(&mut self, head: &Value) -> Result<(), Error> {
        if *head == self.head {
            return Ok(());
        }
        self.head.clone_from(head);
        let (records, page) = (self.records, json!({"names": head["names"], "schema": head["schema"], "maxResults": 0}));
        self.record(&page)?;
        self.records = records;
        Ok(())
    }

    /// Records so far.
    pub(super) fn records(&self) -> usize {
        self.records
    }

    /// Bytes so far, before they were packed.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Ends the file.
    pub(super) fn finish(self) -> Result<PathBuf, Error> {
        let failed = |error: std::io::Error| spooled(&self.path, &error);
        let packer = self.writer.into_inner().map_err(|error| failed(error.into_error()))?;
        packer.finish().map_err(failed)?;
        Ok(self.path)
    }
}
