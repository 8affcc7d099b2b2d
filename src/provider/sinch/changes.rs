//! What makes, changes or cancels a batch, and what is known afterwards; and the dry run, which changes nothing.

use super::super::http::{Answer, ChangeOutcome, Echoed, Refusal, Write};
use super::super::{Canceled, Created, DryRun, Failure, FailureKind, InPlace, NewBatch, OtherPeople, check};
use super::calls::Sinch;
use super::{convert, wire};
use crate::model::{BatchId, Msisdn, Reference};
use crate::profile::sinch::MOST_RECIPIENTS;

/// With these answers a request is certainly not carried out (`docs/design.md` section 5). 409 and 5xx are not among them.
pub const NOT_CARRIED_OUT: [u16; 7] = [400, 401, 403, 404, 405, 415, 429];

impl Sinch {
    /// Checks and spells out a batch that is about to leave.
    fn spelled<'a>(&self, batch: &'a NewBatch) -> Result<wire::NewBatch<'a>, Failure> {
        check::batch(batch, self, self.now())?;
        convert::new_batch(batch).map_err(|fault| check::refused(batch, &fault.0))
    }

    pub(super) async fn post(&self, batch: &NewBatch) -> Created {
        let body = match self.spelled(batch) {
            Ok(body) => body,
            Err(failure) => return Created::NotSent(failure),
        };
        let private = check::private(&batch.payload);
        let written = self
            .http()
            .change(Write::Post, self.batches(), Some(&body), &NOT_CARRIED_OUT, &private)
            .await;
        written.created(|answer| echoed(answer, &batch.reference, Some(&batch.payload.numbers())))
    }

    pub(super) async fn put(&self, id: &BatchId, batch: &NewBatch) -> InPlace {
        let call = self.path(id).and_then(|path| Ok((path, self.spelled(batch)?)));
        let (path, body) = match call {
            Ok(call) => call,
            Err(failure) => return InPlace::NotSent(failure),
        };
        let private = check::private(&batch.payload);
        let written = self
            .http()
            .change(Write::Put, &path, Some(&body), &NOT_CARRIED_OUT, &private)
            .await;
        in_place(written, id, &batch.reference, Some(&batch.payload.numbers()))
    }

    pub(super) async fn remove(&self, id: &BatchId, people: &[Msisdn], reference: &Reference) -> InPlace {
        let most = usize::try_from(MOST_RECIPIENTS).unwrap_or(usize::MAX);
        if people.is_empty() || people.len() > most {
            let message = format!("a removal takes 1 to {MOST_RECIPIENTS} people, not {}", people.len());
            return InPlace::NotSent(Failure::new(FailureKind::Refused, message));
        }
        let path = match self.path(id) {
            Ok(path) => path,
            Err(failure) => return InPlace::NotSent(failure),
        };
        let body = wire::Removal {
            batch_type: convert::TEXT,
            to_remove: convert::digits(people),
            client_reference: reference.to_string(),
        };
        let written = self
            .http()
            .change(Write::Post, &path, Some(&body), &NOT_CARRIED_OUT, &[])
            .await;
        // Who is left is read afterwards.
        in_place(written, id, reference, None)
    }

    pub(super) async fn delete(&self, id: &BatchId) -> Canceled {
        let path = match self.path(id) {
            Ok(path) => path,
            Err(failure) => return Canceled::NotSent(failure),
        };
        let written = self
            .http()
            .change(Write::Delete, &path, None::<&()>, &NOT_CARRIED_OUT, &[])
            .await;
        written.canceled()
    }

    pub(super) async fn trial(&self, batch: &NewBatch) -> Result<DryRun, Failure> {
        let path = format!("{}/dry_run", self.batches());
        let query = [
            ("per_recipient", "true".to_owned()),
            ("number_of_recipients", MOST_RECIPIENTS.to_string()),
        ];
        let body = convert::trial(batch);
        let answer = self
            .http()
            .write(Write::Post, &path, &query, Some(&body))
            .await
            .map_err(|lost| lost.failure)?;
        if !answer.is_success() {
            return Err(self.http().write_failure(&answer, &check::private(&batch.payload)));
        }
        let unreadable = || answer.garbled("with a dry run that cannot be read");
        convert::dry_run(&answer.json()?).ok_or_else(unreadable)
    }
}

/// What is known after a PUT or POST on a batch.
fn in_place(written: ChangeOutcome, id: &BatchId, reference: &Reference, sent: Option<&[Msisdn]>) -> InPlace {
    match written {
        ChangeOutcome::Done(answer) => match echoed(&answer, reference, sent) {
            Ok(echoed) if echoed.id == *id && echoed.is_kept => {
                echoed.other_people.map_or(InPlace::Done, InPlace::OtherPeople)
            }
            Ok(_) => InPlace::Unknown(answer.garbled("with another batch or reference")),
            Err(failure) => InPlace::Unknown(failure),
        },
        ChangeOutcome::Not(Refusal {
            status: Some(403),
            code: Some(code),
            failure,
        }) if code == "batch_already_dispatched" => InPlace::Dispatched(failure),
        ChangeOutcome::Not(refusal) => InPlace::NotSent(refusal.failure),
        ChangeOutcome::Unknown(failure) => InPlace::Unknown(failure),
    }
}

/// The id in a successful answer, and whether it repeats our own reference, and the people who were sent.
fn echoed(answer: &Answer, reference: &Reference, sent: Option<&[Msisdn]>) -> Result<Echoed, Failure> {
    let echo: wire::Echo = answer.json()?;
    let shown = echo.to.as_deref().and_then(convert::numbers);
    let text = echo.client_reference.and_then(|text| text.text());
    match echo.id.and_then(|id| id.text()) {
        Some(id) => Ok(Echoed {
            id: BatchId(id),
            is_kept: text == Some(reference.to_string()),
            other_people: sent
                .zip(shown)
                .and_then(|(sent, shown)| OtherPeople::between(sent, &shown)),
        }),
        None => Err(answer.garbled("without an id")),
    }
}
