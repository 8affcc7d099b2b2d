//! The file that keeps an account's list between runs: `.campanile/list-NAME.json`, beside the journal. A
//! cache: if it is lost, torn or another account's, everything is read.
#![expect(clippy::disallowed_methods, reason = "this file is the program's own")]

use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::system::private_file;
use crate::model::{AccountId, ProviderName};
use crate::provider::ListStore;

/// Of one account.
#[derive(Debug)]
pub(super) struct FileStore {
    path: PathBuf,
    /// In the first line.
    account: String,
}

impl FileStore {
    /// Below the project's root. Nothing is made where there is no `.campanile/`.
    pub(super) fn of(root: &Path, name: &ProviderName, account: &AccountId) -> Self {
        Self {
            path: root.join(".campanile").join(format!("list-{name}.json")),
            account: account.as_str().to_owned(),
        }
    }
}

impl ListStore for FileStore {
    fn read(&self) -> Option<String> {
        if self.path.is_symlink() {
            return None;
        }
        let text = std::fs::read_to_string(&self.path).ok()?;
        let (account, list) = text.split_once('\n')?;
        (account == self.account).then(|| list.to_owned())
    }

    fn write(&self, text: &str) {
        let is_made = self.path.parent().is_some_and(Path::is_dir) && !self.path.is_symlink();
        if !is_made {
            return;
        }
        // Two runs at once each write a file of their own.
        let beside = self.path.with_extension(format!("{}.new", std::process::id()));
        let written = private_file()
            .create(true)
            .truncate(true)
            .write(true)
            .open(&beside)
            .and_then(|mut file| file.write_all(format!("{}\n{text}", self.account).as_bytes()))
            .and_then(|()| std::fs::rename(&beside, &self.path));
        if let Err(error) = written {
            tracing::debug!(%error, "what was read of the list is not kept");
            let _ = std::fs::remove_file(&beside);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_accounts_list_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let name = ProviderName::parse("main").unwrap();
        let account = |id: &str| AccountId::new("ip1", Some(id), "https://api.ip1sms.com");
        let store = |id: &str| FileStore::of(folder.path(), &name, &account(id));
        store("1").write("list");
        assert_eq!(store("1").read(), None, "no folder is made");
        std::fs::create_dir(folder.path().join(".campanile")).unwrap();
        store("1").write("list");
        assert_eq!(store("1").read().as_deref(), Some("list"));
        assert_eq!(store("2").read(), None);
        assert_eq!(std::fs::read_dir(folder.path().join(".campanile")).unwrap().count(), 1);
    }
}
