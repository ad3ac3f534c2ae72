#!/usr/bin/env bash
# The development server on http://127.0.0.1:3000, with demo products: rebuilds and reloads on each change.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"
tools/setup.sh build
step "Building for development (3 to 5 minutes the first time)"
cargo-leptos leptos build
target/debug/holdfast seed >/dev/null
exec cargo-leptos leptos watch -- serve
