//! Which column, whose country, which reading: lists as exports write them.

use std::sync::Arc;

use super::tests::input;
use super::*;
use crate::campaign::{NumberForm, OnFault, OnInvalid};
use crate::model::{Country, Diagnostic, Msisdn, NumberKind, Severity};

/// Takes everybody; `left out` in the second cell takes no part.
struct Everybody;

impl Visitor for Everybody {
    fn admits(&mut self, row: &ListRow<'_>) -> Result<bool, RowFault> {
        Ok(row.cells.get(1) != Some(&"left out"))
    }

    fn leaves_out(&mut self, _: usize, cells: &[&str]) -> bool {
        cells.get(1) == Some(&"left out")
    }

    fn add(&mut self, _: &ListRow<'_>) {}

    fn remove(&mut self, _: &ListRow<'_>) {}

    fn merge(&mut self, _: Self) {}
}

fn country(code: &str) -> Country {
    Country::parse(code).unwrap()
}

fn read_list(text: &str, expect: &Expect<'_>) -> Result<Audience, Vec<Diagnostic>> {
    let table = open(input(text), expect)?;
    read(vec![table], &[], &ListSettings::default(), || Everybody).map(|(audience, _)| audience)
}

fn suppressed(text: &str, expect: &Expect<'_>) -> Result<Vec<String>, Vec<Diagnostic>> {
    let table = open(input(text), expect)?;
    let numbers = read_numbers(vec![table], &ListSettings::default())?;
    Ok(numbers.iter().map(Msisdn::digits).collect())
}

fn messages(faults: Vec<Diagnostic>) -> Vec<String> {
    faults.into_iter().map(|fault| fault.message).collect()
}

#[test]
fn several_number_columns_are_an_error_that_names_them() {
    let text = "phone,mobile,first_name\n+46812345678,+46701234567,Ann\n";
    let faults = messages(read_list(text, &Expect::default()).unwrap_err());
    assert_eq!(
        faults,
        ["several columns of `list.csv` can hold the number: `phone`, `mobile`"]
    );
    let chosen = Expect {
        number: Some("mobile"),
        ..Expect::default()
    };
    assert!(
        read_list(text, &chosen)
            .unwrap()
            .contains(Msisdn::parse("46701234567").unwrap())
    );
    let export = "First Name,Mobile Phone Number\nAnn,+46701234567\n";
    assert_eq!(read_list(export, &Expect::default()).unwrap().len(), 1);
}

#[test]
fn every_number_column_of_a_suppression_list_counts_and_empty_cells_suppress_nobody() {
    let text = "phone,mobile\n+46812345678,+46701234567\n,+46701234568\n,\n+46701234567,\n";
    assert_eq!(
        suppressed(text, &Expect::list()).unwrap(),
        ["46701234567", "46701234568", "46812345678"]
    );
    let named = Expect {
        number: Some("mobile"),
        ..Expect::list()
    };
    assert_eq!(suppressed(text, &named).unwrap(), ["46701234567", "46701234568"]);
    let broken = suppressed("phone,mobile\n+46812345678,CALL ME\n", &Expect::list());
    assert_eq!(messages(broken.unwrap_err()), ["the number has letters"]);
}

#[test]
fn a_number_that_reads_both_ways_is_settled_by_the_other_rows_or_by_nobody() {
    let us = country("US");
    let of = |form| Expect {
        country: Some(&us),
        form,
        ..Expect::default()
    };
    let people = |text: &str, form| {
        let audience = read_list(text, &of(form)).map_err(messages)?;
        let notes = audience
            .notes()
            .iter()
            .filter(|note| note.severity == Severity::Note)
            .count();
        Ok::<_, Vec<String>>((audience.numbers().iter().map(Msisdn::digits).collect::<Vec<_>>(), notes))
    };
    let both = "phone\n2032067635\n2025550123\n";
    let expected = vec!["12025550123".to_owned(), "12032067635".to_owned()];
    assert_eq!(people(both, NumberForm::Auto), Ok((expected.clone(), 1)));
    assert_eq!(people(both, NumberForm::National), Ok((expected, 0)));
    assert_eq!(
        people("phone\n(203) 206-7635\n", NumberForm::Auto),
        Ok((vec!["12032067635".to_owned()], 0))
    );
    for open in ["phone\n2032067635\n", "phone\n2032067635\n2025550123\n+46701234567\n"] {
        assert_eq!(people(open, NumberForm::Auto).unwrap_err().len(), 1, "{open}");
    }
    let list = Expect {
        is_list: true,
        ..of(NumberForm::Auto)
    };
    assert_eq!(
        suppressed("phone\n2032067635\n", &list).unwrap(),
        ["2032067635", "12032067635"]
    );
}

#[test]
fn a_list_or_a_row_says_whose_its_numbers_are() {
    let (norway, sweden) = (country("NO"), country("SE"));
    let text = "Phone,Name\n90 12 34 56,Kari\n412 34 567,Ola\n";
    let of = |country| Expect {
        country: Some(country),
        ..Expect::default()
    };
    assert_eq!(read_list(text, &of(&norway)).unwrap().len(), 2);
    let faults = messages(read_list(text, &of(&sweden)).unwrap_err());
    assert!(
        faults.len() == 2 && faults.iter().all(|fault| fault.contains("SE")),
        "{faults:?}"
    );
    let by_row = Expect {
        country_column: Some("land"),
        ..of(&sweden)
    };
    let rows = "phone,land\n90 12 34 56,NO\n070-123 45 67,\n0401234567,fi\n90 12 34 57,Norge\n90 12 34 58,NOR\n\
                0401234568,Finland\n";
    assert_eq!(read_list(rows, &by_row).unwrap().len(), 6);
    let unknown = messages(read_list("phone,land\n070-123 45 67,Svedala\n", &by_row).unwrap_err());
    assert_eq!(
        unknown,
        ["the row's country is no code like `SE` and no name like `Sweden`"]
    );
}

#[test]
fn rows_that_take_no_part_need_no_number_and_what_was_rounded_is_never_skipped() {
    let skipping = Expect {
        on_invalid: OnInvalid::SKIP,
        ..Expect::default()
    };
    let text = "phone,consent\n,left out\n4.67E+10,left out\n+46701234567,yes\n";
    let counts = read_list(text, &Expect::default()).unwrap().total();
    assert_eq!((counts.rows, counts.filtered, counts.invalid.total()), (3, 2, 0));
    let faults = read_list("phone,consent\n,yes\n4.67E+10,yes\n+46701234567,yes\n", &skipping).unwrap_err();
    assert!(messages(faults).iter().all(|fault| fault.contains("scientific")));
}

#[test]
fn numbers_that_are_no_mobiles_are_a_warning_by_kind() {
    let text = "phone\n+46812345678\n+449098790000\n+46701234567\n+12025550123\n";
    let audience = read_list(text, &Expect::default()).unwrap();
    let warnings: Vec<&str> = audience.notes().iter().map(|note| note.message.as_str()).collect();
    assert_eq!(
        warnings,
        ["some numbers are no mobiles and get no texts: 1 fixed, 1 premium"]
    );
    assert_eq!(audience.notes()[0].severity, Severity::Warning);
}

const KINDS: &str = "phone,name\n+46812345678,a\n+449098790000,b\n+46701234567,c\n+12025550123,d\n";

fn only_mobiles() -> ListSettings {
    let mobile = [NumberKind::Mobile].into_iter().collect();
    ListSettings {
        number_types: Some(Arc::new(mobile)),
        ..ListSettings::default()
    }
}

fn read_as(text: &str, on_invalid: OnInvalid, settings: &ListSettings) -> Result<Audience, Vec<Diagnostic>> {
    let expect = Expect {
        on_invalid,
        ..Expect::default()
    };
    let table = open(input(text), &expect)?;
    read(vec![table], &[], settings, || Everybody).map(|(audience, _)| audience)
}

#[test]
fn kinds_that_are_not_wanted_are_counted_and_stay_until_they_may_be_left_out() {
    let audience = read_as(KINDS, OnInvalid::FAIL, &only_mobiles()).unwrap();
    assert_eq!(audience.len(), 4);
    assert_eq!(
        audience.refused_kinds(),
        [(NumberKind::Fixed, 1), (NumberKind::Premium, 1)]
    );
    let notes: Vec<&str> = audience.notes().iter().map(|note| note.message.as_str()).collect();
    assert_eq!(
        notes,
        ["some numbers are of kinds that `guards.number_types` does not name: 1 fixed, 1 premium"]
    );
}

#[test]
fn kinds_that_are_not_wanted_are_left_out_and_counted_apart() {
    let skips = OnInvalid {
        wrong_type: OnFault::Skip,
        ..OnInvalid::FAIL
    };
    let audience = read_as(KINDS, skips, &only_mobiles()).unwrap();
    let counts = audience.total();
    assert_eq!((audience.len(), counts.kept()), (2, 2));
    assert_eq!((counts.invalid.wrong_type, counts.invalid.total()), (2, 2));
    assert!(audience.refused_kinds().is_empty());
    let notes: Vec<&str> = audience.notes().iter().map(|note| note.message.as_str()).collect();
    assert_eq!(
        notes,
        [
            "1 row was left out: `guards.number_types` does not name `fixed` (line 2)",
            "1 row was left out: `guards.number_types` does not name `premium` (line 3)"
        ]
    );
    // Without the guard the word leaves nobody out.
    assert_eq!(read_as(KINDS, skips, &ListSettings::default()).unwrap().len(), 4);
}

#[test]
fn each_kind_of_fault_has_its_own_word() {
    let text = "phone,name\n,a\nCALL-ME,b\n+46701234567,c\n+46701234568\n";
    let skips = |empty, unreadable| OnInvalid {
        empty,
        unreadable,
        ..OnInvalid::FAIL
    };
    let read = |on_invalid| read_as(text, on_invalid, &ListSettings::default());
    let counts = read(skips(OnFault::Skip, OnFault::Skip)).unwrap().total();
    assert_eq!((counts.invalid.empty, counts.invalid.unreadable), (1, 2));
    let faults = messages(read(skips(OnFault::Skip, OnFault::Fail)).unwrap_err());
    assert_eq!(faults, ["the number has letters", "the row has 1 cell, the header 2"]);
    let faults = messages(read(skips(OnFault::Fail, OnFault::Skip)).unwrap_err());
    assert_eq!(faults, ["the number is empty"]);
}

/// Says the second cell to everybody.
struct Says;

impl Visitor for Says {
    fn admits(&mut self, _: &ListRow<'_>) -> Result<bool, RowFault> {
        Ok(true)
    }

    fn add(&mut self, _: &ListRow<'_>) {}

    fn remove(&mut self, _: &ListRow<'_>) {}

    fn text_digest(&mut self, row: &ListRow<'_>) -> Option<u128> {
        row.cells
            .get(1)
            .map(|cell| cell.bytes().fold(0, |sum, byte| sum * 257 + u128::from(byte)))
    }

    fn merge(&mut self, _: Self) {}
}

fn repeated(lists: &[&str]) -> Vec<(Severity, usize, String)> {
    let tables = lists.iter().map(|text| open(input(*text), &Expect::default()).unwrap());
    let (audience, _) = read(tables.collect(), &[], &ListSettings::default(), || Says).unwrap();
    let told = audience.notes().iter().map(|note| {
        let line = note.place.as_ref().map_or(0, |place| place.line);
        (note.severity, line, note.message.clone())
    });
    told.collect()
}

#[test]
fn rows_of_one_number_with_different_texts_are_told_with_an_example() {
    let list =
        "phone,name\n+46701234567,Ann\n+46701234568,\"B\no\"\n+46701234567,Ann\n+46701234568,Cid\n0046701234567,Dan\n";
    assert_eq!(
        repeated(&[list]),
        [(
            Severity::Warning,
            6,
            "2 rows repeat the number of an earlier row with another text, like line 6 after line 3 of `list.csv`; the earlier text is sent"
                .to_owned()
        )]
    );
    assert!(repeated(&["phone,name\n+46701234567,Ann\n+46701234567,Ann\n"]).is_empty());
}

#[test]
fn a_source_that_wins_over_a_later_one_is_a_note() {
    let vip = "phone,name\n+46701234567,Ann\n";
    let all = "phone,name\n+46701234568,Bo\n+46701234567,Annie\n";
    assert_eq!(
        repeated(&[vip, all]),
        [(
            Severity::Note,
            3,
            "1 row repeats the number of an earlier row with another text, like line 3 after line 2 of `list.csv`; the earlier text is sent"
                .to_owned()
        )]
    );
}
