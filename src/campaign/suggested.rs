//! References for files whose names are not valid references.
//!
//! In: the stem of a campaign's file, and those of all others. Out: a reference that keeps what differs: the end, with
//! the year, whole words before it, and letters without their marks. Never: one that another file of the project has or
//! is offered, which would make two campaigns one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::model::{CampaignRef, snake_case};

/// What to write as `reference:` into the file, given all files of the project.
pub(super) fn suggested_reference(file: &Path, files: &[PathBuf]) -> Option<CampaignRef> {
    let stem = stem_of(file)?;
    let others: BTreeSet<String> = files
        .iter()
        .filter(|other| *other != file)
        .filter_map(|other| stem_of(other))
        .collect();
    let is_free = |wanted: &str| {
        let is_offered = |other: &String| other == wanted || short(other).as_deref() == Some(wanted);
        others.iter().all(|other| !is_offered(other))
    };
    let readable = short(&stem).filter(|wanted| is_free(wanted));
    let wanted = readable.or_else(|| marked(file).filter(|wanted| is_free(wanted)))?;
    CampaignRef::parse(&wanted).ok()
}

/// The nearest reference to a text, whatever else there is.
pub(super) fn nearest_reference(text: &str) -> Option<CampaignRef> {
    CampaignRef::parse(&short(text)?).ok()
}

fn stem_of(file: &Path) -> Option<String> {
    Some(file.file_stem()?.to_string_lossy().into_owned())
}

/// At most 16 characters: years with two digits, then the words with digits and the last one, behind fewer letters of
/// the others.
fn short(stem: &str) -> Option<String> {
    let words = words_of(stem)?;
    let whole = words.join("-");
    if whole.len() <= CampaignRef::MAX_LENGTH {
        return Some(whole);
    }
    let shorter: Vec<String> = words.iter().map(|word| without_century(word)).collect();
    let whole = shorter.join("-");
    if whole.len() <= CampaignRef::MAX_LENGTH {
        return Some(whole);
    }
    let last = shorter.len().saturating_sub(1);
    let has_digit = |word: &str| word.bytes().any(|byte| byte.is_ascii_digit());
    let (kept, before): (Vec<_>, Vec<_>) = shorter
        .iter()
        .enumerate()
        .partition(|(at, word)| *at == last || has_digit(word));
    let joined = |words: Vec<(usize, &String)>| {
        words
            .into_iter()
            .map(|(_, word)| word.as_str())
            .collect::<Vec<_>>()
            .join("-")
    };
    let tail: String = joined(kept).chars().take(CampaignRef::MAX_LENGTH - 5).collect();
    let tail = tail.trim_matches('-').to_owned();
    let room = CampaignRef::MAX_LENGTH.checked_sub(tail.len() + 1)?;
    let head: String = joined(before).chars().take(room).collect();
    let head = head.trim_matches('-');
    Some(if head.is_empty() {
        tail
    } else {
        format!("{head}-{tail}")
    })
}

/// The same with a mark that another name does not have.
fn marked(file: &Path) -> Option<String> {
    const MARK: usize = 5;
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325; // FNV-1a: the mark only has to differ, and to be the same everywhere
    for byte in file.to_string_lossy().bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    let digits = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mark: String = (0..MARK)
        .filter_map(|at| digits.get(usize::try_from(hash >> (5 * at) & 31).ok()?))
        .map(|digit| char::from(*digit))
        .collect();
    let head: String = words_of(&stem_of(file)?)?
        .join("-")
        .chars()
        .take(CampaignRef::MAX_LENGTH - MARK - 1)
        .collect();
    Some(format!("{}-{mark}", head.trim_matches('-')))
}

fn words_of(stem: &str) -> Option<Vec<String>> {
    let name = snake_case(stem)?;
    let words: Vec<String> = name
        .split('_')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    (!words.is_empty()).then_some(words)
}

/// `2026` is `26`.
fn without_century(word: &str) -> String {
    let is_year = word.len() == 4 && word.starts_with("20") && word.bytes().all(|byte| byte.is_ascii_digit());
    let short = word.get(2..).filter(|_| is_year);
    short.unwrap_or(word).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn suggested(names: &[&str]) -> Vec<String> {
        let files: Vec<PathBuf> = names
            .iter()
            .map(|name| PathBuf::from(format!("campaigns/{name}.yaml")))
            .collect();
        let told = |file: &PathBuf| suggested_reference(file, &files).map(|reference| reference.to_string());
        files.iter().map(|file| told(file).unwrap_or_default()).collect()
    }

    #[test]
    fn what_differs_is_kept() {
        let cases = [
            ("black-friday-2026", "black-friday-26"),
            ("black-friday-2027", "black-friday-27"),
            ("höst", "host"),
            ("vår", "var"),
            ("service-paminnelse-november", "service-november"),
            ("Summer Sale 2027", "summer-sale-2027"),
            ("Black Friday 2031 reminder", "blac-31-reminder"),
            ("very-long-campaign-name-2026-v2", "very-long-26-v2"),
        ];
        for (stem, reference) in cases {
            assert_eq!(suggested(&[stem]), [reference], "{stem}");
        }
        assert_eq!(nearest_reference("Höst 2026").unwrap().as_str(), "host-2026");
    }

    #[test]
    fn two_files_are_never_offered_the_same() {
        for names in [
            &["höst", "host"][..],
            &["black-friday-2026", "black-friday-26"],
            &["service-paminnelse-november", "service-pastotelse-november"],
            &["Black Friday 2026", "black-friday-2026"],
            &["höst", "Höst", "hóst"],
            &["a/höst", "b/höst"],
        ] {
            let offered = suggested(names);
            let used = names
                .iter()
                .zip(&offered)
                .map(|(name, offered)| match CampaignRef::parse(name) {
                    Ok(own) => own.to_string(),
                    Err(_) => offered.clone(),
                });
            assert_eq!(
                used.collect::<BTreeSet<_>>().len(),
                names.len(),
                "{names:?}: {offered:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn what_is_offered_is_a_reference(stem in "[\\PC]{1,40}|[a-zåäö0-9 -]{1,40}", other in "[a-zåäö0-9 -]{1,40}") {
            let files = [PathBuf::from(format!("{stem}.yaml")), PathBuf::from(format!("{other}.yaml"))];
            let told: Vec<_> = files.iter().filter_map(|file| suggested_reference(file, &files)).collect();
            if let [one, two] = told.as_slice() {
                prop_assert!(one != two || files[0] == files[1]);
            }
        }
    }
}
