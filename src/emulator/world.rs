//! One emulator as a plain value: a request goes in, an answer comes out, time is what the clock says at that moment.
//!
//! A turn is: take the state file's lock, replay what other processes wrote, let everything happen that is due by now,
//! answer, let go. It knows nothing of sockets; `server` does.

use std::io;
use std::sync::Arc;

use serde_json::{Value, json};

use super::clock::Clock;
use super::control;
use super::desk::Desk;
use super::faults::{Fault, Faults, Kind};
use super::log::Log;
use super::store::{Journal, Line};
use super::wire::{Answer, Request};
use super::{Options, ip1, sinch};

/// Everything an emulator holds.
pub(super) struct World {
    pub(super) clock: Clock,
    pub(super) desk: Desk,
    pub(super) ip1: ip1::Account,
    pub(super) sinch: sinch::Account,
    pub(super) faults: Faults,
    pub(super) log: Log,
    start: Clock,
}

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
    pub(super) fn new(options: Options) -> io::Result<World> {
        let clock = Clock::new(options.now);
        let journal = Journal::open(options.state.as_deref())?;
        let token = options.token.map(Arc::from);
        let mut world = World {
            clock,
            start: clock,
            desk: Desk::new(clock.now(), token, options.sinch_webhook_secret.map(Arc::from), journal),
            ip1: ip1::Account::default(),
            sinch: sinch::Account::default(),
            faults: Faults::new(options.faults),
            log: Log::default(),
        };
        world.turn(|_| ())?;
        Ok(world)
    }

    /// Takes a turn: catches up with other processes and with the clock, then does `work`.
    pub(super) fn turn<T>(&mut self, work: impl FnOnce(&mut World) -> T) -> io::Result<T> {
        let unread = self.desk.journal.begin();
        let replayed = unread.and_then(|unread| unread.lines().try_for_each(|line| self.replay(line?)));
        let done = replayed.map(|()| {
            self.advance();
            work(self)
        });
        let failed = self.desk.journal.has_failed();
        self.desk.journal.end();
        if failed {
            Err(io::Error::other("the state file cannot be written"))
        } else {
            done
        }
    }

    /// Lets everything happen that is due.
    pub(super) fn advance(&mut self) {
        self.desk.now = self.clock.now();
        self.ip1.advance(&mut self.desk);
        self.sinch.advance(&mut self.desk);
    }

    fn replay(&mut self, line: Line) -> io::Result<()> {
        let refused = match line.api.as_str() {
            "ip1" => self.ip1.replay(line.event, &mut self.desk),
            "sinch" => self.sinch.replay(line.event, &mut self.desk),
            "emulator" => {
                self.forget();
                Ok(())
            }
            _ => Err("unknown api".to_owned()),
        };
        refused.map_err(|text| io::Error::new(io::ErrorKind::InvalidData, format!("state file: {text}")))
    }

    /// Back to the beginning, here and for every process that shares the state file.
    pub(super) fn reset(&mut self) {
        self.desk.commit("emulator", &json!("reset"));
        self.forget();
        self.faults = Faults::default();
        self.log = Log::default();
        self.clock = self.start;
    }

    fn forget(&mut self) {
        self.desk.reset();
        self.ip1 = ip1::Account::default();
        self.sinch = sinch::Account::default();
    }

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
