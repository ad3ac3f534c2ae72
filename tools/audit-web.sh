#!/usr/bin/env bash
# Audits the storefront's pages: transfer size, Lighthouse scores and rendering rate (audit/run.mjs). RUNS=n: runs per page,
# 3 by default.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"
tools/build.sh
tools/setup.sh audit
exec node audit/run.mjs
