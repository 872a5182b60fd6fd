//! One sync from beginning to end.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};

use super::api::{self, Api, Fields};
use super::complete::{self, Denied};
use super::gone::{self, Present};
use super::pages::Pages;
use super::position::Position;
use super::spool::{Spool, Work};
use super::step::{self, GoneIssue};
use super::tables::{self, Tables};
use super::{Gone, Options, Progress, Site, Stop, Summary, audit, known};
use crate::data::rows::EventRow;
use crate::diagnostic::{Diagnostic, codes};
use crate::error::Error;
use crate::source::files::ImportSummary;
use crate::source::rest::{Request, RestError};
use crate::store::{Loaded, Store};

/// Bytes of records after which they are committed, however few issues they are of.
const MOST_BYTES: usize = 256 << 20;
/// Ids of a page.
const IDS: usize = 5000;
/// Records that are named.
const PROBLEMS: usize = 100;

pub(super) async fn run(site: Site, store: &Path, options: Options, progress: Arc<dyn Progress>) -> Result<Summary, Error> {
    progress.stage("asking the site");
    let api = Arc::new(Api::new(site, &options)?);
    let server = api.server().await?;
    api.check(&server)?;
    let zone = api.zone().await?;
    let before = known::store(store)?;
    let mut position = before.as_ref().map(Position::of).transpose()?.unwrap_or_default();
    position.check(&server.name)?;
    position.site.clone_from(&server.name);
    let work = Work::begin(store)?;
    let updates = match &before {
        Some(store) => known::updates(store).await?,
        None => HashMap::new(),
    };
    drop(before);
    let mut side = work.spool("tables.ndjson.gz")?;
    let tables = tables::fetch(&api, &mut side, |stage| progress.stage(&format!("fetching {stage}"))).await?;
    let mut run = Run {
        api,
        store,
        work,
        done_until: position.updated,
        position,
        updates,
        side: side.finish()?,
        tables,
        denied: Denied::new(),
        fetched: HashSet::new(),
        committed: false,
        summary: Summary { site: server.name, ..Summary::default() },
        options,
        progress,
    };
    run.issues(zone).await?;
    run.deleted_worklogs().await?;
    if run.options.audit {
        run.audit().await?;
    }
    if run.options.scan {
        run.scan().await?;
    }
    run.finish().await?;
    Ok(run.end())
}

struct Run<'a> {
    api: Arc<Api>,
    store: &'a Path,
    work: Work,
    position: Position,
    /// Issues that were updated until then, and that the store has as they are, need not come again.
    done_until: Option<i64>,
    /// When each issue that the store has was updated.
    updates: HashMap<i64, i64>,
    /// The records around the issues.
    side: PathBuf,
    tables: Tables,
    denied: Denied,
    /// Issues that came in this run.
    fetched: HashSet<i64>,
    committed: bool,
    summary: Summary,
    options: Options,
    progress: Arc<dyn Progress>,
}

/// Issues on their way into one commit.
struct Batch {
    spool: Spool,
    present: Vec<Present>,
    /// The last update of them.
    updated: Option<i64>,
    began: Instant,
}

impl Run<'_> {
    fn batch(&self) -> Result<Batch, Error> {
        let spool = self.work.spool("issues.ndjson.gz")?;
        Ok(Batch { spool, present: Vec::new(), updated: None, began: Instant::now() })
    }

    /// Everything that was updated since the last time.
    async fn issues(&mut self, zone: Option<jiff::tz::TimeZone>) -> Result<(), Error> {
        self.progress.stage("fetching issues");
        let overlap = i64::try_from(self.options.overlap.as_micros()).unwrap_or(i64::MAX);
        let since = self.position.updated.map(|updated| updated.saturating_sub(overlap));
        let mut pages = Pages::new(since, zone, self.options.page);
        let total = self.api.count(&pages.condition()).await;
        self.progress.issues(0, total);
        let mut batch = self.batch()?;
        let mut seen = 0;
        let api = self.api.clone();
        let mut coming = pages.next(&api).await;
        loop {
            let page = match coming {
                Ok(Some(page)) => page,
                Ok(None) => break,
                Err(error) => return self.ended_early(batch, error).await,
            };
            seen += page.issues.len() as u64;
            // The next page is asked for while this one is completed.
            let (taken, following) = futures::join!(self.take(&mut batch, page), pages.next(&api));
            match taken {
                Ok(()) => {}
                Err(Stop::Rest(error)) => return self.ended_early(batch, error).await,
                Err(Stop::Error(error)) => return Err(error),
            }
            self.progress.issues(seen, total);
            if self.is_full(&batch) {
                self.commit_batch(batch).await?;
                self.progress.stage("fetching issues");
                batch = self.batch()?;
            }
            coming = following;
        }
        if batch.spool.records() > 0 || batch.updated > self.position.updated {
            self.commit_batch(batch).await?;
        }
        Ok(())
    }

    fn is_full(&self, batch: &Batch) -> bool {
        batch.spool.records() >= self.options.batch
            || batch.spool.bytes() >= MOST_BYTES
            || (batch.spool.records() > 0 && batch.began.elapsed() >= self.options.commit_after)
    }

    /// Keeps what was fetched before an error.
    async fn ended_early(&mut self, batch: Batch, error: RestError) -> Result<(), Error> {
        if batch.spool.records() > 0 {
            self.commit_batch(batch).await?;
        }
        Err(error.into())
    }

    /// Completes a page and adds it to a batch.
    async fn take(&mut self, batch: &mut Batch, mut page: api::Page) -> Result<(), Stop> {
        let updated = page.issues.iter().filter_map(api::updated).max();
        page.issues.retain(|issue| !self.is_known(issue));
        let head = page.head.clone();
        let issues = complete::complete(&self.api, page, &mut self.denied).await?;
        if !issues.is_empty() {
            batch.spool.head(&head)?;
        }
        for issue in issues {
            batch.spool.record(&issue)?;
            self.summary.issues += 1;
            if let Some(id) = api::id(&issue) {
                self.fetched.insert(id);
                if self.updates.contains_key(&id) {
                    batch.present.extend(Present::of(&issue));
                }
            }
        }
        batch.updated = batch.updated.max(updated);
        Ok(())
    }

    /// Whether the store has the issue as it is.
    fn is_known(&self, issue: &Value) -> bool {
        let (Some(id), Some(updated)) = (api::id(issue), api::updated(issue)) else { return false };
        self.done_until.is_some_and(|until| updated <= until) && self.updates.get(&id) == Some(&updated)
    }

    async fn commit_batch(&mut self, batch: Batch) -> Result<(), Error> {
        let Batch { spool, present, updated, .. } = batch;
        let path = spool.finish()?;
        let mut events = Vec::new();
        if !present.is_empty()
            && let Some(store) = known::store(self.store)?
        {
            self.progress.stage("looking for what is gone");
            let now = self.api.now().await?;
            let found = gone::things(&self.api, &store, &present, now).await?;
            self.count(found.counts);
            events = found.events;
        }
        self.position.updated = self.position.updated.max(updated);
        self.commit(Some(path), events).await
    }

    async fn commit(&mut self, issues: Option<PathBuf>, events: Vec<EventRow>) -> Result<(), Error> {
        self.progress.stage("committing");
        let inputs: Vec<PathBuf> = std::iter::once(self.side.clone()).chain(issues).collect();
        let (whole, options) = (&self.tables.whole, &self.options.load);
        let (imported, loaded) = step::records(self.store, inputs, events, whole, &self.position, options).await?;
        self.problems(imported);
        self.loaded(loaded);
        self.committed = true;
        Ok(())
    }

    fn problems(&mut self, imported: ImportSummary) {
        let room = PROBLEMS.saturating_sub(self.summary.problems.len());
        // The records around the issues come with each commit, and their problems with them.
        let new: Vec<_> = imported.problems.into_iter().filter(|problem| !self.summary.problems.contains(problem)).collect();
        self.summary.problems.extend(new.into_iter().take(room));
    }

    fn loaded(&mut self, loaded: Loaded) {
        let of = |rows: &std::collections::BTreeMap<String, u64>, table: &str| rows.get(table).copied().unwrap_or_default();
        for (sum, rows) in [(&mut self.summary.added, &loaded.added), (&mut self.summary.changed, &loaded.changed)] {
            sum.0 += of(rows, "issues");
            sum.1 += of(rows, "events");
        }
        if loaded.version.is_some() {
            self.summary.version = loaded.version;
            self.summary.commits += 1;
        }
        self.summary.left_out.extend(loaded.warnings);
    }

    fn count(&mut self, more: Gone) {
        let gone = &mut self.summary.gone;
        gone.issues += more.issues;
        gone.comments += more.comments;
        gone.worklogs += more.worklogs;
        gone.attachments += more.attachments;
    }

    /// Work logs of which the site says that they were deleted.
    async fn deleted_worklogs(&mut self) -> Result<(), Error> {
        self.progress.stage("fetching deleted work logs");
        let mut since = self.position.worklogs.unwrap_or_default();
        let mut deletions: Vec<(String, i64)> = Vec::new();
        loop {
            let request = Request::get(self.api.platform("worklog/deleted")).with("since", since);
            let answer = match self.api.ask(&request).await {
                Ok(answer) => answer,
                Err(error) if error.is_denied() => {
                    self.denied.entry("deletions of work logs").or_insert(error);
                    return Ok(());
                }
                Err(error) => return Err(error.into()),
            };
            for deletion in answer["values"].as_array().into_iter().flatten() {
                if let (Some(id), Some(time)) = (deletion["worklogId"].as_i64(), deletion["updatedTime"].as_i64()) {
                    deletions.push((id.to_string(), time));
                }
            }
            let until = answer["until"].as_i64();
            let is_last = answer["lastPage"] != json!(false) || until.is_none();
            // A page of nothing but one instant would come again and again.
            since = if is_last { until.unwrap_or(since).max(since) } else { until.unwrap_or(since).max(since + 1) };
            if is_last {
                break;
            }
        }
        deletions.sort();
        deletions.dedup();
        if deletions.is_empty() && self.position.worklogs.is_some() {
            self.position.worklogs = Some(since);
            return Ok(());
        }
        let store = known::store(self.store)?;
        let found = gone::worklogs(store.as_ref(), &deletions).await?;
        self.position.worklogs = Some(since);
        if found.events.is_empty() {
            return Ok(());
        }
        self.count(found.counts);
        self.commit(None, found.events).await
    }

    /// The audit log since the last time.
    async fn audit(&mut self) -> Result<(), Error> {
        self.progress.stage("fetching the audit log");
        let now = self.api.now().await?;
        let overlap = i64::try_from(self.options.overlap.as_micros()).unwrap_or(i64::MAX);
        let from = self.position.audit.map(|until| until.saturating_sub(overlap));
        let mut spool = self.work.spool("audit.ndjson.gz")?;
        if let Some(error) = audit::fetch(&self.api, &mut spool, from, now).await? {
            self.tables.leave_out("records of the audit log", &error);
            return Ok(());
        }
        self.position.audit = Some(now);
        let records = spool.records();
        let path = spool.finish()?;
        if records > 0 {
            self.summary.audit_records = records as u64;
            self.commit(Some(path), Vec::new()).await?;
        }
        Ok(())
    }

    /// Compares all ids: an issue that the store has and the site does not is gone, and one that only the site has comes.
    async fn scan(&mut self) -> Result<(), Error> {
        self.progress.stage("looking for deleted issues");
        let now = self.api.now().await?;
        let mut there: HashSet<i64> = HashSet::new();
        let mut next = None;
        loop {
            let jql = "created >= \"1970-01-02\" ORDER BY created ASC, key ASC";
            let page = self.api.search(jql, Fields::Id, IDS, next.as_ref()).await?;
            there.extend(page.issues.iter().filter_map(api::id));
            next = page.next;
            if next.is_none() {
                break;
            }
        }
        let fresh: Vec<i64> = there.iter().copied().filter(|id| !self.has(*id)).collect();
        if !fresh.is_empty() {
            self.unseen(fresh).await?;
        }
        let missing: Vec<i64> =
            self.updates.keys().copied().filter(|id| !there.contains(id) && !self.fetched.contains(id)).collect();
        if !missing.is_empty() {
            self.missing(missing, now).await?;
        }
        self.position.scanned = Some(now);
        Ok(())
    }

    /// Commits what is around the issues, unless it went with some of them, and how far the sync is.
    async fn finish(&mut self) -> Result<(), Error> {
        if !self.committed {
            return self.commit(None, Vec::new()).await;
        }
        let loaded = Store::writer(self.store).await?.note_sync(self.position.value()).await?;
        self.loaded(loaded);
        Ok(())
    }

    fn has(&self, id: i64) -> bool {
        self.updates.contains_key(&id) || self.fetched.contains(&id)
    }

    /// Issues that a list by updates did not have: the account may see them since lately.
    async fn unseen(&mut self, mut ids: Vec<i64>) -> Result<(), Error> {
        ids.sort_unstable();
        let mut batch = self.batch()?;
        for some in ids.chunks(self.options.page.clamp(1, 100)) {
            let page = self.api.issues(some).await?;
            match self.take(&mut batch, page).await {
                Ok(()) => {}
                Err(Stop::Rest(error)) => return Err(error.into()),
                Err(Stop::Error(error)) => return Err(error),
            }
            // They tell nothing of how far the list by updates is.
            batch.updated = None;
            if self.is_full(&batch) {
                self.commit_batch(batch).await?;
                batch = self.batch()?;
            }
        }
        self.commit_batch(batch).await
    }

    /// Issues that the store has and a list of all ids did not.
    async fn missing(&mut self, ids: Vec<i64>, now: i64) -> Result<(), Error> {
        // A list by place may leave one out when another one is deleted.
        let there: BTreeSet<i64> = self.api.of_these(&ids).await?.into_iter().collect();
        let ids: Vec<i64> = ids.into_iter().filter(|id| !there.contains(id)).collect();
        let Some(store) = known::store(self.store)? else { return Ok(()) };
        let issues = known::issues(&store, &ids).await?;
        drop(store);
        let mut hidden: HashMap<String, u64> = HashMap::new();
        let mut gone = Vec::new();
        for (id, issue) in issues {
            let project = issue.project.clone().or_else(|| issue.key.rsplit_once('-').map(|(project, _)| project.to_owned()));
            let is_visible = |project: &String| self.tables.projects.as_ref().is_none_or(|projects| projects.contains(project));
            match project.filter(|project| !is_visible(project)) {
                Some(project) => *hidden.entry(project).or_default() += 1,
                None => {
                    let event = gone::issue(id, &issue, self.position.scanned, now);
                    gone.push(GoneIssue { id, key: issue.key, event });
                }
            }
        }
        for (project, issues) in hidden {
            let message = format!("the project {project} can no longer be seen, with its {issues} issues, which stay as they were");
            let help = "it was deleted, or the account may no longer see it; an audit log tells which";
            self.summary.left_out.push(Diagnostic::warning(codes::SYNC_HIDDEN, message).help(help));
        }
        if gone.is_empty() {
            return Ok(());
        }
        gone.sort_by_key(|gone| gone.id);
        self.summary.gone.issues += gone.len() as u64;
        let position = Position { scanned: Some(now), ..self.position.clone() };
        let loaded = step::gone_issues(self.store, gone, &position, &self.options.load).await?;
        self.loaded(loaded);
        Ok(())
    }

    fn end(mut self) -> Summary {
        let mut left_out = std::mem::take(&mut self.tables.left_out);
        for (what, error) in &self.denied {
            let message = format!("some {what}s were left out: {error}");
            left_out.push(Diagnostic::warning(codes::SYNC_DENIED, message).help("the account lacks the permission"));
        }
        left_out.append(&mut self.summary.left_out);
        Summary { left_out, ..self.summary }
    }
}
