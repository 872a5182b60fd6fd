//! The parser that pest makes of `grammar/jqlx.pest`.

#![allow(missing_docs, unreachable_pub)]

#[derive(pest_derive::Parser)]
#[grammar = "grammar/jqlx.pest"]
pub(super) struct Grammar;
