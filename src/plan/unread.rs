//! Campaigns whose audience or suppressions could not be read: each of their occurrences is held. Their planned batches
//! stay.

use crate::model::{Fingerprint, Group, Part, Reference, Slot};

use super::held::{HeldContent, HeldItem, HeldReason};
use super::world::World;

/// A held item for everything that such a campaign would send. Its digest is not known: it is zero.
pub(super) fn held(world: &World<'_>) -> Vec<HeldItem> {
    let mut items = Vec::new();
    for audience in &world.desired.unread {
        for occurrence in &audience.occurrences {
            let Ok(fingerprint) = Fingerprint::from_bits(0) else {
                continue;
            };
            let reference = Reference {
                namespace: world.policy.namespace.clone(),
                slot: Slot {
                    campaign: audience.campaign.clone(),
                    occurrence: *occurrence,
                    group: Group::Single,
                    part: Part::WHOLE,
                },
                fingerprint,
            };
            items.push(HeldItem {
                provider: audience.provider.clone(),
                reference,
                batch_id: None,
                reason: HeldReason::SourceUnreadable,
                message: format!("one of its lists could not be read: {}", audience.why),
                allow: None,
                needs_person: !audience.is_offline,
                is_wanted: true,
                sends: true,
                content: HeldContent::default(),
            });
        }
    }
    items
}
