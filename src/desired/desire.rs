//! Campaigns, their lists and the clock to desired batches: times resolved, lists read, texts rendered and counted, each
//! campaign once.

use std::collections::BTreeMap;
use std::sync::Arc;

use regex::Regex;

use super::aggregate::{Aggregate, AggregateJob, AggregatedGroup, Unmade, aggregate_all};
use super::consent::unasked;
use super::desired::{Desired, DesiredCampaign, DesiredGroup, DesiredOccurrence, Presence};
use super::diagnostics::{OPT_OUT, UNEXPECTED_ROWS};
use super::elsewhere::{files_alone, is_elsewhere};
use super::findings::{Finding, Suppressions};
use super::from_campaign::bare;
use super::occurrences::{Firing, Opening, When, ZoneRule};
use super::payload::CampaignPayloads;
use super::prepare::{HeldLists, Inputs, NextStep, WantedLists, opt_out, prepare, zone_place};
use super::senders::sender_warnings;
use super::unread::UnreadAudience;
use super::{number_types, quiet_hours, zone_cautions};
use crate::campaign::{Campaign, Category, IfPassed, Project, ProviderConfig};
use crate::model::{CampaignRef, Diagnostic, Instant, NumberSet, Text, Windows, counted};
use crate::schedule::too_short;

/// What the files want, and the means to make it.
pub struct DesiredState {
    /// For the decision.
    pub desired: Desired,
    /// Numbers that must not be texted.
    pub suppressions: Suppressions,
    /// Quiet hours that are broken.
    pub findings: Vec<Finding>,
    /// Warnings and notes of lists and templates.
    pub diagnostics: Vec<Diagnostic>,
    /// Per active campaign, how its texts are made.
    pub payloads: BTreeMap<CampaignRef, CampaignPayloads>,
}

/// Everything that the files want up to an instant; every fault of every campaign.
pub fn desire(inputs: &Inputs<'_>, now: Instant, until: Instant) -> Result<DesiredState, Vec<Diagnostic>> {
    let (state, faults) = desire_what_is_readable(inputs, now, until);
    if faults.is_empty() { Ok(state) } else { Err(faults) }
}

/// The same, where a campaign with faults counts as one whose file cannot be read: for what must not wait until
/// everything is right again.
pub fn desire_what_is_readable(inputs: &Inputs<'_>, now: Instant, until: Instant) -> (DesiredState, Vec<Diagnostic>) {
    let mut state = DesiredState {
        desired: Desired::default(),
        suppressions: inputs.suppressions.clone(),
        findings: Vec::new(),
        diagnostics: Vec::new(),
        payloads: BTreeMap::new(),
    };
    let mut faults = Vec::new();
    let prepared = inputs.campaigns.iter().map(|campaign| {
        let mut told = Vec::new();
        let step = prepare(inputs, campaign, now, until, &mut told);
        (told, step)
    });
    let prepared: Vec<(Vec<Diagnostic>, Result<NextStep, Vec<Diagnostic>>)> = prepared.collect();
    let steps = prepared.iter().map(|(_, step)| step.as_ref());
    let mut read = read_lists(inputs, steps).into_iter();
    for (campaign, (told, step)) in inputs.campaigns.iter().zip(prepared) {
        state.diagnostics.extend(told);
        let added = step.and_then(|step| match step {
            NextStep::Done(desired) => {
                state.desired.campaigns.push(*desired);
                Ok(())
            }
            NextStep::Hold(held) => {
                state.hold(*held);
                Ok(())
            }
            NextStep::Read(want) => {
                // One for each that is to be read, in order.
                let aggregate = read.next().unwrap_or_else(|| Err(Unmade::Texts(Vec::new())));
                state.add(inputs, campaign, *want, aggregate, now)
            }
        });
        if let Err(more) = added {
            faults.extend(more);
            let provider = inputs.project.providers.get_key_value(&campaign.provider);
            let unread = provider.and_then(|(name, config)| bare(&campaign.reference, &campaign.file, name, config));
            state.desired.campaigns.extend(unread);
        }
    }
    for (file, references) in &inputs.unreadable {
        let first = inputs.project.providers.iter().next();
        let unread = |reference| first.and_then(|(name, config)| bare(reference, file, name, config));
        state.desired.campaigns.extend(references.iter().filter_map(unread));
    }
    (state, faults)
}

/// Reads the lists of all campaigns that are to be read, each list once; in their order.
fn read_lists<'s>(
    inputs: &Inputs<'_>,
    steps: impl Iterator<Item = Result<&'s NextStep, &'s Vec<Diagnostic>>>,
) -> Vec<Result<Aggregate, Unmade>> {
    let mut jobs = Vec::new();
    for (campaign, step) in inputs.campaigns.iter().zip(steps) {
        let Ok(NextStep::Read(want)) = step else {
            continue;
        };
        jobs.push(AggregateJob {
            campaign,
            tables: want.tables.clone(),
            suppressed: suppressed(inputs, campaign),
            settings: want.settings.clone(),
        });
    }
    aggregate_all(jobs, &inputs.reading)
}

/// Numbers that a campaign must not text.
fn suppressed<'a>(inputs: &'a Inputs<'_>, campaign: &Campaign) -> Vec<&'a NumberSet> {
    let suppressed = inputs.suppressions.by_campaign.get(&campaign.reference);
    let blocked = inputs.suppressions.blocked.get(&campaign.provider);
    // Lists without numbers are not asked about every row.
    let lists = [suppressed, blocked].into_iter().flatten().map(Arc::as_ref);
    lists.filter(|numbers| !numbers.is_empty()).collect()
}

impl DesiredState {
    fn add(
        &mut self,
        inputs: &Inputs<'_>,
        campaign: &Campaign,
        want: WantedLists,
        aggregate: Result<Aggregate, Unmade>,
        now: Instant,
    ) -> Result<(), Vec<Diagnostic>> {
        let project = inputs.project;
        let aggregate = match aggregate {
            Ok(aggregate) => aggregate,
            Err(Unmade::Rows(why)) if is_elsewhere(campaign) => {
                let suppressed = suppressed(inputs, campaign);
                files_alone(campaign, &want.tables, suppressed, &want.settings, &inputs.reading)?;
                self.hold(want.unusable(why));
                return Ok(());
            }
            Err(Unmade::Texts(faults) | Unmade::Rows(faults)) => return Err(faults),
        };
        let lacking = aggregate.without_opt_out();
        // Where some texts have a way to opt out and some have none, the rows decide.
        if is_elsewhere(campaign) && (1..aggregate.texts()).contains(&lacking) {
            self.hold(want.unusable(vec![without_opt_out(project, campaign, lacking)]));
            return Ok(());
        }
        if lacking > 0 {
            return Err(vec![without_opt_out(project, campaign, lacking)]);
        }
        let WantedLists {
            mut desired,
            when,
            tables,
            settings: _,
        } = want;
        let Some(config) = project.providers.get(&campaign.provider) else {
            return Err(Vec::new());
        };
        let unexpected = unexpected_rows(campaign, &aggregate);
        if !unexpected.is_empty() {
            return Err(unexpected);
        }
        self.diagnostics.extend_from_slice(aggregate.warnings());
        self.diagnostics.extend(unasked(campaign, &tables));
        self.diagnostics.extend(zone_cautions::named(campaign));
        self.diagnostics
            .extend(zone_cautions::of_rows(aggregate.named_zones(), &zone_place(campaign)));
        desired.schedule.clone_from(&when.schedule);
        if let Some(audience) = aggregate.audience(0) {
            let counts = audience.total();
            desired.filtered = counts.filtered;
            desired.suppressed = counts.suppressed;
            desired.duplicates = counts.duplicates;
            desired.invalid = counts.invalid;
            desired.emptied_by_suppression = audience.is_emptied_by_suppressions();
        }
        for (index, firing) in when.firings.iter().enumerate() {
            let groups = aggregate
                .groups(index)
                .iter()
                .filter_map(|aggregated| group(&when, firing, aggregated, now))
                .collect();
            desired.occurrences.push(DesiredOccurrence {
                key: firing.key,
                nominal: firing.nominal,
                groups,
            });
        }
        self.diagnostics.extend(short_windows(campaign, config, &desired, now));
        if campaign.category == Category::Marketing {
            let (findings, warnings) = quiet_hours::check(&project.guards, campaign, &when, &desired, &aggregate, now);
            self.findings.extend(findings);
            self.diagnostics.extend(warnings);
        }
        self.findings
            .extend(number_types::check(&project.guards, campaign, &when, &aggregate));
        self.diagnostics.extend(sender_warnings(project, campaign, &desired));
        self.desired.campaigns.push(desired);
        let payloads = CampaignPayloads {
            aggregate,
            when,
            variants: campaign.variants.clone(),
            has_holdout: project.holdout.is_some() && campaign.category == Category::Marketing,
        };
        self.payloads.insert(campaign.reference.clone(), payloads);
        Ok(())
    }
}

/// Sources that have more or fewer rows than they must have.
fn unexpected_rows(campaign: &Campaign, aggregate: &Aggregate) -> Vec<Diagnostic> {
    let counts = aggregate
        .audience(0)
        .map(|audience| audience.counts())
        .unwrap_or_default();
    (campaign.sources.iter().zip(counts))
        .filter_map(|(source, counts)| {
            let expected = source.expected_rows.filter(|range| !range.contains(counts.rows))?;
            let rows = counted(counts.rows, "row", "rows");
            let message = format!(
                "`{}` has {rows}, not `{expected}` as `expect` says",
                source.origin.name().display()
            );
            let fault = Diagnostic::error(&UNEXPECTED_ROWS, message).at(source.place.clone());
            Some(fault.hint("export the list again; if it is right, change `expect: { rows: ... }`"))
        })
        .collect()
}

impl DesiredState {
    /// Nothing of the campaign is created, and nothing of it is canceled.
    fn hold(&mut self, held: HeldLists) {
        let HeldLists {
            desired,
            occurrences,
            told,
            is_offline,
        } = held;
        self.desired.unread.push(UnreadAudience {
            campaign: desired.reference.clone(),
            provider: desired.provider.clone(),
            occurrences,
            why: match told.as_slice() {
                [] => String::new(),
                [one] => one.message.clone(),
                [first, more @ ..] => {
                    let more = counted(more.len() as u64, "more fault", "more faults");
                    format!("{}; and {more}", first.message)
                }
            },
            is_offline,
        });
        // A list of the project is reported once, however many campaigns it holds.
        for one in told {
            if !self.diagnostics.contains(&one) {
                self.diagnostics.push(one);
            }
        }
        self.desired.campaigns.push(DesiredCampaign {
            presence: Presence::Unreadable,
            ..desired
        });
    }
}

/// Told at the template that most likely has none: a source's own text is easily forgotten.
fn without_opt_out(project: &Project, campaign: &Campaign, texts: u64) -> Diagnostic {
    let pattern = opt_out(project, campaign);
    let lacks_it = |text: &&Text| pattern.as_ref().is_some_and(|pattern| !pattern.is_match(&text.text));
    let mut templates = campaign.all_texts().into_iter().map(|text| text.text);
    let template = templates.find(lacks_it).unwrap_or(&campaign.body);
    let message = format!(
        "{} no way to opt out: not a match of `{}`",
        counted(texts, "text has", "texts have"),
        pattern.as_ref().map_or("", Regex::as_str)
    );
    Diagnostic::error(&OPT_OUT, message)
        .at(template.place.clone())
        .hint("add one, like `STOP: reply STOP`; `category: service` is for messages that are no marketing")
}

/// A group with its windows; `if_passed: next_day` moves a window that is over.
fn group(when: &When, firing: &Firing, aggregated: &AggregatedGroup, now: Instant) -> Option<DesiredGroup> {
    let declared: Windows = match (&firing.opening, &aggregated.windows) {
        (Opening::Fixed(windows), _) => windows.clone(),
        (Opening::Local(_), Some(group)) => group.windows.clone(),
        (Opening::Local(_), None) => return None,
    };
    let moves = matches!(
        &when.zone,
        ZoneRule::Recipient {
            if_passed: IfPassed::NextDay,
            ..
        }
    );
    let next_day = aggregated
        .windows
        .as_ref()
        .filter(|group| moves && group.has_passed(now))
        .and_then(|group| group.next_day.clone());
    Some(DesiredGroup {
        group: aggregated.group,
        opens_before_move: next_day.is_some().then(|| declared.opens()),
        windows: next_day.unwrap_or(declared),
        content: Arc::clone(&aggregated.content),
    })
}

/// A warning for the first occurrence whose windows are too short for its texts at the rate that the contract states.
fn short_windows(
    campaign: &Campaign,
    config: &ProviderConfig,
    desired: &DesiredCampaign,
    now: Instant,
) -> Option<Diagnostic> {
    let rate = config.segments_per_second?;
    let short = desired
        .occurrences
        .iter()
        .flat_map(|occurrence| &occurrence.groups)
        .filter(|group| group.windows.closes() > now)
        .find_map(|group| too_short(&group.windows, group.content.buckets.total().segments, rate))?;
    let place = campaign
        .places
        .get("delivery")
        .cloned()
        .unwrap_or_else(|| campaign.body.place.clone());
    Some(short.diagnostic().at(place))
}
