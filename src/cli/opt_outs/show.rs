//! How opt-outs are shown: counts by account and age, masked numbers where a person should read.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::heard::{HeardAccount, WhyPerson};
use crate::cli::context::{Context, Failed, pretty};
use crate::cli::exit::Exit;
use crate::cli::workspace::Workspace;
use crate::model::{Instant, ProviderName, counted};
use crate::report::diagnostic_to_json;

/// What is shown besides what the accounts received.
pub(crate) struct PullSummary {
    now: Instant,
    lists_texts: bool,
    /// Rows written, by account.
    pub written: BTreeMap<ProviderName, usize>,
    /// Accounts that nobody had asked for longer than the provider remembers, and since when.
    pub lost: Vec<(ProviderName, Instant)>,
}

const DAY: Duration = Duration::from_hours(24);

impl PullSummary {
    /// Nothing written yet.
    pub(crate) fn new(now: Instant, lists_texts: bool) -> Self {
        Self {
            now,
            lists_texts,
            written: BTreeMap::new(),
            lost: Vec::new(),
        }
    }

    /// Prints; 1 where an account could not be read.
    pub(crate) fn tell(&self, context: &Context, workspace: &Workspace) -> Result<Exit, Failed> {
        let heard = &workspace.heard;
        let exit = if heard.unread.is_empty() {
            Exit::Done
        } else {
            Exit::Failed
        };
        context.show(&heard.diagnostics);
        for unread in &heard.unread {
            context.say(&format!(
                "error: opt-outs at `{}` cannot be read: {}",
                unread.provider, unread.why
            ));
        }
        for (provider, last) in &self.lost {
            context.warn(&format!(
                "nobody had asked `{provider}` since {last}; what came in more than 14 days ago is forgotten there"
            ));
        }
        let diagnostics: Vec<Value> = heard.diagnostics.iter().map(diagnostic_to_json).collect();
        let unread: Vec<Value> = (heard.unread.iter())
            .map(|unread| json!({ "provider": unread.provider.as_str(), "why": unread.why }))
            .collect();
        let document = || {
            pretty(&json!({
                "format_version": "1.0",
                "accounts": heard.accounts.iter().map(|account| self.to_json(account)).collect::<Vec<_>>(),
                "unreadable": unread,
                "exit_code": exit.code(),
                "diagnostics": diagnostics,
            }))
        };
        let text = || {
            let lines: String = heard.accounts.iter().map(|account| self.to_text(account)).collect();
            if lines.is_empty() {
                "no account is asked for opt-outs\n".to_owned()
            } else {
                lines
            }
        };
        context.emit_text(&document, &text)?;
        Ok(exit)
    }

    /// People by the age of their last word, in days at most.
    fn ages(&self, account: &HeardAccount) -> BTreeMap<&'static str, u64> {
        let mut ages = BTreeMap::new();
        for (_, instant) in account.ledger.standing() {
            let age = instant.map(|instant| self.now.since(instant));
            let name = match age {
                Some(age) if age <= DAY => "1d",
                Some(age) if age <= DAY * 7 => "7d",
                Some(age) if age <= DAY * 30 => "30d",
                Some(_) => "older",
                None => "by hand",
            };
            *ages.entry(name).or_default() += 1;
        }
        ages
    }

    fn to_json(&self, account: &HeardAccount) -> Value {
        let texts = |text: &super::heard::ForPerson| json!({ "number": text.number, "why": text.why.as_str(), "received_at": text.received_at.to_string(), "id": text.id });
        json!({
            "provider": account.provider.as_str(),
            "source": account.way.as_str(),
            "opted_out": account.numbers.len(),
            "new": account.news.len(),
            "written": self.written.get(&account.provider),
            "by_age": self.ages(account),
            "last_pull": account.last_pull.map(|instant| instant.to_string()),
            "needs_person": account.for_people.len(),
            "texts": self.lists_texts.then(|| account.for_people.iter().map(texts).collect::<Vec<_>>()),
        })
    }

    fn to_text(&self, account: &HeardAccount) -> String {
        let mut text = format!(
            "{}: {} opted out ({})\n",
            account.provider,
            counted(account.numbers.len() as u64, "person has", "people have"),
            account.way.told()
        );
        let ages: Vec<String> = (self.ages(account).iter())
            .map(|(age, people)| match *age {
                "older" | "by hand" => format!("{age}: {people}"),
                age => format!("within {age}: {people}"),
            })
            .collect();
        if !ages.is_empty() {
            text += &format!("  {}\n", ages.join(", "));
        }
        match self.written.get(&account.provider) {
            Some(written) => text += &format!("  {} written down\n", counted(*written as u64, "new one", "new ones")),
            None if !account.news.is_empty() => {
                text += &format!(
                    "  {} not written down yet\n",
                    counted(account.news.len() as u64, "is", "are")
                );
            }
            None => {}
        }
        let mut reasons: BTreeMap<WhyPerson, u64> = BTreeMap::new();
        for one in &account.for_people {
            *reasons.entry(one.why).or_default() += 1;
        }
        for (why, texts) in reasons {
            let texts = counted(texts, "text needs", "texts need");
            text += &format!("  {texts} a person: {}\n", why.told());
        }
        if self.lists_texts {
            for one in &account.for_people {
                text += &format!(
                    "    {} at {}, text {}: {}\n",
                    one.number,
                    one.received_at,
                    one.id,
                    one.why.told()
                );
            }
        }
        text
    }
}
