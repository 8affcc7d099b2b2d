//! What must be true before anything is applied: the saved plan, the clocks.

use crate::apply::Observation;
use crate::cli::accounts::Accounts;
use crate::cli::context::{Context, Failed};
use crate::cli::exit::Exit;
use crate::model::Instant;
use crate::report::{PlanView, is_sealed};

/// A saved plan that is an approval of something.
pub(super) fn require_applicable(context: &Context, saved: &PlanView) -> Result<(), Failed> {
    let refuse = |why: &str| {
        Err(Failed::new(Exit::Stale, why.to_owned()).hint("make a new plan with `campanile plan --save FILE`"))
    };
    if saved.offline {
        return refuse("an offline plan assumes that nothing exists: it is never applicable");
    }
    if !saved.complete {
        return refuse("the plan was made from lists that were not complete");
    }
    match Instant::parse(&saved.expires_at) {
        Ok(expires) if context.clock.now() < expires => {}
        Ok(_) => {
            let expired = saved.expires_local.as_ref().unwrap_or(&saved.expires_at);
            return refuse(&format!("the plan expired at {expired}"));
        }
        Err(_) => return refuse("the plan does not say when it expires"),
    }
    if !is_sealed(saved) {
        return refuse("the plan is not as `campanile plan` wrote it: it was edited, or made by another version");
    }
    Ok(())
}

/// A pretended instant must never move a real account.
pub(super) fn require_true_time(
    context: &Context,
    accounts: &Accounts,
    approval: Option<&PlanView>,
) -> Result<(), Failed> {
    if accounts.all_local {
        return Ok(());
    }
    if context.clock.is_pretended() {
        return Err(Failed::usage(
            "`--at` is refused by `apply` unless every provider is on this machine",
        ));
    }
    if approval.is_some_and(|saved| saved.pretended) {
        return Err(Failed::new(
            Exit::Stale,
            "the plan was made with `--at`: it is not applicable to a real provider",
        ));
    }
    Ok(())
}

pub(super) fn require_agreeing_clocks(seen: &Observation) -> Result<(), Failed> {
    match seen.skewed.first() {
        Some((provider, theirs, ours)) => {
            let message =
                format!("the clock of `{provider}` says {theirs}, this machine's says {ours}: nothing was changed");
            Err(Failed::new(Exit::Failed, message).hint("set this machine's clock: delivery windows depend on it"))
        }
        None => match seen.dateless.first() {
            Some(provider) => Err(Failed::new(
                Exit::Failed,
                format!("`{provider}` does not say what time it is (no `Date` in its answers): nothing was changed"),
            )
            .hint("delivery windows depend on both clocks, and they cannot be compared; `stop` works all the same")),
            None => Ok(()),
        },
    }
}
