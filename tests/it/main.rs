//! One integration test binary: a module per theme.

mod architecture;
mod emulated;
mod emulator_core;
