//! What one row costs before it is rendered: parsing, normalizing, judging numbers, hashing.
//!
//! `cargo bench --bench audience`
#![expect(clippy::panic, reason = "a bench that cannot be set up must fail")]

use std::hint::black_box;
use std::path::PathBuf;
use std::sync::Arc;

use campanile::audience::{
    Expect, Input, ListRow, ListSettings, NationalPlan, RowFault, Table, Visitor, normalize, open, read,
};
use campanile::model::{Country, Msisdn, Part, row_digest};
use divan::Bencher;
use divan::counter::ItemsCount;

mod common;

fn main() {
    // Threads of our own would only wait for each other.
    divan::main();
}

const ROWS: u64 = 100_000;

#[divan::bench(args = ["+46 70-123 45 67", "46701234567", "0046701234567"])]
fn an_international_number(text: &str) -> u64 {
    normalize(black_box(text), None).map_or(0, |number| number.msisdn.as_u64())
}

#[divan::bench]
fn a_national_number(bencher: Bencher) {
    let home = Country::parse("SE")
        .ok()
        .and_then(|country| NationalPlan::new(&country));
    bencher.bench(|| normalize(black_box("070-123 45 67"), home.as_ref()));
}

#[divan::bench]
fn a_number_of_the_united_states() -> u64 {
    normalize(black_box("+1 (202) 555-0123"), None).map_or(0, |number| number.msisdn.as_u64())
}

#[divan::bench]
fn a_bucket(bencher: Bencher) {
    let Ok(number) = Msisdn::parse("46701234567") else {
        panic!("it is a number");
    };
    bencher.bench(|| Part::bucket(black_box(number)));
}

#[divan::bench]
fn a_digest(bencher: Bencher) {
    let Ok(number) = Msisdn::parse("46701234567") else {
        panic!("it is a number");
    };
    let mut scratch = Vec::new();
    bencher.bench_local(|| row_digest(number, black_box(common::TEMPLATE), &mut scratch));
}

#[divan::bench(sample_count = 10)]
fn rows_by_the_csv_crate_alone(bencher: Bencher) {
    by_the_csv_crate(bencher, &common::list(ROWS));
}

fn by_the_csv_crate(bencher: Bencher, text: &[u8]) {
    bencher.counter(ItemsCount::new(ROWS)).bench(|| {
        let mut reader = csv::Reader::from_reader(text);
        let mut record = csv::ByteRecord::new();
        let mut cells = 0;
        while let Ok(true) = reader.read_byte_record(&mut record) {
            cells += record.len();
        }
        cells
    });
}

#[divan::bench(sample_count = 10)]
fn rows_to_an_audience(bencher: Bencher) {
    to_an_audience(bencher, common::list(ROWS));
}

fn to_an_audience(bencher: Bencher, list: Vec<u8>) {
    let table = table(list);
    bencher.counter(ItemsCount::new(ROWS)).bench(|| {
        let read = read(vec![table.clone()], &[], &ListSettings::default(), || Nothing);
        read.map_or(0, |(audience, _)| audience.len())
    });
}

#[divan::bench(sample_count = 10)]
fn quoted_rows_by_the_csv_crate_alone(bencher: Bencher) {
    by_the_csv_crate(bencher, &common::quoted_list(ROWS));
}

#[divan::bench(sample_count = 10)]
fn quoted_rows_to_an_audience(bencher: Bencher) {
    to_an_audience(bencher, common::quoted_list(ROWS));
}

fn table(bytes: Vec<u8>) -> Table {
    let input = Input {
        file: PathBuf::from("a.csv"),
        bytes: Arc::new(bytes),
    };
    open(input, &Expect::default()).unwrap_or_else(|faults| panic!("{faults:?}"))
}

struct Nothing;

impl Visitor for Nothing {
    fn admits(&mut self, _: &ListRow<'_>) -> Result<bool, RowFault> {
        Ok(true)
    }

    fn add(&mut self, _: &ListRow<'_>) {}

    fn remove(&mut self, _: &ListRow<'_>) {}

    fn merge(&mut self, _: Self) {}
}
