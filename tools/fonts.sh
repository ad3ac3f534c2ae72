#!/usr/bin/env bash
# Makes the storefront's fonts (assets/fonts) and their faces (style/fonts.css). Run it after a change of
# tools/fonts/make.mjs or of a font's version, and commit what it writes.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"
tools/setup.sh fonts
node tools/fonts/make.mjs
