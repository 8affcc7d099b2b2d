//! Some thousand values of a column, as text.

use std::fmt::Write as _;

use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{DataType, Int96};
use parquet::errors::Result;

use super::super::civil;
use super::kind::ColumnKind;

/// Largest whole number up to which a float is exact in every digit that is shown.
const EXACT: f64 = 1e15;
/// The same for a float of 32 bits.
const EXACT_SHORT: f32 = 16_777_216.0;

/// Why a cell has no text.
type CellRefusal = &'static str;

/// Cells of one column.
#[derive(Default)]
pub(super) struct Cells {
    text: String,
    ends: Vec<usize>,
}

impl Cells {
    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.ends.len()
    }

    /// A cell of the batch; null is empty.
    pub(super) fn cell(&self, at: usize) -> &str {
        let start = at
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .copied()
            .unwrap_or(0);
        let end = self.ends.get(at).copied().unwrap_or(start);
        self.text.get(start..end).unwrap_or_default()
    }
}

/// A column that is read in batches.
pub(super) struct Column {
    reader: ColumnReader,
    kind: ColumnKind,
    max_level: i16,
}

impl Column {
    pub(super) fn new(reader: ColumnReader, kind: ColumnKind, max_level: i16) -> Self {
        Self {
            reader,
            kind,
            max_level,
        }
    }

    /// Reads the next cells in place of those that are there; the inner error names the first that has no text.
    pub(super) fn read(
        &mut self,
        count: usize,
        cells: &mut Cells,
    ) -> Result<std::result::Result<(), (usize, CellRefusal)>> {
        cells.text.clear();
        cells.ends.clear();
        let Self {
            reader,
            kind,
            max_level,
        } = self;
        let mut batch = ColumnBatch {
            count,
            max_level: *max_level,
            text: &mut cells.text,
            ends: &mut cells.ends,
        };
        match reader {
            ColumnReader::BoolColumnReader(reader) => batch.fill(reader, |value, text| {
                text.push_str(if *value { "true" } else { "false" });
                Ok(())
            }),
            ColumnReader::Int32ColumnReader(reader) => batch.fill(reader, |value, text| {
                let value = match kind {
                    ColumnKind::Unsigned => i64::from(value.cast_unsigned()),
                    _ => i64::from(*value),
                };
                integer(kind, value, text)
            }),
            ColumnReader::Int64ColumnReader(reader) => batch.fill(reader, |value, text| integer(kind, *value, text)),
            ColumnReader::Int96ColumnReader(reader) => batch.fill(reader, |value: &Int96, text| {
                int96(value.data(), text);
                Ok(())
            }),
            ColumnReader::FloatColumnReader(reader) => batch.fill(reader, |value, text| short_float(*value, text)),
            ColumnReader::DoubleColumnReader(reader) => batch.fill(reader, |value, text| float(*value, text)),
            ColumnReader::ByteArrayColumnReader(reader) => {
                batch.fill(reader, |value, text| bytes(kind, value.data(), text))
            }
            ColumnReader::FixedLenByteArrayColumnReader(reader) => {
                batch.fill(reader, |value, text| bytes(kind, value.data(), text))
            }
        }
    }
}

struct ColumnBatch<'a> {
    count: usize,
    max_level: i16,
    text: &'a mut String,
    ends: &'a mut Vec<usize>,
}

impl ColumnBatch<'_> {
    fn fill<T: DataType>(
        &mut self,
        reader: &mut ColumnReaderImpl<T>,
        show: impl Fn(&T::T, &mut String) -> std::result::Result<(), CellRefusal>,
    ) -> Result<std::result::Result<(), (usize, CellRefusal)>> {
        let mut values = Vec::with_capacity(self.count);
        let mut levels = Vec::new();
        let mut done = 0;
        // One call ends where a page does.
        while done < self.count {
            let levels = (self.max_level > 0).then_some(&mut levels);
            let (records, _, _) = reader.read_records(self.count - done, levels, None, &mut values)?;
            if records == 0 {
                break;
            }
            done += records;
        }
        let mut values = values.iter();
        for at in 0..done {
            let is_null = levels.get(at).is_some_and(|level| *level < self.max_level);
            if !is_null
                && let Some(value) = values.next()
                && let Err(why) = show(value, self.text)
            {
                return Ok(Err((at, why)));
            }
            self.ends.push(self.text.len());
        }
        Ok(Ok(()))
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one of several ways to show a value, and others fail"
)]
fn integer(kind: &ColumnKind, value: i64, text: &mut String) -> std::result::Result<(), CellRefusal> {
    match kind {
        ColumnKind::Decimal(scale) => decimal(i128::from(value), *scale, text),
        ColumnKind::Date => text.push_str(&civil::date(value)),
        ColumnKind::Time(per_second) => text.push_str(&civil::time(value.wrapping_mul(1_000_000_000 / per_second))),
        ColumnKind::Timestamp(per_second, is_instant) => {
            text.push_str(&civil::timestamp(value, *per_second));
            text.push_str(if *is_instant { "+00" } else { "" });
        }
        ColumnKind::Unsigned => {
            let _ = write!(text, "{}", value.cast_unsigned());
        }
        ColumnKind::Bool | ColumnKind::Signed | ColumnKind::Float | ColumnKind::Text | ColumnKind::Uuid => {
            let _ = write!(text, "{value}");
        }
    }
    Ok(())
}

/// Nanoseconds of a day, and the day by Julius: in nanoseconds since 1970 its range would end in 2262, and `9999-12-31` is
/// what engines write where something has no end.
fn int96(words: &[u32], text: &mut String) {
    /// The day on which 1970 begins.
    const EPOCH: i64 = 2_440_588;
    let [low, high, day] = *words else { return };
    text.push_str(&civil::date(i64::from(day) - EPOCH));
    text.push(' ');
    text.push_str(&civil::time(i64::from(high) << 32 | i64::from(low)));
    text.push_str("+00");
}

/// All digits as they are stored: `1.50` stays `1.50`.
fn decimal(value: i128, scale: usize, text: &mut String) {
    let digits = format!("{:0width$}", value.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits
        .split_at_checked(digits.len() - scale)
        .unwrap_or((digits.as_str(), ""));
    if value < 0 {
        text.push('-');
    }
    text.push_str(whole);
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
}

/// A whole number without a point: that is how a phone number looks which a null made a float.
fn float(value: f64, text: &mut String) -> std::result::Result<(), CellRefusal> {
    if value.fract() == 0.0 && value.abs() >= EXACT {
        return Err("is a float of more than 15 digits, which has lost some of them");
    }
    let _ = write!(text, "{value}");
    Ok(())
}

fn short_float(value: f32, text: &mut String) -> std::result::Result<(), CellRefusal> {
    if value.fract() == 0.0 && value.abs() >= EXACT_SHORT {
        return Err("is a short float of more than 7 digits, which has lost some of them");
    }
    let _ = write!(text, "{value}");
    Ok(())
}

fn bytes(kind: &ColumnKind, value: &[u8], text: &mut String) -> std::result::Result<(), CellRefusal> {
    match kind {
        ColumnKind::Decimal(scale) => {
            decimal(big_endian(value)?, *scale, text);
            Ok(())
        }
        ColumnKind::Uuid => {
            for (at, byte) in value.iter().enumerate() {
                if matches!(at, 4 | 6 | 8 | 10) {
                    text.push('-');
                }
                let _ = write!(text, "{byte:02x}");
            }
            Ok(())
        }
        _ => {
            text.push_str(std::str::from_utf8(value).map_err(|_| "is not UTF-8")?);
            Ok(())
        }
    }
}

fn big_endian(value: &[u8]) -> std::result::Result<i128, CellRefusal> {
    if value.len() > 16 {
        return Err("is a decimal of more than 38 digits");
    }
    let is_negative = value.first().is_some_and(|byte| byte & 0x80 != 0);
    let start = if is_negative { -1_i128 } else { 0 };
    Ok(value.iter().fold(start, |sum, byte| sum << 8 | i128::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(show: impl FnOnce(&mut String) -> std::result::Result<(), CellRefusal>) -> String {
        let mut text = String::new();
        match show(&mut text) {
            Ok(()) => text,
            Err(why) => why.to_owned(),
        }
    }

    #[test]
    fn numbers_keep_their_digits() {
        for (value, scale, expected) in [
            (150_i128, 2_usize, "1.50"),
            (-5, 2, "-0.05"),
            (0, 3, "0.000"),
            (46_701_234_567, 0, "46701234567"),
        ] {
            assert_eq!(
                shown(|text| {
                    decimal(value, scale, text);
                    Ok(())
                }),
                expected
            );
        }
        for (words, expected) in [
            ([0, 0, 2_440_588], "1970-01-01 00:00:00+00"),
            ([1_000_000_000, 0, 2_461_375], "2026-11-30 00:00:01+00"),
            ([0, 0, 5_373_484], "9999-12-31 00:00:00+00"),
        ] {
            let show = |text: &mut String| {
                int96(&words, text);
                Ok(())
            };
            assert_eq!(shown(show), expected);
        }
        assert_eq!(big_endian(&[0xff, 0x38]), Ok(-200));
        assert_eq!(shown(|text| float(46_701_234_567.0, text)), "46701234567");
        assert_eq!(shown(|text| float(0.1, text)), "0.1");
        assert!(shown(|text| float(1e15, text)).contains("15 digits"));
        assert!(shown(|text| short_float(467_012_345.0, text)).contains("7 digits"));
        assert_eq!(
            shown(|text| integer(&ColumnKind::Unsigned, -1, text)),
            u64::MAX.to_string()
        );
    }
}
