#!/usr/bin/env bash
# Runs README's walkthrough: each ```sh block that follows a line <!-- walkthrough -->, in one shell in the current folder.
#   end2end/walkthrough.sh [shop URL]      default: http://127.0.0.1:3000
# The folder needs target/release/holdfast and the server's ./data, as in a clone after `make run`.
set -euo pipefail
readme=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/README.md
shop=${1:-http://127.0.0.1:3000}

commands=$(awk '
    /^<!-- walkthrough -->$/ { wanted = 1; next }
    wanted && /^```sh$/      { inside = 1; wanted = 0; next }
    inside && /^```$/        { inside = 0; print ""; next }
    inside                   { print }
' "$readme")
[ -n "$commands" ] || { echo "README.md has no walkthrough" >&2; exit 1; }

# The first command that fails ends the run.
bash -euo pipefail -c "${commands//http:\/\/127.0.0.1:3000/$shop}"
