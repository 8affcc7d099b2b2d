//! `campanile results`: what was sent, delivered, failed and why, cost against estimate.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::cli::accounts::{self, Accounts, unreadable};
use crate::cli::context::{Context, Failed, write_file};
use crate::cli::estimates::Estimates;
use crate::cli::exit::Exit;
use crate::cli::global::Format;
use crate::cli::opt_outs::{Heard, hear};
use crate::cli::results::{Checkpoint, Counted, GivenUp, line_of, read_undeliverable, view};
use crate::cli::state::{self, Lock};
use crate::cli::workspace::{self, Workspace, unknown_campaign};
use crate::model::{CampaignRef, ExistingBatch, Group, Instant, NumberSet, Reference, ReportedState};
use crate::provider::{AnyProvider, MessageOutcome, MessageResult, Provider};
use crate::report::{document, results_to_csv, results_to_html, results_to_text, text_to_markdown};

/// Show what was sent, delivered, failed and why, and cost against estimate
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  campanile results\n  campanile results black-friday --since 2026-11-01 -o csv\n  campanile results black-friday --people people.csv   # with numbers; readable by you alone"
)]
pub struct ResultsArgs {
    /// Only these campaigns
    #[arg(value_name = "CAMPAIGN", value_parser = |text: &str| CampaignRef::parse(text))]
    pub campaigns: Vec<CampaignRef>,
    /// Only what opened on this date (UTC) or later
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub since: Option<Instant>,
    /// Write a row for every message, with its number, to a file that only you can read
    #[arg(long, value_name = "FILE")]
    pub people: Option<PathBuf>,
}

/// Somebody may opt out of a campaign so long after it: that long its people are looked for among them.
const AFTERWARDS: Duration = Duration::from_hours(14 * 24);

fn date(text: &str) -> Result<Instant, String> {
    Instant::parse(&format!("{text}T00:00:00Z")).map_err(|_| format!("`{text}` is not a date like `2026-11-01`"))
}

/// Everything that is read on the way.
struct Reading<'a> {
    context: &'a Context,
    args: &'a ResultsArgs,
    workspace: Workspace,
    checkpoint: Checkpoint,
    given_up: Option<GivenUp>,
    batches: Vec<Counted>,
    people: String,
    unread: Vec<String>,
}

/// Reads what is not known yet, counts, shows.
pub fn run(context: &Context, args: &ResultsArgs) -> Result<Exit, Failed> {
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
        let mut reading = Reading {
            context,
            args,
            checkpoint: Checkpoint::read(workspace.root()),
            workspace,
            given_up,
            batches: Vec::new(),
            people: "number,campaign,occurrence,provider,sender,result,reason,segments,delivered_at\n".to_owned(),
            unread: Vec::new(),
        };
        reading.read(&accounts).await?;
        accounts.close().await;
        reading.tell()
    })
}

impl Reading<'_> {
    async fn read(&mut self, accounts: &Accounts) -> Result<(), Failed> {
        let now = self.context.clock.now();
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
                let is_recent = self
                    .args
                    .since
                    .is_none_or(|since| batch.opens().is_none_or(|opens| opens >= since));
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
        for (provider, account, batch, reference) in &found {
            self.batch(provider, account, batch, reference, now).await?;
        }
        // A batch holds whom the files give now, or whom they gave before somebody opted out.
        self.expect(now);
        if self.batches.iter().any(|batch| batch.expected.is_none()) {
            self.workspace.heard = Heard::default();
            self.expect(now);
        }
        Ok(())
    }

    /// What the files expected of every batch of which that is not known yet.
    fn expect(&mut self, now: Instant) {
        let Some(first) = self.batches.iter().filter_map(|batch| batch.opens).min() else {
            return;
        };
        let estimates = Estimates::new(&self.workspace, first, now);
        for batch in self.batches.iter_mut().filter(|batch| batch.expected.is_none()) {
            let reference = Reference::parse(&batch.line.reference).ok();
            batch.expected = reference.and_then(|reference| estimates.with_segments(&reference));
        }
    }

    async fn batch(
        &mut self,
        provider: &AnyProvider,
        account: &str,
        batch: &ExistingBatch,
        reference: &Reference,
        now: Instant,
    ) -> Result<(), Failed> {
        let known = self
            .checkpoint
            .find(account, &batch.id.0, &reference.to_string())
            .cloned();
        let opted_out = self.opted_out(provider);
        let (line, is_finished, opted_out) = match known {
            Some(line) if self.args.people.is_none() => {
                let is_recent = batch.closes().is_some_and(|closes| closes + AFTERWARDS > now);
                let mut count = line.opted_out;
                if is_recent
                    && !opted_out.is_empty()
                    && let Ok(people) = provider.recipients(&batch.id).await
                {
                    count = people.iter().filter(|number| opted_out.contains(*number)).count() as u64;
                }
                (line, true, count)
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
                let whom = results.iter().filter(|result| result.fate == MessageOutcome::Delivered);
                let count = whom
                    .filter(|result| result.recipient.is_some_and(|number| opted_out.contains(number)))
                    .count();
                let line = line_of(account, batch, &results, count as u64);
                self.add_people(reference, &line.sender, provider, &results);
                if is_finished && known.is_none() {
                    if let (Some(given_up), Some(closes)) = (&mut self.given_up, batch.closes()) {
                        given_up.take(closes, &results);
                    }
                    self.checkpoint.keep(line.clone()).map_err(anyhow::Error::from)?;
                }
                (line, is_finished, count as u64)
            }
        };
        self.batches.push(Counted {
            campaign: reference.slot.campaign.clone(),
            occurrence: reference.slot.occurrence,
            provider: provider.name().clone(),
            opens: batch.opens(),
            is_finished,
            line,
            opted_out,
            expected: None,
        });
        Ok(())
    }

    /// Who has opted out at an account, by whichever way.
    fn opted_out(&self, provider: &AnyProvider) -> NumberSet {
        let accounts = self.workspace.heard.accounts.iter();
        let found = accounts.filter(|account| account.provider == *provider.name());
        found.map(|account| account.numbers.clone()).next().unwrap_or_default()
    }

    fn add_people(&mut self, reference: &Reference, sender: &str, provider: &AnyProvider, results: &[MessageResult]) {
        if self.args.people.is_none() {
            return;
        }
        let slot = &reference.slot;
        let occurrence = slot
            .occurrence
            .as_nominal()
            .map(|time| time.to_string())
            .unwrap_or_default();
        for result in results {
            let number = result.recipient.map(crate::model::Msisdn::digits).unwrap_or_default();
            let what = match result.fate {
                MessageOutcome::Pending => "pending",
                MessageOutcome::Delivered => "delivered",
                MessageOutcome::Failed => "failed",
                MessageOutcome::Canceled => "canceled",
            };
            let segments = result.segments.map(|segments| segments.to_string()).unwrap_or_default();
            let at = result.ended_at.map(|at| at.to_string()).unwrap_or_default();
            let reason = result.reason.replace('"', "");
            let _ = writeln!(
                self.people,
                "{number},{},{occurrence},{},\"{}\",{what},\"{reason}\",{segments},{at}",
                slot.campaign,
                provider.name(),
                sender.replace('"', "")
            );
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
        let shown = view(self.context.clock.now(), &self.batches, self.unread);
        self.context.emit(&|format| {
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
