#!/usr/bin/env bash
# install_program.sh PYTHON SOURCES EXTRAS: pip puts Squat Mirror into the environment of PYTHON, on top of the
# system's packages. What the camera's and the display's are made for, pip must leave as the system has it.
# It runs as root, in whatever folder somebody stood: nothing of that folder, and no variable of theirs, is asked
# for code (-I, from /), and every package is one of scripts/locked.txt, by its digest and as a wheel.
set -euo pipefail
python=$1 sources=$(cd "$2" && pwd) extras=$3
cd /
kept=$(/usr/bin/python3 -I "$sources/mirror/camera/system_packages.py" kept)

# wanted: the lines that are for these extras, without what the system has
wanted() {
    local names
    names=$(cut -d= -f1 <<<"$kept" | paste -sd '|')
    sed -nE "s/ +# (.*,)?(all|build|${extras//,/|})(,.*)?\$//p" "$sources/scripts/locked.txt" |
        grep -vE "^(${names:-nothing})=="
}

pip() { "$python" -I -m pip install --quiet --disable-pip-version-check --no-cache-dir --no-deps "$@"; }
pip --require-hashes --only-binary :all: --requirement <(wanted)
pip --no-index --no-build-isolation "$sources"
