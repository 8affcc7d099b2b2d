//! `campanile explain`: what a reference or a diagnostic code means.

use std::fmt::Write as _;

use clap::Args;
use serde_json::json;

use crate::cli::context::{Context, Failed, pretty};
use crate::cli::exit::Exit;
use crate::model::{Code, Group, Reference};

/// Explain a reference or a diagnostic code
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  campanile explain acme.black-friday.000010000000000000\n  campanile explain C014\n  campanile explain all"
)]
pub struct ExplainArgs {
    /// A reference as the provider shows it, a code like C014, or `all` for a list of codes
    #[arg(value_name = "REFERENCE|CODE")]
    pub what: String,
}

/// Every code of every module.
pub fn all_codes() -> Vec<&'static Code> {
    let mut codes: Vec<&Code> = [
        crate::campaign::diagnostics::ALL,
        crate::audience::diagnostics::ALL,
        crate::desired::diagnostics::ALL,
        crate::plan::diagnostics::ALL,
        crate::render::diagnostics::ALL,
        crate::schedule::diagnostics::ALL,
        crate::provider::diagnostics::ALL,
        crate::project::diagnostics::ALL,
        crate::cli::diagnostics::ALL,
    ]
    .into_iter()
    .flatten()
    .collect();
    codes.sort_by_key(|code| code.id);
    codes
}

/// Prints a page.
pub fn run(context: &Context, args: &ExplainArgs) -> Result<Exit, Failed> {
    if args.what == "all" {
        let codes = all_codes();
        let list = || {
            codes.iter().fold(String::new(), |mut list, code| {
                let _ = writeln!(list, "{}  {}", code.id, code.title);
                list
            })
        };
        let document = || {
            let codes: Vec<_> = codes
                .iter()
                .map(|code| json!({ "code": code.id, "title": code.title }))
                .collect();
            pretty(&json!({ "format_version": "1.0", "codes": codes }))
        };
        context.emit_text(&document, &list)?;
        return Ok(Exit::Done);
    }
    if let Some(code) = all_codes()
        .into_iter()
        .find(|code| code.id.eq_ignore_ascii_case(&args.what))
    {
        context.emit_text(
            &|| pretty(&json!({ "format_version": "1.0", "code": code.id, "title": code.title, "page": code.page })),
            &|| format!("{}: {}\n\n{}\n", code.id, code.title, code.page.trim()),
        )?;
        return Ok(Exit::Done);
    }
    let reference = Reference::parse(&args.what).map_err(|_| {
        Failed::usage(format!("`{}` is neither a reference nor a diagnostic code", args.what))
            .hint("references look like `acme.black-friday.000010000000000000`, codes like `C014`")
            .hint("a batch whose reference does not parse is foreign: Campanile never touches it")
    })?;
    context.emit_text(&|| pretty(&reference_to_json(&reference)), &|| {
        reference_to_text(&reference)
    })?;
    Ok(Exit::Done)
}

fn reference_to_json(reference: &Reference) -> serde_json::Value {
    let slot = &reference.slot;
    json!({
        "format_version": "1.0",
        "reference": reference.to_string(),
        "namespace": reference.namespace.as_str(),
        "campaign": slot.campaign.as_str(),
        "revision": slot.occurrence.as_revision(),
        "occurrence": slot.occurrence.as_nominal().map(|time| time.to_string()),
        "is_test": slot.group == Group::Test,
        "utc_offset_minutes": match slot.group { Group::Offset(quarters) => Some(i32::from(quarters) * 15), Group::Single | Group::Test => None },
        "part": [u32::from(slot.part.k()) + 1, slot.part.n()],
        "fingerprint": format!("{:09x}", reference.fingerprint.bits()),
    })
}

fn reference_to_text(reference: &Reference) -> String {
    let slot = &reference.slot;
    let occurrence = match slot.occurrence.as_nominal() {
        Some(time) => format!("the occurrence at {time} local time"),
        None => format!("{} of a one-off", slot.occurrence),
    };
    let group = match slot.group {
        Group::Single => "all recipients share its delivery windows".to_owned(),
        Group::Test => "a test send to the testers: no decision about the campaign depends on it".to_owned(),
        Group::Offset(quarters) => {
            let minutes = i32::from(quarters) * 15;
            format!(
                "recipients at UTC{:+03}:{:02} when its first window opens",
                minutes / 60,
                (minutes % 60).abs()
            )
        }
    };
    let part = if slot.part.n() == 1 {
        "the whole of it in one batch".to_owned()
    } else {
        format!(
            "slice {} of {} by a stable hash of each number",
            slot.part.k() + 1,
            slot.part.n()
        )
    };
    format!(
        "{reference}\n  namespace    {}\n  campaign     {}\n  occurrence   {occurrence}\n  group        {group}\n  part         {part}\n  fingerprint  {:09x}: sender, texts, recipients, windows; another one means other content\n",
        reference.namespace,
        slot.campaign,
        reference.fingerprint.bits()
    )
}
