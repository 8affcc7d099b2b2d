//! Opt-outs, senders and undeliverable numbers: from what was typed to checked values.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::at::At;
use super::diagnostics;
use super::invalid_value::InvalidValue;
use super::paths;
use super::project::{OptOuts, SenderFacts, Undeliverable};
use super::reading::Reading;
use super::returns_file::{OptOutsFile, SenderFile, UndeliverableFile, WhereFile};
use super::tree::NodeId;
use crate::model::{Api, Country, Diagnostic, Sender};
use crate::profile::Profile;

/// Where an account's opt-outs are found; what its API does not have is refused.
pub(super) fn opt_outs(
    reading: &mut Reading<'_>,
    field: &At<OptOutsFile>,
    api: Api,
    allow_paths: &[PathBuf],
) -> OptOuts {
    let Profile {
        keeps_opt_outs, vendor, ..
    } = *Profile::of(api);
    let default = if keeps_opt_outs {
        OptOuts::Blacklist
    } else {
        OptOuts::Incoming { file: None }
    };
    let At::Given(id, typed) = field else { return default };
    match (typed, keeps_opt_outs) {
        (OptOutsFile::Off, _) => OptOuts::Off,
        (OptOutsFile::Provider, true) => OptOuts::Blacklist,
        (OptOutsFile::Provider, false) => {
            let message = format!("{vendor} keeps no list of opt-outs");
            let fault = Diagnostic::error(&diagnostics::CONFLICT, message);
            reading.push(
                *id,
                fault.hint("write them down: `opt_outs: { file: suppressions/opt-outs.csv }`"),
            );
            default
        }
        (OptOutsFile::Where(_), true) => {
            let message = format!("{vendor} keeps the list of opt-outs itself: `opt_outs` is `provider` or `off`");
            reading.error(*id, &diagnostics::CONFLICT, message);
            default
        }
        (OptOutsFile::Where(place), false) => by_text(reading, *id, place, allow_paths).unwrap_or(default),
    }
}

fn by_text(reading: &mut Reading<'_>, id: NodeId, typed: &WhereFile, allow_paths: &[PathBuf]) -> Option<OptOuts> {
    let file = file(reading, &typed.file, allow_paths);
    let group = reading.parse(&typed.group_id, &diagnostics::NAME, |text| {
        let is_plain = (1..=64).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        // It becomes part of a path.
        if is_plain {
            Ok(text.clone())
        } else {
            Err("this is not the id of a group")
        }
    });
    match (typed.file.is_absent(), typed.group_id.is_absent()) {
        (false, true) => file.map(|file| OptOuts::Incoming { file: Some(file) }),
        (true, false) => group.map(|id| OptOuts::Group { id }),
        (true, true) | (false, false) => {
            reading.error(id, &diagnostics::CONFLICT, "`opt_outs` has either `file` or `group_id`");
            None
        }
    }
}

fn file(reading: &mut Reading<'_>, field: &At<String>, allow_paths: &[PathBuf]) -> Option<PathBuf> {
    reading.parse(field, &diagnostics::PATH, |text| {
        let extension = Path::new(text).extension().and_then(|extension| extension.to_str());
        if text == paths::STDIN || matches!(extension, Some("gz" | "zst")) {
            Err(InvalidValue(
                "this is a plain CSV file that rows are added to".to_owned(),
            ))
        } else {
            paths::resolve(Path::new(""), text, allow_paths)
        }
    })
}

/// What is known about the project's senders.
pub(super) fn senders(
    reading: &mut Reading<'_>,
    field: &At<BTreeMap<String, At<SenderFile>>>,
) -> BTreeMap<String, SenderFacts> {
    let mut senders = BTreeMap::new();
    for (name, entry) in field.given().into_iter().flatten() {
        let At::Given(id, typed) = entry else { continue };
        let sender = match Sender::parse(name) {
            Ok(sender) => sender,
            Err(fault) => {
                let mut diagnostic = Diagnostic::error(&diagnostics::NAME, fault.to_string());
                diagnostic.place = Some(reading.tree.key_place(*id));
                reading.found.push(diagnostic);
                continue;
            }
        };
        let mut registered = BTreeSet::new();
        for item in typed.registered.given().into_iter().flatten() {
            registered.extend(reading.parse(item, &diagnostics::NAME, |text| Country::parse(text)));
        }
        let receives = typed.receives.given().copied();
        if let (Some(true), false, Some(at)) = (receives, sender.is_number(), typed.receives.id()) {
            let message = format!("`{sender}` is a name: nobody can answer it");
            reading.push(
                at,
                Diagnostic::error(&diagnostics::CONFLICT, message)
                    .hint("a number receives; or put a link into the text"),
            );
        }
        senders.insert(sender.as_str().to_owned(), SenderFacts { registered, receives });
    }
    senders
}

/// When a number is given up.
pub(super) fn undeliverable(
    reading: &mut Reading<'_>,
    field: &At<UndeliverableFile>,
    allow_paths: &[PathBuf],
) -> Option<Undeliverable> {
    let At::Given(id, typed) = field else { return None };
    let after = reading.require(*id, "after", &typed.after, &diagnostics::OUT_OF_RANGE, |after| {
        if (1..=100).contains(after) {
            Ok(*after)
        } else {
            Err(format!("this is a whole number from 1 to 100, not `{after}`"))
        }
    });
    if typed.file.is_absent() {
        reading.missing(*id, "file");
    }
    let file = file(reading, &typed.file, allow_paths);
    Some(Undeliverable {
        after: after?,
        file: file?,
    })
}
