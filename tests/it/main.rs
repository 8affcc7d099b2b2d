//! One integration test binary: a module per theme.
#![expect(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::needless_pass_by_value,
    clippy::needless_borrows_for_generic_args,
    clippy::needless_for_each,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "a test that cannot go on must fail, and it has files and processes of its own"
)]

mod accounts;
mod architecture;
mod audience;
mod brakes;
mod calendar;
mod ci;
mod cli_approval;
mod cli_commands;
mod cli_converge;
mod cli_documents;
mod cli_faults;
mod cli_hands;
mod cli_opt_outs;
mod cli_readme;
mod cli_results;
mod cli_senders;
mod cli_slips;
mod cli_sources;
mod cli_streams;
mod cli_world;
mod crash_points;
mod crash_proxy;
mod crash_story;
mod docs;
mod echoes;
mod emulated;
mod emulator_core;
mod emulator_inbound;
mod emulator_ip1;
mod emulator_ip1_sending;
mod emulator_sinch;
mod emulator_sinch_callbacks;
mod emulator_sinch_changing;
mod emulator_sinch_reading;
mod fake_postgres;
mod formats;
mod hostile_files;
mod hostile_input;
mod hostile_sources;
mod hostile_targets;
mod hostile_text;
mod hostile_tls;
mod identity;
mod in_flight;
mod json_schema;
mod lists;
mod pages;
mod plan_said;
mod privacy;
mod privacy_trouble;
mod prompt;
mod provider_contract;
mod provider_faults;
mod provider_hostile;
mod provider_returns;
mod quiet_hours;
mod received;
mod requests;
mod samples;
mod schemas;
mod shrinking;
mod sinch_orders;
mod staged;
mod stand_in;
mod tampered;
mod test_project;
mod two_processes;
mod two_projects;
mod type_names;
mod uses;
mod web_source;
mod workbooks;
