//! The file of opt-outs: `number,instant,provider,word,id`, one wish a row; rows are only added.
//!
//! A row with an id came by text and is taken back by a later START at the same provider. A row without one was put
//! there by hand and stays until somebody takes it out. A row without a number says when a provider was last asked.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Instant, Msisdn, NumberSet, Person, csv_cell};

use super::words::{WORDS, Wish};

/// The first line.
pub const HEADER: &str = "number,instant,provider,word,id\n";
/// In the column `word` of a row without a number.
const PULLED: &str = "pulled";
const COLUMNS: usize = 5;

/// One row. Its `Debug` does not show the number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// When it came in, by the provider; `None` in rows put there by hand.
    pub instant: Option<Instant>,
    /// As `campanile.yaml` names it.
    pub provider: String,
    /// What it says.
    pub what: What,
}

/// What a row says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Somebody's wish, with the word as the table has it and the provider's id of the text; none by hand.
    Wish {
        /// The number that the row is about.
        number: Msisdn,
        /// By which word.
        word: String,
        /// Of the text.
        id: Option<String>,
    },
    /// The provider was asked for everything up to this instant.
    Pulled,
}

/// Why a row cannot be believed; 1-based line, no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("line {0} of the opt-outs cannot be read")]
pub struct UnreadableRow(pub u64);

/// Everything that is written down.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    entries: Vec<LedgerEntry>,
    ids: BTreeSet<(String, String)>,
}

impl Ledger {
    /// Reads the file's text. A last row that was torn while it was written is left out: it will be pulled again.
    pub fn read(text: &str) -> Result<Self, UnreadableRow> {
        let mut ledger = Self::default();
        for (line, number) in text.split_inclusive('\n').zip(1..) {
            let is_torn = !line.ends_with('\n');
            let Some(record) = cells(line.trim_end_matches(['\n', '\r'])) else {
                if is_torn {
                    break;
                }
                return Err(UnreadableRow(number));
            };
            let first = record.first().map_or("", String::as_str);
            let is_header = number == 1 && first.trim_start_matches('\u{feff}') == "number";
            let is_blank = record.iter().all(String::is_empty);
            // By hand people write a number alone; a row of ours that breaks off before its id was cut.
            let is_cut = is_torn && (2..COLUMNS).contains(&record.len());
            if is_header || is_blank || is_cut {
                continue;
            }
            match entry(&record) {
                Some(entry) => {
                    ledger.add(entry);
                }
                None if is_torn => {}
                None => return Err(UnreadableRow(number)),
            }
        }
        Ok(ledger)
    }

    /// Adds a wish, unless it is known by its id; returns whether it was new.
    pub fn add(&mut self, entry: LedgerEntry) -> bool {
        if let What::Wish { id: Some(id), .. } = &entry.what
            && !self.ids.insert((entry.provider.clone(), id.clone()))
        {
            return false;
        }
        self.entries.push(entry);
        true
    }

    /// Whether a text is written down.
    pub fn knows(&self, provider: &str, id: &str) -> bool {
        self.ids.contains(&(provider.to_owned(), id.to_owned()))
    }

    /// When a provider was last asked.
    pub fn last_pull(&self, provider: &str) -> Option<Instant> {
        let of_provider = self.entries.iter().filter(|entry| entry.provider == provider);
        of_provider
            .filter(|entry| entry.what == What::Pulled)
            .filter_map(|entry| entry.instant)
            .max()
    }

    /// Who has opted out and not come back.
    pub fn opted_out(&self) -> NumberSet {
        NumberSet::new(self.standing().map(|(number, _)| number))
    }

    /// Who has opted out, with the instant of their last word.
    pub fn standing(&self) -> impl Iterator<Item = (Msisdn, Option<Instant>)> {
        // A person may write from one spelling of their number and come back from another.
        let mut last: BTreeMap<(&str, Person), (Option<Instant>, bool)> = BTreeMap::new();
        let mut by_hand = BTreeMap::new();
        for entry in &self.entries {
            let What::Wish { number, word, id } = &entry.what else {
                continue;
            };
            let is_stop = !WORDS
                .iter()
                .any(|known| known.text == word && known.wish == Wish::Start);
            if id.is_none() {
                if is_stop {
                    by_hand.insert(Person::from(*number), entry.instant);
                }
                continue;
            }
            // At the same instant the wish to stop counts.
            let wish = (entry.instant, is_stop);
            let standing = last.entry((&entry.provider, Person::from(*number))).or_insert(wish);
            *standing = wish.max(*standing);
        }
        let by_text = last
            .into_iter()
            .filter(|(_, (_, is_stop))| *is_stop)
            .map(|((_, number), (instant, _))| (number, instant));
        let mut all: BTreeMap<Person, Option<Instant>> = by_text.collect();
        all.extend(by_hand);
        all.into_iter()
            .filter_map(|(person, instant)| Some((person.number()?, instant)))
    }
}

/// The cells of a row, which never goes over its line; nothing where a quote is not closed.
fn cells(line: &str) -> Option<Vec<String>> {
    let mut cells = vec![String::new()];
    let mut is_quoted = false;
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        let cell = cells.last_mut()?;
        match c {
            '"' if is_quoted && rest.peek() == Some(&'"') => {
                rest.next();
                cell.push('"');
            }
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => cells.push(String::new()),
            c => cell.push(c),
        }
    }
    (!is_quoted).then(|| cells.iter().map(|cell| cell.trim().to_owned()).collect())
}

fn entry(record: &[String]) -> Option<LedgerEntry> {
    let cell = |place: usize| record.get(place).map(String::as_str).filter(|text| !text.is_empty());
    let instant = match cell(1) {
        Some(text) => Some(Instant::parse_lenient(text)?),
        None => None,
    };
    let provider = cell(2).unwrap_or_default().to_owned();
    let what = match cell(0) {
        None if cell(3) == Some(PULLED) => What::Pulled,
        None => return None,
        Some(digits) => What::Wish {
            number: Msisdn::parse(digits.trim_start_matches('+')).ok()?,
            word: cell(3).unwrap_or("stop").to_lowercase(),
            id: cell(4).map(str::to_owned),
        },
    };
    Some(LedgerEntry {
        instant,
        provider,
        what,
    })
}

/// A row, with its line's end.
pub fn row(entry: &LedgerEntry) -> String {
    let instant = entry.instant.map(|instant| instant.to_string()).unwrap_or_default();
    let (number, word, id) = match &entry.what {
        What::Pulled => (String::new(), PULLED, ""),
        What::Wish { number, word, id } => (number.digits(), word.as_str(), id.as_deref().unwrap_or_default()),
    };
    let cells = [number.as_str(), &instant, &entry.provider, word, id].map(quoted);
    format!("{}\n", cells.join(","))
}

/// A cell that stays in its line: ids are the provider's words.
fn quoted(text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    csv_cell(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "46701740605";
    const B: &str = "46701740606";

    fn out(text: &str) -> Vec<String> {
        let ledger = Ledger::read(&format!("{HEADER}{text}")).unwrap();
        ledger.opted_out().iter().map(Msisdn::digits).collect()
    }

    #[test]
    fn start_takes_back_only_an_earlier_stop_by_text_at_the_same_provider() {
        let day = |n: u8| format!("2026-11-{n:02}T08:00:00Z");
        let stop = |n: u8, provider: &str| format!("{A},{},{provider},stop,S{n}{provider}\n", day(n));
        let start = |n: u8, provider: &str| format!("{A},{},{provider},start,T{n}{provider}\n", day(n));
        assert_eq!(out(&stop(1, "x")), [A]);
        assert!(out(&format!("{}{}", stop(1, "x"), start(2, "x"))).is_empty());
        assert!(
            out(&format!("{}{}", start(2, "x"), stop(1, "x"))).is_empty(),
            "by time, not by place"
        );
        assert_eq!(out(&format!("{}{}", stop(2, "x"), start(2, "x"))), [A], "at once: stop");
        assert_eq!(
            out(&format!("{}{}", stop(1, "x"), start(2, "y"))),
            [A],
            "another number of ours"
        );
        assert_eq!(out(&format!("{A},,,,\n{}", start(2, "x"))), [A], "put there by hand");
        assert_eq!(out(&format!("{A}\n{B},,,stop,\n")), [A, B]);
    }

    #[test]
    fn rows_are_read_back_as_they_were_written() {
        let instant = Instant::parse("2026-11-23T08:00:00Z").ok();
        let number = Msisdn::parse(A).unwrap();
        let wish = |id: &str| What::Wish {
            number,
            word: "stop all".to_owned(),
            id: Some(id.to_owned()),
        };
        for what in [wish("01FC"), wish("a,\"b"), What::Pulled] {
            let entry = LedgerEntry {
                instant,
                provider: "sinch".to_owned(),
                what,
            };
            let ledger = Ledger::read(&format!("{HEADER}{}", row(&entry))).unwrap();
            assert_eq!(ledger.entries, [entry]);
        }
        let broken = LedgerEntry {
            instant,
            provider: "sinch".to_owned(),
            what: wish("a\nb"),
        };
        assert_eq!(row(&broken).lines().count(), 1);
    }

    #[test]
    fn a_torn_last_row_is_left_out_and_any_other_bad_row_is_an_error() {
        let whole = format!("{HEADER}{A},2026-11-23T08:00:00Z,sinch,stop,1\n");
        assert_eq!(Ledger::read(&format!("{whole}4670")).unwrap().opted_out().len(), 1);
        assert_eq!(
            Ledger::read(&format!("{whole}{B},2026-11-2"))
                .unwrap()
                .opted_out()
                .len(),
            1
        );
        assert_eq!(Ledger::read(&format!("{whole}{B}")).unwrap().opted_out().len(), 2);
        assert_eq!(Ledger::read(&format!("{whole}4670\n")).unwrap_err(), UnreadableRow(3));
        assert_eq!(Ledger::read("").unwrap().opted_out().len(), 0);
    }

    #[test]
    fn a_text_is_known_by_its_id_and_pulls_are_remembered() {
        let row = format!("{A},2026-11-23T08:00:00Z,sinch,stop,1\n");
        let text =
            format!("{HEADER}{row}{row},2026-11-24T08:00:00Z,sinch,pulled,\n,2026-11-23T09:00:00Z,sinch,pulled,\n");
        let ledger = Ledger::read(&text).unwrap();
        assert!(ledger.knows("sinch", "1") && !ledger.knows("other", "1"));
        assert_eq!(ledger.last_pull("sinch"), Instant::parse("2026-11-24T08:00:00Z").ok());
        assert_eq!(ledger.last_pull("other"), None);
        assert!(!format!("{ledger:?}").contains(A));
    }

    proptest::proptest! {
        /// However a run was cut off while it appended, what was on disk before still counts.
        #[test]
        fn a_cut_never_loses_what_stood_before(cut in 0_usize..60) {
            let before = format!("{HEADER}{A},2026-11-23T08:00:00Z,sinch,stop,1\n");
            let added = format!("{B},2026-11-23T09:00:00Z,sinch,stop,2\n");
            let torn: String = added.chars().take(cut).collect();
            let ledger = Ledger::read(&format!("{before}{torn}")).unwrap();
            let number = Msisdn::parse(A).unwrap();
            proptest::prop_assert!(ledger.opted_out().contains(number));
        }
    }
}
