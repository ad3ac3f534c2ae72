#!/usr/bin/env bash
# Runs the interoperability tests against the release build: tools/interop.sh [options of node's test runner…]
# HOLDFAST_BIN selects another build.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"
tools/setup.sh interop
python=$(venv interop interop/requirements.txt)/bin/python
cd interop
HOLDFAST_INTEROP_PYTHON=$python exec node --test --test-reporter=spec "$@" ./*.test.mjs
