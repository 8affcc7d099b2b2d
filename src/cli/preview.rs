//! `campanile preview`: rendered messages, when somebody asks to see them.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use clap::Args;
use serde_json::{Value, json};

use super::args::Format;
use super::context::{Context, Failed, pretty};
use super::exit::Exit;
use super::wanted::settings_of;
use super::workspace::{self, Workspace};
use super::{lists, preview_serve, text_or_json};
use crate::audience::{Audience, Row, RowFault, Visitor, normalize, read};
use crate::campaign::{Campaign, Transliterate};
use crate::model::{
    Api, CampaignRef, Country, Diagnostic, Encoding, Estimate, Group, Msisdn, Namespace, NumberSet, OccurrenceKey,
    Part, Payload, Reference, Slot, Windows, row_digest,
};
use crate::plan::{Totals, when};
use crate::provider::{NewBatch, extra_of};
use crate::render::{
    Matcher, Message, Names, Occurrence, Predicate, PriceTable, Program, Row as RenderRow, SegmentsByClass, Shape,
    merged_vars, outside_gsm, payload, replacement, segment, units_per_segment,
};
use crate::report::{amounts, counted, estimate_view, shortened, visible};

/// Show rendered messages with encoding, segments and estimate
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  campanile preview black-friday --limit 3\n  campanile preview black-friday --to +46701740605\n  campanile preview black-friday --serve   # a page that follows every save"
)]
pub struct PreviewArgs {
    /// Which campaign
    #[arg(value_parser = |text: &str| CampaignRef::parse(text))]
    pub campaign: CampaignRef,
    /// Only the recipient in this line of its CSV file
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

/// A rendered message and how it is counted.
pub struct Shown {
    /// Line of its row, when known.
    pub line: Option<u64>,
    /// For whom.
    pub recipient: Msisdn,
    /// Of the number.
    pub country: Option<&'static Country>,
    /// The text.
    pub body: String,
    /// Its cells, for the transport.
    message: Message,
}

/// A campaign ready to be rendered for single rows.
pub struct Proof {
    audience: Arc<Audience>,
    programs: Vec<Program>,
    prices: PriceTable,
    api: Api,
    transliterate: Transliterate,
    occurrence: Option<Occurrence>,
}

/// Renders and prints.
pub fn run(context: &Context, args: &PreviewArgs) -> Result<Exit, Failed> {
    if args.serve {
        return preview_serve::run(context, &args.campaign);
    }
    let workspace = workspace::open(context)?;
    let proof = match workspace.campaign(&args.campaign) {
        Ok(campaign) => Proof::new(context, &workspace, campaign, None).map_err(Failed::input)?,
        Err(failed) => {
            workspace.require_valid()?;
            return Err(failed);
        }
    };
    context.show(&workspace.diagnostics);
    let shown = match (&args.row, &args.to) {
        (Some(line), _) => proof.row_of_line(&workspace, workspace.campaign(&args.campaign)?, *line)?,
        (None, Some(number)) => proof.to(&workspace, number)?,
        (None, None) => proof.first(args.limit)?,
    };
    context.emit(&|format| {
        Ok(match text_or_json(format) {
            Format::Json => pretty(&proof.to_json(&args.campaign, &shown)),
            Format::Text | Format::Markdown | Format::Html => proof.to_text(&shown),
        })
    })?;
    Ok(Exit::Done)
}

impl Proof {
    /// Compiles templates and reads lists; `body` stands in for the campaign's own while it is tried out.
    pub fn new(
        context: &Context,
        workspace: &Workspace,
        campaign: &Campaign,
        body: Option<&str>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut campaign = campaign.clone();
        if let Some(body) = body {
            body.clone_into(&mut campaign.body.text);
        }
        Self::of(context, workspace, &campaign, None)
    }

    /// Compiles templates; reads lists unless their audience is at hand.
    pub fn of(
        context: &Context,
        workspace: &Workspace,
        campaign: &Campaign,
        audience: Option<Arc<Audience>>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let now = context.clock.now();
        let when = when(campaign, now, now + workspace.project.horizon)?;
        let tables = lists::tables(workspace, campaign)?;
        let recurring = when.schedule.is_some();
        let mut programs = Vec::new();
        let mut conditions = Vec::new();
        let mut faults = Vec::new();
        for (source, table) in campaign.sources.iter().zip(&tables) {
            let vars = merged_vars(campaign, source);
            let names = Names {
                columns: table.columns(),
                vars: &vars,
                recurring,
            };
            match Program::compile(source.body.as_ref().unwrap_or(&campaign.body), &names) {
                Ok(program) => programs.push(program),
                Err(more) => faults.extend(more),
            }
            match source
                .condition
                .as_ref()
                .map(|condition| Predicate::compile(condition, &names))
                .transpose()
            {
                Ok(condition) => conditions.push(condition),
                Err(more) => faults.extend(more),
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let occurrence = when
            .firings
            .first()
            .and_then(|firing| firing.nominal)
            .map(Occurrence::new);
        let audience = if let Some(audience) = audience {
            audience
        } else {
            let suppressed = suppressed(workspace, campaign)?;
            let chooser = || Chooser {
                matchers: conditions
                    .iter()
                    .map(|condition| condition.as_ref().map(Predicate::matcher))
                    .collect(),
                occurrence: occurrence.clone(),
            };
            Arc::new(read(tables, &[&suppressed], &lists::settings(workspace), chooser)?.0)
        };
        let Some(config) = workspace.project.providers.get(&campaign.provider) else {
            return Err(Vec::new());
        };
        Ok(Self {
            audience,
            programs,
            prices: PriceTable::new(
                &workspace.project.prices,
                &campaign.provider,
                config.api(),
                campaign.priority,
            ),
            api: config.api(),
            transliterate: campaign.transliterate,
            occurrence,
        })
    }

    /// The first messages, in order of sources and rows.
    pub fn first(&self, limit: usize) -> Result<Vec<Shown>, Failed> {
        let mut shown = Vec::new();
        self.audience
            .first_rows(limit, |row| shown.push(self.render(row)))
            .map_err(|fault| Failed::input(vec![fault]))?;
        shown.into_iter().collect()
    }

    /// Whom it is for.
    pub fn audience(&self) -> &Audience {
        &self.audience
    }

    /// The message of the n-th recipient, from 0, in order of sources and rows.
    pub fn nth(&self, index: usize) -> Result<Option<Shown>, Failed> {
        let (mut at, mut shown) = (0, None);
        self.audience
            .first_rows(index + 1, |row| {
                if at == index {
                    shown = Some(self.render(row));
                }
                at += 1;
            })
            .map_err(|fault| Failed::input(vec![fault]))?;
        shown.transpose()
    }

    fn to(&self, workspace: &Workspace, number: &str) -> Result<Vec<Shown>, Failed> {
        let home = lists::settings(workspace).home;
        let number = normalize(number, home.as_ref())
            .map_err(|fault| Failed::usage(format!("`--to`: {fault}")))?
            .msisdn;
        let mut shown = Vec::new();
        self.audience
            .row_of(number, |row| shown.push(self.render(row)))
            .map_err(|fault| Failed::input(vec![fault]))?;
        if shown.is_empty() {
            return Err(Failed::new(
                Exit::Failed,
                format!("{} is in no list of this campaign", number.masked()),
            ));
        }
        shown.into_iter().collect()
    }

    /// The messages of the rows at a line of any of its lists.
    pub fn row_of_line(&self, workspace: &Workspace, campaign: &Campaign, line: u64) -> Result<Vec<Shown>, Failed> {
        let tables = lists::tables(workspace, campaign).map_err(Failed::input)?;
        let finder = || Finder {
            line,
            found: Vec::new(),
        };
        let (_, finder) = read(tables, &[], &lists::settings(workspace), finder).map_err(Failed::input)?;
        let mut shown = Vec::new();
        let is_there = !finder.found.is_empty();
        for (number, _) in finder.found {
            let visit = |row: &Row<'_>| {
                shown.push(self.render(row).map(|one| Shown {
                    line: Some(line),
                    ..one
                }));
            };
            self.audience
                .row_of(number, visit)
                .map_err(|fault| Failed::input(vec![fault]))?;
        }
        if shown.is_empty() && is_there {
            let message = format!(
                "the row at line {line} is no recipient: left out by `where`, suppressed, or its number came before"
            );
            return Err(Failed::new(Exit::Failed, message));
        }
        if shown.is_empty() {
            let message = format!("no list of this campaign has a row at line {line}");
            return Err(Failed::usage(message).hint("lines count from 1, the header row is the first"));
        }
        shown.into_iter().collect()
    }

    fn render(&self, row: &Row<'_>) -> Result<Shown, Failed> {
        let Some(program) = self.programs.get(row.source) else {
            return Err(Failed::new(Exit::Failed, "a list without a template"));
        };
        let shape = Shape::of(program, self.occurrence.as_ref(), self.transliterate);
        let as_template = RenderRow {
            recipient: row.number,
            country: row.country,
            fields: row.cells,
            occurrence: self.occurrence.as_ref(),
        };
        let message = program
            .renderer()
            .message(self.transliterate, &as_template, shape.as_ref())
            .map_err(|fault| {
                Failed::new(
                    Exit::Input,
                    format!("the message of {} cannot be made: {fault}", row.number.masked()),
                )
            })?;
        let line = (row.line > 0).then_some(row.line);
        Ok(Shown {
            line,
            recipient: row.number,
            country: row.country,
            body: message.body.clone(),
            message,
        })
    }

    /// How the provider gets these texts.
    pub fn transport(&self, shown: &[Shown]) -> Option<String> {
        self.payload(shown).map(|payload| payload.body)
    }

    /// These messages as they travel; `None` when the provider cannot carry them.
    pub fn payload(&self, shown: &[Shown]) -> Option<Payload> {
        let shape = match self.programs.as_slice() {
            [program] => Shape::of(program, self.occurrence.as_ref(), self.transliterate),
            _ => None,
        };
        let messages: Vec<Message> = shown.iter().map(|one| one.message.clone()).collect();
        payload(self.api, shape.as_ref(), &messages).ok()
    }

    /// A batch marked as a test: no decision about the campaign depends on it.
    pub fn test_batch(
        &self,
        namespace: &Namespace,
        campaign: &Campaign,
        shown: &[Shown],
        payload: Payload,
        windows: Windows,
    ) -> Result<NewBatch, Failed> {
        let mut totals = Totals::default();
        for one in shown {
            totals.digest.add(row_digest(one.recipient, &one.body, &mut Vec::new()));
            totals.messages_ucs2 += u64::from(segment(&one.body).encoding == Encoding::Ucs2);
        }
        let settings = settings_of(campaign);
        let occurrence = OccurrenceKey::revision(campaign.revision)
            .ok_or_else(|| Failed::new(Exit::Input, "revision out of range"))?;
        let slot = Slot {
            campaign: campaign.reference.clone(),
            occurrence,
            group: Group::Test,
            part: Part::WHOLE,
        };
        Ok(NewBatch {
            reference: Reference {
                namespace: namespace.clone(),
                slot,
                fingerprint: settings.fingerprint(self.api, &totals, &windows),
            },
            sender: settings.sender.clone(),
            payload,
            message_type: settings.message_type,
            datacoding: settings.datacoding_of(self.api, &totals),
            priority: settings.priority,
            windows,
            report_url: settings.report_url.clone(),
            tags: settings.tags.clone(),
            extra: extra_of(&settings.extra),
        })
    }

    /// What one message costs.
    pub fn estimate(&self, shown: &Shown) -> Estimate {
        let mut segments = SegmentsByClass::default();
        segments.add(
            self.prices.class(shown.recipient, shown.country),
            u64::from(segment(&shown.body).segments),
        );
        self.prices.estimate(&segments)
    }

    fn to_json(&self, campaign: &CampaignRef, shown: &[Shown]) -> Value {
        let messages: Vec<Value> = shown
            .iter()
            .map(|one| {
                let counted = segment(&one.body);
                json!({
                    "line": one.line,
                    "recipient": one.recipient.masked(),
                    "country": one.country.map(Country::as_str),
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
            "recipients": self.audience.len(),
            "messages": messages,
            "transport": self.transport(shown),
        })
    }

    /// For people.
    pub fn to_text(&self, shown: &[Shown]) -> String {
        let mut text = String::new();
        for one in shown {
            let counted = segment(&one.body);
            let line = one.line.map_or_else(String::new, |line| format!("line {line}, "));
            let country = one.country.map_or("?", Country::as_str);
            let (encoding, unit) = match counted.encoding {
                Encoding::Gsm7 => ("GSM-7", "septets"),
                Encoding::Ucs2 => ("UCS-2", "code units"),
            };
            let _ = writeln!(
                text,
                "{line}{} ({country}): {encoding}, {} {unit}, {}, {}",
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
        let _ = writeln!(text, "{} of {}", shown.len(), counted_people(self.audience.len()));
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

/// Whom the campaign must not text; testers' files are read without.
fn suppressed(workspace: &Workspace, campaign: &Campaign) -> Result<NumberSet, Vec<Diagnostic>> {
    let is_for_testers = workspace
        .project
        .testers
        .as_ref()
        .is_some_and(|testers| campaign.sources.iter().all(|source| source.csv == *testers));
    if is_for_testers {
        return Ok(NumberSet::default());
    }
    let suppressions = lists::suppressions(workspace)?;
    Ok(suppressions
        .by_campaign
        .get(&campaign.reference)
        .map(|numbers| NumberSet::clone(numbers))
        .unwrap_or_default())
}

/// Leaves out the rows that `where` leaves out.
struct Chooser {
    matchers: Vec<Option<Matcher>>,
    occurrence: Option<Occurrence>,
}

impl Visitor for Chooser {
    fn admits(&mut self, row: &Row<'_>) -> Result<bool, RowFault> {
        let Some(Some(matcher)) = self.matchers.get_mut(row.source) else {
            return Ok(true);
        };
        let row = RenderRow {
            recipient: row.number,
            country: row.country,
            fields: row.cells,
            occurrence: self.occurrence.as_ref(),
        };
        // A row that the condition cannot judge is shown: `validate` tells what is wrong with it.
        Ok(matcher.matches(&row).unwrap_or(true))
    }

    fn add(&mut self, _: &Row<'_>) {}

    fn remove(&mut self, _: &Row<'_>) {}

    fn merge(&mut self, _: Self) {}
}

/// Finds the rows at a line.
struct Finder {
    line: u64,
    found: Vec<(Msisdn, usize)>,
}

impl Visitor for Finder {
    fn admits(&mut self, row: &Row<'_>) -> Result<bool, RowFault> {
        if row.line == self.line {
            self.found.push((row.number, row.source));
        }
        Ok(true)
    }

    fn add(&mut self, _: &Row<'_>) {}

    fn remove(&mut self, _: &Row<'_>) {}

    fn merge(&mut self, other: Self) {
        self.found.extend(other.found);
        self.found.sort_by_key(|(_, source)| *source);
    }
}
