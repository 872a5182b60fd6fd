//! The binary: everything is in [`jqlx::cli`].

fn main() -> std::process::ExitCode {
    jqlx::cli::main()
}
