//! The calls of the Batches API and what belongs to it: one function each, named as the vendor names them.

use serde_json::{Value, json};

use super::super::desk::Desk;
use super::super::wire::{Answer, Request};
use super::account::{API, Entry, Event, Plan};
use super::address::{asked_number, is_group, msisdn, sender};
use super::batch::{Batch, prepare, recipient_report};
use super::change::changed;
use super::delivery::batch_report;
use super::fields::{Fields, missing};
use super::lists::{Page, Span, boolean, commas, integer, wanted};
use super::parameters::Parameters;
use super::refusal::Refusal;
use super::terms::{Limits, RECIPIENT_LIMIT, Terms};

/// Characters of a client reference on send and list; on the other calls the vendor says 128.
const LONG_REFERENCE: usize = 2048;
const REFERENCE: usize = 128;
/// Characters of a body on dry run, update and replace; on send the vendor says 2000.
const SHORT_BODY: usize = 1600;
/// Default and largest number of recipients that a dry run describes.
const DESCRIBED: u64 = 100;
const DESCRIBED_LIMIT: u64 = 1000;

/// One call at work: the plan it is about and what it shares with the rest of the emulator.
pub(super) struct Call<'a> {
    /// The service plan's id.
    pub(super) name: &'a str,
    pub(super) plan: &'a mut Plan,
    pub(super) request: &'a Request,
    pub(super) desk: &'a mut Desk,
}

impl Call<'_> {
    /// Makes an event true and writes it down.
    pub(super) fn happen(&mut self, event: Event) {
        let entry = Entry {
            plan: self.name.to_owned(),
            event,
        };
        self.desk.commit(API, &entry);
        self.plan.apply(entry.event, &self.desk.settings);
    }

    /// Answers `POST /batches`.
    pub(super) fn send(&mut self) -> Result<Answer, Refusal> {
        let terms = self.read_terms(Limits {
            body: self.desk.settings.sinch_body_limit,
            client_reference: LONG_REFERENCE,
        })?;
        let id = self.desk.ids.ulid(self.desk.now);
        let batch = Batch::new(id.clone(), terms, self.desk.now);
        let document = batch.to_json();
        self.happen(Event::Batch(Box::new(batch)));
        self.plan.advance(self.name, self.desk);
        Ok(Answer::json(201, &document).creating(id))
    }

    /// List batches.
    pub(super) fn list(&mut self) -> Result<Answer, Refusal> {
        let page = Page::read(self.request)?;
        let span = Span::read(self.request, self.desk.now)?;
        let senders = commas(self.request, "from").map(|texts| {
            texts
                .iter()
                .map(|text| sender(text).unwrap_or_else(|| text.clone()))
                .collect::<Vec<_>>()
        });
        let reference = self.request.parameter("client_reference");
        if reference.is_some_and(|text| text.chars().count() > LONG_REFERENCE) {
            return Err(Refusal::constraint(
                "Parameter 'client_reference' must not be longer than 2048 characters",
            ));
        }
        let mut found: Vec<&Batch> = self
            .plan
            .batches
            .values()
            .filter(|batch| span.has(batch.created_at) && self.desk.lists(&batch.id, batch.created_at))
            .filter(|batch| reference.is_none_or(|asked| batch.terms.client_reference.as_deref() == Some(asked)))
            .filter(|batch| match (&senders, &batch.terms.from) {
                (None, _) => true,
                (Some(senders), from) => from.as_ref().is_some_and(|from| senders.contains(from)),
            })
            .collect();
        found.sort_by(|one, other| (other.created_at, &other.id).cmp(&(one.created_at, &one.id)));
        let answer = Answer::json(
            200,
            &page.of("batches", found.len(), |at| found.get(at).map(|batch| batch.to_json())),
        );
        self.desk.list_was_read();
        Ok(answer)
    }

    /// Dry run. Recipients are described in another order than they were given, as the vendor's own mock does.
    pub(super) fn dry_run(&mut self) -> Result<Answer, Refusal> {
        let is_described = boolean(self.request, "per_recipient")?.unwrap_or(false);
        let limit = integer(self.request, "number_of_recipients", DESCRIBED_LIMIT)?.unwrap_or(DESCRIBED);
        let terms = self.read_terms(self.limits())?;
        let recipients = self.plan.resolve(&terms.to);
        let none = Parameters::default();
        let table = terms.parameters.as_ref().unwrap_or(&none).table();
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let (mut parts, mut described) = (0, Vec::new());
        for recipient in &recipients {
            let prepared = prepare(&terms, &table, recipient);
            parts += prepared.parts;
            if is_described && described.len() < limit {
                let encoding = if prepared.is_unicode { "unicode" } else { "text" };
                described.push(json!({
                    "recipient": recipient,
                    "body": prepared.body,
                    "number_of_parts": prepared.parts,
                    "encoding": encoding,
                }));
            }
        }
        let mut answer = json!({ "number_of_recipients": recipients.len(), "number_of_messages": parts });
        if is_described {
            described.reverse();
            answer["per_recipient"] = described.into();
        }
        Ok(Answer::json(200, &answer))
    }

    /// Get a batch message.
    pub(super) fn get(&self, id: &str) -> Result<Answer, Refusal> {
        Ok(Answer::json(200, &self.batch(id)?.to_json()))
    }

    /// Update a batch message.
    pub(super) fn update(&mut self, id: &str) -> Result<Answer, Refusal> {
        let before = self.open_batch(id)?;
        let terms = changed(&before.terms, &self.request.body, self.limits())?;
        self.check(&terms)?;
        Ok(self.restate(before, terms))
    }

    /// Replace a batch.
    pub(super) fn replace(&mut self, id: &str) -> Result<Answer, Refusal> {
        let before = self.open_batch(id)?;
        let terms = self.read_terms(self.limits())?;
        Ok(self.restate(before, terms))
    }

    /// Cancel a batch message.
    pub(super) fn cancel(&mut self, id: &str) -> Result<Answer, Refusal> {
        if self.batch(id)?.canceled_at.is_none() {
            self.happen(Event::Canceled {
                id: id.to_owned(),
                at: self.desk.now,
            });
            self.plan.advance(self.name, self.desk);
        }
        self.get(id)
    }

    /// Send delivery feedback for a message.
    pub(super) fn feedback(&mut self, id: &str) -> Result<Answer, Refusal> {
        let batch = self.batch(id)?;
        let fields = Fields::read(&self.request.body, &["recipients"])?;
        let texts = fields
            .texts("recipients", 0, RECIPIENT_LIMIT)?
            .ok_or_else(|| missing("recipients"))?;
        let mut recipients = Vec::new();
        for (at, text) in texts.iter().enumerate() {
            recipients.push(msisdn(text).ok_or_else(|| {
                Refusal::format(format!(
                    "The format of parameter 'recipients[{at}]' is invalid; value '{text}' is not a valid MSISDN."
                ))
            })?);
        }
        if batch.terms.feedback_enabled != Some(true) {
            return Err(Refusal::constraint(format!("Feedback is not enabled for batch '{id}'")));
        }
        if recipients.is_empty() && batch.has_group() {
            return Err(Refusal::constraint(
                "At least one recipient is required for a batch created with a group ID",
            ));
        }
        self.happen(Event::Feedback {
            id: id.to_owned(),
            recipients,
        });
        Ok(Answer::empty(202))
    }

    /// Retrieve a delivery report.
    pub(super) fn delivery_report(&self, id: &str) -> Result<Answer, Refusal> {
        let is_full = match self.request.parameter("type") {
            None | Some("summary") => false,
            Some("full") => true,
            Some(other) => return Err(Refusal::format(format!("'{other}' is not a valid report type"))),
        };
        let wanted = wanted(self.request)?;
        let batch = self.batch(id)?;
        let standings = batch.standings(&self.plan.recipients(batch), self.desk.now);
        let reference = batch.terms.client_reference.as_deref();
        let report = batch_report(batch.report_types().0, id, reference, &standings, is_full, &wanted);
        Ok(Answer::json(200, &report))
    }

    /// Retrieve a recipient delivery report.
    pub(super) fn recipient_report(&self, id: &str, recipient: &str) -> Result<Answer, Refusal> {
        let batch = self.batch(id)?;
        let report = batch.report_of(&asked_number(recipient), &self.plan.recipients(batch), self.desk.now);
        report
            .map(|report| Answer::json(200, &report))
            .ok_or_else(Refusal::not_found)
    }

    /// Retrieve a list of delivery reports: the finished ones, newest first.
    pub(super) fn delivery_reports(&self) -> Result<Answer, Refusal> {
        let page = Page::read(self.request)?;
        let span = Span::read(self.request, self.desk.now)?;
        let wanted = wanted(self.request)?;
        let reference = self.request.parameter("client_reference");
        let mut found = Vec::new();
        for batch in self.plan.batches.values() {
            if reference.is_some_and(|asked| batch.terms.client_reference.as_deref() != Some(asked)) {
                continue;
            }
            for message in batch.messages.iter().flatten() {
                let (at, standing) = message.end;
                if at <= self.desk.now && span.has(at) && wanted.has(standing) {
                    found.push((at, batch, message));
                }
            }
        }
        found.sort_by_key(|(at, ..)| std::cmp::Reverse(*at));
        let item = |at: usize| -> Option<Value> {
            let (at, batch, message) = found.get(at)?;
            Some(recipient_report(
                batch,
                &message.recipient,
                message.parts,
                message.end.1,
                *at,
            ))
        };
        Ok(Answer::json(200, &page.of("delivery_reports", found.len(), item)))
    }

    fn restate(&mut self, mut batch: Batch, terms: Terms) -> Answer {
        batch.restate(terms, self.desk.now);
        let document = batch.to_json();
        self.happen(Event::Batch(Box::new(batch)));
        self.plan.advance(self.name, self.desk);
        Answer::json(200, &document)
    }

    fn read_terms(&self, limits: Limits) -> Result<Terms, Refusal> {
        let terms = Terms::read(&self.request.body, limits)?;
        self.check(&terms)?;
        Ok(terms)
    }

    fn check(&self, terms: &Terms) -> Result<(), Refusal> {
        if let Some(id) = terms
            .to
            .iter()
            .find(|entry| is_group(entry) && !self.plan.groups.contains_key(*entry))
        {
            return Err(Refusal::unknown_group(id));
        }
        terms.check(self.desk.now, self.desk.settings.sinch_callback_url.as_deref())
    }

    /// The limits of every call but the send.
    fn limits(&self) -> Limits {
        Limits {
            body: self.desk.settings.sinch_body_limit.min(SHORT_BODY),
            client_reference: REFERENCE,
        }
    }

    fn batch(&self, id: &str) -> Result<&Batch, Refusal> {
        self.plan.batches.get(id).ok_or_else(Refusal::not_found)
    }

    /// A batch that can still be changed.
    fn open_batch(&self, id: &str) -> Result<Batch, Refusal> {
        let batch = self.batch(id)?;
        if batch.is_closed() {
            let text = format!("Batch with ID '{id}' has already been dispatched");
            return Err(Refusal::forbidden("batch_already_dispatched", text));
        }
        Ok(batch.clone())
    }
}
