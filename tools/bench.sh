#!/usr/bin/env bash
# Measures what the engine does, side by side with what it replaces: see bench/run.mjs. Leaves target/bench.
#   make bench                      everything, about ten minutes
#   make bench QUICK=1              a smoke of everything, about one minute
#   make bench ONLY=holds,mixed     these parts: holds, single, rejections, mixed, flood, growth, watchers
#   make bench ROUNDS=5             more rounds than three
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"
tools/build.sh
# What the load, the server and its ceiling share is the machine; nothing may be compiled once it begins.
step "Building the ceiling and the watchers (a few minutes the first time)"
cargo build --locked --release --package server --example ceiling --example watchers --no-default-features
tools/setup.sh bench
# Ten thousand watchers, at both ends.
ulimit -n 16384 2>/dev/null || ulimit -n "$(ulimit -Hn)"
HOLDFAST_POSTGRES_DURABLE=1 exec tools/with-postgres.sh node bench/run.mjs
