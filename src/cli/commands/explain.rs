//! `campanile explain`: what a reference, a diagnostic code or a word of a plan means.

use std::fmt::Write as _;

use clap::Args;
use serde_json::json;

use crate::cli::context::{Context, Failed, pretty};
use crate::cli::exit::Exit;
use crate::desired::{NamesRule, SENDER_RULES, SenderRule};
use crate::model::{Code, Group, Reference};
use crate::plan::{Meaning, all_meanings, meanings};

/// Explain a reference, a diagnostic code or a word of a plan
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  campanile explain acme.black-friday.000010000000000000\n  campanile explain C014\n  campanile explain window passed\n  campanile explain mass-cancel\n  campanile explain all"
)]
pub(crate) struct ExplainArgs {
    /// A reference as the provider shows it, a code like C014, a word that a plan prints in
    /// brackets, a rule of `--allow`, `all` for a list of codes and words, or `senders` for what
    /// is known of senders in all countries, or in those that follow (`senders NO`)
    #[arg(value_name = "REFERENCE|CODE|WORD", required = true)]
    pub what: Vec<String>,
}

/// Every code of every module.
pub(crate) fn all_codes() -> Vec<&'static Code> {
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
pub(crate) fn run(context: &Context, args: &ExplainArgs) -> Result<Exit, Failed> {
    let what = args.what.join(" ");
    let meanings = meanings(&what);
    if what == "all" {
        print_all(context)?;
    } else if let Some((_, countries)) = args.what.split_first().filter(|(first, _)| *first == "senders") {
        let rules = sender_rules(countries)?;
        let document = || {
            let rules: Vec<_> = rules.iter().map(|rule| sender_to_json(rule)).collect();
            pretty(&json!({ "format_version": "1.0", "senders": rules }))
        };
        context.emit_text(&document, &|| rules.iter().map(|rule| sender_to_text(rule)).collect())?;
    } else if let Some(code) = all_codes().into_iter().find(|code| code.id.eq_ignore_ascii_case(&what)) {
        context.emit_text(
            &|| pretty(&json!({ "format_version": "1.0", "code": code.id, "title": code.title, "page": code.page })),
            &|| format!("{}: {}\n\n{}\n", code.id, code.title, code.page.trim()),
        )?;
    } else if meanings.is_empty() {
        let reference = Reference::parse(&what).map_err(|_| unknown(&what))?;
        context.emit_text(&|| pretty(&reference_to_json(&reference)), &|| {
            reference_to_text(&reference)
        })?;
    } else {
        let document = || {
            let meanings: Vec<_> = meanings.iter().map(meaning_to_json).collect();
            pretty(&json!({ "format_version": "1.0", "word": what, "meanings": meanings }))
        };
        let text = || meanings.iter().map(meaning_to_text).collect::<Vec<_>>().join("\n");
        context.emit_text(&document, &text)?;
    }
    Ok(Exit::Done)
}

/// Every code and every word, a line each.
fn print_all(context: &Context) -> Result<(), Failed> {
    let codes = all_codes();
    let words = all_meanings();
    let list = || {
        let mut list = String::new();
        for code in &codes {
            let _ = writeln!(list, "{}  {}", code.id, code.title);
        }
        let mut heading = "";
        for meaning in &words {
            if heading != meaning.kind.heading() {
                heading = meaning.kind.heading();
                let _ = writeln!(list, "\n{heading}:");
            }
            let _ = writeln!(list, "  {:22}  {}", meaning.word, meaning.title);
        }
        list
    };
    let document = || {
        let codes: Vec<_> = codes
            .iter()
            .map(|code| json!({ "code": code.id, "title": code.title, "page": code.page }))
            .collect();
        let words: Vec<_> = words.iter().map(meaning_to_json).collect();
        pretty(&json!({ "format_version": "1.0", "codes": codes, "words": words }))
    };
    context.emit_text(&document, &list)
}

fn meaning_to_json(meaning: &Meaning) -> serde_json::Value {
    json!({
        "kind": meaning.kind.as_str(),
        "heading": meaning.kind.heading(),
        "word": meaning.word,
        "title": meaning.title,
        "page": meaning.page,
    })
}

fn meaning_to_text(meaning: &Meaning) -> String {
    let Meaning {
        kind,
        word,
        title,
        page,
    } = meaning;
    format!("{word} ({}): {title}\n\n{page}\n", kind.heading())
}

/// Neither a reference, a code nor a word; says which one is near.
fn unknown(what: &str) -> Failed {
    let failed = Failed::usage(format!(
        "`{what}` is neither a reference, a diagnostic code nor a word of a plan"
    ));
    let lower = what.to_ascii_lowercase();
    let ids = all_codes().into_iter().map(|code| code.id);
    let words = all_meanings().into_iter().map(|meaning| meaning.word);
    let nearest = ids
        .chain(words)
        .map(|known| (strsim::damerau_levenshtein(&known.to_ascii_lowercase(), &lower), known))
        .min();
    let failed = match nearest {
        Some((distance, near)) if distance <= 2 => failed.hint(format!("did you mean `{near}`?")),
        Some(_) | None => failed,
    };
    failed
        .hint("references look like `acme.black-friday.000010000000000000`, codes like `C014`; `campanile explain all` lists codes and words")
        .hint("a batch whose reference does not parse is foreign: Campanile never touches it")
}

fn names(rule: &SenderRule) -> &'static str {
    match rule.names {
        NamesRule::Shown => "shown",
        NamesRule::Registered => "registered",
        NamesRule::Refused => "refused",
    }
}

/// What is known of these countries, or of all.
fn sender_rules(countries: &[String]) -> Result<Vec<&'static SenderRule>, Failed> {
    if countries.is_empty() {
        return Ok(SENDER_RULES.iter().collect());
    }
    let known: Vec<&str> = SENDER_RULES.iter().map(|rule| rule.country).collect();
    let rules = countries.iter().map(|country| {
        let rule = SENDER_RULES
            .iter()
            .find(|rule| rule.country.eq_ignore_ascii_case(country));
        rule.ok_or_else(|| {
            Failed::usage(format!("nothing is known of senders in `{country}`"))
                .hint(format!("countries with rules: {}", known.join(", ")))
        })
    });
    rules.collect()
}

fn sender_to_json(rule: &SenderRule) -> serde_json::Value {
    json!({
        "country": rule.country,
        "names": names(rule),
        "numbers_too": rule.numbers_too,
        "since": rule.since,
        "otherwise": rule.otherwise,
        "stop_words": rule.stop_words,
        "text_must_hold": rule.must_hold_told,
        "source": rule.source,
        "as_of": rule.as_of,
    })
}

fn sender_to_text(rule: &SenderRule) -> String {
    let mut text = format!("{}  names: {}", rule.country, names(rule));
    if rule.numbers_too {
        text += ", numbers too";
    }
    if !rule.since.is_empty() {
        text += &format!(" since {}", rule.since);
    }
    if !rule.otherwise.is_empty() {
        text += &format!("; otherwise people see {}", rule.otherwise);
    }
    if !rule.stop_words.is_empty() {
        text += &format!("; words that must work: {}", rule.stop_words.join(", "));
    }
    if !rule.must_hold_told.is_empty() {
        text += &format!("; marketing texts must hold {}", rule.must_hold_told);
    }
    format!("{text}\n    {} (read {}; not legal advice)\n", rule.source, rule.as_of)
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_diagnostics_of_any_modules_have_one_code() {
        let mut seen = BTreeSet::new();
        for code in all_codes() {
            assert!(seen.insert(code.id), "{} is given twice", code.id);
        }
    }
}
