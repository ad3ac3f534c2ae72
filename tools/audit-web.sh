#!/usr/bin/env bash
# Audits the storefront's pages: their weight, Lighthouse, how fast they are drawn. See audit/run.mjs. RUNS=n: more than three.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"
tools/build.sh
tools/setup.sh audit
exec node audit/run.mjs
