//! Texts that are almost a reference of ours: in capitals, padded, cut off. A provider (or a person in its portal) that
//! does not keep references letter by letter makes them. They are not valid, but almost certainly ours, so they count
//! as a doubt.

use super::reference::{ALPHABET, OCCURRENCE_CHARS, TAIL_CHARS, decode};
use super::{CampaignRef, Namespace, OccurrenceKey};

/// How much of a reference can still be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NearMatch {
    /// Which occurrence it was.
    Occurrence(CampaignRef, OccurrenceKey),
    /// Which campaign.
    Campaign(CampaignRef),
    /// Its namespace alone.
    Namespace,
}

impl NearMatch {
    /// What can be read of a text that is not a reference; `None` when it is somebody else's.
    pub fn of(text: &str, namespace: &Namespace) -> Option<Self> {
        let text = text.to_lowercase();
        let text = text.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '-');
        let rest = text.strip_prefix(namespace.as_str())?.strip_prefix('.')?;
        let Some((campaign, tail)) = rest.split_once('.') else {
            let is_cut = rest.len() <= CampaignRef::MAX_LENGTH
                && rest
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            return is_cut.then_some(Self::Namespace);
        };
        let campaign = CampaignRef::parse(campaign).ok()?;
        let read = tail
            .bytes()
            .take_while(|b| ALPHABET.contains(b))
            .take(TAIL_CHARS)
            .count();
        let (tail, padding) = tail.split_at_checked(read)?;
        // Cut short, nothing of another word follows; whole, whatever follows is padding.
        if read < TAIL_CHARS && padding.contains(|c: char| c.is_alphanumeric()) {
            return None;
        }
        let occurrence = tail
            .as_bytes()
            .get(..OCCURRENCE_CHARS)
            .and_then(|chars| u32::try_from(decode(chars).ok()?).ok())
            .and_then(OccurrenceKey::from_bits);
        Some(match occurrence {
            Some(occurrence) => Self::Occurrence(campaign, occurrence),
            None => Self::Campaign(campaign),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_changed_cut_or_padded_is_still_ours_as_far_as_it_can_be_read() {
        let spring = || CampaignRef::parse("spring").unwrap();
        let first = || NearMatch::Occurrence(spring(), OccurrenceKey::revision(1).unwrap());
        let table = [
            ("ACME.SPRING.00001000000ABCDEFG", Some(first())),
            ("acme.spring.00001000000abcdefg ", Some(first())),
            ("  acme.spring.00001000000abcdefg", Some(first())),
            ("acme.spring.00001000000abcdefg000", Some(first())),
            ("acme.spring.00001000000abcdefg\u{0}\u{0}", Some(first())),
            ("acme.spring.00001000000", Some(first())),
            ("acme.spring.00001...", Some(first())),
            ("acme.spring.0000", Some(NearMatch::Campaign(spring()))),
            ("acme.spring.", Some(NearMatch::Campaign(spring()))),
            ("acme.spri", Some(NearMatch::Namespace)),
            ("acme.", Some(NearMatch::Namespace)),
            // Others.
            ("acme", None),
            ("acme invoice 17", None),
            ("acme.com invoice", None),
            ("acme.com/spring", None),
            ("acme.spring.invoice", None),
            ("shop.spring.00001000000abcdefg ", None),
            ("acmes.spring.00001000000abcdefg ", None),
            ("", None),
        ];
        let acme = Namespace::parse("acme").unwrap();
        for (text, expected) in table {
            assert_eq!(NearMatch::of(text, &acme), expected, "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in ".{0,60}") {
            let acme = Namespace::parse("acme").unwrap();
            let _ = NearMatch::of(&text, &acme);
            let _ = NearMatch::of(&format!("acme.{text}"), &acme);
        }
    }
}
