#!/usr/bin/env bash
# Takes screenshots of the main pages (target/screenshots) and updates the one that README shows.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"
tools/build.sh
tools/setup.sh e2e
(cd end2end && npx playwright test screenshots)
mkdir -p docs
cp target/screenshots/console-live-desktop-light.png docs/console-live.png
picture=docs/console-live.png
size=$(wc -c <"$picture")
[ "$size" -lt 400000 ] || die "$picture has $size bytes; the limit is 400000."
step "$picture, $((size / 1000)) kB"
