//! Schemas of the tables, reading and writing plain Parquet, the demo dataset.
