//! What must hold of the rows of a source before anybody is sent anything: that there are any, that they are as many and
//! as new as the campaign expects.

use crate::audience::{Measured, Table, measure};
use crate::campaign::{Freshness, Source};
use crate::model::{Diagnostic, Instant, format_duration};
use crate::project::diagnostics::STALE;

/// Whether the rows of this source are measured: they come from elsewhere, or something is expected of them.
pub fn is_measured(source: &Source) -> bool {
    source.origin.connection().is_some() || source.freshness.is_some()
}

/// What the source gave, or why its campaign is held.
pub fn check(source: &Source, table: &Table, as_of: Instant) -> Result<Measured, Vec<Diagnostic>> {
    let dated = source
        .freshness
        .as_ref()
        .map(|freshness| table.column(&freshness.column, "freshness.column", &source.place))
        .transpose()
        .map_err(|fault| vec![*fault])?;
    let measured = measure(table, dated).map_err(|fault| vec![fault])?;
    let rows = measured.rows.rows();
    let name = source.origin.name().display();
    let mut faults = Vec::new();
    let mut wrong = |why: String, hint: &str| {
        faults.push(Diagnostic::error(&STALE, why).at(source.place.clone()).hint(hint));
    };
    if rows == 0 {
        wrong(
            format!("`{name}` gave no row"),
            "most often the job that fills it has failed; to send to nobody, write `state: canceled`",
        );
    } else if let Some(range) = source.expected_rows.filter(|range| !range.contains(rows)) {
        wrong(
            format!("`{name}` gave {rows} rows, not `{range}` as `expect` says"),
            "if that is right, change `expect: { rows: ... }`",
        );
    }
    if let (Some(freshness), true) = (&source.freshness, rows > 0) {
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
                    format_duration(std::time::Duration::from_secs(age.as_secs())),
                    format_duration(freshness.error_after)
                );
                wrong(why, "most often the job that fills it has failed");
            }
        }
    }
}
