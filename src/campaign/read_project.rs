//! `campanile.yaml` to a checked [`Project`].
//!
//! In: the file's text. Out: the project with warnings, or every fault of the file at once. Never: reads a token, a
//! file or the environment.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rust_decimal::Decimal;

use super::at::At;
use super::invalid_value::InvalidValue;
use super::notify::notify;
use super::origin_keys::Surroundings;
use super::project::{Price, PriceScope, Project, ProviderConfig};
use super::project_file::{PriceFile, ProjectFile};
use super::read_connections::connections;
use super::read_guards::guards;
use super::read_provider::provider;
use super::read_returns::{senders, undeliverable};
use super::read_suppressions::{suppression_lists, testers};
use super::read_variants::holdout;
use super::reading::{ReadOutcome, Reading, mirror};
use super::tree::NodeId;
use super::wording::{alternatives, clip, did_you_mean};
use super::{diagnostics, paths};
use crate::model::{Country, Currency, Diagnostic, Namespace, ProviderName, ZoneName};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// Reads the project file; `file` is only for places. `Err` holds at least one error.
pub fn read_project(file: &Path, text: &str) -> ReadOutcome<Project> {
    let (tree, root, found) = mirror::<ProjectFile>(file, text)?;
    let mut reading = Reading { tree: &tree, found };
    let project = match &root {
        At::Given(id, typed) => project(&mut reading, *id, typed),
        At::Absent | At::Faulty(_) => None,
    };
    let failed = reading.has_errors();
    match project {
        Some(project) if !failed => Ok((project, reading.into_sorted())),
        Some(_) | None => Err(reading.into_sorted()),
    }
}

fn project(reading: &mut Reading<'_>, root: NodeId, typed: &ProjectFile) -> Option<Project> {
    if typed.namespace.is_absent() {
        let fault = reading.missing_fault(root, "namespace");
        reading.push(
            root,
            fault.hint("1 to 4 of a-z and 0-9 that mark this project's batches: `namespace: acme`"),
        );
    }
    let namespace = reading.parse(&typed.namespace, &diagnostics::NAME, |text| {
        Namespace::parse(text).map_err(|fault| {
            let lower: String = text.to_lowercase().chars().take(4).collect();
            match Namespace::parse(&lower) {
                Ok(near) => format!("{fault}; did you mean `{near}`?"),
                Err(_) => fault.to_string(),
            }
        })
    });
    let timezone = reading.parse(&typed.timezone, &diagnostics::ZONE, |text| match text.as_str() {
        "recipient" => Err("`recipient` is for a campaign's `delivery`; a project names one zone".to_owned()),
        text => ZoneName::parse(text).map_err(|fault| fault.to_string()),
    });
    let default_country = reading.parse(&typed.default_country, &diagnostics::NAME, |text| Country::parse(text));
    let horizon = reading.duration(&typed.horizon, Duration::from_secs(7 * 24 * HOUR));
    let freeze_before = reading.duration(&typed.freeze_before, Duration::from_secs(10 * MINUTE));
    let settle = reading.duration(&typed.settle, Duration::from_secs(2 * MINUTE));
    let min_gap = reading.duration(&typed.min_gap, Duration::from_secs(24 * HOUR));
    if let (true, Some(id)) = (settle > freeze_before, typed.settle.id()) {
        let message = "`settle` is longer than `freeze_before`: it alone decides how late a create may come";
        reading.push(id, Diagnostic::warning(&diagnostics::NO_EFFECT, message));
    }
    let allow_paths = allow_paths(reading, &typed.allow_paths);
    let providers = providers(reading, root, typed, &allow_paths);
    let sources = connections(reading, &typed.sources, &allow_paths);
    let names: Vec<&str> = provider_names(typed);
    let default_provider = default_provider(reading, typed, &names);
    let prices = prices(reading, &typed.prices, &names);
    let around = Surroundings {
        folder: Path::new(""),
        allow_paths: &allow_paths,
        connections: &sources,
    };
    let suppressions = suppression_lists(reading, &typed.suppressions, &around);
    let testers = testers(reading, &typed.testers, &around);
    let senders = senders(reading, &typed.senders);
    let undeliverable = undeliverable(reading, &typed.undeliverable, &allow_paths);
    let holdout = holdout(reading, &typed.holdout);
    let guards = guards(reading, &typed.guards);
    let notify = notify(reading, &typed.notify);
    Some(Project {
        namespace: namespace?,
        default_provider,
        timezone,
        timezone_place: typed.timezone.id().map(|id| reading.place(Some(id))),
        default_country,
        horizon,
        freeze_before,
        settle,
        min_gap,
        paused: typed.paused.given().copied().unwrap_or(false),
        providers,
        prices,
        suppressions,
        testers,
        allow_paths,
        senders,
        undeliverable,
        holdout,
        sources,
        guards,
        notify,
    })
}

/// Every name under `providers`, faulty entries included, so that one fault does not make others of it.
fn provider_names(typed: &ProjectFile) -> Vec<&str> {
    let names = typed.providers.given().map(|all| all.keys().map(String::as_str));
    names.into_iter().flatten().collect()
}

fn allow_paths(reading: &mut Reading<'_>, field: &At<Vec<At<String>>>) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    for item in field.given().into_iter().flatten() {
        folders.extend(reading.parse(item, &diagnostics::PATH, |text| {
            let folder = paths::normalize(Path::new(text));
            let is_everything = text.trim().is_empty() || folder.parent().is_none() || folder.ends_with("..");
            if is_everything {
                Err(format!(
                    "`{}` is not a folder outside the project; name one like `../shared`",
                    clip(text)
                ))
            } else {
                Ok(folder)
            }
        }));
    }
    folders
}

fn providers(
    reading: &mut Reading<'_>,
    root: NodeId,
    typed: &ProjectFile,
    allow_paths: &[PathBuf],
) -> BTreeMap<ProviderName, ProviderConfig> {
    let mut providers = BTreeMap::new();
    if typed.providers.is_absent() {
        let fault = reading.missing_fault(root, "providers");
        reading.push(
            root,
            fault.hint("to try things out: `providers: { sandbox: { kind: sandbox } }`"),
        );
    }
    if let At::Given(id, given) = &typed.providers
        && given.is_empty()
    {
        reading.error(*id, &diagnostics::MISSING_KEY, "`providers` names no provider");
    }
    for (name, entry) in typed.providers.given().into_iter().flatten() {
        let parsed = match ProviderName::parse(name) {
            Ok(parsed) => Some(parsed),
            Err(fault) => {
                let mut diagnostic = Diagnostic::error(&diagnostics::NAME, fault.to_string());
                diagnostic.place = entry.id().map(|id| reading.tree.key_place(id));
                reading.found.push(diagnostic);
                None
            }
        };
        if let At::Given(id, typed) = entry
            && let (Some(config), Some(parsed)) = (provider(reading, *id, typed, allow_paths), parsed)
        {
            providers.insert(parsed, config);
        }
    }
    providers
}

fn default_provider(reading: &mut Reading<'_>, typed: &ProjectFile, names: &[&str]) -> Option<ProviderName> {
    if let At::Given(id, name) = &typed.default_provider {
        return known_provider(reading, *id, name, names);
    }
    match names {
        [only] => ProviderName::parse(only).ok(),
        _ => None,
    }
}

/// The name of a provider that the project has.
pub(super) fn known_provider(
    reading: &mut Reading<'_>,
    id: NodeId,
    name: &str,
    names: &[&str],
) -> Option<ProviderName> {
    if names.contains(&name) {
        return ProviderName::parse(name).ok();
    }
    let message = format!("no provider is named `{}`", clip(name));
    let fault = Diagnostic::error(&diagnostics::UNKNOWN_PROVIDER, message);
    let fault = match did_you_mean(name, names.iter().copied()) {
        Some(hint) => fault.hint(hint),
        None if names.is_empty() => fault,
        None => fault.hint(format!("campanile.yaml has {}", alternatives(names.iter().copied()))),
    };
    reading.push(id, fault);
    None
}

fn prices(reading: &mut Reading<'_>, field: &At<Vec<At<PriceFile>>>, names: &[&str]) -> Vec<Price> {
    let mut prices: Vec<Price> = Vec::new();
    let mut seen = BTreeSet::new();
    for item in field.given().into_iter().flatten() {
        let At::Given(id, typed) = item else { continue };
        let Some(price) = price(reading, *id, typed, names) else {
            continue;
        };
        if seen.insert((price.provider.clone(), price.scope.clone())) {
            prices.push(price);
        } else {
            let whose = match &price.scope {
                PriceScope::Country(country) => format!("country `{country}`"),
                PriceScope::Prefix(prefix) => format!("prefix `{prefix}`"),
                PriceScope::Everywhere => "everything else".to_owned(),
            };
            let message = format!("a second price of `{}` for {whose}", price.provider);
            reading.push(
                *id,
                Diagnostic::error(&diagnostics::SAME_PRICE, message).hint("keep one of the two"),
            );
        }
    }
    prices
}

fn price(reading: &mut Reading<'_>, id: NodeId, typed: &PriceFile, names: &[&str]) -> Option<Price> {
    let provider = match &typed.provider {
        At::Given(at, name) => known_provider(reading, *at, name, names),
        At::Faulty(_) => None,
        At::Absent => {
            reading.missing(id, "provider");
            None
        }
    };
    let currency = reading.require(id, "currency", &typed.currency, &diagnostics::MONEY, |text| {
        Currency::parse(text)
    });
    let per_segment = reading.require(id, "per_segment", &typed.per_segment, &diagnostics::MONEY, |text| {
        decimal(text)
    });
    let country = reading.parse(&typed.country, &diagnostics::NAME, |text| Country::parse(text));
    let prefix = reading.parse(&typed.prefix, &diagnostics::MONEY, |text| {
        let digits = text.strip_prefix('+').unwrap_or(text);
        let shaped = (1..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        if shaped && !digits.starts_with('0') {
            Ok(digits.to_owned())
        } else {
            Err(format!(
                "`{}` is not the beginning of a number like `1684` (digits, country code first)",
                clip(text)
            ))
        }
    });
    if !typed.country.is_absent() && !typed.prefix.is_absent() {
        reading.error(id, &diagnostics::CONFLICT, "a price has either `country` or `prefix`");
        return None;
    }
    let scope = match (country, prefix) {
        (Some(country), _) => PriceScope::Country(country),
        (None, Some(prefix)) => PriceScope::Prefix(prefix),
        (None, None) if typed.country.is_absent() && typed.prefix.is_absent() => PriceScope::Everywhere,
        (None, None) => return None,
    };
    let as_of = reading.date(&typed.as_of).and(typed.as_of.given().cloned());
    Some(Price {
        provider: provider?,
        currency: currency?,
        scope,
        per_segment: per_segment?,
        as_of,
    })
}

/// Digits with at most one point: an exponent or a comma is a typing error, not a price.
fn decimal(text: &str) -> Result<Decimal, InvalidValue> {
    let shaped =
        text.bytes().all(|b| b.is_ascii_digit() || b == b'.') && text.starts_with(|c: char| c.is_ascii_digit());
    let value = if shaped { text.parse::<Decimal>().ok() } else { None };
    value.ok_or_else(|| {
        let why = format!("`{}` is not a price like `0.349`", clip(text));
        let with_point = text.replacen(',', ".", 1);
        InvalidValue(if with_point == text || decimal(&with_point).is_err() {
            why
        } else {
            format!("{why}; did you mean `{with_point}`?")
        })
    })
}
