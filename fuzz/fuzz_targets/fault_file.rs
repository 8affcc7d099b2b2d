#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| campanile_fuzz::targets::fault_file(data));
