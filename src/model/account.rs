//! Which account at a provider something speaks of: a digest of what names the account, never a token (tokens rotate).

use sha2::{Digest as _, Sha256};

/// The account behind a configured provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountId {
    kind: String,
    /// By the account's own ID, where one can be read.
    by_id: Option<String>,
    /// By its address: all there is where no ID can be read.
    by_address: String,
}

/// Whether a name of an account is this account's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Belongs {
    /// It is this account.
    Surely,
    /// It may be: one of the two names comes from a time when no ID could be read.
    Perhaps,
    /// It is another one.
    No,
}

impl AccountId {
    /// Of this kind (`ip1`, `sinch`, `sandbox`), with its own ID if it has told one, at this address. A loopback
    /// address counts beside the ID: what answers there is a stand-in with any ID that somebody typed.
    pub fn new(kind: &str, id: Option<&str>, address: &str) -> Self {
        let address = address.trim().trim_end_matches('/').to_lowercase();
        let is_loopback = address.starts_with("http://");
        let place = if is_loopback { address.as_str() } else { "" };
        Self {
            kind: kind.to_owned(),
            by_id: id.map(|id| format!("{kind}.id.{}", digest(&[kind, id.trim(), place]))),
            by_address: format!("{kind}.url.{}", digest(&[kind, &address])),
        }
    }

    /// The name that the journal and digests keep.
    pub fn as_str(&self) -> &str {
        self.by_id.as_deref().unwrap_or(&self.by_address)
    }

    /// Whether the account has reported an ID of its own.
    pub fn is_certain(&self) -> bool {
        self.by_id.is_some()
    }

    /// Whether a name that was kept earlier is this account's; none was kept by early versions.
    pub fn belongs(&self, name: Option<&str>) -> Belongs {
        let Some(name) = name else { return Belongs::Perhaps };
        let is_id_of_kind = || {
            name.strip_prefix(&self.kind)
                .is_some_and(|rest| rest.starts_with(".id."))
        };
        if name == self.as_str() {
            Belongs::Surely
        } else if name == self.by_address || (self.by_id.is_none() && is_id_of_kind()) {
            Belongs::Perhaps
        } else {
            Belongs::No
        }
    }
}

fn digest(fields: &[&str]) -> String {
    use std::fmt::Write as _;
    let mut hash = Sha256::new();
    hash.update(b"campanile account 1\n");
    for field in fields {
        hash.update(u64::try_from(field.len()).unwrap_or(u64::MAX).to_le_bytes());
        hash.update(field.as_bytes());
    }
    hash.finalize().iter().take(8).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_known_by_its_id_wherever_it_is_reached() {
        let here = AccountId::new("ip1", Some("ip1-12345"), "https://api.ip1sms.com");
        let table = [
            (Some("ip1-12345"), "https://api.ip1sms.com/", Belongs::Surely),
            (Some("ip1-12345"), "https://proxy.example.com", Belongs::Surely),
            (Some("ip1-99999"), "https://api.ip1sms.com", Belongs::No),
            (None, "https://api.ip1sms.com", Belongs::Perhaps),
            (None, "https://proxy.example.com", Belongs::No),
        ];
        for (id, address, expected) in table {
            let kept = AccountId::new("ip1", id, address);
            assert_eq!(here.belongs(Some(kept.as_str())), expected, "{id:?} {address}");
        }
        assert_eq!(here.belongs(None), Belongs::Perhaps, "an early version's line");
        let sinch = AccountId::new("sinch", Some("ip1-12345"), "https://api.ip1sms.com");
        assert_eq!(here.belongs(Some(sinch.as_str())), Belongs::No);
    }

    #[test]
    fn without_an_id_the_address_is_all_there_is() {
        let here = AccountId::new("ip1", None, "https://api.ip1sms.com");
        let named = |id, address: &str| AccountId::new("ip1", id, address);
        assert_eq!(
            here.belongs(Some(named(None, "HTTPS://API.ip1sms.com/").as_str())),
            Belongs::Surely
        );
        assert_eq!(
            here.belongs(Some(named(Some("ip1-1"), "https://api.ip1sms.com").as_str())),
            Belongs::Perhaps
        );
        assert!(!here.is_certain());
    }

    #[test]
    fn a_stand_in_on_loopback_is_another_account_at_another_port() {
        let at = |port: &str| AccountId::new("sinch", Some("plan"), &format!("http://127.0.0.1:{port}"));
        assert_eq!(at("1").belongs(Some(at("2").as_str())), Belongs::No);
        assert_eq!(at("1").belongs(Some(at("1").as_str())), Belongs::Surely);
    }

    #[test]
    fn nothing_that_names_an_account_can_be_read_in_it() {
        let account = AccountId::new("sinch", Some("secret-plan"), "https://eu.sms.api.sinch.com");
        assert!(!format!("{account:?}").contains("secret-plan"));
    }
}
