//! `campanile preview`: rendered messages, when somebody asks to see them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use clap::Args;
use serde_json::{Value, json};

use super::preview_serve;
use crate::campaign::Transliterate;
use crate::cli::context::{Context, Failed, pretty};
use crate::cli::exit::Exit;
use crate::cli::sample::Sample;
use crate::cli::shown::Shown;
use crate::cli::workspace;
use crate::model::{CampaignRef, Country, Encoding, Language, counted};
use crate::render::{outside_gsm, replacement, segment, units_per_segment};
use crate::report::{amounts, estimate_view, shortened, visible};

/// Show rendered messages with encoding, segments and estimate
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  campanile preview black-friday --limit 3\n  campanile preview black-friday --to +46701740605\n  campanile preview black-friday --serve   # a page that follows every save"
)]
pub(crate) struct PreviewArgs {
    /// Which campaign
    #[arg(value_parser = |text: &str| CampaignRef::parse(text))]
    pub campaign: CampaignRef,
    /// Only the recipient in this line of its CSV file, or this row of another kind of list
    #[arg(long, value_name = "LINE", group = "which")]
    pub row: Option<u64>,
    /// Only this number
    #[arg(long, value_name = "NUMBER", group = "which")]
    pub to: Option<String>,
    /// How many messages
    #[arg(long, value_name = "N", default_value_t = 5, group = "which")]
    pub limit: usize,
    /// Serve a live page on loopback until interrupted
    #[arg(long)]
    pub serve: bool,
}

/// Renders and prints.
pub(crate) fn run(context: &Context, args: &PreviewArgs) -> Result<Exit, Failed> {
    if args.serve {
        return preview_serve::run(context, &args.campaign);
    }
    let workspace = workspace::open(context)?;
    let sample = match workspace.campaign(&args.campaign) {
        Ok(campaign) => Sample::as_sent(context, &workspace, campaign).map_err(Failed::input)?,
        Err(failed) => {
            workspace.require_valid()?;
            return Err(failed);
        }
    };
    context.show(&workspace.diagnostics);
    let shown = match (&args.row, &args.to) {
        (Some(line), _) => sample.row_of_line(&workspace, workspace.campaign(&args.campaign)?, *line)?,
        (None, Some(number)) => sample.to(&workspace, number)?,
        (None, None) => sample.first(args.limit)?,
    };
    context.emit_text(&|| pretty(&sample.to_json(&args.campaign, &shown)), &|| {
        sample.to_text(&shown)
    })?;
    Ok(Exit::Done)
}

impl Sample {
    fn to_json(&self, campaign: &CampaignRef, shown: &[Shown]) -> Value {
        let messages: Vec<Value> = shown
            .iter()
            .map(|one| {
                let counted = segment(&one.body);
                json!({
                    "line": one.line,
                    "recipient": one.recipient.masked(),
                    "country": one.country.map(Country::as_str),
                    "variant": one.variant,
                    "language": one.language.as_ref().map(Language::as_str),
                    "body": one.body,
                    "encoding": counted.encoding.as_str(),
                    "units": counted.units,
                    "segments": counted.segments,
                    "units_per_segment": units_per_segment(&one.body),
                    "forces_ucs2": forcing(&one.body).iter().map(ToString::to_string).collect::<Vec<_>>(),
                    "estimate": estimate_view(&self.estimate(one)),
                })
            })
            .collect();
        json!({
            "format_version": "1.0",
            "campaign": campaign.as_str(),
            "recipients": self.audience().len(),
            "messages": messages,
            "transport": self.transport(shown),
        })
    }

    /// For people.
    pub(crate) fn to_text(&self, shown: &[Shown]) -> String {
        let mut text = String::new();
        for one in shown {
            let counted = segment(&one.body);
            let line = one.line.map_or_else(String::new, |line| format!("line {line}, "));
            let country = one.country.map_or("?", Country::as_str);
            let label = one.label();
            let separator = if label.is_empty() { "" } else { ", " };
            let (encoding, unit) = match counted.encoding {
                Encoding::Gsm7 => ("GSM-7", "septets"),
                Encoding::Ucs2 => ("UCS-2", "code units"),
            };
            let _ = writeln!(
                text,
                "{line}{} ({country}{separator}{label}): {encoding}, {} {unit}, {}, {}",
                one.recipient.masked(),
                counted.units,
                counted_segments(counted.segments),
                amounts(&estimate_view(&self.estimate(one)))
            );
            for line in shown_lines(&one.body) {
                let _ = writeln!(text, "  | {line}");
            }
            for character in forcing(&one.body) {
                let instead = replacement(character, Transliterate::Latin)
                    .map_or_else(String::new, |instead| format!("; `{instead}` would not"));
                let _ = writeln!(
                    text,
                    "  `{}` U+{:04X} forces UCS-2{instead}",
                    character.escape_debug(),
                    u32::from(character)
                );
            }
            text.push('\n');
        }
        let _ = writeln!(text, "{} of {}", shown.len(), counted_people(self.audience().len()));
        if let Some(body) = self.transport(shown) {
            let _ = writeln!(
                text,
                "these travel to the provider as: {}",
                shortened(&body.replace('\n', " ⏎ "), 100)
            );
        }
        visible(&text).into_owned()
    }
}

fn counted_segments(segments: u32) -> String {
    counted(u64::from(segments), "segment", "segments")
}

fn counted_people(people: usize) -> String {
    counted(people as u64, "person", "people")
}

/// Control characters never reach the terminal.
fn shown_lines(body: &str) -> Vec<String> {
    body.lines()
        .map(|line| {
            line.chars()
                .map(|c| if c.is_control() { '\u{fffd}' } else { c })
                .collect()
        })
        .collect()
}

/// Each character outside GSM-7 once, in order.
fn forcing(body: &str) -> Vec<char> {
    let characters: BTreeSet<char> = outside_gsm(body).collect();
    characters.into_iter().collect()
}
