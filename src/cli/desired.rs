//! A project on disk to what it desires: its lists opened, its suppressions read, `desire()` called.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::context::Context;
use super::lists;
use super::suppression_lists::{suppressions, suppressions_as_far_as_readable};
use super::workspace::Workspace;
use crate::campaign::Campaign;
use crate::desired::{DesiredState, Inputs, Suppressions, desire, desire_what_is_readable};
use crate::model::{CampaignRef, Diagnostic, Instant, NumberSet};

/// Between when occurrences are wanted.
#[derive(Debug, Clone, Copy)]
pub(super) struct WantedSpan {
    pub(super) now: Instant,
    /// So long before now, of schedules.
    pub(super) past: Duration,
    pub(super) until: Instant,
}

impl WantedSpan {
    fn new(now: Instant, until: Instant) -> Self {
        let past = Duration::ZERO;
        Self { now, past, until }
    }
}

/// Reads everything up to the project's horizon; every fault of every file.
pub(super) fn desired_now(context: &Context, workspace: &Workspace) -> Result<DesiredState, Vec<Diagnostic>> {
    let now = context.clock.now();
    desired_until(workspace, now, now + workspace.project.horizon)
}

/// What one campaign desires, in place of the one of its name: a text that is tried out before it is written down. Some
/// people are left out as if they were suppressed.
pub(super) fn desired_by(
    workspace: &Workspace,
    campaign: &Campaign,
    now: Instant,
    horizon: Instant,
    left_out: &NumberSet,
) -> Result<DesiredState, Vec<Diagnostic>> {
    let mut suppressions = suppressions(workspace)?;
    if !left_out.is_empty() {
        let all = suppressions.of(&campaign.reference).iter().chain(left_out.iter());
        let all = Arc::new(NumberSet::new(all));
        suppressions.by_campaign.insert(campaign.reference.clone(), all);
    }
    let campaigns = std::slice::from_ref(campaign);
    let span = WantedSpan::new(now, horizon);
    read(workspace, campaigns, Vec::new(), suppressions, span)
}

/// The same as the first, up to an instant.
pub(super) fn desired_until(
    workspace: &Workspace,
    now: Instant,
    horizon: Instant,
) -> Result<DesiredState, Vec<Diagnostic>> {
    desired_within(workspace, WantedSpan::new(now, horizon))
}

/// The same, with so much of what schedules have fired before.
pub(super) fn desired_within(workspace: &Workspace, span: WantedSpan) -> Result<DesiredState, Vec<Diagnostic>> {
    let mut faults = Vec::new();
    let suppressions = suppressions(workspace).unwrap_or_else(|more| {
        faults.extend(more);
        Suppressions::default()
    });
    lists::announce(workspace);
    let files = workspace.unreadable.iter();
    let unreadable = files.map(|file| (file.file.as_path(), file.references.as_slice()));
    let campaigns = &workspace.campaigns;
    let state = read(workspace, campaigns, unreadable.collect(), suppressions, span);
    workspace.progress.clear();
    match state {
        Ok(state) if faults.is_empty() => Ok(state),
        Ok(_) => Err(faults),
        Err(more) => {
            faults.extend(more);
            Err(faults)
        }
    }
}

/// The same as the first, as if these were all who must not be texted.
pub(super) fn desired_with(
    context: &Context,
    workspace: &Workspace,
    suppressions: Suppressions,
) -> Option<DesiredState> {
    let now = context.clock.now();
    let files = workspace.unreadable.iter();
    let unreadable = files.map(|file| (file.file.as_path(), file.references.as_slice()));
    let span = WantedSpan::new(now, now + workspace.project.horizon);
    let campaigns = &workspace.campaigns;
    read(workspace, campaigns, unreadable.collect(), suppressions, span).ok()
}

/// What can be read of it, for what must not wait until every file is right again: a campaign with faults counts as one
/// whose file cannot be read, a suppression list without the rows that cannot be read.
pub(super) fn desired_as_far_as_readable(context: &Context, workspace: &Workspace) -> DesiredState {
    let now = context.clock.now();
    let files = workspace.unreadable.iter();
    let unreadable = files.map(|file| (file.file.as_path(), file.references.as_slice()));
    let inputs = Inputs {
        project: &workspace.project,
        campaigns: &workspace.campaigns,
        unreadable: unreadable.collect(),
        suppressions: suppressions_as_far_as_readable(workspace),
        past: Duration::ZERO,
        reading: lists::settings(workspace),
        tables: &|campaign| lists::tables(workspace, campaign),
    };
    desire_what_is_readable(&inputs, now, now + workspace.project.horizon).0
}

fn read(
    workspace: &Workspace,
    campaigns: &[Campaign],
    unreadable: Vec<(&Path, &[CampaignRef])>,
    suppressions: Suppressions,
    span: WantedSpan,
) -> Result<DesiredState, Vec<Diagnostic>> {
    let inputs = Inputs {
        project: &workspace.project,
        campaigns,
        unreadable,
        suppressions,
        past: span.past,
        reading: lists::settings(workspace),
        tables: &|campaign| lists::tables(workspace, campaign),
    };
    desire(&inputs, span.now, span.until)
}
