//! The project's provider accounts, ready to be asked: tokens read, sandboxes started.

use std::path::Path;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use super::context::{Context, Failed};
use super::environment::variable;
use super::exit::Exit;
use super::list_store::FileStore;
use super::sandbox;
use crate::campaign::{Project, ProviderConfig, ProviderKind};
use crate::desired::{Desired, DesiredCampaign};
use crate::emulator::Running;
use crate::model::{AccountId, Diagnostic, Estimate, Instant, Place, ProviderName};
use crate::plan::{Plan, ProviderFacts, two_names};
use crate::project::read_secret;
use crate::provider::{AnyProvider, Connection, Provider, ReadError};

/// Every configured provider.
pub(super) struct Accounts {
    /// Ready to be asked.
    pub providers: Vec<AnyProvider>,
    /// What a decision may rely on.
    pub facts: Vec<ProviderFacts>,
    /// Warnings about tokens.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether every one of them is on this machine (sandbox or loopback).
    pub all_local: bool,
    /// Sandboxes run as long as these live.
    running: Vec<Running>,
    /// Where each provider is, with what token: in the order of `providers`.
    addresses: Vec<(String, SecretString)>,
}

/// Opens every account of the project. Needs a runtime.
pub(super) async fn open(context: &Context, root: &Path, project: &Project) -> Result<Accounts, Failed> {
    let (mut accounts, mut faults) = open_some(context, root, project).await?;
    accounts.ask_for_ids(root).await;
    faults.extend(accounts.one_under_two_names());
    if faults.is_empty() {
        Ok(accounts)
    } else {
        Err(Failed::input(faults).hint("without an account: `--sandbox`, or `campanile plan --offline`"))
    }
}

/// Opens the accounts that can be opened, and says why the others cannot: an emergency stop takes what it gets, and
/// asks nobody for an ID first.
pub(super) async fn open_some(
    context: &Context,
    root: &Path,
    project: &Project,
) -> Result<(Accounts, Vec<Diagnostic>), Failed> {
    let mut accounts = Accounts {
        providers: Vec::new(),
        facts: Vec::new(),
        diagnostics: Vec::new(),
        all_local: true,
        running: Vec::new(),
        addresses: Vec::new(),
    };
    let mut faults = Vec::new();
    for (name, config) in &project.providers {
        match connection(context, root, project, name, config, &mut accounts).await? {
            Ok((connection, account)) => accounts.add(config, connection, account)?,
            Err(fault) => faults.push(fault),
        }
    }
    Ok((accounts, faults))
}

/// What one account needs; the inner error is a fault of the input.
async fn connection(
    context: &Context,
    root: &Path,
    project: &Project,
    name: &ProviderName,
    config: &ProviderConfig,
    accounts: &mut Accounts,
) -> Result<Result<(Connection, AccountId), Diagnostic>, Failed> {
    let mut secret = |secret, place: &Option<Place>| match read_secret(secret, root, &project.allow_paths, &variable) {
        Ok((text, warning)) => {
            accounts.diagnostics.extend(warning);
            Ok(text)
        }
        // What came from flags has no place in a file.
        Err(error) => Err(match place {
            Some(place) if context.source(&place.file).is_some() => error.diagnostic().at(place.clone()),
            Some(_) | None => error.diagnostic(),
        }),
    };
    let token = config.token.as_ref().map(|token| secret(token, &config.token_place));
    let token = match token {
        Some(Ok(token)) => token,
        Some(Err(fault)) => return Ok(Err(fault)),
        None => SecretString::from("sandbox"),
    };
    let (base_url, service_plan_id, account) = match &config.kind {
        ProviderKind::Sandbox { .. } => {
            let running = sandbox::open(root, name, context.clock.pretended()).await?;
            let url = running.url();
            accounts.running.push(running);
            let account = AccountId::new("sandbox", Some(name.as_str()), "");
            (url, Some("sandbox".to_owned()), account)
        }
        ProviderKind::Ip1 { base_url } => (base_url.clone(), None, AccountId::new("ip1", None, base_url)),
        ProviderKind::Sinch {
            base_url,
            service_plan_id,
        } => match secret(service_plan_id, &config.service_plan_place) {
            Ok(plan) => {
                let plan = plan.expose_secret().to_owned();
                let account = AccountId::new("sinch", Some(&plan), base_url);
                (base_url.clone(), Some(plan), account)
            }
            Err(fault) => return Ok(Err(fault)),
        },
    };
    let connection = Connection {
        name: name.clone(),
        base_url,
        token,
        max_recipients_per_batch: config.max_recipients_per_batch,
        requests_per_second: if config.is_sandbox() {
            0
        } else {
            config.requests_per_second
        },
        requests_in_flight: config.requests_in_flight as usize,
        list_lag: config.list_lag,
        unknown_hold: config.unknown_hold,
        is_sandbox: config.is_sandbox(),
        service_plan_id,
        clock: Arc::new(context.clock.clone()),
    };
    Ok(Ok((connection, account)))
}

impl Accounts {
    fn add(&mut self, config: &ProviderConfig, connection: Connection, account: AccountId) -> Result<(), Failed> {
        self.addresses
            .push((connection.base_url.clone(), connection.token.clone()));
        self.all_local &= config.is_sandbox() || is_loopback(&connection.base_url);
        let provider = AnyProvider::new(config.api(), connection)
            .map_err(|error| Failed::new(Exit::Input, format!("provider cannot be used: {error}")))?;
        self.facts.push(facts(&provider, config, account));
        self.providers.push(provider);
        Ok(())
    }

    /// Asks the accounts that have an ID of their own for it: what the journal says holds for that account alone.
    async fn ask_for_ids(&mut self, root: &Path) {
        for ((provider, facts), (base_url, _)) in self.providers.iter_mut().zip(&mut self.facts).zip(&self.addresses) {
            if facts.sandbox || facts.account.is_certain() {
                continue;
            }
            if let Some(id) = provider.account_id().await {
                facts.account = AccountId::new(facts.api.as_str(), Some(&id), base_url);
                provider.remember_in(Box::new(FileStore::of(root, provider.name(), &facts.account)));
            }
        }
    }

    /// Two entries that lead to one account. Where it shows no ID, the same address with another token may be another
    /// one.
    fn one_under_two_names(&self) -> Option<Diagnostic> {
        let all: Vec<_> = self.facts.iter().zip(&self.addresses).collect();
        let is_same = |(one, (_, token)): &(&ProviderFacts, &(String, SecretString)),
                       (other, (_, theirs)): &(&ProviderFacts, &(String, SecretString))| {
            one.account.as_str() == other.account.as_str()
                && (one.account.is_certain() || token.expose_secret().trim() == theirs.expose_secret().trim())
        };
        let real = || all.iter().filter(|(facts, _)| !facts.sandbox);
        real().enumerate().find_map(|(i, one)| {
            let twin = real().skip(i + 1).find(|other| is_same(one, other))?;
            Some(two_names(&one.0.name, &twin.0.name))
        })
    }

    /// Registered senders and balances against what the plan would send.
    pub(super) async fn warnings(&self, plan: &Plan, desired: &Desired) -> Vec<Diagnostic> {
        let mut warnings = Vec::new();
        for provider in &self.providers {
            let sends = || {
                plan.operations
                    .iter()
                    .filter(|operation| operation.sends() && operation.provider == *provider.name())
            };
            if sends().next().is_none() {
                continue;
            }
            let Ok(account) = provider.account().await else {
                continue;
            };
            let mut estimate = Estimate::default();
            sends()
                .filter_map(|operation| operation.content.as_ref())
                .for_each(|content| estimate.merge(&content.estimate));
            let campaigns: Vec<&DesiredCampaign> = desired
                .campaigns
                .iter()
                .filter(|campaign| sends().any(|operation| *operation.campaign() == campaign.reference))
                .collect();
            let senders = campaigns.iter().map(|campaign| campaign.settings.sender.as_str());
            warnings.extend(account.warnings(provider.name(), senders, &estimate));
        }
        warnings
    }

    /// The account of this name.
    pub(super) fn find(&self, name: &ProviderName) -> Option<&AnyProvider> {
        self.providers.iter().find(|provider| provider.name() == name)
    }

    /// Stops the sandboxes; their state is on disk already.
    pub(super) async fn close(self) {
        for running in self.running {
            running.stop().await;
        }
    }
}

/// The facts of every provider, without asking any: for plans that assume that nothing exists.
pub(super) fn offline_facts(project: &Project) -> Result<Vec<ProviderFacts>, Failed> {
    let facts_of = |(name, config): (&ProviderName, &ProviderConfig)| {
        let connection = Connection {
            name: name.clone(),
            // Nothing is called; without TLS nothing is prepared for it either.
            base_url: "http://127.0.0.1:9".to_owned(),
            token: SecretString::from("offline"),
            max_recipients_per_batch: config.max_recipients_per_batch,
            requests_per_second: config.requests_per_second,
            requests_in_flight: 1,
            list_lag: config.list_lag,
            unknown_hold: config.unknown_hold,
            is_sandbox: config.is_sandbox(),
            service_plan_id: Some("offline".to_owned()),
            clock: Arc::new(|| Instant::from_unix_seconds(0)),
        };
        let provider = AnyProvider::new(config.api(), connection)
            .map_err(|error| Failed::new(Exit::Input, format!("provider `{name}` cannot be used: {error}")))?;
        let account = AccountId::new("offline", Some(name.as_str()), "");
        Ok(facts(&provider, config, account))
    };
    project.providers.iter().map(facts_of).collect()
}

/// `http://` is allowed to loopback only, so the scheme decides.
fn is_loopback(base_url: &str) -> bool {
    base_url.starts_with("http://")
}

/// A provider as the plan knows it.
pub(super) fn facts(provider: &AnyProvider, config: &ProviderConfig, account: AccountId) -> ProviderFacts {
    ProviderFacts {
        name: provider.name().clone(),
        account,
        api: provider.api(),
        sandbox: provider.is_sandbox(),
        list_lag: config.list_lag,
        unknown_hold: config.unknown_hold,
    }
}

/// A provider that cannot be read completely: no operations, nothing changed.
#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
pub(super) fn unreadable(error: ReadError) -> Failed {
    Failed {
        diagnostics: vec![error.diagnostic()],
        ..Failed::new(Exit::Failed, "a provider cannot be read; nothing was changed")
    }
}
