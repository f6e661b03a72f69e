#!/usr/bin/env bash
# Every check and test, all of them even when some fail. Most run side by side on the cores there are; what trains before a browser needs
# the machine to itself.
set -uo pipefail
cd "$(dirname "$0")/.."
python=.venv/bin/python
looks=tests/browser/test_every_page.py  # trains nothing
failed=0
$python -m ruff check . || failed=1
$python -m mypy || failed=1
$python -m pytest --durations=15 --numprocesses=auto --maxprocesses=4 --dist=loadgroup tests/faults tests/unit tests/pages "$looks" || failed=1
$python -m pytest --durations=15 tests/browser --ignore="$looks" || failed=1
exit $failed
