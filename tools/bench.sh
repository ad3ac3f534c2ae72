#!/usr/bin/env bash
# Measures the engine's throughput beside a baseline and a ceiling (bench/run.mjs). Writes its reports to target/bench.
#   make bench                      everything, about ten minutes
#   make bench QUICK=1              a smoke test of everything, about one minute
#   make bench ONLY=holds,mixed     only these scenarios: holds, single, rejections, mixed, flood, growth, watchers
#   make bench ONLY=console         the console's screens with a million orders, about ten minutes; only on request
#   make bench ONLY=messages        mail and webhooks after a payment, about five minutes; only on request
#   make bench ONLY=compare BASE=folder   holds beside another build: a folder with its holdfast, hash.txt and site
#   make bench ROUNDS=5             rounds per scenario, 3 by default
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"
tools/build.sh
# The load generator and the servers share the machine, so everything is compiled before the measurement begins.
step "Building the ceiling, the watchers and the filler (a few minutes the first time)"
cargo build --locked --release --package server --example ceiling --example watchers --example run_sql --no-default-features
tools/setup.sh bench
# The watchers scenario opens ten thousand connections, and both their ends are on this machine.
ulimit -n 16384 2>/dev/null || ulimit -n "$(ulimit -Hn)"
HOLDFAST_POSTGRES_DURABLE=1 exec tools/with-postgres.sh node bench/run.mjs
