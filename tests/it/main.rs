//! One integration test binary: a module per theme.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on must fail, in its helpers too; and tests read files"
)]

mod architecture;
mod emulated;
mod emulator_core;
mod emulator_ip1;
mod emulator_ip1_sending;
mod emulator_sinch;
mod emulator_sinch_callbacks;
mod emulator_sinch_changing;
mod emulator_sinch_reading;
mod sinch_orders;
