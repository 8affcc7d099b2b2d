//! One integration test binary: a module per theme.

mod architecture;
mod emulated;
mod emulator_core;
mod emulator_ip1;
mod emulator_ip1_sending;
mod emulator_sinch;
mod emulator_sinch_callbacks;
