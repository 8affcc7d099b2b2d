//! `campanile status`: what the providers hold of ours, how far it has come, what it cost so far.

use std::fmt::Write as _;
use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};

use super::plan::unreadable;
use crate::cli::accounts;
use crate::cli::context::{Context, Failed, pretty};
use crate::cli::estimates::Estimates;
use crate::cli::exit::Exit;
use crate::cli::signals::Interrupt;
use crate::cli::workspace::{self, Workspace, unknown_campaign};
use crate::model::{CampaignRef, Estimate, ExistingBatch, Group, Instant, ReportedState, counted, grouped};
use crate::provider::{AnyProvider, BatchProgress, Provider, StatusCounts};
use crate::report::{amounts, estimate_view};

/// Show what the providers hold of ours, progress and cost
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  campanile status\n  campanile status --campaign black-friday --watch")]
pub struct StatusArgs {
    /// Only this campaign (repeatable)
    #[arg(long = "campaign", value_name = "REF", value_parser = |text: &str| CampaignRef::parse(text))]
    pub campaigns: Vec<CampaignRef>,
    /// Read again every few seconds until interrupted
    #[arg(long)]
    pub watch: bool,
}

/// How long `--watch` waits between two looks.
const PAUSE: Duration = Duration::from_secs(5);

/// One batch of ours.
struct Row {
    batch: ExistingBatch,
    progress: Option<BatchProgress>,
    /// By the files, while they say what it says.
    estimate: Option<Estimate>,
}

/// Prints once, or until interrupted.
pub fn run(context: &Context, args: &StatusArgs) -> Result<Exit, Failed> {
    if args.watch && context.is_json() {
        return Err(
            Failed::usage("`--watch` prints page after page, and JSON is one document")
                .hint("run `campanile status -o json` as often as you like"),
        );
    }
    let workspace = workspace::open(context)?;
    crate::cli::runtime()?.block_on(async {
        let accounts = accounts::open(context, workspace.root(), &workspace.project).await?;
        let interrupt = Interrupt::listen();
        let mut estimates = None;
        let exit = loop {
            let mut rows = read(context, args, &workspace, &accounts.providers).await?;
            let now = context.clock.now();
            let first = rows.iter().filter_map(|row| row.batch.opens()).min().unwrap_or(now);
            // Lists are read once, and only when there is something to compare.
            for row in &mut rows {
                let estimates = estimates.get_or_insert_with(|| Estimates::new(&workspace, first, now));
                let reference = row.batch.reference.as_ref();
                row.estimate = reference.and_then(|reference| estimates.of(reference));
            }
            if args.watch {
                context.begin_page(&format!("{now}, again every {} s; Ctrl-C ends it", PAUSE.as_secs()));
            }
            context.emit_text(&|| pretty(&to_json(&rows, now)), &|| to_text(&rows, now))?;
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
    providers: &[AnyProvider],
) -> Result<Vec<Row>, Failed> {
    let mut rows = Vec::new();
    let mut named = workspace.references();
    for provider in providers {
        let list = provider.list().await.map_err(unreadable)?;
        for batch in list.batches {
            let Some(reference) = &batch.reference else { continue };
            if reference.namespace != workspace.project.namespace {
                continue;
            }
            named.insert(reference.slot.campaign.clone());
            if !args.campaigns.is_empty() && !args.campaigns.contains(&reference.slot.campaign) {
                continue;
            }
            let progress = match provider.progress(&batch.id).await {
                Ok(progress) => Some(progress),
                Err(error) => {
                    context.warn(&format!("no progress of `{reference}`: {error}"));
                    None
                }
            };
            rows.push(Row {
                batch,
                progress,
                estimate: None,
            });
        }
    }
    for unknown in args.campaigns.iter().filter(|campaign| !named.contains(*campaign)) {
        let slip = unknown_campaign(unknown, named.iter());
        context.warn(&format!("{}; {}", slip.message, slip.hints.join("; ")));
    }
    rows.sort_by_key(|row| {
        (
            row.batch.opens(),
            row.batch.reference_text.clone(),
            row.batch.id.clone(),
        )
    });
    Ok(rows)
}

/// Sinch tells no state: what is planned by its word and open by the clock is under way.
fn state(batch: &ExistingBatch, progress: Option<&BatchProgress>, now: Instant) -> &'static str {
    match batch.state {
        ReportedState::Planned if batch.opens().is_some_and(|opens| opens <= now) => {
            let pending = progress.is_none_or(|progress| progress.messages.pending > 0);
            if pending { "ongoing" } else { "sent" }
        }
        ReportedState::Planned => "planned",
        ReportedState::Ongoing | ReportedState::Unknown(_) => "ongoing",
        ReportedState::Sent => "sent",
        ReportedState::Canceled => "canceled",
    }
}

fn to_json(rows: &[Row], now: Instant) -> Value {
    let batches: Vec<Value> = rows
        .iter()
        .map(|row| {
            let Row {
                batch,
                progress,
                estimate,
            } = row;
            let reference = batch.reference.as_ref();
            let counts = progress.as_ref().map(|progress| progress.messages).unwrap_or_default();
            let cost = progress.as_ref().and_then(|progress| progress.cost);
            json!({
                "campaign": reference.map(|reference| reference.slot.campaign.to_string()),
                "occurrence": reference.and_then(|r| r.slot.occurrence.as_nominal()).map(|time| time.to_string()),
                "is_test": reference.is_some_and(|reference| reference.slot.group == Group::Test),
                "provider": batch.provider.to_string(),
                "reference": batch.reference_text,
                "batch_id": batch.id.0,
                "state": state(batch, progress.as_ref(), now),
                "windows": batch.windows.iter().map(|w| json!({ "opens": w.opens().to_string(), "closes": w.closes().to_string() })).collect::<Vec<_>>(),
                "messages": { "pending": counts.pending, "delivered": counts.delivered, "failed": counts.failed, "canceled": counts.canceled },
                "cost": cost.map(|money| json!({ "currency": money.currency.to_string(), "amount": money.amount.to_string() })),
                "estimate": estimate.as_ref().map(estimate_view),
            })
        })
        .collect();
    json!({ "format_version": "1.0", "now": now.to_string(), "batches": batches })
}

/// What became of the messages: only counts that say something.
fn told(counts: &StatusCounts) -> String {
    let StatusCounts {
        pending,
        delivered,
        failed,
        canceled,
    } = counts;
    let counts = [
        (pending, "pending"),
        (delivered, "delivered"),
        (failed, "failed"),
        (canceled, "canceled"),
    ];
    let told: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| **count > 0)
        .map(|(count, what)| format!("{} {what}", grouped(*count)))
        .collect();
    if told.is_empty() {
        "-".to_owned()
    } else {
        told.join(", ")
    }
}

/// Windows open at whole minutes.
fn minute(opens: Instant) -> String {
    let text = opens.to_string();
    text.strip_suffix(":00Z")
        .map_or_else(|| text.clone(), |minute| format!("{minute}Z"))
}

fn to_text(rows: &[Row], now: Instant) -> String {
    if rows.is_empty() {
        return "the providers hold nothing of ours\n".to_owned();
    }
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header(["CAMPAIGN", "STATE", "OPENS", "MESSAGES", "COST", "ESTIMATE"]);
    for Row {
        batch,
        progress,
        estimate,
    } in rows
    {
        let name = batch.reference.as_ref().map_or_else(String::new, |reference| {
            let part = reference.slot.part;
            let part = if part.n() > 1 {
                format!(" {}/{}", u32::from(part.k()) + 1, part.n())
            } else {
                String::new()
            };
            let occurrence = reference
                .slot
                .occurrence
                .as_nominal()
                .map_or_else(String::new, |time| format!(" @ {time}"));
            let test = if reference.slot.group == Group::Test {
                " (test)"
            } else {
                ""
            };
            format!("{}{occurrence}{part}{test}", reference.slot.campaign)
        });
        let counts = progress.as_ref().map(|progress| progress.messages).unwrap_or_default();
        let cost = progress
            .as_ref()
            .and_then(|progress| progress.cost)
            .map_or_else(|| "-".to_owned(), |money| money.to_string());
        table.add_row([
            name,
            state(batch, progress.as_ref(), now).to_owned(),
            batch.opens().map_or_else(|| "?".to_owned(), minute),
            told(&counts),
            cost,
            estimate
                .as_ref()
                .map_or_else(|| "-".to_owned(), |estimate| amounts(&estimate_view(estimate))),
        ]);
    }
    let unpaid: u64 = rows
        .iter()
        .filter_map(|row| row.progress.as_ref())
        .map(|progress| progress.unpaid)
        .sum();
    let mut text = format!("{table}\n");
    if unpaid > 0 {
        let _ = writeln!(
            text,
            "! the account could not pay for {}",
            counted(unpaid, "message", "messages")
        );
    }
    text
}
