//! Lists to measure on, and the floors that no plan can go under: reading a list's bytes, and the csv crate's bare parse
//! of it on one thread, every cell of every row. Both print how much they saw, so that nothing can be left out.
//!
//! `cargo bench --bench floors -- list 1000000 a.csv` (or `read a.csv`, `csv a.csv`)
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench prints, and fails when it cannot be set up"
)]

use std::io::Read;

mod common;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["list", rows, file] => {
            let rows = rows.parse().expect("a number of rows");
            std::fs::write(file, common::list(rows)).expect("the list is written");
        }
        ["quoted", rows, file] => {
            let rows = rows.parse().expect("a number of rows");
            std::fs::write(file, common::quoted_list(rows)).expect("the list is written");
        }
        ["read", file] => println!("{} bytes", bytes(file)),
        ["csv", file] => println!("{} cells", cells(file)),
        ["template"] => println!("{}", common::TEMPLATE),
        _ => println!("list ROWS FILE, quoted ROWS FILE, read FILE, csv FILE or template"),
    }
}

fn bytes(file: &str) -> usize {
    let mut file = std::fs::File::open(file).expect("the list is there");
    let mut block = vec![0; 512 << 10];
    let mut bytes = 0;
    loop {
        match file.read(&mut block).expect("it can be read") {
            0 => return bytes,
            count => bytes += count,
        }
    }
}

fn cells(file: &str) -> usize {
    let mut reader = csv::Reader::from_path(file).expect("the list is there");
    let mut record = csv::ByteRecord::new();
    let mut cells = 0;
    while reader.read_byte_record(&mut record).expect("it is CSV") {
        cells += record.len();
    }
    cells
}
