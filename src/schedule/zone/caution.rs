//! Warnings about zones whose names people often misunderstand.

use super::Zone;
use super::offset::format_offset;
use super::otherwise::FIXED;
use crate::model::Instant;

impl Zone {
    /// What should be known of a name that people mean otherwise: its clocks never change, or its sign is reversed.
    /// Nothing for every other zone.
    pub fn caution(&self) -> Option<(String, String)> {
        let offset = self.offset_seconds_at(Instant::from_unix_seconds(0));
        let always = format!("`{self}` is {} all year, without summer time", format_offset(offset));
        if let Some((_, meant)) = FIXED.iter().find(|(name, _)| *name == self.name()) {
            return Some((always, format!("`{meant}` is what people's clocks there show")));
        }
        let signed = self
            .name()
            .strip_prefix("Etc/GMT")
            .filter(|rest| rest.starts_with(['+', '-']))?;
        if offset == 0 {
            return None;
        }
        let side = if offset < 0 { "west" } else { "east" };
        let hint = format!(
            "the sign of these names is reversed: `GMT{signed}` is {side} of Greenwich; name a city, like `Europe/Stockholm`"
        );
        Some((always, hint))
    }
}
