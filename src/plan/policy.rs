//! What a decision may rely on besides files and batches: the project's settings, the accounts, the
//! overrides in force. The shell fills it in; nothing here is read from anywhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::campaign::{Guards, Rule};
use crate::desired::{Finding, Suppressions};
use crate::model::{
    AccountId, Api, CampaignRef, Instant, LocalTime, Namespace, OccurrenceKey, ProviderName, Reference,
};
use crate::profile::Capabilities;

/// The rules of one run.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Which batches are ours.
    pub namespace: Namespace,
    /// Every configured provider.
    pub providers: BTreeMap<ProviderName, ProviderFacts>,
    /// No changes to a batch that opens sooner.
    pub freeze_before: Duration,
    /// Nothing opens sooner than this after its creation.
    pub settle: Duration,
    /// Cron occurrences opening later wait.
    pub horizon: Duration,
    /// Nearer occurrences may be duplicates.
    pub min_gap: Duration,
    /// Nothing is created or replaced; cancels and repairs go on.
    pub paused: bool,
    /// Limits that stop a plan.
    pub guards: Guards,
    /// `--allow`, as given. The campaigns' own `allow:` are in `DesiredCampaign::allow`.
    pub overrides: Vec<Override>,
    /// `--campaign`: narrows operations, never what is read or checked. `None` is all.
    pub selected: Option<BTreeSet<CampaignRef>>,
    /// Numbers that must not be texted.
    pub suppressions: Suppressions,
    /// Accounts whose opt-outs could not be read.
    pub opt_outs_unread: Vec<Unread>,
    /// What checks outside of this module found, to be treated as tripped guards (quiet hours).
    pub findings: Vec<Finding>,
    /// Nothing was read: the plan shows what would be sent if nothing existed, and is never applicable.
    pub offline: bool,
    /// How messages show instants.
    pub instants: InstantSpelling,
}

/// How messages show instants: on the project's clock, or in UTC where it has none. The conversion is `schedule`'s, so
/// the shell hands it in.
#[derive(Clone, Default)]
pub struct InstantSpelling(Option<Arc<dyn Fn(Instant) -> String + Send + Sync>>);

impl InstantSpelling {
    /// With this function.
    pub fn new(spell: impl Fn(Instant) -> String + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(spell)))
    }

    /// The instant in words.
    pub fn spell(&self, instant: Instant) -> String {
        self.0
            .as_ref()
            .map_or_else(|| instant.to_string(), |spell| spell(instant))
    }
}

impl fmt::Debug for InstantSpelling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InstantSpelling")
    }
}

impl Policy {
    /// The defaults of `docs/contract.md`, no provider, no limits.
    pub fn new(namespace: Namespace) -> Self {
        const MINUTE: u64 = 60;
        Self {
            namespace,
            providers: BTreeMap::new(),
            freeze_before: Duration::from_secs(10 * MINUTE),
            settle: Duration::from_secs(2 * MINUTE),
            horizon: Duration::from_secs(7 * 24 * 60 * MINUTE),
            min_gap: Duration::from_secs(24 * 60 * MINUTE),
            paused: false,
            guards: Guards {
                max_shrink_percent: Some(50),
                max_cancel_percent: Some(50),
                ..Guards::default()
            },
            overrides: Vec::new(),
            selected: None,
            suppressions: Suppressions::default(),
            opt_outs_unread: Vec::new(),
            findings: Vec::new(),
            offline: false,
            instants: InstantSpelling::default(),
        }
    }
}

/// An account, as far as a decision depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderFacts {
    /// As `campanile.yaml` names it.
    pub name: ProviderName,
    /// Which account: part of every digest, so that an approval holds for one account only.
    pub account: AccountId,
    /// Which API.
    pub api: Api,
    /// The embedded emulator.
    pub sandbox: bool,
    /// How long a new batch may be missing from the list.
    pub list_lag: Duration,
    /// How long an unknown outcome holds its occurrence.
    pub unknown_hold: Duration,
}

impl ProviderFacts {
    /// What the API can do.
    pub(crate) fn can(&self) -> &'static Capabilities {
        Capabilities::of(self.api)
    }
}

/// An account whose opt-outs could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// The account, by the provider's name.
    pub provider: ProviderName,
    /// The embedded emulator.
    pub sandbox: bool,
    /// Why: lower case, no full stop.
    pub why: String,
}

/// `--allow RULE=REF`: one rule, for one campaign, occurrence or batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// Which rule is lifted.
    pub rule: Rule,
    /// For what.
    pub scope: Scope,
}

/// What an override is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Everything of a campaign.
    Campaign(CampaignRef),
    /// `campaign@2026-12-01T10:00`, or `campaign@2` for a one-off's revision.
    Occurrence(CampaignRef, OccurrenceKey),
    /// One batch by its whole reference, fingerprint included.
    Reference(Reference),
    /// A suppression list, as the project names it.
    File(String),
}

/// The text is not `RULE=REF`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidOverride {
    /// There is no `=`.
    #[error("`{0}` is not an override: write `RULE=REF`, for example `starts-now=black-friday`")]
    Shape(String),
    /// No such rule.
    #[error("`{0}` is not a rule that can be allowed; there are {known}", known = known_rules())]
    Rule(String),
    /// Neither a campaign, nor a campaign with an occurrence, nor a reference.
    #[error("`{0}` is neither a campaign, nor `campaign@occurrence`, nor a whole reference")]
    Scope(String),
}

fn known_rules() -> String {
    Rule::ALL.map(|rule| format!("`{}`", rule.as_str())).join(" ")
}

impl Override {
    /// Reads `RULE=REF`.
    pub fn parse(text: &str) -> Result<Self, InvalidOverride> {
        let (rule, scope) = text
            .split_once('=')
            .ok_or_else(|| InvalidOverride::Shape(text.to_owned()))?;
        let rule = Rule::parse(rule.trim()).ok_or_else(|| InvalidOverride::Rule(rule.trim().to_owned()))?;
        let text = scope.trim();
        let scope = match rule {
            Rule::SuppressionShrink => (!text.is_empty()).then(|| Scope::File(text.to_owned())),
            _ => Scope::parse(text),
        };
        let scope = scope.ok_or_else(|| InvalidOverride::Scope(text.to_owned()))?;
        Ok(Self { rule, scope })
    }
}

impl fmt::Display for Override {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.rule.as_str(), self.scope)
    }
}

impl Scope {
    /// Reads a campaign, `campaign@occurrence` or a whole reference.
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(reference) = Reference::parse(text) {
            return Some(Self::Reference(reference));
        }
        let Some((campaign, occurrence)) = text.split_once('@') else {
            return CampaignRef::parse(text).ok().map(Self::Campaign);
        };
        let campaign = CampaignRef::parse(campaign).ok()?;
        let key = LocalTime::parse(occurrence)
            .and_then(OccurrenceKey::nominal)
            .or_else(|| occurrence.parse().ok().and_then(OccurrenceKey::revision))?;
        Some(Self::Occurrence(campaign, key))
    }

    /// Whether a batch of this reference is meant.
    pub fn covers(&self, reference: &Reference) -> bool {
        match self {
            Self::Campaign(campaign) => *campaign == reference.slot.campaign,
            Self::Occurrence(campaign, key) => {
                *campaign == reference.slot.campaign && *key == reference.slot.occurrence
            }
            Self::Reference(one) => one == reference,
            Self::File(_) => false,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Campaign(campaign) => write!(f, "{campaign}"),
            Self::Occurrence(campaign, key) => match (key.as_nominal(), key.as_revision()) {
                (Some(nominal), _) => write!(f, "{campaign}@{nominal}"),
                (None, revision) => write!(f, "{campaign}@{}", revision.unwrap_or_default()),
            },
            Self::Reference(reference) => write!(f, "{reference}"),
            Self::File(file) => write!(f, "{file}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overrides_are_scoped_to_a_campaign_an_occurrence_or_a_batch() {
        for text in [
            "starts-now=black-friday",
            "duplicate=daily@2026-12-01T10:00",
            "resume=spring@2",
            "too-late=acme.black-friday.000010000000000000",
            "suppression-shrink=suppressions/stop.csv",
        ] {
            assert_eq!(Override::parse(text).unwrap().to_string(), text);
        }
        for text in ["starts-now", "nonsense=a", "cost=", "cost=*", "cost=a@b"] {
            assert!(Override::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_whole_reference_stops_covering_when_the_content_moves() {
        let reference = Reference::parse("acme.black-friday.000010000000000000").unwrap();
        let scope = Scope::Reference(reference.clone());
        let edited = Reference::parse("acme.black-friday.000010000000000001").unwrap();
        assert!(scope.covers(&reference) && !scope.covers(&edited));
    }
}
