#!/usr/bin/env bash
# Fuzzes the release build's API against its OpenAPI document with all checks of Schemathesis: tools/fuzz.sh [seconds]
# HOLDFAST_BIN selects another build. Each failure is printed with a request that reproduces it; SEED=n repeats a run.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"
seconds=${1:-50}
tools/setup.sh fuzz
bin=$(venv fuzz tools/fuzz/requirements.txt)/bin
holdfast=${HOLDFAST_BIN:-target/release/holdfast}
[ -x "$holdfast" ] || die "$holdfast does not exist." "Run: make build"

data=$(mktemp -d)
server=
clean_up() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    wait 2>/dev/null || true
    rm -rf "$data"
}
trap clean_up EXIT

export HOLDFAST_DATA_DIR=$data DATABASE_URL=sqlite://$data/fuzz.db HOLDFAST_RATE_LIMIT=off HOLDFAST_ENV=development
# Refunds wait for the calls that carry them out, and webhooks go to a receiver of the run.
export HOLDFAST_AUTO_REFUND=off HOLDFAST_WEBHOOKS_ALLOW_PRIVATE=on
export HOLDFAST_WEBHOOK_SECRETS=fuzzed-by-schemathesis HOLDFAST_STRIPE_SECRETS=whsec_fuzzed RUST_LOG=warn
"$holdfast" seed >/dev/null
# Enough stock for all holds of a run.
product=$("$holdfast" product add --slug fuzzed --name "For the fuzzer" --price 1.00 --currency USD --stock 1000000 --extend-seconds 60)
# Calls of the admin API pause and archive this one.
admin_product=$("$holdfast" product add --slug fuzzed-admin --name "For the admin API" --price 1.00 --currency USD --stock 1000000)
client=$("$holdfast" client add --name fuzz --scopes "checkout catalog:read catalog:write orders:read orders:write \
    payments:read payments:write refunds:write audit:read clients:read clients:write webhooks:read webhooks:write")
"$holdfast" serve --addr 127.0.0.1:0 >"$data/log" 2>&1 &
server=$!
address() { grep -oE '127\.0\.0\.1:[1-9][0-9]*' "$data/log" | head -n 1; }
for _ in $(seq 100); do
    [ -z "$(address)" ] || break
    kill -0 "$server" 2>/dev/null || die "The server did not start:" "$(cat "$data/log")"
    sleep 0.1
done
url=http://$(address)

field() { python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }
FUZZ_CLIENT_ID=$(field client_id <<<"$client")
FUZZ_CLIENT_SECRET=$(field client_secret <<<"$client")
FUZZ_PRODUCT=$(field id <<<"$product")
FUZZ_ADMIN_PRODUCT=$(field id <<<"$admin_product")
export FUZZ_CLIENT_ID FUZZ_CLIENT_SECRET FUZZ_PRODUCT FUZZ_ADMIN_PRODUCT FUZZ_URL=$url PYTHONPATH=$root/tools/fuzz SCHEMATHESIS_HOOKS=hooks
export FUZZ_RESPONSES=$data/responses.json PYTHONDONTWRITEBYTECODE=1

step "Schemathesis, $seconds seconds"
code=0
# Schemathesis stores its example database in the current folder, which is deleted afterwards.
cd "$data"
limited $((seconds * 4 + 60)) "$bin/schemathesis" --config-file "$root/tools/fuzz/schemathesis.toml" run "$url/api/openapi.json" \
    --max-time "$seconds" ${SEED:+--seed "$SEED"} --no-color || code=$?
cd "$root"
kill -0 "$server" 2>/dev/null || die "The server ended during the run:" "$(tail -n 20 "$data/log")"
kill "$server"
wait "$server" || true
server=
# No request may cause stock drift or an internal error.
"$holdfast" audit >/dev/null || die "holdfast audit found stock drift."
! grep -E '\bERROR\b|panicked at' "$data/log" || code=1
step "Responses by call"
"$bin/python" tools/fuzz/response_coverage.py "$FUZZ_RESPONSES" || code=1
exit "$code"
