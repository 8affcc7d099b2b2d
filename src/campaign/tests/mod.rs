//! Faults and meanings of whole files.

mod campaigns;
mod deliveries;
mod form;
mod projects;
mod texts;
mod variants;

use std::path::Path;

use super::{Campaign, Project, read_campaign, read_project};
use crate::model::Diagnostic;

/// A project with one account of each kind.
pub(super) const PROJECT: &str = "\
namespace: acme
default_provider: ip1
timezone: Europe/Stockholm
providers:
  ip1: { kind: ip1, token_env: IP1_API_KEY }
  sinch: { kind: sinch, region: eu, service_plan_id: plan, token_env: SINCH_TOKEN }
  sandbox: { kind: sandbox }
";

/// A campaign without faults.
const CAMPAIGN: &str = "\
sender: ACME
body: Hi {{ first_name }}
recipients:
  - csv: ../recipients/all.csv
delivery:
  windows:
    - { opens: 2031-11-28T09:00, closes: 2031-11-28T20:00 }
";

fn project() -> Project {
    read_project(Path::new("campanile.yaml"), PROJECT).unwrap().0
}

fn files(path: &Path) -> Result<String, crate::model::WhyNot> {
    match path.to_str() {
        Some("texts/hi.txt") => Ok("\u{feff}Hi\r\nthere\r\n\r\n".to_owned()),
        Some("texts/blank.txt") => Ok("\n".to_owned()),
        _ => Err("no such file".into()),
    }
}

fn read(text: &str) -> Result<(Campaign, Vec<Diagnostic>), Vec<Diagnostic>> {
    read_campaign(Path::new("campaigns/promo.yaml"), text, &project(), &files)
}

fn campaign(text: &str) -> Campaign {
    read(text).unwrap_or_else(|faults| panic!("{}", show(&faults))).0
}

/// One line a fault: `line:column+length code message (hint)`.
pub(super) fn show(faults: &[Diagnostic]) -> String {
    let lines = faults.iter().map(|fault| {
        let place = fault.place.clone().unwrap_or_default();
        let hints: String = fault.hints.iter().map(|hint| format!(" ({hint})")).collect();
        format!(
            "{}:{}+{} {} {}{hints}",
            place.line, place.column, place.length, fault.code, fault.message
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// All that a campaign's text gives rise to.
fn campaign_faults(text: &str) -> String {
    match read(text) {
        Ok((_, warnings)) => show(&warnings),
        Err(faults) => show(&faults),
    }
}

/// All that a project's text gives rise to.
fn project_faults(text: &str) -> String {
    match read_project(Path::new("campanile.yaml"), text) {
        Ok((_, warnings)) => show(&warnings),
        Err(faults) => show(&faults),
    }
}

/// `CAMPAIGN` with one of its lines replaced, or with lines put before it.
fn with(line: &str) -> String {
    let key = line.split(':').next().unwrap();
    let mut kept: Vec<&str> = CAMPAIGN.lines().collect();
    match kept.iter().position(|old| old.starts_with(&format!("{key}:"))) {
        Some(at) => {
            let end = kept.iter().skip(at + 1).position(|old| !old.starts_with(' '));
            let end = end.map_or(kept.len(), |n| at + 1 + n);
            kept.splice(at..end, [line]);
        }
        None => kept.insert(0, line),
    }
    format!("{}\n", kept.join("\n"))
}

/// `PROJECT` with one more line at its beginning.
fn project_with(line: &str) -> String {
    let key = line.split(':').next().unwrap();
    let kept = PROJECT.lines().filter(|old| !old.starts_with(&format!("{key}:")));
    let rest: Vec<&str> = kept.collect();
    format!("{line}\n{}\n", rest.join("\n"))
}

/// Checks that the messages about each text contain these fragments, one line a fault.
fn table(faults: impl Fn(&str) -> String, cases: &[(&str, &[&str])]) {
    for (text, expected) in cases {
        let found = faults(text);
        let lines: Vec<&str> = found.lines().collect();
        let all_told = expected.iter().zip(&lines).all(|(part, line)| line.contains(part));
        assert!(
            lines.len() == expected.len() && all_told,
            "{text}\ngave\n{found}\nexpected\n{expected:#?}"
        );
    }
}
