//! Numbers of kinds that `guards.number_types` does not name: they hold like a guard.

use super::aggregate::Aggregate;
use super::findings::Finding;
use super::occurrences::When;
use crate::campaign::{Campaign, Guards, Rule};
use crate::model::{NumberKind, grouped};

/// One finding for each occurrence that would text such numbers; one alone where they all have the same recipients.
pub(super) fn check(guards: &Guards, campaign: &Campaign, when: &When, aggregate: &Aggregate) -> Vec<Finding> {
    let Some(types) = &guards.number_types else {
        return Vec::new();
    };
    let names: Vec<&str> = types.iter().map(|kind| kind.as_str()).collect();
    let limit = names.join(", ");
    let refused: Vec<Vec<(NumberKind, u64)>> = (0..when.firings.len())
        .map(|index| {
            let audience = aggregate.audience(index);
            audience.map(|audience| audience.refused_kinds()).unwrap_or_default()
        })
        .collect();
    let are_alike = refused
        .windows(2)
        .all(|pair| matches!(pair, [one, other] if one == other));
    let shown = if are_alike { 1 } else { refused.len() };
    (when.firings.iter().zip(refused).take(shown))
        .filter(|(_, kinds)| !kinds.is_empty())
        .map(|(firing, kinds)| {
            let actual: Vec<String> = (kinds.iter())
                .map(|(kind, rows)| format!("{} {}", grouped(*rows), kind.as_str()))
                .collect();
            let actual = actual.join(", ");
            Finding {
                rule: Rule::NumberTypes,
                campaign: campaign.reference.clone(),
                occurrence: (!are_alike).then_some(firing.key),
                group: None,
                message: format!(
                    "its lists have numbers ({actual}) that `guards.number_types: [{limit}]` does not name"
                ),
                actual,
                limit: limit.clone(),
            }
        })
        .collect()
}
