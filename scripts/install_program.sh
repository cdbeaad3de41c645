#!/usr/bin/env bash
# install_program.sh PYTHON SOURCES EXTRAS: pip puts Squat Mirror into the environment of PYTHON, on top of the
# system's packages. What the camera's and the display's are made for, pip must leave as the system has it.
set -euo pipefail
kept=$(/usr/bin/python3 -I "$2/mirror/camera/system_packages.py" kept)
exec "$1" -m pip install --quiet --disable-pip-version-check --no-cache-dir --constraint <(echo "$kept") "$2[$3]"
