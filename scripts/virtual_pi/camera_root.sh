#!/bin/bash
# shellcheck disable=SC2016 # what stands in single quotes is for the shell inside the tree
# Builds a Debian trixie tree with the real libcamera 0.7 and the real picamera2 in it, for camera_check.sh.
#
#   camera_root.sh [OUT]     OUT: ${XDG_CACHE_HOME:-~/.cache}/squat-mirror/camera-root unless given
#
# libcamera's virtual pipeline in 0.7 plays a folder of JPEG files as if they came from a sensor, so the
# camera code runs on a machine without a camera. About 1 GB and two minutes, once. The Debian mirror is
# the one this system's own apt uses. Exit 0: the tree is there; 3: it cannot be built here, and why.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/squat-mirror/camera-root}
tree_name="camera root"
# shellcheck source=scripts/virtual_pi/debian.sh
. "$here/debian.sh"

# Whatever the tree is made from: when one of these changes, the tree is built again.
recipe=$(recipe_of "$here/camera_root.sh" "$here/dma_shim.c" "$here/virtual.yaml")
if built_from "$out" "$recipe"; then exit 0; fi

need_root "chroot and bind mounts"
need_namespaces
need mmdebstrap
find_debian

packages=(
  python3 python3-venv python3-dev python3-numpy python3-pil python3-prctl gcc libc6-dev ca-certificates
  {python3-libcamera,libcamera-ipa,libcamera0.7}/trixie-backports
)
mkdir -p "$(dirname "$out")"
new=$(mktemp -d "$out.new.XXXXXX")
trap 'rm -rf --one-file-system "$new"' EXIT
chmod 755 "$new"

echo "camera root: building in $out (about two minutes)"
debian_tree trixie "$new" "trixie main" "trixie-backports main" -- \
  --variant=minbase --include="$(joined "${packages[@]}")" ||
  cannot "Debian trixie with backports could not be fetched from apt's mirror"

online "$new"
mkdir -p "$new/opt/mirror"
cp "$here/dma_shim.c" "$new/opt/mirror/"
cp "$here/virtual.yaml" "$new/usr/share/libcamera/pipeline/virtual/"
unshare -m --propagation private bash -euo pipefail -c '
  mount --bind /proc "$1/proc"; mount --rbind /dev "$1/dev"
  chroot "$1" bash -euc "
    python3 -m venv --system-site-packages /opt/mirror/venv
    /opt/mirror/venv/bin/pip install --quiet --quiet --disable-pip-version-check picamera2
    gcc -O2 -Wall -shared -fPIC -o /opt/mirror/dma_shim.so /opt/mirror/dma_shim.c"
' bash "$new" || cannot "picamera2 could not be installed from the Python package index"

put_in_place "$new" "$out" "$recipe"
trap - EXIT
