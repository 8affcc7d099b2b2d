//! Why messages travel as UCS-2, and what that costs: per character how many messages have it, how many segments those
//! would save if it alone were replaced, and what all replacements of `transliterate` together would save.
//!
//! In: the messages that need UCS-2, one by one as they stream by, with their price class. Out: counts that can be
//! merged over threads and in any order. Never: a message kept.

use std::collections::BTreeMap;

use super::counted::Counted;
use super::gsm7;
use super::measure::Measure;
use super::money::{PriceClass, PriceTable, SegmentsByClass};
use super::segments::segment_measured;
use super::transliterate::replacement;
use crate::campaign::Transliterate;
use crate::model::{Encoding, Estimate};

/// A message with more different characters than this is in another script: replacing one of them saves nothing.
const MAX_DIFFERENT: usize = 8;

/// Counts over messages.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Causes {
    characters: BTreeMap<char, CauseCount>,
    /// What replacing by the tables of `punctuation` and `latin` would save.
    punctuation: SegmentsByClass,
    latin: SegmentsByClass,
    /// What replacing every character, or leaving it out, would save.
    together: SegmentsByClass,
}

#[derive(Debug, Clone, PartialEq)]
struct CauseCount {
    messages: u64,
    saved: SegmentsByClass,
    /// What could replace it; from the table of punctuation, or of letters.
    instead: Option<Measure>,
    is_punctuation: bool,
}

impl CauseCount {
    fn of(character: char) -> Self {
        Self {
            messages: 0,
            saved: SegmentsByClass::default(),
            instead: instead_of(character).map(Measure::of),
            is_punctuation: replacement(character, Transliterate::Punctuation).is_some(),
        }
    }
}

/// One character outside GSM-7.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// The character.
    pub character: char,
    /// In how many messages.
    pub messages: u64,
    /// Segments that those messages would save if it alone were replaced (or left out, when there is no replacement).
    pub extra_segments: u64,
    /// What could replace it.
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
    /// Counts one message as it would be sent; those in GSM-7 cost nothing here. What a replacement saves follows from
    /// the message's measure: rewriting and counting the text once for every character took a quarter of the time of a
    /// list in which every third message needs UCS-2.
    pub fn add(&mut self, message: &str, counted: &Counted, class: PriceClass) {
        if counted.segmented.encoding == Encoding::Gsm7 {
            return;
        }
        let few = counted.outside.len() <= MAX_DIFFERENT;
        let before = counted.segmented.segments;
        let (mut punctuation, mut latin, mut together) = (counted.measure, counted.measure, counted.measure);
        for (character, times) in &counted.outside {
            let count = self
                .characters
                .entry(*character)
                .or_insert_with(|| CauseCount::of(*character));
            count.messages += 1;
            if few {
                let mut alone = counted.measure;
                alone.replace(*character, *times, count.instead.unwrap_or_default());
                let replaced = |other| (other == *character).then(|| instead_of(other).unwrap_or_default());
                let saved = before.saturating_sub(segments(alone, message, replaced));
                if saved > 0 {
                    count.saved.add(class, u64::from(saved));
                }
                together.replace(*character, *times, count.instead.unwrap_or_default());
                if let Some(instead) = count.instead {
                    latin.replace(*character, *times, instead);
                    if count.is_punctuation {
                        punctuation.replace(*character, *times, instead);
                    }
                }
            }
        }
        if few {
            let all = |other: char| is_outside(other).then(|| instead_of(other).unwrap_or_default());
            let saved = before.saturating_sub(segments(together, message, all));
            self.together.add(class, u64::from(saved));
        }
        for (mode, measure, sum) in [
            (Transliterate::Punctuation, punctuation, &mut self.punctuation),
            (Transliterate::Latin, latin, &mut self.latin),
        ] {
            if measure != counted.measure {
                let saved = before.saturating_sub(segments(measure, message, |other| replacement(other, mode)));
                sum.add(class, u64::from(saved));
            }
        }
    }

    /// Adds the counts of other messages.
    pub fn merge(&mut self, other: &Self) {
        for (character, more) in &other.characters {
            let count = self
                .characters
                .entry(*character)
                .or_insert_with(|| CauseCount::of(*character));
            count.messages += more.messages;
            count.saved.merge(&more.saved);
        }
        self.punctuation.merge(&other.punctuation);
        self.latin.merge(&other.latin);
        self.together.merge(&other.together);
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
        self.together.remove(&other.together);
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

    /// What replacing all characters at once would save, or leaving them out where there is no replacement; nothing
    /// where each alone saves as much. Two of them in one text are expensive only together.
    pub fn together(&self, prices: &PriceTable) -> Option<Saving> {
        let alone: u64 = self.characters.values().map(|count| count.saved.total()).sum();
        let is_more = self.characters.len() > 1 && self.together.total() > alone;
        is_more.then(|| Saving {
            segments: self.together.total(),
            saves: prices.estimate(&self.together),
        })
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

/// Segments of a message in which these characters are replaced, as `measure` says already.
fn segments(measure: Measure, message: &str, replaced: impl Fn(char) -> Option<&'static str>) -> u32 {
    segment_measured(measure, || rewritten(message, replaced)).segments
}

fn rewritten(message: &str, replaced: impl Fn(char) -> Option<&'static str>) -> String {
    let mut text = String::with_capacity(message.len());
    for character in message.chars() {
        match replaced(character) {
            Some(instead) => text.push_str(instead),
            None => text.push(character),
        }
    }
    text
}

fn is_outside(character: char) -> bool {
    gsm7::septets(character) == 0
}

/// The replacement of a character in either table.
fn instead_of(character: char) -> Option<&'static str> {
    replacement(character, Transliterate::Latin)
}

#[cfg(test)]
mod tests {
    use super::super::segments::segment;
    use super::*;
    use crate::campaign::{Price, PriceScope};
    use crate::model::{Api, Currency, Msisdn, ProviderName};
    use proptest::prelude::*;

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
            causes.add(message, &Counted::of(message), class);
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
    fn characters_that_are_expensive_only_together_are_told_together() {
        let filler = "x".repeat(100);
        let both = format!("Don – {filler} 🖤");
        let causes = count(&[&both, &both, &both, "plain"]);
        assert!(causes.list(&prices()).iter().all(|cause| cause.extra_segments == 0));
        let saving = causes.together(&prices()).unwrap();
        let saves: Vec<String> = saving.saves.amounts().map(|money| money.to_string()).collect();
        assert_eq!((saving.segments, saves), (3, vec!["1.05 SEK".to_owned()]));
        assert_eq!(
            count(&[&format!("’ {filler}"), &format!("– {filler}")]).together(&prices()),
            None
        );
        assert_eq!(count(&["plain"]).together(&prices()), None);
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

    proptest! {
        #[test]
        fn what_a_replacement_saves_is_what_the_text_itself_would_save(message in "[a-zåé€^’–ş😀 ]{0,200}") {
            let counted = Counted::of(&message);
            let mut causes = Causes::default();
            causes.add(&message, &counted, PriceClass::default());
            let saved = |replaced: &dyn Fn(char) -> Option<&'static str>| {
                u64::from(counted.segmented.segments.saturating_sub(segment(&rewritten(&message, replaced)).segments))
            };
            for (character, count) in &causes.characters {
                let alone = |other| (other == *character).then(|| instead_of(other).unwrap_or_default());
                prop_assert_eq!(count.saved.total(), saved(&alone), "{}", character);
            }
            if counted.outside.len() <= MAX_DIFFERENT {
                let all = |other| is_outside(other).then(|| instead_of(other).unwrap_or_default());
                prop_assert_eq!(causes.together.total(), saved(&all));
            }
            prop_assert_eq!(causes.punctuation.total(), saved(&|other| replacement(other, Transliterate::Punctuation)));
            prop_assert_eq!(causes.latin.total(), saved(&|other| replacement(other, Transliterate::Latin)));
        }
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
