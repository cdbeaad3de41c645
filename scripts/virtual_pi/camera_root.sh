#!/bin/bash
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
stamp=$out/opt/mirror/built-from

cannot() {
  echo "camera root: not built: $1" >&2
  exit 3
}

# Whatever the tree is made from: when one of these changes, the tree is built again.
recipe=$(cat "$here/camera_root.sh" "$here/dma_shim.c" "$here/virtual.yaml" | sha256sum | cut -d' ' -f1)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$recipe" ]; then
  echo "camera root: already built in $out"
  exit 0
fi

[ "$(id -u)" = 0 ] || cannot "it needs root (chroot and bind mounts); run it as root or in a container"
command -v mmdebstrap >/dev/null || cannot "mmdebstrap is not installed (apt install mmdebstrap)"
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ -f "$keyring" ] || cannot "Debian's archive keys are missing (apt install debian-archive-keyring)"
unshare -m true 2>/dev/null || cannot "this container may not make mount namespaces"
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 2>/dev/null | head -n1)
[ -n "$mirror" ] || mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | head -n1)
[ -n "$mirror" ] || cannot "apt knows no Debian mirror (run apt-get update first)"

packages=(
  python3 python3-venv python3-dev python3-numpy python3-pil python3-prctl gcc libc6-dev ca-certificates
  {python3-libcamera,libcamera-ipa,libcamera0.7}/trixie-backports
)
mkdir -p "$(dirname "$out")"
new=$(mktemp -d "$out.new.XXXXXX")
trap 'rm -rf --one-file-system "$new"' EXIT
chmod 755 "$new"

echo "camera root: building in $out (about two minutes)"
line="[signed-by=$keyring] $mirror"
mmdebstrap --quiet --variant=minbase \
  --aptopt='APT::Install-Recommends "false"' --aptopt='APT::Sandbox::User "root"' \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  --include="$(IFS=,; echo "${packages[*]}")" \
  trixie "$new" "deb $line trixie main" "deb $line trixie-backports main" ||
  cannot "Debian trixie with backports could not be fetched from apt's mirror"

# pip inside the tree reaches the index the way pip outside does: same name servers, authorities, settings.
cp -L /etc/resolv.conf "$new/etc/resolv.conf"
cp -L /etc/ssl/certs/ca-certificates.crt "$new/etc/ssl/certs/ca-certificates.crt"
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

echo "$recipe" > "$new/opt/mirror/built-from"
rm -rf --one-file-system "$out"
mv "$new" "$out"
trap - EXIT
echo "camera root: built in $out ($(du -sh "$out" 2>/dev/null | cut -f1))"
