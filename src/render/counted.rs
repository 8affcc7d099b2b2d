//! A message counted: its segments, and what forces it to UCS-2.

use super::measure::Measure;
use super::segments::{Segmented, outside_gsm, segment_measured};

/// A message counted: its segments, and what forces it to UCS-2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// Encoding, units, segments.
    pub segmented: Segmented,
    pub(super) measure: Measure,
    /// Characters outside GSM-7, and how often each occurs.
    pub(super) outside: Vec<(char, u32)>,
}

impl Counted {
    /// Counts a text.
    pub fn of(text: &str) -> Self {
        let mut counted = Self::default();
        counted.count(text);
        counted
    }

    /// The same, in place of what was counted before.
    pub(super) fn count(&mut self, text: &str) {
        self.clear();
        self.add(text);
        self.segment(text);
    }

    /// Whether it has characters of GSM-7's extension table: without, it has no braces.
    pub fn is_extended(&self) -> bool {
        self.measure.escapes > 0
    }

    pub(super) fn clear(&mut self) {
        self.measure = Measure::default();
        self.outside.clear();
    }

    /// Counts one more piece of the message.
    pub(super) fn add(&mut self, piece: &str) {
        let measure = Measure::of(piece);
        self.measure += measure;
        if measure.outside > 0 {
            self.note_outside(piece);
        }
    }

    /// Notes the characters of a piece that GSM-7 does not carry.
    pub(super) fn note_outside(&mut self, piece: &str) {
        for character in outside_gsm(piece) {
            match self.outside.iter_mut().find(|(known, _)| *known == character) {
                Some((_, count)) => *count += 1,
                None => self.outside.push((character, 1)),
            }
        }
    }

    /// To be called once all pieces are counted.
    pub(super) fn segment(&mut self, message: &str) {
        self.settle(self.measure, message);
    }

    /// The same where the sum of all pieces is kept by the caller.
    pub(super) fn settle(&mut self, measure: Measure, message: &str) {
        self.measure = measure;
        self.segmented = segment_measured(measure, || message);
    }
}

impl Default for Counted {
    /// An empty text.
    fn default() -> Self {
        Self {
            segmented: segment_measured(Measure::default(), || ""),
            measure: Measure::default(),
            outside: Vec::new(),
        }
    }
}
