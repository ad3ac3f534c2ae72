#!/usr/bin/env bash
# Films a drop that sells out (audit/movie.mjs), for README: docs/drop.webp.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"
tools/build.sh
tools/setup.sh audit
exec node audit/movie.mjs
