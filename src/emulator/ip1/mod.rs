//! The emulated iP.1 account (SMS API v2): requests in, answers out, moved by the desk's time.
//!
//! `check` turns a POST into a `record`, `batch` makes messages of it (`expand`), `progress` sends them by the clock,
//! `event` is what the state file keeps, `document`, `paging` and `problem` are what a client sees. Every rule is in
//! `RULES.md` with the vendor's sentence and its test; what the vendor leaves open is decided there, on the dangerous
//! side: duplicate references are accepted and sent twice, DELETE of a sent batch erases its history.

mod account;
mod batch;
mod blacklist;
mod check;
mod document;
mod event;
mod expand;
mod paging;
mod problem;
mod progress;
mod record;
mod state;

use std::collections::BTreeMap;

use serde_json::Value;

use super::desk::Desk;
use super::settings::{DeletePlanned, UnregisteredSender};
use super::store::Unreadable;
use super::wire::{Answer, Request};
use batch::{Batch, status};
use event::Event;
use paging::Page;
use problem::{invalid, not_allowed, problem};
use record::Record;
pub use state::Account;

impl Account {
    /// Answers a request of this API.
    pub fn answer(&mut self, request: &Request, desk: &mut Desk) -> Answer {
        if !desk.admits(request) {
            return problem(401, "The API key is missing or unknown.").with_header("www-authenticate", "Bearer");
        }
        let segments = request.segments();
        let path: Vec<&str> = segments.iter().map(String::as_str).collect();
        match (request.method.as_str(), path.as_slice()) {
            ("GET", ["v2", "batches"]) => self.list(request, desk),
            ("POST", ["v2", "batches"]) => self.create(request, desk),
            (_, ["v2", "batches"]) => not_allowed("GET, POST"),
            ("GET", ["v2", "batches", id]) => {
                self.found(id, |batch| Answer::json(200, &document::single(batch, desk.now)))
            }
            ("DELETE", ["v2", "batches", id]) => self.delete(id, desk),
            (_, ["v2", "batches", _]) => not_allowed("GET, DELETE"),
            ("GET", ["v2", "batches", id, "messages"]) => self.found(id, |batch| messages(batch, request, desk)),
            ("GET", ["v2", "batches", id, "messages", message]) => {
                self.found(id, |batch| single_message(batch, message, desk))
            }
            (method, ["v2", "me", "senders", rest @ ..]) => self.answer_senders(method, rest, request, desk),
            (method, ["v2", "blacklist", rest @ ..]) => self.answer_blacklist(method, rest, request, desk),
            ("GET", ["api", "me", "account"]) => self.details(desk),
            (_, ["api", "me", "account"] | ["v2", "batches", _, "messages", ..]) => not_allowed("GET"),
            _ => problem(404, "There is no such resource."),
        }
    }

    /// Lets everything happen that is due at `desk.now`: called at the start of every turn and after the clock was set.
    pub fn advance(&mut self, desk: &mut Desk) {
        while self.queue.first().is_some_and(|(due, _)| *due <= desk.now) {
            if let Some((_, id)) = self.queue.pop_first() {
                self.progress(&id, desk);
            }
        }
    }

    /// Takes in one event from the state file.
    pub(super) fn replay(&mut self, event: Value, desk: &mut Desk) -> Result<(), Unreadable> {
        let event: Event = serde_json::from_value(event).map_err(|_| Unreadable)?;
        let created = match &event {
            Event::Created(record) => Some((record.created, record.id.clone())),
            _ => None,
        };
        self.apply(event, &mut desk.outbox);
        // It may be due at once; the queue finds out.
        self.queue.extend(created);
        Ok(())
    }

    /// A person cancels a batch in the portal; whether there is such a batch.
    pub fn cancel_by_hand(&mut self, id: &str, desk: &mut Desk) -> bool {
        let Some(batch) = self.batch(id) else { return false };
        if !batch.is_finished() {
            self.happen(
                Event::Canceled {
                    batch: id.to_owned(),
                    at: desk.now,
                },
                desk,
            );
        }
        true
    }

    /// A person deletes a batch in the portal; whether there is such a batch.
    pub fn erase_by_hand(&mut self, id: &str, desk: &mut Desk) -> bool {
        let is_found = self.batch(id).is_some();
        if is_found {
            self.happen(Event::Erased { batch: id.to_owned() }, desk);
        }
        is_found
    }

    /// Answers `POST /_emulator/ip1/..`; `path` is the rest.
    pub fn control(&mut self, path: &[&str], request: &Request, desk: &mut Desk) -> Answer {
        match path {
            ["incoming"] => self.receive(request, desk),
            ["blacklist"] => self.block_many(request, desk),
            _ => problem(404, "There is no such control."),
        }
    }

    fn list(&self, request: &Request, desk: &mut Desk) -> Answer {
        let page = match Page::read(request, desk.settings.page_limit) {
            Ok(page) => page,
            Err(refusal) => return refusal,
        };
        let batches = self.batches.iter().flatten();
        let visible: Vec<&Batch> = batches
            .filter(|batch| desk.lists(&batch.record.id, batch.record.created))
            .collect();
        desk.list_was_read();
        page.answer(request, &visible, |batch| document::listed(batch))
    }

    fn create(&mut self, request: &Request, desk: &mut Desk) -> Answer {
        let is_json = request
            .header("content-type")
            .is_some_and(|kind| kind.to_ascii_lowercase().contains("json"));
        if !is_json {
            return problem(400, "The content type must be application/json.");
        }
        let call = match request.json() {
            Ok(call) => call,
            Err(error) => {
                let place = format!(
                    "The JSON is malformed at line {}, column {}.",
                    error.line(),
                    error.column()
                );
                return invalid(&BTreeMap::from([("$", vec![place])]));
            }
        };
        let record = match check::check(&call, desk.now, &desk.settings) {
            Ok(record) => record,
            Err(faults) => return invalid(&faults),
        };
        let is_call_refused = desk.settings.unregistered_sender == UnregisteredSender::RejectCall;
        if is_call_refused && !self.may_send_as(&record.sender, desk) {
            return invalid(&BTreeMap::from([(
                "sender",
                vec!["The sender is not registered on the account.".into()],
            )]));
        }
        let id = self.accept(record, desk);
        let created = self.found(&id, |batch| {
            Answer::json(desk.settings.create_status, &document::single(batch, desk.now))
        });
        created.creating(id)
    }

    /// Takes a checked order in and lets it begin when its window is open; its id.
    fn accept(&mut self, record: Record, desk: &mut Desk) -> String {
        let id = desk.ids.hex24(desk.now);
        self.happen(
            Event::Created(Box::new(Record {
                id: id.clone(),
                ..record
            })),
            desk,
        );
        self.progress(&id, desk);
        id
    }

    /// Planned: canceled, or erased where the settings say so. Ongoing: the rest is canceled. Otherwise erased.
    fn delete(&mut self, id: &str, desk: &mut Desk) -> Answer {
        let Some(batch) = self.batch(id) else { return no_batch() };
        let is_erased = match batch.status() {
            status::PLANNED => desk.settings.delete_planned == DeletePlanned::Erase,
            status::ONGOING => false,
            _ => true,
        };
        let event = if is_erased {
            Event::Erased { batch: id.to_owned() }
        } else {
            Event::Canceled {
                batch: id.to_owned(),
                at: desk.now,
            }
        };
        self.happen(event, desk);
        Answer::empty(204)
    }

    fn found(&self, id: &str, answer: impl FnOnce(&Batch) -> Answer) -> Answer {
        self.batch(id).map_or_else(no_batch, answer)
    }

    fn batch(&self, id: &str) -> Option<&Batch> {
        self.index
            .get(id)
            .and_then(|place| self.batches.get(*place))
            .and_then(Option::as_ref)
    }

    fn batch_mut(&mut self, id: &str) -> Option<&mut Batch> {
        self.index
            .get(id)
            .and_then(|place| self.batches.get_mut(*place))
            .and_then(Option::as_mut)
    }

    fn add(&mut self, batch: Batch) {
        self.index.insert(batch.record.id.clone(), self.batches.len());
        self.batches.push(Some(batch));
    }

    fn remove(&mut self, id: &str) {
        if let Some(gap) = self.index.remove(id).and_then(|place| self.batches.get_mut(place)) {
            *gap = None;
        }
    }
}

fn no_batch() -> Answer {
    problem(404, "There is no such batch.")
}

fn messages(batch: &Batch, request: &Request, desk: &Desk) -> Answer {
    let page = match Page::read(request, desk.settings.page_limit) {
        Ok(page) => page,
        Err(refusal) => return refusal,
    };
    let all: Vec<_> = batch.messages.iter().enumerate().collect();
    page.answer(request, &all, |(place, message)| {
        document::message(batch, *place, message, false, desk.now)
    })
}

fn single_message(batch: &Batch, id: &str, desk: &Desk) -> Answer {
    let found = batch
        .place_of(id)
        .and_then(|place| batch.messages.get(place).map(|message| (place, message)));
    match found {
        Some((place, message)) => Answer::json(200, &document::message(batch, place, message, true, desk.now)),
        None => problem(404, "There is no such message."),
    }
}
