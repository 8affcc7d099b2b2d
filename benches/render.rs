//! What one row costs: rendering by the fast path and by Tera, counting segments, transliterating.
//!
//! `cargo bench --bench render`
#![expect(clippy::panic, reason = "a bench that cannot be set up must fail")]

use std::collections::BTreeMap;
use std::hint::black_box;

use campanile::campaign::{Transliterate, VarValue};
use campanile::model::{Country, Msisdn, Place, SplitSalt, Text};
use campanile::render::{Names, Program, Row, bucket, segment, transliterate_into};

fn main() {
    divan::main();
}

/// Five variables and one `if`.
const SIMPLE: &str = "Hi {{ first_name }}! {% if tier == 'gold' %}Your {{ points }} points{% else %}Your card{% endif %} in {{ city }} \
                      waits at {{ shop }}. Code {{ code }}. STOP: reply STOP";

/// The same with a filter that the fast path does not know, so that Tera renders it.
const FILTERED: &str = "Hi {{ first_name | truncate(length=20) }}! {% if tier == 'gold' %}Your {{ points }} points{% else %}Your card{% endif %} in {{ city }} \
                        waits at {{ shop }}. Code {{ code }}. STOP: reply STOP";

const FIELDS: [&str; 6] = ["46701234567", "Anna", "gold", "1250", "Malmö", "QX81K"];

fn program(body: &str) -> Program {
    let columns = ["msisdn", "first_name", "tier", "points", "city", "code"].map(str::to_owned);
    let vars = BTreeMap::from([("shop".to_owned(), VarValue::Text("Kungsgatan 1".to_owned()))]);
    let names = Names {
        columns: &columns,
        vars: &vars,
        recurring: false,
        variant: None,
    };
    let text = Text {
        text: body.to_owned(),
        place: Place::file("bench.yaml"),
        indent: 0,
        pieces: Vec::new(),
    };
    Program::compile(&text, &names).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn render(bencher: divan::Bencher<'_, '_>, body: &str, compiled: bool) {
    let program = program(body);
    assert_eq!(program.is_compiled(), compiled);
    let mut renderer = program.renderer();
    let country = Country::parse("SE").ok();
    let recipient = Msisdn::parse("46701234567").unwrap_or_else(|fault| panic!("{fault}"));
    let mut out = String::new();
    bencher.bench_local(|| {
        let row = Row {
            recipient,
            country: country.as_ref(),
            fields: black_box(&FIELDS),
            occurrence: None,
            salt: SplitSalt::new("black-friday"),
        };
        renderer.render(&row, &mut out).is_ok()
    });
}

#[divan::bench]
fn render_compiled(bencher: divan::Bencher<'_, '_>) {
    render(bencher, SIMPLE, true);
}

#[divan::bench]
fn render_by_tera(bencher: divan::Bencher<'_, '_>) {
    render(bencher, FILTERED, false);
}

#[divan::bench(args = [("ascii", "Hi Anna! Your 1250 points in Lund wait at Kungsgatan 1. Code QX81K. STOP: reply STOP, today only, bye"),
                       ("gsm7", "Hej Anna! Dina 1250 poäng i Malmö väntar på Kungsgatan 1. Kod QX81K. STOPP: svara STOPP, bara i dag, hej"),
                       ("ucs2", "Hi Anna! Don’t wait: your 1250 points in Malmö wait at Kungsgatan 1. Code QX81K. STOP: reply STOP, bye")])]
fn count_segments(text: &(&str, &str)) -> u32 {
    segment(black_box(text.1)).segments
}

#[divan::bench]
fn transliterate(bencher: divan::Bencher<'_, '_>) {
    let mut out = String::new();
    bencher.bench_local(|| {
        out.clear();
        transliterate_into(black_box("Hi Anna! Don’t wait – Łódź"), Transliterate::Latin, &mut out);
        out.len()
    });
}

#[divan::bench]
fn bucket_of_a_number() -> u8 {
    black_box(Msisdn::parse(black_box("46701234567")))
        .map_or(0, |number| bucket(number, SplitSalt::new("black-friday")))
}
