#!/bin/bash
# shellcheck disable=SC2016 # what stands in single quotes is for the shell inside the tree
# Runs the mirror's networks and the tests of its kernel on 64-bit ARM Python, emulated, as on a Raspberry Pi.
#
#   arm_check.sh [SUITE] [OUT] [TEST...]   SUITE and OUT as for arm_root.sh, which builds the tree first where
#                                          it is missing; TEST: unless given, those of the kernel's formulas
#
# Compares what the default model (and the others) answer there with what they answer here, and runs the tests
# there: a few minutes; all of tests/knees takes ten. Exit 0: all the same; 1: something differs or failed;
# 3: it cannot be done here, and why.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/../.." && pwd)
suite=${1:-bookworm}
root=${2:-${XDG_CACHE_HOME:-$HOME/.cache}/squat-mirror/arm-root-$suite}
shift $(($# < 2 ? $# : 2))
[ $# -gt 0 ] || set -- tests/knees/test_{shank,squat,judge,tilt}.py
python=$project/.venv/bin/python
[ -x "$python" ] || python=$project/.venv-test/bin/python

"$here/arm_root.sh" "$suite" "$root"
if [ "$(id -u)" != 0 ] || ! unshare -m true 2>/dev/null; then
  echo "arm check: not run: entering the tree needs root and mount namespaces" >&2
  exit 3
fi
[ -x "$python" ] || { echo "arm check: not run: no environment here; run scripts/test once" >&2; exit 3; }

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# LiteRT reads the processor's kind from here and crashes on another processor's: four Cortex-A76, as in a Pi 5.
for core in 0 1 2 3; do
  printf '%s\t: %s\n' processor "$core" BogoMIPS 108.00 \
    Features "fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm lrcpc dcpop asimddp" \
    "CPU implementer" 0x41 "CPU architecture" 8 "CPU variant" 0x4 "CPU part" 0xd0b "CPU revision" 1
  echo
done >"$scratch/cpuinfo"
"$python" "$here/arm_answers.py" pictures "$scratch"
"$python" "$here/arm_answers.py" answer "$scratch" here

# Everything mounted here is gone when the check ends: the namespace is its own. LiteRT looks for /sys and
# leaves XNNPACK out without it.
unshare -m --propagation private bash -euo pipefail -c '
  root=$1 project=$2 scratch=$3 python=$4
  shift 4
  mkdir -p "$root"/{proc,sys,dev,tmp,opt/mirror/project,opt/mirror/scratch}
  mount --bind /proc "$root/proc"
  mount --bind "$scratch/cpuinfo" "$root/proc/cpuinfo"
  mount --rbind /sys "$root/sys"
  mount --rbind /dev "$root/dev"
  mount -t tmpfs tmpfs "$root/tmp"
  mount --bind -o ro "$project" "$root/opt/mirror/project"
  mount --bind "$scratch" "$root/opt/mirror/scratch"
  there() {
    timeout --kill-after=5 7200 chroot "$root" /opt/mirror/qemu-aarch64-static -cpu cortex-a76 \
      -E PATH=/usr/bin -E HOME=/tmp -E LANG=C.UTF-8 -E PYTHONDONTWRITEBYTECODE=1 \
      -E PYTHONPATH=/opt/mirror/wheels:/opt/mirror/project -U LD_PRELOAD /usr/bin/python3 "$@"
  }
  there /opt/mirror/project/scripts/virtual_pi/arm_answers.py answer /opt/mirror/scratch there
  "$python" "$project/scripts/virtual_pi/arm_answers.py" compare "$scratch"
  there -c "import os, sys; os.chdir(\"/opt/mirror/project\"); import pytest
sys.exit(pytest.main([\"-q\", \"-p\", \"no:cacheprovider\", *sys.argv[1:]]))" "$@"
' bash "$root" "$project" "$scratch" "$python" "$@"
