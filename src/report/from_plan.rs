//! A plan as its view: the only place where the plan's types meet the format.

use super::amount::estimate_view;
use super::batch_view::{BeforeView, EncodingsView, HeldView, KeptView, LaterView, OperationView, WindowView};
use super::diagnostics::diagnostic_to_view;
use super::frame::Frame;
use super::from_campaign::{campaign_view, nominal};
use super::seal::seal;
use super::view::{FORMAT_VERSION, GuardView, PlanView, Summary as SummaryView};
use crate::model::{Reference, Window};
use crate::plan::{GuardLine, HeldContent, HeldItem, KeptItem, LaterItem, Operation, Plan, Previous};

/// Makes the view.
pub fn plan_view(plan: &Plan, frame: &Frame<'_>) -> PlanView {
    let mut view = unsealed(plan, frame);
    let sealed = seal(&mut view);
    view.seal = sealed;
    view
}

fn unsealed(plan: &Plan, frame: &Frame<'_>) -> PlanView {
    let summary = plan.summary();
    PlanView {
        format_version: FORMAT_VERSION.to_owned(),
        tool: frame.tool.to_owned(),
        tzdb: frame.tzdb.to_owned(),
        now: plan.now.to_string(),
        now_local: None,
        created_at: frame.created_at.to_string(),
        expires_at: frame.expires_at.to_string(),
        expires_local: None,
        digest: plan.digest.clone(),
        seal: String::new(),
        namespace: plan.namespace.to_string(),
        complete: plan.complete,
        offline: plan.offline,
        partial: plan.partial,
        selected: frame.selected.iter().map(ToString::to_string).collect(),
        allow: frame.allow.to_vec(),
        pretended: frame.pretended,
        next_apply_by: plan.next_apply_by.map(|instant| instant.to_string()),
        next_apply_by_local: None,
        left_out: frame.left_out.clone(),
        change: None,
        summary: SummaryView {
            create: summary.create,
            replace: summary.replace,
            update: summary.update,
            cancel: summary.cancel,
            keep: summary.keep,
            held: summary.held,
            later: summary.later,
            foreign: summary.foreign,
            recipients: summary.recipients,
            people: summary.people,
            segments: summary.segments,
            estimate: estimate_view(&summary.estimate),
            held_people: summary.held_people,
        },
        operations: plan
            .operations
            .iter()
            .map(|operation| operation_view(operation, frame))
            .collect(),
        held: plan.held.iter().map(|held| held_view(held, frame)).collect(),
        kept: plan.kept.iter().map(kept_view).collect(),
        later: plan.later.iter().map(later_view).collect(),
        sources: Vec::new(),
        campaigns: plan
            .campaigns
            .iter()
            .map(|campaign| campaign_view(campaign, frame))
            .collect(),
        alarms: plan.alarms.clone(),
        guards: plan.guards.iter().map(guard_view).collect(),
        price_lines: plan.price_lines.clone(),
        diagnostics: frame
            .diagnostics
            .iter()
            .chain(&plan.diagnostics)
            .map(diagnostic_to_view)
            .collect(),
    }
}

/// One operation.
pub fn operation_view(operation: &Operation, frame: &Frame<'_>) -> OperationView {
    let (k, n) = operation.part();
    let content = operation.content.as_ref();
    OperationView {
        action: operation.action.as_str().to_owned(),
        campaign: operation.campaign().to_string(),
        occurrence: nominal(operation.nominal()),
        provider: operation.provider.to_string(),
        reference: operation.reference.to_string(),
        batch_id: operation.target.as_ref().map(|target| target.id.0.clone()),
        after: operation.after.iter().map(ToString::to_string).collect(),
        reason: operation.reason.as_str().to_owned(),
        changed: operation
            .changed
            .iter()
            .map(|changed| changed.as_str().to_owned())
            .collect(),
        before: operation
            .before
            .as_ref()
            .map(|before| before_view(&operation.reference, before, frame)),
        digest: operation.digest.to_string(),
        windows: operation
            .windows
            .iter()
            .map(|window| window_view(&operation.reference, *window, frame))
            .collect(),
        starts_now: operation.starts_now,
        countries: Vec::new(),
        part: [k, n],
        recipients: content.map(|content| content.recipients),
        segments: content.map(|content| content.segments),
        encodings: content.map(|content| EncodingsView {
            gsm7: content.messages_gsm7,
            ucs2: content.messages_ucs2,
        }),
        estimate: content
            .map(|content| estimate_view(&content.estimate))
            .unwrap_or_default(),
    }
}

fn before_view(reference: &Reference, before: &Previous, frame: &Frame<'_>) -> BeforeView {
    // Destructured without `..`: a new field does not compile until somebody decides.
    let Previous {
        sender,
        texts,
        windows,
        recipients,
        segments,
        estimate,
        joined,
        left,
    } = before;
    BeforeView {
        sender: sender.clone(),
        text: texts.first().cloned(),
        texts: texts.iter().skip(1).cloned().collect(),
        windows: windows
            .iter()
            .map(|window| window_view(reference, *window, frame))
            .collect(),
        recipients: *recipients,
        segments: *segments,
        estimate: estimate.as_ref().map(estimate_view).unwrap_or_default(),
        joined: *joined,
        left: *left,
    }
}

fn window_view(reference: &Reference, window: Window, frame: &Frame<'_>) -> WindowView {
    let (local, clock_changes) = (frame.spell)(&reference.slot.campaign, reference, window);
    WindowView {
        people: None,
        opens: window.opens().to_string(),
        closes: window.closes().to_string(),
        local,
        timezone: None,
        clock_changes,
    }
}

fn held_view(held: &HeldItem, frame: &Frame<'_>) -> HeldView {
    let HeldContent {
        recipients,
        segments,
        estimate,
        windows,
    } = &held.content;
    HeldView {
        campaign: held.reference.slot.campaign.to_string(),
        occurrence: nominal(held.nominal()),
        provider: held.provider.to_string(),
        reference: held.reference.to_string(),
        batch_id: held.batch_id.as_ref().map(|id| id.0.clone()),
        reason: held.reason.as_str().to_owned(),
        message: held.message.clone(),
        allow: held.allow_text(),
        needs_person: held.needs_person,
        action: Some(if held.sends { "send" } else { "cancel" }.to_owned()),
        recipients: *recipients,
        segments: *segments,
        estimate: estimate_view(estimate),
        windows: windows
            .iter()
            .map(|window| window_view(&held.reference, *window, frame))
            .collect(),
        countries: Vec::new(),
    }
}

fn kept_view(kept: &KeptItem) -> KeptView {
    KeptView {
        campaign: kept.reference.slot.campaign.to_string(),
        occurrence: nominal(kept.reference.slot.occurrence.as_nominal()),
        provider: kept.provider.to_string(),
        reference: kept.reference.to_string(),
        batch_id: kept.batch_id.0.clone(),
        opens: kept.opens.map(|opens| opens.to_string()),
        recipients: kept.recipients,
    }
}

fn later_view(later: &LaterItem) -> LaterView {
    LaterView {
        campaign: later.reference.slot.campaign.to_string(),
        occurrence: nominal(later.reference.slot.occurrence.as_nominal()),
        provider: later.provider.to_string(),
        opens: later.opens.to_string(),
        apply_from: later.apply_from.to_string(),
        apply_by: later.apply_by.to_string(),
        apply_by_local: None,
        recipients: later.recipients,
    }
}

fn guard_view(guard: &GuardLine) -> GuardView {
    GuardView {
        rule: guard.rule.as_str().to_owned(),
        subject: guard.scope.clone().unwrap_or_default(),
        actual: guard.actual.clone(),
        limit: guard.limit.clone(),
        tripped: guard.tripped,
        allowed: guard.allowed,
    }
}
