//! One import: read every record, sort and deduplicate, write.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use datafusion::arrow::array::RecordBatch;
use serde::{Deserialize, Serialize};

use super::echoes::Echoes;
use super::places::Places;
use super::sorter::Sorter;
use super::splitter::Position;
use super::{Beside, ImportError, ImportOptions, ImportSummary, Problem, Progress, input, merge};
use crate::data::rows::{CustomColumns, CustomValue, EventRow, IssueRow, LinkRow, PropertyRow, events_batch};
use crate::data::schema;
use crate::data::write::DatasetWriter;
use crate::diagnostic::{Code, codes};
use crate::source::dates::Dates;
use crate::source::jira::{self, Event, Mapped, Site};

/// Rows written at once.
const BATCH: usize = 8192;

/// An issue on its way, with what only its latest copy may add.
#[derive(Serialize, Deserialize)]
struct Copy {
    row: IssueRow,
    links: Vec<LinkRow>,
    properties: Vec<PropertyRow>,
}

pub(super) struct Run<'a> {
    pub(super) options: &'a ImportOptions,
    pub(super) progress: &'a dyn Progress,
    beside: &'a dyn Beside,
    out: PathBuf,
    spool: PathBuf,
    pub(super) site: Site,
    /// How times are read that are no instants.
    pub(super) dates: Dates,
    issues: Sorter<Copy>,
    events: Sorter<Event>,
    /// When each issue was created: two of one id and different times are of different sites.
    created: HashMap<i64, i64>,
    /// Issues that records without a key belong to.
    wanted: HashMap<i64, Option<(String, Option<String>)>>,
    /// Ids by key, for records that only tell a key.
    wanted_keys: HashMap<String, Option<i64>>,
    /// Search pages and lists, with records or without.
    pub(super) answers: u64,
    pub(super) summary: ImportSummary,
    echoes: Echoes,
    /// Opened first, so that a folder that cannot be written costs no reading.
    writer: DatasetWriter,
}

impl<'a> Run<'a> {
    pub(super) fn new(
        inputs: &[PathBuf],
        out: &Path,
        options: &'a ImportOptions,
        progress: &'a dyn Progress,
        beside: &'a dyn Beside,
    ) -> Result<Self, ImportError> {
        let mut total = 0;
        for path in inputs {
            let unreadable = |reason| ImportError::Unreadable { path: path.clone(), reason };
            total += std::fs::metadata(path).map_err(unreadable)?.len();
            input::open(path, &Arc::default()).map_err(unreadable)?;
        }
        let writer = DatasetWriter::create(out, options.replace)?;
        let spool = writer.folder().to_owned();
        // Issues and events share the memory; rows are larger in memory than their texts.
        let budget = options.memory / 4;
        let mut run = Self {
            options,
            progress,
            beside,
            out: out.to_owned(),
            site: Site::beside(beside.known()),
            issues: Sorter::new(|a, b| latest_first(&a.row, &b.row), &spool, budget),
            events: Sorter::new(|a, b| identity(a).cmp(&identity(b)), &spool, budget),
            spool,
            created: HashMap::new(),
            wanted: HashMap::new(),
            wanted_keys: HashMap::new(),
            answers: 0,
            echoes: Echoes::default(),
            dates: Dates::of(&options.zone),
            summary: ImportSummary::default(),
            writer,
        };
        progress.stage("reading");
        let done = Arc::new(AtomicU64::new(0));
        for path in inputs {
            run.read(path, &done, total)?;
            run.summary.files += 1;
        }
        progress.bytes(total, total);
        Ok(run)
    }

    /// Notes the issue's identity. Some: it is that of an issue of another site.
    pub(super) fn foreign(&mut self, row: &IssueRow, is_issue: bool) -> Option<String> {
        let created = row.created.unwrap_or_default();
        match self.created.insert(row.id, created) {
            None => None,
            Some(known) if same_moment(known, created) => {
                self.created.insert(row.id, finer(known, created));
                self.summary.duplicate_issues += u64::from(is_issue);
                None
            }
            Some(known) => {
                self.created.insert(row.id, known);
                Some(format!(
                    "its id {} is that of another issue, created at another time; import each Jira site into a \
                     folder of its own",
                    row.id
                ))
            }
        }
    }

    pub(super) fn keep(&mut self, mapped: Mapped) -> Result<(), ImportError> {
        self.spooled(mapped).map_err(|reason| ImportError::Spool { folder: self.spool.clone(), reason })
    }

    fn spooled(&mut self, mapped: Mapped) -> io::Result<()> {
        for event in mapped.events {
            if event.row.entity == "link" {
                let other = [&event.row.from_id, &event.row.to_id].into_iter().flatten().filter_map(|id| id.parse().ok());
                for id in other {
                    self.wanted.entry(id).or_default();
                }
            }
            self.echoes.note(&event.row);
            if mapped.issue.is_none() {
                match (event.row.issue_id, &event.row.issue_key) {
                    (Some(id), None) => drop(self.wanted.entry(id).or_default()),
                    (None, Some(key)) => drop(self.wanted_keys.entry(key.clone()).or_default()),
                    _ => {}
                }
            }
            let size = event_size(&event.row);
            self.events.push(event, size)?;
        }
        if let Some(row) = mapped.issue {
            let properties: usize = mapped.properties.iter().map(property_size).sum();
            let size = issue_size(&row) + properties;
            self.issues.push(Copy { row, links: mapped.links, properties: mapped.properties }, size)?;
        }
        Ok(())
    }

    pub(super) fn bad(&mut self, path: &Path, at: Position, record: Option<String>, reason: String) {
        self.summary.bad_records += 1;
        self.problem(codes::IMPORT_BAD_RECORD, path, at, record, reason);
    }

    pub(super) fn problem(&mut self, code: Code, path: &Path, at: Position, record: Option<String>, reason: String) {
        if self.summary.problems.len() < self.options.problems {
            let Position { line, element, offset } = at;
            self.summary.problems.push(Problem { code, file: path.to_owned(), line, element, offset, record, reason });
        }
    }

    /// Sorts, drops duplicates and writes.
    pub(super) fn finish(mut self) -> Result<ImportSummary, ImportError> {
        if self.summary.counts.all() == 0 {
            // A page or a list without a record is an answer: there was nothing to tell.
            let is_answer = self.answers > 0 && self.summary.bad_records == 0 && self.options.may_be_empty;
            return if is_answer { Ok(self.summary) } else { Err(ImportError::Nothing(Box::new(self.summary))) };
        }
        let spool = self.spool.clone();
        let spooled = |reason| ImportError::Spool { folder: spool.clone(), reason };
        let Self { issues, events, .. } = self;

        self.progress.stage("writing issues");
        for id in self.site.remote_link_issues() {
            self.wanted.entry(id).or_default();
        }
        // The columns must be known before the first row is written, and are when the last is seen.
        let mut columns = CustomColumns::default();
        let known = self.site.names.known();
        let mut settled = Sorter::new(|a: &IssueRow, b| a.id.cmp(&b.id), &spool, self.options.memory / 4);
        let mut last = None;
        for copy in issues.finish().map_err(spooled)? {
            let Copy { mut row, links, properties } = copy.map_err(spooled)?;
            if last.replace(row.id) == Some(row.id) {
                continue;
            }
            self.site.names.settle(&known, &mut row);
            columns.observe(&row);
            links.into_iter().for_each(|link| self.site.link(link));
            self.site.properties(properties);
            row.organizations.iter().for_each(|name| self.site.organization(name, None));
            if let Some(found) = self.wanted.get_mut(&row.id) {
                *found = Some((row.key.clone(), row.project.clone()));
            }
            if let Some(found) = self.wanted_keys.get_mut(&row.key) {
                *found = Some(row.id);
            }
            let size = issue_size(&row);
            settled.push(row, size).map_err(spooled)?;
        }
        let mixed = columns.mixed().map(|(name, a, b)| format!("{name} ({a:?} and {b:?})"));
        self.summary.mixed_fields = mixed.collect();
        let mut tables = Counter { writer: self.writer, rows: BTreeMap::new(), out: self.out };
        let mut batch: Vec<IssueRow> = Vec::with_capacity(BATCH);
        for row in settled.finish().map_err(spooled)? {
            batch.push(row.map_err(spooled)?);
            if batch.len() == BATCH {
                tables.write("issues", columns.batch(&batch))?;
                batch.clear();
            }
        }
        tables.write("issues", columns.batch(&batch))?;

        let ids: HashSet<i64> = self.wanted.iter().filter(|(_, found)| found.is_none()).map(|(id, _)| *id).collect();
        let keys: HashSet<String> = self.wanted_keys.iter().filter(|(_, id)| id.is_none()).map(|(key, _)| key.clone()).collect();
        if !ids.is_empty() || !keys.is_empty() {
            for (id, key, project) in self.beside.issues(&ids, &keys) {
                self.wanted_keys.entry(key.clone()).and_modify(|found| *found = Some(id));
                self.wanted.entry(id).and_modify(|found| *found = Some((key, project)));
            }
        }
        self.progress.stage("sorting events");
        let mut by_time = Sorter::new(in_time, &spool, self.options.memory / 4);
        let places = Places { wanted: &self.wanted, wanted_keys: &self.wanted_keys, accounts: self.site.settle_accounts() };
        let mut told = events.finish().map_err(spooled)?.peekable();
        while let Some(event) = told.next() {
            let Event { mut row, project_id, .. } = event.map_err(spooled)?;
            while let Some(again) = told.next_if(|next| next.as_ref().is_ok_and(|next| next.row.event_id == row.event_id)) {
                merge::fill(&mut row, again.map_err(spooled)?.row);
                self.summary.duplicate_events += 1;
            }
            if self.echoes.is_one(&row) {
                self.summary.duplicate_events += 1;
                continue;
            }
            places.settle(&mut row);
            if let (None, Some(id)) = (&row.project, project_id) {
                row.project = self.site.project_of(&id).map(str::to_owned);
            }
            for row in jira::elements(&self.site, row) {
                let size = event_size(&row);
                by_time.push(row, size).map_err(spooled)?;
            }
        }
        self.progress.stage("writing events");
        let mut batch: Vec<EventRow> = Vec::with_capacity(BATCH);
        for row in by_time.finish().map_err(spooled)? {
            batch.push(row.map_err(spooled)?);
            if batch.len() == BATCH {
                tables.write("events", events_batch(&batch))?;
                batch.clear();
            }
        }
        tables.write("events", events_batch(&batch))?;

        let (wanted, looked_at) = (self.wanted, self.site.tables_looked_at());
        let side = self.site.into_tables(|id| wanted.get(&id)?.as_ref().map(|(key, _)| key.clone()));
        match side.side_batches() {
            Ok(batches) => {
                for (table, batch) in batches {
                    tables.write(table, Ok(batch))?;
                }
            }
            Err(error) => tables.write("users", Err(error))?,
        }
        // That there is none of what was looked for is an answer; an absent table is none.
        for table in looked_at.into_iter().filter_map(schema::table) {
            if !tables.rows.contains_key(table.name) {
                tables.write(table.name, Ok(RecordBatch::new_empty(table.schema())))?;
            }
        }
        self.summary.rows = tables.rows;
        tables.writer.finish()?;
        Ok(self.summary)
    }
}

/// A dataset being written, with its rows counted.
struct Counter {
    writer: DatasetWriter,
    rows: BTreeMap<String, u64>,
    out: PathBuf,
}

impl Counter {
    fn write(&mut self, table: &str, batch: Result<RecordBatch, datafusion::arrow::error::ArrowError>) -> Result<(), ImportError> {
        let batch = batch.map_err(|e| crate::data::write::WriteError::arrow(&self.out, e))?;
        *self.rows.entry(table.to_owned()).or_default() += batch.num_rows() as u64;
        Ok(self.writer.write(table, &batch)?)
    }
}

/// One issue's copies from the last updated on.
fn latest_first(a: &IssueRow, b: &IssueRow) -> std::cmp::Ordering {
    (a.id, Reverse(a.updated)).cmp(&(b.id, Reverse(b.updated)))
}

fn identity(event: &Event) -> (&str, u8) {
    (&event.row.event_id, event.hearsay)
}

fn in_time(a: &EventRow, b: &EventRow) -> std::cmp::Ordering {
    (a.time, &a.event_id).cmp(&(b.time, &b.event_id))
}

/// Whether two times of creation are the same: some exports leave out the seconds.
fn same_moment(a: i64, b: i64) -> bool {
    const MINUTE: i64 = 60_000_000;
    a == b || ((a % MINUTE == 0 || b % MINUTE == 0) && a.div_euclid(MINUTE) == b.div_euclid(MINUTE))
}

/// The one that tells more.
fn finer(a: i64, b: i64) -> i64 {
    a.max(b)
}

fn event_size(row: &EventRow) -> usize {
    let texts = [&row.text, &row.from_value, &row.to_value, &row.from_id, &row.to_id, &row.raw];
    let texts: usize = texts.into_iter().flatten().map(String::len).sum();
    // The struct, and its dozen short texts.
    size_of::<EventRow>() + 400 + texts
}

fn property_size(row: &PropertyRow) -> usize {
    size_of::<PropertyRow>() + 100 + row.value.as_ref().map_or(0, String::len)
}

fn issue_size(row: &IssueRow) -> usize {
    let texts = [&row.description, &row.environment, &row.summary];
    let texts: usize = texts.into_iter().flatten().map(String::len).sum();
    let custom: usize = row
        .custom
        .iter()
        .map(|(_, value)| match value {
            CustomValue::Text(t) => 64 + t.len(),
            CustomValue::TextList(l) => 64 + l.iter().map(|t| 32 + t.len()).sum::<usize>(),
            _ => 64,
        })
        .sum();
    size_of::<IssueRow>() + 400 + texts + custom
}
