#!/usr/bin/env bash
# Installs what is missing, in the version that is needed, and nothing else: a second run finds everything in place.
#   tools/setup.sh build     what a release build needs
#   tools/setup.sh check     what `make check` needs on top of Rust
#   tools/setup.sh e2e       what the browser tests need
#   tools/setup.sh interop   what the tests with other people's webhook libraries need
#   tools/setup.sh fuzz      what Schemathesis needs
#   tools/setup.sh bench     what makes the benchmark's load
#   tools/setup.sh audit     what Lighthouse and the load on pages need
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"

cargo_leptos_version=0.3.11
cargo_deny_version=0.20.2
typos_version=1.52.0
# The tool must be as old as the library, to the digit.
wasm_bindgen_version=$(sed -n 's/^wasm-bindgen = "=\(.*\)"/\1/p' Cargo.toml)
rust_version=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
node_major=20

rust() {
    has cargo || die "cargo is not installed." "Get it by rustup: https://rustup.rs"
    local version
    version=$(rustc --version | cut -d' ' -f2)
    at_least "$rust_version" "$version" ||
        die "Rust $version is too old, $rust_version is needed." "Run: rustup update stable"
}

wasm_target() {
    [ -d "$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown/lib" ] && return
    has rustup || die "This Rust cannot build WebAssembly, and there is no rustup to teach it." \
        "Install the standard library for wasm32-unknown-unknown, or Rust by rustup: https://rustup.rs"
    step "Installing Rust's WebAssembly target"
    rustup target add wasm32-unknown-unknown
}

c_compiler() {
    compiles_c && return
    case $(uname -s) in
    Darwin) die "A C compiler is needed (SQLite and the cryptography are C)." "Run: xcode-select --install" ;;
    esac
    apt_install build-essential pkg-config && compiles_c && return
    die "A C compiler is needed (SQLite and the cryptography are C)." \
        "Debian, Ubuntu: sudo apt-get install build-essential    Fedora: sudo dnf install gcc    Arch: sudo pacman -S base-devel"
}

compiles_c() { echo '#include <stdlib.h>
int main(void) { return 0; }' | ${CC:-cc} -x c -o /dev/null - 2>/dev/null; }

node_js() {
    has node && has npm || die "Node.js $node_major or newer is needed, with npm." "https://nodejs.org"
    local version
    version=$(node -p process.versions.node)
    at_least "$node_major" "$version" || die "Node.js $version is too old, $node_major or newer is needed."
}

# crate_tool <command> <crate> <version> <about> [cargo install options…]
# The user's own one if its version is right, else ours: prebuilt if cargo-binstall can, else compiled here.
crate_tool() {
    local command=$1 crate=$2 version=$3 about=$4
    shift 4
    is_version "$command" "$version" && return
    if has cargo-binstall; then
        step "Fetching $crate $version"
        cargo-binstall --no-confirm --force --disable-strategies compile --root "$tools" "$crate@$version" >&2 &&
            is_version "$command" "$version" && return
        note "No prebuilt one that runs here."
    fi
    step "Compiling $crate $version, once ($about)"
    # As quick to build as may be: these run for seconds, and the first build should not take half an hour.
    # Their own target folder, because one that is shared with the workspace by environment would be confused by both.
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
        cargo install "$crate" --version "$version" --root "$tools" --target-dir "$tools/build" --force "$@"
    rm -rf "$tools/build"
    is_version "$command" "$version" || die "$crate $version was installed, but $command does not say so." \
        "$(command -v "$command"): $("$command" --version 2>&1 | head -n 1)"
}

is_version() { has "$1" && [ "$(command "$1" --version 2>/dev/null | head -n 1 | cut -d' ' -f2)" = "$2" ]; }

# node_packages <folder> <about>: installs exactly what the lock file says, unless that is what is there.
node_packages() {
    local folder=$1 about=$2 lock
    lock=$(cksum <"$folder/package-lock.json")
    [ "$(cat "$folder/node_modules/.holdfast" 2>/dev/null)" = "$lock" ] && return
    step "Installing $about (npm)"
    # The browser comes from the system's packages.
    (cd "$folder" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error >&2)
    echo "$lock" >"$folder/node_modules/.holdfast"
}

browser() {
    node end2end/browser.mjs >/dev/null && return
    apt_install chromium fonts-liberation && node end2end/browser.mjs >/dev/null && return
    die "The browser tests need Chromium or Chrome, and none was found." \
        "Install it (Debian: sudo apt-get install chromium), or say where it is: CHROMIUM=/path/to/chrome make test"
}

load_generator() {
    has wrk || apt_install wrk ||
        die "wrk is needed, which makes the load." "Debian, Ubuntu: sudo apt-get install wrk    macOS: brew install wrk"
}

# The wheel is the prebuilt program; compiling takes minutes and is for machines without Python.
typos_checker() {
    is_version typos "$typos_version" && return
    if has python3; then
        step "Installing typos $typos_version"
        mkdir -p "$tools/bin"
        python3 -m venv --clear "$tools/typos" >/dev/null 2>&1 &&
            "$tools/typos/bin/pip" install --quiet --disable-pip-version-check "typos==$typos_version" >&2 &&
            ln -sf "$tools/typos/bin/typos" "$tools/bin/typos" &&
            is_version typos "$typos_version" && return
        note "Not from Python's packages."
    fi
    rm -f "$tools/bin/typos"
    crate_tool typos typos-cli "$typos_version" "about 3 minutes" --locked
}

rust_component() {
    cargo "$1" --version >/dev/null 2>&1 && return
    has rustup || die "cargo $1 is missing, and there is no rustup to install it."
    step "Installing $2"
    rustup component add "$2"
}

rust
case ${1:-build} in
build)
    c_compiler
    wasm_target
    node_js
    node_packages . "wasm-opt"
    crate_tool wasm-bindgen wasm-bindgen-cli "$wasm_bindgen_version" "about 3 minutes" --bin wasm-bindgen
    crate_tool cargo-leptos cargo-leptos "$cargo_leptos_version" "about 7 minutes" \
        --locked --ignore-rust-version --features no_downloads
    ;;
check)
    c_compiler
    wasm_target
    node_js
    rust_component fmt rustfmt
    rust_component clippy clippy
    typos_checker
    crate_tool cargo-deny cargo-deny "$cargo_deny_version" "about 7 minutes" --locked
    ;;
e2e)
    node_js
    node_packages end2end "Playwright"
    browser
    ;;
interop)
    node_js
    node_packages interop "the libraries that sign webhooks"
    venv interop interop/requirements.txt >/dev/null
    ;;
audit)
    node_js
    node_packages audit "Lighthouse"
    browser
    load_generator
    ;;
fuzz) venv fuzz tools/fuzz/requirements.txt >/dev/null ;;
bench) load_generator ;;
*) die "usage: tools/setup.sh build|check|e2e|interop|fuzz|bench|audit" ;;
esac
