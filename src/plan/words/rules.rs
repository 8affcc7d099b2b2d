//! The rules that an override names, in words: what is accepted by lifting each.

use super::page::WordPage;
use crate::campaign::Rule;

pub(super) fn page(rule: Rule) -> WordPage {
    match rule {
        Rule::StartsNow => (
            "sends although the window is open or about to open",
            "You accept that a batch that nobody can see any more may have been sent\nalready. Only windows that are still ahead are used.",
        ),
        Rule::TooLate => (
            "replaces a batch that opens sooner than `freeze_before`",
            "You accept that the old batch may be canceled and the new one not created in\ntime.",
        ),
        Rule::Resume => (
            "sends what somebody stopped",
            "Look first at who canceled the batch, and why. It also settles a create without\nan answer: you looked in the portal, and the batch there is another one.",
        ),
        Rule::Begun => (
            "sends beside a batch that has begun",
            "You accept that people who are in both batches are texted twice.",
        ),
        Rule::Renamed => (
            "sends although it looks like a renamed campaign",
            "You say that it is another campaign; people who are in both are texted by both.",
        ),
        Rule::Duplicate => (
            "sends near a batch of the old schedule",
            "You accept that the same people may be texted by both.",
        ),
        Rule::Recipients => (
            "more people than `guards.max_recipients`",
            "One occurrence has more recipients than the limit.",
        ),
        Rule::Segments => (
            "more segments than `guards.max_segments_per_message`",
            "A message of the campaign is longer than the limit.",
        ),
        Rule::Cost => (
            "more money than `guards.max_cost`",
            "The estimate of the occurrence, of the run, or of everything planned is above\nthe limit. What the override names is left out of the sum; the rest must fit.",
        ),
        Rule::Unpriced => (
            "segments without a price",
            "`guards.max_cost` limits money, and `prices` has no price for some of the\nnumbers. You accept a cost that nobody has estimated.",
        ),
        Rule::Growth => (
            "more people than `guards.max_growth_percent`",
            "After this run far more people would be planned than before.",
        ),
        Rule::Shrink => (
            "a list that lost more people than `guards.max_shrink_percent`",
            "While it is held, the old and longer list stays planned. With the override the\nbatch is replaced by one for the shorter list.",
        ),
        Rule::SuppressionShrink => (
            "a suppression list that lost people",
            "People who are no longer on the suppression list are texted again.",
        ),
        Rule::MassCancel => (
            "more cancels than `guards.max_cancel` or `max_cancel_percent`",
            "The plan cancels many planned occurrences, because files were removed or\nschedules edited. Nothing is sent by lifting it.",
        ),
        Rule::EmptyProject => (
            "cancels everything, because no campaign file is left",
            "A checkout without `campaigns/` looks like a project whose campaigns were all\nremoved. Nothing is sent by lifting it.",
        ),
        Rule::QuietHours => (
            "sends in quiet hours, on a blocked day or on a holiday",
            "Marketing texts outside the allowed hours of a country may be unlawful there.",
        ),
        Rule::Adopt => (
            "the namespace is this project's",
            "You looked at the planned batches under the namespace and say that they are this\nproject's. From then on the journal knows the account. See `docs/identity.md`.",
        ),
        Rule::Moved => (
            "nothing is sent at the account that is no longer configured",
            "You looked there: the batch of this occurrence is canceled or will not be sent.",
        ),
        Rule::OptOuts => (
            "sends although opt-outs cannot be read",
            "You accept that somebody who opted out at the provider may be texted.",
        ),
        Rule::Pressure => (
            "more marketing texts than `guards.max_per_person`",
            "You accept that somebody gets more marketing texts than the limit.",
        ),
        Rule::NumberTypes => (
            "numbers of other kinds than `guards.number_types`",
            "Some numbers certainly are landlines, premium numbers or the like. You accept\nthat messages to them may cost more or arrive nowhere.",
        ),
    }
}

/// How it is written, and what must be written beside it in a campaign's file.
pub(super) fn usage(rule: Rule) -> String {
    let name = rule.as_str();
    let scope = match rule {
        Rule::Adopt => "NAMESPACE",
        Rule::SuppressionShrink => "FILE",
        _ => "REF",
    };
    let scope_means = match rule {
        Rule::Adopt => "NAMESPACE is `namespace` of `campanile.yaml`.",
        Rule::SuppressionShrink => "FILE is the list as the project names it.",
        _ => "REF is a campaign, `campaign@occurrence` or a whole reference.",
    };
    let in_file = match rule {
        Rule::Adopt | Rule::SuppressionShrink | Rule::EmptyProject => String::new(),
        Rule::Resume => format!(
            "\nIn the campaign's file:\n  allow: [{{ rule: {name}, batch: ID, until: 2026-11-27, reason: \"...\" }}]"
        ),
        _ if rule.sends() => {
            format!("\nIn the campaign's file:\n  allow: [{{ rule: {name}, until: 2026-11-27, reason: \"...\" }}]")
        }
        _ => format!("\nIn the campaign's file:\n  allow: [{{ rule: {name}, reason: \"...\" }}]"),
    };
    format!("Once, with plan or apply: `--allow {name}={scope}`\n{scope_means}{in_file}")
}
