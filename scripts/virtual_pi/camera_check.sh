#!/bin/bash
# shellcheck disable=SC2016 # what stands in single quotes is for the shell inside the tree
# Runs the mirror's own Picamera2 source on the real picamera2 and the real libcamera, without a camera.
#
#   camera_check.sh [OUT]    OUT: the tree camera_root.sh builds; built first where it is missing
#
# Exit 0: everything held; 1: something did not (124: it hung); 3: the tree cannot be built or entered here, and why.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/../.." && pwd)
root=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/squat-mirror/camera-root}

"$here/camera_root.sh" "$root"
if [ "$(id -u)" != 0 ] || ! unshare -m true 2>/dev/null; then
  echo "camera check: not run: entering the tree needs root and mount namespaces" >&2
  exit 3
fi

# Everything mounted here is gone when the check ends: the namespace is its own.
exec unshare -m --propagation private bash -euo pipefail -c '
  root=$1 project=$2
  mkdir -p "$root/opt/mirror/run" "$root/opt/mirror/project"
  mount --bind /proc "$root/proc"
  mount --rbind /dev "$root/dev"
  mount -t tmpfs tmpfs "$root/opt/mirror/run"
  mount --bind -o ro "$project" "$root/opt/mirror/project"
  # The shim is preloaded inside only: outside there is no such file.
  exec timeout --kill-after=5 300 chroot "$root" /usr/bin/env -i \
    PATH=/usr/sbin:/usr/bin HOME=/opt/mirror/run LANG=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 \
    PYTHONPATH=/opt/mirror/project/scripts/virtual_pi/stubs:/opt/mirror/project \
    LD_PRELOAD=/opt/mirror/dma_shim.so \
    /opt/mirror/venv/bin/python /opt/mirror/project/scripts/virtual_pi/camera_check.py
' bash "$root" "$project"
