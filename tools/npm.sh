#!/bin/sh
# Runs npm: the machine's own where its Node is new enough, else the one that requirements-dev.txt brought.
set -eu
cd "$(dirname "$0")/.."

major=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/') || major=
if [ "${major:-0}" -lt 20 ] || ! command -v npm >/dev/null; then
    PATH="$PWD/.venv/bin:$PATH"
    export PATH
fi
# The lock file decides about npm too: it need not praise a newer one.
export npm_config_update_notifier=false
exec npm "$@"
