#!/bin/sh
# Runs tests/cluster.py: what `writeback schedule` writes for Kubernetes and Airflow, before the schema of the one and a real other.
#
# Both come from PyPI, into a folder of their own, which goes afterwards; or into $WRITEBACK_TEST_CLUSTER, which stays.
# AIRFLOW=2.11.2 tests/cluster.sh takes another version, and then whatever else PyPI has for it.
set -eu
cd "$(dirname "$0")/.."

folder=${WRITEBACK_TEST_CLUSTER:-}
if [ -z "$folder" ]; then
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
fi
[ -x "$folder/bin/python" ] || python3 -m venv "$folder"
if [ -n "${AIRFLOW:-}" ]; then
    "$folder/bin/pip" install -q --disable-pip-version-check "apache-airflow==$AIRFLOW" kubernetes-validate==1.37.0
else
    "$folder/bin/pip" install -q --disable-pip-version-check -c tests/cluster.txt apache-airflow kubernetes-validate
fi
cargo build --locked
"$folder/bin/python" tests/cluster.py target/debug/writeback
