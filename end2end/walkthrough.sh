#!/usr/bin/env bash
# Runs a document's walkthrough: each ```sh block that follows a line <!-- walkthrough -->, in one shell in the current folder.
#   end2end/walkthrough.sh [shop URL] [document]      default: http://127.0.0.1:3000 README.md
# The folder needs target/release/holdfast and the server's ./data, as in a clone after `make run`.
set -euo pipefail
shop=${1:-http://127.0.0.1:3000}
document=${2:-README.md}

commands=$(awk '
    /^<!-- walkthrough -->$/ { wanted = 1; next }
    wanted && /^```sh$/      { inside = 1; wanted = 0; next }
    inside && /^```$/        { inside = 0; print ""; next }
    inside                   { print }
' "$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/$document")
[ -n "$commands" ] || { echo "$document has no walkthrough" >&2; exit 1; }

# The first command that fails ends the run.
bash -euo pipefail -c "${commands//http:\/\/127.0.0.1:3000/$shop}"
