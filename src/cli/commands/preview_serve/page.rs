//! What the page asks for, and what it gets.

use serde::{Deserialize, Serialize};

use super::drawn::Drawn;
use crate::desired::CampaignPayloads;
use crate::model::Diagnostic;
use crate::report::{DiagnosticView, diagnostic_to_view};

/// The page lists this many occurrences at once.
const OCCURRENCES: usize = 100;
/// And this many faults.
const FAULTS: usize = 50;

/// The page's content.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct PreviewPage {
    /// Raised with every save.
    pub version: u64,
    /// Which campaign.
    pub campaign: String,
    /// Its file.
    pub file: String,
    /// Whom recipients see.
    pub sender: String,
    /// The template in the file, for the chosen recipient's list.
    pub template: String,
    /// Whether another text is tried out.
    pub is_tried: bool,
    /// When it is sent, of a schedule with several firings to choose from; local times.
    pub occurrences: Vec<String>,
    /// Which of them is shown.
    pub occurrence: usize,
    /// People to choose from, around the one shown.
    pub people: Vec<PersonToChoose>,
    /// The place of the first of them.
    pub people_from: usize,
    /// People in all lists, before anybody is left out.
    pub audience: usize,
    /// Who is shown.
    pub row: usize,
    /// Whether somebody was looked for and found.
    pub is_found: bool,
    /// Their message.
    pub message: Option<Drawn>,
    /// What it costs.
    pub estimate: String,
    /// A message in each other variant and language.
    pub languages: Vec<Translation>,
    /// The totals of all messages.
    pub totals: Option<PageTotals>,
    /// When the rows of sources elsewhere were read, where there are any; UTC.
    pub read_at: Option<String>,
    /// What is wrong.
    pub diagnostics: Vec<DiagnosticView>,
}

/// Somebody to choose.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct PersonToChoose {
    /// Masked unless asked for.
    pub number: String,
    /// Of the number.
    pub country: String,
    /// The first column of the row; empty where it looks like a number.
    pub first: String,
}

/// A message in another variant or language than the chosen one's.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Translation {
    /// Its tag.
    pub language: String,
    /// Somebody's message.
    pub message: Drawn,
}

/// Sums over the occurrence.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct PageTotals {
    /// Messages, one for each person of the list.
    pub recipients: u64,
    /// Billed units.
    pub segments: u64,
    /// Price before sending.
    pub estimate: String,
    /// Messages by segments.
    pub histogram: Vec<(u32, u64)>,
    /// Rows left out, in words.
    pub left_out: Vec<String>,
}

impl PreviewPage {
    /// Lists the occurrences to choose from, and the one shown.
    pub(super) fn choose_occurrence(&mut self, source: Option<&CampaignPayloads>, asked: usize) {
        let firings = source.map_or(&[][..], |source| &source.when.firings);
        self.occurrences = firings
            .iter()
            .take(OCCURRENCES)
            .filter_map(|firing| firing.nominal.map(|local| local.to_string()))
            .collect();
        self.occurrence = asked.min(self.occurrences.len().saturating_sub(1));
    }

    /// Adds faults that the page does not show yet.
    pub(super) fn tell(&mut self, diagnostics: &[Diagnostic]) {
        for diagnostic in diagnostics {
            let view = diagnostic_to_view(diagnostic);
            if self.diagnostics.len() < FAULTS && !self.diagnostics.contains(&view) {
                self.diagnostics.push(view);
            }
        }
    }
}

/// What the page asks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Ask {
    /// A text tried out instead of the file's.
    pub body: Option<String>,
    /// Which recipient, from 0.
    pub row: usize,
    /// In place of it: a line of a list, or the beginning of a first column.
    pub find: Option<String>,
    /// Which occurrence, from 0.
    pub occurrence: usize,
    /// Whether numbers are shown whole.
    pub numbers: bool,
    /// Whether sources elsewhere are read again first.
    pub again: bool,
}
