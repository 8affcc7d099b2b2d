//! A failing history made small: steps are left out, then faults, as long as the same rule stays broken.

use super::history::happen;
use super::script::Script;

/// The smallest script found that breaks the same rule.
pub fn shrink(script: &Script, rule: &'static str) -> Script {
    let fails = |candidate: &Script| happen(candidate, false).violations.iter().any(|v| v.rule == rule);
    let mut best = script.clone();
    loop {
        let before = best.clone();
        for step in (0..script.steps().len()).rev() {
            let mut without = best.clone();
            if without.without.insert(step) && fails(&without) {
                best = without;
                continue;
            }
            let mut smooth = best.clone();
            if !best.without.contains(&step) && smooth.smooth.insert(step) && fails(&smooth) {
                best = smooth;
            }
        }
        if best == before {
            return best;
        }
    }
}
