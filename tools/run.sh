#!/usr/bin/env bash
# Runs the shop on this machine: installs tools, builds the release, adds demo products and starts the server. The server
# prints its address and runs until Ctrl+C.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"
tools/build.sh
step "Demo products"
target/release/holdfast seed >/dev/null
step "Starting Holdfast (Ctrl+C stops it)"
exec target/release/holdfast serve
