//! What belongs to the account rather than to a batch: senders, blacklist, balance, and texts from handsets.

use serde_json::{Value, json};

use super::Account;
use super::blacklist::is_stop;
use super::event::Event;
use super::paging::Page;
use super::problem::{not_allowed, problem};
use super::record::{Coding, Kind, Recipients, Record, Tariff};
use crate::emulator::{
    clock::Instant,
    desk::Desk,
    wire::{Answer, Request},
};

/// Senders that every account begins with.
const INITIAL_SENDERS: [&str; 2] = ["iP1", "iP1sms"];

impl Account {
    /// Whether the account may send under this name; compared case by case.
    pub(super) fn may_send_as(&self, sender: &str, desk: &Desk) -> bool {
        match &desk.settings.senders {
            None => true,
            Some(_) => self.register(desk).iter().any(|(registered, _)| registered == sender),
        }
    }

    /// Registered senders, alphabetically.
    fn register(&self, desk: &Desk) -> Vec<(String, Instant)> {
        let chosen = desk.settings.senders.iter().flatten().map(String::as_str);
        let given = INITIAL_SENDERS
            .into_iter()
            .chain(chosen)
            .map(|sender| (sender.to_owned(), Instant::default()));
        let own = self.senders.iter().map(|(sender, created)| (sender.clone(), *created));
        let mut all: Vec<_> = own.chain(given).collect();
        all.sort();
        all.reverse();
        all.dedup_by(|one, other| one.0 == other.0);
        all.sort_by_key(|(sender, _)| (sender.to_lowercase(), sender.clone()));
        all
    }

    /// `me/senders`. While any sender is accepted there is no register to read: 403.
    pub(super) fn answer_senders(&mut self, method: &str, rest: &[&str], request: &Request, desk: &mut Desk) -> Answer {
        if desk.settings.senders.is_none() {
            return problem(403, "The register of senders is not open to this key.");
        }
        let document = |(sender, created): &(String, Instant)| json!({ "sender": sender, "created": created });
        let all = self.register(desk);
        match (method, rest) {
            ("GET", []) => match Page::read(request, desk.settings.page_limit) {
                Ok(page) => page.answer(request, &all, document),
                Err(refusal) => refusal,
            },
            (_, []) => not_allowed("GET"),
            ("GET", [sender]) => one(all.iter().find(|(name, _)| name == sender).map(document)),
            ("PUT", [sender]) => {
                let known = all.iter().find(|(name, _)| name == sender);
                let entry = known.cloned().unwrap_or(((*sender).to_owned(), desk.now));
                if known.is_none() {
                    self.happen(
                        Event::Sender {
                            sender: entry.0.clone(),
                            created: Some(entry.1),
                        },
                        desk,
                    );
                }
                Answer::json(200, &document(&entry))
            }
            ("DELETE", [sender]) => {
                let known = all.iter().find(|(name, _)| name == sender).map(document);
                if known.is_some() {
                    self.happen(
                        Event::Sender {
                            sender: (*sender).to_owned(),
                            created: None,
                        },
                        desk,
                    );
                    if let Some(chosen) = &mut desk.settings.senders {
                        chosen.retain(|name| name != sender);
                    }
                }
                one(known)
            }
            (_, [_]) => not_allowed("GET, PUT, DELETE"),
            _ => problem(404, "There is no such resource."),
        }
    }

    /// `blacklist`; its times carry no zone, as on the vendor's page.
    pub(super) fn answer_blacklist(
        &mut self,
        method: &str,
        rest: &[&str],
        request: &Request,
        desk: &mut Desk,
    ) -> Answer {
        let entry = |msisdn: &str| self.blacklist.since(msisdn).map(|since| blocked(msisdn, since));
        match (method, rest) {
            ("GET", []) => match Page::read(request, desk.settings.page_limit) {
                Ok(page) => page.answer(request, self.blacklist.order(), |msisdn| {
                    entry(msisdn).unwrap_or_default()
                }),
                Err(refusal) => refusal,
            },
            ("POST", []) => {
                let call = request.json().unwrap_or_default();
                match call.get("msisdn").and_then(Value::as_str) {
                    Some(msisdn) => self.block(msisdn, desk),
                    None => problem(400, "The msisdn field is required."),
                }
            }
            (_, []) => not_allowed("GET, POST"),
            ("GET", [msisdn]) => one(entry(msisdn)),
            ("PUT", [msisdn]) => self.block(msisdn, desk),
            ("DELETE", [msisdn]) => {
                let known = entry(msisdn);
                if known.is_some() {
                    self.happen(
                        Event::Blacklist {
                            msisdn: (*msisdn).to_owned(),
                            created: None,
                        },
                        desk,
                    );
                }
                one(known)
            }
            (_, [_]) => not_allowed("GET, PUT, DELETE"),
            _ => problem(404, "There is no such resource."),
        }
    }

    fn block(&mut self, msisdn: &str, desk: &mut Desk) -> Answer {
        if msisdn.is_empty() || msisdn.len() > 15 || !msisdn.bytes().all(|byte| byte.is_ascii_digit()) {
            return problem(400, "The msisdn must be a number in MSISDN format.");
        }
        let since = self.blacklist.since(msisdn).unwrap_or(desk.now);
        self.happen(
            Event::Blacklist {
                msisdn: msisdn.to_owned(),
                created: Some(since),
            },
            desk,
        );
        Answer::json(200, &blocked(msisdn, since))
    }

    /// `POST /_emulator/ip1/blacklist [number, ..]`: many at once, as if imported in the portal.
    pub(super) fn block_many(&mut self, request: &Request, desk: &mut Desk) -> Answer {
        let Ok(numbers) = serde_json::from_slice::<Vec<String>>(&request.body) else {
            return problem(400, "The body must be an array of numbers.");
        };
        for number in &numbers {
            let answer = self.block(number, desk);
            if answer.status != 200 {
                return answer;
            }
        }
        Answer::json(200, &json!({ "blocked": numbers.len() }))
    }

    /// `GET /api/me/account`. The real one shows an API key under `Key`.
    pub(super) fn details(&self, desk: &Desk) -> Answer {
        let body = json!({
            "Key": "an API key would be here",
            "Parent": null,
            "Type": "sms",
            "Balance": self.balance(desk).number(),
            "Currency": desk.settings.currency.code(),
            "ID": super::document::OWNER,
            "Name": "Emulated account",
        });
        Answer::json(200, &body)
    }

    /// `POST /_emulator/ip1/incoming {sender, recipient, body}`: a text from a handset makes a batch of status 201, and
    /// STOP puts its sender on the blacklist.
    pub(super) fn receive(&mut self, request: &Request, desk: &mut Desk) -> Answer {
        let call = request.json().unwrap_or_default();
        let text = |name: &str, default: &str| call.get(name).and_then(Value::as_str).unwrap_or(default).to_owned();
        let record = Record {
            id: String::new(),
            created: desk.now,
            sender: text("sender", "46700000000"),
            body: text("body", "STOP"),
            kind: Kind::Sms,
            coding: Coding::Gsm,
            priority: 1,
            windows: Vec::new(),
            report_url: None,
            reference: call.get("reference").and_then(Value::as_str).map(str::to_owned),
            tags: Vec::new(),
            recipients: Recipients::Plain(vec![text("recipient", "46101606060")]),
            tariff: Tariff::new(&desk.settings, 1),
            is_incoming: true,
        };
        let (sender, is_stop) = (record.sender.clone(), is_stop(&record.body));
        let id = self.accept(record, desk);
        if is_stop {
            self.block(&sender, desk);
        }
        Answer::json(200, &json!({ "id": id }))
    }
}

fn blocked(msisdn: &str, since: Instant) -> Value {
    json!({ "msisdn": msisdn, "created": since.with_millis().trim_end_matches('Z') })
}

fn one(document: Option<Value>) -> Answer {
    match document {
        Some(document) => Answer::json(200, &document),
        None => problem(404, "There is no such entry."),
    }
}
