//! Which configured provider a line of the journal speaks of. Tokens, addresses and names move; the account stays.

use std::collections::BTreeMap;

use super::journal::Line;
use crate::model::{BatchId, Belongs, ProviderName};
use crate::plan::{Observed, Policy};

/// Where a line belongs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Whose {
    /// To the account of this provider.
    Surely(ProviderName),
    /// To the account of this provider, perhaps: it holds what it would hold, and frees nothing.
    Perhaps(ProviderName),
    /// To an account that is no longer configured, with the name of its provider.
    Elsewhere(ProviderName),
}

impl Whose {
    /// The provider, whatever is known of it.
    pub(super) fn name(&self) -> &ProviderName {
        match self {
            Self::Surely(name) | Self::Perhaps(name) | Self::Elsewhere(name) => name,
        }
    }

    /// Whether a line of one can speak of what a line of the other speaks of.
    pub(super) fn is_with(&self, other: &Self) -> bool {
        let is_elsewhere = |whose: &Self| matches!(whose, Self::Elsewhere(_));
        self.name() == other.name() && is_elsewhere(self) == is_elsewhere(other)
    }
}

/// Tells lines apart by account.
pub(super) struct KnownAccounts<'a> {
    policy: &'a Policy,
    /// What real accounts show now, by id: ids are the provider's own and never its neighbor's.
    listed: BTreeMap<&'a str, &'a ProviderName>,
}

impl<'a> KnownAccounts<'a> {
    /// Of this run.
    pub(super) fn new(observed: &'a Observed, policy: &'a Policy) -> Self {
        let listed = observed
            .batches
            .iter()
            .map(|batch| (batch.id.0.as_str(), &batch.provider));
        Self {
            policy,
            listed: listed.collect(),
        }
    }

    /// Where a line belongs, by its account; `None`: its provider has no name that could be one.
    pub(super) fn of(&self, line: &Line) -> Option<Whose> {
        let named = ProviderName::parse(&line.provider).ok()?;
        let account = line.account.as_deref();
        let all = || (self.policy.providers.values()).map(|facts| (&facts.name, facts.account.belongs(account)));
        if let Some((name, _)) = all().find(|(_, belongs)| *belongs == Belongs::Surely) {
            return Some(Whose::Surely(name.clone()));
        }
        // Of several that may be it, the one of the same name; an account without a name is nothing but its provider's.
        let perhaps = || all().filter(|(_, belongs)| *belongs == Belongs::Perhaps);
        let by_name = perhaps().find(|(name, _)| **name == named);
        let found = by_name.or_else(|| perhaps().find(|_| account.is_some()));
        Some(found.map_or_else(|| Whose::Elsewhere(named), |(name, _)| Whose::Perhaps(name.clone())))
    }

    /// The same once an id is known: the account that shows it has it.
    pub(super) fn with_id(&self, whose: Whose, id: Option<&BatchId>) -> Whose {
        let shown_at = id.and_then(|id| self.listed.get(id.0.as_str()));
        shown_at.map_or(whose, |name| Whose::Surely((*name).clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply::journal::Event;
    use crate::apply::testing;
    use crate::model::{AccountId, Namespace};

    fn line(provider: &str, account: Option<&AccountId>) -> Line {
        Line {
            at_ms: 1,
            provider: provider.to_owned(),
            account: account.map(|account| account.as_str().to_owned()),
            reference: "acme".to_owned(),
            event: Event::Recognized,
        }
    }

    fn account(id: Option<&str>) -> AccountId {
        AccountId::new("ip1", id, "https://api.ip1sms.com")
    }

    #[test]
    fn a_line_belongs_to_the_account_that_it_names_whatever_the_provider_is_called_now() {
        let name = |text: &str| ProviderName::parse(text).unwrap();
        let mut policy = Policy::new(Namespace::parse("acme").unwrap());
        policy
            .providers
            .insert(name("main"), testing::ip1("main", account(Some("ip1-1"))));
        let observed = Observed::default();
        let table = [
            ("main", Some(account(Some("ip1-1"))), Whose::Surely(name("main"))),
            ("old", Some(account(Some("ip1-1"))), Whose::Surely(name("main"))),
            ("main", Some(account(Some("ip1-2"))), Whose::Elsewhere(name("main"))),
            ("main", Some(account(None)), Whose::Perhaps(name("main"))),
            ("old", Some(account(None)), Whose::Perhaps(name("main"))),
            ("main", None, Whose::Perhaps(name("main"))),
            ("old", None, Whose::Elsewhere(name("old"))),
        ];
        for (provider, account, expected) in table {
            let accounts = KnownAccounts::new(&observed, &policy);
            assert_eq!(
                accounts.of(&line(provider, account.as_ref())),
                Some(expected),
                "{provider} {account:?}"
            );
        }
    }

    #[test]
    fn an_id_that_a_list_shows_is_there_whatever_a_line_says() {
        let name = ProviderName::parse("main").unwrap();
        let mut policy = Policy::new(Namespace::parse("acme").unwrap());
        policy
            .providers
            .insert(name.clone(), testing::ip1("main", account(Some("ip1-1"))));
        let observed = Observed {
            batches: vec![testing::batch("main", "a", "acme.black-friday.000010000000000000")],
            complete: true,
        };
        let accounts = KnownAccounts::new(&observed, &policy);
        let id = |text: &str| BatchId(text.to_owned());
        let elsewhere = || Whose::Elsewhere(ProviderName::parse("old").unwrap());
        assert_eq!(accounts.with_id(elsewhere(), Some(&id("a"))), Whose::Surely(name));
        assert_eq!(accounts.with_id(elsewhere(), Some(&id("b"))), elsewhere());
        assert_eq!(accounts.with_id(elsewhere(), None), elsewhere());
    }
}
