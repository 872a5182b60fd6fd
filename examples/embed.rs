//! Embed jqlx: open data, bind a parameter, stream the answer.
//!
//! `cargo run --example embed -- FOLDER USER` asks a folder of Parquet; without arguments, the sample data.

use std::error::Error;

use futures::TryStreamExt;
use jqlx::{Engine, Options, Parameter, Parameters};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let engine = match arguments.next() {
        Some(folder) => Engine::open(folder, Options::default()).await?,
        None => {
            let now = jiff::Timestamp::from_microsecond(jqlx::data::demo::NOW)?;
            Engine::from_tables(jqlx::data::demo::demo(), Options { now: Some(now), ..Options::default() }).await?
        }
    };
    let who = arguments.next().unwrap_or_else(|| "mallory".to_owned());

    // The value is bound, never spliced into the text: it can be anything a user typed.
    let parameters = Parameters::from([("who".to_owned(), Parameter::Text(who))]);
    let query = engine.compile("ACTIVITY WHERE comment DELETED BY $who", &parameters).await?;

    // Batches come as they are computed; nothing holds the whole answer.
    let mut rows = query.run().await?;
    let mut count = 0;
    while let Some(batch) = rows.try_next().await? {
        count += batch.num_rows();
    }
    let statistics = rows.statistics();
    println!("{count} comments deleted");
    println!("{} columns, {} rows", rows.schema().fields().len(), statistics.rows);
    Ok(())
}
