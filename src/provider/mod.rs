//! The providers: one trait, one HTTP client, two adapters.
