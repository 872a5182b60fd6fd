//! The facade: open tables, compile a query, run it.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::datasource::MemTable;
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::{ExecutionPlan, displayable};
use datafusion::prelude::{DataFrame, SessionContext};
use jiff::tz::TimeZone;
use tokio::sync::RwLock;

use crate::catalog::Catalog;
use crate::data::schema::TABLES;
use crate::data::{look_up, read, rows, site};
use crate::diagnostic::{Diagnostic, Report, Severity, codes};
use crate::error::Error;
use crate::exec::{self, Rows, Statistics};
use crate::plan::{self, Tables, Zone};
use crate::semantic::bound::BoundQuery;
use crate::semantic::{self, Calendar, Deployment, Estimates, Parameters, Session, WeekStart};
#[cfg(feature = "sync")]
use crate::source::live::{self, Live, LiveOptions};
#[cfg(feature = "sync")]
use crate::source::rest::Site;
use crate::syntax::{self, Dialect};

/// The session: everything an answer depends on besides the query and the data.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// The instant that `now()` is; none: the clock's, read once when the engine is opened.
    pub now: Option<jiff::Timestamp>,
    /// The zone of date literals and day boundaries; none: that of `user` where the table of users tells it, else
    /// `site_zone`.
    pub time_zone: Option<TimeZone>,
    /// The zone of users whose own is not known; none: UTC.
    pub site_zone: Option<TimeZone>,
    /// `currentUser()`: an account id, name or e-mail.
    pub user: Option<String>,
    /// Which Jira's rules count where Cloud and Data Center differ.
    pub deployment: Deployment,
    /// On which day weeks begin.
    pub week_start: WeekStart,
    /// What a day and a week of an estimate are.
    pub estimates: Estimates,
    /// Which hours are working time.
    pub calendar: Calendar,
    /// Whether a query with warnings is refused, each warning an error.
    pub strict: bool,
    /// Partitions that work in parallel; none: one a core.
    pub threads: Option<usize>,
    /// Bytes that a query may hold in memory before it spills or is refused; none: no limit.
    pub memory_limit: Option<usize>,
}

/// Tables to ask questions of, with a session.
///
/// ```no_run
/// # async fn f() -> Result<(), jqlx::Error> {
/// use futures::TryStreamExt;
/// let engine = jqlx::Engine::open("data", jqlx::Options::default()).await?;
/// let query = engine.compile("comment DELETED AFTER -30d", &jqlx::Parameters::new()).await?;
/// let batches: Vec<_> = query.run().await?.try_collect().await?;
/// # Ok(()) }
/// ```
pub struct Engine {
    context: SessionContext,
    tables: Tables,
    session: Session,
    strict: bool,
    catalog: RwLock<Arc<Catalog>>,
    /// The site whose issues are asked for, where they are not in the tables.
    #[cfg(feature = "sync")]
    live: Option<Arc<Live>>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("session", &self.session).finish_non_exhaustive()
    }
}

impl Engine {
    /// Opens a folder of Parquet in the interchange layout (`docs/language.md` names its tables).
    ///
    /// # Errors
    ///
    /// [`Error::Data`] where the folder or one of its files is not what it should be, or where the zone of the asking user is
    /// needed and has no known name.
    pub async fn open(folder: impl AsRef<Path>, options: Options) -> Result<Self, Error> {
        Self::new(read::open(folder.as_ref())?, options).await
    }

    /// Opens a store at one of its commits.
    ///
    /// # Errors
    ///
    /// [`Error::Data`] where there is no store or no such commit, and where a file of it is not what was written.
    #[cfg(feature = "store")]
    pub async fn open_store(folder: impl AsRef<Path>, at: crate::store::At, options: Options) -> Result<Self, Error> {
        Self::new(crate::store::Store::open(folder, at)?.tables()?, options).await
    }

    /// Asks a live site for its issues. The rest, activity above all, is that of a store; without one only the issues can be
    /// asked, and names are what the site's own lists tell. Where the options name no user, `currentUser()` is the account
    /// that asks.
    ///
    /// # Errors
    ///
    /// [`Error::Environment`] where the site does not answer, [`Error::Data`] where the store is that of another site.
    #[cfg(feature = "sync")]
    pub async fn open_live(
        site: Site,
        store: Option<crate::store::Store>,
        live: LiveOptions,
        mut options: Options,
    ) -> Result<Self, Error> {
        let live = Live::open(site, store, live).await?;
        if options.user.is_none() {
            options.user.clone_from(&live.user);
            options.site_zone = live.zone.clone().or(options.site_zone);
        }
        let context = exec::context(options.threads, options.memory_limit)?;
        // Batches that are handed round are asked for before anybody wants them.
        context.state_ref().write().config_mut().options_mut().optimizer.enable_round_robin_repartition = false;
        let mut engine = Self::with_context(context, live.tables.clone(), options).await?;
        Arc::make_mut(engine.catalog.get_mut()).issues_elsewhere = true;
        engine.live = Some(Arc::new(live));
        Ok(engine)
    }

    /// Takes tables in memory.
    ///
    /// # Errors
    ///
    /// [`Error::Data`] where the rows do not fit the schemas.
    pub async fn from_tables(rows: rows::Tables, options: Options) -> Result<Self, Error> {
        let mut tables = Tables::default();
        let batches = rows.batches().map_err(datafusion::error::DataFusionError::from)?;
        for (name, batch) in batches {
            tables.insert(name, Arc::new(MemTable::try_new(batch.schema(), vec![vec![batch]])?));
        }
        Self::new(tables, options).await
    }

    /// Takes the tables of a DataFusion session, found there by the names of the data model. Threads and memory limit of
    /// the options do not count: they are the session's.
    ///
    /// # Errors
    ///
    /// Where the session's tables cannot be read.
    pub async fn from_context(context: SessionContext, options: Options) -> Result<Self, Error> {
        let mut tables = Tables::default();
        for table in TABLES {
            if context.table_exist(table.name)? {
                tables.insert(table.name, context.table_provider(table.name).await?);
            }
        }
        exec::register_functions(&context);
        Self::with_context(context, tables, options).await
    }

    async fn new(tables: Tables, options: Options) -> Result<Self, Error> {
        let context = exec::context(options.threads, options.memory_limit)?;
        Self::with_context(context, tables, options).await
    }

    async fn with_context(context: SessionContext, tables: Tables, options: Options) -> Result<Self, Error> {
        let catalog = site::catalog(&context, &tables).await?;
        let zone = match options.time_zone {
            Some(zone) => zone,
            None => users_zone(&catalog, options.user.as_deref())?.or(options.site_zone).unwrap_or(TimeZone::UTC),
        };
        let session = Session {
            now: options.now.unwrap_or_else(jiff::Timestamp::now).as_microsecond(),
            zone,
            user: options.user,
            deployment: options.deployment,
            week_start: options.week_start,
            estimates: options.estimates,
            calendar: options.calendar,
        };
        Ok(Self {
            context,
            tables,
            session,
            strict: options.strict,
            catalog: RwLock::new(Arc::new(catalog)),
            #[cfg(feature = "sync")]
            live: None,
        })
    }

    /// The same tables at another instant: what `now()` is from here on.
    pub fn at(mut self, now: jiff::Timestamp) -> Self {
        self.session.now = now.as_microsecond();
        self
    }

    /// What queries may name.
    pub async fn catalog(&self) -> Arc<Catalog> {
        self.catalog.read().await.clone()
    }

    /// Clock, zone and user.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The DataFusion session that plans run in.
    pub fn context(&self) -> &SessionContext {
        &self.context
    }

    /// Parses, binds and plans; runs nothing but look-ups of former values that the query names.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] with every diagnostic where the query is refused; with [`Options::strict`] also for warnings alone.
    pub async fn compile(&self, text: &str, parameters: &Parameters) -> Result<Query, Error> {
        let started = Instant::now();
        let parsed = syntax::parse(text, Dialect::Jqlx);
        let parse_ms = milliseconds(started);
        let refuse = |mut diagnostics: Vec<Diagnostic>| {
            #[cfg(feature = "sync")]
            if let Some(live) = &self.live {
                diagnostics = live.explained_all(diagnostics);
            }
            if self.strict {
                diagnostics.iter_mut().for_each(|d| d.severity = Severity::Error);
            }
            Error::Query(Box::new(Report { name: "query".into(), source: text.to_string(), diagnostics }))
        };
        if parsed.diagnostics.iter().any(Diagnostic::is_error) {
            return Err(refuse(self.with_binding(parsed, parameters).await));
        }
        let started = Instant::now();
        let bound = self.bind(&parsed.query, parameters).await?.map_err(refuse)?;
        if self.strict && !bound.warnings.is_empty() {
            return Err(refuse(bound.warnings));
        }
        let bind_ms = milliseconds(started);
        let started = Instant::now();
        let zone = Zone { name: &self.session.zone_name(), week_start: self.session.week_start };
        let logical = plan::lower(&bound, &self.tables_for(&bound), zone).map_err(|e| match e {
            Error::Data(d) if d.code == codes::TOO_LARGE => refuse(vec![*d]),
            #[cfg(feature = "sync")]
            other => match &self.live {
                Some(live) => live.explained(other),
                None => other,
            },
            #[cfg(not(feature = "sync"))]
            other => other,
        })?;
        let state = self.context.state();
        let optimized = state.optimize(&logical)?;
        let statistics = Statistics { parse_ms, bind_ms, plan_ms: milliseconds(started), ..Statistics::default() };
        Ok(Query { context: self.context.clone(), session: self.session.clone(), bound, logical, optimized, statistics })
    }

    /// The tables that the plan of a query reads.
    #[cfg(feature = "sync")]
    fn tables_for(&self, query: &BoundQuery) -> Tables {
        self.live.as_ref().map_or_else(|| self.tables.clone(), |live| live.tables_for(query))
    }

    /// The tables that the plan of a query reads.
    #[cfg(not(feature = "sync"))]
    fn tables_for(&self, _query: &BoundQuery) -> Tables {
        self.tables.clone()
    }

    /// Binds; where only the data can tell what a name means, looks it up and binds again.
    async fn bind(
        &self,
        query: &syntax::ast::Query,
        parameters: &Parameters,
    ) -> Result<Result<BoundQuery, Vec<Diagnostic>>, Error> {
        loop {
            let catalog = self.catalog().await;
            let (bound, wanted) = match semantic::bind(query, &catalog, &self.session, parameters) {
                Ok(bound) => (Ok(bound.query), bound.wanted),
                Err(refused) => (Err(refused.diagnostics), refused.wanted),
            };
            // Each round asks for something new, or it is the last.
            if wanted.is_empty() {
                return Ok(bound);
            }
            let mut catalog = (*catalog).clone();
            look_up::look_up(&self.context, &self.tables, &wanted, &mut catalog).await?;
            *self.catalog.write().await = Arc::new(catalog);
        }
    }

    /// The errors of a text that is no query, with those of its sound parts.
    async fn with_binding(&self, parsed: syntax::Parsed, parameters: &Parameters) -> Vec<Diagnostic> {
        let mut diagnostics = parsed.diagnostics;
        if let Ok(Err(found)) = self.bind(&parsed.query, parameters).await {
            // Where a clause could not be read, the parser has said so.
            diagnostics.extend(found.into_iter().filter(|d| d.is_error() && d.code != codes::UNEXPECTED));
        }
        diagnostics.sort_by_key(Diagnostic::span);
        diagnostics
    }

    /// All errors and warnings of a query; none where it runs as it is.
    pub async fn check(&self, text: &str, parameters: &Parameters) -> Vec<Diagnostic> {
        match self.compile(text, parameters).await {
            Ok(query) => query.bound.warnings,
            Err(other) => other.diagnostics().to_vec(),
        }
    }
}

/// The zone of the asking user; none where nobody asks, or the table of users does not tell it.
fn users_zone(catalog: &Catalog, user: Option<&str>) -> Result<Option<TimeZone>, Error> {
    let person = user.and_then(|user| catalog.find_people(user).into_iter().next());
    let Some((person, name)) = person.and_then(|p| Some((p, p.time_zone.as_deref()?))) else { return Ok(None) };
    // Another zone would move every day boundary of the query, and nobody would see it.
    TimeZone::get(name).map(Some).map_err(|_| {
        let message = format!("the time zone of {} is `{name}`, which is no known zone", person.name);
        let diagnostic = Diagnostic::error(codes::UNKNOWN_ZONE, message);
        Error::Data(Box::new(diagnostic.help("name the zone with --tz, or correct the table of users")))
    })
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

/// A compiled query.
pub struct Query {
    context: SessionContext,
    session: Session,
    bound: BoundQuery,
    logical: LogicalPlan,
    optimized: LogicalPlan,
    statistics: Statistics,
}

impl std::fmt::Debug for Query {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Query").field("bound", &self.bound).finish_non_exhaustive()
    }
}

impl Query {
    /// The bound query.
    pub fn bound(&self) -> &BoundQuery {
        &self.bound
    }

    /// The plan as it was built, before optimisation: what export and embedding start from.
    pub fn logical_plan(&self) -> &LogicalPlan {
        &self.logical
    }

    /// The query as a DataFrame, to go on with DataFusion's own API.
    pub fn data_frame(&self) -> DataFrame {
        DataFrame::new(self.context.state(), self.logical.clone())
    }

    /// What compiling cost so far.
    pub fn statistics(&self) -> Statistics {
        self.statistics
    }

    /// What the query means, and how it will be answered.
    ///
    /// # Errors
    ///
    /// Where the physical plan cannot be made.
    pub async fn explain(&self) -> Result<Explanation, Error> {
        let physical = exec::physical_plan(&self.logical, &self.optimized, &self.context.state()).await?;
        Ok(Explanation {
            words: semantic::explain(&self.bound, &self.session),
            bound: format!("{:#?}", self.bound),
            jql: questions(&physical),
            logical: self.optimized.display_indent().to_string(),
            physical: displayable(physical.as_ref()).indent(false).to_string(),
        })
    }

    /// The columns of the answer.
    pub fn schema(&self) -> SchemaRef {
        self.logical.schema().inner().clone()
    }

    /// Warnings.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.bound.warnings
    }

    /// Starts it. Each call runs anew.
    ///
    /// # Errors
    ///
    /// Where the physical plan cannot be made; errors of running come with the rows.
    pub async fn run(&self) -> Result<Rows, Error> {
        let started = Instant::now();
        let physical = exec::physical_plan(&self.logical, &self.optimized, &self.context.state()).await?;
        #[cfg(feature = "sync")]
        if let Some(refused) = live::refusal(&physical) {
            return Err(Error::Data(Box::new(refused)));
        }
        let stream = datafusion::physical_plan::execute_stream(physical.clone(), self.context.task_ctx())?;
        let mut statistics = self.statistics;
        statistics.plan_ms += milliseconds(started);
        Ok(Rows::new(stream, physical, statistics))
    }
}

/// What a plan asks of a live site.
fn questions(plan: &Arc<dyn ExecutionPlan>) -> Vec<String> {
    #[cfg(feature = "sync")]
    return live::questions(plan);
    #[cfg(not(feature = "sync"))]
    {
        let _ = plan;
        Vec::new()
    }
}

/// A query in several forms, each readable.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// In plain words.
    pub words: String,
    /// The bound query.
    pub bound: String,
    /// What is asked of a live site in its own JQL; nothing where all is in tables.
    pub jql: Vec<String>,
    /// The optimised logical plan.
    pub logical: String,
    /// The physical plan.
    pub physical: String,
}
