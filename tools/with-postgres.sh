#!/usr/bin/env bash
# Runs a command with a temporary PostgreSQL server: tools/with-postgres.sh <command> [argument…]
# The command finds the server's URL in HOLDFAST_TEST_POSTGRES_URL and may create databases. The server is deleted afterwards.
# If that variable is set already, the script uses that server and starts none.
# HOLDFAST_POSTGRES_DURABLE=1 turns fsync on, as in production. The benchmark needs that.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
[ $# -gt 0 ] || die "usage: tools/with-postgres.sh <command> [argument…]"
if [ -n "${HOLDFAST_TEST_POSTGRES_URL:-}" ]; then exec "$@"; fi

# Finds the newest folder with the server's programs. Debian does not put them on PATH.
find_programs() {
    local folder found=
    for folder in $(printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin \
        /usr/local/opt/postgresql*/bin | sort -V); do
        [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ] && [ -x "$folder/postgres" ] && found=$folder
    done
    if [ -z "$found" ] && has initdb && has pg_ctl; then found=$(dirname "$(command -v initdb)"); fi
    programs=$found
    [ -n "$found" ]
}

find_programs || { apt_install postgresql && find_programs; } ||
    die "The tests need PostgreSQL's server programs (initdb, pg_ctl), and none were found." \
        "Debian, Ubuntu: sudo apt-get install postgresql    macOS: brew install postgresql" \
        "Or set HOLDFAST_TEST_POSTGRES_URL=postgres://… to a server in which the tests may create databases."

# PostgreSQL refuses to run as root, so this runs a command as another user.
unprivileged() {
    if [ "$(id -u)" -ne 0 ]; then
        "$@"
    elif has runuser; then
        runuser -u "$user" -- "$@"
    elif has setpriv; then
        setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups "$@"
    else
        su "$user" -s /bin/sh -c 'exec "$@"' -- sh "$@"
    fi
}

user=$(id -un)
if [ "$(id -u)" -eq 0 ]; then
    user=nobody
    if id postgres >/dev/null 2>&1; then user=postgres; fi
fi

# fsync is off because the data is deleted after the tests. synchronous_commit stays on, as in production.
durability="-c fsync=off -c full_page_writes=off -c synchronous_commit=on"
folder=/tmp
if [ "${HOLDFAST_POSTGRES_DURABLE:-}" = 1 ]; then
    durability="-c fsync=on -c full_page_writes=on -c synchronous_commit=on"
    # /tmp may be in memory; /var/tmp is on a disk.
    folder=/var/tmp
fi

# Not below TMPDIR: a socket's path is limited to 107 bytes, and the other user may lack access.
home=$(mktemp -d "$folder/holdfast-postgres.XXXXXX")
stop() {
    trap - EXIT INT TERM HUP
    if [ -f "$home/data/postmaster.pid" ]; then
        unprivileged "$programs/pg_ctl" -D "$home/data" -m immediate -w stop >/dev/null 2>&1 ||
            note "PostgreSQL in $home did not stop."
    fi
    rm -rf "$home"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
printf '%s\n' "$password" >"$home/password"
chmod 600 "$home/password"
[ "$(id -u)" -ne 0 ] || chown -R "$user" "$home"
cd "$home"

step "Starting a temporary PostgreSQL ($("$programs/postgres" --version | cut -d' ' -f3))"
unprivileged "$programs/initdb" --pgdata="$home/data" --username=holdfast --pwfile="$home/password" --auth=scram-sha-256 \
    --encoding=UTF8 --locale=C --no-sync >"$home/initdb.log" 2>&1 || {
    cat "$home/initdb.log" >&2
    die "PostgreSQL could not be initialised."
}

settings="-c listen_addresses=127.0.0.1 -c unix_socket_directories=$home -c max_connections=200 $durability"
for attempt in 1 2 3 4 5; do
    # Another program may take the port before PostgreSQL binds it, so try again with a new one.
    port=$(node -e 'const s = require("net").createServer(); s.listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })')
    unprivileged "$programs/pg_ctl" -D "$home/data" -l "$home/server.log" -w -t 60 -o "$settings -p $port" start >/dev/null 2>&1 && break
    [ "$attempt" -lt 5 ] || {
        tail -n 20 "$home/server.log" >&2
        die "PostgreSQL did not start."
    }
done

cd "$OLDPWD"
# Appends PostgreSQL's own programs (psql, pgbench) to PATH for machines that lack them.
PATH="$PATH:$programs" HOLDFAST_TEST_POSTGRES_URL="postgres://holdfast:$password@127.0.0.1:$port/postgres" "$@"
