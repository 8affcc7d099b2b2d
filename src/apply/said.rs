//! Texts and totals of our batches, as the journal remembers them: to show what a plan would cancel or replace.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::journal::{Event, Line, Says};
use crate::model::{CampaignRef, Estimate, Money, OccurrenceKey, Reference};
use crate::plan::{Operation, Said};

/// By reference; of several lines the last counts.
pub(super) fn said(lines: &[Line]) -> BTreeMap<Reference, Said> {
    let mut all = BTreeMap::new();
    let mut last: BTreeMap<(CampaignRef, OccurrenceKey), Arc<[String]>> = BTreeMap::new();
    for line in lines {
        let Event::Intent { says: Some(says), .. } = &line.event else {
            continue;
        };
        let Ok(reference) = Reference::parse(&line.reference) else {
            continue;
        };
        let occurrence = (reference.slot.campaign.clone(), reference.slot.occurrence);
        if !says.texts.is_empty() {
            last.insert(occurrence.clone(), says.texts.as_slice().into());
        }
        let texts = last.get(&occurrence).cloned().unwrap_or_default();
        all.insert(reference, read(says, texts));
    }
    all
}

fn read(says: &Says, texts: Arc<[String]>) -> Said {
    let mut estimate = Estimate::default();
    for money in says.estimate.iter().filter_map(|text| Money::parse(text).ok()) {
        estimate.add(money);
    }
    estimate.add_unpriced(says.unpriced);
    Said {
        texts,
        segments: says.segments,
        estimate,
    }
}

/// What an operation that sends something says; its templates only where `texts` has any.
pub(super) fn says(operation: &Operation, texts: &[String]) -> Option<Says> {
    let content = operation.content.as_ref()?;
    Some(Says {
        texts: texts.to_vec(),
        segments: content.segments,
        estimate: content.estimate.amounts().map(|money| money.to_string()).collect(),
        unpriced: content.estimate.unpriced_segments(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply::journal::Call;

    fn line(reference: &str, texts: &[&str], estimate: &[&str]) -> Line {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Line {
            at_ms: 0,
            provider: "p".to_owned(),
            account: None,
            reference: reference.to_owned(),
            event: Event::Intent {
                call: Call::Create,
                reason: "new".to_owned(),
                batch_id: None,
                windows: Vec::new(),
                says: Some(Says {
                    texts: owned(texts),
                    segments: 3,
                    estimate: owned(estimate),
                    unpriced: 1,
                }),
            },
        }
    }

    #[test]
    fn a_batch_says_the_texts_that_its_occurrence_had_when_it_was_asked_for() {
        let [first, second, third] = [
            "acme.bf.000010000000000000",
            "acme.bf.000011000000000000",
            "acme.bf.000011000000000001",
        ];
        let lines = [
            line(first, &["old {{ name }}"], &["1.05 SEK"]),
            line(second, &[], &[]),
            line(third, &["new"], &[]),
        ];
        let said = said(&lines);
        let of = |reference: &str| said.get(&Reference::parse(reference).unwrap()).unwrap();
        assert_eq!(of(first).texts.as_ref(), ["old {{ name }}"]);
        assert_eq!(of(second).texts.as_ref(), ["old {{ name }}"]);
        assert_eq!(of(third).texts.as_ref(), ["new"]);
        assert_eq!(of(first).estimate.amounts().next().unwrap().to_string(), "1.05 SEK");
        assert_eq!((of(first).segments, of(first).estimate.unpriced_segments()), (3, 1));
    }
}
