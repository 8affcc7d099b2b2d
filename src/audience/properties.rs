//! What must not change when a list is rearranged, as properties.

use proptest::prelude::*;

use super::tests::{Keep, opened, rows};
use super::*;
use crate::campaign::OnInvalid;
use crate::model::{Msisdn, NumberSet};

/// A cell, as a spreadsheet might write it.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z åäö]{0,8}",
        "[a-z,;\"\n\r]{0,6}".prop_map(|text| format!("\"{}\"", text.replace('"', "\"\""))),
        "[a-z\"]{1,3}x",
        Just("filtered".to_owned()),
    ]
}

fn list() -> impl Strategy<Value = String> {
    let row = (
        0_u32..60,
        cell(),
        cell(),
        prop::sample::select(vec!["\n", "\r\n", "\n\n"]),
    );
    prop::collection::vec(row, 1..40).prop_map(|rows| {
        let mut text = "msisdn,a,b\n".to_owned();
        for (n, a, b, end) in rows {
            let number = 46_701_234_500 + u64::from(n);
            for piece in [&number.to_string(), ",", &a, ",", &b, end] {
                text.push_str(piece);
            }
        }
        text
    })
}

/// Something that a hand or a program does to a list: a character more, or one less.
#[derive(Debug, Clone)]
enum Slip {
    Inserted(char, prop::sample::Index),
    Deleted(prop::sample::Index),
}

fn slip() -> impl Strategy<Value = Slip> {
    let marks = prop::sample::select(vec!['"', '"', '"', '\\', ',', ';', '\r', '\n', ' ', '=']);
    prop_oneof![
        (marks, any::<prop::sample::Index>()).prop_map(|(mark, at)| Slip::Inserted(mark, at)),
        any::<prop::sample::Index>().prop_map(Slip::Deleted),
    ]
}

/// The list after these slips, its header spared.
fn slipped(list: &str, slips: &[Slip]) -> String {
    let (head, rows) = list.split_once('\n').unwrap();
    let mut rows: Vec<char> = rows.chars().collect();
    for slip in slips {
        match slip {
            Slip::Inserted(mark, at) => rows.insert(at.index(rows.len() + 1), *mark),
            Slip::Deleted(at) if !rows.is_empty() => drop(rows.remove(at.index(rows.len()))),
            Slip::Deleted(_) => {}
        }
    }
    format!("{head}\n{}", rows.into_iter().collect::<String>())
}

/// What the csv crate alone makes of a list.
fn plainly(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    reader
        .records()
        .map(|record| {
            record
                .unwrap()
                .iter()
                .map(|cell| cell.replace("\r\n", "\n").replace('\r', "\n"))
                .collect()
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn whatever_happens_to_a_list_nobody_is_lost_and_no_number_gets_into_a_text(
        rows_of in prop::collection::vec((cell(), cell(), any::<bool>()), 1..8), slips in prop::collection::vec(slip(), 0..5), block in 1_usize..100,
    ) {
        let number = |at: usize| (46_701_234_500 + u64::try_from(at).unwrap()).to_string();
        let lines = rows_of.iter().enumerate().map(|(at, (a, b, is_quoted))| {
            let quote = if *is_quoted { "\"" } else { "" };
            format!("{quote}{}{quote},{a},{b}\n", number(at))
        });
        let list = format!("msisdn,a,b\n{}", lines.collect::<String>());
        let list = slipped(&list, &slips);
        // A fault stops the plan.
        let Ok((audience, kept)) = opened(list.clone()).and_then(|table| rows(vec![table], block)) else { return Ok(()); };
        let total = audience.total();
        prop_assert_eq!(total.kept(), u64::try_from(kept.len()).unwrap());
        if audience.notes().is_empty() {
            for (_, cells) in &kept {
                for at in 0..rows_of.len() {
                    let number = number(at);
                    prop_assert!(cells[1..].iter().all(|cell| !cell.split([' ', '\n', '"']).any(|word| word == number)), "{:?}", list);
                }
            }
            let is_whole = |at: &usize| list.contains(&number(*at));
            let people = (0..rows_of.len()).filter(is_whole).count();
            prop_assert!(people <= usize::try_from(total.rows).unwrap(), "{:?}", list);
        }
    }
}

/// A table of this text.
fn table(text: &str, expect: &Expect<'_>) -> Result<Table, Vec<crate::model::Diagnostic>> {
    let input = Input {
        file: "list.csv".into(),
        bytes: std::sync::Arc::new(text.as_bytes().to_vec()),
    };
    open(input, expect)
}

/// Some rows, with the number of each.
fn numbered(rows_of: &[(String, String, bool)]) -> String {
    let number = |at: usize| 46_701_234_500 + u64::try_from(at).unwrap();
    let lines = rows_of.iter().enumerate().map(|(at, (a, b, is_quoted))| {
        let quote = if *is_quoted { "\"" } else { "" };
        format!("{quote}{}{quote},{a},{b}\n", number(at))
    });
    format!("msisdn,a,b\n{}", lines.collect::<String>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn every_row_is_a_recipient_or_counted_with_its_reason(
        rows_of in prop::collection::vec((cell(), cell(), any::<bool>()), 1..8), slips in prop::collection::vec(slip(), 0..5), block in 1_usize..100,
    ) {
        let list = slipped(&numbered(&rows_of), &slips);
        let expect = Expect { on_invalid: OnInvalid::SKIP, ..Expect::default() };
        let Ok((audience, kept)) = table(&list, &expect).and_then(|table| rows(vec![table], block)) else { return Ok(()); };
        let Counts { rows, filtered, suppressed, set_apart, duplicates, invalid } = audience.total();
        let counted = filtered + suppressed + set_apart + duplicates + invalid.total();
        prop_assert_eq!(rows, u64::try_from(kept.len()).unwrap() + counted, "{:?}", list);
    }

    #[test]
    fn nobody_gets_off_a_suppression_list(
        rows_of in prop::collection::vec((cell(), cell(), any::<bool>()), 1..8), slips in prop::collection::vec(slip(), 0..5),
    ) {
        let list = slipped(&numbered(&rows_of), &slips);
        let read = table(&list, &Expect::list()).and_then(|table| read_numbers(vec![table], &ListSettings::default()));
        let Ok(numbers) = read else { return Ok(()); };
        for at in 0..rows_of.len() {
            let number = (46_701_234_500 + u64::try_from(at).unwrap()).to_string();
            let is_whole = list.lines().any(|line| line.split_once(',').is_some_and(|(first, _)| first == number));
            let is_read = numbers.iter().any(|read| read.as_u64().to_string() == number);
            prop_assert!(is_read || !is_whole, "{} of {:?}", number, list);
        }
    }
}

proptest! {
    #[test]
    fn however_a_list_is_cut_it_says_the_same(text in list(), block in 1_usize..200) {
        let whole = rows(vec![opened(text.clone()).unwrap()], 1 << 20);
        let cut = rows(vec![opened(text.clone()).unwrap()], block);
        match (whole, cut) {
            (Ok((whole, a)), Ok((cut, b))) => {
                prop_assert_eq!(a, b);
                prop_assert_eq!(whole.total(), cut.total());
                prop_assert_eq!(whole.numbers(), cut.numbers());
            }
            (Err(a), Err(b)) => prop_assert_eq!(a, b),
            _ => prop_assert!(false, "only one of them has faults"),
        }
    }

    #[test]
    fn whoever_reads_a_list_together_reads_what_they_read_alone(
        text in list(), block in 1_usize..200, left_out in prop::collection::vec(prop::collection::btree_set(0_u64..60, 0..60), 1..5),
    ) {
        let number = |n: &u64| Msisdn::from_u64(46_701_234_500 + n).unwrap();
        let suppressed: Vec<NumberSet> = left_out.iter().map(|list| NumberSet::new(list.iter().map(number))).collect();
        let table = opened(text).unwrap();
        let settings = ListSettings { block_bytes: block, ..ListSettings::default() };
        let readers = suppressed.iter().map(|numbers| ListReader {
            tables: vec![table.clone()],
            suppressed: vec![numbers],
            may_be_empty: true,
            make: Keep::default,
        });
        let readers: Vec<ListReader<'_, _>> = readers.collect();
        let together = read_together(&readers, &settings);
        prop_assert_eq!(together.len(), readers.len());
        for (reader, together) in readers.iter().zip(together) {
            let alone = read_together(std::slice::from_ref(reader), &settings).pop().unwrap();
            match (alone, together) {
                (Ok((alone, own)), Ok((shared, seen))) => {
                    prop_assert_eq!(own.kept(), seen.kept());
                    prop_assert_eq!(alone.counts(), shared.counts());
                    prop_assert_eq!(alone.left_out(), shared.left_out());
                    prop_assert_eq!(alone.in_order(), shared.in_order());
                    prop_assert_eq!(alone.notes(), shared.notes());
                    prop_assert_eq!(alone.numbers(), shared.numbers());
                }
                (Err(alone), Err(together)) => prop_assert_eq!(alone, together),
                _ => prop_assert!(false, "only one of them has faults"),
            }
        }
    }

    #[test]
    fn rows_are_what_the_csv_crate_makes_of_them(text in list()) {
        let Ok((_, ours)) = rows(vec![opened(text.clone()).unwrap()], 64) else { return Ok(()); };
        let mut theirs: Vec<Vec<String>> = Vec::new();
        for mut row in plainly(&text) {
            // More cells than the header has are dropped when they are empty, and a fault when they are not.
            row.truncate(3);
            if !row.iter().any(|cell| cell == "filtered") && !theirs.iter().any(|other| other[0] == row[0]) {
                theirs.push(row);
            }
        }
        prop_assert_eq!(ours.into_iter().map(|(_, cells)| cells).collect::<Vec<_>>(), theirs);
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), block in 1_usize..64) {
        if let Ok(table) = opened(bytes) {
            let _ = rows(vec![table], block);
        }
    }

    #[test]
    fn no_text_after_a_header_panics(text in "(46701234567|[0-9+,;\"\r\n\0é ])*", block in 1_usize..64) {
        if let Ok(table) = opened(format!("msisdn,a\n{text}")) {
            let _ = rows(vec![table], block);
        }
    }
}
