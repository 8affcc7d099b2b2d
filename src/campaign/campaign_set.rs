//! Questions about files rather than keys: one reference in two of them, and which campaigns an unreadable file may be.

use std::collections::BTreeMap;
use std::path::Path;

use super::campaign::Campaign;
use super::diagnostics;
use super::wording::clip;
use crate::model::{CampaignRef, Diagnostic, Place};

/// What only several campaigns together can do wrong: one reference in two files.
pub fn check_set(campaigns: &[Campaign]) -> Vec<Diagnostic> {
    let mut first: BTreeMap<&CampaignRef, &Campaign> = BTreeMap::new();
    let mut order: Vec<&Campaign> = campaigns.iter().collect();
    order.sort_by(|a, b| a.file.cmp(&b.file));
    let mut faults = Vec::new();
    for campaign in order {
        let Some(other) = first.get(&campaign.reference) else {
            first.insert(&campaign.reference, campaign);
            continue;
        };
        let message = format!(
            "`{}` and `{}` are both the campaign `{}`",
            clip(&other.file.display().to_string()),
            clip(&campaign.file.display().to_string()),
            campaign.reference
        );
        let place = campaign.places.get("reference").cloned();
        faults.push(
            Diagnostic::error(&diagnostics::SAME_REFERENCE, message)
                .at(place.unwrap_or_else(|| Place::file(&campaign.file)))
                .hint("give one of the two another `reference`"),
        );
    }
    faults
}

/// The references that an unreadable file may have: its stem, and every `reference:` line in it.
pub fn possible_references(file: &Path, text: &str) -> Vec<CampaignRef> {
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let written = text.lines().filter_map(|line| {
        let value = line.trim_start().strip_prefix("reference:")?;
        let value = value.split('#').next().unwrap_or_default().trim();
        Some(value.trim_matches(['"', '\'']).to_owned())
    });
    let mut found: Vec<CampaignRef> = stem
        .into_iter()
        .chain(written)
        .filter_map(|name| CampaignRef::parse(&name).ok())
        .collect();
    found.sort();
    found.dedup();
    found
}
