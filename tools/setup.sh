#!/usr/bin/env bash
# Installs missing tools in the versions that Holdfast needs. A second run installs nothing.
#   tools/setup.sh build     tools for the release build
#   tools/setup.sh check     tools for `make check`
#   tools/setup.sh double    npm packages, for the double of Stripe's API
#   tools/setup.sh e2e       Playwright, a mail server and a browser, for the browser tests
#   tools/setup.sh firefox   Firefox, for the browser tests in another engine
#   tools/setup.sh interop   third-party libraries for webhooks, event streams and Stripe
#   tools/setup.sh fuzz      Schemathesis
#   tools/setup.sh bench     the benchmark's load generator
#   tools/setup.sh audit     Lighthouse, a browser and a load generator
#   tools/setup.sh fonts     fonts of Fontsource, and a library that subsets them
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"

cargo_leptos_version=0.3.11
cargo_deny_version=0.20.2
typos_version=1.52.0
# The tool's version must equal the library's.
wasm_bindgen_version=$(sed -n 's/^wasm-bindgen = "=\(.*\)"/\1/p' Cargo.toml)
rust_version=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
node_major=20

rust() {
    has cargo || die "cargo is not installed." "Install it with rustup: https://rustup.rs"
    local version
    version=$(rustc --version | cut -d' ' -f2)
    at_least "$rust_version" "$version" ||
        die "Rust $version is too old, $rust_version or newer is needed." "rustup reads the version from rust-toolchain.toml: https://rustup.rs"
}

wasm_target() {
    [ -d "$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown/lib" ] && return
    has rustup || die "This Rust cannot build WebAssembly, and rustup is not installed." \
        "Install the standard library for wasm32-unknown-unknown, or install Rust with rustup: https://rustup.rs"
    step "Installing Rust's WebAssembly target"
    rustup target add wasm32-unknown-unknown
}

c_compiler() {
    compiles_c && return
    case $(uname -s) in
    Darwin) die "A C compiler is needed: SQLite and the cryptography library are written in C." "Run: xcode-select --install" ;;
    esac
    apt_install build-essential pkg-config && compiles_c && return
    die "A C compiler is needed: SQLite and the cryptography library are written in C." \
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
# Keeps the user's tool if its version matches. Otherwise installs a prebuilt one with cargo-binstall, or compiles it.
crate_tool() {
    local command=$1 crate=$2 version=$3 about=$4
    shift 4
    is_version "$command" "$version" && return
    if has cargo-binstall; then
        step "Fetching $crate $version"
        cargo-binstall --no-confirm --force --disable-strategies compile --root "$tools" "$crate@$version" >&2 &&
            is_version "$command" "$version" && return
        note "No prebuilt version runs on this machine."
    fi
    step "Compiling $crate $version, once ($about)"
    # Low optimisation: these tools run for seconds, so build time matters more. A separate target folder keeps a
    # CARGO_TARGET_DIR from the environment from mixing their artifacts with the workspace's.
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
        cargo install "$crate" --version "$version" --root "$tools" --target-dir "$tools/build" --force "$@"
    rm -rf "$tools/build"
    is_version "$command" "$version" || die "$crate $version was installed, but $command reports another version." \
        "$(command -v "$command"): $("$command" --version 2>&1 | head -n 1)"
}

is_version() { has "$1" && [ "$(command "$1" --version 2>/dev/null | head -n 1 | cut -d' ' -f2)" = "$2" ]; }

# Installs the packages of the whole npm workspace, unless the lock file has not changed since the last time. One step for
# all takes about 20 s; `npm ci --workspace` would remove the other members' packages again.
node_packages() {
    local lock
    lock=$(cksum <package-lock.json)
    [ "$(cat node_modules/.holdfast 2>/dev/null)" = "$lock" ] && return
    step "Installing the npm packages"
    # The browser comes from the system's packages.
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error >&2
    echo "$lock" >node_modules/.holdfast
}

# Fetches Scalar, the script of the page /api/docs, into assets/, whose files the build copies and compresses. Only one file
# of the package is needed, so its 270 dependencies are not installed.
api_reference() {
    local package=@scalar/api-reference@1.72.1 file=assets/docs/scalar.js folder archive
    local sha512=5e9109d2b7dcfdc5db0ab47e882e242b4a3f5b05f6753b4641b4f4e3d3a53ca0070fa20c205753786cf6afe336ecfd840d62b25084d19bf37394ff33da9c3f3b
    [ "$(cat assets/docs/.version 2>/dev/null)" = "$package" ] && [ -f "$file" ] && return
    step "Fetching $package"
    folder=$(mktemp -d)
    archive=$folder/$(npm pack "$package" --pack-destination "$folder" --silent)
    node -e 'const [, file, sum] = process.argv; const data = require("fs").readFileSync(file);
        process.exit(require("crypto").createHash("sha512").update(data).digest("hex") === sum ? 0 : 1)' "$archive" "$sha512" ||
        die "The archive of $package has an unexpected checksum."
    mkdir -p assets/docs
    tar -xzf "$archive" -O package/dist/browser/standalone.js >"$file"
    echo "$package" >assets/docs/.version
    rm -rf "$folder"
}

browser() {
    node end2end/find_browser.mjs >/dev/null && return
    apt_install chromium fonts-liberation && node end2end/find_browser.mjs >/dev/null && return
    die "Chromium or Chrome is needed, and none was found." \
        "Install it (Debian: sudo apt-get install chromium), or set its path: CHROMIUM=/path/to/chrome make test"
}

firefox() {
    node end2end/firefox/find_firefox.mjs >/dev/null && return
    apt_install firefox-esr && node end2end/firefox/find_firefox.mjs >/dev/null && return
    die "Firefox is needed, and none was found." \
        "Install it (Debian: sudo apt-get install firefox-esr), or set its path: FIREFOX=/path/to/firefox make test"
}

load_generator() {
    has wrk || apt_install wrk ||
        die "The load generator wrk is needed." "Debian, Ubuntu: sudo apt-get install wrk    macOS: brew install wrk"
}

# The Python wheel contains the prebuilt program. Without Python, the tool is compiled, which takes minutes.
typos_checker() {
    is_version typos "$typos_version" && return
    if has python3; then
        step "Installing typos $typos_version"
        mkdir -p "$tools/bin"
        python3 -m venv --clear "$tools/typos" >/dev/null 2>&1 &&
            "$tools/typos/bin/pip" install --quiet --disable-pip-version-check "typos==$typos_version" >&2 &&
            ln -sf "$tools/typos/bin/typos" "$tools/bin/typos" &&
            is_version typos "$typos_version" && return
        note "The Python package could not be installed."
    fi
    rm -f "$tools/bin/typos"
    crate_tool typos typos-cli "$typos_version" "about 3 minutes" --locked
}

rust_component() {
    cargo "$1" --version >/dev/null 2>&1 && return
    has rustup || die "cargo $1 is missing, and rustup is not installed."
    step "Installing $2"
    rustup component add "$2"
}

rust
case ${1:-build} in
build)
    c_compiler
    wasm_target
    node_js
    node_packages
    api_reference
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
double)
    node_js
    node_packages
    ;;
e2e)
    node_js
    node_packages
    browser
    ;;
firefox)
    node_js
    node_packages
    firefox
    ;;
interop)
    node_js
    node_packages
    venv interop interop/requirements.txt >/dev/null
    ;;
audit)
    node_js
    node_packages
    browser
    load_generator
    ;;
fuzz) venv fuzz tools/fuzz/requirements.txt >/dev/null ;;
bench) load_generator ;;
fonts)
    node_js
    node_packages
    ;;
*) die "usage: tools/setup.sh build|check|double|e2e|firefox|interop|fuzz|bench|audit|fonts" ;;
esac
