#!/usr/bin/env bash
# Installs Chromium for the browser tests when there is none: with apt-get as root or through sudo; otherwise says what to do.
set -uo pipefail
for name in chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$name" >/dev/null && exit 0
done
as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo -n)
if command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; then
    echo "Installing Chromium for the browser tests …"
    export DEBIAN_FRONTEND=noninteractive
    "${as_root[@]}" apt-get update -qq && "${as_root[@]}" apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
fi
command -v chromium >/dev/null && exit 0
echo "There is no Chromium: the browser tests will be skipped. Install it (Debian: apt-get install chromium) and run them with make browser." >&2
# On a build server a missing browser is a failure: nobody reads a skipped test there.
[ -z "${CI:-}" ]
