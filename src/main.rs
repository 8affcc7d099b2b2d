//! The `campanile` program: everything is in the library.
fn main() -> std::process::ExitCode {
    campanile::cli::main()
}
