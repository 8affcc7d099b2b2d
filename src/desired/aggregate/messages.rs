//! The messages of a part that is sent: its rows read again and rendered, as they travel.

use std::collections::BTreeSet;

use super::aggregated::Aggregate;
use super::aggregator::Aggregator;
use super::compiled::CompiledSource;
use crate::model::{AudienceDigest, Diagnostic, Group, NumberSet, Part, Payload, row_digest};
use crate::render::{Message, Shape, diagnostics, payload};
use crate::schedule::ZoneId;

impl Aggregate {
    /// The messages of one part of a group, their rows read again; in an order that depends on the numbers alone.
    pub fn messages(&self, occasion: usize, group: Group, part: Part) -> Result<Vec<Message>, Diagnostic> {
        self.messages_without(occasion, group, part, &NumberSet::default())
    }

    fn messages_without(
        &self,
        occasion: usize,
        group: Group,
        part: Part,
        left_out: &NumberSet,
    ) -> Result<Vec<Message>, Diagnostic> {
        let groups = self.groups(occasion).iter();
        let zones = groups
            .filter(|known| known.group == group)
            .find_map(|known| known.windows.as_ref());
        let zones: Option<BTreeSet<ZoneId>> = zones.map(|group| group.zones.iter().copied().collect());
        let Some(audience) = self.audience(occasion) else {
            return Ok(Vec::new());
        };
        let rendition = self.compiled.rendition_of(occasion);
        let lines = self.compiled.lines.iter();
        let mut renderers: Vec<Vec<_>> = lines
            .map(|line| line.texts.all().iter().map(|text| text.program.renderer()).collect())
            .collect();
        let shapes = self.shapes(rendition);
        let aggregator = Aggregator::new(&self.compiled, rendition..rendition + 1);
        let mut messages = Vec::new();
        let mut fault = None;
        audience.each_row_of_part(part, |row| {
            if left_out.contains(row.person) {
                return;
            }
            let is_meant = match (&zones, aggregator.zone_of(row)) {
                (None, _) => true,
                (Some(zones), Some(zone)) => zones.contains(&zone),
                (Some(_), None) => false,
            };
            let line = self.compiled.lines.get(row.source);
            // A row without a text was a fault of the plan.
            let Some(Ok(chosen)) =
                line.map(|line| line.texts.choose(row, self.compiled.branches.of(row.person).variant()))
            else {
                return;
            };
            let shape = shapes
                .get(row.source)
                .and_then(|shapes| shapes.get(chosen.text)?.as_ref());
            let renderer = renderers
                .get_mut(row.source)
                .and_then(|renderers| renderers.get_mut(chosen.text));
            if let (true, Some(renderer)) = (is_meant, renderer) {
                let row = self.compiled.row(row, self.compiled.occurrence(rendition));
                match renderer.message(self.compiled.transliterate, &row, shape) {
                    Ok(message) => messages.push(message),
                    Err(error) => fault = Some(error),
                }
            }
        })?;
        match fault {
            None => Ok(messages),
            Some(fault) => {
                Err(Diagnostic::error(&diagnostics::ROW_FAULT, fault.to_string()).at(self.compiled.body_place.clone()))
            }
        }
    }

    /// The same without the people who are left out, as it travels, with the digest that the plan's fingerprint was made
    /// from.
    pub fn payload(
        &self,
        occasion: usize,
        group: Group,
        part: Part,
        left_out: &NumberSet,
    ) -> Result<(Payload, AudienceDigest), Diagnostic> {
        let messages = self.messages_without(occasion, group, part, left_out)?;
        let mut digest = AudienceDigest::default();
        let mut scratch = Vec::new();
        for message in &messages {
            digest.add(row_digest(message.recipient, &message.body, &mut scratch));
        }
        // Sources and languages with the same text share its shape; where they do not, a message is not that shape filled in, and whole
        // messages travel.
        let shapes = self.shapes(self.compiled.rendition_of(occasion));
        let shape = shapes.first().and_then(|shapes| shapes.first()?.as_ref());
        let payload = payload(self.compiled.settings.api, shape, &messages).map_err(|refused| {
            let first = refused
                .first()
                .map(|refused| refused.fault.to_string())
                .unwrap_or_default();
            let message = format!("{first}, in {} messages", refused.len());
            Diagnostic::error(&diagnostics::PLACEHOLDER_MARK, message).at(self.compiled.body_place.clone())
        })?;
        Ok((payload, digest))
    }

    /// By list and text.
    fn shapes(&self, rendition: usize) -> Vec<Vec<Option<Shape>>> {
        let occurrence = self.compiled.occurrence(rendition);
        let of_line = |line: &CompiledSource| {
            let texts = line.texts.all().iter();
            texts
                .map(|text| Shape::of(&text.program, occurrence, self.compiled.transliterate))
                .collect()
        };
        self.compiled.lines.iter().map(of_line).collect()
    }
}
