//! The seal of a saved plan: a digest that shows whether the file, its expiry included, is as `campanile plan` wrote
//! it.
//!
//! It is no protection against forgery: anybody who can write the file can compute it. It finds plans that were edited
//! by hand, cut or merged wrongly; those approve nothing. It leaves out the versions of format and program, and fields
//! that this program does not know: readers pass over what a newer version adds.

use sha2::{Digest as _, Sha256};

use super::view::PlanView;

/// What the seal of this plan should be.
pub fn seal(plan: &PlanView) -> String {
    let sealed = PlanView {
        format_version: String::new(),
        tool: String::new(),
        seal: String::new(),
        ..plan.clone()
    };
    let text = serde_json::to_string(&sealed).unwrap_or_default();
    let mut hash = Sha256::new();
    hash.update("campanile seal 1\n");
    hash.update(text);
    let bytes = hash.finalize();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether it says what it said when it was made.
pub fn is_sealed(plan: &PlanView) -> bool {
    plan.seal == seal(plan)
}
