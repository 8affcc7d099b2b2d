//! One pass against a naive account of the same rows, and what must not change.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use proptest::prelude::*;

use super::super::totals::Totals;
use super::*;
use crate::audience::{Expect, Input, ListSettings, ReadAt, open};
use crate::campaign::{Price, PriceScope, Source, read_campaign, read_project};
use crate::desired::buckets::Buckets;
use crate::model::{Api, AudienceDigest, Currency, Encoding, LocalTime, Msisdn, Part, Place, ProviderName, row_digest};
use crate::render::{PriceTable, segment};
use crate::schedule::{Closing, RecipientZones, Zone};

pub(super) const PROJECT: &str = "namespace: acme\ntimezone: UTC\nproviders: { sandbox: { kind: sandbox } }\n";

pub(super) const ONCE: &str = "  windows: [{ opens: 2031-11-28T09:00, closes: 2031-11-28T20:00 }]";
const DAILY: &str = "  cron: \"0 10 * * *\"\n  open_for: 1h";

fn campaign(body: &str, sources: &str) -> Campaign {
    campaign_with(body, sources, ONCE)
}

fn campaign_with(body: &str, sources: &str, delivery: &str) -> Campaign {
    let project = read_project(Path::new("campanile.yaml"), PROJECT).unwrap().0;
    let body = serde_json::to_string(body).unwrap();
    let text = format!("sender: ACME\nbody: {body}\nrecipients:\n{sources}\ndelivery:\n{delivery}\n");
    let read = read_campaign(Path::new("campaigns/promo.yaml"), &text, &project, &|_: &Path| {
        Err("none".into())
    });
    read.unwrap_or_else(|faults| panic!("{faults:?}")).0
}

pub(super) fn table(campaign: &Campaign, source: usize, text: &str) -> Table {
    let input = Input {
        file: PathBuf::from(format!("{source}.csv")),
        bytes: Arc::new(text.as_bytes().to_vec()) as Arc<dyn ReadAt>,
    };
    open(input, &Expect::source(campaign, &campaign.sources[source])).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn prices() -> PriceTable {
    let country = crate::model::Country::parse("SE").unwrap();
    let scopes = [PriceScope::Prefix("46701".to_owned()), PriceScope::Country(country)];
    priced(scopes.into_iter().zip(["0.50", "0.35"]))
}

fn priced<'a>(prices: impl Iterator<Item = (PriceScope, &'a str)>) -> PriceTable {
    let provider = ProviderName::parse("sandbox").unwrap();
    let price = |(scope, text): (PriceScope, &str)| Price {
        provider: provider.clone(),
        currency: Currency::parse("SEK").unwrap(),
        scope,
        per_segment: text.parse().unwrap(),
        as_of: None,
    };
    let prices: Vec<Price> = prices.map(price).collect();
    PriceTable::new(&prices, &provider, Api::Ip1, 1)
}

pub(super) fn settings() -> AggregateSettings {
    AggregateSettings {
        api: Api::Ip1,
        prices: prices(),
        occasions: vec![Occasion {
            nominal: None,
            span: None,
        }],
        own_zones: None,
        opt_out: None,
        holdout: None,
        can_leave_out: true,
        most_per_part: Some(100),
    }
}

fn zone(name: &str) -> Zone {
    Zone::find(&crate::model::ZoneName::parse(name).unwrap()).unwrap()
}

fn own_countries() -> BTreeMap<crate::model::Country, Zone> {
    BTreeMap::from([(crate::model::Country::parse("US").unwrap(), zone("America/New_York"))])
}

/// A window on each recipient's own clock, by the column `tz`.
pub(super) fn own_zones() -> AggregateSettings {
    let local = |text| LocalTime::parse(text).unwrap();
    AggregateSettings {
        occasions: vec![Occasion {
            nominal: None,
            span: Some(LocalSpan {
                opens: local("2031-11-28T09:00"),
                closes: Closing::At(local("2031-11-28T20:00")),
            }),
        }],
        own_zones: Some(OwnZones {
            zones: RecipientZones::new(Some(&own_countries()), Some(&zone("Europe/Stockholm"))),
            column: Some("tz".to_owned()),
            place: Place::default(),
        }),
        ..settings()
    }
}

fn occasions(times: &[&str]) -> AggregateSettings {
    let nominal = |text: &&str| Some(LocalTime::parse(text).unwrap());
    AggregateSettings {
        occasions: times
            .iter()
            .map(|text| Occasion {
                nominal: nominal(text),
                span: None,
            })
            .collect(),
        ..settings()
    }
}

pub(super) fn reading(block_bytes: usize) -> ListSettings {
    ListSettings {
        block_bytes,
        ..ListSettings::default()
    }
}

#[expect(clippy::needless_pass_by_value, reason = "settings are made where they are used")]
pub(super) fn aggregated(
    campaign: &Campaign,
    texts: &[&str],
    block: usize,
    settings: AggregateSettings,
) -> Result<Aggregate, Vec<Diagnostic>> {
    let tables = texts
        .iter()
        .enumerate()
        .map(|(at, text)| table(campaign, at, text))
        .collect::<Vec<Table>>();
    aggregate(campaign, &tables, &[], &reading(block), &settings)
}

/// Alone, or together with others that read the same lists.
fn aggregate(
    campaign: &Campaign,
    tables: &[Table],
    suppressed: &[&NumberSet],
    reading: &ListSettings,
    settings: &AggregateSettings,
) -> Result<Aggregate, Vec<Diagnostic>> {
    let job = |campaign| AggregateJob {
        campaign,
        tables: tables.to_vec(),
        suppressed: suppressed.to_vec(),
        settings: settings.clone(),
    };
    let other = Campaign {
        sources: (campaign.sources.iter().cloned())
            .map(|source| Source {
                condition: None,
                ..source
            })
            .collect(),
        ..campaign.clone()
    };
    let jobs = if reading.block_bytes.is_multiple_of(2) {
        vec![job(&other), job(campaign), job(campaign)]
    } else {
        vec![job(campaign)]
    };
    let made = aggregate_all(jobs, reading).pop().unwrap();
    made.map_err(|unmade| match unmade {
        Unmade::Texts(faults) | Unmade::Rows(faults) => faults,
    })
}

fn content(aggregate: &Aggregate) -> &GroupContent {
    &aggregate.groups(0)[0].content
}

fn wording(faults: &[Diagnostic]) -> Vec<String> {
    faults
        .iter()
        .map(|fault| format!("{} {}", fault.code, fault.message))
        .collect()
}

fn failed(outcome: Result<Aggregate, Vec<Diagnostic>>) -> Vec<String> {
    wording(&outcome.err().expect("it has faults"))
}

const SOURCE: &str = "  - csv: a.csv";

/// What a naive account of messages says.
fn naively<'m>(messages: impl IntoIterator<Item = (&'m u64, &'m String)>) -> Totals {
    let mut totals = Totals::default();
    let mut digest = AudienceDigest::default();
    for (number, body) in messages {
        let number = Msisdn::from_u64(*number).unwrap();
        let counted = segment(body);
        totals.recipients += 1;
        totals.messages_gsm7 += u64::from(counted.encoding == Encoding::Gsm7);
        totals.messages_ucs2 += u64::from(counted.encoding == Encoding::Ucs2);
        totals.segments += u64::from(counted.segments);
        totals.max_segments_per_message = totals.max_segments_per_message.max(counted.segments);
        let is_dear = number.digits().starts_with("46701");
        totals.estimate.add(crate::model::Money {
            amount: (if is_dear { "0.50" } else { "0.35" })
                .parse::<rust_decimal::Decimal>()
                .unwrap()
                * rust_decimal::Decimal::from(counted.segments),
            currency: Currency::parse("SEK").unwrap(),
        });
        digest.add(row_digest(number, body, &mut Vec::new()));
    }
    totals.digest = digest;
    totals
}

/// Rows of two lists: number, name, and whether `where` wants it.
fn rows() -> impl Strategy<Value = [Vec<(u64, String, bool)>; 2]> {
    let name = prop_oneof!["[a-zåäö]{1,8}", "[a-z]{100,180}", "[’–é]{1,3}", "ş[a-z]{60,80}"];
    let number = (0_u64..30).prop_map(|n| {
        if n % 2 == 0 {
            46_701_000_000 + n
        } else {
            46_730_000_000 + n
        }
    });
    let list = prop::collection::vec((number, name, prop::bool::weighted(0.8)), 1..30);
    [list.clone(), list]
}

fn csv(rows: &[(u64, String, bool)]) -> String {
    let mut text = "msisdn,name,ok\n".to_owned();
    for (number, name, ok) in rows {
        let ok = if *ok { "yes" } else { "no" };
        for piece in [&number.to_string(), ",", name, ",", ok, "\n"] {
            text.push_str(piece);
        }
    }
    text
}

proptest! {
    #[test]
    fn one_pass_counts_what_a_naive_account_counts([first, second] in rows(), block in 1_usize..400, bits in 0_u8..4) {
        let sources = "  - csv: a.csv\n    where: \"ok == 'yes'\"\n  - csv: b.csv\n    body: \"B {{ name }}\"";
        let campaign = campaign("Hi {{ name }}!", sources);
        let mut expected: BTreeMap<u64, String> = BTreeMap::new();
        for (number, name, _) in first.iter().filter(|row| row.2) {
            expected.entry(*number).or_insert(format!("Hi {name}!"));
        }
        for (number, name, _) in &second {
            expected.entry(*number).or_insert(format!("B {name}"));
        }
        let aggregate = aggregated(&campaign, &[&csv(&first), &csv(&second)], block, settings()).unwrap_or_else(|f| panic!("{f:?}"));
        let content = content(&aggregate);
        prop_assert_eq!(content.buckets.total(), naively(&expected));
        prop_assert_eq!(content.numbers.len(), expected.len());
        let mut by_segments: BTreeMap<u32, u64> = BTreeMap::new();
        for body in expected.values() {
            *by_segments.entry(segment(body).segments).or_default() += 1;
        }
        prop_assert_eq!(&content.segments_per_message, &by_segments);
        prop_assert_eq!(content.countries.values().sum::<u64>(), expected.len() as u64);
        let with_quote = expected.values().filter(|body| body.contains('’')).count() as u64;
        prop_assert_eq!(content.ucs2_causes.iter().find(|cause| cause.character == '’').map_or(0, |cause| cause.messages), with_quote);

        let mut sent: BTreeMap<u64, String> = BTreeMap::new();
        for k in 0..1 << bits {
            let part = Part::new(bits, k).unwrap();
            let messages = aggregate.messages(0, Group::Single, part).unwrap();
            let of_part: BTreeMap<u64, String> = messages.into_iter().map(|m| (m.recipient.as_u64(), m.body)).collect();
            prop_assert_eq!(content.buckets.part(part), naively(&of_part));
            sent.extend(of_part);
        }
        prop_assert_eq!(sent, expected);
    }

    #[test]
    fn the_order_of_rows_never_matters(mut list in prop::collection::vec("[a-zåäö’]{1,8}", 1..60), seed in any::<u64>()) {
        let campaign = campaign("Hi {{ name }}!", SOURCE);
        let numbered: Vec<(u64, String, bool)> = list.drain(..).zip(46_730_000_000..).map(|(name, n)| (n, name, true)).collect();
        let mut shuffled = numbered.clone();
        shuffled.sort_by_key(|(n, ..)| n.wrapping_mul(seed | 1).rotate_left(17));
        let of = |rows: &[(u64, String, bool)]| {
            let aggregate = aggregated(&campaign, &[&csv(rows)], 64, settings()).unwrap();
            (quarters(&content(&aggregate).buckets), content(&aggregate).ucs2_causes.clone())
        };
        prop_assert_eq!(of(&numbered), of(&shuffled));
    }
}

proptest! {
    #[test]
    fn rows_cost_what_their_own_country_costs(countries in prop::collection::vec(0_usize..4, 1..12)) {
        let country = |code: &str| PriceScope::Country(crate::model::Country::parse(code).unwrap());
        let prices = [(country("SE"), "0.35"), (country("NO"), "0.5"), (country("GB"), "1")];
        let first = [46_701_740_600_u64, 4_790_000_000, 447_400_123_400, 12_025_550_100];
        let lines = countries.iter().enumerate().map(|(row, at)| format!("{}\n", first[*at] + row as u64));
        let list = format!("msisdn\n{}", lines.collect::<String>());
        let settings = AggregateSettings { prices: priced(prices.into_iter()), ..settings() };
        let aggregate = aggregated(&campaign("Hi", "  - csv: a.csv"), &[&list], 63, settings).unwrap();
        let estimate = content(&aggregate).buckets.total().estimate;
        let times = |wanted: usize| countries.iter().filter(|at| **at == wanted).count();
        let cost = 35 * times(0) + 50 * times(1) + 100 * times(2);
        let currency = Currency::parse("SEK").unwrap();
        prop_assert_eq!(estimate.in_currency(currency), rust_decimal::Decimal::new(i64::try_from(cost).unwrap(), 2));
        prop_assert_eq!(estimate.unpriced_segments(), times(3) as u64);
    }
}

fn quarters(buckets: &Buckets) -> Vec<Totals> {
    (0..4).map(|k| buckets.part(Part::new(2, k).unwrap())).collect()
}

#[test]
fn one_more_row_among_5000_changes_one_part() {
    let campaign = campaign("Hi {{ name }}!", SOURCE);
    let rows: Vec<(u64, String, bool)> = (0..5001)
        .map(|n| (46_730_000_000 + n * 7, format!("name {n}"), true))
        .collect();
    let parts = |rows: &[(u64, String, bool)]| {
        let aggregate = aggregated(&campaign, &[&csv(rows)], 4096, settings()).unwrap();
        let buckets = &content(&aggregate).buckets;
        (0..8)
            .map(|k| buckets.part(Part::new(3, k).unwrap()))
            .collect::<Vec<Totals>>()
    };
    let (before, after) = (parts(&rows[..5000]), parts(&rows));
    let changed = before
        .iter()
        .zip(&after)
        .filter(|(before, after)| before != after)
        .count();
    assert_eq!((before.len(), after.len(), changed), (8, 8, 1));
}

#[test]
fn what_is_wrong_with_a_duplicate_does_not_count() {
    let campaign = campaign("{{ name }}", SOURCE);
    let long = "x".repeat(400);
    let text =
        format!("msisdn,name\n46730000001,Ann\n46730000001,\n46730000002,Bo\n46730000002,{long}\n46730000001,{{}}\n");
    let aggregate = aggregated(&campaign, &[&text], 16, settings()).unwrap_or_else(|faults| panic!("{faults:?}"));
    let total = content(&aggregate).buckets.total();
    assert_eq!(
        (total.recipients, total.segments, total.max_segments_per_message),
        (2, 2, 1)
    );
    let faults = failed(aggregated(
        &campaign,
        &["msisdn,name\n46730000001,\n46730000002,Bo\n"],
        16,
        settings(),
    ));
    assert_eq!(
        faults,
        ["C210 the message is empty or blank in 1 row of `0.csv` (line 2)"]
    );
}

#[test]
fn marks_of_a_placeholder_are_refused_only_in_personalized_texts() {
    let rows = "msisdn,name\n46730000001,a\n46730000002,b\n";
    let same = campaign("Use code {A}", SOURCE);
    assert!(aggregated(&same, &[rows], 64, settings()).is_ok());
    let differs = campaign("{{ name }}: {A}", SOURCE);
    let faults = failed(aggregated(&differs, &[rows], 64, settings()));
    assert_eq!(faults.len(), 1);
    assert!(
        faults[0].starts_with("C214 ") && faults[0].ends_with("2 rows of `0.csv` (lines 2, 3)"),
        "{faults:?}"
    );
}

#[test]
fn texts_that_name_the_occurrence_are_counted_for_each_and_others_once() {
    let rows = "msisdn,name\n46730000001,a\n46730000002,b\n";
    let times = ["2027-01-04T10:00", "2027-01-05T10:00"];
    let plain = campaign_with("Hi {{ name }}", SOURCE, DAILY);
    let aggregate = aggregated(&plain, &[rows], 64, occasions(&times)).unwrap();
    assert!(Arc::ptr_eq(
        &aggregate.groups(0)[0].content,
        &aggregate.groups(1)[0].content
    ));
    let dated = campaign_with("{{ name }} on {{ occurrence.date }}", SOURCE, DAILY);
    let aggregate = aggregated(&dated, &[rows], 64, occasions(&times)).unwrap();
    let bodies = |occasion| -> BTreeSet<String> {
        let messages = aggregate.messages(occasion, Group::Single, Part::WHOLE).unwrap();
        messages.into_iter().map(|message| message.body).collect()
    };
    assert_eq!(
        bodies(1),
        BTreeSet::from(["a on 2027-01-05".to_owned(), "b on 2027-01-05".to_owned()])
    );
    assert_ne!(
        aggregate.groups(0)[0].content.buckets.total().digest,
        aggregate.groups(1)[0].content.buckets.total().digest
    );
}

#[test]
fn a_condition_on_the_occurrence_gives_each_its_own_people() {
    let source = "  - csv: a.csv\n    where: \"name == 'all' or occurrence.weekday == 2\"";
    let campaign = campaign_with("Hi", source, DAILY);
    let rows = "msisdn,name\n46730000001,all\n46730000002,tuesdays\n";
    let aggregate = aggregated(
        &campaign,
        &[rows],
        64,
        occasions(&["2027-01-04T10:00", "2027-01-05T10:00"]),
    )
    .unwrap();
    let people = |occasion: usize| aggregate.groups(occasion)[0].content.numbers.len();
    assert_eq!((people(0), people(1)), (1, 2));
    assert_eq!(aggregate.messages(1, Group::Single, Part::WHOLE).unwrap().len(), 2);
}

#[test]
fn an_occasion_that_leaves_nobody_is_no_fault() {
    let source = "  - csv: a.csv\n    where: \"birthday[5:10] == occurrence.date[5:10]\"";
    let campaign = campaign_with("Hi", source, DAILY);
    let rows = "msisdn,birthday\n46730000001,1990-01-05\n";
    let days = |days: &[&str]| aggregated(&campaign, &[rows], 64, occasions(days)).unwrap();
    let one = days(&["2027-01-04T10:00", "2027-01-05T10:00"]);
    let people = |occasion: usize| {
        one.groups(occasion)
            .iter()
            .map(|group| group.content.numbers.len())
            .sum::<usize>()
    };
    assert_eq!([people(0), people(1)], [0, 1]);
    assert_eq!(wording(one.warnings()), Vec::<String>::new());
    let none = days(&["2027-01-06T10:00", "2027-01-07T10:00"]);
    assert_eq!(
        wording(none.warnings()),
        ["C215 `where` selects none of 1 rows, on any of the days ahead"]
    );
}

#[test]
fn recipients_are_grouped_by_the_offset_of_their_clocks() {
    let campaign = campaign("Hi {{ name }}", SOURCE);
    let rows = "msisdn,name,tz\n46730000001,a,\n46730000002,b,Europe/Paris\n12025550123,c,\n447911123456,d,Europe/London\n447911123456,again,Europe/Paris\n";
    let settings = own_zones();
    let aggregate = aggregated(&campaign, &[rows], 16, settings.clone()).unwrap_or_else(|faults| panic!("{faults:?}"));
    let groups: Vec<(Group, usize, u64)> = aggregate
        .groups(0)
        .iter()
        .map(|group| {
            (
                group.group,
                group.content.numbers.len(),
                group.content.buckets.total().recipients,
            )
        })
        .collect();
    assert_eq!(
        groups,
        [
            (Group::Offset(-20), 1, 1),
            (Group::Offset(0), 1, 1),
            (Group::Offset(4), 2, 2)
        ]
    );
    let stockholm = aggregate.messages(0, Group::Offset(4), Part::WHOLE).unwrap();
    let bodies: BTreeSet<&str> = stockholm.iter().map(|message| message.body.as_str()).collect();
    assert_eq!(bodies, BTreeSet::from(["Hi a", "Hi b"]));
    let levels: Vec<(Level, u64)> = aggregate
        .levels()
        .iter()
        .map(|(level, count)| (*level, *count))
        .collect();
    assert_eq!(levels, [(Level::Column, 2), (Level::Country, 1), (Level::Fallback, 1)]);

    let nowhere = AggregateSettings {
        own_zones: settings.own_zones.clone().map(|own| OwnZones {
            zones: RecipientZones::new(Some(&own_countries()), None),
            ..own
        }),
        ..settings
    };
    let faults = failed(aggregated(
        &campaign,
        &["msisdn,name,tz\n46730000001,a,\n46730000002,b,Mars\n"],
        16,
        nowhere,
    ));
    assert_eq!(
        faults,
        [
            "C309 the time zone is no IANA name in 1 row of `0.csv` (line 3)",
            "C309 no time zone is known in 1 row of `0.csv` (line 2)"
        ]
    );
}

#[test]
fn an_unknown_name_says_how_many_people_it_concerns() {
    let campaign = campaign("Hi {{ nmae }}", SOURCE);
    let table = table(&campaign, 0, "msisdn,name\n46730000001,a\n46730000002,b\n");
    let faults = aggregate(&campaign, &[table], &[], &reading(64), &settings())
        .err()
        .unwrap();
    assert!(
        faults[0]
            .hints
            .contains(&"it concerns the 2 rows of `0.csv`".to_owned()),
        "{faults:?}"
    );
}

#[test]
fn conditions_that_decide_nothing_and_texts_without_an_opt_out_are_told() {
    let campaign = campaign("Hi {{ name }}", "  - csv: a.csv\n    where: \"name != 'nobody'\"");
    let settings = AggregateSettings {
        opt_out: Some(regex::Regex::new("(?i)stop").unwrap()),
        ..settings()
    };
    let aggregate = aggregated(
        &campaign,
        &["msisdn,name\n46730000001,a\n46730000002,stop\n46730000001,a\n"],
        8,
        settings,
    )
    .unwrap();
    assert_eq!(aggregate.without_opt_out(), 1);
    assert_eq!(
        wording(aggregate.warnings()),
        ["C215 `where` selects every one of 3 rows"]
    );
}

#[test]
fn an_audience_that_suppressions_have_emptied_is_no_error() {
    let campaign = campaign("Hi {{ name }}", SOURCE);
    let table = table(&campaign, 0, "msisdn,name\n46730000001,a\n");
    let stop = NumberSet::new([Msisdn::parse("46730000001").unwrap()]);
    let aggregate =
        aggregate(&campaign, &[table], &[&stop], &reading(64), &settings()).unwrap_or_else(|f| panic!("{f:?}"));
    assert!(content(&aggregate).buckets.is_empty());
    assert!(aggregate.audience(0).unwrap().is_emptied_by_suppressions());
}

/// A campaign in Swedish, Norwegian and English.
fn in_languages(rule: &str) -> Campaign {
    let project = read_project(Path::new("campanile.yaml"), PROJECT).unwrap().0;
    let text = format!(
        "sender: ACME\nbody:\n  sv: Hej {{{{ n }}}}\n  nb: Hei {{{{ n }}}}\n  en: Hi!\nlanguage: {rule}\n\
         opt_out_text: {{ sv: STOPP, nb: STOPP, en: STOP }}\nrecipients:\n{SOURCE}\ndelivery:\n{ONCE}\n"
    );
    let read = read_campaign(Path::new("campaigns/promo.yaml"), &text, &project, &|_: &Path| {
        Err("none".into())
    });
    read.unwrap_or_else(|faults| panic!("{faults:?}")).0
}

#[test]
fn everybody_gets_their_language_in_the_same_parts() {
    let campaign = in_languages("{ column: lang, by_country: { NO: nb }, fallback: en }");
    let list = "msisdn,n,lang\n46701234567,A,sv-SE\n46701234568,B,no\n4790123456,C,\n46701234569,D,\n\
                46701234560,E,fi\n46701234561,F,EN\n46701234561,F,sv\n";
    for block in [64, 1 << 20] {
        let aggregate = aggregated(&campaign, &[list], block, settings()).unwrap_or_else(|faults| panic!("{faults:?}"));
        let messages = aggregate.messages(0, Group::Single, Part::WHOLE).unwrap();
        let texts: BTreeMap<u64, String> = messages.into_iter().map(|m| (m.recipient.as_u64(), m.body)).collect();
        let expected = [
            (4_790_123_456, "Hei C\nSTOPP"),
            (46_701_234_560, "Hi!\nSTOP"),
            (46_701_234_561, "Hi!\nSTOP"),
            (46_701_234_567, "Hej A\nSTOPP"),
            (46_701_234_568, "Hei B\nSTOPP"),
            (46_701_234_569, "Hi!\nSTOP"),
        ];
        let expected: BTreeMap<u64, String> = expected.map(|(number, text)| (number, text.to_owned())).into();
        assert_eq!(texts, expected);
        let naive = naively(&texts);
        assert_eq!(content(&aggregate).buckets.total().digest, naive.digest);
        let spoken: Vec<String> = aggregate
            .languages()
            .iter()
            .map(|(language, spoken)| format!("{language} {}", spoken.people))
            .collect();
        assert_eq!(spoken, ["en 3", "nb 2", "sv 1"]);
        let notes = wording(aggregate.warnings());
        assert!(
            notes.contains(&"C047 1 person whose language has no text gets the one of `fallback`, `en`".to_owned()),
            "{notes:?}"
        );
        let (payload, digest) = aggregate
            .payload(0, Group::Single, Part::WHOLE, &NumberSet::default())
            .unwrap();
        assert_eq!((payload.len(), digest), (6, naive.digest));
    }
}

#[test]
fn rows_without_a_text_are_errors_with_their_count() {
    let list =
        "msisdn,n,lang\n46701234567,A,fi\n46701234568,B,Swedish\n46701234569,C,\n46701234560,D,fi\n46701234561,E,sv\n";
    let campaign = in_languages("{ column: lang }");
    assert_eq!(
        failed(aggregated(&campaign, &[list], 1 << 20, settings())),
        [
            "C047 the language is no tag like `sv` or `pt-BR` in 1 row of `0.csv` (line 3)",
            "C047 there is no text for `fi` in 2 rows of `0.csv` (lines 2, 5)",
            "C047 no language is known in 1 row of `0.csv` (line 4)",
        ]
    );
    let lacking = failed(aggregated(
        &in_languages("{ column: language, fallback: en }"),
        &[list],
        1 << 20,
        settings(),
    ));
    assert!(lacking[0].contains("`language`"), "{lacking:?}");
}

/// Severity, line, words and hints of each diagnostic.
fn told(aggregate: &Aggregate) -> Vec<String> {
    aggregate
        .warnings()
        .iter()
        .map(|warning| {
            let line = warning.place.as_ref().map_or(0, |place| place.line);
            format!(
                "{:?} {line}: {} -> {}",
                warning.severity,
                warning.message,
                warning.hints.join("; ")
            )
        })
        .collect()
}

#[test]
fn words_for_nothing_are_told_with_their_count_and_first_line() {
    let campaign = campaign("Hi {{ n }}", SOURCE);
    let list = "msisdn,n,unused\n46730000001,NULL,NULL\n46730000002,#N/A,\n46730000003,\\N,\n46730000004, NULL ,\n\
                46730000001,NULL,\n46730000005,Null,\n";
    let aggregate = aggregated(&campaign, &[list], 16, settings()).unwrap();
    let hint = |word: &str| format!("if that is a word for nothing, say so in the source: `null_values: [\"{word}\"]`");
    assert_eq!(
        told(&aggregate),
        [
            format!(
                "Warning 3: 1 row says `#N/A` in `n`, and so do their messages -> {}",
                hint("#N/A")
            ),
            format!(
                "Warning 2: 2 rows say `NULL` in `n`, and so do their messages -> {}",
                hint("NULL")
            ),
            format!(
                "Warning 4: 1 row says `\\N` in `n`, and so do their messages -> {}",
                hint("\\\\N")
            ),
        ]
    );
}

#[test]
fn null_values_make_cells_empty_before_anything_looks_at_them() {
    let sources = "  - csv: a.csv\n    null_values: [\"NULL\", \"\\\\N\"]\n    where: \"n == ''\"";
    let campaign = campaign("Hi {{ n or 'friend' }}", sources);
    let list = "msisdn,n\n46730000001,NULL\n46730000002,\\N\n46730000003,\"NULL\"\n46730000004,Ann\n";
    let aggregate = aggregated(&campaign, &[list], 16, settings()).unwrap();
    assert_eq!(told(&aggregate), Vec::<String>::new());
    let messages = aggregate.messages(0, Group::Single, Part::WHOLE).unwrap();
    assert_eq!(messages.len(), 3);
    assert!(messages.iter().all(|message| message.body == "Hi friend"));
}

#[test]
fn empty_cells_are_noted_where_nobody_asks_for_them() {
    let list = "msisdn,n\n46730000001,Ann\n46730000002,\n46730000003, \n46730000002,\n";
    let bare = aggregated(&campaign("Hi {{ n }}", SOURCE), &[list], 16, settings()).unwrap();
    assert_eq!(
        told(&bare),
        ["Note 3: `n` is empty in 2 of 3 messages -> say what to print instead: `{{ n or 'friend' }}`"]
    );
    let asked = aggregated(&campaign("Hi {{ n or 'friend' }}", SOURCE), &[list], 16, settings()).unwrap();
    assert_eq!(told(&asked), Vec::<String>::new());
}

#[test]
fn destroyed_text_is_told_in_cells_and_in_bodies() {
    let list = "msisdn,n\n46730000001,Ren\u{fffd}\n46730000002,HÃ¥kan\n46730000003,Åsa\n";
    let cells = aggregated(&campaign("Hi {{ n }}!", SOURCE), &[list], 16, settings()).unwrap();
    let hint = "export the list again, as UTF-8, from where the text is still whole";
    assert_eq!(
        told(&cells),
        [format!(
            "Warning 2: 2 rows have destroyed text in `n`; line 2 has U+FFFD, the sign for a lost character -> {hint}"
        )]
    );
    let body = aggregated(
        &campaign("Hej HÃ¥kan {{ n }}!", SOURCE),
        &["msisdn,n\n46730000001,a\n"],
        16,
        settings(),
    )
    .unwrap();
    assert_eq!(
        wording(body.warnings()),
        ["C218 the text has `Ã¥`, which was probably `å`: UTF-8 once read as something else"]
    );
}

#[test]
fn a_line_end_in_a_cell_is_the_same_wherever_the_list_was_written() {
    let campaign = campaign("{{ n }}", SOURCE);
    let body = |cell: &str| {
        let list = format!("msisdn,n\n46730000001,\"{cell}\"\n");
        let aggregate = aggregated(&campaign, &[&list], 16, settings()).unwrap();
        let (_, digest) = aggregate
            .payload(0, Group::Single, Part::WHOLE, &NumberSet::default())
            .unwrap();
        (
            aggregate
                .messages(0, Group::Single, Part::WHOLE)
                .unwrap()
                .remove(0)
                .body,
            digest,
        )
    };
    assert_eq!(body("a\r\nb"), body("a\nb"));
    assert_eq!(body("a\nb").0, "a\nb");
}

#[test]
fn characters_that_a_database_has_escaped_are_told() {
    let list =
        "msisdn\tn\n46730000001\tline one\\nline two\n46730000002\tC:\\\\x\n46730000003\tC:\\new\n46730000004\ta\\b\n";
    let aggregate = aggregated(&campaign("{{ n }}", SOURCE), &[list], 16, settings()).unwrap();
    assert_eq!(
        wording(aggregate.warnings()),
        ["C113 2 rows have characters escaped with a backslash in `n`, like `\\n`, and so do their messages"]
    );
}
