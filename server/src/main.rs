//! The program `holdfast`.

/// Many small values live and die with each request; this allocator is the faster one at that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    server::commands::main()
}
