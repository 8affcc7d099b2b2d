//! What must hold of the rows of a source before anybody is sent anything: that there are any, that they are as many and
//! as new as the campaign expects.

use std::time::Duration;

use crate::audience::{Measured, Table, measure};
use crate::campaign::{Freshness, NumberList, Origin, RowRange, Source};
use crate::model::{Diagnostic, Instant, Place, format_duration};
use crate::project::diagnostics::STALE;

/// What is demanded of the rows of a list.
pub(super) struct Demands<'a> {
    origin: &'a Origin,
    place: &'a Place,
    freshness: Option<&'a Freshness>,
    rows: Option<RowRange>,
    /// Whether there may be none, and what helps where there are none.
    may_be_empty: bool,
    if_empty: &'static str,
    is_counted: bool,
}

impl<'a> From<&'a Source> for Demands<'a> {
    fn from(source: &'a Source) -> Self {
        Self {
            origin: &source.origin,
            place: &source.place,
            freshness: source.freshness.as_ref(),
            rows: source.expected_rows,
            may_be_empty: false,
            if_empty: "most often the job that fills it has failed; to send to nobody, write `state: canceled`",
            // Rows of other sources are counted with the audience.
            is_counted: false,
        }
    }
}

impl<'a> From<&'a NumberList> for Demands<'a> {
    fn from(list: &'a NumberList) -> Self {
        Self {
            origin: &list.origin,
            place: &list.place,
            freshness: list.freshness.as_ref(),
            rows: list.expected_rows,
            may_be_empty: list.expected_rows.is_some_and(|range| range.contains(0)),
            if_empty: "most often the job that fills it has failed; if nobody is on it yet, write `expect: { rows: 0.. }`",
            is_counted: list.expected_rows.is_some(),
        }
    }
}

impl Demands<'_> {
    /// Whether the rows must be measured: they come from elsewhere, or something is expected of them.
    pub(super) fn are_any(&self) -> bool {
        self.origin.connection().is_some() || self.freshness.is_some() || self.is_counted
    }
}

/// What the list gave, or why its campaigns are held.
pub(super) fn check(demands: &Demands<'_>, table: &Table, as_of: Instant) -> Result<Measured, Vec<Diagnostic>> {
    let dated = demands
        .freshness
        .map(|freshness| table.column(&freshness.column, "freshness.column", demands.place))
        .transpose()
        .map_err(|fault| vec![*fault])?;
    let measured = measure(table, dated).map_err(|fault| vec![fault])?;
    let rows = measured.rows.rows();
    let name = demands.origin.name().display();
    let mut faults = Vec::new();
    let mut wrong = |why: String, hint: &str| {
        faults.push(Diagnostic::error(&STALE, why).at(demands.place.clone()).hint(hint));
    };
    if rows == 0 && !demands.may_be_empty {
        wrong(format!("`{name}` gave no row"), demands.if_empty);
    } else if let Some(range) = demands.rows.filter(|range| !range.contains(rows)) {
        wrong(
            format!("`{name}` gave {rows} rows, not `{range}` as `expect` says"),
            "if that is right, change `expect: { rows: ... }`",
        );
    }
    if let (Some(freshness), true) = (demands.freshness, rows > 0) {
        stale(freshness, &measured, as_of, &name.to_string(), &mut wrong);
    }
    if faults.is_empty() { Ok(measured) } else { Err(faults) }
}

fn stale(freshness: &Freshness, measured: &Measured, as_of: Instant, name: &str, wrong: &mut dyn FnMut(String, &str)) {
    let column = &freshness.column;
    let hint = "an instant is like `2026-11-30T09:30:00Z`, or as databases write it";
    match measured.newest {
        None => wrong(format!("`{name}` has no instant in `{column}`"), hint),
        Some(newest) => {
            let age = as_of.since(newest);
            if age > freshness.error_after {
                let why = format!(
                    "the newest row of `{name}` is {} old by `{column}`, and at most {} is allowed",
                    format_duration(rounded(age.as_secs())),
                    format_duration(freshness.error_after)
                );
                wrong(why, "most often the job that fills it has failed");
            }
        }
    }
}

/// An age that people read at a glance: in whole minutes or hours, rounded up, so that it is never less than what it breaks.
fn rounded(seconds: u64) -> Duration {
    let unit = match seconds {
        0..120 => 1,
        120..7200 => 60,
        7200.. => 3600,
    };
    Duration::from_secs(seconds.div_ceil(unit) * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_told_in_few_digits() {
        for (seconds, expected) in [
            (59, "59s"),
            (119, "119s"),
            (3600, "1h"),
            (3601, "61m"),
            (89_999, "25h"),
            (86_401, "25h"),
        ] {
            assert_eq!(format_duration(rounded(seconds)), expected, "{seconds}");
        }
    }
}
