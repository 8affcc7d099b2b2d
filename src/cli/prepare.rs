//! From files to what `plan`, `apply`, `validate` and `calendar` work with: the workspace, everything desired, the
//! policy.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::accounts::{self, Accounts};
use super::choice::Choice;
use super::context::{Context, Failed};
use super::desired::desired_now;
use super::opt_outs::hear;
use super::payloads::PlannedPayloads;
use super::spelling::{details, spell as spell_window};
use super::used_columns::read_only_used;
use super::version::TOOL;
use super::workspace::Workspace;
use crate::desired::DesiredState;
use crate::model::{CampaignRef, Diagnostic, Group, Instant, OccurrenceKey, Reference, Window, left_out_codes};
use crate::plan::{InstantSpelling, Operation, Override, Plan, Policy, ProviderFacts};
use crate::report::{Details, Frame, ListView, OperationView, PlanView, operation_view, plan_view, seal};
use crate::schedule::{Zone, tzdb_version};

/// Everything that the files say.
pub(super) struct Prepared {
    /// The project.
    pub workspace: Workspace,
    /// What it desires.
    pub state: DesiredState,
    /// Warnings and notes of all files.
    pub diagnostics: Vec<Diagnostic>,
}

/// Opens the accounts, asks them who has opted out, and reads everything. Faults of files come before faults of
/// accounts.
pub(super) async fn prepare_with_accounts(
    context: &Context,
    mut workspace: Workspace,
    choice: &Choice,
) -> Result<(Prepared, Accounts), Failed> {
    let opened = accounts::open(context, workspace.root(), &workspace.project).await;
    let accounts = match opened {
        Ok(accounts) => accounts,
        Err(failed) => return Err(prepare(context, workspace, choice).err().unwrap_or(failed)),
    };
    if !workspace.diagnostics.iter().any(Diagnostic::is_error) {
        workspace.heard = hear(context, &workspace, &accounts).await;
    }
    Ok((prepare(context, workspace, choice)?, accounts))
}

/// Reads everything; any error of any file is a failure with all of them.
pub(super) fn prepare(context: &Context, mut workspace: Workspace, choice: &Choice) -> Result<Prepared, Failed> {
    read_only_used(&mut workspace);
    let mut diagnostics = workspace.diagnostics.clone();
    diagnostics.extend(workspace.heard.diagnostics.iter().cloned());
    let state = match desired_now(context, &workspace) {
        Ok(state) => {
            diagnostics.extend(state.diagnostics.iter().cloned());
            Some(state)
        }
        Err(faults) => {
            diagnostics.extend(faults);
            None
        }
    };
    diagnostics.extend(workspace.receipts.warnings());
    match state {
        Some(state) if !diagnostics.iter().any(Diagnostic::is_error) => {
            workspace.require_known(&choice.campaigns)?;
            Ok(Prepared {
                workspace,
                state,
                diagnostics,
            })
        }
        Some(_) | None => Err(Failed::input(diagnostics)),
    }
}

impl Prepared {
    /// The rules of the run.
    pub(super) fn policy(&self, facts: &[ProviderFacts], choice: &Choice, offline: bool) -> Result<Policy, Failed> {
        let project = &self.workspace.project;
        let overrides = choice
            .allow
            .iter()
            .map(|text| Override::parse(text).map_err(|error| Failed::usage(format!("`--allow`: {error}"))));
        Ok(Policy {
            namespace: project.namespace.clone(),
            providers: facts.iter().map(|facts| (facts.name.clone(), facts.clone())).collect(),
            freeze_before: project.freeze_before,
            settle: project.settle,
            horizon: project.horizon,
            min_gap: project.min_gap,
            paused: project.paused,
            guards: project.guards.clone(),
            overrides: overrides.collect::<Result<Vec<Override>, Failed>>()?,
            selected: (!choice.campaigns.is_empty()).then(|| choice.campaigns.iter().cloned().collect()),
            suppressions: self.state.suppressions.clone(),
            opt_outs_unread: self.workspace.heard.unread.clone(),
            findings: self.state.findings.clone(),
            offline,
            instants: self.home().map_or_else(InstantSpelling::default, |zone| {
                InstantSpelling::new(move |instant| zone.spell(instant))
            }),
        })
    }

    /// The project's clock, if it has one.
    fn home(&self) -> Option<Zone> {
        let name = self.workspace.project.timezone.as_ref()?;
        Zone::find(name).ok()
    }

    /// The texts and people of operations.
    pub(super) fn payloads(&self) -> PlannedPayloads<'_> {
        PlannedPayloads::new(&self.state, self.workspace.project.guards.max_segments_per_message)
    }

    /// The view of a plan made from this.
    pub(super) fn view(&self, context: &Context, plan: &Plan, choice: &Choice, diagnostics: &[Diagnostic]) -> PlanView {
        // The parts of a group share their windows and follow each other: each window is spelled once, not 2048 times.
        type Spelled = (Option<String>, Vec<String>);
        let home = self.home();
        let last: RefCell<Option<(CampaignRef, Group, Window, Spelled)>> = RefCell::default();
        let spell = |campaign: &CampaignRef, reference: &Reference, window: Window| {
            let group = reference.slot.group;
            let mut last = last.borrow_mut();
            match &*last {
                Some((of, in_group, spelled, words)) if (of, *in_group, *spelled) == (campaign, group, window) => {
                    words.clone()
                }
                Some(_) | None => {
                    let words = spell_window(&self.state, plan.now, campaign, reference, window, home.as_ref());
                    *last = Some((campaign.clone(), group, window, words.clone()));
                    words
                }
            }
        };
        let details = |campaign: &CampaignRef, key: OccurrenceKey| Details {
            lists: lists(&self.workspace, &self.state, campaign, key).unwrap_or_default(),
            ..details(&self.state, plan, campaign, key)
        };
        let frame = Frame {
            left_out: codes_of_left_out(self),
            ..self.frame(context, choice, diagnostics, &spell, &details)
        };
        let mut view = PlanView {
            sources: self.workspace.receipts.views(),
            ..plan_view(plan, &frame)
        };
        tell_countries(&mut view, plan, &self.state);
        if let Some(zone) = &home {
            tell_local_times(&mut view, plan, zone);
        }
        let sealed = seal(&mut view);
        view.seal = sealed;
        view
    }

    /// The view of one operation, without words for its windows.
    pub(super) fn operation_view(&self, context: &Context, operation: &Operation) -> OperationView {
        let choice = Choice::default();
        let spell = |_: &CampaignRef, _: &Reference, _: Window| (None, Vec::new());
        let details = |_: &CampaignRef, _: OccurrenceKey| Details::default();
        let frame = self.frame(context, &choice, &[], &spell, &details);
        operation_view(operation, &frame)
    }

    #[expect(clippy::unused_self, reason = "a view is made from what was prepared")]
    fn frame<'a>(
        &'a self,
        context: &Context,
        choice: &'a Choice,
        diagnostics: &'a [Diagnostic],
        spell: &'a dyn Fn(&CampaignRef, &Reference, Window) -> (Option<String>, Vec<String>),
        details: &'a dyn Fn(&CampaignRef, OccurrenceKey) -> Details,
    ) -> Frame<'a> {
        let created_at = super::clock::SystemClock::real();
        let made_at = if context.clock.is_pretended() {
            context.clock.now()
        } else {
            created_at
        };
        Frame {
            tool: TOOL,
            tzdb: tzdb_version(),
            created_at,
            expires_at: made_at + choice.expires,
            selected: &choice.campaigns,
            allow: &choice.allow,
            pretended: context.clock.is_pretended(),
            left_out: BTreeMap::new(),
            spell,
            details,
            diagnostics,
        }
    }
}

/// Whose clocks operations and held batches go by, where recipients have their own.
fn tell_countries(view: &mut PlanView, plan: &Plan, state: &DesiredState) {
    for (told, operation) in view.operations.iter_mut().zip(&plan.operations) {
        told.countries = countries(state, &operation.reference);
    }
    for (told, held) in view.held.iter_mut().zip(&plan.held) {
        told.countries = countries(state, &held.reference);
    }
}

/// The countries of a group of recipients whose clocks show one offset.
fn countries(state: &DesiredState, reference: &Reference) -> Vec<String> {
    let slot = &reference.slot;
    if !matches!(slot.group, Group::Offset(_)) {
        return Vec::new();
    }
    let mut campaigns = state.desired.campaigns.iter();
    let campaign = campaigns.find(|campaign| campaign.reference == slot.campaign);
    let occurrences = campaign.into_iter().flat_map(|campaign| &campaign.occurrences);
    let groups = occurrences
        .filter(|occurrence| occurrence.key == slot.occurrence)
        .flat_map(|occurrence| &occurrence.groups);
    let countries = groups
        .filter(|known| known.group == slot.group)
        .flat_map(|known| known.content.countries.keys().flatten());
    countries.map(ToString::to_string).collect()
}

/// A campaign's lists with their people and templates.
fn lists(
    workspace: &Workspace,
    state: &DesiredState,
    campaign: &CampaignRef,
    key: OccurrenceKey,
) -> Option<Vec<ListView>> {
    let source = state.payloads.get(campaign)?;
    let audience = source.aggregate.audience(source.occasion(key).unwrap_or(0))?;
    let sources = &workspace.campaign(campaign).ok()?.sources;
    let lists = sources
        .iter()
        .zip(audience.counts())
        .zip(source.aggregate.templates_by_list());
    let views = lists.map(|((source, counts), templates)| ListView {
        list: source.origin.name().display().to_string(),
        people: counts
            .rows
            .saturating_sub(counts.invalid.total())
            .saturating_sub(counts.filtered + counts.suppressed)
            .saturating_sub(counts.set_apart + counts.duplicates),
        templates,
    });
    Some(views.collect())
}

/// The plan's own instants on the project's clock.
fn tell_local_times(view: &mut PlanView, plan: &Plan, zone: &Zone) {
    view.now_local = Some(zone.spell(plan.now));
    view.expires_local = Instant::parse(&view.expires_at).ok().map(|expires| zone.spell(expires));
    for (told, campaign) in view.campaigns.iter_mut().zip(&plan.campaigns) {
        if let (Some(told), Some(pace)) = (&mut told.pace, &campaign.pace) {
            told.last_opens_local = Some(zone.spell(pace.last_opens));
        }
    }
    view.next_apply_by_local = plan.next_apply_by.map(|instant| zone.spell(instant));
    for (later, item) in view.later.iter_mut().zip(&plan.later) {
        later.apply_by_local = Some(zone.spell(item.apply_by));
    }
}

/// For a saved plan: codes per campaign.
fn codes_of_left_out(prepared: &Prepared) -> BTreeMap<String, String> {
    let namespace = &prepared.workspace.project.namespace;
    let coded = prepared.state.payloads.iter().map(|(campaign, payloads)| {
        let codes = left_out_codes(namespace, campaign, payloads.aggregate.left_out());
        (campaign.to_string(), codes)
    });
    coded.filter(|(_, codes)| !codes.is_empty()).collect()
}
