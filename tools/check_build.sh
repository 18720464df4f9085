#!/bin/sh
# Builds the snippet again and compares it with the files that are committed. Needs no git.
set -eu
cd "$(dirname "$0")/.."

committed=$(mktemp -d)
trap 'rm -rf "$committed"' EXIT
cp -R static/dist/. "$committed"
sh tools/npm.sh run build
if ! diff -r "$committed" static/dist >/dev/null; then
    echo "static/dist was not what its source builds. It has been built again: commit it." >&2
    exit 1
fi
echo "static/dist is what its source builds."
