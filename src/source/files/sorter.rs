//! Sorting more rows than fit in memory.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Seek, Write};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Runs that are merged at once: each holds a file and its buffers open.
const FAN_IN: usize = 48;

/// How two rows compare. Rows that are equal come out in the order in which they went in.
pub(super) type Order<T> = fn(&T, &T) -> Ordering;

/// Takes rows in any order and gives them back in order.
///
/// What exceeds its budget goes to nameless temporary files, which vanish with the process.
pub(super) struct Sorter<T> {
    order: Order<T>,
    folder: PathBuf,
    budget: usize,
    held: usize,
    rows: Vec<T>,
    runs: Vec<File>,
}

impl<T: Serialize + DeserializeOwned> Sorter<T> {
    pub(super) fn new(order: Order<T>, folder: &Path, budget: usize) -> Self {
        Self { order, folder: folder.to_owned(), budget, held: 0, rows: Vec::new(), runs: Vec::new() }
    }

    /// Adds a row that takes about `size` bytes.
    pub(super) fn push(&mut self, row: T, size: usize) -> io::Result<()> {
        self.rows.push(row);
        self.held += size;
        if self.held >= self.budget {
            self.rows.sort_by(self.order);
            let mut run = Run::create(&self.folder)?;
            for row in self.rows.drain(..) {
                run.write(&row)?;
            }
            self.runs.push(run.finish()?);
            self.held = 0;
            if self.runs.len() >= FAN_IN {
                self.merge_runs()?;
            }
        }
        Ok(())
    }

    fn merge_runs(&mut self) -> io::Result<()> {
        let mut run = Run::create(&self.folder)?;
        for row in Merge::new(self.order, std::mem::take(&mut self.runs), Vec::new())? {
            run.write(&row?)?;
        }
        self.runs.push(run.finish()?);
        Ok(())
    }

    /// All rows in order.
    pub(super) fn finish(mut self) -> io::Result<Merge<T>> {
        self.rows.sort_by(self.order);
        Merge::new(self.order, self.runs, self.rows)
    }
}

struct Run {
    file: BufWriter<GzEncoder<File>>,
    line: Vec<u8>,
}

impl Run {
    fn create(folder: &Path) -> io::Result<Self> {
        let file = tempfile::tempfile_in(folder)?;
        Ok(Self { file: BufWriter::new(GzEncoder::new(file, Compression::fast())), line: Vec::new() })
    }

    fn write<T: Serialize>(&mut self, row: &T) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, row)?;
        self.line.push(b'\n');
        self.file.write_all(&self.line)
    }

    fn finish(self) -> io::Result<File> {
        let encoder = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        let mut file = encoder.finish()?;
        file.rewind()?;
        Ok(file)
    }
}

struct RunReader<T> {
    lines: BufReader<GzDecoder<BufReader<File>>>,
    line: Vec<u8>,
    row: PhantomData<T>,
}

impl<T: DeserializeOwned> RunReader<T> {
    fn next(&mut self) -> io::Result<Option<T>> {
        self.line.clear();
        if self.lines.read_until(b'\n', &mut self.line)? == 0 {
            return Ok(None);
        }
        Ok(Some(serde_json::from_slice(&self.line)?))
    }
}

/// Rows of several sorted runs in order.
pub(super) struct Merge<T> {
    order: Order<T>,
    runs: Vec<RunReader<T>>,
    memory: std::vec::IntoIter<T>,
    heads: BinaryHeap<Head<T>>,
    failed: bool,
}

struct Head<T> {
    row: T,
    run: usize,
    order: Order<T>,
}

impl<T> PartialEq for Head<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<T> Eq for Head<T> {}

impl<T> PartialOrd for Head<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Head<T> {
    /// The heap gives its greatest first, so the least row of the earliest run is the greatest.
    fn cmp(&self, other: &Self) -> Ordering {
        (self.order)(&other.row, &self.row).then(other.run.cmp(&self.run))
    }
}

impl<T: DeserializeOwned> Merge<T> {
    fn new(order: Order<T>, runs: Vec<File>, memory: Vec<T>) -> io::Result<Self> {
        let open =
            |file| RunReader { lines: BufReader::new(GzDecoder::new(BufReader::new(file))), line: Vec::new(), row: PhantomData };
        let runs: Vec<_> = runs.into_iter().map(open).collect();
        let count = runs.len();
        let mut merge = Self { order, runs, memory: memory.into_iter(), heads: BinaryHeap::new(), failed: false };
        for run in 0..=count {
            merge.advance(run)?;
        }
        Ok(merge)
    }

    /// Takes the next row of a run; the one behind the last is what stayed in memory.
    fn advance(&mut self, run: usize) -> io::Result<()> {
        let row = match self.runs.get_mut(run) {
            Some(reader) => reader.next()?,
            None => self.memory.next(),
        };
        if let Some(row) = row {
            self.heads.push(Head { row, run, order: self.order });
        }
        Ok(())
    }
}

impl<T: DeserializeOwned> Iterator for Merge<T> {
    type Item = io::Result<T>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let head = self.heads.pop()?;
        match self.advance(head.run) {
            Ok(()) => Some(Ok(head.row)),
            Err(error) => {
                self.failed = true;
                Some(Err(error))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_in_order_whatever_the_budget() {
        let folder = std::env::temp_dir();
        for budget in [1, 10, 1000, usize::MAX] {
            let mut sorter: Sorter<(u32, u32)> = Sorter::new(|a, b| a.0.cmp(&b.0), &folder, budget);
            for n in 0..500_u32 {
                sorter.push((n * 7919 % 50, n), 1).expect("a temporary file can be written");
            }
            let rows: Vec<_> = sorter.finish().expect("runs can be read").map(|r| r.expect("a row")).collect();
            assert_eq!(rows.len(), 500);
            assert!(rows.is_sorted(), "budget {budget}: order, and order of arrival among equals");
        }
    }
}
