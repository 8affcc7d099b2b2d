//! A campaign file, checked.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::allow::Allow;
use super::delivery::Delivery;
use super::language_rule::LanguageRule;
use super::number_list::NumberList;
use super::source::Source;
use super::var_value::VarValue;
use super::variants::Variant;
use crate::model::{CampaignRef, Language, MessageType, Pace, Place, ProviderName, Revision, Sender, SplitSalt, Text};

/// One campaign; every key of `docs/contract.md` with its default filled in.
#[derive(Debug, Clone, PartialEq)]
pub struct Campaign {
    /// The file, relative to the project root.
    pub file: PathBuf,
    /// Its identity.
    pub reference: CampaignRef,
    /// Known to exist in the project.
    pub provider: ProviderName,
    /// Active, or a tombstone.
    pub state: CampaignState,
    /// One-offs only; from 1.
    pub revision: Revision,
    /// What rules apply.
    pub category: Category,
    /// Where a person would get too many marketing texts, the campaign of a higher rank comes first.
    pub rank: i32,
    /// How many messages go out in how much time; `None`: all of them may at once.
    pub pace: Option<Pace>,
    /// Whom recipients see.
    pub sender: Sender,
    /// The template, without its trailing newline; of several the one for whom nothing else is known.
    pub body: Text,
    /// The texts by language, where there are several.
    pub translations: BTreeMap<Language, Text>,
    /// Who gets which of them.
    pub language: Option<LanguageRule>,
    /// Texts that people are split among; empty: everybody gets `body`.
    pub variants: Vec<Variant>,
    /// In order; the first row for a number wins.
    pub sources: Vec<Source>,
    /// This campaign's own suppression lists.
    pub suppressions: Vec<NumberList>,
    /// Constants for the template.
    pub vars: BTreeMap<String, VarValue>,
    /// Splits people as another campaign with the same salt does; `None`: the reference.
    pub split_salt: Option<String>,
    /// Labels (Sinch has none: kept local).
    pub tags: Vec<String>,
    /// `sms` or `flash`.
    pub message_type: MessageType,
    /// Which character set.
    pub datacoding: DatacodingChoice,
    /// Whether characters outside GSM-7 are replaced.
    pub transliterate: Transliterate,
    /// 1 or 2 (2 on iP.1 only).
    pub priority: u8,
    /// Where delivery reports go.
    pub delivery_report_url: Option<String>,
    /// Sinch only: as on the wire (`none summary full per_recipient per_recipient_final`).
    pub delivery_report: Option<String>,
    /// Sinch only.
    pub feedback: bool,
    /// Overrides that went through review.
    pub allow: Vec<Allow>,
    /// When it is sent.
    pub delivery: Delivery,
    /// Places of single keys (`sender`, `delivery.windows[0].opens`, ...), for diagnostics of later stages.
    pub places: BTreeMap<String, Place>,
}

impl Campaign {
    /// What keeps its split of people apart from another campaign's.
    pub fn salt(&self) -> SplitSalt {
        SplitSalt::new(self.split_salt.as_deref().unwrap_or(self.reference.as_str()))
    }
}

/// Whether a campaign sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CampaignState {
    /// It does.
    Active,
    /// What is planned is canceled, nothing is created.
    Canceled,
}

/// What rules apply to a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Category {
    /// Quiet hours and opt-out text apply.
    Marketing,
    /// They do not.
    Service,
}

/// Which character set is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatacodingChoice {
    /// `gsm` when all texts of a batch fit, else `ucs`.
    Auto,
    /// A character outside is an error.
    Gsm,
    /// UCS-2 permitted.
    Ucs,
}

/// Which characters outside GSM-7 are replaced before counting and sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transliterate {
    /// No character is replaced.
    Off,
    /// Quotes, dashes, spaces and the like.
    Punctuation,
    /// And accented Latin letters.
    Latin,
}
