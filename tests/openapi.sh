#!/usr/bin/env bash
# Sends the sandbox what its description of data.world allows, and what it does not, and holds every answer against it.
#
# It needs schemathesis (PyPI), which WRITEBACK_TEST_SCHEMATHESIS names, and a built target/debug/writeback.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$(mktemp -d)
target/debug/writeback sandbox >"$folder/environment" 2>"$folder/log" &
sandbox=$!
trap 'kill "$sandbox"; rm -rf "$folder"' EXIT
for _ in $(seq 100); do
    [[ $(grep -c '^export ' "$folder/environment") -lt 5 ]] || break
    sleep 0.1
done
. "$folder/environment"

# A valid page token or statement cannot be described, so that what the description allows may be refused all the same. What
# it does not allow may not pass, and no answer may have another shape than described.
schemathesis=$(realpath "${WRITEBACK_TEST_SCHEMATHESIS:-$(command -v schemathesis)}") description=$PWD/tests/support/dataworld_openapi.json
cd "$folder"
timeout 600 "$schemathesis" run "$description" --url "$WRITEBACK_DATAWORLD_URL" \
    --header "Authorization: Bearer $DW_AUTH_TOKEN" --exclude-checks positive_data_acceptance \
    --seed 12 --max-examples 10 --generation-database none --continue-on-failure --warnings off
