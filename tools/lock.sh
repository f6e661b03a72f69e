#!/usr/bin/env bash
# Writes requirements.lock and requirements-dev.lock anew from the ranges. Needs uv (pip install uv). No index or host is written.
# The larger one first: what the app is tested with is what it is shipped with.
set -euo pipefail
cd "$(dirname "$0")/.."
lock() {
    uv pip compile --quiet --python-version 3.11 --no-header --no-annotate --no-emit-index-url --no-emit-find-links "$@" | grep -v '^--'
}
lock requirements-dev.txt > requirements-dev.lock.new
lock requirements.txt --constraint requirements-dev.lock.new > requirements.lock.new
mv requirements-dev.lock.new requirements-dev.lock
mv requirements.lock.new requirements.lock
