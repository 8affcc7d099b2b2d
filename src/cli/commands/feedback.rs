//! `campanile feedback`: reports confirmed deliveries to Sinch.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::audience::{Expect, open, read_numbers};
use crate::cli::accounts::unreadable;
use crate::cli::context::{Context, Failed, pretty};
use crate::cli::exit::Exit;
use crate::cli::workspace::{self, Workspace};
use crate::cli::{accounts, lists};
use crate::model::{CampaignRef, Group, LocalTime, Msisdn, NumberSet, ProviderName, counted};
use crate::profile::Profile;
use crate::project::Sources;
use crate::provider::{AnyProvider, Provider};

/// Report confirmed deliveries to Sinch
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  campanile feedback codes --csv confirmed.csv\n\nAn empty list is refused: to Sinch it would mean everybody."
)]
pub(crate) struct FeedbackArgs {
    /// Which campaign
    #[arg(value_parser = |text: &str| CampaignRef::parse(text))]
    pub campaign: CampaignRef,
    /// Numbers whose delivery is confirmed
    #[arg(long, value_name = "FILE")]
    pub csv: PathBuf,
    /// Which occurrence of a schedule: its nominal local time, like 2026-12-01T10:00
    #[arg(long, value_name = "TIME", value_parser = |text: &str| LocalTime::parse(text).ok_or("expected a local time like 2026-12-01T10:00"))]
    pub occurrence: Option<LocalTime>,
}

/// Finds the batches that hold these people and reports them to the provider.
pub(crate) fn run(context: &Context, args: &FeedbackArgs) -> Result<Exit, Failed> {
    let workspace = workspace::open(context)?;
    workspace.require_valid()?;
    let campaign = workspace.campaign(&args.campaign)?.clone();
    let path = std::path::absolute(&args.csv).map_err(anyhow::Error::from)?;
    let sources = Sources::new(
        workspace.root(),
        &[path.parent().unwrap_or(workspace.root()).to_owned()],
    );
    let input = lists::input(&sources, &context.progress(), &path.as_path().into(), None)
        .map_err(|fault| Failed::input(vec![fault]))?;
    let confirmed = open(input, &Expect::list())
        .and_then(|table| read_numbers(vec![table], &lists::settings(&workspace)))
        .map_err(Failed::input)?;
    if confirmed.is_empty() {
        return Err(Failed::new(
            Exit::Input,
            "the list is empty: to the provider that would mean everybody; nothing was sent",
        ));
    }
    crate::cli::runtime::runtime()?.block_on(async {
        let accounts = accounts::open(context, workspace.root(), &workspace.project).await?;
        let told = tell(args, &workspace, &campaign.provider, &accounts.providers, &confirmed).await?;
        accounts.close().await;
        if told == 0 {
            let message = format!(
                "none of these people is in a batch of `{}`: nothing was sent",
                args.campaign
            );
            return Err(Failed::new(Exit::Failed, message).hint("`campanile status` shows what was sent"));
        }
        let left = confirmed.len() - told;
        context
            .emit_text(
                &|| pretty(&json!({ "format_version": "1.0", "reported": told, "in_no_batch": left })),
                &|| {
                    format!(
                        "reported {}; {} in no batch of `{}`\n",
                        counted(told as u64, "delivery", "deliveries"),
                        left,
                        args.campaign
                    )
                },
            )
            .map_err(Failed::after_changes)?;
        Ok(Exit::Done)
    })
}

async fn tell(
    args: &FeedbackArgs,
    workspace: &Workspace,
    name: &ProviderName,
    providers: &[AnyProvider],
    confirmed: &NumberSet,
) -> Result<usize, Failed> {
    let Some(provider) = providers.iter().find(|provider| provider.name() == name) else {
        return Err(Failed::usage(format!("provider `{name}` is not configured")));
    };
    if !Profile::of(provider.api()).takes_feedback {
        let whose = Profile::vendors(|profile| profile.takes_feedback);
        return Err(Failed::usage(format!(
            "provider `{name}` has no delivery feedback: only {whose} has"
        )));
    }
    let mut told = NumberSet::default();
    for batch in provider.list().await.map_err(unreadable)?.batches {
        let Some(reference) = &batch.reference else { continue };
        let is_meant = reference.namespace == workspace.project.namespace
            && reference.slot.campaign == args.campaign
            && reference.slot.group != Group::Test
            && args
                .occurrence
                .is_none_or(|time| reference.slot.occurrence.as_nominal() == Some(time));
        if !is_meant {
            continue;
        }
        let people = provider.recipients(&batch.id).await.map_err(unreadable)?;
        let here: Vec<Msisdn> = people.iter().filter(|number| confirmed.contains(*number)).collect();
        if here.is_empty() {
            continue;
        }
        provider.feedback(&batch.id, &here).await.map_err(|failure| {
            Failed::new(
                if told.is_empty() { Exit::Failed } else { Exit::Partial },
                failure.message,
            )
            .hint("the campaign needs `feedback: true` before it is sent")
        })?;
        told = NumberSet::new(told.iter().chain(here));
    }
    Ok(told.len())
}
