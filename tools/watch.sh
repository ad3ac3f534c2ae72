#!/usr/bin/env bash
# The development server on http://127.0.0.1:3000: rebuilds and reloads on each change. Named without a command, the
# program adds the demo products to a shop that is empty.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"
tools/setup.sh build
step "Building for development (3 to 5 minutes the first time)"
exec cargo-leptos leptos watch
