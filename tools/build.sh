#!/usr/bin/env bash
# Builds the release: target/release/holdfast and its site files in target/site. Does nothing if no source has changed.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"
tools/setup.sh build

# Inputs of the build. The folders' own modification times reveal deleted files.
sources=(app checkout frontend integrations server locales style assets migrations .cargo Cargo.toml Cargo.lock rust-toolchain.toml
    package-lock.json tools/build.sh)
stamp=target/holdfast-build
compiler=$(rustc --version --verbose)

# Succeeds if target/site has the files that the program's pages link to. `cargo leptos watch` writes to the same folder.
site_is_complete() {
    local kind hash
    while IFS=': ' read -r kind hash; do
        [ -f "target/site/pkg/holdfast.$hash.$kind" ] || return 1
    done <target/release/hash.txt
}

if [ -x target/release/holdfast ] && [ -f target/release/hash.txt ] && [ "$(cat "$stamp" 2>/dev/null)" = "$compiler" ] &&
    [ -z "$(find "${sources[@]}" -newer "$stamp" -print -quit)" ] && site_is_complete; then
    exit 0
fi

rm -f "$stamp"
began=$(mktemp "${TMPDIR:-/tmp}/holdfast-build.XXXXXX")
trap 'rm -f "$began"' EXIT
step "Building the release (5 to 10 minutes the first time, about 1 after a change)"
# Hashed file names let browsers cache the files forever. The tool is called directly because `cargo leptos` would look in
# cargo's own folder first.
LEPTOS_HASH_FILES=true cargo-leptos leptos build --release --precompress
site_is_complete || die "The build finished, but target/site/pkg lacks files that target/release/hash.txt names."
# The stamp is as old as the start of the build, so files edited meanwhile are rebuilt next time.
printf '%s\n' "$compiler" >"$stamp"
touch -r "$began" "$stamp"
