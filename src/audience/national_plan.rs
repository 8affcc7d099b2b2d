//! National numbers, for lists with a known country.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::country_names::country_named;
use super::numbering::{Calling, Number, Verdict, judge, region, regions};
use super::prefixes::Prefixes;
use crate::model::Country;

/// A country whose national numbers are read too.
#[derive(Clone)]
pub struct NationalPlan {
    country: Country,
    calling: &'static Calling,
    /// Its place among the regions of its calling code.
    region: usize,
}

impl std::fmt::Debug for NationalPlan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NationalPlan({})", self.country.as_str())
    }
}

/// Every country, by its code.
static PLANS: LazyLock<BTreeMap<&'static str, NationalPlan>> = LazyLock::new(|| {
    let home = |name| Some((name, NationalPlan::new(&Country::parse(name).ok()?)?));
    regions().filter_map(home).collect()
});

/// The country whose code or name a cell holds.
pub(super) fn plan_of(cell: &str) -> Option<&'static NationalPlan> {
    // Codes as they are written, without a copy.
    PLANS.get(cell.trim()).or_else(|| PLANS.get(country_named(cell)?))
}

impl NationalPlan {
    /// `None` when the country has no numbers of its own.
    pub fn new(country: &Country) -> Option<Self> {
        let (calling, at) = region(country.as_str())?;
        Some(Self {
            country: country.clone(),
            calling,
            region: at,
        })
    }

    /// The country whose plan it is.
    pub fn country(&self) -> &Country {
        &self.country
    }

    /// Whether the digits begin as national numbers do here: with a zero, or another trunk prefix.
    pub(super) fn has_prefix(&self, digits: &[u8]) -> bool {
        let rest = self.prefixes().and_then(|prefixes| prefixes.taken_off(digits));
        digits.first() == Some(&b'0') || rest.is_some()
    }

    fn prefixes(&self) -> Option<&'static Prefixes> {
        self.calling.prefixes(self.region)
    }

    /// Reads ASCII digits as a national number, with or without its prefix.
    pub fn judge(&self, digits: &[u8]) -> Option<Number> {
        let prefixes = self.prefixes()?;
        if prefixes.is_zero()
            && let Some(number) = digits.strip_prefix(b"0").and_then(|rest| self.calling.judge(rest))
        {
            return Some(number);
        }
        let text = std::str::from_utf8(digits).ok()?;
        if let Some(rest) = prefixes.after_international(text) {
            return match judge(rest.as_bytes()) {
                Verdict::Valid(number) | Verdict::Rewritten(number) => Some(number),
                Verdict::Invalid | Verdict::NoCallingCode => None,
            };
        }
        if let Some(number) = self.calling.judge(digits) {
            return Some(number);
        }
        let without = prefixes.taken_off(digits)?;
        self.calling.judge(without.as_bytes())
    }
}
