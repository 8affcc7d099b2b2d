//! Events of a run, as counts and the set of things that they concern. Pure.

use std::collections::BTreeSet;

use super::super::exit::Exit;
use crate::campaign::NotifyEvent;
use crate::model::counted;
use crate::report::PlanView;

/// Fewer planned people on suppression lists at once than this, or than this part of all, are no surge.
const SURGE: (u64, u64) = (20, 100);

/// An event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Happened {
    /// Which kind.
    pub event: NotifyEvent,
    /// In words.
    pub headline: String,
    /// In numbers.
    pub counts: Vec<(&'static str, u64)>,
    /// What it concerns: campaigns, occurrences and reasons. Empty: it is over, or - of `applied` - each time is news.
    pub things: BTreeSet<String>,
}

impl Happened {
    /// Whether it must be sent, given what was sent last.
    pub(super) fn is_news(&self, told: Option<&BTreeSet<String>>) -> bool {
        match self.event {
            NotifyEvent::Applied => true,
            NotifyEvent::Held | NotifyEvent::Drift | NotifyEvent::Failed | NotifyEvent::OptOutSurge => {
                told.map_or(!self.things.is_empty(), |told| *told != self.things)
            }
        }
    }

    /// Nothing of it is left: remembered, not sent.
    pub(super) fn is_over(&self) -> bool {
        self.event != NotifyEvent::Applied && self.things.is_empty()
    }
}

/// The events of an apply that made a plan.
pub(super) fn after_apply(plan: &PlanView, done: usize, exit: Exit) -> Vec<Happened> {
    let mut all = vec![held(plan), drift(plan), surge(plan)];
    all.extend(after_failure(exit));
    if done > 0 {
        all.push(applied(plan, done as u64));
    }
    all
}

/// The event of how a run ended; a run that ended well ends an earlier failure.
pub(super) fn after_failure(exit: Exit) -> Vec<Happened> {
    let failed = match exit {
        Exit::Done | Exit::HasOperations | Exit::Guard => false,
        Exit::Failed | Exit::Stale | Exit::Partial | Exit::Unknown | Exit::Input => true,
        // Somebody was there.
        Exit::Usage | Exit::Interrupted | Exit::Terminated => return Vec::new(),
    };
    let code = u64::from(exit.code());
    vec![Happened {
        event: NotifyEvent::Failed,
        headline: format!("an apply did not end well (exit code {code})"),
        counts: vec![("exit_code", code)],
        things: failed.then(|| code.to_string()).into_iter().collect(),
    }]
}

fn held(plan: &PlanView) -> Happened {
    let held: Vec<_> = plan.held.iter().filter(|held| held.needs_person).collect();
    let campaigns: BTreeSet<&str> = held.iter().map(|held| held.campaign.as_str()).collect();
    let things = held
        .iter()
        .map(|held| thing(&held.campaign, held.occurrence.as_deref(), &held.reason));
    Happened {
        event: NotifyEvent::Held,
        headline: format!(
            "{} of {} held: a person has to decide",
            counted(held.len() as u64, "batch", "batches"),
            counted(campaigns.len() as u64, "campaign", "campaigns"),
        ),
        counts: vec![("batches", held.len() as u64), ("campaigns", campaigns.len() as u64)],
        things: things.collect(),
    }
}

fn drift(plan: &PlanView) -> Happened {
    let moved = plan
        .operations
        .iter()
        .filter(|operation| matches!(operation.reason.as_str(), "drift" | "duplicate"));
    let things: Vec<String> = moved
        .map(|operation| thing(&operation.campaign, operation.occurrence.as_deref(), &operation.reason))
        .collect();
    Happened {
        event: NotifyEvent::Drift,
        headline: format!(
            "{} changed at the provider by somebody else",
            counted(things.len() as u64, "batch was", "batches were")
        ),
        counts: vec![("batches", things.len() as u64)],
        things: things.into_iter().collect(),
    }
}

fn surge(plan: &PlanView) -> Happened {
    let concerned: Vec<_> = plan
        .operations
        .iter()
        .filter(|operation| operation.reason == "suppressed")
        .collect();
    let people = |of: &dyn Fn(&crate::report::BeforeView) -> Option<u64>| -> u64 {
        let all = concerned.iter().filter_map(|operation| operation.before.as_ref());
        all.filter_map(of).sum()
    };
    let left = people(&|before| before.left.or(before.recipients));
    let before = people(&|before| before.recipients);
    let (least, part) = SURGE;
    let is_surge = left >= least && left.saturating_mul(part) >= before;
    let things = concerned
        .iter()
        .map(|operation| thing(&operation.campaign, operation.occurrence.as_deref(), &operation.reason));
    Happened {
        event: NotifyEvent::OptOutSurge,
        headline: format!(
            "{} planned for are on suppression lists now, of {before} in the batches concerned",
            counted(left, "person", "people")
        ),
        counts: vec![("people", left), ("planned", before)],
        things: if is_surge { things.collect() } else { BTreeSet::new() },
    }
}

fn applied(plan: &PlanView, done: u64) -> Happened {
    let summary = &plan.summary;
    Happened {
        event: NotifyEvent::Applied,
        headline: format!(
            "{} carried out, for {} and {}",
            counted(done, "operation", "operations"),
            counted(summary.recipients, "message", "messages"),
            counted(summary.segments, "segment", "segments"),
        ),
        counts: vec![
            ("operations", done),
            ("messages", summary.recipients),
            ("segments", summary.segments),
        ],
        things: BTreeSet::new(),
    }
}

fn thing(campaign: &str, occurrence: Option<&str>, reason: &str) -> String {
    match occurrence {
        Some(occurrence) => format!("{campaign}@{occurrence} {reason}"),
        None => format!("{campaign} {reason}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{HeldView, OperationView};

    fn held_of(names: &[&str]) -> PlanView {
        let held = names.iter().map(|name| HeldView {
            campaign: (*name).to_owned(),
            reason: "canceled_at_provider".into(),
            needs_person: true,
            ..HeldView::default()
        });
        PlanView {
            held: held.collect(),
            ..PlanView::default()
        }
    }

    #[test]
    fn what_is_held_is_news_when_the_set_changes_and_only_then() {
        let news = |now: &[&str], last: Option<&[&str]>| {
            let told = last.map(|last| held(&held_of(last)).things);
            held(&held_of(now)).is_news(told.as_ref())
        };
        assert!(!news(&[], None));
        assert!(news(&["a"], None));
        assert!(!news(&["a", "b"], Some(&["b", "a"])));
        assert!(news(&["a"], Some(&["b", "a"])));
        assert!(news(&[], Some(&["a"])) && held(&held_of(&[])).is_over());
    }

    #[test]
    fn how_a_run_ended_is_told_by_what_a_person_can_do() {
        for (exit, told) in [
            (Exit::Done, Some(false)),
            (Exit::Guard, Some(false)),
            (Exit::Unknown, Some(true)),
            (Exit::Input, Some(true)),
            (Exit::Usage, None),
            (Exit::Interrupted, None),
        ] {
            let failed = after_failure(exit);
            assert_eq!(failed.first().map(|failed| !failed.is_over()), told, "{exit:?}");
        }
    }

    #[test]
    fn a_surge_is_many_people_at_once() {
        let plan = |left: u64, before: u64| PlanView {
            operations: vec![OperationView {
                reason: "suppressed".into(),
                before: Some(crate::report::BeforeView {
                    recipients: Some(before),
                    left: Some(left),
                    ..Default::default()
                }),
                ..OperationView::default()
            }],
            ..PlanView::default()
        };
        assert!(surge(&plan(20, 2001)).is_over());
        assert!(!surge(&plan(20, 2000)).is_over());
        assert!(surge(&plan(19, 19)).is_over());
    }
}
