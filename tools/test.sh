#!/usr/bin/env bash
# Every check and test, all of them even when some fail, side by side: a worker more than there are cores, since some wait for processes.
# Tests that share something costly (a browser, a trainer, a kernel, compiled nets) stay together, as tests/conftest.py says.
set -uo pipefail
cd "$(dirname "$0")/.."
python=.venv/bin/python
failed=0
said=$(mktemp)
trap 'rm -f "$said"' EXIT
{ $python -m ruff check . && $python -m mypy; } >"$said" 2>&1 &
lint=$!
$python -m pytest --durations=25 --numprocesses="$($python -c "import os; print(os.cpu_count() + 1)")" --maxprocesses=5 --dist=loadgroup tests || failed=1
wait $lint || failed=1
cat "$said"
exit $failed
