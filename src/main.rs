//! The binary: everything is in [`jqlx::cli`].

/// Batches are made on one thread and freed on another, at which the system's allocator is slow.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    jqlx::cli::main()
}
