//! Single rows of a campaign made into the messages that a batch would carry: for `preview`, its live page and `test`.
//! In: a campaign of the workspace and the rows wanted. Out: texts with what they cost. Nothing is sent from here.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::as_sent::left_out_of;
use super::context::{Context, Failed};
use super::exit::Exit;
use super::lists;
use super::sample_rows::{Chooser, Finder, SampleSource};
use super::shown::Shown;
use super::suppression_lists::suppressed_for;
use super::workspace::Workspace;
use crate::audience::{Audience, ListRow, Table, country_of, normalize, read};
use crate::campaign::{Branches, Campaign, Transliterate};
use crate::desired::{ListText, ListTexts, NoLists, when};
use crate::model::{Api, Diagnostic, Estimate, NumberSet, Payload, SplitSalt};
use crate::render::{
    Message, Names, OccurrenceVariable, Predicate, PriceTable, Row as RenderRow, SegmentsByClass, Shape, merged_vars,
    payload, segment,
};

/// A campaign ready to be rendered for single rows.
pub(super) struct Sample {
    pub(super) audience: Arc<Audience>,
    /// In the order of the sources.
    pub(super) texts: Vec<ListTexts>,
    pub(super) prices: PriceTable,
    pub(super) api: Api,
    pub(super) transliterate: Transliterate,
    pub(super) occurrence: Option<OccurrenceVariable>,
    pub(super) salt: SplitSalt,
    pub(super) branches: Branches,
    /// Names of the variants.
    pub(super) variants: Vec<String>,
    /// People of the lists who get other marketing texts instead.
    pub(super) left_out: NumberSet,
}

impl Sample {
    /// Compiles templates and reads lists; `body` replaces the campaign's own while it is tried out.
    pub(super) fn new(
        context: &Context,
        workspace: &Workspace,
        campaign: &Campaign,
        body: Option<&str>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut campaign = campaign.clone();
        if let Some(body) = body {
            body.clone_into(&mut campaign.body.text);
        }
        Self::of(
            context,
            workspace,
            &campaign,
            SampleSource::Lists(NumberSet::default()),
            0,
        )
    }

    /// The same for those alone whom the next occurrence reaches: `on_pressure: skip` leaves people out.
    pub(super) fn as_sent(
        context: &Context,
        workspace: &Workspace,
        campaign: &Campaign,
    ) -> Result<Self, Vec<Diagnostic>> {
        let left_out = left_out_of(workspace, campaign, context.clock.now()).unwrap_or_else(|_| {
            context.warn("who gets other marketing texts instead is not known: other campaigns have faults (`campanile validate`)");
            Vec::new()
        });
        let left_out = left_out.into_iter().next().unwrap_or_default();
        Self::of(context, workspace, campaign, SampleSource::Lists(left_out), 0)
    }

    /// Compiles templates; reads lists where that is asked for. Texts are those of the n-th occurrence, from 0.
    pub(super) fn of(
        context: &Context,
        workspace: &Workspace,
        campaign: &Campaign,
        source: SampleSource,
        occurrence: usize,
    ) -> Result<Self, Vec<Diagnostic>> {
        let now = context.clock.now();
        let when = when(campaign, now, now + workspace.project.horizon)?;
        let tables = lists::tables(workspace, campaign).map_err(NoLists::into_diagnostics)?;
        let recurring = when.schedule.is_some();
        let mut texts = Vec::new();
        let mut conditions = Vec::new();
        let mut faults = Vec::new();
        for (source, table) in campaign.sources.iter().zip(&tables) {
            let vars = merged_vars(campaign, source);
            let names = Names {
                columns: table.columns(),
                vars: &vars,
                recurring,
                variant: None,
            };
            match ListTexts::compile(campaign, source, table, &names) {
                Ok(list) => texts.push(list),
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
            .get(occurrence)
            .or(when.firings.first())
            .and_then(|firing| firing.nominal)
            .map(OccurrenceVariable::new);
        let branches = campaign.branches(workspace.project.holdout.as_ref());
        let (audience, left_out) = match source {
            SampleSource::Audience(audience) => (audience, NumberSet::default()),
            SampleSource::Lists(left_out) => {
                let suppressed = suppressed_for(workspace, campaign)?;
                let chooser = || Chooser {
                    matchers: conditions
                        .iter()
                        .map(|condition| condition.as_ref().map(Predicate::matcher))
                        .collect(),
                    occurrence: occurrence.clone(),
                    salt: campaign.salt(),
                    branches: branches.clone(),
                };
                let without = [&suppressed, &left_out];
                let audience = read(tables, &without, &lists::settings(workspace), chooser)?.0;
                (Arc::new(audience), left_out)
            }
        };
        let Some(config) = workspace.project.providers.get(&campaign.provider) else {
            return Err(Vec::new());
        };
        Ok(Self {
            audience,
            texts,
            prices: PriceTable::new(
                &workspace.project.prices,
                &campaign.provider,
                config.api(),
                campaign.priority,
            ),
            api: config.api(),
            transliterate: campaign.transliterate,
            occurrence,
            salt: campaign.salt(),
            branches,
            variants: campaign.variants.iter().map(|variant| variant.name.clone()).collect(),
            left_out,
        })
    }

    /// The first messages, in order of sources and rows.
    pub(super) fn first(&self, limit: usize) -> Result<Vec<Shown>, Failed> {
        let mut shown = Vec::new();
        self.audience
            .first_rows(limit, |row| shown.push(self.render(row)))
            .map_err(|fault| Failed::input(vec![fault]))?;
        shown.into_iter().collect()
    }

    /// Whom it is for.
    pub(super) fn audience(&self) -> &Audience {
        &self.audience
    }

    /// The message of the n-th recipient, from 0, in order of sources and rows.
    pub(super) fn nth(&self, index: usize) -> Result<Option<Shown>, Failed> {
        let mut shown = None;
        self.audience
            .rows(index..index + 1, |row| shown = Some(self.render(row)))
            .map_err(|fault| Failed::input(vec![fault]))?;
        shown.transpose()
    }

    /// The messages for one number, in any spelling.
    pub(super) fn to(&self, workspace: &Workspace, number: &str) -> Result<Vec<Shown>, Failed> {
        let national_plan = lists::settings(workspace).national_plan;
        let number = normalize(number, national_plan.as_ref())
            .map_err(|fault| Failed::usage(format!("`--to`: {fault}")))?
            .msisdn;
        let mut shown = Vec::new();
        self.audience
            .row_of(number, |row| shown.push(self.render(row)))
            .map_err(|fault| Failed::input(vec![fault]))?;
        if shown.is_empty() {
            let why = if self.left_out.contains(number) {
                "gets other marketing texts instead (`guards.on_pressure: skip`)"
            } else {
                "is in no list of this campaign"
            };
            return Err(Failed::new(Exit::Failed, format!("{} {why}", number.masked())));
        }
        shown.into_iter().collect()
    }

    /// The messages of the rows at a line of any of its lists; of a list that is no text, at a row as the list counts.
    pub(super) fn row_of_line(
        &self,
        workspace: &Workspace,
        campaign: &Campaign,
        line: u64,
    ) -> Result<Vec<Shown>, Failed> {
        let tables = lists::tables(workspace, campaign).map_err(|none| Failed::input(none.into_diagnostics()))?;
        let all: Arc<[Table]> = tables.clone().into();
        let finder = || Finder {
            tables: Arc::clone(&all),
            line,
            found: Vec::new(),
        };
        let word = if all.iter().any(|table| table.row_name(1).is_some()) {
            "row"
        } else {
            "line"
        };
        let (_, finder) = read(tables, &[], &lists::settings(workspace), finder).map_err(Failed::input)?;
        let mut shown = Vec::new();
        let is_there = !finder.found.is_empty();
        for (number, _) in finder.found {
            let visit = |row: &ListRow<'_>| {
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
                "the row at {word} {line} is no recipient: left out by `where`, the holdout, a control group or `on_pressure: skip`, suppressed, or its number came before"
            );
            return Err(Failed::new(Exit::Failed, message));
        }
        if shown.is_empty() {
            let message = format!("no list of this campaign has a row at {word} {line}");
            let hint = match word {
                "line" => "lines count from 1, the header row is the first",
                _ => "rows of a query, of Parquet and of part files count from 1, those of a sheet as in the sheet",
            };
            return Err(Failed::usage(message).hint(hint));
        }
        shown.into_iter().collect()
    }

    fn render(&self, row: &ListRow<'_>) -> Result<Shown, Failed> {
        let chosen = self
            .texts
            .get(row.source)
            .map(|texts| texts.choose(row, self.branches.of(row.person).variant()));
        let chosen = chosen.transpose().map_err(|_| {
            Failed::new(Exit::Input, format!("no language is known for {}", row.number.masked()))
                .hint("`campanile validate` lists the rows that have none")
        })?;
        self.render_text(row, chosen.map_or(0, |chosen| chosen.text))
    }

    /// One of the texts of a row's list, also one that the row does not get.
    fn render_text(&self, row: &ListRow<'_>, text: usize) -> Result<Shown, Failed> {
        let text = self.texts.get(row.source).and_then(|texts| texts.all().get(text));
        let Some(ListText {
            variant,
            language,
            program,
            ..
        }) = text
        else {
            return Err(Failed::new(Exit::Failed, "a list without a template"));
        };
        let shape = Shape::of(program, self.occurrence.as_ref(), self.transliterate);
        let as_template = RenderRow {
            recipient: row.number,
            country: row.country,
            fields: row.cells,
            occurrence: self.occurrence.as_ref(),
            salt: self.salt,
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
            source: row.source,
            variant: variant.and_then(|at| self.variants.get(at)).cloned(),
            language: language.clone(),
            body: message.body.clone(),
            message,
        })
    }

    /// Every text of the campaign with a real row of its list: one that gets it, else the first; all of them with the
    /// row at a line where that is asked for.
    pub(super) fn each_text(&self, rows: &[Shown]) -> Result<Vec<Shown>, Failed> {
        /// So many rows are looked at for one that gets a text.
        const LOOKED_AT: usize = 10_000;
        let mut shown = Vec::new();
        let mut start = 0;
        for (source, (texts, counts)) in self.texts.iter().zip(self.audience.counts()).enumerate() {
            let people = usize::try_from(counts.kept()).unwrap_or(0);
            let of_line = rows.iter().find(|row| row.source == source);
            for (at, _) in texts.all().iter().enumerate() {
                let (mut first, mut gets_it) = (None, None);
                let mut look = |row: &ListRow<'_>| {
                    if gets_it.is_some() || row.source != source {
                        return;
                    }
                    let chosen = texts
                        .choose(row, self.branches.of(row.person).variant())
                        .ok()
                        .map(|chosen| chosen.text);
                    let is_asked = of_line.is_some_and(|asked| asked.recipient == row.number);
                    if is_asked || (of_line.is_none() && chosen == Some(at)) {
                        gets_it = Some(self.render_text(row, at));
                    } else if first.is_none() && of_line.is_none() {
                        first = Some(self.render_text(row, at));
                    }
                };
                let found = match of_line {
                    Some(asked) => self.audience.row_of(asked.recipient, &mut look).map(drop),
                    None => self.audience.rows(start..start + people.min(LOOKED_AT), &mut look),
                };
                found.map_err(|fault| Failed::input(vec![fault]))?;
                shown.extend(gets_it.or(first).transpose()?);
            }
            start += people;
        }
        let mut bodies = BTreeSet::new();
        shown.retain(|one: &Shown| bodies.insert(one.body.clone()));
        Ok(shown)
    }

    /// The text of one of them for others.
    pub(super) fn for_others(shown: &Shown, others: &NumberSet) -> Vec<Shown> {
        let to = |recipient| Shown {
            line: None,
            recipient,
            country: country_of(recipient),
            source: shown.source,
            variant: shown.variant.clone(),
            language: shown.language.clone(),
            body: shown.body.clone(),
            message: Message {
                recipient,
                body: shown.body.clone(),
                values: Vec::new(),
            },
        };
        others.iter().map(to).collect()
    }

    /// How the provider gets these texts.
    pub(super) fn transport(&self, shown: &[Shown]) -> Option<String> {
        self.payload(shown).map(|payload| payload.body)
    }

    /// These messages as they travel; `None` when the provider cannot carry them.
    pub(super) fn payload(&self, shown: &[Shown]) -> Option<Payload> {
        let texts: Vec<&ListText> = self.texts.iter().flat_map(ListTexts::all).collect();
        let shape = match texts.as_slice() {
            [text] => Shape::of(&text.program, self.occurrence.as_ref(), self.transliterate),
            _ => None,
        };
        let messages: Vec<Message> = shown.iter().map(|one| one.message.clone()).collect();
        payload(self.api, shape.as_ref(), &messages).ok()
    }

    /// What one message costs.
    pub(super) fn estimate(&self, shown: &Shown) -> Estimate {
        let mut segments = SegmentsByClass::default();
        segments.add(
            self.prices.class(shown.recipient, shown.country),
            u64::from(segment(&shown.body).segments),
        );
        self.prices.estimate(&segments)
    }
}
