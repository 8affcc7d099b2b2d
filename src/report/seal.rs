//! The seal of a saved plan: a digest that shows whether the file, its expiry included, is as `campanile plan` wrote
//! it.
//!
//! It is no protection against forgery: anybody who can write the file can compute it. It finds plans that were edited
//! by hand, cut or merged wrongly; those approve nothing. It leaves out the versions of format and program, and fields
//! that this program does not know: readers pass over what a newer version adds.

use std::io;

use sha2::{Digest as _, Sha256};

use super::view::PlanView;

/// What the seal of this plan should be; the plan stays as it is.
pub fn seal(plan: &mut PlanView) -> String {
    let PlanView {
        format_version,
        tool,
        seal,
        ..
    } = plan;
    let unsealed = [format_version, tool, seal].map(std::mem::take);
    let mut hashed = HashedText(Sha256::new());
    hashed.0.update("campanile seal 1\n");
    // Hashed while it is written: that of twenty thousand batches has tens of megabytes.
    let is_written = serde_json::to_writer(&mut hashed, plan).is_ok();
    [plan.format_version, plan.tool, plan.seal] = unsealed;
    let bytes = hashed.0.finalize();
    let seal = bytes.iter().map(|byte| format!("{byte:02x}"));
    if is_written { seal.collect() } else { String::new() }
}

/// Text that only its hash is wanted of.
struct HashedText(Sha256);

impl io::Write for HashedText {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0.update(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whether it says what it said when it was made.
pub fn is_sealed(plan: &PlanView) -> bool {
    plan.seal == seal(&mut plan.clone())
}
