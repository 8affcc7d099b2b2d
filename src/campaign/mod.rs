//! YAML to campaigns that can be trusted.
