//! The emulated Sinch account: requests in, answers out, moved by the desk's time.

use serde_json::{Value, json};

use super::desk::Desk;
use super::wire::{Answer, Request};

/// One account with all its batches.
#[derive(Debug, Default)]
pub struct Account {}

impl Account {
    /// Answers a request of this API.
    pub fn answer(&mut self, _request: &Request, _desk: &mut Desk) -> Answer {
        Answer::json(404, &json!({}))
    }

    /// Lets everything happen that is due at `desk.now`: called at the start of every turn and after the clock was set.
    pub fn advance(&mut self, _desk: &mut Desk) {}

    /// Takes in one event from the state file. The error says what is wrong with it.
    pub fn replay(&mut self, _event: Value, _desk: &mut Desk) -> Result<(), String> {
        Ok(())
    }

    /// A person cancels a batch in the portal; whether there is such a batch.
    pub fn cancel_by_hand(&mut self, _id: &str, _desk: &mut Desk) -> bool {
        false
    }

    /// A person deletes a batch in the portal; whether there is such a batch.
    pub fn erase_by_hand(&mut self, _id: &str, _desk: &mut Desk) -> bool {
        false
    }

    /// Answers `POST /_emulator/sinch/..`; `path` is the rest.
    pub fn control(&mut self, _path: &[&str], _request: &Request, _desk: &mut Desk) -> Answer {
        Answer::json(404, &json!({ "error": "no such control" }))
    }
}
