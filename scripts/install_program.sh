#!/usr/bin/env bash
# install_program.sh PYTHON SOURCES EXTRAS: pip puts Squat Mirror into the environment of PYTHON, on top of the
# system's packages. The camera's and the display's are built for the system's numpy, so pip must leave that one alone.
set -euo pipefail
numpy=$(/usr/bin/python3 -c 'import numpy; print(numpy.__version__)')
exec "$1" -m pip install --quiet --disable-pip-version-check --no-cache-dir "$2[$3]" "numpy==$numpy"
