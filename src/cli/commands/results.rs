//! `campanile results`: what was sent, delivered, failed and why, cost against estimate.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::campaign::Branch;
use crate::cli::accounts::{self, Accounts, unreadable};
use crate::cli::context::{Context, Failed, write_file};
use crate::cli::estimates::Estimates;
use crate::cli::exit::Exit;
use crate::cli::global::Format;
use crate::cli::opt_outs::hear;
use crate::cli::results::{Checkpoint, CountedBatch, GivenUp, line_of, opt_outs_of, read_undeliverable, view};
use crate::cli::state::{self, Lock};
use crate::cli::wall_clock::WallClock;
use crate::cli::workspace::{self, Workspace, unknown_campaign};
use crate::model::{
    CampaignRef, Estimate, ExistingBatch, Group, Instant, Msisdn, NumberSet, OccurrenceKey, Reference, ReportedState,
    WhyNot,
};
use crate::provider::{AnyProvider, MessageOutcome, MessageResult, Provider};
use crate::report::{document, results_to_csv, results_to_html, results_to_text, text_to_markdown};

/// Show what was sent, delivered, failed and why, and cost against estimate
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  campanile results\n  campanile results black-friday --since 2026-11-01 -o csv\n  campanile results black-friday --people people.csv   # with numbers; readable by you alone"
)]
pub(crate) struct ResultsArgs {
    /// Only these campaigns
    #[arg(value_name = "CAMPAIGN", value_parser = |text: &str| CampaignRef::parse(text))]
    pub campaigns: Vec<CampaignRef>,
    /// Only what opened on this date or later, in the project's zone
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub since: Option<String>,
    /// Write a row for every message, with its number, to a file that only you can read
    #[arg(long, value_name = "FILE")]
    pub people: Option<PathBuf>,
}

/// Somebody may opt out of a campaign so long after it: that long its people are looked for among them.
const AFTERWARDS: Duration = Duration::from_hours(14 * 24);

/// As typed: dates sort as text.
fn date(text: &str) -> Result<String, WhyNot> {
    match Instant::parse(&format!("{text}T00:00:00Z")) {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => Err(WhyNot(format!("`{text}` is not a date like `2026-11-01`"))),
    }
}

const HEADER: &str = "number,campaign,occurrence,provider,sender,result,reason,segments,delivered_at,variant,holdout\n";

/// Everything that is read on the way.
struct ResultsReading<'a> {
    context: &'a Context,
    args: &'a ResultsArgs,
    workspace: Workspace,
    checkpoint: Checkpoint,
    given_up: Option<GivenUp>,
    batches: Vec<CountedBatch>,
    /// What the files expect, and what they would if nobody had opted out since; made when they are needed.
    estimates: Vec<Estimates>,
    people: String,
    unread: Vec<String>,
}

/// Reads what is not known yet, counts, shows.
pub(crate) fn run(context: &Context, args: &ResultsArgs) -> Result<Exit, Failed> {
    let mut workspace = workspace::open(context)?;
    let _lock = Lock::take(workspace.root())?;
    crate::cli::runtime::runtime()?.block_on(async {
        let accounts = accounts::open(context, workspace.root(), &workspace.project).await?;
        workspace.heard = hear(context, &workspace, &accounts).await;
        let given_up = match &workspace.project.undeliverable {
            Some(rule) => {
                let read = read_undeliverable(&workspace.root().join(&rule.file));
                Some(read.map_err(|why| {
                    Failed::new(Exit::Input, format!("`{}` cannot be used: {why}", rule.file.display()))
                })?)
            }
            None => None,
        };
        state::folder(workspace.root())?;
        let mut reading = ResultsReading {
            context,
            args,
            checkpoint: Checkpoint::read(workspace.root()),
            workspace,
            given_up,
            batches: Vec::new(),
            estimates: Vec::new(),
            people: HEADER.to_owned(),
            unread: Vec::new(),
        };
        reading.read(&accounts).await?;
        accounts.close().await;
        reading.tell()
    })
}

fn nominal(occurrence: OccurrenceKey) -> String {
    let nominal = occurrence.as_nominal();
    nominal.map(|time| time.to_string()).unwrap_or_default()
}

impl ResultsReading<'_> {
    async fn read(&mut self, accounts: &Accounts) -> Result<(), Failed> {
        let now = self.context.clock.now();
        let clock = WallClock::of(self.workspace.project.timezone.as_ref());
        let mut named = self.workspace.references();
        let mut found: Vec<(&AnyProvider, String, ExistingBatch, Reference)> = Vec::new();
        for (provider, facts) in accounts.providers.iter().zip(&accounts.facts) {
            for batch in provider.list().await.map_err(unreadable)?.batches {
                let Some(reference) = batch.reference.clone() else {
                    continue;
                };
                if reference.namespace != self.workspace.project.namespace || reference.slot.group == Group::Test {
                    continue;
                }
                named.insert(reference.slot.campaign.clone());
                let is_begun = batch.opens().is_none_or(|opens| opens <= now);
                let is_wanted =
                    self.args.campaigns.is_empty() || self.args.campaigns.contains(&reference.slot.campaign);
                let is_recent = self.args.since.as_ref().is_none_or(|since| {
                    let opens = batch.opens().map(|opens| clock.minute(opens));
                    opens.is_none_or(|opens| opens >= *since)
                });
                if is_begun && is_wanted && is_recent {
                    found.push((provider, facts.account.as_str().to_owned(), batch, reference));
                }
            }
        }
        if let Some(unknown) = (self.args.campaigns.iter()).find(|campaign| !named.contains(*campaign)) {
            return Err(unknown_campaign(unknown, named.iter()));
        }
        // Failures in a row are counted in the order in which batches ended.
        found.sort_by_key(|(_, _, batch, _)| (batch.closes(), batch.id.clone()));
        let first = found.iter().filter_map(|(_, _, batch, _)| batch.opens()).min();
        let first = first.unwrap_or(now);
        for (provider, account, batch, reference) in &found {
            let expected = self.expected(reference, first, now);
            self.batch((provider, account), batch, reference, expected, now).await?;
        }
        self.add_people_without_a_text();
        Ok(())
    }

    /// What the files expect of a batch. It holds whom they give now, or whom they gave before somebody opted out.
    fn expected(&mut self, reference: &Reference, first: Instant, now: Instant) -> Option<(Estimate, u64)> {
        if self.estimates.is_empty() {
            self.estimates.push(Estimates::new(&self.workspace, first, now));
        }
        let found = self.estimates.iter().find_map(|one| one.with_segments(reference));
        if found.is_some() || self.estimates.len() > 1 {
            return found;
        }
        let heard = std::mem::take(&mut self.workspace.heard);
        self.estimates.push(Estimates::new(&self.workspace, first, now));
        self.workspace.heard = heard;
        self.estimates.last().and_then(|one| one.with_segments(reference))
    }

    /// Which text a person of a campaign got, as the files say it.
    fn variant_of(&self, campaign: &CampaignRef) -> impl Fn(Msisdn) -> Option<String> + use<> {
        let campaign = self.workspace.campaigns.iter().find(|one| one.reference == *campaign);
        let branches = campaign.map(|campaign| campaign.branches(self.workspace.project.holdout.as_ref()));
        let variants = campaign.map(|campaign| campaign.variants.iter().map(|one| one.name.clone()));
        let names: Vec<String> = variants.into_iter().flatten().collect();
        move |number| {
            let at = branches.as_ref()?.of(number.into()).variant()?;
            names.get(at).cloned()
        }
    }

    async fn batch(
        &mut self,
        (provider, account): (&AnyProvider, &str),
        batch: &ExistingBatch,
        reference: &Reference,
        expected: Option<(Estimate, u64)>,
        now: Instant,
    ) -> Result<(), Failed> {
        let known = self
            .checkpoint
            .find(account, &batch.id.0, &reference.to_string())
            .cloned();
        let opted_out = self.opted_out(provider);
        // Where the files give the batch as it was sent, they also say who got which text.
        let of_files = self.variant_of(&reference.slot.campaign);
        let variant_of = |number| expected.is_some().then(|| of_files(number)).flatten();
        let (line, is_finished, opt_outs) = match known {
            Some(line) if self.args.people.is_none() => {
                let is_recent = batch.closes().is_some_and(|closes| closes + AFTERWARDS > now);
                let mut counts = line.opt_outs.clone();
                if is_recent
                    && !opted_out.is_empty()
                    && let Ok(results) = provider.results(&batch.id).await
                {
                    counts = opt_outs_of(&results, &opted_out, &variant_of);
                }
                (line, true, counts)
            }
            known => {
                let results = match provider.results(&batch.id).await {
                    Ok(results) => results,
                    Err(error) => {
                        self.unread
                            .push(format!("`{reference}` cannot be read: {}", error.failure));
                        return Ok(());
                    }
                };
                let has_ended =
                    batch.closes().is_none_or(|closes| closes <= now) || batch.state == ReportedState::Canceled;
                let is_finished = has_ended && results.iter().all(|result| result.fate != MessageOutcome::Pending);
                let counts = opt_outs_of(&results, &opted_out, &variant_of);
                let line = line_of(account, batch, &results, counts.clone(), &variant_of);
                self.add_people(reference, &line.sender, provider, &results, &variant_of);
                if is_finished && known.is_none() {
                    if let (Some(given_up), Some(closes)) = (&mut self.given_up, batch.closes()) {
                        given_up.take(closes, &results);
                    }
                    self.checkpoint.keep(line.clone()).map_err(anyhow::Error::from)?;
                }
                (line, is_finished, counts)
            }
        };
        let opt_outs_by_variant = if expected.is_some() {
            opt_outs.clone()
        } else {
            line.opt_outs.clone()
        };
        self.batches.push(CountedBatch {
            campaign: reference.slot.campaign.clone(),
            occurrence: reference.slot.occurrence,
            provider: provider.name().clone(),
            opens: batch.opens(),
            is_finished,
            line,
            opt_outs,
            opt_outs_by_variant,
            expected,
        });
        Ok(())
    }

    /// Who has opted out at an account, in any way.
    fn opted_out(&self, provider: &AnyProvider) -> NumberSet {
        let accounts = self.workspace.heard.accounts.iter();
        let found = accounts.filter(|account| account.provider == *provider.name());
        found.map(|account| account.numbers.clone()).next().unwrap_or_default()
    }

    fn add_people(
        &mut self,
        reference: &Reference,
        sender: &str,
        provider: &AnyProvider,
        results: &[MessageResult],
        variant_of: &dyn Fn(Msisdn) -> Option<String>,
    ) {
        if self.args.people.is_none() {
            return;
        }
        let slot = &reference.slot;
        let occurrence = nominal(slot.occurrence);
        for result in results {
            let number = result.recipient.map(Msisdn::digits).unwrap_or_default();
            let what = match result.fate {
                MessageOutcome::Pending => "pending",
                MessageOutcome::Delivered => "delivered",
                MessageOutcome::Failed => "failed",
                MessageOutcome::Canceled => "canceled",
            };
            let segments = result.segments.map(|segments| segments.to_string()).unwrap_or_default();
            let at = result.ended_at.map(|at| at.to_string()).unwrap_or_default();
            let reason = result.reason.replace('"', "");
            let variant = result.recipient.and_then(variant_of).unwrap_or_default();
            let _ = writeln!(
                self.people,
                "{number},{},{occurrence},{},\"{}\",{what},\"{reason}\",{segments},{at},{variant},no",
                slot.campaign,
                provider.name(),
                sender.replace('"', "")
            );
        }
    }

    /// Control groups and the holdout: who would have got a text of an occurrence that was sent. What they buy is what
    /// the others are compared with.
    fn add_people_without_a_text(&mut self) {
        if self.args.people.is_none() {
            return;
        }
        let sent: BTreeSet<_> = (self.batches.iter().filter(|batch| batch.expected.is_some()))
            .map(|batch| (&batch.campaign, batch.occurrence, &batch.provider))
            .collect();
        for (campaign, occurrence, provider) in sent {
            let file = self.workspace.campaigns.iter().find(|one| one.reference == *campaign);
            let (Some(file), Some(estimates)) = (file, self.estimates.first()) else {
                continue;
            };
            for (number, branch) in estimates.without_a_text(campaign, occurrence) {
                let variant = branch.variant().and_then(|at| file.variants.get(at));
                let variant = variant.map(|variant| variant.name.as_str()).unwrap_or_default();
                let holdout = if branch == Branch::Holdout { "yes" } else { "no" };
                let _ = writeln!(
                    self.people,
                    "{number},{campaign},{},{provider},\"{}\",not_sent,\"\",,,{variant},{holdout}",
                    nominal(occurrence),
                    file.sender
                );
            }
        }
    }

    fn tell(self) -> Result<Exit, Failed> {
        let exit = if self.unread.is_empty() {
            Exit::Done
        } else {
            Exit::Failed
        };
        if let Some(file) = &self.args.people {
            // A temporary file is its owner's alone, and stays so under its own name.
            write_file(file, self.people.as_bytes())?;
        }
        if let (Some(given_up), Some(rule)) = (&self.given_up, &self.workspace.project.undeliverable) {
            given_up.write(&self.workspace.root().join(&rule.file))?;
        }
        let clock = WallClock::of(self.workspace.project.timezone.as_ref());
        let shown = view(self.context.clock.now(), &clock, &self.batches, self.unread);
        self.context.emit(&|format, _| {
            Ok(match format {
                Format::Text => results_to_text(&shown),
                Format::Json => document(&shown),
                Format::Markdown => text_to_markdown(&results_to_text(&shown)),
                Format::Html => results_to_html(&shown),
                Format::Csv => results_to_csv(&shown),
            })
        })?;
        Ok(exit)
    }
}
