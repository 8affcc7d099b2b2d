//! One integration test binary: a module per theme.

mod accounts;
mod architecture;
mod calendar;
mod emulated;
mod emulator_core;
mod emulator_ip1;
mod emulator_ip1_sending;
mod emulator_sinch;
mod emulator_sinch_callbacks;
mod emulator_sinch_changing;
mod emulator_sinch_reading;
mod provider_contract;
mod provider_faults;
mod provider_hostile;
mod samples;
mod sinch_orders;
