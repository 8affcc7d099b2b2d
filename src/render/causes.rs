//! Why messages travel as UCS-2, and what that costs: per character how many messages have it, how many segments those
//! would save if it alone were replaced, and what all replacements of `transliterate` together would save.
//!
//! In: the messages that need UCS-2, one by one as they stream by, with their price class. Out: counts that can be merged
//! over threads and in any order. Never: a message kept.

use std::collections::BTreeMap;

use super::money::{PriceClass, PriceTable, SegmentsByClass};
use super::segments::{Segmented, outside_gsm, segment};
use super::transliterate::{replacement, transliterate_into};
use crate::campaign::Transliterate;
use crate::model::{Encoding, Estimate};

/// A message with more different characters than this is in another script: replacing one of them saves nothing.
const MAX_DIFFERENT: usize = 8;

/// Counts over messages.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Causes {
    characters: BTreeMap<char, Count>,
    /// What replacing by the tables of `punctuation` and `latin` would save.
    punctuation: SegmentsByClass,
    latin: SegmentsByClass,
    scratch: String,
    different: Vec<char>,
}

#[derive(Debug, Clone, Default, PartialEq)]
struct Count {
    messages: u64,
    saved: SegmentsByClass,
}

/// One character outside GSM-7.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// Which.
    pub character: char,
    /// In how many messages.
    pub messages: u64,
    /// Segments that those messages would save if it alone were replaced (left out, when nothing stands for it).
    pub extra_segments: u64,
    /// What could stand in its place.
    pub replacement: Option<&'static str>,
    /// What that would save.
    pub saves: Estimate,
}

/// What a mode of `transliterate` would save altogether.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saving {
    /// Segments fewer.
    pub segments: u64,
    /// In money.
    pub saves: Estimate,
}

impl Causes {
    /// Counts one message as it would be sent; those in GSM-7 cost nothing here.
    pub fn add(&mut self, message: &str, counted: Segmented, class: PriceClass) {
        if counted.encoding == Encoding::Gsm7 {
            return;
        }
        self.different.clear();
        for character in outside_gsm(message) {
            if !self.different.contains(&character) {
                self.different.push(character);
            }
        }
        let few = self.different.len() <= MAX_DIFFERENT;
        for character in &self.different {
            let count = self.characters.entry(*character).or_default();
            count.messages += 1;
            if few {
                let instead = instead_of(*character).unwrap_or_default();
                self.scratch.clear();
                for part in message.chars() {
                    if part == *character {
                        self.scratch.push_str(instead);
                    } else {
                        self.scratch.push(part);
                    }
                }
                let saved = counted.segments.saturating_sub(segment(&self.scratch).segments);
                if saved > 0 {
                    count.saved.add(class, u64::from(saved));
                }
            }
        }
        for (mode, sum) in [
            (Transliterate::Punctuation, &mut self.punctuation),
            (Transliterate::Latin, &mut self.latin),
        ] {
            let touched = self
                .different
                .iter()
                .any(|character| replacement(*character, mode).is_some());
            if few && touched {
                self.scratch.clear();
                transliterate_into(message, mode, &mut self.scratch);
                let saved = counted.segments.saturating_sub(segment(&self.scratch).segments);
                sum.add(class, u64::from(saved));
            }
        }
    }

    /// Adds the counts of other messages.
    pub fn merge(&mut self, other: &Self) {
        for (character, more) in &other.characters {
            let count = self.characters.entry(*character).or_default();
            count.messages += more.messages;
            count.saved.merge(&more.saved);
        }
        self.punctuation.merge(&other.punctuation);
        self.latin.merge(&other.latin);
    }

    /// Takes the counts of messages out again that were added, here or to what was merged.
    pub fn remove(&mut self, other: &Self) {
        for (character, fewer) in &other.characters {
            if let Some(count) = self.characters.get_mut(character) {
                count.messages = count.messages.saturating_sub(fewer.messages);
                count.saved.remove(&fewer.saved);
            }
        }
        self.characters.retain(|_, count| count.messages > 0);
        self.punctuation.remove(&other.punctuation);
        self.latin.remove(&other.latin);
    }

    /// All characters: those that cost most first, then the most frequent, then by code point.
    pub fn list(&self, prices: &PriceTable) -> Vec<Cause> {
        let mut causes: Vec<Cause> = self
            .characters
            .iter()
            .map(|(character, count)| Cause {
                character: *character,
                messages: count.messages,
                extra_segments: count.saved.total(),
                replacement: instead_of(*character),
                saves: prices.estimate(&count.saved),
            })
            .collect();
        causes.sort_by_key(|cause| {
            let order = |n: u64| std::cmp::Reverse(n);
            (order(cause.extra_segments), order(cause.messages), cause.character)
        });
        causes
    }

    /// What a mode would save over all messages.
    pub fn saving(&self, mode: Transliterate, prices: &PriceTable) -> Saving {
        let sum = match mode {
            Transliterate::Off => {
                return Saving {
                    segments: 0,
                    saves: Estimate::default(),
                };
            }
            Transliterate::Punctuation => &self.punctuation,
            Transliterate::Latin => &self.latin,
        };
        Saving {
            segments: sum.total(),
            saves: prices.estimate(sum),
        }
    }
}

/// What stands for a character in either table.
fn instead_of(character: char) -> Option<&'static str> {
    replacement(character, Transliterate::Latin)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::{Price, PriceScope};
    use crate::model::{Api, Currency, Msisdn, ProviderName};

    fn prices() -> PriceTable {
        let provider = ProviderName::parse("ip1").unwrap();
        let price = Price {
            provider: provider.clone(),
            currency: Currency::parse("SEK").unwrap(),
            scope: PriceScope::Everywhere,
            per_segment: "0.35".parse().unwrap(),
            as_of: None,
        };
        PriceTable::new(&[price], &provider, Api::Ip1, 1)
    }

    fn count(messages: &[&str]) -> Causes {
        let class = prices().class(Msisdn::parse("46701234567").unwrap(), None);
        let mut causes = Causes::default();
        for message in messages {
            causes.add(message, segment(message), class);
        }
        causes
    }

    #[test]
    fn each_character_tells_what_replacing_it_alone_would_save() {
        let filler = "x".repeat(100);
        let one = format!("Don’t {filler}");
        let two = format!("Don’t – {filler}");
        let emoji = format!("{filler} 😀");
        let list = count(&[&one, &one, &two, &emoji, "short’", "plain"]).list(&prices());
        let shown: Vec<_> = list
            .iter()
            .map(|cause| (cause.character, cause.messages, cause.extra_segments, cause.replacement))
            .collect();
        assert_eq!(
            shown,
            [('’', 4, 2, Some("'")), ('😀', 1, 1, None), ('–', 1, 0, Some("-"))]
        );
        let saves: Vec<String> = list[0].saves.amounts().map(|money| money.to_string()).collect();
        assert_eq!(saves, ["0.70 SEK"]);
    }

    #[test]
    fn a_mode_tells_what_it_would_save_altogether() {
        let filler = "x".repeat(100);
        let causes = count(&[
            &format!("Don’t – {filler}"),
            &format!("Łódź {filler}"),
            &format!("😀 {filler}"),
        ]);
        let of = |mode| causes.saving(mode, &prices()).segments;
        assert_eq!(
            [
                of(Transliterate::Off),
                of(Transliterate::Punctuation),
                of(Transliterate::Latin)
            ],
            [0, 1, 2]
        );
    }

    #[test]
    fn counts_merge_in_any_order() {
        let (a, b) = (count(&["a’b", "ş"]), count(&["c’d–"]));
        let (mut left, mut right) = (a.clone(), b.clone());
        left.merge(&b);
        right.merge(&a);
        assert_eq!(left.list(&prices()), right.list(&prices()));
        assert_eq!(left.list(&prices())[0].messages, 2);
    }
}
