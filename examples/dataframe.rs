//! Use jqlx inside a DataFusion program: a query becomes a `DataFrame`, and DataFusion's own API goes on from there.
//!
//! `cargo run --example dataframe -- FOLDER` asks a folder of Parquet; without an argument, the sample data.

use std::error::Error;
use std::path::PathBuf;

use datafusion::functions_aggregate::expr_fn::count;
use datafusion::prelude::{ParquetReadOptions, SessionContext, col, lit};
use jqlx::JqlContext;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sample = tempfile::tempdir()?;
    let folder = match std::env::args().nth(1) {
        Some(folder) => PathBuf::from(folder),
        None => {
            let folder = sample.path().join("demo");
            jqlx::data::demo::write_demo(&folder)?;
            folder
        }
    };
    let ctx = SessionContext::new();
    for table in ["events", "issues"] {
        let path = folder.join(table).display().to_string();
        ctx.register_parquet(table, path, ParquetReadOptions::default()).await?;
    }

    let deleted = ctx.jql("ACTIVITY WHERE comment DELETED").await?;
    let by_actor = deleted
        .filter(col("actor").is_not_null())?
        .aggregate(vec![col("actor")], vec![count(lit(1)).alias("comments")])?
        .sort(vec![col("comments").sort(false, false), col("actor").sort(true, false)])?;
    by_actor.show().await?;
    Ok(())
}
