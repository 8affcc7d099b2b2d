//! What the values of a column are.

use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use parquet::schema::types::ColumnDescriptor;

/// How a value of a column becomes text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ColumnKind {
    /// `true` or `false`.
    Bool,
    /// As written.
    Signed,
    /// As written; the bits are those of a signed number.
    Unsigned,
    /// With so many digits after the point.
    Decimal(usize),
    /// `2026-11-30`.
    Date,
    /// `09:30:00`, from so many units a second.
    Time(i64),
    /// `2026-11-30 09:30:00`, from so many units a second; with `+00` where it is an instant.
    Timestamp(i64, bool),
    /// The shortest digits that mean it.
    Float,
    /// UTF-8.
    Text,
    /// `2b1d4c5e-0000-4abc-8def-0123456789ab`.
    Uuid,
}

/// The kind of a column, or why it has no text.
pub(super) fn kind_of(column: &ColumnDescriptor) -> Result<ColumnKind, &'static str> {
    let physical = column.physical_type();
    if let Some(logical) = column.logical_type_ref() {
        return of_logical(logical, physical);
    }
    match column.converted_type() {
        ConvertedType::DECIMAL => decimal(column.type_scale()),
        ConvertedType::DATE => Ok(ColumnKind::Date),
        ConvertedType::TIME_MILLIS => Ok(ColumnKind::Time(1000)),
        ConvertedType::TIME_MICROS => Ok(ColumnKind::Time(1_000_000)),
        ConvertedType::TIMESTAMP_MILLIS => Ok(ColumnKind::Timestamp(1000, true)),
        ConvertedType::TIMESTAMP_MICROS => Ok(ColumnKind::Timestamp(1_000_000, true)),
        ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32 | ConvertedType::UINT_64 => {
            Ok(ColumnKind::Unsigned)
        }
        ConvertedType::BSON => Err("is binary"),
        ConvertedType::INTERVAL => Err("is an interval"),
        ConvertedType::MAP | ConvertedType::MAP_KEY_VALUE | ConvertedType::LIST => Err("is nested"),
        ConvertedType::NONE
        | ConvertedType::UTF8
        | ConvertedType::ENUM
        | ConvertedType::JSON
        | ConvertedType::INT_8
        | ConvertedType::INT_16
        | ConvertedType::INT_32
        | ConvertedType::INT_64 => of_physical(physical),
    }
}

fn of_logical(logical: &LogicalType, physical: Type) -> Result<ColumnKind, &'static str> {
    let per_second = |unit: &TimeUnit| match unit {
        TimeUnit::MILLIS => 1000,
        TimeUnit::MICROS => 1_000_000,
        TimeUnit::NANOS => 1_000_000_000,
    };
    match logical {
        LogicalType::String | LogicalType::Enum | LogicalType::Json => Ok(ColumnKind::Text),
        LogicalType::Decimal(decimal_type) => decimal(decimal_type.scale),
        LogicalType::Date => Ok(ColumnKind::Date),
        LogicalType::Time(time) => Ok(ColumnKind::Time(per_second(&time.unit))),
        LogicalType::Timestamp(time) => Ok(ColumnKind::Timestamp(per_second(&time.unit), time.is_adjusted_to_u_t_c)),
        LogicalType::Integer(integer) if integer.is_signed => Ok(ColumnKind::Signed),
        LogicalType::Integer(_) => Ok(ColumnKind::Unsigned),
        LogicalType::Uuid => Ok(ColumnKind::Uuid),
        // A column of nulls alone.
        LogicalType::Unknown => of_physical(physical),
        LogicalType::Map | LogicalType::List | LogicalType::Variant(_) => Err("is nested"),
        _ => Err("is binary"),
    }
}

fn of_physical(physical: Type) -> Result<ColumnKind, &'static str> {
    match physical {
        Type::BOOLEAN => Ok(ColumnKind::Bool),
        Type::INT32 | Type::INT64 => Ok(ColumnKind::Signed),
        // Spark and Impala of old: nanoseconds of a day, and the day.
        Type::INT96 => Ok(ColumnKind::Timestamp(1_000_000_000, true)),
        Type::FLOAT | Type::DOUBLE => Ok(ColumnKind::Float),
        // Engines of old write text without saying so: what is not UTF-8 is refused at its cell.
        Type::BYTE_ARRAY => Ok(ColumnKind::Text),
        Type::FIXED_LEN_BYTE_ARRAY => Err("is binary"),
    }
}

fn decimal(scale: i32) -> Result<ColumnKind, &'static str> {
    usize::try_from(scale)
        .map(ColumnKind::Decimal)
        .map_err(|_| "is a decimal with a negative scale")
}
