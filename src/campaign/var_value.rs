//! A constant for templates.

/// A constant for templates. Fractions are refused at `validate` ("quote it"): their spelling would be lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VarValue {
    /// A string.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// `true` or `false`.
    Bool(bool),
}
