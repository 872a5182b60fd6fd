//! Opening files to import: plain or gzipped, with progress, and what they look like from outside.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;

/// How much of a text is looked at to find out what it is. A header of Jira's issues takes some tens of kilobytes.
const HEAD: usize = 1 << 18;

/// What a file is by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Container {
    Parquet,
    ArrowFile,
    ArrowStream,
    /// Text, gzipped or not, or so it seems.
    Text,
}

/// What a file is by its first bytes.
pub(super) fn container(path: &Path) -> io::Result<Container> {
    let mut head = [0; 8];
    let mut file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
    }
    let read = fill(&mut file, &mut head).map_err(|(_, error)| error)?;
    let head = &head[..read];
    Ok(match head {
        [b'P', b'A', b'R', b'1', ..] => Container::Parquet,
        [b'A', b'R', b'R', b'O', b'W', b'1', ..] => Container::ArrowFile,
        // The length of a schema follows, which is small and a multiple of eight.
        [0xff, 0xff, 0xff, 0xff, a, _, 0, 0] if a % 8 == 0 => Container::ArrowStream,
        _ => Container::Text,
    })
}

/// The text of a file, unpacked where it is gzipped, whatever its name.
pub(super) fn open(path: &Path, done: &Arc<AtomicU64>) -> io::Result<Box<dyn Read + Send>> {
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
    }
    let counted = Counted { inner: file, done: Arc::clone(done) };
    let mut reader = BufReader::with_capacity(1 << 16, counted);
    if reader.fill_buf()?.starts_with(&[0x1f, 0x8b]) { Ok(Box::new(MultiGzDecoder::new(reader))) } else { Ok(Box::new(reader)) }
}

/// What a text begins with, and the whole of it. An error while reading comes again when that place is read.
pub(super) fn peek(mut text: Box<dyn Read + Send>) -> (Vec<u8>, Box<dyn Read + Send>) {
    let mut head = vec![0; HEAD];
    let (read, error) = match fill(&mut text, &mut head) {
        Ok(read) => (read, None),
        Err((read, error)) => (read, Some(error)),
    };
    head.truncate(read);
    let again = Cursor::new(head.clone());
    match error {
        Some(error) => (head, Box::new(again.chain(Broken(Some(error))))),
        None => (head, Box::new(again.chain(text))),
    }
}

/// Reads until the buffer is full or nothing comes; an error comes with what was read before it.
fn fill(from: &mut dyn Read, buffer: &mut [u8]) -> Result<usize, (usize, io::Error)> {
    let mut read = 0;
    while read < buffer.len() {
        match from.read(&mut buffer[read..]) {
            Ok(0) => break,
            Ok(n) => read += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err((read, error)),
        }
    }
    Ok(read)
}

struct Broken(Option<io::Error>);

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

struct Counted<R> {
    inner: R,
    done: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.done.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}
