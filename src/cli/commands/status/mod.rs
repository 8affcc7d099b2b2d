//! `campanile status`: what the providers hold of ours, how far it has come, what it cost so far.

mod rows;
mod text;

use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};

use crate::cli::accounts::{self, Accounts, unreadable};
use crate::cli::context::{Context, Failed, pretty};
use crate::cli::estimates::Estimates;
use crate::cli::exit::Exit;
use crate::cli::finished::FinishedBatches;
use crate::cli::results::Checkpoint;
use crate::cli::signals::Interrupt;
use crate::cli::wall_clock::WallClock;
use crate::cli::workspace::{self, Workspace, unknown_campaign};
use crate::model::{CampaignRef, Estimate, ExistingBatch, Instant};
use crate::provider::{AnyProvider, BatchProgress, Provider, StatusCounts};
use crate::report::estimate_view;

use rows::{StatusLine, StatusRow, StatusState, lines, link};

/// Show what the providers hold of ours, progress and cost
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  campanile status\n  campanile status --batches\n  campanile status --campaign black-friday --watch"
)]
pub(crate) struct StatusArgs {
    /// Only this campaign (repeatable)
    #[arg(long = "campaign", value_name = "REF", value_parser = |text: &str| CampaignRef::parse(text))]
    pub campaigns: Vec<CampaignRef>,
    /// One line a batch, those that were replaced too
    #[arg(long)]
    pub batches: bool,
    /// Read again every few seconds until interrupted
    #[arg(long)]
    pub watch: bool,
}

/// How long `--watch` waits between two looks.
const PAUSE: Duration = Duration::from_secs(5);

/// Prints once, or until interrupted.
pub(crate) fn run(context: &Context, args: &StatusArgs) -> Result<Exit, Failed> {
    if args.watch && context.is_json() {
        return Err(
            Failed::usage("`--watch` prints page after page, and JSON is one document")
                .hint("run `campanile status -o json` as often as you like"),
        );
    }
    let workspace = workspace::open(context)?;
    let clock = WallClock::of(workspace.project.timezone.as_ref());
    crate::cli::runtime::runtime()?.block_on(async {
        let accounts = accounts::open(context, workspace.root(), &workspace.project).await?;
        let interrupt = Interrupt::listen();
        let mut estimates = None;
        let mut finished = FinishedBatches::read(workspace.root());
        let exit = loop {
            let mut rows = read(context, args, &workspace, &accounts, &mut finished).await?;
            let now = context.clock.now();
            let first = rows.iter().filter_map(|row| row.batch.opens()).min().unwrap_or(now);
            // Lists are read once, and only when there is something to compare.
            for row in &mut rows {
                let estimates = estimates.get_or_insert_with(|| Estimates::new(&workspace, first, now));
                let reference = row.batch.reference.as_ref();
                row.estimate = reference.and_then(|reference| estimates.of(reference));
            }
            if args.watch {
                let again = PAUSE.as_secs();
                context.begin_page(&format!(
                    "{} {}, again every {again} s; Ctrl-C ends it",
                    clock.second(now),
                    clock.zone()
                ));
            }
            context.emit_text(&|| pretty(&to_json(&rows, &clock, now)), &|| {
                to_text(&rows, args, &clock, now)
            })?;
            if !args.watch {
                break Exit::Done;
            }
            let woke = tokio::time::timeout(PAUSE, interrupt.wait()).await;
            if let Ok(signal) = woke {
                break signal;
            }
        };
        accounts.close().await;
        Ok(exit)
    })
}

async fn read(
    context: &Context,
    args: &StatusArgs,
    workspace: &Workspace,
    accounts: &Accounts,
    finished: &mut FinishedBatches,
) -> Result<Vec<StatusRow>, Failed> {
    let results = Checkpoint::read(workspace.root());
    let mut rows = Vec::new();
    let mut named = workspace.references();
    for (provider, facts) in accounts.providers.iter().zip(&accounts.facts) {
        let list = provider.list().await.map_err(unreadable)?;
        for batch in list.batches {
            let Some(reference) = &batch.reference else { continue };
            if reference.namespace != workspace.project.namespace {
                continue;
            }
            let slot = reference.slot.clone();
            named.insert(slot.campaign.clone());
            if !args.campaigns.is_empty() && !args.campaigns.contains(&slot.campaign) {
                continue;
            }
            // Of a finished batch `results` keeps what was read: nothing more will happen to it.
            let (account, now) = (facts.account.as_str(), context.clock.now());
            let known = match results.find(account, &batch.id.0, &reference.to_string()) {
                Some(line) => Some(line.progress()),
                // A sandbox is always asked: what it holds comes and goes with its state.
                None => finished.find(account, &batch, now).filter(|_| !facts.sandbox),
            };
            let is_known = known.is_some();
            let progress = if is_known {
                known
            } else {
                progress(context, provider, &batch).await
            };
            if let Some(read) = progress.as_ref().filter(|_| !is_known && !facts.sandbox)
                && let Err(error) = finished.keep(account, &batch, read, now)
            {
                tracing::debug!(%error, "what was read of a finished batch is not kept");
            }
            rows.push(StatusRow {
                batch,
                slot,
                progress,
                estimate: None,
                replaced_by: None,
            });
        }
    }
    for unknown in args.campaigns.iter().filter(|campaign| !named.contains(*campaign)) {
        let slip = unknown_campaign(unknown, named.iter());
        context.warn(&format!("{}; {}", slip.message, slip.hints.join("; ")));
    }
    link(&mut rows);
    rows.sort_by_key(|row| {
        (
            row.batch.opens(),
            row.batch.reference_text.clone(),
            row.batch.id.clone(),
        )
    });
    Ok(rows)
}

async fn progress(context: &Context, provider: &AnyProvider, batch: &ExistingBatch) -> Option<BatchProgress> {
    match provider.progress(&batch.id).await {
        Ok(progress) => Some(progress),
        Err(error) => {
            let reference = batch.reference_text.as_deref().unwrap_or_default();
            context.warn(&format!("no progress of `{reference}`: {error}"));
            None
        }
    }
}

fn to_text(rows: &[StatusRow], args: &StatusArgs, clock: &WallClock, now: Instant) -> String {
    if rows.is_empty() {
        return "the providers hold nothing of ours\n".to_owned();
    }
    let table = if args.batches {
        text::batches(rows, clock, now)
    } else {
        text::campaigns(&lines(rows, now), clock)
    };
    format!("{table}{}", text::unpaid(rows).unwrap_or_default())
}

fn to_json(rows: &[StatusRow], clock: &WallClock, now: Instant) -> Value {
    let batches: Vec<Value> = rows.iter().map(|row| batch_to_json(row, now)).collect();
    let campaigns: Vec<Value> = lines(rows, now).iter().map(campaign_to_json).collect();
    json!({
        "format_version": "1.0",
        "now": now.to_string(),
        "timezone": clock.zone(),
        "campaigns": campaigns,
        "batches": batches,
    })
}

fn batch_to_json(row: &StatusRow, now: Instant) -> Value {
    let StatusRow {
        batch,
        slot,
        progress,
        estimate,
        replaced_by,
    } = row;
    let counts = progress.as_ref().map(|progress| progress.messages).unwrap_or_default();
    let cost = progress.as_ref().and_then(|progress| progress.cost);
    json!({
        "campaign": slot.campaign.to_string(),
        "occurrence": slot.occurrence.as_nominal().map(|time| time.to_string()),
        "is_test": row.is_test(),
        "provider": batch.provider.to_string(),
        "reference": batch.reference_text,
        "batch_id": batch.id.0,
        "state": row.state(now).as_str(),
        "replaced_by": replaced_by.as_ref().map(|id| &id.0),
        "windows": batch.windows.iter().map(|w| json!({ "opens": w.opens().to_string(), "closes": w.closes().to_string() })).collect::<Vec<_>>(),
        "messages": counts_to_json(counts),
        "cost": cost.map(|money| json!({ "currency": money.currency.to_string(), "amount": money.amount.to_string() })),
        "estimate": estimate.as_ref().map(estimate_view),
    })
}

fn campaign_to_json(line: &StatusLine) -> Value {
    let count = |state: StatusState| line.occurrences.get(&state).copied().unwrap_or(0);
    json!({
        "campaign": line.campaign.to_string(),
        "is_test": line.is_test,
        "occurrences": {
            "planned": count(StatusState::Planned),
            "ongoing": count(StatusState::Ongoing),
            "sent": count(StatusState::Sent),
            "canceled": count(StatusState::Canceled),
        },
        "batches": line.batches,
        "replaced": line.replaced,
        "opens": line.opens.map(|opens| opens.to_string()),
        "messages": counts_to_json(line.messages),
        "cost": amounts_to_json(&line.cost),
        "estimate": line.estimate.as_ref().map(estimate_view),
    })
}

fn amounts_to_json(sum: &Estimate) -> Vec<Value> {
    let amounts = sum.amounts();
    amounts
        .map(|money| json!({ "currency": money.currency.to_string(), "amount": money.amount.to_string() }))
        .collect()
}

fn counts_to_json(counts: StatusCounts) -> Value {
    let StatusCounts {
        pending,
        delivered,
        failed,
        canceled,
    } = counts;
    json!({ "pending": pending, "delivered": delivered, "failed": failed, "canceled": canceled })
}
