//! What an override names: a campaign, or one occurrence of it, as `--allow RULE=REF` and `allow:` write them.

use super::parts::Want;
use crate::model::OccurrenceKey;

/// The campaign, and its occurrence when it has many.
pub(super) fn scope(want: &Want<'_>) -> String {
    occurrence_scope(want.campaign.reference.as_str(), want.key())
}

/// The same for a batch that nobody wants.
pub(super) fn occurrence_scope(campaign: &str, key: OccurrenceKey) -> String {
    match (key.as_nominal(), key.as_revision()) {
        (Some(nominal), _) => format!("{campaign}@{nominal}"),
        (None, Some(1) | None) => campaign.to_owned(),
        (None, Some(revision)) => format!("{campaign}@{revision}"),
    }
}
