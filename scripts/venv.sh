#!/bin/sh
# Make the virtual environment $1 and install the hash-pinned requirements $2, then dayzero itself.
set -eu
venv=$1
pins=$2
python=${PYTHON:-python3}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "dayzero needs Python 3.11 or newer; '$python' is $("$python" --version 2>&1)." >&2
    echo "Say which to use: make PYTHON=/path/to/python3.11" >&2
    exit 2
}
if [ ! -x "$venv/bin/python" ] || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    rm -rf "$venv"
    if ! "$python" -m venv "$venv" >/dev/null 2>&1; then
        # Debian splits the venv module into a package of its own.
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
            echo "installing Debian's python3-venv"
            apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null
            rm -rf "$venv"
            "$python" -m venv "$venv"
        else
            echo "'$python -m venv' failed. On Debian or Ubuntu: sudo apt-get install python3-venv" >&2
            exit 2
        fi
    fi
fi
export PIP_DISABLE_PIP_VERSION_CHECK=1
# The build back end is a program beside python: without build isolation it must be found on the path.
PATH="$(cd "$venv/bin" && pwd):$PATH"
export PATH
"$venv/bin/python" -m pip install --quiet --require-hashes --only-binary :all: -r "$pins"
"$venv/bin/python" -m pip install --quiet --no-deps --no-build-isolation --editable .
