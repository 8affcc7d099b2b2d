//! Each recipient's own zone: a column, else the country's, else the number's prefix, else the fallback.
//!
//! In: the rule of a campaign, and of each row the cell, the country and the number. Out: a small [`ZoneId`] and the
//! [`Level`] it came from, with no allocation and no lock, so that a million rows cost next to nothing. Never: a zone that
//! nobody named, when the rule leaves a number without one.

mod countries;
mod groups;
mod prefixes;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::zone::Zone;
use crate::model::{Country, Msisdn};
use crate::schedule::zone::NAMES;
pub use countries::zones_of_country;
pub use groups::{Closing, Grouping, LocalSpan, RecipientGroup, Ungrouped, group};

/// One zone, or the several in which numbers of a prefix may live. Cheap to copy and to count by; not stable between
/// releases, so never stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ZoneId(u16);

impl ZoneId {
    /// The id of one zone.
    pub fn of(zone: &Zone) -> Option<Self> {
        Self::of_name(zone.name())
    }

    fn of_name(name: &str) -> Option<Self> {
        let at = NAMES.binary_search_by(|known| known.as_str().cmp(name)).ok()?;
        u16::try_from(at).ok().map(Self)
    }

    /// The set of zones in which the numbers of the longest known prefix may live.
    pub fn of_number(number: Msisdn) -> Option<Self> {
        let set = prefixes::set_of(number)?;
        u16::try_from(NAMES.len()).ok()?.checked_add(set).map(Self)
    }

    /// The names of its zones; more than one only for a prefix whose numbers may live in several.
    pub fn names(self) -> Vec<&'static str> {
        let at = usize::from(self.0);
        match (NAMES.get(at), at.checked_sub(NAMES.len())) {
            (Some(name), _) => vec![name.as_str()],
            (None, Some(set)) => prefixes::names_of_set(set),
            (None, None) => Vec::new(),
        }
    }

    /// Its zones.
    pub fn zones(self) -> Vec<Zone> {
        self.names().into_iter().filter_map(Zone::of_name).collect()
    }
}

/// Where a recipient's zone came from; the plan counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The CSV's own column.
    Column,
    /// The campaign's map by country.
    Country,
    /// The number's prefix.
    Prefix,
    /// The campaign's fallback.
    Fallback,
}

impl Level {
    /// All, in the order in which they are tried.
    pub const ALL: [Self; 4] = [Self::Column, Self::Country, Self::Prefix, Self::Fallback];

    /// `column`, `country`, `prefix` or `fallback`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Column => "column",
            Self::Country => "country",
            Self::Prefix => "prefix",
            Self::Fallback => "fallback",
        }
    }
}

/// Why a recipient has no zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoZone {
    /// The cell is filled, and no IANA name. What it holds is not repeated: it may be another column's value.
    UnknownName,
    /// No level knows one.
    Nowhere,
}

/// How recipients' zones are found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipientZones {
    countries: BTreeMap<Country, ZoneId>,
    by_prefix: bool,
    fallback: Option<ZoneId>,
}

impl RecipientZones {
    /// From zones written out by country (`None`: by number prefix, `zones: auto`) and the fallback.
    pub fn new(countries: Option<&BTreeMap<Country, Zone>>, fallback: Option<&Zone>) -> Self {
        let written = countries.into_iter().flatten();
        Self {
            by_prefix: countries.is_none(),
            countries: written
                .filter_map(|(country, zone)| ZoneId::of(zone).map(|id| (country.clone(), id)))
                .collect(),
            fallback: fallback.and_then(ZoneId::of),
        }
    }

    /// The fallback, for [`group`].
    pub fn fallback(&self) -> Option<ZoneId> {
        self.fallback
    }

    /// The zone of one row: `cell` of the zone column (an empty one counts as none; capitals do not matter), `country` of
    /// the number as two letters.
    pub fn place(&self, cell: Option<&str>, country: Option<&str>, number: Msisdn) -> Result<(ZoneId, Level), NoZone> {
        if let Some(cell) = cell.map(str::trim).filter(|cell| !cell.is_empty()) {
            return id_of_cell(cell)
                .map(|id| (id, Level::Column))
                .ok_or(NoZone::UnknownName);
        }
        let of_country = || {
            let country = country?;
            let known = self.countries.iter().find(|(known, _)| known.as_str() == country);
            known.map(|(_, id)| (*id, Level::Country))
        };
        let of_prefix = || {
            let id = self.by_prefix.then(|| ZoneId::of_number(number))?;
            id.map(|id| (id, Level::Prefix))
        };
        of_country()
            .or_else(of_prefix)
            .or(self.fallback.map(|id| (id, Level::Fallback)))
            .ok_or(NoZone::Nowhere)
    }
}

fn id_of_cell(cell: &str) -> Option<ZoneId> {
    ZoneId::of_name(cell).or_else(|| {
        let known = NAMES.iter().find(|known| known.eq_ignore_ascii_case(cell))?;
        ZoneId::of_name(known)
    })
}
