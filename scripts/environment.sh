# shellcheck shell=bash
# Makes the project's own Python environment; sourced by scripts/run and scripts/test.
# Knows only Debian's python3 and venv, and says in one sentence what is missing.

say_and_stop() {
    echo "Squat Mirror: $1" >&2
    exit 2
}

check_machine() {
    case "$(uname -m)/$(getconf LONG_BIT)" in
        x86_64/64 | aarch64/64) ;;
        *) say_and_stop "this needs a 64-bit system (x86-64 or aarch64); on a Raspberry Pi install the 64-bit Raspberry Pi OS." ;;
    esac
    command -v python3 >/dev/null || say_and_stop "python3 is missing: sudo apt install python3 python3-venv"
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        say_and_stop "Python 3.11 or newer is needed, this is $(python3 -V | cut -d' ' -f2)."
    python3 -c 'import ensurepip, venv' 2>/dev/null ||
        say_and_stop "python3-venv is missing: sudo apt install python3-venv"
}

# What of the system's an environment sees and keeps is decided in one place, by the system's own Python.
ask_system() { python3 -I mirror/camera/system_packages.py "$1"; }

# make_environment FOLDER EXTRAS: a virtual environment with this checkout and these extras in it. Kept, and
# renewed only when pyproject.toml or what it shares with the system changes. On a Pi it sees the system's
# picamera2, which pip cannot provide, and keeps the packages that picamera2 was made for as the system has them.
make_environment() {
    local folder=$1 extras=$2 wanted site=() kept=''
    check_machine
    if ask_system wanted; then
        site=(--system-site-packages)
        kept=$(ask_system kept)
    fi
    wanted="$extras $(sha256sum pyproject.toml | cut -d' ' -f1) $(python3 -V)${site[*]:+ ${site[*]} $kept}"
    [ "$(cat "$folder/made-of" 2>/dev/null)" = "$wanted" ] && return
    echo "Making the environment in $folder (a minute or two, once)..." >&2
    rm -f "$folder/made-of"
    python3 -m venv "${site[@]}" "$folder" ||
        say_and_stop "the environment could not be made: sudo apt install python3-venv"
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --constraint <(echo "$kept") \
        --editable ".[$extras]" ||
        say_and_stop "pip could not install the packages above; is this machine online?"
    echo "$wanted" >"$folder/made-of"
}
