//! How far windows are from each other.

use std::time::Duration;

use crate::model::{Instant, Window};

/// Zero when the spans touch; `None` when one of them is not known.
pub(super) fn distance_of_spans(a: &[Window], b: &[Window]) -> Option<Duration> {
    let (a_opens, a_closes) = (a.first()?.opens(), a.last()?.closes());
    let (b_opens, b_closes) = (b.first()?.opens(), b.last()?.closes());
    Some(b_opens.since(a_closes).max(a_opens.since(b_closes)))
}

/// How far an instant is from a batch's whole span: zero inside; `None` when the span is not known.
pub(super) fn distance_to_span(instant: Instant, span: &[Window]) -> Option<Duration> {
    let (opens, closes) = (span.first()?.opens(), span.last()?.closes());
    Some(opens.since(instant).max(instant.since(closes)))
}
