//! `campanile calendar`: coming occurrences, for people, programs and calendar subscriptions.

use std::time::Duration;

use clap::Args;

use crate::cli::as_sent::desired_as_sent;
use crate::cli::context::{Context, Failed};
use crate::cli::exit::Exit;
use crate::cli::global::Format;
use crate::cli::spelling::spelled;
use crate::cli::version::TOOL;
use crate::cli::wall_clock::WallClock;
use crate::cli::workspace;
use crate::desired::Finding;
use crate::model::{CampaignRef, Group, OccurrenceKey, Window};
use crate::report::{
    CalendarFrame, CalendarView, calendar_occurrences, calendar_to_ics, calendar_to_json, calendar_to_text,
    diagnostic_to_view,
};

/// Coming occurrences by the files alone, offline
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  campanile calendar --days 90\n  campanile calendar --ics > campaigns.ics")]
pub(crate) struct CalendarArgs {
    /// How many days ahead
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=1100))]
    pub days: u32,
    /// As iCalendar (RFC 5545), to subscribe to
    #[arg(long)]
    pub ics: bool,
}

/// Reads the files and lists coming occurrences; violations are listed and never fail it.
pub(crate) fn run(context: &Context, args: &CalendarArgs) -> Result<Exit, Failed> {
    if args.ics && context.global.output != Format::Text {
        return Err(Failed::usage("`--ics` is a format of its own: without `-o`"));
    }
    let workspace = workspace::open(context)?;
    workspace.require_valid()?;
    let now = context.clock.now();
    let until = now + Duration::from_secs(u64::from(args.days) * 24 * 3600);
    let state = desired_as_sent(&workspace, now, until).map_err(Failed::input)?;
    let spell = |campaign: &CampaignRef, group: Group, window: Window| spelled(&state, now, campaign, group, window);
    let violations = |campaign: &CampaignRef, key: OccurrenceKey| {
        let of_occurrence = |finding: &&Finding| finding.campaign == *campaign && finding.occurrence == Some(key);
        state
            .findings
            .iter()
            .filter(of_occurrence)
            .map(|finding| finding.message.clone())
            .collect()
    };
    let frame = CalendarFrame {
        from: now,
        until,
        spell: &spell,
        violations: &violations,
    };
    let occurrences = calendar_occurrences(&state.desired, &frame);
    let mut view = CalendarView::new(
        workspace.project.namespace.as_str(),
        now.to_string(),
        until.to_string(),
        occurrences,
    );
    view.diagnostics = workspace
        .diagnostics
        .iter()
        .chain(&state.diagnostics)
        .map(diagnostic_to_view)
        .collect();
    if args.ics {
        context.print(&calendar_to_ics(&view, TOOL));
        return Ok(Exit::Done);
    }
    let clock = WallClock::of(workspace.project.timezone.as_ref());
    let (from, until) = (clock.minute(now), format!("{} {}", clock.minute(until), clock.zone()));
    context.emit_text(&|| calendar_to_json(&view), &|| {
        calendar_to_text(&view, (&from, &until))
    })?;
    Ok(Exit::Done)
}
