//! Deletion vectors: which rows of a file no longer count, in Delta's format on disk.
//!
//! A vector file is one version byte, then for each vector: its size, a magic number, the bitmap, a checksum. It never changes
//! after it was written, and the vectors of one commit share one file in the table's folder.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use delta_kernel::actions::deletion_vector_writer::{DeletionVector, StreamingDeletionVectorWriter};
use roaring::RoaringTreemap;
use uuid::Uuid;

use super::error::{damaged, failed, unreadable, unwritable};
use super::journal;
use super::manifest::{Gone, sync_folder};
use crate::error::Error;

const VERSION: u8 = 1;
/// Little-endian, unlike the other numbers around the bitmap.
const MAGIC: u32 = 1_681_511_377;
/// The length of the size, of the magic number and of the checksum.
const WORD: usize = 4;

struct Rows<'a>(&'a RoaringTreemap);

impl<'a> DeletionVector for Rows<'a> {
    type IndexIterator = roaring::treemap::Iter<'a>;

    fn into_iter(self) -> Self::IndexIterator {
        self.0.iter()
    }

    fn cardinality(&self) -> u64 {
        self.0.len()
    }
}

/// The name of a vector file in its table's folder, from [`Gone::file`].
pub(crate) fn file_name(id: &str) -> String {
    format!("deletion_vector_{id}.bin")
}

/// Writes one new file for all the vectors, durably, and says where in it each of them is, in their order.
pub(crate) fn write(folder: &Path, vectors: &[RoaringTreemap]) -> Result<Vec<Gone>, Error> {
    if vectors.is_empty() {
        return Ok(Vec::new());
    }
    let id = Uuid::new_v4().to_string();
    journal::note(folder, &file_name(&id))?;
    let path = folder.join(file_name(&id));
    let mut bytes = Vec::new();
    let mut writer = StreamingDeletionVectorWriter::new(&mut bytes);
    let mut gone = Vec::with_capacity(vectors.len());
    for rows in vectors {
        let at = writer.write_deletion_vector(Rows(rows)).map_err(|error| failed(&path, &error))?;
        gone.push(Gone { file: id.clone(), offset: at.offset, bytes: at.size_in_bytes, rows: rows.len() });
    }
    let written = File::create_new(&path).and_then(|mut file| file.write_all(&bytes).and_then(|()| file.sync_all()));
    if let Err(error) = written.and_then(|()| sync_folder(folder)) {
        let _ = fs::remove_file(&path);
        return Err(unwritable(&path, &error));
    }
    Ok(gone)
}

/// Reads one vector and checks it against what the commit says of it.
pub(crate) fn read(folder: &Path, gone: &Gone) -> Result<RoaringTreemap, Error> {
    // The name comes from a file as well, and must not lead out of the folder.
    let Ok(id) = Uuid::try_parse(&gone.file) else {
        return Err(damaged(folder, &format!("`{}` is not the name of a deletion vector", gone.file)));
    };
    let path = folder.join(file_name(&id.to_string()));
    let wrong = |reason: &str| damaged(&path, reason);
    let block = block(&path, gone).map_err(|error| match error.kind() {
        std::io::ErrorKind::UnexpectedEof => wrong("it is cut short"),
        _ => unreadable(&path, &error),
    })?;
    let Some(block) = block else { return Err(wrong("it is no deletion vector of a version that can be read")) };
    let (size, rest) = block.split_at(WORD);
    let (body, sum) = rest.split_at(rest.len() - WORD);
    if size != gone.bytes.to_be_bytes() {
        return Err(wrong("a deletion vector has another size than the commit says"));
    }
    if sum != crc32fast::hash(body).to_be_bytes() {
        return Err(wrong("the checksum of a deletion vector does not fit"));
    }
    let (magic, mut bitmap) = body.split_at(WORD);
    if magic != MAGIC.to_le_bytes() {
        return Err(wrong("a deletion vector is of an unknown format"));
    }
    let rows = RoaringTreemap::deserialize_from(&mut bitmap).map_err(|error| wrong(&error.to_string()))?;
    if rows.len() != gone.rows || !bitmap.is_empty() {
        return Err(wrong("a deletion vector has other rows than the commit says"));
    }
    Ok(rows)
}

/// The size, magic number, bitmap and checksum of a vector; none if the numbers that lead there make no sense.
fn block(path: &Path, gone: &Gone) -> std::io::Result<Option<Vec<u8>>> {
    let mut file = File::open(path)?;
    let mut version = [0];
    file.read_exact(&mut version)?;
    let (Ok(offset), Ok(bytes)) = (u64::try_from(gone.offset), usize::try_from(gone.bytes)) else { return Ok(None) };
    if version != [VERSION] || offset == 0 || bytes < WORD {
        return Ok(None);
    }
    let length = WORD + bytes + WORD;
    // Before there is memory for it: the size may be nonsense.
    if file.metadata()?.len() < offset + length as u64 {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    let mut block = vec![0; length];
    file.seek(SeekFrom::Start(offset))?;
    file.read_exact(&mut block)?;
    Ok(Some(block))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vectors() -> Vec<RoaringTreemap> {
        vec![
            (0..10).collect(),
            RoaringTreemap::new(),
            // One row past 32 bits, and enough of them for a dense block.
            (0..200_000).filter(|row| row % 3 != 0).chain([u64::from(u32::MAX) + 7]).collect(),
        ]
    }

    fn message(error: &Error) -> String {
        assert!(matches!(error, Error::Data(_)), "{error}");
        error.to_string()
    }

    #[test]
    fn what_was_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let vectors = vectors();
        let gone = write(folder.path(), &vectors).unwrap();
        assert_eq!(gone.len(), 3);
        assert_eq!(gone[0].offset, 1);
        assert_eq!(gone[0].rows, 10);
        assert!(gone.iter().all(|one| one.file == gone[0].file));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        for (rows, gone) in vectors.iter().zip(&gone) {
            assert_eq!(&read(folder.path(), gone).unwrap(), rows);
        }
    }

    #[test]
    fn the_kernel_reads_it_too() {
        use delta_kernel::actions::deletion_vector::{DeletionVectorDescriptor, DeletionVectorStorageType};
        let folder = tempfile::tempdir().unwrap();
        let vectors = vectors();
        let url = url::Url::from_directory_path(folder.path()).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let _inside = runtime.enter();
        let table = deltalake_core::DeltaTableBuilder::from_url(url.clone()).unwrap().build().unwrap();
        for (rows, gone) in vectors.iter().zip(write(folder.path(), &vectors).unwrap()) {
            let id = z85::encode(Uuid::try_parse(&gone.file).unwrap().as_bytes());
            let kind = DeletionVectorStorageType::PersistedRelative;
            let descriptor = DeletionVectorDescriptor::try_new(kind, id, Some(gone.offset), gone.bytes, gone.rows as i64).unwrap();
            let storage = table.log_store().engine(None).storage_handler();
            assert_eq!(&descriptor.read(storage, &url).unwrap(), rows);
        }
    }

    #[test]
    fn no_vector_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        assert!(write(folder.path(), &[]).unwrap().is_empty());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_cut_file_is_damaged_wherever_it_is_cut() {
        let folder = tempfile::tempdir().unwrap();
        let gone = write(folder.path(), &[(5..9).collect()]).unwrap().remove(0);
        let path = folder.path().join(file_name(&gone.file));
        let whole = fs::read(&path).unwrap();
        for length in 0..whole.len() {
            fs::write(&path, &whole[..length]).unwrap();
            assert!(message(&read(folder.path(), &gone).unwrap_err()).ends_with("it is cut short"));
        }
    }

    #[test]
    fn every_flipped_byte_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let gone = write(folder.path(), &[(5..9).collect()]).unwrap().remove(0);
        let path = folder.path().join(file_name(&gone.file));
        let whole = fs::read(&path).unwrap();
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x10;
            fs::write(&path, &bytes).unwrap();
            message(&read(folder.path(), &gone).unwrap_err());
        }
    }

    #[test]
    fn a_commit_that_says_something_else_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let gone = write(folder.path(), &[(5..9).collect(), (0..7).collect()]).unwrap().remove(0);
        let second = "00000000-0000-4000-8000-000000000000".to_owned();
        for wrong in [
            Gone { rows: 3, ..gone.clone() },
            Gone { bytes: gone.bytes + 1, ..gone.clone() },
            Gone { bytes: i32::MAX, ..gone.clone() },
            Gone { bytes: -1, ..gone.clone() },
            Gone { offset: 0, ..gone.clone() },
            Gone { offset: -1, ..gone.clone() },
            Gone { offset: 2, ..gone.clone() },
            Gone { file: second, ..gone.clone() },
            Gone { file: "../../etc/passwd".to_owned(), ..gone.clone() },
        ] {
            message(&read(folder.path(), &wrong).unwrap_err());
        }
    }

    #[test]
    fn a_missing_file_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let gone = write(folder.path(), &[(5..9).collect()]).unwrap().remove(0);
        fs::remove_file(folder.path().join(file_name(&gone.file))).unwrap();
        assert!(message(&read(folder.path(), &gone).unwrap_err()).ends_with("it is missing"));
    }
}
