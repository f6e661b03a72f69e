#!/usr/bin/env bash
# Every check and test, all of them even when some fail. Most run side by side on the cores there are, and those that share something costly
# (a trainer, a kernel, compiled nets) stay together, as tests/conftest.py says. What trains before a browser needs the machine to itself:
# workers are polite, and beside other tests a net of two epochs was seen to take five minutes.
set -uo pipefail
cd "$(dirname "$0")/.."
python=.venv/bin/python
failed=0
said=$(mktemp)
export DLCORE_COMPILED=$(mktemp -d)  # nets that the first tests have compiled are not compiled again by the last
trap 'rm -rf "$said" "$DLCORE_COMPILED"' EXIT
{ $python -m ruff check . && $python -m mypy; } >"$said" 2>&1 &
lint=$!
$python -m pytest --durations=25 --numprocesses=auto --maxprocesses=4 --dist=loadgroup -m "not nightly and not alone" tests || failed=1
$python -m pytest --durations=15 -m "alone and not nightly" tests/browser || failed=1
wait $lint || failed=1
cat "$said"
exit $failed
