#!/usr/bin/env bash
# Runs everything that CI runs: static checks, Rust tests, then browser, interoperability and API tests of the release build.
# The last line says how many tests passed and failed. A failed check ends the run; a failed test suite does not.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"
results=$root/target/test-results
rm -rf "$results"
mkdir -p "$results"

tools/check.sh

# run <name> <command…>: shows the command's output, saves it for the summary, and records a failure.
failed=()
run() {
    local name=$1
    shift
    "$@" 2>&1 | tee "$results/$name.log" || failed+=("$name")
}

rust_tests() {
    # nextest runs tests of all crates in parallel, each in its own process. Without it, cargo's own runner does the job.
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

double_tests() (
    cd end2end
    npm run --silent test:double
)

firefox_tests() (
    cd end2end
    npm run --silent test:firefox
)

step "Rust tests"
run rust rust_tests
step "Documentation tests"
run doc cargo test --locked --workspace --exclude frontend --doc --quiet
tools/setup.sh double
step "Tests of the double of Stripe's API (official client)"
run double double_tests

step "Release build, for the browser tests"
tools/build.sh
tools/setup.sh e2e
step "Browser tests (Playwright)"
run browser browser_tests
tools/setup.sh firefox
step "Browser tests in Firefox (WebDriver BiDi)"
run firefox firefox_tests

step "Interoperability tests (third-party libraries for webhooks, event streams and Stripe)"
run interop tools/interop.sh

step "API fuzzing against the OpenAPI document (Schemathesis)"
run fuzz tools/fuzz.sh

if [ ${#failed[@]} -gt 0 ]; then step "Failed: ${failed[*]}"; fi
exec node tools/test_summary.mjs "$results" ${failed[@]+"${failed[@]}"}
