#!/usr/bin/env bash
# Makes the fonts of the social images (server/src/cards/fonts): Inter from npm, in two weights, with the characters of European
# languages only. Needs npm and Python; installs fonttools into target/card-fonts.
set -euo pipefail
cd "$(dirname "$0")/.."

VERSION=5.3.0
FONTTOOLS=4.68.0
WORK=target/card-fonts
FONTS=server/src/cards/fonts
# Latin with accents, Greek, Cyrillic, punctuation, currencies, arrows.
UNICODES=U+0020-007E,U+00A0-017F,U+018F,U+0192,U+01A0-01A1,U+01AF-01B0,U+0218-021B,U+02C6-02DD,U+0300-0309,U+0323,U+0370-03FF
UNICODES+=,U+0400-045F,U+0490-0491,U+1E80-1E9E,U+1EA0-1EF9,U+2010-2026,U+2030-203A,U+2070-2089,U+20A0-20BF,U+2116,U+2122
UNICODES+=,U+202F,U+2212

mkdir -p "$WORK" "$FONTS"
python3 -m venv "$WORK/venv"
"$WORK/venv/bin/pip" install --quiet "fonttools==$FONTTOOLS" brotli
npm pack --silent --pack-destination "$WORK" "@fontsource/inter@$VERSION" >/dev/null
tar -xzf "$WORK/fontsource-inter-$VERSION.tgz" -C "$WORK"
for weight in 500 700; do
  parts=()
  for script in latin latin-ext greek cyrillic vietnamese; do
    part="$WORK/$script-$weight.ttf"
    "$WORK/venv/bin/pyftsubset" "$WORK/package/files/inter-$script-$weight-normal.woff2" --unicodes="$UNICODES" \
      --layout-features=kern,mark,mkmk,ccmp --no-hinting --output-file="$part"
    parts+=("$part")
  done
  "$WORK/venv/bin/fonttools" merge --output-file="$FONTS/inter-$weight.ttf" "${parts[@]}" >/dev/null
done
cp "$WORK/package/LICENSE" "$FONTS/OFL.txt"
ls -l "$FONTS"
