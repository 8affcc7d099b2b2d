//! The only reader of the environment.

/// A variable that is set and is text.
#[expect(clippy::disallowed_methods, reason = "the one place where the environment is read")]
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Whether a variable is set to something other than nothing, `0` or `false`.
pub(super) fn is_set(name: &str) -> bool {
    variable(name).is_some_and(|value| !matches!(value.as_str(), "" | "0" | "false"))
}
