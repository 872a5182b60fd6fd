//! DataFusion's errors as ours: whose fault, and in plain words.

use datafusion::error::DataFusionError;

use crate::diagnostic::{Diagnostic, codes};
use crate::error::Error;

impl From<DataFusionError> for Error {
    fn from(error: DataFusionError) -> Self {
        translate(&error)
    }
}

fn translate(error: &DataFusionError) -> Error {
    let root = error.find_root();
    #[cfg(feature = "sync")]
    if let DataFusionError::External(error) = root
        && let Some(error) = error.downcast_ref::<crate::source::rest::RestError>()
    {
        return error.clone().into();
    }
    match root {
        DataFusionError::ResourcesExhausted(message) => Error::Environment(Box::new(
            Diagnostic::error(codes::OUT_OF_MEMORY, "the query reached its memory limit")
                .help(format!("raise it with --memory-limit, or ask for less. {}", first_line(message))),
        )),
        DataFusionError::IoError(io) => {
            Error::Environment(Box::new(Diagnostic::error(codes::READ_FAILED, format!("reading or spilling failed: {io}"))))
        }
        DataFusionError::ParquetError(_) | DataFusionError::ArrowError(..) | DataFusionError::ObjectStore(_) => {
            let message = format!("the data could not be read: {}", first_line(&root.to_string()));
            Error::Data(Box::new(Diagnostic::error(codes::READ_FAILED, message)))
        }
        _ => Error::Internal(Box::new(
            Diagnostic::error(codes::INTERNAL, format!("the query engine failed: {root}"))
                .help("this is a mistake of jqlx; please report the query"),
        )),
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
