//! How a row becomes messages: everything that is the same for all rows of a campaign, compiled once.

use std::collections::BTreeMap;

use regex::Regex;

use super::texts::ListTexts;
use super::used_cell::UsedCell;
use crate::audience::{ListRow, Table, diagnostics::MISSING_COLUMN};
use crate::campaign::{Branches, Campaign, DatacodingChoice, Delivery, Holdout, Source, Transliterate, VarValue};
use crate::model::{Api, Diagnostic, LocalTime, Part, Place, SplitSalt, Text};
use crate::render::{Names, OccurrenceVariable, Predicate, PriceTable, Row as RenderRow, diagnostics, merged_vars};
use crate::schedule::{LocalSpan, RecipientZones};

/// One firing, as far as texts and groups depend on it.
#[derive(Debug, Clone)]
pub struct Occasion {
    /// `None` for a one-off.
    pub nominal: Option<LocalTime>,
    /// The window on recipients' own clocks, when each has their own.
    pub span: Option<LocalSpan>,
}

/// How recipients' own zones are found.
#[derive(Debug, Clone)]
pub struct OwnZones {
    /// The campaign's rule.
    pub zones: RecipientZones,
    /// The column of IANA names.
    pub column: Option<String>,
    /// The place of `timezone: recipient`.
    pub place: Place,
}

/// What a campaign's messages are made of and counted by.
#[derive(Debug, Clone)]
pub struct AggregateSettings {
    /// Through which API they go.
    pub api: Api,
    /// What they cost.
    pub prices: PriceTable,
    /// All firings that matter; one-offs have one.
    pub occasions: Vec<Occasion>,
    /// When each recipient has their own zone.
    pub own_zones: Option<OwnZones>,
    /// What every text must match; texts that do not are counted.
    pub opt_out: Option<Regex>,
    /// Who of the project gets no marketing text.
    pub holdout: Option<Holdout>,
    /// Whether people may be left out afterwards ([`GroupContent::without`](super::super::GroupContent::without)).
    pub can_leave_out: bool,
    /// The most people of a batch: sums are kept as fine as its parts need. `None`: as fine as parts can be.
    pub most_per_part: Option<u64>,
}

impl AggregateSettings {
    /// How many bits of their buckets so many people need, with a quarter of a part in each.
    pub(super) fn bits(&self, people: u64) -> u8 {
        const FINER: u32 = 2;
        self.most_per_part.map_or(Part::MAX_BITS, |most| {
            let parts = people.div_ceil(most.max(1)).max(1);
            let bits = u64::BITS - (parts - 1).leading_zeros() + FINER;
            u8::try_from(bits).map_or(Part::MAX_BITS, |bits| bits.min(Part::MAX_BITS))
        })
    }
}

/// Templates and settings, ready for rows.
#[derive(Debug, Clone)]
pub(super) struct CompiledCampaign {
    pub(super) settings: AggregateSettings,
    pub(super) transliterate: Transliterate,
    pub(super) needs_gsm: bool,
    pub(super) salt: SplitSalt,
    pub(super) branches: Branches,
    /// How many variants there are.
    pub(super) variants: usize,
    pub(super) body_place: Place,
    /// Of the buckets that messages are summed by.
    pub(super) bits: u8,
    /// In the order of the tables.
    pub(super) lines: Vec<CompiledSource>,
    /// Texts to render of each row: one, or one for each occasion.
    pub(super) renditions: Vec<Option<OccurrenceVariable>>,
    pub(super) warnings: Vec<Diagnostic>,
}

/// Why nothing can be made.
#[derive(Debug)]
pub enum Unmade {
    /// What is written in the campaign, whatever the rows are.
    Texts(Vec<Diagnostic>),
    /// Rows, or the columns that lists elsewhere have.
    Rows(Vec<Diagnostic>),
}

/// The same with the name of the list, whose columns are not to be seen in the project.
fn of_source(fault: Diagnostic, source: &Source) -> Diagnostic {
    let name = source.origin.name().display();
    Diagnostic {
        message: format!("{}, in `{name}`", fault.message),
        ..fault
    }
}

/// Whether a list lacks a column that a text or a key names.
fn is_about_columns(fault: &Diagnostic) -> bool {
    fault.code == diagnostics::UNKNOWN_NAME.id || fault.code == MISSING_COLUMN.id
}

/// One source.
#[derive(Debug, Clone)]
pub(super) struct CompiledSource {
    pub(super) texts: ListTexts,
    /// That its texts use.
    pub(super) cells: Vec<UsedCell>,
    pub(super) predicate: Option<Predicate>,
    pub(super) condition: Option<Text>,
    /// The column of zones.
    pub(super) zone: Option<usize>,
}

impl CompiledCampaign {
    /// Compiles all templates, or reports every fault of each.
    pub(super) fn new(campaign: &Campaign, tables: &[Table], settings: AggregateSettings) -> Result<Self, Unmade> {
        let mut faults = Vec::new();
        // Of lists elsewhere: which columns those have is not written in the project.
        let mut lacking = Vec::new();
        let mut warnings = Vec::new();
        let recurring = matches!(campaign.delivery, Delivery::Cron(_));
        let mut lines = Vec::new();
        for (source, table) in campaign.sources.iter().zip(tables) {
            let vars = merged_vars(campaign, source);
            match CompiledSource::new(campaign, source, table, &vars, recurring, settings.own_zones.as_ref()) {
                Ok(line) => {
                    warnings.extend(
                        line.texts
                            .all()
                            .iter()
                            .flat_map(|text| text.program.warnings())
                            .cloned(),
                    );
                    warnings.extend(line.predicate.iter().flat_map(Predicate::warnings).cloned());
                    lines.push(line);
                }
                Err(more) => {
                    let is_far = source.origin.connection().is_some();
                    let (columns, others): (Vec<_>, Vec<_>) =
                        (more.into_iter()).partition(|fault| is_far && is_about_columns(fault));
                    lacking.extend(columns.into_iter().map(|fault| of_source(fault, source)));
                    faults.extend(others);
                }
            }
        }
        if !faults.is_empty() {
            faults.extend(lacking);
            faults.dedup();
            return Err(Unmade::Texts(faults));
        }
        if !lacking.is_empty() {
            lacking.dedup();
            return Err(Unmade::Rows(lacking));
        }
        warnings.dedup();
        let texts_differ = lines.iter().any(CompiledSource::uses_occurrence);
        let occurrence = |occasion: &Occasion| occasion.nominal.map(OccurrenceVariable::new);
        let renditions = if texts_differ {
            settings.occasions.iter().map(occurrence).collect()
        } else {
            vec![settings.occasions.first().and_then(occurrence)]
        };
        Ok(Self {
            transliterate: campaign.transliterate,
            needs_gsm: campaign.datacoding == DatacodingChoice::Gsm,
            salt: campaign.salt(),
            branches: campaign.branches(settings.holdout.as_ref()),
            variants: campaign.variants.len(),
            body_place: campaign.body.place.clone(),
            bits: settings.bits(tables.iter().map(Table::most_rows).sum()),
            settings,
            lines,
            renditions,
            warnings,
        })
    }

    /// Whether who gets a message differs between occasions.
    pub(super) fn people_differ(&self) -> bool {
        self.lines
            .iter()
            .any(|line| line.predicate.as_ref().is_some_and(Predicate::uses_occurrence))
    }

    /// Which text an occasion has.
    pub(super) fn rendition_of(&self, occasion: usize) -> usize {
        if self.renditions.len() > 1 { occasion } else { 0 }
    }

    pub(super) fn occurrence(&self, rendition: usize) -> Option<&OccurrenceVariable> {
        self.renditions.get(rendition).and_then(Option::as_ref)
    }

    /// The bucket of a row, as messages are summed.
    pub(super) fn bucket(&self, row: &ListRow<'_>) -> u16 {
        row.bucket & u16::try_from((1_u32 << self.bits) - 1).unwrap_or(u16::MAX)
    }

    /// The same, so that messages are summed by every bucket.
    pub(super) fn finest(&self) -> Self {
        Self {
            bits: Part::MAX_BITS,
            ..self.clone()
        }
    }

    /// A row as templates see it.
    pub(super) fn row<'a>(&self, row: &'a ListRow<'a>, occurrence: Option<&'a OccurrenceVariable>) -> RenderRow<'a> {
        RenderRow {
            recipient: row.number,
            country: row.country,
            fields: row.cells,
            occurrence,
            salt: self.salt,
        }
    }
}

impl CompiledSource {
    fn new(
        campaign: &Campaign,
        source: &Source,
        table: &Table,
        vars: &BTreeMap<String, VarValue>,
        recurring: bool,
        own_zones: Option<&OwnZones>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let names = Names {
            columns: table.columns(),
            vars,
            recurring,
            variant: None,
        };
        let mut faults = Vec::new();
        let texts = ListTexts::compile(campaign, source, table, &names).map_err(|more| faults.extend(more));
        let predicate = source
            .condition
            .as_ref()
            .map(|condition| Predicate::compile(condition, &names))
            .transpose()
            .map_err(|more| faults.extend(more));
        if faults.iter().any(|fault| fault.code == diagnostics::UNKNOWN_NAME.id) {
            let rows = table.count_rows();
            for fault in faults
                .iter_mut()
                .filter(|fault| fault.code == diagnostics::UNKNOWN_NAME.id)
            {
                fault
                    .hints
                    .push(format!("it concerns the {rows} rows of `{}`", table.file().display()));
            }
        }
        let zone = match own_zones.and_then(|own| own.column.as_ref().map(|column| (own, column))) {
            None => None,
            Some((own, column)) => match table.column(column, &format!("timezone_column: {column}"), &own.place) {
                Ok(at) => Some(at),
                Err(fault) => {
                    faults.push(*fault);
                    None
                }
            },
        };
        match (texts, predicate) {
            (Ok(texts), Ok(predicate)) if faults.is_empty() => Ok(Self {
                cells: UsedCell::of(&texts),
                texts,
                predicate,
                condition: source.condition.clone(),
                zone,
            }),
            _ => Err(faults),
        }
    }

    fn uses_occurrence(&self) -> bool {
        self.texts.all().iter().any(|text| text.program.uses_occurrence())
            || self.predicate.as_ref().is_some_and(Predicate::uses_occurrence)
    }
}
