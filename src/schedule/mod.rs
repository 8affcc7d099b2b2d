//! When: local times and zones to instants.
