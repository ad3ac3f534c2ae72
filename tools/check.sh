#!/usr/bin/env bash
# Static checks: lock files, format, spelling, lints, documentation and dependencies. CI runs this first.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"
tools/setup.sh check

# Lock files must not name a mirror: other machines may not reach it. The "resolved" entries of an npm workspace's own
# packages are folder names, not addresses.
lock_files() {
    local addresses
    addresses=$(grep -nE '^source = ' Cargo.lock | grep -vE '"registry\+[^"]*/crates\.io-index"$' || true)
    addresses+=$(grep -nHE '"resolved": "[^"]*(:|\.tgz)' package-lock.json || true)
    [ -z "$addresses" ] || die "A lock file names a registry:" "$addresses" \
        "For npm: npm config set omit-lockfile-registry-resolved true"
    npm ls --package-lock-only >/dev/null || die "package-lock.json does not match the package.json files." \
        "Run: npm install --package-lock-only"
}

# Advisories come from the network. An unreachable advisory database does not fail the check; an advisory does.
advisories() {
    if limited 120 cargo-deny --log-level error fetch db >/dev/null 2>&1; then
        cargo-deny --log-level warn check --disable-fetch advisories
    else
        advisories_skipped=yes
        note "NOT CHECKED: the advisory database cannot be reached."
    fi
}

step "Lock files"
lock_files
step "Format (cargo fmt)"
cargo fmt --all --check
step "Spelling (typos)"
typos
step "Lints: server (clippy)"
cargo clippy --locked --workspace --exclude frontend --all-targets -- -D warnings
step "Lints: browser (clippy, wasm32)"
cargo clippy --locked -p frontend --target wasm32-unknown-unknown -- -D warnings
step "Documentation (cargo doc)"
RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --exclude frontend --no-deps
step "Dependencies: bans, licences, sources (cargo deny)"
cargo-deny --log-level warn --locked check bans licenses sources
step "Dependencies: advisories (cargo deny)"
advisories_skipped=
advisories
step "All checks passed${advisories_skipped:+ (advisories were not checked)}"
