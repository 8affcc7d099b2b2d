//! A plan in one line, with which every format begins. A plan that a guard stopped, or in which everything is
//! held, never reads as if there were nothing to do.

use std::collections::BTreeSet;

use super::batch_view::HeldView;
use super::view::PlanView;
use crate::model::{counted, grouped};

/// `5 to create, 2 to cancel`; without operations what is held, or that there is nothing to do.
pub(super) fn headline(plan: &PlanView) -> String {
    let actions = actions(plan);
    match (actions.is_empty(), held_headline(plan)) {
        (false, _) => actions.join(", "),
        (true, Some(held)) => held,
        (true, None) if plan.complete || plan.offline => "nothing to do".to_owned(),
        (true, None) => "nothing can be planned".to_owned(),
    }
}

fn actions(plan: &PlanView) -> Vec<String> {
    let summary = &plan.summary;
    [
        (summary.create, "create"),
        (summary.replace, "replace"),
        (summary.update, "update"),
        (summary.cancel, "cancel"),
    ]
    .iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, action)| format!("{} to {action}", grouped(*count)))
    .collect()
}

/// Why something is held, the strongest reason first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum StopCause {
    Guard,
    Person,
    Nobody,
}

fn cause(held: &HeldView) -> StopCause {
    match held.reason.as_str() {
        "guard" | "opt_outs_unreadable" | "first_contact" | "pressure" => StopCause::Guard,
        _ if held.needs_person => StopCause::Person,
        _ => StopCause::Nobody,
    }
}

/// `Stopped by a guard: 3 campaigns to 15 people held`, `Held: 2 campaigns to 15 people wait for a person`; `None` when
/// nothing is held and no guard stops anything.
pub(super) fn held_headline(plan: &PlanView) -> Option<String> {
    let Some(strongest) = plan.held.iter().map(cause).min() else {
        let guard = plan.guards.iter().find(|guard| guard.tripped)?;
        return Some(format!("Stopped by a guard: {}", guard.rule));
    };
    let all: Vec<&HeldView> = plan.held.iter().collect();
    let (these, others): (Vec<&HeldView>, Vec<&HeldView>) = all.iter().partition(|held| cause(held) == strongest);
    let rest = campaigns(&others).len();
    let rest = match (strongest, rest) {
        (_, 0) => String::new(),
        (StopCause::Guard, rest) => format!("; {} for other reasons", grouped(rest as u64)),
        (StopCause::Person | StopCause::Nobody, _) => format!("; {} of them for a person", campaigns(&these).len()),
    };
    let is_one = all.len() == 1 || (all.iter().all(|held| sends(held)) && campaigns(&all).len() == 1);
    let subject = subject(plan, &all);
    Some(match strongest {
        StopCause::Guard => format!("Stopped by a guard: {subject} held{rest}"),
        StopCause::Person if rest.is_empty() => {
            format!("Held: {subject} {} for a person", if is_one { "waits" } else { "wait" })
        }
        StopCause::Person => format!("Held: {subject} {}{rest}", if is_one { "waits" } else { "wait" }),
        StopCause::Nobody => format!("Held: {subject}, nobody has to act"),
    })
}

/// The same beside operations: what waits for nobody is not worth a line of its own there.
pub(super) fn held_line(plan: &PlanView) -> Option<String> {
    let is_quiet = !plan.operations.is_empty() && plan.held.iter().all(|held| cause(held) == StopCause::Nobody);
    held_headline(plan).filter(|_| !is_quiet)
}

fn sends(held: &HeldView) -> bool {
    held.action.as_deref() != Some("cancel")
}

fn campaigns<'a>(held: &[&'a HeldView]) -> BTreeSet<&'a str> {
    held.iter().map(|held| held.campaign.as_str()).collect()
}

/// `3 campaigns to 15 people`, `the cancel of 2 batches to 10 people`, or both.
fn subject(plan: &PlanView, all: &[&HeldView]) -> String {
    let (sends, cancels): (Vec<&HeldView>, Vec<&HeldView>) = all.iter().partition(|held| sends(held));
    let mut parts = Vec::new();
    if !sends.is_empty() {
        let campaigns = counted(campaigns(&sends).len() as u64, "campaign", "campaigns");
        parts.push(to_people(&campaigns, plan.summary.held_people));
    }
    if !cancels.is_empty() {
        let batches = counted(cancels.len() as u64, "batch", "batches");
        let people: Option<u64> = cancels.iter().map(|held| held.recipients).sum();
        parts.push(format!(
            "the cancel of {}",
            to_people(&batches, people.unwrap_or_default())
        ));
    }
    parts.join(" and ")
}

/// Unknown numbers of people are left out.
fn to_people(what: &str, people: u64) -> String {
    match people {
        0 => what.to_owned(),
        people => format!("{what} to {}", counted(people, "person", "people")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Summary;

    fn held(campaign: &str, reason: &str, needs_person: bool, action: &str) -> HeldView {
        HeldView {
            campaign: campaign.into(),
            reason: reason.into(),
            needs_person,
            action: Some(action.into()),
            recipients: Some(5),
            ..HeldView::default()
        }
    }

    fn plan(held: Vec<HeldView>) -> PlanView {
        PlanView {
            complete: true,
            summary: Summary {
                held: held.len() as u64,
                held_people: 15,
                ..Summary::default()
            },
            held,
            ..PlanView::default()
        }
    }

    #[test]
    fn what_is_held_is_told_by_campaigns_people_and_reason() {
        let guard = |name: &str| held(name, "guard", true, "send");
        let person = |name: &str| held(name, "looks_renamed", true, "send");
        let nobody = |name: &str| held(name, "window_passed", false, "send");
        let cancel = |name: &str| held(name, "guard", true, "cancel");
        for (all, expected) in [
            (
                vec![guard("a"), guard("a"), guard("b"), guard("c")],
                "Stopped by a guard: 3 campaigns to 15 people held",
            ),
            (
                vec![guard("a"), person("b")],
                "Stopped by a guard: 2 campaigns to 15 people held; 1 for other reasons",
            ),
            (
                vec![person("a"), person("b")],
                "Held: 2 campaigns to 15 people wait for a person",
            ),
            (vec![person("a")], "Held: 1 campaign to 15 people waits for a person"),
            (
                vec![person("a"), nobody("b")],
                "Held: 2 campaigns to 15 people wait; 1 of them for a person",
            ),
            (vec![nobody("a")], "Held: 1 campaign to 15 people, nobody has to act"),
            (
                vec![cancel("a"), cancel("b")],
                "Stopped by a guard: the cancel of 2 batches to 10 people held",
            ),
            (
                vec![guard("a"), cancel("b")],
                "Stopped by a guard: 1 campaign to 15 people and the cancel of 1 batch to 5 people held",
            ),
        ] {
            assert_eq!(headline(&plan(all)), expected);
        }
    }

    #[test]
    fn operations_come_first_and_only_an_empty_plan_has_nothing_to_do() {
        let mut both = plan(vec![held("a", "guard", true, "send")]);
        both.summary.create = 2;
        assert_eq!(headline(&both), "2 to create");
        assert_eq!(headline(&plan(Vec::new())), "nothing to do");
        let unread = PlanView {
            complete: false,
            ..plan(Vec::new())
        };
        assert_eq!(headline(&unread), "nothing can be planned");
    }
}
