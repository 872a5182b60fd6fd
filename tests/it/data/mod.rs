//! Schemas, writing and the demo dataset.
