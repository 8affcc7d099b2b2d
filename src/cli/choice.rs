//! What a plan is narrowed to and what it is allowed: the options that `plan` and `apply` share.

use std::time::Duration;

use clap::Args;

use crate::cli::context::Failed;
use crate::cli::exit::Exit;
use crate::model::CampaignRef;
use crate::report::PlanView;

/// What to narrow and to allow: shared by `plan` and `apply`.
#[derive(Debug, Clone, Args)]
pub(super) struct Choice {
    /// Only this campaign's operations (repeatable); everything is still read and checked
    #[arg(long = "campaign", value_name = "REF", value_parser = |text: &str| CampaignRef::parse(text))]
    pub campaigns: Vec<CampaignRef>,
    /// Allow what a guard or a rule holds, for a campaign, `campaign@occurrence` or a whole reference (repeatable)
    #[arg(long, value_name = "RULE=REF")]
    pub allow: Vec<String>,
    /// Exit with 3 on any warning, or when something is held that needs a person
    #[arg(long)]
    pub strict: bool,
    /// How long the plan may be applied; `plan --expires` sets it
    #[arg(skip = DEFAULT_EXPIRY)]
    pub expires: Duration,
}

impl Default for Choice {
    fn default() -> Self {
        Self {
            campaigns: Vec::new(),
            allow: Vec::new(),
            strict: false,
            expires: DEFAULT_EXPIRY,
        }
    }
}

/// How long a saved plan may be applied.
pub(super) const DEFAULT_EXPIRY: Duration = Duration::from_secs(72 * 3600);

impl Choice {
    /// What a saved plan was narrowed to and allowed; an approval takes no further options.
    pub(super) fn of_saved(saved: &PlanView, given: &Self) -> Result<Self, Failed> {
        if !given.campaigns.is_empty() || !given.allow.is_empty() {
            return Err(Failed::usage(
                "a saved plan is applied as it was reviewed: without `--campaign` and `--allow`",
            )
            .hint("give them to `campanile plan --save`, and have that plan reviewed"));
        }
        let campaigns = saved
            .selected
            .iter()
            .map(|text| CampaignRef::parse(text))
            .collect::<Result<_, _>>();
        Ok(Self {
            campaigns: campaigns
                .map_err(|error| Failed::new(Exit::Input, format!("the saved plan is damaged: {error}")))?,
            allow: saved.allow.clone(),
            strict: given.strict,
            expires: DEFAULT_EXPIRY,
        })
    }
}
