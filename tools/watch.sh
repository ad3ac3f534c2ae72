#!/usr/bin/env bash
# Runs the development server on http://127.0.0.1:3000, which rebuilds and reloads on each change. Started without a
# command, holdfast adds the demo products to an empty shop.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"
tools/setup.sh build
step "Building for development (3 to 5 minutes the first time)"
exec cargo-leptos leptos watch
