//! A campaign file to a checked [`Campaign`].
//!
//! In: the file's text, the project, and a way to get the text of a `body_file`. Out: the campaign with warnings, or
//! every fault of the file at once. Zones, cron fields, times on the clock and templates are judged by later stages.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::at::At;
use super::campaign::{Campaign, CampaignState, Category, DatacodingChoice, Transliterate};
use super::campaign_file::{CampaignFile, CategoryFile, DatacodingFile, StateFile, TransliterateFile, TypeFile};
use super::files::FileReader;
use super::origin_keys::Surroundings;
use super::pace::pace;
use super::project::Project;
use super::read_allow::allows;
use super::read_delivery::delivery;
use super::read_features::provider_features;
use super::read_project::known_provider;
use super::read_sources::sources;
use super::read_suppressions::suppression_lists;
use super::read_texts::{Texts, texts};
use super::read_variants::salt;
use super::read_vars::vars;
use super::reading::{ReadOutcome, Reading, mirror};
use super::suggested::{nearest_reference, suggested_reference};
use super::tree::NodeId;
use super::wording::{alternatives, clip};
use super::{diagnostics, urls};
use crate::model::{CampaignRef, Diagnostic, MessageType, ProviderName, Revision, Sender};

/// Reads a campaign file; `file` is relative to the project root. `Err` holds at least one error.
pub fn read_campaign(file: &Path, text: &str, project: &Project, files: FileReader<'_>) -> ReadOutcome<Campaign> {
    read_campaign_among(file, text, project, files, &[])
}

/// The same, where the project's other campaign files are known: a hint never gives two of them one reference.
pub fn read_campaign_among(
    file: &Path,
    text: &str,
    project: &Project,
    files: FileReader<'_>,
    all: &[PathBuf],
) -> ReadOutcome<Campaign> {
    let (tree, root, found) = mirror::<CampaignFile>(file, text)?;
    let mut reading = Reading { tree: &tree, found };
    let campaign = match &root {
        At::Given(id, typed) => {
            let reference = reference(&mut reading, *id, typed, file, all);
            campaign(&mut reading, *id, typed, file, project, files, reference)
        }
        At::Absent | At::Faulty(_) => None,
    };
    let failed = reading.has_errors();
    match campaign {
        Some(campaign) if !failed => Ok((campaign, reading.into_sorted())),
        Some(_) | None => Err(reading.into_sorted()),
    }
}

fn campaign(
    reading: &mut Reading<'_>,
    root: NodeId,
    typed: &CampaignFile,
    file: &Path,
    project: &Project,
    files: FileReader<'_>,
    reference: Option<CampaignRef>,
) -> Option<Campaign> {
    let folder = file.parent().unwrap_or(Path::new(""));
    let provider = provider(reading, root, typed, project);
    let sender = reading.require(root, "sender", &typed.sender, &diagnostics::SENDER, |text| {
        Sender::parse(text).map_err(|_| sender_fault(text))
    });
    let mut sources = sources(reading, root, &typed.recipients, folder, project);
    let texts = texts(reading, root, typed, &mut sources, folder, files);
    let suppressions = suppression_lists(reading, &typed.suppressions, &Surroundings::new(folder, project));
    let vars = vars(reading, &typed.vars);
    let split_salt = reading.parse(&typed.split_salt, &diagnostics::OUT_OF_RANGE, |text| salt(text));
    let tags = tags(reading, &typed.tags);
    let delivery_report_url = reading.parse(&typed.delivery_report_url, &diagnostics::URL, |text| {
        urls::check_url(text).map(|()| text.clone())
    });
    let delivery = delivery(reading, root, &typed.delivery, project);
    let pace = pace(reading, &typed.pace);
    let revision = revision(reading, typed);
    let rank = reading.parse(&typed.rank, &diagnostics::OUT_OF_RANGE, |value| {
        if (-1000..=1000).contains(value) {
            Ok(*value)
        } else {
            Err(format!("`rank` is a whole number from -1000 to 1000, not `{value}`"))
        }
    });
    let allow = allows(reading, &typed.allow);
    provider_features(reading, typed, provider.as_ref(), project);
    let Texts {
        body,
        translations,
        language,
        variants,
    } = texts?;
    Some(Campaign {
        file: file.to_owned(),
        reference: reference?,
        provider: provider?,
        state: match typed.state.given() {
            Some(StateFile::Canceled) => CampaignState::Canceled,
            Some(StateFile::Active) | None => CampaignState::Active,
        },
        revision,
        category: match typed.category.given() {
            Some(CategoryFile::Service) => Category::Service,
            Some(CategoryFile::Marketing) | None => Category::Marketing,
        },
        rank: rank.unwrap_or(0),
        pace,
        sender: sender?,
        body,
        translations,
        language,
        variants,
        sources,
        suppressions,
        vars,
        split_salt,
        tags,
        message_type: match typed.message_type.given() {
            Some(TypeFile::Flash) => MessageType::Flash,
            Some(TypeFile::Sms) | None => MessageType::Sms,
        },
        datacoding: match typed.datacoding.given() {
            Some(DatacodingFile::Gsm) => DatacodingChoice::Gsm,
            Some(DatacodingFile::Ucs) => DatacodingChoice::Ucs,
            Some(DatacodingFile::Auto) | None => DatacodingChoice::Auto,
        },
        transliterate: match typed.transliterate.given() {
            Some(TransliterateFile::Punctuation) => Transliterate::Punctuation,
            Some(TransliterateFile::Latin) => Transliterate::Latin,
            Some(TransliterateFile::Off) | None => Transliterate::Off,
        },
        priority: typed.priority.given().copied().unwrap_or(1),
        delivery_report_url,
        delivery_report: typed.delivery_report.given().map(|report| report.as_str().to_owned()),
        feedback: typed.feedback.given().copied().unwrap_or(false),
        allow,
        delivery: delivery?,
        places: reading.places(),
    })
}

fn reference(
    reading: &mut Reading<'_>,
    root: NodeId,
    typed: &CampaignFile,
    file: &Path,
    all: &[PathBuf],
) -> Option<CampaignRef> {
    if !typed.reference.is_absent() {
        return reading.parse(&typed.reference, &diagnostics::REFERENCE, |text| {
            CampaignRef::parse(text).map_err(|fault| {
                let told = format!("`{}` is not a campaign reference: {}", clip(text), fault.rule);
                match nearest_reference(text) {
                    Some(near) => format!("{told}; did you mean `{near}`?"),
                    None => told,
                }
            })
        });
    }
    let stem = file.file_stem().map(|stem| stem.to_string_lossy()).unwrap_or_default();
    match CampaignRef::parse(&stem) {
        Ok(reference) => Some(reference),
        Err(fault) => {
            let message = format!(
                "the file's name `{}` cannot be the campaign's reference: {}",
                clip(&stem),
                fault.rule
            );
            let hint = match suggested_reference(file, all) {
                Some(shorter) => format!("write `reference: {shorter}` into the file, or rename it"),
                None => "write a `reference:` into the file, or rename it".to_owned(),
            };
            reading.push(root, Diagnostic::error(&diagnostics::REFERENCE, message).hint(hint));
            None
        }
    }
}

fn provider(reading: &mut Reading<'_>, root: NodeId, typed: &CampaignFile, project: &Project) -> Option<ProviderName> {
    let names: Vec<&str> = project.providers.keys().map(ProviderName::as_str).collect();
    match &typed.provider {
        At::Given(id, name) => known_provider(reading, *id, name, &names),
        At::Faulty(_) => None,
        At::Absent if project.default_provider.is_some() => project.default_provider.clone(),
        At::Absent => {
            let fault = reading.missing_fault(root, "provider");
            let hint = format!(
                "name {} here, or set `default_provider` in campanile.yaml",
                alternatives(names.iter().copied())
            );
            reading.push(root, fault.hint(hint));
            None
        }
    }
}

/// Says which part of the rule is broken.
fn sender_fault(text: &str) -> String {
    let shown = clip(text);
    let rule = "3 to 11 letters and digits with a letter among them, or up to 15 digits";
    let count = text.chars().count();
    let is_digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let bad = text.chars().find(|c| !c.is_ascii_alphanumeric());
    match bad {
        Some(' ') => match Sender::parse(&text.replace(' ', "")) {
            Ok(near) => format!("`{shown}` is not a sender: it has a space, did you mean `{near}`? {rule}"),
            Err(_) => format!("`{shown}` is not a sender: it has a space; {rule}"),
        },
        Some('+') => format!("`{shown}` is not a sender: {rule}"),
        Some(c) => format!("`{shown}` is not a sender: it has `{}`; {rule}", clip(&c.to_string())),
        None if is_digits => format!("`{shown}` is not a sender: it has {count} digits; {rule}"),
        None => format!("`{shown}` is not a sender: it has {count} characters; {rule}"),
    }
}

fn revision(reading: &mut Reading<'_>, typed: &CampaignFile) -> Revision {
    let revision = reading.parse(&typed.revision, &diagnostics::OUT_OF_RANGE, |value| {
        Revision::new(*value).ok_or_else(|| {
            let most = Revision::MAX;
            format!("`revision` is a whole number from 1 to {most}, not `{value}`")
        })
    });
    let is_cron = typed
        .delivery
        .given()
        .is_some_and(|delivery| !delivery.cron.is_absent());
    if let (Some(id), true) = (typed.revision.id(), is_cron) {
        let fault = Diagnostic::error(&diagnostics::CRON_ONLY, "`revision` does not go with `cron`");
        let hint = "a schedule names each occurrence by its time; to send again, add a one-off campaign";
        reading.push(id, fault.hint(hint));
    }
    revision.unwrap_or(Revision::FIRST)
}

fn tags(reading: &mut Reading<'_>, field: &At<Vec<At<String>>>) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    let mut seen = BTreeSet::new();
    for item in field.given().into_iter().flatten() {
        let tag = reading.parse(item, &diagnostics::NAME, |text| {
            let is_usable = !text.trim().is_empty() && text.trim() == text && text.chars().count() <= 100;
            if is_usable && !text.contains(char::is_control) {
                Ok(text.clone())
            } else {
                Err("a tag is 1 to 100 characters on one line, without spaces around it")
            }
        });
        match (tag, item.id()) {
            (Some(tag), Some(id)) if !seen.insert(tag.clone()) => {
                let message = format!("the tag `{}` is given twice", clip(&tag));
                reading.push(id, Diagnostic::warning(&diagnostics::NO_EFFECT, message));
            }
            (Some(tag), _) => tags.push(tag),
            (None, _) => {}
        }
    }
    tags
}
