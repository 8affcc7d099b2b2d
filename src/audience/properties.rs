//! What must not change whatever is done to a list, as properties.

use proptest::prelude::*;

use super::tests::{opened, rows};

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

/// What the csv crate alone makes of a list.
fn plainly(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    reader
        .records()
        .map(|record| record.unwrap().iter().map(str::to_owned).collect())
        .collect()
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
