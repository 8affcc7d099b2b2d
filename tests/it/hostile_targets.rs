//! One function for every kind of hostile input: any bytes go in, a broken promise panics, nothing comes out.
//!
//! Shared by the property tests of the normal suite (`hostile_input.rs`) and by the fuzz targets in `fuzz/`, so that
//! both judge the same promises: no panic, bounded output, and a round trip where there is one.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use campanile::apply::parse_lines;
use campanile::audience::{Expect, Input, ListSettings, NationalPlan, normalize, open, read_numbers};
use campanile::campaign::{Project, possible_references, read_campaign, read_project};
use campanile::emulator::faults;
use campanile::model::{
    Api, BatchId, Country, Diagnostic, Instant, LocalTime, Msisdn, Place, ProviderName, Reference, Sender, SplitSalt,
    Text, ZoneName, format_duration, parse_duration,
};
use campanile::provider::answers::{error_text, next_start, understand};
use campanile::provider::{AnyProvider, Connection, Provider};
use campanile::render::{MAX_MESSAGE_BYTES, Names, Predicate, Program, Row, segment, units_per_segment};
use campanile::report::{Layout, PlanView, plan_to_html, plan_to_json, plan_to_markdown, plan_to_text};
use campanile::schedule::{Cron, Zone};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Every target by the name of its corpus folder.
pub const TARGETS: [(&str, fn(&[u8])); 17] = [
    ("project_yaml", project_yaml),
    ("campaign_yaml", campaign_yaml),
    ("csv", csv),
    ("numbers", numbers),
    ("template", template),
    ("condition", condition),
    ("segments", segments),
    ("reference", reference),
    ("provider_answer", provider_answer),
    ("error_body", error_body),
    ("batches", batches),
    ("link_header", link_header),
    ("saved_plan", saved_plan),
    ("fault_file", fault_file),
    ("duration", duration),
    ("cron", cron),
    ("journal", journal),
];

/// The project in which campaigns are read.
const PROJECT: &str = "namespace: acme\ntimezone: Europe/Stockholm\nproviders: { sandbox: { kind: sandbox } }\n";

/// What is told about a file must be short enough to be read and must not act at a terminal.
fn judge(diagnostics: &[Diagnostic]) {
    for diagnostic in diagnostics {
        assert!(
            diagnostic.message.len() < 8 << 10,
            "a message of {} bytes",
            diagnostic.message.len()
        );
        assert!(
            !diagnostic.message.chars().any(|c| c == '\u{1b}' || c == '\u{7}'),
            "{:?}",
            diagnostic.message
        );
    }
    assert!(diagnostics.len() < 100_000);
}

/// `campanile.yaml`.
pub fn project_yaml(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match read_project(Path::new("campanile.yaml"), &text) {
        Ok((_, warnings)) => judge(&warnings),
        Err(faults) => {
            assert!(faults.iter().any(Diagnostic::is_error));
            judge(&faults);
        }
    }
}

/// A campaign file.
pub fn campaign_yaml(data: &[u8]) {
    static PROJECT_READ: OnceLock<Project> = OnceLock::new();
    let project = PROJECT_READ.get_or_init(|| read_project(Path::new("campanile.yaml"), PROJECT).unwrap().0);
    let text = String::from_utf8_lossy(data);
    let file = Path::new("campaigns/any.yaml");
    let nobody = |_: &Path| Err("there is no such file".into());
    let read = read_campaign(file, &text, project, &nobody);
    let possible = possible_references(file, &text);
    match read {
        Ok((campaign, warnings)) => {
            judge(&warnings);
            assert!(
                campaign
                    .sources
                    .iter()
                    .all(|source| !source.origin.name().starts_with("/"))
            );
            assert!(possible.contains(&campaign.reference));
        }
        Err(faults) => {
            assert!(faults.iter().any(Diagnostic::is_error));
            judge(&faults);
        }
    }
}

/// A list of numbers, in any dialect. No cell of it is ever told.
pub fn csv(data: &[u8]) {
    let input = Input {
        file: "list.csv".into(),
        bytes: Arc::new(data.to_vec()),
    };
    let settings = ListSettings {
        national_plan: Country::parse("SE")
            .ok()
            .and_then(|country| NationalPlan::new(&country)),
        ..ListSettings::default()
    };
    let read = open(input, &Expect::list()).and_then(|table| {
        let rows = table.count_rows();
        assert!(rows <= data.len() as u64);
        read_numbers(vec![table], &settings)
    });
    match read {
        Ok(numbers) => assert!(numbers.len() <= data.len()),
        Err(faults) => {
            assert!(!faults.is_empty());
            judge(&faults);
        }
    }
}

/// A cell that should be a phone number.
pub fn numbers(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let home = Country::parse("SE")
        .ok()
        .and_then(|country| NationalPlan::new(&country));
    for home in [None, home.as_ref()] {
        if let Ok(number) = normalize(&text, home) {
            let digits = number.msisdn.digits();
            assert!((7..=15).contains(&digits.len()));
            let again = normalize(&format!("+{digits}"), home);
            assert_eq!(again.ok().map(|number| number.msisdn), Some(number.msisdn));
            assert_eq!(Msisdn::parse(&digits).ok(), Some(number.msisdn));
            assert!(!format!("{:?}", number.msisdn).contains(&digits));
        }
    }
}

fn names() -> (Vec<String>, BTreeMap<String, campanile::campaign::VarValue>) {
    let columns = ["msisdn", "name", "town", "points"].map(str::to_owned).to_vec();
    (columns, BTreeMap::new())
}

fn rows() -> [[&'static str; 4]; 3] {
    [
        ["46701740605", "Åsa", "Växjö", "17"],
        ["46701740606", "", "{{ name }} ${x} {y}", "-1"],
        [
            "46701740607",
            "👩‍👧\u{202e}\"'<b>",
            "%s\\n\u{0}",
            "999999999999999999999999",
        ],
    ]
}

fn written(text: &str) -> Text {
    Text {
        text: text.to_owned(),
        place: Place::line("campaigns/any.yaml", 1),
        indent: 0,
        pieces: Vec::new(),
    }
}

/// A body: bounded in time and output whatever it says.
pub fn template(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (columns, vars) = names();
    let names = Names {
        columns: &columns,
        vars: &vars,
        recurring: false,
        variant: None,
    };
    match Program::compile(&written(&text), &names) {
        Err(faults) => judge(&faults),
        Ok(program) => {
            judge(program.warnings());
            let mut renderer = program.renderer();
            let mut out = String::new();
            for cells in rows() {
                let row = Row {
                    recipient: Msisdn::parse(cells[0]).unwrap(),
                    country: None,
                    fields: &cells,
                    occurrence: None,
                    salt: SplitSalt::new("black-friday"),
                };
                if renderer.render(&row, &mut out).is_ok() {
                    assert!(out.len() <= MAX_MESSAGE_BYTES && !out.trim().is_empty());
                    let first = out.clone();
                    renderer.render(&row, &mut out).unwrap();
                    assert_eq!(first, out, "the same row twice");
                }
            }
        }
    }
}

/// A `where`.
pub fn condition(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (columns, vars) = names();
    let names = Names {
        columns: &columns,
        vars: &vars,
        recurring: false,
        variant: None,
    };
    match Predicate::compile(&written(&text), &names) {
        Err(faults) => judge(&faults),
        Ok(predicate) => {
            judge(predicate.warnings());
            let mut matcher = predicate.matcher();
            for cells in rows() {
                let row = Row {
                    recipient: Msisdn::parse(cells[0]).unwrap(),
                    country: None,
                    fields: &cells,
                    occurrence: None,
                    salt: SplitSalt::new("black-friday"),
                };
                assert_eq!(matcher.matches(&row).ok(), matcher.matches(&row).ok());
            }
        }
    }
}

/// Any text: segments hold what the standard lets them hold.
pub fn segments(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let counted = segment(&text);
    let each = units_per_segment(&text);
    assert_eq!(each.len() as u64, u64::from(counted.segments));
    assert_eq!(
        each.iter().map(|units| u64::from(*units)).sum::<u64>(),
        u64::from(counted.units)
    );
    assert!(each.iter().all(|units| *units <= 160));
    assert!(each.len() < 2 || each.iter().all(|units| *units <= 153));
}

/// The text that a provider holds as a reference, and a sender.
pub fn reference(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(reference) = Reference::parse(&text) {
        assert_eq!(reference.to_string(), text);
        assert!(text.len() <= 40);
        assert!(
            text.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte))
        );
    }
    if let Ok(sender) = Sender::parse(&text) {
        // The `+` of a number is not sent: everything else stands as it was written.
        assert_eq!(sender.as_str(), text.strip_prefix('+').unwrap_or(&text));
        assert_eq!(Sender::parse(sender.as_str()), Ok(sender.clone()));
    }
    if let Some(time) = LocalTime::parse(&text) {
        assert_eq!(LocalTime::parse(&time.to_string()), Some(time));
    }
    if let Ok(instant) = Instant::parse(&text) {
        assert_eq!(Instant::parse(&instant.to_string()), Ok(instant));
    }
}

/// A server on loopback whose answer is changed from input to input, and both adapters that talk to it.
struct Liar {
    runtime: tokio::runtime::Runtime,
    answer: Arc<Mutex<Vec<u8>>>,
    providers: [AnyProvider; 2],
}

impl Liar {
    fn start() -> Liar {
        // Several tests of one process race for it; any of them may win.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let answer = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&answer);
        runtime.spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let bytes = told.lock().unwrap().clone();
                let mut head = vec![0; 16 << 10];
                // The client may hang up first.
                let _ = stream.read(&mut head).await;
                let _ = stream.write_all(&bytes).await;
                let _ = stream.shutdown().await;
            }
        });
        let providers = [Api::Ip1, Api::Sinch].map(|api| {
            let connection = Connection {
                name: ProviderName::parse("liar").unwrap(),
                base_url: url.clone(),
                token: "k4narie".to_owned().into(),
                max_recipients_per_batch: 1000,
                requests_per_second: 0,
                requests_in_flight: 1,
                list_lag: Duration::ZERO,
                unknown_hold: Duration::ZERO,
                is_sandbox: true,
                service_plan_id: Some("plan".to_owned()),
                clock: Arc::new(|| Instant::parse("2026-11-23T08:00:00Z").unwrap()),
            };
            AnyProvider::new(api, connection).unwrap()
        });
        Liar {
            runtime,
            answer,
            providers,
        }
    }
}

/// An answer: one line of status and headers (`404 link: <...>; rel="next" | date: ...`), then the body.
pub fn provider_answer(data: &[u8]) {
    static LIAR: OnceLock<Liar> = OnceLock::new();
    let liar = LIAR.get_or_init(Liar::start);
    let line = data.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let (head, body) = data.split_at(line);
    let head: String = String::from_utf8_lossy(head)
        .chars()
        .filter(|c| !c.is_control())
        .collect();
    let (status, headers) = head.split_once(' ').unwrap_or((&head, ""));
    // A request that may be made again is: waits of seconds prove nothing here.
    let status = status
        .parse::<u16>()
        .ok()
        .filter(|status| (200..429).contains(status))
        .unwrap_or(200);
    let headers: String = headers
        .split('|')
        .map(|header| format!("{}\r\n", header.trim()))
        .filter(|header| header.contains(':'))
        .collect();
    let answer = format!(
        "HTTP/1.1 {status} X\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n",
        body.len()
    );
    *liar.answer.lock().unwrap() = [answer.as_bytes(), body].concat();
    let id = BatchId("abc".to_owned());
    for provider in &liar.providers {
        liar.runtime.block_on(async {
            let mut told = Vec::new();
            match provider.list().await {
                Ok(list) => assert!(list.batches.len() <= 1_000_000),
                Err(error) => told.push(error.to_string()),
            }
            told.extend(provider.get(&id).await.err().map(|failure| failure.to_string()));
            told.extend(provider.recipients(&id).await.err().map(|failure| failure.to_string()));
            told.extend(provider.progress(&id).await.err().map(|failure| failure.to_string()));
            told.extend(provider.account().await.err().map(|failure| failure.to_string()));
            for text in told {
                assert!(text.len() < 2048, "an error of {} bytes", text.len());
                assert!(
                    !text.contains("k4narie") && !text.chars().any(char::is_control),
                    "{text:?}"
                );
            }
        });
    }
}

/// What a provider says when it refuses: problem details, a gateway's, Sinch's three shapes, a page, noise.
pub fn error_body(data: &[u8]) {
    let (text, code) = error_text(data, &["k4narie", "Hello Canary, today only"]);
    assert!(text.chars().count() <= 201, "{text:?}");
    // Neither what was sent nor its beginning.
    assert!(
        !text.contains("k4narie") && !text.contains("Hello Canary, to"),
        "{text:?}"
    );
    assert!(
        !text
            .chars()
            .any(|c| c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')),
        "{text:?}"
    );
    let longest = text
        .split(|c: char| !c.is_numeric())
        .map(|run| run.chars().count())
        .max();
    assert!(longest < Some(5), "digits of a number in {text:?}");
    if let Some(code) = code {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        assert!(code.len() <= 64 && code.bytes().all(is_plain), "{code:?}");
    }
}

/// A page of a list, a batch, messages or a report, of both providers: what is believed of it holds together.
pub fn batches(data: &[u8]) {
    let provider = ProviderName::parse("any").unwrap();
    for api in [Api::Ip1, Api::Sinch] {
        let understood = understand(api, &provider, data);
        for batch in &understood.batches {
            assert_eq!(batch.api, api);
            if let Some(reference) = &batch.reference {
                assert_eq!(Some(reference.to_string()), batch.reference_text);
            }
            assert!(batch.windows.windows(2).all(|pair| pair[0] <= pair[1]));
            assert!(batch.windows.iter().all(|window| window.opens() < window.closes()));
            // Nobody's text but ours is kept.
            assert!(batch.reference.is_some() || batch.visible.body.is_none());
        }
        for person in &understood.people {
            assert_eq!(Msisdn::parse(&person.digits()).as_ref(), Ok(person));
            assert!(!format!("{person:?}").contains(&person.digits()));
        }
        assert!(understood.progress.len() <= understood.batches.len().max(data.len()));
    }
}

/// The header that points to the next page: another host, a longer way or noise never send us anywhere.
pub fn link_header(data: &[u8]) {
    let header = String::from_utf8_lossy(data);
    let host = "api.ip1sms.com";
    if next_start(&header, host).is_some() {
        assert!(
            header.contains('<') && header.to_ascii_lowercase().contains("next"),
            "{header:?}"
        );
    }
    let ours = format!("<https://{host}/v2/batches?start=201&limit=100>; rel=\"next\", {header}");
    assert_eq!(next_start(&ours, host), Some(201));
}

/// A saved plan: shown in every format, nothing acts in any of them, and what is saved again is the same plan.
pub fn saved_plan(data: &[u8]) {
    let Ok(plan) = serde_json::from_slice::<PlanView>(data) else {
        return;
    };
    let json = plan_to_json(&plan);
    assert_eq!(plan_to_json(&serde_json::from_str::<PlanView>(&json).unwrap()), json);
    for shown in [json, plan_to_text(&plan, Layout::default()), plan_to_markdown(&plan)] {
        assert!(!shown.contains(['\u{7}', '\u{202e}', '\u{9b}']), "{shown:?}");
    }
    let page = plan_to_html(&plan);
    assert!(!page.contains("<script>alert"));
}

/// `emulate --faults`.
pub fn fault_file(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match faults::parse(&text) {
        Ok(list) => assert!(list.len() <= data.len()),
        Err(error) => {
            let error = error.to_string();
            assert!(error.len() < 8 << 10 && !error.contains('\u{1b}'), "{error:?}");
        }
    }
}

/// `15m` and the like.
pub fn duration(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(duration) = parse_duration(&text) {
        assert_eq!(parse_duration(&format_duration(duration)), Ok(duration));
    }
}

/// Five fields; the first occurrences come in order and in bounded time.
pub fn cron(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Ok(cron) = Cron::parse(&text) else {
        return;
    };
    let first = LocalTime::new(2026, 3, 1, 0, 0).unwrap();
    let nominal: Vec<LocalTime> = cron.nominal_from(first).take(40).collect();
    assert!(nominal.windows(2).all(|pair| pair[0] < pair[1]));
    assert!(nominal.iter().all(|time| cron.contains(*time) && *time >= first));
    assert_eq!(
        Cron::parse(cron.text()).map(|again| again.text().to_owned()).ok(),
        Some(cron.text().to_owned())
    );
    let zone = Zone::find(&ZoneName::parse("Europe/Stockholm").unwrap()).unwrap();
    assert!(nominal.iter().filter(|time| cron.names(&zone, **time)).count() <= nominal.len());
}

/// The journal of a machine that went down at any byte.
pub fn journal(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let lines = parse_lines(&text);
    let written: String = lines
        .iter()
        .map(|line| serde_json::to_string(line).unwrap() + "\n")
        .collect();
    assert_eq!(parse_lines(&written).len(), lines.len());
}
