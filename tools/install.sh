#!/bin/sh
# Makes .venv with a Python that is new enough and installs the named requirements files into it.
# Returns at once when they are installed already. What an interrupted first attempt left behind is thrown away.
set -eu
cd "$(dirname "$0")/.."

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

can_make_environments() {
    "$1" -c 'import ensurepip, venv' 2>/dev/null
}

# The first Python that is new enough and complete, else the first that is new enough, else nothing.
find_python() {
    incomplete=
    for name in ${PYTHON:-} python3.13 python3.12 python3.11 python3 python3.14; do
        # A name can be on the path and still not run (a version manager's stand-in does that).
        is_new_enough "$name" || continue
        if can_make_environments "$name"; then
            echo "$name"
            return
        fi
        incomplete=${incomplete:-$name}
    done
    echo "$incomplete"
}

# Debian and Ubuntu keep a part of Python in a package of its own.
add_venv_package() {
    package=$("$1" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if ! command -v apt-get >/dev/null; then
        echo "$1 lacks its modules venv and ensurepip. Install them, or another Python (3.11 or newer), and try again." >&2
        exit 1
    fi
    if [ "$(id -u)" != 0 ]; then
        echo "Python lacks a part that Debian and Ubuntu keep in a package of its own. Type this, then try again:" >&2
        echo "    sudo apt-get install $package" >&2
        exit 1
    fi
    echo "Installing $package ..."
    # A machine that has never asked for its package lists finds nothing the first time.
    quietly apt_install "$package" 2>/dev/null || { quietly apt-get update -qq && quietly apt_install "$package"; }
}

apt_install() {
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y -o Dpkg::Use-Pty=0 "$1"
}

# Runs a command and shows what it said only if it failed.
quietly() {
    said=$("$@" 2>&1) || {
        echo "$said" >&2
        return 1
    }
}

make_environment() {
    python=$(find_python)
    if [ -z "$python" ]; then
        {
            echo "Sayso needs Python 3.11 or newer, and there is none on this machine's path."
            echo "    Debian, Ubuntu: sudo apt-get install python3 python3-venv"
            echo "    macOS:          brew install python@3.13, or the installer from python.org"
            echo "Elsewhere on your disk? make run PYTHON=/path/to/python3"
        } >&2
        exit 1
    fi
    can_make_environments "$python" || add_venv_package "$python"
    rm -rf .venv
    mkdir .venv
    touch .venv/half-made
    "$python" -m venv .venv
}

is_usable() {
    [ ! -e .venv/half-made ] && is_new_enough .venv/bin/python && .venv/bin/python -c 'import pip' 2>/dev/null
}

is_installed() {
    for file in "$@"; do
        cmp -s "$file" ".venv/installed/$file" || return 1
    done
}

is_usable || make_environment
if ! is_installed "$@"; then
    echo "Installing the packages of $* into .venv ..."
    for file in "$@"; do
        set -- "$@" -r "$file"
        shift
    done
    .venv/bin/python -m pip install --quiet --no-input --disable-pip-version-check "$@"
    mkdir -p .venv/installed
    for file in "$@"; do
        [ "$file" = -r ] || cp "$file" .venv/installed/
    done
    rm -f .venv/half-made
fi
