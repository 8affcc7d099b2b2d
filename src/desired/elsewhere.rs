//! Campaigns with rows that are not in the project: a fault in such rows costs the campaign that uses them, and no other.

use super::aggregate::{AggregateJob, AggregateSettings, Unmade, aggregate_all};
use crate::audience::{ListSettings, Table, diagnostics::NOBODY};
use crate::campaign::{Campaign, Delivery};
use crate::model::{Diagnostic, NumberSet};
use crate::render::{Names, Predicate, Program, diagnostics, merged_vars};

/// Whether rows of the campaign are not in the project.
pub(super) fn is_elsewhere(campaign: &Campaign) -> bool {
    campaign
        .sources
        .iter()
        .any(|source| source.origin.connection().is_some())
}

/// What is wrong with the rows of the project's own files, where others are elsewhere: those are its faults, and stop
/// everything; all others cost this campaign alone.
pub(super) fn files_alone(
    campaign: &Campaign,
    tables: &[Table],
    suppressed: Vec<&NumberSet>,
    settings: &AggregateSettings,
    reading: &ListSettings,
) -> Result<(), Vec<Diagnostic>> {
    let pairs = campaign.sources.iter().zip(tables);
    let (sources, tables): (Vec<_>, Vec<_>) = pairs
        .filter(|(source, _)| source.origin.connection().is_none())
        .map(|(source, table)| (source.clone(), table.clone()))
        .unzip();
    if sources.is_empty() {
        return Ok(());
    }
    let files = Campaign {
        sources,
        ..campaign.clone()
    };
    let job = AggregateJob {
        campaign: &files,
        tables,
        suppressed,
        settings: settings.clone(),
    };
    let mut faults = match aggregate_all(vec![job], reading).pop() {
        Some(Err(Unmade::Texts(faults) | Unmade::Rows(faults))) => faults,
        Some(Ok(_)) | None => Vec::new(),
    };
    // Everybody may be elsewhere.
    faults.retain(|fault| fault.code != NOBODY.id);
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// What is wrong with texts and conditions whatever the rows are, where no list is there to say which names there are: a
/// review must not wait for the rows.
pub(super) fn faults_of_texts(campaign: &Campaign) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    for source in &campaign.sources {
        let vars = merged_vars(campaign, source);
        let names = |variant| Names {
            columns: &[],
            vars: &vars,
            recurring: matches!(campaign.delivery, Delivery::Cron(_)),
            variant,
        };
        for text in campaign.texts(source) {
            let variant = text.variant.and_then(|at| campaign.variants.get(at));
            let names = names(variant.map(|variant| variant.name.as_str()));
            faults.extend(Program::compile(text.text, &names).err().into_iter().flatten());
        }
        let condition = source.condition.as_ref();
        let compiled = condition.map(|condition| Predicate::compile(condition, &names(None)));
        faults.extend(compiled.and_then(Result::err).into_iter().flatten());
    }
    faults.retain(|fault| fault.is_error() && fault.code != diagnostics::UNKNOWN_NAME.id);
    faults.dedup();
    faults
}
