//! `campanile segments`: how a text travels.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead as _, Read as _};

use clap::Args;
use serde_json::{Value, json};

use crate::campaign::Transliterate;
use crate::cli::context::{Context, Failed, pretty, print_result};
use crate::cli::exit::Exit;
use crate::model::{Encoding, counted};
use crate::render::{outside_gsm, replacement, segment, transliterate_into, units_per_segment};

/// Encoding, units and segments of a text
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  campanile segments 'Hi Ada! 20 % off today.'\n  campanile segments < message.txt\n  campanile segments --jsonl < texts.jsonl"
)]
pub(crate) struct SegmentsArgs {
    /// The text; standard input when left out (one final newline is not counted)
    pub text: Option<String>,
    /// One JSON string per line in, one JSON object per line out
    #[arg(long, conflicts_with = "text")]
    pub jsonl: bool,
}

/// Counts one text, or many.
pub(crate) fn run(context: &Context, args: &SegmentsArgs) -> Result<Exit, Failed> {
    if args.jsonl {
        return count_lines();
    }
    let text = match &args.text {
        Some(text) => text.clone(),
        None => read_stdin()?,
    };
    context.emit_text(&|| pretty(&to_json(&text)), &|| to_text(&text))?;
    Ok(Exit::Done)
}

fn read_stdin() -> Result<String, Failed> {
    let mut bytes = Vec::new();
    std::io::stdin()
        .lock()
        .read_to_end(&mut bytes)
        .map_err(anyhow::Error::from)?;
    let text = String::from_utf8(bytes).map_err(|_| Failed::new(Exit::Input, "standard input is not UTF-8"))?;
    Ok(text
        .strip_suffix('\n')
        .map_or(text.as_str(), |rest| rest.strip_suffix('\r').unwrap_or(rest))
        .to_owned())
}

fn count_lines() -> Result<Exit, Failed> {
    let mut out = String::new();
    for (index, line) in std::io::stdin().lock().lines().enumerate() {
        let not_a_string = |_| {
            Failed::new(
                Exit::Input,
                format!("line {} of standard input is not a JSON string", index + 1),
            )
            .hint("each line holds one text in quotes, like `\"Hi Ada\"`")
        };
        let line = line.map_err(anyhow::Error::from)?;
        if line.trim().is_empty() {
            continue;
        }
        let text: String = serde_json::from_str(&line).map_err(not_a_string)?;
        let _ = writeln!(out, "{}", to_json(&text));
        if out.len() > 1 << 16 {
            print_result(&out)?;
            out.clear();
        }
    }
    print_result(&out)?;
    Ok(Exit::Done)
}

fn to_json(text: &str) -> Value {
    let counted = segment(text);
    json!({
        "encoding": counted.encoding.as_str(),
        "units": counted.units,
        "segments": counted.segments,
        "units_per_segment": units_per_segment(text),
    })
}

fn to_text(text: &str) -> String {
    let counted = segment(text);
    let (name, unit) = match counted.encoding {
        Encoding::Gsm7 => ("GSM-7", "septets"),
        Encoding::Ucs2 => ("UCS-2", "code units"),
    };
    let unit = if counted.units == 1 {
        unit.trim_end_matches('s')
    } else {
        unit
    };
    let mut out = format!(
        "{name}, {} {unit}, {} {:?}\n",
        counted.units,
        segments_of(counted.segments),
        units_per_segment(text)
    );
    let mut seen: BTreeMap<char, u64> = BTreeMap::new();
    for character in outside_gsm(text) {
        *seen.entry(character).or_default() += 1;
    }
    for (character, times) in seen.iter().take(20) {
        let _ = write!(
            out,
            "  `{}` U+{:04X} is outside GSM-7",
            character.escape_debug(),
            u32::from(*character)
        );
        if *times > 1 {
            let _ = write!(out, ", {times} times");
        }
        if let Some(instead) = replacement(*character, Transliterate::Latin) {
            let _ = write!(out, "; write `{instead}` instead");
        }
        out.push('\n');
    }
    if seen.len() > 20 {
        let _ = writeln!(out, "  and {} more characters", seen.len() - 20);
    }
    if let Some(advice) = advice(text) {
        let _ = writeln!(out, "{advice}");
    }
    out
}

/// What the cheapest of the replacements that a campaign can ask for would make of a text that needs UCS-2.
fn advice(text: &str) -> Option<String> {
    [
        (Transliterate::Punctuation, "punctuation"),
        (Transliterate::Latin, "latin"),
    ]
    .into_iter()
    .find_map(|(mode, name)| {
        let mut written = String::new();
        transliterate_into(text, mode, &mut written);
        let counted = segment(&written);
        (counted.encoding == Encoding::Gsm7 && written != text).then(|| {
            format!(
                "with `transliterate: {name}`: GSM-7, {} septets, {} {:?}",
                counted.units,
                segments_of(counted.segments),
                units_per_segment(&written)
            )
        })
    })
}

fn segments_of(count: u32) -> String {
    counted(u64::from(count), "segment", "segments")
}
