#!/usr/bin/env bash
# Usage: tools/environment.sh PYTHON LOCK. Makes .venv in this project, when missing, and installs LOCK into it.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${1:-python3} lock=${2:-requirements.lock}

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "dlcore needs Python 3.11 or later, and '$python' is not one. Name one: make PYTHON=/path/to/python3.11 …" >&2
    exit 1
fi
if [ ! -x .venv/bin/python ] || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    # Debian's python3 comes without ensurepip; virtualenv does not need it.
    "$python" -m venv .venv 2>/dev/null ||
        { "$python" -m pip install --quiet virtualenv 2>/dev/null && "$python" -m virtualenv --quiet .venv; } ||
        { [ "$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq python3-venv && "$python" -m venv .venv; } ||
        { echo "Could not make .venv: install the package python3-venv (or virtualenv) and try again." >&2; exit 1; }
fi
echo "Installing $lock into .venv (the first time downloads about 1 GB, most of it TensorFlow) …"
.venv/bin/python -m pip install --disable-pip-version-check --quiet -r "$lock"
