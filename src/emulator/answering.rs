//! One request answered, with the faults that were ordered for it.

use std::io;

use serde_json::{Value, json};

use super::control;
use super::faults::{Fault, Kind};
use super::wire::{Answer, Request};
use super::world::World;

/// What the server is to do with a request.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) answer: Answer,
    /// Cut the connection instead of answering.
    pub(super) is_dropped: bool,
    /// Cut the connection in the middle of the body.
    pub(super) is_truncated: bool,
    pub(super) delay_ms: u64,
}

impl World {
    /// Answers one request, faults included, and notes it in the log.
    pub(super) fn take(&mut self, request: Request, query: &str) -> io::Result<Outcome> {
        if request.path.starts_with("/_emulator") {
            let answer = self.turn(|world| control::answer(world, &request))?;
            return Ok(Outcome {
                answer,
                ..Outcome::default()
            });
        }
        let faults = self.faults.strike(&request, query);
        let mut outcome = self.turn(|world| world.suffer(&request, &faults))?;
        // The emulator's time, not the machine's: a client may compare it with its own.
        let date = ("date".to_owned(), self.desk.now.http_date());
        outcome.answer.headers.push(date);
        let status = (!outcome.is_dropped).then_some(outcome.answer.status);
        self.log.note(
            request,
            self.desk.now,
            status,
            faults.first().map(|fault| fault.fault.name()),
        );
        Ok(outcome)
    }

    fn suffer(&mut self, request: &Request, faults: &[Fault]) -> Outcome {
        let find = |kind: Kind| faults.iter().find(|fault| fault.fault == kind);
        let status = find(Kind::Status);
        let mut outcome = Outcome {
            is_dropped: find(Kind::DropBefore).or(find(Kind::DropAfter)).is_some(),
            is_truncated: find(Kind::Truncate).is_some(),
            delay_ms: find(Kind::Delay).and_then(|fault| fault.ms).unwrap_or(0),
            ..Outcome::default()
        };
        let is_carried_out = find(Kind::DropBefore).is_none() && status.is_none_or(|fault| fault.commit);
        if is_carried_out {
            outcome.answer = self.route(request);
            if let Some(lists) = find(Kind::ListLag).and_then(|fault| fault.lists) {
                for id in &outcome.answer.created {
                    self.desk.hide(id.clone(), lists);
                }
            }
        }
        if let Some(fault) = status {
            outcome.answer = fault_answer(fault);
        }
        if find(Kind::Garbage).is_some() {
            outcome.answer.body = b"<html><body>upstream said nothing useful</body>".to_vec();
        }
        if find(Kind::Bloat).is_some() {
            outcome.answer.body.resize(BLOATED, b' ');
        }
        outcome
    }

    fn route(&mut self, request: &Request) -> Answer {
        match request.path.split('/').nth(1) {
            Some("v2" | "api") => self.ip1.answer(request, &mut self.desk),
            Some("xms") => self.sinch.answer(request, &mut self.desk),
            _ => Answer::json(404, &json!({ "title": "no such path in either API", "status": 404 })),
        }
    }
}

/// A body of so many bytes is larger than a careful client takes.
const BLOATED: usize = 40 << 20;

/// A status that a gateway in front of the API would give: not in either vendor's own form.
fn fault_answer(fault: &Fault) -> Answer {
    let status = fault.status.unwrap_or(500);
    let body: Value = json!({ "statusCode": status, "message": "ordered by the emulator's fault list" });
    let answer = Answer::json(status, &body);
    match fault.retry_after {
        Some(seconds) => answer.with_header("retry-after", seconds.to_string()),
        None => answer,
    }
}
