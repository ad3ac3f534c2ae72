#!/usr/bin/env bash
# Runs README's walk-through as it stands there, so that it cannot rot: every ```sh block that follows a line
# <!-- walkthrough -->, in one shell, in the current folder.
#   end2end/walkthrough.sh [address of the shop]      instead of http://127.0.0.1:3000
# The folder needs what a clone has after `make run`: target/release/holdfast, and the server's ./data.
set -euo pipefail
readme=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/README.md
shop=${1:-http://127.0.0.1:3000}

commands=$(awk '
    /^<!-- walkthrough -->$/ { wanted = 1; next }
    wanted && /^```sh$/      { inside = 1; wanted = 0; next }
    inside && /^```$/        { inside = 0; print ""; next }
    inside                   { print }
' "$readme")
[ -n "$commands" ] || { echo "README.md has no walk-through" >&2; exit 1; }

# Shown as they run, and the first that fails ends it; a reader would stop there, too.
bash -euo pipefail -c "${commands//http:\/\/127.0.0.1:3000/$shop}"
