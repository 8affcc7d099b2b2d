//! Numbers that fail again and again: `number,in_a_row,last,reason`, kept with the project's suppression lists.
//!
//! One delivered message takes a number out. A batch that is read twice counts once, because a row keeps when its last
//! batch closed.

use std::collections::BTreeMap;
use std::path::Path;

use crate::cli::context::{Failed, write_file};
use crate::cli::exit::Exit;
use crate::model::{Instant, Msisdn, NumberSet, Person, WhyNot};
use crate::provider::{MessageOutcome, MessageResult};

const HEADER: &str = "number,in_a_row,last,reason\n";

/// Numbers with their failures in a row.
#[derive(Debug, Default)]
pub(crate) struct GivenUp {
    rows: BTreeMap<Person, UndeliverableRow>,
    is_changed: bool,
}

#[derive(Debug, Clone)]
struct UndeliverableRow {
    failures: u32,
    last: Instant,
    reason: String,
}

/// Reads the file; none yet is an empty one. The error names a line and no value.
pub(crate) fn read(path: &Path) -> Result<GivenUp, WhyNot> {
    #[expect(clippy::disallowed_methods, reason = "a list of the project that this program keeps")]
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(GivenUp::default()),
        Err(error) => return Err(WhyNot(error.to_string())),
    };
    let mut given_up = GivenUp::default();
    for (line, number) in text.lines().zip(1..) {
        let is_head = number == 1 && line.starts_with("number");
        if line.trim().is_empty() || is_head {
            continue;
        }
        let row =
            row(line).ok_or_else(|| WhyNot(format!("line {number} is no row of `number,in_a_row,last,reason`")))?;
        given_up.rows.insert(Person::from(row.0), row.1);
    }
    Ok(given_up)
}

fn row(line: &str) -> Option<(Msisdn, UndeliverableRow)> {
    let mut cells = line.splitn(4, ',').map(str::trim);
    let number = Msisdn::parse(cells.next()?.trim_start_matches('+')).ok()?;
    Some((
        number,
        UndeliverableRow {
            failures: cells.next()?.parse().ok()?,
            last: Instant::parse_lenient(cells.next()?)?,
            reason: cells.next().unwrap_or_default().trim_matches('"').to_owned(),
        },
    ))
}

impl GivenUp {
    /// Takes in what became of a finished batch that closed then.
    pub(crate) fn take(&mut self, closed: Instant, results: &[MessageResult]) {
        for result in results {
            let Some(number) = result.recipient.map(Person::from) else {
                continue;
            };
            let before = self.rows.get(&number).filter(|row| row.last >= closed);
            if before.is_some() {
                continue;
            }
            match result.fate {
                MessageOutcome::Delivered => self.is_changed |= self.rows.remove(&number).is_some(),
                MessageOutcome::Failed if result.is_hard => {
                    let in_a_row = self.rows.get(&number).map_or(0, |row| row.failures).saturating_add(1);
                    let row = UndeliverableRow {
                        failures: in_a_row,
                        last: closed,
                        reason: result.reason.clone(),
                    };
                    self.rows.insert(number, row);
                    self.is_changed = true;
                }
                MessageOutcome::Failed | MessageOutcome::Pending | MessageOutcome::Canceled => {}
            }
        }
    }

    /// Whom nobody texts any more.
    pub(crate) fn numbers(&self, after: u32) -> NumberSet {
        let given_up = self.rows.iter().filter(|(_, row)| row.failures >= after);
        NumberSet::new(given_up.filter_map(|(person, _)| person.number()))
    }

    /// Writes the file, if something is new.
    pub(crate) fn write(&self, path: &Path) -> Result<(), Failed> {
        if !self.is_changed {
            return Ok(());
        }
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| Failed::new(Exit::Failed, error.to_string()))?;
        }
        let rows: String = (self.rows.iter())
            .map(|(person, row)| {
                format!(
                    "{},{},{},\"{}\"\n",
                    person.as_u64(),
                    row.failures,
                    row.last,
                    row.reason.replace('"', "")
                )
            })
            .collect();
        write_file(path, format!("{HEADER}{rows}").as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(fate: MessageOutcome, is_hard: bool) -> MessageResult {
        MessageResult {
            recipient: Msisdn::parse("46701740605").ok(),
            fate,
            code: 500,
            reason: "undeliverable (code 500)".to_owned(),
            is_hard,
            segments: None,
            cost: None,
            ended_at: None,
        }
    }

    #[test]
    fn hard_failures_in_a_row_count_once_each_and_a_delivery_ends_them() {
        let day = |day: i64| Instant::from_unix_seconds(day * 86_400);
        let mut given_up = GivenUp::default();
        for n in [1, 2, 2, 1, 3] {
            given_up.take(day(n), &[result(MessageOutcome::Failed, true)]);
        }
        assert_eq!((given_up.numbers(3).len(), given_up.numbers(4).len()), (1, 0));
        given_up.take(day(4), &[result(MessageOutcome::Failed, false)]);
        assert_eq!(given_up.numbers(4).len(), 0, "an expired message is no hard failure");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("suppressions/undeliverable.csv");
        given_up.write(&path).unwrap();
        let mut again = read(&path).unwrap();
        assert_eq!(again.numbers(3).len(), 1);
        again.take(day(2), &[result(MessageOutcome::Delivered, false)]);
        assert_eq!(again.numbers(3).len(), 1, "an older delivery ends nothing");
        again.take(day(5), &[result(MessageOutcome::Delivered, false)]);
        assert_eq!(again.numbers(1).len(), 0);
        #[expect(clippy::disallowed_methods, reason = "a file of this test alone")]
        std::fs::write(&path, "number,in_a_row,last,reason\n46701740605,x,,\n").unwrap();
        let error = read(&path).unwrap_err();
        assert!(error.0.contains("line 2") && !error.0.contains("46701740605"));
    }
}
