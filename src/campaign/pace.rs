//! `pace:` to [`Pace`].

use std::time::Duration;

use super::at::At;
use super::campaign_file::PaceFile;
use super::diagnostics;
use super::reading::Reading;
use super::wording::clip;
use crate::model::{Pace, parse_duration};

const SHORTEST: Duration = Duration::from_secs(60);
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// A pace as declared.
pub(super) fn pace(reading: &mut Reading<'_>, field: &At<PaceFile>) -> Option<Pace> {
    let At::Given(id, typed) = field else { return None };
    let messages = reading.require(*id, "messages", &typed.messages, &diagnostics::OUT_OF_RANGE, |value| {
        if (1..=100_000_000).contains(value) {
            Ok(*value)
        } else {
            Err(format!(
                "`messages` is a whole number from 1 to 100000000, not `{value}`"
            ))
        }
    });
    let per = reading.require(
        *id,
        "per",
        &typed.per,
        &diagnostics::DURATION,
        |text| match parse_duration(text) {
            Ok(per) if !(SHORTEST..=LONGEST).contains(&per) || per.subsec_nanos() > 0 => {
                Err(format!("`per` is a time from `1m` to `24h`, not `{}`", clip(text)))
            }
            Ok(per) => Ok(per),
            Err(fault) => Err(fault.to_string()),
        },
    );
    Some(Pace {
        messages: messages?,
        per: per?,
    })
}
