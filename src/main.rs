//! The binary: everything is in [`jqlx::cli`].

/// Batches are made on one thread and freed on another, at which the system's allocator is slow.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// `mi_option_purge_delay` of `mimalloc.h`: milliseconds after which memory that is free goes back to the system.
const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;

fn main() -> std::process::ExitCode {
    // By default memory goes back after 10 ms, and a query that takes it again waits for the system to clear it: a fifth of its
    // time. Whoever sets the allocator's own variable decides.
    if std::env::var_os("MIMALLOC_PURGE_DELAY").is_none() {
        // SAFETY: the option is set before any other thread is there.
        unsafe { libmimalloc_sys::mi_option_set(PURGE_DELAY, 2_000) };
    }
    jqlx::cli::main()
}
