# Shared functions of the scripts in tools/: tool paths, messages, package installation.
# This file is sourced, not run. The caller sets `set -euo pipefail`.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# Tools that the user lacks, or has in another version, are installed here. The user's own versions stay untouched.
tools=${HOLDFAST_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/holdfast/tools}
export PATH="$root/node_modules/.bin:$tools/bin:$PATH:${CARGO_HOME:-$HOME/.cargo}/bin"

step() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
note() { printf '    %s\n' "$*" >&2; }
die() {
    printf '\033[1;31merror:\033[0m %s\n' "$1" >&2
    shift
    [ $# -eq 0 ] || printf '       %s\n' "$@" >&2
    exit 1
}

# Succeeds if a program of that name is on PATH. Shell functions do not count.
has() { [ -n "$(type -P "$1")" ]; }

# Runs a command as root if that needs no password; fails otherwise.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif has sudo && sudo -n true 2>/dev/null; then
        sudo -n "$@"
    else
        return 1
    fi
}

# Installs packages with apt if apt exists and needs no password; fails otherwise.
apt_install() {
    has apt-get && as_root true || return 1
    step "Installing $* (apt-get)"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "$@" >&2 && return
    note "Refreshing the package lists first"
    as_root apt-get update -q >&2 &&
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "$@" >&2
}

# at_least 1.95.0 1.97.1: succeeds if the second version is not older than the first.
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

# Runs a command with a time limit if the system has `timeout`.
limited() {
    local seconds=$1
    shift
    if has timeout; then timeout "$seconds" "$@"; else "$@"; fi
}

# venv <name> <requirements>: installs a requirements file that pins every package into its own virtual environment and
# prints that folder: bin=$(venv fuzz tools/fuzz/requirements.txt)/bin. Does nothing if the file has not changed since.
venv() {
    local folder=$tools/$1 requirements=$2 lock
    has python3 || apt_install python3 python3-venv || die "Python 3 is needed, with its venv module." "https://www.python.org"
    lock="$(cksum <"$requirements") $(python3 --version)"
    if [ "$(cat "$folder/.holdfast" 2>/dev/null)" != "$lock" ]; then
        step "Installing the packages of $requirements (pip)"
        mkdir -p "$tools"
        new_venv "$folder" || { apt_install python3-venv && new_venv "$folder"; } ||
            die "Python's venv module is missing." "Debian, Ubuntu: sudo apt-get install python3-venv"
        # The file pins every package, so pip must not resolve dependencies itself.
        "$folder/bin/pip" install --quiet --disable-pip-version-check --no-deps --requirement "$requirements" >&2 &&
            "$folder/bin/pip" --quiet --disable-pip-version-check check >&2 || die "pip could not install $requirements."
        printf '%s\n' "$lock" >"$folder/.holdfast"
    fi
    printf '%s\n' "$folder"
}

new_venv() { python3 -m venv --clear "$1" >/dev/null 2>&1; }
