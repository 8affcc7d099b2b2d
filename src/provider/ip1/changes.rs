//! What makes or cancels a batch, and what is known afterwards.

use super::super::http::{Answer, Echoed, Write};
use super::super::{Canceled, Created, Failure, NewBatch, check};
use super::calls::{BATCHES, Ip1, batch_path};
use super::{convert, wire};
use crate::model::{BatchId, Reference};

/// With these answers a request is certainly not carried out (`docs/design.md` section 5; the vendor's table of status
/// codes). 409 is not among them: "already exists" may mean that our own lost request arrived.
pub const NOT_CARRIED_OUT: [u16; 5] = [400, 401, 403, 404, 405];

impl Ip1 {
    pub(super) async fn post(&self, batch: &NewBatch) -> Created {
        if let Err(failure) = check::batch(batch, self, self.now()) {
            return Created::NotSent(failure);
        }
        let Some(body) = convert::new_batch(batch) else {
            return Created::NotSent(check::refused(
                batch,
                "its data coding or priority is not one of iP.1's",
            ));
        };
        let private = check::private(&batch.payload);
        let written = self
            .http()
            .change(Write::Post, BATCHES, Some(&body), &NOT_CARRIED_OUT, &private)
            .await;
        written.created(|answer| echoed(answer, &batch.reference))
    }

    pub(super) async fn delete(&self, id: &BatchId) -> Canceled {
        let path = match batch_path(id) {
            Ok(path) => path,
            Err(failure) => return Canceled::NotSent(failure),
        };
        let written = self
            .http()
            .change(Write::Delete, &path, None::<&()>, &NOT_CARRIED_OUT, &[])
            .await;
        written.canceled()
    }
}

/// The id in a successful answer, and whether it repeats our own reference; its status among them is not documented.
fn echoed(answer: &Answer, reference: &Reference) -> Result<Echoed, Failure> {
    let echo: wire::Echo = answer.json()?;
    let text = echo.reference.and_then(|text| text.text());
    match echo.id.and_then(|id| id.text()) {
        Some(id) => Ok(Echoed {
            id: BatchId(id),
            is_kept: text == Some(reference.to_string()),
            // iP.1 shows nobody in its answers: its messages are read when it matters.
            other_people: None,
        }),
        None => Err(answer.garbled("without an id")),
    }
}
