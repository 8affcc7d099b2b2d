//! One entry of `providers` to a [`ProviderConfig`]: what belongs to its kind is there, what does not is refused.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::at::At;
use super::project::{ProviderConfig, ProviderKind, SinchRegion};
use super::project_file::{ApiFile, KindFile, ProviderFile, RegionFile};
use super::read_returns;
use super::reading::Reading;
use super::secret::Secret;
use super::tree::NodeId;
use super::wording::clip;
use super::{diagnostics, paths, urls};
use crate::model::{Api, Diagnostic, Place};
use crate::profile::Profile;

/// iP.1's own address (docs/providers/ip1.md S2, 2026-11-22).
const IP1_BASE_URL: &str = "https://api.ip1sms.com";

pub(super) fn provider(
    reading: &mut Reading<'_>,
    id: NodeId,
    typed: &ProviderFile,
    allow_paths: &[PathBuf],
) -> Option<ProviderConfig> {
    if typed.kind.is_absent() {
        let fault = reading.missing_fault(id, "kind");
        reading.push(id, fault.hint("`kind` is `sandbox`, `ip1` or `sinch`"));
    }
    let kind_file = typed.kind.given().copied();
    if let Some(kind) = kind_file {
        refuse_foreign_keys(reading, kind, typed);
    }
    let base_url = reading.parse(&typed.base_url, &diagnostics::URL, |text| urls::base_url(text));
    let plan_id = service_plan_id(reading, id, typed, kind_file);
    let token = token(reading, id, typed, kind_file, allow_paths);
    let emulated = match typed.emulates.given() {
        Some(ApiFile::Sinch) => Api::Sinch,
        Some(ApiFile::Ip1) | None => Api::Ip1,
    };
    let api = match kind_file {
        Some(KindFile::Sinch) => Api::Sinch,
        Some(KindFile::Sandbox) => emulated,
        Some(KindFile::Ip1) | None => Api::Ip1,
    };
    let kind = match kind_file {
        None => None,
        Some(KindFile::Sandbox) => Some(ProviderKind::Sandbox { emulates: emulated }),
        Some(KindFile::Ip1) => Some(ProviderKind::Ip1 {
            base_url: base_url.unwrap_or_else(|| IP1_BASE_URL.to_owned()),
        }),
        Some(KindFile::Sinch) => {
            let base_url = sinch_base_url(reading, id, typed, base_url);
            match (base_url, plan_id) {
                (Some(base_url), Some(service_plan_id)) => Some(ProviderKind::Sinch {
                    base_url,
                    service_plan_id,
                }),
                _ => None,
            }
        }
    };
    let profile = Profile::of(api);
    let most = profile.can.most_recipients;
    let max_recipients_per_batch = number(reading, &typed.max_recipients_per_batch, most).unwrap_or(1000);
    let requests_per_second = number(reading, &typed.requests_per_second, 1000).unwrap_or(5);
    // A sandbox is on this machine: nothing is gained, and one call at a time makes a rehearsal the same every time.
    let (default_lag, default_in_flight) = if matches!(kind_file, Some(KindFile::Sandbox)) {
        (0, 1)
    } else {
        (30, 8)
    };
    let requests_in_flight = number(reading, &typed.requests_in_flight, 8).unwrap_or(default_in_flight);
    let list_lag = reading.duration(&typed.list_lag, Duration::from_secs(default_lag));
    let unknown_hold = reading.duration(&typed.unknown_hold, Duration::from_mins(15));
    let opt_outs = read_returns::opt_outs(reading, &typed.opt_outs, api, allow_paths);
    Some(ProviderConfig {
        kind: kind?,
        token,
        token_place: place(reading, [&typed.token_env, &typed.token_file]),
        service_plan_place: place(reading, [&typed.service_plan_id, &typed.service_plan_id_env]),
        max_recipients_per_batch,
        requests_per_second,
        requests_in_flight,
        segments_per_second: number(reading, &typed.segments_per_second, 100_000),
        list_lag,
        unknown_hold,
        opt_outs,
        opt_outs_declared: profile.keeps_opt_outs || !typed.opt_outs.is_absent(),
    })
}

/// From `token_env` or `token_file`.
fn place(reading: &Reading<'_>, fields: [&At<String>; 2]) -> Option<Place> {
    let id = fields.into_iter().find_map(At::id)?;
    Some(reading.place(Some(id)))
}

fn number(reading: &mut Reading<'_>, field: &At<u32>, most: u32) -> Option<u32> {
    reading.parse(field, &diagnostics::OUT_OF_RANGE, |value| {
        if (1..=most).contains(value) {
            Ok(*value)
        } else {
            Err(format!("this is a whole number from 1 to {most}, not `{value}`"))
        }
    })
}

/// A setting of another kind of provider would be ignored, so it is refused.
fn refuse_foreign_keys(reading: &mut Reading<'_>, kind: KindFile, typed: &ProviderFile) {
    let is_sandbox = kind == KindFile::Sandbox;
    let is_sinch = kind == KindFile::Sinch;
    let fields = [
        ("emulates", typed.emulates.id(), is_sandbox, "the sandbox only"),
        ("base_url", typed.base_url.id(), !is_sandbox, "real accounts only"),
        ("token_env", typed.token_env.id(), !is_sandbox, "real accounts only"),
        ("token_file", typed.token_file.id(), !is_sandbox, "real accounts only"),
        ("region", typed.region.id(), is_sinch, "Sinch only"),
        ("service_plan_id", typed.service_plan_id.id(), is_sinch, "Sinch only"),
        (
            "service_plan_id_env",
            typed.service_plan_id_env.id(),
            is_sinch,
            "Sinch only",
        ),
    ];
    for (key, id, is_allowed, whose) in fields {
        if let (Some(id), false) = (id, is_allowed) {
            reading.error(id, &diagnostics::CONFLICT, format!("`{key}` is for {whose}"));
        }
    }
}

fn sinch_base_url(
    reading: &mut Reading<'_>,
    id: NodeId,
    typed: &ProviderFile,
    base_url: Option<String>,
) -> Option<String> {
    let region = typed.region.given().map(|region| match region {
        RegionFile::Us => SinchRegion::Us,
        RegionFile::Eu => SinchRegion::Eu,
        RegionFile::Au => SinchRegion::Au,
        RegionFile::Br => SinchRegion::Br,
        RegionFile::Ca => SinchRegion::Ca,
    });
    if let (Some(region_id), false) = (typed.region.id(), typed.base_url.is_absent()) {
        let message = "`region` has no effect beside `base_url`";
        reading.push(
            region_id,
            Diagnostic::warning(&diagnostics::NO_EFFECT, message).hint("keep one of the two"),
        );
    }
    if typed.region.is_absent() && typed.base_url.is_absent() {
        let fault = reading.missing_fault(id, "region");
        let fault = fault.hint("`region` is `us`, `eu`, `au`, `br` or `ca`: the account lives in one of them");
        reading.push(id, fault);
    }
    base_url.or_else(|| region.map(|region| region.base_url().to_owned()))
}

fn service_plan_id(
    reading: &mut Reading<'_>,
    id: NodeId,
    typed: &ProviderFile,
    kind: Option<KindFile>,
) -> Option<Secret> {
    let literal = reading.parse(&typed.service_plan_id, &diagnostics::NAME, |text| {
        // It becomes part of a path.
        let shaped = (1..=64).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
            && !text.starts_with('.');
        if shaped {
            Ok(Secret::Literal(text.clone()))
        } else {
            Err(format!(
                "`{}` is not a service plan id: letters, digits, `-` and `_`",
                clip(text)
            ))
        }
    });
    let env = env_name(reading, &typed.service_plan_id_env);
    let absent = (typed.service_plan_id.is_absent(), typed.service_plan_id_env.is_absent());
    if kind == Some(KindFile::Sinch) {
        match absent {
            (true, true) => {
                let fault = reading.missing_fault(id, "service_plan_id");
                reading.push(id, fault.hint("give `service_plan_id`, or `service_plan_id_env`"));
            }
            (false, false) => {
                let message = "either `service_plan_id` or `service_plan_id_env`, not both";
                reading.error(id, &diagnostics::CONFLICT, message);
            }
            (true, false) | (false, true) => {}
        }
    }
    literal.or(env)
}

fn token(
    reading: &mut Reading<'_>,
    id: NodeId,
    typed: &ProviderFile,
    kind: Option<KindFile>,
    allow_paths: &[PathBuf],
) -> Option<Secret> {
    let env = env_name(reading, &typed.token_env);
    let file = reading.parse(&typed.token_file, &diagnostics::PATH, |text| {
        paths::resolve(Path::new(""), text, allow_paths).map(Secret::File)
    });
    if matches!(kind, Some(KindFile::Ip1 | KindFile::Sinch)) {
        match (typed.token_env.is_absent(), typed.token_file.is_absent()) {
            (true, true) => {
                let message = "no token: neither `token_env` nor `token_file`";
                let fault = Diagnostic::error(&diagnostics::SECRET, message);
                reading.push(
                    id,
                    fault.hint("name the environment variable that holds it: `token_env: IP1_API_KEY`"),
                );
            }
            (false, false) => {
                reading.error(
                    id,
                    &diagnostics::CONFLICT,
                    "either `token_env` or `token_file`, not both",
                );
            }
            (true, false) | (false, true) => {}
        }
    }
    env.or(file)
}

pub(super) fn env_name(reading: &mut Reading<'_>, field: &At<String>) -> Option<Secret> {
    reading.parse(field, &diagnostics::SECRET, |text| {
        let shaped = (1..=128).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
            && !text.starts_with(|c: char| c.is_ascii_digit());
        if shaped {
            Ok(Secret::Env(text.clone()))
        } else {
            // The value may be the token itself, so the message does not repeat it.
            Err("this is not the name of an environment variable (letters, digits and `_`); the token itself does not belong here")
        }
    })
}
