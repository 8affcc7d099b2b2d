//! People whom suppressions and opt-outs left out: who was when a plan was saved, and who has been since.
//!
//! Someone who opts out after the review makes an approved plan smaller, never stale. The check: the plan as it would
//! be if they had not opted out must be what was reviewed, operation by operation.

use std::collections::{BTreeMap, BTreeSet};

use super::accounts::Accounts;
use super::choice::Choice;
use super::clock::SystemClock;
use super::context::{Context, Failed};
use super::desired::desired_with;
use super::diagnostics::FEWER_THAN_REVIEWED;
use super::open_run::OpenRun;
use super::prepare::Prepared;
use crate::apply::{Approved, Observation, approve, approve_smaller, reconsider};
use crate::model::{CampaignRef, Diagnostic, Person, Place, ProviderName, counted, left_out_since};
use crate::report::PlanView;

type Since = BTreeMap<CampaignRef, (ProviderName, BTreeSet<Person>)>;

/// What of a fresh plan a saved one approves, and warnings about campaigns that have become smaller.
pub(super) async fn approved(
    context: &Context,
    prepared: &Prepared,
    (accounts, clock): (&Accounts, SystemClock),
    seen: &Observation,
    choice: &Choice,
    saved: &PlanView,
) -> Result<(Approved, Vec<Diagnostic>), Failed> {
    let digests: BTreeSet<String> = (saved.operations.iter())
        .map(|operation| operation.digest.clone())
        .collect();
    let strictly = approve(&seen.plan, &digests);
    let since = since(prepared, saved, &strictly);
    if since.is_empty() {
        return Ok((strictly, Vec::new()));
    }
    let suppressions = prepared.state.suppressions.without(&since);
    let Some(state) = desired_with(context, &prepared.workspace, suppressions) else {
        return Ok((strictly, Vec::new()));
    };
    let mut policy = prepared.policy(&accounts.facts, choice, false)?;
    policy.suppressions = state.suppressions.clone();
    policy.findings.clone_from(&state.findings);
    let (root, project) = (prepared.workspace.root(), &prepared.workspace.project);
    let mut opened = OpenRun::new(context, root, project, accounts, clock, policy);
    let progress = opened.progress();
    let payloads = prepared.payloads();
    let before = reconsider(&opened.context(&state.desired, &payloads), seen).await;
    progress.clear();
    let named = since.keys().cloned().collect();
    let (approved, smaller) = approve_smaller(&seen.plan, &before, &digests, &named);
    let told = smaller.iter().filter_map(|campaign| {
        let (_, people) = since.get(campaign)?;
        let people = counted(people.len() as u64, "person", "people");
        let message =
            format!("`{campaign}` goes out without {people} who opted out or were suppressed since the review");
        let note = Diagnostic::note(&FEWER_THAN_REVIEWED, message);
        let mut desired = prepared.state.desired.campaigns.iter();
        Some(match desired.find(|desired| desired.reference == *campaign) {
            Some(desired) => note.at(Place::file(&desired.file)),
            None => note,
        })
    });
    let told = told.collect();
    Ok((approved, told))
}

/// Who has been left out of refused campaigns since the plan was saved.
fn since(prepared: &Prepared, saved: &PlanView, strictly: &Approved) -> Since {
    let namespace = &prepared.workspace.project.namespace;
    let campaigns = prepared.state.desired.campaigns.iter();
    let refused = campaigns.filter(|campaign| strictly.refused.contains_key(&campaign.reference));
    let of_campaign = refused.filter_map(|campaign| {
        let name = &campaign.reference;
        let left_out = prepared.state.payloads.get(name)?.aggregate.left_out();
        let codes = saved.left_out.get(name.as_str()).map_or("", String::as_str);
        let people = left_out_since(namespace, name, left_out, codes);
        Some((name.clone(), (campaign.provider.clone(), people)))
    });
    of_campaign.filter(|(_, (_, people))| !people.is_empty()).collect()
}
