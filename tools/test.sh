#!/usr/bin/env bash
# Everything CI checks: lints, Rust tests, and the browser tests against the release build. The last line says how many
# tests ran. A failing test does not keep the others from running; a failing check does.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"
results=$root/target/test-results
rm -rf "$results"
mkdir -p "$results"

tools/check.sh

# run <name> <command…>: shows what it prints, keeps it for counting, and remembers whether it failed.
failed=()
run() {
    local name=$1
    shift
    "$@" 2>&1 | tee "$results/$name.log" || failed+=("$name")
}

rust_tests() {
    # nextest runs tests in parallel across crates, each in its own process; without it, cargo's own runner does.
    if cargo-nextest nextest --version >/dev/null 2>&1; then
        tools/with-postgres.sh cargo-nextest nextest run --locked --workspace --exclude frontend \
            --no-fail-fast --color never --status-level slow --final-status-level fail
    else
        tools/with-postgres.sh cargo test --locked --workspace --exclude frontend --no-fail-fast --lib --bins --tests
    fi
}

browser_tests() (
    cd end2end
    npx --no-install tsc --noEmit && ../tools/with-postgres.sh npx --no-install playwright test
)

step "Rust tests"
run rust rust_tests
step "Documentation tests"
run doc cargo test --locked --workspace --exclude frontend --doc --quiet

step "Release build, for the browser tests"
tools/build.sh
tools/setup.sh e2e
step "Browser tests (Playwright)"
run browser browser_tests

step "Webhooks that the official libraries sign"
run interop tools/interop.sh

step "The API against its own document (Schemathesis)"
run fuzz tools/fuzz.sh

if [ ${#failed[@]} -gt 0 ]; then step "Failed: ${failed[*]}"; fi
exec node tools/count.mjs "$results" ${failed[@]+"${failed[@]}"}
