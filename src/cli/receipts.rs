//! What each source gave in this run: what a plan keeps, and an apply of that plan must get again.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::context::Failed;
use super::exit::Exit;
use crate::audience::Measured;
use crate::campaign::{Campaign, Origin, Source};
use crate::desired::UnreadAudience;
use crate::model::{CampaignRef, Diagnostic, Instant, Place};
use crate::project::About;
use crate::report::{PlanView, SourceView};

/// Filled while lists are read, from every place that reads them.
#[derive(Debug, Default)]
pub(super) struct Receipts {
    views: Mutex<BTreeMap<(CampaignRef, usize), SourceView>>,
    warnings: Mutex<Vec<Diagnostic>>,
}

impl Receipts {
    /// Notes what a source of a campaign gave; reading it again changes nothing.
    pub(super) fn note(
        &self,
        campaign: &Campaign,
        source: &Source,
        measured: &Measured,
        about: &About,
        as_of: Instant,
    ) {
        let place = campaign.sources.iter().position(|other| std::ptr::eq(other, source));
        let params = match &source.origin {
            Origin::Query(query) => query.params.clone(),
            _ => BTreeMap::new(),
        };
        let view = SourceView {
            campaign: campaign.reference.to_string(),
            source: source.origin.name().display().to_string(),
            sql_digest: about.statement.clone(),
            params,
            as_of: as_of.to_string(),
            rows: measured.rows.rows(),
            digest: measured.rows.to_string(),
            version: about.version.clone(),
        };
        let mut views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
        views.insert((campaign.reference.clone(), place.unwrap_or_default()), view);
    }

    /// Notes a remark about a source, once.
    pub(super) fn warn(&self, place: &Place, about: &About) {
        let mut warnings = self.warnings.lock().unwrap_or_else(PoisonError::into_inner);
        for warning in &about.warnings {
            if !warnings.iter().any(|told| told.message == warning.message) {
                warnings.push(warning.clone().at(place.clone()));
            }
        }
    }

    /// What was noted.
    pub(super) fn views(&self) -> Vec<SourceView> {
        let views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
        views.values().cloned().collect()
    }

    /// The remarks.
    pub(super) fn warnings(&self) -> Vec<Diagnostic> {
        self.warnings.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// As of when the rows of a saved plan were read.
pub(super) fn as_of(saved: &PlanView) -> Option<Instant> {
    let first = saved.sources.first()?;
    Instant::parse(&first.as_of).ok()
}

/// Refuses when a source gave other rows than the saved plan was made from, or none, with what came in the way.
pub(super) fn require_same(saved: &PlanView, now: &[SourceView], unread: &[UnreadAudience]) -> Result<(), Failed> {
    let key = |view: &SourceView| (view.campaign.clone(), view.source.clone());
    let mut moved = Vec::new();
    for before in &saved.sources {
        let same_name = now.iter().filter(|after| key(after) == key(before));
        let candidates: Vec<&SourceView> = same_name.collect();
        if candidates.iter().any(|after| is_same(before, after)) {
            continue;
        }
        let what = match candidates.first() {
            None => {
                let why = unread.iter().find(|one| one.campaign.to_string() == before.campaign);
                why.map_or_else(|| "was not read".to_owned(), |one| format!("was not read: {}", one.why))
            }
            Some(after) if after.sql_digest != before.sql_digest => "is asked another query".to_owned(),
            Some(after) if after.params != before.params => "is asked with other parameters".to_owned(),
            Some(after) if after.rows == before.rows => {
                format!("gives other rows ({} as before)", after.rows)
            }
            Some(after) => format!("gives {} rows, and gave {}", after.rows, before.rows),
        };
        moved.push(format!("`{}` of `{}` {what}", before.source, before.campaign));
    }
    for after in now {
        if !saved.sources.iter().any(|before| key(before) == key(after)) {
            moved.push(format!("`{}` of `{}` is new", after.source, after.campaign));
        }
    }
    if moved.is_empty() {
        return Ok(());
    }
    let message = format!(
        "the rows have moved since the plan was made, and nothing was changed: {}",
        moved.join("; ")
    );
    Err(Failed::new(Exit::Stale, message)
        .hint("make a new plan with `campanile plan --save FILE`, and have it reviewed")
        .hint("a query that keeps to `current_setting('campanile.as_of')` gives the same rows again"))
}

fn is_same(before: &SourceView, after: &SourceView) -> bool {
    let SourceView {
        campaign: _,
        source: _,
        sql_digest,
        params,
        as_of: _,
        rows,
        digest,
        // A server may name the same bytes anew.
        version: _,
    } = before;
    (sql_digest, params, rows, digest) == (&after.sql_digest, &after.params, &after.rows, &after.digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(rows: u64, digest: &str) -> SourceView {
        SourceView {
            campaign: "spring".to_owned(),
            source: "warehouse/audiences/spring.sql".to_owned(),
            rows,
            digest: digest.to_owned(),
            ..SourceView::default()
        }
    }

    #[test]
    fn other_rows_are_told_in_counts() {
        let saved = PlanView {
            sources: vec![view(10, "a")],
            ..PlanView::default()
        };
        assert!(require_same(&saved, &[view(10, "a")], &[]).is_ok());
        for (now, expected) in [
            (vec![view(11, "b")], "gives 11 rows, and gave 10"),
            (vec![view(10, "b")], "gives other rows"),
            (vec![], "was not read"),
        ] {
            let failed = require_same(&saved, &now, &[]).unwrap_err();
            assert_eq!(failed.exit, Exit::Stale);
            assert!(failed.message.contains(expected), "{}", failed.message);
        }
        let none = PlanView::default();
        assert!(require_same(&none, &[view(1, "a")], &[]).is_err());
    }
}
