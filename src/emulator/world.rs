//! One emulator as a plain value: a request goes in, an answer comes out, time is what the clock says at that moment.
//!
//! A turn is: take the state file's lock, replay what other processes wrote, let everything happen that is due by now,
//! answer, let go. It knows nothing of sockets; `server` does.

use std::io;
use std::sync::Arc;

use serde_json::json;

use super::clock::Clock;
use super::desk::Desk;
use super::faults::Faults;
use super::log::Log;
use super::options::Options;
use super::store::{Journal, Line};
use super::{ip1, sinch};

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
        let strange = |what: &str| io::Error::new(io::ErrorKind::InvalidData, format!("state file: {what}"));
        let replayed = match line.api.as_str() {
            "ip1" => self.ip1.replay(line.event, &mut self.desk),
            "sinch" => self.sinch.replay(line.event, &mut self.desk),
            "emulator" => {
                self.forget();
                Ok(())
            }
            _ => return Err(strange("unknown api")),
        };
        replayed.map_err(|unreadable| strange(&unreadable.to_string()))
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
}
