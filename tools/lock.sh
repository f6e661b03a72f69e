#!/usr/bin/env bash
# Writes requirements.lock and requirements-dev.lock anew from the ranges. Needs uv (pip install uv). No index or host is written.
set -euo pipefail
cd "$(dirname "$0")/.."
for name in requirements requirements-dev; do
    uv pip compile --quiet --python-version 3.11 --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
        "$name.txt" | grep -v '^--' > "$name.lock.new"
    mv "$name.lock.new" "$name.lock"
done
