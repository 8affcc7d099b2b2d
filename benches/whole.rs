//! The whole job of `plan`, from a file's bytes to counts and digests, against parsing alone: time and peak memory.
//!
//! `cargo bench --bench whole -- 100000 1000000`
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "a bench measures, prints, and fails when it cannot be set up"
)]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use campanile::audience::{Expect, Input, ReadAt, Settings, open};
use campanile::campaign::{Campaign, read_campaign, read_project};
use campanile::model::Api;
use campanile::plan::{Occasion, Tally, TallySettings, tally};
use campanile::render::PriceTable;

mod common;

const PROJECT: &str = "namespace: acme
timezone: UTC
providers: { sandbox: { kind: sandbox } }
prices:
  - { provider: sandbox, currency: SEK, country: SE, per_segment: \"0.349\" }
";

struct OnDisk(std::fs::File, u64);

impl ReadAt for OnDisk {
    fn size(&self) -> u64 {
        self.1
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(&self.0, buffer, offset)
    }
}

fn campaign(body: &str) -> (Campaign, PriceTable) {
    let project = read_project(Path::new("campanile.yaml"), PROJECT)
        .expect("the project is right")
        .0;
    let body = serde_json::to_string(body).expect("text is JSON");
    let text = format!(
        "sender: ACME\nbody: {body}\nrecipients: [{{ csv: a.csv }}]\ndelivery:\n  windows: [{{ opens: 2031-11-28T09:00, closes: 2031-11-28T20:00 }}]\n"
    );
    let campaign = read_campaign(Path::new("campaigns/a.yaml"), &text, &project, &|_: &Path| {
        Err(String::new())
    });
    let campaign = campaign.expect("the campaign is right").0;
    let prices = PriceTable::new(&project.prices, &campaign.provider, Api::Ip1, 1);
    (campaign, prices)
}

fn whole(campaign: &Campaign, prices: &PriceTable, file: &Path) -> Tally {
    let on_disk = std::fs::File::open(file).expect("the list is there");
    let size = on_disk.metadata().expect("it has a size").len();
    let input = Input {
        file: PathBuf::from("a.csv"),
        bytes: Arc::new(OnDisk(on_disk, size)),
    };
    let table =
        open(input, &Expect::source(campaign, &campaign.sources[0])).unwrap_or_else(|faults| panic!("{faults:?}"));
    let settings = TallySettings {
        api: Api::Ip1,
        prices: prices.clone(),
        occasions: vec![Occasion {
            nominal: None,
            span: None,
        }],
        own_zones: None,
        opt_out: None,
    };
    tally(campaign, &[table], &[], &Settings::default(), settings).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn bare(file: &Path) -> u64 {
    let mut reader = csv::Reader::from_path(file).expect("the list is there");
    let mut record = csv::ByteRecord::new();
    let mut cells = 0;
    while reader.read_byte_record(&mut record).expect("it is CSV") {
        cells += record.len() as u64;
    }
    cells
}

/// The fastest of some runs.
fn fastest<T>(runs: u32, mut job: impl FnMut() -> T) -> (Duration, T) {
    let mut best = None;
    for _ in 0..runs {
        let start = Instant::now();
        let result = job();
        let took = start.elapsed();
        if best.as_ref().is_none_or(|(known, _)| took < *known) {
            best = Some((took, result));
        }
    }
    best.expect("at least one run")
}

/// Most memory this process has held, in bytes (Linux).
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok())
        .unwrap_or(0)
        * 1024
}

fn main() {
    let sizes: Vec<u64> = std::env::args().filter_map(|arg| arg.parse().ok()).collect();
    let sizes = if sizes.is_empty() {
        vec![10_000, 100_000, 1_000_000]
    } else {
        sizes
    };
    let (fast, prices) = campaign(common::TEMPLATE);
    let (slow, _) = campaign(&common::TEMPLATE.replace("{{ city }}", "{{ city | upper | lower | title }}"));
    let before = peak_memory();
    println!(
        "{:>10} {:>10} {:>10} {:>7} {:>10} {:>12} {:>9}",
        "rows", "csv alone", "whole", "times", "ns a row", "bytes a row", "by Tera"
    );
    for rows in sizes {
        let folder = tempfile::tempdir().expect("a folder for the list");
        let file = folder.path().join("a.csv");
        std::fs::write(&file, common::list(rows)).expect("the list is written");
        let runs = if rows > 2_000_000 { 1 } else { 5 };
        let (floor, cells) = fastest(runs, || bare(&file));
        assert_eq!(cells, rows * 6);
        let (took, tally) = fastest(runs, || whole(&fast, &prices, &file));
        let total = tally.groups(0)[0].content.buckets.total();
        assert_eq!(total.recipients, rows);
        let memory = peak_memory().saturating_sub(before);
        drop(tally);
        let (by_tera, _) = fastest(1, || whole(&slow, &prices, &file));
        println!(
            "{rows:>10} {:>8.1}ms {:>8.1}ms {:>7.2} {:>10.0} {:>12} {:>8.2}x",
            floor.as_secs_f64() * 1e3,
            took.as_secs_f64() * 1e3,
            took.as_secs_f64() / floor.as_secs_f64(),
            took.as_secs_f64() * 1e9 / rows as f64,
            memory / rows,
            by_tera.as_secs_f64() / took.as_secs_f64(),
        );
        eprintln!(
            "  segments {} estimate {:?}",
            total.segments,
            total.estimate.amounts().collect::<Vec<_>>()
        );
    }
}
