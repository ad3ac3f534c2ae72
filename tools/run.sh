#!/usr/bin/env bash
# The shop on this machine: set-up, release build, demo products, server. The server prints its address and runs until
# it is interrupted.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"
tools/build.sh
step "Demo products"
target/release/holdfast seed >/dev/null
step "Starting Holdfast (Ctrl+C ends it)"
exec target/release/holdfast serve
