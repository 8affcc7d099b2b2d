//! How a hold ends: by a person, by time, or not at all. One place says it for every reason: `apply`'s exit code,
//! `--strict` and the table in `docs/contract.md` follow it.

use super::held::HeldReason;

impl HeldReason {
    /// Whether it stays until a person does something. Then `apply` exits with 3 when it holds something wanted, and
    /// `--strict` refuses.
    pub fn needs_person(self) -> bool {
        match self {
            Self::AlreadySent | Self::WindowPassed | Self::UnknownOutcome | Self::Sending | Self::Paused => false,
            Self::CanceledAtProvider
            | Self::StartsNow
            | Self::TooLate
            | Self::OccurrenceBegun
            | Self::LooksRenamed
            | Self::PossibleDuplicate
            | Self::OtherAccount
            | Self::FirstContact
            | Self::UnreadableReference
            | Self::SilenceUnprovable
            | Self::SilenceUnproved
            | Self::OptOutsUnreadable
            | Self::SourceUnreadable
            | Self::Pressure
            | Self::Guard => true,
        }
    }

    /// When it ends without anybody's doing, in words for the table.
    pub fn ends_by_itself(self) -> &'static str {
        match self {
            Self::AlreadySent => "over: never sent again",
            Self::CanceledAtProvider => "never",
            Self::StartsNow => "when the last window closes: then it is `window_passed`",
            Self::TooLate => "when the planned batch begins: then it is `already_sent`",
            Self::WindowPassed => "over: nothing is sent afterwards",
            Self::OccurrenceBegun => "when the batch in the way is canceled and proved silent",
            Self::LooksRenamed => "when the other batch is further away than `min_gap`",
            Self::PossibleDuplicate => "when the other batch is canceled and proved silent",
            Self::UnknownOutcome => "when the list shows the batch, at the latest after `unknown_hold`",
            Self::Sending => "when that batch's last window closes",
            Self::Guard => "when the plan is within the limit again",
            Self::Paused => "when the project is no longer paused",
            Self::OtherAccount => "when the windows of the batch at the other account have passed",
            Self::FirstContact => "never",
            Self::UnreadableReference => "when the batch with the unreadable reference is over or canceled",
            Self::SilenceUnprovable => "when the provider shows every message as planned",
            Self::SilenceUnproved => "when the provider proves that no message left",
            Self::OptOutsUnreadable => "when the opt-outs can be read",
            Self::SourceUnreadable => "when the source gives rows as expected",
            Self::Pressure => "when its people get few enough other texts",
        }
    }

    /// What a person can do, in words for the table.
    pub fn way_on(self) -> &'static str {
        match self {
            Self::AlreadySent => {
                "raise a one-off's `revision` to send the new content to everybody; a schedule's next occurrence has it"
            }
            Self::CanceledAtProvider => {
                "raise a one-off's `revision`, or `--allow resume=REF`; `state: canceled` to let it be"
            }
            Self::StartsNow => "move `opens` ahead, or `--allow starts-now=REF`",
            Self::TooLate => "move `opens` ahead, `--allow too-late=REF`, or `campanile stop CAMPAIGN`",
            Self::WindowPassed => "move `delivery` ahead to send it, or `state: canceled`",
            Self::OccurrenceBegun => "`--allow begun=REF` accepts that some people are texted twice",
            Self::LooksRenamed => "`--allow renamed=REF`, or the old name back",
            Self::PossibleDuplicate => "`--allow duplicate=REF`, or the old schedule back",
            Self::UnknownOutcome | Self::Sending => "run again later",
            Self::Guard => "raise the limit, or `--allow RULE=REF` as the message says",
            Self::Paused => "remove `paused: true`, or unset `CAMPANILE_PAUSED`",
            Self::OtherAccount => "put the other account back and cancel there, or `--allow moved=REF`",
            Self::FirstContact => "another `namespace`, or `--allow adopt=NAMESPACE`",
            Self::UnreadableReference => {
                "look at the batch in the portal, and cancel it there if it is not wanted; `--allow resume=REF` where it is not what a lost create made"
            }
            Self::SilenceUnprovable => "`campanile stop CAMPAIGN` cancels the old batch all the same",
            Self::OptOutsUnreadable => "run again, or `--allow opt-outs=REF`",
            Self::SourceUnreadable => {
                "`campanile sources` says what came of each, the plan's warnings which rows are wrong; fix it and run again"
            }
            Self::Pressure => "move the window, `on_pressure: skip`, or `--allow pressure=REF`",
            Self::SilenceUnproved => {
                "look at the batch in the portal; `--allow begun=REF` accepts that some are texted twice"
            }
        }
    }
}

/// The table of CONTRACT, in Markdown.
#[cfg(test)]
fn table() -> String {
    let mut text = "| reason | needs a person (exit 3) | ends by itself | the way on |\n|---|---|---|---|\n".to_owned();
    for reason in HeldReason::ALL {
        let row = [
            format!("`{}`", reason.as_str()),
            (if reason.needs_person() { "yes" } else { "no" }).to_owned(),
            reason.ends_by_itself().to_owned(),
            reason.way_on().to_owned(),
        ];
        text.push_str(&format!("| {} |\n", row.join(" | ")));
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_contract_has_a_row_for_every_reason_as_the_code_says_it() {
        let contract = include_str!("../../docs/contract.md");
        assert!(
            contract.contains(&table()),
            "the table of held reasons in docs/contract.md should be:\n{}",
            table()
        );
    }

    #[test]
    fn every_reason_stands_in_the_table_once() {
        let names: BTreeSet<&str> = HeldReason::ALL.iter().map(|reason| reason.as_str()).collect();
        assert_eq!(names.len(), HeldReason::ALL.len());
        // A new variant does not compile here until it is counted.
        let last = |reason: HeldReason| match reason {
            HeldReason::AlreadySent
            | HeldReason::CanceledAtProvider
            | HeldReason::StartsNow
            | HeldReason::TooLate
            | HeldReason::WindowPassed
            | HeldReason::OccurrenceBegun
            | HeldReason::LooksRenamed
            | HeldReason::PossibleDuplicate
            | HeldReason::UnknownOutcome
            | HeldReason::Sending
            | HeldReason::Guard
            | HeldReason::OtherAccount
            | HeldReason::FirstContact
            | HeldReason::UnreadableReference
            | HeldReason::SilenceUnprovable
            | HeldReason::SilenceUnproved
            | HeldReason::OptOutsUnreadable
            | HeldReason::SourceUnreadable
            | HeldReason::Pressure
            | HeldReason::Paused => HeldReason::ALL.contains(&reason),
        };
        assert!(HeldReason::ALL.into_iter().all(last));
    }
}
