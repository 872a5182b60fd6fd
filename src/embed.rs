//! jqlx inside another DataFusion program.

use async_trait::async_trait;
use datafusion::prelude::{DataFrame, SessionContext};

use crate::engine::{Engine, Options};
use crate::error::Error;
use crate::exec;
use crate::semantic::Parameters;

/// Gives a DataFusion session the method `jql`.
///
/// The session must have the tables of the data model registered under their names, `events` and `issues` at least.
///
/// ```no_run
/// # async fn f() -> Result<(), Box<dyn std::error::Error>> {
/// use datafusion::prelude::*;
/// use jqlx::JqlContext;
/// let ctx = SessionContext::new();
/// ctx.register_parquet("events", "data/events", ParquetReadOptions::default()).await?;
/// ctx.register_parquet("issues", "data/issues", ParquetReadOptions::default()).await?;
/// let deleted = ctx.jql("ACTIVITY WHERE comment DELETED AFTER -30d").await?;
/// deleted.filter(col("actor").is_not_null())?.show().await?;
/// # Ok(()) }
/// ```
#[async_trait]
pub trait JqlContext {
    /// Compiles a query against the session's tables; run it, or go on with DataFusion's own API.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] with every diagnostic where the query is refused.
    async fn jql(&self, text: &str) -> Result<DataFrame, Error> {
        self.jql_with(text, Options::default(), &Parameters::new()).await
    }

    /// The same with a clock, a zone, a user and parameters. Threads and memory are the session's own.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] with every diagnostic where the query is refused.
    async fn jql_with(&self, text: &str, options: Options, parameters: &Parameters) -> Result<DataFrame, Error>;

    /// Makes the functions that plans of jqlx use known by their names, for a session that runs plans which another one made
    /// and sent.
    ///
    /// ```
    /// use datafusion::prelude::SessionContext;
    /// use jqlx::JqlContext;
    /// let worker = SessionContext::new();
    /// worker.register_jql_functions();
    /// assert!(worker.state().scalar_functions().contains_key("jql_text"));
    /// ```
    fn register_jql_functions(&self);
}

#[async_trait]
impl JqlContext for SessionContext {
    async fn jql_with(&self, text: &str, options: Options, parameters: &Parameters) -> Result<DataFrame, Error> {
        let engine = Engine::from_context(self.clone(), options).await?;
        Ok(engine.compile(text, parameters).await?.data_frame())
    }

    fn register_jql_functions(&self) {
        exec::register_functions(self);
    }
}
