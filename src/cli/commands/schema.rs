//! `campanile schema`: JSON Schemas for editors and checks.

use clap::{Args, ValueEnum};

use crate::campaign::{campaign_schema, project_schema};
use crate::cli::context::{Context, Failed, pretty};
use crate::cli::exit::Exit;
use crate::report::plan_schema;

/// Print a JSON Schema
#[derive(Debug, Args)]
#[command(
    after_help = "In an editor with the YAML language server, begin a file with:\n  # yaml-language-server: $schema=../.campanile-schema/campaign.json"
)]
pub(crate) struct SchemaArgs {
    /// Of which file
    #[arg(value_enum)]
    pub of: SchemaOf,
}

/// Files with a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaOf {
    /// campanile.yaml.
    Project,
    /// campaigns/*.yaml.
    Campaign,
    /// `plan -o json`.
    Plan,
}

/// Prints it.
#[expect(clippy::unnecessary_wraps, reason = "every command has this shape")]
pub(crate) fn run(context: &Context, args: &SchemaArgs) -> Result<Exit, Failed> {
    context.print(&match args.of {
        SchemaOf::Project => pretty(&project_schema()),
        SchemaOf::Campaign => pretty(&campaign_schema()),
        SchemaOf::Plan => plan_schema(),
    });
    Ok(Exit::Done)
}
