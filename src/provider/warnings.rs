//! Warnings about failed reads and about the account, as diagnostics.
//!
//! Pure. Numbers are counted, never shown.

use crate::model::{Diagnostic, Estimate, ProviderName};

use super::diagnostics::{ACCESS_REFUSED, LIST_UNTRUSTED, LOW_BALANCE, READ_FAILED, SENDER_NOT_REGISTERED};
use super::{Account, FailureKind, ReadError};

impl ReadError {
    /// As an error that stops the plan.
    pub fn diagnostic(&self) -> Diagnostic {
        let code = match (self.failure.kind, self.failure.status) {
            (FailureKind::Systemic, Some(_)) => &ACCESS_REFUSED,
            (FailureKind::Garbled | FailureKind::TooLarge, _) => &LIST_UNTRUSTED,
            (FailureKind::Systemic | FailureKind::Refused | FailureKind::Transient | FailureKind::Unsupported, _) => {
                &READ_FAILED
            }
        };
        let message = format!("provider `{}` cannot be read: {}", self.provider, self.failure);
        Diagnostic::error(code, message).hint("nothing is created while a provider cannot be read completely")
    }
}

impl Account {
    /// Warnings about what is about to be sent: from these senders, at this estimate.
    pub fn warnings<'a>(
        &self,
        provider: &ProviderName,
        senders: impl IntoIterator<Item = &'a str>,
        estimate: &Estimate,
    ) -> Vec<Diagnostic> {
        let mut warnings = Vec::new();
        if let Some(registered) = &self.senders {
            let mut missing: Vec<&str> = senders
                .into_iter()
                .filter(|sender| !registered.iter().any(|known| known == sender))
                .collect();
            missing.sort_unstable();
            missing.dedup();
            warnings.extend(missing.into_iter().map(|sender| {
                let message = format!("sender `{sender}` is not registered at provider `{provider}`");
                Diagnostic::warning(&SENDER_NOT_REGISTERED, message).hint("register it, or use a registered one")
            }));
        }
        if let Some(balance) = self.balance {
            let needed = estimate.in_currency(balance.currency);
            if needed > balance.amount {
                let message = format!(
                    "provider `{provider}` has a balance of `{balance}`, the estimate is `{needed} {}`",
                    balance.currency
                );
                warnings
                    .push(Diagnostic::warning(&LOW_BALANCE, message).hint("top it up before the first window opens"));
            }
        }
        warnings
    }
}

#[cfg(test)]
mod tests {
    use super::super::Failure;
    use super::*;
    use crate::model::Money;

    #[test]
    fn an_account_warns_about_senders_and_money() {
        let account = Account {
            senders: Some(vec!["ACME".to_owned()]),
            balance: Money::parse("10 SEK").ok(),
        };
        let mut estimate = Estimate::default();
        estimate.add(Money::parse("10.01 SEK").unwrap());
        estimate.add(Money::parse("500 EUR").unwrap());
        let provider = ProviderName::parse("ip1").unwrap();
        let warnings = account.warnings(&provider, ["acme", "ACME", "acme"], &estimate);
        let codes: Vec<&str> = warnings.iter().map(|warning| warning.code).collect();
        assert_eq!(codes, ["C504", "C506"]);
        let silent = Account::default().warnings(&provider, ["acme"], &estimate);
        assert_eq!(silent, []);
    }

    #[test]
    fn a_failed_read_has_a_page_for_its_kind() {
        let code = |kind, status| {
            let failure = Failure {
                status,
                ..Failure::new(kind, "x")
            };
            let provider = ProviderName::parse("ip1").unwrap();
            ReadError { provider, failure }.diagnostic().code
        };
        assert_eq!(code(FailureKind::Systemic, Some(401)), "C503");
        assert_eq!(code(FailureKind::Systemic, None), "C501");
        assert_eq!(code(FailureKind::Garbled, Some(200)), "C502");
        assert_eq!(code(FailureKind::Transient, Some(503)), "C501");
    }
}
