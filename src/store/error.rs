//! What can be wrong with a store, as diagnostics.

use std::io;
use std::path::Path;

use crate::diagnostic::{Code, Diagnostic, codes};
use crate::error::Error;

/// The store, or a part of it, is not what it should be.
pub(crate) fn data(code: Code, message: String, help: &str) -> Error {
    Error::Data(Box::new(Diagnostic::error(code, message).help(help)))
}

/// A file of the store is not what was written.
pub(crate) fn damaged(path: &Path, reason: &str) -> Error {
    let message = format!("the file {} is damaged: {reason}", path.display());
    data(codes::STORE_DAMAGED, message, "`jqlx verify` names every damaged file; an earlier version can be read with --at-version")
}

/// A file of the store could not be read.
pub(crate) fn unreadable(path: &Path, error: &io::Error) -> Error {
    if error.kind() == io::ErrorKind::NotFound {
        return damaged(path, "it is missing");
    }
    Error::Environment(Box::new(Diagnostic::error(codes::CANNOT_READ, format!("cannot read {}: {error}", path.display()))))
}

/// A file of the store could not be written. Nothing that was committed is touched.
pub(crate) fn unwritable(path: &Path, error: &io::Error) -> Error {
    let diagnostic = Diagnostic::error(codes::STORE_FAILED, format!("cannot write {}: {error}", path.display()));
    let help = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "free some space; the last commit of the store is intact",
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => "choose a folder that you may write to",
        _ => "the last commit of the store is intact",
    };
    Error::Environment(Box::new(diagnostic.help(help)))
}

/// A step of writing that failed for a reason of the engine's.
pub(crate) fn failed(path: &Path, reason: &dyn std::fmt::Display) -> Error {
    let diagnostic = Diagnostic::error(codes::STORE_FAILED, format!("cannot write {}: {reason}", path.display()));
    Error::Environment(Box::new(diagnostic.help("the last commit of the store is intact")))
}
