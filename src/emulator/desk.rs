//! What both emulated accounts share while they answer: the time of this turn, settings, outbox, reports, journal, ids.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;

use super::callbacks::Callbacks;
use super::clock::Instant;
use super::ids::Ids;
use super::outbox::Outbox;
use super::settings::Settings;
use super::store::Journal;
use super::wire::Request;

/// The shared side of one emulator.
pub struct Desk {
    /// The emulator's time, read once a turn.
    pub now: Instant,
    /// What was chosen over `/_emulator/settings`.
    pub settings: Settings,
    /// The messages sent.
    pub outbox: Outbox,
    /// Delivery reports to be posted.
    pub callbacks: Callbacks,
    /// Ids for new things.
    pub ids: Ids,
    /// Key with which Sinch's webhooks are signed, when there is one.
    pub sinch_webhook_secret: Option<Arc<str>>,
    pub(super) token: Option<Arc<str>>,
    pub(super) journal: Journal,
    hidden: HashMap<String, u32>,
}

impl Desk {
    pub(super) fn new(now: Instant, token: Option<Arc<str>>, secret: Option<Arc<str>>, journal: Journal) -> Desk {
        Desk {
            now,
            settings: Settings::default(),
            outbox: Outbox::default(),
            callbacks: Callbacks::default(),
            ids: Ids::default(),
            sinch_webhook_secret: secret,
            token,
            journal,
            hidden: HashMap::new(),
        }
    }

    /// Whether the request carries a bearer token that this emulator accepts.
    pub fn admits(&self, request: &Request) -> bool {
        request
            .bearer()
            .is_some_and(|token| self.token.as_deref().is_none_or(|expected| expected == token))
    }

    /// Writes an event to the state file; on failure this turn's answer becomes 500.
    pub fn commit(&mut self, api: &'static str, event: &impl Serialize) {
        self.journal.commit(api, event);
    }

    /// Whether a list shows this batch yet (setting `list_lag_ms`, fault `list_lag`).
    pub fn lists(&self, batch: &str, created: Instant) -> bool {
        let lag = i64::from(self.settings.list_lag_ms);
        // Without a lag even a batch from the future is there: the clock may have been set back.
        let old_enough = lag == 0 || created.plus_millis(lag) <= self.now;
        old_enough && !self.hidden.contains_key(batch)
    }

    /// To be called once for every list request that was answered: hidden batches come a step nearer.
    pub fn list_was_read(&mut self) {
        self.hidden.retain(|_, lists| {
            *lists = lists.saturating_sub(1);
            *lists > 0
        });
    }

    /// Hides a batch from the next `lists` list requests.
    pub(super) fn hide(&mut self, batch: String, lists: u32) {
        if lists > 0 {
            self.hidden.insert(batch, lists);
        }
    }

    /// Forgets everything but the state file, token and secret.
    pub(super) fn reset(&mut self) {
        let journal = std::mem::take(&mut self.journal);
        *self = Desk::new(self.now, self.token.take(), self.sinch_webhook_secret.take(), journal);
    }
}
