#!/usr/bin/env bash
# The release build: target/release/holdfast and its site files in target/site. Does nothing when nothing has changed.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"
tools/setup.sh build

# What goes into the build. Folders count too, by their own times, so that a file that went away is noticed.
sources=(app checkout frontend server style assets migrations .cargo Cargo.toml Cargo.lock package-lock.json tools/build.sh)
stamp=target/holdfast-build
compiler=$(rustc --version --verbose)

# Are the files there that the program's pages link to? `cargo leptos watch` puts its own in the same folder.
site_is_whole() {
    local kind hash
    while IFS=': ' read -r kind hash; do
        [ -f "target/site/pkg/holdfast.$hash.$kind" ] || return 1
    done <target/release/hash.txt
}

if [ -x target/release/holdfast ] && [ -f target/release/hash.txt ] && [ "$(cat "$stamp" 2>/dev/null)" = "$compiler" ] &&
    [ -z "$(find "${sources[@]}" -newer "$stamp" -print -quit)" ] && site_is_whole; then
    exit 0
fi

rm -f "$stamp"
began=$(mktemp "${TMPDIR:-/tmp}/holdfast-build.XXXXXX")
trap 'rm -f "$began"' EXIT
step "Building the release (5 to 10 minutes the first time, about 1 after a change)"
# Hashed names let browsers keep the files for good. Called directly, and not as `cargo leptos`, because cargo would
# look for it in its own folder first.
LEPTOS_HASH_FILES=true cargo-leptos leptos build --release --precompress
site_is_whole || die "The build finished, but target/site/pkg lacks what target/release/hash.txt names."
# As old as the build's beginning, so that what was edited meanwhile is built next time.
printf '%s\n' "$compiler" >"$stamp"
touch -r "$began" "$stamp"
