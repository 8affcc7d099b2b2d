//! Zones that are one offset all year and are mostly meant otherwise: `EST` for New York, `Etc/GMT+5` for what lies five
//! hours ahead. In: the zones that a campaign names, and those that its recipients' own column gives. Out: a warning each.

use std::collections::{BTreeMap, BTreeSet};

use crate::campaign::{Campaign, ZoneChoice, ZoneMap};
use crate::model::{Diagnostic, Place, ZoneName, counted};
use crate::schedule::{Zone, diagnostics::FIXED_ZONE};

/// Of the zones that the file names.
pub(super) fn named(campaign: &Campaign) -> Vec<Diagnostic> {
    let (names, place): (BTreeSet<&ZoneName>, &Place) = match campaign.delivery.zone() {
        ZoneChoice::Named(name, place) => ([name].into(), place),
        ZoneChoice::Recipient {
            zones, fallback, place, ..
        } => {
            let written = match zones {
                ZoneMap::Countries(zones) => zones.values().collect(),
                ZoneMap::Auto => BTreeSet::new(),
            };
            (written.into_iter().chain(fallback).collect(), place)
        }
    };
    let found = names.into_iter().filter_map(|name| Zone::find(name).ok());
    found.filter_map(|zone| warning(&zone, place, "")).collect()
}

/// Of the zones that rows name, with the people of each.
pub(super) fn of_rows(people: &BTreeMap<String, u64>, place: &Place) -> Vec<Diagnostic> {
    let found = people.iter().filter_map(|(name, people)| {
        let zone = Zone::find(&ZoneName::parse(name).ok()?).ok()?;
        warning(&zone, place, &format!(", for {}", counted(*people, "person", "people")))
    });
    found.collect()
}

fn warning(zone: &Zone, place: &Place, whom: &str) -> Option<Diagnostic> {
    let (message, hint) = zone.caution()?;
    let warning = Diagnostic::warning(&FIXED_ZONE, format!("{message}{whom}"));
    Some(warning.at(place.clone()).hint(hint))
}
