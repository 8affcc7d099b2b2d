//! What the page shows, made from the project as it is now: one recipient's message, what everybody's would cost, and
//! what is wrong. The numbers are the plan's own: the same reader and the same counting, over the text that is tried
//! out.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::drawn::drawn;
use super::find::find;
use super::page::{Ask, PageTotals, PersonToChoose, PreviewPage, Translation};
use super::tried::{Tried, tried};
use super::watch::WatchedFiles;
use crate::audience::{Audience, ListRow};
use crate::campaign::Campaign;
use crate::cli::as_sent::left_out_of;
use crate::cli::context::{Context, Failed};
use crate::cli::desired::desired_by;
use crate::cli::opened_lists::OpenedLists;
use crate::cli::sample::Sample;
use crate::cli::sample_rows::SampleSource;
use crate::cli::shown::Shown;
use crate::cli::workspace::{self, Workspace};
use crate::desired::{Aggregate, DesiredState, GroupContent};
use crate::model::{CampaignRef, Country, Diagnostic, Estimate, Instant, NumberSet};
use crate::project::Sources;
use crate::report::{AmountView, DiagnosticView, amounts, estimate_view, visible_line};

/// The page lists this many people at once.
const PEOPLE: usize = 200;

/// A project, kept open and read again after every save.
pub(super) struct PreviewSession<'c> {
    context: &'c Context,
    campaign: CampaignRef,
    root: PathBuf,
    lists: Vec<PathBuf>,
    workspace: Result<Workspace, Vec<Diagnostic>>,
    /// What was fetched, while the project cannot be read.
    kept: Option<Sources>,
    read_at: Instant,
    /// Whom each occurrence leaves out for other campaigns: all lists of the project are read for it, once.
    left_out: OnceCell<Vec<NumberSet>>,
}

impl<'c> PreviewSession<'c> {
    /// Fails only when there is no project; faults of its files are shown on the page.
    pub(super) fn open(context: &'c Context, campaign: &CampaignRef) -> Result<Self, Failed> {
        let workspace = workspace::open(context)?;
        if workspace.campaign(campaign).is_err() && workspace.unreadable.is_empty() {
            workspace.campaign(campaign)?;
        }
        let mut session = Self {
            context,
            campaign: campaign.clone(),
            root: workspace.root.clone(),
            lists: Vec::new(),
            workspace: Ok(workspace),
            kept: None,
            read_at: context.clock.now(),
            left_out: OnceCell::new(),
        };
        session.note_lists();
        Ok(session)
    }

    /// What is to be watched.
    pub(super) fn files(&self) -> WatchedFiles<'_> {
        WatchedFiles {
            root: &self.root,
            lists: &self.lists,
        }
    }

    /// Reads the project again, and nothing outside it: a save is no reason to ask a warehouse.
    pub(super) fn reload(&mut self) {
        self.left_out = OnceCell::new();
        let before = std::mem::replace(&mut self.workspace, Err(Vec::new()));
        let fetched = before.ok().map(|before| before.sources).or(self.kept.take());
        match workspace::open(self.context) {
            Ok(mut workspace) => {
                if let Some(fetched) = fetched {
                    workspace.sources.keep_fetched(fetched);
                }
                self.workspace = Ok(workspace);
            }
            Err(failed) => {
                self.kept = fetched;
                self.workspace = Err(failed.diagnostics);
            }
        }
        self.note_lists();
    }

    /// Asks sources elsewhere again.
    pub(super) fn read_again(&mut self) {
        if let Ok(workspace) = &mut self.workspace {
            workspace.sources.fetch_again();
            workspace.opened = OpenedLists::default();
            self.left_out = OnceCell::new();
            self.read_at = self.context.clock.now();
        }
    }

    fn note_lists(&mut self) {
        if let Ok(workspace) = &self.workspace
            && let Ok(campaign) = workspace.campaign(&self.campaign)
        {
            self.lists = campaign
                .sources
                .iter()
                .map(|source| self.root.join(source.origin.name()))
                .collect();
        }
    }

    /// The page for what was asked.
    pub(super) fn page(&self, ask: &Ask, version: u64) -> PreviewPage {
        let mut page = PreviewPage {
            version,
            campaign: self.campaign.to_string(),
            is_tried: ask.body.is_some(),
            ..PreviewPage::default()
        };
        let workspace = match &self.workspace {
            Ok(workspace) => workspace,
            Err(faults) => {
                page.tell(faults);
                return page;
            }
        };
        page.tell(&workspace.diagnostics);
        if let Ok(campaign) = workspace.campaign(&self.campaign) {
            if reads_elsewhere(workspace, campaign) {
                page.read_at = Some(self.read_at.truncated_to_seconds().to_string());
            }
            page.file = campaign.file.display().to_string();
            page.sender = campaign.sender.to_string();
            page.template.clone_from(&campaign.body.text);
            if let Err(faults) = self.fill(workspace, campaign, ask, &mut page) {
                page.tell(&faults);
            }
        }
        page
    }

    fn fill(
        &self,
        workspace: &Workspace,
        campaign: &Campaign,
        ask: &Ask,
        page: &mut PreviewPage,
    ) -> Result<(), Vec<Diagnostic>> {
        // The chosen recipient decides whose text is tried out: a list may have its own.
        let now = self.context.clock.now();
        let left_out = self.left_out(workspace, campaign, ask.occurrence, page);
        let as_filed = Self::want(workspace, campaign, now, &left_out);
        let chosen = as_filed.as_ref().ok().and_then(|state| {
            let audience = state
                .payloads
                .get(&campaign.reference)?
                .aggregate
                .audience(ask.occurrence)?;
            let mut chosen = None;
            let row = ask.row.min(audience.len().saturating_sub(1));
            let aggregate = &state.payloads.get(&campaign.reference)?.aggregate;
            let visit = |row: &ListRow<'_>| {
                let text = aggregate.text_of(row);
                chosen = Some(Tried {
                    source: row.source,
                    variant: text.and_then(|text| text.variant),
                    language: text.and_then(|text| text.language.clone()),
                });
            };
            audience.rows(row..row + 1, visit).ok()?;
            chosen
        });
        let chosen = chosen.unwrap_or_default();
        if let Some(own) = campaign.sources.get(chosen.source) {
            let texts = campaign.texts(own);
            let text = texts
                .iter()
                .find(|text| text.variant == chosen.variant && text.language == chosen.language.as_ref())
                .or(texts.first());
            page.template = text.map(|text| text.text.text.clone()).unwrap_or_default();
        }
        let (campaign, state) = match &ask.body {
            None => (campaign.clone(), as_filed),
            Some(body) => {
                let tried = tried(campaign, &chosen, body);
                let state = Self::want(workspace, &tried, now, &left_out);
                (tried, state)
            }
        };
        match state {
            Ok(state) => {
                page.tell(&state.diagnostics);
                let source = state.payloads.get(&campaign.reference);
                page.choose_occurrence(source, ask.occurrence);
                page.totals = source.and_then(|source| totals(&source.aggregate, page.occurrence, left_out.len()));
                let audience = source.and_then(|source| source.aggregate.audience(page.occurrence));
                let sample = Sample::of(
                    self.context,
                    workspace,
                    &campaign,
                    audience.map_or(SampleSource::Lists(left_out), |known| {
                        SampleSource::Audience(Arc::clone(known))
                    }),
                    page.occurrence,
                )?;
                show(&sample, ask, &self.lists, page)
            }
            Err(faults) => {
                // A message can often be shown although something is wrong with the whole.
                page.tell(&faults);
                let source = SampleSource::Lists(left_out);
                match Sample::of(self.context, workspace, &campaign, source, ask.occurrence) {
                    Ok(sample) => show(&sample, ask, &self.lists, page),
                    Err(_) => Ok(()),
                }
            }
        }
    }

    /// Counts as the plan counts, this campaign alone.
    fn want(
        workspace: &Workspace,
        campaign: &Campaign,
        now: Instant,
        left_out: &NumberSet,
    ) -> Result<DesiredState, Vec<Diagnostic>> {
        desired_by(workspace, campaign, now, now + workspace.project.horizon, left_out)
    }

    /// Whom an occurrence leaves out for other campaigns. Where those have faults, the page says so and leaves nobody out.
    fn left_out(
        &self,
        workspace: &Workspace,
        campaign: &Campaign,
        occurrence: usize,
        page: &mut PreviewPage,
    ) -> NumberSet {
        let known = match self.left_out.get() {
            Some(known) => known,
            None => match left_out_of(workspace, campaign, self.context.clock.now()) {
                Ok(found) => self.left_out.get_or_init(|| found),
                Err(faults) => {
                    page.tell(&faults);
                    return NumberSet::default();
                }
            },
        };
        known.get(occurrence).or(known.first()).cloned().unwrap_or_default()
    }
}

/// Whether something that counts for the campaign must be connected to.
fn reads_elsewhere(workspace: &Workspace, campaign: &Campaign) -> bool {
    let lists = workspace.project.suppressions.iter().chain(&campaign.suppressions);
    let origins = campaign.sources.iter().map(|source| &source.origin);
    let mut all = origins.chain(lists.map(|list| &list.origin));
    all.any(|origin| origin.connection().is_some())
}

/// The chosen one's message, and the others to choose from.
fn show(sample: &Sample, ask: &Ask, lists: &[PathBuf], page: &mut PreviewPage) -> Result<(), Vec<Diagnostic>> {
    page.audience = sample.audience().len();
    let found = match &ask.find {
        Some(text) => find(sample.audience(), lists, text)?,
        None => None,
    };
    page.is_found = found.is_some();
    page.row = found.unwrap_or(ask.row).min(page.audience.saturating_sub(1));
    page.people_from = page.row - page.row % PEOPLE;
    page.people = people(sample.audience(), page.people_from, ask.numbers)?;
    match sample.nth(page.row) {
        Ok(Some(shown)) => {
            page.estimate = cost(sample, &shown);
            page.message = Some(drawn(&shown.body));
            page.languages = languages(sample, &shown)?;
            Ok(())
        }
        Ok(None) => Ok(()),
        Err(failed) => {
            page.diagnostics.push(DiagnosticView {
                severity: "error".to_owned(),
                message: visible_line(&failed.message),
                ..DiagnosticView::default()
            });
            Err(failed.diagnostics)
        }
    }
}

/// A message in each other variant and language of the chosen one's list, to somebody who gets it.
fn languages(sample: &Sample, shown: &Shown) -> Result<Vec<Translation>, Vec<Diagnostic>> {
    if shown.label().is_empty() {
        return Ok(Vec::new());
    }
    let texts = sample.each_text(&[]).map_err(|failed| failed.diagnostics)?;
    let others = texts
        .into_iter()
        .filter(|other| other.source == shown.source && other.label() != shown.label());
    let drawn = others.map(|other| Translation {
        language: other.label(),
        message: drawn(&other.body),
    });
    Ok(drawn.collect())
}

fn people(audience: &Audience, from: usize, with_numbers: bool) -> Result<Vec<PersonToChoose>, Vec<Diagnostic>> {
    let mut people = Vec::new();
    audience
        .rows(from..from + PEOPLE, |row| {
            people.push(PersonToChoose {
                number: if with_numbers {
                    format!("+{}", row.number.as_u64())
                } else {
                    row.number.masked()
                },
                country: row.country.map_or("?", Country::as_str).to_owned(),
                first: row.cells.first().map(|cell| plain_cell(cell)).unwrap_or_default(),
            });
        })
        .map_err(|fault| vec![fault])?;
    Ok(people)
}

/// A first column by which people can be recognized; nothing that may be a number.
fn plain_cell(cell: &str) -> String {
    const LONGEST: usize = 24;
    let digits = cell.chars().filter(char::is_ascii_digit).count();
    if digits >= 6 {
        return String::new();
    }
    visible_line(cell).chars().take(LONGEST).collect()
}

fn cost(sample: &Sample, shown: &Shown) -> String {
    amounts(&estimate_view(&sample.estimate(shown)))
}

/// Of one occurrence.
fn totals(aggregate: &Aggregate, occurrence: usize, left_out: usize) -> Option<PageTotals> {
    let mut totals = PageTotals::default();
    let mut estimate = Estimate::default();
    let mut histogram = BTreeMap::new();
    for group in aggregate.groups(occurrence) {
        let content: &GroupContent = &group.content;
        let sums = content.buckets.total();
        totals.recipients += sums.recipients;
        totals.segments += sums.segments;
        estimate.merge(&sums.estimate);
        for (segments, messages) in &content.segments_per_message {
            *histogram.entry(*segments).or_default() += messages;
        }
    }
    let views: Vec<AmountView> = estimate_view(&estimate);
    totals.estimate = amounts(&views);
    totals.histogram = histogram.into_iter().collect();
    let counts = aggregate.audience(occurrence)?.total();
    // Those who get other texts were read as suppressed.
    let instead = left_out as u64;
    totals.left_out = [
        (counts.filtered, "left out by where"),
        (counts.suppressed.saturating_sub(instead), "suppressed"),
        (instead, "who get other marketing texts instead"),
        (counts.set_apart, "held out or in a control group"),
        (counts.duplicates, "with a number seen before"),
        (counts.invalid.total(), &counts.invalid.word()),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("{count} {what}"))
    .collect();
    Some(totals)
}
