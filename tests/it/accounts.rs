//! Both adapters on the real emulators over loopback HTTP, for tests that hold for either.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use campanile::emulator::Options;
use campanile::model::{
    Api, BatchId, Clock, Datacoding, ExistingBatch, Instant, MessageType, Msisdn, Payload, PayloadRecipients,
    ProviderName, Reference, Sender, Window, Windows,
};
use campanile::provider::{AnyProvider, Connection, Created, NewBatch, Provider};
use secrecy::SecretString;
use serde_json::Value;

use crate::emulated::{Emulated, START};

pub const APIS: [Api; 2] = [Api::Ip1, Api::Sinch];
/// Must never be seen in an error.
pub const TOKEN: &str = "canary-token-1f2e3d";
/// The first window opens an hour after `START`.
pub const OPENS: &str = "2026-11-23T09:00:00Z";
pub const CLOSES: &str = "2026-11-23T11:00:00Z";

/// An adapter, the emulator that it talks to, and the clock of both.
pub struct Account {
    pub api: Api,
    pub emulated: Emulated,
    pub provider: AnyProvider,
    clock: Arc<Mutex<Instant>>,
}

/// Arguments for an account at this address.
pub fn connection(base_url: &str, clock: Arc<dyn Clock + Send + Sync>) -> Connection {
    Connection {
        name: ProviderName::parse("account").unwrap(),
        base_url: base_url.to_owned(),
        token: SecretString::from(TOKEN),
        max_recipients_per_batch: 1000,
        requests_per_second: 0,
        requests_in_flight: 1,
        list_lag: Duration::ZERO,
        unknown_hold: Duration::from_mins(15),
        is_sandbox: true,
        service_plan_id: Some("plan".to_owned()),
        clock,
    }
}

impl Account {
    pub async fn fresh(api: Api) -> Account {
        Account::with(api, Options::default()).await
    }

    pub async fn with(api: Api, options: Options) -> Account {
        let emulated = Emulated::with(options).await;
        let clock = Arc::new(Mutex::new(Instant::parse(START).unwrap()));
        let told = Arc::clone(&clock);
        let connection = connection(&emulated.running.url(), Arc::new(move || *told.lock().unwrap()));
        Account {
            api,
            emulated,
            provider: AnyProvider::new(api, connection).unwrap(),
            clock,
        }
    }

    /// Where batches live.
    pub fn batches(&self) -> &'static str {
        match self.api {
            Api::Ip1 => "/v2/batches",
            Api::Sinch => "/xms/v1/plan/batches",
        }
    }

    /// Moves the clock of both sides.
    pub async fn clock(&self, now: &str) {
        *self.clock.lock().unwrap() = Instant::parse(now).unwrap();
        self.emulated.clock(now).await;
    }

    /// Creates a batch that must succeed.
    pub async fn created(&self, batch: &NewBatch) -> BatchId {
        match self.provider.create(batch).await {
            Created::Done(id) => id,
            other => panic!("{other:?}"),
        }
    }

    /// The complete list.
    pub async fn list(&self) -> Vec<ExistingBatch> {
        self.provider.list().await.unwrap().batches
    }

    /// A batch that must be there.
    pub async fn get(&self, id: &BatchId) -> ExistingBatch {
        self.provider.get(id).await.unwrap().expect("a batch")
    }

    /// `METHOD path` of every request taken.
    pub async fn calls(&self) -> Vec<String> {
        let log = self.emulated.get("/_emulator/log").await.json();
        let text = |entry: &Value, name: &str| entry[name].as_str().unwrap().to_owned();
        log.as_array()
            .unwrap()
            .iter()
            .map(|e| format!("{} {}", text(e, "method"), text(e, "path")))
            .collect()
    }

    /// How many requests began with this method and path.
    pub async fn count(&self, call: &str) -> usize {
        self.calls().await.iter().filter(|made| made.starts_with(call)).count()
    }

    /// A batch of this campaign to so many people, all the same text.
    pub fn plain(&self, campaign: &str, people: u64) -> NewBatch {
        self.batch(
            campaign,
            "Canary Hello to you",
            PayloadRecipients::Plain((0..people).map(number).collect()),
        )
    }

    /// A batch in which each has a name of their own.
    pub fn personalized(&self, campaign: &str, names: &[&str]) -> NewBatch {
        let body = match self.api {
            Api::Ip1 => "Canary Hello {a}!",
            Api::Sinch => "Canary Hello ${a}!",
        };
        let people = (0..).map(number).zip(names);
        let recipients = people.map(|(number, name)| (number, vec![("a".to_owned(), (*name).to_owned())]));
        self.batch(campaign, body, PayloadRecipients::Personalized(recipients.collect()))
    }

    fn batch(&self, campaign: &str, body: &str, recipients: PayloadRecipients) -> NewBatch {
        NewBatch {
            reference: reference(campaign, "abcdefg"),
            sender: Sender::parse("ACME").unwrap(),
            payload: Payload {
                body: body.to_owned(),
                recipients,
            },
            message_type: MessageType::Sms,
            datacoding: match self.api {
                Api::Ip1 => Datacoding::Gsm,
                Api::Sinch => Datacoding::PerMessage,
            },
            priority: 1,
            windows: window(OPENS, CLOSES),
            report_url: None,
            tags: vec!["canary-tag".to_owned()],
            extra: BTreeMap::new(),
        }
    }
}

/// The n-th recipient.
pub fn number(n: u64) -> Msisdn {
    Msisdn::from_u64(46_701_740_605 + n).unwrap()
}

/// A one-off's reference.
pub fn reference(campaign: &str, fingerprint: &str) -> Reference {
    Reference::parse(&format!("acme.{campaign}.00001000000{fingerprint}")).unwrap()
}

/// A single window.
pub fn window(opens: &str, closes: &str) -> Windows {
    let at = |text: &str| Instant::parse(text).unwrap();
    Windows::one(Window::new(at(opens), at(closes)).unwrap())
}
