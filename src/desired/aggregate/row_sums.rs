//! What one row adds to the sums of its group.

use crate::model::{Country, Msisdn};
use crate::render::{PriceClass, Segmented};
use crate::schedule::{Level, ZoneId};

/// Which people: the rendition of the text, and their zone when it matters.
pub(super) type GroupKey = (usize, Option<ZoneId>);

/// What one row adds.
#[derive(Debug, Clone, Copy)]
pub(super) struct RowSums {
    pub(super) key: GroupKey,
    pub(super) level: Option<Level>,
    pub(super) number: Msisdn,
    /// As fine as messages are summed.
    pub(super) bucket: u16,
    pub(super) country: Option<&'static Country>,
    pub(super) class: PriceClass,
    pub(super) counted: Segmented,
    pub(super) digest: u128,
}
