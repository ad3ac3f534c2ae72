#!/usr/bin/env bash
# Everything that can be said about the code without running it. CI runs this first.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"
tools/setup.sh check

# Lock files name the default registry or none: what one machine reaches through a mirror, others may not.
lock_files() {
    local strange
    strange=$(grep -nE '^source = ' Cargo.lock | grep -vE '"registry\+[^"]*/crates\.io-index"$' || true)
    strange+=$(grep -nHE '"resolved":' package-lock.json end2end/package-lock.json interop/package-lock.json \
        audit/package-lock.json || true)
    [ -z "$strange" ] || die "A lock file names a registry:" "$strange" \
        "For npm: npm config set omit-lockfile-registry-resolved true"
}

# The advisories come from the network. Not reaching them is no fault of the code; what they say is.
advisories() {
    if limited 120 cargo-deny --log-level error fetch db >/dev/null 2>&1; then
        cargo-deny --log-level warn check --disable-fetch advisories
    else
        advisories_unread=yes
        note "NOT CHECKED: the advisory database is out of reach from here."
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
advisories_unread=
advisories
step "Checked${advisories_unread:+, except for advisories}"
