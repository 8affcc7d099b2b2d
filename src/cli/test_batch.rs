//! The batch that `campanile test` sends: a sample as it is sent, to testers.

use super::sample::Sample;
use super::shown::Shown;
use crate::campaign::{Campaign, Project};
use crate::desired::{Totals, settings_of};
use crate::model::{Encoding, Group, OccurrenceKey, Part, Payload, Reference, Slot, Windows, row_digest};
use crate::profile::batch_extra;
use crate::provider::NewBatch;
use crate::render::segment;

impl Sample {
    /// A batch marked as a test: no decision about the campaign depends on it.
    pub(super) fn test_batch(
        &self,
        project: &Project,
        campaign: &Campaign,
        shown: &[Shown],
        payload: Payload,
        windows: Windows,
    ) -> NewBatch {
        let mut totals = Totals::default();
        let mut longest = 1;
        for one in shown {
            totals.digest.add(row_digest(one.recipient, &one.body, &mut Vec::new()));
            let counted = segment(&one.body);
            totals.messages_ucs2 += u64::from(counted.encoding == Encoding::Ucs2);
            longest = longest.max(counted.segments);
        }
        let settings = settings_of(campaign);
        let occurrence = OccurrenceKey::from(campaign.revision);
        let slot = Slot {
            campaign: campaign.reference.clone(),
            occurrence,
            group: Group::Test,
            part: Part::WHOLE,
        };
        NewBatch {
            reference: Reference {
                namespace: project.namespace.clone(),
                slot,
                fingerprint: settings.fingerprint(self.api, &totals, &windows),
            },
            sender: settings.sender.clone(),
            payload,
            message_type: settings.message_type,
            datacoding: settings.datacoding_of(self.api, &totals),
            priority: settings.priority,
            windows,
            report_url: settings.report_url.clone(),
            tags: settings.tags.clone(),
            extra: batch_extra(
                &settings.extra,
                self.api,
                project.guards.max_segments_per_message,
                longest,
            ),
        }
    }
}
