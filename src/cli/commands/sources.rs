//! `campanile sources`: where audiences come from, and whether each can be read.

use std::fmt::Write as _;

use clap::Args;
use serde_json::{Value, json};

use crate::audience::{Expect, Table};
use crate::campaign::{Campaign, ConnectionKind, NumberList, Origin, Source, SourceConnection};
use crate::cli::context::{Context, Failed, pretty};
use crate::cli::exit::Exit;
use crate::cli::lists;
use crate::cli::suppression_lists::checked_suppressions;
use crate::cli::workspace::{self, Workspace};
use crate::desired::NoLists;
use crate::model::{Diagnostic, grouped};
use crate::report::{diagnostic_to_json, visible};

/// List and test the project's sources
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  campanile sources\n  campanile sources -o json\n\nEach source of each campaign, each suppression list and the list of testers are read once. Exit code 1 when one cannot be."
)]
pub(crate) struct SourcesArgs {
    /// Only these names under `sources`
    pub names: Vec<String>,
}

/// A list that was tried.
struct TriedSource {
    /// `None`: it is the project's.
    campaign: Option<String>,
    /// What it is for.
    purpose: Purpose,
    connection: Option<String>,
    kind: &'static str,
    name: String,
    milliseconds: u128,
    outcome: Result<SourceSeen, Vec<Diagnostic>>,
}

/// What a list is for.
#[derive(Clone, Copy)]
enum Purpose {
    Recipients,
    Suppressions,
    Testers,
}

impl Purpose {
    fn as_str(self) -> &'static str {
        match self {
            Self::Recipients => "recipients",
            Self::Suppressions => "suppressions",
            Self::Testers => "testers",
        }
    }
}

/// What it gave.
struct SourceSeen {
    rows: u64,
    columns: Vec<String>,
    sample: Vec<String>,
}

/// Reads every source, shows what came of it.
pub(crate) fn run(context: &Context, args: &SourcesArgs) -> Result<Exit, Failed> {
    let workspace = workspace::open(context)?;
    workspace.require_valid()?;
    let connections = &workspace.project.sources;
    if let Some(unknown) = args.names.iter().find(|name| !connections.contains_key(*name)) {
        return Err(Failed::usage(format!(
            "there is no source `{unknown}` in campanile.yaml"
        )));
    }
    let is_chosen = |origin: &Origin| match origin.connection() {
        Some(name) => args.names.is_empty() || args.names.iter().any(|chosen| chosen == name),
        None => args.names.is_empty() && *origin != Origin::StandardInput,
    };
    let mut tried = Vec::new();
    for one in everything(&workspace) {
        if is_chosen(one.origin()) {
            tried.push(one.tried(context, &workspace));
        }
    }
    context.show(&workspace.receipts.warnings());
    for one in &tried {
        if let Err(faults) = &one.outcome {
            context.show(faults);
        }
    }
    let unused: Vec<&str> = connections
        .keys()
        .filter(|name| args.names.is_empty() || args.names.contains(name))
        .filter(|name| !tried.iter().any(|one| one.connection.as_ref() == Some(name)))
        .map(String::as_str)
        .collect();
    context.emit_text(&|| document(&tried, &unused, connections.iter()), &|| {
        text(&tried, &unused)
    })?;
    let has_failed = tried.iter().any(|one| one.outcome.is_err());
    Ok(if has_failed { Exit::Failed } else { Exit::Done })
}

/// A list of the project.
enum ListedSource<'a> {
    Source(&'a Campaign, &'a Source),
    Numbers(Option<&'a Campaign>, &'a NumberList),
    Testers(&'a NumberList),
}

/// Every list; suppressions that several campaigns name, once for each.
fn everything(workspace: &Workspace) -> Vec<ListedSource<'_>> {
    let project = &workspace.project;
    let mut all: Vec<ListedSource<'_>> = Vec::new();
    all.extend(
        project
            .suppressions
            .iter()
            .map(|list| ListedSource::Numbers(None, list)),
    );
    all.extend(project.testers.iter().map(ListedSource::Testers));
    for campaign in &workspace.campaigns {
        let sources = campaign.sources.iter();
        all.extend(sources.map(|source| ListedSource::Source(campaign, source)));
        let own = campaign.suppressions.iter();
        all.extend(own.map(|list| ListedSource::Numbers(Some(campaign), list)));
    }
    all
}

impl ListedSource<'_> {
    fn origin(&self) -> &Origin {
        match self {
            Self::Source(_, source) => &source.origin,
            Self::Numbers(_, list) | Self::Testers(list) => &list.origin,
        }
    }

    fn tried(&self, context: &Context, workspace: &Workspace) -> TriedSource {
        let began = context.clock.elapsed();
        let (campaign, purpose, table) = match self {
            Self::Source(campaign, source) => {
                let expect = Expect::source(campaign, source);
                let table = lists::checked_table(workspace, campaign, source, &expect);
                let table = table.map_err(NoLists::into_diagnostics);
                (Some(*campaign), Purpose::Recipients, table)
            }
            Self::Numbers(campaign, list) => (*campaign, Purpose::Suppressions, checked_suppressions(workspace, list)),
            Self::Testers(list) => {
                let table = lists::table_of(workspace, &list.origin, &list.place, &Expect::testers(list));
                (None, Purpose::Testers, table)
            }
        };
        let outcome = table.map(|table| seen(&table));
        let origin = self.origin();
        TriedSource {
            campaign: campaign.map(|campaign| campaign.reference.to_string()),
            purpose,
            connection: origin.connection().map(str::to_owned),
            kind: kind(workspace, origin),
            name: origin.name().display().to_string(),
            milliseconds: context.clock.elapsed().saturating_sub(began).as_millis(),
            outcome,
        }
    }
}

fn seen(table: &Table) -> SourceSeen {
    let cells = table.first_row();
    SourceSeen {
        rows: table.count_rows(),
        columns: table.columns().to_vec(),
        sample: cells.iter().map(|cell| masked(cell)).collect(),
    }
}

fn kind(workspace: &Workspace, origin: &Origin) -> &'static str {
    match origin {
        Origin::File(_) | Origin::StandardInput => "csv",
        Origin::Parts(parts) => match parts.format {
            crate::campaign::RowFormat::Csv => "csv parts",
            crate::campaign::RowFormat::Parquet => "parquet",
        },
        Origin::Workbook(_) => "workbook",
        Origin::Query(query) => workspace
            .project
            .sources
            .get(&query.source)
            .map_or("query", of_connection),
        Origin::Download(_) => "https",
    }
}

fn of_connection(connection: &SourceConnection) -> &'static str {
    match connection.kind {
        ConnectionKind::Postgres { .. } => "postgres",
        ConnectionKind::Https { .. } => "https",
    }
}

/// What a cell is like, without what it says.
fn masked(cell: &str) -> String {
    let mask = |character: char| match character {
        '0'..='9' => '9',
        character if character.is_alphabetic() => 'x',
        character => character,
    };
    let mut masked: String = cell.chars().take(24).map(mask).collect();
    if cell.chars().count() > 24 {
        masked.push_str("...");
    }
    masked
}

fn document<'a>(
    tried: &[TriedSource],
    unused: &[&str],
    connections: impl Iterator<Item = (&'a String, &'a SourceConnection)>,
) -> String {
    let sources: Vec<Value> = tried
        .iter()
        .map(|one| {
            let mut value = json!({
                "campaign": one.campaign,
                "for": one.purpose.as_str(),
                "connection": one.connection,
                "kind": one.kind,
                "source": one.name,
                "ok": one.outcome.is_ok(),
                "milliseconds": u64::try_from(one.milliseconds).unwrap_or(u64::MAX),
            });
            if let Some(value) = value.as_object_mut() {
                match &one.outcome {
                    Ok(seen) => {
                        value.insert("rows".to_owned(), json!(seen.rows));
                        value.insert("columns".to_owned(), json!(seen.columns));
                        value.insert("sample".to_owned(), json!(seen.sample));
                    }
                    Err(faults) => {
                        let faults: Vec<Value> = faults.iter().map(diagnostic_to_json).collect();
                        value.insert("diagnostics".to_owned(), json!(faults));
                    }
                }
            }
            value
        })
        .collect();
    let connections: Vec<Value> = connections
        .map(|(name, connection)| {
            json!({ "name": name, "kind": of_connection(connection), "used": !unused.contains(&name.as_str()) })
        })
        .collect();
    pretty(&json!({ "format_version": "1.0", "connections": connections, "sources": sources }))
}

fn text(tried: &[TriedSource], unused: &[&str]) -> String {
    let mut text = String::new();
    for one in tried {
        let whose = match &one.campaign {
            Some(campaign) => format!("`{campaign}`"),
            None => "the project".to_owned(),
        };
        let purpose = one.purpose.as_str();
        let _ = writeln!(text, "{} ({}), {purpose} of {whose}", one.name, one.kind);
        match &one.outcome {
            Ok(seen) => {
                let rows = grouped(seen.rows);
                let _ = writeln!(text, "  ok: {rows} rows in {} ms", one.milliseconds);
                for (column, cell) in seen.columns.iter().zip(seen.sample.iter().map(String::as_str)) {
                    let _ = writeln!(text, "    {column}: {cell}");
                }
            }
            Err(_) => {
                let _ = writeln!(text, "  cannot be used, after {} ms", one.milliseconds);
            }
        }
    }
    for name in unused {
        let _ = writeln!(text, "{name}: nothing uses it, so it was not tried");
    }
    if tried.is_empty() && unused.is_empty() {
        text.push_str("there are no sources\n");
    }
    visible(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_says_what_cells_are_like_and_not_what_they_say() {
        for (cell, expected) in [
            ("+46 70-123", "+99 99-999"),
            ("Åsa", "xxx"),
            ("2026-11-30", "9999-99-99"),
        ] {
            assert_eq!(masked(cell), expected);
        }
    }
}
