//! Messages of guards that hold something.

use super::draft::Hold;
use super::held::HeldReason;
use super::hold_messages::{hold, opening};
use super::parts::Want;
use super::pressure::{Over, told};
use super::scope::scope;
use super::world::World;
use crate::campaign::{ContactLimit, Rule};
use crate::desired::DesiredCampaign;
use crate::model::{Instant, counted};

/// A guard about something else than a campaign, which the override names.
pub(super) fn guard_about(rule: Rule, scope: &str, what: &str) -> Hold {
    Hold {
        scope: Some(scope.to_owned()),
        ..guard(None, rule, scope, what)
    }
}

pub(super) fn guard(batch: Option<usize>, rule: Rule, scope: &str, what: &str) -> Hold {
    let remedy = match rule {
        Rule::Unpriced => "give them a price in `prices` of `campanile.yaml` (the lines are with the guards)",
        Rule::QuietHours => "move the window",
        Rule::NumberTypes => "leave them out with `on_invalid: { wrong_type: skip }`",
        Rule::EmptyProject => "put the files back",
        Rule::Shrink | Rule::SuppressionShrink => "put the list right",
        Rule::StartsNow
        | Rule::TooLate
        | Rule::Resume
        | Rule::Begun
        | Rule::Renamed
        | Rule::Duplicate
        | Rule::Recipients
        | Rule::Segments
        | Rule::Cost
        | Rule::Growth
        | Rule::MassCancel
        | Rule::OptOuts
        | Rule::Adopt
        | Rule::Moved
        | Rule::Pressure => "raise the limit in `campanile.yaml`",
    };
    let message = format!("{what}; {remedy}, or `--allow {}={scope}`", rule.as_str());
    hold(HeldReason::Guard, batch, Some(rule), message)
}

/// What must be read first while a list that shrank is held.
pub(super) fn old_list_goes_out(
    world: &World<'_>,
    campaign: &DesiredCampaign,
    gone: u64,
    opens: Option<Instant>,
) -> String {
    let name = &campaign.reference;
    format!(
        "`{name}`: the old list, with {} who are no longer in it, goes out {}; to send to the new list: `--allow {}={name}`; to stop it: `state: canceled` in `{}`",
        counted(gone, "person", "people"),
        opening(world, opens),
        Rule::Shrink.as_str(),
        campaign.file.display()
    )
}

/// Somebody would get too many marketing texts, or that is unknown.
pub(super) fn pressure(want: &Want<'_>, over: Option<&Over>, limit: &ContactLimit) -> Hold {
    let what = over.map_or_else(
        || "whom a batch reached that has begun with other content cannot be read".to_owned(),
        |over| told(over, limit),
    );
    let message = format!(
        "{what}; `guards.max_per_person` allows {limit}: move the window, leave those people out with `on_pressure: skip`, or `--allow {}={}`",
        Rule::Pressure.as_str(),
        scope(want)
    );
    hold(HeldReason::Pressure, None, Some(Rule::Pressure), message)
}

/// A guard that no override lifts.
pub(super) fn refusal(batch: Option<usize>, what: String) -> Hold {
    hold(HeldReason::Guard, batch, None, what)
}
