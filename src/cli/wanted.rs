//! Everything that the files want: times resolved, lists read, texts rendered and counted, each campaign once.

use std::collections::BTreeMap;
use std::sync::Arc;

use regex::Regex;

use super::codes::OPT_OUT;
use super::consent::unasked;
use super::context::Context;
use super::lists;
use super::quiet;
use super::workspace::Workspace;
use crate::campaign::{Allow, Campaign, CampaignState, Category, IfPassed, ProviderConfig, ZoneChoice};
use crate::model::{
    CampaignRef, Country, Diagnostic, Group, Instant, LocalTime, NumberSet, OccurrenceKey, Reference, Text, Window,
    Windows,
};
use crate::plan::{
    Desired, DesiredCampaign, DesiredGroup, DesiredOccurrence, Finding, Firing, Occasion, Opening, OwnZones, Presence,
    Settings, Suppressions, TalliedGroup, Tally, TallySettings, When, ZoneRule, codes, tally, when,
};
use crate::provider::{extra_text, sinch_extra};
use crate::render::PriceTable;
use crate::report::{Details, SpelledWindow, counted};
use crate::schedule::{Zone, format_offset, spell_at_offset, too_short};

/// What the files want, and the means to make it.
pub struct Wanted {
    /// For the decision.
    pub desired: Desired,
    /// Numbers that must not be texted.
    pub suppressions: Suppressions,
    /// Quiet hours that are broken.
    pub findings: Vec<Finding>,
    /// Warnings and notes of lists and templates.
    pub diagnostics: Vec<Diagnostic>,
    /// Per active campaign, how its texts are made.
    pub books: BTreeMap<CampaignRef, Book>,
}

/// How a campaign's texts are made, and when it fires.
pub struct Book {
    /// Counts, and the way to the rows.
    pub tally: Tally,
    /// Its times.
    pub when: When,
}

impl Book {
    /// The place of an occurrence among the tally's occasions.
    pub fn occasion(&self, key: OccurrenceKey) -> Option<usize> {
        self.when.firings.iter().position(|firing| firing.key == key)
    }
}

/// Reads everything up to the project's horizon; every fault of every file.
pub fn want(context: &Context, workspace: &Workspace) -> Result<Wanted, Vec<Diagnostic>> {
    let now = context.clock.now();
    want_until(workspace, now, now + workspace.project.horizon)
}

/// What one campaign wants, in place of the one of its name: a text that is tried out before it is written down.
pub fn want_one(
    workspace: &Workspace,
    campaign: &Campaign,
    now: Instant,
    horizon: Instant,
) -> Result<Wanted, Vec<Diagnostic>> {
    let mut wanted = Wanted {
        desired: Desired::default(),
        suppressions: lists::suppressions(workspace)?,
        findings: Vec::new(),
        diagnostics: Vec::new(),
        books: BTreeMap::new(),
    };
    wanted.add(workspace, campaign, now, horizon)?;
    Ok(wanted)
}

/// The same, up to an instant.
pub fn want_until(workspace: &Workspace, now: Instant, horizon: Instant) -> Result<Wanted, Vec<Diagnostic>> {
    let mut faults = Vec::new();
    let suppressions = lists::suppressions(workspace).unwrap_or_else(|more| {
        faults.extend(more);
        Suppressions::default()
    });
    let mut wanted = Wanted {
        desired: Desired::default(),
        suppressions,
        findings: Vec::new(),
        diagnostics: Vec::new(),
        books: BTreeMap::new(),
    };
    lists::announce(workspace);
    for campaign in &workspace.campaigns {
        if let Err(more) = wanted.add(workspace, campaign, now, horizon) {
            faults.extend(more);
        }
    }
    workspace.progress.clear();
    for unreadable in &workspace.unreadable {
        wanted
            .desired
            .campaigns
            .extend(unreadable.references.iter().filter_map(|reference| {
                let (name, config) = workspace.project.providers.iter().next()?;
                Some(DesiredCampaign {
                    presence: Presence::Unreadable,
                    ..bare(reference, &unreadable.file, name, config)?
                })
            }));
    }
    if faults.is_empty() { Ok(wanted) } else { Err(faults) }
}

impl Wanted {
    fn add(
        &mut self,
        workspace: &Workspace,
        campaign: &Campaign,
        now: Instant,
        horizon: Instant,
    ) -> Result<(), Vec<Diagnostic>> {
        let project = &workspace.project;
        let Some(config) = project.providers.get(&campaign.provider) else {
            return Ok(());
        };
        let mut desired = desired_campaign(campaign, config, now);
        if campaign.state == CampaignState::Canceled {
            self.desired.campaigns.push(desired);
            return Ok(());
        }
        for allow in campaign.allow.iter().filter(|allow| !is_in_force(allow, now)) {
            let until = allow.until.as_deref().unwrap_or_default();
            let message = format!(
                "`allow: {}` ended with {until}, and lifts nothing any more",
                allow.rule.as_str()
            );
            let warning = Diagnostic::warning(&codes::UNNEEDED, message).at(allow.place.clone());
            self.diagnostics.push(warning.hint("remove it, or set a later `until`"));
        }
        let mut faults = Vec::new();
        let when = when(campaign, now, horizon).map_err(|more| faults.extend(more)).ok();
        let tables = lists::tables(workspace, campaign)
            .map_err(|more| faults.extend(more))
            .ok();
        let (Some(when), Some(tables)) = (when, tables) else {
            return Err(faults);
        };
        let settings = TallySettings {
            api: config.api(),
            prices: PriceTable::new(&project.prices, &campaign.provider, config.api(), campaign.priority),
            occasions: when.firings.iter().map(occasion).collect(),
            own_zones: own_zones(campaign, &when.zone),
            opt_out: opt_out(workspace, campaign),
        };
        let none = NumberSet::default();
        let suppressed = self
            .suppressions
            .by_campaign
            .get(&campaign.reference)
            .map_or(&none, Arc::as_ref);
        let tally = tally(campaign, &tables, &[suppressed], &lists::settings(workspace), settings)?;
        if tally.without_opt_out() > 0 {
            return Err(vec![without_opt_out(workspace, campaign, tally.without_opt_out())]);
        }
        self.diagnostics.extend_from_slice(tally.warnings());
        self.diagnostics.extend(unasked(campaign, &tables));
        desired.schedule.clone_from(&when.schedule);
        if let Some(audience) = tally.audience(0) {
            let counts = audience.total();
            desired.filtered = counts.filtered;
            desired.suppressed = counts.suppressed;
            desired.duplicates = counts.duplicates;
            desired.invalid = counts.invalid;
            desired.emptied_by_suppression = audience.is_emptied_by_suppressions();
        }
        for (index, firing) in when.firings.iter().enumerate() {
            let groups = tally
                .groups(index)
                .iter()
                .filter_map(|tallied| group(&when, firing, tallied, now))
                .collect();
            desired.occurrences.push(DesiredOccurrence {
                key: firing.key,
                nominal: firing.nominal,
                groups,
            });
        }
        self.diagnostics.extend(short_windows(campaign, config, &desired, now));
        if campaign.category == Category::Marketing {
            let (findings, warnings) = quiet::check(&project.guards, campaign, &when, &desired, &tally, now);
            self.findings.extend(findings);
            self.diagnostics.extend(warnings);
        }
        self.desired.campaigns.push(desired);
        self.books.insert(campaign.reference.clone(), Book { tally, when });
        Ok(())
    }

    /// A window on the campaign's clock, and what clocks do between now and then.
    pub fn spell(
        &self,
        now: Instant,
        campaign: &CampaignRef,
        reference: &Reference,
        window: Window,
    ) -> (Option<String>, Vec<String>) {
        let spelled = self.spelled(now, campaign, reference.slot.group, window);
        (
            Some(spelled.local).filter(|local| !local.is_empty()),
            spelled.clock_changes,
        )
    }

    /// The same for a calendar.
    pub fn spelled(&self, now: Instant, campaign: &CampaignRef, group: Group, window: Window) -> SpelledWindow {
        let zone = self.books.get(campaign).map(|book| &book.when.zone);
        let date = |local: LocalTime| local.to_string().chars().take(10).collect();
        match (zone, group) {
            (Some(ZoneRule::One(zone)), _) => SpelledWindow {
                timezone: zone.name().to_owned(),
                local: zone.spell_window(window),
                date: date(zone.local(window.opens())),
                clock_changes: zone.spell_changes_between(now, window.opens()),
            },
            (_, Group::Offset(quarters)) => {
                let seconds = i32::from(quarters) * 900;
                let shifted = Instant::from_unix_seconds(window.opens().unix_seconds() + i64::from(seconds));
                SpelledWindow {
                    timezone: format!("UTC{}", format_offset(seconds)),
                    local: spell_at_offset(window, seconds),
                    date: shifted.to_string().chars().take(10).collect(),
                    clock_changes: Vec::new(),
                }
            }
            (Some(ZoneRule::Recipient { .. }) | None, Group::Single | Group::Test) => SpelledWindow {
                timezone: "UTC".to_owned(),
                date: window.opens().to_string().chars().take(10).collect(),
                ..SpelledWindow::default()
            },
        }
    }

    /// What a view tells of an occurrence besides the plan.
    pub fn details(&self, campaign: &CampaignRef, key: OccurrenceKey) -> Details {
        let desired = self
            .desired
            .campaigns
            .iter()
            .find(|desired| desired.reference == *campaign);
        let occurrence =
            desired.and_then(|desired| desired.occurrences.iter().find(|occurrence| occurrence.key == key));
        let mut details = Details::default();
        let Some(occurrence) = occurrence else { return details };
        for group in &occurrence.groups {
            details.windows.extend_from_slice(group.windows.as_slice());
            let totals = group.content.buckets.total();
            details.encodings.0 += totals.messages_gsm7;
            details.encodings.1 += totals.messages_ucs2;
            for (country, people) in &group.content.countries {
                *details.countries.entry(country.clone()).or_default() += people;
            }
            for (country, (segments, estimate)) in &group.content.country_costs {
                let cost = details.country_costs.entry(country.clone()).or_default();
                cost.0 += segments;
                cost.1.merge(estimate);
            }
        }
        if let Some(book) = self.books.get(campaign) {
            details.zone_levels = book
                .tally
                .levels()
                .iter()
                .map(|(level, people)| (level.as_str().to_owned(), *people))
                .collect();
        }
        details
    }
}

fn occasion(firing: &Firing) -> Occasion {
    Occasion {
        nominal: firing.nominal,
        span: match firing.opening {
            Opening::Fixed(_) => None,
            Opening::Local(span) => Some(span),
        },
    }
}

fn own_zones(campaign: &Campaign, rule: &ZoneRule) -> Option<OwnZones> {
    match rule {
        ZoneRule::One(_) => None,
        ZoneRule::Recipient { zones, column, .. } => Some(OwnZones {
            zones: zones.clone(),
            column: column.clone(),
            place: campaign
                .places
                .get("delivery.timezone")
                .cloned()
                .unwrap_or_else(|| campaign.body.place.clone()),
        }),
    }
}

/// Told at the template that most likely has none: a source's own text is easily forgotten.
fn without_opt_out(workspace: &Workspace, campaign: &Campaign, texts: u64) -> Diagnostic {
    let pattern = opt_out(workspace, campaign);
    let lacks_it = |text: &&Text| pattern.as_ref().is_some_and(|pattern| !pattern.is_match(&text.text));
    let mut templates = campaign
        .sources
        .iter()
        .map(|source| source.body.as_ref().unwrap_or(&campaign.body));
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

fn opt_out(workspace: &Workspace, campaign: &Campaign) -> Option<Regex> {
    let pattern = workspace.project.guards.opt_out_pattern.as_ref()?;
    (campaign.category == Category::Marketing).then(|| Regex::new(pattern).ok())?
}

/// A group with its windows; `if_passed: next_day` moves a window that is over.
fn group(when: &When, firing: &Firing, tallied: &TalliedGroup, now: Instant) -> Option<DesiredGroup> {
    let declared: Windows = match (&firing.opening, &tallied.windows) {
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
    let next_day = tallied
        .windows
        .as_ref()
        .filter(|group| moves && group.has_passed(now))
        .and_then(|group| group.next_day.clone());
    Some(DesiredGroup {
        group: tallied.group,
        opens_before_move: next_day.is_some().then(|| declared.opens()),
        windows: next_day.unwrap_or(declared),
        content: Arc::clone(&tallied.content),
    })
}

fn desired_campaign(campaign: &Campaign, config: &ProviderConfig, now: Instant) -> DesiredCampaign {
    let templates: Vec<String> = std::iter::once(&campaign.body)
        .chain(campaign.sources.iter().filter_map(|source| source.body.as_ref()))
        .map(|body| body.text.clone())
        .collect();
    DesiredCampaign {
        reference: campaign.reference.clone(),
        file: campaign.file.clone(),
        presence: match campaign.state {
            CampaignState::Active => Presence::Active,
            CampaignState::Canceled => Presence::Tombstone,
        },
        provider: campaign.provider.clone(),
        api: config.api(),
        sandbox: config.is_sandbox(),
        category: campaign.category,
        timezone: match campaign.delivery.zone() {
            ZoneChoice::Named(name, _) => name.to_string(),
            ZoneChoice::Recipient { .. } => "recipient".to_owned(),
        },
        settings: settings_of(campaign),
        max_recipients_per_batch: config.max_recipients_per_batch,
        schedule: None,
        allow: campaign
            .allow
            .iter()
            .filter(|allow| is_in_force(allow, now))
            .cloned()
            .collect(),
        occurrences: Vec::new(),
        templates,
        filtered: 0,
        suppressed: 0,
        duplicates: 0,
        invalid: 0,
        emptied_by_suppression: false,
    }
}

/// What all messages of a campaign share.
pub fn settings_of(campaign: &Campaign) -> Settings {
    Settings {
        sender: campaign.sender.clone(),
        message_type: campaign.message_type,
        datacoding: campaign.datacoding,
        priority: campaign.priority,
        report_url: campaign.delivery_report_url.clone(),
        extra: extra_text(&sinch_extra(campaign.delivery_report.as_deref(), campaign.feedback)),
        tags: campaign.tags.clone(),
    }
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

/// `until` is a date in UTC, to its end.
fn is_in_force(allow: &Allow, now: Instant) -> bool {
    let today = now.to_string();
    allow
        .until
        .as_deref()
        .is_none_or(|until| today.get(..10).is_some_and(|today| today <= until))
}

/// A campaign of which nothing is known but its name.
fn bare(
    reference: &CampaignRef,
    file: &std::path::Path,
    provider: &crate::model::ProviderName,
    config: &ProviderConfig,
) -> Option<DesiredCampaign> {
    Some(DesiredCampaign {
        reference: reference.clone(),
        file: file.to_owned(),
        presence: Presence::Unreadable,
        provider: provider.clone(),
        api: config.api(),
        sandbox: config.is_sandbox(),
        category: Category::Marketing,
        timezone: String::new(),
        settings: Settings {
            sender: crate::model::Sender::parse("000").ok()?,
            message_type: crate::model::MessageType::Sms,
            datacoding: crate::campaign::DatacodingChoice::Auto,
            priority: 1,
            report_url: None,
            extra: String::new(),
            tags: Vec::new(),
        },
        max_recipients_per_batch: config.max_recipients_per_batch,
        schedule: None,
        allow: Vec::new(),
        occurrences: Vec::new(),
        templates: Vec::new(),
        filtered: 0,
        suppressed: 0,
        duplicates: 0,
        invalid: 0,
        emptied_by_suppression: false,
    })
}

/// Zones in which people of a country may live.
pub fn zones_of(country: Option<&Country>) -> Vec<Zone> {
    country.map(crate::schedule::zones_of_country).unwrap_or_default()
}
